package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// hides reports whether a character is one that a cell cannot carry or that
// cannot be seen for what it is: control characters, line ends, marks of
// direction, odd spaces.
func hides(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }

// Elements of a cell that holds several are parted by semicolons or bars. One
// that holds either, or begins with a quotation mark, stands in quotation marks.

// joinList writes elements into one cell.
func joinList(elements []string) string {
	out := make([]string, len(elements))
	for i, e := range elements {
		out[i] = quoteElement(e)
	}
	return strings.Join(out, "; ")
}

// quoteElement writes an element of a list.
func quoteElement(e string) string {
	if e = clean(e); strings.ContainsAny(e, ";|") || strings.HasPrefix(e, `"`) || strings.Contains(e, arrow) {
		return `"` + strings.ReplaceAll(e, `"`, `""`) + `"`
	}
	return e
}

// splitList reads a cell of elements. Empty ones are none.
func splitList(cell string) ([]string, error) {
	all, err := pieces(cell, ";", "|")
	var out []string
	for _, p := range all {
		if p.text != "" {
			out = append(out, p.text)
		}
	}
	return out, err
}

// piece is an element and the separator behind it, "" at the end.
type piece struct{ text, behind string }

// pieces cuts a cell at separators that stand outside of quotation marks.
func pieces(cell string, separators ...string) (out []piece, err error) {
	for rest := cell; ; {
		var p piece
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, `"`) {
			if p.text, rest, err = quoted(rest); err != nil {
				return nil, err
			}
			if p.behind = first(rest, separators); !strings.HasPrefix(rest, p.behind) || p.behind == "" && rest != "" {
				return nil, fmt.Errorf("something stands behind a closing quotation mark: %q", rest)
			}
		} else {
			p.behind = first(rest, separators)
			end := len(rest)
			if p.behind != "" {
				end = strings.Index(rest, p.behind)
			}
			p.text, rest = strings.TrimSpace(rest[:end]), rest[end:]
		}
		out = append(out, p)
		if p.behind == "" {
			return out, nil
		}
		rest = rest[len(p.behind):]
	}
}

// first is the separator that stands first in a text, or "".
func first(text string, separators []string) string {
	at, best := len(text), ""
	for _, s := range separators {
		if i := strings.Index(text, s); i >= 0 && i < at {
			at, best = i, s
		}
	}
	return best
}

// quoted reads an element in quotation marks, and what stands behind it.
func quoted(text string) (element, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != '"':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			return b.String(), strings.TrimSpace(text[i+1:]), nil
		}
	}
	return "", "", errors.New("a quotation mark is never closed")
}

// Where else a person is in other groups, as a cell has it:
//
//	South | Harbor -> Mechanic | Planner; East -> Clerk
const arrow = "->"

// elsewhere is one part of that: these groups in these sites.
type elsewhere struct{ sites, groups []string }

// joinAt writes a cell of it.
func joinAt(at []elsewhere) string {
	out := make([]string, len(at))
	for i, a := range at {
		out[i] = joinBars(a.sites) + " " + arrow + " " + joinBars(a.groups)
	}
	return strings.Join(out, "; ")
}

// joinBars writes elements parted by bars.
func joinBars(elements []string) string {
	out := make([]string, len(elements))
	for i, e := range elements {
		out[i] = quoteElement(e)
	}
	return strings.Join(out, " | ")
}

// splitAt reads such a cell.
func splitAt(cell string) ([]elsewhere, error) {
	all, err := pieces(cell, ";", "|", arrow)
	if err != nil {
		return nil, err
	}
	var out []elsewhere
	var now elsewhere
	into, arrows := &now.sites, 0
	for _, p := range all {
		if p.text != "" {
			*into = append(*into, p.text)
		}
		switch p.behind {
		case arrow:
			into, arrows = &now.groups, arrows+1
		case ";", "":
			switch {
			case arrows == 1 && len(now.sites) > 0 && len(now.groups) > 0:
				out = append(out, now)
			case arrows > 0 || len(now.sites) > 0:
				return nil, fmt.Errorf(`%q is not of the form "SITE | SITE -> GROUP | GROUP; …"`, cell)
			}
			now = elsewhere{}
			into, arrows = &now.sites, 0
		}
	}
	return out, nil
}

// same reports whether two lists hold the same, whatever the order.
func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
