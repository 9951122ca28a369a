package grants

// Snapshot is what a site's catalog views say at one moment, complete and
// without opinion: ids as the server gave them, every class of permission,
// column rows kept apart. It is made by sql/mssql, or by hand in tests.
type Snapshot struct {
	Site     string
	Server   string // the policy's name of the server
	Database string

	Version         string // ProductVersion, "16.0.4131.2"
	Collation       Collation
	ServerCollation Collation
	ReadOnly        bool
	Runner          Runner

	Principals  []Principal
	Members     []Member
	Permissions []PermissionRow
	Schemas     []Schema
	Views       []SiteView
	Logins      []Login // of the server; see LoginsVisible
	// LoginsVisible is false where the runner may not see every login: a
	// login missing from Logins may then exist all the same (reference A.3).
	LoginsVisible bool
}

// Runner is who asked.
type Runner struct {
	Login      string
	User       string // the database user, "dbo" for sysadmin and the owner
	UserID     int
	SysAdmin   bool
	CanControl bool // CONTROL on the database: may make roles that belong to dbo, and grant
	CanLogin   bool // may create logins: ALTER ANY LOGIN
}

// PrincipalType is the code of sys.database_principals.type (reference A.4).
type PrincipalType string

// The principal types that the product tells apart.
const (
	SQLUser      PrincipalType = "S"
	WindowsUser  PrincipalType = "U"
	WindowsGroup PrincipalType = "G"
	DatabaseRole PrincipalType = "R"
)

// IsUser reports whether a principal of this type is an account and not a
// role: everything that can be a member but has no members of its own here.
func (t PrincipalType) IsUser() bool { return t != DatabaseRole }

// The principals every database has (reference A.5).
const (
	PublicID           = 0
	DboID              = 1
	GuestID            = 2
	FirstUserID        = 5
	DBOwnerID          = 16384
	DBAccessAdminID    = 16385
	DBSecurityAdminID  = 16386
	DBDDLAdminID       = 16387
	DBDataReaderID     = 16390
	DBDataWriterID     = 16391
	DBDenyDataReaderID = 16392
	DBDenyDataWriterID = 16393
)

// Principal is a row of sys.database_principals.
type Principal struct {
	ID       int
	Name     string
	Type     PrincipalType
	SID      string // upper-case hexadecimal, no prefix; "" for none
	Fixed    bool   // a fixed role
	Owner    int    // of a role
	AuthType int    // 0 none, 1 a login of the server, 2 password, 3 Windows, 4 external
	Managed  bool   // carries grantree's mark
}

// Member is a direct edge of sys.database_role_members, by id.
type Member struct {
	Role, Member int
}

// State is the code of sys.database_permissions.state.
type State string

// The states of a permission row (reference B.1).
const (
	Granted          State = "G"
	GrantedWithGrant State = "W"
	Denied           State = "D"
	Revoked          State = "R" // a column exception to a table-wide grant
)

// Class is the code of sys.database_permissions.class.
type Class int

// The classes that reach a view (reference B.2).
const (
	ClassDatabase  Class = 0
	ClassObject    Class = 1 // and columns, where Minor is not 0
	ClassSchema    Class = 3
	ClassPrincipal Class = 4
)

// PermissionRow is a row of sys.database_permissions.
type PermissionRow struct {
	Class   Class
	Major   int // object_id, schema_id, principal_id or 0
	Minor   int // column_id; 0 is the whole object
	Grantee int
	Grantor int
	Name    string // canonical permission name, "SELECT", "VIEW DEFINITION"
	State   State
}

// Schema is a row of sys.schemas.
type Schema struct {
	ID    int
	Name  string
	Owner int
}

// SiteView is a view of the site with its effective owner: its own, or else
// its schema's (reference C.3).
type SiteView struct {
	ID      int
	Schema  int
	Name    string
	Owner   int
	Columns []SiteColumn
}

// SiteColumn is a column of a view.
type SiteColumn struct {
	ID   int
	Name string
}

// Login is a row of sys.server_principals that can log in.
type Login struct {
	Name     string
	SID      string // as in Principal
	Type     PrincipalType
	Disabled bool
}
