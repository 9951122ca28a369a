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
// losing its last administrator.
func TestOpeningIsNoAdministrator(t *testing.T) {
	s := newSite("va").role("+Admin", "+Crew").user("+ann", "+bob").login("ann", "bob").member("Admin", "ann", "bob").
		row(Granted, "SELECT", "va", "Admin").row(Granted, "SELECT", "va", "Crew")
	want := newWanted("va").role("Admin", "Crew").user("ann", "bob").member("Crew", "ann").entry(Granted, catalog.Select, "va", "Admin").entry(Granted, catalog.Select, "va", "Crew").Wanted
	s.Openings = []OpeningRow{{s.id("bob"), hour.Text()}}
	want.Open(hour)
	plan := Diff(s.Snapshot, want, DiffOptions{})
	if got := codes(Lockout(s.Snapshot, want, plan, Guard{MaxLoss: 1, Administrators: "Admin"})); got != "last-administrator" {
		t.Errorf("found %q for %v", got, plan.Changes)
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
