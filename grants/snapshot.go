package grants

import (
	"strings"
	"time"
)

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
	Secondary       bool   // and it is so because it is a secondary replica
	OwnerSID        string // of the login that owns the database, as in Principal; that login is dbo here
	Trustworthy     bool   // the database may impersonate beyond itself (reference C.6)
	Chaining        bool   // ownership chains cross into other databases that say so too (reference C.3)
	ServerChaining  bool   // and into every database of the server, whatever they say
	Contained       bool   // users may have passwords of their own
	ContainedOff    bool   // and the server turns them all away
	Linux           bool   // the server runs on Linux (reference H.3)
	Access          UserAccess
	Runner          Runner

	// Now is when it was read, by the server's clock, in UTC. No plan depends on it but
	// by what of Openings is over.
	Now time.Time

	Principals  []Principal
	Members     []Member
	Openings    []OpeningRow
	Permissions []PermissionRow
	// Properties are those that others have put on principals: what a plan that drops
	// one takes with it.
	Properties []PrincipalProperty
	Schemas    []Schema
	Views      []SiteView
	// Objects are what stands behind and beside the views: tables, synonyms and
	// modules. Views are in Views alone.
	Objects []Object
	// Dependencies say what views, synonyms and modules refer to; what synonyms
	// do alone where the runner may not read the rest, which Unread then says.
	Dependencies []Dependency
	// LedgerColumns are those of the table that the policy wants the ledger in, where
	// they were asked for and it is there.
	LedgerColumns []LedgerColumn

	Logins []Login // of the server, its roles among them; see LoginsVisible
	// LoginsVisible is false where the runner may not see every login: a
	// login missing from Logins may then exist all the same (reference A.3).
	// Server members and permissions are incomplete then as well.
	LoginsVisible     bool
	ServerMembers     []Member // of server roles, by Login.ID
	ServerPermissions []ServerPermissionRow

	// Databases are those of the server beside this one, without the system's,
	// that are trusted or chain into it.
	Databases []Database

	// Holdings are what else belongs to principals but dbo, or runs as them.
	Holdings []Holding

	// Unread lists what the runner was not allowed to read or the server does
	// not have, so that nothing is said of it.
	Unread []Unread
}

// UserAccess is the code of sys.databases.user_access: who may enter a database
// at all (reference H.2).
type UserAccess int

// The kinds of user access.
const (
	MultiUser      UserAccess = 0
	SingleUser     UserAccess = 1 // one session at a time
	RestrictedUser UserAccess = 2 // members of db_owner, dbcreator and sysadmin
)

// String is the option's name, as ALTER DATABASE has it.
func (x UserAccess) String() string {
	switch x {
	case SingleUser:
		return "SINGLE_USER"
	case RestrictedUser:
		return "RESTRICTED_USER"
	}
	return "MULTI_USER"
}

// Database is a row of sys.databases about another database of the server.
type Database struct {
	Name        string
	OwnerSID    string // as in Principal
	Trustworthy bool
	Chaining    bool
}

// WhatDatabases is Unread.What where the server's other databases could not be
// read.
const WhatDatabases = "the server's other databases"

// WhatDependencies is Unread.What where the dependencies could not be read.
const WhatDependencies = "what views and modules refer to"

// Modern reports whether the server has the permissions of SQL Server 2022, which give
// less than those before them (reference A.3).
func (s *Snapshot) Modern() bool {
	major, _, _ := strings.Cut(s.Version, ".")
	return len(major) > 1 && major >= "16"
}

// Unread is a part of a snapshot that could not be read.
type Unread struct {
	What string // "the server's logins", for a sentence
	Why  string // "it needs SELECT on sys.sql_expression_dependencies"
	Fix  []Remedy
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
	SQLUser         PrincipalType = "S"
	WindowsUser     PrincipalType = "U"
	WindowsGroup    PrincipalType = "G"
	ExternalUser    PrincipalType = "E"
	ExternalGroup   PrincipalType = "X"
	DatabaseRole    PrincipalType = "R" // of a server: a server role
	ApplicationRole PrincipalType = "A"
	CertificateUser PrincipalType = "C"
	KeyUser         PrincipalType = "K"
)

// The values of sys.database_principals.authentication_type: by what somebody
// enters as a user (reference A.2).
const (
	AuthNone     = 0 // nothing: nobody does
	AuthLogin    = 1 // the login of the server with the user's SID
	AuthDatabase = 2 // a password of the user's own, in a contained database
	AuthWindows  = 3
	AuthExternal = 4 // Entra
)

// external reports whether a principal of this type is one of Entra.
func (t PrincipalType) external() bool { return t == ExternalUser || t == ExternalGroup }

