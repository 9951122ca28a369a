package adoption

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/policy"
)

// persons makes a [[user]] of every account that can be one and is in a group.
func (im *importer) persons(d *draft) {
	im.people = map[*holder]*user{}
	by := map[string]*user{}
	for _, x := range im.sites {
		for _, h := range x.list {
			if h.isRole() || h.unfit != "" || len(im.groupsOf(h)) == 0 {
				continue
			}
			u := by[fold(h.Name)]
			if u == nil {
				u = &user{name: h.Name, login: h.login, auth: h.auth}
				u.told = h.auth == policy.AuthEntra
				by[fold(h.Name)] = u
				d.users = append(d.users, u)
			}
			u.in, im.people[h] = append(u.in, h), u
			if h.Type.IsGroup() {
				u.note = "a group of Windows or Entra: whoever is in it enters, and it is counted as one seat"
			}
		}
	}
	im.baselines(d)
	for _, u := range d.users {
		im.places(u)
		im.own(u)
		im.more(u)
		u.groups = slices.DeleteFunc(u.groups, func(name string) bool {
			return !slices.ContainsFunc(u.sites, func(x *site) bool { return len(im.here([]string{name}, x)) > 0 })
		})
	}
	slices.SortFunc(d.users, func(a, b *user) int {
		return cmp.Or(strings.Compare(fold(a.name), fold(b.name)), strings.Compare(a.name, b.name))
	})
}

// groupsOf lists the groups that an account is in, or is to be put into.
func (im *importer) groupsOf(h *holder) []*group {
	if im.extra != nil && im.isRest(h) {
		return []*group{im.extra}
	}
	return im.rolesOf(h)
}

// rolesOf lists the groups whose roles an account is in.
func (im *importer) rolesOf(h *holder) []*group {
	var out []*group
	for _, id := range h.in {
		if g := im.groups[h.site.by[id]]; g != nil && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// baselines decides whether the vendor's baseline is one here: every person is in
// it in each of its sites.
func (im *importer) baselines(d *draft) {
	for _, g := range d.groups {
		if g.vendor == nil || !g.vendor.Baseline {
			continue
		}
		all := true
		for h := range im.people {
			all = all && (!g.isIn(h.site) || slices.Contains(im.groupsOf(h), g))
		}
		if all != d.extends { // else it is so without a word
			g.baseline = &all
		}
		if g.baseline != nil && g.asVendor {
			g.asVendor, g.shape = false, shape{copies: g.vendor.Name}
		}
	}
}

// isBaseline reports whether everybody is in a group without its being named.
func (d *group) isBaseline(extends bool) bool {
	if d.baseline != nil {
		return *d.baseline
	}
	return extends && d.vendor != nil && d.vendor.Baseline
}

// named is the groups of an account as its person's line names them.
func (im *importer) named(h *holder) []string {
	var out, base []string
	for _, g := range im.groupsOf(h) {
		if g.baseline != nil && *g.baseline || g.baseline == nil && g.vendor != nil && g.vendor.Baseline && im.extending {
			base = append(base, g.name)
		} else {
			out = append(out, g.name)
		}
	}
	if len(out) == 0 {
		out = base
	}
	slices.Sort(out)
	return out
}

// places says in which sites a person is in which groups: one list where it holds
// in all of them, for a group counts where it is, else an at for those that differ.
func (im *importer) places(u *user) {
	var lists [][]string
	var union []string
	for _, h := range u.in {
		lists = append(lists, im.named(h))
		union = append(union, lists[len(lists)-1]...)
	}
	slices.Sort(union)
	options := append([][]string{slices.Compact(union)}, lists...)
	best, most := 0, -1
	for i, o := range options {
		n := 0
		for k, h := range u.in {
			if slices.Equal(im.here(o, h.site), lists[k]) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	u.groups = slices.Clone(options[best])
	for k, h := range u.in {
		if slices.Equal(im.here(u.groups, h.site), lists[k]) {
			u.sites = append(u.sites, h.site)
			continue
		}
		i := slices.IndexFunc(u.at, func(e *elsewhere) bool { return slices.Equal(e.groups, lists[k]) })
		if i < 0 {
			i = len(u.at)
			u.at = append(u.at, &elsewhere{groups: lists[k]})
		}
		u.at[i].sites = append(u.at[i].sites, h.site)
	}
}

// here returns the groups of a list that a site has.
func (im *importer) here(names []string, x *site) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		if im.extra != nil && im.extra.name == name {
			return !im.extra.isIn(x)
		}
		for _, g := range im.groups {
			if g.name == name {
				return !g.isIn(x)
			}
		}
		return true
	})
}

// own writes a person's own rows down: for all of their sites where those say the
// same, else for each by itself.
func (im *importer) own(u *user) {
	same := &group{granted: im.space.none(), denied: im.space.none()}
	alike, any := true, false
	for _, h := range u.in {
		alike = alike && same.takes(h)
		same.add(h)
		any = any || h.hasRows()
	}
	if !any {
		return
	}
	if alike {
		h := im.overrides(same.granted, same.denied, same.sites)
		u.allow, u.deny = h.allow, h.deny
		return
	}
	for _, h := range u.in {
		if !h.hasRows() {
			continue
		}
		e := im.apart(u, h)
		lines := im.overrides(h.granted, h.denied, []*site{h.site})
		e.allow, e.deny = lines.allow, lines.deny
	}
}

// overrides folds the rows of one person.
func (im *importer) overrides(granted, denied rights, sites []*site) shape {
	free := im.space.none()
	for n := range free {
		if !slices.ContainsFunc(sites, func(x *site) bool { return x.here[n] }) {
			free[n] = catalog.All
		}
	}
	return im.space.shaped(granted, denied, free, nil)
}

// apart gives a person an at for one site alone.
func (im *importer) apart(u *user, h *holder) *elsewhere {
	u.sites = slices.DeleteFunc(u.sites, func(x *site) bool { return x == h.site })
	for _, e := range u.at {
		e.sites = slices.DeleteFunc(e.sites, func(x *site) bool { return x == h.site })
	}
	u.at = slices.DeleteFunc(u.at, func(e *elsewhere) bool { return len(e.sites) == 0 })
	e := &elsewhere{sites: []*site{h.site}, groups: im.named(h)}
	u.at = append(u.at, e)
	return e
}
