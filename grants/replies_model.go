package grants

import "grantree/catalog"

// Replies is what a server would answer about each account of a site, by the model
// alone: for CompareReplies where no server is asked.
func (a *Access) Replies(managed func(view string) bool) []Reply {
	var views []int
	for v, view := range a.m.views {
		if managed(view.Name) {
			views = append(views, v)
		}
	}
	out := make([]Reply, 0, len(a.users))
	for _, u := range a.users {
		r := Reply{User: a.m.principals[u].Name, May: map[string]catalog.Permissions{}}
		for i, p := range a.ofAll(u, views) {
			if !p.IsEmpty() {
				r.May[a.m.viewName(views[i])] = p
			}
		}
		out = append(out, r)
	}
	return out
}
