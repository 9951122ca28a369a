package main

import (
	"strings"
	"testing"

	"grantree/sites"
)

// TestLetterTemplates: a template that would never end, or fill the memory, is
// refused before anything is made of it; what letters need is not.
func TestLetterTemplates(t *testing.T) {
	deep := func(n int) string {
		return strings.Repeat("{{range .Groups}}{{with $}}", n) + "x" + strings.Repeat("{{end}}{{end}}", n)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"a letter", "Dear {{.FullName}},\n{{range $i, $s := .Sites}}{{if $i}}, {{end}}{{$s}}{{end}} {{join .Groups \", \"}} {{printf \"%-20s\" .Login}} {{.Password}} {{index .Databases 0}} {{len .Sites}}", ""},
		{"lists in lists", deep(2), ""},
		{"a number", "{{range 1000000000000}}{{end}}", "t:1:8: a letter goes over lists: {{range .Sites}}"},
		{"a number by name", "{{$n := 1000000000000}}{{range $n}}{{end}}", "a letter goes over lists"},
		{"a number of a list", "{{range len .Sites}}{{end}}", "a letter goes over lists"},
		{"itself", `{{template "t" .}}`, "a letter is one template"},
		{"two that call each other", `{{define "a"}}{{template "b" .}}{{template "b" .}}{{end}}{{define "b"}}{{template "a" .}}{{end}}{{template "a" .}}`, "a letter is one template"},
		{"a block", `{{block "a" .}}{{end}}`, "a letter is one template"},
		{"lists in lists in lists", deep(3), "a letter goes over lists within 1 others at most"},
		{"a wide number", `{{printf "%1000000000d" 1}}`, "a width of printf is at most 999"},
		{"a wide number by another", `{{printf "%*d" 1000000000 1}}`, "a width of printf is at most 999"},
		{"a wide number by an index", `{{printf "%[1]*d" 1000000000 1}}`, "a width of printf is at most 999"},
		{"a precise number", `{{printf "%.1000000000f" 1.0}}`, "a width of printf is at most 999"},
		{"twice as long each time", `{{$x := "x"}}` + strings.Repeat(`{{$x = print $x $x}}`, 60), "a letter of more than 256 KiB"},
		{"twice as long, escaped", `{{$x := "<"}}` + strings.Repeat(`{{$x = html $x $x}}`, 60), "a letter of more than 256 KiB"},
		{"long", strings.Repeat("{{range .Sites}}{{range $.Sites}}"+strings.Repeat("x", 10_000)+"{{end}}{{end}}", 6), "a letter of more than 256 KiB"},
		{"a long template", strings.Repeat("x", maxTemplate+1), "is larger than 64 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			made, err := newLetterTemplate("t", []byte(tt.text))
			if err == nil {
				_, err = made.make(letter{Login: "ann", Sites: []string{"N", "S", "E"}, Databases: []string{"N"}, Groups: []string{"A", "B"}})
			}
			if err == nil && tt.want != "" || err != nil && (tt.want == "" || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestLetterShowsNames: what a name holds cannot be a line of the letter's own,
// nor an order to the terminal or printer that shows it.
func TestLetterShowsNames(t *testing.T) {
	made, err := newLetterTemplate("t", []byte("Dear {{.FullName}}, {{.Login}}: {{join .Sites \", \"}}"))
	if err != nil {
		t.Fatal(err)
	}
	sites := []string{"N\x1b[2J"}
	text, err := made.make(letter{FullName: "Ann\r\nYour password is x", Login: "a\u202eb", Sites: sites})
	if want := `Dear Ann\r\nYour password is x, a\u202eb: N\u001b[2J`; err != nil || string(text) != want {
		t.Errorf("%q, %v, want %q", text, err, want)
	}
	if sites[0] != "N\x1b[2J" {
		t.Error("the site's own name has changed")
	}
}

// TestLetterHoldsThePassword: whether it does is seen in a letter, not in what the
// template seems to say.
func TestLetterHoldsThePassword(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"{{.Password}}", true}, {"{{if .Sites}}{{printf \"%s\" $.Password}}{{end}}", true}, {"{{range .Sites}}{{$.Password}}{{end}}", true},
		{"{{with .Password}}{{.}}{{end}}", true}, {"{{.}}", true}, {"{{$x := .}}{{$x}}", true}, {"{{print .Password}}", true},
		{"{{.Password | len}}", false}, {"{{if .Password}}You have one{{end}}", false}, {"{{if not .Email}}{{.Password}}{{end}}", false},
		{"{{/* .Password */}}", false}, {"{{slice .Password 0 4}}", false}, {"Dear {{.FullName}}", false},
	} {
		made, err := newLetterTemplate("t", []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		holds, err := tryLetter(made, letter{FullName: "Ann", Email: "ann@example.org", Sites: []string{"N"}})
		if holds != tt.want || err != nil {
			t.Errorf("%s: %t, %v", tt.text, holds, err)
		}
	}
}

// TestLetterNames: a letter's name says whose it is, and no two logins have one.
func TestLetterNames(t *testing.T) {
	long := strings.Repeat("é", 60)
	seen := map[string]string{}
	for _, tt := range []struct{ server, database, login, want string }{
		{"main", "", "ann", "letter-main-ann.txt"}, {"main", "", "Ann", "letter-main-Ann.txt"}, {"main", "", "a_b", "letter-main-a_b.txt"},
		{"main", "", "a/b", "letter-main-a%2Fb.txt"}, {"main", "", `DOM\a.b-c`, "letter-main-DOM%5Ca.b-c.txt"}, {"main", "", "José", "letter-main-Jos%C3%A9.txt"},
		{"main", "", "a%2Fb", "letter-main-a%252Fb.txt"}, {"main", "", "b@c", "letter-main-b%40c.txt"}, {"main", "", "ann~2", "letter-main-ann%7E2.txt"},
		{"main-a", "", "b", "letter-main%2Da-b.txt"}, {"main", "", "a-b", "letter-main-a-b.txt"},
		{"main", "iMaint_North", "ann", "letter-main%2FiMaint_North-ann.txt"}, {"main", "", "../ann", "letter-main-..%2Fann.txt"},
		{"main", "", long + "x", ""}, {"main", "", long + "y", ""}, {long, long, long + "z", ""},
	} {
		got := letterName(sites.NewLogin{Server: tt.server, Database: tt.database, Login: tt.login}, 1)
		if tt.want != "" && got != tt.want || len(got) > 200 || strings.ContainsAny(got, `/\`) {
			t.Errorf("%s %s %s: %s", tt.server, tt.database, tt.login, got)
		}
		if seen[got] != "" {
			t.Errorf("%q and %q are both %s", seen[got], tt.login, got)
		}
		seen[got] = tt.login
	}
	if got := letterName(sites.NewLogin{Server: "main", Login: "ANN"}, 2); got != "letter-main-ANN~2.txt" {
		t.Error(got)
	}
}
