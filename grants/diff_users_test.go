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

// pen writes remedies so that a test can tell them apart.
func pen(r Remedy) string {
	on := strings.Trim(r.On.Class+" "+r.On.Schema+"."+r.On.Name, " .")
	if len(r.Columns) > 0 {
		on += "(" + strings.Join(r.Columns, ",") + ")"
	}
	words := []string{string(r.Kind), strings.Join(r.Permissions, ","), on, r.Principal}
	for _, more := range []struct{ word, value string }{{"to", r.To}, {"as", r.As}, {"type", string(r.Type)}, {"sid", r.SID}} {
		if more.value != "" {
			words = append(words, more.word, more.value)
		}
	}
	if r.Cascade {
		words = append(words, "cascade")
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ") + ";"
}

// told is all that a finding says to do.
func told(f finding.Finding) string {
	out := strings.Join(f.Statements, " ")
	if f.Fix != "" && out != "" {
		out += " or "
	}
	return out + f.Fix
}

// windows adds a user for an account of Windows, with a login of its own name
// unless that is gone.
func (b siteBuilder) windows(user, sid string, login bool) siteBuilder {
	b.Principals = append(b.Principals, Principal{ID: b.nextID(), Name: user, Type: WindowsUser, AuthType: 3, SID: sid, Managed: true})
	b.databaseRow(Granted, "CONNECT", user)
	if login {
		b.Logins = append(b.Logins, Login{Name: user, SID: sid, Type: WindowsUser})
	}
	return b
}

func (b siteBuilder) loginWith(name, sid string, kind PrincipalType) siteBuilder {
	b.Logins = append(b.Logins, Login{Name: name, SID: sid, Type: kind})
	return b
}

func (b siteBuilder) change(user string, edit func(*Principal)) siteBuilder {
	for i := range b.Principals {
		if b.Principals[i].Name == user {
			edit(&b.Principals[i])
		}
	}
	return b
}

// TestDiffUsersAndTheirLogins: what is wrong with the link between a user and a
// login is said with the statement that mends it, before a login is made.
// TestDiffContained: people of a contained site have accounts of the database,
// whose link to them is the name.
func TestDiffContained(t *testing.T) {
	account := func(name string, kind PrincipalType, auth int, managed bool) Principal {
		return Principal{Name: name, Type: kind, AuthType: auth, SID: sidOf(name), Managed: managed}
	}
	site := func(principals ...Principal) siteBuilder {
		b := newSite("va").login("x")
		b.Contained, b.Database = true, "N"
		for _, p := range principals {
			b = b.account(p)
		}
		return b
	}
	withoutConnect := func(b siteBuilder) siteBuilder {
		b.Permissions = slices.DeleteFunc(b.Permissions, func(r PermissionRow) bool { return isConnect(r) && r.Grantee >= FirstUserID })
		return b
	}
	want := func(user, login string, kind PrincipalType) wantedBuilder {
		w := wantsLogin(newWanted("va"), user, login)
		w.Users[0].Type, w.Contained, w.KeepsPasswords = kind, true, true
		return w
	}
	nobody := func(keeps bool) wantedBuilder {
		w := newWanted("va")
		w.Contained, w.KeepsPasswords = true, keeps
		return w
	}
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    wantedBuilder
		finding string
		changes string
		own     PrincipalType
	}{
		{"somebody new", site(), want("pete", "pete", SQLUser), "", "create_user pete", SQLUser},
		{"whose login is there, which is nothing to this site", site().login("pete"), want("pete", "pete", SQLUser), "", "create_user pete", SQLUser},
		{"as it shall be", site(account("pete", SQLUser, AuthDatabase, true)), want("pete", "pete", SQLUser), "", "", ""},
		{"was there before: marked", site(account("pete", SQLUser, AuthDatabase, false)), want("pete", "pete", SQLUser), "", "mark pete", ""},
		{"a user for a login", site(account("pete", SQLUser, AuthLogin, true)), want("pete", "pete", SQLUser), `error contained-other|belongs to a login of the server|migrate pete;`, "", ""},
		{"a user without login", site(account("pete", SQLUser, AuthNone, true)), want("pete", "pete", SQLUser), `error contained-other|WITHOUT LOGIN|drop_user pete;`, "", ""},
		{"an account of Entra for one with a password", site(account("pete", ExternalUser, AuthExternal, true)), want("pete", "pete", SQLUser),
			`error contained-other|is that of an Entra account and not one with a password of the database|drop_user pete;`, "", ""},
		{"an account of Windows", site(), want(`Y\rita`, `Y\rita`, WindowsUser), "", `create_user Y\rita`, WindowsUser},
		{"one that is there", site(account(`Y\rita`, WindowsUser, AuthWindows, true)), want(`Y\rita`, `Y\rita`, WindowsUser), "", "", ""},
		{"an account of Entra", site(), want("g@x", "g@x", ExternalUser), "", "create_user g@x", ExternalUser},
		{"which has its own name", site(), want("ghost", "g@x", ExternalUser), `error contained-name|"g@x" cannot be called "ghost"|name = "g@x"`, "", ""},
		{"a role of that name", site().role("+pete"), want("pete", "pete", SQLUser), `error name-taken|the site has a role`, "", ""},
		{"a site that is not contained", newSite("va").login("x"), want("pete", "pete", SQLUser), `error site-not-contained|configure to 1; set_database DATABASE;|take contained out`, "", ""},
		{"renamed", site(account("pete", SQLUser, AuthDatabase, true)), func() wantedBuilder {
			w := want("peter", "peter", SQLUser)
			w.Users[0].Was = "pete"
			return w
		}(), "", "rename_user peter", ""},
		{"somebody who leaves keeps the password, and no CONNECT", site(account("pete", SQLUser, AuthDatabase, true)), nobody(true), "", "revoke_connect pete", ""},
		{"and is left alone from then on", withoutConnect(site(account("pete", SQLUser, AuthDatabase, true))), nobody(true), "", "", ""},
		{"or is dropped, where the policy says so", site(account("pete", SQLUser, AuthDatabase, true)), nobody(false), "", "drop_user pete", SQLUser},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Statement: pen})
			text := ""
			for _, f := range p.Findings {
				text += fmt.Sprintf("%s %s: %s; %s\n", f.Severity, f.Code, f.Message, f.Fix) + told(f)
			}
			for _, part := range strings.Split(tt.finding, "|") {
				if (tt.finding == "") != (text == "") || !strings.Contains(text, part) {
					t.Errorf("findings %q, want %q", text, part)
				}
			}
			if got := brief(p.Changes); got != tt.changes {
				t.Errorf("changes %q, want %q", got, tt.changes)
			}
			if len(p.Logins) > 0 {
				t.Errorf("logins %v", p.Logins)
			}
			if len(p.Changes) == 0 {
				return
			}
			if p.Changes[0].Own != tt.own {
				t.Errorf("made as %q, want %q", p.Changes[0].Own, tt.own)
			}
			after, err := tt.site.With(p.Changes)
			if err != nil {
				t.Fatal(err)
			}
			if left := Diff(after, tt.want.Wanted, DiffOptions{}); !left.Empty() {
				t.Errorf("still to do: %q", brief(left.Changes))
			}
		})
	}
}

