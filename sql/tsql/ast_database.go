package tsql

// CreateDatabase is CREATE DATABASE. Containment is "", "NONE" or "PARTIAL".
// Options are those after WITH.
type CreateDatabase struct {
	Span
	Name        Ident
	Containment string
	Collation   string
	Options     []DatabaseOption
}

// AlterDatabase is ALTER DATABASE. Exactly one of Collation, NewName and
// Options is set. Current means ALTER DATABASE CURRENT, Name is empty then.
type AlterDatabase struct {
	Span
	Name        Ident
	Current     bool
	Collation   string
	NewName     *Ident
	Options     []DatabaseOption
	Termination string // "", "ROLLBACK IMMEDIATE", "ROLLBACK AFTER 5 SECONDS", "NO_WAIT"
}

// DatabaseOption is one option of SET or WITH, in upper case: ONLINE, OFFLINE,
// EMERGENCY, READ_ONLY, READ_WRITE, SINGLE_USER, RESTRICTED_USER, MULTI_USER
// have no Value; TRUSTWORTHY, DB_CHAINING, ALLOW_SNAPSHOT_ISOLATION,
// READ_COMMITTED_SNAPSHOT and their like have ON or OFF; RECOVERY, CONTAINMENT,
// COMPATIBILITY_LEVEL, PAGE_VERIFY, … have a word or a number.
type DatabaseOption struct {
	Pos
	Name, Value string
}

// DropDatabase is DROP DATABASE.
type DropDatabase struct {
	Span
	IfExists bool
	Names    []Ident
}

// Use is USE.
type Use struct {
	Span
	Database Ident
}
