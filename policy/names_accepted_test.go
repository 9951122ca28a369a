package policy_test

import (
	"strings"
	"testing"

	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// TestCheckAccepted judges the names of principals that a policy accepts and
// does not make.
func TestCheckAccepted(t *testing.T) {
	outsider := func(name, more string) string {
		return fleet + crew + "[[outsider]]\nname = \"" + name + "\"\nreason = \"r\"\n" + more
	}
	also := func(words string) string { return fleet + crew + "also = [" + words + "]\nalso_reason = \"r\"\n" }
	// site is a site as it was read: with a principal of its own, and a login,
	// a server role and whether all logins were seen.
	type site struct {
		principal, login, role string
		hidden                 bool
	}
	none := site{}
	const where = "p.toml:18:1: " // of the outsider
	const word = "p.toml:18:"     // of what ann may also be
	for _, tt := range []struct {
		name, text string
		sites      []site // North, South
		want       string
	}{
		{"an outsider that is a user of one site", outsider("svc_report", ""), []site{none, {principal: "SVC_report"}}, ""},
		{"that is a login", outsider("svc_report", ""), []site{{login: "svc_report"}, none}, ""},
		{"that no site has", outsider("auditors", ""), []site{{principal: "svc_report"}, none},
			"warning " + where + `no site has the outsider "auditors"; correct the name, or remove it (unknown-outsider)` + "\n"},
		{"that is one slip away", outsider("svc_reprot", ""), []site{none, {login: "svc_report"}},
			"warning " + where + `no site has the outsider "svc_reprot"; did you mean "svc_report"? (unknown-outsider)` + "\n"},
		{"that another site has", outsider("svc_report", "sites = [\"North\"]\n"), []site{none, {principal: "svc_report"}},
			"warning " + where + `no site has the outsider "svc_report"; correct the name, or remove it (unknown-outsider)` + "\n"},
		{"where its one site was read", outsider("svc_report", "sites = [\"North\"]\n"), []site{none},
			"warning " + where + `no site has the outsider "svc_report"; correct the name, or remove it (unknown-outsider)` + "\n"},
		{"where a site is away", outsider("svc_report", ""), []site{none}, ""},
		{"where not all logins were seen", outsider("svc_report", ""), []site{none, {hidden: true}}, ""},
		{"offline", outsider("svc_report", ""), nil, ""},
		{"what somebody may also be", also(`"sysadmin", "db_owner", "Control Server", "IMPERSONATE", "alter any user", "##MS_LoginManager##", "database_owner"`), nil, ""},
		{"a word that is one slip from a power", also(`"db_owner", "sysadmn"`), nil,
			"error " + word + `21: user "ann" may also be "sysadmn", which is no power, and no role that was seen; did you mean "sysadmin"? (unknown-power)` + "\n"},
		{"a role of the site, one slip from a power", also(`"db_owners"`), []site{{principal: "db_owners"}}, ""},
		{"a role of the server", also(`"DBAs"`), []site{{role: "DBAs"}}, ""},
		{"a word that nothing has", also(`"superuser"`), []site{none},
			"error " + word + `9: user "ann" may also be "superuser", which is no power, and no role that was seen; name a role, or a power such as "CONTROL SERVER" (unknown-power)` + "\n"},
		{"a slip of a role", also(`"Reporst"`), []site{{principal: "Reports"}},
			"error " + word + `9: user "ann" may also be "Reporst", which is no power, and no role that was seen; did you mean "Reports"? (unknown-power)` + "\n"},
		{"a word that nobody knows, offline", also(`"DBAs"`), nil,
			"warning " + word + `9: user "ann" may also be "DBAs", which is no power, and not all of their sites were read; name a role, or a power such as "CONTROL SERVER" (unknown-power)` + "\n"},
		{"a word that nobody knows, with logins unseen", also(`"DBAs"`), []site{{hidden: true}},
			"warning " + word + `9: user "ann" may also be "DBAs", which is no power, and not all of their sites were read; name a role, or a power such as "CONTROL SERVER" (unknown-power)` + "\n"},
		{"of a site alone", strings.Replace(also(`"sysadmin"`), "also_reason", "at = [{ sites = [\"South\"], groups = [\"Crew\"], also = [\"superuser\"], also_reason = \"r\" }]\nalso_reason", 1), []site{{principal: "superuser"}, none},
			"error p.toml:19:55: user \"ann\" may also be \"superuser\", which is no power, and no role that was seen; name a role, or a power such as \"CONTROL SERVER\" (unknown-power)\n"},
		{"of somebody who enters nothing", also(`"superuser"`) + "inactive = true\n", []site{none, none}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, tt.text)
			var read []policy.SiteNames
			for i, x := range tt.sites {
				s := p.Offline(p.Sites[i])
				s.LoginsVisible = !x.hidden
				if x.principal != "" {
					s.Principals = append(s.Principals, grants.Principal{ID: 20, Name: x.principal, Type: grants.DatabaseRole})
				}
				if x.login != "" {
					s.Logins = append(s.Logins, grants.Login{ID: 300, Name: x.login, Type: grants.SQLUser})
				}
				if x.role != "" {
					s.Logins = append(s.Logins, grants.Login{ID: 301, Name: x.role, Type: grants.DatabaseRole})
				}
				w, _ := p.Wanted(s)
				read = append(read, p.Beyond(s, w))
			}
			if d := cmp.Diff(tt.want, lines(p.CheckNames(read, len(read) == len(p.Sites)))); d != "" {
				t.Error(d)
			}
		})
	}
}
