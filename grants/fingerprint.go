package grants

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fingerprint names the state that a plan was made for: the SHA-256, in
// hexadecimal, over the principals, memberships, permissions, schemas, views and
// what stands behind and beside them, all by name and sorted, and over what
// decides who enters and with what power: the database's owner, the logins of
// its users, server roles and server permissions. It does not change with the
// order of the lists or with ids that a server gives out anew, and leaves out
// what neither a plan nor a judgement depends on: the server's version, columns
// without rows, and logins that have no user here and hold nothing but CONNECT
// SQL, so that those which a run makes first do not count. Those that a plan makes
// users for are compared by Plan.Needs.
func (s *Snapshot) Fingerprint() string { return NewSurvey(s).fingerprint() }

// fingerprint is the function Fingerprint of the snapshot. It waits for it where it is
// being printed.
func (x *Survey) fingerprint() string {
	x.fingerprinting()
	if x.print == "" {
		x.print = <-x.printed
	}
	return x.print
}

// fingerprinting begins to print the fingerprint, beside what is worked out meanwhile:
// a long list of rows takes as long as the plan of them.
func (x *Survey) fingerprinting() {
	if x.printed != nil {
		return
	}
	f := &printer{ix: x.index(), logins: x.logins(), things: x.objects(), instance: x.instance()}
	x.printed = make(chan string, 1) // nobody has to wait for it
	go func() { x.printed <- f.print(x.s) }()
}

// print is the hash of the canonical form.
func (f *printer) print(s *Snapshot) string {
	hash := sha256.New()
	f.out = bufio.NewWriterSize(hash, 1<<16)
	f.line("collation", s.Collation.Name, fmt.Sprint(s.Collation.CaseSensitive))
	f.line("database", s.OwnerSID, fmt.Sprint(s.Trustworthy, s.Chaining, s.Contained, s.ContainedOff))
	if s.Access != MultiUser || s.ServerChaining {
		f.line("access", s.Access.String(), fmt.Sprint(s.ServerChaining))
	}
	f.databases(s)
	f.holdings(s)
	f.principals()
	f.properties(s)
	f.members(s)
	f.openings(s)
	f.objects()
	f.behind(s)
	f.permissions(s)
	f.server(s)
	f.out.Flush() // a hash never fails
	return hex.EncodeToString(hash.Sum(nil))
}

// printer writes the canonical form.
type printer struct {
	ix     *index
	things *things
	place  map[int]int // of what is no view, after the views
	logins loginTable
	*instance
	out *bufio.Writer
	num []byte // a number that is being written
}

// databases writes those through which somebody may get here.
func (f *printer) databases(s *Snapshot) {
	for _, d := range slices.SortedFunc(slices.Values(s.Databases), func(a, b Database) int { return strings.Compare(a.Name, b.Name) }) {
		f.line("beside", d.Name, d.OwnerSID, fmt.Sprint(d.Trustworthy, d.Chaining))
	}
}

// holdings writes what else belongs to principals, or runs as them.
func (f *printer) holdings(s *Snapshot) {
	for _, h := range slices.SortedFunc(slices.Values(s.Holdings), Holding.compare) {
		f.line("holding", f.name(h.Principal), h.Class, h.Schema, h.Name, strconv.FormatBool(h.Runs))
	}
}

// line writes one fact. Each part is preceded by its length, so that no two
// facts read alike.
func (f *printer) line(parts ...string) {
	for _, p := range parts {
		f.num = strconv.AppendInt(f.num[:0], int64(len(p)), 10)
		f.out.Write(f.num)
		f.out.WriteByte(':')
		f.out.WriteString(p)
	}
	f.out.WriteByte('\n')
}

