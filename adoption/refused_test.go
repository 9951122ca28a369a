package adoption_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"

	"pgregory.net/rapid"
)

// tried imports sites, which may be refused.
func tried(base, group string, sites ...*grants.Snapshot) (*adoption.Result, error) {
	return adoption.Import(adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte(base)}, File: "grantree.toml", Include: "fleet.toml",
		Snapshots: sites, Date: day, Statement: mssql.Statement, Made: mssql.MadeLogin, Group: group})
}

// refused holds an import to writing nothing, and to saying why.
func refused(t *testing.T, got *adoption.Result, err error, want ...string) {
	t.Helper()
	var e *adoption.RefusedError
	if !errors.As(err, &e) || got != nil {
		t.Fatalf("%v, %v", got, err)
	}
	said := fmt.Sprint(e.Findings)
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("no %q in %s", w, said)
		}
	}
}

// TestMarkedThatCannotStay refuses an import whose plan would drop what carries
// grantree's mark.
func TestMarkedThatCannotStay(t *testing.T) {
	_, sites := applied(t, fleet+"[[group]]\nname = \"Crew\"\n[[group.allow]]\non = \"Assets\"\npermissions = [\"select\"]\n")
	member(sites[0], grants.Principal{Name: "robot", Type: grants.SQLUser, AuthType: grants.AuthNone}, "")
	got, err := tried(fleet, "", sites...)
	refused(t, got, err, `site "North": a plan would drop the role "Crew", which carries grantree's mark`, `"robot": it was made WITHOUT LOGIN`, "take the mark")
}

// TestMarkedInNoGroup refuses an import whose plan would drop a user, and takes them
// where a group is named.
func TestMarkedInNoGroup(t *testing.T) {
	_, sites := applied(t, fleet)
	member(sites[0], grants.Principal{Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthLogin, Managed: true}, "ann")
	got, err := tried(fleet, "", sites...)
	refused(t, got, err, `a plan would drop the user "ann"`, "name a group for it with --group")
	if got, err = tried(fleet, "Staff", sites...); err != nil || !strings.Contains(string(got.Text), `name = "ann"`) {
		t.Errorf("%v, %v", got, err)
	}
}

// crews are two sites that grantree manages, with a kim of another login in each.
func crews(t *testing.T) []*grants.Snapshot {
	text := three + `
[[group]]
name = "Crew"
[[group.allow]]
on = "Assets"
permissions = ["select"]
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["*"]
`
	_, sites := applied(t, text)
	sql := grants.Principal{Name: "kim", Type: grants.SQLUser, AuthType: grants.AuthLogin}
	member(sites[0], sql, "kim")
	member(sites[1], sql, "evilkim")
	return sites[:2]
}

// TestTwoLoginsOfOneName refuses to take marked roles from whoever is in them with
// somebody of another login, and takes the login that marks need.
func TestTwoLoginsOfOneName(t *testing.T) {
	sites := crews(t)
	got, err := tried(three, "", sites...)
	refused(t, got, err, `site "South": a plan would drop the role "Crew"`, `its login is "evilkim" here`, `a plan would drop the user "bob"`)

	sites = crews(t)
	for i := range sites[0].Principals {
		sites[0].Principals[i].Managed = false
	}
	all := string(imported(t, three, sites...).Text)
	if !strings.Contains(all, `login = "evilkim"`) {
		t.Errorf("the login of the marked role is not taken:\n%s", all)
	}
}

// TestMarkedChangesNothing draws sites with marks, and with accounts of one name
// and several logins: a plan of their import has marks and nothing else, or there
// is none.
func TestMarkedChangesNothing(t *testing.T) {
	p, _ := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(three)}, nil)
	rapid.Check(t, func(rt *rapid.T) {
		var sites []*grants.Snapshot
		first := drawSite(rt, p, "North")
		for _, site := range p.Sites[:2] {
			s := drift(rt, first, site)
			s.Principals, s.Logins = slices.Clone(s.Principals), slices.Clone(s.Logins)
			marked := rapid.IntRange(0, 100).Draw(rt, "marked")
			for i := range s.Principals {
				p := &s.Principals[i]
				if p.ID < grants.FirstUserID || p.Fixed {
					continue
				}
				p.Managed = rapid.IntRange(1, 100).Draw(rt, "mark") <= marked
				if p.Type == grants.SQLUser && p.AuthType == grants.AuthLogin && rapid.IntRange(0, 9).Draw(rt, "another login") == 0 {
					p.SID = sidOf("evil" + p.Name)
					s.Logins = append(s.Logins, grants.Login{ID: 700 + i, Name: "evil" + p.Name, SID: p.SID, Type: grants.SQLUser})
				}
			}
			sites = append(sites, s)
		}
		got, err := tried(three, "", sites...)
		var e *adoption.RefusedError
		if errors.As(err, &e) {
			if len(e.Findings) == 0 || !e.Findings.HasErrors() || got != nil {
				rt.Fatalf("refused without a reason: %v", e.Findings)
			}
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		for _, s := range sites {
			unchanged(tb{t, rt}, got, s)
			complete(tb{t, rt}, got, s)
		}
	})
}
