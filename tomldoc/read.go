package tomldoc

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"grantree/finding"
)

// maxSyntaxErrors bounds how many syntax errors are gathered from one text.
const maxSyntaxErrors = 20

// reader decodes text to a map, gathering syntax errors. After each error the
// statement that holds it is blanked out and the rest is read again.
type reader struct {
	file     string
	text     []byte
	scan     *scanner
	findings finding.List
}

// read returns what could be decoded, and leaves in r.scan the positions of
// exactly that.
func (r *reader) read() map[string]any {
	original := r.text
	defer func() { r.text = original }()
	r.scan = scan(r.text)
	if !r.readable() {
		r.scan = scan(nil)
		return nil
	}
	for range maxSyntaxErrors {
		m, err := decode(r.text)
		if err == nil {
			return m
		}
		at := min(max(err.Position.Start, 0), len(r.text))
		r.findings.Errorf(code(err.Message), newLines(original).pos(r.file, at), "", "%s", message(err.Message))
		if !r.blank(at) {
			break
		}
		r.scan = scan(r.text)
	}
	r.scan = scan(nil)
	return nil
}

// readable reports whether the text can be given to the decoder at all.
func (r *reader) readable() bool {
	at := -1
	what := ""
	switch {
	case bytes.HasPrefix(r.text, []byte("\xff\xfe")), bytes.HasPrefix(r.text, []byte("\xfe\xff")):
		at, what = 0, "the text is UTF-16: save it as UTF-8"
	case bytes.IndexByte(r.text, 0) >= 0:
		at, what = bytes.IndexByte(r.text, 0), "the text has a NUL byte in it"
	case !utf8.Valid(r.text):
		at, what = invalidAt(r.text), "the text is not UTF-8 here"
	case r.scan.tooDeep >= 0:
		at, what = r.scan.tooDeep, fmt.Sprintf("values nest more than %d deep", maxDepth)
	default:
		return true
	}
	r.findings.Errorf("syntax", newLines(r.text).pos(r.file, at), "", "%s", what)
	return false
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(text []byte) int {
	for at := 0; at < len(text); {
		c, n := utf8.DecodeRune(text[at:])
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
	i := slices.IndexFunc(r.scan.stmts, func(s stmt) bool { return s.start <= at && at <= s.end })
	if i < 0 {
		return false
	}
	start, end := r.scan.stmts[i].start, r.scan.stmts[i].end
	if r.scan.stmts[i].header {
		for i++; i < len(r.scan.stmts) && !r.scan.stmts[i].header; i++ {
			end = r.scan.stmts[i].end
		}
	}
	text := bytes.Clone(r.text)
	for i := start; i < end; i++ {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
	changed := !bytes.Equal(text, r.text)
	r.text = text
	return changed
}

// decode runs the TOML decoder. A panic in it comes back as an error at the
// start of the text.
func decode(text []byte) (m map[string]any, failed *toml.ParseError) {
	defer func() {
		if p := recover(); p != nil {
			m, failed = nil, &toml.ParseError{Message: fmt.Sprintf("cannot read this: %v", p)}
		}
	}()
	err := toml.Unmarshal(text, &m)
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
		return "duplicate-key"
	}
	return "syntax"
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
