package grants

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"grantree/catalog"
)

func TestAccessFollowsTheEnginesRules(t *testing.T) {
	base := func() siteBuilder { return newSite("v").role("r", "inner", "outer").user("bob").member("r", "bob") }
	nested := func() siteBuilder { return base().member("inner", "bob").member("outer", "inner") }
	s, i, u, d := catalog.Select, catalog.Insert, catalog.Update, catalog.Delete
	for _, tt := range []struct {
		name string
		site siteBuilder
		want catalog.Permissions
	}{
		{"C.1 step 7: nothing granted", base(), 0},
		{"C.1 step 6: a grant to the user", base().row(Granted, "SELECT", "v", "bob"), s},
		{"C.1 step 6: a grant with grant option", base().row(GrantedWithGrant, "SELECT", "v", "bob"), s},
		{"C.1 step 3: a grant to a role", base().row(Granted, "UPDATE", "v", "r"), u},
		{"C.1 step 3: a grant to a role of a role", nested().row(Granted, "DELETE", "v", "outer"), d},
		{"C.1 step 3: a grant to public", base().row(Granted, "SELECT", "v", "public"), s},
		{"C.1 step 3: a role that bob is not in", base().row(Granted, "SELECT", "v", "outer"), 0},
		{"C.1 step 5: a DENY on one role wins over a GRANT on another", nested().row(Granted, "SELECT", "v", "r").row(Denied, "SELECT", "v", "outer"), 0},
		{"C.1 step 5: a DENY to public hits everyone", base().row(Granted, "SELECT", "v", "bob").row(Denied, "SELECT", "v", "public"), 0},
		{"C.1 step 5: a DENY binds a member of db_owner", base().member("db_owner", "bob").row(Denied, "DELETE", "v", "bob"), s | i | u},
		{"C.1 step 6: an owner of the view is not bound by a DENY", owned(base(), "bob").row(Denied, "DELETE", "v", "bob"), catalog.All},
		{"C.1 step 6: an owner through a role", owned(base(), "r"), catalog.All},
		{"C.1 step 6: an owner of the schema", schemaOwned(base(), "bob").row(Denied, "SELECT", "v", "r"), catalog.All},
		{"B.8: CONTROL on the view covers all four", base().row(Granted, "CONTROL", "v", "r"), catalog.All},
		{"B.8: a DENY of CONTROL denies all four", base().row(Granted, "SELECT", "v", "r").row(Denied, "CONTROL", "v", "bob"), 0},
		{"B.8: a grant on the schema", base().schemaRow(Granted, "INSERT", DboID, "r"), i},
		{"B.8: a grant on another schema", base().schemaRow(Granted, "INSERT", 7, "r"), 0},
		{"B.8: CONTROL on the schema", base().schemaRow(Granted, "CONTROL", DboID, "r"), catalog.All},
		{"B.8: a DENY on the schema beats a GRANT on the view", base().row(Granted, "SELECT", "v", "bob").schemaRow(Denied, "SELECT", DboID, "r"), 0},
		{"B.8: a grant on the database", base().databaseRow(Granted, "SELECT", "r"), s},
		{"B.8: CONTROL on the database, less a DENY on the view", base().databaseRow(Granted, "CONTROL", "r").row(Denied, "SELECT", "v", "bob"), i | u | d},
		{"B.8: ALTER covers nothing here", base().schemaRow(Granted, "ALTER", DboID, "r"), 0},
		{"B.8: RECEIVE on the object covers SELECT", base().row(Granted, "RECEIVE", "v", "r"), s},
		{"A.6: db_datareader", base().member("db_datareader", "bob"), s},
		{"A.6: db_datawriter through a role", base().member("db_datawriter", "r"), i | u | d},
		{"A.6: db_denydatareader", base().row(Granted, "SELECT", "v", "r").row(Granted, "UPDATE", "v", "r").member("db_denydatareader", "bob"), u},
		{"A.6: db_denydatawriter", base().member("db_owner", "bob").member("db_denydatawriter", "r"), s},
		{"A.6: db_securityadmin gives nothing by itself", base().member("db_securityadmin", "bob"), 0},
		{"C.2: a grant on a column is not one on the view", base().column(Granted, "SELECT", "v", 1, "bob"), 0},
		{"C.2: a DENY on a column is not one on the view", base().row(Granted, "SELECT", "v", "r").column(Denied, "SELECT", "v", 1, "bob"), s},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := NewAccess(tt.site.Snapshot).Of("bob", "v")
			if !ok || got != tt.want {
				t.Errorf("Of(bob, v) = %q, %t; want %q", got, ok, tt.want)
			}
		})
	}
}

func owned(b siteBuilder, by string) siteBuilder {
	b.view("v").Owner = b.id(by)
	return b
}

func schemaOwned(b siteBuilder, by string) siteBuilder {
	b.Schemas[0].Owner = b.id(by)
	return b
}

