package sites

import (
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// small is a catalog of the one view of a world: reading the vendor's for each
// policy of hundreds would be a fifth of the work.
const small = "name = \"small\"\nprefix = \"imvw_\"\n[[node]]\npath = \"Sites\"\nviews = [{ name = \"imvw_site\", level = \"parent\" }]\n"

// parsed parses a policy for a test; whatever file it names is small.
func parsed(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, findings := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(small), nil })
	if err := findings.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

const twoSites = `
[license]
seats = 2
exempt = ["service"]
[server.main]
url = "sqlserver://sql01.example"
user = "grantree"
password_env = "X"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "South"
server = "main"
database = "S"
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
`

// person is the text of a [[user]].
func person(name, sites string, more ...string) string {
	return "[[user]]\nname = \"" + name + "\"\ngroups = [\"Reader\"]\nsites = [\"" + sites + "\"]\nnew_login = true\n" + strings.Join(more, "\n") + "\n"
}

// readings are the sites as the catalog makes them, with accounts that they
// hold already.
func readings(p *policy.Policy, accounts map[string][]grants.Principal) []Reading {
	var out []Reading
	for _, s := range p.Sites {
		snapshot := p.Offline(s)
		for i, a := range accounts[s.Name] {
			a.ID = grants.FirstUserID + i
			a.Type, a.AuthType, a.SID = grants.SQLUser, 1, orSID(a.SID, fmt.Sprintf("%X", a.Name))
			snapshot.Principals = append(snapshot.Principals, a)
			snapshot.Logins = append(snapshot.Logins, grants.Login{Name: a.Name, SID: a.SID, Type: grants.SQLUser})
		}
		out = append(out, Reading{Site: s, Snapshot: snapshot})
	}
	return out
}

func orSID(sid, otherwise string) string {
	if sid != "" {
		return sid
	}
	return otherwise
}

func TestSeatsOverSitesAndSnapshots(t *testing.T) {
	stranger := map[string][]grants.Principal{"South": {{Name: "old"}, {Name: "service"}}}
	tests := []struct {
		name     string
		people   string
		accounts map[string][]grants.Principal
		used     int
		fresh    []string
		codes    []string
	}{
		{"nobody", "", nil, 0, nil, nil},
		{"one person in two sites", person("ann", "*"), nil, 1, []string{"ann"}, nil},
		{"an account that only a site holds uses one", person("ann", "North"), stranger, 2, []string{"ann"}, nil},
		{"and so may be the one too many", person("ann", "North") + person("ben", "South"), stranger, 3, []string{"ann", "ben"}, []string{"no-seat-left"}},
		{"who is inactive and whom the plan drops frees one", person("ann", "North") + person("ben", "South") + person("old", "South", "inactive = true"), map[string][]grants.Principal{"South": {{Name: "old", Managed: true}}}, 2, []string{"ann", "ben"}, nil},
		{"the same name in other letters", person("OLD", "South") + person("ann", "North"), stranger, 2, []string{"ann"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+tt.people)
			fp := Plan(p, readings(p, tt.accounts), PlanOptions{ExpectLoss: -1})
			if fp.Seats.Used != tt.used {
				t.Errorf("used %d, want %d: %+v", fp.Seats.Used, tt.used, fp.Seats.Lines)
			}
			if d := cmp.Diff(tt.fresh, fp.Seats.New); d != "" {
				t.Error(d)
			}
			var codes []string
			for _, f := range fp.Findings.Of("error") {
				codes = append(codes, f.Code)
			}
			if d := cmp.Diff(tt.codes, codes); d != "" {
				t.Errorf("%s\n%v", d, fp.Findings)
			}
		})
	}
}

// TestSeatsBySpelling: two spellings are one person where a server says so.
func TestSeatsBySpelling(t *testing.T) {
	tests := []struct {
		north, south string
		used         int
	}{
		{"Latin1_General_CS_AS", "Latin1_General_BIN2", 3},
		{"Latin1_General_CS_AS", "SQL_Latin1_General_CP1_CI_AS", 2},
		{"Latin1_General_CI_AI", "SQL_Latin1_General_CP1_CI_AS", 1},
	}
	for _, tt := range tests {
		p := parsed(t, twoSites+person("José", "North"))
		r := readings(p, map[string][]grants.Principal{"South": {{Name: "Jose"}, {Name: "JOSE"}}})
		r[0].Snapshot.ServerCollation = grants.ParseCollation(tt.north)
		r[1].Snapshot.ServerCollation = grants.ParseCollation(tt.south)
		if fp := Plan(p, r, PlanOptions{ExpectLoss: -1}); fp.Seats.Used != tt.used {
			t.Errorf("%s and %s: %d seats, want %d: %+v", tt.north, tt.south, fp.Seats.Used, tt.used, fp.Seats.Lines)
		}
	}
}

// TestTwoOfThePolicyByOneSpelling: they use two seats, though one of the servers
// calls their names the same: each enters by a login of their own.
func TestTwoOfThePolicyByOneSpelling(t *testing.T) {
	for south, refused := range map[string]bool{"Latin1_General_CI_AI": true, "Latin1_General_CI_AS": true} {
		p := parsed(t, strings.Replace(twoSites, "seats = 2", "seats = 1", 1)+person("José", "North")+person("JOSE", "South"))
		r := readings(p, nil)
		r[0].Snapshot.ServerCollation, r[1].Snapshot.ServerCollation = grants.ParseCollation("Latin1_General_CS_AS"), grants.ParseCollation(south)
		if fp := Plan(p, r, PlanOptions{ExpectLoss: -1}); (fp.Refusal() != nil) != refused {
			t.Errorf("%s: %d seats, %v", south, fp.Seats.Used, fp.Findings)
		}
	}
}

