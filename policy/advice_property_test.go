package policy_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"grantree/advice"
	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"pgregory.net/rapid"
)

// What package advice offers, and what explain says an answer rests on, is held here
// to what policies give, because the random policies are drawn here.

// drawn is a random policy as files.
func drawn(rt *rapid.T) (advice.Files, *policy.Policy) {
	w := drawPolicy(rt)
	read := func(name string) ([]byte, error) {
		switch {
		case name == "c.toml":
			return []byte(smallCatalog), nil
		case !slices.Contains(w.files, name):
			return nil, errors.New("there is no such file")
		}
		return w.text(name, "\n"), nil
	}
	f := advice.Files{Main: policy.Source{File: "p.toml", Data: w.text("p.toml", "\n")}, Read: read}
	p, found := policy.Parse(f.Main, read)
	if err := found.Err(); err != nil {
		rt.Skip("not every drawn text is a policy, and advice is for those that are:", err)
	}
	return f, p
}

// cost is what an edit does beside what was asked for; ok is whether it may be
// offered: the answer is turned, nobody gains anything else, no rule is broken anew.
func cost(rt *rapid.T, before *policy.Policy, done *policy.Edited, q advice.Question) (others, lost int, ok bool) {
	if done.Brought.HasErrors() {
		return 0, 0, false
	}
	was, is := access(rt, before), access(rt, done.Policy.At(today))
	touched := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(mapOf(was, is))) {
		for view := range mapOf(was[key], is[key]) {
			gained, gone := is[key][view].Minus(was[key][view]), was[key][view].Minus(is[key][view])
			asked := view == q.View && slices.ContainsFunc(q.Sites, func(s string) bool { return key == q.User+" in "+s })
			if asked && is[key][view].Has(q.Permission) != q.Allowed {
				return 0, 0, false
			}
			if asked && q.Allowed {
				gained = gained.Minus(q.Permission)
			} else if asked {
				gone = gone.Minus(q.Permission)
			}
			if !gained.IsEmpty() {
				return 0, 0, false
			}
			lost += gone.Len()
			if !gone.IsEmpty() && !slices.ContainsFunc(before.Sites, func(s policy.Site) bool { return key == q.User+" in "+s.Name }) {
				touched[key] = true
			}
		}
	}
	return len(touched), lost, true
}

// mapOf has the keys of both.
func mapOf[V any](a, b map[string]V) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// singleEdits are all edits of one person by one command of the kinds that advice
// knows.
func singleEdits(p *policy.Policy, q advice.Question) []func(*policy.Editor) error {
	u := p.User(q.User)
	var out []func(*policy.Editor) error
	line := policy.Entry{View: catalog.ViewName(q.View), Permissions: q.Permission}
	for _, site := range []string{"", "North", "South"} {
		out = append(out, func(e *policy.Editor) error { _, err := e.AddLine(u.Name, site, !q.Allowed, line); return err })
		for _, g := range p.Groups {
			out = append(out,
				func(e *policy.Editor) error {
					return e.EditGroups(u.Name, site, policy.ListEdit{Remove: []string{g.Name}})
				},
				func(e *policy.Editor) error {
					return e.EditGroups(u.Name, site, policy.ListEdit{Add: []string{g.Name}})
				})
		}
	}
	for _, o := range u.Overrides() {
		out = append(out, func(e *policy.Editor) error { _, err := e.RemoveLines(u.Name, o.Line.Target()); return err })
	}
	return out
}

