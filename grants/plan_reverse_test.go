package grants

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"grantree/catalog"
)

func TestReverse(t *testing.T) {
	row := func(kind Kind, p catalog.Permissions, principals ...string) Change {
		return Change{Kind: kind, Schema: "dbo", View: "v", Permissions: p, Principals: principals}
	}
	before := func(c Change, rows ...RowBefore) Change {
		c.Before = rows
		return c
	}
	s, u := catalog.Select, catalog.Update
	for _, tt := range []struct {
		name   string
		change Change
		want   []Change
	}{
		{"create role", Change{Kind: CreateRole, Principals: []string{"r"}}, []Change{{Kind: DropRole, Principals: []string{"r"}, Drops: &Dropped{}}}},
		{"create user", Change{Kind: CreateUser, Principals: []string{"bob"}, Login: "l"},
			[]Change{{Kind: DropUser, Principals: []string{"bob"}, Login: "l", Drops: &Dropped{Login: "l", Connect: Granted}}}},
		{"mark", Change{Kind: Mark, Principals: []string{"r"}}, []Change{{Kind: Unmark, Principals: []string{"r"}}}},
		{"unmark", Change{Kind: Unmark, Principals: []string{"r"}}, []Change{{Kind: Mark, Principals: []string{"r"}}}},
		{"rename role", Change{Kind: RenameRole, Was: "r", Principals: []string{"s"}}, []Change{{Kind: RenameRole, Was: "s", Principals: []string{"r"}}}},
		{"rename user", Change{Kind: RenameUser, Was: "bob", Principals: []string{"rob"}}, []Change{{Kind: RenameUser, Was: "rob", Principals: []string{"bob"}}}},
		{"add member", Change{Kind: AddMember, Role: "r", Principals: []string{"bob"}}, []Change{{Kind: DropMember, Role: "r", Principals: []string{"bob"}}}},
		{"drop member", Change{Kind: DropMember, Role: "r", Principals: []string{"bob"}}, []Change{{Kind: AddMember, Role: "r", Principals: []string{"bob"}}}},
		{"grant of nothing before", row(GrantOn, s|u, "a", "b"), []Change{row(RevokeOn, s|u, "a", "b")}},
		{"grant over a deny", before(row(GrantOn, s|u, "a", "b"), RowBefore{"b", u, Denied}),
			[]Change{row(RevokeOn, s|u, "a"), row(RevokeOn, s, "b"), row(DenyOn, u, "b")}},
		{"deny over a grant", before(row(DenyOn, s, "a", "b"), RowBefore{"a", s, Granted}), []Change{row(RevokeOn, s, "b"), row(GrantOn, s, "a")}},
		{"revoke of both kinds", before(row(RevokeOn, s, "a", "b", "c"), RowBefore{"a", s, Granted}, RowBefore{"b", s, Denied}),
			[]Change{row(GrantOn, s, "a"), row(DenyOn, s, "b")}},
		{"drop user", Change{Kind: DropUser, Principals: []string{"bob"}, Login: "l", Drops: &Dropped{Login: "l", Roles: []string{"r"}, Rows: []DroppedRow{{"dbo", "v", s, Denied}}, Connect: Granted}},
			[]Change{{Kind: CreateUser, Principals: []string{"bob"}, Login: "l"}, row(DenyOn, s, "bob"), {Kind: AddMember, Role: "r", Principals: []string{"bob"}}}},
		{"drop user who was locked out and not marked", Change{Kind: DropUser, Principals: []string{"bob"}, Login: "l", Drops: &Dropped{Login: "l", Connect: Denied, Unmarked: true}},
			[]Change{{Kind: CreateUser, Principals: []string{"bob"}, Login: "l"}, {Kind: Unmark, Principals: []string{"bob"}, Login: "l"}, {Kind: DenyConnect, Principals: []string{"bob"}, Login: "l"}}},
		{"drop user without CONNECT", Change{Kind: DropUser, Principals: []string{"bob"}, Login: "l", Drops: &Dropped{Login: "l"}},
			[]Change{{Kind: CreateUser, Principals: []string{"bob"}, Login: "l"}, {Kind: RevokeConnect, Principals: []string{"bob"}, Login: "l"}}},
		{"drop user who was let in for a while", Change{Kind: DropUser, Principals: []string{"bob"}, Login: "l", Drops: &Dropped{Login: "l", Connect: Granted, Mark: "managed 2026-11-27T23:50:00 AAAAAA", Opening: "x"}},
			[]Change{{Kind: CreateUser, Principals: []string{"bob"}, Login: "l", Text: "managed 2026-11-27T23:50:00 AAAAAA"}, {Kind: BreakGlass, Principals: []string{"bob"}, Text: "x"}}},
		{"stamp", Change{Kind: Stamp, Principals: []string{"r"}, Holds: "AAAAAA"}, []Change{{Kind: Stamp, Principals: []string{"r"}, Text: "managed"}}},
		{"stamp over another", Change{Kind: Stamp, Principals: []string{"r"}, Holds: "AAAAAA", MarkWas: "managed 2026-11-27T23:50:00 AAAAAB"}, []Change{{Kind: Stamp, Principals: []string{"r"}, Text: "managed 2026-11-27T23:50:00 AAAAAB"}}},
		{"break glass", Change{Kind: BreakGlass, Principals: []string{"bob"}, Text: "x"}, []Change{{Kind: EndBreakGlass, Principals: []string{"bob"}, Text: "x"}}},
		{"end of break glass", Change{Kind: EndBreakGlass, Principals: []string{"bob"}, Text: "x"}, []Change{{Kind: BreakGlass, Principals: []string{"bob"}, Text: "x"}}},
		{"grant connect", Change{Kind: GrantConnect, Principals: []string{"bob"}}, []Change{{Kind: RevokeConnect, Principals: []string{"bob"}}}},
		{"revoke connect", Change{Kind: RevokeConnect, Principals: []string{"bob"}}, []Change{{Kind: GrantConnect, Principals: []string{"bob"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.change.Reverse()
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Change{}, "Before"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Reverse (-want +got):\n%s", diff)
			}
		})
	}
}

// Reverse returns the changes that undo the plan, in the order to send them.
func (p *Plan) Reverse() []Change {
	var out []Change
	for _, c := range slices.Backward(p.Changes) {
		out = append(out, c.Reverse()...)
	}
	return out
}
