package grants

import (
	"cmp"
	"fmt"
	"slices"
)

// Task is what somebody runs grantree for.
type Task string

// The tasks, each with what the one before it may.
const (
	Look   Task = "look"   // plan, explain, who, report, license, audit
	Verify Task = "verify" // and asking the server under users' names
	Apply  Task = "apply"  // and carrying a plan out
)

// Tasks returns the tasks, the least first.
func Tasks() []Task { return []Task{Look, Verify, Apply} }

// Need is one permission that whoever runs grantree needs. It can be compared.
type Need struct {
	Permission string
	On         Securable // the zero Securable is the database
	// Older is what servers before SQL Server 2022 have in its place.
	Older string
	// Role is the fixed role of the database whose members may do it too, though
	// HAS_PERMS_BY_NAME does not say so (reference B.6); of what nothing narrower
	// than the role gives, Permission is what covers it.
	Role string
	// By is the role to be given where the permission itself gives more.
	By string
	// For is what asks for it: a statement, or what is read.
	For string
	// Source is the page of Microsoft's that says so, from the root of sql-docs.
	Source string
}

// The pages that say what a statement takes.
const (
	pageVisibility   = "docs/relational-databases/security/metadata-visibility-configuration.md"
	pageDepends      = "docs/relational-databases/system-catalog-views/sys-sql-expression-dependencies-transact-sql.md"
	pageDatabases    = "docs/relational-databases/system-catalog-views/sys-databases-transact-sql.md"
	pageExecuteAs    = "docs/t-sql/statements/execute-as-transact-sql.md"
	pageCreateRole   = "docs/t-sql/statements/create-role-transact-sql.md"
	pageAlterRole    = "docs/t-sql/statements/alter-role-transact-sql.md"
	pageDropRole     = "docs/t-sql/statements/drop-role-transact-sql.md"
	pageCreateUser   = "docs/t-sql/statements/create-user-transact-sql.md"
	pageAlterUser    = "docs/t-sql/statements/alter-user-transact-sql.md"
	pageDropUser     = "docs/t-sql/statements/drop-user-transact-sql.md"
	pageGrant        = "docs/t-sql/statements/grant-object-permissions-transact-sql.md"
	pageConnect      = "docs/t-sql/statements/grant-database-permissions-transact-sql.md"
	pageProperty     = "docs/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql.md"
	pageCreateSchema = "docs/t-sql/statements/create-schema-transact-sql.md"
	pageCreateTable  = "docs/t-sql/statements/create-table-transact-sql.md"
	pageInsert       = "docs/t-sql/statements/insert-transact-sql.md"
	pageLogin        = "docs/t-sql/statements/create-login-transact-sql.md"
	pageAudit        = "docs/t-sql/statements/create-server-audit-transact-sql.md"
)

// NeedsToLook are the permissions that reading a site and its server takes.
func NeedsToLook() []Need {
	server := Securable{Class: "SERVER"}
	return []Need{
		{Permission: "VIEW DEFINITION", For: "reading roles, users, permissions and views", Source: pageVisibility},
		{Permission: "SELECT", On: Securable{Class: "OBJECT", Schema: "sys", Name: "sql_expression_dependencies"}, For: "reading what views and procedures refer to", Source: pageDepends},
		{Permission: "VIEW ANY SECURITY DEFINITION", Older: "VIEW ANY DEFINITION", On: server, For: "reading logins, server roles and server permissions", Source: pageVisibility},
		{Permission: "VIEW ANY DATABASE", On: server, For: "reading which databases are trusted or chain into a site", Source: pageDatabases},
	}
}

// NeedsToAsk are the permissions that asking the server under these users' names
// takes.
func NeedsToAsk(users []string) []Need {
	out := make([]Need, 0, len(users))
	for _, u := range users {
		out = append(out, Need{Permission: "IMPERSONATE", On: Securable{Class: "USER", Name: u}, For: "EXECUTE AS USER", Source: pageExecuteAs})
	}
	return out
}

// controlNeed is CONTROL on the database, for what nothing less covers.
func controlNeed(what, source string) Need {
	return Need{Permission: "CONTROL", For: what, Source: source}
}

