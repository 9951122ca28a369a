package sites

import (
	"slices"
	"testing"

	"grantree/grants"
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
