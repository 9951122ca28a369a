package grants

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"grantree/catalog"
)

var hour = Opening{User: "bob", Group: "Admin", Role: "Admin", Opened: time.Date(2026, 11, 27, 13, 5, 0, 0, time.UTC),
	Until: time.Date(2026, 11, 27, 14, 5, 0, 0, time.UTC), By: `EX\olga`, Reason: "month end <ticket \"4711\">\nsecond line"}

func TestOpeningText(t *testing.T) {
	got, err := ParseOpening("bob", hour.Text())
	if diff := cmp.Diff(hour, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	for name, text := range map[string]string{
		"empty": "", "no object": `"x"`, "another key": strings.Replace(hour.Text(), "{", `{"more":1,`, 1), "a blank": hour.Text() + " ",
		"no role": strings.Replace(hour.Text(), `"role":"Admin"`, `"role":""`, 1), "no end": strings.Replace(hour.Text(), "2026-11-27T14:05:00Z", "0001-01-01T00:00:00Z", 1),
		"a zone": strings.Replace(hour.Text(), "14:05:00Z", "15:05:00+01:00", 1), "two keys": strings.Replace(hour.Text(), "{", `{"until":"2099-01-01T00:00:00Z",`, 1),
	} {
		if o, err := ParseOpening("bob", text); err == nil {
			t.Errorf("%s: %q is taken for %v", name, text, o)
		}
	}
	long := hour
	long.Group, long.Role, long.By, long.Reason = strings.Repeat("€", 128), strings.Repeat("€", 128), strings.Repeat(`\`, 128), strings.Repeat(`"`, MaxOpeningReason)
	if n := len([]rune(long.Text())); n > MaxOpeningText {
		t.Errorf("the longest has %d characters, and a property holds 3,750", n)
	}
}

// TestOpenings: what is opened is a membership with a property, which a plan takes back
// once the policy does not want it any more; a fingerprint changes with the end alone.
func TestOpenings(t *testing.T) {
	build := func() *Snapshot {
		s := newSite("va").role("+Admin").user("+bob").row(Granted, "SELECT", "va", "Admin").Snapshot
		s.Now = hour.Opened.Add(time.Minute)
		return s
	}
	want := func() *Wanted {
		return newWanted("va").role("Admin").user("bob").entry(Granted, catalog.Select, "va", "Admin").Wanted
	}
	s, w := build(), want()
	w.Open(hour)
	plan := Diff(s, w, DiffOptions{})
	changes := []Change{{Kind: BreakGlass, Principals: []string{"bob"}, Text: hour.Text()}, {Kind: AddMember, Role: "Admin", Principals: []string{"bob"}}}
	if diff := cmp.Diff(changes, plan.Changes, cmpopts.IgnoreFields(Change{}, "Causes"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	open, err := s.With(plan.Changes)
	if err != nil {
		t.Fatal(err)
	}
	if rest := Diff(open, w, DiffOptions{}); !rest.Empty() {
		t.Errorf("opened, there is left: %v", rest.Changes)
	}
	back := Diff(open, want(), DiffOptions{})
	changes = []Change{{Kind: DropMember, Role: "Admin", Principals: []string{"bob"}}, {Kind: EndBreakGlass, Principals: []string{"bob"}, Text: hour.Text()}}
	if diff := cmp.Diff(changes, back.Changes, cmpopts.IgnoreFields(Change{}, "Causes"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("take back (-want +got):\n%s", diff)
	}
	if note := back.Changes[0].Causes[0].Note; !strings.Contains(note, hour.Reason) {
		t.Errorf("the cause is %q", note)
	}
	undone, err := open.With(plan.Reverse())
	if err != nil || undone.Fingerprint() != s.Fingerprint() || len(undone.Openings) > 0 {
		t.Errorf("undone it is not what it was: %v, %v", err, undone.Openings)
	}

	kept := want() // what a site has is excused while it is there, and made by nothing
	if kept.Excuse(hour); !Diff(open, kept, DiffOptions{}).Empty() || !Diff(s, kept, DiffOptions{}).Empty() {
		t.Errorf("excused: %v, and where it is not there %v", Diff(open, kept, DiffOptions{}).Changes, Diff(s, kept, DiffOptions{}).Changes)
	}
	if !open.Holds(hour) || s.Holds(hour) {
		t.Errorf("bob is in the role: %t, and before that %t", open.Holds(hour), s.Holds(hour))
	}
	later, over := *open, *open
	later.Now, over.Now = later.Now.Add(10*time.Minute), hour.Until
	if open.Fingerprint() != later.Fingerprint() {
		t.Error("the clock is part of the fingerprint")
	}
	if open.Fingerprint() == over.Fingerprint() {
		t.Error("that an opening is over is no part of the fingerprint")
	}
	if w.Close(hour); len(w.Openings) > 0 || len(w.Members) > 0 {
		t.Errorf("closed, %v and %v are left", w.Openings, w.Members)
	}
}

// TestOpeningIsNoAdministrator: who administers a site for an hour does not keep it from
// losing its last administrator; and whoever writes a property that the policy does not
// give, or whose time is over, takes nobody out of the count.
func TestOpeningIsNoAdministrator(t *testing.T) {
	for _, tt := range []struct {
		name    string
		members string // of Admin, in the site
		boss    bool   // bob is in Admin by the policy, too
		know    func(*Wanted)
		want    string
	}{
		{"an opening that stands keeps nothing", "ann bob", false, func(w *Wanted) { w.Excuse(hour) }, "last-administrator"},
		{"nor one that is made", "ann", false, func(w *Wanted) { w.Open(hour) }, "last-administrator"},
		{"who is in by the policy, too, does", "ann bob", true, func(w *Wanted) { w.Excuse(hour) }, ""},
		{"a property that is not given", "bob", false, func(*Wanted) {}, "last-administrator"},
		{"one that is over", "bob", false, func(w *Wanted) { w.Over = []Opening{hour} }, "last-administrator"},
		{"one that the run ends", "bob", false, func(w *Wanted) { w.Excuse(hour); w.Close(hour) }, ""},
		{"one that is over, and the run ends", "bob", false, func(w *Wanted) { w.Over = []Opening{hour}; w.Close(hour) }, ""},
		{"one that is not given, and the run ends", "bob", false, func(w *Wanted) { w.Close(hour) }, "last-administrator"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite("va").role("+Admin", "+Crew").user("+ann", "+bob").login("ann", "bob").member("Admin", strings.Fields(tt.members)...).
				row(Granted, "SELECT", "va", "Admin").row(Granted, "SELECT", "va", "Crew")
			w := newWanted("va").role("Admin", "Crew").user("ann", "bob").member("Crew", "ann").entry(Granted, catalog.Select, "va", "Admin").entry(Granted, catalog.Select, "va", "Crew")
			if tt.boss {
				w.member("Admin", "bob")
			}
			s.Openings, s.Now = []OpeningRow{{s.id("bob"), hour.Text()}}, hour.Opened
			tt.know(w.Wanted)
			plan := Diff(s.Snapshot, w.Wanted, DiffOptions{})
			if got := codes(Lockout(s.Snapshot, w.Wanted, plan, Guard{MaxLoss: 1, Administrators: "Admin"})); got != tt.want {
				t.Errorf("found %q, want %q, for %v", got, tt.want, plan.Changes)
			}
		})
	}
}

// TestAgreed: of those who lose something, who loses what an opening gave them, which
// the policy gives and which is over or ended, and nothing else, has agreed to it.
func TestAgreed(t *testing.T) {
	for _, tt := range []struct {
		name string
		know func(*wantedBuilder)
		want int
	}{
		{"over", func(w *wantedBuilder) { w.member("Crew", "bob"); w.Over = []Opening{hour} }, 1},
		{"ended", func(w *wantedBuilder) { w.member("Crew", "bob"); w.Excuse(hour); w.Close(hour) }, 1},
		{"a property that the policy does not give", func(w *wantedBuilder) { w.member("Crew", "bob") }, 0},
		{"ended, and the policy does not give it", func(w *wantedBuilder) { w.member("Crew", "bob"); w.Close(hour) }, 0},
		{"and something else is lost", func(w *wantedBuilder) { w.Over = []Opening{hour} }, 0},
		{"the policy gives the group for good", func(w *wantedBuilder) { w.member("Admin", "bob"); w.Over = []Opening{hour} }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite("va", "vb").role("+Admin", "+Crew").user("+bob").member("Admin", "bob").member("Crew", "bob").row(Granted, "SELECT", "va", "Admin").row(Granted, "SELECT", "vb", "Crew")
			s.Openings, s.Now = []OpeningRow{{s.id("bob"), hour.Text()}}, hour.Until
			w := newWanted("va", "vb").role("Admin", "Crew").user("bob").entry(Granted, catalog.Select, "va", "Admin").entry(Granted, catalog.Select, "vb", "Crew")
			tt.know(&w)
			plan := Diff(s.Snapshot, w.Wanted, DiffOptions{})
			got := s.Agreed(w.Wanted, plan.People, func(s *Snapshot) []string { return Diff(s, w.Wanted, DiffOptions{}).People.Lose })
			if len(plan.People.Lose) != 1 || got != tt.want {
				t.Errorf("of %v %d have agreed, want %d", plan.People.Lose, got, tt.want)
			}
		})
	}
}

// TestOpeningsByMode: what a mode takes from nobody it does not close; any other takes
// back the membership together with the property.
func TestOpeningsByMode(t *testing.T) {
	for mode, want := range map[Mode]string{All: "drop_member bob, end_break_glass bob", Narrow: "drop_member bob, end_break_glass bob", Add: ""} {
		s := newSite("va").role("+Admin").user("+bob").member("Admin", "bob").row(Granted, "SELECT", "va", "Admin")
		s.Openings, s.Now = []OpeningRow{{s.id("bob"), hour.Text()}}, hour.Until
		w := newWanted("va").role("Admin").user("bob").entry(Granted, catalog.Select, "va", "Admin").Wanted
		if got := brief(Diff(s.Snapshot, w, DiffOptions{Mode: mode}).Changes); got != want {
			t.Errorf("mode %q: %q, want %q", mode, got, want)
		}
	}
}

// FuzzParseOpening: what is taken for an opening is written back as it stood.
func FuzzParseOpening(f *testing.F) {
	for _, text := range []string{hour.Text(), "", "{}", "null", `{"group":"A","role":"A","opened":"2026-11-27T13:05:00Z","until":"2026-11-27T14:05:00.5Z","by":"","reason":""}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if o, err := ParseOpening("bob", text); err == nil && o.Text() != text {
			t.Errorf("%q is read as %q", text, o.Text())
		}
	})
}
