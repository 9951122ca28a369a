package roster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"grantree/finding"
	"grantree/grants"
	"grantree/namefold"
	"grantree/policy"
	"grantree/tomldoc"
	"grantree/xlsx"
)

// maxField is what a person's other texts may be long; names have the server's
// bound.
const maxField = 1_000

// read reads the cells of a row. What cannot be is objected to.
func (c *comparer) read(row Row, object func(name, format string, args ...any)) person {
	in := person{text: map[string]string{}}
	for _, name := range importable() {
		i, ok := c.layout.at[name]
		if !ok {
			continue
		}
		cell := row.cell(i)
		if wrong := refuse(name, cell); wrong != "" {
			object(name, "%s", wrong)
			in.text[name] = ""
			continue
		}
		text, _ := xlsx.Restore(cell.Text)
		in.text[name] = strings.TrimSpace(text)
		c.parse(name, &in, object)
	}
	return in
}

// refuse says why a cell is not taken in, or "".
func refuse(name string, c Cell) string {
	switch c.Kind {
	case Formula:
		return "the cell is a formula: write what it comes to as a value"
	case Fault:
		return "the cell shows an error of the spreadsheet program: " + shorten(c.Text)
	case Merged:
		return "the cell is merged with another one: unmerge them, so that each person's cells are their own"
	case Date:
		if name != colUntil && name != colReason {
			return "a date (" + c.Text + ") stands where a text belongs: format the column as text and write it anew"
		}
	case Number:
		if name == colName || name == colLogin {
			return "a number in a form of its own stands where a name belongs, and what is shown is not what is held (" + shorten(c.Text) + "): format the column as text and write it anew"
		}
	}
	text, ok := xlsx.Restore(c.Text)
	if !ok {
		return "the cell begins with " + character(text) + ", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it"
	}
	if i := strings.IndexFunc(strings.TrimSpace(text), hides); i >= 0 {
		return "the cell holds a character that cannot be seen: " + character(strings.TrimSpace(text)[i:])
	}
	most := maxField
	switch name {
	case colName, colLogin:
		most = 0 // the policy says how long a name may be
	case colGroups, colSites, colAt:
		most = maxText
	}
	if n := len(utf16.Encode([]rune(text))); most > 0 && n > most {
		return "the cell is too long: " + finding.Printable(shorten(text))
	}
	return ""
}

// character names the first character of a text.
func character(text string) string {
	r := []rune(text)[0]
	switch r {
	case '\t':
		return "a tab"
	case '\n', '\r':
		return "a line break"
	}
	return `"` + finding.Printable(string(r)) + `"`
}

// parse makes of a cell's text what its column holds.
func (c *comparer) parse(name string, in *person, object func(name, format string, args ...any)) {
	text := in.text[name]
	switch name {
	case colGroups, colSites:
		names, err := splitList(text)
		if err != nil {
			object(name, "%v", err)
			return
		}
		if name == colGroups {
			in.groups = c.named(name, names, object)
		} else {
			in.sites = c.named(name, names, object)
		}
	case colAt:
		at, err := splitAt(text)
		if err != nil {
			object(name, "%v", err)
			return
		}
		for _, a := range at {
			in.at = append(in.at, elsewhere{c.named("sites", a.sites, c.elsewhere(object)), c.named("groups", a.groups, c.elsewhere(object))})
		}
	case colAuth:
		kinds := []string{string(policy.AuthSQL), string(policy.AuthWindows), string(policy.AuthEntra)}
		if in.text[name] = foldKey(text); text != "" && !slices.Contains(kinds, in.text[name]) {
			object(name, "%q is no kind of login: there are %s", shorten(text), strings.Join(kinds, ", "))
		}
	case colStatus:
		c.parseStatus(in, text, object)
	case colNewLogin:
		switch {
		case slices.Contains(yes(), foldKey(text)):
			in.newLogin = new(bool)
			*in.newLogin = true
		case slices.Contains(no(), foldKey(text)):
			in.newLogin = new(bool)
		case text != "":
			object(name, "%q is neither yes nor no", shorten(text))
		}
	case colUntil:
		if text == "" {
			return
		}
		until, err := tomldoc.ParseMoment(text)
		if err != nil {
			object(name, "%v", err)
		}
		in.until = until
	}
}

// elsewhere objects in the name of the column at.
func (c *comparer) elsewhere(object func(name, format string, args ...any)) func(string, string, ...any) {
	return func(_, format string, args ...any) { object(colAt, format, args...) }
}

func yes() []string { return []string{"yes", "true", "1"} }
func no() []string  { return []string{"no", "false", "0"} }