func TestDiffUsersAndTheirLogins(t *testing.T) {
	newLogin := func(w wantedBuilder) wantedBuilder {
		w.Users[len(w.Users)-1].NewLogin = true
		return w
	}
	kind := func(w wantedBuilder, t PrincipalType) wantedBuilder {
		w.Users[len(w.Users)-1].Type = t
		return w
	}
	entra := func(w wantedBuilder) wantedBuilder { return kind(w, ExternalUser) }
	ofWindows := func(w wantedBuilder) wantedBuilder { return kind(w, WindowsUser) }
	want := func(user, login string) wantedBuilder { return wantsLogin(newWanted("va"), user, login) }
	was := func(w wantedBuilder, user, login string) wantedBuilder {
		w.Users[0].Was, w.Users[0].WasLogin = user, login
		return w
	}
	owner := newSite("va").login("pete").loginWith("root", SASID, SQLUser)
	owner.Database, owner.OwnerSID = "N", sidOf("pete")
	dboSID := newSite("va").login("pete").change("dbo", func(p *Principal) { p.SID = sidOf("pete") })
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    wantedBuilder
		finding string // code, and what is in the message and the fix
		logins  []NewLogin
		changes string
	}{
		{"as it shall be", newSite("va").user("+pete"), want("pete", "pete"), "", nil, ""},
		{"was there before: marked", newSite("va").user("pete"), want("pete", "pete"), "", nil, "mark pete"},
		{"sa by its name", newSite("va").loginWith("sa", SASID, SQLUser), want("boss", "sa"), "error login-is-sa|server's own administrator", nil, ""},
		{"sa by another name", newSite("va").loginWith("root", SASID, SQLUser).user("+x"), want("boss", "root"), "error login-is-sa|\"root\"", nil, "drop_user x"},
		{"owns the database", owner, want("pete", "pete"), `error login-owns-database|owns the database "N"|owner DATABASE .N to root;`, nil, ""},
		{"dbo has its SID", dboSID, want("pete", "pete"), "error login-owns-database|owner DATABASE to sa;", nil, ""},
		{"an orphan", withoutLogins(newSite("va").user("+pete")).login("x"), want("pete", "pete"),
			`warning orphaned-user|"pete" has no login|say new_login = true|create_login pete type S sid ` + sidOf("pete"), nil, ""},
		{"an orphan whose login is made with its SID", withoutLogins(newSite("va").user("+pete")).login("x"), newLogin(want("pete", "pete")),
			"", []NewLogin{{Login: "pete", SID: sidOf("pete"), Type: SQLUser}}, ""},
		{"an orphan whose login's name has another SID", withoutLogins(newSite("va").user("+pete")).loginWith("pete", "99", SQLUser), newLogin(want("pete", "pete")),
			`error login-differs|to a login that is gone|with_login pete to pete;`, nil, ""},
		{"a new login", newSite("va").login("x"), newLogin(want("pete", "pete")), "", []NewLogin{{Login: "pete", Type: SQLUser}}, "create_user pete"},
		{"a user without login", newSite("va").user("+pete").change("pete", func(p *Principal) { p.AuthType = 0 }), newLogin(want("pete", "p2")),
			`error user-without-login|WITHOUT LOGIN|drop_user pete;`, nil, ""},
		{"a user with a password of the database", withoutLogins(newSite("va").user("pete")).login("x").change("pete", func(p *Principal) { p.AuthType = AuthDatabase }),
			newLogin(want("pete", "pete")), `error login-differs|user "pete" does not belong to the SQL login "pete" here: it has a password of its own|see who that is first|drop_user pete;|give the person another name`, nil, ""},
		{"which a mark makes nobody's", newSite("va").user("+pete").login("x").change("pete", func(p *Principal) { p.AuthType = AuthDatabase }),
			want("pete", "pete"), `error login-differs|a password of its own`, nil, ""},
		{"nor another name", newSite("va").user("+pete").login("peter").change("pete", func(p *Principal) { p.AuthType = AuthDatabase }),
			was(want("peter", "peter"), "pete", ""), "", nil, "create_user peter, drop_user pete"},
		{"a user of another login", newSite("va").user("+pete").loginWith("walt", "99", SQLUser), want("pete", "walt"),
			`error login-differs|"pete" does not belong to login "walt" here, but to "pete"|with_login pete to walt;`, nil, ""},
		{"a user of another login that has a user", newSite("va").user("+pete", "walt"), want("pete", "walt"),
			`error login-differs|"walt"|name the right login`, nil, ""},
		{"a Windows user of another account", newSite("va").windows(`Y\rita`, "A1", true).loginWith(`Y\walt`, "A2", WindowsUser), want(`Y\rita`, `Y\walt`),
			`error login-differs|"Y\\walt" here, but to "Y\\rita"|with_login Y\rita to Y\walt;`, nil, ""},
		{"a SQL user for a Windows account", newSite("va").user("+rita").loginWith(`Y\walt`, "A2", WindowsUser), want("rita", `Y\walt`),
			`error login-differs|drop_user rita;`, nil, ""},
		{"a Windows user without a login of its own", newSite("va").windows(`Y\rita`, "A1", false).login("x"), want(`Y\rita`, `Y\rita`),
			`warning windows-login-missing|only through a Windows group's|create_login Y\rita type U;`, nil, ""},
		{"and new_login is no way", newSite("va").windows(`Y\rita`, "A1", false).login("x"), newLogin(want(`Y\rita`, `Y\rita`)),
			`error login-missing|new_login makes none|create_login Y\rita type U;`, nil, ""},
		{"a Windows account without login and user", newSite("va").login("x"), want(`Y\rita`, `Y\rita`),
			`error login-missing|create_login Y\rita type U;`, nil, ""},
		{"nor is it for that", newSite("va").login("x"), newLogin(want(`Y\rita`, `Y\rita`)), `error login-missing|create_login Y\rita type U;`, nil, ""},
		{"a certificate's login for a new login", newSite("va").loginWith("ghost", "A1", CertificateUser), newLogin(want("ghost", "ghost")),
			`error login-clash|the server has a certificate's login named "ghost", so that no login of user "ghost" can have that name|give the person another login`, nil, ""},
		{"a server role of a new login's name", newSite("va").loginWith("Ghost", "A1", DatabaseRole), newLogin(want("ghost", "ghost")),
			`error login-clash|the server has a server role named "ghost"|give the person another login`, nil, ""},
		{"and of a login that nobody makes", newSite("va").loginWith("ghost", "A1", DatabaseRole), want("ghost", "ghost"), `error login-clash|a server role named "ghost"`, nil, ""},
		{"and of one that an orphan waits for", withoutLogins(newSite("va").user("+ghost")).loginWith("ghost", "A1", DatabaseRole), newLogin(want("ghost", "ghost")), `error login-clash|a server role`, nil, ""},
		{"an account of Entra for a new login", newSite("va").loginWith("ghost", "A1", ExternalUser), newLogin(want("ghost", "ghost")), `error login-differs|the Entra account "ghost"`, nil, ""},
		{"an account of Entra, its login and its user", newSite("va").account(Principal{Name: "ghost", Type: ExternalUser, AuthType: 4, SID: "AB", Managed: true}).loginWith("g@x", "AB", ExternalUser),
			entra(newLogin(want("ghost", "g@x"))), "", nil, ""},
		{"a new login of Entra", newSite("va").login("x"), entra(newLogin(want("ghost", "g@x"))), "", []NewLogin{{Login: "g@x", Type: ExternalUser}}, "create_user ghost"},
		{"a SQL login where the policy says Entra", newSite("va").loginWith("ghost", "A1", SQLUser), entra(want("ghost", "ghost")),
			`error login-differs|the SQL login "ghost" and not the Entra account "ghost"`, nil, ""},
		{"a SQL user where the policy says Entra", newSite("va").user("+ghost").loginWith("g@x", "AB", ExternalUser), entra(want("ghost", "g@x")),
			`error login-differs|drop_user ghost;`, nil, ""},
		{"a group of Entra", newSite("va").loginWith("Night", "AB", ExternalGroup), entra(want("Night", "Night")), "", nil, "create_user Night"},
		{"a user of Entra without a login", newSite("va").login("x").account(Principal{Name: "ghost", Type: ExternalUser, AuthType: 4, SID: "AB", Managed: true}), want("ghost", "ghost"), "", nil, ""},
		{"a new login of Windows", newSite("va").login("x"), ofWindows(newLogin(want(`Y\rita`, `Y\rita`))), "", []NewLogin{{Login: `Y\rita`, Type: WindowsUser}}, `create_user Y\rita`},
		{"a login that was renamed", withoutLogins(newSite("va").user("+pete")).loginWith("peter", sidOf("pete"), SQLUser), newLogin(want("pete", "pete")),
			`note login-renamed|belongs to login "peter" here|login = "peter"`, nil, ""},
		{"a stranger's user who has that name", withoutLogins(newSite("va").user("pete")).loginWith("peter", sidOf("pete"), SQLUser), newLogin(want("pete", "pete")),
			`error login-differs|user "pete" does not belong to login "pete" here, but to "peter"; write login = "peter" where that is the same person, else give the user another name`, nil, ""},
		{"a person who was renamed", newSite("va").user("+pete"), want("peter", "pete"), "", nil, "drop_user pete, create_user peter"},
		{"a person and a login that were renamed", withoutLogins(newSite("va").user("+pete")).loginWith("peter", sidOf("pete"), SQLUser), want("peter", "peter"),
			"", nil, "drop_user pete, create_user peter"},
		{"renamed in place", newSite("va").user("+pete"), was(want("peter", "pete"), "pete", ""), "", nil, "rename_user peter"},
		{"renamed in place, and marked", newSite("va").user("pete"), was(want("peter", "pete"), "pete", ""), "", nil, "rename_user peter, mark peter"},
		{"renamed before", newSite("va").user("+peter"), was(want("peter", "peter"), "pete", "pete"), "", nil, ""},
		{"renamed, and somebody else's", newSite("va").user("pete"), was(want("peter", "walt"), "pete", ""), "error login-missing", nil, ""},
		{"renamed, and both are there", newSite("va").user("+pete", "+peter"), was(want("peter", "peter"), "pete", ""),
			`error rename-taken|"pete" is to be renamed to "peter", and the site has both`, nil, "drop_user pete"},
		{"a role's name is nobody's", newSite("va").role("+pete").login("peter"), was(want("peter", "peter"), "pete", ""), "", nil, "create_user peter, drop_role pete"},
		{"the login gets its name after the site", newSite("va").user("+pete"), was(want("peter", "peter"), "pete", "pete"), "", nil, "rename_user peter"},
		{"renamed, and the login's new name is somebody else's", newSite("va").user("+pete").login("peter"), was(want("peter", "peter"), "pete", "pete"),
			`error rename-taken|user "peter", whose login is "pete", cannot have the login "peter": the server has one of that name, which is somebody else's; choose another name, or keep the login: login = "pete"`, nil, "rename_user peter"},
		{"and the login is kept", newSite("va").user("+pete").login("peter"), was(want("peter", "pete"), "pete", ""), "", nil, "rename_user peter"},
		{"a user is made while the login has its old name", newSite("va").login("pete"), was(want("peter", "peter"), "pete", "pete"), "", nil, "create_user peter"},
		{"the login has its new name", newSite("va").user("+pete").change("pete", func(p *Principal) { p.SID = sidOf("peter") }).login("peter"),
			was(want("peter", "peter"), "pete", "pete"), "", nil, "rename_user peter"},
		{"renamed, and the user is not ours", newSite("va").user("pete"), want("peter", "pete"),
			`error login-has-user|already is the user "pete"|with_name pete to peter;`, nil, ""},
		{"renamed, and something holds the user", newSite("va").user("+pete").databaseRow(Granted, "SHOWPLAN", "pete"), want("peter", "pete"),
			`error login-has-user|with_name pete to peter;`, nil, "revoke_connect pete"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Statement: pen})
			said := ""
			for _, f := range plan.Findings {
				if f.Code != "leaver-stays" {
					said += fmt.Sprintf("%s %s: %s; %s", f.Severity, f.Code, f.Message, told(f))
				}
			}
			for _, part := range strings.Split(tt.finding, "|") {
				if !strings.Contains(said, part) || tt.finding == "" && said != "" {
					t.Errorf("findings %q, want %q", said, part)
				}
			}
			for i := range plan.Logins {
				plan.Logins[i].Cause = Cause{}
			}
			if diff := cmp.Diff(tt.logins, plan.Logins); diff != "" {
				t.Errorf("logins (-want +got):\n%s", diff)
			}
			if got := brief(plan.Changes); got != tt.changes {
				t.Errorf("changes %q, want %q", got, tt.changes)
			}
			if _, err := tt.site.With(plan.Changes); err != nil {
				t.Error(err)
			}
		})
	}
}

