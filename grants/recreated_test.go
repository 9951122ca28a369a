package grants

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"grantree/catalog"
)

// applied carries a plan out as a server does that writes marks at a time.
func applied(t interface{ Fatal(...any) }, s *Snapshot, to *Wanted, at time.Time) *Snapshot {
	plan := Diff(s, to, DiffOptions{})
	end, err := s.With(plan.Changes)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Changes {
		if c.Holds == "" {
			continue
		}
		for i, p := range end.Principals {
			if p.Name == c.Principals[0] {
				end.Principals[i].Mark = PlainMark + " " + at.Format("2006-01-02T15:04:05.0000000") + " " + c.Holds
			}
		}
	}
	return end
}

// madeAgain makes a view anew: with another id, without rows, at a time.
func madeAgain(s *Snapshot, view string, at time.Time) *Snapshot {
	out := *s
	out.Views, out.Permissions = append([]SiteView(nil), s.Views...), nil
	gone := 0
	for i, v := range out.Views {
		if v.Name == view {
			gone = v.ID
			out.Views[i].ID, out.Views[i].Created = v.ID+100000, at
		}
	}
	for _, row := range s.Permissions {
		if row.Class != ClassObject || row.Major != gone {
			out.Permissions = append(out.Permissions, row)
		}
	}
	return &out
}

func TestRecreated(t *testing.T) {
	day := time.Date(2026, 11, 27, 12, 0, 0, 123_333_333, time.UTC)
	want := newWanted("va", "vb", "vc").role("Mechanic", "Planner").user("bob").member("Mechanic", "bob").
		entry(Granted, catalog.Select|catalog.Insert, "va", "Mechanic").entry(Denied, catalog.Delete, "va", "Mechanic").
		entry(Granted, catalog.Select, "va", "Planner").entry(Granted, catalog.Select, "vb", "Planner")
	begin := newSite("va", "vb", "vc").login("bob").Snapshot
	site := applied(t, begin, want.Wanted, day)
	for _, tt := range []struct {
		name  string
		s     *Snapshot
		wants *Wanted
		says  string // "" for nothing
	}{
		{"as it was", site, want.Wanted, ""},
		{"made again", madeAgain(site, "va", day.Add(time.Second)), want.Wanted, "va was re-created: 3 GRANTs and 1 DENY are gone, it fails closed for Mechanic, Planner"},
		{"one row", madeAgain(site, "vb", day.Add(time.Second)), want.Wanted, "vb was re-created: 1 GRANT is gone, it fails closed for Planner"},
		{"made before the mark, and rows taken away by hand", madeAgain(site, "vb", day.Add(-time.Second)), want.Wanted, ""},
		{"made with the mark, to the accuracy of a date", madeAgain(site, "vb", day.Add(3*time.Millisecond)), want.Wanted, ""},
		{"new, and only now granted", madeAgain(site, "vc", day.Add(time.Second)), newWanted("va", "vb", "vc").role("Mechanic", "Planner").user("bob").entry(Granted, catalog.Select, "vc", "Planner").Wanted, ""},
		{"not wanted any more", madeAgain(site, "vb", day.Add(time.Second)), newWanted("va", "vb", "vc").role("Mechanic", "Planner").user("bob").Wanted, ""},
		{"another view of another name", madeAgain(site, "vc", day.Add(time.Second)), want.Wanted, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said []string
			for _, f := range NewSurvey(tt.s).recreated(tt.wants) {
				said = append(said, f.Message)
			}
			if got := strings.Join(said, "\n"); got != tt.says {
				t.Errorf("said %q, want %q", got, tt.says)
			}
		})
	}
}

