package mssql

import (
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"

	"github.com/google/go-cmp/cmp"
)

// guarded is a site and a plan that widens, narrows, makes and drops in it, and
// beside it what the plan has nothing to do with.
func guarded() SiteScript {
	from := &grants.Snapshot{
		Schemas: []grants.Schema{{ID: 1, Name: "dbo", Owner: 1}, {ID: 5, Name: "app", Owner: 1}},
		Views:   []grants.SiteView{{ID: 100, Schema: 1, Name: "v", Owner: 1}, {ID: 101, Schema: 5, Name: "w", Owner: 1}, {ID: 102, Schema: 1, Name: "w", Owner: 1}},
		Principals: []grants.Principal{
			{ID: 1, Name: "dbo", Type: grants.SQLUser, SID: "01", AuthType: 1}, {ID: 5, Name: "Reader", Type: grants.DatabaseRole, Owner: 1, SID: "0105", Managed: true},
			{ID: 6, Name: "Old", Type: grants.DatabaseRole, Owner: 1, SID: "0106", Managed: true}, {ID: 7, Name: "ann", Type: grants.SQLUser, SID: "AA", AuthType: 1, Managed: true},
			{ID: 8, Name: "app", Type: grants.SQLUser, SID: "BB"}, {ID: 9, Name: "Other", Type: grants.DatabaseRole, Owner: 1, SID: "0109"},
			{ID: 10, Name: "stranger", Type: grants.SQLUser, SID: "CC", AuthType: 1},
		},
		Members: []grants.Member{{Role: 5, Member: 7}, {Role: 5, Member: 10}, {Role: 9, Member: 7}, {Role: 9, Member: 10}},
		Permissions: []grants.PermissionRow{
			{Class: grants.ClassDatabase, Grantee: 7, Grantor: 1, Name: "CONNECT", State: grants.Granted},
			{Class: grants.ClassDatabase, Grantee: 6, Grantor: 1, Name: "CREATE VIEW", State: grants.Granted},
			{Class: grants.ClassSchema, Major: 1, Grantee: 6, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassPrincipal, Major: 7, Grantee: 6, Grantor: 1, Name: "IMPERSONATE", State: grants.Granted},
			{Class: 5, Major: 65536, Grantee: 6, Grantor: 1, Name: "REFERENCES", State: grants.Granted},
			{Class: grants.ClassObject, Major: -105, Grantee: 6, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassObject, Major: 101, Grantee: 6, Grantor: 1, Name: "SELECT", State: grants.Denied},
			{Class: grants.ClassObject, Major: 100, Grantee: 5, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassObject, Major: 100, Minor: 2, Grantee: 7, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassObject, Major: 100, Grantee: 7, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassObject, Major: 100, Grantee: 10, Grantor: 1, Name: "SELECT", State: grants.Granted},
			{Class: grants.ClassObject, Major: 102, Grantee: 5, Grantor: 1, Name: "SELECT", State: grants.Granted},
		},
	}
	return SiteScript{Site: "North", Database: "N", From: from, Changes: []grants.Change{
		{Kind: grants.CreateRole, Principals: []string{"Night"}},
		{Kind: grants.CreateUser, Principals: []string{"eve"}, Login: "eve"},
		{Kind: grants.AddMember, Role: "Reader", Principals: []string{"app"}},
		{Kind: grants.AddMember, Role: "Night", Principals: []string{"eve"}},
		{Kind: grants.GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Insert, Principals: []string{"Reader", "ann"}},
		{Kind: grants.DropRole, Principals: []string{"Old"}, Drops: &grants.Dropped{Rows: []grants.DroppedRow{{Schema: "app", View: "w", Permissions: catalog.Select, State: grants.Denied}}}},
	}}
}

