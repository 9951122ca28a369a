package grants

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"grantree/catalog"
)

// tried is a plan's changes as arrange gets them.
func tried(from *Snapshot, changes []Change) (*trial, *outlook) {
	var created []Principal
	for i, c := range changes {
		switch c.Kind {
		case CreateRole:
			created = append(created, Principal{ID: -1 - i, Name: c.Principals[0], Type: DatabaseRole})
		case CreateUser:
			created = append(created, Principal{ID: -1 - i, Name: c.Principals[0], Type: SQLUser})
		}
	}
	ix := newIndex(from, created...)
	st := newTrial(newMatrix(from, ix), newRights(from, ix), nil)
	o := newOutlook(st, changes)
	o.evaluate(st)
	return st, o
}

// TestWhatOnlyWidensIsSafe: where a plan is said to only widen what people may, each
// of its steps passes the check that is left out then, in any order.
func TestWhatOnlyWidensIsSafe(t *testing.T) {
	widening, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		from := drawSite(t)
		if rapid.Bool().Draw(t, "nobody is denied anything") {
			from.Permissions = slices.DeleteFunc(from.Permissions, func(r PermissionRow) bool { return r.State == Denied })
			from.Members = slices.DeleteFunc(from.Members, func(m Member) bool { return m.Role == DBDenyDataReaderID || m.Role == DBDenyDataWriterID })
		}
		steps := slices.DeleteFunc(Diff(from, drawWanted(t), DiffOptions{}).Changes, func(c Change) bool {
			return c.Kind == DropRole || c.Kind == DropUser || c.Kind == DropMember || c.Kind == RevokeOn || c.Kind == DenyOn || c.Kind == Stamp || c.Temporary
		})
		st, o := tried(from, steps)
		if all++; !o.onlyWidens() {
			return
		}
		widening++
		st.bound(o.before.on, o.after.on, o.steps)
		for _, s := range rapid.Permutation(o.steps).Draw(t, "order") {
			if !st.possible(s) {
				continue // it comes after who it names is there
			}
			if st.apply(s); !st.safe(s, nil) {
				t.Fatalf("%s %v is not safe, in\n%s", s.change.Kind, s.change.Principals, show(steps))
			}
		}
	})
	if t.Logf("%d of %d plans only widen", widening, all); widening == 0 && !testing.Short() {
		t.Error("no drawn plan only widens: the test does not reach that case")
	}
}

// TestAccountsThatAreAlikeHaveTheSame: what is worked out once for accounts that act
// as the same is what each of them has.
func TestAccountsThatAreAlikeHaveTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := drawSite(t)
		st, o := tried(from, Diff(from, drawWanted(t), DiffOptions{}).Changes)
		for at, m := range map[*trial]mays{st: o.before, o.end: o.after} {
			for place, tokens := range at.tokens {
				for v := range at.views {
					want := catalog.None
					if tokens != nil {
						want = at.at(tokens, v)
					}
					if got := m.on[place*len(at.views)+v]; got != want {
						t.Fatalf("account %d on view %d: %s, want %s", place, v, got, want)
					}
					if first := m.alike[place]; first < 0 && want != catalog.None || first >= 0 && m.on[int(first)*len(at.views)+v] != want {
						t.Fatalf("account %d is not like account %d", place, first)
					}
				}
			}
		}
	})
}
