package roster

import (
	"testing"

	"grantree/grants"
	"grantree/policy"
)

// TestObserveContained: in a contained site a person's user is the one of their
// name, whatever logins there are, and where all sites of a server are contained
// no login is needed there.
func TestObserveContained(t *testing.T) {
	const text = `
[server.main]
url = "sqlserver://sql01.example"
user = "g"
password_env = "X"
[[site]]
name = "North"
server = "main"
database = "N"
contained = true
[[site]]
name = "South"
server = "main"
database = "S"
[[group]]
name = "Crew"
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["North"]
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["*"]
`
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	site := func(name string, users ...grants.Principal) *grants.Snapshot {
		s := p.Offline(*must(t, p, name))
		s.Principals = append(append(s.Principals, grants.Principal{ID: 5, Name: "Crew", Type: grants.DatabaseRole}), users...)
		s.Logins = []grants.Login{{ID: 300, Name: "ann", SID: "AA", Type: grants.SQLUser}, {ID: 301, Name: "bob", SID: "BB", Type: grants.SQLUser}}
		for _, u := range users {
			s.Members = append(s.Members, grants.Member{Role: 5, Member: u.ID})
		}
		return s
	}
	people := People(p)
	Observe(people, p, []*grants.Snapshot{
		site("North", grants.Principal{ID: 6, Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthDatabase, SID: "01"}, grants.Principal{ID: 7, Name: "bob", Type: grants.SQLUser, AuthType: grants.AuthDatabase, SID: "02"}),
		site("South", grants.Principal{ID: 6, Name: "bob", Type: grants.SQLUser, AuthType: grants.AuthLogin, SID: "BB"}),
	})
	for i, want := range []struct {
		login string
		sites int
	}{{LoginNeedless, 1}, {LoginEnabled, 2}} {
		if got := people[i]; got.Live.Login != want.login || len(got.SiteGroups) != want.sites || len(got.SiteGroups[0].Groups) != 1 {
			t.Errorf("%s: login %q, sites %v", p.Users[i].Name, got.Live.Login, got.SiteGroups)
		}
	}
}

func must(t *testing.T, p *policy.Policy, name string) *policy.Site {
	t.Helper()
	s, ok := p.Site(name)
	if !ok {
		t.Fatalf("no site %s", name)
	}
	return &s
}
