package policy_test

import (
	"maps"
	"slices"
	"testing"

	"grantree/catalog"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const crews = fleet + `
[[group]]
name = "Crew"
[[group.allow]]
on = "Time Cards"
permissions = ["select", "insert"]
[[group]]
name = "Spare"
[[group.allow]]
view = "imvw_part"
permissions = ["select"]
`

func TestBetween(t *testing.T) {
	before := parse(t, crews+`
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["*"]
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["North"]
`)
	after := parse(t, `
[server.main]
url = "sqlserver://sql01.example:1433"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[[site]]
name = "East"
server = "main"
database = "iMaint_East"
[[group]]
name = "Night Shift"
was = "Crew"
[[group.allow]]
on = "Time Cards"
permissions = ["select"]
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "confidential"
[[user]]
name = "ann"
groups = ["Night Shift"]
sites = ["*"]
[[user]]
name = "robert"
was = "bob"
groups = ["Night Shift"]
sites = ["East"]
`)
	var got []string
	for _, c := range policy.Between(before, after) {
		line := c.Site
		switch {
		case c.New:
			line += " new"
		case c.Gone:
			line += " gone"
		}
		for _, e := range c.People.Effects {
			gained, lost := e.Change()
			word := ""
			switch {
			case e.Enters:
				word = " enters"
			case e.Leaves:
				word = " leaves"
			case gained > 0:
				word = " gains"
			case lost > 0:
				word = " loses"
			}
			line += "; " + e.People[0] + word
		}
		got = append(got, line)
	}
	want := []string{"North; ann loses; bob leaves", "East new; ann enters", "South gone; ann leaves"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
	groups := policy.GroupsBetween(before, after)
	names := []string{}
	for _, c := range groups {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"Night Shift", "Spare"}, names); diff != "" {
		t.Fatalf("groups (-want +got):\n%s", diff)
	}
	night := groups[0]
	pay := map[string]catalog.Permissions{"imvw_pay_type": catalog.Select}
	if night.Was != "Crew" || len(night.Gain) > 0 || !maps.Equal(night.Denies, pay) || night.Lose["imvw_time_card_detail"] != catalog.Insert || len(night.Joined)+len(night.Left) > 0 {
		t.Errorf("the renamed group: %+v", night)
	}
	if !groups[1].Gone || !maps.Equal(groups[1].Lose, map[string]catalog.Permissions{"imvw_part": catalog.Select}) {
		t.Errorf("the group that went: %+v", groups[1])
	}
	if same := policy.GroupsBetween(before, before); len(same) > 0 {
		t.Errorf("nothing changed, and %+v", same)
	}
}

// TestBetweenIsTheDifference: of random policies it says of everybody what they may
// do after and not before, and the other way round, and nothing else.
func TestBetweenIsTheDifference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before, after := keptApart(rt), keptApart(rt)
		if slices.ContainsFunc([]*policy.Policy{before, after}, func(p *policy.Policy) bool { return p.Catalog.Name != "small" }) {
			rt.Skip("the vendor's catalog and the small one have other views, which the other way to ask does not join")
		}
		want := map[string]map[string][2]catalog.Permissions{}
		note := func(who map[string]map[string]catalog.Permissions, side int) {
			for person, views := range who {
				if want[person] == nil {
					want[person] = map[string][2]catalog.Permissions{}
				}
				for view, may := range views {
					both := want[person][view]
					both[side] = may
					want[person][view] = both
				}
			}
		}
		note(access(rt, before), 0)
		note(access(rt, after), 1)
		got := map[string]map[string][2]catalog.Permissions{}
		for _, c := range policy.Between(before, after) {
			for _, e := range c.People.Effects {
				for _, name := range e.People {
					changes := map[string][2]catalog.Permissions{}
					for view, lost := range e.Lose {
						changes[view] = [2]catalog.Permissions{lost, e.Gain[view]}
					}
					for view, gained := range e.Gain {
						changes[view] = [2]catalog.Permissions{e.Lose[view], gained}
					}
					got[name+" in "+c.Site] = changes
				}
			}
		}
		for person, views := range want {
			for view, both := range views {
				change := [2]catalog.Permissions{both[0].Minus(both[1]), both[1].Minus(both[0])}
				known := view
				if view == "imvw_unknown" {
					known = "imvw_" + policy.AnyOther
				}
				if got[person][known] != change {
					rt.Fatalf("%s on %s: may %v, and then %v; it says %v", person, view, both[0], both[1], got[person][view])
				}
			}
		}
		for person := range got {
			if want[person] == nil {
				rt.Fatalf("%s is nobody's", person)
			}
		}
	})
}
