package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
)

// TestModeOf: what each mode does with a case of its own, and what it says that it
// leaves.
func TestModeOf(t *testing.T) {
	const s = catalog.Select
	crew := func() wantedBuilder {
		return newWanted("va").role("Crew").user("bob").member("Crew", "bob").entry(Granted, s, "va", "Crew")
	}
	there := func() siteBuilder {
		return newSite("va").role("+Crew").user("+bob").member("Crew", "bob").row(Granted, "SELECT", "va", "Crew")
	}
	leaver := func(w wantedBuilder) wantedBuilder {
		w.Leavers = append(w.Leavers, Leaver{Name: "ann"})
		return w
	}
	was := func(w wantedBuilder) wantedBuilder {
		w.Roles[0].Was, w.Roles[0].Name = "Crew", "Deck"
		w.Members[0].Role, w.Entries[0].Grantee = "Deck", "Deck"
		return w
	}
	for _, tt := range []struct {
		name        string
		site        siteBuilder
		want        wantedBuilder
		add, narrow string // changes
		left        string // of add and of narrow, where something is
	}{
		{name: "as it shall be", site: there(), want: crew()},
		{name: "first provisioning is the same in each", site: newSite("va").login("bob"), want: crew(),
			add: "create_role Crew, create_user bob, grant Crew, add_member Crew bob", narrow: "create_role Crew, create_user bob, grant Crew, add_member Crew bob"},
		{name: "a DENY is not sent", site: there(), want: crew().entry(Denied, catalog.Update, "va", "Crew"), narrow: "deny Crew", left: "1 DENY is not sent | "},
		{name: "what a role has beyond", site: there().row(Granted, "UPDATE", "va", "Crew"), want: crew(), narrow: "revoke Crew",
			left: `1 person keeps more than the policy: "bob"; nothing asks for 1 permission, and that stays | `},
		{name: "a DENY in the way of what is given is replaced", site: there().row(Denied, "UPDATE", "va", "Crew"), want: crew().entry(Granted, catalog.Update, "va", "Crew"),
			add: "grant Crew", narrow: "grant Crew"},
		{name: "one that nothing asks for stays until narrow", site: there().row(Denied, "UPDATE", "va", "Crew"), want: crew(), narrow: "revoke Crew",
			left: "nothing asks for 1 permission, and that stays | "},
		{name: "a person of the policy in a role too many", site: there().role("+Deck").member("Deck", "bob"), want: crew().role("Deck"), narrow: "drop_member Deck bob",
			left: "nothing asks for 1 membership, and that stays | "},
		{name: "a stranger in a role of the policy stays until all", site: there().user("eve").member("Crew", "eve"), want: crew(),
			left: `1 person keeps more than the policy: "eve"; nothing asks for 1 membership, and that stays | 1 person keeps more than the policy: "eve"; nothing asks for 1 membership, and that stays`},
		{name: "and so long the role gets nothing new", site: there().user("eve").member("Crew", "eve"), want: crew().entry(Granted, catalog.Update, "va", "Crew"),
			left: `1 person keeps more than the policy: "eve"; 1 person has less than the policy: "bob"; nothing asks for 1 membership, and that stays; withholds 1 permission of "Crew" for eve | ` +
				`1 person keeps more than the policy: "eve"; 1 person has less than the policy: "bob"; nothing asks for 1 membership, and that stays; withholds 1 permission of "Crew" for eve`},
		{name: "nobody gets what a DENY is to keep from them", site: newSite("va").login("bob", "ann"), want: crew().role("Night").user("ann").member("Crew", "ann").member("Night", "ann").entry(Denied, s, "va", "Night"),
			add:    "create_role Crew, create_role Night, create_user ann, create_user bob, add_member Night ann, add_member Crew ann, add_member Crew bob",
			narrow: "create_role Crew, create_role Night, create_user ann, create_user bob, deny Night, grant Crew, add_member Night ann, add_member Crew ann, add_member Crew bob",
			left:   `1 person has less than the policy: "bob"; 1 DENY is not sent; withholds 1 permission of "Crew" for ann | `},
		{name: "where they are in the role that has it, they are not put there", site: newSite("va").login("ann").role("+Crew").row(Granted, "SELECT", "va", "Crew").user("+bob").member("Crew", "bob"),
			want: crew().role("Night").user("ann").member("Crew", "ann").member("Night", "ann").entry(Denied, s, "va", "Night"),
			add:  "create_role Night, create_user ann, add_member Night ann", narrow: "create_role Night, create_user ann, deny Night, add_member Night ann, add_member Crew ann",
			left: `1 DENY is not sent; withholds "ann" in "Crew" for ann | `},
		{name: "nobody loses by a role that denies", site: there().user("+ann").row(Granted, "SELECT", "va", "ann").role("+Night").row(Denied, "SELECT", "va", "Night"),
			want:   crew().role("Night").user("ann").member("Night", "ann").entry(Denied, s, "va", "Night"),
			narrow: "add_member Night ann, revoke ann", left: `1 person keeps more than the policy: "ann"; nothing asks for 1 permission, and that stays; withholds "ann" in "Night" for ann | `},
		{name: "who is inactive", site: there().user("+ann").member("Crew", "ann"), want: leaver(crew()), narrow: "revoke_connect ann, drop_member Crew ann",
			left: `1 person keeps more than the policy: "ann"; nothing asks for 1 user ("ann", of whom 1 can enter and no seat is freed), and that stays | nothing asks for 1 user ("ann"), and that stays`},
		{name: "who is in the policy no more", site: there().user("+ann").member("Crew", "ann"), want: crew(),
			left: `1 person keeps more than the policy: "ann"; nothing asks for 1 user ("ann", of whom 1 can enter and no seat is freed), and that stays | ` +
				`1 person keeps more than the policy: "ann"; nothing asks for 1 user ("ann", of whom 1 can enter and no seat is freed), and that stays`},
		{name: "a group that is no more", site: there().role("+Old").member("Old", "bob").row(Granted, "UPDATE", "va", "Old"), want: crew(), narrow: "drop_member Old bob",
			left: `1 person keeps more than the policy: "bob"; nothing asks for 1 membership, 1 role ("Old"), and that stays | nothing asks for 1 role ("Old"), and that stays`},
		{name: "a new name takes nothing", site: there(), want: was(crew()), add: "rename_role Deck", narrow: "rename_role Deck"},
		{name: "a row WITH GRANT OPTION is nothing to add", site: there().row(GrantedWithGrant, "UPDATE", "va", "bob"), want: crew(), narrow: "grant-option",
			left: "mode all would stop at grant-option | "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var left []string
			for mode, want := range map[Mode]string{Add: tt.add, Narrow: tt.narrow} {
				plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Mode: mode})
				if got := kinds(plan); got != want {
					t.Errorf("%s: %s\nwant %s", mode, got, want)
				}
			}
			for _, mode := range []Mode{Add, Narrow} {
				plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Mode: mode})
				left = append(left, leftOf(plan))
			}
			if got := strings.Join(left, " | "); got != tt.left && !(tt.left == "" && got == " | ") {
				t.Errorf("left: %s\nwant %s", got, tt.left)
			}
		})
	}
}

// kinds are the changes of a plan in words, or the codes of its errors.
func kinds(p *Plan) string {
	var out []string
	for _, c := range unstamped(p.Changes) {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Kind, c.Role, strings.Join(c.Principals, "+"))))
	}
	for i := range out {
		out[i] = strings.Join(strings.Fields(out[i]), " ")
	}
	for _, f := range p.Findings {
		if f.Severity == "error" {
			out = append(out, f.Code)
		}
	}
	return strings.Join(out, ", ")
}

// leftOf is what a plan says that it leaves.
func leftOf(p *Plan) string {
	if p.Left == nil {
		return ""
	}
	parts := slices.Clone(p.Left.parts())
	if len(p.Left.Waiting) > 0 {
		parts = append(parts, fmt.Sprintf("withholds %s for %s", strings.Join(p.Left.Waiting, ", "), strings.Join(p.Left.For, ", ")))
	}
	return strings.Join(parts, "; ")
}
