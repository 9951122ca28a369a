package tomldoc

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"grantree/finding"
)

// word reads itself from text and knows one spelling.
type word string

func (w *word) UnmarshalText(text []byte) error {
	if string(text) != "good" {
		return errors.New("bad word")
	}
	*w = word(text)
	return nil
}

type group struct {
	Name  string   `toml:"name"`
	Words []string `toml:"words"`
	Count *int     `toml:"count"`
}

type sample struct {
	Title   string            `toml:"title"`
	Small   int8              `toml:"small"`
	Rate    float64           `toml:"rate"`
	On      bool              `toml:"on"`
	Word    word              `toml:"word"`
	Expires time.Time         `toml:"expires"`
	Server  map[string]group  `toml:"server"`
	Any     any               `toml:"any"`
	Labels  map[string]string `toml:"labels"`
	Groups  []group           `toml:"group"`
}

func TestDecodeFills(t *testing.T) {
	three := 3
	text := "\xef\xbb\xbftitle = \"a\"\nsmall = -3\nrate = 2\non = true\nword = \"good\"\nexpires = 2026-01-31\n" +
		"any = [1, {x = 'y'}]\nlabels.\"p q\" = \"r\"\n[server.main]\nname = \"m\"\ncount = 3\n[[group]]\nwords = [\"x\", \"y\"]\n[[group]]\n"
	want := sample{
		Title: "a", Small: -3, Rate: 2, On: true, Word: "good",
		Expires: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		Server:  map[string]group{"main": {Name: "m", Count: &three}},
		Any:     []any{int64(1), map[string]any{"x": "y"}},
		Labels:  map[string]string{"p q": "r"},
		Groups:  []group{{Words: []string{"x", "y"}}, {}},
	}
	var got sample
	_, findings := Decode("a.toml", []byte(text), &got)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", findings)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("decoded (-want +got):\n%s", d)
	}
}

