package grants

import (
	"strings"

	"golang.org/x/text/cases"
)

// Collation says when two names are the same name to a database. Principals,
// schemas and objects compare in the database's collation, logins in the
// server's (reference A.8). The zero Collation is case-insensitive, as the
// servers of this application are by default.
type Collation struct {
	Name          string
	CaseSensitive bool
}

// ParseCollation reads a collation name as sys.databases reports it. Names
// with _CS_ or a binary suffix are case-sensitive; an empty name (a database
// that is offline) is case-insensitive, which never merges too little.
func ParseCollation(name string) Collation {
	upper := strings.ToUpper(name) + "_"
	sensitive := strings.Contains(upper, "_CS_") || strings.Contains(upper, "_BIN_") || strings.Contains(upper, "_BIN2_")
	return Collation{Name: name, CaseSensitive: sensitive}
}

// Key returns a string that is equal for equal names: trailing spaces are not
// significant, and case is folded unless the collation distinguishes it.
func (c Collation) Key(name string) string {
	name = strings.TrimRight(name, " ")
	if c.CaseSensitive {
		return name
	}
	return cases.Fold().String(name)
}

// Equal reports whether a and b are the same name.
func (c Collation) Equal(a, b string) bool { return a == b || c.Key(a) == c.Key(b) }
