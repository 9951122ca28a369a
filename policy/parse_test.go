package policy_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files of this package")

// golden compares got with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// parse reads a policy that has no errors.
func parse(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// lines prints findings, one a line.
func lines(found finding.List) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s %s\n", f.Severity, f)
	}
	return b.String()
}

// fleet is the start of most policies here.
const fleet = `
[server.main]
url = "sqlserver://sql01.example:1433"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[[site]]
name = "South"
server = "main"
database = "iMaint_South"
`

func TestParseBadInput(t *testing.T) {
	const user = "[[user]]\nname = \"bob\"\nsites = [\"*\"]\ngroups = [\"A\"]\n"
	const group = "[[group]]\nname = \"A\"\n"
	tests := []struct{ name, text string }{
		{"nothing wrong", fleet + group + user},
		{"an empty file", ""},
		{"not TOML", "[[group]\nname = 1"},
		{"unknown keys", "colour = 1\n[[group]]\nname = \"A\"\nrolle = \"a\"\n[[group.allow]]\non = \"Work Orders\"\npermission = [\"select\"]\n"},
		{"a ledger without a table", "[ledger]\nengine = true\n"},
		{"a ledger without a schema", "[ledger]\ntable = \"x\"\n"},
		{"a ledger of three parts", "[ledger]\ntable = \"a.b.c\"\n"},
		{"a ledger with empty parts", "[ledger]\ntable = \".\"\n"},
		{"a ledger in a schema of the server", "[ledger]\ntable = \"SYS.log\"\n"},
		{"a ledger in dbo", "[ledger]\ntable = \"dbo.log\"\n"},
		{"a ledger that is called as a view is", "[ledger]\ntable = \"dbo.IMVW_log\"\n"},
		{"a ledger that is called as a view is, elsewhere", "[ledger]\ntable = \"log.imvw_log\"\n"},
		{"a ledger with space around a name", "[ledger]\ntable = \"a. b\"\n"},
		{"a ledger with a long name", "[ledger]\ntable = \"a." + strings.Repeat("x", 122) + "\"\n"},
		{"a ledger with an unknown key", "[ledger]\ntable = \"a.b\"\nappend_only = true\n"},
		{"unknown permission", group + "[[group.allow]]\non = \"Work Orders\"\npermissions = [\"select\", \"udpate\", \"execute\"]\n"},
		{"empty permissions", group + "[[group.allow]]\non = \"Work Orders\"\npermissions = []\n[[group.allow]]\non = \"Projects\"\n"},
		{"wrong types", "[license]\nseats = \"ten\"\n[[user]]\nname = \"bob\"\ngroups = \"A\"\nsites = \"*\"\n"},
		{"unknown node", group + "[[group.allow]]\non = \"Work Order\"\npermissions = [\"select\"]\n[[group.allow]]\non = \"Blimps\"\npermissions = [\"select\"]\n"},
		{"ambiguous node Parts", group + "[[group.allow]]\non = \"Parts\"\npermissions = [\"select\"]\n"},
		{"ambiguous node Other Costs", group + "[[group.allow]]\non = \"Other Costs\"\npermissions = [\"select\"]\n"},
		{"unknown and needless exceptions", group + "[[group.allow]]\non = \"Inventory\"\npermissions = [\"select\"]\nexcept = [\"Partz\", \"Time Cards\"]\n[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\"]\nexcept = [\"Parts\"]\n[[group.allow]]\nviews = \"*\"\npermissions = [\"select\"]\nexcept = [\"Time Cards\"]\n"},
		{"a line without a target", group + "[[group.allow]]\npermissions = [\"select\"]\n"},
		{"a line with two targets", group + "[[group.allow]]\non = \"Projects\"\nview = \"imvw_part\"\npermissions = [\"select\"]\n"},
		{"views that is not every view", group + "[[group.allow]]\nviews = \"imvw_*\"\npermissions = [\"select\"]\n"},
		{"view outside the prefix", group + "[[group.allow]]\nview = \"dbo.imvw_part\"\npermissions = [\"select\"]\n[[group.allow]]\nview = \"employees\"\npermissions = [\"select\"]\n"},
		{"duplicate group, user, site", fleet + group + group + user + user + "[[site]]\nname = \"north\"\nserver = \"main\"\ndatabase = \"x\"\n[[site]]\nname = \"East\"\nserver = \"main\"\ndatabase = \"imaint_north\"\n"},
		{"duplicate role", "[[group]]\nname = \"A\"\n[[group]]\nname = \"B\"\nrole = \"A\"\n"},
		{"duplicate baseline", "[[group]]\nname = \"A\"\nbaseline = true\n[[group]]\nname = \"B\"\nbaseline = true\n"},
		{"a name of 129 characters", "[[group]]\nname = \"" + strings.Repeat("x", 129) + "\"\n"},
		{"a name of 65 emoji is 130 code units", "[[group]]\nname = \"" + strings.Repeat("🔧", 65) + "\"\n"},
		{"reserved names", "[[group]]\nname = \"public\"\n[[group]]\nname = \"B\"\nrole = \"DB_Owner\"\n[[user]]\nname = \"dbo\"\ngroups = [\"B\"]\nsites = [\"*\"]\n"},
		{"names that nobody can see or write", "[[group]]\nname = \" A\"\n[[group]]\nname = \"B \"\n[[group]]\nname = \"\\u0000\"\n[[group]]\nname = \"  \"\n[[group]]\nname = \"\"\n[[group]]\nname = \"C\"\nrole = \"\"\n"},
		{"names that only look dangerous", "[[group]]\nname = \"a]b'c--d\\ne 🔧\"\n"},
		{"backslashes", fleet + group + "[[user]]\nname = \"CORP\\\\bob\"\ngroups = [\"A\"]\nsites = [\"*\"]\n[[user]]\nname = \"eve\"\nlogin = \"CORP\\\\eve\"\nnew_login = true\ngroups = [\"A\"]\nsites = [\"*\"]\n[[user]]\nname = \"x\\\\y\"\nlogin = \"y\"\ngroups = [\"A\"]\nsites = [\"*\"]\n[[group]]\nname = \"CORP\\\\mechanics\"\n"},
		{"rule 4", fleet + group + "[[user]]\nname = \"bob\"\n[[user]]\nname = \"eve\"\ngroups = [\"Mechanik\", \"A\"]\nsites = [\"Nort\"]\n"},
		{"a group that only the vendor has", fleet + "[[user]]\nname = \"eve\"\ngroups = [\"Mechanik\"]\nsites = [\"*\"]\n[policy]\nextends = \"imaint\"\n"},
		{"unknown server", "[server.main]\nurl = \"sqlserver://h\"\n[[site]]\nname = \"N\"\nserver = \"mian\"\ndatabase = \"d\"\n"},
		{"incomplete tables", "[server.main]\n[[site]]\n[[site]]\nname = \"N\"\n[[user]]\n[[waiver]]\n[[waiver]]\nview = \"imvw_woap\"\n[[test]]\n[catalog]\n"},
		{"unknown built-in policy", "[policy]\nextends = \"imant\"\n"},
		{"settings out of range", group + "[license]\nseats = -1\nexempt = [\"\"]\n[policy]\nmax_loss = 50\nadministrators = \"B\"\nadopt = [\"A\", \"B\", \"*\"]\n"},
		{"a second [license] is not TOML", "[license]\nseats = 1\n[license]\nseats = 2\n"},
		{"copies of nothing and of themselves", "[[group]]\nname = \"A\"\ncopies = \"B\"\n[[group]]\nname = \"B\"\ncopies = \"C\"\n[[group]]\nname = \"C\"\ncopies = \"A\"\n[[group]]\nname = \"D\"\ncopies = \"D\"\n[[group]]\nname = \"E\"\ncopies = \"Mechanic\"\n"},
		{"overrides without a reason", fleet + group + "[[group.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\noverrides = true\n" + user + "[[user.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\noverrides = true\nreason = \"x\"\n"},
		{"an allow does not override", group + "[[group.allow]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\noverrides = true\n"},
		{"waivers and tests of nobody", fleet + group + user + "[[waiver]]\nview = \"imvw_woap\"\ngroup = \"Aa\"\nreason = \"x\"\n[[waiver]]\nview = \"imvw_woap\"\nuser = \"bobb\"\nreason = \"x\"\n[[waiver]]\nview = \"imvw_woap\"\ngroup = \"A\"\nuser = \"bob\"\nreason = \"x\"\n[[test]]\nuser = \"rob\"\non = \"imvw_woap\"\nnever = [\"select\"]\nsites = [\"Noth\"]\n"},
		{"tests that expect nothing or both", fleet + group + user + "[[test]]\nuser = \"bob\"\non = \"Parts\"\n[[test]]\nuser = \"bob\"\non = \"Projects\"\nalways = [\"select\"]\nnever = [\"select\", \"insrt\"]\n"},
		{"one login for two people", fleet + group + user + "[[user]]\nname = \"rob\"\nlogin = \"bob\"\nsites = [\"North\"]\ngroups = [\"A\"]\n"},
		{"bad addresses", "[server.a]\nurl = \"sql01\"\n[server.b]\nurl = \"http://sql01\"\n[server.c]\nurl = \"sqlserver://sql01?database=x\"\n[server.d]\nurl = \"sqlserver://sql01\"\nuser = \"u\"\npassword_env = \"X\"\npassword_file = \"Y\"\n[server.e]\nurl = \"sqlserver://sql01\"\nintegrated = true\nuser = \"u\"\n"},
		{"audits of log-ins", "[server.a]\nurl = \"sqlserver://h\"\nlogin_audit = 'D:\\Audit'\n[server.b]\nurl = \"sqlserver://h\"\nlogin_audit = '\\\\nas\\share'\nlogin_audit_files = 3\n[server.c]\nurl = \"sqlserver://h\"\nlogin_audit = \"/var/opt/mssql/audit\"\n[server.d]\nurl = \"sqlserver://h\"\nlogin_audit = \"audit\"\nlogin_audit_megabytes = 1\n[server.e]\nurl = \"sqlserver://h\"\nlogin_audit_files = 3\n[server.f]\nurl = \"sqlserver://h\"\nlogin_audit = \"/a*b\"\nlogin_audit_files = 0\n"},
		{"groups elsewhere", fleet + group + user + "[[user.at]]\nsites = [\"Nort\", \"South\"]\ngroups = [\"B\"]\n[[user.at]]\nsites = [\"*\"]\n[[user.at]]\nsites = [\"south\"]\ngroups = [\"A\"]\n[[user.at]]\ngroups = [\"A\"]\n"},
		{"what a copied group does without", group + "without = [\"Parts\", \"Work Orders\"]\n[[group]]\nname = \"B\"\ncopies = \"C\"\nwithout = [\"Partz\", \"imvw_pay_type\", \"dbo.x\", \"Inventory\"]\n[[group]]\nname = \"C\"\n[[group.allow]]\non = \"Work Orders\"\npermissions = [\"select\"]\n"},
		{"vendor's groups left out", "[policy]\nextends = \"imaint\"\nwithout = [\"PO Requestor\", \"PO Requester\", \"po requestor\"]\nleavers = \"remove\"\nadopt_logins = [\"\"]\n"},
		{"modes", "[policy]\nmode = \"adopt\"\n[server.main]\nurl = \"sqlserver://h\"\n[[site]]\nname = \"N\"\nserver = \"main\"\ndatabase = \"d\"\nmode = \"\"\n[[site]]\nname = \"S\"\nserver = \"main\"\ndatabase = \"e\"\nmode = \"narrow\"\n"},
		{"kinds of logins", fleet + group + "[[user]]\nname = \"a\"\nauth = \"kerberos\"\ngroups = [\"A\"]\nsites = [\"*\"]\n[[user]]\nname = \"b\"\nauth = \"windows\"\ngroups = [\"A\"]\nsites = [\"*\"]\n[[user]]\nname = \"D\\\\c\"\nauth = \"sql\"\ngroups = [\"A\"]\nsites = [\"*\"]\n"},
		{"passwords that SQL Server refuses", "[passwords]\nmust_change = true\n"},
		{"expiration without a policy", "[passwords]\ncheck_policy = false\ncheck_expiration = true\n"},
		{"names before that are names now", fleet + group + "was = \"A\"\n[[group]]\nname = \"B\"\nwas = \"A\"\n" + user + "was = \"bob\"\n[[user]]\nname = \"rob\"\nwas = \"bob\"\nwas_login = \"\\u0000\"\ngroups = [\"A\"]\nsites = [\"*\"]\n"},
		{"an include that cannot be read", "include = [\"x.toml\", \"\"]\n"},
	}
	var b strings.Builder
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(tt.text)}, nil)
			for _, f := range found {
				if f.Where.File == "" || f.Where.Line == 0 && f.Code != "syntax" {
					t.Errorf("no place in %v", f)
				}
			}
			fmt.Fprintf(&b, "# %s\n%s\n", tt.name, lines(found))
		})
	}
	golden(t, "bad-input.golden", b.String())
}

