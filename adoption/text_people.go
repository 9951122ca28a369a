package adoption

import "fmt"

// writeUser writes a person down.
func (im *importer) writeUser(t *page, u *user) {
	s := subject{user: u}
	if t.put("\n"); u.note != "" {
		t.put(comment("%s", u.note))
	}
	t.about[t.lines+1] = s
	t.put("[[user]]\n" + text("name", u.name))
	if u.login != u.name {
		t.put(text("login", u.login))
	}
	if u.told {
		t.put(text("auth", string(u.auth)))
	}
	if len(u.sites) > 0 {
		t.put(list("groups", u.groups) + im.siteList(u.sites))
	}
	if len(u.also) > 0 {
		t.put(list("also", u.also) + text("also_reason", im.reason()))
	}
	for _, e := range u.at {
		t.begin("[[user.at]]", s)
		t.put(list("sites", names(e.sites)) + list("groups", e.groups))
		if len(e.also) > 0 {
			t.put(list("also", e.also) + text("also_reason", im.reason()))
		}
		im.writeLines(t, "user.at", e.allow, e.deny, s)
	}
	im.writeLines(t, "user", u.allow, u.deny, s)
}

// siteList names sites, or all of them.
func (im *importer) siteList(sites []*site) string {
	if len(sites) == len(im.base.SitesInUse()) {
		return list("sites", []string{"*"})
	}
	return list("sites", names(sites))
}

func (im *importer) writeOutsider(t *page, o *outsider) {
	t.begin("[[outsider]]", subject{outsider: o})
	t.put(text("name", o.name))
	if len(o.sites) < len(im.base.SitesInUse()) {
		t.put(list("sites", names(o.sites)))
	}
	t.put(list("may", o.may.Words())) // all four too: more is a mismatch then, and nobody has to know what a missing may means
	if o.people >= 0 && o.people != 1 {
		t.put(fmt.Sprintf("people = %d\n", o.people))
	}
	t.put(text("reason", im.reason()))
}
