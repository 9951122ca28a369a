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

// judgeSite is a site that is as judgeWanted wants it.
func judgeSite() siteBuilder {
	return newSite("va", "vb", "other").role("+Mechanic").user("bob", "ann").member("Mechanic", "bob").row(Granted, "SELECT", "va", "Mechanic")
}

func judgeWanted() *Wanted {
	return newWanted("va", "vb").role("Mechanic").user("bob").member("Mechanic", "bob").entry(Granted, catalog.Select, "va", "Mechanic").Wanted
}

// server gives the logins ids, and sysadmin and public their roles.
func (b siteBuilder) server() siteBuilder {
	b.Server = "main"
	for i := range b.Logins {
		b.Logins[i].ID = 300 + i
		b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 300 + i, Grantor: 1, Name: "CONNECT SQL", State: Granted})
	}
	b.Logins = append(b.Logins, Login{ID: 1, Name: "sa", SID: SASID, Type: SQLUser}, Login{ID: 2, Name: "public", Type: DatabaseRole, SID: "02"},
		Login{ID: 3, Name: "sysadmin", Type: DatabaseRole, SID: "03", Fixed: true})
	b.ServerMembers = append(b.ServerMembers, Member{3, 1})
	return b
}

func (b siteBuilder) loginID(name string) int {
	for _, l := range b.Logins {
		if l.Name == name {
			return l.ID
		}
	}
	panic("no login " + name)
}

// serverRow adds a row on the server.
func (b siteBuilder) serverRow(state State, name, login string) siteBuilder {
	b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: b.loginID(login), Grantor: 1, Name: name, State: state})
	return b
}

// judged is a judgement in lines: what it is, the code and the message.
func judged(j Judgement) []string {
	var out []string
	for _, f := range j.Mismatches {
		out = append(out, fmt.Sprintf("%s %s: %s", f.Severity, f.Code, f.Message))
	}
	for _, f := range j.Unverified {
		out = append(out, fmt.Sprintf("unverified %s: %s", f.Code, f.Message))
	}
	for _, f := range j.Notes {
		out = append(out, fmt.Sprintf("note %s: %s", f.Code, f.Message))
	}
	return out
}

