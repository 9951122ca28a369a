package security

import "grantree/sql/sandbox/internal/collate"

// DefaultCollation is the collation of a server that names none.
const DefaultCollation = collate.Default

// Collation compares the names of a server or a database.
type Collation = collate.Collation

// ParseCollation reads a collation's name; ok is false when it is not shaped
// like one.
func ParseCollation(name string) (c Collation, ok bool) { return collate.Parse(name) }