// principals writes the accounts and roles. Roles that every database has are
// left out, and so are SIDs of anything that does not enter through a login.
func (f *printer) principals() {
	for _, p := range f.ix.principals {
		if isBuiltIn(p.ID) {
			continue
		}
		login, owner := "", ""
		if enters(p) {
			login = cmp.Or(f.logins.nameOf(p.SID), p.SID)
		}
		if p.Type == DatabaseRole {
			owner = f.name(p.Owner)
		}
		f.line("principal", p.Name, string(p.Type), strconv.Itoa(p.AuthType)+" "+strconv.FormatBool(p.Managed), owner, login)
		if p.DefaultSchema != "" {
			f.line("default schema", p.Name, p.DefaultSchema)
		}
	}
}

// properties writes what others have put on principals.
func (f *printer) properties(s *Snapshot) {
	list := slices.Clone(s.Properties)
	slices.SortFunc(list, func(a, b PrincipalProperty) int {
		return cmp.Or(cmp.Compare(f.position(a.Principal), f.position(b.Principal)), strings.Compare(a.Name, b.Name))
	})
	for _, p := range list {
		f.line("property", f.name(p.Principal), p.Name, p.Type, p.Value)
	}
}

func (f *printer) name(id int) string {
	if p, ok := f.ix.byID[id]; ok {
		return f.ix.principals[p].Name
	}
	return fmt.Sprint("#", id)
}

// openings writes who is let in for a while, and whether that is over: a plan from
// before an end is no plan for after it.
func (f *printer) openings(s *Snapshot) {
	var lines []string
	for _, row := range s.Openings {
		o, err := ParseOpening("", row.Text)
		lines = append(lines, f.name(row.User)+"\x00"+row.Text+"\x00"+strconv.FormatBool(err == nil && o.Over(s.Now)))
	}
	slices.Sort(lines)
	for _, l := range lines {
		f.line("opening", l)
	}
}

