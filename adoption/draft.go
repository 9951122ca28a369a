package adoption

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/policy"
)

// draft is the policy to be written.
type draft struct {
	extends   bool
	without   []string // vendor's groups
	adopt     []string
	admins    string // where the group of administrators is a guess
	groups    []*group
	users     []*user
	outsiders []*outsider
	waivers   []policy.Waiver
	seats     int
}

// group is a [[group]], or a vendor's that stands as it is.
type group struct {
	shape
	model     *model
	name      string
	role      string // where it is not the name
	sites     []*site
	in        []*holder // the roles that it is, one a site
	vendor    *policy.Group
	asVendor  bool  // nothing has to be said of it
	baseline  *bool // where it has to be said
	granted   rights
	denied    rights
	free      rights // on views that none of its sites has
	overrides bool   // its denies take from what others give
}

// user is a [[user]].
type user struct {
	name, login string
	auth        policy.Auth
	told        bool // auth has to be said
	in          []*holder
	sites       []*site // but those of at
	groups      []string
	allow, deny []line
	at          []*elsewhere
	also        []string // in all of their sites
	note        string
}

// elsewhere is a [[user.at]].
type elsewhere struct {
	sites       []*site
	groups      []string
	also        []string // beside the user's
	allow, deny []line
}

// outsider is an [[outsider]].
type outsider struct {
	name   string
	sites  []*site
	may    catalog.Permissions
	people int // -1: nobody knows
}

// families puts the roles that can be groups together by their names, and what
// they hold: one group for all sites where a role of one name holds the same.
func (im *importer) families() []*group {
	var out []*group
	by := map[string][]*group{}
	for _, x := range im.sites {
		for _, h := range x.list {
			if !h.isRole() || h.unfit != "" {
				continue
			}
			key := fold(h.Name)
			i := slices.IndexFunc(by[key], func(g *group) bool { return g.takes(h) })
			if i < 0 {
				g := &group{role: h.Name, granted: im.space.none(), denied: im.space.none()}
				by[key], out = append(by[key], g), append(out, g)
				i = len(by[key]) - 1
			}
			by[key][i].add(h)
		}
	}
	for _, variants := range by {
		im.name(variants)
	}
	for _, g := range out {
		g.free = im.space.none()
		for n := range g.free {
			if !slices.ContainsFunc(g.sites, func(x *site) bool { return x.here[n] }) {
				g.free[n] = catalog.All
			}
		}
	}
	vendor := func(g *group) int {
		for i, v := range im.vendor {
			if g.vendor == v {
				return i
			}
		}
		return len(im.vendor)
	}
	slices.SortFunc(out, func(a, b *group) int {
		return cmp.Or(cmp.Compare(vendor(a), vendor(b)), strings.Compare(fold(a.name), fold(b.name)), strings.Compare(a.name, b.name))
	})
	return out
}

// takes reports whether a role holds what a group says, on all views that one of
// the group's sites and the role's have.
func (g *group) takes(h *holder) bool {
	if slices.Contains(g.sites, h.site) { // two roles of one name, to us
		return false
	}
	for n, here := range h.site.here {
		known := slices.ContainsFunc(g.sites, func(x *site) bool { return x.here[n] })
		if here && known && (h.granted[n] != g.granted[n] || h.denied[n] != g.denied[n]) {
			return false
		}
	}
	return true
}

func (g *group) add(h *holder) {
	g.sites, g.in = append(g.sites, h.site), append(g.in, h)
	g.granted, g.denied = g.granted.union(h.granted), g.denied.union(h.denied)
}

// name names the variants of one role: the one of most sites like the role, or
// the vendor's group of that role, the others with their sites.
func (im *importer) name(variants []*group) {
	slices.SortStableFunc(variants, func(a, b *group) int { return cmp.Compare(len(b.sites), len(a.sites)) })
	for i, g := range variants {
		g.name = g.role
		for _, v := range im.vendor {
			if fold(v.Role) == fold(g.role) {
				g.vendor = v
			}
		}
		if g.vendor != nil && i == 0 {
			g.name = g.vendor.Name
		}
		if g.vendor == nil && slices.ContainsFunc(im.vendor, func(v *policy.Group) bool { return fold(v.Name) == fold(g.name) }) {
			g.name = im.freeName(g.name + " (role)")
		}
		if i > 0 {
			g.vendor = nil
			g.name = im.freeName(variants[0].name + " " + siteNames(g.sites))
		}
	}
}

// freeName is a name that no role of any site has.
func (im *importer) freeName(name string) string {
	for taken := true; taken; {
		taken = im.taken[fold(name)]
		if taken {
			name += " 2"
		}
	}
	im.taken[fold(name)] = true
	return name
}

func siteNames(sites []*site) string {
	var names []string
	for _, x := range sites {
		names = append(names, x.Name)
	}
	return strings.Join(names, " ")
}

// isIn reports whether a group's role is in a site, and of returns it there.
func (g *group) isIn(x *site) bool { return slices.Contains(g.sites, x) }

func (g *group) of(x *site) *holder {
	for _, h := range g.in {
		if h.site == x {
			return h
		}
	}
	return nil
}

// shapes writes every group down and returns how many lines they take. A copy is
// of a vendor's group that keeps its name, of the one whose place the group itself
// takes, or of a group before.
func (im *importer) shapes(groups []*group, extends bool) int {
	var models []*model
	own := map[*group]*model{}
	for _, g := range groups {
		g.asVendor, g.shape = false, shape{}
		if i := slices.Index(im.vendor, g.vendor); extends && i >= 0 {
			own[g] = im.models[i]
			has := im.space.sum(own[g].gives, less{}).minus(g.free)
			g.asVendor = len(g.sites) == len(im.base.SitesInUse()) && g.denied.isEmpty() && slices.Equal(has, g.granted)
		}
	}
	for i, m := range im.models {
		replaced := func(g *group) bool { return g.vendor == im.vendor[i] && !g.asVendor }
		if extends && !slices.ContainsFunc(groups, replaced) {
			models = append(models, m)
		}
	}
	height := 0
	for _, g := range groups {
		if g.asVendor {
			continue
		}
		may := models
		if own[g] != nil {
			may = append(slices.Clone(models), own[g])
		}
		g.shape = im.space.shaped(g.granted, g.denied, g.free, may)
		g.model = im.space.modelOf(g.name, g.shape)
		models = append(models, g.model)
		height += 3 + g.height()
	}
	return height
}
