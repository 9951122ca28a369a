package roster

import (
	"strings"
	"time"

	"grantree/grants"
	"grantree/namefold"
	"grantree/policy"
	"grantree/tomldoc"
)

// Options are what an import says beside its sheet.
type Options struct {
	Map       []Mapping
	Now       time.Time // whose until is over is said; zero: it is not
	NewLogins bool      // make the logins of new people, where the sheet does not say
	OnlyNew   bool      // refuse rows that change somebody
	Step      func()    // called for every row; nil: nothing is
}

// Compare says what a sheet would change in a policy. Every row has a verdict;
// nothing is changed. Who is not in the sheet stays as they are.
func Compare(p *policy.Policy, s *Sheet, o Options) *Review {
	out := &Review{Sheet: s.Name, Others: s.Others, sheet: s}
	columns, problems := s.columns(o.Map)
	out.Ignored, out.Problems, out.layout = columns.ignored, problems, columns
	out.Notes = s.notes(columns)
	if len(problems) == 0 && len(s.Rows) == 0 {
		out.Problems = []Problem{problemf(s.Header.Number+1, -1, "there is no person below the header")}
	}
	if len(out.Problems) > 0 {
		return out
	}
	c := newComparer(p, columns, o)
	for _, row := range s.Rows {
		if o.Step != nil {
			o.Step()
		}
		out.Rows = append(out.Rows, c.compare(s, row))
	}
	for _, name := range []string{colGroups, colSites} {
		if c.lacking[name] > 0 {
			out.Problems = append(out.Problems, problemf(s.Header.Number, -1,
				"no column is called %q, which new people need, and of the rows %d would be new; name one, or say with --map which one it is", name, c.lacking[name]))
		}
	}
	return out
}

// comparer compares rows with a policy.
type comparer struct {
	layout
	p       *policy.Policy
	options Options

	users         index[*policy.User]
	groups, sites index[string]
	blind         map[string]string // of every user, by a name in which case and accents do not count
	seen          map[string]string // of every user, by what the name looks like
	logins        owners

	rows    map[*policy.User]int // the row that a user had
	fresh   map[string]int       // the row of a new person, by blind name
	spelt   map[string]string    // how that row writes it
	lacking map[string]int       // new people without a column
	near    map[string]string    // what is near a word
}

func newComparer(p *policy.Policy, l layout, o Options) *comparer {
	c := &comparer{layout: l, p: p, options: o, users: newIndex[*policy.User](), groups: newIndex[string](), sites: newIndex[string](),
		blind: map[string]string{}, seen: map[string]string{}, logins: owners{}, rows: map[*policy.User]int{}, fresh: map[string]int{}, spelt: map[string]string{}, lacking: map[string]int{}, near: map[string]string{}}
	for _, u := range p.Users {
		c.users.add(u.Name, u)
		c.blind[blindKey(u.Name)] = u.Name
		c.seen[looks(u.Name)] = u.Name
	}
	for _, g := range p.Groups {
		c.groups.add(g.Name, g.Name)
	}
	for _, s := range p.Sites {
		c.sites.add(s.Name, s.Name)
	}
	for _, u := range p.Users {
		c.logins.add(u.Login, u.Name, c.servers(u, person{}))
	}
	return c
}

// person is what a row says.
type person struct {
	text          map[string]string // of every column that the sheet has
	groups, sites []string
	at            []elsewhere
	until         tomldoc.Moment
	inactive      *bool  // nil: as it is
	made          string // a status that is none of the policy's
	newLogin      *bool
}

// compare judges one row.
func (c *comparer) compare(s *Sheet, row Row) Verdict {
	v := Verdict{Row: row.Number}
	object := func(name, format string, args ...any) {
		v.Problems = append(v.Problems, v.at(s, c.layout, name, format, args...))
	}
	for i := len(s.Header.Cells); i < len(row.Cells); i++ {
		if row.Cells[i] != (Cell{}) {
			v.Problems = append(v.Problems, problemf(row.Number, i, "the header names no such column; a cell that holds a separator has to stand in quotation marks"))
			break
		}
	}
	in := c.read(row, object)
	v.Name = in.text[colName]
	v.user = c.known(v.Name)
	if v.Name == "" && len(v.Problems) == 0 {
		object(colName, "there is no name")
	}
	if v.Name != "" {
		c.identify(v, in, object)
	}
	if len(v.Problems) == 0 {
		c.changes(&v, in, object)
	}
	switch {
	case len(v.Problems) > 0:
		v.Result, v.Changes = Refused, nil
	case v.user == nil:
		v.Result = New
	case len(v.Changes) > 0:
		v.Result = Changed
	default:
		v.Result = Unchanged
	}
	if v.Result == Changed && c.options.OnlyNew {
		var columns []string
		for _, x := range v.Changes {
			columns = append(columns, x.Column)
		}
		v.refuse(problemf(v.Row, -1, "%q is in the policy already, and the row changes their %s: --only-new takes new people and no changes", v.Name, strings.Join(columns, ", ")))
	}
	if v.Result == New || v.Result == Changed {
		c.logins.add(login(v.user, in), v.Name, c.servers(v.user, in))
	}
	c.look(s, row, &v, in)
	return v
}