// TestJudge holds what Judge leaves out and how it words what it says; the ways
// in, one by one, are TestEveryWayIn of grants/agreement.
func TestJudge(t *testing.T) {
	reports := func() siteBuilder {
		return judgeSite().role("Reports").member("Reports", "ann", "bob").row(Granted, "SELECT", "va", "Reports").row(Granted, "UPDATE", "vb", "Reports")
	}
	admin := func() siteBuilder {
		b := judgeSite().server()
		b.ServerMembers = append(b.ServerMembers, Member{3, b.loginID("bob")})
		return b
	}
	outsider := func(name string, may catalog.Permissions) Acceptance {
		return Acceptance{Outsiders: []Outsider{{Name: name, May: may, Reason: "the nightly report"}}}
	}
	also := func(names ...string) Acceptance { return Acceptance{Also: map[string][]string{"bob": names}} }
	for _, tt := range []struct {
		name string
		site siteBuilder
		acc  Acceptance
		want []string
	}{
		{"as the policy says", judgeSite().row(Granted, "SELECT", "other", "ann"), Acceptance{}, nil},
		{"rows are gathered by principal", reports(), Acceptance{}, []string{
			`warning unmanaged-grant: site "North": the role "Reports", which the policy does not name, is granted SELECT on dbo.va and UPDATE on dbo.vb, which reaches "ann", "bob"`}},
		{"what a person has from the policy anyway", judgeSite().row(Granted, "SELECT", "va", "bob").role("Same").member("Same", "bob").row(Granted, "SELECT", "va", "Same"), Acceptance{}, nil},
		{"an accepted user leaves the others", reports(), outsider("ann", catalog.Select|catalog.Update), []string{
			`warning unmanaged-grant: site "North": the role "Reports", which the policy does not name, is granted UPDATE on dbo.vb, which reaches "bob"`,
			`note outsider: site "North": "ann" has access, which the policy accepts: the nightly report`}},
		{"an accepted role accepts its members for what comes through it", reports().row(Granted, "DELETE", "va", "ann"), outsider("Reports", catalog.Select|catalog.Update), []string{
			`warning unmanaged-grant: site "North": the user "ann", whom the policy does not name, is granted DELETE on dbo.va`,
			`note outsider: site "North": the role "Reports" has access, which the policy accepts: the nightly report`}},
		{"an accepted role accepts nothing that its members get through public", judgeSite().role("Ops").member("Ops", "ann").row(Granted, "SELECT", "vb", "public"), outsider("Ops", catalog.Select), []string{
			`warning public-grant: site "North": public is granted SELECT on dbo.vb, which reaches "ann", "bob"`,
			`note outsider: site "North": the role "Ops" has access, which the policy accepts: the nightly report`}},
		{"nor those of a role that is in it", judgeSite().role("Ops", "Sub").member("Ops", "Sub").member("Sub", "ann").row(Granted, "SELECT", "vb", "public"), outsider("Ops", catalog.Select), []string{
			`warning public-grant: site "North": public is granted SELECT on dbo.vb, which reaches "ann", "bob"`,
			`note outsider: site "North": the role "Ops" has access, which the policy accepts: the nightly report`}},
		{"a role that a person may also be in brings them nothing of public", judgeSite().role("Ops").member("Ops", "bob").row(Granted, "SELECT", "vb", "public"), also("Ops"), []string{
			`warning public-grant: site "North": public is granted SELECT on dbo.vb, which reaches "ann", "bob"`}},
		{"an outsider with more than is accepted", judgeSite().row(Granted, "SELECT", "va", "ann").row(Granted, "DELETE", "va", "ann"), outsider("ann", catalog.Select), []string{
			`warning unmanaged-grant: site "North": the user "ann", an outsider of the policy, is granted DELETE on dbo.va`,
			`note outsider: site "North": "ann" has access, which the policy accepts: the nightly report`}},
		{"an outsider by the name of a login", judgeSite().server().row(Granted, "SELECT", "va", "ann"), outsider("ANN", catalog.Select), []string{
			`note outsider: site "North": "ann" has access, which the policy accepts: the nightly report`,
			`note server-account: server "main": the login "sa" is one of the server's own`}},
		{"a power over the server is said of the server", admin(), Acceptance{}, []string{
			`warning server-role: server "main": the login "bob" is a member of sysadmin, and is dbo in every database`,
			`note server-account: server "main": the login "sa" is one of the server's own`}},
		{"a person may also be sysadmin", admin().row(Granted, "DELETE", "va", "bob"), also("SysAdmin"), []string{
			`note server-account: server "main": the login "sa" is one of the server's own`}},
		{"a person may also be what they are not", judgeSite().member("db_datareader", "bob"), also("sysadmin"), []string{
			`warning fixed-role: site "North": the user "bob" is a member of db_datareader`}},
		{"a person may also be in a fixed role", judgeSite().member("db_datareader", "bob").member("db_securityadmin", "bob"), also("db_datareader"), []string{
			`warning fixed-role: site "North": the user "bob" is a member of db_securityadmin`}},
		{"the runner", func() siteBuilder { b := admin(); b.Runner.Login = "bob"; return b }(), Acceptance{}, []string{
			`note runner: server "main": the login "bob" runs grantree`, `note server-account: server "main": the login "sa" is one of the server's own`}},
		{"somebody who cannot enter has no access", func() siteBuilder {
			b := judgeSite().server().row(Granted, "SELECT", "va", "ann")
			b.Logins[1].Disabled = true
			return b
		}(), Acceptance{}, []string{
			`note reaches-nobody: site "North": the user "ann", whom the policy does not name, is granted SELECT on dbo.va, and nobody can use it now`,
			`note server-account: server "main": the login "sa" is one of the server's own`}},
		{"a DENY to a stranger takes nothing from the policy", judgeSite().row(Denied, "SELECT", "va", "ann"), Acceptance{}, nil},
		{"a DENY that the policy does not give", judgeSite().row(Denied, "DELETE", "va", "bob"), Acceptance{}, nil},
		{"names are written out", judgeSite().user("e\x1bve").row(Granted, "SELECT", "va", "e\x1bve"), Acceptance{}, []string{
			`warning unmanaged-grant: site "North": the user "e\x1bve", whom the policy does not name, is granted SELECT on dbo.va`}},
		{"a login of the policy that is sa", func() siteBuilder { b := judgeSite().server(); b.Logins[0].SID = SASID; return b }(), Acceptance{}, []string{
			`error login-is-sa: site "North": the login "bob" of "bob" is the server's own administrator: it is dbo everywhere and can have no user`,
			`warning orphaned-user: site "North": "bob" cannot enter: the login "bob" on the server has another SID than the user: nobody can enter as it`,
			`note server-account: server "main": the login "bob" is one of the server's own`, `note server-account: server "main": the login "sa" is one of the server's own`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := Judge(tt.site.Snapshot, judgeWanted(), tt.acc, pen)
			if diff := cmp.Diff(tt.want, judged(j)); diff != "" {
				t.Errorf("Judge (-want +got):\n%s", diff)
			}
			for _, f := range j.Mismatches {
				if len(f.Statements) == 0 && f.Code != "login-is-sa" {
					t.Errorf("no statement mends it: %s", f)
				}
			}
		})
	}
}

