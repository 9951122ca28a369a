package security

// LoginSpec is CREATE LOGIN (D.2). The caller parses the password, makes the
// hash with its own salt and draws the SID.
type LoginSpec struct {
	Name            string
	Kind            string // empty: KindSQL. KindWindows and KindExternal for whom a directory has, groups too
	SID             []byte // 16 bytes for a SQL login
	Password        string // clear text, for the policy; empty when Hashed
	Hash            []byte
	Hashed          bool // PASSWORD = 0x… HASHED
	MustChange      bool
	CheckPolicy     *bool // default on; off when Hashed
	CheckExpiration *bool // default off
	DefaultDatabase string
	DefaultLanguage string
}

// LoginChange is ALTER LOGIN: nil and zero fields change nothing.
type LoginChange struct {
	Enable          *bool
	Name            *string
	Password        *string // clear text; with Hash
	Hash            []byte  // of Password, or as given with HASHED
	Hashed          bool
	OldPassword     *string
	MustChange      bool
	Unlock          bool
	CheckPolicy     *bool
	CheckExpiration *bool
	DefaultDatabase *string
	DefaultLanguage *string
}

// DatabaseSpec is CREATE DATABASE (D.6).
type DatabaseSpec struct {
	Name        string
	Collation   string // empty: that of the server
	Containment int
	Trustworthy bool
	Chaining    bool
}

// DatabaseChange is ALTER DATABASE: nil fields change nothing.
type DatabaseChange struct {
	Name        *string // MODIFY NAME
	Collation   *string
	State       *DatabaseState
	UserAccess  *UserAccess
	ReadOnly    *bool
	Trustworthy *bool
	Chaining    *bool
	AutoClose   *bool
	Snapshot    *bool
	RCSI        *bool
	Recovery    *int
	Containment *int
}

// UserSpec is CREATE USER (D.3).
type UserSpec struct {
	Name          string
	Login         string // FOR LOGIN; empty: the login of the same name
	WithoutLogin  bool
	External      bool // FROM EXTERNAL PROVIDER
	Password      *NewPassword
	Language      *string // DEFAULT_LANGUAGE
	Encrypted     *bool   // ALLOW_ENCRYPTED_VALUE_MODIFICATIONS
	DefaultSchema string  // empty: dbo
	SID           []byte  // of a user without login, or with a password; drawn by the caller unless Given
	Given         bool    // SID = … was written
}

// UserChange is ALTER USER: nil fields change nothing.
type UserChange struct {
	Name          *string
	DefaultSchema *string // empty string: NULL
	Login         *string
	Password      *NewPassword
	Language      *string // NONE takes it away
	Encrypted     *bool
}

// NewPassword is the password of a contained user, whose hash the caller makes.
type NewPassword struct {
	Text string
	Hash []byte
	Old  *string // OLD_PASSWORD
}

// ObjectSpec is CREATE TABLE, VIEW, SYNONYM, PROCEDURE or FUNCTION, or a constraint made with its
// table (Parent set, and of a foreign key References; no permission of its
// own).
type ObjectSpec struct {
	Schema      string // empty: the default schema of the user
	Name        string
	Kind        string
	Parent      int
	Minor       int
	References  int
	SystemNamed bool
	Columns     []Column // ids are given in order from 1 where they are 0
	Definition  string
	SchemaBound bool
	CheckOption bool
	Base        string
	Depends     []Dependency
	Module      *ModuleSpec
	Storage     any
}

// PropertyTarget is what an extended property hangs on (D.5): no level for the
// database, USER for a principal, SCHEMA alone, or SCHEMA with TABLE or VIEW or
// SYNONYM and optionally COLUMN.
type PropertyTarget struct {
	Level0Type, Level0Name string
	Level1Type, Level1Name string
	Level2Type, Level2Name string
}

// Action is the verb of a permission statement.
type Action int

// The three verbs.
const (
	Grant Action = iota
	Deny
	Revoke
)

// Permission is one permission of a statement, with its column list if any.
type Permission struct {
	Name    string // words separated by one space, any case
	Columns []string
}

// Statement is GRANT, DENY or REVOKE (B.4).
type Statement struct {
	Action      Action
	Permissions []Permission
	All         bool // ALL [PRIVILEGES]

	// Class is the class word in upper case: "OBJECT", "SCHEMA", "DATABASE",
	// "USER", "ROLE", "APPLICATION ROLE", "LOGIN", "SERVER ROLE", "SERVER".
	// Empty with Securable: OBJECT. Empty without: the database, or the
	// server when every permission is one of the server's only.
	Class     string
	Securable []string // name parts, outermost first; none for the database or the server
	Columns   []string // column list after the securable

	Grantees       []string
	GrantOption    bool // WITH GRANT OPTION
	GrantOptionFor bool // REVOKE GRANT OPTION FOR
	Cascade        bool
	As             string // empty: the session's user
}

// ObjectRef names an object of a database by ids.
type ObjectRef struct {
	Database int
	Object   int
}
