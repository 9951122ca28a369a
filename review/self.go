package review

import (
	"slices"
	"strings"

	"grantree/policy"
)

// themselves reports whether a reviewer is the person whom a row is about: by the name, the
// full name, the login or the address that the policy has of one of its people.
func themselves(p *policy.Policy, reviewer string, row Row) bool {
	same := func(x, y string) bool { return x != "" && plain(x) == plain(y) }
	if same(reviewer, row.Person) || same(reviewer, row.FullName) {
		return true
	}
	return slices.ContainsFunc(p.Users, func(u *policy.User) bool {
		names := []string{u.Name, u.FullName, u.Login, u.Email}
		is := func(name string) func(string) bool { return func(x string) bool { return same(name, x) } }
		return slices.ContainsFunc(names, is(reviewer)) && slices.ContainsFunc(names, is(row.Person))
	})
}

// plain is a name's key however many spaces stand in it.
func plain(name string) string { return fold(strings.Join(strings.Fields(name), " ")) }