// TestJudgeAccepts: what is accepted of public and of a person's also is among
// what the people of the policy may do, so that a server's answer is held to it;
// a fixed role that is accepted is no mismatch of its members, and a member of
// a group's role is one whoever accepts them.
func TestJudgeAccepts(t *testing.T) {
	public := Acceptance{Outsiders: []Outsider{{Name: "public", May: catalog.Select}}}
	j := Judge(judgeSite().row(Granted, "SELECT", "vb", "public").Snapshot, judgeWanted(), public, pen)
	if got := j.Accepted.On("bob", "dbo.vb"); len(j.Mismatches)+len(j.Unverified) > 0 || got != catalog.Select {
		t.Errorf("bob may %s on dbo.vb: %v", got, j.Mismatches)
	}
	owner := Acceptance{Outsiders: []Outsider{{Name: "db_owner", May: catalog.All}}}
	if j := Judge(judgeSite().member("db_owner", "ann").Snapshot, judgeWanted(), owner, pen); len(j.Mismatches)+len(j.Unverified) > 0 {
		t.Errorf("db_owner is accepted: %v", j.Mismatches)
	}
	reports := Acceptance{Outsiders: []Outsider{{Name: "Reports", May: catalog.All}, {Name: "ann", May: catalog.All}}}
	site := judgeSite().role("Reports").member("Reports", "ann").member("Mechanic", "Reports", "ann")
	if j := Judge(site.Snapshot, judgeWanted(), reports, pen); len(j.Mismatches) != 2 || j.Mismatches[0].Code != "extra-member" {
		t.Errorf("members of a group's role against the policy: %v", j.Mismatches)
	}
}

