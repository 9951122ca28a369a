package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// principals decides about every wanted role and user: take it as it is, make
// it, or refuse it with a finding.
func (d *differ) principals() {
	d.replaced = map[string]int{}
	seen := make(map[string]bool, len(d.to.Roles)+len(d.to.Users))
	for _, r := range inOrder(d.to.Roles, func(a, b WantedRole) int { return strings.Compare(a.Name, b.Name) }) {
		if d.first(seen, r.Name) && d.role(r) {
			d.accepted = append(d.accepted, r.Name)
		}
	}
	for _, u := range inOrder(d.to.Users, func(a, b WantedUser) int { return strings.Compare(a.Name, b.Name) }) {
		if d.first(seen, u.Name) && d.user(u) {
			d.accepted = append(d.accepted, u.Name)
		} else if p, ok := d.ix.principal(u.Name); ok {
			d.spared[d.ix.principals[p].ID] = true
		}
	}
}

// inOrder is a list in an order: itself where it is in it already.
func inOrder[T any](list []T, compare func(a, b T) int) []T {
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	out := slices.Clone(list)
	slices.SortFunc(out, compare)
	return out
}

// first notes a wanted name and reports whether it is new.
func (d *differ) first(seen map[string]bool, name string) bool {
	key := d.from.Collation.Key(name)
	if seen[key] {
		d.plan.Findings.Errorf(finding.NameTwice, d.whereIs(name), "give one of them another name",
			"%q is wanted twice: a role and a user, or two that the site's collation does not tell apart", name)
		return false
	}
	seen[key] = true
	return true
}

func (d *differ) role(r WantedRole) bool {
	p, exists := d.ix.principal(r.Name)
	if !exists {
		d.create(r.Name, DatabaseRole)
		d.add(phaseCreateRole, Change{Kind: CreateRole, Principals: []string{r.Name}, Causes: []Cause{r.Cause}})
		return true
	}
	found := d.ix.principals[p]
	switch {
	case isBuiltIn(found.ID) || found.Fixed:
		d.plan.Findings.Errorf(finding.NameReserved, r.Cause.Pos, "give the group another role",
			"%q is a name that every database has", r.Name)
	case found.Type != DatabaseRole:
		d.plan.Findings.Errorf(finding.NameTaken, r.Cause.Pos, "give the group another role, or drop the user first",
			"the role %q cannot be made: the site has a user of that name", r.Name)
	case found.Managed:
		return true
	case d.adopts(r.Name):
		d.add(phaseMark, Change{Kind: Mark, Principals: []string{found.Name}, Causes: []Cause{r.Cause}})
		return true
	default:
		d.plan.Findings.Errorf(finding.RoleNotManaged, r.Cause.Pos, "adopt it: [policy] adopt = [\""+r.Name+"\"]",
			"the role %q is in the site already%s and was not made by grantree", found.Name, d.sameAs(found.Name, r.Name))
	}
	return false
}

// sameAs says that a name of the site is the policy's in another spelling.
func (d *differ) sameAs(held, wanted string) string {
	if held == wanted {
		return ""
	}
	return fmt.Sprintf(", which is %q by its collation %s,", wanted, d.from.Collation.Name)
}

func (d *differ) adopts(role string) bool {
	return slices.ContainsFunc(d.options.Adopt, func(name string) bool {
		return name == "*" || d.from.Collation.Equal(name, role)
	})
}

// seesLogins reports whether a login that is not listed does not exist. A
// server always lists the login that asks, so an empty list is no list.
func (d *differ) seesLogins() bool { return d.from.LoginsVisible && len(d.from.Logins) > 0 }

// create notes a principal that the plan makes.
func (d *differ) create(name string, kind PrincipalType) {
	d.created = append(d.created, Principal{ID: -1 - len(d.created), Name: name, Type: kind, Owner: DboID, Managed: true})
}

// whereIs finds the line of the second thing that wants a name.
func (d *differ) whereIs(name string) (where finding.Pos) {
	for _, r := range d.to.Roles {
		if d.from.Collation.Equal(r.Name, name) {
			where = r.Cause.Pos
		}
	}
	for _, u := range d.to.Users {
		if d.from.Collation.Equal(u.Name, name) {
			where = u.Cause.Pos
		}
	}
	return where
}
