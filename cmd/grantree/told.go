package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/report/changes"
)

// told is a sentence with names in it, which each form of output writes in its own way:
// in text every %s stands for a list of names.
type told struct {
	text  string
	names [][]string
}

func tell(text string, names ...[]string) told { return told{text, names} }

// literal is a text of ours, or one that was made safe, as a part of a told.
func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// markdown is the sentence for a comment; what has many names last takes several.
func (t told) markdown() []string {
	args := make([]any, len(t.names))
	for i, names := range t.names {
		args[i] = codes(names, namesInRow)
	}
	if len(args) == 0 {
		return []string{strings.ReplaceAll(t.text, "%%", "%")}
	}
	var out []string
	for names := range slices.Chunk(t.names[len(args)-1], namesInRow) {
		args[len(args)-1] = codes(names, namesInRow)
		out = append(out, fmt.Sprintf(t.text, args...))
	}
	return out
}

// line is the sentence for a page.
func (t told) line() changes.Line {
	out := changes.Line{Text: []string{}, Names: [][]string{}}
	for _, part := range strings.Split(strings.ReplaceAll(t.text, "%%", "\x00"), "%s") {
		out.Text = append(out.Text, strings.ReplaceAll(part, "\x00", "%"))
	}
	out.Names = append(out.Names, t.names...)
	return out
}
