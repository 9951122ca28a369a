package tsql

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitScript(t *testing.T) {
	one := func(text string, line int) ScriptBatch { return ScriptBatch{Text: text, Line: line, Count: 1} }
	for _, c := range []struct {
		name, text string
		want       []ScriptBatch
	}{
		{"empty", "", nil},
		{"only blanks and GO", "\n\nGO\n \nGO\n", nil},
		{"no GO", "SELECT 1", []ScriptBatch{one("SELECT 1", 1)}},
		{"two", "SELECT 1\nGO\nSELECT 2\nGO\n", []ScriptBatch{one("SELECT 1\n", 1), one("SELECT 2\n", 3)}},
		{"CR LF", "SELECT 1\r\nGO\r\nSELECT 2", []ScriptBatch{one("SELECT 1\r\n", 1), one("SELECT 2", 3)}},
		{"byte order mark", "\uFEFFSELECT 1\nGO", []ScriptBatch{one("SELECT 1\n", 1)}},
		{"case and blanks", "SELECT 1\n\t go  \nSELECT 2", []ScriptBatch{one("SELECT 1\n", 1), one("SELECT 2", 3)}},
		{"count", "SELECT 1\nGO 5\nSELECT 2\nGO", []ScriptBatch{{"SELECT 1\n", 1, 5}, one("SELECT 2\n", 3)}},
		{"comment after GO", "SELECT 1\nGO -- done\nSELECT 2", []ScriptBatch{one("SELECT 1\n", 1), one("SELECT 2", 3)}},
		{"GO with semicolon is text", "SELECT 1\nGO;\n", []ScriptBatch{one("SELECT 1\nGO;\n", 1)}},
		{"GO in the middle is text", "SELECT 1 GO\n", []ScriptBatch{one("SELECT 1 GO\n", 1)}},
		{"GOTO is text", "GOTO x\n", []ScriptBatch{one("GOTO x\n", 1)}},
		{"string", "SELECT 'a\nGO\nb'\nGO\nSELECT 2", []ScriptBatch{one("SELECT 'a\nGO\nb'\n", 1), one("SELECT 2", 5)}},
		{"doubled quote", "SELECT 'a''\nGO\n'\nGO", []ScriptBatch{one("SELECT 'a''\nGO\n'\n", 1)}},
		{"bracket", "SELECT [a\nGO\n]\nGO", []ScriptBatch{one("SELECT [a\nGO\n]\n", 1)}},
		{"doubled bracket", "SELECT [a]]\nGO\n]\nGO", []ScriptBatch{one("SELECT [a]]\nGO\n]\n", 1)}},
		{"quoted name", "SELECT \"a\nGO\n\"\nGO", []ScriptBatch{one("SELECT \"a\nGO\n\"\n", 1)}},
		{"comment", "/*\nGO\n*/ SELECT 1\nGO", []ScriptBatch{one("/*\nGO\n*/ SELECT 1\n", 1)}},
		{"nested comment", "/* /* \n*/\nGO\n*/ SELECT 1\nGO", []ScriptBatch{one("/* /* \n*/\nGO\n*/ SELECT 1\n", 1)}},
		{"line comment with quote", "-- don't\nGO\nSELECT 1", []ScriptBatch{one("-- don't\n", 1), one("SELECT 1", 3)}},
		{"quote in a comment", "/* don't */\nGO\nSELECT 1", []ScriptBatch{one("/* don't */\n", 1), one("SELECT 1", 3)}},
		{"comment in a string", "SELECT '/*'\nGO\nSELECT 1", []ScriptBatch{one("SELECT '/*'\n", 1), one("SELECT 1", 3)}},
		{"unclosed string", "SELECT 'a\nGO\n", []ScriptBatch{one("SELECT 'a\nGO\n", 1)}},
		{"colon of a label", "x:\nSELECT 1", []ScriptBatch{one("x:\nSELECT 1", 1)}},
		{"command in a string", "SELECT '\n:setvar a b\n'", []ScriptBatch{one("SELECT '\n:setvar a b\n'", 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := SplitScript(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitScriptRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"setvar", "SELECT 1\n:setvar x 1", `line 2: sqlcmd command ":setvar" is not supported`},
		{"include", "  :r other.sql", `line 1: sqlcmd command ":r" is not supported`},
		{"shell", "!!dir", `line 1: sqlcmd command "!!" is not supported`},
		{"word after GO", "SELECT 1\nGO now", `line 2: syntax error near command "GO": want GO or GO and a count, not "GO now"`},
		{"count of nothing", "SELECT 1\nGO 0", `line 2: syntax error near command "GO": want GO or GO and a count, not "GO 0"`},
		{"negative count", "SELECT 1\nGO -1", `line 2: syntax error near command "GO": want GO or GO and a count, not "GO -1"`},
		{"two counts", "SELECT 1\nGO 1 2", `line 2: syntax error near command "GO": want GO or GO and a count, not "GO 1 2"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := SplitScript(c.text); errorText(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// FuzzSplitScript checks that the batches are pieces of the script in order,
// each on the line it claims, and that between them lie only GO lines and
// blanks.
func FuzzSplitScript(f *testing.F) {
	for _, seed := range []string{"SELECT 1\nGO 2\nSELECT 'a\nGO\n'", "/*\nGO\n*/", "[a]]\nGO", "\r\nGO\r\nx", "--'\nGO\ny"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		batches, err := SplitScript(text)
		if err != nil {
			return
		}
		rest, line := strings.TrimPrefix(text, "\uFEFF"), 1
		for _, b := range batches {
			at := startOfLine(rest, b.Line-line)
			if !strings.HasPrefix(rest[at:], b.Text) || b.Count < 1 {
				t.Fatalf("batch %+v is not at line %d of %q", b, b.Line, text)
			}
			onlySeparators(t, rest[:at])
			line = b.Line + strings.Count(b.Text, "\n")
			rest = rest[at+len(b.Text):]
		}
		onlySeparators(t, rest)
	})
}

// startOfLine returns the offset of the nth line of text, from 0.
func startOfLine(text string, n int) int {
	at := 0
	for range n {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return at
}

func onlySeparators(t *testing.T, text string) {
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "--")
		words := strings.Fields(line)
		if len(words) > 0 && !strings.EqualFold(words[0], "GO") {
			t.Fatalf("%q got lost between batches", line)
		}
	}
}