// IsUser reports whether a principal of this type is an account and not a
// role: everything that can be a member but has no members of its own here.
func (t PrincipalType) IsUser() bool { return t != DatabaseRole }

// IsGroup reports whether a principal of this type stands for people whom
// neither the database nor the server lists: a group of Windows or Entra.
func (t PrincipalType) IsGroup() bool { return t == WindowsGroup || t == ExternalGroup }

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
	// LastFixedRoleID ends the ids that are kept for fixed roles. Those above it
	// are people's and roles' as any other, in a database with very many.
	LastFixedRoleID = 16399
)

// Principal is a row of sys.database_principals.
type Principal struct {
	ID       int
	Name     string
	Type     PrincipalType
	SID      string // upper-case hexadecimal, no prefix; "" for none
	Fixed    bool   // a fixed role
	Owner    int    // of a role
	AuthType int    // AuthNone, …
	Managed  bool   // carries grantree's mark
	Mark     string // what the mark says beside that, as it is written; "" for nothing
	// DefaultSchema is that of a user, where it is not the one that a user of the kind
	// gets unless said: dbo, and none for a group.
	DefaultSchema string
}

// Property is an extended property, by its value's type and what it is as text.
type Property struct {
	Name, Type, Value string
}

// PrincipalProperty is an extended property of a principal, but for grantree's mark.
type PrincipalProperty struct {
	Principal int
	Property
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
	Created time.Time // by the server's local clock, as if that were UTC
}

// SiteColumn is a column of a view.
type SiteColumn struct {
	ID   int
	Name string
}

// Object is a row of sys.objects that is no view: a table, a synonym or a
// module, with its effective owner (reference C.3).
type Object struct {
	ID     int
	Schema int
	Name   string
	Type   ObjectType
	Owner  int
	Parent int // of a trigger: the table or view that it is on

	// ExecuteAs is the principal as which a module runs: 0 for its caller, -2
	// for its owner (sys.sql_modules.execute_as_principal_id).
	ExecuteAs int
	// Hidden is a module whose text cannot be read: encrypted, CLR, or not
	// shown to the runner.
	Hidden bool
	// Dynamic is a module that runs text made at run time: what it reaches its
	// dependencies do not tell.
	Dynamic bool
	// Signed is a module that a certificate or key adds rights to.
	Signed bool
}

// ObjectType is the code of sys.objects.type, without its padding (reference
// H.2).
type ObjectType string

// The types of objects that the product tells apart.
const (
	Table          ObjectType = "U"
	Synonym        ObjectType = "SN"
	Procedure      ObjectType = "P"
	ScalarFunction ObjectType = "FN"
	InlineFunction ObjectType = "IF"
	TableFunction  ObjectType = "TF"
	Trigger        ObjectType = "TR"
	CLRProcedure   ObjectType = "PC"
	CLRFunction    ObjectType = "FS"
	CLRTable       ObjectType = "FT"
	CLRTrigger     ObjectType = "TA"
	ExtendedModule ObjectType = "X"
)

// IsModule reports whether an object of this type runs statements of its own.
func (t ObjectType) IsModule() bool { return t != Table && t != Synonym && t != aView }

// Dependency is a row of sys.sql_expression_dependencies, or what a synonym
// stands for: one object refers to another. To is 0 where the server does not
// know which, as in another database.
type Dependency struct {
	From int // object_id of the view, synonym or module
	To   int // object_id in this database, or 0
	// Server, Database, Schema and Name are as the text of From has them; empty
	// where it leaves them out.
	Server, Database, Schema, Name string
}

// Login is a row of sys.server_principals: a login, or a server role.
type Login struct {
	ID       int
	Name     string
	SID      string // as in Principal
	Type     PrincipalType
	Disabled bool
	Fixed    bool // a fixed server role
	Owner    int  // of a server role
	// OwnsDatabase says that a database of the server belongs to it.
	OwnsDatabase bool
}

// SASID is the SID of the login that every server has, whatever its name
// (reference A.5).
const SASID = "01"

// IsRole reports whether this is a server role.
func (l Login) IsRole() bool { return l.Type == DatabaseRole }

// ServerClass is the code of sys.server_permissions.class (reference B.1).
type ServerClass int

// The classes of server permissions that reach a database.
const (
	ClassServer          ServerClass = 100
	ClassServerPrincipal ServerClass = 101
)

// ServerPermissionRow is a row of sys.server_permissions.
type ServerPermissionRow struct {
	Class   ServerClass
	Major   int // Login.ID for ClassServerPrincipal
	Grantee int // Login.ID
	Grantor int
	Name    string // "CONNECT SQL", "CONTROL SERVER", "IMPERSONATE"
	State   State
}
