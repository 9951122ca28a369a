package grants

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"grantree/finding"
)

// Remedy is one statement that clears what stands in the way of a plan, or
// mends what is not as the policy says. It is for a person to look at and send:
// no plan holds one. What it says in T-SQL is for package sql/mssql to write.
// Which fields are set depends on Kind:
//
//	revoke                  On, Permissions, Columns, Principal; As, Cascade
//	revoke_grant_option     On, Permissions, Principal; As
//	grant                   On, Permissions, Principal
//	owner                   On; To
//	drop_member             On: the role, of the database or the server; Principal: the member
//	add_member              On: the role, of the database; Principal: the member
//	drop_user               Principal: the user
//	drop_application_role   Principal
//	with_login              Principal: the user; To: the login
//	with_name               Principal: the user; To: the new name
//	create_login            Principal: the login; Type, SID
//	disable_login           Principal: the login
//	enable_login            Principal: the login
//	set_database            On: the database; Option, such as "DB_CHAINING OFF"
//	configure               Option: an option of the server; To: what it is set to, 0 unless said
//	migrate                 Principal: the user, who gets the password of their login as their own
//	rename_login            Principal: the login; To: the new name
//	set_login               Principal: the login; Option, such as "CHECK_POLICY = ON"
//	use                     On: the database that what follows is for
type Remedy struct {
	Kind        RemedyKind
	On          Securable
	Permissions []string
	Columns     []string // of On, where not all of it is meant
	Principal   string
	// As is the grantor who stands in the row, where it is another than a plain
	// statement acts as (reference B.6).
	As      string
	Cascade bool
	To      string
	Type    PrincipalType // of a login
	SID     string        // of a SQL login, as in Principal
	Option  string
}

// OfDatabase reports whether a remedy is taken in the site's database alone.
func (r Remedy) OfDatabase() bool {
	switch r.Kind {
	case RemedyRevoke, RemedyRevokeOption, RemedyGrant:
		return !r.On.OfServer()
	case RemedyOwner:
		return !r.On.OfServer() && r.On.Class != "DATABASE"
	case RemedyDropMember, RemedyAddMember:
		return r.On.Class == "ROLE"
	case RemedyDropUser, RemedyDropAppRole, RemedyWithLogin, RemedyWithName, RemedyMigrate:
		return true
	}
	return false
}

// equal reports whether two remedies are the same statement.
func (r Remedy) equal(o Remedy) bool { return reflect.DeepEqual(r, o) }

// RemedyKind is the verb and noun of a remedy.
type RemedyKind string

// The kinds of remedy.
const (
	RemedyRevoke       RemedyKind = "revoke"
	RemedyRevokeOption RemedyKind = "revoke_grant_option"
	RemedyGrant        RemedyKind = "grant"
	RemedyOwner        RemedyKind = "owner"
	RemedyDropMember   RemedyKind = "drop_member"
	RemedyAddMember    RemedyKind = "add_member"
	RemedyDropUser     RemedyKind = "drop_user"
	RemedyDropAppRole  RemedyKind = "drop_application_role"
	RemedyWithLogin    RemedyKind = "with_login"
	RemedyWithName     RemedyKind = "with_name"
	RemedyCreateLogin  RemedyKind = "create_login"
	RemedyDisableLogin RemedyKind = "disable_login"
	RemedyEnableLogin  RemedyKind = "enable_login"
	RemedySetDatabase  RemedyKind = "set_database"
	RemedyConfigure    RemedyKind = "configure"
	RemedyMigrate      RemedyKind = "migrate"
	RemedyRenameLogin  RemedyKind = "rename_login"
	RemedySetLogin     RemedyKind = "set_login"
	RemedyUse          RemedyKind = "use"
)

// Securable is what a permission or an owner is on. The zero Securable is the
// database that the statement runs in; class SERVER has no name.
type Securable struct {
	Class  string // "OBJECT", "SCHEMA", "USER", "ROLE", "APPLICATION ROLE", "DATABASE", "SERVER", "LOGIN", "SERVER ROLE"
	Schema string // of an object
	Name   string
}

