package finding

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "O'Brien [Night]", "O'Brien [Night]"},
		{"letters of any script", "Équipe 夜勤 ночь", "Équipe 夜勤 ночь"},
		{"conceal, and a line of its own", "mal\x1b[8m\n  Nothing to do.", `mal\u001b[8m\n  Nothing to do.`},
		{"right to left", "a\u202eb", `a\u202eb`},
		{"isolates and marks", "\u2066\u2069\u200f\u061c", `\u2066\u2069\u200f\u061c`},
		{"nothing to see", "\u200b\ufeff\u00ad", `\u200b\ufeff\u00ad`},
		{"C1", "\u009b8m", `\u009b8m`},
		{"tab, return, delete", "a\tb\rc\x7f", `a\tb\rc\u007f`},
		{"line separators", "\u2028\u2029\u0085", `\u2028\u2029\u0085`},
		{"a space that is none", "a\u00a0b", `a\u00a0b`},
		{"broken", "a\xffb", `a\xffb`},
		{"tags", "\U000e0041", `\U000e0041`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Printable(tt.text); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrintableHidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Printable(rapid.String().Draw(t, "text"))
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q", got)
		}
		if Printable(got) != got {
			t.Errorf("%q changes again", got)
		}
	})
}

func TestQuotedNamesLookAlike(t *testing.T) {
	var l List
	l.Errorf("code", Pos{}, "", "user %q and %q, not %q", "mal\x1b[8m\x7f", "a\nb\u202e", `EX\x1b`)
	if got, want := l[0].String(), `user "mal\u001b[8m\u007f" and "a\nb\u202e", not "EX\\x1b" (code)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFindingOnOneLine(t *testing.T) {
	var l List
	l.Errorf("code", Pos{File: "a\nb.toml", Line: 1}, "DROP USER [x\n]", "user x\n is\x1b[8m")
	if got := l[0].String(); got != `a\nb.toml:1: user x\n is\u001b[8m; DROP USER [x\n] (code)` {
		t.Errorf("%s", got)
	}
	if got := l.Err().Error(); strings.Contains(got, "\n") {
		t.Errorf("an error of two lines: %q", got)
	}
}
