package main

import (
	"strings"
	"testing"
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
	if made.password {
		t.Error("it says a password")
	}
	for _, text := range []string{"{{.Password}}", "{{if .Sites}}{{printf \"%s\" $.Password}}{{end}}", "{{range .Sites}}{{$.Password}}{{end}}", "{{with .Password}}{{.}}{{end}}"} {
		if made, err := newLetterTemplate("t", []byte(text)); err != nil || !made.password {
			t.Errorf("%s: no password, %v", text, err)
		}
	}
}
