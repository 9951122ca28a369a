package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// Since is what became of people from an earlier report to this one.
type Since struct {
	Made    string   `json:"made"` // of the earlier report
	Basis   Basis    `json:"basis"`
	Changes []Change `json:"changes"`
	// NotCompared are sites that one of the two reports has not read.
	NotCompared []string `json:"not_compared"`
}

// Change is what became of people, in the sites where it is the same of the same.
type Change struct {
	People       []string `json:"people"`
	Sites        []string `json:"sites"`
	Came         bool     `json:"came,omitempty"` // they were not in these sites before
	Left         bool     `json:"left,omitempty"`
	RolesAdded   []string `json:"roles_added,omitempty"`
	RolesRemoved []string `json:"roles_removed,omitempty"`
	Gains        []Part   `json:"gains,omitempty"`
	Loses        []Part   `json:"loses,omitempty"`
}

// Part is some permissions on some views: what somebody may do, or, by How, what they
// reach around the view or on some columns, could give themselves, or what is not verified.
type Part struct {
	How         How      `json:"how"`
	Permissions []string `json:"permissions"`
	Views       []string `json:"views"`
}

// How is what a permission is worth to somebody.
type How string

// May is a permission on the view itself; the others are less, or other.
const (
	May         How = "may"
	Columns     How = "columns"
	Around      How = "around"
	NotVerified How = "not_verified"
	Could       How = "could"
)

// held is what somebody has in a site.
type held struct {
	roles []string
	cells map[How]map[string]catalog.Permissions // by view
}

// Compare returns what became of people since an earlier report.
func Compare(earlier, now *Report) *Since {
	out := &Since{Made: earlier.Made, Basis: earlier.Basis, Changes: []Change{}, NotCompared: []string{}}
	before := map[string]Site{}
	for _, s := range earlier.Sites {
		before[fold(s.Site)] = s
	}
	c := comparison{}
	for _, s := range now.Sites {
		was, known := before[fold(s.Site)]
		if !known || !was.Read || !s.Read {
			out.NotCompared = append(out.NotCompared, s.Site)
			continue
		}
		c.site(s.Site, earlier.heldIn(was), now.heldIn(s))
	}
	for _, s := range earlier.Sites {
		if !slices.ContainsFunc(now.Sites, func(x Site) bool { return fold(x.Site) == fold(s.Site) }) {
			out.NotCompared = append(out.NotCompared, s.Site)
		}
	}
	out.Changes = append(out.Changes, c.folded()...)
	return out
}

// heldIn is what everybody of a site has, by name.
func (r *Report) heldIn(s Site) map[string]held {
	out := map[string]held{}
	for _, m := range s.Members {
		x := r.Access[m.Access]
		h := held{roles: x.Roles, cells: map[How]map[string]catalog.Permissions{}}
		for how, cells := range x.rows() {
			if cells == 0 {
				continue
			}
			h.cells[how] = map[string]catalog.Permissions{}
			for v, name := range r.Views {
				if p := r.Cells[cells].On(v); !p.IsEmpty() {
					h.cells[how][catalog.ViewName(name).Key()] = p
				}
			}
		}
		for _, p := range m.People {
			out[r.People[p].Name] = h
		}
	}
	return out
}

// rows are what an access has, by what it is worth.
func (x Access) rows() map[How]int {
	return map[How]int{May: x.May, Columns: x.Columns, Around: x.Around, NotVerified: x.NotVerified, Could: x.Could}
}

// comparison gathers changes, a person and a site each.
type comparison struct {
	list []Change
}

func (c *comparison) site(site string, before, now map[string]held) {
	was := map[string]string{} // spellings, by the folded name
	for name := range before {
		was[fold(name)] = name
	}
	for name, h := range now {
		old, there := before[name]
		if !there {
			old, there = before[was[fold(name)]], was[fold(name)] != ""
		}
		delete(was, fold(name))
		c.add(Change{People: []string{name}, Sites: []string{site}, Came: !there}, old, h)
	}
	for _, name := range was {
		c.add(Change{People: []string{name}, Sites: []string{site}, Left: true}, before[name], held{})
	}
}

// add keeps a change, if it is one.
func (c *comparison) add(x Change, old, now held) {
	for _, r := range now.roles {
		if !slices.Contains(old.roles, r) {
			x.RolesAdded = append(x.RolesAdded, r)
		}
	}
	for _, r := range old.roles {
		if !slices.Contains(now.roles, r) {
			x.RolesRemoved = append(x.RolesRemoved, r)
		}
	}
	x.Gains, x.Loses = beyond(now, old), beyond(old, now)
	if x.Came || x.Left || len(x.RolesAdded)+len(x.RolesRemoved)+len(x.Gains)+len(x.Loses) > 0 {
		c.list = append(c.list, x)
	}
}

// beyond is what x has and y has not.
func beyond(x, y held) []Part {
	var out []Part
	for _, how := range []How{May, Columns, Around, NotVerified, Could} {
		views := map[catalog.Permissions][]string{}
		for view, p := range x.cells[how] {
			if more := p.Minus(y.cells[how][view]); !more.IsEmpty() {
				views[more] = append(views[more], view)
			}
		}
		for p := catalog.All; p > 0; p-- {
			if len(views[p]) > 0 {
				slices.Sort(views[p])
				out = append(out, Part{how, p.Names(), views[p]})
			}
		}
	}
	return out
}

// folded joins the sites in which the same became of somebody, and then the people
// of whom the same became in the same sites; sorted by the first of each.
func (c *comparison) folded() []Change {
	slices.SortFunc(c.list, func(x, y Change) int {
		return cmp.Or(strings.Compare(fold(x.People[0]), fold(y.People[0])), strings.Compare(x.Sites[0], y.Sites[0]))
	})
	bySite := joined(c.list, func(x Change) string { return fold(x.People[0]) + "\x00" + x.what() }, func(to *Change, x Change) { to.Sites = append(to.Sites, x.Sites...) })
	return joined(bySite, func(x Change) string { return fmt.Sprintf("%q", x.Sites) + x.what() }, func(to *Change, x Change) { to.People = append(to.People, x.People...) })
}

// what is what became of somebody, as a key.
func (x Change) what() string {
	return fmt.Sprintf("%t %t %q %q %q %q", x.Came, x.Left, x.RolesAdded, x.RolesRemoved, x.Gains, x.Loses)
}

// joined makes one of those that have one key, in the order of the first.
func joined(list []Change, key func(Change) string, join func(to *Change, x Change)) []Change {
	var out []Change
	at := map[string]int{}
	for _, x := range list {
		k := key(x)
		if i, known := at[k]; known {
			join(&out[i], x)
			continue
		}
		at[k] = len(out)
		out = append(out, x)
	}
	return out
}
