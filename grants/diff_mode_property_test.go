package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestModes draws a site and a policy and holds the plans of each mode to what the
// mode says: what they hold, whom they touch, that no prefix of them gives anybody
// what they have neither now nor at the end of all, or takes what they have in both,
// that a site read back has nothing left to do, and that one mode after the other
// comes to the same as all at once.
func TestModes(t *testing.T) {
	var withheld, differ int
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawSite(t), drawRenames(t, drawWanted(t))
		all := Diff(from, to, DiffOptions{})
		end := with(t, from, all.Changes)
		for _, mode := range []Mode{Add, Narrow} {
			plan := Diff(from, to, DiffOptions{Mode: mode})
			holdsTo(t, mode, plan)
			half := with(t, from, plan.Changes)
			if again := Diff(half, to, DiffOptions{Mode: mode}); !again.Empty() {
				t.Fatalf("%s leaves itself something to do:\n%s\nafter\n%s", mode, show(again.Changes), show(plan.Changes))
			}
			strangersStay(t, from, half, to, all)
			if !plan.Findings.HasErrors() && !all.Findings.HasErrors() {
				staysBetween(t, mode, from, end, all, plan)
				rest := Diff(half, to, DiffOptions{})
				if left := plan.Left != nil; left != !rest.marksOnly() && !rest.Findings.HasErrors() {
					t.Fatalf("%s says that %+v is left, and it is\n%s%v", mode, plan.Left, show(rest.Changes), rest.Findings)
				}
			}
			back := with(t, half, plan.Reverse())
			if diff := cmp.Diff(facts(from), facts(back)); diff != "" {
				t.Fatalf("the reverse of %s does not restore the site:\n%s\n%s", mode, diff, show(plan.Changes))
			}
			if plan.Left != nil && len(plan.Left.Waiting) > 0 {
				withheld++
			}
		}
		if all.Findings.HasErrors() {
			return
		}
		at := from
		for _, mode := range Modes {
			plan := Diff(at, to, DiffOptions{Mode: mode})
			if plan.Findings.HasErrors() {
				return // what All drops stands in the way of somebody
			}
			at = with(t, at, plan.Changes)
		}
		if diff := cmp.Diff(facts(end), facts(at)); diff != "" {
			t.Fatalf("one mode after the other comes to another end (-all at once +in turn):\n%s", diff)
		}
		differ++
	})
	if !t.Failed() && !testing.Short() && (withheld == 0 || differ == 0) {
		t.Errorf("%d plans withheld something and %d sites went all the way: the draws do not reach that", withheld, differ)
	}
}

func with(t *rapid.T, s *Snapshot, changes []Change) *Snapshot {
	end, err := s.With(changes)
	if err != nil {
		t.Fatalf("the plan cannot be applied: %v\n%s", err, show(changes))
	}
	return end
}

// holdsTo checks the kinds of changes of a plan.
func holdsTo(t *rapid.T, mode Mode, plan *Plan) {
	allowed := []Kind{CreateRole, CreateUser, AddMember, GrantOn, Mark, Stamp, RenameRole, RenameUser, GrantConnect}
	if mode == Narrow {
		allowed = append(allowed, DropMember, RevokeOn, DenyOn, RevokeConnect)
	}
	for _, c := range plan.Changes {
		if !slices.Contains(allowed, c.Kind) && !(c.Temporary && mode == Narrow) {
			t.Fatalf("a plan of %s has %s:\n%s", mode, c.Kind, show(plan.Changes))
		}
	}
}

// strangersStay checks that nobody and nothing is gone, and that who is nobody of the
// policy has their own rows and memberships still.
func strangersStay(t *rapid.T, from, end *Snapshot, to *Wanted, all *Plan) {
	ours := map[string]bool{}
	for _, r := range to.Roles {
		ours[r.Name], ours[r.Was] = true, true
	}
	for _, u := range to.Users {
		ours[u.Name], ours[u.Was] = true, true
	}
	for _, l := range to.Leavers {
		ours[l.Name] = true
		for _, p := range from.Principals {
			if p.SID != "" && p.SID == sidOf(l.Name) {
				ours[p.Name] = true
			}
		}
	}
	was := map[string]string{}
	for _, c := range all.Changes {
		if c.Was != "" {
			was[c.Principals[0]] = c.Was
		}
	}
	theirs := func(s *Snapshot) []string {
		f := &printer{ix: newIndex(s)}
		name := func(id int) string {
			if old := was[strings.Trim(f.name(id), `"`)]; old != "" {
				return old
			}
			return strings.Trim(f.name(id), `"`)
		}
		var out []string
		for _, m := range s.Members {
			if !ours[name(m.Member)] {
				out = append(out, fmt.Sprintf("%s in %s", name(m.Member), name(m.Role)))
			}
		}
		for _, r := range s.Permissions {
			if !ours[name(r.Grantee)] {
				out = append(out, fmt.Sprintf("%s %s class %d on %d.%d to %s", r.State, r.Name, r.Class, r.Major, r.Minor, name(r.Grantee)))
			}
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff(theirs(from), theirs(end)); diff != "" {
		t.Fatalf("a stranger changed:\n%s", diff)
	}
	for _, p := range from.Principals {
		if !slices.ContainsFunc(end.Principals, func(x Principal) bool { return x.ID == p.ID }) {
			t.Fatalf("%s is gone", p.Name)
		}
	}
}

// staysBetween checks every prefix of a plan against what everybody has now and at
// the end of all.
func staysBetween(t *rapid.T, mode Mode, from, end *Snapshot, all, plan *Plan) {
	renamed := 0
	for renamed < len(plan.Changes) && plan.Changes[renamed].Was != "" {
		renamed++
	}
	if renamed > 0 && slices.ContainsFunc(all.Changes, func(c Change) bool { return c.Kind == DropUser }) {
		return // who takes whose place is not told apart by name
	}
	before, last := naiveEntered(with(t, from, plan.Changes[:renamed])), naiveEntered(end)
	for i := renamed; i < len(plan.Changes); i++ {
		c := plan.Changes[i]
		at := with(t, from, plan.Changes[:i+1])
		now := naiveEntered(at)
		if c.Kind == CreateUser { // begins with what public has, see bound
			for tuple := range now {
				if strings.HasPrefix(tuple, c.Principals[0]+" ") {
					before[tuple] = true
				}
			}
		}
		for tuple := range now {
			if !before[tuple] && !last[tuple] {
				t.Fatalf("%s: after change %d somebody is allowed %s, which they have neither now nor at the end of all:\n%s", mode, i+1, tuple, show(plan.Changes))
			}
		}
		for tuple := range before {
			if (mode == Add || last[tuple]) && !now[tuple] && !created(plan.Changes, tuple) {
				t.Fatalf("%s: after change %d somebody has lost %s:\n%s", mode, i+1, tuple, show(plan.Changes))
			}
		}
	}
}
