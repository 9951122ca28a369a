package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// outsiders names each [[outsider]] of the draft that stranger has not: public,
// guest, and logins that have access without a user. Who is sysadmin stands first.
func (r *reporter) outsiders() {
	for _, o := range r.draft.outsiders {
		for _, x := range o.sites {
			if !slices.ContainsFunc(x.list, func(h *holder) bool { return h.Name == o.name && r.im.groups[h] == nil && r.im.people[h] == nil }) {
				r.note(x, finding.Warning, finding.ImportOutside, "see whether that is meant; then write the reason into the [[outsider]], or take away what it has, and the [[outsider]] with it", nil, nil, nil,
					"%s is accepted as an outsider, with %s%s", x.subject(o.name), strings.Join(o.may.Names(), ", "), o.powers())
			}
			for i, item := range r.items {
				if item.Code == finding.ImportOutside && slices.Contains(item.Sites, x.Name) && strings.Contains(item.Message, fmt.Sprintf("%q", o.name)) && x.rules(o.name) {
					r.items[i].first = true
				}
			}
		}
	}
}

// powers says what else all four permissions accept.
func (o *outsider) powers() string {
	if o.may != catalog.All {
		return ""
	}
	return "; all four permissions accept any power that it is given later too"
}

// subject is an outsider that is no role or account that a database makes, for a
// sentence.
func (x *site) subject(name string) string {
	login, ok := x.loginNamed(name)
	switch {
	case fold(name) == "public":
		return fmt.Sprintf("%q, in which everybody is,", name)
	case fold(name) == "guest":
		return fmt.Sprintf("%q, as which every login enters that has no user,", name)
	case ok && x.isSysadmin(login):
		return fmt.Sprintf("the login %q, which is sysadmin,", name)
	case ok:
		return fmt.Sprintf("the login %q", name)
	}
	return fmt.Sprintf("%q", name)
}

// rules reports whether an outsider is sysadmin, by its login or its user's.
func (x *site) rules(name string) bool {
	if login, ok := x.loginNamed(name); ok && x.isSysadmin(login) {
		return true
	}
	for _, h := range x.list {
		if login, ok := x.loginOf(h.SID); ok && h.Name == name && x.isSysadmin(login) {
			return true
		}
	}
	return false
}

// isSysadmin reports whether a login is in sysadmin, through other roles too.
func (x *site) isSysadmin(login grants.Login) bool {
	ids := []int{login.ID}
	for i := 0; i < len(ids); i++ {
		for _, m := range x.snap.ServerMembers {
			if m.Member == ids[i] && !slices.Contains(ids, m.Role) {
				ids = append(ids, m.Role)
			}
		}
	}
	return slices.ContainsFunc(x.snap.Logins, func(l grants.Login) bool {
		return l.IsRole() && l.Name == "sysadmin" && slices.Contains(ids, l.ID)
	})
}
