package grants

import "grantree/catalog"

// Promise is what the policy alone gives each of its users in the site: the
// union of their groups' and their own grants, less what a DENY on any of
// these takes away. Keys are folded by the site's collation: user, then view.
// It knows nothing of what else the site holds; Access does.
func (w *Wanted) Promise() map[string]map[string]catalog.Permissions {
	key := w.Collation.Key
	granted, denied := w.byGrantee(Granted), w.byGrantee(Denied)
	grantees := map[string][]string{}
	for _, u := range w.Users {
		grantees[key(u.Name)] = []string{key(u.Name)}
	}
	for _, m := range w.Members {
		if _, known := grantees[key(m.User)]; known {
			grantees[key(m.User)] = append(grantees[key(m.User)], key(m.Role))
		}
	}
	out := make(map[string]map[string]catalog.Permissions, len(grantees))
	for user, sources := range grantees {
		may := map[string]catalog.Permissions{}
		for _, g := range sources {
			for view, p := range granted[g] {
				may[view] = may[view].Union(p)
			}
		}
		for _, g := range sources {
			for view, p := range denied[g] {
				may[view] = may[view].Minus(p)
			}
		}
		out[user] = may
	}
	return out
}

// byGrantee gathers the entries of one state: grantee, view, permissions.
func (w *Wanted) byGrantee(state State) map[string]map[string]catalog.Permissions {
	out := map[string]map[string]catalog.Permissions{}
	for _, e := range w.Entries {
		if e.State != state {
			continue
		}
		g := w.Collation.Key(e.Grantee)
		if out[g] == nil {
			out[g] = map[string]catalog.Permissions{}
		}
		v := w.Collation.Key(e.View)
		out[g][v] = out[g][v].Union(e.Permission)
	}
	return out
}