// look notes what somebody should look at who reads the review.
func (c *comparer) look(s *Sheet, row Row, v *Verdict, in person) {
	note := func(column, format string, args ...any) {
		v.Notes = append(v.Notes, v.at(s, c.layout, column, format, args...))
	}
	past := v.user != nil && v.user.Past && (in.made == StatusExpired || in.made == string(grants.StatusPast))
	switch {
	case in.made == "" || past:
	case v.user == nil:
		note(colStatus, "%q is what time or a server makes of somebody, and was not taken in: the person is active", in.made)
	default:
		note(colStatus, "%q is what time or a server makes of somebody, and was not taken in: the policy has active and inactive", in.made)
	}
	if v.Result == Unchanged {
		return
	}
	if u := v.user; in.until.Over(c.options.Now) && !c.options.Now.IsZero() && (u == nil || u.Until != in.until) {
		note(colUntil, "%s is over: the person is out", in.until)
	}
	if u := v.user; u != nil && wide.Key(v.Name) != wide.Key(clean(u.Name)) {
		note(colName, "%q is taken for %q of the policy, who is written in other forms of the same letters: see that it is the same person", v.Name, u.Name)
	}
	if row.Hidden {
		v.Notes = append(v.Notes, problemf(row.Number, -1, "the row is hidden in the workbook"))
	}
	for _, name := range []string{colName, colLogin, colFullName, colEmail} {
		if said := mixed(in.text[name]); said != "" {
			v.Notes = append(v.Notes, v.at(s, c.layout, name, "%s: see whose name it is", said))
		}
	}
	for _, x := range v.Changes {
		if v.user != nil && x.Column == colFullName && x.From != "" && x.To != "" {
			v.Notes = append(v.Notes, v.at(s, c.layout, colFullName, "%q is %q in the policy and %q here: see that it is not another person", v.Name, x.From, x.To))
		}
	}
	if v.user != nil || v.Name == "" {
		return
	}
	key := looks(v.Name)
	if other := c.seen[key]; other != "" && blindKey(other) != blindKey(v.Name) {
		v.Notes = append(v.Notes, v.at(s, c.layout, colName, "%q looks like %q, who is another person: see that it is not the same one", v.Name, other))
	}
	if c.seen[key] == "" {
		c.seen[key] = v.Name
	}
}

// wide tells forms of letters from each other that are the same in a name.
var wide = namefold.Rule{WidthSensitive: true, KanaSensitive: true}

// known returns the user whom a row's name means, or nil.
func (c *comparer) known(name string) *policy.User {
	u, _ := c.users.find(name)
	return u
}

// identify objects to a row that is about nobody in particular: two rows of one
// person, or a name that a site may take for another's.
func (c *comparer) identify(v Verdict, in person, object func(string, string, ...any)) {
	blind := blindKey(v.Name)
	switch other := c.blind[blind]; {
	case v.user != nil && c.rows[v.user] > 0:
		object(colName, "%q is in row %d already: a person has one row", v.Name, c.rows[v.user])
	case v.user != nil:
		c.rows[v.user] = v.Row
	case c.fresh[blind] > 0 && c.spelt[blind] == v.Name:
		object(colName, "%q is in row %d already: a person has one row", v.Name, c.fresh[blind])
	case c.fresh[blind] > 0:
		object(colName, "%q is in row %d already, but for capitals and accents at most: a person has one row", v.Name, c.fresh[blind])
	case other != "":
		object(colName, "%q is %q of the policy but for accents, and one person in a site where accents do not count: write the name as the policy does", v.Name, other)
	default:
		c.fresh[blind], c.spelt[blind] = v.Row, v.Name
	}
	if v.user == nil && likeDate(v.Name) {
		object(colName, "%q is a date where a name belongs: a spreadsheet program may have made it of one; format the column as text and write the name anew", v.Name)
	}
	mine := login(v.user, in)
	kind, told := auth(v.user, in, mine)
	if v.user == nil || mine != v.user.Login || kind != v.user.Auth {
		u := &policy.User{Name: v.Name, Login: mine, Auth: kind}
		if v.user != nil {
			u.Name = v.user.Name
		}
		for _, f := range policy.CheckUser(u, told) {
			name := colName
			if f.Where.Line == 2 && c.has(colLogin) {
				name = colLogin
			}
			object(name, "%s; %s", f.Message, f.Fix)
		}
		if whose, server := c.logins.other(mine, v.Name, c.servers(v.user, in)); whose != "" && (v.user == nil || mine != v.user.Login) {
			name := colName
			if c.has(colLogin) {
				name = colLogin
			}
			object(name, "the login %q is that of %q on server %q: a person who got another name keeps what they have by `was` in the policy", mine, whose, server)
		}
	}
}