func TestParseNeverRepeatsAPassword(t *testing.T) {
	tests := []struct{ name, text string }{
		{"in the url", `url = "sqlserver://sa:hunter2@sql01"`},
		{"in a url that cannot be read", `url = "sqlserver://sa:hunter2@sql01:port%zz"`},
		{"in a query", `url = "sqlserver://sql01?user=sa&password=hunter2"`},
		{"in an ADO string", `url = "server=sql01;user id=sa;Pwd=hunter2"`},
		{"as a key", "url = \"sqlserver://sql01\"\npassword = \"hunter2\""},
		{"another spelling", `url = "sqlserver://sql01?passwd=hunter2"`},
		{"a new one", `url = "sqlserver://sql01?change%20password=hunter2"`},
		{"a token", `url = "sqlserver://sql01?accesstoken=hunter2"`},
		{"a token of another name", `url = "sqlserver://sql01?SystemToken=hunter2"`},
		{"an assertion", `url = "sqlserver://sql01?fedauth=ActiveDirectoryClientAssertion&clientassertion=hunter2"`},
		{"a secret", `url = "sqlserver://sql01?client_secret=hunter2"`},
		{"behind a semicolon", `url = "sqlserver://sql01?encrypt=true;pwd=hunter2"`},
		{"in the user", "url = \"sqlserver://sql01\"\nuser = \"sa:hunter2\""},
		{"in the user, as an option", "url = \"sqlserver://sql01\"\nuser = \"sa&pwd=hunter2\""},
	}
	parses := func(text string) finding.List {
		_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte("[server.main]\n" + text)}, nil)
		return found
	}
	for _, url := range []string{":1433/I?encrypt=true&Packet+Size=4096&certificate=/etc/token/a.pem", "", "/", "/SQL2019$_x/", "/Éire%23"} {
		if found := parses(`url = "sqlserver://sql01` + url + `"`); len(found) > 0 {
			t.Errorf("a plain url, %q: %v", url, found)
		}
	}
	for _, url := range []string{"?hunter2", "?hunter2=x", "?encrypted=hunter2", "?encrypt=a&encrypt=hunter2", "?fedauth=hunter2", "?a=%zzhunter2", "?server=hunter2",
		"/hunter2@sql02", "/I/hunter2", "/hun%3ater2", "/%20hunter2", "/hunter2#?encrypt=true", "#hunter2", "?encrypt=true#hunter2"} {
		found := parses(`url = "sqlserver://sql01` + url + `"`)
		if len(found) != 1 || found[0].Code != "bad-url" || strings.Contains(found.Err().Error(), "hunter2") {
			t.Errorf("%s: %v", url, found)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := parses(tt.text)
			if !slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Code == "password-literal" }) {
				t.Errorf("found %v", found)
			}
			if text := fmt.Sprintf("%+v", found); strings.Contains(text, "hunter2") {
				t.Errorf("the password is repeated: %s", text)
			}
		})
	}
}

