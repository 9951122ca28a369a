package tomldoc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"grantree/finding"
)

// reader decodes text to a map, gathering syntax errors. After each error the
// statement that holds it is blanked out and the rest is read again.
type reader struct {
	file     string
	text     string
	lines    lines // of the text as it was given
	scan     *scanner
	decoded  int // bytes given to the decoder so far
	findings finding.List
}

// newReader makes the reader of a file's bytes.
func newReader(file string, data []byte) reader {
	r := reader{file: file}
	if len(data) > MaxText {
		r.lines = newLines("")
		r.findings.Errorf(finding.TooLarge, finding.Pos{File: file}, "split it, or see that it is the right file",
			"the file has %d bytes, and more than %d (%d MiB) are not read", len(data), MaxText, MaxText>>20)
		return r
	}
	r.text = trimMark(string(data))
	r.lines = newLines(r.text)
	return r
}

// read returns what could be decoded, and leaves in r.scan the positions of
// exactly that. They are worked out after the decoder is done, so that what the
// two need is not needed at once.
func (r *reader) read() map[string]any {
	r.scan = scan("")
	if !r.readable() || !r.small() {
		return nil
	}
	for range maxSyntaxErrors {
		r.decoded += len(r.text)
		m, err := decode(r.text)
		if err == nil {
			r.scan = scan(r.text)
			return m
		}
		at := min(max(err.Position.Start, 0), len(r.text))
		r.findings.Errorf(code(err.Message), r.lines.pos(r.file, at), "", "%s", message(err.Message))
		if r.decoded+len(r.text) > maxDecoded || !r.blank(at) {
			break
		}
	}
	return nil
}

// small reports whether the text keeps to the limits of what is read.
func (r *reader) small() bool {
	s := scan(r.text)
	if s.over != "" {
		r.findings.Errorf(finding.TooLarge, r.lines.pos(r.file, s.overAt), "", "%s", s.over)
	}
	return s.over == ""
}

// readable reports whether the text is text at all.
func (r *reader) readable() bool {
	at := -1
	what := ""
	switch {
	case strings.HasPrefix(r.text, "\xff\xfe"), strings.HasPrefix(r.text, "\xfe\xff"):
		at, what = 0, "the text is UTF-16: save it as UTF-8"
	case strings.IndexByte(r.text, 0) >= 0:
		at, what = strings.IndexByte(r.text, 0), "the text has a NUL byte in it"
	case !utf8.ValidString(r.text):
		at, what = invalidAt(r.text), "the text is not UTF-8 here"
	default:
		return true
	}
	r.findings.Errorf(finding.Syntax, r.lines.pos(r.file, at), "", "%s", what)
	return false
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(text string) int {
	for at := 0; at < len(text); {
		c, n := utf8.DecodeRuneInString(text[at:])
		if c == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
	return len(text)
}

// blank overwrites the statement around an offset with spaces, a header
// together with the whole table below it. It reports whether that changed
// anything.
func (r *reader) blank(at int) bool {
	stmts := scan(r.text).stmts
	i := slices.IndexFunc(stmts, func(s stmt) bool { return int(s.start) <= at && at <= int(s.end) })
	if i < 0 {
		return false
	}
	start, end := stmts[i].start, stmts[i].end
	if stmts[i].header {
		for i++; i < len(stmts) && !stmts[i].header; i++ {
			end = stmts[i].end
		}
	}
	text := []byte(r.text)
	changed := false
	for i := start; i < end; i++ {
		if text[i] != '\n' {
			changed = changed || text[i] != ' '
			text[i] = ' '
		}
	}
	r.text = string(text)
	return changed
}

// decode runs the TOML decoder. A panic in it comes back as an error at the
// start of the text.
func decode(text string) (m map[string]any, failed *toml.ParseError) {
	defer func() {
		if p := recover(); p != nil {
			m, failed = nil, &toml.ParseError{Message: fmt.Sprintf("cannot read this: %v", p)}
		}
	}()
	_, err := toml.Decode(text, &m)
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return nil, &parse
	}
	if err != nil {
		return nil, &toml.ParseError{Message: err.Error()}
	}
	return m, nil
}

// code returns the finding code for a decoder's message.
func code(msg string) string {
	if strings.HasSuffix(msg, "has already been defined.") || strings.Contains(msg, "was already created") {
		return finding.DuplicateKey
	}
	return finding.Syntax
}

// message rewrites a decoder's message to the style of findings.
func message(msg string) string {
	msg = strings.TrimSuffix(strings.TrimSpace(msg), ".")
	if name, found := strings.CutSuffix(msg, "' has already been defined"); found {
		return fmt.Sprintf("key %q is written twice", strings.TrimPrefix(name, "Key '"))
	}
	if msg == "" {
		return "not TOML"
	}
	return strings.ToLower(msg[:1]) + msg[1:]
}
