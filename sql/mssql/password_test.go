package mssql

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func utf16Of(s string) []uint16 { return utf16.Encode([]rune(s)) }

// TestPasswordHoldsNoName: neither in a generated password nor in one that a
// script lets the server make is the name, or what Windows takes for a part of
// it, in whatever case, width or with whatever accents.
func TestPasswordHoldsNoName(t *testing.T) {
	tests := []struct {
		name, login string
		parts       []string
	}{
		{"one letter", "a", []string{"a"}},
		{"one mark", "-", []string{"-"}},
		{"two letters", "e7", []string{"e7"}},
		{"parts of three and more", "Ann van der_Berg", []string{"ann van der_berg", "ann", "van", "der", "berg"}},
		{"an accent", "É", []string{"e"}},
		{"a letter of double width", "ａ", []string{"a"}},
		{"a letter of another language", "ß", []string{"ss"}},
		{"Turkish letters", "ıİ", []string{"ii"}},
		{"nothing that counts", "\u0301", nil},
		{"none", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nameParts(tt.login); strings.Join(got, "|") != strings.Join(tt.parts, "|") {
				t.Errorf("parts %q, want %q", got, tt.parts)
			}
			for range 200 {
				p, err := GeneratePassword(tt.login)
				if err != nil || len(p) != passwordLength {
					t.Fatalf("%q, %v", p, err)
				}
				for _, part := range tt.parts {
					if strings.Contains(strings.ToLower(p), part) {
						t.Errorf("the password %s holds %q", p, part)
					}
				}
			}
			alphabet, classes, err := scriptAlphabet(tt.login)
			if err != nil || len(alphabet) < 2 || len(classes) != 3 {
				t.Fatalf("%q, %q, %v", alphabet, classes, err)
			}
			for _, c := range foldName(tt.login) {
				if strings.ContainsRune(strings.ToLower(alphabet+classes), c) {
					t.Errorf("a script's password may hold %q: %s %s", c, alphabet, classes)
				}
			}
		})
	}
}

func TestScriptMakesNoLoginOfEveryLetter(t *testing.T) {
	for _, name := range []string{"the quick brown fox jumps over a lazy dog", "THE QUICK BROWN FOX JUMPS OVER A LAZY DOG", passwordDigits + passwordMarks} {
		text, err := Script(nil, ServerScript{Logins: []ScriptLogin{{Name: name}}}, nil)
		if err == nil || text != "" || !strings.Contains(err.Error(), "use grantree apply") {
			t.Errorf("%q, %v", text, err)
		}
	}
}

// TestScriptAlphabet is at most 16 characters, and one of each of three kinds.
func TestScriptAlphabet(t *testing.T) {
	for login, want := range map[string][2]string{
		"":                   {"abcdefghijkmnopq", "aA2"},
		"ab":                 {"cdefghijkmnopqrs", "cC2"},
		"23":                 {"abcdefghijkmnopq", "aA4"},
		"defghijkmnopqrstuv": {"abcwxyzABCLWXYZ2", "aA2"},
	} {
		if alphabet, classes, err := scriptAlphabet(login); err != nil || alphabet != want[0] || classes != want[1] {
			t.Errorf("%q: %s and %s, %v", login, alphabet, classes, err)
		}
	}
}

func TestNewSIDIsOurs(t *testing.T) {
	a, b := NewSID(), NewSID()
	if len(a) != 32 || !strings.HasPrefix(a, sidPrefix) || a == b {
		t.Errorf("%s, %s", a, b)
	}
}
