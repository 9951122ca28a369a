package adoption

import (
	"fmt"

	"grantree/finding"
	"grantree/grants"
)

// owners tells what belongs to somebody else than dbo: an owner may do everything
// with what is theirs, whatever a policy says (reference C.3). What is in a schema
// belongs to the schema's owner, unless it has one of its own.
func (r *reporter) owners(x *site) {
	const everything = "the owner may do everything with %s, and give it to others"
	ofSchema := map[int]int{}
	for _, s := range x.snap.Schemas {
		ofSchema[s.ID] = s.Owner
		if h := x.by[s.Owner]; h != nil && h.Name == s.Name && (h.Fixed || h.ID < grants.FirstUserID) {
			continue // every database has it
		}
		r.owned(x, s.Owner, x.reaching[s.ID], grants.Securable{Class: "SCHEMA", Name: s.Name}, "the schema "+s.Name, fmt.Sprintf(everything, "what is in it"))
	}
	object := func(id, schema, owner int, name string) {
		if owner == ofSchema[schema] {
			return // told of the schema
		}
		_, view := x.views[id]
		_, way := x.way(id)
		r.owned(x, owner, view || way, grants.Securable{Class: "OBJECT", Schema: x.schema(schema), Name: name}, x.schema(schema)+"."+name, fmt.Sprintf(everything, "it"))
	}
	for _, v := range x.snap.Views {
		object(v.ID, v.Schema, v.Owner, v.Name)
	}
	for _, o := range x.snap.Objects {
		if o.Parent == 0 { // a trigger is its table's
			object(o.ID, o.Schema, o.Owner, o.Name)
		}
	}
	for _, h := range x.list {
		switch {
		case h.isRole():
			r.owned(x, h.Owner, true, grants.Securable{Class: "ROLE", Name: h.Name}, fmt.Sprintf("the role %q", h.Name), "the owner may put anybody into it, rename it and drop it")
		case h.Type == grants.ApplicationRole:
			r.owned(x, h.Owner, false, grants.Securable{Class: "APPLICATION ROLE", Name: h.Name}, fmt.Sprintf("the application role %q", h.Name), "the owner may change its password and drop it")
		}
	}
	if login, ok := x.loginOf(x.snap.OwnerSID); ok && login.SID != grants.SASID {
		var remedies []grants.Remedy
		if sa, ok := x.loginOf(grants.SASID); ok {
			remedies = append(remedies, grants.Remedy{Kind: grants.RemedyOwner, On: grants.Securable{Class: "DATABASE", Name: x.snap.Database}, To: sa.Name})
		}
		r.note(x, finding.Note, finding.ImportOwner, "unless it is meant", remedies, nil, nil, "the login %q owns the database: it is dbo there, and may do everything", login.Name)
	}
}

// owned tells of one thing. It weighs more where it reaches the views, or who is in
// a group.
func (r *reporter) owned(x *site, owner int, reaches bool, on grants.Securable, what, may string) {
	h := x.by[owner]
	if h == nil || owner == grants.DboID || owner == 3 || owner == 4 { // INFORMATION_SCHEMA and sys
		return
	}
	severity := finding.Note
	if reaches {
		severity = finding.Warning
	}
	r.note(x, severity, finding.ImportOwner, "unless it is meant", []grants.Remedy{{Kind: grants.RemedyOwner, On: on, To: "dbo"}}, nil, nil,
		"the %s %q owns %s: %s", kindOf(h), h.Name, what, may)
}
