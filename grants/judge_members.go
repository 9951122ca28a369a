package grants

import (
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// members judges who is in what: fixed roles, whose rights no row shows
// (reference A.6), and the roles of the policy's own groups. What a stranger's
// role brings is said of its rows.
func (j *judge) members() {
	for _, m := range j.s.Members {
		p, ok := j.a.m.byID[m.Member]
		role, known := j.a.m.byID[m.Role]
		switch {
		case !ok || !known || m.Member == DboID:
		case isBuiltIn(m.Role):
			j.fixedMember(role, p)
		case j.roles[role] && !j.isWanted(role, p):
			j.extraMember(role, p)
		}
	}
}

// fixedMember judges a member of a fixed role: by its rights on views and
// tables, its powers, or what it takes.
func (j *judge) fixedMember(role, p int) {
	fixed := j.a.m.principals[role]
	grant, deny := fixedRights(fixed.ID)
	who, _ := j.charged(p, func(int) catalog.Permissions { return grant })
	if !grant.IsEmpty() && len(j.behind) > 0 {
		who = append(who, j.open(p, grant)...)
	}
	powers, _ := fixedPowers(fixed.ID)
	for _, name := range powers {
		if slices.Contains(powersOf[onDatabase], name) {
			who = append(who, j.empowered(p, securable{onDatabase, 0}, name)...)
		}
	}
	accepted := j.named(fixed.Name, j.s.Collation)
	who = slices.DeleteFunc(who, func(i int) bool {
		return j.people[i].mayAlso(fixed.Name) || accepted != nil && accepted.May.Has(catalog.All)
	})
	verb := "is a member of"
	if !deny.IsEmpty() {
		who, verb = j.deprived(p, deny), "loses what the policy gives: it is a member of"
	}
	if len(who) > 0 {
		f := j.blame(finding.FixedRole, p, verb, "", fixed.Name, who, j.dropMember(role, p))
		f.accept = deny.IsEmpty()
	}
}

// deprived lists those who act as p and from whom these permissions are taken
// although the policy gives them.
func (j *judge) deprived(p int, taken catalog.Permissions) []int {
	var out []int
	for _, i := range j.reach[p] {
		if x := j.people[i]; x.wanted >= 0 && slices.ContainsFunc(x.may, func(may catalog.Permissions) bool { return !may.Intersect(taken).IsEmpty() }) {
			out = append(out, i)
		}
	}
	return out
}

// extraMember judges a membership in a group's role that the policy does not
// say. That nobody gains by it, or that an outsider is accepted, leaves it one:
// whoever is in the role has what it gets next.
func (j *judge) extraMember(role, p int) {
	who, pairs := j.charged(p, func(v int) catalog.Permissions { return j.through(role, v) })
	if len(who) == 0 {
		// A plan takes them out whatever they have otherwise.
		who = slices.Clone(j.reach[p])
	}
	// One finding for each role: each brings something else.
	name := j.a.m.principals[role].Name
	f := j.note(j.key(finding.ExtraMember, j.a.m.principals[p].Name+"\x00"+name), j.subject(p), j.self(p),
		fmt.Sprintf("is in %q, which the policy does not say", name), "", "", who)
	if j.awaits(p) {
		f.words = "run \"grantree plan\": the user gets its new name first"
	} else if r := j.dropMember(role, p); !slices.ContainsFunc(f.remedies, r.equal) {
		f.remedies = append(f.remedies, r)
	}
	for _, pair := range pairs {
		f.pairs[pair] = true
	}
	f.accept = false
}

// awaits reports whether an account is that of somebody of the policy who is to
// get another name here: what they are in is theirs then.
func (j *judge) awaits(p int) bool {
	name := j.a.m.principals[p].Name
	return isAccount(j.a.m.principals[p]) && slices.ContainsFunc(j.w.Users, func(u WantedUser) bool { return u.Was != "" && j.s.Collation.Equal(u.Was, name) })
}

func (j *judge) dropMember(role, p int) Remedy {
	return Remedy{Kind: RemedyDropMember, On: Securable{Class: "ROLE", Name: j.a.m.principals[role].Name}, Principal: j.a.m.principals[p].Name}
}

// owners judges who owns the catalog's views, what stands behind and beside
// them, their schemas, and the policy's roles: an owner may do everything, and
// no DENY binds them (reference C.1).
func (j *judge) owners() {
	all := func(here map[int]bool) func(v int) catalog.Permissions {
		return func(v int) catalog.Permissions {
			if here[v] {
				return catalog.All
			}
			return catalog.None
		}
	}
	for _, v := range j.views {
		view := j.a.m.views[v]
		if j.mender.schemaOwner(view.Schema) == view.Owner {
			continue // said of the schema
		}
		who, _ := j.chargedOwner(view.Owner, all(map[int]bool{v: true}))
		j.owner(view.Owner, who, j.a.m.viewName(v), ClassObject, view.ID)
	}
	for _, schema := range j.a.m.schemas {
		if !j.matters(securable{onSchema, schema.ID}) {
			j.rewritesOwn(schema)
			continue
		}
		here := map[int]bool{}
		for _, v := range j.views {
			here[v] = j.a.m.views[v].Schema == schema.ID
		}
		who, _ := j.chargedOwner(schema.Owner, all(here))
		if p, ok := j.a.m.byID[schema.Owner]; ok && len(who) == 0 {
			who = j.open(p, catalog.All)
		}
		j.owner(schema.Owner, who, "the schema "+schema.Name, ClassSchema, schema.ID)
	}
	for _, table := range j.behindSorted() {
		owner := j.a.objects.owner(table)
		if j.mender.schemaOwner(j.a.objects.schema(table)) == owner {
			continue
		}
		if p, ok := j.a.m.byID[owner]; ok {
			j.owner(owner, j.open(p, catalog.All), j.stands(table), ClassObject, table)
		}
	}
	for p, role := range j.a.m.principals {
		if role.Type != DatabaseRole || isBuiltIn(role.ID) || !j.matters(securable{onRole, role.ID}) {
			continue
		}
		if owner, ok := j.a.m.byID[role.Owner]; ok && role.Owner != DboID {
			who := slices.DeleteFunc(slices.Clone(j.reach[owner]), func(i int) bool { return j.people[i].all || j.people[i].mayAlso("TAKE OWNERSHIP") })
			if len(who) > 0 {
				j.blame(finding.Owner, owner, "owns", "", j.target(securable{onRole, j.a.m.principals[p].ID}), who, toDbo(Securable{Class: "ROLE", Name: role.Name}))
			}
		}
	}
}

func (j *judge) chargedOwner(id int, rights func(v int) catalog.Permissions) ([]int, [][2]int) {
	p, ok := j.a.m.byID[id]
	if !ok || id == DboID {
		return nil, nil
	}
	return j.charged(p, rights)
}

func (j *judge) owner(id int, who []int, target string, class Class, owned int) {
	if p, ok := j.a.m.byID[id]; ok && id != DboID && len(who) > 0 {
		on, _ := j.mender.securable(class, owned)
		j.blame(finding.Owner, p, "owns", "", target, who, toDbo(on))
	}
}

// rewritesOwn judges the owner of a schema that holds what belongs to an owner
// of the catalog's data: they can change it as they like.
func (j *judge) rewritesOwn(schema Schema) {
	p, ok := j.a.m.byID[schema.Owner]
	if !ok || schema.Owner == DboID {
		return
	}
	who := slices.DeleteFunc(j.open(p, catalog.All), func(i int) bool {
		return !j.rewritable(j.a.tokenOf(j.people[i].user, nil), securable{onSchema, schema.ID})
	})
	j.owner(schema.Owner, who, "the schema "+schema.Name, ClassSchema, schema.ID)
}
