package adoption

import (
	"fmt"
	"slices"

	"grantree/policy"
)

// fit decides who can be a group or a person of the policy, in each site.
func (im *importer) fit() {
	for _, x := range im.sites {
		for _, h := range x.list {
			im.taken[fold(h.Name)] = true
			if !h.isRole() {
				h.person()
			}
			if why := im.excluded[[2]string{x.Name, fold(h.Name)}]; why != "" {
				h.unfit = why
			}
		}
	}
	im.agree()
	for _, x := range im.sites {
		for _, h := range x.list {
			if h.isRole() && h.unfit == "" {
				h.role()
			}
		}
		im.idle(x)
	}
}

// idle leaves out the roles that hold nothing on the application's views, but for
// those that the vendor or grantree made, and those without which somebody with
// rows of their own would be in no group.
func (im *importer) idle(x *site) {
	grouped := map[int]bool{}
	var idle []*holder
	for _, h := range x.list {
		if !h.isRole() || h.unfit != "" {
			continue
		}
		named := slices.ContainsFunc(im.vendor, func(v *policy.Group) bool { return fold(v.Role) == fold(h.Name) })
		if !h.hasRows() && !h.Managed && !named {
			idle = append(idle, h)
			continue
		}
		for _, id := range h.members {
			grouped[id] = true
		}
	}
	for _, h := range idle {
		needed := !x.opens(h) && slices.ContainsFunc(h.members, func(id int) bool { return x.by[id].hasRows() && !grouped[id] })
		if !needed {
			if h.unfit = holdsNothing; x.opens(h) {
				h.unfit = holdsOther
			}
			continue
		}
		for _, id := range h.members {
			grouped[id] = true
		}
	}
}

// holdsNothing is why a role is no group that could be one.
const (
	holdsNothing = "it holds nothing on the application's views"
	holdsOther   = "what it holds reaches the application's views, and no line of a policy says it"
)

// kept reports whether an account has to be a person, or else a plan changes what
// carries grantree's mark: it, or a role that it is in.
func (h *holder) kept() bool {
	return h.Managed || slices.ContainsFunc(h.in, func(id int) bool { return h.site.by[id].Managed })
}

// agree leaves out accounts of one name that have another login than most, for a
// person has one, marked ones counting first, and those whose names differ in a site in a way that the policy
// does not see.
func (im *importer) agree() {
	type id struct {
		login string
		auth  policy.Auth
	}
	count := map[string]map[id]int{}
	order := map[string][]id{}
	for _, x := range im.sites {
		seen := map[string]bool{}
		for _, h := range x.list {
			key := fold(h.Name)
			if seen[key] && h.unfit == "" {
				h.unfit = "another name of the site differs from it in capitals alone"
			}
			seen[key] = true
			if h.isRole() || h.unfit != "" {
				continue
			}
			who := id{fold(h.login), h.auth}
			if count[key] == nil {
				count[key] = map[id]int{}
			}
			if count[key][who] == 0 {
				order[key] = append(order[key], who)
			}
			if count[key][who]++; h.kept() {
				count[key][who] += len(im.sites) // before any number of others
			}
		}
	}
	for _, x := range im.sites {
		for _, h := range x.list {
			if h.isRole() || h.unfit != "" {
				continue
			}
			most := order[fold(h.Name)][0]
			for _, who := range order[fold(h.Name)] {
				if count[fold(h.Name)][who] > count[fold(h.Name)][most] {
					most = who
				}
			}
			if most != (id{fold(h.login), h.auth}) {
				h.unfit = fmt.Sprintf("its login is %q here, and elsewhere %q has another", h.login, h.Name)
			}
		}
	}
}