func TestAccessNames(t *testing.T) {
	site := newSite("v", "w").user("Carl", "anna").role("r").row(Granted, "SELECT", "v", "anna").row(Granted, "SELECT", "v", "Carl")
	site.Schemas = append(site.Schemas, Schema{ID: 5, Name: "app", Owner: DboID})
	site.Views = append(site.Views, SiteView{ID: 2000, Schema: 5, Name: "v", Owner: DboID}, SiteView{ID: 2001, Schema: 5, Name: "a.b", Owner: DboID})
	site.schemaRow(Granted, "DELETE", 5, "anna")
	site.Principals = append(site.Principals, Principal{ID: 90, Name: "app role", Type: "A"}, Principal{ID: 91, Name: `DOM\staff`, Type: WindowsGroup})
	a := NewAccess(site.Snapshot)
	if diff := cmp.Diff([]string{"Carl", `DOM\staff`, "anna"}, a.Users()); diff != "" {
		t.Errorf("Users (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Carl", "anna"}, usersOf(Inquire(site.Snapshot, &Wanted{}, Acceptance{}).Who("V", catalog.Select))); diff != "" {
		t.Errorf("Who (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		user, view string
		want       catalog.Permissions
		ok         bool
	}{
		{"ANNA", "dbo.v", catalog.Select, true},
		{"anna", "V", catalog.Select, true},
		{"anna", "app.v", catalog.Delete, true},
		{"anna", "app.a.b", catalog.Delete, true},
		{"anna", "a.b", catalog.Delete, true},
		{"dbo", "w", catalog.All, true},
		{"anna", "x", 0, false},
		{"nobody", "v", 0, false},
	} {
		if got, ok := a.Of(tt.user, tt.view); got != tt.want || ok != tt.ok {
			t.Errorf("Of(%q, %q) = %q, %t; want %q, %t", tt.user, tt.view, got, ok, tt.want, tt.ok)
		}
	}
}

// TestBuiltInPrincipalsAreThere whether a snapshot shows them or not.
func TestBuiltInPrincipalsAreThere(t *testing.T) {
	site := newSite("v").user("bob").row(Granted, "SELECT", "v", "public").member("db_datawriter", "bob")
	site.Principals = slices.DeleteFunc(site.Principals, func(p Principal) bool { return p.Name != "bob" && p.ID != DboID })
	if got, ok := NewAccess(site.Snapshot).Of("bob", "v"); !ok || got != catalog.All {
		t.Errorf("Of(bob, v) = %q, %t", got, ok)
	}
}

// TestServerDenialsBindUnderImpersonation: what a login is denied on the server
// binds whoever acts as its user, and what it is granted there does not count
// (reference C.6).
func TestServerDenialsBindUnderImpersonation(t *testing.T) {
	site := newSite("v").user("ann", "eve").row(Granted, "SELECT", "v", "ann").column(Granted, "UPDATE", "v", 1, "ann").server().
		serverRow(Denied, "SELECT ALL USER SECURABLES", "ann").serverRow(Granted, "SELECT ALL USER SECURABLES", "eve")
	site.Permissions = append(site.Permissions, PermissionRow{Class: ClassPrincipal, Major: site.id("ann"), Grantee: site.id("eve"), Name: "IMPERSONATE", State: Granted})
	a := NewAccess(site.Snapshot)
	for user, want := range map[string]catalog.Permissions{"ann": catalog.None, "eve": catalog.None} {
		if got, _ := a.Of(user, "v"); got != want {
			t.Errorf("under EXECUTE AS USER %s has %q, want %q", user, got, want)
		}
	}
	if columns := a.Columns("ann", "v"); len(columns) != 1 || columns[0].Permissions != catalog.Update {
		t.Errorf("columns of ann: %v", columns)
	}
	for who, want := range map[string]Answer{"ann": No, "eve": Yes, "sa": Yes} {
		if d := a.Decide(who, "v", catalog.Select); d.Allowed != want {
			t.Errorf("%s may: %+v", who, d)
		}
	}
	site.ServerPermissions = slices.DeleteFunc(site.ServerPermissions, func(r ServerPermissionRow) bool { return r.State == Granted && r.Name != "CONNECT SQL" })
	if d := NewAccess(site.Snapshot).Decide("eve", "v", catalog.Select); d.Allowed != No {
		t.Errorf("eve reads as ann: %+v", d)
	}
	site.view("v").Owner = site.id("ann")
	if got, _ := NewAccess(site.Snapshot).Of("ann", "v"); got != catalog.All {
		t.Errorf("no DENY binds an owner, who has %q", got)
	}
}

// TestAccessAgreesWithTheRulesReadAloud compares the model with naiveMay.
func TestAccessAgreesWithTheRulesReadAloud(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSite(t)
		a := NewAccess(s)
		got := map[string]bool{}
		for _, user := range a.Users() {
			in, _ := a.CanEnter(user)
			for v := range a.m.views {
				may, _ := a.Of(user, a.m.viewName(v))
				for _, one := range catalog.All.Each() {
					decision := a.Decide(user, a.m.viewName(v), one)
					acts := slices.ContainsFunc(decision.Because, func(r Reason) bool { return r.Kind == "impersonate" })
					if (decision.Allowed == Yes) != (in != No && (may.Has(one) || acts)) || len(decision.Because) == 0 {
						t.Fatalf("Decide says %+v where Of says %q", decision, may)
					}
					if may.Has(one) {
						got[user+" "+one.String()+" "+a.m.viewName(v)] = true
					}
				}
			}
		}
		if diff := cmp.Diff(naiveAccess(s), got); diff != "" {
			t.Fatalf("(-rules +model):\n%s", diff)
		}
	})
}