// OfServer reports whether a permission on it is the server's, which can be
// given and taken in master alone (reference B.4).
func (x Securable) OfServer() bool {
	return x.Class == "SERVER" || x.Class == "LOGIN" || x.Class == "SERVER ROLE"
}

// advice is what to do about a finding: statements, or words where none can be
// written, and what else may be done.
type advice struct {
	remedies  []Remedy
	words, or string
}

// mend is an advice of statements.
func mend(remedies ...Remedy) advice { return advice{remedies: remedies} }

// advise gives a finding its advice; without a writer of statements, in words.
// Those of the database say so: who pastes them may be in another.
func (a advice) advise(f *finding.Finding, write func(Remedy) string, database string) {
	for _, r := range a.remedies {
		if write == nil {
			break
		}
		if r.OfDatabase() {
			f.Use = write(Remedy{Kind: RemedyUse, On: Securable{Class: "DATABASE", Name: database}})
		}
		if s := write(r); !slices.Contains(f.Statements, s) {
			f.Statements = append(f.Statements, s)
		}
	}
	f.Fix = a.or
	if len(f.Statements) == 0 && a.words != "" {
		f.Fix = a.words
	}
}

// mender makes remedies for what a snapshot shows.
type mender struct {
	s       *Snapshot
	ix      *index
	objects map[int]Object // by id, made when first asked for
}

// object finds a table, synonym or module by id.
func (m *mender) object(id int) (Object, bool) {
	if m.objects == nil {
		m.objects = make(map[int]Object, len(m.s.Objects))
		for _, o := range m.s.Objects {
			m.objects[o.ID] = o
		}
	}
	o, ok := m.objects[id]
	return o, ok
}

// securable names what a permission row is on, where the snapshot shows it.
func (m *mender) securable(class Class, major int) (Securable, bool) {
	ix := m.ix
	switch class {
	case ClassDatabase:
		return Securable{}, true
	case ClassSchema:
		i, ok := ix.schemaByID[major]
		if ok {
			return Securable{Class: "SCHEMA", Name: ix.schemas[i].Name}, true
		}
	case ClassObject:
		if v, ok := ix.viewByID[major]; ok {
			return Securable{Class: "OBJECT", Schema: ix.schemaName(ix.views[v].Schema), Name: ix.views[v].Name}, true
		}
		if o, ok := m.object(major); ok {
			return Securable{Class: "OBJECT", Schema: ix.schemaName(o.Schema), Name: o.Name}, true
		}
	case ClassPrincipal:
		if p, ok := ix.byID[major]; ok {
			return Securable{Class: principalClass(ix.principals[p]), Name: ix.principals[p].Name}, true
		}
	}
	return Securable{}, false
}

// principalClass is the word for a principal as a securable (reference B.4).
func principalClass(p Principal) string {
	switch p.Type {
	case DatabaseRole:
		return "ROLE"
	case ApplicationRole:
		return "APPLICATION ROLE"
	}
	return "USER"
}

// owner returns the owner of a view or another object, dbo where the snapshot
// does not show it, and its schema.
func (m *mender) owner(object int) (owner, schema int) {
	if v, ok := m.ix.viewByID[object]; ok {
		return m.ix.views[v].Owner, m.ix.views[v].Schema
	}
	if o, ok := m.object(object); ok {
		return o.Owner, o.Schema
	}
	return DboID, DboID
}

// schemaOwner returns the owner of a schema, dbo where it is not shown.
func (m *mender) schemaOwner(id int) int {
	if i, ok := m.ix.schemaByID[id]; ok {
		return m.ix.schemas[i].Owner
	}
	return DboID
}

// toDbo gives something to dbo.
func toDbo(on Securable) Remedy { return Remedy{Kind: RemedyOwner, On: on, To: "dbo"} }

