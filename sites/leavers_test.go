package sites

import (
	"slices"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// held are sites with marked accounts that can connect.
func held(p *policy.Policy, accounts map[string][]grants.Principal) []Reading {
	out := readings(p, accounts)
	for _, r := range out {
		for i, a := range r.Snapshot.Principals {
			if a.ID >= grants.FirstUserID && a.ID < grants.DBOwnerID {
				r.Snapshot.Principals[i].Managed = true
				r.Snapshot.Permissions = append(r.Snapshot.Permissions, grants.PermissionRow{Grantee: a.ID, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted})
			}
		}
	}
	return out
}

func found(fp *FleetPlan, code string) []string {
	var out []string
	for _, f := range fp.Findings {
		if f.Code == code {
			out = append(out, f.Message+"; "+f.Advice())
		}
	}
	return out
}

// TestLoginsThatStay: the login of somebody who leaves is named where nobody of
// the policy needs it on that server.
func TestLoginsThatStay(t *testing.T) {
	old := []grants.Principal{{Name: "old"}}
	const stays = `server "main": login "old" is in no site of the policy any more and can still log in; ALTER LOGIN [old] DISABLE, or let grantree do it: [policy] adopt_logins = ["old"]`
	for _, tt := range []struct {
		name     string
		people   string
		accounts map[string][]grants.Principal
		edit     func(*grants.Snapshot)
		want     []string
	}{
		{"stays in the policy", person("old", "*"), map[string][]grants.Principal{"North": old, "South": old}, nil, nil},
		{"leaves every site", "", map[string][]grants.Principal{"North": old, "South": old}, nil, []string{stays}},
		{"is inactive", person("old", "*", "inactive = true"), map[string][]grants.Principal{"North": old}, nil, []string{stays}},
		{"moves to another site", person("old", "South"), map[string][]grants.Principal{"North": old}, nil, nil},
		{"goes on under another name", person("new", "North", `login = "old"`), map[string][]grants.Principal{"North": old}, nil, nil},
		{"is the server's own administrator", "", map[string][]grants.Principal{"North": old}, func(s *grants.Snapshot) {
			s.Logins[len(s.Logins)-1].SID, s.Principals[len(s.Principals)-1].SID = grants.SASID, grants.SASID
		}, nil},
		{"is disabled", "", map[string][]grants.Principal{"North": old}, func(s *grants.Snapshot) { s.Logins[len(s.Logins)-1].Disabled = true }, nil},
		{"is the runner's", "", map[string][]grants.Principal{"North": old}, func(s *grants.Snapshot) { s.Runner.Login = "old" }, nil},
		{"is a group of Windows", "", map[string][]grants.Principal{"North": old}, func(s *grants.Snapshot) { s.Logins[len(s.Logins)-1].Type = grants.WindowsGroup }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+tt.people)
			r := held(p, tt.accounts)
			if tt.edit != nil {
				tt.edit(r[0].Snapshot)
			}
			if d := cmp.Diff(tt.want, found(Plan(p, r, PlanOptions{ExpectLoss: 1}), "login-stays")); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestExpectLossNamesTheRun: the number is that of different people over all
// sites of the run.
func TestExpectLossNamesTheRun(t *testing.T) {
	p := parsed(t, twoSites)
	accounts := map[string][]grants.Principal{"North": {{Name: "ann"}, {Name: "ben"}}, "South": {{Name: "ANN"}, {Name: "cid"}}}
	for expect, refused := range map[int]int{-1: 2, 2: 2, 4: 2, 3: 0} {
		got := found(Plan(p, held(p, accounts), PlanOptions{ExpectLoss: expect}), "loss-too-large")
		if len(got) != refused {
			t.Errorf("--expect-loss %d: %d sites are refused, want %d: %q", expect, len(got), refused, got)
		}
		for _, text := range got {
			if !strings.Contains(text, "--expect-loss 3") {
				t.Errorf("%q does not name the number of the run", text)
			}
		}
	}
}

// TestOrphansShareALogin: a login is made with the SID of the user who waits
// for it, and not at all where two users wait with two SIDs.
func TestOrphansShareALogin(t *testing.T) {
	orphan := func(sids ...string) *FleetPlan {
		p := parsed(t, twoSites+person("ann", "*"))
		r := held(p, map[string][]grants.Principal{"North": {{Name: "ann"}}, "South": {{Name: "ann"}}})
		for i, sid := range sids {
			s := r[i].Snapshot
			s.LoginsVisible = true
			s.Logins = []grants.Login{{Name: "sa", SID: grants.SASID, Type: grants.SQLUser}}
			at := slices.IndexFunc(s.Principals, func(x grants.Principal) bool { return x.Name == "ann" })
			s.Principals[at].SID = sid
			if sid == "" {
				s.Principals = slices.Delete(s.Principals, at, at+1)
			}
		}
		return Plan(p, r, PlanOptions{ExpectLoss: -1})
	}
	for _, tt := range []struct {
		name, north, south, sid string
		refused                 int
	}{
		{"one SID", "AA", "AA", "AA", 0},
		{"one orphan and one who is new", "", "AA", "AA", 0},
		{"two SIDs", "AA", "BB", "AA", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fp := orphan(tt.north, tt.south)
			if len(fp.Logins) != 1 || fp.Logins[0].SID != tt.sid {
				t.Errorf("logins %+v, want one with SID %s", fp.Logins, tt.sid)
			}
			if got := found(fp, "login-differs"); len(got) != tt.refused {
				t.Errorf("findings %q", got)
			}
		})
	}
}

// TestWhoStaysInASite when its plan is done, by SID.
func TestWhoStaysInASite(t *testing.T) {
	s := &grants.Snapshot{Principals: []grants.Principal{{ID: 5, Name: "old", SID: "AA"}, {ID: 6, Name: "other", SID: "BB"}}}
	change := func(kind grants.Kind, name string) []grants.Change {
		return []grants.Change{{Kind: kind, Principals: []string{name}}}
	}
	for name, tt := range map[string]struct {
		changes []grants.Change
		want    bool
	}{
		"nothing":                   {nil, true},
		"their user is dropped":     {change(grants.DropUser, "OLD"), false},
		"they lose CONNECT":         {change(grants.RevokeConnect, "old"), false},
		"they get CONNECT":          {change(grants.GrantConnect, "old"), true},
		"another's user is dropped": {change(grants.DropUser, "other"), true},
	} {
		if got := staysIn(SitePlan{Snapshot: s, Plan: &grants.Plan{Changes: tt.changes}}, "AA"); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if staysIn(SitePlan{Snapshot: s, Plan: &grants.Plan{}}, "CC") {
		t.Error("who is not there stays")
	}
}
