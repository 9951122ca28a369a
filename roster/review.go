package roster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/grants"
	"grantree/namefold"
	"grantree/policy"
	"grantree/tomldoc"
)

// Review is what a sheet makes of a policy.
type Review struct {
	Sheet    string // of a workbook, the sheet that was read
	Others   int    // its sheets that were not
	Rows     []Verdict
	Ignored  []string  // columns that mean nothing here, as the sheet names them
	Notes    []Problem // what somebody should know of the sheet, and look at
	Problems []Problem // of the header, for which every row is refused

	sheet  *Sheet
	layout layout
}

// Verdict is what becomes of a row.
type Verdict struct {
	Row      int
	Name     string
	Result   Result
	Changes  []Change  // of a new person, what they get
	Problems []Problem // why the row is refused
	Notes    []Problem // what somebody should look at, though nothing is wrong

	user   *policy.User // nil: a new one
	fresh  policy.User  // who that is
	change policy.UserChange
}

// Result is a verdict in a word.
type Result string

// The results.
const (
	New       Result = "new"
	Changed   Result = "changed"
	Unchanged Result = "unchanged"
	Refused   Result = "refused"
)

// Change is a column of a person that gets another value; From and To are as a
// sheet shows them. Of a list, Added and Removed are what comes and goes.
type Change struct {
	Column, From, To string
	Added, Removed   []string
}

// Count returns how many rows have a result.
func (r *Review) Count(of Result) int {
	n := 0
	for _, v := range r.Rows {
		if v.Result == of {
			n++
		}
	}
	return n
}

// Refusals lists everything that is wrong, in the sheet's order.
func (r *Review) Refusals() []Problem {
	out := slices.Clone(r.Problems)
	for _, v := range r.Rows {
		out = append(out, v.Problems...)
	}
	return out
}

// Looks lists everything that somebody should look at, in the sheet's order.
func (r *Review) Looks() []Problem {
	out := slices.Clone(r.Notes)
	for _, v := range r.Rows {
		out = append(out, v.Notes...)
	}
	return out
}

// at says where a problem of a verdict is: in a column, or the row.
func (v *Verdict) at(s *Sheet, l layout, name, format string, args ...any) Problem {
	p := problemf(v.Row, -1, format, args...)
	if i, ok := l.at[name]; ok {
		p = problemf(v.Row, i, format, args...)
		p.Field = clean(s.Header.Cells[i].Text)
	}
	return p
}

// refuse makes of a verdict one that is refused.
func (v *Verdict) refuse(why ...Problem) {
	v.Problems = append(v.Problems, why...)
	v.Result, v.Changes = Refused, nil
}

// Editor writes to the files of a policy; policy.Editor is one.
type Editor interface {
	AddUser(u policy.User) error
	SetUser(name string, c policy.UserChange) error
}

// Write hands the changes of the rows that are not refused to an editor. It
// calls step for every row. A row that the editor does not take is refused, and
// ok is false: the editor is of no use then.
func (r *Review) Write(e Editor, step func()) (ok bool) {
	for i := range r.Rows {
		step()
		v := &r.Rows[i]
		var err error
		switch v.Result {
		case New:
			err = e.AddUser(v.fresh)
		case Changed:
			err = e.SetUser(v.user.Name, v.change)
		}
		if err != nil {
			v.refuse(problemf(v.Row, -1, "%v", err))
			return false
		}
	}
	return true
}

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

// owners are the people of each login, by its name, and on which servers.
type owners map[string][]owner

type owner struct {
	name    string
	servers []string
}

func (o owners) add(login, name string, servers []string) {
	key := foldKey(login)
	for i, one := range o[key] {
		if foldKey(one.name) == foldKey(name) {
			o[key][i].servers = servers
			return
		}
	}
	o[key] = append(o[key], owner{name, servers})
}

// other is who else has a login on one of some servers: a name on another server
// is another login.
func (o owners) other(login, name string, servers []string) (whose, server string) {
	for _, one := range o[foldKey(login)] {
		for _, s := range one.servers {
			if foldKey(one.name) != foldKey(name) && slices.Contains(servers, s) {
				return one.name, s
			}
		}
	}
	return "", ""
}

