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

// TestPeers: what is decided of peers is what is decided of each, and all
// of whom Who speaks are among some.
func TestPeers(t *testing.T) {
	joined := 0
	rapid.Check(t, func(t *rapid.T) {
		s, w := drawSite(t), drawWanted(t)
		w.Sort()
		q := Inquire(s, w, Acceptance{})
		classOf := map[string]int{}
		classes := q.Peers()
		for i, c := range classes {
			joined += len(c.People) - 1
			for _, one := range c.People {
				classOf[one.Name] = i
			}
		}
		for _, view := range q.Views() {
			for _, one := range catalog.All.Each() {
				for _, d := range q.Who(view, one) {
					i, ok := classOf[d.User]
					if !ok {
						t.Fatalf("%s is in no class", d.User)
					}
					got, _ := q.Decide(classes[i], view, one)
					if answeredBy(got) != answeredBy(d) {
						t.Fatalf("%s on %s: %s: %+v, and their class %+v", one, view, d.User, answeredBy(d), answeredBy(got))
					}
				}
				who := q.Who(view, one)
				for _, c := range classes {
					d, _ := q.Decide(c, view, one)
					for _, x := range c.People {
						if d.Allowed != No && !slices.ContainsFunc(who, func(d Decision) bool { return d.User == x.Name }) {
							t.Fatalf("%s of %s: Who does not speak of them, and their class %s", x.Name, view, d.Allowed)
						}
					}
				}
			}
		}
	})
	if joined == 0 && !t.Failed() {
		t.Error("nobody was like anybody: the test does not reach it")
	}
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
