package review

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"grantree/policy"
	"grantree/report"
)

// part is something that somebody has in a site and the policy does not give them.
type part struct {
	what, reason string
	worth        worth
}

// beyond adds what people have that the policy does not give them: those of the policy a
// row for each thing that goes by itself, everybody else one for all that they have. What
// nobody is asked about is left, and said.
func (b *rowBuilder) beyond() {
	type key struct{ what, reason, gives, seal string }
	for i, person := range b.r.People {
		sites, worths := map[key][]string{}, map[key]worth{}
		for _, s := range b.r.Sites {
			x, there := b.in[i][fold(s.Site)]
			if !there {
				continue
			}
			for _, p := range b.parts(i, s, x) {
				k := key{p.what, p.reason, b.gives(p.worth), b.sealOfAll(p.worth)}
				sites[k] = append(sites[k], s.Site)
				worths[k] = p.worth
			}
		}
		for k, in := range sites {
			b.rows = append(b.rows, Row{Person: person.Name, FullName: person.FullName, Kind: Beyond, What: k.what, Sites: in, Gives: k.gives, seal: k.seal, Reason: k.reason,
				Since: cmp.Or(b.since(person.Name, k.what, in), b.gained(person.Name, in, worths[k]))})
		}
	}
}

// parts are what somebody has in a site beyond the policy.
func (b *rowBuilder) parts(person int, s report.Site, x report.Access) []part {
	who := b.r.People[person]
	switch who.In(s.Site) {
	case report.Runner:
		b.left.put(who.Name, "it made the report", s.Site, person, b.worthOf(x))
		return nil
	case report.OfServer:
		b.left.put(who.Name, "it is the server's own", s.Site, person, b.worthOf(x))
		return nil
	case report.OfPolicy:
		return b.beside(person, s, x)
	}
	ways := b.waysIn(x)
	if len(ways) == 0 {
		return nil
	}
	reason := ""
	if who.In(s.Site) == report.Outsider {
		reason = "an outsider whom the policy accepts"
	}
	return []part{{strings.Join(ways, "; "), reason, b.worthOf(x)}}
}

// waysIn says by what somebody has all that they have.
func (b *rowBuilder) waysIn(x report.Access) []string {
	var ways []string
	if len(x.Ways) == 0 && len(x.Roles) > 0 { // nobody enters as them
		ways = append(ways, "in "+strings.Join(x.Roles, ", "))
	}
	for _, w := range x.Ways {
		ways = append(ways, w.Text)
	}
	return ways
}

// beside are the parts of a person of the policy: what comes by their groups and their own
// lines is in other rows, what everybody has is left.
func (b *rowBuilder) beside(person int, s report.Site, x report.Access) []part {
	given, baseline := b.given(person, s.Site)
	u := b.p.User(b.r.People[person].Name)
	var out []part
	explained := map[string]bool{}
	put := func(what, via string, w worth) {
		i := slices.IndexFunc(out, func(p part) bool { return p.what == what })
		if i < 0 {
			i, out = len(out), append(out, part{what, b.accepted(u, via, s.Site), worth{}})
		}
		out[i].worth.join(w)
	}
	rest := b.worthOf(x)
	for _, w := range x.Ways {
		for _, r := range w.Via {
			explained[fold(r)] = true
		}
		cells, root := b.row(w.Cells), w.Root()
		if w.Kind == "impersonate" && slices.Equal(w.Via, []string{"dbo"}) && slices.Contains(x.Roles, "db_owner") {
			root = "db_owner" // by which they may
		}
		rest.take(cells)
		switch {
		case w.Kind == "deny":
		case w.Kind == "not_verified":
			b.left.put("what could not be verified", "nobody can say whether it is there", s.Site, person, b.split(x, w, cells))
		case root == "public":
			b.left.put("public", "everybody in the database is in it", s.Site, person, b.split(x, w, cells))
		case root != "" && fold(root) == baseline && w.OfRole():
			b.left.put(root, "the policy has everybody in it", s.Site, person, b.split(x, w, cells))
		default:
			if w.OfRole() && given[fold(root)] {
				cells = less(cells, b.row(b.roles[fold(root)][fold(s.Site)].May))
			} else if w.Kind == "grant" && root == "" && b.is(person) {
				cells = less(cells, b.row(b.lines[person][fold(s.Site)]))
			}
			what := root
			if w.Kind == "column" || given[fold(root)] {
				what = ""
			}
			if some(cells) {
				put(cmp.Or(what, w.Text), cmp.Or(root, strings.Join(w.Via, "")), b.split(x, w, cells))
			}
		}
	}
	if b.gives(rest) != nothing {
		b.left.put("what could not be verified", "nobody can say whether it is there", s.Site, person, rest)
	}
	for _, r := range x.Roles { // that bring nothing to a view
		if !given[fold(r)] && !explained[fold(r)] && fold(r) != baseline {
			put(r, r, worth{})
		}
	}
	return out
}

// is reports whether somebody is the person of the policy who has their name, and not
// another whose name differs in case.
func (b *rowBuilder) is(person int) bool {
	u := b.p.User(b.r.People[person].Name)
	return u != nil && b.who[fold(u.Name)] == person
}

// given are the roles that the policy has somebody in, in a site, folded, and that of the
// group that everybody is in there.
func (b *rowBuilder) given(person int, site string) (roles map[string]bool, baseline string) {
	roles = map[string]bool{}
	u := b.p.User(b.r.People[person].Name)
	if !b.is(person) || u.Inactive || !slices.ContainsFunc(b.p.SitesOf(u), func(s policy.Site) bool { return s.Name == site }) {
		return roles, ""
	}
	for _, name := range b.p.GroupsIn(u, site) {
		if g := b.p.Group(name); g != nil && !g.Baseline {
			roles[fold(g.Role)] = true
		}
	}
	if g := b.p.BaselineIn(site); g != nil {
		baseline = fold(g.Role)
	}
	return roles, baseline
}

// accepted is what the policy says of a role or power that it does not give, or "".
func (b *rowBuilder) accepted(u *policy.User, via, site string) string {
	if slices.ContainsFunc(u.Also, func(word string) bool { return fold(word) == fold(via) }) {
		return strings.TrimSuffix("the policy accepts it: "+u.AlsoReason, ": ")
	}
	made, _ := time.Parse("2006-01-02 15:04", b.r.Made)
	for _, o := range b.p.OutsidersIn(site, made) {
		if fold(o.Name) == fold(via) {
			return strings.TrimSuffix("an outsider whom the policy accepts: "+o.Reason, ": ")
		}
	}
	return ""
}

// gained says whether some of what a row gives is new since the earlier report.
func (b *rowBuilder) gained(person string, sites []string, w worth) string {
	for _, c := range b.changesOf(person, sites) {
		for _, g := range c.Gains {
			for v, p := range w[g.How] {
				if !p.IsEmpty() && slices.Contains(g.Views, b.key(v)) {
					return "new since " + b.r.Since.Made
				}
			}
		}
	}
	return ""
}
