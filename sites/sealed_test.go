package sites

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"grantree/audit"
	"grantree/grants"
	"grantree/policy"
	"grantree/seal"
)

var (
	moves    = flag.Int("moves", 300, "how many single rows change between a plan and its apply")
	moveSeed = flag.Uint64("move-seed", 0, "which rows; 0: others on every run")
)

// sealing is a policy with something of everything that a plan is made of.
const sealing = twoSites + `
[[group]]
name = "Admin"
[[group.allow]]
views = "*"
permissions = ["select", "insert", "update", "delete"]
[[user]]
name = "ann"
groups = ["Reader"]
sites = ["North"]
[[user]]
name = "bob"
groups = ["Admin"]
sites = ["North"]
[[user.deny]]
view = "imvw_site"
permissions = ["delete"]
reason = "audit"
`

// before is the site that the plan is made from.
func before(p *policy.Policy) *grants.Snapshot {
	s := readings(p, map[string][]grants.Principal{"North": {{Name: "ann"}, {Name: "bob"}, {Name: "old", Managed: true}}})[0].Snapshot
	for i := range s.Logins {
		s.Logins[i].ID = 300 + i
	}
	s.LoginsVisible = true
	user := func(i int) int { return grants.FirstUserID + i }
	s.Principals = append(s.Principals, grants.Principal{ID: 900, Name: "Reader", Type: grants.DatabaseRole, Owner: grants.DboID, Managed: true},
		grants.Principal{ID: 901, Name: "Gone", Type: grants.DatabaseRole, Owner: grants.DboID, Managed: true}, grants.Principal{ID: 902, Name: "Theirs", Type: grants.DatabaseRole, Owner: grants.DboID})
	s.Members = append(s.Members, grants.Member{Role: 901, Member: user(0)}, grants.Member{Role: 902, Member: user(2)})
	for i := range 3 {
		s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: user(i), Name: "CONNECT", State: grants.Granted})
	}
	for _, v := range s.Views[:min(2, len(s.Views))] {
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: 901, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
	}
	return s
}

// move changes one row of a site, in place, and says what it did.
func move(r *rand.Rand, s *grants.Snapshot) string {
	pick := func(n int) int { return r.IntN(n) }
	principal := func() int { return s.Principals[pick(len(s.Principals))].ID }
	state := []grants.State{grants.Granted, grants.Denied}[pick(2)]
	word := []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CONTROL"}[pick(5)]
	switch kind := pick(12); kind {
	case 0, 1:
		s.Members = append(s.Members, grants.Member{Role: []int{900, 901, 902}[pick(3)], Member: grants.FirstUserID + pick(3)})
		return "a member more"
	case 2:
		s.Members = slices.Delete(s.Members, 0, 1)
		return "a member less"
	case 3, 4:
		row := grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[pick(len(s.Views))].ID, Grantee: principal(), Grantor: grants.DboID, Name: word, State: state}
		if kind == 4 && row.Name != "CONTROL" {
			row.Minor, row.Name = 1, "SELECT"
		}
		s.Permissions = append(s.Permissions, row)
		return fmt.Sprint("a row more: ", row)
	case 5:
		i := pick(len(s.Permissions))
		s.Permissions = slices.Delete(s.Permissions, i, i+1)
		return fmt.Sprint("row ", i, " less")
	case 6:
		s.Views[pick(len(s.Views))].Owner = principal()
		return "an owner of a view"
	case 7:
		i := pick(len(s.Principals))
		s.Principals[i].Managed = !s.Principals[i].Managed
		return "the mark of " + s.Principals[i].Name
	case 8:
		s.Principals = append(s.Principals, grants.Principal{ID: 950, Name: []string{"eve", "Admin"}[pick(2)], Type: []grants.PrincipalType{grants.SQLUser, grants.DatabaseRole}[pick(2)], Owner: grants.DboID, SID: "EE"})
		return "a principal more"
	case 9:
		i := pick(len(s.Views))
		s.Views = slices.Delete(s.Views, i, i+1)
		return "a view less"
	case 10:
		l := &s.Logins[pick(len(s.Logins))]
		l.Disabled = !l.Disabled
		return "login " + l.Name
	}
	s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: s.Logins[pick(len(s.Logins))].ID, Name: []string{"CONTROL SERVER", "CONNECT SQL", "VIEW ANY DATABASE"}[pick(3)], State: state})
	return "a row of the server"
}