// TestSmallestEdit: for random policies and questions, the edit that is offered turns
// the answer, gives nobody anything else and breaks no rule anew; no edit by one
// command of the kinds that are tried does the same for less, and where none is
// offered none does.
func TestSmallestEdit(t *testing.T) {
	offered, none := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		f, p := drawn(rt)
		if p.Catalog.Name != "small" {
			rt.Skip("the vendor's catalog makes a hundred edits slow, and the small one has the same kinds of lines")
		}
		before := p.At(today)
		var active []*policy.User
		for _, u := range before.Users {
			if !u.Inactive {
				active = append(active, u)
			}
		}
		if len(active) == 0 {
			rt.Skip("nobody is active, so that there is nobody to ask of")
		}
		u := rapid.SampledFrom(active).Draw(rt, "who")
		q := advice.Question{User: u.Name, View: rapid.SampledFrom([]string{"imvw_item", "imvw_count"}).Draw(rt, "view"),
			Permission: rapid.SampledFrom(catalog.All.Each()).Draw(rt, "permission")}
		at := before.UserSites(u)
		first := rapid.SampledFrom(at).Draw(rt, "site").Name
		was := access(rt, before)
		q.Allowed = !was[u.Name+" in "+first][q.View].Has(q.Permission)
		for _, s := range at { // all where the answer is the same, or one
			if s.Name == first || was[u.Name+" in "+s.Name][q.View].Has(q.Permission) != q.Allowed && rapid.Bool().Draw(rt, "there too") {
				q.Sites = append(q.Sites, s.Name)
			}
		}
		answer, err := advice.Smallest(f, q, today)
		if err != nil {
			rt.Fatal(err)
		}
		best := [2]int{1 << 30}
		if o := answer.Offer; o != nil {
			offered++
			others, lost, ok := cost(rt, before, o.Edited, q)
			if !ok {
				rt.Fatalf("%+v: what is offered is not right: %q", q, o.Commands)
			}
			if others != len(o.Others) || lost != o.Lost {
				rt.Fatalf("%+v: %q touches %d others and loses %d; it says %v and %d", q, o.Commands, others, lost, o.Others, o.Lost)
			}
			best = [2]int{others, lost}
		} else {
			none++
		}
		for i, edit := range singleEdits(before, q) {
			e, err := policy.NewEditor(f.Main, f.Read)
			if err != nil {
				rt.Fatal(err)
			}
			if edit(e) != nil {
				continue
			}
			done, err := e.Result(today)
			if err != nil || len(done.Files) == 0 {
				continue
			}
			if others, lost, ok := cost(rt, before, done, q); ok && slices.Compare([]int{others, lost}, best[:]) < 0 {
				rt.Fatalf("%+v: edit %d touches %d others and loses %d, which is less than what is offered: %+v\n%s", q, i, others, lost, answer, done.Files[0].After)
			}
		}
	})
	t.Logf("%d offered, %d not", offered, none)
	if offered == 0 {
		t.Error("nothing was ever offered")
	}
}