// TestJudgeAcceptsModules: a module is accepted by its name, with its schema or
// without that of dbo.
func TestJudgeAcceptsModules(t *testing.T) {
	site := judgeSite()
	site.Objects = append(site.Objects, Object{ID: 50, Schema: DboID, Name: "usp_close", Type: Procedure, Owner: DboID, Dynamic: true})
	site.Permissions = append(site.Permissions, PermissionRow{Class: ClassObject, Major: 50, Grantee: site.id("Mechanic"), Name: "EXECUTE", State: Granted})
	if j := Judge(site.Snapshot, judgeWanted(), Acceptance{}, pen); len(j.Unverified) != 1 || !strings.Contains(j.Unverified[0].Message, "dbo.usp_close") {
		t.Errorf("not verified = %v", j.Unverified)
	}
	for _, name := range []string{"dbo.usp_close", "USP_CLOSE"} {
		if j := Judge(site.Snapshot, judgeWanted(), Acceptance{Modules: []AcceptedModule{{Name: name}}}, pen); len(j.Mismatches)+len(j.Unverified) > 0 {
			t.Errorf("%s is not accepted: %v", name, j.Unverified)
		}
	}
}

// TestForeseen: of what a plan takes away itself it says that, and has no
// statement; what stays keeps its statement, also where the plan mends a part.
func TestForeseen(t *testing.T) {
	site := judgeSite().member("Mechanic", "ann").row(Granted, "DELETE", "va", "Mechanic").
		role("Reports").member("Reports", "ann", "bob").row(Granted, "SELECT", "vb", "Reports").row(Granted, "SELECT", "va", "ann")
	w := newWanted("va", "vb").role("Mechanic").user("bob").member("Mechanic", "bob").entry(Granted, catalog.Select, "va", "Mechanic")
	w.Leavers = []Leaver{{Name: "ann"}}
	plan := Diff(site.Snapshot, w.Wanted, DiffOptions{Statement: pen})
	j := Judge(site.Snapshot, w.Wanted, Acceptance{}, pen)
	var got []string
	for _, f := range j.Foreseen(site.Snapshot, w.Wanted, Acceptance{}, plan, pen) {
		got = append(got, f.Code+": "+told(f))
	}
	want := []string{"extra-grant: this plan mends it", "extra-member: this plan mends it, and 1 more of theirs",
		"unmanaged-grant: revoke SELECT OBJECT dbo.vb Reports; or accept it in the policy"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("foreseen (-want +got):\n%s", diff)
	}
	for _, f := range j.Mismatches {
		if len(f.Statements) == 0 {
			t.Errorf("the judgement itself lost its statement: %s", f)
		}
	}
	plan.Findings.Errorf("foreign-grantor", finding.Pos{}, "", "it is refused")
	if again := j.Foreseen(site.Snapshot, w.Wanted, Acceptance{}, plan, pen); slices.ContainsFunc(again, func(f finding.Finding) bool { return f.Fix == PlanMends }) {
		t.Errorf("a plan that is refused mends nothing: %v", again)
	}
}

// TestGuestInAGroup: a plan takes guest out of a group's role as anybody else
// (reference D.4).
func TestGuestInAGroup(t *testing.T) {
	site := judgeSite().member("Mechanic", "guest")
	plan := Diff(site.Snapshot, judgeWanted(), DiffOptions{Statement: pen})
	if got := brief(plan.Changes); !strings.Contains(got, "drop_member") {
		t.Errorf("changes %q", got)
	}
	if list := Lockout(site.Snapshot, judgeWanted(), plan, Guard{MaxLoss: 1}); len(list) > 0 {
		t.Errorf("the plan is refused: %v", list)
	}
	j := Judge(site.Snapshot, judgeWanted(), Acceptance{}, pen)
	if len(j.Mismatches) != 1 || told(j.Mismatches[0]) != "drop_member ROLE .Mechanic guest;" || !strings.Contains(j.Mismatches[0].Message, `guest is in "Mechanic", which the policy does not say`) {
		t.Errorf("mismatches %v", j.Mismatches)
	}
}