func (f *printer) members(s *Snapshot) {
	type pair struct{ role, member string }
	pairs := make([]pair, 0, len(s.Members))
	for _, m := range s.Members {
		pairs = append(pairs, pair{f.name(m.Role), f.name(m.Member)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.role != b.role {
			return strings.Compare(a.role, b.role)
		}
		return strings.Compare(a.member, b.member)
	})
	for _, p := range slices.Compact(pairs) {
		f.line("member", p.role, p.member)
	}
}

func (f *printer) objects() {
	for _, s := range f.ix.schemas {
		f.line("schema", s.Name, f.name(s.Owner))
	}
	for _, v := range f.ix.views {
		f.line("view", f.ix.schemaName(v.Schema), v.Name, f.name(v.Owner))
	}
}

// permissions writes the rows. They are sorted by the positions of what they
// name, which are in order of names, because comparing numbers is quick.
func (f *printer) permissions(s *Snapshot) {
	rows := make([]rankedRow, len(s.Permissions))
	for i := range s.Permissions {
		rows[i] = f.rank(&s.Permissions[i])
	}
	slices.SortFunc(rows, rankedRow.compare)
	var b []byte
	for i := range rows {
		r := &rows[i]
		b = append(b[:0], "row"...)
		for _, n := range [...]int{int(r.row.Class), r.target, r.grantee, r.grantor} {
			b = append(strconv.AppendInt(b, int64(n), 10), ' ')
		}
		b = append(append(append(strconv.AppendQuote(b, r.column), r.row.State...), r.row.Name...), '\n')
		f.out.Write(b)
	}
}

// rankedRow is a permission row with its ids replaced by positions, or by
// negative ids where the snapshot does not show what they mean.
type rankedRow struct {
	row                      *PermissionRow
	target, grantee, grantor int
	column                   string
}

// compare tells nearly always by the first numbers: the rest is not looked at.
func (a rankedRow) compare(b rankedRow) int {
	switch {
	case a.row.Class != b.row.Class:
		return cmp.Compare(a.row.Class, b.row.Class)
	case a.target != b.target:
		return cmp.Compare(a.target, b.target)
	case a.column != b.column:
		return strings.Compare(a.column, b.column)
	case a.grantee != b.grantee:
		return cmp.Compare(a.grantee, b.grantee)
	case a.row.Name != b.row.Name:
		return strings.Compare(a.row.Name, b.row.Name)
	case a.grantor != b.grantor:
		return cmp.Compare(a.grantor, b.grantor)
	}
	return strings.Compare(string(a.row.State), string(b.row.State))
}

func (f *printer) rank(row *PermissionRow) rankedRow {
	r := rankedRow{row: row, target: -1 - abs(row.Major), grantee: f.position(row.Grantee), grantor: f.position(row.Grantor)}
	switch row.Class {
	case ClassObject:
		v, ok := f.ix.viewByID[row.Major]
		if ok {
			r.target = v
		} else if at, known := f.place[row.Major]; known {
			r.target = at
		}
		if row.Minor != 0 {
			r.column = fmt.Sprint("#", row.Minor)
			if names := columnNames(f.view(v, ok), []int{row.Minor}); len(names) > 0 {
				r.column = names[0]
			}
		}
	case ClassSchema:
		if i, ok := f.ix.schemaByID[row.Major]; ok {
			r.target = i
		}
	case ClassPrincipal:
		r.target = f.position(row.Major)
	}
	return r
}

// behind writes tables, synonyms and modules, and what refers to what.
func (f *printer) behind(s *Snapshot) {
	objects := slices.Clone(s.Objects)
	slices.SortFunc(objects, func(x, y Object) int { return strings.Compare(f.things.name(x.ID), f.things.name(y.ID)) })
	f.place = make(map[int]int, len(objects))
	for i, o := range objects {
		f.place[o.ID] = len(f.ix.views) + i
		as := ""
		if o.ExecuteAs != 0 {
			as = f.name(o.ExecuteAs)
		}
		f.line("object", f.things.name(o.ID), string(o.Type), f.name(o.Owner), f.things.name(o.Parent), as, fmt.Sprint(o.Hidden, o.Dynamic, o.Signed))
	}
	lines := make([]string, 0, len(s.Dependencies))
	for _, d := range s.Dependencies {
		to := d.String()
		if x, ok := f.things.byID[d.To]; ok {
			to = x.name
		}
		lines = append(lines, f.things.name(d.From)+"\x00"+to)
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		f.line("refers", l)
	}
}

// server writes what logins and server roles hold, but for a plain CONNECT SQL,
// and what keeps the logins of the site's users out.
func (f *printer) server(s *Snapshot) {
	x := f.instance
	lines := make([]string, 0, len(f.logins.user)+len(s.ServerMembers))
	for _, m := range s.ServerMembers {
		lines = append(lines, "in\x00"+x.name(m.Role)+"\x00"+x.name(m.Member))
	}
	for _, row := range s.ServerPermissions {
		if row.Name == "CONNECT SQL" && row.State == Granted {
			continue
		}
		lines = append(lines, fmt.Sprintf("row\x00%d\x00%s\x00%s\x00%s\x00%s", row.Class, x.name(row.Major), x.name(row.Grantee), row.Name, row.State))
	}
	for _, l := range s.Logins {
		if l.SID != "" && !l.IsRole() && f.logins.holds(l.SID) {
			lines = append(lines, "login\x00"+l.Name+"\x00"+l.SID+"\x00"+strconv.FormatBool(l.Disabled)+"\x00"+strconv.FormatBool(x.connectSQL(x.closure(l.ID)).allowed()))
		}
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		f.line("server", l)
	}
}

func (f *printer) view(v int, ok bool) SiteView {
	if !ok {
		return SiteView{}
	}
	return f.ix.views[v]
}

func (f *printer) position(id int) int {
	if p, ok := f.ix.byID[id]; ok {
		return p
	}
	return -1 - abs(id)
}

func abs(n int) int { return max(n, -n) }