// TestGuard is what a script holds its site to, there and back: ids and SIDs of
// what is there, names of what it makes, all rows of what it drops.
func TestGuard(t *testing.T) {
	const who = `INSERT INTO @grantree_who (n, name, id) VALUES
(-1, N'Night', NULL),
(-2, N'Old', NULL),
(-3, N'Reader', NULL),
(-4, N'ann', NULL),
(-5, N'app', NULL),
(-6, N'eve', NULL);
INSERT INTO @grantree_principal (after, n, id, sid, marked, total) VALUES
`
	const views = `INSERT INTO @grantree_view (id, name) VALUES
(100, N'[dbo].[v]'),
(101, N'[app].[w]');
INSERT INTO @grantree_row (after, view_id, column_id, permission, state, total, who) VALUES
`
	for back, want := range map[bool]string{
		false: who + `(0, -2, 6, 0x0106, 1, 4),
(0, -3, 5, 0x0105, 1, NULL),
(0, -4, 7, 0xAA, 1, NULL),
(0, -5, 8, 0xBB, 0, NULL),
(1, -1, NULL, NULL, 1, NULL),
(1, -3, 5, 0x0105, 1, NULL),
(1, -4, 7, 0xAA, 1, NULL),
(1, -5, 8, 0xBB, 0, NULL),
(1, -6, NULL, NULL, 1, NULL);
` + views + `(0, 100, 0, N'SELECT', N'G', 2, N',-3,-4,'),
(0, 100, 2, N'SELECT', N'G', 1, N',-4,'),
(0, 101, 0, N'SELECT', N'D', 1, N',-2,'),
(1, 100, 0, N'INSERT', N'G', 2, N',-3,-4,'),
(1, 100, 0, N'SELECT', N'G', 2, N',-3,-4,'),
(1, 100, 2, N'SELECT', N'G', 1, N',-4,');
INSERT INTO @grantree_member (after, role, total, who) VALUES
(0, -3, 2, N',-4,10,'),
(0, 9, 1, N',-4,'),
(1, -1, 1, N',-6,'),
(1, -3, 3, N',-4,-5,10,'),
(1, 9, 1, N',-4,');
`,
		true: who + `(0, -1, NULL, NULL, 1, 0),
(0, -3, 5, 0x0105, 1, NULL),
(0, -4, 7, 0xAA, 1, NULL),
(0, -5, 8, 0xBB, 0, NULL),
(0, -6, NULL, NULL, 1, 1),
(1, -2, NULL, NULL, 1, NULL),
(1, -3, 5, 0x0105, 1, NULL),
(1, -4, 7, 0xAA, 1, NULL),
(1, -5, 8, 0xBB, 0, NULL);
` + views + `(0, 100, 0, N'INSERT', N'G', 2, N',-3,-4,'),
(0, 100, 0, N'SELECT', N'G', 2, N',-3,-4,'),
(0, 100, 2, N'SELECT', N'G', 1, N',-4,'),
(1, 100, 0, N'SELECT', N'G', 2, N',-3,-4,'),
(1, 100, 2, N'SELECT', N'G', 1, N',-4,'),
(1, 101, 0, N'SELECT', N'D', 1, N',-2,');
INSERT INTO @grantree_member (after, role, total, who) VALUES
(0, -1, 1, N',-6,'),
(0, -3, 3, N',-4,-5,10,'),
(0, 9, 1, N',-4,'),
(1, -3, 2, N',-4,10,'),
(1, 9, 1, N',-4,');
`,
	} {
		g, err := newGuard(guarded(), back)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		g.write(&b)
		if d := cmp.Diff(want, b.String()); d != "" {
			t.Errorf("back %t:\n%s", back, d)
		}
	}
}

// TestGuardOfUsersPutBack: one with a login has its SID again, one without gets
// another, and neither its id.
func TestGuardOfUsersPutBack(t *testing.T) {
	site := guarded()
	site.Changes = []grants.Change{
		{Kind: grants.DropUser, Principals: []string{"stranger"}, Login: "stranger", Drops: &grants.Dropped{Login: "stranger", Roles: []string{"Reader", "Other"}}},
		{Kind: grants.DropUser, Principals: []string{"app"}, Drops: &grants.Dropped{}},
	}
	for back, want := range map[bool][]string{
		false: {"(0, -4, 10, 0xCC, 0, 1)", "(0, -3, 8, 0xBB, 0, 0)", "(0, -1, 9, 0x0109, 0, NULL)", "(0, -2, 5, 0x0105, 1, NULL)", "(1, -1, 9, 0x0109, 0, NULL)", "(1, -2, 5, 0x0105, 1, NULL)"},
		true:  {"(1, -4, NULL, 0xCC, 0, NULL)", "(1, -3, NULL, NULL, 0, NULL)", "(0, -1, 9, 0x0109, 0, NULL)", "(0, -2, 5, 0x0105, 1, NULL)", "(1, -1, 9, 0x0109, 0, NULL)", "(1, -2, 5, 0x0105, 1, NULL)"},
	} {
		g, err := newGuard(site, back)
		if err != nil {
			t.Fatal(err)
		}
		got := append(newMoment(g, g.before, 0).principals(), newMoment(g, g.after, 1).principals()...)
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("back %t: %s", back, d)
		}
	}
}

// TestInsertsAreSplit: a VALUES takes 1,000 rows (error 10738).
func TestInsertsAreSplit(t *testing.T) {
	for rows, want := range map[int][]int{0: nil, 1: {1}, 1000: {1000}, 1001: {1000, 1}} {
		var b strings.Builder
		insert(&b, "@t (a)", slices.Repeat([]string{"(1)"}, rows))
		var got []int
		for text := range strings.SplitAfterSeq(b.String(), ";\n") {
			if text != "" {
				got = append(got, strings.Count(text, "(1)"))
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d rows: %s", rows, d)
		}
	}
}

// TestGuardOfAPlanThatCannotBe: what the model refuses is no script.
func TestGuardOfAPlanThatCannotBe(t *testing.T) {
	site := guarded()
	site.Changes = []grants.Change{{Kind: grants.DropRole, Principals: []string{"Nobody"}}}
	if text, err := Script(nil, ServerScript{}, []SiteScript{site}); err == nil || text != "" || !strings.HasPrefix(err.Error(), `site "North": `) {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := RollbackScript(ServerScript{}, []SiteScript{site}); err == nil || text != "" {
		t.Errorf("%q, %v", text, err)
	}
}
