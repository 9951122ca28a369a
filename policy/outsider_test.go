package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// crew is a group with a person in it, for policies that need one.
const crew = "[[group]]\nname = \"Crew\"\n[[user]]\nname = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\n"

func TestAccepts(t *testing.T) {
	p := parse(t, fleet+crew+`also = ["sysadmin"]
also_reason = "runs the server"
[[outsider]]
name = "svc_report"
may = ["select"]
people = 3
reason = "the nightly report"
until = 2027-06-30
[[outsider]]
name = "Auditors"
sites = ["South"]
reason = "the yearly audit"
[[module]]
name = "dbo.usp_close_month"
reason = "the vendor's month end"
`)
	accepted := func(site string, now time.Time) []string {
		a := p.Accepts(site, now)
		var out []string
		for _, o := range a.Outsiders {
			out = append(out, o.Name+" "+o.May.String())
		}
		for _, m := range a.Modules {
			out = append(out, m.Name)
		}
		return append(out, fmt.Sprint(a.Also))
	}
	last, after := time.Date(2027, 6, 30, 23, 0, 0, 0, time.Local), time.Date(2027, 7, 1, 0, 0, 0, 0, time.Local)
	for _, tt := range []struct {
		name, site string
		now        time.Time
		want       []string
	}{
		{"everywhere but where sites says", "North", last, []string{"svc_report SELECT", "dbo.usp_close_month", "map[ann:[sysadmin]]"}},
		{"where sites says, all four unless may says less", "South", last, []string{"svc_report SELECT", "Auditors SELECT, INSERT, UPDATE, DELETE", "dbo.usp_close_month", "map[]"}},
		{"until is the last day", "North", after, []string{"dbo.usp_close_month", "map[ann:[sysadmin]]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, accepted(tt.site, tt.now)); d != "" {
				t.Error(d)
			}
		})
	}
	if !p.Outsiders[0].Stated || p.Outsiders[1].Stated || p.Outsiders[0].People != 3 || p.Outsiders[1].People != 1 {
		t.Errorf("people: %d and %d, want 3 and 1", p.Outsiders[0].People, p.Outsiders[1].People)
	}
	if got := p.EndedOutsiders(last); len(got) != 0 {
		t.Errorf("on the last day: %v", got)
	}
	if got := p.EndedOutsiders(after); len(got) != 1 || got[0].Code != "outsider-ended" || !strings.Contains(got[0].Message, "2027-06-30") {
		t.Errorf("the day after: %v", got)
	}
}

// TestAlsoInASite: what somebody may also be by a [[user.at]] holds there alone,
// beside what they may be everywhere.
func TestAlsoInASite(t *testing.T) {
	p := parse(t, fleet+crew+`also = ["IMPERSONATE"]
also_reason = "r"
[[user.at]]
sites = ["South"]
groups = ["Crew"]
also = ["db_owner"]
also_reason = "keeps the database of South"
`)
	for site, want := range map[string]string{"North": "map[ann:[IMPERSONATE]]", "South": "map[ann:[IMPERSONATE db_owner]]"} {
		if got := fmt.Sprint(p.Accepts(site, time.Time{}).Also); got != want {
			t.Errorf("%s: %s, want %s", site, got, want)
		}
	}
	without := parse(t, fleet+crew+"[[user.at]]\nsites = [\"South\"]\ngroups = [\"Crew\"]\n")
	more := parse(t, fleet+crew+"[[user.at]]\nsites = [\"South\"]\ngroups = [\"Crew\"]\nalso = [\"db_owner\"]\nalso_reason = \"r\"\n")
	if got := fmt.Sprint(policy.AsideBetween(without, more)); got != "[{also of user ann new}]" {
		t.Errorf("a difference is told as %s", got)
	}
}