// parseStatus reads whether the person is active. What is no word of the policy
// but what time or a server made of it changes nothing, and is said.
func (c *comparer) parseStatus(in *person, text string, object func(name, format string, args ...any)) {
	switch word := foldKey(text); {
	case word == StatusActive || word == "enabled" || slices.Contains(yes(), word):
		in.inactive = new(bool)
	case word == StatusInactive || slices.Contains(no(), word):
		in.inactive = new(bool)
		*in.inactive = true
	case word == "":
	case slices.Contains(madeStatus(), word):
		in.made = word
	case word == string(grants.StatusDisabled):
		object(colStatus, "%q is what a server says of a login: write inactive for a person who is to be out, or active", shorten(text))
	default:
		object(colStatus, "%q is no status: write active or inactive", shorten(text))
	}
}

// madeStatus are the words of an export and of "user status" for what time, a server
// or a site made of somebody.
func madeStatus() []string {
	return []string{StatusExpired, string(grants.StatusPast), string(grants.StatusUnknown), string(grants.StatusMissing), string(grants.StatusBarred),
		string(grants.StatusOrphaned), string(grants.StatusNoSite), string(grants.StatusLocked), string(grants.StatusPending)}
}

// named finds groups or sites by name, each once.
func (c *comparer) named(what string, names []string, object func(name, format string, args ...any)) []string {
	known := c.groups
	if what == colSites {
		known = c.sites
	}
	var out []string
	for _, n := range names {
		name, ok := known.find(n)
		switch {
		case n == "*" && what == colSites:
			name = n
		case !ok:
			near := c.nearest(what, n, known)
			if whole := holding(n, names, known.names); whole != "" {
				near = fmt.Sprintf("; if %q is meant, write it in quotation marks: ; and | part the names of a cell", whole)
			}
			object(what, "there is no %s %q%s", strings.TrimSuffix(what, "s"), shorten(n), near)
			continue
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// holding is a known name that holds a separator and of which a word is a part, as
// the words around it say, or "".
func holding(word string, words, known []string) string {
	for _, k := range known {
		if !strings.ContainsAny(k, ";|") {
			continue
		}
		parts := strings.FieldsFunc(k, func(r rune) bool { return r == ';' || r == '|' })
		all, mine := true, false
		for _, p := range parts {
			key := foldKey(strings.TrimSpace(p))
			mine = mine || key == foldKey(word)
			all = all && slices.ContainsFunc(words, func(w string) bool { return foldKey(w) == key })
		}
		if all && mine {
			return k
		}
	}
	return ""
}

// maxNear is how many words are looked for among names: a sheet of nothing but
// wrong ones would take minutes.
const maxNear = 200

// nearest is a suggestion for a word that names nothing, or "".
func (c *comparer) nearest(what, word string, known index[string]) string {
	key := what + "\x00" + word
	near, ok := c.near[key]
	if !ok && len(c.near) < maxNear {
		if name := finding.Nearest(word, known.names); name != "" {
			near = `; did you mean "` + name + `"?`
		}
		c.near[key] = near
	}
	return near
}

// index finds things by a name as a cell can carry it: one that is spelt so,
// else the first that differs in case alone.
type index[T any] struct {
	names         []string
	spelt, folded map[string]T
}

func newIndex[T any]() index[T] { return index[T]{nil, map[string]T{}, map[string]T{}} }

func (x *index[T]) add(name string, to T) {
	x.names = append(x.names, name)
	name = clean(name)
	if _, ok := x.spelt[name]; !ok {
		x.spelt[name] = to
	}
	if _, ok := x.folded[foldKey(name)]; !ok {
		x.folded[foldKey(name)] = to
	}
}

func (x index[T]) find(name string) (T, bool) {
	if to, ok := x.spelt[name]; ok {
		return to, true
	}
	to, ok := x.folded[foldKey(name)]
	return to, ok
}

// foldKey is equal for names that differ in case alone, blindKey for those that
// differ in accents too, as they may in a site.
func foldKey(name string) string  { return namefold.Rule{}.Key(name) }
func blindKey(name string) string { return namefold.Rule{AccentBlind: true}.Key(name) }

// date is what spreadsheet programs make of a text that looks like a day to
// them, in the forms that no name has.
var date = regexp.MustCompile(`(?i)^(\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[/.]\d{1,2}[/.](\d{2}|\d{4})|\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(-\d+)?|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2})$`)

// likeDate reports whether a name is a date.
func likeDate(name string) bool { return date.MatchString(name) }