func TestDecide(t *testing.T) {
	site := newSite("v").role("Mechanic", "Night", "Outer").user("bob", "ann").
		member("Mechanic", "bob").member("Night", "bob").member("Outer", "Night").
		row(Granted, "SELECT", "v", "Mechanic").row(Granted, "SELECT", "v", "Outer").row(Granted, "UPDATE", "v", "Outer").
		row(Denied, "UPDATE", "v", "bob").schemaRow(Granted, "DELETE", DboID, "public").
		member("db_datareader", "ann").column(Denied, "SELECT", "v", 3, "ann")
	a := NewAccess(site.Snapshot)
	for _, tt := range []struct {
		name, user string
		permission catalog.Permissions
		allowed    bool
		want       []string
	}{
		{"by two roles, the nearer first", "bob", catalog.Select, true, []string{
			"grant: the role Mechanic is granted SELECT on dbo.v",
			"grant: the role Outer (through Night) is granted SELECT on dbo.v"}},
		{"a DENY and what it beats", "bob", catalog.Update, false, []string{
			"deny: the user bob is denied UPDATE on dbo.v",
			"grant: the role Outer (through Night) is granted UPDATE on dbo.v"}},
		{"by the schema, to everyone", "bob", catalog.Delete, true, []string{
			"schema: public, which everyone is in, is granted DELETE on the schema dbo"}},
		{"nothing", "bob", catalog.Insert, false, []string{"nothing: nothing gives bob INSERT on dbo.v"}},
		{"a fixed role, less a column", "ann", catalog.Select, true, []string{
			"fixed_role: the role db_datareader gives SELECT on every view of the database",
			"column: the user ann is denied SELECT on some columns of dbo.v: pay"}},
		{"dbo", "dbo", catalog.Select, true, []string{"dbo: dbo may do everything, and no DENY binds it"}},
		{"a stranger", "eve", catalog.Select, false, []string{`nothing: North has no account "eve"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := a.Decide(tt.user, "v", tt.permission)
			if (d.Allowed == Yes) != tt.allowed {
				t.Errorf("allowed = %v", d.Allowed)
			}
			if diff := cmp.Diff(tt.want, texts(d)); diff != "" {
				t.Errorf("because (-want +got):\n%s", diff)
			}
		})
	}
}

func texts(d Decision) []string {
	var out []string
	for _, r := range d.Because {
		out = append(out, r.Kind+": "+r.Text)
	}
	return out
}

func TestColumns(t *testing.T) {
	base := func() siteBuilder { return newSite("v").role("r").user("bob").member("r", "bob") }
	for _, tt := range []struct {
		name string
		site siteBuilder
		want []ColumnAccess
	}{
		{"no rows on columns", base().row(Granted, "SELECT", "v", "r"), nil},
		{"a grant on one column", base().column(Granted, "SELECT", "v", 1, "r"), []ColumnAccess{{"id", catalog.Select}}},
		{"a DENY on a column beats a GRANT on the view", base().row(Granted, "SELECT", "v", "r").column(Denied, "SELECT", "v", 3, "bob"), []ColumnAccess{{"pay", 0}}},
		{"a GRANT on a column beats a DENY on the view", base().row(Denied, "SELECT", "v", "r").column(Granted, "SELECT", "v", 2, "bob"), []ColumnAccess{{"name", catalog.Select}}},
		{"but not a DENY on the schema", base().schemaRow(Denied, "SELECT", DboID, "r").column(Granted, "SELECT", "v", 2, "bob"), nil},
		{"a column revoked out of a grant", base().row(Granted, "UPDATE", "v", "r").column(Revoked, "UPDATE", "v", 2, "r"), []ColumnAccess{{"name", 0}}},
		{"but not out of another's grant", base().row(Granted, "UPDATE", "v", "bob").row(Granted, "UPDATE", "v", "r").column(Revoked, "UPDATE", "v", 2, "r"), nil},
		{"an owner is not bound", owned(base(), "bob").column(Denied, "SELECT", "v", 2, "bob"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, NewAccess(tt.site.Snapshot).Columns("bob", "v")); diff != "" {
				t.Errorf("Columns (-want +got):\n%s", diff)
			}
		})
	}
}
