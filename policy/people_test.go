package policy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// TestElsewhere: in the sites of a [[user.at]] its groups take the place of the
// user's own, its lines hold there alone, and the user's own lines everywhere.
func TestElsewhere(t *testing.T) {
	p := parse(t, fleet+`
[[site]]
name = "East"
server = "main"
database = "iMaint_East"
[[group]]
name = "Planner"
[[group]]
name = "Mechanic"
[[group]]
name = "Everyone"
baseline = true
[[user]]
name = "bob"
groups = ["Planner"]
sites = ["North"]
[[user.allow]]
view = "imvw_part"
permissions = ["select"]
[[user.at]]
sites = ["south", "East"]
groups = ["Mechanic"]
[[user.at.allow]]
view = "imvw_work_order"
permissions = ["delete"]
[[user.at.deny]]
view = "imvw_part"
permissions = ["insert"]
[[user]]
name = "eve"
[[user.at]]
sites = ["South"]
groups = ["Planner"]
[[test]]
user = "bob"
on = "imvw_work_order"
never = ["insert"]
`)
	want := map[string]map[string]string{
		"North": {"bob is in": "Planner Everyone", "imvw_part": "SELECT"},
		"South": {"bob is in": "Mechanic Everyone", "eve is in": "Planner Everyone", "imvw_part": "SELECT -INSERT", "imvw_work_order": "DELETE"},
		"East":  {"bob is in": "Mechanic Everyone", "imvw_part": "SELECT -INSERT", "imvw_work_order": "DELETE"},
	}
	var tested []string
	for _, site := range p.Sites {
		w, found := p.Wanted(p.Offline(site))
		if len(found) > 0 {
			t.Errorf("%s: %v", site.Name, found)
		}
		got := table(w, "bob")
		for _, m := range w.Members {
			got[m.User+" is in"] = strings.TrimSpace(got[m.User+" is in"] + " " + m.Role)
		}
		for who, in := range got {
			if roles := strings.Fields(in); strings.HasSuffix(who, " is in") {
				slices.SortFunc(roles, func(a, b string) int { return strings.Compare(b, a) })
				if strings.Contains(in, "Mechanic") {
					roles = []string{"Mechanic", "Everyone"}
				}
				got[who] = strings.Join(roles, " ")
			}
		}
		if diff := cmp.Diff(want[site.Name], got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", site.Name, diff)
		}
		for _, r := range p.RunTests([]policy.SiteCheck{{Wanted: w}}) {
			tested = append(tested, r.Site)
		}
	}
	if !slices.Equal(tested, []string{"North", "South", "East"}) {
		t.Errorf("bob is tested in %v, want in all of bob's sites", tested)
	}
}

// TestWithout: a copied group has the lines less nodes, areas and views, and so
// have those that copy it; the group that was copied keeps what it has.
func TestWithout(t *testing.T) {
	p := parse(t, fleet+`
[policy]
extends = "imaint"
without = ["PO Requestor"]
[[group]]
name = "Planner"
[[group.allow]]
on = "Work Orders"
permissions = ["select", "update"]
[[group.allow]]
view = "imvw_pay_type"
permissions = ["select"]
[[group.allow]]
views = "*"
permissions = ["select"]
except = ["imvw_part"]
[[group]]
name = "Junior"
copies = "Planner"
without = ["Work Orders | Time Cards", "imvw_pay_type"]
[[group]]
name = "Trainee"
copies = "Junior"
without = ["imvw_work_order"]
[[group]]
name = "Buyer"
copies = "PO Requestor"
`)
	if p.Group("PO Requestor") != nil {
		t.Error("the vendor's group that is left out is there")
	}
	w, _ := wanted(t, p, nil)
	planner, junior, trainee := table(w, "Planner"), table(w, "Junior"), table(w, "Trainee")
	if len(table(w, "Buyer")) == 0 {
		t.Error("a vendor's group that is left out cannot be copied")
	}
	cards := table(mustWant(t, fleet+`
[[group]]
name = "G"
[[group.deny]]
on = "Work Orders | Time Cards"
permissions = ["update"]
`), "G") // the views that the node's data is in
	if len(cards) == 0 {
		t.Fatal("Time Cards holds no view")
	}
	byHand := table(mustWant(t, fleet+`
[[group]]
name = "G"
[[group.allow]]
on = "Work Orders"
permissions = ["select", "update"]
except = ["Time Cards", "imvw_pay_type"]
[[group.allow]]
views = "*"
permissions = ["select"]
except = ["imvw_part", "imvw_pay_type", "`+strings.Join(slices.Collect(maps.Keys(cards)), `", "`)+`"]
`), "G")
	if diff := cmp.Diff(byHand, junior); diff != "" {
		t.Errorf("Junior is not what the lines with exceptions give (-want +got)\n%s", diff)
	}
	delete(byHand, "imvw_work_order")
	if diff := cmp.Diff(byHand, trainee); diff != "" {
		t.Errorf("Trainee (-want +got)\n%s", diff)
	}
	if planner["imvw_pay_type"] == "" {
		t.Error("the group that is copied has lost what the copy does without")
	}
}

