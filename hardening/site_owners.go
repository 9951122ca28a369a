package hardening

import (
	"fmt"

	"grantree/finding"
	"grantree/grants"
)

// dropsRows is the caveat of a change of owner (reference D.8).
const dropsRows = "every permission on it goes with the change of owner: run grantree plan after it"

// owners finds what belongs to people: an owner may do everything, and no DENY
// binds them (reference C.1).
func (j *site) owners() {
	schema := map[int]grants.Schema{}
	for _, s := range j.s.Schemas {
		schema[s.ID] = s
		j.owner(s.Owner, "the schema "+s.Name, schemas+": "+s.Name, grants.Securable{Class: "SCHEMA", Name: s.Name})
	}
	object := func(owner, in int, name string) {
		if s := schema[in]; owner != s.Owner {
			full := s.Name + "." + name
			j.owner(owner, full, objects+": "+full, grants.Securable{Class: "OBJECT", Schema: s.Name, Name: name})
		}
	}
	for _, v := range j.s.Views {
		object(v.Owner, v.Schema, v.Name)
	}
	for _, o := range j.s.Objects {
		if o.Type != grants.Trigger && o.Type != grants.CLRTrigger { // a trigger is its table's (reference D.8)
			object(o.Owner, o.Schema, o.Name)
		}
	}
	for _, p := range j.s.Principals {
		if p.Type == grants.DatabaseRole && !p.Fixed {
			j.owner(p.Owner, fmt.Sprintf("the role %q", p.Name), databasePeople+": "+p.Name, grants.Securable{Class: "ROLE", Name: p.Name})
		}
	}
}

// owner adds something that belongs to a person. One finding is about one person
// and thing; what reaches the views is told already.
func (j *site) owner(id int, what, evidence string, on grants.Securable) {
	p, ok := j.byID[id]
	if !ok || !isPerson(p) || j.accepted(p, "TAKE OWNERSHIP") || j.said(finding.Owner, p.Name, what) {
		return
	}
	f := j.Warnf(finding.Owner, evidence+", owner "+p.Name, "%s owns %s", j.subject(p), what)
	f.About = p.Name
	if on.Class != "ROLE" {
		f.Caveat = dropsRows
	}
	j.mend(f, grants.Remedy{Kind: grants.RemedyOwner, On: on, To: "dbo"})
}