// TestRecreatedFailsOpen: a DENY that is gone leaves open what something above the
// view gives.
func TestRecreatedFailsOpen(t *testing.T) {
	day := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	want := newWanted("va").role("Mechanic", "Planner").user("bob").member("Mechanic", "bob").
		entry(Denied, catalog.Select, "va", "Mechanic").entry(Granted, catalog.Select, "va", "Planner")
	site := newSite("va").login("bob")
	s := applied(t, site.Snapshot, want.Wanted, day)
	s.Permissions = append(s.Permissions, PermissionRow{Class: ClassSchema, Major: s.Views[0].Schema, Grantee: PublicID, Grantor: DboID, Name: "SELECT", State: Granted})
	got := NewSurvey(madeAgain(s, "va", day.Add(time.Hour))).recreated(want.Wanted)
	if len(got) != 1 || got[0].Message != "va was re-created: 1 GRANT and 1 DENY are gone, it fails open for Mechanic, and closed for Planner" {
		t.Errorf("said %v", got)
	}
}

// TestRestoring: a heal gives back what was lost and is wanted, and nothing else,
// whatever else the policy asks for; applied once there is nothing to heal.
func TestRestoring(t *testing.T) {
	day := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		views := []string{"va", "vb", "vc"}
		roles := []string{"A", "B"}
		draw := func(label string) wantedBuilder {
			w := newWanted(views...).role(roles...).user("bob", "ann")
			for _, r := range roles {
				for _, u := range []string{"bob", "ann"} {
					if rapid.Bool().Draw(t, label+" "+u+" in "+r) {
						w = w.member(r, u)
					}
				}
				for _, v := range views {
					for _, p := range catalog.All.Each() {
						switch rapid.IntRange(0, 2).Draw(t, label+" "+r+" "+v+" "+p.String()) {
						case 1:
							w = w.entry(Granted, p, v, r)
						case 2:
							w = w.entry(Denied, p, v, r)
						}
					}
				}
			}
			return w
		}
		first := draw("first").Wanted
		s := applied(t, newSite(views...).login("bob", "ann").Snapshot, first, day)
		view := rapid.SampledFrom(views).Draw(t, "again")
		lost := madeAgain(s, view, day.Add(time.Hour))
		now := draw("now").Wanted
		if rapid.Bool().Draw(t, "the same policy") {
			now = first
		}
		x := NewSurvey(lost)
		only := Restoring(x.Recreated(now))
		plan := x.Diff(now, DiffOptions{Only: only})
		end, err := lost.With(plan.Changes)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range plan.Changes {
			switch c.Kind {
			case Stamp:
			case GrantOn, DenyOn:
				if c.View != view || c.Temporary {
					t.Fatalf("a heal of %s sends %v", view, c)
				}
			default:
				t.Fatalf("a heal sends %v", c)
			}
		}
		was, is := NewSurvey(s), NewSurvey(end)
		for p := range is.index().principals {
			name := is.index().principals[p].Name
			before, ok := was.index().principal(name)
			if !ok {
				continue
			}
			for v := range is.index().views {
				had := was.matrix().cells.at(before, v)
				if more := is.matrix().cells.at(p, v) &^ had & rowBits; more != 0 {
					t.Fatalf("%q has more on %s than ever: %b", name, is.index().viewName(v), more)
				}
			}
		}
		if now == first && len(plan.Findings) == 0 {
			if rest := Diff(end, now, DiffOptions{}); !rest.Empty() {
				t.Fatalf("healed of all that was lost, there is left: %v", rest.Changes)
			}
		}
		if left := NewSurvey(end).Diff(now, DiffOptions{Only: only}); !left.Empty() {
			t.Fatalf("healed twice: %v", left.Changes)
		}
		for _, before := range []*Snapshot{lost} {
			held := NewSurvey(before).access()
			then, all := NewSurvey(end).access(), mustEnd(t, before, now)
			for _, u := range held.Users() {
				for _, v := range views {
					a, _ := held.Of(u, v)
					b, _ := then.Of(u, v)
					c, _ := all.Of(u, v)
					if !b.Minus(a|c).IsEmpty() || !(a & c).Minus(b).IsEmpty() {
						t.Fatalf("%s on %s: %s, then %s, and by the policy %s", u, v, a, b, c)
					}
				}
			}
		}
	})
}

