package tsql

// Password is PASSWORD = 'text' or PASSWORD = 0xHash HASHED. Hash is nil for a
// plain password.
type Password struct {
	Pos
	Text       string
	Hash       []byte
	Old        *string // OLD_PASSWORD
	MustChange bool
	Unlock     bool
}

// LoginOptions are the options of CREATE LOGIN and ALTER LOGIN. A nil pointer
// or slice means "not given".
type LoginOptions struct {
	Password        *Password
	SID             []byte
	Name            *Ident // ALTER only
	DefaultDatabase *Ident
	DefaultLanguage *Ident
	CheckPolicy     *bool
	CheckExpiration *bool
	Credential      *Ident
	NoCredential    bool
}

// CreateLogin is CREATE LOGIN. From is empty for a SQL login, else "WINDOWS",
// "EXTERNAL PROVIDER", "CERTIFICATE" or "ASYMMETRIC KEY"; FromName is the
// certificate or key.
type CreateLogin struct {
	Span
	Name     Ident
	From     string
	FromName *Ident
	Options  LoginOptions
}

// AlterLogin is ALTER LOGIN. Exactly one of Enable, Disable, AddCredential,
// DropCredential and a non-empty Options is set.
type AlterLogin struct {
	Span
	Name            Ident
	Enable, Disable bool
	AddCredential   *Ident
	DropCredential  *Ident
	Options         LoginOptions
}

// DropLogin is DROP LOGIN; there is no IF EXISTS.
type DropLogin struct {
	Span
	Name Ident
}

// UserOptions are the options of CREATE USER and ALTER USER. A nil pointer or
// slice means "not given".
type UserOptions struct {
	Name            *Ident // ALTER only
	DefaultSchema   *Ident
	NoDefaultSchema bool   // DEFAULT_SCHEMA = NULL
	Login           *Ident // ALTER only
	Password        *Password
	DefaultLanguage *Ident
	SID             []byte
	AllowEncrypted  *bool // ALLOW_ENCRYPTED_VALUE_MODIFICATIONS
}

// CreateUser is CREATE USER. Login is nil when no FOR LOGIN was written. From
// is "EXTERNAL PROVIDER", "CERTIFICATE" or "ASYMMETRIC KEY" for those kinds
// (FOR or FROM), with FromName.
type CreateUser struct {
	Span
	Name         Ident
	Login        *Ident
	WithoutLogin bool
	From         string
	FromName     *Ident
	Options      UserOptions
}

// AlterUser is ALTER USER … WITH ….
type AlterUser struct {
	Span
	Name    Ident
	Options UserOptions
}

// DropUser is DROP USER.
type DropUser struct {
	Span
	IfExists bool
	Name     Ident
}

// CreateRole is CREATE ROLE or CREATE SERVER ROLE.
type CreateRole struct {
	Span
	Server        bool
	Name          Ident
	Authorization *Ident
}

// AlterRole is ALTER ROLE or ALTER SERVER ROLE. Exactly one of AddMember,
// DropMember and NewName is set.
type AlterRole struct {
	Span
	Server     bool
	Name       Ident
	AddMember  *Ident
	DropMember *Ident
	NewName    *Ident
}

// DropRole is DROP ROLE or DROP SERVER ROLE.
type DropRole struct {
	Span
	Server   bool
	IfExists bool
	Name     Ident
}

// CreateSchema is CREATE SCHEMA. Elements are the CREATE TABLE, CREATE VIEW,
// GRANT, DENY and REVOKE statements that it carries. Name.Value is empty for
// CREATE SCHEMA AUTHORIZATION owner.
type CreateSchema struct {
	Span
	Name          Ident
	Authorization *Ident
	Elements      []Statement
}

// AlterSchema is ALTER SCHEMA Name TRANSFER [class::]Object; Class is empty,
// OBJECT, TYPE or XML SCHEMA COLLECTION.
type AlterSchema struct {
	Span
	Name   Ident
	Class  string
	Object ObjectName
}

// DropSchema is DROP SCHEMA.
type DropSchema struct {
	Span
	IfExists bool
	Name     Ident
}
