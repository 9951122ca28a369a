package grants

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"grantree/catalog"
)

// TestUndoGivesBack: two plans, one after the other, taken back each by its changes alone
// give back the site that was, whole or after the first; and taken back once more the one
// that they had made. Longer: -rapid.checks 10000.
func TestUndoGivesBack(t *testing.T) {
	dropped, changes := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		from := drawSite(t)
		drawExtras(t, from)
		first := Diff(from, drawRenames(t, drawWanted(t)), DiffOptions{Adopt: []string{"*"}})
		middle := mustWith(t, from, first.Changes)
		second := Diff(middle, drawWanted(t), DiffOptions{})
		end := mustWith(t, middle, second.Changes)
		for _, c := range slices.Concat(first.Changes, second.Changes) {
			if changes++; c.Kind == DropUser || c.Kind == DropRole {
				dropped++
			}
		}
		back := Reversed(second.Changes)
		again := mustWith(t, end, back)
		same(t, "the second plan taken back", middle, again)
		same(t, "both taken back", from, mustWith(t, again, Reversed(first.Changes)))
		same(t, "that taken back", end, mustWith(t, again, Reversed(back)))
		both := slices.Concat(Reversed(second.Changes), Reversed(first.Changes))
		plan, _, err := Undoing(end, randomViews, both)
		if err != nil || plan.Fingerprint != end.Fingerprint() || len(plan.Changes) != len(both) {
			t.Fatalf("the plan that takes both back: %v", err)
		}
	})
	if !t.Failed() && !testing.Short() && (dropped == 0 || changes == 0) {
		t.Errorf("of %d changes %d drop somebody: the test does not reach that case", changes, dropped)
	}
}

func mustWith(t *rapid.T, s *Snapshot, changes []Change) *Snapshot {
	out, err := s.With(changes)
	if err != nil {
		t.Fatalf("the changes cannot be made: %v\n%s", err, show(changes))
	}
	return out
}

func same(t *rapid.T, what string, want, got *Snapshot) {
	if diff := gocmp.Diff(want.Facts(), got.Facts()); diff != "" || want.Fingerprint() != got.Fingerprint() {
		t.Fatalf("%s is another site:\n%s", what, diff)
	}
}

// drawExtras gives people default schemas, puts properties on principals, and has roles
// belong to others than dbo.
func drawExtras(t *rapid.T, s *Snapshot) {
	other := slices.IndexFunc(s.Principals, func(p Principal) bool { return p.Name == otherRoles[0] })
	for i := range s.Principals {
		p := &s.Principals[i]
		if isBuiltIn(p.ID) {
			continue
		}
		switch rapid.IntRange(0, 3).Draw(t, "extra of "+p.Name) {
		case 1:
			s.Properties = append(s.Properties, PrincipalProperty{p.ID, Property{"a", "nvarchar", "x"}}, PrincipalProperty{p.ID, Property{"b", "int", "7"}})
		case 2:
			if p.Type != DatabaseRole {
				p.DefaultSchema = "app"
			} else if i != other {
				p.Owner = s.Principals[other].ID
			}
		}
	}
	slices.SortFunc(s.Properties, func(a, b PrincipalProperty) int {
		return cmp.Or(cmp.Compare(a.Principal, b.Principal), cmp.Compare(a.Name, b.Name))
	})
}

// TestChanged: what becomes of people between two sites is said by the person, whatever
// their user is called, with what they gain and lose.
func TestChanged(t *testing.T) {
	before := newSite("v", "w").login("ann", "bob", "eve").user("ann", "bob", "eve").Snapshot
	grant := func(view string, to string, p catalog.Permissions) Change {
		return Change{Kind: GrantOn, Schema: "dbo", View: view, Permissions: p, Principals: []string{to}}
	}
	before, err := before.With([]Change{grant("v", "ann", catalog.Select), grant("v", "bob", catalog.Select)})
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.With([]Change{
		{Kind: RenameUser, Was: "bob", Principals: []string{"rob"}}, grant("w", "rob", catalog.Update),
		{Kind: RevokeOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"ann"}},
		{Kind: DropUser, Principals: []string{"eve"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := Changed(before, after, []string{"v", "w"})
	if diff := gocmp.Diff([][]string{{"rob"}, {"ann", "eve"}, {"ann"}}, [][]string{p.Gain, p.Lose, p.LockedOut}); diff != "" || p.Total != 3 {
		t.Errorf("%d people:\n%s", p.Total, diff)
	}
	if p := Changed(after, after, []string{"v", "w"}); len(p.Gain)+len(p.Lose)+len(p.Effects) > 0 {
		t.Errorf("nothing changes, and %v gain, %v lose", p.Gain, p.Lose)
	}
}

// TestFacts: two sites have the same facts where they have the same fingerprint, and each
// thing that changes it changes a line.
func TestFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawSite(t)
		drawExtras(t, a)
		b := mustWith(t, a, Diff(a, drawWanted(t), DiffOptions{}).Changes)
		if equal := slices.Equal(a.Facts(), b.Facts()); equal != (a.Fingerprint() == b.Fingerprint()) {
			t.Fatalf("the facts are the same: %t, the fingerprints: %t", equal, !equal)
		}
		if again := shuffleSnapshot(a); !slices.Equal(a.Facts(), again.Facts()) {
			t.Fatal("another order gives other facts")
		}
	})
}
