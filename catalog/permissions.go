package catalog

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"grantree/finding"
)

// Permissions is a set of the four permissions that a view can carry. The zero
// value is the empty set.
type Permissions uint8

// The four permissions, the empty set and the full one.
const (
	Select Permissions = 1 << iota
	Insert
	Update
	Delete

	None Permissions = 0
	All              = Select | Insert | Update | Delete
)

// permissionNames is in the order of the bits.
var permissionNames = [...]string{"SELECT", "INSERT", "UPDATE", "DELETE"}

// Has reports whether every permission of q is in p.
func (p Permissions) Has(q Permissions) bool { return p&q == q }

// Union returns the permissions that are in p or in q.
func (p Permissions) Union(q Permissions) Permissions { return (p | q) & All }

// Intersect returns the permissions that are in both p and q.
func (p Permissions) Intersect(q Permissions) Permissions { return p & q & All }

// Minus returns the permissions of p that are not in q.
func (p Permissions) Minus(q Permissions) Permissions { return p &^ q & All }

// IsEmpty reports whether p holds no permission.
func (p Permissions) IsEmpty() bool { return p&All == 0 }

// Len returns how many permissions p holds.
func (p Permissions) Len() int { return bits.OnesCount8(uint8(p & All)) }

// Each returns the permissions of p one by one, in the order SELECT, INSERT,
// UPDATE, DELETE.
// The list is shared and not to be changed.
func (p Permissions) Each() []Permissions { return each[p&All] }

// each is what Each returns, for every set: it is asked for each row of a site.
var each = func() (out [All + 1][]Permissions) {
	for p := range out {
		for i := range permissionNames {
			if one := Permissions(1) << i; Permissions(p).Has(one) {
				out[p] = append(out[p], one)
			}
		}
		out[p] = slices.Clip(out[p])
	}
	return out
}()

// Names returns the names of the permissions of p in upper case, in the order
// SELECT, INSERT, UPDATE, DELETE.
func (p Permissions) Names() []string {
	out := []string{}
	for i, name := range permissionNames {
		if p.Has(1 << i) {
			out = append(out, name)
		}
	}
	return out
}

// String returns the names joined by commas: "SELECT, UPDATE". The empty set
// is the empty string.
func (p Permissions) String() string { return strings.Join(p.Names(), ", ") }

// Words returns the names of the permissions of p as files write them: in lower
// case, in the order of Names.
func (p Permissions) Words() []string {
	out := p.Names()
	for i, name := range out {
		out[i] = strings.ToLower(name)
	}
	return out
}

// ParsePermission reads one permission; case is ignored. The error suggests
// the nearest spelling.
func ParsePermission(word string) (Permissions, error) {
	for i, name := range permissionNames {
		if strings.EqualFold(word, name) {
			return 1 << i, nil
		}
	}
	if near := finding.Nearest(word, permissionNames[:]); near != "" {
		return None, fmt.Errorf("unknown permission %q: did you mean %q?", word, strings.ToLower(near))
	}
	return None, fmt.Errorf("unknown permission %q: use select, insert, update or delete", word)
}
