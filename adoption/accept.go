package adoption

import (
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// acceptLeast makes outsiders of those whom mismatches of a site are about, with
// the fewest permissions with which the site is judged as with all that they were
// found to have. It leaves out whom no [[outsider]] helps, and gives all of that to
// whom fewer have not helped. Who would need more than was found it notes in short.
func (im *importer) acceptLeast(c policy.SiteCheck, accepts grants.Acceptance, names []string) bool {
	i := slices.IndexFunc(im.sites, func(x *site) bool { return x.Name == c.Snapshot.Site })
	if len(names) == 0 || i < 0 {
		return false
	}
	judged := func(may map[string]catalog.Permissions) map[string][]string {
		a := accepts
		a.Outsiders = nil
		for _, name := range names {
			a.Outsiders = append(a.Outsiders, grants.Outsider{Name: name, May: may[name], Reason: im.reason()})
		}
		for _, o := range accepts.Outsiders {
			if _, taken := may[o.Name]; !taken {
				a.Outsiders = append(a.Outsiders, o)
			}
		}
		return about(grants.Judge(c.Snapshot, c.Wanted, a, im.Statement).Mismatches)
	}
	now, most, all := map[string]catalog.Permissions{}, map[string]catalog.Permissions{}, map[string]catalog.Permissions{}
	for _, name := range names {
		now[name], most[name], all[name] = catalog.None, im.sites[i].found(name), catalog.All
		for _, o := range accepts.Outsiders {
			if o.Name == name {
				now[name] = o.May
			}
		}
	}
	was, best := judged(now), judged(most)
	if everything := judged(all); !maps.Equal(most, all) {
		for _, name := range names {
			im.short[[2]string{c.Snapshot.Site, name}] = !slices.Equal(best[name], everything[name])
		}
	}
	if maps.EqualFunc(was, best, slices.Equal) {
		return false
	}
	least := maps.Clone(most)
	for _, one := range catalog.All.Each() {
		fewer := maps.Clone(most)
		for _, name := range names {
			fewer[name] = fewer[name].Minus(one)
		}
		without := judged(fewer)
		for _, name := range names {
			if slices.Equal(without[name], best[name]) {
				least[name] = least[name].Minus(one)
			}
		}
	}
	again := false
	for _, name := range names {
		key := [2]string{c.Snapshot.Site, name}
		before, tried := im.may[key]
		if slices.Equal(best[name], was[name]) || tried && before == most[name] {
			continue
		}
		may := least[name]
		if tried || may.IsEmpty() {
			may = most[name]
		}
		im.may[key], again = may, true
	}
	return again
}

// about is what is said of each, by whom it is about.
func about(found finding.List) map[string][]string {
	out := map[string][]string{}
	for _, f := range found {
		out[subjectOf(f)] = append(out[subjectOf(f)], f.Message)
	}
	for _, said := range out {
		slices.Sort(said)
	}
	return out
}
