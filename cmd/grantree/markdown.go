package main

import (
	"fmt"
	"strings"

	"grantree/finding"
)

// inCode is a name or a text that is not ours as a code span of GitHub's Markdown,
// on one line, in a table or outside. In a code span no HTML, link, @mention,
// #reference or emphasis acts. What would end the span or a table's cell, and what
// Printable writes out, is written as \u0060.
//
// Source: GitHub Flavored Markdown, 6.3 code spans and 4.10 tables (a pipe parts
// cells inside a code span too).
func inCode(text string) string {
	text = codeBreakers.Replace(finding.Printable(text))
	if text == "" {
		text = `""`
	}
	if strings.HasPrefix(text, " ") || strings.HasSuffix(text, " ") {
		text = strings.ReplaceAll(text, " ", `\u0020`) // a table trims, and a span takes one from each end
	}
	return "`" + text + "`"
}

var codeBreakers = strings.NewReplacer("`", `\u0060`, "|", `\u007c`)

// inPlace is the same of a node, or of a text that names some: their paths are
// written with an arrow, for a pipe is hard to read written out.
func inPlace(text string) string { return inCode(strings.ReplaceAll(text, " | ", " › ")) }

// codes are some names, and how many more there are.
func codes(names []string, most int) string {
	var out []string
	for i, name := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", strings.Join(out, ", "), len(names)-most)
		}
		out = append(out, inCode(name))
	}
	return strings.Join(out, ", ")
}

// fence is what opens and closes a block of code that holds a text: longer than
// any run of backticks in it.
//
// Source: GitHub Flavored Markdown, 4.5 fenced code blocks.
func fence(text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return strings.Repeat("`", longest+1)
}

// commentSize is how long a comment of a pull request may be. It is counted in
// characters there, and in bytes here, which are never fewer.
//
// Source: GitHub's answer to a longer one, "body is too long (maximum is 65536
// characters)".
const commentSize = 65536

// section is a part of a comment.
type section struct {
	head, tail string
	rows       []string // each ends its line
	noun       string   // of a row
	share      int      // bytes that its rows may take before others have had theirs
	shown      []bool
}

// leftOut says how many rows did not fit.
func (s *section) leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\n… %s left out: a comment holds %d characters. `grantree plan --full` shows all.\n", count(n, "more "+s.noun), commentSize)
}

// take shows rows that are not shown yet, in their order, until one does not
// fit, and returns what is left of the room. One that takes more than a quarter of a comment is passed by.
func (s *section) take(share, room int) int {
	for i, row := range s.rows {
		switch {
		case s.shown[i]:
			share -= len(row)
		case len(row) > commentSize/4:
		case len(row) > share || len(row) > room:
			return room
		default:
			s.shown[i] = true
			share -= len(row)
			room -= len(row)
		}
	}
	return room
}

// String is the section as it is shown; without rows it is empty.
func (s *section) String() string {
	if len(s.rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(s.head)
	left := 0
	for i, row := range s.rows {
		if s.shown[i] {
			b.WriteString(row)
		} else {
			left++
		}
	}
	return b.String() + s.leftOut(left) + s.tail
}

// fitted writes sections into so many bytes, without more than their shares as long
// as others have not had theirs; the first ones take what is left over, but for a
// reserve. It returns what was written, and the room that is left.
func fitted(sections []*section, room, reserve int) (string, int) {
	for _, s := range sections {
		s.shown = make([]bool, len(s.rows))
		if len(s.rows) > 0 {
			room -= len(s.head) + len(s.tail) + len(s.leftOut(len(s.rows)))
		}
	}
	room -= reserve
	for _, s := range sections {
		room = s.take(s.share, room)
	}
	for _, s := range sections {
		room = s.take(commentSize, room)
	}
	var b strings.Builder
	for _, s := range sections {
		b.WriteString(s.String())
	}
	return b.String(), room + reserve
}
