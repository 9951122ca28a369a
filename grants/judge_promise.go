package grants

import "grantree/catalog"

// promised is what the policy alone gives one of its users, by place of the
// view (see Promise).
func (j *judge) promised(user string) []catalog.Permissions {
	gives := j.promise.Of(j.promise.Tokens(user))
	out := make([]catalog.Permissions, len(j.views))
	for at, i := range j.inPromise() {
		if i >= 0 {
			out[at] = gives[i]
		}
	}
	return out
}

// inPromise is the place of each view in the promise, or -1.
func (j *judge) inPromise() []int {
	if j.promises == nil {
		j.promises = make([]int, len(j.views))
		for at, v := range j.views {
			j.promises[at] = -1
			if i, ok := j.promise.PlaceIn(j.a.m.schemaName(j.a.m.views[v].Schema), j.a.m.views[v].Name); ok {
				j.promises[at] = i
			}
		}
	}
	return j.promises
}
