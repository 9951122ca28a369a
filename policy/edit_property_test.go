package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/policy"
	"grantree/tomldoc"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// smallCatalog is quicker to read than the built-in one.
const smallCatalog = `name = "small"
prefix = "imvw_"
schema = "dbo"
[levels]
parent = { granted = true }
[[node]]
path = "Stock"
views = [ { name = "imvw_item", level = "parent" } ]
[[node]]
path = "Stock | Counts"
views = [ { name = "imvw_count", level = "parent" } ]
`

// written is a policy as a file has it, piece by piece.
type written struct {
	rt    *rapid.T
	files []string // names
	lines map[string][]line
	// What stands in it, for edits to choose from.
	users, groups []string
	vendor        bool
}

// line is a line of a file: of which [[user]] or [[group]], by name, and which
// key; both are empty of comments, blank lines and what no edit is about.
type line struct{ of, key, text string }

func (w *written) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(w.rt, label)
}

func (w *written) chance(label string, percent int) bool {
	return rapid.IntRange(1, 100).Draw(w.rt, label) <= percent
}

func (w *written) put(file, of, key, text string) {
	for _, t := range strings.Split(text, "\n") {
		w.lines[file] = append(w.lines[file], line{of, key, t})
	}
}

// between writes what may stand between tables, or between the keys of one.
func (w *written) between(file, of string) {
	if w.chance("between", 40) {
		w.put(file, of, "", w.pick("comment", "", "# North's people", "  # [[user]] name = \"ann\"", "\t", "#"))
	}
}

// array writes a list of strings in one of several forms.
func (w *written) array(of, key, file, indent string, names []string) {
	var items []string
	for _, n := range names {
		items = append(items, quoteAs(w.pick("quote", `"`, `'`), n))
	}
	switch w.pick("form", "one line", "one line", "lines", "comments") {
	case "one line":
		w.put(file, of, key, indent+key+" = ["+strings.Join(items, ", ")+"]"+w.pick("comment", "", "", "  # since 2019"))
		return
	case "lines":
		w.put(file, of, "brackets of "+key, indent+key+" = [")
		for i, item := range items {
			w.put(file, of, key+" "+names[i], "  "+item+",")
		}
	case "comments":
		w.put(file, of, "brackets of "+key, indent+key+" = [ # of "+of)
		for i, item := range items {
			w.put(file, of, key+" "+names[i], "  "+item+", # number "+fmt.Sprint(i))
		}
		w.put(file, of, "brackets of "+key, "  # the last")
	}
	w.put(file, of, "brackets of "+key, "]")
}

