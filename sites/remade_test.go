package sites

import (
	"errors"
	"slices"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
)

// TestUnseenIsTheReverseOfSeen: what a run did to logins is taken out of a site
// whole, and nothing else is.
func TestUnseenIsTheReverseOfSeen(t *testing.T) {
	s := house()
	ann := s.Logins[2]
	done := loginsDone{made: []NewLogin{{Server: "main", Login: "new", SID: "ABCD", Type: grants.SQLUser}, {Server: "far", Login: "far", SID: "FA"}},
		changed: []ServerResult{{Server: "main", Done: []grants.LoginChange{{Kind: grants.RenameLogin, Login: ann.Name, To: "anne", SID: ann.SID}, {Kind: grants.DisableLogin, Login: "anne", SID: ann.SID}}}}}
	s.Principals = append(s.Principals, grants.Principal{ID: 900, Name: "new", Type: grants.SQLUser, SID: "ABCD", AuthType: grants.AuthLogin}) // who waits for it
	seen := done.seen("main", s)
	if seen.Fingerprint() == s.Fingerprint() {
		t.Fatal("nothing was done")
	}
	if back := done.unseen("main", seen); back.Fingerprint() != s.Fingerprint() || len(back.Logins) != len(s.Logins) || len(back.ServerPermissions) != len(s.ServerPermissions) {
		t.Errorf("%d logins and %d permissions, want %d and %d", len(back.Logins), len(back.ServerPermissions), len(s.Logins), len(s.ServerPermissions))
	}
	if other := done.unseen("other", seen); other != seen {
		t.Error("something of another server's was taken out")
	}
	more := *seen
	id := seen.Logins[len(seen.Logins)-1].ID
	more.ServerPermissions = append(slices.Clone(seen.ServerPermissions), grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: id, Name: "CONTROL SERVER", State: grants.Granted})
	if done.unseen("main", &more).Fingerprint() == s.Fingerprint() {
		t.Error("what somebody else gave the login is taken out with it")
	}
}

// TestRemade: of a site that does not stay whole the plan is made again from what it
// is, with the statements that were approved, or it is another and refused.
func TestRemade(t *testing.T) {
	p := parsed(t, twoSites+member("ann", "*"))
	r := readings(p, map[string][]grants.Principal{"North": {{Name: "old"}}})
	o := PlanOptions{ExpectLoss: -1}
	want := draft(p, r, o).Sites[0].Plan
	o.keep = newKeeping(p)
	fp := draft(p, r, o)
	north := func(edit func(*grants.Snapshot)) *grants.Snapshot {
		s := *r[0].Snapshot
		edit(&s)
		return &s
	}
	_, made, err := fp.remade(fp.Sites[0], north(func(*grants.Snapshot) {}), loginsDone{})
	if err != nil || len(want.Changes) == 0 || ofPlan(made.Plan) != ofPlan(want) {
		t.Fatalf("%v: %d changes, want %d", err, len(made.Plan.Changes), len(want.Changes))
	}
	var stale *mssql.StaleError
	if _, _, err := fp.remade(fp.Sites[0], north(func(s *grants.Snapshot) {
		s.Principals = append(slices.Clone(s.Principals), grants.Principal{ID: 900, Name: "Somebody else's", Type: grants.DatabaseRole, Owner: grants.DboID})
	}), loginsDone{}); !errors.As(err, &stale) {
		t.Errorf("another state: %v", err)
	}
	fp.Sites[0].facts.plan[0] ^= 1
	if _, _, err := fp.remade(fp.Sites[0], north(func(*grants.Snapshot) {}), loginsDone{}); !errors.As(err, &stale) {
		t.Errorf("other statements: %v", err)
	}
}
