package grants

import (
	"cmp"
	"fmt"
	"slices"
)

// Facts are what a snapshot says, a line each, sorted: by names and in words, all that
// the fingerprint is made of. Two sites with the same fingerprint have the same.
func (s *Snapshot) Facts() []string {
	x := NewSurvey(s)
	f := &factWriter{s: s, m: &mender{s: s, ix: x.index()}, ix: x.index(), logins: x.logins(), things: x.objects(), server: x.instance()}
	f.add("the site compares names by %s", s.Collation.Name)
	f.add("the database belongs to the login of SID %s, trustworthy %t, chaining %t, contained %t", s.OwnerSID, s.Trustworthy, s.Chaining, s.Contained && !s.ContainedOff)
	f.add("the database may be entered by %s, cross-database chaining of the server %t", s.Access, s.ServerChaining)
	f.principals()
	f.owned()
	for _, row := range s.Permissions {
		f.row(row)
	}
	f.instance()
	slices.Sort(f.out)
	return slices.Compact(f.out)
}

type factWriter struct {
	s      *Snapshot
	m      *mender
	ix     *index
	logins loginTable
	things *things
	server *instance
	out    []string
}

func (f *factWriter) add(format string, args ...any) {
	f.out = append(f.out, fmt.Sprintf(format, args...))
}

func (f *factWriter) name(id int) string {
	if p, ok := f.ix.byID[id]; ok {
		return f.ix.principals[p].Name
	}
	return fmt.Sprint("#", id)
}

// principals writes accounts and roles, who is in which, and what others put on them.
func (f *factWriter) principals() {
	for _, p := range f.s.Principals {
		if isBuiltIn(p.ID) {
			continue
		}
		mark := map[bool]string{true: ", marked", false: ""}[p.Managed]
		switch {
		case p.Type == DatabaseRole:
			f.add("role %q of %q%s", p.Name, f.name(p.Owner), mark)
		case enters(p):
			f.add("user %q (%s, %d) of the login %q%s", p.Name, p.Type, p.AuthType, cmp.Or(f.logins.nameOf(p.SID), "of SID "+p.SID), mark)
		default:
			f.add("user %q (%s, %d)%s", p.Name, p.Type, p.AuthType, mark)
		}
		if p.DefaultSchema != "" {
			f.add("default schema %q of user %q", p.DefaultSchema, p.Name)
		}
	}
	for _, m := range f.s.Members {
		f.add("member %q of role %q", f.name(m.Member), f.name(m.Role))
	}
	for _, p := range f.s.Properties {
		f.add("property %q of %q: %s %q", p.Name, f.name(p.Principal), p.Type, p.Value)
	}
}

// owned writes what is owned, and what refers to what.
func (f *factWriter) owned() {
	for _, x := range f.s.Schemas {
		f.add("schema %q of %q", x.Name, f.name(x.Owner))
	}
	for _, v := range f.s.Views {
		f.add("view %s.%s of %q", f.ix.schemaName(v.Schema), v.Name, f.name(v.Owner))
	}
	for _, o := range f.s.Objects {
		as := ""
		if o.ExecuteAs != 0 {
			as = fmt.Sprintf(", running as %q", f.name(o.ExecuteAs))
		}
		f.add("object %s (%s) of %q%s, hidden %t, dynamic %t, signed %t", f.things.name(o.ID), o.Type, f.name(o.Owner), as, o.Hidden, o.Dynamic, o.Signed)
	}
	for _, d := range f.s.Dependencies {
		to := d.String()
		if x, ok := f.things.byID[d.To]; ok {
			to = x.name
		}
		f.add("%s refers to %s", f.things.name(d.From), to)
	}
	for _, d := range f.s.Databases {
		f.add("database %q beside it of the login of SID %s, trustworthy %t, chaining %t", d.Name, d.OwnerSID, d.Trustworthy, d.Chaining)
	}
}

// row writes a permission.
func (f *factWriter) row(row PermissionRow) {
	verb := map[State]string{Granted: "GRANT", GrantedWithGrant: "GRANT WITH GRANT OPTION", Denied: "DENY", Revoked: "REVOKE"}[row.State]
	on := "the database"
	if row.Class != ClassDatabase {
		on = fmt.Sprintf("object %d of class %d", row.Major, row.Class)
		if x, ok := f.m.securable(row.Class, row.Major); ok {
			on = x.Schema + "." + x.Name
			if x.Schema == "" {
				on = x.Class + " " + x.Name
			}
		}
	}
	if row.Minor != 0 {
		on += fmt.Sprintf(" (column %d)", row.Minor)
	}
	f.add("%s %s on %s to %q, by %q", verb, row.Name, on, f.name(row.Grantee), f.name(row.Grantor))
}

// instance writes what logins and server roles hold, and what keeps the logins of the
// site's users out.
func (f *factWriter) instance() {
	x := f.server
	for _, m := range f.s.ServerMembers {
		f.add("login %q in the server role %q", x.name(m.Member), x.name(m.Role))
	}
	for _, row := range f.s.ServerPermissions {
		if row.Name != "CONNECT SQL" || row.State != Granted {
			f.add("server permission %s %s to %q on %q", row.State, row.Name, x.name(row.Grantee), x.name(row.Major))
		}
	}
	for _, l := range f.s.Logins {
		if l.SID != "" && !l.IsRole() && f.logins.holds(l.SID) {
			f.add("login %q, disabled %t, may connect %t", l.Name, l.Disabled, x.connectSQL(x.closure(l.ID)).allowed())
		}
	}
}
