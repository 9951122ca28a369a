package finding

import (
	"fmt"
	"slices"
	"testing"
)

// TestAdvice: on a line stand all of a few statements, the first of many with
// their number, and what else may be done.
func TestAdvice(t *testing.T) {
	statements := func(n int) []string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("DROP USER [u%d];", i+1))
		}
		return out
	}
	for _, tt := range []struct {
		name string
		f    Finding
		want string
	}{
		{"nothing", Finding{}, ""},
		{"words alone", Finding{Fix: "look at it"}, "look at it"},
		{"one statement", Finding{Statements: statements(1)}, "DROP USER [u1]"},
		{"statements and words", Finding{Statements: statements(2), Fix: "accept it"}, "DROP USER [u1]; DROP USER [u2], or accept it"},
		{"a few", Finding{Statements: statements(3)}, "DROP USER [u1]; DROP USER [u2]; DROP USER [u3]"},
		{"many", Finding{Statements: statements(4), Fix: "accept it"},
			"DROP USER [u1]; DROP USER [u2]; and 2 more, which grantree plan --format json lists, or accept it"},
		{"of a database", Finding{Use: "USE [d];", Statements: statements(2)}, "USE [d]; DROP USER [u1]; DROP USER [u2]"},
		{"after one of the server's", Finding{Use: "USE [d];", Statements: append([]string{"USE master; REVOKE a;"}, statements(2)...)},
			"USE master; REVOKE a; USE [d]; DROP USER [u1]; DROP USER [u2]"},
		{"of several databases", Finding{Use: InEach, Statements: statements(1)}, "in the database of each: DROP USER [u1]"},
		{"of several databases, and the server", Finding{Use: InEach, Statements: append(statements(1), "USE master; REVOKE a;")}, "in the database of each: DROP USER [u1]; USE master; REVOKE a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.f.Advice(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestAlone: each statement is of use by itself, wherever who pastes it is.
func TestAlone(t *testing.T) {
	f := Finding{Use: "USE [d];", Statements: []string{"REVOKE a;", "USE master; REVOKE b;", "REVOKE c;"}}
	want := []string{"USE [d]; REVOKE a;", "USE master; REVOKE b;", "USE [d]; REVOKE c;"}
	if got := f.Alone(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if f.Use = ""; !slices.Equal(f.Alone(), f.Statements) {
		t.Errorf("of the server: %q", f.Alone())
	}
}
