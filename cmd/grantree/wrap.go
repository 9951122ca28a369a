package main

import (
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// hanging is what every line of a message but its first begins with.
const hanging = "    "

// hang breaks a message, with the label before it, into lines of at most width
// columns. What is there to be pasted, a statement or a command, goes unbroken
// on a line of its own. With a width of 0 the message stays one line, which is
// what grep, an editor and a log want.
func hang(label safe, message string, width int) safe {
	one := safe(string(label) + message)
	if width == 0 || text.StringWidthWithoutEscSequences(string(one)) <= width {
		return one
	}
	// To wrap the label is the beginning of a word, in which there is no colour, less
	// the room that the first line has before the others.
	n := max(text.StringWidthWithoutEscSequences(string(label))-len(hanging), 0)
	lines := []string{strings.Repeat("x", n)}
	for i, p := range pieces(message) {
		switch {
		case p.paste:
			lines = append(lines, p.text)
		case i == 0:
			lines = wrap(lines[0]+p.text, width-len(hanging))
		default:
			lines = append(lines, wrap(p.text, width-len(hanging))...)
		}
	}
	return label + safe(strings.Join(lines, "\n"+hanging)[n:])
}

// piece is a part of a message: words, or what is there to be pasted.
type piece struct {
	text  string
	paste bool
}

// pasted finds where a statement, or a command line of grantree's, begins.
var pasted = regexp.MustCompile(`(?:^ ?|[;:] )((?:USE|GRANT|REVOKE|DENY|ALTER|CREATE|DROP|EXEC) [A-Za-z\[]|grantree [a-z])`)

// ofCode is the code that a finding ends with.
var ofCode = regexp.MustCompile(` \([a-z-]+\)$`)

// pieces cuts a message where something to paste begins and ends. A code that
// would stand alone behind it goes before it.
func pieces(message string) []piece {
	end := len(message)
	if at := ofCode.FindStringIndex(message); at != nil {
		end = at[0]
	}
	var out []piece
	words := func(s string) {
		if s = strings.Trim(s, " ,;"); s != "" {
			out = append(out, piece{text: s})
		}
	}
	rest := 0
	for {
		at := pasted.FindStringSubmatchIndex(message[rest:end])
		if at == nil {
			break
		}
		from := rest + at[2]
		words(message[rest:from])
		rest = from + pastedLength(message[from:end])
		out = append(out, piece{message[from:rest], true})
	}
	for i := len(out) - 1; rest == end && i >= 0; i-- {
		if !out[i].paste {
			out[i].text += message[end:]
			return out
		}
	}
	words(message[rest:])
	return out
}

// pastedLength is how much of a text is the statement that it begins with: up
// to a semicolon, or to what is said after it. Names and literals may hold
// either.
func pastedLength(s string) int {
	var closing byte
	for i := 0; i < len(s); i++ {
		switch {
		case closing != 0 && s[i] == closing && i+1 < len(s) && s[i+1] == closing:
			i++ // doubled, it is a letter of the name
		case closing != 0:
			if s[i] == closing {
				closing = 0
			}
		case s[i] == '[':
			closing = ']'
		case s[i] == '\'' || s[i] == '"':
			closing = s[i]
		case s[i] == ';':
			return i + 1
		case strings.HasPrefix(s[i:], ", or ") || strings.HasPrefix(s[i:], " and the same for "):
			return i
		}
	}
	return len(s)
}
