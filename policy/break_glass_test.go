package policy_test

import (
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
)

const glassPolicy = `
[server.main]
url = "sqlserver://sql01.example:1433"
user = "grantree"
password_env = "GRANTREE_PASSWORD"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[break_glass]
groups = ["admin"]
max = "90m"
[[group]]
name = "Admin"
role = "AdminRole"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group]]
name = "Crew"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["North"]
[[user]]
name = "gone"
groups = ["Crew"]
sites = ["North"]
inactive = true
`

// TestOpenings: what a site says of somebody who is in a group for a while counts for
// what the policy prepared, and for nothing else, whoever wrote it.
func TestOpenings(t *testing.T) {
	p, findings := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(glassPolicy)}, nil)
	if err := findings.Err(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 27, 13, 30, 0, 0, time.UTC)
	fair := grants.Opening{Group: "Admin", Role: "AdminRole", Opened: now.Add(-30 * time.Minute), Until: now.Add(30 * time.Minute), By: "sa", Reason: "month end"}
	with := func(change func(*grants.Opening)) string {
		o := fair
		change(&o)
		return o.Text()
	}
	for _, tt := range []struct {
		name, user, text string
		code, says       string
		holds            bool
	}{
		{"fair", "bob", fair.Text(), "break-glass-open", `"bob" is in Admin until 14:00 UTC by break-glass; by what it says of itself, opened by sa: month end`, true},
		{"over", "bob", with(func(o *grants.Opening) { o.Until = now }), "break-glass-overdue", "until 13:30 UTC, which is over", false},
		{"over since yesterday", "bob", with(func(o *grants.Opening) { o.Opened, o.Until = o.Opened.AddDate(0, 0, -1), o.Until.AddDate(0, 0, -1) }), "break-glass-overdue", "until 2026-11-26 14:00 UTC, which is over", false},
		{"too long", "bob", with(func(o *grants.Opening) { o.Until = o.Opened.Add(91 * time.Minute) }), "break-glass-ignored", `max = "90m"`, false},
		{"from the future", "bob", with(func(o *grants.Opening) { o.Opened, o.Until = now.Add(time.Hour), now.Add(2*time.Hour) }), "break-glass-ignored", "still to come", false},
		{"to the longest time from now", "bob", with(func(o *grants.Opening) { o.Opened, o.Until = now, now.Add(90*time.Minute) }), "break-glass-open", "until 15:00 UTC", true},
		{"beyond the longest time from now", "bob", with(func(o *grants.Opening) { o.Opened, o.Until = now.Add(time.Minute), now.Add(91*time.Minute) }), "break-glass-ignored", "no such time from now", false},
		{"another group", "bob", with(func(o *grants.Opening) { o.Group, o.Role = "Crew", "Crew" }), "break-glass-ignored", "not prepared", false},
		{"no group", "bob", with(func(o *grants.Opening) { o.Group = "Nobody" }), "break-glass-ignored", "no group", false},
		{"another role", "bob", with(func(o *grants.Opening) { o.Role = "db_owner" }), "break-glass-ignored", "AdminRole", false},
		{"a stranger", "eve", fair.Text(), "break-glass-ignored", "no user in this site", false},
		{"somebody who is inactive", "gone", fair.Text(), "break-glass-ignored", "no user in this site", false},
		{"anything", "bob", "managed", "break-glass-ignored", "not as grantree writes it", false},
		{"nothing", "bob", "", "break-glass-ignored", "not as grantree writes it", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := p.Offline(p.Sites[0])
			s.Now = now
			s.Principals = append(s.Principals, grants.Principal{ID: 5, Name: tt.user, Type: grants.SQLUser}, grants.Principal{ID: 6, Name: "AdminRole", Type: grants.DatabaseRole, Managed: true})
			s.Members = []grants.Member{{Role: 6, Member: 5}}
			s.Openings = []grants.OpeningRow{{User: 5, Text: tt.text}}
			w, _ := p.Wanted(s)
			in := false
			for _, m := range w.Members {
				in = in || m.Role == "AdminRole" && m.User == tt.user
			}
			held, over, found := p.Openings(s, w)
			if len(found) != 1 || found[0].Code != tt.code || !strings.Contains(found[0].Message, tt.says) {
				t.Errorf("found %v, want %s with %q", found, tt.code, tt.says)
			}
			if in != tt.holds || (len(held) == 1) != tt.holds || (len(w.Openings) == 1) != tt.holds {
				t.Errorf("wanted in the role: %t, held %v, want %t", in, held, tt.holds)
			}
			if late := tt.code == "break-glass-overdue"; (len(over) == 1) != late || (len(w.Over) == 1) != late {
				t.Errorf("over: %v and %v, want %t", over, w.Over, late)
			}
			s.Members = nil // and by the property alone nobody is let in
			w, _ = p.Wanted(s)
			plan := grants.Diff(s, w, grants.DiffOptions{})
			for _, m := range w.Members {
				if m.Lent {
					t.Errorf("wanted: %v", m)
				}
			}
			for _, c := range plan.Changes {
				if c.Kind == grants.AddMember && c.Role == "AdminRole" || c.Kind == grants.BreakGlass {
					t.Errorf("planned: %v", c)
				}
			}
			if _, _, found := p.Openings(s, w); len(found) != 1 || found[0].Code != "break-glass-ignored" {
				t.Errorf("of a property alone: %v", found)
			}
		})
	}
}

// TestOpeningsNeedAClock: a server that does not say what time it is excuses nothing.
func TestOpeningsNeedAClock(t *testing.T) {
	p, _ := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(glassPolicy)}, nil)
	s := p.Offline(p.Sites[0])
	s.Principals = append(s.Principals, grants.Principal{ID: 5, Name: "bob", Type: grants.SQLUser}, grants.Principal{ID: 6, Name: "AdminRole", Type: grants.DatabaseRole, Managed: true})
	s.Members = []grants.Member{{Role: 6, Member: 5}}
	at := time.Date(1, 1, 1, 0, 1, 0, 0, time.UTC) // no time that a clock says is before it
	s.Openings = []grants.OpeningRow{{User: 5, Text: grants.Opening{Group: "Admin", Role: "AdminRole", Opened: at, Until: at.Add(time.Hour), By: "sa", Reason: "month end"}.Text()}}
	if w, _ := p.Wanted(s); len(w.Openings)+len(w.Over) > 0 {
		t.Errorf("%v and %v count", w.Openings, w.Over)
	}
}

func TestBreakGlassTable(t *testing.T) {
	for _, tt := range []struct{ name, from, to, code string }{
		{"an unknown group", `groups = ["admin"]`, `groups = ["Admins"]`, "unknown-group"},
		{"no group", `groups = ["admin"]`, `groups = []`, "missing-key"},
		{"no time", `max = "90m"`, `max = "soon"`, "bad-value"},
		{"too long a time", `max = "90m"`, `max = "169h"`, "bad-value"},
		{"below nothing", `max = "90m"`, `max = "-1h"`, "bad-value"},
		{"no limit said", `max = "90m"`, ``, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, found := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(strings.Replace(glassPolicy, tt.from, tt.to, 1))}, nil)
			code := ""
			for _, f := range found {
				if f.Severity == "error" {
					code = f.Code
				}
			}
			if code != tt.code {
				t.Errorf("found %v, want %q", found, tt.code)
			}
			if tt.code == "" && p.BreakGlass.MaxText() != "4h" {
				t.Errorf("at most %s", p.BreakGlass.MaxText())
			}
		})
	}
}
