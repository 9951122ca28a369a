package policy

import (
	"grantree/finding"
	"grantree/grants"
)

// principal is a role or user that the policy wants in a site.
type principal struct {
	what, name, of string // "role", its name and the group, or "user" and the name
	pos            finding.Pos
}

// checkCollisions objects to principals that are one name to the site's
// collation: roles and users share one name space (error 15023). Two of a kind
// that are spelt alike were reported by Parse.
func (b *builder) checkCollisions() {
	seen := make(map[string]principal, len(b.w.Roles)+len(b.w.Users))
	for _, r := range b.w.Roles {
		b.collide(seen, principal{"role", r.Name, r.Group, r.Cause.Pos})
	}
	for _, u := range b.w.Users {
		b.collide(seen, principal{"user", u.Name, u.Name, u.Cause.Pos})
	}
	logins := make(map[string]*grants.WantedUser, len(b.w.Users))
	for i := range b.w.Users {
		u := &b.w.Users[i]
		key := b.s.ServerCollation.Key(u.Login)
		if before := logins[key]; before != nil && before.Login != u.Login {
			b.findings.Errorf(finding.DuplicateLogin, u.Cause.Pos, "give each person a login",
				"users %q (%s) and %q have one login on the server of site %q: %q", before.Name, before.Cause.Pos, u.Name, b.s.Site, u.Login)
		}
		logins[key] = u
	}
}

// collide objects where the name of x is taken.
func (b *builder) collide(seen map[string]principal, x principal) {
	key := b.s.Collation.Key(x.name)
	before, taken := seen[key]
	seen[key] = x
	if !taken || before.what == x.what && before.of == x.of {
		return
	}
	switch {
	case before.what != x.what:
		b.findings.Errorf(finding.DuplicatePrincipal, x.pos, `give the group another role with role = "…"`,
			"in site %q the user %q has the name of the role of group %q (%s)", b.s.Site, x.name, before.of, before.pos)
	case x.what == "user":
		b.findings.Errorf(finding.DuplicateUser, x.pos, "rename or remove one of them",
			"users %q (%s) and %q are one name in site %q, by its collation %s", before.name, before.pos, x.name, b.s.Site, b.s.Collation.Name)
	case before.name != x.name:
		b.findings.Errorf(finding.DuplicateGroup, x.pos, "rename or remove one of them",
			"groups %q (%s) and %q have one role in site %q, by its collation %s", before.of, before.pos, x.of, b.s.Site, b.s.Collation.Name)
	}
}
