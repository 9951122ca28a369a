package adoption

import (
	"slices"
	"strings"

	"grantree/grants"
)

// more says what a person is beyond the policy: in all of their sites, or in an at
// of those where they are.
func (im *importer) more(u *user) {
	words := map[*holder][]string{}
	for i, h := range u.in {
		words[h] = im.powersOf(h)
		if i == 0 {
			u.also = slices.Clone(words[h])
		}
		u.also = slices.DeleteFunc(u.also, func(w string) bool { return !slices.Contains(words[h], w) })
	}
	for _, h := range u.in {
		also := slices.DeleteFunc(words[h], func(w string) bool { return slices.Contains(u.also, w) })
		if len(also) == 0 {
			continue
		}
		im.alone(u, h).also = also
	}
	var at []*elsewhere // sites alike stand in one
	for _, e := range u.at {
		if i := slices.IndexFunc(at, e.like); i >= 0 {
			at[i].sites = append(at[i].sites, e.sites...)
		} else {
			at = append(at, e)
		}
	}
	u.at = at
}

// like reports whether two at say the same, and have no lines.
func (e *elsewhere) like(o *elsewhere) bool {
	return slices.Equal(e.groups, o.groups) && slices.Equal(e.also, o.also) && len(e.allow)+len(e.deny)+len(o.allow)+len(o.deny) == 0
}

// alone is a person's at of one site, which has what they have there.
func (im *importer) alone(u *user, h *holder) *elsewhere {
	for _, e := range u.at {
		if len(e.sites) == 1 && e.sites[0] == h.site {
			return e
		}
	}
	return im.apart(u, h)
}

// powersOf is what an account is in its site beyond any policy: in fixed roles of
// the database, and, where a proof objected to it, in those of the server, with what
// the server lets its login do.
func (im *importer) powersOf(h *holder) []string {
	var out []string
	powers := grants.Powers()
	for _, id := range h.in {
		if r := h.site.by[id]; r.Fixed && slices.Contains(powers, r.Name) && !strings.HasPrefix(r.Name, "db_deny") && r.Name != "db_backupoperator" {
			out = append(out, r.Name)
		}
	}
	login, ok := h.site.loginOf(h.SID)
	if ok && im.also[[2]string{h.site.Name, h.Name}] {
		snap := h.site.snap
		for _, m := range snap.ServerMembers {
			i := slices.IndexFunc(snap.Logins, func(l grants.Login) bool { return l.ID == m.Role })
			if m.Member == login.ID && i >= 0 && slices.Contains(powers, snap.Logins[i].Name) {
				out = append(out, snap.Logins[i].Name)
			}
		}
		for _, row := range snap.ServerPermissions {
			if row.Grantee == login.ID && row.State != grants.Denied && slices.Contains(powers, row.Name) {
				out = append(out, row.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