// TestSmallestEditOfAGroup: for random policies, the edit of a group that is offered
// turns its answer; besides, whoever gains something is in the group and gains what
// was asked, and no other group gives more.
func TestSmallestEditOfAGroup(t *testing.T) {
	offered := 0
	rapid.Check(t, func(rt *rapid.T) {
		f, p := drawn(rt)
		if p.Catalog.Name != "small" {
			rt.Skip("the vendor's catalog makes the edits slow, and its groups cannot be edited")
		}
		before := p.At(today)
		g := rapid.SampledFrom(before.Groups).Draw(rt, "group")
		q := advice.Question{Group: g.Name, View: rapid.SampledFrom([]string{"imvw_item", "imvw_count"}).Draw(rt, "view"),
			Permission: rapid.SampledFrom(catalog.All.Each()).Draw(rt, "permission")}
		at := q.View + " in North"
		may := func(p *policy.Policy, group string) catalog.Permissions {
			all := gives(p)[group]
			return all.may[at].Minus(all.denied[at])
		}
		q.Allowed = !may(before, g.Name).Has(q.Permission)
		answer, err := advice.Smallest(f, q, today)
		if err != nil {
			rt.Fatal(err)
		}
		o := answer.Offer
		if o == nil {
			return
		}
		offered++
		after := o.Edited.Policy.At(today)
		if may(after, g.Name).Has(q.Permission) != q.Allowed || o.Edited.Brought.HasErrors() {
			rt.Fatalf("%+v: %q leaves the answer as it is, or breaks a rule: %v", q, o.Commands, o.Edited.Brought)
		}
		was, is := access(rt, before), access(rt, after)
		for key := range is {
			for view := range is[key] {
				gained := is[key][view].Minus(was[key][view])
				member := slices.ContainsFunc(before.Members(before.Group(g.Name)), func(m policy.Member) bool {
					return slices.ContainsFunc(m.Sites, func(s string) bool { return key == m.User.Name+" in "+s })
				})
				if member && q.Allowed && view == q.View {
					gained = gained.Minus(q.Permission)
				}
				if !gained.IsEmpty() {
					rt.Fatalf("%+v: by %q %s gains %v on %s", q, o.Commands, key, gained, view)
				}
			}
		}
		then := gives(after)
		for name, had := range gives(before) {
			for where, has := range then[name].may {
				more := has.Minus(then[name].denied[where]).Minus(had.may[where].Minus(had.denied[where]))
				if name == g.Name && q.Allowed && where[:len(q.View)+1] == q.View+" " {
					more = more.Minus(q.Permission)
				}
				if !more.IsEmpty() {
					rt.Fatalf("%+v: by %q group %q gives %v on %s", q, o.Commands, name, more, where)
				}
			}
		}
	})
	if offered == 0 {
		t.Error("nothing was ever offered")
	}
}

// applied is a site as the policy wants it, to be asked.
func applied(rt *rapid.T, p *policy.Policy, site policy.Site) *grants.Inquiry {
	s := withAnotherView(p, site)
	w, _ := p.Wanted(s)
	for i, u := range w.Users {
		s.Logins = append(s.Logins, grants.Login{Name: u.Login, Type: cmp.Or(u.Type, grants.SQLUser), SID: fmt.Sprint("login ", i)})
	}
	after, err := s.With(grants.Diff(s, w, grants.DiffOptions{Adopt: []string{"*"}}).Changes)
	if err != nil {
		rt.Fatal(err)
	}
	return grants.Inquire(after, w, grants.Acceptance{})
}

// withoutDenies is withoutLines of lines of deny.
func withoutDenies(p *policy.Policy, places ...finding.Pos) *policy.Policy {
	turned := *p
	turned.Groups, turned.Users = slices.Clone(p.Groups), slices.Clone(p.Users)
	for i, g := range p.Groups {
		h := *g
		h.Allow, h.Deny = g.Deny, g.Allow
		turned.Groups[i] = &h
	}
	for i, u := range p.Users {
		v := *u
		v.Allow, v.Deny, v.At = u.Deny, u.Allow, slices.Clone(u.At)
		for j := range v.At {
			v.At[j].Allow, v.At[j].Deny = u.At[j].Deny, u.At[j].Allow
		}
		turned.Users[i] = &v
	}
	turned = *withoutLines(&turned, places...)
	for i, g := range turned.Groups {
		h := *g
		h.Allow, h.Deny = g.Deny, g.Allow
		turned.Groups[i] = &h
	}
	for i, u := range turned.Users {
		v := *u
		v.Allow, v.Deny, v.At = u.Deny, u.Allow, slices.Clone(u.At)
		for j := range v.At {
			v.At[j].Allow, v.At[j].Deny = u.At[j].Deny, u.At[j].Allow
		}
		turned.Users[i] = &v
	}
	return &turned
}

