package adoption

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
)

// outside accepts whoever has access and is no group or person of the policy: by
// what their rows say, and by what a proof found.
func (im *importer) outside(d *draft) {
	for _, x := range im.sites {
		for _, h := range x.list {
			if im.groups[h] == nil && im.people[h] == nil && !(h.runs() && im.may[[2]string{x.Name, h.Name}].IsEmpty()) {
				if h.serves() && im.may[[2]string{x.Name, h.Name}].IsEmpty() {
					continue // as whoever runs it is accepted
				}
				if may := x.reach(h).Union(im.may[[2]string{x.Name, h.Name}]); !may.IsEmpty() {
					im.accept(d, x, h.Name, may)
				}
			}
		}
		for key, may := range im.may {
			if key[0] == x.Name && !slices.ContainsFunc(x.list, func(h *holder) bool { return h.Name == key[1] }) {
				im.accept(d, x, key[1], may)
			}
		}
	}
	slices.SortFunc(d.outsiders, func(a, b *outsider) int {
		return cmp.Or(strings.Compare(fold(a.name), fold(b.name)), strings.Compare(a.name, b.name), strings.Compare(siteNames(a.sites), siteNames(b.sites)))
	})
}

// accept adds an outsider, or a site to one who may the same.
func (im *importer) accept(d *draft, x *site, name string, may catalog.Permissions) {
	if name == everyName || len(policy.CheckOutsider(name)) > 0 {
		return // cannot be written
	}
	for _, o := range d.outsiders {
		if o.name == name && o.may == may {
			o.sites = append(o.sites, x)
			return
		}
	}
	d.outsiders = append(d.outsiders, &outsider{name: name, sites: []*site{x}, may: may, people: 1})
}

// enters reports whether somebody comes in as an account, one person.
func (h *holder) enters() bool {
	if login, ok := h.site.loginOf(h.SID); ok && login.Disabled {
		return false
	}
	return !h.isRole() && !h.Type.IsGroup() && h.Type != grants.ApplicationRole && h.AuthType != grants.AuthNone && (h.connect == grants.Granted || h.connect == grants.GrantedWithGrant)
}

// stands is the outsider that an account is counted as: the one of its name or
// its login's, else the first one whose role it is in.
func (im *importer) stands(d *draft, h *holder) *outsider {
	var through *outsider
	in := h.closure()
	for _, o := range d.outsiders {
		switch {
		case !slices.Contains(o.sites, h.site):
		case o.is(h):
			return o
		case through == nil && slices.ContainsFunc(in, func(r *holder) bool { return r.Name == o.name }):
			through = o
		}
	}
	return through
}

// closure is every role that a principal is in, through others too.
func (h *holder) closure() []*holder {
	var out []*holder
	for todo := slices.Clone(h.in); len(todo) > 0; todo = todo[1:] {
		if r := h.site.by[todo[0]]; r != nil && !slices.Contains(out, r) {
			out, todo = append(out, r), append(todo, r.in...)
		}
	}
	return out
}

// holder is the principal of a database that an outsider is, or nil.
func (o *outsider) holder() *holder {
	i := slices.IndexFunc(o.sites[0].list, func(h *holder) bool { return h.Name == o.name })
	if i < 0 {
		return nil
	}
	return o.sites[0].list[i]
}

// fixedReach is what the fixed roles of a database that reach its views give.
var fixedReach = map[string]catalog.Permissions{"db_owner": catalog.All, "db_datareader": catalog.Select,
	"db_datawriter": catalog.Insert | catalog.Update | catalog.Delete, "db_securityadmin": catalog.All, "db_accessadmin": catalog.All, "db_ddladmin": catalog.All}

// reach is what a principal's own rows and fixed roles let it do on some view.
func (x *site) reach(h *holder) catalog.Permissions {
	out := catalog.None
	for _, p := range h.granted {
		out = out.Union(p)
	}
	for _, i := range h.odd {
		out = out.Union(x.worth(x.snap.Permissions[i]))
	}
	for _, id := range h.in {
		if r := x.by[id]; r.Fixed {
			out = out.Union(fixedReach[r.Name])
		}
	}
	return out
}

// opens reports whether something of a principal reaches the views that no line
// of a policy says.
func (x *site) opens(h *holder) bool {
	return slices.ContainsFunc(h.odd, func(i int) bool { return !x.worth(x.snap.Permissions[i]).IsEmpty() })
}

// worth is what an odd row gives on some view: by columns, on a schema or the
// database, as CONTROL, or with the grant option.
func (x *site) worth(row grants.PermissionRow) catalog.Permissions {
	if row.State != grants.Granted && row.State != grants.GrantedWithGrant {
		return catalog.None
	}
	_, view := x.views[row.Major]
	reaches := row.Class == grants.ClassDatabase || row.Class == grants.ClassSchema && x.reaching[row.Major] || row.Class == grants.ClassObject && view
	p, err := catalog.ParsePermission(row.Name)
	switch {
	case !reaches:
		return catalog.None
	case err == nil:
		return p
	case row.Name == "CONTROL", row.Name == "ALTER", row.Name == "TAKE OWNERSHIP", row.Class == grants.ClassDatabase && strings.HasPrefix(row.Name, "ALTER ANY "):
		return catalog.All
	}
	return catalog.None
}

// settings fills in [policy] and [license].
func (im *importer) settings(d *draft) {
	if d.extends {
		d.without = im.unused(d)
	}
	for _, g := range d.groups {
		if slices.ContainsFunc(g.in, func(h *holder) bool { return !h.Managed }) {
			d.adopt = append(d.adopt, g.roleName())
		}
	}
	slices.Sort(d.adopt)
	d.adopt = slices.Compact(d.adopt)
	im.seats(d)
	d.waivers = im.waived
	d.admins = administrators(d.groups)
}

// roleName is the role of a group.
func (g *group) roleName() string {
	if len(g.in) == 0 { // a plan makes it
		return g.name
	}
	return g.in[0].Name
}

// administrators guesses whose group administers a site, where none is called
// Admin: the one with people in it that has all four permissions on the most
// views, and on most views.
func administrators(groups []*group) string {
	best, most := "", 0
	for _, g := range groups {
		if fold(g.name) == fold("Admin") {
			return ""
		}
		n := 0
		for i, p := range g.granted {
			if p == catalog.All && g.denied[i].IsEmpty() {
				n++
			}
		}
		people := 0
		for _, h := range g.in {
			people += len(h.members)
		}
		if n > most && people > 0 && n*10 >= len(g.granted)*8 {
			best, most = g.name, n
		}
	}
	return best
}
