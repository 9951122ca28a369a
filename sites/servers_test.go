package sites

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
)

// oneServer gives every site the logins of all, as sites of one server have
// them, and a runner who may change them.
func oneServer(readings []Reading) []Reading {
	var all []grants.Login
	for _, r := range readings {
		for _, l := range r.Snapshot.Logins {
			if !slices.ContainsFunc(all, func(x grants.Login) bool { return x.SID == l.SID }) {
				all = append(all, l)
			}
		}
	}
	for _, r := range readings {
		r.Snapshot.Logins, r.Snapshot.Runner.CanLogin = slices.Clone(all), true
	}
	return readings
}

// disabled disables a login everywhere.
func disabled(readings []Reading, login string) []Reading {
	for _, r := range readings {
		for i, l := range r.Snapshot.Logins {
			r.Snapshot.Logins[i].Disabled = l.Disabled || l.Name == login
		}
	}
	return readings
}

// TestServerPlans: whose logins a run changes, and what it leaves for another.
func TestServerPlans(t *testing.T) {
	const made = "6772616E747265650000000000000001"
	two := map[string][]grants.Principal{"North": {{Name: "old", SID: made}, {Name: "ann"}}, "South": {{Name: "old", SID: made}, {Name: "ann"}}}
	north := map[string][]grants.Principal{"North": two["North"], "South": {{Name: "ann"}}}
	ann := person("ann", "*")
	nobody := map[string][]grants.Principal{"North": {{Name: "ann"}}, "South": {{Name: "ann"}}, "East": {{Name: "ann"}}}
	withLogin := func(r []Reading) []Reading {
		for _, x := range r {
			x.Snapshot.Logins = append(x.Snapshot.Logins, grants.Login{Name: "old", SID: made, Type: grants.SQLUser})
		}
		return r
	}
	for _, tt := range []struct {
		name     string
		policy   string
		accounts map[string][]grants.Principal
		edit     func(r []Reading) []Reading
		want     []string
		finding  string
	}{
		{name: "gone from the policy", policy: ann, accounts: two, want: []string{"disable_login old"}},
		{name: "inactive", policy: ann + person("old", "*", "inactive = true"), accounts: two, want: []string{"disable_login old"}},
		{name: "in one site still", policy: ann + person("old", "South"), accounts: two},
		{name: "inactive, and dropped", policy: "[policy]\nleavers = \"drop\"\n" + ann + person("old", "*", "inactive = true"), accounts: two, want: []string{"disable_login old", "drop_login old"}},
		{name: "inactive, and kept", policy: "[policy]\nleavers = \"keep\"\n" + ann + person("old", "*", "inactive = true"), accounts: two, finding: "login-stays"},
		{name: "inactive, and the sites only give", policy: "[policy]\nmode = \"add\"\n" + ann + person("old", "*", "inactive = true"), accounts: two, finding: "left-undone"},
		{name: "back, and the sites only give", policy: "[policy]\nmode = \"add\"\n" + ann + person("old", "*"), accounts: two, want: []string{"enable_login old"}, edit: func(r []Reading) []Reading { return disabled(r, "old") }},
		{name: "another name, and the sites only give", policy: "[policy]\nmode = \"add\"\n" + ann + person("new", "*", `was = "old"`), accounts: two, want: []string{"rename_login old"}},
		{name: "inactive, and nothing is dropped", policy: "[policy]\nmode = \"narrow\"\nleavers = \"drop\"\n" + ann + person("old", "*", "inactive = true"), accounts: two, want: []string{"disable_login old"}, finding: "left-undone"},
		{name: "gone from the policy, and the sites are narrowed", policy: "[policy]\nmode = \"narrow\"\n" + ann, accounts: two},
		{name: "inactive, and without a user anywhere", policy: ann + person("old", "*", "inactive = true"), accounts: nobody, want: []string{"disable_login old"}, edit: withLogin},
		{name: "inactive, without a user anywhere, and a site only gives", policy: "[[site]]\nname = \"East\"\nserver = \"main\"\ndatabase = \"E\"\nmode = \"add\"\n" + ann + person("old", "*", "inactive = true"), accounts: nobody, finding: "left-undone", edit: withLogin},
		{name: "inactive, without a user anywhere, and the sites only give", policy: "[policy]\nmode = \"add\"\nadopt_logins = [\"old\"]\n" + ann + person("old", "*", "inactive = true"), accounts: map[string][]grants.Principal{"North": nobody["North"], "South": nobody["South"]}, finding: "left-undone", edit: withLogin},
		{name: "a site is not in the run", policy: ann, accounts: two, edit: func(r []Reading) []Reading { return r[:1] }, finding: "login-stays"},
		{name: "the runner may not", policy: ann, accounts: two, finding: "login-not-changed", edit: func(r []Reading) []Reading {
			for _, x := range r {
				x.Snapshot.Runner.CanLogin = false
			}
			return r
		}},
		{name: "a site is left as it is", policy: ann, accounts: two, finding: "login-stays", edit: func(r []Reading) []Reading {
			r[1].Snapshot.ReadOnly = true
			return r
		}},
		{name: "and has nobody of that login", policy: ann, accounts: north, want: []string{"disable_login old"}, edit: func(r []Reading) []Reading {
			r[1].Snapshot.ReadOnly = true
			return r
		}},
		{name: "back", policy: ann + person("old", "*"), accounts: two, want: []string{"enable_login old"}, edit: func(r []Reading) []Reading { return disabled(r, "old") }},
		{name: "back, and a site is left as it is", policy: ann + person("old", "*"), accounts: two, finding: "login-stays", edit: func(r []Reading) []Reading {
			r[1].Snapshot.ReadOnly = true
			r[1].Snapshot.Members = nil
			return disabled(r, "old")
		}},
		{name: "back, and a site that is left as it is has nobody of that login", policy: ann + person("old", "North"), accounts: north, want: []string{"enable_login old"}, edit: func(r []Reading) []Reading {
			r[1].Snapshot.ReadOnly = true
			return disabled(r, "old")
		}},
		{name: "back, and a site could not be read", policy: ann + person("old", "*"), accounts: two, finding: "login-stays", edit: func(r []Reading) []Reading {
			r = disabled(r, "old")
			r[1].Snapshot, r[1].Err = nil, errors.New("away")
			return r
		}},
		{name: "a login that was there before", policy: ann + person("zed", "*"), accounts: two, want: []string{"disable_login old"}, finding: "login-taken", edit: func(r []Reading) []Reading {
			for _, x := range r {
				x.Snapshot.Logins = append(x.Snapshot.Logins, grants.Login{Name: "ZED", SID: "77", Type: grants.SQLUser})
			}
			return r
		}},
		{name: "another name", policy: ann + person("new", "*", `was = "old"`), accounts: two, want: []string{"rename_login old"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+tt.policy)
			r := oneServer(held(p, tt.accounts))
			if tt.edit != nil {
				r = tt.edit(r)
			}
			fp := Plan(p, r, PlanOptions{ExpectLoss: 1})
			var got []string
			for _, s := range fp.Servers {
				for _, c := range s.Changes {
					got = append(got, fmt.Sprintf("%s %s", c.Kind, c.Login))
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got)\n%s\n%v", d, fp.Findings)
			}
			if (len(got) > 0) != (len(fp.Servers) > 0) || len(got) > 0 && (fp.Empty() || !fp.Sends()) {
				t.Error("the plan calls itself empty")
			}
			if tt.finding != "" && len(found(fp, tt.finding)) == 0 {
				t.Errorf("nothing says %s: %v", tt.finding, fp.Findings)
			}
			if tt.finding == finding.LeftUndone && !fp.leaves() {
				t.Error("a login that a mode leaves is no difference")
			}
		})
	}
}