// mustEnd is who may do what once a site is as the policy says.
func mustEnd(t interface{ Fatal(...any) }, s *Snapshot, to *Wanted) *Access {
	end, err := s.With(Diff(s, to, DiffOptions{}).Changes)
	if err != nil {
		t.Fatal(err)
	}
	return NewSurvey(end).access()
}

func TestMarkText(t *testing.T) {
	at := time.Date(2026, 11, 27, 23, 50, 0, 123456700, time.UTC)
	c := ParseCollation("Latin1_General_CI_AS")
	one, two := c.viewKey("dbo", "va"), c.viewKey("dbo", "vb")
	text := remembered(one, 0x21) + remembered(two, 0xff)
	for _, tt := range []struct {
		name, text string
		at         time.Time
		has        map[uint32]cell
	}{
		{"plain", "managed", time.Time{}, map[uint32]cell{}},
		{"none", "", time.Time{}, map[uint32]cell{}},
		{"whole", "managed 2026-11-27T23:50:00.1234567 " + text, at, map[uint32]cell{one: 0x21, two: 0xff}},
		{"without a fraction", "managed 2026-11-27T23:50:00 " + text, at.Truncate(time.Second), map[uint32]cell{one: 0x21, two: 0xff}},
		{"time alone", "managed 2026-11-27T23:50:00.1234567", at, map[uint32]cell{}},
		{"cut", "managed 2026-11-27T23:50:00.1234567 " + text[1:], time.Time{}, map[uint32]cell{}},
		{"no time", "managed yesterday " + text, time.Time{}, map[uint32]cell{}},
		{"another word", "mine 2026-11-27T23:50:00.1234567 " + text, time.Time{}, map[uint32]cell{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := readMark(tt.text)
			if diff := cmp.Diff(tt.has, m.holdings()); !m.at.Equal(tt.at) || diff != "" {
				t.Errorf("at %v, has (-want +got):\n%s", m.at, diff)
			}
		})
	}
	if c.viewKey("DBO", "Va") != one || one == two {
		t.Error("a view has one key in any spelling, and two views have two")
	}
}

// unstamped are changes without what marks remember: tests of that are beside this.
func unstamped(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		if c.Kind == Stamp {
			continue
		}
		c.Holds = ""
		out = append(out, c)
	}
	return out
}

// FuzzReadMark: whatever stands in a mark, reading it ends, and it remembers no more than
// it has room for.
func FuzzReadMark(f *testing.F) {
	for _, text := range []string{"managed", "managed 2026-11-27T23:50:00.1234567 AbCdEf", "managed 2026-11-27T23:50:00 ======", "managed  ", " managed 2026-11-27T23:50:00 AbCdEf", "managed 2026-11-27T23:50:00 \rAbCde"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := readMark(text)
		if n := len(m.holdings()); n > len(text)/rememberedSize {
			t.Errorf("%q remembers %d views, since %v", text, n, m.at)
		}
	})
}

// TestMarkHasRoom: of who has rows on more views than an extended property has room for,
// as many are remembered as it has.
func TestMarkHasRoom(t *testing.T) {
	site := newSite()
	has := map[int]cell{}
	for i := range 2000 {
		site.Views = append(site.Views, SiteView{ID: 1000 + i, Schema: DboID, Name: fmt.Sprintf("imvw_%d", i), Owner: DboID})
		has[i] = 1
	}
	got := newIndex(site.Snapshot).holdings(site.Collation, has)
	if len(got) != maxRemembered*rememberedSize || len(PlainMark)+len(" 2026-11-27T23:50:00.1234567 ")+len(got) > MaxMark {
		t.Errorf("%d characters of %d", len(got), MaxMark)
	}
}
