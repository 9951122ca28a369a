package main

import (
	"regexp"
	"strings"
	"testing"

	"grantree/sites"
)

// TestLetterTemplates: what a letter does not have is refused before anything is
// made of it, with its place.
func TestLetterTemplates(t *testing.T) {
	ann := letter{FullName: "Ann Arbor", Login: "ann", Password: "p{{.Login}}", Sites: []string{"N", "S", "E"}, Databases: []string{"D"}}
	for _, tt := range []struct{ name, text, want, err string }{
		{"a letter", "Dear {{.FullName}},\n{{ join .Sites \" \\\"and\\\" \" }}: {{.Login}} {{.Password}}\n", "Dear Ann Arbor,\nN \"and\" S \"and\" E: ann p{{.Login}}\n", ""},
		{"a list by itself", "{{.Sites}} {{.Databases}} {{.Groups}}.", "N, S, E D .", ""},
		{"none", "Come and see us }} { {", "Come and see us }} { {", ""},
		{"nothing", "", "", ""},
		{"no such field", "Dear {{.FullName}},\n you earn {{.Salary}}", "", "t:2:11: a letter has no .Salary; it has .FullName, "},
		{"what is no list", `{{join .Login " "}}`, "", "t:1:1: a letter has no list .Login"},
		{"a separator that is none", `{{join .Sites "\q"}}`, "", `t:1:1: "\q" is no text in quotation marks`},
		{"open", "a {{.Login", "", `t:1:3: "{{.Login" is no field, as {{.FullName}} is one`},
		{"a decision", "{{if .Email}}x{{end}}", "", `t:1:1: "{{if .Email}}" is no field`},
		{"a loop", "{{range 1000000000000}}{{end}}", "", "is no field"},
		{"a part", "{{.Sites.Name}}", "", "is no field"},
		{"everything", "{{.}}", "", "is no field"},
		{"over a line", "{{.Login\n}} {{join .Sites \"a\nb\"}}", "", `t:2:4: "{{join .Sites`},
		{"long", "{{.FullName}}" + strings.Repeat("{{.Sites}}{{.Sites}}", 3000), "", "a letter of more than 256 KiB"},
		{"a long template", strings.Repeat("x", maxTemplate+1), "", "is larger than 64 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := ann
			if tt.name == "long" {
				to.Sites = []string{strings.Repeat("x", 100)}
			}
			made, err := newLetterTemplate("folder/t", []byte(tt.text))
			var text []byte
			if err == nil {
				text, err = made.make(to)
			}
			if err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if string(text) != tt.want {
				t.Errorf("%q, want %q", text, tt.want)
			}
		})
	}
}

// FuzzLetterTemplate: whatever the template, a letter ends, is bounded, and without
// its fields is the template.
func FuzzLetterTemplate(f *testing.F) {
	f.Add("Dear {{.FullName}}, {{join .Sites \", \"}} {{.Password}}")
	f.Add("{{.Login}}{{")
	f.Fuzz(func(t *testing.T, text string) {
		made, err := newLetterTemplate("t", []byte(text))
		if err != nil {
			return
		}
		if _, err := made.make(letter{Sites: []string{"a", "b"}}); err != nil && err != errLongLetter {
			t.Fatal(err)
		}
		var plain strings.Builder
		for _, p := range made.parts {
			plain.WriteString(p.text)
		}
		if want := regexp.MustCompile(`(?s)\{\{.*?\}\}`).ReplaceAllString(text, ""); !strings.Contains(text, `"`) && plain.String() != want {
			t.Errorf("%q is %q without its fields, want %q", text, plain.String(), want)
		}
	})
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