// TestLoginsAndSeats: a login that is to be enabled takes a seat in every site
// where it has a user, and one that is disabled frees it.
func TestLoginsAndSeats(t *testing.T) {
	const made = "6772616E747265650000000000000001"
	accounts := map[string][]grants.Principal{"North": {{Name: "old", SID: made}, {Name: "ann"}}, "South": {{Name: "ann"}}}
	for _, tt := range []struct {
		name, policy string
		disabled     bool
		now, used    int
	}{
		{"stays", person("old", "North"), false, 2, 2},
		{"is let in", person("old", "North"), true, 1, 2},
		{"goes", person("old", "North", "inactive = true"), false, 2, 1},
		{"was locked out and goes", person("old", "North", "inactive = true"), true, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+person("ann", "*")+tt.policy)
			r := oneServer(held(p, accounts))
			if tt.disabled {
				disabled(r, "old")
			}
			fp := Plan(p, r, PlanOptions{ExpectLoss: 1})
			if fp.Seats.Now != tt.now || fp.Seats.Used != tt.used {
				t.Errorf("%d seats are used now and %d then, want %d and %d", fp.Seats.Now, fp.Seats.Used, tt.now, tt.used)
			}
		})
	}
}

// TestWhoWaitsKeepsTheirLogin: for whom there is no seat for certain nothing
// happens to the login, neither now nor because they are let in nowhere.
func TestWhoWaitsKeepsTheirLogin(t *testing.T) {
	const made = "6772616E747265650000000000000001"
	p := parsed(t, twoSites+person("ann", "*")+person("old", "North")+"[[site]]\nname = \"Far\"\nserver = \"far\"\ndatabase = \"F\"\n[server.far]\nurl = \"sqlserver://far\"\nintegrated = true\n")
	r := held(p, map[string][]grants.Principal{"North": {{Name: "old", SID: made}, {Name: "ann"}}, "South": {{Name: "ann"}}})
	r = slices.DeleteFunc(r, func(x Reading) bool { return x.Site.Name == "Far" })
	disabled(oneServer(r), "old")
	fp := Plan(p, r, PlanOptions{ExpectLoss: 1})
	if !slices.Equal(fp.Seats.LeftOut, []string{"old"}) {
		t.Fatalf("left out are %q: %v", fp.Seats.LeftOut, fp.Findings)
	}
	if len(fp.Servers) > 0 {
		t.Errorf("the logins change: %v", fp.Servers)
	}
}

