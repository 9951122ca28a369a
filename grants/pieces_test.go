package grants

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"grantree/catalog"
)

// TestPiecesAreSafe draws a site and a policy, cuts the plan between them into small
// transactions, and stops after each: nobody has lost what they keep or gained what
// they do not get. From one of the cuts the way is begun anew, as the next run does:
// on that way, too, nobody leaves what they had before or have at the end, it arrives,
// and no temporary role is left.
func TestPiecesAreSafe(t *testing.T) {
	cuts, bridges := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawSite(t), drawWanted(t)
		plan := Diff(from, to, DiffOptions{})
		if plan.Findings.HasErrors() {
			return // no such plan is carried out
		}
		most := rapid.SampledFrom([]int{1, 2, 5, 20}).Draw(t, "most")
		pieces := plan.Pieces(most)
		if all := slices.Concat(pieces...); len(all) != len(plan.Changes) || len(all) > 0 && !reflect.DeepEqual(all, plan.Changes) {
			t.Fatalf("the pieces are not the plan:\n%s", show(all))
		}
		end, err := from.With(plan.Changes)
		if err != nil {
			t.Fatal(err)
		}
		b := boundsOf(t, from, end, plan)
		again := rapid.IntRange(0, len(pieces)).Draw(t, "cut")
		for i := range pieces { // over a bridge, where there is one
			if len(Standing(slices.Concat(pieces[:i+1]...))) > 0 && rapid.Bool().Draw(t, "this one") {
				again = i
				break
			}
		}
		at := from
		for i, piece := range pieces {
			statements := 0
			for _, c := range piece {
				statements += c.Statements()
			}
			if len(piece) > 1 && statements > most {
				t.Fatalf("%d statements in one transaction, of at most %d", statements, most)
			}
			if at, err = at.With(piece); err != nil {
				t.Fatal(err)
			}
			b.hold(t, at, plan.Changes)
			if cuts++; i != again {
				continue
			}
			if len(Standing(slices.Concat(pieces[:i+1]...))) > 0 {
				bridges++
			}
			b.goOn(t, at, to, plan)
		}
		if standing := Standing(plan.Changes); len(standing) > 0 {
			t.Fatalf("the plan leaves %q", standing)
		}
	})
	if (cuts == 0 || bridges == 0) && !t.Failed() && !testing.Short() {
		t.Errorf("%d cuts, of which %d begin anew over a bridge: the test does not reach that case", cuts, bridges)
	}
}

// bounds are what people may do before and after a plan, by tuple.
type bounds struct{ before, after map[string]bool }

// boundsOf takes them from a site and its end; whom the plan makes begins with what
// public has, see bound.
func boundsOf(t *rapid.T, from, end *Snapshot, plan *Plan) bounds {
	b := bounds{naiveEntered(from), naiveEntered(end)}
	for i, c := range plan.Changes {
		if c.Kind != CreateUser {
			continue
		}
		made, err := from.With(plan.Changes[:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for tuple := range naiveEntered(made) {
			if strings.HasPrefix(tuple, c.Principals[0]+" ") {
				b.before[tuple] = true
			}
		}
	}
	return b
}

// hold holds a state on the way to the bounds.
func (b bounds) hold(t *rapid.T, at *Snapshot, changes []Change) {
	now := naiveEntered(at)
	for tuple := range now {
		if !b.before[tuple] && !b.after[tuple] {
			t.Fatalf("somebody is allowed %s on the way:\n%s", tuple, show(changes))
		}
	}
	for tuple := range b.before {
		if b.after[tuple] && !now[tuple] && !created(changes, tuple) {
			t.Fatalf("somebody is denied %s on the way:\n%s", tuple, show(changes))
		}
	}
}

// goOn plans anew from the middle.
func (b bounds) goOn(t *rapid.T, at *Snapshot, to *Wanted, first *Plan) {
	rest := Diff(at, to, DiffOptions{})
	if rest.Findings.HasErrors() {
		t.Fatalf("the rest is refused: %v\n%s", rest.Findings, show(first.Changes))
	}
	both := slices.Concat(first.Changes, rest.Changes)
	for _, c := range rest.Changes {
		next, err := at.With([]Change{c})
		if err != nil {
			t.Fatal(err)
		}
		at = next
		b.hold(t, at, both)
	}
	if left := Diff(at, to, DiffOptions{}); !left.Empty() {
		t.Fatalf("the rest leaves something to do:\n%s", show(left.Changes))
	}
	for _, p := range at.Principals {
		if strings.HasPrefix(p.Name, "grantree bridge") {
			t.Fatalf("%q is left", p.Name)
		}
	}
}

func TestPieces(t *testing.T) {
	node := func(name string) []Cause { return []Cause{{Node: catalog.Path{"Modules", name}}} }
	plan := &Plan{Changes: []Change{
		{Kind: CreateRole, Principals: []string{"a"}}, {Kind: CreateRole, Principals: []string{"b"}}, {Kind: CreateRole, Principals: []string{"c"}},
		{Kind: GrantOn, View: "v1", Causes: node("Work Orders")}, {Kind: GrantOn, View: "v2", Causes: node("Work Orders")},
		{Kind: GrantOn, View: "v3", Causes: node("Parts")}, {Kind: GrantOn, View: "v4"}, {Kind: RevokeOn, View: "v4"},
		{Kind: AddMember, Role: "a", Principals: []string{"x"}}, {Kind: AddMember, Role: "b", Principals: []string{"x"}}, {Kind: AddMember, Role: "b", Principals: []string{"y"}},
	}}
	var got []int
	for _, p := range plan.Pieces(4) {
		got = append(got, len(p))
	}
	if want := []int{2, 1, 2, 1, 2, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("pieces of %v changes, want %v", got, want)
	}
	if n := len(plan.Pieces(1)); n != len(plan.Changes) {
		t.Errorf("%d pieces of one statement", n)
	}
	if (&Plan{}).Pieces(3) != nil {
		t.Error("an empty plan has a piece")
	}
}

func TestMoved(t *testing.T) {
	base := func() siteBuilder {
		return newSite("v").role("+A").user("+bob").member("A", "bob").row(Granted, "SELECT", "v", "A")
	}
	for _, tt := range []struct {
		name string
		now  siteBuilder
		want string
	}{
		{"nothing", base(), ""},
		{"a grant", base().row(Granted, "UPDATE", "v", "A"), `there is GRANT of UPDATE on dbo.v to "A"`},
		{"a denial and a member", base().row(Denied, "DELETE", "v", "bob").role("B"), `there is role "B" (and 1 more)`},
		{"a member who is gone", newSite("v").role("+A").user("+bob").row(Granted, "SELECT", "v", "A"), `there is no member "bob" of "A" any more`},
		{"a mark that is gone", newSite("v").role("A").user("+bob").member("A", "bob").row(Granted, "SELECT", "v", "A"), `there is no mark of grantree on "A" any more`},
		{"a user", base().user("eve"), `there is user "eve"`},
	} {
		if got := Moved(base().Snapshot, tt.now.Snapshot); got != tt.want && !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