// TestEveryReasonCounts: of a random policy that was applied, an answer rests on the
// lines that explain lists and on no others: without all of them it is another,
// without one of them where there is no other of its kind, and so it is with who is
// in which group.
func TestEveryReasonCounts(t *testing.T) {
	allowed, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		_, p := drawn(rt)
		p = p.At(today)
		if p.Catalog.Name != "small" {
			rt.Skip("the vendor's catalog makes a hundred sites slow, and the small one has the same kinds of lines")
		}
		site := rapid.SampledFrom(p.Sites).Draw(rt, "site")
		u := rapid.SampledFrom(p.Users).Draw(rt, "who")
		view, one := rapid.SampledFrom([]string{"imvw_item", "imvw_count"}).Draw(rt, "view"), rapid.SampledFrom(catalog.All.Each()).Draw(rt, "permission")
		may := func(p *policy.Policy) bool {
			return applied(rt, p, site).Explain(u.Name, view, one).Allowed == grants.Yes
		}
		d := applied(rt, p, site).Explain(u.Name, view, one)
		if promised := access(rt, p)[u.Name+" in "+site.Name][view].Has(one); promised != (d.Allowed == grants.Yes) {
			rt.Fatalf("the policy gives %s %s on %s in %s: %v, and explain says they %s: %v", u.Name, one, view, site.Name, promised, d.Allowed, d.Because)
		}
		var grant, deny, beaten []finding.Pos
		groups := map[string]bool{}
		for _, r := range d.Because {
			list := &grant
			switch {
			case r.Kind == "deny":
				list = &deny
			case r.Kind != "grant":
				continue
			case r.Beaten:
				list = &beaten
			}
			if !slices.Contains(*list, r.Where) {
				*list = append(*list, r.Where)
			}
			for _, s := range r.Steps {
				if !s.Asked {
					rt.Fatalf("%s in %s: %v is not what the policy asks for", u.Name, site.Name, s)
				}
			}
			if len(r.Via) == 1 && r.Kind == "grant" {
				groups[r.Group] = true
			}
		}
		switch {
		case d.Allowed == grants.Yes:
			allowed++
			if may(withoutLines(p, grant...)) {
				rt.Fatalf("%s may %s %s in %s without all that is listed: %v", u.Name, one, view, site.Name, grant)
			}
			for _, at := range grant {
				if got := may(withoutLines(p, at)); got != (len(grant) > 1) {
					rt.Fatalf("%s may %s %s in %s without %v: %v; listed are %v", u.Name, one, view, site.Name, at, got, grant)
				}
			}
			own := slices.ContainsFunc(d.Because, func(r grants.Reason) bool { return r.Kind == "grant" && len(r.Via) == 0 })
			for g := range groups {
				if got := may(leaving(p, u, g)); got != (len(groups) > 1 || own) {
					rt.Fatalf("%s may %s %s in %s out of %q: %v; listed are %v", u.Name, one, view, site.Name, g, got, groups)
				}
			}
		case len(deny) > 0:
			refused++
			if got := may(withoutDenies(p, deny...)); got != (len(beaten) > 0) {
				rt.Fatalf("%s may %s %s in %s without the denies %v: %v; beaten are %v", u.Name, one, view, site.Name, deny, got, beaten)
			}
			for _, at := range deny {
				if got := may(withoutDenies(p, at)); got != (len(deny) == 1 && len(beaten) > 0) {
					rt.Fatalf("%s may %s %s in %s without the deny %v: %v; listed are %v, beaten %v", u.Name, one, view, site.Name, at, got, deny, beaten)
				}
			}
		}
	})
	if allowed == 0 || refused == 0 {
		t.Log(fmt.Sprintf("%d were allowed, %d denied", allowed, refused))
	}
}

// leaving returns a policy without somebody's membership of a group.
func leaving(p *policy.Policy, who *policy.User, group string) *policy.Policy {
	out := *p
	out.Users = slices.Clone(p.Users)
	left := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return p.Group(n) == p.Group(group) })
	}
	for i, u := range p.Users {
		if u != who {
			continue
		}
		v := *u
		v.Groups, v.At = left(u.Groups), slices.Clone(u.At)
		for j := range v.At {
			v.At[j].Groups = left(v.At[j].Groups)
		}
		out.Users[i] = &v
	}
	return &out
}