// TestEditAlsoInASite: an edit neither gives anybody what another may also be, nor
// loses what somebody may.
func TestEditAlsoInASite(t *testing.T) {
	const text = fleet + crew + `[[user.at]]
sites = ["South", "East"]
groups = ["Crew"]
also = ["db_owner"]
also_reason = "r"
[[site]]
name = "East"
server = "main"
database = "iMaint_East"
[[user]]
name = "ben"
[[user.at]]
sites = ["South"]
groups = ["Crew"]
also = ["db_owner"]
also_reason = "r"
`
	edited := func(edit func(*policy.Editor) error) (*policy.Policy, error) {
		e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text + "[[group]]\nname = \"Leads\"\n")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := edit(e); err != nil {
			return nil, err
		}
		done, err := e.Result(time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return done.Policy, nil
	}
	p, err := edited(func(e *policy.Editor) error {
		return e.EditGroups("ann", "South", policy.ListEdit{Add: []string{"Leads"}})
	})
	if err != nil || fmt.Sprint(p.Accepts("South", time.Time{}).Also["ann"], p.Accepts("East", time.Time{}).Also["ann"]) != "[db_owner] [db_owner]" {
		t.Error(err, p)
	}
	p, err = edited(func(e *policy.Editor) error { return e.CopyUser("ann", policy.User{Name: "zoe"}, nil) })
	if err != nil || p.Accepts("South", time.Time{}).Also["zoe"] != nil || p.Accepts("South", time.Time{}).Also["ann"] == nil {
		t.Error(err, p)
	}
	if _, err = edited(func(e *policy.Editor) error { return e.LeaveAt("ben", "South") }); err == nil || !strings.Contains(err.Error(), `user "ben" may also be "db_owner" in "South", which would go with it`) {
		t.Error(err)
	}
}

func TestWrongOutsiders(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"without a reason", "[[outsider]]\nname = \"svc\"\n", `has no reason`},
		{"without a name", "[[outsider]]\nreason = \"r\"\n", `an [[outsider]] has no name`},
		{"a person of the policy", "[[outsider]]\nname = \"Ann\"\nreason = \"r\"\n", `add also = ["…"]`},
		{"a role of the policy", "[[outsider]]\nname = \"Crew\"\nreason = \"r\"\n", "is the role of a group"},
		{"twice", "[[outsider]]\nname = \"svc\"\nsites = [\"North\"]\nreason = \"r\"\n[[outsider]]\nname = \"SVC\"\nreason = \"r\"\n", "stands at p.toml:"},
		{"a site that is not", "[[outsider]]\nname = \"svc\"\nsites = [\"Nroth\"]\nreason = \"r\"\n", `did you mean "North"?`},
		{"a permission that is none", "[[outsider]]\nname = \"svc\"\nmay = [\"slect\"]\nreason = \"r\"\n", "slect"},
		{"fewer than no people", "[[outsider]]\nname = \"svc\"\npeople = -1\nreason = \"r\"\n", "is not a number of people"},
		{"a module without its schema", "[[module]]\nname = \"usp\"\nreason = \"r\"\n", "dbo.usp"},
		{"a module without a reason", "[[module]]\nname = \"dbo.usp\"\n", "has no reason"},
		{"also without a reason", "[[user]]\nname = \"ben\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\nalso = [\"sysadmin\"]\n", "has no also_reason"},
		{"also in a site without a reason", "[[user]]\nname = \"ben\"\n[[user.at]]\ngroups = [\"Crew\"]\nsites = [\"North\"]\nalso = [\"sysadmin\"]\n", "has no also_reason"},
		{"a reason for nothing", "[[user]]\nname = \"ben\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\nalso_reason = \"r\"\n", "has no also"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(fleet + crew + tt.text)}, nil)
			if text := fmt.Sprint(found); !found.HasErrors() || !strings.Contains(text, tt.want) {
				t.Errorf("findings %s\nwant an error with %q", text, tt.want)
			}
		})
	}
}

func TestOutsidersOfTwoSites(t *testing.T) {
	parse(t, fleet+crew+"[[outsider]]\nname = \"svc\"\nsites = [\"North\"]\nreason = \"r\"\n[[outsider]]\nname = \"svc\"\nsites = [\"South\"]\nmay = [\"select\"]\nreason = \"r\"\n")
}

func TestWhatOutsidersMay(t *testing.T) {
	for may, want := range map[string]catalog.Permissions{"": catalog.All, "may = []\n": catalog.None, "may = [\"select\"]\n": catalog.Select} {
		p := parse(t, fleet+crew+"[[outsider]]\nname = \"svc\"\n"+may+"reason = \"r\"\n")
		if got := p.Outsiders[0].May; got != want {
			t.Errorf("%q: accepted %v, want %v", may, got, want)
		}
	}
}
