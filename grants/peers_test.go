package grants

import (
	"slices"
	"testing"

	"grantree/catalog"

	"pgregory.net/rapid"
)

// answered is a decision without the names of whom it is about: what is asked of a
// class is the same of everybody in it.
type answered struct {
	allowed Answer
	kinds   string
}

func answeredBy(d Decision) answered {
	out := answered{allowed: d.Allowed}
	for _, r := range d.Because {
		out.kinds += r.Kind + " "
		if r.Kind == "grant" || r.Kind == "deny" || r.Kind == "schema" || r.Kind == "power" {
			for _, via := range r.Via {
				out.kinds += via + " "
			}
		}
	}
	return out
}

// TestPeers: what is decided of peers is what is decided of each in it, and all of whom
// Who speaks are among some.
func TestPeers(t *testing.T) {
	joined := 0
	rapid.Check(t, func(t *rapid.T) {
		s, w := drawSite(t), drawWanted(t)
		w.Sort()
		joined += peersAgree(t, s, w)
	})
	if joined == 0 && !t.Failed() {
		t.Error("nobody was like anybody: the test does not reach it")
	}
}

// peersAgree holds what is decided of the peers of a site to what Who says of each, and
// returns how many are like somebody before them.
func peersAgree(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *Snapshot, w *Wanted) (joined int) {
	t.Helper()
	q := Inquire(s, w, Acceptance{})
	of := map[string][]int{} // a user and a login may have one name
	all := q.Peers()
	for i, c := range all {
		joined += len(c.People) - 1
		for _, one := range c.People {
			of[one.Name] = append(of[one.Name], i)
		}
	}
	for _, view := range q.Views() {
		for _, one := range catalog.All.Each() {
			who := q.Who(view, one)
			for _, d := range who {
				if !slices.ContainsFunc(of[d.User], func(i int) bool {
					got, _ := q.Decide(all[i], view, one)
					return answeredBy(got) == answeredBy(d)
				}) {
					t.Fatalf("%s on %s: %s: %+v, and no peers of that name say so", one, view, d.User, answeredBy(d))
				}
			}
			for _, c := range all {
				d, _ := q.Decide(c, view, one)
				for _, x := range c.People {
					if d.Allowed != No && !slices.ContainsFunc(who, func(d Decision) bool { return d.User == x.Name }) {
						t.Fatalf("%s of %s: Who does not speak of them, and their peers %s", x.Name, view, d.Allowed)
					}
				}
			}
		}
	}
	return joined
}

// TestBrings: a role brings what it and its roles hold, and its DENYs.
func TestBrings(t *testing.T) {
	b := newSite("va", "vb").role("outer", "inner", "idle").user("ann")
	b.member("outer", "inner").row(Granted, "SELECT", "va", "outer").row(Granted, "UPDATE", "vb", "inner").row(Denied, "UPDATE", "vb", "outer")
	q := Inquire(b.Snapshot, &Wanted{}, Acceptance{})
	if got := q.Roles(); !slices.Equal(got, []string{"inner", "outer"}) {
		t.Error(got)
	}
	if may, denied := q.Brings("inner", "va"); may != catalog.Select || denied != catalog.None {
		t.Error(may, denied)
	}
	if may, denied := q.Brings("inner", "vb"); may != catalog.None || denied != catalog.Update {
		t.Error(may, denied)
	}
}