// TestALoginOfAnotherKind: a user of the policy who belongs to a login of
// another kind than the policy says is somebody else's, under the same SID or
// the same name; one that was renamed is theirs. The plan and the judgement say
// the same (reference A.1, A.8).
func TestALoginOfAnotherKind(t *testing.T) {
	want := func(login string, isNew bool) *Wanted {
		w := newWanted("va").user("boss")
		w.Users[0].Login, w.Users[0].NewLogin = login, isNew
		return w.Wanted
	}
	// site has the user boss of a type, with a login of another type and name.
	site := func(user PrincipalType, login string, kind PrincipalType) siteBuilder {
		b := newSite("va").user("+boss")
		b.Logins = nil
		b.change("boss", func(p *Principal) { p.Type = user })
		if login != "" {
			b.loginWith(login, sidOf("boss"), kind)
		}
		return b.server()
	}
	for _, tt := range []struct {
		name string
		site siteBuilder
		want *Wanted
		code string // of the finding, an error of the plan and a mismatch; "" for none
		told string
	}{
		{"a SQL login for a Windows account", site(SQLUser, "boss", SQLUser), want(`X\boss`, false), "login-differs", `create_login X\boss type U; drop_user boss; or name the right login`},
		{"a SQL user without a login for a Windows account", site(SQLUser, "", ""), want(`X\boss`, false), "login-differs", `create_login X\boss type U; drop_user boss; or name the right login`},
		{"a Windows account for a new login", site(WindowsUser, `X\boss`, WindowsUser), want("ghost", true), "login-differs", `drop_user boss; or name the right login`},
		{"a Windows account for a SQL login", site(WindowsUser, `X\boss`, WindowsUser), want("ghost", false), "login-differs", `drop_user boss; or name the right login`},
		{"a Windows account without a login of its own for a new login", site(WindowsUser, "", ""), want("ghost", true), "login-differs", `drop_user boss; or name the right login`},
		{"an Entra account for a new login", site(ExternalUser, "boss@x.example", ExternalUser), want("ghost", true), "login-differs", `drop_user boss; or name the right login`},
		{"a certificate for a new login", site(CertificateUser, "boss", CertificateUser), want("ghost", true), "login-differs", `drop_user boss; or name the right login`},
		{"a certificate of that name", site(CertificateUser, "boss", CertificateUser), want("boss", false), "login-differs", `name the right login`},
		{"a key", site(KeyUser, "boss", KeyUser), want("ghost", false), "login-differs", `drop_user boss; or name the right login`},
		{"a Windows account for another that is there", site(SQLUser, "boss", SQLUser).loginWith(`X\boss`, "77", WindowsUser), want(`X\boss`, false), "login-differs", `drop_user boss; or name the right login`},
		{"a SQL login renamed", site(SQLUser, "boss2", SQLUser), want("boss", false), "", ""},
		{"a Windows account renamed", site(WindowsUser, `X\boss2`, WindowsUser), want(`X\boss`, false), "", ""},
		{"an Entra account renamed", site(ExternalUser, "boss2@x.example", ExternalUser), want("boss@x.example", false), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want, DiffOptions{Statement: pen})
			j := Judge(tt.site.Snapshot, tt.want, Acceptance{}, pen)
			if tt.code == "" {
				renamed := func(f finding.Finding) bool { return f.Code == "login-renamed" }
				if plan.Findings.HasErrors() || len(j.Mismatches) > 0 || !slices.ContainsFunc(j.Notes, renamed) {
					t.Errorf("plan %v, mismatches %v, notes %v; want a note", plan.Findings, j.Mismatches, j.Notes)
				}
				return
			}
			if len(j.Mismatches) != 1 || j.Mismatches[0].Code != tt.code || told(j.Mismatches[0]) != tt.told {
				t.Errorf("mismatches %v (%q), want %s: %s", j.Mismatches, told(append(j.Mismatches, finding.Finding{})[0]), tt.code, tt.told)
			}
			if slices.ContainsFunc(j.Notes, func(f finding.Finding) bool { return f.Code == "login-renamed" }) {
				t.Errorf("notes %v", j.Notes)
			}
			if got := plan.Findings.Of(finding.Error); len(got) != 1 || got[0].Code != tt.code || !plan.Empty() {
				t.Errorf("plan %v, changes %q", plan.Findings, brief(plan.Changes))
			}
		})
	}
}