// NeedsOfAsking is what verifying takes of a plan that makes users: nobody can be
// given IMPERSONATE on a user who is not there yet.
func NeedsOfAsking(changes []Change) []Need {
	i := slices.IndexFunc(changes, func(c Change) bool { return c.Kind == CreateUser })
	if i < 0 {
		return nil
	}
	return []Need{controlNeed(fmt.Sprintf("EXECUTE AS USER of %q, who is not there yet, when the plan is verified", changes[i].Principals[0]), pageExecuteAs)}
}

// NeedsToSend are the permissions that the statements of changes take in a site
// as it was read, each once, for the first that takes it; where one takes CONTROL
// on the database nothing else of it does. Those of roles that the changes rename
// are on the role as it is.
func NeedsToSend(s *Snapshot, changes []Change) []Need {
	var out []Need
	was := map[string]string{}
	for _, c := range changes {
		if c.Kind == RenameRole || c.Kind == RenameUser {
			was[s.Collation.Key(c.Principals[0])] = c.Was
		}
		for _, n := range c.needs(s, func(name string) string { return cmp.Or(was[s.Collation.Key(name)], name) }) {
			out = withNeed(out, n)
		}
	}
	return FoldNeeds(out)
}

// withNeed adds a need to a list that has no like of it.
func withNeed(list []Need, n Need) []Need {
	if slices.ContainsFunc(list, func(o Need) bool { return o.Permission == n.Permission && o.On == n.On && o.Role == n.Role }) {
		return list
	}
	return append(list, n)
}

// FoldNeeds leaves out what CONTROL on the database covers, where that is needed
// anyway.
func FoldNeeds(list []Need) []Need {
	control := slices.ContainsFunc(list, func(n Need) bool { return n.Permission == "CONTROL" && n.On == Securable{} && n.By == "" })
	var out []Need
	for _, n := range list {
		if !control || n.On.OfServer() || n.Permission == "CONTROL" && n.On == (Securable{}) && n.By == "" {
			out = withNeed(out, n)
		}
	}
	return out
}

// needs are what one change takes. now is a principal's name before the changes.
func (c Change) needs(s *Snapshot, now func(string) string) []Need {
	role := func(name, what, source string) []Need {
		return []Need{{Permission: "ALTER", On: Securable{Class: "ROLE", Name: now(name)}, For: what, Source: source}}
	}
	users := func(what, source string) []Need {
		return []Need{{Permission: "ALTER ANY USER", For: what, Source: source}}
	}
	switch c.Kind {
	case CreateRole: // IMPERSONATE on dbo is dbo's own power, which no DENY binds: more than CONTROL
		return []Need{controlNeed("CREATE ROLE … AUTHORIZATION dbo", pageCreateRole)}
	case DropRole: // ALTER on the role would do, but is a permission that keeps it from being dropped
		return []Need{{Permission: "ALTER ANY ROLE", For: "DROP ROLE", Source: pageDropRole}}
	case RenameRole:
		return role(c.Was, "ALTER ROLE … WITH NAME", pageAlterRole)
	case AddMember:
		return role(c.Role, "ALTER ROLE … ADD MEMBER", pageAlterRole)
	case DropMember:
		return role(c.Role, "ALTER ROLE … DROP MEMBER", pageAlterRole)
	case CreateUser:
		return users("CREATE USER", pageCreateUser)
	case DropUser:
		return users("DROP USER", pageDropUser)
	case RenameUser:
		return users("ALTER USER … WITH NAME", pageAlterUser)
	case GrantOn, DenyOn, RevokeOn:
		on := Securable{Class: "OBJECT", Schema: c.Schema, Name: c.View}
		return []Need{{Permission: "CONTROL", On: on, Role: "db_securityadmin", For: "GRANT, DENY and REVOKE on it", Source: pageGrant}}
	case CreateSchema: // IMPERSONATE on dbo, as of a role
		return []Need{controlNeed("CREATE SCHEMA … AUTHORIZATION dbo", pageCreateSchema)}
	case CreateLedger:
		return ledgerNeeds(c)
	case GuardLedger:
		return []Need{{Permission: "CONTROL", On: Securable{Class: "OBJECT", Schema: c.Schema, Name: c.View}, Role: "db_securityadmin", For: "DENY on it", Source: pageGrant}}
	case GrantConnect, RevokeConnect, DenyConnect:
		return []Need{{Permission: "CONTROL", Role: "db_securityadmin", By: "db_securityadmin", For: "GRANT, DENY and REVOKE of CONNECT", Source: pageConnect}}
	case Mark, Unmark, Stamp, BreakGlass, EndBreakGlass, AddProperty, DropProperty:
		return []Need{{Permission: "ALTER", On: Securable{Class: s.classOf(now(c.Principals[0])), Name: now(c.Principals[0])}, For: "the mark of grantree on it", Source: pageProperty}}
	}
	return []Need{controlNeed(string(c.Kind), "")}
}

