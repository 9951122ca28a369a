package grants

import (
	"fmt"
	"strings"
	"testing"
)

// TestDiffServerLogins: whose login is changed how, and whose is left alone.
func TestDiffServerLogins(t *testing.T) {
	const ours = "AA"
	site := func(names ...string) siteBuilder {
		b := newSite("va").login("me")
		b.Runner.Login = "me"
		for _, n := range names {
			name, off := strings.CutSuffix(n, "-")
			sid := sidOf(name)
			if name, mine := strings.CutPrefix(name, "+"); mine {
				sid = ours + sidOf(name)
			}
			b.Logins = append(b.Logins, Login{ID: 300 + len(b.Logins), Name: strings.TrimPrefix(name, "+"), SID: sid, Type: SQLUser, Disabled: off})
		}
		return b
	}
	in := func(b siteBuilder, role, login string) siteBuilder {
		b.Logins = append(b.Logins, Login{ID: 3, Name: role, Type: DatabaseRole, Fixed: true}, Login{ID: 900, Name: "own", Type: DatabaseRole})
		for _, l := range b.Logins {
			if l.Name == login {
				b.ServerMembers = append(b.ServerMembers, Member{Role: 900, Member: l.ID}, Member{Role: 3, Member: 900})
			}
		}
		return b
	}
	owns := func(b siteBuilder) siteBuilder {
		b.Logins = append(b.Logins, Login{ID: 900, Name: "own", Type: DatabaseRole, Owner: b.Logins[len(b.Logins)-1].ID})
		return b
	}
	granted := func(b siteBuilder) siteBuilder {
		b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 1, Grantor: b.Logins[len(b.Logins)-1].ID, Name: "VIEW SERVER STATE", State: Granted})
		return b
	}
	edit := func(b siteBuilder, login string, do func(*Login)) siteBuilder {
		for i := range b.Logins {
			if b.Logins[i].Name == login {
				do(&b.Logins[i])
			}
		}
		return b
	}
	active, gone := WantedLogin{Name: "pete", Active: true}, WantedLogin{Name: "pete"}
	renamed := WantedLogin{Name: "peter", Was: "pete", Active: true}
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    []WantedLogin
		left    string // a login whose user leaves by this plan
		rules   LoginRules
		holds   string
		stands  string // why the person cannot be let in everywhere by this plan
		changes string
		finding string
	}{
		{name: "as it shall be", site: site("+pete"), want: []WantedLogin{active}},
		{name: "nobody's business", site: site("+other", "else-")},
		{name: "inactive", site: site("+pete"), want: []WantedLogin{gone}, changes: "disable_login pete"},
		{name: "inactive, and so before", site: site("+pete-"), want: []WantedLogin{gone}},
		{name: "inactive, and others keep them", site: site("+pete"), want: []WantedLogin{gone}, holds: `site "South" was not read`,
			finding: `warning login-stays: server "S": login "pete" stays as it is: site "South" was not read; see what becomes of it there, or run grantree over all sites of the server`},
		{name: "inactive, and dropped", site: site("+pete"), want: []WantedLogin{gone}, rules: LoginRules{Drop: true}, changes: "disable_login pete, drop_login pete"},
		{name: "disabled before, dropped now", site: site("+pete-"), want: []WantedLogin{gone}, rules: LoginRules{Drop: true}, changes: "drop_login pete"},
		{name: "not dropped while something holds it", site: site("+pete-"), want: []WantedLogin{gone}, rules: LoginRules{Drop: true}, holds: "x", finding: "login-stays"},
		{name: "not dropped while it owns a server role", site: owns(site("+pete")), want: []WantedLogin{gone}, rules: LoginRules{Drop: true}, changes: "disable_login pete",
			finding: `warning login-kept: server "S": login "pete" is not dropped: it owns the server role "own"`},
		{name: "not dropped while it granted something", site: granted(site("+pete-")), want: []WantedLogin{gone}, rules: LoginRules{Drop: true},
			finding: `warning login-kept: server "S": login "pete" is not dropped: it granted or denied VIEW SERVER STATE`},
		{name: "kept by the policy", site: site("+pete"), want: []WantedLogin{gone}, rules: LoginRules{Keep: true, Drop: true}},
		{name: "kept by the policy, and said when they leave", site: site("+pete"), left: "pete", rules: LoginRules{Keep: true}, finding: `can still log in; disable_login pete`},
		{name: "not ours", site: site("pete"), want: []WantedLogin{gone}},
		{name: "not ours, and leaves now", site: site("pete"), left: "pete",
			finding: `warning login-stays: server "S": login "pete" is in no site of the policy any more and can still log in; disable_login pete, or let grantree do it: [policy] adopt_logins = ["pete"]`},
		{name: "not ours, leaves now and is disabled", site: site("pete-"), left: "pete"},
		{name: "adopted", site: site("pete"), left: "pete", rules: LoginRules{Adopt: []string{"PETE"}}, changes: "disable_login pete"},
		{name: "ours, of nobody in the policy", site: site("+pete"), left: "pete", changes: "disable_login pete"},
		{name: "left here, and wanted by the policy", site: site("+pete"), want: []WantedLogin{active}, left: "pete"},
		{name: "back again", site: site("+pete-"), want: []WantedLogin{active}, changes: "enable_login pete"},
		{name: "back again, and not ours", site: site("pete-"), want: []WantedLogin{active}},
		{name: "back again, with no seat for certain", site: site("+pete-"), want: []WantedLogin{{Name: "pete", Active: true, Waits: true}}},
		{name: "gone, and waits", site: site("+pete"), want: []WantedLogin{{Name: "pete", Waits: true}}, left: "pete"},
		{name: "back again, and a site is left as it is", site: site("+pete-"), want: []WantedLogin{active}, stands: `site "South" is left as it is`,
			finding: `warning login-stays: server "S": login "pete" stays disabled: site "South" is left as it is; mend what stops that site, and run this again`},
		{name: "another name, and a site is left as it is", site: site("+pete"), want: []WantedLogin{renamed}, stands: `site "South" is left as it is`,
			finding: `warning login-keeps-name: server "S": login "pete", which is to be "peter", keeps its name for now: site "South" is left as it is; mend what stops that site, and run this again`},
		{name: "gone, and somebody else's login too", site: site("+pete"), want: []WantedLogin{gone, {Name: "PETE", Active: true}}},
		{name: "gone, and somebody waits who has the login too", site: site("+pete"), want: []WantedLogin{gone, {Name: "pete", Active: true, Waits: true}}},
		{name: "two who have one login, and both are gone", site: site("+pete"), want: []WantedLogin{gone, {Name: "PETE"}}, changes: "disable_login pete"},
		{name: "another name", site: site("+pete"), want: []WantedLogin{renamed}, changes: "rename_login pete>peter"},
		{name: "another name before", site: site("+peter"), want: []WantedLogin{renamed}},
		{name: "another name, and not ours", site: site("pete"), want: []WantedLogin{renamed},
			finding: `warning login-keeps-name: server "S": login "pete", which is to be "peter", was not made by grantree, and [policy] adopt_logins does not name it; rename_login pete to peter, or let`},
		{name: "another name, back and in", site: site("+pete-"), want: []WantedLogin{renamed}, changes: "enable_login pete, rename_login pete>peter"},
		{name: "gone under the old name", site: site("+pete"), want: []WantedLogin{{Name: "peter", Was: "pete"}}, changes: "disable_login pete"},
		{name: "no login there", site: site("x"), want: []WantedLogin{active, gone}},
		{name: "the runner", site: edit(site(), "me", func(l *Login) { l.SID = ours + "1" }), want: []WantedLogin{{Name: "ME"}}, left: "me"},
		{name: "sysadmin through a role", site: in(site("+pete"), "sysadmin", "pete"), want: []WantedLogin{gone}},
		{name: "securityadmin, who leaves now", site: in(site("+pete"), "securityadmin", "pete"), left: "pete", finding: "can still log in; disable_login pete"},
		{name: "owner of a database", site: edit(site("+pete"), "pete", func(l *Login) { l.OwnsDatabase = true }), want: []WantedLogin{gone}},
		{name: "sa", site: edit(site("sa"), "sa", func(l *Login) { l.SID = SASID }), want: []WantedLogin{{Name: "sa"}}, rules: LoginRules{Adopt: []string{"sa"}}},
		{name: "a disabled sysadmin stays so", site: in(site("+pete-"), "sysadmin", "pete"), want: []WantedLogin{active}},
		{name: "a group of Windows", site: edit(site("pete"), "pete", func(l *Login) { l.Type = WindowsGroup }), want: []WantedLogin{gone}, rules: LoginRules{Adopt: []string{"pete"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.site.Server = "S"
			tt.rules.Made = func(sid string) bool { return strings.HasPrefix(sid, ours) }
			tt.rules.Holds = func(string) string { return tt.holds }
			tt.rules.Stands = func(WantedLogin, string) string { return tt.stands }
			tt.rules.Statement = pen
			var left []Login
			for _, l := range tt.site.Logins {
				if l.Name == tt.left {
					left = append(left, l)
				}
			}
			changes, found := DiffLogins(tt.site.Snapshot, tt.want, left, tt.rules)
			var got []string
			for _, c := range changes {
				text := string(c.Kind) + " " + c.Login
				if c.To != "" {
					text += ">" + c.To
				}
				got = append(got, text)
			}
			if text := strings.Join(got, ", "); text != tt.changes {
				t.Errorf("changes %q, want %q", text, tt.changes)
			}
			said := ""
			for _, f := range found {
				said += fmt.Sprintf("%s %s: %s; %s", f.Severity, f.Code, f.Message, f.Advice())
			}
			if !strings.Contains(said, tt.finding) || tt.finding == "" && said != "" {
				t.Errorf("findings %q, want %q", said, tt.finding)
			}
			again, _ := DiffLogins(tt.site.Snapshot.WithLogins(changes), tt.want, nil, tt.rules)
			if len(again) > 0 {
				t.Errorf("%v is left to do after %v", again, changes)
			}
		})
	}
}

// TestLoginChangesReverse: what was done is undone, but for a login that is gone.
func TestLoginChangesReverse(t *testing.T) {
	s := newSite("va").login("pete", "walt").Snapshot
	s.Logins[1].Disabled = true
	for _, c := range []LoginChange{
		{Kind: DisableLogin, Login: "pete", SID: sidOf("pete")},
		{Kind: EnableLogin, Login: "walt", SID: sidOf("walt")},
		{Kind: RenameLogin, Login: "pete", To: "peter", SID: sidOf("pete")},
		{Kind: DropLogin, Login: "pete", SID: sidOf("pete")},
	} {
		after := s.WithLogins([]LoginChange{c})
		if fmt.Sprint(after.Logins) == fmt.Sprint(s.Logins) {
			t.Errorf("%s changes nothing", c.Kind)
		}
		back, ok := c.Reverse()
		if ok != (c.Kind != DropLogin) {
			t.Errorf("%s can be undone: %t", c.Kind, ok)
		}
		if ok && fmt.Sprint(after.WithLogins([]LoginChange{back}).Logins) != fmt.Sprint(s.Logins) {
			t.Errorf("%v does not undo %v", back, c)
		}
	}
}