// quoteAs writes a string of TOML; names here hold no quotes.
func quoteAs(q, s string) string {
	if q == `"` {
		return q + strings.ReplaceAll(s, `\`, `\\`) + q
	}
	return q + s + q
}

// some chooses at least one of some names.
func (w *written) some(label string, from []string) []string {
	out := slices.DeleteFunc(slices.Clone(from), func(string) bool { return w.chance(label, 60) })
	if len(out) == 0 {
		out = []string{w.pick(label, from...)}
	}
	return out
}

// entries writes lines of allow or deny.
func (w *written) entries(file, of, under string) {
	for range rapid.IntRange(0, 2).Draw(w.rt, "entries") {
		kind := w.pick("kind", "allow", "allow", "deny")
		w.between(file, of)
		w.put(file, of, kind, "[["+under+"."+kind+"]]"+w.pick("after", "", " # an override"))
		w.put(file, of, kind, w.pick("on", `on = "Stock"`, `view = "imvw_item"`, `on = 'Stock | Counts'`, `views = "*"`))
		w.put(file, of, kind, w.pick("permissions", `permissions = ["select"]`, `permissions = [ "select", 'update' ]`))
		if w.chance("reason", 50) {
			w.put(file, of, kind, `reason = "because # of"`)
		}
		if w.chance("until", 20) {
			w.put(file, of, kind, "until = 2099-06-30")
		}
	}
}

func drawPolicy(rt *rapid.T) *written {
	w := &written{rt: rt, files: []string{"p.toml"}, lines: map[string][]line{}, vendor: rapid.IntRange(1, 40).Draw(rt, "vendor") == 1}
	main := "p.toml"
	if w.chance("include", 50) {
		w.files = append(w.files, "people.toml")
		w.put(main, "", "", `include = ["people.toml"]`)
	}
	file := func() string { return w.pick("file", w.files...) }
	w.put(main, "", "", strings.TrimSuffix(strings.TrimPrefix(fleet, "\n"), "\n"))
	if w.vendor {
		w.put(main, "", "", "[policy]\nextends = \"imaint\"")
		w.groups = append(w.groups, "Mechanic", "Planner")
	} else {
		w.put(main, "", "", "[catalog]\nfile = \"c.toml\"")
	}
	groups := []string{"Crew", `It's [odd] "`, "Café # 1", "Night Shift"}[:rapid.IntRange(1, 4).Draw(rt, "groups")]
	for i, name := range groups {
		name = strings.Trim(name, `"`)
		name = strings.TrimSpace(strings.ReplaceAll(name, "'", "´"))
		f := file()
		w.between(f, "")
		w.put(f, name, "name", "[[group]]"+w.pick("after", "", "  # a group"))
		w.put(f, name, "name", "name = "+quoteAs(w.pick("quote", `"`, `'`), name))
		if i > 0 && w.chance("copies", 30) {
			w.put(f, name, "copies", "copies = "+quoteAs(`"`, w.pick("copied", w.groups...)))
		}
		if w.chance("role", 20) {
			w.put(f, name, "role", fmt.Sprintf("role = \"role %d\"", i))
		}
		w.entries(f, name, "group")
		w.groups = append(w.groups, name)
	}
	for _, name := range []string{"ann", "bob", `EX\carol`, "dävid", "eve"}[:rapid.IntRange(1, 5).Draw(rt, "users")] {
		f := file()
		w.between(f, "")
		w.put(f, name, "name", "[[user]]")
		w.put(f, name, "name", w.pick("indent", "", "  ")+"name = "+quoteAs(w.pick("quote", `'`, `"`), name)+w.pick("after", "", " # who"))
		if w.chance("full name", 30) {
			w.put(f, name, "full_name", `full_name = "Some Body"`)
		}
		w.between(f, name)
		w.array(name, "groups", f, "", w.some("in", w.groups))
		w.array(name, "sites", f, w.pick("indent", "", "  "), []string{"North"})
		if w.chance("inactive", 20) {
			w.put(f, name, "inactive", "inactive = true # for now")
		}
		switch w.pick("at", "none", "header", "inline") {
		case "header":
			w.between(f, name)
			w.put(f, name, "at", "[[user.at]]")
			w.array(name, "sites", f, "", []string{"South"})
			w.array(name, "groups", f, "", w.some("there", w.groups))
			w.entries(f, name, "user.at")
		case "inline":
			w.put(f, name, "at groups", `at = [ { sites = ["South"], groups = [`+quoteAs(`"`, w.pick("there", w.groups...))+`] } ] # elsewhere`)
		}
		w.entries(f, name, "user")
		w.users = append(w.users, name)
	}
	if w.chance("test", 40) {
		w.put(file(), "test of "+w.users[0], "test", "[[test]]\nuser = "+quoteAs(`"`, w.users[0])+"\non = \"imvw_item\"\nnever = [\"delete\"]")
	}
	if w.chance("waiver", 40) {
		w.put(file(), "waiver of "+w.groups[0], "waiver", "[[waiver]]\nview = \"imvw_item\"\ngroup = "+quoteAs(`"`, w.groups[0])+"\nreason = \"r\"")
	}
	if w.chance("license", 40) {
		w.put(main, "", "", "[license]")
		w.array("exempt", "exempt", main, "", []string{"svc", w.users[0]})
	}
	return w
}

// text is a file as it is written.
func (w *written) text(file, newline string) []byte {
	var out []string
	for _, l := range w.lines[file] {
		out = append(out, l.text)
	}
	return []byte(strings.Join(out, newline) + newline)
}

// said is what a policy says, without places and what is worked out from it.
type said struct {
	Users    []policy.User
	Groups   []policy.Group
	Waivers  []policy.Waiver
	Tests    []policy.Test
	Exempt   []string
	Settings policy.Settings
	Sites    []policy.Site
}

func says(p *policy.Policy) said {
	s := said{Waivers: p.Waivers, Tests: p.Tests, Exempt: p.License.Exempt, Settings: p.Settings, Sites: p.Sites}
	for _, u := range p.Users {
		s.Users = append(s.Users, *u)
	}
	for _, g := range p.Groups {
		if g.Pos.File == "vendor's groups" {
			s.Groups = append(s.Groups, policy.Group{Name: g.Name, Role: g.Role})
			continue
		}
		h := *g
		own := func(in []policy.Entry) []policy.Entry {
			return slices.DeleteFunc(slices.Clone(in), func(e policy.Entry) bool { return e.From != "" })
		}
		h.Allow, h.Deny = own(h.Allow), own(h.Deny)
		s.Groups = append(s.Groups, h)
	}
	return s
}

// change is an edit, what it makes of what a policy says, and which lines it is
// about.
type change struct {
	name  string
	edit  func(*policy.Editor) error
	says  func(*said)
	about func(line) bool
}

func (s *said) user(name string) *policy.User {
	return &s.Users[slices.IndexFunc(s.Users, func(u policy.User) bool { return u.Name == name })]
}

func (s *said) group(name string) *policy.Group {
	return &s.Groups[slices.IndexFunc(s.Groups, func(g policy.Group) bool { return g.Name == name })]
}

// rename gives the elements of a list another name.
func rename(names []string, from, to string) []string {
	out := slices.Clone(names)
	for i, n := range out {
		if n == from {
			out[i] = to
		}
	}
	return out
}

// drawChange chooses an edit of a policy.
func drawChange(w *written) change {
	rt := w.rt
	name := w.pick("whom", w.users...)
	group := w.pick("which", w.groups...)
	vendors := w.vendor && slices.Contains([]string{"Mechanic", "Planner"}, group)
	key := func(of, key string) func(line) bool {
		return func(l line) bool { return l.of == of && l.key == key }
	}
	nothing := func(line) bool { return false }
	added := policy.User{Name: "zoe", Login: "zoe", Auth: policy.AuthSQL, FullName: "Zoë \"Z\"", Email: "zoe@example.com", Groups: []string{group}, Sites: []string{"South"}, NewLogin: w.chance("new", 50)}
	entry := policy.Entry{View: "imvw_count", Permissions: 9, Reason: "tidies up", Until: moment("2099-01-01")}
	switch kind := w.pick("edit", "add", "remove", "set", "set groups", "on or off", "rename", "copy", "allow", "deny", "there", "copy group", "rename group", "remove group", "lines", "off for a reason", "groups there", "leave there", "another group"); kind {
	case "add":
		return change{kind, func(e *policy.Editor) error { return e.AddUser(added) }, func(s *said) { s.Users = append(s.Users, added) }, nothing}
	case "remove":
		return change{kind, func(e *policy.Editor) error { return e.RemoveUser(name) }, func(s *said) {
			s.Users = slices.DeleteFunc(s.Users, func(u policy.User) bool { return u.Name == name })
			s.Tests = slices.DeleteFunc(slices.Clone(s.Tests), func(t policy.Test) bool { return t.User == name })
		}, func(l line) bool { return l.of == name || l.of == "test of "+name || strings.TrimSpace(l.text) == "" }}
	case "set":
		full, email, until := "Ann O'Dry", "ann@example.com", moment("2098-12-31T12:00:00Z")
		return change{kind, func(e *policy.Editor) error {
			return e.SetUser(name, policy.UserChange{FullName: &full, Email: &email, Until: &until})
		}, func(s *said) {
			u := s.user(name)
			u.FullName, u.Email, u.Until = full, email, until
		}, key(name, "full_name")}
	case "set groups":
		to := w.some("to", w.groups)
		return change{kind, func(e *policy.Editor) error { return e.SetUser(name, policy.UserChange{Groups: &to}) },
			func(s *said) { s.user(name).Groups = to },
			func(l line) bool { return l.of == name && strings.HasPrefix(l.key, "groups") }} // its elements, or all of one line
	case "on or off":
		off := rapid.Bool().Draw(rt, "off")
		return change{kind, func(e *policy.Editor) error { return e.SetUser(name, policy.UserChange{Inactive: &off}) },
			func(s *said) { s.user(name).Inactive = off }, key(name, "inactive")}
	case "off for a reason":
		off, why := true, "on leave # until May"
		return change{kind, func(e *policy.Editor) error {
			return e.SetUser(name, policy.UserChange{Inactive: &off, InactiveReason: &why})
		}, func(s *said) {
			u := s.user(name)
			u.Inactive, u.InactiveReason = true, why
		}, key(name, "inactive")}
	case "groups there": // which a [[user.at]] has, or gets
		to := w.some("to", w.groups)
		return change{kind, func(e *policy.Editor) error { return e.EditGroups(name, "south", policy.ListEdit{Set: &to}) }, func(s *said) {
			u := s.user(name)
			u.At = slices.Clone(u.At)
			if len(u.At) == 0 {
				u.At = []policy.Elsewhere{{Sites: []string{"South"}, Groups: to}}
			}
			u.At[0].Groups = to
		}, func(l line) bool {
			return l.of == name && (l.key == "at groups" || strings.HasPrefix(l.key, "groups")) // of either table
		}}
	case "leave there":
		return change{kind, func(e *policy.Editor) error { return e.LeaveAt(name, "South") }, func(s *said) { s.user(name).At = nil }, func(l line) bool {
			return l.of == name && !slices.Contains([]string{"name", "full_name", "inactive"}, l.key) || strings.TrimSpace(l.text) == ""
		}}
	case "another group":
		return change{kind, func(e *policy.Editor) error {
			return e.EditGroups(name, "", policy.ListEdit{Add: []string{group}})
		}, func(s *said) {
			u := s.user(name)
			if !slices.Contains(u.Groups, group) {
				u.Groups = append(slices.Clone(u.Groups), group)
			}
		}, key(name, "groups")}
	case "rename":
		keep := rapid.Bool().Draw(rt, "keep")
		return change{kind, func(e *policy.Editor) error { return e.RenameUser(name, "new name", keep) }, func(s *said) {
			u := s.user(name)
			u.Name, u.Was = "new name", name
			if !keep && u.Auth == policy.AuthSQL {
				u.Login = "new name"
			}
			s.Tests = slices.Clone(s.Tests)
			for i := range s.Tests {
				if s.Tests[i].User == name {
					s.Tests[i].User = "new name"
				}
			}
			s.Exempt = rename(s.Exempt, name, "new name")
		}, func(l line) bool {
			return l.of == name && l.key == "name" || l.of == "test of "+name || l.of == "exempt" && strings.Contains(l.text, name)
		}}
	case "copy":
		return change{kind, func(e *policy.Editor) error { return e.CopyUser(name, policy.User{Name: "zoe"}, nil) }, func(s *said) {
			u := *s.user(name)
			s.Users = append(s.Users, policy.User{Name: "zoe", Login: "zoe", Auth: policy.AuthSQL, NewLogin: u.NewLogin && u.Auth == policy.AuthSQL, Groups: u.Groups, Sites: u.Sites, At: u.At, Allow: u.Allow, Deny: u.Deny})
		}, nothing}
	case "allow", "deny":
		deny := kind == "deny"
		return change{kind, func(e *policy.Editor) error { _, err := e.AddLine(name, "", deny, entry); return err }, func(s *said) {
			u := s.user(name)
			if deny {
				u.Deny = append(slices.Clone(u.Deny), entry)
			} else {
				u.Allow = append(slices.Clone(u.Allow), entry)
			}
		}, nothing}
	case "there":
		return change{kind, func(e *policy.Editor) error { _, err := e.AddLine(name, "south", true, entry); return err }, func(s *said) {
			u := s.user(name)
			u.At = slices.Clone(u.At)
			u.At[0].Deny = append(slices.Clone(u.At[0].Deny), entry)
		}, key(name, "at groups")}
	case "lines":
		return change{kind, func(e *policy.Editor) error { _, err := e.RemoveLines(name, "Stock"); return err }, func(s *said) {
			u := s.user(name)
			gone := func(in []policy.Entry) []policy.Entry {
				return slices.DeleteFunc(slices.Clone(in), func(e policy.Entry) bool { return e.On == "Stock" })
			}
			u.Allow, u.Deny, u.At = gone(u.Allow), gone(u.Deny), slices.Clone(u.At)
			for i := range u.At {
				u.At[i].Allow, u.At[i].Deny = gone(u.At[i].Allow), gone(u.At[i].Deny)
			}
		}, func(l line) bool {
			return l.of == name && (l.key == "allow" || l.key == "deny") || strings.TrimSpace(l.text) == ""
		}}
	case "copy group":
		whole := rapid.Bool().Draw(rt, "whole")
		return change{kind, func(e *policy.Editor) error { return e.CopyGroup(group, "New", nil, whole) }, func(s *said) {
			g := policy.Group{Name: "New", Role: "New", Copies: group}
			if old := *s.group(group); whole {
				g.Copies, g.Allow, g.Deny = old.Copies, old.Allow, old.Deny
				if vendors {
					g.Allow = vendorLines(s, group)
				}
			}
			s.Groups = append(s.Groups, g)
		}, nothing}
	case "rename group":
		return change{kind, func(e *policy.Editor) error { return e.RenameGroup(group, "New") }, func(s *said) {
			if vendors {
				return
			}
			g := s.group(group)
			if g.Role == g.Name {
				g.Role, g.Was = "New", group
			}
			g.Name = "New"
			for i := range s.Groups {
				if s.Groups[i].Copies == group {
					s.Groups[i].Copies = "New"
				}
			}
			for i := range s.Users {
				u := &s.Users[i]
				u.Groups, u.At = rename(u.Groups, group, "New"), slices.Clone(u.At)
				for j := range u.At {
					u.At[j].Groups = rename(u.At[j].Groups, group, "New")
				}
			}
			s.Waivers = slices.Clone(s.Waivers)
			for i := range s.Waivers {
				if s.Waivers[i].Group == group {
					s.Waivers[i].Group = "New"
				}
			}
		}, func(l line) bool {
			return strings.Contains(l.text, group) || strings.Contains(l.text, strings.ReplaceAll(group, `\`, `\\`))
		}}
	default:
		return change{"remove group", func(e *policy.Editor) error { return e.RemoveGroup(group) }, func(s *said) {
			s.Groups = slices.DeleteFunc(s.Groups, func(g policy.Group) bool { return g.Name == group })
			s.Waivers = slices.DeleteFunc(slices.Clone(s.Waivers), func(w policy.Waiver) bool { return w.Group == group })
			if vendors {
				s.Settings.Without = []string{group}
			}
		}, func(l line) bool {
			return l.of == group || l.of == "waiver of "+group || strings.TrimSpace(l.text) == ""
		}}
	}
}

// vendorLines are the lines of a vendor's group.
func vendorLines(_ *said, name string) []policy.Entry {
	p, _ := policy.Parse(policy.Source{File: "p.toml", Data: []byte("[policy]\nextends = \"imaint\"\n")}, nil)
	return p.Group(name).Allow
}

func moment(text string) tomldoc.Moment {
	m, err := tomldoc.ParseMoment(text)
	if err != nil {
		panic(err)
	}
	return m
}

// TestEditProperty edits 1,000 random policies at random: the files then say
// exactly what the edited policy says, and every line that the edit is not about
// is there as it was, in its order.
func TestEditProperty(t *testing.T) {
	done, refused := map[string]int{}, map[string]int{}
	same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(finding.Pos{}), cmpopts.IgnoreUnexported(policy.Entry{}), cmp.Comparer(func(a, b tomldoc.Moment) bool { return a == b })}
	check := func(rt *rapid.T) {
		w := drawPolicy(rt)
		newline := w.pick("newline", "\n", "\r\n")
		mark := w.pick("mark", "", "\ufeff")
		texts := map[string][]byte{"c.toml": []byte(smallCatalog)}
		for _, f := range w.files {
			texts[f] = append([]byte(mark), w.text(f, newline)...)
		}
		read := func(name string) ([]byte, error) {
			if text, ok := texts[name]; ok {
				return text, nil
			}
			return nil, fmt.Errorf("there is no %s", name)
		}
		e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: texts["p.toml"]}, read)
		if err != nil {
			rt.Fatal(err)
		}
		c := drawChange(w)
		want := says(e.Policy())
		err = c.edit(e)
		if err != nil {
			if !slices.Contains([]string{"remove group", "rename group", "there", "leave there"}, c.name) {
				rt.Fatalf("%s: %v\n%s", c.name, err, texts["p.toml"])
			}
			refused[c.name]++
			return
		}
		got, err := e.Result(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			rt.Fatalf("%s: %v\n%s", c.name, err, texts["p.toml"])
		}
		done[c.name]++
		c.says(&want)
		if d := cmp.Diff(want, says(got.Policy), same...); d != "" {
			rt.Fatalf("%s of\n%s\n%s\nbecame\n%s\n(-want +got)\n%s", c.name, texts["p.toml"], texts["people.toml"], afters(got), d)
		}
		for _, f := range w.files {
			after := string(texts[f])
			for _, ch := range got.Files {
				if ch.File == f {
					after = string(ch.After)
				}
			}
			left := strings.Split(strings.TrimPrefix(after, mark), newline)
			for _, l := range w.lines[f] {
				if c.about(l) {
					continue
				}
				i := slices.Index(left, l.text)
				if i < 0 {
					rt.Fatalf("%s of\n%s\nbecame\n%s\nwithout %q", c.name, texts[f], after, l.text)
				}
				left = left[i+1:]
			}
		}
	}
	for range 10 { // of 100, unless -rapid.checks says otherwise
		rapid.Check(t, check)
	}
	if len(done) < 12 || !testing.Short() && (len(done) < 18 || done["rename group"] < 10) { // some edits are refused most times
		t.Errorf("done %v, refused %v: the test does not make every edit", done, refused)
	}
}

func afters(e *policy.Edited) string {
	var b strings.Builder
	for _, c := range e.Files {
		fmt.Fprintf(&b, "%s:\n%s\n", c.File, c.After)
	}
	return b.String()
}
