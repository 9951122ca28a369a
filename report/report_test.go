package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"

	"github.com/xuri/excelize/v2"
)

var day = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const base = `
[policy]
extends = "imaint"
[server.main]
url = "sqlserver://sql01.example"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "South"
server = "main"
database = "S"
[[outsider]]
name = "svc"
may = ["select"]
reason = "reports"
[[user]]
name = "ann"
full_name = "=HYPERLINK(1)"
groups = ["Mechanic"]
sites = ["*"]
[[user]]
name = "bob"
groups = ["Mechanic"]
sites = ["North"]
[[user]]
name = "cy"
groups = ["Mechanic"]
sites = ["North"]
[[user.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "x"
`

// source is a policy with its sites, as if they held what it says, changed by hand.
func source(t *testing.T, text string, change func(*grants.Snapshot)) Source {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	src := Source{Made: day, Basis: Servers, Policy: p}
	checks, _ := p.OfflineChecks(p.SitesInUse())
	for _, c := range checks {
		for _, u := range c.Wanted.Users {
			c.Snapshot.Logins = append(c.Snapshot.Logins, grants.Login{Name: u.Login, Type: grants.SQLUser})
		}
		s, err := c.Snapshot.With(grants.Diff(c.Snapshot, c.Wanted, grants.DiffOptions{}).Changes)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(s)
		}
		src.Sites = append(src.Sites, SiteSource{Name: s.Site, Snapshot: s, Inquiry: grants.Inquire(s, c.Wanted, p.Accepts(s.Site, day))})
	}
	return src
}

// withStrangers lets two into a site whom the policy does not name, one by a schema.
func withStrangers(s *grants.Snapshot) {
	for i, name := range []string{"svc", "eve"} {
		id := 900 + i
		s.Principals = append(s.Principals, grants.Principal{ID: id, Name: name, Type: grants.SQLUser, AuthType: grants.AuthDatabase})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassDatabase, Grantee: id, Grantor: 1, Name: "CONNECT", State: grants.Granted})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassSchema, Major: s.Schemas[0].ID, Grantee: id, Grantor: 1, Name: "SELECT", State: grants.Granted})
	}
}

// in is somebody's access in a site.
func (r *Report) in(t *testing.T, site, person string) Access {
	t.Helper()
	for _, s := range r.Sites {
		for _, m := range s.Members {
			for _, p := range m.People {
				if s.Site == site && r.People[p].Name == person {
					return r.Access[m.Access]
				}
			}
		}
	}
	t.Fatalf("nobody in %s is %s", site, person)
	return Access{}
}

// TestAgreesWithWho: a report says of everybody on every view what Who says, and
// nothing else.
func TestAgreesWithWho(t *testing.T) {
	src := source(t, base, withStrangers)
	r := New(src)
	for i, site := range src.Sites {
		said := 0
		for v, view := range r.Views {
			for _, one := range catalog.All.Each() {
				yes := map[string]bool{}
				for _, d := range site.Inquiry.Who(view, one) {
					if d.Allowed == grants.Yes {
						yes[d.User] = true
					}
				}
				for _, m := range r.Sites[i].Members {
					for _, p := range m.People {
						name := r.People[p].Name
						if got := r.Cells[r.Access[m.Access].May].On(v).Has(one); got != yes[name] {
							t.Fatalf("%s %s on %s: %s: %t, and Who says %t", site.Name, one, view, name, got, yes[name])
						}
						delete(yes, name)
						said++
					}
				}
				if len(yes) > 0 {
					t.Fatalf("%s on %s: the report does not speak of %v", one, view, yes)
				}
			}
		}
		if said == 0 {
			t.Error("nobody was compared")
		}
	}
}

// TestStanding: who somebody is to the policy, who is folded with whom, and by what
// they have it.
func TestStanding(t *testing.T) {
	r := New(source(t, base, withStrangers))
	got := ""
	for _, p := range r.People {
		got += fmt.Sprintf("%s %s; ", p.Name, p.Standing)
	}
	if want := "ann policy; bob policy; cy policy; eve stranger; svc outsider; "; got != want {
		t.Errorf("%q", got)
	}
	if n := len(r.Sites[0].Members); n != 3 { // ann and bob; cy; eve and svc
		t.Errorf("%d kinds of access in North: %+v", n, r.Sites[0].Members)
	}
	eve := r.in(t, "North", "eve")
	if len(eve.Ways) != 1 || eve.Ways[0].Text != "their own, on the schema" {
		t.Errorf("%+v", eve.Ways)
	}
	cy := r.in(t, "North", "cy")
	if !slices.ContainsFunc(cy.Ways, func(w Way) bool { return w.Kind == "deny" && w.Text == "denied to their own" }) {
		t.Errorf("%+v", cy.Ways)
	}
}

// TestNotRead: a site that was not read is said so in every form, and nothing of it is
// made up.
func TestNotRead(t *testing.T) {
	src := source(t, base, nil)
	src.Sites[1].Inquiry, src.Sites[1].Snapshot, src.Sites[1].Why = nil, nil, "it was off"
	r := New(src)
	if s := r.Sites[1]; s.Read || s.Why != "it was off" || len(s.Members)+len(s.Roles) > 0 {
		t.Errorf("%+v", s)
	}
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil || !strings.Contains(b.String(), "South,not read,") {
		t.Error(err, b.String())
	}
	if since := Compare(New(source(t, base, nil)), r); !slices.Equal(since.NotCompared, []string{"South"}) || len(since.Changes) > 0 {
		t.Errorf("%+v", since)
	}
}

