package tsql

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestQuote(t *testing.T) {
	for _, c := range []struct{ name, ident, want string }{
		{"empty", "", "[]"},
		{"plain", "bob", "[bob]"},
		{"closing bracket", "a]b", "[a]]b]"},
		{"only closing brackets", "]]", "[]]]]]"},
		{"opening bracket", "a[b", "[a[b]"},
		{"quotes", `a'b"c`, `[a'b"c]`},
		{"comment", "a--b/*", "[a--b/*]"},
		{"line break", "a\nb", "[a\nb]"},
		{"emoji", "👷", "[👷]"},
		{"injection", "x]; DROP TABLE t; --", "[x]]; DROP TABLE t; --]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Quote(c.ident); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestQuoteName2(t *testing.T) {
	for _, c := range []struct{ schema, name, want string }{
		{"dbo", "v", "[dbo].[v]"},
		{"", "v", "[v]"},
		{"a]", "]b", "[a]]].[]]b]"},
	} {
		if got := QuoteName2(c.schema, c.name); got != c.want {
			t.Errorf("QuoteName2(%q, %q) = %s, want %s", c.schema, c.name, got, c.want)
		}
	}
}

func TestQuoteString(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "N''"},
		{"quote", "it's", "N'it''s'"},
		{"bracket", "a]b", "N'a]b'"},
		{"backslash", `DOM\bob`, `N'DOM\bob'`},
		{"line continuation", "a\\\nb", "N'a\\\\\n\nb'"},
		{"line continuation, CR LF", "a\\\r\nb", "N'a\\\\\r\n\r\nb'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := QuoteString(c.text); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// ValidName returns an error unless s can be the name of an object or a
// principal: 1 to [MaxName] UTF-16 code units, valid UTF-8 and no NUL.
func ValidName(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("name is empty")
	case !utf8.ValidString(s):
		return fmt.Errorf("name %q is not valid UTF-8", s)
	case strings.ContainsRune(s, 0):
		return fmt.Errorf("name %q contains a NUL character", s)
	}
	if n := nameLength(s); n > MaxName {
		return fmt.Errorf("name %q has %d UTF-16 code units, at most %d are allowed", s, n, MaxName)
	}
	return nil
}

func TestValidName(t *testing.T) {
	for _, c := range []struct {
		name, ident, want string
	}{
		{"plain", "bob", ""},
		{"128 characters", strings.Repeat("a", 128), ""},
		{"64 emoji", strings.Repeat("👷", 64), ""},
		{"empty", "", "name is empty"},
		{"NUL", "a\x00b", `name "a\x00b" contains a NUL character`},
		{"not UTF-8", "a\xff", `name "a\xff" is not valid UTF-8`},
		{"129 characters", strings.Repeat("a", 129), `name "` + strings.Repeat("a", 129) + `" has 129 UTF-16 code units, at most 128 are allowed`},
		{"65 emoji", strings.Repeat("👷", 65), `name "` + strings.Repeat("👷", 65) + `" has 130 UTF-16 code units, at most 128 are allowed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := ValidName(c.ident)
			if got := errorText(err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// unquote is the second opinion: a scanner of one bracketed name that knows
// nothing of the lexer. It returns what the name says and what follows it.
func unquote(text string) (name, rest string) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != ']' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 == len(text) || text[i+1] != ']' {
			return b.String(), text[i+1:]
		}
		b.WriteByte(']')
		i++
	}
	return "", "unclosed"
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "a", "]", "a]]b", "'", "--", "/*", "*/", "\n", "\\\n", "👷", "\x00", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, rest := unquote(Quote(s)); name != s || rest != "" {
			t.Errorf("Quote(%q) = %s reads as %q and then %q", s, Quote(s), name, rest)
		}
		if ValidName(s) == nil {
			readsAsName(t, s)
		}
		if utf8.ValidString(s) {
			readsAsString(t, s)
		}
	})
}

// readsAsName lets the parser read a quoted name in a statement.
func readsAsName(t *testing.T, s string) {
	b, err := Parse("DROP USER " + Quote(s) + ";")
	if err != nil {
		t.Fatalf("quoted name %q: %v", s, err)
	}
	if drop, ok := b.Statements[0].(*DropUser); !ok || drop.Name.Value != s || len(b.Statements) != 1 {
		t.Errorf("quoted name %q reads as %s", s, printed(b.Statements...))
	}
}

// readsAsString lets the parser read a quoted string in a statement.
func readsAsString(t *testing.T, s string) {
	b, err := Parse("PRINT " + QuoteString(s) + ";")
	if err != nil {
		t.Fatalf("quoted string %q: %v", s, err)
	}
	text, ok := b.Statements[0].(*PrintStatement).X.(*Literal)
	if !ok || text.Text != s || text.Kind != NStringLiteral || len(b.Statements) != 1 {
		t.Errorf("quoted string %q reads as %s", s, printed(b.Statements...))
	}
}

func TestSplitName(t *testing.T) {
	for _, c := range []struct {
		text, want string // the parts with bars between
		ok         bool
	}{
		{"v", "v", true}, {"app..v", "app||v", true}, {"a.b.c.d.e", "a|b|c|d|e", true}, {"", "", true},
		{"[a.b].[c]]d]", "a.b|c]d", true}, {`"a b"."c""d"`, `a b|c"d`, true}, {" dbo . [v] ", "dbo|v", true}, {"[]]].[[]", "]|[", true},
		{"[a", "[a", false}, {"[a]b", "[a]b", false}, {`a."b`, `a."b`, false},
	} {
		if parts, ok := SplitName(c.text); strings.Join(parts, "|") != c.want || ok != c.ok {
			t.Errorf("%q reads as %q, %v", c.text, parts, ok)
		}
	}
}

func FuzzSplitName(f *testing.F) {
	for _, seed := range []string{"", "dbo.v", "[a]].b].c", `"x".y`, "a..b", "....", "[", " ] "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if parts, ok := SplitName(Quote(text)); !ok || len(parts) != 1 || parts[0] != text {
			t.Errorf("%q in brackets reads as %q, %v", text, parts, ok)
		}
		if parts, _ := SplitName(text); len(parts) == 0 {
			t.Errorf("%q has no part", text)
		}
	})
}

func TestParseParameters(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""}, {" ", ""},
		{"@a int", "@a int0"}, {"@a AS int,\n@b nvarchar(5) = N'x,y' OUTPUT, @c decimal(9, 2) OUT", "@a int0; @b nvarchar5 = N'x,y' OUTPUT; @c decimal0 OUTPUT"},
		{"@a int READONLY", "@a int0"},
		{"@a int,", "102"}, {"@a int @b int", "102"}, {"@a TABLE (b int)", "156"}, {"@a xml", "@a xml0"}, {"a int", "102"}, {"@a int; SELECT 1", "102"}, {"@a int = 1) SELECT 1 --", "102"},
	} {
		list, err := ParseParameters(c.text)
		var got []string
		for _, p := range list {
			text := fmt.Sprint(p.Name, " ", p.Type.Name, p.Type.Length)
			if p.Value != nil {
				text += " = " + Print(p.Value)
			}
			if p.Output {
				text += " OUTPUT"
			}
			got = append(got, text)
		}
		if e, ok := err.(*SyntaxError); ok {
			got = append(got, fmt.Sprint(e.Number))
		}
		if said := strings.Join(got, "; "); said != c.want {
			t.Errorf("%q reads as %q, want %q", c.text, said, c.want)
		}
	}
}
