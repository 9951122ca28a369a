package grants

// Remedy is one statement that clears what stands in the way of a plan. It is
// for a person to look at and send: no plan holds one. What it says in T-SQL
// is for package sql/mssql to write. Which fields are set depends on Kind:
//
//	revoke               On, Permissions, Columns, Principal; As, Cascade
//	revoke_grant_option  On, Permissions, Principal; As
//	grant                On, Permissions, Principal
//	owner                On; To
//	drop_user            Principal: the user
//	with_login           Principal: the user; To: the login
//	with_name            Principal: the user; To: the new name
//	create_login         Principal: the login; Type, SID
//	disable_login        Principal: the login
//	rename_login         Principal: the login; To: the new name
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
}

// RemedyKind is the verb and noun of a remedy.
type RemedyKind string

// The kinds of remedy.
const (
	RemedyRevoke       RemedyKind = "revoke"
	RemedyRevokeOption RemedyKind = "revoke_grant_option"
	RemedyGrant        RemedyKind = "grant"
	RemedyOwner        RemedyKind = "owner"
	RemedyDropUser     RemedyKind = "drop_user"
	RemedyWithLogin    RemedyKind = "with_login"
	RemedyWithName     RemedyKind = "with_name"
	RemedyCreateLogin  RemedyKind = "create_login"
	RemedyDisableLogin RemedyKind = "disable_login"
	RemedyRenameLogin  RemedyKind = "rename_login"
)

// Securable is what a permission or an owner is on. The zero Securable is the
// database that the statement runs in.
type Securable struct {
	Class  string // "OBJECT", "SCHEMA", "USER", "ROLE", "APPLICATION ROLE", "DATABASE"
	Schema string // of an object
	Name   string
}

// securable names what a permission row is on, where the snapshot shows it.
func (ix *index) securable(s *Snapshot, class Class, major int) (Securable, bool) {
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
		for _, o := range s.Objects {
			if o.ID == major {
				return Securable{Class: "OBJECT", Schema: ix.schemaName(o.Schema), Name: o.Name}, true
			}
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