// TestSince: what became of people is told by person, those alike together, and what did
// not change is not told.
func TestSince(t *testing.T) {
	before := New(source(t, base, nil))
	text, _ := json.Marshal(before)
	earlier, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if same := Compare(earlier, New(source(t, base, nil))); len(same.Changes) != 0 {
		t.Errorf("nothing changed: %+v", same.Changes)
	}
	after := strings.Replace(base, "name = \"bob\"\ngroups = [\"Mechanic\"]", "name = \"bob\"\ngroups = [\"Planner\"]", 1)
	after = strings.Replace(after, "[[user.deny]]", "[[user.deny]]\nuntil = 2020-01-01", 1)
	after += "[[user]]\nname = \"dan\"\ngroups = [\"WO Requestor\"]\nsites = [\"*\"]\n"
	src := source(t, after, withStrangers)
	got := ""
	for _, c := range Compare(earlier, New(src)).Changes {
		gains, loses := 0, 0
		for _, p := range c.Gains {
			gains += len(p.Views)
		}
		for _, p := range c.Loses {
			loses += len(p.Views)
		}
		got += fmt.Sprintf("%v %v came %t left %t +%v -%v gains %t loses %t\n", c.People, c.Sites, c.Came, c.Left, c.RolesAdded, c.RolesRemoved, gains > 0, loses > 0)
	}
	want := "[bob] [North] came false left false +[Planner] -[Mechanic] gains true loses false\n" +
		"[dan] [North South] came true left false +[WO Requestor imaint_users] -[] gains true loses false\n" +
		"[eve svc] [North South] came true left false +[] -[] gains true loses false\n"
	if got != want {
		t.Errorf("%s", got)
	}
}

// TestReadRefuses: what is no report, is cut, or leads nowhere.
func TestReadRefuses(t *testing.T) {
	text, _ := json.Marshal(New(source(t, base, nil)))
	for name, bad := range map[string]string{
		"cut": string(text[:len(text)/2]), "another form": `{"format":"x"}`, "a list": `[]`,
		"people":  regexp.MustCompile(`"people":\[\d`).ReplaceAllString(string(text), `"people":[999`),
		"access":  regexp.MustCompile(`"access":\d+`).ReplaceAllString(string(text), `"access":99`),
		"a cell":  regexp.MustCompile(`"may":\d+`).ReplaceAllString(string(text), `"may":-1`),
		"nothing": "",
	} {
		if _, err := Read([]byte(bad)); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

// TestTables: the table and the workbook have the same rows, and no cell that a
// spreadsheet program would run.
func TestTables(t *testing.T) {
	r := New(source(t, base, withStrangers))
	r.Since = Compare(New(source(t, base, nil)), r)
	var text, book bytes.Buffer
	if err := r.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Fatalf("a cell that would be run: %q", cell)
			}
		}
	}
	if !slices.ContainsFunc(rows, func(r []string) bool { return r[1] == "ann" && r[2] == "'=HYPERLINK(1)" }) {
		t.Error("ann's full name is not there, defused")
	}
	if err := r.WriteXLSX(&book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	access, err := f.GetRows("Access")
	if err != nil || len(access) != len(rows) {
		t.Errorf("%d rows in the workbook, %d in the table: %v", len(access), len(rows), err)
	}
	for _, sheet := range []string{"About", "People", "Findings", "Changes"} {
		if got, err := f.GetRows(sheet); err != nil || len(got) == 0 {
			t.Errorf("%s: %v", sheet, err)
		}
	}
}

// TestNamesOnATerminal: nothing that a report writes holds a character that a terminal
// obeys, and the name is the same to who reads the JSON.
func TestNamesOnATerminal(t *testing.T) {
	const name = "eve\x1b[2J\u009b\u202e"
	r := New(source(t, base, func(s *grants.Snapshot) {
		withStrangers(s)
		s.Principals[len(s.Principals)-1].Name = name
	}))
	var table, page bytes.Buffer
	if err := r.WriteCSV(&table); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"the table": table.String(), "the page": page.String()} {
		if strings.ContainsAny(text, "\x1b\u009b\u202e") {
			t.Errorf("%s holds what a terminal obeys", what)
		}
		if !strings.Contains(text, `eve\u001b[2J\u009b\u202e`) {
			t.Errorf("%s does not have the name", what)
		}
	}
}

// TestPage: the page lets its own style and program run and nothing else, and holds its
// data so that no name ends it.
func TestPage(t *testing.T) {
	src := source(t, strings.ReplaceAll(base, "full_name = \"=HYPERLINK(1)\"", "full_name = \"</script><b>@STYLE@\\u2028\""), nil)
	r := New(src)
	var b, again bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	if err := New(src).WriteHTML(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same report makes another page")
	}
	page := b.String()
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindStringSubmatch(page)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	data := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(page)
	policy := regexp.MustCompile(`Content-Security-Policy" content="(.*?)"`).FindStringSubmatch(page)
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	if want := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + hash(style[1]) + "'; script-src '" + hash(script[1]) + "'"; policy[1] != want {
		t.Errorf("the policy is %s\nwant %s", policy[1], want)
	}
	if strings.ContainsAny(data[1], "<>&\u2028") {
		t.Error("the data could end its element")
	}
	var back Report
	if err := json.Unmarshal([]byte(data[1]), &back); err != nil || back.People[0].FullName != "</script><b>@STYLE@\u2028" {
		t.Errorf("%v, %q", err, back.People[0].FullName)
	}
	for _, no := range []string{"http:", "https:", "innerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "fetch(", "XMLHttp", "import(", "localStorage", "style=\""} {
		if strings.Contains(page, no) {
			t.Errorf("the page has %q", no)
		}
	}
}