// TestRenderLogin: the statements, each name quoted.
func TestRenderLogin(t *testing.T) {
	for _, tt := range []struct {
		change     grants.LoginChange
		want, back string
	}{
		{grants.LoginChange{Kind: grants.DisableLogin, Login: "a]b"}, "ALTER LOGIN [a]]b] DISABLE;", "ALTER LOGIN [a]]b] ENABLE;"},
		{grants.LoginChange{Kind: grants.EnableLogin, Login: "a"}, "ALTER LOGIN [a] ENABLE;", "ALTER LOGIN [a] DISABLE;"},
		{grants.LoginChange{Kind: grants.RenameLogin, Login: "a", To: "b]"}, "ALTER LOGIN [a] WITH NAME = [b]]];", "ALTER LOGIN [b]]] WITH NAME = [a];"},
		{grants.LoginChange{Kind: grants.DropLogin, Login: "a", SID: "AB"}, "DROP LOGIN [a];", "CREATE LOGIN [a] WITH PASSWORD = N'…', SID = 0xAB;"},
	} {
		if got := mssql.RenderLogin(tt.change); got != tt.want {
			t.Errorf("%s: %s", tt.change.Kind, got)
		}
		if got := mssql.RenderLoginReverse(tt.change); got != tt.back {
			t.Errorf("%s back: %s", tt.change.Kind, got)
		}
	}
	if !mssql.MadeLogin("6772616E747265650000000000000001") || mssql.MadeLogin(strings.Repeat("67", 16)) || mssql.MadeLogin("6772616E74726565") {
		t.Error("MadeLogin")
	}
}
