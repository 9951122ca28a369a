package hardening

import (
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
)

// ofPolicies are the permissions that a policy gives on views.
var ofPolicies = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}

// direct finds permissions that are given to users and not to roles. What stands
// on the views of the catalog is the policy's business, which may give it to a
// person.
func (j *site) direct() {
	managed := j.managed()
	for _, p := range j.s.Principals {
		if !isPerson(p) || j.accepted(p, "") {
			continue
		}
		rows := j.rows(p.ID, func(row grants.PermissionRow) bool {
			return row.Class == grants.ClassDatabase && row.Name == "CONNECT" || row.Class == grants.ClassObject && managed[row.Major] && slices.Contains(ofPolicies, row.Name)
		})
		if len(rows) == 0 {
			continue
		}
		what := j.list(rows)
		f := j.Warnf(finding.DirectGrant, fmt.Sprintf("%s: %s, to %s", permissions, what, p.Name), "%s is granted %s", j.subject(p), what)
		f.About, f.Caveat = p.Name, "they lose it: give it to a role that they are in first"
		j.mend(f, grants.Revokes(j.s, rows)...)
	}
}

// managed are the ids of the views whose rows the policy manages.
func (j *site) managed() map[int]bool {
	out := map[int]bool{}
	if j.x.Wanted == nil {
		return out
	}
	names, schema := map[string]bool{}, map[int]string{}
	for _, v := range j.x.Wanted.Views {
		names[j.s.Collation.Key(v)] = true
	}
	for _, s := range j.s.Schemas {
		schema[s.ID] = s.Name
	}
	for _, v := range j.s.Views {
		if names[j.s.Collation.Key(v.Name)] || names[j.s.Collation.Key(schema[v.Schema]+"."+v.Name)] {
			out[v.ID] = true
		}
	}
	return out
}

// handed finds permissions that may be handed on.
func (j *site) handed() {
	var order []int
	rows := map[int][]grants.PermissionRow{}
	for _, row := range j.s.Permissions {
		if row.State != grants.GrantedWithGrant || row.Grantee == grants.DboID {
			continue
		}
		if rows[row.Grantee] == nil {
			order = append(order, row.Grantee)
		}
		rows[row.Grantee] = append(rows[row.Grantee], row)
	}
	for _, id := range order {
		p, ok := j.byID[id]
		if !ok || j.accepted(p, "") || slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Bypass && f.About == p.Name && f.Code == finding.GrantOption }) {
			continue
		}
		what := j.list(rows[id])
		f := j.Warnf(finding.GrantOption, fmt.Sprintf("%s: W, %s, to %s", permissions, what, p.Name), "%s may hand on %s", j.subject(p), what)
		f.About, f.Caveat = p.Name, "whoever has it from them loses it"
		remedies := grants.Revokes(j.s, rows[id])
		for i := range remedies {
			remedies[i].Kind = grants.RemedyRevokeOption
		}
		j.mend(f, remedies...)
	}
}

// modules finds what runs as somebody else than who calls it.
func (j *site) modules() {
	schema := map[int]string{}
	for _, s := range j.s.Schemas {
		schema[s.ID] = s.Name
	}
	for _, o := range j.s.Objects {
		name := schema[o.Schema] + "." + o.Name
		if !o.Type.IsModule() || o.ExecuteAs == 0 || slices.ContainsFunc(j.x.Accepted.Modules, func(m grants.AcceptedModule) bool { return j.s.Collation.Equal(m.Name, name) }) {
			continue
		}
		as := "its owner"
		if o.ExecuteAs > 0 {
			as = fmt.Sprintf("%q", j.byID[o.ExecuteAs].Name)
		}
		f := j.Notef(finding.ExecuteAs, fmt.Sprintf("%s: %s, execute_as_principal_id %d", modules, name, o.ExecuteAs), "%s runs as %s, whoever calls it", name, as)
		f.About, f.Fix = name, "see that it does no more than it should, and accept it as a [[module]]"
	}
}