// TestOnePowerOneFinding: each power of a login is one finding, by however many
// ways it has it, and reads alike whatever else the login holds in a site.
func TestOnePowerOneFinding(t *testing.T) {
	b := judgeSite().user("eve").server()
	b.Logins = append(b.Logins, Login{ID: 400, Name: "ops", Type: DatabaseRole})
	eve, ann, bob := b.loginID("eve"), b.loginID("ann"), b.loginID("bob")
	b.ServerMembers = append(b.ServerMembers, Member{400, eve})
	row := func(class ServerClass, major, grantee int, name string) {
		b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: class, Major: major, Grantee: grantee, Grantor: 1, Name: name, State: Granted})
	}
	b.row(Granted, "SELECT", "vb", "ann")
	row(ClassServer, 0, eve, "CONTROL SERVER")
	row(ClassServer, 0, 400, "CONTROL SERVER")
	row(ClassServer, 0, eve, "CONNECT ANY DATABASE")
	row(ClassServer, 0, eve, "ALTER ANY LOGIN")
	row(ClassServerPrincipal, ann, eve, "IMPERSONATE")
	row(ClassServerPrincipal, bob, eve, "IMPERSONATE")
	var got []string
	for _, f := range Judge(b.Snapshot, judgeWanted(), Acceptance{}, pen).Mismatches {
		if strings.Contains(f.Message, `login "eve"`) {
			got = append(got, strings.TrimPrefix(f.Message, `server "main": the login "eve" `)+"; "+told(f))
		}
	}
	want := []string{`may act as another: it is granted IMPERSONATE on the login "ann"; revoke IMPERSONATE LOGIN .ann eve; or accept it in the policy`,
		`may act as another: it is granted IMPERSONATE on the login "bob"; revoke IMPERSONATE LOGIN .bob eve; or accept it in the policy`,
		`holds ALTER ANY LOGIN on the server; revoke ALTER ANY LOGIN SERVER eve; or accept it in the policy`,
		`holds CONTROL SERVER on the server; revoke CONTROL SERVER SERVER eve; drop_member SERVER ROLE .ops eve; or accept it in the policy`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhoAStrangerIs: somebody whom the policy does not want here by this name is
// told from those of whom it does not speak at all.
func TestWhoAStrangerIs(t *testing.T) {
	named := func(names ...string) Acceptance {
		return Acceptance{Named: func(name string) bool { return slices.Contains(names, name) }}
	}
	for name, tt := range map[string]struct {
		site siteBuilder
		edit func(*WantedUser)
		acc  Acceptance
		want string
	}{
		"nobody":                 {judgeSite(), nil, named("bob"), `the user "ann", whom the policy does not name, is granted DELETE`},
		"nobody knows":           {judgeSite(), nil, Acceptance{}, `the user "ann", whom the policy does not name, is granted DELETE`},
		"somebody elsewhere":     {judgeSite(), nil, named("ann"), `the user "ann", whom the policy does not have in this site, is granted DELETE`},
		"to be renamed":          {judgeSite(), func(u *WantedUser) { u.Name, u.Was = "anna", "ANN" }, named("anna"), `the user "ann", who is to be "anna", is granted DELETE`},
		"by another user's name": {judgeSite().server(), func(u *WantedUser) { u.Name, u.Login = "anna", "ann" }, named("anna"), `the user "ann", whom the policy calls "anna", is granted DELETE`},
	} {
		w := judgeWanted()
		if tt.edit != nil {
			w.Users = slices.Clone(w.Users)
			tt.edit(&w.Users[0])
		}
		said := judged(Judge(tt.site.row(Granted, "DELETE", "va", "ann").Snapshot, w, tt.acc, pen))
		if !strings.Contains(strings.Join(said, "\n"), tt.want) {
			t.Errorf("%s: %q does not say %s", name, said, tt.want)
		}
	}
}

// TestForeseenOfPeople: of who leaves by the plan all that they have is one line,
// and a login that the plan makes mends what is said of its user.
func TestForeseenOfPeople(t *testing.T) {
	site := newSite("va", "vb").role("+r").user("+ann", "+bob").member("r", "ann", "bob").row(Granted, "SELECT", "vb", "ann").row(Granted, "SELECT", "va", "r")
	w := newWanted("va", "vb").role("r").user("bob").member("r", "bob").entry(Granted, catalog.Select, "va", "r").Wanted
	plan := Diff(site.Snapshot, w, DiffOptions{Statement: pen})
	told := Judge(site.Snapshot, w, Acceptance{}, pen).Foreseen(site.Snapshot, w, Acceptance{}, plan, pen)
	if len(told) != 1 || !strings.HasPrefix(told[0].About, "ann\x00") || told[0].Fix != PlanMends+", and 1 more of theirs" {
		t.Errorf("got %v from %v", told, brief(plan.Changes))
	}
	orphan := withoutLogins(newSite("va").user("+pete")).login("x")
	made := wantsLogin(newWanted("va"), "pete", "pete")
	made.Users[0].NewLogin = true
	plan = Diff(orphan.Snapshot, made.Wanted, DiffOptions{Statement: pen})
	told = Judge(orphan.Snapshot, made.Wanted, Acceptance{}, pen).Foreseen(orphan.Snapshot, made.Wanted, Acceptance{}, plan, pen)
	if len(told) != 1 || told[0].Code != finding.OrphanedUser || told[0].Fix != PlanMends || len(told[0].Statements) > 0 {
		t.Errorf("an orphan whose login is made: %v", told)
	}
}

// TestJudgeConfidentialModules: a module that reaches a confidential view, or a table
// behind one, is a mismatch where somebody may run it who may not read the view.
func TestJudgeConfidentialModules(t *testing.T) {
	begin := func(target string) siteBuilder {
		site := judgeSite()
		site.Objects = append(site.Objects, Object{ID: 50, Schema: DboID, Name: "usp_pay", Type: Procedure, Owner: DboID})
		site.Permissions = append(site.Permissions, PermissionRow{Class: ClassObject, Major: 50, Grantee: site.id("Mechanic"), Name: "EXECUTE", State: Granted})
		site.Dependencies = append(site.Dependencies, Dependency{From: 50, Schema: "dbo", Name: target})
		return site
	}
	secret := func(view string) Acceptance { return Acceptance{Confidential: []ConfidentialView{{Name: view}}} }
	for _, tt := range []struct {
		name, target string
		acc          Acceptance
		want         string
	}{
		{"one that they may not read", "vb", secret("VB"), `dbo.usp_pay reaches the confidential view dbo.vb, and "bob", who may not read that, may run it`},
		{"one that they may read", "va", secret("va"), ""},
		{"another view", "va", secret("vb"), ""},
		{"nothing is confidential", "vb", Acceptance{}, ""},
		{"it is accepted", "vb", Acceptance{Confidential: secret("vb").Confidential, Modules: []AcceptedModule{{Name: "dbo.usp_pay"}}}, ""},
	} {
		j := Judge(begin(tt.target).Snapshot, judgeWanted(), tt.acc, pen)
		var got []string
		for _, f := range j.Mismatches.Of(finding.Warning) {
			if f.Code == finding.ModuleConfidential {
				got = append(got, f.Message)
			}
		}
		if text := strings.Join(got, "; "); text != tt.want && !strings.HasSuffix(text, tt.want) || tt.want == "" && text != "" {
			t.Errorf("%s: %q, want %q", tt.name, text, tt.want)
		}
	}
}
