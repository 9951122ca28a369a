package grants

import "grantree/catalog"

// promised is what the policy alone gives one of its users, by place of the
// view (see Promise).
func (j *judge) promised(user string) []catalog.Permissions {
	gives := j.promise.Of(j.promise.Tokens(user))
	out := make([]catalog.Permissions, len(j.views))
	for at, v := range j.views {
		if i, ok := j.promise.PlaceIn(j.a.m.schemaName(j.a.m.views[v].Schema), j.a.m.views[v].Name); ok {
			out[at] = gives[i]
		}
	}
	return out
}
