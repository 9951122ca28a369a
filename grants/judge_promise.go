package grants

import (
	"grantree/catalog"
)

// promise is what the policy wants of one grantee, by place of the view.
type promise struct{ grant, deny []catalog.Permissions }

// promises gathers the wanted rows by grantee, and who is wanted in which role.
func (j *judge) promises() {
	j.wants, j.memberOf = map[string]*promise{}, map[string][]string{}
	for _, e := range j.w.Entries {
		v, ok := j.a.m.viewIn(e.Schema, e.View)
		at, ours := j.place[v]
		if !ok || !ours {
			continue
		}
		key := j.w.Collation.Key(e.Grantee)
		p := j.wants[key]
		if p == nil {
			p = &promise{make([]catalog.Permissions, len(j.views)), make([]catalog.Permissions, len(j.views))}
			j.wants[key] = p
		}
		if e.State == Denied {
			p.deny[at] |= e.Permission
		} else {
			p.grant[at] |= e.Permission
		}
	}
	for _, m := range j.w.Members {
		key := j.w.Collation.Key(m.User)
		j.memberOf[key] = append(j.memberOf[key], j.w.Collation.Key(m.Role))
	}
}

// promised is what the policy alone gives one of its users (see Promise).
func (j *judge) promised(user string) []catalog.Permissions {
	key := j.w.Collation.Key(user)
	grant, deny := make([]catalog.Permissions, len(j.views)), make([]catalog.Permissions, len(j.views))
	for _, grantee := range append([]string{key}, j.memberOf[key]...) {
		p := j.wants[grantee]
		for i := range j.views {
			if p != nil {
				grant[i] |= p.grant[i]
				deny[i] |= p.deny[i]
			}
		}
	}
	for i := range grant {
		grant[i] = grant[i].Minus(deny[i])
	}
	return grant
}