// servers are those of the sites that somebody may enter once a row is taken over.
func (c *comparer) servers(u *policy.User, in person) []string {
	var sites []string
	_, told := in.text[colSites]
	if u != nil && !told {
		sites = append(sites, u.Sites...)
	}
	sites = append(sites, in.sites...)
	if _, told := in.text[colAt]; u != nil && !told {
		for _, a := range u.At {
			sites = append(sites, a.Sites...)
		}
	}
	for _, a := range in.at {
		sites = append(sites, a.sites...)
	}
	var out []string
	for _, s := range c.p.Sites {
		if (slices.Contains(sites, "*") || slices.ContainsFunc(sites, func(n string) bool { return foldKey(n) == foldKey(s.Name) })) && !slices.Contains(out, s.Server) {
			out = append(out, s.Server)
		}
	}
	return out
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

// login is the login that a person has once a row is taken over.
func login(u *policy.User, in person) string {
	switch text, has := in.text[colLogin]; {
	case u != nil && (!has || text == clean(u.Login)):
		return u.Login
	case has && text != "":
		return text
	case u != nil:
		return u.Name
	}
	return in.text[colName]
}

// usualAuth is the kind of a login that is not stated.
func usualAuth(login string) policy.Auth {
	if strings.Contains(login, `\`) {
		return policy.AuthWindows
	}
	return policy.AuthSQL
}

// auth is the kind of login that a person has once a row is taken over, and
// whether it is stated.
func auth(u *policy.User, in person, login string) (kind policy.Auth, told bool) {
	switch text, has := in.text[colAuth]; {
	case text != "":
		return policy.Auth(text), true
	case u != nil && !has && u.Login == login:
		return u.Auth, true
	}
	return usualAuth(login), false
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

// changes notes what a row changes of a user, or gives a new one.
func (c *comparer) changes(v *Verdict, in person, object func(string, string, ...any)) {
	now := v.user
	if now == nil {
		now = &policy.User{}
		v.fresh.Name = v.Name
		v.set(colName, "", v.Name)
	}
	c.loginChanges(v, in)
	for _, t := range []struct {
		column, have string
		fresh        *string
		change       **string
	}{{colFullName, now.FullName, &v.fresh.FullName, &v.change.FullName}, {colEmail, now.Email, &v.fresh.Email, &v.change.Email}, {colReason, now.Reason, &v.fresh.Reason, &v.change.Reason}} {
		if want, ok := in.text[t.column]; ok && v.set(t.column, clean(t.have), want) {
			*t.fresh, *t.change = want, &want
		}
	}
	c.listChange(v, colGroups, now.Groups, in.groups, c.groups, &v.fresh.Groups, &v.change.Groups)
	c.listChange(v, colSites, now.Sites, in.sites, c.sites, &v.fresh.Sites, &v.change.Sites)
	if c.has(colUntil) && v.set(colUntil, now.Until.String(), in.until.String()) {
		v.fresh.Until, v.change.Until = in.until, &in.until
	}
	if in.inactive != nil && v.set(colStatus, status(now.Inactive && !now.Past), status(*in.inactive)) {
		v.fresh.Inactive, v.change.Inactive = *in.inactive, in.inactive
	}
	c.atChange(v, now, in, object)
	if v.user == nil {
		c.complete(in, object)
	} else {
		c.emptied(v, in, object)
	}
}

// emptied objects to a row that leaves somebody in no group, or lets them enter no
// site.
func (c *comparer) emptied(v *Verdict, in person, object func(string, string, ...any)) {
	if v.change.Groups == nil && v.change.Sites == nil && v.change.At == nil {
		return
	}
	groups, sites, at := v.user.Groups, v.user.Sites, len(v.user.At)
	if c.has(colGroups) {
		groups = in.groups
	}
	if c.has(colSites) {
		sites = in.sites
	}
	if c.has(colAt) {
		at = len(in.at)
	}
	if len(groups) == 0 && (len(sites) > 0 || at == 0) {
		object(colGroups, "the person would be in no group: name a group")
	}
	if len(sites) == 0 && at == 0 {
		object(colSites, "the person would enter no site: name a site, or * for every one")
	}
}

// set notes a change, where it is one.
func (v *Verdict) set(column, from, to string) bool {
	if from != to {
		v.Changes = append(v.Changes, Change{Column: column, From: from, To: to})
	}
	return from != to
}

// loginChanges compares what is said of the login. What a login looks like says
// its kind, unless something else is meant.
func (c *comparer) loginChanges(v *Verdict, in person) {
	mine := login(v.user, in)
	kind, _ := auth(v.user, in, mine)
	makes := c.options.NewLogins
	if in.newLogin != nil {
		makes = *in.newLogin
	}
	if u := v.user; u != nil {
		if v.set(colLogin, u.Login, mine) {
			v.change.Login = &mine
		}
		if v.set(colAuth, string(u.Auth), string(kind)) {
			text := string(kind)
			v.change.Auth = &text
		}
		if in.newLogin != nil && v.set(colNewLogin, yesNo(u.NewLogin), yesNo(makes)) {
			v.change.NewLogin = &makes
		}
		return
	}
	v.fresh.Login, v.fresh.Auth, v.fresh.NewLogin = mine, kind, makes
	if mine != v.Name {
		v.set(colLogin, "", mine)
	}
	if kind != usualAuth(mine) {
		v.set(colAuth, "", string(kind))
	}
	v.set(colNewLogin, "no", yesNo(makes))
}

// listChange compares groups or sites. What stays keeps its place and spelling.
func (c *comparer) listChange(v *Verdict, name string, have, want []string, known index[string], fresh *[]string, change **[]string) {
	named := canonical(have, known)
	if !c.has(name) || same(named, want) {
		return
	}
	value := []string{}
	for i, n := range named {
		if slices.Contains(want, n) {
			value = append(value, have[i])
		}
	}
	for _, n := range want {
		if !slices.Contains(named, n) {
			value = append(value, n)
		}
	}
	v.Changes = append(v.Changes, Change{name, joinList(named), joinList(want), policy.Without(want, named), policy.Without(named, want)})
	*fresh, *change = value, &value
}

// canonical returns names as what they name is called.
func canonical(names []string, known index[string]) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if name, ok := known.find(clean(n)); ok {
			out[i] = name
		}
	}
	return out
}

// atChange compares where else the person is in other groups. A part that has
// lines of its own and would go is for its file: a sheet cannot say them.
func (c *comparer) atChange(v *Verdict, u *policy.User, in person, object func(string, string, ...any)) {
	if !c.has(colAt) {
		return
	}
	have := c.elsewhereOf(u)
	had, want := keysOf(have), keysOf(in.at)
	if same(had, want) {
		return
	}
	value := []policy.Elsewhere{}
	for i, a := range u.At {
		switch {
		case slices.Contains(want, had[i]):
			value = append(value, a)
		case len(a.Allow)+len(a.Deny) > 0:
			object(colAt, "in %s the person has lines of their own, which a sheet cannot carry: change it at %s", joinList(a.Sites), a.Pos)
		}
	}
	for i, a := range in.at {
		if !slices.Contains(had, want[i]) {
			value = append(value, policy.Elsewhere{Sites: a.sites, Groups: a.groups})
		}
	}
	v.set(colAt, joinAt(have), joinAt(in.at))
	v.fresh.At, v.change.At = value, &value
}

// elsewhereOf returns a user's at, in names as they are called.
func (c *comparer) elsewhereOf(u *policy.User) []elsewhere {
	var out []elsewhere
	for _, a := range u.At {
		out = append(out, elsewhere{canonical(a.Sites, c.sites), canonical(a.Groups, c.groups)})
	}
	return out
}

// keysOf makes each part one text, whatever the order in it.
func keysOf(at []elsewhere) []string {
	var out []string
	for _, a := range at {
		sites, groups := slices.Sorted(slices.Values(a.sites)), slices.Sorted(slices.Values(a.groups))
		out = append(out, fmt.Sprintf("%q %q", sites, groups))
	}
	return out
}

// complete objects to a new person who is in no group or enters no site.
func (c *comparer) complete(in person, object func(string, string, ...any)) {
	for _, need := range []struct {
		name string
		have []string
		fix  string
	}{{colGroups, in.groups, "name a group"}, {colSites, in.sites, "name a site, or * for every one"}} {
		switch {
		case len(need.have) > 0 || len(in.at) > 0:
		case c.has(need.name):
			object(need.name, "a new person has no %s: %s", need.name, need.fix)
		default:
			c.lacking[need.name]++
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func status(inactive bool) string {
	if inactive {
		return StatusInactive
	}
	return StatusActive
}