// ledgerNeeds are what making a ledger takes.
func ledgerNeeds(c Change) []Need {
	out := []Need{{Permission: "CREATE TABLE", For: "CREATE TABLE of the ledger", Source: pageCreateTable},
		{Permission: "CONTROL", On: Securable{Class: "SCHEMA", Name: c.Schema}, For: "CREATE TABLE in it, and DENY on the table", Source: pageCreateTable}}
	if c.Engine {
		out = append(out, Need{Permission: "ENABLE LEDGER", For: "a ledger of the server's own", Source: pageCreateTable})
	}
	return out
}

// NeedsOfLedger are what writing a row of a ledger takes that is there, and reading
// the one before.
func NeedsOfLedger(l *WantedLedger) []Need {
	on := Securable{Class: "OBJECT", Schema: l.Schema, Name: l.Table}
	return []Need{{Permission: "INSERT", On: on, For: "the row of the ledger", Source: pageInsert}, {Permission: "SELECT", On: on, For: "the last row of the ledger", Source: pageInsert}}
}

// classOf is the class of a principal as a securable; USER for one that is not
// there.
func (s *Snapshot) classOf(name string) string {
	i := slices.IndexFunc(s.Principals, func(p Principal) bool { return s.Collation.Equal(p.Name, name) })
	if i < 0 {
		return "USER"
	}
	return principalClass(s.Principals[i])
}

// NeedOfLogins is what making and changing logins takes.
func NeedOfLogins(login string) Need {
	return Need{Permission: "ALTER ANY LOGIN", On: Securable{Class: "SERVER"}, For: fmt.Sprintf("CREATE, ALTER and DROP LOGIN, as of %q", login), Source: pageLogin}
}

// NeedOfAudits is what the audit of log-ins takes.
func NeedOfAudits() Need {
	return Need{Permission: "ALTER ANY SERVER AUDIT", On: Securable{Class: "SERVER"}, For: "the audit of log-ins", Source: pageAudit}
}

// RunnerPowers are the permissions that are worth a word where a runner has them
// without a need: over the server, then over the database.
func RunnerPowers() []Need {
	var out []Need
	for _, name := range []string{"CONTROL SERVER", "ALTER ANY LOGIN", "IMPERSONATE ANY LOGIN", "ALTER ANY DATABASE", "SELECT ALL USER SECURABLES"} {
		out = append(out, Need{Permission: name, On: Securable{Class: "SERVER"}})
	}
	for _, name := range []string{"CONTROL", "ALTER", "ALTER ANY ROLE", "ALTER ANY USER", "SELECT", "INSERT", "UPDATE", "DELETE"} {
		out = append(out, Need{Permission: name})
	}
	return out
}

// Remedy is the statement that gives a runner what is needed and no more: login
// on the server, user in the database.
func (n Need) Remedy(login, user string, modern bool) Remedy {
	if n.By != "" {
		return Remedy{Kind: RemedyAddMember, On: Securable{Class: "ROLE", Name: n.By}, Principal: user}
	}
	r := Remedy{Kind: RemedyGrant, On: n.On, Permissions: []string{n.Name(modern)}, Principal: user}
	if n.On.OfServer() {
		r.Principal = login
	}
	return r
}

// Name is the permission as a server names it, or the membership that is given in
// its place: modern is SQL Server 2022 and later.
func (n Need) Name(modern bool) string {
	if n.By != "" {
		return "membership of " + n.By
	}
	if !modern && n.Older != "" {
		return n.Older
	}
	return n.Permission
}

// Words name what a permission is on, for a sentence.
func (x Securable) Words() string {
	switch x.Class {
	case "":
		return "the database"
	case "SERVER":
		return "the server"
	case "OBJECT":
		return x.Schema + "." + x.Name
	case "SCHEMA":
		return fmt.Sprintf("schema %q", x.Name)
	case "ROLE":
		return fmt.Sprintf("role %q", x.Name)
	}
	return fmt.Sprintf("user %q", x.Name)
}
