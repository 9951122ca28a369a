package grants

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNeededLoginsMoved: of the logins of a server those count that a plan makes
// users for, and of these whose they are.
func TestNeededLoginsMoved(t *testing.T) {
	none, made := func(Login) bool { return false }, 0
	rapid.Check(t, func(t *rapid.T) {
		site, wanted := drawSite(t), drawWanted(t)
		for _, u := range wanted.Users { // what lets the plan make users
			if _, ok := newLoginTable(site).named(u.Login); !ok && u.Login != "" {
				site.Logins = append(site.Logins, Login{ID: 2000 + len(site.Logins), Name: u.Login, SID: sidOf("new " + u.Login), Type: SQLUser})
			}
		}
		plan := Diff(site, wanted, DiffOptions{})
		needs, needed := plan.Needs(site), map[string]bool{}
		for _, n := range needs {
			needed[site.ServerCollation.Key(n.Name)] = true
		}
		if why := needs.Moved(site, none); why != "" {
			t.Fatalf("nothing moved, and %s", why)
		}
		if len(site.Logins) == 0 {
			return
		}
		now := *site
		now.Logins = append([]Login(nil), site.Logins...)
		i := rapid.IntRange(0, len(now.Logins)-1).Draw(t, "login")
		made += len(needs)
		counts := !now.Logins[i].IsRole() && needed[site.ServerCollation.Key(now.Logins[i].Name)]
		switch rapid.IntRange(0, 3).Draw(t, "move") {
		case 0:
			now.Logins[i].SID += "AB"
		case 1:
			now.Logins[i].Disabled = !now.Logins[i].Disabled
		case 2:
			now.Logins[i].Name += "_old"
		default:
			now.Logins = append(now.Logins[:i], now.Logins[i+1:]...)
		}
		if why := needs.Moved(&now, none); (why != "") != counts {
			t.Fatalf("login %q counts: %t; said %q", site.Logins[i].Name, counts, why)
		}
	})
	if made == 0 {
		t.Error("no plan made a user")
	}
}

// TestNeededLoginsStrangers: a user that was made belongs to the login that had the
// name when its statement was sent.
func TestNeededLoginsStrangers(t *testing.T) {
	sent := newSite("v").login("ann").Snapshot
	needs := NeededLogins{{User: "Ann", Name: "ann"}, {User: "new", Name: "new"}}
	after := *newSite("v").user("Ann").user("new").Snapshot
	after.Principals[len(after.Principals)-2].SID = sidOf("ann")
	if why := needs.Strangers(sent, &after); why != "" {
		t.Error(why)
	}
	after.Principals[len(after.Principals)-2].SID = sidOf("mal")
	if why := needs.Strangers(sent, &after); !strings.HasPrefix(why, `user "Ann" is of another login than`) {
		t.Errorf("said %q", why)
	}
}
