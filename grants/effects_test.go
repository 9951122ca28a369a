package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
)

// TestEffects: people to whom the same happens are one line, by name; who is
// let in, put out, or loses something beside the views is said to.
func TestEffects(t *testing.T) {
	site := newSite("va", "vb").role("+r", "+s").user("+ann", "+bob", "+eve", "+old", "+same").
		member("r", "ann", "bob", "same").member("s", "eve").databaseRow(Granted, "CONTROL", "s").
		row(Granted, "SELECT", "va", "r").row(Granted, "UPDATE", "va", "r").row(Granted, "SELECT", "vb", "old").login("new")
	want := newWanted("va", "vb").role("r", "s", "rest").user("ann", "bob", "eve", "new", "same").member("r", "ann", "bob", "new").member("s").
		member("rest", "same").entry(Granted, catalog.Select, "va", "r").entry(Granted, catalog.Delete, "vb", "r").
		entry(Granted, catalog.Select|catalog.Update, "va", "rest").Wanted
	all := map[string]catalog.Permissions{"va": catalog.All, "vb": catalog.All}
	want.Members = append(want.Members, WantedMember{Role: "r", User: "bob"})
	got := Diff(site.Snapshot, want, DiffOptions{}).People.Effects
	if d := cmp.Diff([]Effect{
		{People: []string{"ann", "bob"}, Gain: map[string]catalog.Permissions{"vb": catalog.Delete}, Lose: map[string]catalog.Permissions{"va": catalog.Update}},
		{People: []string{"eve"}, Gain: map[string]catalog.Permissions{}, Lose: all, Empty: true, Less: true},
		{People: []string{"new"}, Enters: true, Gain: map[string]catalog.Permissions{"va": catalog.Select, "vb": catalog.Delete}, Lose: map[string]catalog.Permissions{}},
		{People: []string{"old"}, Leaves: true, Empty: true, Gain: map[string]catalog.Permissions{}, Lose: map[string]catalog.Permissions{"vb": catalog.Select}},
	}, got); d != "" {
		t.Errorf("effects (-want +got):\n%s", d)
	}
	if gained, lost := got[0].Change(); gained != 1 || lost != 1 {
		t.Errorf("ann and bob gain %d and lose %d", gained, lost)
	}
}