func TestDecodeFindings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"nothing wrong", "title = \"a\"\n", nil},
		{"empty", "", nil},
		{"unknown key, near", "tilte = 1\n", []string{
			`f:1:1: unknown key "tilte" at the top level; did you mean "title"? (unknown-key)`}},
		{"unknown key, far, in an array of tables", "[[group]]\n\n[[group]]\n  zzzzzzz = 1\n", []string{
			`f:4:3: unknown key "zzzzzzz" in group; the keys here are count, name, words (unknown-key)`}},
		{"case counts", "Title = \"a\"\n", []string{
			`f:1:1: unknown key "Title" at the top level; did you mean "title"? (unknown-key)`}},
		{"unknown key in a named table", "[server.main]\nnmae = 1\n", []string{
			`f:2:1: unknown key "nmae" in server.main; did you mean "name"? (unknown-key)`}},
		{"every wrong type", "title = 1\nsmall = 300\nrate = true\non = \"yes\"\nexpires = \"soon\"\nserver = []\nword = 1\n[group]\n", []string{
			`f:1:1: "title" must be a string, not the number 1 (wrong-type)`,
			`f:2:1: "small" must be a whole number that fits int8, not the number 300 (wrong-type)`,
			`f:3:1: "rate" must be a number, not true (wrong-type)`,
			`f:4:1: "on" must be true or false, not the string "yes" (wrong-type)`,
			`f:5:1: "expires" must be a date, not the string "soon" (wrong-type)`,
			`f:6:1: "server" must be a table, not an array (wrong-type)`,
			`f:7:1: "word" must be a string, not the number 1 (wrong-type)`,
			`f:8:1: "group" must be an array, not a table (wrong-type)`}},
		{"element of a wrong type", "group = [{ words = [\"a\",\n  2] }]\n", []string{
			`f:2:3: element 2 of "group.words" must be a string, not the number 2 (wrong-type)`}},
		{"a value that refuses itself", "word = \"evil\"\n", []string{"f:1:1: bad word (bad-value)"}},
		{"key twice", "title = \"a\"\n  title = \"b\"\n", []string{`f:2:3: key "title" is written twice (duplicate-key)`}},
		{"table twice", "[labels]\n[labels]\nx = 1\n", []string{`f:2:2: key "labels" is written twice (duplicate-key)`}},
		{"several syntax errors and an unknown key", "title = \nrate = 1.\nsmall = 1\nnope1234567 = 1\n", []string{
			"f:1:9: expected value but found '\\n' instead (syntax)",
			`f:2:8: invalid float "1.": '.' must be followed by one or more digits (syntax)`,
			`f:4:1: unknown key "nope1234567" at the top level; the keys here are any, expires, group, labels, on, rate, server, small, title, word (unknown-key)`}},
		{"NUL", "title = \"\x00\"\n", []string{"f:1:10: the text has a NUL byte in it (syntax)"}},
		{"not UTF-8", "# x\ntitle = \"\xe9\"\n", []string{"f:2:10: the text is not UTF-8 here (syntax)"}},
		{"UTF-16", "\xff\xfet\x00", []string{"f:1:1: the text is UTF-16: save it as UTF-8 (syntax)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var into sample
			_, findings := Decode("f", []byte(tt.text), &into)
			var got []string
			for _, f := range findings {
				got = append(got, f.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeGoesOn(t *testing.T) {
	var got sample
	_, findings := Decode("f", []byte("title = 1\nsmall = 2\n[[group]]\nwords = [1, \"b\"]\n"), &got)
	want := sample{Small: 2, Groups: []group{{Words: []string{"", "b"}}}}
	if d := cmp.Diff(want, got); d != "" || len(findings) != 2 {
		t.Errorf("findings %v, decoded (-want +got):\n%s", findings, d)
	}
}

func TestDecodeIntoNothing(t *testing.T) {
	for name, into := range map[string]any{"nil": nil, "no pointer": sample{}, "not a struct": new(int)} {
		if _, findings := Decode("f", nil, into); !findings.HasErrors() {
			t.Errorf("%s: no finding", name)
		}
	}
}

func TestAt(t *testing.T) {
	text := `title = "x"
"quoted key" . 'b' = 1
[[group]]
[[group]]
name = "two"
  [[group.allow]]
  on = "a"
  permissions = [
    "select", # [
    "insert",
  ]
  [[group.allow]]
  permissions = [ """x
]""", 'y', { a = 1, "b\u0041" = [2] } ]
[server.main]
`
	tests := []struct {
		name string
		path []any
		want finding.Pos
	}{
		{"the file", nil, finding.Pos{File: "f"}},
		{"a key", []any{"title"}, finding.Pos{File: "f", Line: 1, Column: 1}},
		{"a dotted, quoted key", []any{"quoted key", "b"}, finding.Pos{File: "f", Line: 2, Column: 16}},
		{"the first header", []any{"group"}, finding.Pos{File: "f", Line: 3, Column: 1}},
		{"a header", []any{"group", 1}, finding.Pos{File: "f", Line: 4, Column: 1}},
		{"a header below", []any{"group", 1, "allow", 1}, finding.Pos{File: "f", Line: 12, Column: 3}},
		{"an element", []any{"group", 1, "allow", 0, "permissions", 1}, finding.Pos{File: "f", Line: 10, Column: 5}},
		{"an element after a long string", []any{"group", 1, "allow", 1, "permissions", 1}, finding.Pos{File: "f", Line: 14, Column: 7}},
		{"a key of an inline table", []any{"group", 1, "allow", 1, "permissions", 2, "bA", 0}, finding.Pos{File: "f", Line: 14, Column: 34}},
		{"a table that is implied", []any{"server"}, finding.Pos{File: "f", Line: 15, Column: 1}},
		{"falls back to the header", []any{"group", 1, "role"}, finding.Pos{File: "f", Line: 4, Column: 1}},
		{"falls back to the key", []any{"title", 7}, finding.Pos{File: "f", Line: 1, Column: 1}},
		{"falls back to the file", []any{"nothing", 1}, finding.Pos{File: "f"}},
	}
	var into map[string]any
	doc, _ := Decode("f", []byte(text), &struct{ X any }{into})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := doc.At(tt.path...); got != tt.want {
				t.Errorf("At(%v) = %v, want %v", tt.path, got, tt.want)
			}
		})
	}
}
