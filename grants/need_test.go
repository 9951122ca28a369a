package grants

import (
	"strings"
	"testing"
)

// TestLacking: what a runner meets is told by what their user and roles hold, a
// DENY among it, as the server would.
func TestLacking(t *testing.T) {
	site := func(edit func(*Snapshot)) *Snapshot {
		s := &Snapshot{Site: "North", LoginsVisible: true, Schemas: []Schema{{ID: 1, Name: "dbo", Owner: DboID}}, Views: []SiteView{{ID: 100, Schema: 1, Name: "v", Owner: DboID}}}
		s.Principals = append(append(s.Principals, builtIn[:]...), Principal{ID: 5, Name: "runner", Type: SQLUser, AuthType: AuthLogin, SID: "AA"},
			Principal{ID: 6, Name: "role", Type: DatabaseRole, Owner: DboID}, Principal{ID: 7, Name: "Crew", Type: DatabaseRole, Owner: DboID})
		s.Members = []Member{{Role: 6, Member: 5}}
		s.Runner = Runner{Login: "runner", User: "runner", UserID: 5}
		edit(s)
		return s
	}
	row := func(class Class, major, grantee int, name string, state State) func(*Snapshot) {
		return func(s *Snapshot) {
			s.Permissions = append(s.Permissions, PermissionRow{Class: class, Major: major, Grantee: grantee, Grantor: DboID, Name: name, State: state})
		}
	}
	all := func(edits ...func(*Snapshot)) func(*Snapshot) {
		return func(s *Snapshot) {
			for _, e := range edits {
				e(s)
			}
		}
	}
	grant := Change{Kind: GrantOn, Schema: "dbo", View: "v", Principals: []string{"Crew"}}
	member := Change{Kind: AddMember, Role: "Crew", Principals: []string{"ann"}}
	user, role := Change{Kind: CreateUser, Principals: []string{"ann"}}, Change{Kind: CreateRole, Principals: []string{"New"}}
	for name, tt := range map[string]struct {
		site   *Snapshot
		change Change
		want   string
	}{
		"nothing held":               {site(func(*Snapshot) {}), grant, "CONTROL v"},
		"on the view":                {site(row(ClassObject, 100, 5, "CONTROL", Granted)), grant, ""},
		"on the view, by a role":     {site(row(ClassObject, 100, 6, "CONTROL", Granted)), grant, ""},
		"on the view, another":       {site(row(ClassObject, 100, 7, "CONTROL", Granted)), grant, "CONTROL v"},
		"on the view, and denied":    {site(all(row(ClassObject, 100, 6, "CONTROL", Granted), row(ClassObject, 100, PublicID, "CONTROL", Denied))), grant, "CONTROL v"},
		"on the schema":              {site(row(ClassSchema, 1, 5, "CONTROL", Granted)), grant, ""},
		"a role that may":            {site(func(s *Snapshot) { s.Members = append(s.Members, Member{Role: DBSecurityAdminID, Member: 5}) }), grant, ""},
		"a role, for members":        {site(func(s *Snapshot) { s.Members = append(s.Members, Member{Role: DBSecurityAdminID, Member: 5}) }), member, ""},
		"on the role":                {site(row(ClassPrincipal, 7, 5, "ALTER", Granted)), member, ""},
		"on all roles":               {site(row(ClassDatabase, 0, 5, "ALTER ANY ROLE", Granted)), member, ""},
		"on all users":               {site(row(ClassDatabase, 0, 5, "ALTER ANY USER", Granted)), user, ""},
		"on all users, and denied":   {site(all(row(ClassDatabase, 0, 5, "ALTER ANY USER", Granted), row(ClassDatabase, 0, 5, "ALTER ANY USER", Denied))), user, "ALTER ANY USER "},
		"on all users, for a role":   {site(row(ClassDatabase, 0, 5, "ALTER ANY USER", Granted)), role, "CONTROL "},
		"all, as the server says":    {site(func(s *Snapshot) { s.Runner.CanControl = true }), role, ""},
		"a sysadmin":                 {site(func(s *Snapshot) { s.Runner.SysAdmin = true }), role, ""},
		"dbo":                        {site(func(s *Snapshot) { s.Runner.UserID = DboID }), role, ""},
		"who is no user of the site": {site(all(row(ClassDatabase, 0, PublicID, "ALTER ANY USER", Granted), func(s *Snapshot) { s.Runner.User = "somebody" })), user, "ALTER ANY USER "},
	} {
		var got []string
		for _, n := range Lacking(tt.site, NeedsToSend(tt.site, []Change{tt.change})) {
			got = append(got, n.Permission+" "+n.On.Name)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %q, want %q", name, s, tt.want)
		}
	}
}

// TestEveryKindOfChangeTakesSomething: none is taken for free, and each need but
// the last resort says where it comes from.
func TestEveryKindOfChangeTakesSomething(t *testing.T) {
	s := &Snapshot{}
	for _, kind := range []Kind{CreateRole, DropRole, CreateUser, DropUser, AddMember, DropMember, GrantOn, DenyOn, RevokeOn, Mark, Unmark, RenameRole, RenameUser, GrantConnect, RevokeConnect, DenyConnect} {
		needs := NeedsToSend(s, []Change{{Kind: kind, Role: "r", Was: "w", Schema: "dbo", View: "v", Principals: []string{"p"}}})
		if len(needs) != 1 || needs[0].Source == "" || needs[0].For == string(kind) {
			t.Errorf("%s: %+v", kind, needs)
		}
	}
	if n := NeedsToSend(s, []Change{{Kind: "new"}}); len(n) != 1 || n[0].Permission != "CONTROL" {
		t.Errorf("a kind that nobody knows: %+v", n)
	}
	if n := NeedsToSend(s, []Change{{Kind: DropUser, Principals: []string{"p"}}, {Kind: CreateRole, Principals: []string{"p"}}}); len(n) != 1 || n[0].Permission != "CONTROL" {
		t.Errorf("CONTROL covers the others: %+v", n)
	}
}