// brief lists changes by kind and principals.
func brief(changes []Change) string {
	var out []string
	for _, c := range unstamped(changes) {
		out = append(out, string(c.Kind)+" "+strings.Join(c.Principals, "+"))
	}
	return strings.Join(out, ", ")
}

// TestDiffLeavers: who leaves loses what grantree gave, whoever made the
// account, and is dropped unless something else holds it.
func TestDiffLeavers(t *testing.T) {
	leaves := func(names ...string) wantedBuilder {
		w := newWanted("va").role("r")
		for _, n := range names {
			w.Leavers = append(w.Leavers, Leaver{Name: n, Login: n, Cause: Cause{User: n}})
		}
		return w
	}
	site := func() siteBuilder {
		return newSite("va").role("+r", "other").user("pete").member("r", "pete").row(Granted, "SELECT", "va", "pete")
	}
	owner := site()
	owner.Schemas = append(owner.Schemas, Schema{ID: 9, Name: "pete", Owner: owner.id("pete")})
	runsAs := site()
	runsAs.Objects = []Object{{ID: 50, Schema: DboID, Name: "usp", Type: Procedure, Owner: DboID, ExecuteAs: runsAs.id("pete")}}
	ownsTable := site()
	ownsTable.Objects = []Object{{ID: 50, Schema: DboID, Name: "t", Type: Table, Owner: ownsTable.id("pete")}}
	inSchema := site()
	inSchema.Schemas = append(inSchema.Schemas, Schema{ID: 9, Name: "pete", Owner: inSchema.id("pete")})
	inSchema.Objects = []Object{{ID: 50, Schema: 9, Name: "t", Type: Table, Owner: inSchema.id("pete")}}
	ownsRole := site()
	ownsRole.change("other", func(p *Principal) { p.Owner = ownsRole.id("pete") })
	granted := site().row(GrantedWithGrant, "UPDATE", "va", "other").row(Granted, "INSERT", "va", "other")
	for i := range 2 {
		granted.Permissions[len(granted.Permissions)-1-i].Grantor = granted.id("pete")
	}
	on := site()
	on.Permissions = append(on.Permissions, PermissionRow{Class: ClassPrincipal, Major: on.id("pete"), Grantee: on.id("other"), Grantor: on.id("pete"), Name: "IMPERSONATE", State: Granted})
	table := site()
	table.Objects = []Object{{ID: 50, Schema: DboID, Name: "usp", Type: Procedure, Owner: DboID}}
	for _, name := range []string{"EXECUTE", "ALTER"} {
		table.Permissions = append(table.Permissions, PermissionRow{Class: ClassObject, Major: 50, Grantee: table.id("pete"), Grantor: DboID, Name: name, State: Granted})
	}
	const clears = "revoke_connect pete, revoke pete, drop_member pete"
	connect := func(b siteBuilder, state State) siteBuilder {
		for i := range b.Permissions {
			if r := &b.Permissions[i]; r.Grantee == b.id("pete") && isConnect(*r) {
				r.State = state
			}
		}
		return b
	}
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    wantedBuilder
		changes string
		finding string
	}{
		{"not named: a stranger stays", site(), leaves(), "drop_member pete", ""},
		{"named as gone", site(), leaves("pete"), "drop_user pete", ""},
		{"by the login alone", site().change("pete", func(p *Principal) { p.Name = "peter" }), leaves("pete"), "drop_user peter", ""},
		{"another person's account", site().change("pete", func(p *Principal) { p.SID = sidOf("zoe") }).login("zoe"), leaves("pete"), "drop_member pete", "warning login-differs"},
		{"another person's account, and no login of that name", withoutLogins(site()).change("pete", func(p *Principal) { p.SID = sidOf("zoe") }).login("zoe"), leaves("pete"), "drop_member pete", "warning login-differs"},
		{"who goes on under another name", site().change("pete", func(p *Principal) { p.Name = "peter" }), wantsLogin(leaves("pete"), "peter", "pete").member("r", "peter"), "mark peter, revoke peter", ""},
		{"a table in a schema of their own", inSchema, leaves("pete"), clears, "leaves but owns the schema \"pete\": the user stays, without CONNECT; owner SCHEMA .pete to dbo;\n"},
		{"locked out with DENY CONNECT", connect(site(), Denied), leaves("pete"), "drop_user pete", ""},
		{"a schema of their own", owner, leaves("pete"), clears, `warning leaver-stays|owns the schema "pete": the user stays, without CONNECT; owner SCHEMA .pete to dbo;`},
		{"a table of their own", ownsTable, leaves("pete"), clears, `owns dbo.t|owner OBJECT dbo.t to dbo;`},
		{"a role of their own", ownsRole, leaves("pete"), clears, `owns the role "other"|owner ROLE .other to dbo;`},
		{"a procedure that runs as them", runsAs, leaves("pete"), clears, `is whom dbo.usp runs as`},
		{"rows that they granted", granted, leaves("pete"), clears,
			`granted or denied permissions|revoke INSERT OBJECT dbo.va other as pete; revoke UPDATE OBJECT dbo.va other as pete cascade;`},
		{"rights on them", on, leaves("pete"), clears, `others hold permissions on it|revoke IMPERSONATE USER .pete other;`},
		{"rights beside the views", table, leaves("pete"), clears, `holds ALTER on dbo.usp|revoke ALTER OBJECT dbo.usp pete; revoke EXECUTE OBJECT dbo.usp pete;`},
		{"columns", site().column(Granted, "UPDATE", "va", 2, "pete").column(Granted, "UPDATE", "va", 3, "pete"), leaves("pete"), clears,
			`UPDATE on columns of dbo.va|revoke UPDATE OBJECT dbo.va(name,pay) pete;`},
		{"who still enters through public", site().databaseRow(Granted, "CONNECT", "public").databaseRow(Granted, "SHOWPLAN", "pete"), leaves("pete"), clears,
			`the user stays, without CONNECT of their own, and still enters through public`},
		{"CONNECT WITH GRANT OPTION", connect(site(), GrantedWithGrant), leaves("pete"), "revoke pete, drop_member pete",
			`error grant-option|revoke_grant_option CONNECT pete;`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want.Wanted, DiffOptions{Statement: pen})
			if got := brief(plan.Changes); got != tt.changes {
				t.Errorf("changes %q, want %q", got, tt.changes)
			}
			said := ""
			for _, f := range plan.Findings {
				said += fmt.Sprintf("%s %s: %s; %s\n", f.Severity, f.Code, f.Message, told(f))
			}
			for _, part := range strings.Split(tt.finding, "|") {
				if !strings.Contains(said, part) || tt.finding == "" && said != "" {
					t.Errorf("findings %q, want %q", said, part)
				}
			}
			end, err := tt.site.With(plan.Changes)
			if err != nil {
				t.Fatal(err)
			}
			if again := Diff(end, tt.want.Wanted, DiffOptions{}); !again.Empty() {
				t.Errorf("left to do: %s", brief(again.Changes))
			}
			back, err := end.With(plan.Reverse())
			if err != nil || back.Fingerprint() != tt.site.Fingerprint() {
				t.Errorf("the reverse: %v, %s", err, cmp.Diff(facts(tt.site.Snapshot), facts(back)))
			}
		})
	}
}