func TestNewLoginsOncePerServer(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*")+person("ben", "South"))
	fp := Plan(p, readings(p, map[string][]grants.Principal{"South": {{Name: "BEN"}}}), PlanOptions{ExpectLoss: -1})
	var got []string
	for _, l := range fp.Logins {
		got = append(got, l.Server+"/"+l.Login)
	}
	if d := cmp.Diff([]string{"main/ann"}, got); d != "" {
		t.Error(d)
	}
}

func TestPlanCoversWhatCouldBeRead(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*"))
	r := readings(p, nil)
	r[0].Snapshot = nil
	fp := Plan(p, r, PlanOptions{ExpectLoss: -1})
	if len(fp.Sites) != 1 || fp.Sites[0].Site.Name != "South" {
		t.Errorf("planned %v", fp.Sites)
	}
	if d := cmp.Diff([]string{"ann"}, fp.Seats.LeftOut); d != "" || fp.Seats.Counted {
		t.Errorf("a site that could not be read may hold as many as are left: %s", d)
	}
}

func TestChooseNamesWhatThereIs(t *testing.T) {
	p := parsed(t, twoSites)
	_, err := Choose(p, []string{"Noth"}, nil)
	if want := `the policy has no site "Noth"; it has North, South; did you mean "North"?`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	got, err := Choose(p, []string{"SOUTH"}, nil)
	if err != nil || len(got) != 1 || got[0].Name != "South" {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestSeatsOfThePolicyAlone is what a policy shows by itself: its active people, each once,
// whatever sites they enter, but not those of retired sites alone.
func TestSeatsOfThePolicyAlone(t *testing.T) {
	gone := "[[site]]\nname = \"Gone\"\nserver = \"main\"\ndatabase = \"G\"\nretired = true\nreason = \"sold\"\n"
	tests := []struct {
		name, people string
		used         int
		broken       bool
	}{
		{"two", person("ann", "*") + person("ben", "South"), 2, false},
		{"three", person("ann", "North") + person("ben", "South") + person("cid", "South"), 3, true},
		{"an exempt third", person("ann", "North") + person("ben", "South") + person("service", "South"), 2, false},
		{"an inactive third", person("ann", "North") + person("ben", "South") + person("cid", "South", "inactive = true"), 2, false},
		{"a third in a retired site", gone + person("ann", "North") + person("ben", "South") + person("cid", "Gone"), 2, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			count, found := PolicySeats(parsed(t, twoSites+tt.people))
			if count.Used != tt.used || found.HasErrors() != tt.broken {
				t.Errorf("used %d, %v", count.Used, found)
			}
		})
	}
}

// TestALeaverWhoMustStayFreesNoSeat: somebody takes over from the last
// administrator of a full licence. The seat would have to be free first, and then
// the site had nobody: the newcomer is left out, and the site stays as it is.
func TestALeaverWhoMustStayFreesNoSeat(t *testing.T) {
	looksAtPlans(t)
	text := strings.Replace(twoSites, "seats = 2", "seats = 1", 1) + "[policy]\nadministrators = \"Reader\"\nmax_loss = 1.0\n"
	p := parsed(t, text+person("old", "North")+person("ann", "North", "inactive = true"))
	r := readings(p, nil)
	first := Plan(p, r, PlanOptions{ExpectLoss: -1})
	if len(first.Seats.LeftOut) > 0 {
		t.Fatalf("left out %v: %s", first.Seats.LeftOut, first.Seats.Why)
	}
	for i, s := range first.Sites {
		after, err := s.Snapshot.With(s.Plan.Changes)
		if err != nil {
			t.Fatal(err)
		}
		for j := range after.Principals {
			if after.Principals[j].Name == "old" {
				after.Principals[j].SID = "01D0"
			}
		}
		after.Logins = append(after.Logins, grants.Login{Name: "old", SID: "01D0", Type: grants.SQLUser})
		r[i].Snapshot = after
	}
	p = parsed(t, text+person("old", "North", "inactive = true")+person("ann", "North"))
	fp := Plan(p, r, PlanOptions{ExpectLoss: -1})
	if d := cmp.Diff([]string{"ann"}, fp.Seats.LeftOut); d != "" || !fp.Sites[0].Refused() || fp.Refusal() != nil || len(fp.Seats.Freed) > 0 {
		t.Errorf("%s\nrefused %t, freed %v: %v", d, fp.Sites[0].Refused(), fp.Seats.Freed, fp.Findings)
	}
	if !strings.Contains(fp.Seats.Why, "no administrator would be left") {
		t.Errorf("why: %s", fp.Seats.Why)
	}
}

// TestFoldsOfServersThatWereAsked: what a server said of names is its own, even
// where another has a collation of the same name.
func TestFoldsOfServersThatWereAsked(t *testing.T) {
	danish := grants.ParseCollation("Danish_Norwegian_CI_AS")
	asked := danish.Learned([]string{"Aage", "Åge"}, [][2]string{{"Aage", "Åge"}})
	if n := len(folds([]grants.Collation{danish, danish, asked, danish})); n != 2 {
		t.Errorf("%d folds, want 2", n)
	}
	one := func(servers ...grants.Collation) int {
		return licensing.Tally([]licensing.Account{{Name: "Aage", Site: "North", Active: true, Now: true, Origin: "site"}, {Name: "Åge", Site: "South", Active: true, Now: true, Origin: "site"}},
			licensing.License{}, folds(servers)...).Used
	}
	if one(danish, asked) != 1 || one(danish) != 2 {
		t.Errorf("used %d and %d, want 1 and 2", one(danish, asked), one(danish))
	}
}