func TestParseReadsEverything(t *testing.T) {
	p := parse(t, fleet+`
[license]
seats = 25
exempt = ["iGuest"]
[policy]
adopt = ["*"]
max_loss = 0.25
administrators = "Crew"
[[group]]
name = "Crew"
role = "crew_role"
baseline = true
[[group.allow]]
on = "Work Orders"
permissions = ["select", "INSERT"]
except = ["Resource Allocation"]
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select"]
overrides = true
reason = "confidential"
[[user]]
name = "bob"
login = 'CORP\bob'
full_name = "Bob B."
groups = ["crew"]
sites = ["south"]
[[user.allow]]
views = "*"
permissions = ["delete"]
[[waiver]]
view = "imvw_woap"
user = "bob"
reason = "trial"
expires = 2027-01-31
[[test]]
user = "BOB"
on = "imvw_pay_type"
never = ["select"]
`)
	if got := fmt.Sprint(p.License.Seats, p.License.Limited, p.License.Exempt, p.MaxLoss(), p.Settings.Adopt, p.Administrators().Name); got != "25 true [iGuest] 0.25 [*]Crew" {
		t.Errorf("settings: %s", got)
	}
	g, u := p.Group("CREW"), p.User("Bob")
	if g.Role != "crew_role" || !g.Baseline || !g.Deny[0].Overrides || g.Deny[0].Reason != "confidential" || g.Allow[0].Permissions.String() != "SELECT, INSERT" {
		t.Errorf("group: %+v", g)
	}
	if u.Login != `CORP\bob` || u.FullName != "Bob B." || !u.Allow[0].AllViews {
		t.Errorf("user: %+v", u)
	}
	if sites := p.UserSites(u); len(sites) != 1 || sites[0].Name != "South" {
		t.Errorf("sites: %v", sites)
	}
	if w := p.Waivers[0]; w.User != "bob" || w.Expires.Format("2006-01-02") != "2027-01-31" || w.Pos.String() != "p.toml:42:1" {
		t.Errorf("waiver: %+v", w)
	}
	if s, ok := p.Server("Main"); !ok || s.URL != "sqlserver://sql01.example:1433" {
		t.Errorf("server: %+v", s)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fleet + "[[group]]\nname = \"A\"\ncopies = \"B\"\n[[group.allow]]\non = \"Work Orders\"\npermissions = [\"select\"]\nexcept = [\"Time Cards\"]\n"))
	f.Add([]byte("[policy]\nextends = \"imaint\"\n[[user]]\nname = \"b\"\ngroups = [\"Mechanic\"]\nsites = [\"*\"]\n"))
	f.Add([]byte("include = [\"a\"]\n[catalog]\nfile = \"c\"\n[server.x]\nurl = \"sqlserver://a:b@c\"\n"))
	f.Add([]byte("[[test]]\nuser = 1\non = \"|\"\n[[waiver]]\nview = \"\\u0000\"\nexpires = 2020-01-01\n"))
	f.Add([]byte("\xff\x00[[["))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := files{"a": string(data), "c": string(data)}.read
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: data}, read)
		for _, e := range found {
			if e.Where.File == "" || e.Code == "" || e.Message == "" {
				t.Errorf("a finding without place, code or words: %+v", e)
			}
		}
		if found.HasErrors() {
			return
		}
		for _, s := range p.Sites {
			p.Wanted(p.Offline(s))
		}
	})
}