func mustWant(t *testing.T, text string) *grants.Wanted {
	t.Helper()
	w, _ := wanted(t, parse(t, text), nil)
	return w
}

// TestAt: until is the last day on which a person or a line holds.
func TestAt(t *testing.T) {
	p := parse(t, fleet+`
[[group]]
name = "A"
[[group.allow]]
view = "imvw_work_order"
permissions = ["select"]
until = 2026-11-30
[[user]]
name = "bob"
groups = ["A"]
sites = ["*"]
until = 2026-12-31
[[user]]
name = "eve"
groups = ["A"]
sites = ["North"]
[[user.allow]]
view = "imvw_part"
permissions = ["select"]
until = 2026-11-30T12:00:00Z
[[user.at]]
sites = ["South"]
groups = ["A"]
[[user.at.deny]]
view = "imvw_part"
permissions = ["delete"]
until = 2026-11-30
[[user]]
name = "pat"
inactive = true
groups = ["A"]
sites = ["*"]
until = 2020-01-01
`)
	at := func(text string) *policy.Policy {
		now, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return p.At(now)
	}
	ended := func(p *policy.Policy) (out []string) {
		for _, f := range p.Ended {
			if f.Severity != finding.Note {
				t.Errorf("%v is no note", f)
			}
			out = append(out, f.Code+" "+f.Where.String())
		}
		return out
	}
	if q := at("2026-11-30T11:00:00Z"); len(q.Ended) > 0 || !cmp.Equal(len(q.Users), 3) || q.User("bob").Inactive {
		t.Errorf("before anything ends: %v", q.Ended)
	}
	if got, want := ended(at("2026-11-30T12:00:01Z")), []string{"line-ended p.toml:28:1"}; !slices.Equal(got, want) {
		t.Errorf("at the end of an instant: %v, want %v", got, want)
	}
	q := at("2026-12-01T00:00:00Z")
	if got := ended(q); len(got) != 3 || q.User("bob").Inactive || len(q.Group("A").Allow) != 0 || len(q.User("eve").Allow) != 0 || len(q.User("eve").At[0].Deny) != 0 {
		t.Errorf("on the day after: %v", got)
	}
	q = at("2027-01-01T00:00:00Z")
	if u := q.User("bob"); !u.Inactive || !u.Past || q.User("pat").Past || len(q.UserSites(u)) != 0 {
		t.Errorf("bob is past until: %+v", u)
	}
	w, _ := q.Wanted(q.Offline(q.Sites[0]))
	i := slices.IndexFunc(w.Leavers, func(l grants.Leaver) bool { return l.Name == "bob" })
	if i < 0 || w.Leavers[i].Cause.Note != "active until 2026-12-31" {
		t.Errorf("leavers are %v", w.Leavers)
	}
	if p.User("bob").Inactive || len(p.Group("A").Allow) != 1 {
		t.Error("At changed the policy that it was asked of")
	}
}

// TestStillReached: what a group does without and other nodes of the lines it
// copies give all the same is said, unless a deny of its own takes it or it is
// done without by name.
func TestStillReached(t *testing.T) {
	const copied = `
[policy]
extends = "imaint"
[[group]]
name = "G"
copies = "Planner"
`
	for _, c := range []struct{ name, more, want string }{
		{"a look-up of other nodes", `without = ["Types | Pay"]`,
			`group "G" does without "Types | Pay", of which imvw_pay_type (SELECT by "Time Cards" and "Work Orders") is still reached through other nodes`},
		{"by name too", `without = ["Types | Pay", "imvw_pay_type"]`, ""},
		{"with the nodes too", `without = ["Types | Pay", "Modules | Work Orders", "Time Cards"]`, ""},
		{"denied", "without = [\"Types | Pay\"]\n[[group.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\nreason = \"pay\"", ""},
		{"a line of its own, which is meant", "without = [\"Types | Pay\", \"imvw_pay_type\"]\n[[group.allow]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]", ""},
	} {
		p := parse(t, fleet+copied+c.more+"\n")
		var got []string
		for _, f := range p.StillReached(p.Group("G")) {
			if strings.Contains(f.Message, "pay_type") {
				got = append(got, f.Message)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
