package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// contradiction is a deny that takes from members of its group what another
// line grants them.
type contradiction struct {
	deny, allow           finding.Pos
	denyGroup, allowGroup string // allowGroup is "" for a user's own line
	view, site            string
}

// taken is what a contradiction takes, and from whom.
type taken struct {
	permissions catalog.Permissions
	users       map[string]bool
}

// cumulative is rule 1: "Permissions in iMaint are cumulative; a user will
// receive a union of all the permissions assigned to them." SQL Server lets a
// DENY beat every GRANT, so a group's deny that takes from a real member what
// another group or the member's own line grants is an error, unless the deny
// says overrides = true. A user's own deny is an override by itself.
func (m *intended) cumulative(found map[contradiction]*taken) {
	for _, c := range m.crowds() {
		m.contradictions(c, found)
	}
}

// contradictions adds those that a crowd's members are in.
func (m *intended) contradictions(c alike, found map[contradiction]*taken) {
	for _, role := range c.tokens[:len(c.tokens)-1] {
		for view, denied := range m.Denies(role) {
			for _, one := range denied.Each() {
				e := m.entry(role, view, one)
				if !overrides(e) {
					m.contradiction(c, role, view, e, found)
				}
			}
		}
	}
}

// contradiction adds what the deny entry e of a role takes from a crowd.
func (m *intended) contradiction(c alike, role string, view int, e *grants.WantedEntry, found map[contradiction]*taken) {
	deny, _ := causeOf(e, grants.Denied)
	for _, other := range c.tokens {
		g := m.entry(other, view, e.Permission)
		if other == role || g == nil || g.State != grants.Granted {
			continue
		}
		allow, _ := causeOf(g, grants.Granted)
		key := contradiction{deny: deny.Pos, allow: allow.Pos, denyGroup: m.group[role], allowGroup: m.group[other], view: m.views[view], site: m.w.Site}
		if found[key] == nil {
			found[key] = &taken{users: map[string]bool{}}
		}
		found[key].permissions = found[key].permissions.Union(e.Permission)
		for _, u := range c.users {
			found[key].users[u] = true
		}
	}
}

// overrides reports whether one of an entry's deny lines says so.
func overrides(e *grants.WantedEntry) bool {
	return slices.ContainsFunc(e.Causes, func(c grants.Cause) bool { return c.Overrides })
}

// contradictionFindings makes one finding of the contradictions between the
// same two lines that take the same permissions from the same people: of all
// their views, then of all their sites.
func contradictionFindings(found map[contradiction]*taken) finding.List {
	type key struct {
		c     contradiction
		perms catalog.Permissions
		users string
	}
	views, sites := map[key][]string{}, map[key][]string{}
	for c, t := range found {
		k := key{c, t.permissions, quoted(slices.Collect(maps.Keys(t.users)), 5)}
		k.c.view = ""
		views[k] = append(views[k], c.view)
	}
	for k, names := range views {
		slices.Sort(names)
		site := k.c.site
		k.c.site, k.c.view = "", strings.Join(names, "\x00")
		sites[k] = append(sites[k], site)
	}
	var out finding.List
	for k, names := range sites {
		who := "group " + quote(k.c.allowGroup)
		if k.c.allowGroup == "" {
			who = "the user's own line"
		}
		out.Errorf(finding.DenyContradicts, k.c.deny, "remove the deny, take them out of one of the groups, or add overrides = true and a reason to the deny",
			"the deny of %s on %s in group %q (%s) takes from %s what %s grants (%s)%s",
			k.perms, viewList(strings.Split(k.c.view, "\x00")), k.c.denyGroup, k.c.deny, people(k.users), who, k.c.allow, inSites(names))
	}
	slices.SortFunc(out, func(a, b finding.Finding) int { return cmp.Compare(a.Message, b.Message) })
	return out
}

// people says "user" or "users" before a list of quoted names.
func people(list string) string {
	if strings.Count(list, `"`) > 2 {
		return "users " + list
	}
	return "user " + list
}

// viewList names up to three views.
func viewList(names []string) string {
	return joined(names[:min(len(names), 3)], len(names))
}