// sealedOf is the plan of a site, sealed, and its changes.
func sealedOf(p *policy.Policy, s *grants.Snapshot) (seal.Plan, *grants.Plan) {
	fp := draft(p, []Reading{{Site: p.Sites[0], Snapshot: s}}, PlanOptions{ExpectLoss: 9, Seal: true})
	return fp.Sealed(seal.Plan{Made: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}), fp.Sites[0].Plan
}

// TestMovedRows: whatever single row of a site changes between a plan and its apply,
// the plan is refused as stale; or the change is irrelevant, which the model of access
// says: everybody may do on every view what they could, before the sealed statements and
// after.
func TestMovedRows(t *testing.T) {
	seed := *moveSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-move-seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	p := parsed(t, sealing)
	first, plan := sealedOf(p, before(p))
	if len(plan.Changes) < 5 {
		t.Fatalf("%d changes: the plan is about too little", len(plan.Changes))
	}
	text, err := seal.Encode(first)
	if err == nil {
		first, err = seal.Decode(text)
	}
	if err == nil && len(first.Moved(must(sealedOf(p, before(p))))) > 0 {
		t.Fatal("the same site has moved")
	}
	if err != nil {
		t.Fatal(err)
	}
	want := access(t, before(p), plan)
	stale, irrelevant := 0, 0
	for range *moves {
		s := before(p)
		what := move(r, s)
		now, again := sealedOf(p, s)
		if len(first.Moved(now)) > 0 {
			stale++
			continue
		}
		irrelevant++
		if len(textsOf(again)) != len(textsOf(plan)) || !slices.Equal(textsOf(again), textsOf(plan)) {
			t.Errorf("%s: other statements are sent, and nothing has moved", what)
		}
		if got := access(t, s, again); !slices.Equal(got, want) {
			t.Errorf("%s: nothing has moved, and people may do %d things, sealed were %d", what, len(got), len(want))
		}
	}
	t.Logf("%d moves: %d stale, %d irrelevant", *moves, stale, irrelevant)
	if stale < *moves/2 {
		t.Errorf("only %d of %d moves are stale: they touch too little", stale, *moves)
	}
}

// TestTraced: what moved is told with who did it: by a statement that is to be sent
// now somebody undid something, and one that is not any more they did themselves.
func TestTraced(t *testing.T) {
	acts := []audit.Act{{Deed: audit.Deed{Doing: audit.AddsMember, Name: "Crew", Principal: "ann"}, Database: "n", By: "eve"},
		{Deed: audit.Deed{Doing: audit.DropsMember, Name: "Crew", Principal: "bob"}, Database: "n", By: "mallory"}}
	same := func(a, b string) bool { return a == b }
	m := seal.Move{Site: "North", More: []string{"ALTER ROLE [Crew] ADD MEMBER [bob];"}, Done: []string{"ALTER ROLE [Crew] ADD MEMBER [ann];", "ALTER ROLE [Crew] ADD MEMBER [eve];"}}
	var got []string
	for _, x := range traced(m, func(d audit.Deed, done bool) (audit.Act, bool) {
		d.Class = ""
		if done {
			return audit.Doer(d, "n", acts, same)
		}
		return audit.Attribute(d, "n", acts, same)
	}) {
		who := ""
		if x.Act != nil {
			who = x.Act.By
		}
		got = append(got, x.What+" "+who)
	}
	want := []string{"to be sent now: ALTER ROLE [Crew] ADD MEMBER [bob] mallory", "not to be sent any more: ALTER ROLE [Crew] ADD MEMBER [ann] eve", "not to be sent any more: ALTER ROLE [Crew] ADD MEMBER [eve] "}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func must(p seal.Plan, _ *grants.Plan) seal.Plan { return p }

// access is what each user may do on each view before and after a plan, by the model
// of access and not by the plan's own words.
func access(t *testing.T, s *grants.Snapshot, plan *grants.Plan) []string {
	t.Helper()
	end, err := s.With(plan.Changes)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for when, s := range map[string]*grants.Snapshot{"now": s, "then": end} {
		a := grants.NewAccess(s)
		for _, u := range a.Users() {
			for _, v := range a.Views() {
				if p, ok := a.Of(u, v); ok && !p.IsEmpty() {
					out = append(out, fmt.Sprint(when, " ", u, " on ", v, ": ", p))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
