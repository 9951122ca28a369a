package tomldoc

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEdit(t *testing.T) {
	const policy = `# Who may do what.
[license] # bought in May
seats = 25

# The planner of North.
[[user]]
name = "bob"   # the planner
groups = [
  "Planner", # since 2019
  "Mechanic",
]

[[user.allow]]
view = "imvw_a"
permissions = ["delete"]

# The night shift.
[[user]]
name = "eve"
groups = ["Mechanic"]
at = [ { sites = ["South"], groups = ["Planner"] }, { sites = ["East"] } ]
`
	tests := []struct {
		name  string
		edit  func(e *Edit) error
		old   string // what becomes
		new   string
		wrong string
	}{
		{name: "a value is replaced, its comment stays",
			edit: func(e *Edit) error { return e.Set("rob", "user", 0, "name") },
			old:  `name = "bob"   # the planner`, new: `name = "rob"   # the planner`},
		{name: "a key goes behind the table's own, before the tables below it",
			edit: func(e *Edit) error { return e.Set(true, "user", 0, "inactive") },
			old:  "  \"Mechanic\",\n]\n", new: "  \"Mechanic\",\n]\ninactive = true\n"},
		{name: "a key with a name that must be quoted, in a value that must be escaped",
			edit: func(e *Edit) error { return e.Set("a\"\\\x1b\u202e\n", "license", "bought by") },
			old:  "seats = 25\n", new: "seats = 25\n\"bought by\" = \"a\\\"\\\\\\u001B\\u202E\\n\"\n"},
		{name: "a table that is not there",
			edit: func(e *Edit) error { return e.Set("imaint", "policy", "extends") },
			old:  "{ sites = [\"East\"] } ]\n", new: "{ sites = [\"East\"] } ]\n\n[policy]\nextends = \"imaint\"\n"},
		{name: "a key of the whole text",
			edit: func(e *Edit) error { return e.Set([]string{"a.toml"}, "include") },
			old:  "# Who may", new: "include = [\"a.toml\"]\n# Who may"},
		{name: "an element on a line of its own",
			edit: func(e *Edit) error { return e.SetStrings([]string{"Planner", "Nights"}, "user", 0, "groups") },
			old:  "  \"Mechanic\",\n", new: "  \"Nights\",\n"},
		{name: "an element is given another value",
			edit: func(e *Edit) error { return e.Set("Nights", "user", 0, "groups", 0) },
			old:  "  \"Planner\", # since", new: "  \"Nights\", # since"},
		{name: "an element of an array in an array",
			edit: func(e *Edit) error { return e.Set("Nights", "user", 1, "at", 0, "sites", 0) },
			old:  `{ sites = ["South"]`, new: `{ sites = ["Nights"]`},
		{name: "elements are put in another order",
			edit: func(e *Edit) error { return e.SetStrings([]string{"Mechanic", "Planner"}, "user", 0, "groups") },
			old:  "[\n  \"Planner\", # since 2019\n  \"Mechanic\",\n]", new: "[\n  \"Mechanic\",\n  \"Planner\", # since 2019\n]"},
		{name: "elements are put in another order, and more come",
			edit: func(e *Edit) error { return e.SetStrings([]string{"Nights", "Planner", "Days"}, "user", 0, "groups") },
			old:  "[\n  \"Planner\", # since 2019\n  \"Mechanic\",\n]", new: "[\n  \"Nights\",\n  \"Planner\", # since 2019\n  \"Days\",\n]"},
		{name: "every element is another, and the brackets stay",
			edit: func(e *Edit) error { return e.SetStrings([]string{"Nights"}, "user", 0, "groups") },
			old:  "  \"Planner\", # since 2019\n  \"Mechanic\",\n", new: "  \"Nights\",\n"},
		{name: "an array on one line",
			edit: func(e *Edit) error { return e.SetStrings([]string{"Mechanic", "Nights"}, "user", 1, "groups") },
			old:  `groups = ["Mechanic"]`, new: `groups = ["Mechanic", "Nights"]`},
		{name: "a key is taken away with its line",
			edit: func(e *Edit) error { return e.Unset("user", 0, "groups") },
			old:  "groups = [\n  \"Planner\", # since 2019\n  \"Mechanic\",\n]\n", new: ""},
		{name: "a key that is not there is none to take away",
			edit: func(e *Edit) error { return e.Unset("user", 0, "inactive") }},
		{name: "a table goes with those below it, and the comment stays",
			edit: func(e *Edit) error { return e.Remove("user", 0) },
			old:  policy[strings.Index(policy, "[[user]]"):strings.Index(policy, "\n# The night")], new: ""},
		{name: "the last table",
			edit: func(e *Edit) error { return e.Remove("user", 1) },
			old:  policy[strings.LastIndex(policy, "[[user]]"):], new: ""},
		{name: "a table behind the last one of its array",
			edit: func(e *Edit) error { return e.Append([]Key{{"name", "pat"}, {"sites", []string{"*"}}}, "user") },
			old:  "{ sites = [\"East\"] } ]\n", new: "{ sites = [\"East\"] } ]\n\n[[user]]\nname = \"pat\"\nsites = [\"*\"]\n"},
		{name: "a table with tables in it",
			edit: func(e *Edit) error {
				return e.Append([]Key{{"name", "pat"}, {"at", [][]Key{{{"allow", [][]Key{{{"view", "imvw_b"}}}}, {"sites", []string{"West"}}}, {{"sites", []string{"East"}}}}}, {"email", "p"}}, "user")
			},
			old: "{ sites = [\"East\"] } ]\n", new: "{ sites = [\"East\"] } ]\n\n[[user]]\nname = \"pat\"\nemail = \"p\"\n\n[[user.at]]\nsites = [\"West\"]\n\n[[user.at.allow]]\nview = \"imvw_b\"\n\n[[user.at]]\nsites = [\"East\"]\n"},
		{name: "an inline table with tables in it",
			edit: func(e *Edit) error {
				return e.Append([]Key{{"allow", [][]Key{{{"view", "imvw_b"}}, {{"view", "imvw_c"}}}}}, "user", 1, "at")
			},
			old: "{ sites = [\"East\"] } ]", new: "{ sites = [\"East\"] }, { allow = [{ view = \"imvw_b\" }, { view = \"imvw_c\" }] } ]"},
		{name: "a table below another",
			edit: func(e *Edit) error { return e.Append([]Key{{"view", "imvw_b"}}, "user", 0, "allow") },
			old:  "permissions = [\"delete\"]\n", new: "permissions = [\"delete\"]\n\n[[user.allow]]\nview = \"imvw_b\"\n"},
		{name: "the first table below another",
			edit: func(e *Edit) error { return e.Append([]Key{{"view", "imvw_b"}}, "user", 1, "deny") },
			old:  "{ sites = [\"East\"] } ]\n", new: "{ sites = [\"East\"] } ]\n\n[[user.deny]]\nview = \"imvw_b\"\n"},
		{name: "an inline table of an array",
			edit: func(e *Edit) error { return e.Append([]Key{{"sites", []string{"West"}}}, "user", 1, "at") },
			old:  "{ sites = [\"East\"] } ]", new: "{ sites = [\"East\"] }, { sites = [\"West\"] } ]"},
		{name: "the first table below an inline table",
			edit: func(e *Edit) error { return e.Append([]Key{{"view", "imvw_b"}}, "user", 1, "at", 1, "deny") },
			old:  "{ sites = [\"East\"] }", new: "{ sites = [\"East\"], deny = [{ view = \"imvw_b\" }] }"},
		{name: "a key of an inline table",
			edit: func(e *Edit) error { return e.Set([]string{"Mechanic"}, "user", 1, "at", 1, "groups") },
			old:  "{ sites = [\"East\"] }", new: "{ sites = [\"East\"], groups = [\"Mechanic\"] }"},
		{name: "an inline table is taken away",
			edit: func(e *Edit) error { return e.Remove("user", 1, "at", 0) },
			old:  "{ sites = [\"South\"], groups = [\"Planner\"] }, ", new: ""},
		{name: "an inline table behind another is taken away",
			edit: func(e *Edit) error { return e.Remove("user", 1, "at", 1) },
			old:  ", { sites = [\"East\"] }", new: ""},
		{name: "the last key of an inline table",
			edit: func(e *Edit) error { return e.Unset("user", 1, "at", 0, "groups") },
			old:  ", groups = [\"Planner\"]", new: ""},
		{name: "a table is no value",
			edit:  func(e *Edit) error { return e.Set(1, "license") },
			wrong: `f.toml:2:1: "license" is a table of its own here`},
		{name: "a value is no table",
			edit:  func(e *Edit) error { return e.Set(1, "license", "seats", "north") },
			wrong: "f.toml:3:9: this is a value, not a table"},
		{name: "two changes of one place",
			edit: func(e *Edit) error {
				if err := e.Set(1, "license", "seats"); err != nil {
					return err
				}
				return e.Set(2, "license", "seats")
			},
			wrong: "f.toml:3:9: two changes of this place cannot be made at once"},
	}
	for _, test := range tests {
		for _, newline := range []string{"\n", "\r\n"} {
			t.Run(test.name+fmt.Sprintf(" %q", newline), func(t *testing.T) {
				lines := func(s string) string { return strings.ReplaceAll(s, "\n", newline) }
				e, err := NewEdit("f.toml", []byte("\ufeff"+lines(policy)))
				if err != nil {
					t.Fatal(err)
				}
				err = test.edit(e)
				var got []byte
				if err == nil {
					got, err = e.Text()
				}
				switch {
				case test.wrong != "":
					if err == nil || err.Error() != test.wrong {
						t.Fatalf("error %v, want %s", err, test.wrong)
					}
					return
				case err != nil:
					t.Fatal(err)
				case strings.Count(policy, test.old) != 1 && test.old != "":
					t.Fatal("the test names no one place")
				}
				want := "\ufeff" + lines(strings.Replace(policy, test.old, test.new, 1))
				if test.old == "" {
					want = "\ufeff" + lines(policy)
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	}
}

// TestTextIsReadAgain: a text that says something else than was asked for, or is no
// TOML any more, is never handed out, whatever the editor did to it.
func TestTextIsReadAgain(t *testing.T) {
	const text = "a = 1\n[b]\nc = [\"x\"]\n"
	for _, tt := range []struct {
		name     string
		from, to int
		with     string
		wrong    string
	}{
		{"nothing", 0, 0, "", ""},
		{"a comment", 0, 0, "# who\n", ""},
		{"another value", 4, 5, "2", "f.toml: the text would say something else after this edit than was asked for"},
		{"another key", 0, 1, "d", "f.toml: the text would say something else"},
		{"a key more", 0, 0, "d = 1\n", "f.toml: the text would say something else"},
		{"a table less", 6, 10, "", "f.toml: the text would say something else"},
		{"an element more", 18, 18, ", \"y\"", "f.toml: the text would say something else"},
		{"no TOML", 4, 5, "", "the text would not be read after this edit: f.toml:1:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := NewEdit("f.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			e.splice(tt.from, tt.to, tt.with)
			got, err := e.Text()
			switch {
			case tt.wrong == "":
				if want := text[:tt.from] + tt.with + text[tt.to:]; err != nil || string(got) != want {
					t.Errorf("%q, %v", got, err)
				}
			case err == nil || got != nil || !strings.HasPrefix(err.Error(), tt.wrong):
				t.Errorf("%q, error %v, want %q", got, err, tt.wrong)
			}
		})
	}
}

// TestRemoveInline: an element of an array on lines goes with its line; comments of
// others stay.
func TestRemoveInline(t *testing.T) {
	for _, tt := range []struct{ name, text, want, wrong string }{
		{name: "the only one", text: "a = [\n  { k = 1 }, # one\n  # end\n]\n", want: "a = [\n  # end\n]\n"},
		{name: "the first", text: "a = [ # of a\n  { k = 1 }, # one\n  { k = 2 } # two\n]\n", want: "a = [ # of a\n  { k = 2 } # two\n]\n"},
		{name: "on several lines", text: "a = [\n  { k = [\n    1, # in one\n  ] }, # one\n  { k = 2 },\n]\n", want: "a = [\n  { k = 2 },\n]\n"},
		{name: "the only one, on one line", text: "a = [ { k = 1 }, ]\n", want: "a = [  ]\n"},
		{name: "the first, on one line", text: "a = [ { k = 1 }, { k = 2 } ]\n", want: "a = [ { k = 2 } ]\n"},
		{name: "behind a comment, on the line of a bracket", text: "a = [ { k = 1 }, # one\n  { k = 2 } ]\n", wrong: "a comment stands between this and its neighbour"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := NewEdit("f.toml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			err = e.Remove("a", 0)
			var got []byte
			if err == nil {
				got, err = e.Text()
			}
			if string(got) != tt.want || (err != nil) != (tt.wrong != "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%q, %v, want %q, %s", got, err, tt.want, tt.wrong)
			}
		})
	}
}

// TestEditEmptyInline: what is added to an array or table that is empty in its
// brackets stands in them.
func TestEditEmptyInline(t *testing.T) {
	e, err := NewEdit("f.toml", []byte("a = []\nb = {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"x", "y"} {
		if err := e.Append([]Key{{"k", k}}, "a"); err != nil {
			t.Fatal(err)
		}
		if err := e.Set(k, "b", k); err != nil {
			t.Fatal(err)
		}
	}
	got, err := e.Text()
	if want := "a = [{ k = \"x\" }, { k = \"y\" }]\nb = {x = \"x\", y = \"y\"}\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestEditKeepsComments: comments among the elements of an array stay, in whatever
// form it is written, or the edit is refused; those of an element go where it goes.
func TestEditKeepsComments(t *testing.T) {
	for _, tt := range []struct{ name, text, want, wrong string }{
		{name: "an empty one", text: "a = [\n  # none yet\n]\n", want: "a = [\n  # none yet\n  \"x\",\n  \"y\",\n]\n"},
		{name: "an empty one, closed behind its bracket", text: "a = [ # none yet\n]\n", want: "a = [ # none yet\n  \"x\",\n  \"y\",\n]\n"},
		{name: "no comma behind the last", text: "a = [\n  # of a\n\t\"y\", # 1\n\t\"x\" # 2\n  # end\n]\n", want: "a = [\n  # of a\n\t\"x\", # 2\n\t\"y\", # 1\n  # end\n]\n"},
		{name: "others, in other lines", text: "a = [\r\n  \"b\", # b\r\n  # between\r\n  'c', # c\r\n  \"d\"\r\n]\r\n", want: "a = [\r\n  \"x\",\r\n  # between\r\n  \"y\",\r\n]\r\n"},
		{name: "two on a line", text: "a = [ # of a\n  \"b\", \"c\",\n]\n", wrong: "f.toml:1:5: a comment stands among these elements"},
		{name: "two on a line, one stays", text: "a = [ # of a\n  \"b\", \"x\",\n]\n", wrong: "f.toml:1:5: a comment stands among these elements"},
		{name: "on the lines of the brackets", text: "a = [ \"b\", # b\n  \"x\", # x\n  \"c\"]\n", want: "a = [  # b\n  \"x\", # x\n  \"y\",\n  ]\n"},
		{name: "a text of several lines", text: "a = [ # of a\n  \"\"\"b\n\"\"\",\n]\n", wrong: "f.toml:1:5: a comment stands among these elements"},
		{name: "no comment", text: "a = [ \"b\",\n \"c\" ]\n", want: "a = [\"x\", \"y\"]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := NewEdit("f.toml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			err = e.SetStrings([]string{"x", "y"}, "a")
			var got []byte
			if err == nil {
				got, err = e.Text()
			}
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("%q, error %v, want %q", got, err, tt.wrong)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestEditOfDottedKeys(t *testing.T) {
	for in, want := range map[string]string{
		"license . seats = 3\n[x]\n":  "license . seats = 3\nlicense . home = \"North\"\n[x]\n",
		"license = { seats = 3 }":     "license = { seats = 3, home = \"North\" }",
		"license = {}":                "license = {home = \"North\"}",
		"[license]":                   "[license]\nhome = \"North\"\n",
		"a = 1":                       "a = 1\n\n[license]\nhome = \"North\"\n",
		"":                            "[license]\nhome = \"North\"\n",
		"  [license]\n  seats = 3\n#": "  [license]\n  seats = 3\n  home = \"North\"\n#",
	} {
		e, err := NewEdit("f.toml", []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Set("North", "license", "home"); err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got, err := e.Text(); err != nil || string(got) != want {
			t.Errorf("%q became\n%s\n(%v), want\n%s", in, got, err, want)
		}
	}
}

// TestEditAppendBehindComments: comments that follow a table without a blank line
// are that table's, unless another one follows.
func TestEditAppendBehindComments(t *testing.T) {
	for in, want := range map[string]string{
		"[[user]]\nname = 'a'\n# b = 1\n  # c = 2\n":     "[[user]]\nname = 'a'\n# b = 1\n  # c = 2\n\n[[user]]\nname = \"z\"\n",
		"[[user]]\nname = 'a'\n# b = 1":                  "[[user]]\nname = 'a'\n# b = 1\n\n[[user]]\nname = \"z\"\n",
		"[[user]]\nname = 'a'\n# b = 1\n\n# of x\n[x]\n": "[[user]]\nname = 'a'\n# b = 1\n\n[[user]]\nname = \"z\"\n\n# of x\n[x]\n",
		"[[user]]\nname = 'a'\n# of x\n[x]\n":            "[[user]]\nname = 'a'\n\n[[user]]\nname = \"z\"\n# of x\n[x]\n",
	} {
		e, err := NewEdit("f.toml", []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Append([]Key{{"name", "z"}}, "user"); err != nil {
			t.Fatal(err)
		}
		if got, err := e.Text(); err != nil || string(got) != want {
			t.Errorf("%q became\n%s\n(%v), want\n%s", in, got, err, want)
		}
	}
}

// account is what the property below knows of a [[user]].
type account struct {
	Name   string   `toml:"name"`
	Off    bool     `toml:"inactive"`
	Groups []string `toml:"groups"`
	Allow  []struct {
		View string `toml:"view"`
	} `toml:"allow"`
}

type accounts struct {
	Users  []account `toml:"user"`
	Others []struct {
		Name string `toml:"name"`
	} `toml:"group"`
}

// TestEditProperty edits random texts at random: what is read afterwards is the
// edited value, and every line that no edit was about is there as it was.
func TestEditProperty(t *testing.T) {
	word := rapid.StringMatching(`[a-zé"\\#\[\]{}=, ]{0,8}`)
	blank := rapid.SampledFrom([]string{"", "\n", "\n\n", "# a [[user]] = \"comment\"\n", "\n# one\n  # two\n\n", "\t\n"})
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		var kept []string // lines of tables that are not touched
		var want []account
		var touched []bool
		n := rapid.IntRange(0, 5).Draw(rt, "users")
		header := func(line string) {
			text.WriteString(line + rapid.SampledFrom([]string{"\n", " # here\n"}).Draw(rt, "header"))
		}
		text.WriteString(blank.Draw(rt, "first"))
		for i := range n {
			touched = append(touched, rapid.Bool().Draw(rt, "touched"))
			begin := text.Len()
			a := account{Name: word.Draw(rt, "name"), Groups: rapid.SliceOfN(rapid.StringMatching(`[A-Z][a-z#,\]" ]{0,5}`), 0, 3).Draw(rt, "groups")}
			header("[[user]]")
			fmt.Fprintf(&text, "%sname = %s%s\n", blank.Draw(rt, "in"), encodeString(a.Name), rapid.SampledFrom([]string{"", "  # who"}).Draw(rt, "comment"))
			if len(a.Groups) > 0 || rapid.Bool().Draw(rt, "empty") {
				open, comma, end := "[", ", ", "]"
				if rapid.Bool().Draw(rt, "lines") {
					open, comma, end = "[\n  ", rapid.SampledFrom([]string{",\n  ", " ,# x, \"\n\t"}).Draw(rt, "comma"), rapid.SampledFrom([]string{"\n]", ",\n  # end\n]"}).Draw(rt, "end")
				}
				var items []string
				for _, g := range a.Groups {
					items = append(items, encodeString(g))
				}
				if len(items) == 0 {
					end = strings.TrimPrefix(end, ",")
				}
				fmt.Fprintf(&text, "groups = %s%s%s\n", open, strings.Join(items, comma), end)
			} else {
				a.Groups = nil
			}
			if rapid.Bool().Draw(rt, "off") {
				a.Off = true
				text.WriteString("\tinactive = true\n")
			}
			if rapid.Bool().Draw(rt, "other between") {
				text.WriteString("\n[[group]]\nname = \"g\" # of user " + fmt.Sprint(i) + "\n")
			}
			for range rapid.IntRange(0, 2).Draw(rt, "allow") {
				v := word.Draw(rt, "view")
				header("\n[[user.allow]]")
				text.WriteString("view = " + encodeString(v) + "\n")
				a.Allow = append(a.Allow, struct {
					View string `toml:"view"`
				}{v})
			}
			if !touched[i] {
				kept = append(kept, strings.Split(strings.TrimSuffix(text.String()[begin:], "\n"), "\n")...)
			}
			text.WriteString(blank.Draw(rt, "after"))
			want = append(want, a)
		}
		in := text.String()
		if rapid.Bool().Draw(rt, "no end") {
			in = strings.TrimSuffix(in, "\n")
		}
		newline := "\n"
		if rapid.Bool().Draw(rt, "CRLF") && strings.Contains(in, "\n") {
			newline = "\r\n"
			in = strings.ReplaceAll(in, "\n", newline)
		}
		e, err := NewEdit("f.toml", []byte(in))
		if err != nil {
			rt.Fatalf("%v\n%s", err, in)
		}
		do := func(err error) {
			if err != nil {
				rt.Fatalf("%v\n%s", err, in)
			}
		}
		var gone []int
		for i := range n {
			if !touched[i] {
				continue
			}
			if rapid.Bool().Draw(rt, "remove") {
				do(e.Remove("user", i))
				gone = append(gone, i)
				continue
			}
			if rapid.Bool().Draw(rt, "rename") {
				want[i].Name = word.Draw(rt, "new name")
				do(e.Set(want[i].Name, "user", i, "name"))
			}
			if rapid.Bool().Draw(rt, "regroup") {
				want[i].Groups = append(slices.Clone(want[i].Groups), "New")
				if rapid.Bool().Draw(rt, "drop one") {
					want[i].Groups = want[i].Groups[1:]
				}
				do(e.SetStrings(want[i].Groups, "user", i, "groups"))
			}
			switch {
			case want[i].Off && rapid.Bool().Draw(rt, "on"):
				want[i].Off = false
				do(e.Unset("user", i, "inactive"))
			case !want[i].Off && rapid.Bool().Draw(rt, "off"):
				want[i].Off = true
				do(e.Set(true, "user", i, "inactive"))
			}
			if rapid.Bool().Draw(rt, "allow more") {
				v := word.Draw(rt, "view")
				want[i].Allow = append(want[i].Allow, struct {
					View string `toml:"view"`
				}{v})
				do(e.Append([]Key{{"view", v}}, "user", i, "allow"))
			}
		}
		for range rapid.IntRange(0, 2).Draw(rt, "added") {
			a := account{Name: word.Draw(rt, "added name"), Groups: []string{"A"}}
			do(e.Append([]Key{{"name", a.Name}, {"groups", a.Groups}}, "user"))
			want = append(want, a)
		}
		for _, i := range slices.Backward(gone) {
			want = slices.Delete(want, i, i+1)
		}
		got, err := e.Text()
		if err != nil {
			rt.Fatalf("%v\n%s", err, in)
		}
		var after accounts
		if _, findings := Decode("f.toml", got, &after); len(findings) > 0 {
			rt.Fatalf("%s\nbecame\n%s\n%v", in, got, findings)
		}
		empty := cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })
		if diff := cmp.Diff(want, after.Users, empty); diff != "" && len(want)+len(after.Users) > 0 {
			rt.Fatalf("%s\nbecame\n%s\n%s", in, got, diff)
		}
		lines := strings.Split(string(got), newline)
		for _, line := range kept {
			i := slices.Index(lines, line)
			if i < 0 {
				rt.Fatalf("%s\nbecame\n%s\nwithout %q", in, got, line)
			}
			lines = lines[i+1:]
		}
	})
}

// FuzzEdit: no text makes an edit panic, or say anything that it was not to.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{"", "a = 1", "[[user]]\nname = 'x'\n[[user.allow]]\n", "user = [{ a.b = 1, c = [2, 3] }]", "user.0.a = 1", "[user]\n[[user.b]]", "user = [[1, 2]]", "x = nan\n[[user]]\na.b.c = '''\n'''\n[a.b]\n"} {
		f.Add([]byte(s), "name")
	}
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		for _, do := range []func(e *Edit) error{
			func(e *Edit) error { return e.Set(key, "user", 0, key) },
			func(e *Edit) error { return e.Set(key, key, key) },
			func(e *Edit) error { return e.Set(key, key, 0) },
			func(e *Edit) error { return e.Set(key, "user", 0, 0) },
			func(e *Edit) error { return e.SetStrings([]string{key, "b"}, "user", 0, key) },
			func(e *Edit) error { return e.Unset("user", 0, key) },
			func(e *Edit) error { return e.Remove("user", 0) },
			func(e *Edit) error { return e.Append([]Key{{key, key}}, "user", 0, "allow") },
			func(e *Edit) error { return e.Append([]Key{{key, []Key{{key, 1}}}}, "user") },
		} {
			e, err := NewEdit("f.toml", data)
			if err != nil {
				return
			}
			if do(e) == nil {
				e.Text()
			}
		}
	})
}

// TestRemoveOfAnArray takes each table of an array away that is written as a value.
func TestRemoveOfAnArray(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // without the n-th; "" is refused
	}{
		{"on a line", `u = [ { a = ["x"] }, { b.c = 1 }, { d = { e = 2 } } ]`,
			[]string{`u = [ { b.c = 1 }, { d = { e = 2 } } ]`, `u = [ { a = ["x"] }, { d = { e = 2 } } ]`, `u = [ { a = ["x"] }, { b.c = 1 } ]`}},
		{"a line each", "u = [\n  { a = [1] },\n  { a = [2] },\n  { a = [3] },\n]\n",
			[]string{"u = [\n  { a = [2] },\n  { a = [3] },\n]\n", "u = [\n  { a = [1] },\n  { a = [3] },\n]\n", "u = [\n  { a = [1] },\n  { a = [2] },\n]\n"}},
		{"with comments", "u = [\n  # one\n  { a = 1 }, # ann\n  # two\n  { a = 2 } # ben, the last\n  # end\n]\n",
			[]string{"u = [\n  # one\n  # two\n  { a = 2 } # ben, the last\n  # end\n]\n", "u = [\n  # one\n  { a = 1 }, # ann\n  # two\n  # end\n]\n"}},
		{"commas in front", "u = [\n    { a = 1 } # ann\n  , { a = 2 } # ben\n]\n", []string{"", ""}},
		{"the only one", "u = [ { a = 1 } ]\n", []string{"u = [  ]\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, want := range tt.want {
				e, err := NewEdit("f.toml", []byte(tt.text))
				if err != nil {
					t.Fatal(err)
				}
				var got []byte
				if err = e.Remove("u", i); err == nil {
					got, err = e.Text()
				}
				if string(got) != want || (err == nil) != (want != "") {
					t.Errorf("without %d: %q, %v, want %q", i, got, err, want)
				}
			}
		})
	}
}