// TestDiffObstacles: what stands in the way of a row names the statement.
func TestDiffObstacles(t *testing.T) {
	want := newWanted("va").role("r").entry(Granted, catalog.Select, "va", "r").Wanted
	base := func() siteBuilder { return newSite("va").role("+r", "x") }
	foreign := base().row(Granted, "UPDATE", "va", "r")
	foreign.Permissions[len(foreign.Permissions)-1].Grantor = foreign.id("x")
	ownedBy := base()
	ownedBy.view("va").Owner = ownedBy.id("r")
	inSchema := base()
	inSchema.Schemas[0].Owner, inSchema.view("va").Owner = inSchema.id("r"), inSchema.id("r")
	byDbo := base().role("+old").schemaRow(Granted, "SELECT", DboID, "old")
	byDbo.Schemas[0].Owner = byDbo.id("x")
	unknown := base().role("+old").schemaRow(Granted, "SELECT", DboID, "old")
	unknown.Permissions[len(unknown.Permissions)-1].Grantor = 0
	grantor := base().role("+old").row(Granted, "SELECT", "va", "x").row(Granted, "REFERENCES", "va", "x").row(Granted, "SELECT", "va", "public").column(Granted, "UPDATE", "va", 1, "x")
	for i := range grantor.Permissions {
		grantor.Permissions[i].Grantor = grantor.id("old")
	}
	role := base().role("+old").databaseRow(Denied, "SHOWPLAN", "old")
	for _, tt := range []struct {
		name string
		site siteBuilder
		fix  string
	}{
		{"WITH GRANT OPTION", base().row(GrantedWithGrant, "UPDATE", "va", "r"), "grant-option: revoke_grant_option UPDATE OBJECT dbo.va r cascade;"},
		{"another grantor", foreign, "foreign-grantor: revoke UPDATE OBJECT dbo.va r as x;"},
		{"columns", base().column(Granted, "SELECT", "va", 2, "r").column(Denied, "SELECT", "va", 3, "r"), "column-grant: revoke SELECT OBJECT dbo.va(name,pay) r;"},
		{"the first column", base().column(Granted, "SELECT", "va", 1, "r").column(Granted, "SELECT", "va", 2, "r").column(Granted, "UPDATE", "va", 1, "x"), "column-grant: revoke SELECT OBJECT dbo.va(id,name) r;"},
		{"a role that holds much", base().role("+old").user("ann").databaseRow(Denied, "SHOWPLAN", "old").databaseRow(Granted, "CREATE VIEW", "old").schemaRow(Granted, "SELECT", DboID, "old").schemaRow(GrantedWithGrant, "UPDATE", DboID, "old").
			onAUser(Granted, "IMPERSONATE", "ann", "old").column(Granted, "SELECT", "va", 1, "old").column(Granted, "SELECT", "va", 3, "old").column(Granted, "UPDATE", "va", 3, "old").row(Granted, "REFERENCES", "va", "old"),
			"cannot-drop: revoke CREATE VIEW old; revoke IMPERSONATE USER .ann old; revoke REFERENCES OBJECT dbo.va old; revoke SELECT OBJECT dbo.va(id,pay) old; revoke SELECT SCHEMA .dbo old; revoke SHOWPLAN old; revoke UPDATE OBJECT dbo.va(pay) old; revoke UPDATE SCHEMA .dbo old cascade;"},
		{"the owner of a view", ownedBy, "grantee-owns-view: owner OBJECT dbo.va to dbo;"},
		{"the owner of its schema", inSchema, "grantee-owns-view: owner SCHEMA .dbo to dbo;"},
		{"by dbo on what is another's", byDbo, "cannot-drop: revoke SELECT SCHEMA .dbo old as dbo;"},
		{"by nobody knows whom", unknown, "cannot-drop: revoke SELECT SCHEMA .dbo old;"},
		{"a role that holds what has no name here", base().role("+old").with(func(s *Snapshot) {
			s.Permissions = append(s.Permissions, PermissionRow{Class: 5, Major: 65536, Grantee: siteBuilder{s}.id("old"), Grantor: DboID, Name: "REFERENCES", State: Granted})
		}), "cannot-drop: take that away first, or keep it in the policy"},
		{"a role that granted", grantor, "cannot-drop: revoke SELECT OBJECT dbo.va public as old; revoke SELECT,REFERENCES OBJECT dbo.va x as old; revoke UPDATE OBJECT dbo.va(id) x as old;"},
		{"a role that holds more", role, "cannot-drop: revoke SHOWPLAN old;"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, want, DiffOptions{Statement: pen})
			var got []string
			for _, f := range plan.Findings.Of("error") {
				got = append(got, f.Code+": "+told(f))
			}
			if diff := cmp.Diff([]string{tt.fix}, got); diff != "" {
				t.Errorf("fixes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDiffConnect: a person of the policy whose CONNECT is missing gets it
// back, last; a DENY is somebody's decision and is reported.
func TestDiffConnect(t *testing.T) {
	want := newWanted("va").role("r").user("bob").member("r", "bob").entry(Granted, catalog.Select, "va", "r").Wanted
	site := func(own State) siteBuilder {
		b := newSite("va").role("+r", "x").user("+bob").member("r", "bob").row(Granted, "SELECT", "va", "r")
		b.Permissions = append(b.Permissions[:0], b.Permissions[1:]...)
		if own != "" {
			b.databaseRow(own, "CONNECT", "bob")
		}
		return b
	}
	more := site("").row(Granted, "UPDATE", "va", "r")
	for _, tt := range []struct {
		name, changes, finding string
		site                   siteBuilder
		people                 People
	}{
		{"is there", "", "", site(Granted), People{Total: 1}},
		{"is missing", "grant_connect bob", "", site(""), People{Gain: []string{"bob"}, Total: 1}},
		{"is given when the rest is done", "revoke r, grant_connect bob", "", more, People{Gain: []string{"bob"}, Total: 1}},
		{"is denied", "", `user "bob" is denied CONNECT and cannot enter; use DATABASE; grant CONNECT bob (`, site(Denied), People{Total: 1}},
		{"is denied to a role", "", `"x" is denied CONNECT, which keeps out bob; use DATABASE; revoke CONNECT x (`, site(Granted).member("x", "bob").databaseRow(Denied, "CONNECT", "x"), People{Total: 1}},
		{"everything is denied to public", "", `revoke CONTROL public (`, site(Granted).databaseRow(Denied, "CONTROL", "public"), People{Total: 1}},
		{"is public's", "grant_connect bob", "", site("").databaseRow(Granted, "CONNECT", "public"), People{Total: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, want, DiffOptions{Statement: pen})
			if got := brief(plan.Changes); got != tt.changes {
				t.Errorf("changes %q, want %q", got, tt.changes)
			}
			if diff := cmp.Diff(tt.people, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
			if said := fmt.Sprint(plan.Findings); !strings.Contains(said, tt.finding) || tt.finding == "" && len(plan.Findings) > 0 {
				t.Errorf("findings %s, want %q", said, tt.finding)
			}
		})
	}
}

// TestPeopleLoseWhatNoViewShows: whoever leaves a role loses all that it has.
func TestPeopleLoseWhatNoViewShows(t *testing.T) {
	site := newSite("va").role("Crew", "+Kept").user("w1", "w2").member("Crew", "w1", "w2").member("Kept", "Crew")
	site.Objects = []Object{{ID: 70, Schema: DboID, Name: "tb_report", Type: Table, Owner: DboID}}
	site.Permissions = append(site.Permissions, PermissionRow{Class: ClassObject, Major: 70, Grantee: site.id("Crew"), Grantor: DboID, Name: "SELECT", State: Granted})
	want := newWanted("va").role("Crew").Wanted
	adopt := DiffOptions{Adopt: []string{"Crew"}}
	plan := Diff(site.Snapshot, want, adopt)
	if diff := cmp.Diff(People{Lose: []string{"w1", "w2"}, LockedOut: []string{"w1", "w2"}, Total: 2}, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if said := fmt.Sprint(plan.Findings); !strings.Contains(said, "w1, w2 lose SELECT on dbo.tb_report") {
		t.Errorf("findings %s", said)
	}
	keep := func(edit func(siteBuilder) siteBuilder) *Plan {
		b := *site.Snapshot
		b.Members, b.Permissions = append([]Member(nil), b.Members...), append([]PermissionRow(nil), b.Permissions...)
		return Diff(edit(siteBuilder{&b}).Snapshot, want, adopt)
	}
	for name, edit := range map[string]func(siteBuilder) siteBuilder{
		"the schema gives it": func(b siteBuilder) siteBuilder { return b.schemaRow(Granted, "SELECT", DboID, "public") },
		"they own it": func(b siteBuilder) siteBuilder {
			b.role("Owners").member("Owners", "w1", "w2")
			b.Objects = []Object{{ID: 70, Schema: DboID, Name: "tb_report", Type: Table, Owner: b.id("Owners")}}
			return b.schemaRow(Denied, "SELECT", DboID, "w1")
		},
		"the database gives it": func(b siteBuilder) siteBuilder {
			return b.databaseRow(Granted, "CONTROL", "w1").databaseRow(Granted, "CONTROL", "w2")
		},
		"a fixed role gives it": func(b siteBuilder) siteBuilder { return b.member("db_datareader", "w1", "w2") },
		"it is denied anyway":   func(b siteBuilder) siteBuilder { return b.schemaRow(Denied, "SELECT", DboID, "public") },
		"nobody can enter":      func(b siteBuilder) siteBuilder { return b.databaseRow(Denied, "CONNECT", "public") },
	} {
		if p := keep(edit); len(p.People.Lose) > 0 {
			t.Errorf("%s, and yet %v lose: %v", name, p.People.Lose, p.Findings)
		}
	}
}

// TestPeopleRenamed: somebody who goes on under another name is one person and
// loses nothing.
func TestPeopleRenamed(t *testing.T) {
	site := newSite("va").role("+r").user("+pete").member("r", "pete").row(Granted, "SELECT", "va", "r")
	w := wantsLogin(newWanted("va").role("r"), "peter", "pete").member("r", "peter").entry(Granted, catalog.Select, "va", "r")
	plan := Diff(site.Snapshot, w.Wanted, DiffOptions{})
	if diff := cmp.Diff(People{Total: 1}, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if got := brief(plan.Changes); got != "drop_user pete, create_user peter, add_member peter" {
		t.Errorf("changes %q", got)
	}
}

// TestPeopleLoseTheSite: to be let in, or not any more, is something.
func TestPeopleLoseTheSite(t *testing.T) {
	site := newSite("va").user("+old", "+shut").login("new").databaseRow(Denied, "CONNECT", "shut")
	plan := Diff(site.Snapshot, newWanted("va").user("new").Wanted, DiffOptions{})
	if diff := cmp.Diff(People{Gain: []string{"new"}, Lose: []string{"old"}, Total: 3}, plan.People, cmpopts.IgnoreFields(People{}, "Effects")); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

// TestDiffSaysWhere: what is found and what is taken names the line that speaks
// of the role or user, and a wanted row its own.
func TestDiffSaysWhere(t *testing.T) {
	site := newSite("va", "vb").role("+r").user("+bob").member("r", "bob").row(Granted, "UPDATE", "va", "bob").row(Granted, "UPDATE", "va", "r").
		column(Granted, "SELECT", "vb", 1, "bob").column(Granted, "SELECT", "vb", 1, "r")
	want := newWanted("va", "vb").role("r").user("bob").member("r", "bob").entry(Granted, catalog.Select, "vb", "r", "bob")
	site.Views = append(site.Views, SiteView{ID: 1500, Schema: DboID, Name: "vc", Owner: site.id("r")})
	want.Views = append(want.Views, "vc")
	want.entry(Granted, catalog.Select, "vc", "r")
	plan := Diff(site.Snapshot, want.Wanted, DiffOptions{})
	var got []string
	for _, f := range plan.Findings {
		got = append(got, fmt.Sprintf("%s at %s", f.Code, f.Where))
	}
	for _, c := range plan.Changes {
		for _, cause := range c.Causes {
			got = append(got, fmt.Sprintf("%s %s of %s at %s, %s", c.Kind, c.Permissions, strings.Join(c.Principals, ", "), cause.Pos, cause.Note))
		}
	}
	wantSaid := []string{"column-grant at grantree.toml:10", "column-grant at grantree.toml:50", "grantee-owns-view at grantree.toml:20",
		"revoke UPDATE of bob, r at grantree.toml:10, nothing here asks for it", "revoke UPDATE of bob, r at grantree.toml:50, nothing here asks for it"}
	slices.Sort(got)
	slices.Sort(wantSaid)
	if d := cmp.Diff(wantSaid, got); d != "" {
		t.Error(d)
	}
}

// TestLeaverWhoIsDenied and stays anyway is denied still: their own CONNECT is
// no matter, whichever row comes first.
func TestLeaverWhoIsDenied(t *testing.T) {
	for _, states := range [][]State{{Granted}, {Granted, Denied}, {Denied, Granted}} {
		site := newSite("va").role("x").user("+pete").databaseRow(Granted, "SHOWPLAN", "pete").with(noConnect("pete"))
		for _, s := range states {
			site.databaseRow(s, "CONNECT", "pete")
		}
		if got := brief(Diff(site.Snapshot, newWanted("va").Wanted, DiffOptions{}).Changes); (got == "revoke_connect pete") != (len(states) == 1) {
			t.Errorf("%v: %q", states, got)
		}
	}
}

// TestOrphanIsPlannedAllTheSame: a user without a login is warned of, and is in
// the site what the policy says once somebody makes the login.
func TestOrphanIsPlannedAllTheSame(t *testing.T) {
	site := newSite("va").role("+r").user("+bob", "ann")
	site.Logins = site.Logins[1:]
	plan := Diff(site.Snapshot, newWanted("va").role("r").user("bob").member("r", "bob").Wanted, DiffOptions{})
	if got := brief(plan.Changes); got != "add_member bob" || codes(plan.Findings) != "orphaned-user" {
		t.Errorf("%q, %v", got, plan.Findings)
	}
}

// TestRenameTwiceInEitherOrder: two that say they were the same one get the
// same answer, whichever a policy names first.
func TestRenameTwiceInEitherOrder(t *testing.T) {
	site := newSite("va").user("+u5")
	for _, taken := range []bool{false, true} {
		if taken {
			site.user("+u4")
		}
		w := newWanted("va").user("u3", "u4")
		for i := range w.Users {
			w.Users[i].Was = "u5"
		}
		one := Diff(site.Snapshot, w.Wanted, DiffOptions{})
		slices.Reverse(w.Users)
		other := Diff(site.Snapshot, w.Wanted, DiffOptions{})
		if diff := cmp.Diff(one, other); diff != "" {
			t.Errorf("u4 there already: %t: another order gives another plan:\n%s", taken, diff)
		}
		if !slices.ContainsFunc(one.Findings, func(f finding.Finding) bool { return f.Code == finding.RenameTaken }) {
			t.Errorf("u4 there already: %t: nothing is said of it: %v", taken, one.Findings)
		}
	}
}

// TestLoginTaken: who gets a login of their own by the policy, and one that
// somebody else made in fact, is told of, once, when their user is made.
func TestLoginTaken(t *testing.T) {
	for name, tt := range map[string]struct {
		site     siteBuilder
		newLogin bool
		adopt    []string
		want     bool
	}{
		"made by somebody else":   {newSite("va").loginWith("pete", "99", SQLUser), true, nil, true},
		"made by grantree":        {newSite("va").loginWith("pete", "AA99", SQLUser), true, nil, false},
		"adopted":                 {newSite("va").loginWith("pete", "99", SQLUser), true, []string{"PETE"}, false},
		"named as one that is":    {newSite("va").loginWith("pete", "99", SQLUser), false, nil, false},
		"who is in the site":      {newSite("va").user("+pete"), true, nil, false},
		"missing":                 {newSite("va").login("x"), true, nil, false},
		"of Windows, as it is to": {newSite("va").loginWith(`X\pete`, "99", WindowsUser), true, nil, false},
	} {
		w := wantsLogin(newWanted("va"), "pete", "pete")
		if strings.Contains(name, "Windows") {
			w = wantsLogin(newWanted("va"), `X\pete`, `X\pete`)
			w.Users[0].Type = WindowsUser
		}
		w.Users[0].NewLogin = tt.newLogin
		plan := Diff(tt.site.Snapshot, w.Wanted, DiffOptions{Statement: pen, AdoptLogins: tt.adopt, Made: func(sid string) bool { return strings.HasPrefix(sid, "AA") }})
		said := slices.ContainsFunc(plan.Findings, func(f finding.Finding) bool { return f.Code == finding.LoginTaken })
		if said != tt.want || plan.Findings.HasErrors() && tt.want {
			t.Errorf("%s: %v", name, plan.Findings)
		}
	}
}
