package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Aside is something of a policy that changes and is nobody's access by itself:
// whom it accepts, how many seats there are, what its rules are.
type Aside struct {
	What   string // "outsider", "site" …
	Name   string
	Change string // "new", "gone" or "changed"
}

// AsideBetween lists what changes from one policy to another beside what people and
// groups may do, sorted. Where something stands in its file does not count, nor how
// a server is reached.
func AsideBetween(before, after *Policy) []Aside {
	was, is := before.asides(), after.asides()
	var out []Aside
	for key, text := range is {
		switch old, there := was[key]; {
		case !there:
			out = append(out, Aside{key[0], key[1], "new"})
		case old != text:
			out = append(out, Aside{key[0], key[1], "changed"})
		}
	}
	for key := range was {
		if _, there := is[key]; !there {
			out = append(out, Aside{key[0], key[1], "gone"})
		}
	}
	out = slices.DeleteFunc(out, func(x Aside) bool { return x.What == loginOf && x.Change != "changed" }) // who comes or goes is said
	slices.SortFunc(out, func(x, y Aside) int { return cmp.Or(cmp.Compare(x.What, y.What), cmp.Compare(x.Name, y.Name)) })
	return out
}

const loginOf = "login of user"

// asides is what AsideBetween compares, by kind and name.
func (p *Policy) asides() map[[2]string]string {
	out := map[[2]string]string{}
	note := func(what, name string, values ...any) {
		key := [2]string{what, name}
		out[key] += fmt.Sprintf("%v\n", values) // several may have one name
	}
	for _, s := range p.Sites {
		note("site", s.Name, s.Server, s.Database, s.Ignore, s.Contained, s.Retired)
	}
	for _, o := range p.Outsiders {
		note("outsider", o.Name, o.Sites, o.May, o.People, o.Until)
	}
	for _, m := range p.Modules {
		note("module", m.Name)
	}
	for _, u := range p.Users {
		if len(u.Also.Words) > 0 {
			note("also of user", u.Name, u.Also.Words)
		}
		for _, a := range u.At {
			if len(a.Also.Words) > 0 {
				note("also of user", u.Name, a.Sites, a.Also.Words)
			}
		}
		note(loginOf, u.Name, u.Login, u.Auth, u.NewLogin)
	}
	for _, w := range p.Waivers {
		if !IsVendor(w.Pos) {
			note("waiver", strings.TrimSpace(string(w.View)+w.who()), w.Expires)
		}
	}
	for _, n := range p.Nevers {
		note("never", n.Reason, n.Permissions, n.On, n.With, n.WithOn, n.Except)
	}
	for _, c := range p.Confidential {
		note("confidential", string(c.View), c.Groups)
	}
	if l := p.License; l.Limited || len(l.Exempt) > 0 {
		note("license", "seats", l.Limited, l.Seats, l.Exempt)
	}
	s := p.Settings
	note("[policy]", "settings", s.Extends, s.Adopt, s.MaxLoss, s.Administrators, s.AdoptLogins, s.Leavers)
	return out
}
