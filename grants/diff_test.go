package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"grantree/catalog"
	"grantree/finding"
)

const su = catalog.Select | catalog.Update

func TestDiffFirstProvisioning(t *testing.T) {
	site := newSite("va", "vb").login("bob")
	want := newWanted("va", "vb").role("Mechanic", "Night").user("bob").member("Mechanic", "bob").member("Night", "bob").
		entry(Granted, su, "va", "Mechanic", "Night").entry(Granted, catalog.Select, "vb", "Night").
		entry(Denied, catalog.Update, "vb", "Mechanic").entry(Granted, catalog.Delete, "vb", "bob")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	changes := []Change{
		{Kind: CreateRole, Principals: []string{"Mechanic"}},
		{Kind: CreateRole, Principals: []string{"Night"}},
		{Kind: CreateUser, Principals: []string{"bob"}, Login: "bob"},
		{Kind: GrantOn, Schema: "dbo", View: "va", Permissions: su, Principals: []string{"Mechanic", "Night"}},
		{Kind: DenyOn, Schema: "dbo", View: "vb", Permissions: catalog.Update, Principals: []string{"Mechanic"}},
		{Kind: GrantOn, Schema: "dbo", View: "vb", Permissions: catalog.Select, Principals: []string{"Night"}},
		{Kind: GrantOn, Schema: "dbo", View: "vb", Permissions: catalog.Delete, Principals: []string{"bob"}},
		{Kind: AddMember, Role: "Mechanic", Principals: []string{"bob"}},
		{Kind: AddMember, Role: "Night", Principals: []string{"bob"}},
	}
	if diff := cmp.Diff(changes, unstamped(plan.Changes), cmpopts.IgnoreFields(Change{}, "Causes"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(People{Gain: []string{"bob"}, Total: 1}, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if plan.Statements() != 12 || plan.Naive != 15 || len(plan.Findings) > 0 || plan.Fingerprint != site.Fingerprint() {
		t.Errorf("statements %d, naive %d, findings %v", plan.Statements(), plan.Naive, plan.Findings)
	}
	if c := plan.Changes[3].Causes; len(c) != 2 || c[0].Group != "Mechanic" || c[1].Group != "Night" || c[0].Pos.Line != 20 {
		t.Errorf("causes of the first grant = %v", c)
	}
}

func TestDiffTakesOut(t *testing.T) {
	site := newSite("va").role("+Gone", "+Stays", "Strange").user("+ann", "+bob").
		member("Gone", "ann", "bob").member("Stays", "bob", "Strange").member("Strange", "ann").
		row(Granted, "SELECT", "va", "Gone").row(Granted, "SELECT", "va", "Stays").row(Granted, "UPDATE", "va", "Stays").row(Denied, "UPDATE", "va", "ann")
	want := newWanted("va").role("Stays").user("bob").member("Stays", "bob").entry(Granted, catalog.Select, "va", "Stays")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	absent := []Cause{{Pos: finding.Pos{File: "grantree.toml", Line: 10}, Group: "Stays", Note: "nothing here asks for it"}}
	changes := []Change{
		{Kind: RevokeOn, Schema: "dbo", View: "va", Permissions: catalog.Update, Principals: []string{"Stays"}, Before: []RowBefore{{"Stays", catalog.Update, Granted}}, Causes: absent},
		{Kind: DropMember, Role: "Gone", Principals: []string{"bob"}},
		{Kind: DropMember, Role: "Stays", Principals: []string{"Strange"}, Causes: absent},
		{Kind: DropUser, Principals: []string{"ann"}, Login: "ann", Drops: &Dropped{Login: "ann", Roles: []string{"Gone", "Strange"},
			Rows: []DroppedRow{{"dbo", "va", catalog.Update, Denied}}, Connect: Granted}},
		{Kind: DropRole, Principals: []string{"Gone"}, Drops: &Dropped{Members: []string{"ann", "bob"}, Rows: []DroppedRow{{"dbo", "va", catalog.Select, Granted}}}},
	}
	if diff := cmp.Diff(changes, unstamped(plan.Changes), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(People{Lose: []string{"ann", "bob"}, LockedOut: []string{"ann"}, Total: 2}, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestDiffAdopts(t *testing.T) {
	site := newSite("va").role("Night").user("+bob").row(Granted, "SELECT", "va", "Night")
	want := newWanted("va").role("NIGHT").user("bob").member("NIGHT", "bob").entry(Granted, catalog.Select, "va", "NIGHT").Wanted
	for _, adopt := range [][]string{{"night"}, {"*"}} {
		plan := Diff(site.Snapshot, want, DiffOptions{Adopt: adopt})
		changes := []Change{{Kind: Mark, Principals: []string{"Night"}}, {Kind: AddMember, Role: "Night", Principals: []string{"bob"}}}
		if diff := cmp.Diff(changes, unstamped(plan.Changes), cmpopts.IgnoreFields(Change{}, "Causes"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("adopt %q (-want +got):\n%s", adopt, diff)
		}
	}
	if plan := Diff(site.Snapshot, want, DiffOptions{Adopt: []string{"Day"}}); !plan.Empty() || codes(plan.Findings) != "role-not-managed" {
		t.Errorf("not adopted: %d changes, findings %v", len(plan.Changes), plan.Findings)
	}
}

func codes(list finding.List) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestDiffRefuses(t *testing.T) {
	base := func() siteBuilder { return newSite("va").role("+r").user("bob") }
	want := func() wantedBuilder {
		return newWanted("va").role("r").user("bob").entry(Granted, catalog.Select, "va", "r")
	}
	login := func(b siteBuilder, name, sid string) siteBuilder {
		b.Logins = append(b.Logins, Login{Name: name, SID: sid, Type: SQLUser})
		return b
	}
	runner := func(b siteBuilder, name string) siteBuilder {
		b.Runner = Runner{User: name, UserID: b.id(name)}
		return b
	}
	foreign := func(b siteBuilder) siteBuilder {
		b.role("x").row(Granted, "UPDATE", "va", "r").Permissions[len(b.Permissions)-1].Grantor = b.id("x")
		return b
	}
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    wantedBuilder
		codes   string
		message string
	}{
		{"a role's name taken by a user", base(), want().role("BOB"), "name-taken name-twice", `the role "BOB" cannot be made`},
		{"a role's name taken by a user nobody wants", base().user("eve"), want().role("eve"), "name-taken", `the role "eve" cannot be made`},
		{"a user's name taken by a role", base().role("x").login("x"), want().user("x"), "name-taken", `the user "x" cannot be made`},
		{"a fixed role", base(), want().role("db_owner"), "name-reserved", `"db_owner"`},
		{"public", base(), want().role("Public"), "name-reserved", `"Public"`},
		{"dbo as a user", base(), want().user("dbo"), "name-reserved", `"dbo"`},
		{"a login that is missing", base(), want().user("eve"), "login-missing", `no login "eve"`},
		{"a login that has a user", base(), wantsLogin(want(), "robert", "bob"), "login-has-user", `login "bob" already is the user "bob"`},
		{"a user of another login", login(base(), "rob", "77"), wantsLogin(newWanted("va").role("r").entry(Granted, catalog.Select, "va", "r"), "bob", "rob"), "login-differs", `does not belong to login "rob"`},
		{"a user without its login", withoutLogins(base()).login("other"), want(), "orphaned-user", `"bob" has no login`},
		{"the owner of the view", owned2(base(), "r"), want(), "grantee-owns-view", `"r" owns dbo.va`},
		{"the runner", runner(base(), "bob"), want().entry(Granted, catalog.Select, "va", "bob"), "grantee-is-runner", `"bob" runs grantree`},
		{"a row WITH GRANT OPTION", base().row(GrantedWithGrant, "UPDATE", "va", "r"), want(), "grant-option", `"r" holds UPDATE`},
		{"a row of another grantor", foreign(base()), want(), "foreign-grantor", `recorded by "x"`},
		{"rows on columns in the way", base().column(Granted, "SELECT", "va", 2, "r"), want(), "column-grant", "would be wiped"},
		{"rows on columns that are not in the way", base().column(Granted, "UPDATE", "va", 2, "r"), want(), "", ""},
		{"a view that is gone", base(), want().entry(Granted, catalog.Select, "vz", "r"), "view-missing", `no view "vz"`},
		{"a stranger's rows are nobody's business", base().role("x").row(GrantedWithGrant, "SELECT", "va", "x"), want(), "", ""},
		{"a dropped role that owns a schema", schemaOwner(base().role("+old"), "old"), want(), "cannot-drop", `owns the schema "app"`},
		{"a dropped role with rights of its own", base().role("+old").databaseRow(Granted, "SHOWPLAN", "old"), want(), "cannot-drop", "SHOWPLAN on the database"},
		{"a leaver that granted", grantor(base().user("+old")), want(), "leaver-stays", "granted or denied permissions: the user stays, without CONNECT"},
		{"a leaver with rights of their own", base().user("+old").databaseRow(Granted, "SHOWPLAN", "old"), want(), "leaver-stays", "SHOWPLAN on the database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Statement: pen})
			if got := codes(plan.Findings); got != tt.codes {
				t.Fatalf("findings = %v, want %q", plan.Findings, tt.codes)
			}
			if tt.codes == "" {
				return
			}
			f := plan.Findings[0]
			if !strings.Contains(f.Message, tt.message) || !strings.HasPrefix(f.Message, `site "North": `) || f.Advice() == "" {
				t.Errorf("finding = %v, want one with %q", f, tt.message)
			}
			if _, err := tt.site.With(plan.Changes); err != nil {
				t.Errorf("what is left of the plan cannot be applied: %v", err)
			}
		})
	}
}

func wantsLogin(w wantedBuilder, user, login string) wantedBuilder {
	w.user(user)
	w.Users[len(w.Users)-1].Login = login
	return w
}

func withoutLogins(b siteBuilder) siteBuilder {
	b.Logins = nil
	return b
}

func owned2(b siteBuilder, by string) siteBuilder {
	b.view("va").Owner = b.id(by)
	return b
}

func schemaOwner(b siteBuilder, by string) siteBuilder {
	b.Schemas = append(b.Schemas, Schema{ID: 9, Name: "app", Owner: b.id(by)})
	return b
}

func grantor(b siteBuilder) siteBuilder {
	b.role("x").row(Granted, "SELECT", "va", "x").Permissions[len(b.Permissions)-1].Grantor = b.id("old")
	return b
}

func TestDiffLogins(t *testing.T) {
	want := newWanted("va").user("eve")
	hidden := newSite("va")
	hidden.LoginsVisible = false
	if plan := Diff(hidden.Snapshot, want.Wanted, DiffOptions{}); len(plan.Findings) > 0 || len(plan.Changes) != 1 {
		t.Errorf("where logins are hidden: %v", plan.Findings)
	}
	want.Users[0].NewLogin = true
	plan := Diff(newSite("va").login("x").Snapshot, want.Wanted, DiffOptions{})
	if len(plan.Findings) > 0 || len(plan.Changes) != 1 || !plan.Changes[0].NewLogin {
		t.Errorf("a new login: %v, %s", plan.Findings, show(plan.Changes))
	}
	plan = Diff(newSite("va").login("eve").Snapshot, want.Wanted, DiffOptions{})
	if len(plan.Changes) != 1 || plan.Changes[0].NewLogin {
		t.Errorf("a login that is there: %s", show(plan.Changes))
	}
}

// TestDiffWaitsForADeny moves bob from a role that denies nothing to two, one
// of which takes away what the other gives: he joins the one that denies first.
func TestDiffWaitsForADeny(t *testing.T) {
	site := newSite("va").role("+A", "+Z").user("+bob").row(Granted, "SELECT", "va", "A").row(Denied, "SELECT", "va", "Z")
	want := newWanted("va").role("A", "Z").user("bob").member("A", "bob").member("Z", "bob").
		entry(Granted, catalog.Select, "va", "A").entry(Denied, catalog.Select, "va", "Z")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if plan.Statements() != 2 || plan.Changes[0].Role != "Z" || plan.Changes[1].Role != "A" {
		t.Errorf("changes:\n%s", show(plan.Changes))
	}
	// a DENY of what nothing else gives is no reason to wait, but is first all the same
	site = newSite("va", "vb").role("+A", "+Z").user("+bob").row(Granted, "SELECT", "va", "A").row(Denied, "SELECT", "vb", "Z")
	want = newWanted("va", "vb").role("A", "Z").user("bob").member("A", "bob").member("Z", "bob").
		entry(Granted, catalog.Select, "va", "A").entry(Denied, catalog.Select, "vb", "Z")
	if plan := Diff(site.Snapshot, want.Wanted, DiffOptions{}); len(plan.Changes) != 2 || plan.Changes[0].Role != "Z" {
		t.Errorf("changes:\n%s", show(plan.Changes))
	}
}

// TestDiffManagesWhatIsNamed: a view that only a line names, in no node of the
// catalog, is managed as the others; one that nothing names is left alone.
func TestDiffManagesWhatIsNamed(t *testing.T) {
	site := newSite("va", "vb", "vc").role("+A").row(Granted, "UPDATE", "vb", "A").row(Granted, "UPDATE", "vc", "A")
	want := newWanted("va").role("A").entry(Granted, catalog.Select, "vb", "A")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if d := cmp.Diff([]string{"GRANT SELECT ON dbo.vb: A", "REVOKE UPDATE ON dbo.vb: A"}, shortly(plan)); d != "" {
		t.Error(d)
	}
}

// shortly is a plan in a line a change.
func shortly(plan *Plan) []string {
	var out []string
	for _, c := range unstamped(plan.Changes) {
		verb := map[Kind]string{GrantOn: "GRANT", DenyOn: "DENY", RevokeOn: "REVOKE"}[c.Kind]
		switch {
		case verb != "":
			out = append(out, fmt.Sprintf("%s %s ON %s.%s: %s", verb, c.Permissions, c.Schema, c.View, strings.Join(c.Principals, ", ")))
		case c.Role != "":
			out = append(out, fmt.Sprintf("%s %s: %s", c.Kind, c.Role, strings.Join(c.Principals, ", ")))
		default:
			out = append(out, fmt.Sprintf("%s %s", c.Kind, strings.Join(c.Principals, ", ")))
		}
	}
	return out
}

// TestDiffPhases: what nobody acts as is prepared first, then what widens, then
// what narrows; a REVOKE of a DENY widens.
func TestDiffPhases(t *testing.T) {
	site := newSite("v1", "v2", "v3", "v4").role("+Empty", "+Full").user("+bob").member("Full", "bob").
		row(Granted, "SELECT", "v1", "Full").row(Denied, "SELECT", "v2", "Full").row(Granted, "UPDATE", "v4", "Empty").row(Granted, "DELETE", "v4", "Full")
	want := newWanted("v1", "v2", "v3", "v4").role("Empty", "Full").user("bob").member("Full", "bob").
		entry(Granted, catalog.Select, "v3", "Full").entry(Granted, catalog.Select, "v4", "Empty").entry(Denied, catalog.Delete, "v4", "Full")
	want.Members = append(want.Members, WantedMember{Role: "Empty", User: "bob"})
	got := shortly(Diff(site.Snapshot, want.Wanted, DiffOptions{}))
	if d := cmp.Diff([]string{"GRANT SELECT ON dbo.v4: Empty", "REVOKE UPDATE ON dbo.v4: Empty", "REVOKE SELECT ON dbo.v2: Full", "GRANT SELECT ON dbo.v3: Full",
		"add_member Empty: bob", "REVOKE SELECT ON dbo.v1: Full", "DENY DELETE ON dbo.v4: Full"}, got); d != "" {
		t.Error(d)
	}
}

// TestDiffBuildsABridge lets bob join two roles, each of which denies what the
// other grants: whichever he joined first would give him something that he
// shall not have.
func TestDiffBuildsABridge(t *testing.T) {
	site := newSite("va", "vb").role("+A", "+B").user("+bob").
		row(Granted, "SELECT", "va", "A").row(Denied, "SELECT", "vb", "A").row(Granted, "SELECT", "vb", "B").row(Denied, "SELECT", "va", "B")
	want := newWanted("va", "vb").role("A", "B").user("bob").member("A", "bob").member("B", "bob").
		entry(Granted, catalog.Select, "va", "A").entry(Denied, catalog.Select, "vb", "A").
		entry(Granted, catalog.Select, "vb", "B").entry(Denied, catalog.Select, "va", "B")
	const bridge = "grantree bridge 1"
	changes := []Change{
		{Kind: CreateRole, Principals: []string{bridge}, Temporary: true},
		{Kind: DenyOn, Schema: "dbo", View: "va", Permissions: catalog.Select, Principals: []string{bridge}, Temporary: true},
		{Kind: AddMember, Role: bridge, Principals: []string{"bob"}, Temporary: true},
		{Kind: AddMember, Role: "A", Principals: []string{"bob"}},
		{Kind: AddMember, Role: "B", Principals: []string{"bob"}},
		{Kind: DropMember, Role: bridge, Principals: []string{"bob"}, Temporary: true},
		{Kind: DropRole, Principals: []string{bridge}, Temporary: true,
			Drops: &Dropped{Members: []string{"bob"}, Rows: []DroppedRow{{"dbo", "va", catalog.Select, Denied}}}},
	}
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if diff := cmp.Diff(changes, unstamped(plan.Changes), cmpopts.IgnoreFields(Change{}, "Causes"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if len(plan.People.Gain)+len(plan.People.Lose)+len(plan.Findings) > 0 {
		t.Errorf("people %+v, findings %v", plan.People, plan.Findings)
	}
}

// TestDiffFindsNoSafeOrder takes bob out of two roles, each of which owns a
// view and denies the other's, while he is granted both: whichever he leaves
// first, the other's DENY binds him.
func TestDiffFindsNoSafeOrder(t *testing.T) {
	site := newSite("va", "vb").role("+A", "+B", "OwnsA", "OwnsB").user("bob").member("A", "bob").member("B", "bob").member("OwnsA", "A").member("OwnsB", "B")
	site.view("va").Owner, site.view("vb").Owner = site.id("OwnsA"), site.id("OwnsB")
	site.row(Denied, "SELECT", "vb", "OwnsA").row(Denied, "SELECT", "va", "OwnsB").row(Granted, "SELECT", "va", "bob").row(Granted, "SELECT", "vb", "bob")
	want := newWanted("va", "vb").role("A", "B").user("bob").entry(Granted, catalog.Select, "va", "bob").entry(Granted, catalog.Select, "vb", "bob")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if codes(plan.Findings) != "no-safe-order loses-more" || !strings.Contains(plan.Findings[0].Message, `"bob" would lose SELECT`) {
		t.Errorf("findings = %v", plan.Findings)
	}
}

// TestDiffGoesOnAfterWhatItRefuses: one member who cannot be is no reason for
// the next not to be.
func TestDiffGoesOnAfterWhatItRefuses(t *testing.T) {
	site := newSite("va").role("foreign", "+r").user("+bob", "+ann")
	want := newWanted("va").role("foreign", "r").user("bob", "ann").member("foreign", "bob").member("nowhere", "ann").member("r", "nobody", "bob", "ann")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if d := cmp.Diff([]string{"add_member r: ann", "add_member r: bob"}, shortly(plan)); d != "" || len(plan.Findings) != 1 {
		t.Errorf("%s%v", d, plan.Findings)
	}
}

// TestDiffLeavesWhatIsSilent: a row that the server would ignore is refused and
// not sent, and a member whom the snapshot does not show is nobody's to drop.
func TestDiffLeavesWhatIsSilent(t *testing.T) {
	site := newSite("va", "vb").role("+r").user("+bob")
	site.Runner = Runner{User: "bob", UserID: site.id("bob")}
	site.view("vb").Owner = site.id("r")
	site.Members = append(site.Members, Member{site.id("r"), 9999}, Member{9998, site.id("bob")})
	want := newWanted("va", "vb").role("r").user("bob").entry(Granted, catalog.Select, "va", "bob", "r").entry(Granted, catalog.Select, "vb", "r")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	if d := cmp.Diff([]string{"GRANT SELECT ON dbo.va: r"}, shortly(plan)); d != "" || codes(plan.Findings) != "grantee-is-runner grantee-owns-view" {
		t.Errorf("%s%v", d, plan.Findings)
	}
}

// TestRightsInWords names what somebody loses that no view shows.
func TestRightsInWords(t *testing.T) {
	site := newSite("v").role("r").user("bob").object("p", Procedure, "dbo")
	ix := newIndex(site.Snapshot)
	d := &differ{from: site.Snapshot, ix: ix, mender: &mender{s: site.Snapshot, ix: ix}}
	for want, x := range map[string]right{
		"membership of db_ddladmin":     {class: classFixedRole, major: DBDDLAdminID, name: "db_ddladmin"},
		"ownership of the schema dbo":   {class: classOwner, major: DboID, minor: int(ClassSchema)},
		"ownership of the object v":     {class: classOwner, major: 1000, minor: int(ClassObject)},
		"ownership of the role r":       {class: classOwner, major: site.id("r"), minor: int(ClassPrincipal)},
		"ownership of another object":   {class: classOwner, major: 77, minor: int(ClassObject)},
		"SHOWPLAN on the database":      {class: ClassDatabase, name: "SHOWPLAN"},
		"EXECUTE on the schema dbo":     {class: ClassSchema, major: DboID, name: "EXECUTE"},
		"EXECUTE on dbo.p":              {class: ClassObject, major: 2000, name: "EXECUTE"},
		"SELECT on columns of dbo.v":    {class: ClassObject, major: 1000, minor: 2, name: "SELECT"},
		`IMPERSONATE on the user "bob"`: {class: ClassPrincipal, major: site.id("bob"), name: "IMPERSONATE"},
		`ALTER on the role "r"`:         {class: ClassPrincipal, major: site.id("r"), name: "ALTER"},
		"REFERENCES on another object":  {class: 5, major: 65536, name: "REFERENCES"},
	} {
		if got := d.describeRight(x); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWantedIsSorted by what it is about, whatever order it came in.
func TestWantedIsSorted(t *testing.T) {
	at := func(line int) (c Cause) { c.Pos.File, c.Pos.Line = "p", line; return c }
	want := Wanted{Views: []string{"a", "b"}, Roles: []WantedRole{{Name: "a", Cause: at(1)}, {Name: "a", Cause: at(2)}, {Name: "b"}},
		Users: []WantedUser{{Name: "a", Cause: at(1)}, {Name: "a", Cause: at(2)}, {Name: "b"}}, Leavers: []Leaver{{Name: "a", Cause: at(1)}, {Name: "a", Cause: at(2)}, {Name: "b"}},
		Members: []WantedMember{{Role: "a", User: "a"}, {Role: "a", User: "b", Cause: at(1)}, {Role: "a", User: "b", Cause: at(2)}, {Role: "b", User: "a"}},
		Entries: []WantedEntry{{View: "a", Grantee: "a", Permission: 1}, {View: "a", Grantee: "a", Permission: 2}, {View: "a", Grantee: "b", Permission: 1}, {View: "b", Grantee: "a", Permission: 1}}}
	got := Wanted{Views: slices.Clone(want.Views), Roles: slices.Clone(want.Roles), Users: slices.Clone(want.Users), Leavers: slices.Clone(want.Leavers), Members: slices.Clone(want.Members), Entries: slices.Clone(want.Entries)}
	slices.Reverse(got.Views)
	slices.Reverse(got.Roles)
	slices.Reverse(got.Users)
	slices.Reverse(got.Leavers)
	slices.Reverse(got.Members)
	slices.Reverse(got.Entries)
	got.Sort()
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
