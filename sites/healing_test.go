package sites

import (
	"testing"

	"grantree/catalog"
	"grantree/grants"
)

// TestGivenRows: of a row the newest change counts, and one whose commit nobody knows
// of, or whose principal is another by now, proves nothing.
func TestGivenRows(t *testing.T) {
	on := func(k grants.Kind) grants.Change {
		return grants.Change{Kind: k, Schema: "dbo", View: "v", Permissions: catalog.Select | catalog.Update, Principals: []string{"Crew"}}
	}
	of := func(k grants.Kind) grants.Change {
		return grants.Change{Kind: k, Principals: []string{"Crew"}, Was: "Crew"}
	}
	for _, tt := range []struct {
		name    string
		changes []grants.Change
		doubt   bool // about the last of them
		want    grants.State
	}{
		{"nothing", nil, false, ""},
		{"given", []grants.Change{on(grants.GrantOn)}, false, grants.Granted},
		{"denied", []grants.Change{on(grants.GrantOn), on(grants.DenyOn)}, false, grants.Denied},
		{"taken", []grants.Change{on(grants.GrantOn), on(grants.RevokeOn)}, false, ""},
		{"given again", []grants.Change{on(grants.RevokeOn), on(grants.GrantOn)}, false, grants.Granted},
		{"perhaps given", []grants.Change{on(grants.GrantOn)}, true, ""},
		{"perhaps taken", []grants.Change{on(grants.GrantOn), on(grants.RevokeOn)}, true, ""},
		{"dropped", []grants.Change{on(grants.GrantOn), of(grants.DropRole)}, false, ""},
		{"renamed", []grants.Change{on(grants.GrantOn), of(grants.RenameRole)}, false, ""},
	} {
		g := givenRows{state: map[givenRow]grants.State{}}
		for i, c := range tt.changes {
			g.change(c, !(tt.doubt && i == len(tt.changes)-1))
		}
		if got := g.state[g.key("Crew", "dbo", "v", catalog.Select)]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
