package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
	"grantree/finding"
)

func TestExplain(t *testing.T) {
	site := newSite("v", "w").role("+Mechanic", "+Night").user("bob", "ann").member("Mechanic", "bob").
		row(Granted, "SELECT", "v", "Mechanic").row(Granted, "UPDATE", "v", "Mechanic").row(Denied, "INSERT", "v", "bob")
	want := newWanted("v", "w").role("Mechanic", "Night").user("bob", "ann").member("Mechanic", "bob").member("Night", "ann").
		entry(Granted, catalog.Select, "v", "Mechanic", "Night").entry(Denied, catalog.Insert, "v", "bob").entry(Granted, catalog.Delete, "w", "Mechanic", "Night")
	want.Entries[0].Causes = append(want.Entries[0].Causes, Cause{Group: "Engineer", Node: catalog.Path{"Modules", "Parts"}, Level: catalog.ForeignKey,
		Note: "copied from Engineer", Pos: finding.Pos{File: "grantree.toml", Line: 31}})
	q := Inquire(site.Snapshot, want.Wanted, Acceptance{})
	for _, tt := range []struct {
		name, user, view string
		permission       catalog.Permissions
		want             []string
	}{
		{"one reason for each line behind it", "bob", "v", catalog.Select, []string{
			"grant: the role Mechanic is granted SELECT on dbo.v: as a parent view of Modules | v, grantree.toml:20",
			"grant: the role Mechanic is granted SELECT on dbo.v: group Engineer, as a foreign key view of Modules | Parts, copied from Engineer, grantree.toml:31"}},
		{"a row that nobody asked for", "bob", "v", catalog.Update, []string{
			"grant: the role Mechanic is granted UPDATE on dbo.v, which the policy does not ask for"}},
		{"a wanted DENY", "bob", "v", catalog.Insert, []string{
			"deny: the user bob is denied INSERT on dbo.v: group bob, as a parent view of Modules | v, grantree.toml:20"}},
		{"not applied yet", "ann", "v", catalog.Select, []string{
			"nothing: nothing gives ann SELECT on dbo.v",
			"nothing: the policy gives it through Night, but ann is not in that role here yet: group Night, as a parent view of Modules | v, grantree.toml:20"}},
		{"nothing gives it", "ann", "v", catalog.Delete, []string{"nothing: nothing gives ann DELETE on dbo.v"}},
		{"no such view", "ann", "x", catalog.Delete, []string{`nothing: North has no view "x"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(q.Explain(tt.user, tt.view, tt.permission))); diff != "" {
				t.Errorf("because (-want +got):\n%s", diff)
			}
		})
	}
	want.Members = nil
	got := texts(q.Explain("ann", "w", catalog.Delete))
	others := []string{"nothing: nothing gives ann DELETE on dbo.w", "nothing: no group of ann reaches w with DELETE; Mechanic or Night would"}
	if diff := cmp.Diff(others, got); diff != "" {
		t.Errorf("groups that would (-want +got):\n%s", diff)
	}
	reason := q.Explain("bob", "v", catalog.Select).Because[0]
	if diff := cmp.Diff(Reason{Text: reason.Text, Kind: "grant", Via: []string{"Mechanic"}, Steps: []Step{{Member: "bob", Role: "Mechanic"}}, Group: "Mechanic", Node: catalog.Path{"Modules", "v"},
		Level: catalog.Parent, Where: finding.Pos{File: "grantree.toml", Line: 20}}, reason); diff != "" {
		t.Errorf("reason (-want +got):\n%s", diff)
	}
}

// TestExplainGroup: of a group it is said what its role gives by itself and by the
// roles that it is in.
func TestExplainGroup(t *testing.T) {
	site := newSite("v", "w").role("+Mechanic", "Outer").user("bob").member("Outer", "Mechanic").member("Mechanic", "bob").
		row(Granted, "SELECT", "v", "Mechanic").row(Granted, "UPDATE", "v", "Outer").row(Denied, "INSERT", "v", "Mechanic").row(Granted, "INSERT", "v", "Outer")
	want := newWanted("v", "w").role("Mechanic", "Night").user("bob").member("Mechanic", "bob").
		entry(Granted, catalog.Select|catalog.Delete, "v", "Mechanic").entry(Denied, catalog.Insert, "v", "Mechanic").entry(Granted, catalog.Select, "v", "Night")
	q := Inquire(site.Snapshot, want.Wanted, Acceptance{})
	for _, tt := range []struct {
		role       string
		permission catalog.Permissions
		allowed    Answer
		want       []string
	}{
		{"Mechanic", catalog.Select, Yes, []string{"grant: the role Mechanic is granted SELECT on dbo.v: as a parent view of Modules | v, grantree.toml:20"}},
		{"Mechanic", catalog.Update, Yes, []string{"grant: the role Outer is granted UPDATE on dbo.v, which the policy does not ask for"}},
		{"Mechanic", catalog.Insert, No, []string{
			"deny: the role Mechanic is denied INSERT on dbo.v: as a parent view of Modules | v, grantree.toml:20",
			"grant: the role Outer is granted INSERT on dbo.v, which the policy does not ask for"}},
		{"Mechanic", catalog.Delete, No, []string{"nothing: nothing gives Mechanic DELETE on dbo.v",
			"nothing: the policy gives it to Mechanic, but the role is not granted it here yet: as a parent view of Modules | v, grantree.toml:20"}},
		{"Night", catalog.Select, No, []string{"nothing: the policy gives it to Night, but there is no such role here yet: as a parent view of Modules | v, grantree.toml:20"}},
		{"Night", catalog.Delete, No, []string{"nothing: nothing gives Night DELETE on dbo.v"}},
	} {
		d := q.ExplainGroup(tt.role, tt.role, "v", tt.permission)
		if diff := cmp.Diff(tt.want, texts(d)); diff != "" || d.Allowed != tt.allowed {
			t.Errorf("%s %s: %v, because (-want +got):\n%s", tt.role, tt.permission, d.Allowed, diff)
		}
	}
	d := q.ExplainGroup("Mechanic", "Mechanic", "v", catalog.Insert)
	if !d.Because[1].Beaten || d.Because[0].Beaten {
		t.Errorf("the DENY beats the GRANT: %+v", d.Because)
	}
	if diff := cmp.Diff([]Step{{Member: "Mechanic", Role: "Outer"}}, d.Because[1].Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