// toDbo gives to dbo what makes somebody else the owner of an object: its
// schema, or itself; nothing where it is dbo's.
func (m *mender) toDbo(object int) []Remedy {
	owner, schema := m.owner(object)
	on, ok := m.securable(ClassObject, object)
	switch {
	case owner == DboID || !ok:
		return nil
	case m.schemaOwner(schema) == owner:
		on, _ = m.securable(ClassSchema, schema)
	}
	return []Remedy{toDbo(on)}
}

// Revokes are the statements that take rows of a snapshot away, as Judge writes
// them.
func Revokes(s *Snapshot, rows []PermissionRow) []Remedy {
	return (&mender{s: s, ix: newIndex(s)}).revokes(rows)
}

// revokes are the statements that take rows away: one for each securable,
// grantee and grantor. Rows on what the snapshot does not name have none.
func (m *mender) revokes(rows []PermissionRow) []Remedy {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compareRows)
	var out []Remedy
	for _, row := range rows {
		if r, ok := m.revoke(row); ok {
			out = joined(out, r)
		}
	}
	slices.SortStableFunc(out, compareRemedies)
	return out
}

// revokeOptions are the statements that leave rows, without the grant option.
func (m *mender) revokeOptions(rows []PermissionRow) []Remedy {
	out := m.revokes(rows)
	for i := range out {
		out[i].Kind = RemedyRevokeOption
	}
	return out
}

// joined adds the revoke of a row to others, in one statement with those on the
// same securable: several permissions on the whole of it, or several columns of
// one permission.
func joined(list []Remedy, r Remedy) []Remedy {
	i := slices.IndexFunc(list, func(o Remedy) bool {
		alike := o.Kind == r.Kind && o.On == r.On && o.Principal == r.Principal && o.As == r.As && o.Cascade == r.Cascade && (len(o.Columns) == 0) == (len(r.Columns) == 0)
		return alike && (len(o.Columns) == 0 || o.Permissions[0] == r.Permissions[0])
	})
	if i < 0 {
		return append(list, r)
	}
	if !slices.Contains(list[i].Permissions, r.Permissions[0]) {
		list[i].Permissions = sortPermissions(append(list[i].Permissions, r.Permissions[0]))
	}
	list[i].Columns = append(list[i].Columns, r.Columns...)
	return list
}

func compareRemedies(a, b Remedy) int {
	return cmp.Or(strings.Compare(a.On.Schema, b.On.Schema), strings.Compare(a.On.Name, b.On.Name), strings.Compare(a.Principal, b.Principal))
}

// revoke is the statement that takes one row away. A column that was revoked
// out of a grant, and one whose name the snapshot does not hold, as of a table,
// goes with a REVOKE on the whole (reference B.5).
func (m *mender) revoke(row PermissionRow) (Remedy, bool) {
	on, ok := m.securable(row.Class, row.Major)
	p, known := m.ix.byID[row.Grantee]
	if !ok || !known {
		return Remedy{}, false
	}
	r := Remedy{Kind: RemedyRevoke, On: on, Permissions: []string{row.Name}, Principal: m.ix.principals[p].Name, As: m.as(row), Cascade: row.State == GrantedWithGrant}
	if row.Minor != 0 && row.State != Revoked {
		if v, isView := m.ix.viewByID[row.Major]; isView {
			r.Columns = columnNames(m.ix.views[v], []int{row.Minor})
			ok = len(r.Columns) > 0
		}
	}
	return r, ok
}

// as names the grantor of a row, where a plain statement would act as another:
// it acts as the owner of the securable, or as the principal that it is about
// (reference B.6).
func (m *mender) as(row PermissionRow) string {
	owner := DboID
	switch row.Class {
	case ClassSchema:
		owner = m.schemaOwner(row.Major)
	case ClassObject:
		owner, _ = m.owner(row.Major)
	case ClassPrincipal:
		if row.Grantor == row.Major {
			return ""
		}
	}
	if p, ok := m.ix.byID[row.Grantor]; ok && row.Grantor != 0 && row.Grantor != owner {
		return m.ix.principals[p].Name
	}
	return ""
}
