package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
	"grantree/finding"
)

// toldOf is what explain says of a tuple, in lines; the places of the policy are
// left out.
func toldOf(q *Inquiry, name, view string, p catalog.Permissions) []string {
	d := q.Explain(name, view, p)
	out := []string{strings.Join(strings.Fields(d.User+" "+d.Login+" "+d.Allowed.String()), " ")}
	for _, r := range d.Because {
		text, _, _ := strings.Cut(r.Text, ", grantree.toml")
		text, _, _ = strings.Cut(text, ": as a parent view")
		text, _, _ = strings.Cut(text, ": group")
		out = append(out, text)
	}
	return out
}

// TestExplainWhatThePolicyGives: what the policy gives and somebody may not do is
// told by what stands in the way, and "not here yet" of what is not in the site.
func TestExplainWhatThePolicyGives(t *testing.T) {
	site := func() siteBuilder { return judgeSite().server() }
	granted := "the role Mechanic is granted SELECT on dbo.va"
	without := func(b siteBuilder, drop func(PermissionRow) bool) siteBuilder {
		var rows []PermissionRow
		for _, row := range b.Permissions {
			if !drop(row) {
				rows = append(rows, row)
			}
		}
		b.Permissions = rows
		return b
	}
	principal := func(b siteBuilder, name string, change func(*Principal)) siteBuilder {
		for i := range b.Principals {
			if b.Principals[i].Name == name {
				change(&b.Principals[i])
			}
		}
		return b
	}
	nothing, policy := "nothing gives bob SELECT on dbo.va", "the policy gives it through Mechanic, but "
	for _, tt := range []struct {
		name, who string
		site      siteBuilder
		want      []string
	}{
		{"a disabled login", "bob", func() siteBuilder { b := site(); b.Logins[0].Disabled = true; return b }(),
			[]string{"bob may not", "the login bob is disabled", granted}},
		{"CONNECT missing", "bob", without(site(), func(row PermissionRow) bool { return row.Name == "CONNECT" && row.Grantee == site().id("bob") }),
			[]string{"bob may not", "bob lacks CONNECT on the database", granted}},
		{"another owner of the table", "bob", func() siteBuilder {
			b := site()
			b.Objects = append(b.Objects, Object{ID: 50, Schema: DboID, Name: "t", Type: Table, Owner: b.id("ann")})
			b.Dependencies = append(b.Dependencies, Dependency{From: b.view("va").ID, To: 50})
			return b
		}(), []string{"bob may not", granted, "the chain of owners breaks below dbo.va: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"not in the role", "bob", func() siteBuilder { b := site(); b.Members = nil; return b }(),
			[]string{"bob may not", nothing, policy + "bob is not in that role here yet"}},
		{"the role lacks it", "bob", without(site(), func(row PermissionRow) bool { return row.Name == "SELECT" }),
			[]string{"bob may not", nothing, policy + "that role is not granted it here yet"}},
		{"no such role", "bob", func() siteBuilder {
			b := principal(site(), "Mechanic", func(p *Principal) { p.Name = "Other" })
			b.Members = nil
			return b
		}(), []string{"bob may not", nothing, policy + "there is no such role here yet"}},
		{"no user, and a login", "bob", principal(site(), "bob", func(p *Principal) { p.Type = DatabaseRole; p.Name = "bobs" }),
			[]string{"bob may not", "the login bob has no user here", policy + "the login bob has no user here yet"}},
		{"no user and no login", "bob", func() siteBuilder {
			b := principal(site(), "bob", func(p *Principal) { p.Name, p.SID = "rob", "0707" })
			b.Logins[0].Name = "rob"
			return b
		}(), []string{"bob may not", `North has no account "bob"`, policy + "there is no such user here yet"}},
		{"another name of the user, which has it", "bob", principal(site(), "bob", func(p *Principal) { p.Name = "rob" }),
			[]string{"rob bob may", "the user of the login bob is rob here, and bob in the policy", granted}},
		{"another name of the user, which has it not", "rob", func() siteBuilder {
			b := principal(site(), "bob", func(p *Principal) { p.Name = "rob" })
			b.Members = nil
			return b
		}(), []string{"rob bob may not", "the user of the login bob is rob here, and bob in the policy", "nothing gives rob SELECT on dbo.va",
			policy + "to the user bob, and here the login bob is rob"}},
		{"another spelling of the name", "BOB", func() siteBuilder { b := site(); b.Logins[0].Disabled = true; return b }(),
			[]string{"bob may not", "the login bob is disabled", granted}},
		{"another person's login", "bob", func() siteBuilder {
			return principal(judgeSite().login("mid").server(), "bob", func(p *Principal) { p.SID = sidOf("mid") })
		}(), []string{"bob mid may", "the user bob belongs to the login mid and not to bob: somebody else enters as it, and the login bob has no user here", granted}},
		{"two people's logins, each the other's", "bob", principal(principal(site(), "bob", func(p *Principal) { p.SID = sidOf("ann") }), "ann", func(p *Principal) { p.SID = sidOf("bob") }),
			[]string{"bob ann may", "the user bob belongs to the login ann and not to bob: somebody else enters as it, and the login bob is the user ann here", granted}},
		{"a stranger's login", "bob", func() siteBuilder { b := site(); b.Logins[0].Name = "robert"; return b }(),
			[]string{"bob robert may", "the user bob belongs to the login robert and not to bob: somebody else enters as it, and the server has no login bob", granted}},
		{"a login renamed", "bob", func() siteBuilder {
			b := principal(site(), "bob", func(p *Principal) { p.Managed = true })
			b.Logins[0].Name = "robert"
			return b
		}(),
			[]string{"bob robert may", "the login bob, of whom the policy speaks, is called robert now", granted}},
		{"of nobody in the policy", "ann", site(),
			[]string{"ann may not", "nothing gives ann SELECT on dbo.va", "the policy does not name ann in this site; Mechanic would give it"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			peersAgree(t, tt.site.Snapshot, judgeWanted())
			if diff := cmp.Diff(tt.want, toldOf(Inquire(tt.site.Snapshot, judgeWanted(), Acceptance{}), tt.who, "va", catalog.Select)); diff != "" {
				t.Errorf("explain (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainKnowsWhomThePolicyNames: who is inactive or accepted is called so,
// by Judge too, and not a stranger.
func TestExplainKnowsWhomThePolicyNames(t *testing.T) {
	site, want := judgeSite().row(Granted, "SELECT", "vb", "ann").server(), judgeWanted()
	want.Leavers = []Leaver{{Name: "Ann", Cause: Cause{Pos: finding.Pos{File: "grantree.toml", Line: 60}}}}
	q := Inquire(site.Snapshot, want, Acceptance{})
	if diff := cmp.Diff([]string{"ann may", "ann is inactive in the policy, and still in the site",
		"the user ann is granted SELECT on dbo.vb, which the policy does not ask for"}, toldOf(q, "ann", "vb", catalog.Select)); diff != "" {
		t.Errorf("explain (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ann may not", "ann is inactive in the policy, and still in the site", "nothing gives ann SELECT on dbo.va"},
		toldOf(q, "ann", "va", catalog.Select)); diff != "" {
		t.Errorf("what a group would give an inactive person (-want +got):\n%s", diff)
	}
	if who := q.Who("vb", catalog.Select); len(who) != 2 || !who[0].Inactive || who[1].User != "sa" || who[1].Inactive {
		t.Errorf("who = %+v", who)
	}
	if m := judged(Judge(site.Snapshot, want, Acceptance{}, pen)); !strings.Contains(strings.Join(m, "\n"),
		`the user "ann", who is inactive, is granted SELECT on dbo.vb`) {
		t.Errorf("Judge says %q", m)
	}
	// Who goes on under another name, with the same login, is not the one who left.
	again := judgeWanted()
	again.Leavers = []Leaver{{Name: "robert", Login: "bob"}}
	if got := toldOf(Inquire(judgeSite().server().Snapshot, again, Acceptance{}), "bob", "va", catalog.Select); len(got) != 2 {
		t.Errorf("bob, who was robert: %q", got)
	}
	// Somebody else of that name is not the one who left.
	other := judgeSite().row(Granted, "SELECT", "vb", "ann").login("left").server()
	want.Leavers[0].Login = "left"
	if m := judged(Judge(other.Snapshot, want, Acceptance{}, pen)); !strings.Contains(strings.Join(m, "\n"), `"ann", whom the policy does not name, is granted`) {
		t.Errorf("Judge says %q", m)
	}
	accepted := Inquire(site.Snapshot, judgeWanted(), Acceptance{Outsiders: []Outsider{{Name: "ann", May: catalog.Select, Reason: "the report"}}})
	if got := toldOf(accepted, "ann", "va", catalog.Select); got[1] != "the policy accepts ann as an outsider who may SELECT: the report" || len(got) != 3 {
		t.Errorf("an outsider: %q", got)
	}
}

// TestWhoSaysNoMoreThanIsSo: a power is told of what can be had by it, and of
// nothing else.
func TestWhoSaysNoMoreThanIsSo(t *testing.T) {
	site := func() siteBuilder {
		b := judgeSite().role("Readers").row(Granted, "SELECT", "vb", "Readers").row(Granted, "SELECT", "other", "ann").server()
		b.Objects = append(b.Objects, Object{ID: 50, Schema: DboID, Name: "t", Type: Table, Owner: DboID})
		b.Dependencies = append(b.Dependencies, Dependency{From: b.view("va").ID, To: 50})
		return b
	}
	grant := func(b siteBuilder, row PermissionRow) siteBuilder {
		row.Grantee, row.Grantor, row.State = b.id("ann"), DboID, Granted
		b.Permissions = append(b.Permissions, row)
		return b
	}
	over := func(b siteBuilder, name, role string) siteBuilder {
		return grant(b, PermissionRow{Class: ClassPrincipal, Major: b.id(role), Name: name})
	}
	for _, tt := range []struct {
		name, view string
		permission catalog.Permissions
		site       siteBuilder
		want       string // through what, or nothing
	}{
		{"a role with another view", "va", catalog.Select, over(site(), "ALTER", "Readers"), ""},
		{"a role with the view", "vb", catalog.Select, over(site(), "ALTER", "Readers"), `ALTER on the role "Readers"`},
		{"a role with another permission", "vb", catalog.Delete, over(site(), "ALTER", "Readers"), ""},
		{"a role to which the policy gives it", "va", catalog.Select, over(func() siteBuilder {
			b := site()
			b.Permissions = b.Permissions[:0]
			return grant(b, PermissionRow{Name: "CONNECT"})
		}(), "CONTROL", "Mechanic"), `CONTROL on the role "Mechanic"`},
		{"a role to which the policy gives something else", "va", catalog.Update, over(site(), "CONTROL", "Mechanic"), ""},
		{"a user in the role", "va", catalog.Select, over(site(), "ALTER", "bob"), `ALTER on the user "bob"`},
		{"the text of a view that only reads", "va", catalog.Select, grant(site(), PermissionRow{Class: ClassObject, Major: 1002, Name: "ALTER"}), "ALTER on dbo.other (its owner's chain reaches the data)"},
		{"the text of a view that only reads, to write", "va", catalog.Update, grant(site(), PermissionRow{Class: ClassObject, Major: 1002, Name: "ALTER"}), ""},
		{"a power that a DENY takes away", "va", catalog.Select, site().databaseRow(Denied, "ALTER ANY ROLE", "public").member("db_securityadmin", "ann"), "the role db_securityadmin, which holds ALTER ANY APPLICATION ROLE"},
		{"all its powers taken away", "va", catalog.Select, site().databaseRow(Denied, "ALTER", "public").member("db_securityadmin", "ann"), ""},
		{"CONTROL on the view, less a DENY", "va", catalog.Select, site().row(Granted, "CONTROL", "va", "ann").row(Denied, "SELECT", "va", "ann"), "CONTROL on dbo.va"},
		{"db_ddladmin through a role", "va", catalog.Select, site().member("db_ddladmin", "Readers").member("Readers", "ann"), "the role db_ddladmin (through Readers), which holds ALTER ANY ASSEMBLY and ALTER ANY DATABASE DDL TRIGGER and ALTER ANY SCHEMA"},
		{"a role that one is in", "va", catalog.Select, over(site().member("Mechanic", "ann").row(Denied, "SELECT", "va", "ann"), "ALTER", "Mechanic"), ""},
		{"owning a role that one is in", "va", catalog.Select, func() siteBuilder {
			b := site().member("Mechanic", "ann").row(Denied, "SELECT", "va", "ann")
			for i := range b.Principals {
				if b.Principals[i].Name == "Mechanic" {
					b.Principals[i].Owner = b.id("ann")
				}
			}
			return b
		}(), ""},
		{"powers over many things", "va", catalog.Select, func() siteBuilder {
			b := site()
			for i := range 5 {
				b.Objects = append(b.Objects, Object{ID: 60 + i, Schema: DboID, Name: fmt.Sprint("t", i), Type: Table, Owner: DboID})
				b.Dependencies = append(b.Dependencies, Dependency{From: b.view("va").ID, To: 60 + i})
				for _, name := range []string{"ALTER", "TAKE OWNERSHIP"} {
					grant(b, PermissionRow{Class: ClassObject, Major: 60 + i, Name: name})
				}
			}
			return b
		}(), "the like on 2 more; ALTER and TAKE OWNERSHIP on dbo.t2, which stands behind dbo.va; ALTER and TAKE OWNERSHIP on dbo.t1, which stands behind dbo.va; ALTER and TAKE OWNERSHIP on dbo.t0, which stands behind dbo.va"},
		{"a power of public", "va", catalog.Select, site().databaseRow(Granted, "ALTER ANY USER", "public"), "public, which is granted ALTER ANY USER on the database"},
		{"of one who cannot enter", "va", catalog.Select, func() siteBuilder {
			b := site().member("db_securityadmin", "ann")
			b.Logins[1].Disabled = true
			return b
		}(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, d := range Inquire(tt.site.Snapshot, judgeWanted(), Acceptance{}).Who(tt.view, tt.permission) {
				if d.User != "ann" {
					continue
				}
				for _, r := range d.Because {
					if r.Kind == "power" && d.Allowed == No {
						got = strings.TrimSuffix(r.Via[0]+"; "+got, "; ")
					}
				}
				if got == "" {
					t.Errorf("who lists ann: %+v", d)
				}
			}
			if got != tt.want {
				t.Errorf("ann could through %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWhoAndGuests: who enters as guest is told by guest, once, and of a login
// without a user only what it can give itself.
func TestWhoAndGuests(t *testing.T) {
	site := judgeSite().login("eve", "mid").databaseRow(Granted, "CONNECT", "guest").row(Granted, "SELECT", "vb", "guest").server()
	site.Logins = append(site.Logins, Login{ID: 4, Name: "securityadmin", Type: DatabaseRole, Fixed: true})
	site.ServerMembers = append(site.ServerMembers, Member{4, site.loginID("eve")})
	q := Inquire(site.Snapshot, judgeWanted(), Acceptance{})
	if diff := cmp.Diff([]string{"guest", "sa"}, usersOf(q.Who("vb", catalog.Select))); diff != "" {
		t.Errorf("who may (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bob", "eve", "sa"}, usersOf(q.Who("va", catalog.Select))); diff != "" {
		t.Errorf("who may or could (-want +got):\n%s", diff)
	}
}

// TestWhatEveryLoginCould: a power of the server's public is everybody's.
func TestWhatEveryLoginCould(t *testing.T) {
	site := judgeSite().login("eve").server()
	site.ServerPermissions = append(site.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 2, Name: "ALTER ANY LOGIN", State: Granted})
	d := Inquire(site.Snapshot, judgeWanted(), Acceptance{}).Explain("eve", "va", catalog.Select)
	if !slices.ContainsFunc(d.Because, func(r Reason) bool {
		return r.Text == "eve can give themselves SELECT on dbo.va, through ALTER ANY LOGIN on the server"
	}) {
		t.Errorf("explain says %+v", d.Because)
	}
}

// TestActingAsIsNamed: what lets somebody act as another is named, and is no power
// beside.
func TestActingAsIsNamed(t *testing.T) {
	site := func() siteBuilder { return judgeSite().login("eve").server() }
	owner := site().role("Reports").member("db_owner", "Reports").member("Reports", "ann").row(Denied, "SELECT", "va", "ann")
	login := site()
	login.ServerPermissions = append(login.ServerPermissions, ServerPermissionRow{Class: ClassServerPrincipal, Major: login.loginID("ann"), Grantee: login.loginID("eve"), Name: "IMPERSONATE", State: Granted})
	login.column(Granted, "SELECT", "va", 1, "ann")
	for _, tt := range []struct {
		site     siteBuilder
		who      string
		kinds    []string
		contains string
	}{
		{owner, "ann", []string{"deny", "fixed_role", "impersonate"}, "ann may act as dbo by EXECUTE AS (a member of db_owner), who may SELECT dbo.va"},
		{login, "eve", []string{"connect", "column", "nothing"}, "id, as ann by EXECUTE AS (granted IMPERSONATE)"},
	} {
		d := Inquire(tt.site.Snapshot, judgeWanted(), Acceptance{}).Explain(tt.who, "va", catalog.Select)
		var kinds []string
		for _, r := range d.Because {
			kinds = append(kinds, r.Kind)
		}
		if !slices.Equal(kinds, tt.kinds) || !slices.ContainsFunc(d.Because, func(r Reason) bool { return strings.HasSuffix(r.Text, tt.contains) }) {
			t.Errorf("%s: %+v", tt.who, d.Because)
		}
	}
}

func usersOf(list []Decision) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.User)
	}
	return out
}

// TestNamesOfAnInquiry: where case counts, a name in other letters is nobody's,
// though the server may take it for a login's.
func TestNamesOfAnInquiry(t *testing.T) {
	site, want := judgeSite().login("eve").server(), judgeWanted()
	for _, tt := range []struct {
		collation string
		known     []string
		unknown   []string
	}{
		{"Latin1_General_CI_AS", []string{"bob", "BOB", "EVE", "sa", "dbo"}, []string{"nobody", "sysadmin"}},
		{"Latin1_General_BIN2", []string{"bob", "eve", "sa"}, []string{"BOB", "EVE", "SA"}},
	} {
		site.Collation = ParseCollation(tt.collation)
		want.Collation = site.Collation
		q := Inquire(site.Snapshot, want, Acceptance{})
		for _, name := range tt.known {
			if !q.Known(name) {
				t.Errorf("%s: %s is known", tt.collation, name)
			}
		}
		for _, name := range tt.unknown {
			if q.Known(name) {
				t.Errorf("%s: %s is not known", tt.collation, name)
			}
		}
	}
	// A person of the policy is found by the login that it names.
	want.Users[0].Name, site.Principals[len(builtIn)+1].Name = "robert", "rob"
	if d := Inquire(site.Snapshot, want, Acceptance{}).Explain("robert", "va", catalog.Select); d.User != "rob" || d.Login != "bob" || d.Allowed != Yes {
		t.Errorf("robert is %+v", d)
	}
}

// TestColumnsInForce: of the rows on columns those are told that are in force.
func TestColumnsInForce(t *testing.T) {
	site := judgeSite().column(Granted, "SELECT", "va", 1, "ann").column(Granted, "SELECT", "va", 2, "ann").column(Denied, "SELECT", "va", 2, "public").server()
	got := toldOf(Inquire(site.Snapshot, judgeWanted(), Acceptance{}), "ann", "va", catalog.Select)
	if want := "the user ann is granted SELECT on some columns of dbo.va: id"; len(got) != 3 || got[1] != want {
		t.Errorf("ann: %q, want %q", got, want)
	}
	got = toldOf(Inquire(site.Snapshot, judgeWanted(), Acceptance{}), "bob", "va", catalog.Select)
	if want := "public, which everyone is in, is denied SELECT on some columns of dbo.va: name"; len(got) != 3 || got[2] != want {
		t.Errorf("bob: %q, want %q", got, want)
	}
	site.schemaRow(Denied, "SELECT", DboID, "ann")
	if who := usersOf(Inquire(site.Snapshot, judgeWanted(), Acceptance{}).Who("va", catalog.Select)); slices.Contains(who, "ann") {
		t.Errorf("a DENY on the schema beats them, and who lists %q", who)
	}
}

// TestColumnsBesideAView: a DENY on a column of a table opens nothing, and a
// grant on one opens that much.
func TestColumnsBesideAView(t *testing.T) {
	site := func(state State) siteBuilder {
		b := judgeSite().server()
		b.Objects = append(b.Objects, Object{ID: 50, Schema: DboID, Name: "t", Type: Table, Owner: DboID})
		b.Dependencies = append(b.Dependencies, Dependency{From: b.view("va").ID, To: 50})
		b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: 50, Minor: 1, Grantee: b.id("ann"), Grantor: DboID, Name: "SELECT", State: state})
		return b
	}
	for state, want := range map[State][]string{
		Denied:  {"bob", "sa"},
		Granted: {"ann", "bob", "sa"},
	} {
		q := Inquire(site(state).Snapshot, judgeWanted(), Acceptance{})
		if diff := cmp.Diff(want, usersOf(q.Who("va", catalog.Select))); diff != "" {
			t.Errorf("state %s (-want +got):\n%s", state, diff)
		}
	}
	if m := Judge(site(Denied).Snapshot, judgeWanted(), Acceptance{}, pen).Mismatches; len(m) > 0 {
		t.Errorf("a DENY on a column of a table: %v", m)
	}
}

// TestUnverified: what cannot be read is told where it may matter, and an
// application role of nobody who cannot enter.
func TestUnverified(t *testing.T) {
	site := judgeSite().server()
	site.Principals = append(site.Principals, Principal{ID: 90, Name: "erp", Type: ApplicationRole})
	site.Permissions = append(site.Permissions, PermissionRow{Class: ClassObject, Major: site.view("vb").ID, Grantee: 90, Grantor: DboID, Name: "SELECT", State: Granted})
	q := Inquire(site.Snapshot, judgeWanted(), Acceptance{})
	says := []string{`the application role "erp" holds SELECT on dbo.vb, and who knows its password cannot be read`}
	for _, tt := range []struct {
		view       string
		permission catalog.Permissions
		want       []string
	}{{"vb", catalog.Select, says}, {"vb", catalog.Delete, nil}, {"va", catalog.Select, nil}, {"none", catalog.Select, nil}} {
		if diff := cmp.Diff(tt.want, q.Unverified(tt.view, tt.permission)); diff != "" {
			t.Errorf("%s on %s (-want +got):\n%s", tt.permission, tt.view, diff)
		}
	}
	if got := toldOf(q, "ann", "vb", catalog.Select); got[len(got)-1] != says[0] {
		t.Errorf("ann: %q", got)
	}
	site.Logins[1].Disabled = true
	if got := toldOf(Inquire(site.Snapshot, judgeWanted(), Acceptance{}), "ann", "vb", catalog.Select); got[len(got)-1] == says[0] {
		t.Errorf("ann, who cannot enter: %q", got)
	}
}

// TestWindowsAccounts: which groups of Windows somebody is in nobody can read,
// so a refusal says which would give it.
func TestWindowsAccounts(t *testing.T) {
	site := judgeSite().user(`DOM\ann`, `DOM\staff`, `DOM\idle`).row(Granted, "SELECT", "vb", `DOM\staff`).server()
	for i := range site.Principals {
		switch site.Principals[i].Name {
		case `DOM\ann`:
			site.Principals[i].Type = WindowsUser
		case `DOM\staff`, `DOM\idle`:
			site.Principals[i].Type = WindowsGroup
		}
	}
	q := Inquire(site.Snapshot, judgeWanted(), Acceptance{})
	want := []string{`DOM\ann may not`, `nothing gives DOM\ann SELECT on dbo.vb`, `whether DOM\ann is in the Windows group "DOM\\staff", which reaches it, cannot be read`}
	if diff := cmp.Diff(want, toldOf(q, `DOM\ann`, "vb", catalog.Select)); diff != "" {
		t.Errorf("explain (-want +got):\n%s", diff)
	}
}
