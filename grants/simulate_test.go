package grants

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
)

// TestWithFollowsTheTable goes through reference B.5 row by row.
func TestWithFollowsTheTable(t *testing.T) {
	site := func() siteBuilder { return newSite("v").role("r", "x") }
	foreign := func(b siteBuilder) siteBuilder {
		b.row(Granted, "SELECT", "v", "r").Permissions[0].Grantor = b.id("x")
		return b
	}
	for _, tt := range []struct {
		name string
		site siteBuilder
		kind Kind
		want []string
		err  string
	}{
		{"none, GRANT", site(), GrantOn, []string{"G by dbo"}, ""},
		{"none, DENY", site(), DenyOn, []string{"D by dbo"}, ""},
		{"none, REVOKE", site(), RevokeOn, nil, ""},
		{"D, GRANT", site().row(Denied, "SELECT", "v", "r"), GrantOn, []string{"G by dbo"}, ""},
		{"G, GRANT", site().row(Granted, "SELECT", "v", "r"), GrantOn, []string{"G by dbo"}, ""},
		{"G, DENY", site().row(Granted, "SELECT", "v", "r"), DenyOn, []string{"D by dbo"}, ""},
		{"G, REVOKE", site().row(Granted, "SELECT", "v", "r"), RevokeOn, nil, ""},
		{"D, REVOKE", site().row(Denied, "SELECT", "v", "r"), RevokeOn, nil, ""},
		{"W, plain GRANT", site().row(GrantedWithGrant, "SELECT", "v", "r"), GrantOn, []string{"G by dbo"}, ""},
		{"W, DENY without CASCADE", site().row(GrantedWithGrant, "SELECT", "v", "r"), DenyOn, nil, "4611"},
		{"W, REVOKE without CASCADE", site().row(GrantedWithGrant, "SELECT", "v", "r"), RevokeOn, nil, "4611"},
		{"G by another grantor, REVOKE", foreign(site()), RevokeOn, []string{"G by x"}, ""},
		{"column rows, REVOKE on the view", site().column(Granted, "SELECT", "v", 2, "r"), RevokeOn, nil, ""},
		{"column rows, DENY on the view", site().column(Granted, "SELECT", "v", 2, "r"), DenyOn, []string{"D by dbo"}, ""},
		{"column rows of another permission stay", site().column(Granted, "UPDATE", "v", 2, "r"), GrantOn, []string{"G by dbo", "G by dbo on column 2"}, ""},
		{"B.7: the owner of the view", owned(site(), "r"), GrantOn, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := Change{Kind: tt.kind, Schema: "dbo", View: "V", Permissions: catalog.Select, Principals: []string{"R"}}
			end, err := tt.site.With([]Change{change})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error = %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, rowsTo(end, tt.site.id("r"))); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func rowsTo(s *Snapshot, grantee int) []string {
	f := &printer{ix: newIndex(s)}
	var out []string
	for _, r := range s.Permissions {
		if r.Grantee == grantee {
			text := string(r.State) + " by " + f.name(r.Grantor)
			if r.Minor != 0 {
				text += " on column 2"
			}
			out = append(out, text)
		}
	}
	return out
}

func TestWithRefuses(t *testing.T) {
	site := newSite("v").role("+r", "full", "owner", "grantor").user("bob").member("full", "bob")
	site.Schemas = append(site.Schemas, Schema{ID: 9, Name: "app", Owner: site.id("owner")})
	site.row(Granted, "SELECT", "v", "full").Permissions[len(site.Permissions)-1].Grantor = site.id("grantor")
	for _, tt := range []struct {
		name   string
		change Change
		err    string
	}{
		{"a role that is there", Change{Kind: CreateRole, Principals: []string{"R"}}, `principal "R" already`},
		{"a user whose name is taken", Change{Kind: CreateUser, Principals: []string{"r"}}, `principal "r" already`},
		{"a user for a login that has one", Change{Kind: CreateUser, Principals: []string{"robert"}, Login: "bob"}, `has the user "bob" already`},
		{"CONNECT for nobody", Change{Kind: GrantConnect, Principals: []string{"none"}}, `no principal "none"`},
		{"dropping nobody", Change{Kind: DropRole, Principals: []string{"none"}}, `no principal "none"`},
		{"dropping a user as a role", Change{Kind: DropRole, Principals: []string{"bob"}}, "dropped so"},
		{"dropping a fixed role", Change{Kind: DropRole, Principals: []string{"db_owner"}}, "dropped so"},
		{"dropping a role with members", Change{Kind: DropRole, Principals: []string{"full"}}, "has members"},
		{"dropping an owner", Change{Kind: DropRole, Principals: []string{"owner"}}, "owns something"},
		{"dropping a grantor", Change{Kind: DropRole, Principals: []string{"grantor"}}, "granted something"},
		{"a member of no role", Change{Kind: AddMember, Role: "none", Principals: []string{"bob"}}, `no principal "none"`},
		{"a member who is nobody", Change{Kind: AddMember, Role: "r", Principals: []string{"none"}}, `no principal "none"`},
		{"a role in itself", Change{Kind: AddMember, Role: "r", Principals: []string{"r"}}, "cannot be a member"},
		{"a member of public", Change{Kind: AddMember, Role: "public", Principals: []string{"bob"}}, "cannot be a member"},
		{"no view", Change{Kind: GrantOn, Schema: "dbo", View: "w", Permissions: 1, Principals: []string{"r"}}, `no view "w"`},
		{"no grantee", Change{Kind: GrantOn, Schema: "dbo", View: "v", Permissions: 1, Principals: []string{"r", "none"}}, `no principal "none"`},
		{"a fixed role as grantee", Change{Kind: DenyOn, Schema: "dbo", View: "v", Permissions: 1, Principals: []string{"db_owner"}}, "fixed role"},
		{"no principals", Change{Kind: GrantOn}, "names no principal"},
		{"an unknown kind", Change{Kind: "bless", Principals: []string{"r"}}, "unknown kind"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := site.Fingerprint()
			_, err := site.With([]Change{tt.change})
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error = %v, want one with %q", err, tt.err)
			}
			if site.Fingerprint() != before {
				t.Error("the snapshot changed")
			}
		})
	}
}

// TestWithNamesTheChange that the server would refuse.
func TestWithNamesTheChange(t *testing.T) {
	_, err := newSite("v").With([]Change{{Kind: CreateRole, Principals: []string{"a"}}, {Kind: AddMember, Role: "a", Principals: []string{"none"}}})
	if err == nil || !strings.HasPrefix(err.Error(), "change 2, add_member none: ") {
		t.Errorf("%v", err)
	}
}

// TestWithLeavesWhoNeedsNoConnect: dbo cannot be granted or denied anything, and
// nobody can themselves (error 15151, and silence).
func TestWithLeavesWhoNeedsNoConnect(t *testing.T) {
	site := newSite("v").user("bob", "ann")
	site.Runner = Runner{User: "bob", UserID: site.id("bob")}
	for who, changes := range map[string]bool{"dbo": false, "bob": false, "ann": true} {
		for _, kind := range []Kind{RevokeConnect, DenyConnect} {
			end, err := site.With([]Change{{Kind: kind, Principals: []string{who}}})
			if err != nil {
				t.Fatal(err)
			}
			if got := end.Fingerprint() != site.Fingerprint(); got != changes {
				t.Errorf("%s of %s changes the site: %t", kind, who, got)
			}
		}
	}
}

func TestWithMakesUsers(t *testing.T) {
	site := newSite().login("bob")
	site.Logins = append(site.Logins, Login{Name: `DOM\ann`, SID: "A1", Type: WindowsUser})
	end, err := site.With([]Change{
		{Kind: CreateUser, Principals: []string{"Bob"}, Login: "BOB"},
		{Kind: CreateUser, Principals: []string{"Ann"}, Login: `dom\ann`},
		{Kind: CreateUser, Principals: []string{"Eve"}, Login: "new", NewLogin: true},
		{Kind: CreateUser, Principals: []string{"Loose"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Principal{
		{ID: 5, Name: "Bob", Type: SQLUser, SID: sidOf("bob"), AuthType: 1, Managed: true},
		{ID: 6, Name: "Ann", Type: WindowsUser, SID: "A1", AuthType: 3, Managed: true},
		{ID: 7, Name: "Eve", Type: SQLUser, AuthType: 1, Managed: true},
		{ID: 8, Name: "Loose", Type: SQLUser, Managed: true},
	}
	if diff := cmp.Diff(want, end.Principals[5:9]); diff != "" {
		t.Errorf("principals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"G by dbo"}, rowsTo(end, 5)); diff != "" {
		t.Errorf("rows of Bob, CONNECT (-want +got):\n%s", diff)
	}
}

// TestIDsAroundFixedRoles holds that the ids from 16384 to 16399 are the fixed
// roles', and that those around them are given and judged like any other.
func TestIDsAroundFixedRoles(t *testing.T) {
	for id, want := range map[int]bool{-1: false, PublicID: true, 4: true, FirstUserID: false, DBOwnerID - 1: false, DBOwnerID: true,
		DBDenyDataWriterID: true, DBDenyDataWriterID + 1: true, LastFixedRoleID: true, LastFixedRoleID + 1: false, 20_000: false} {
		if isBuiltIn(id) != want {
			t.Errorf("isBuiltIn(%d) = %v", id, !want)
		}
	}
	site := newSite("v").user("last")
	last := site.Principals[len(site.Principals)-1]
	renumber := func(from, to int) {
		for i := range site.Principals {
			if site.Principals[i].ID == from {
				site.Principals[i].ID = to
			}
		}
		for i := range site.Permissions {
			if site.Permissions[i].Grantee == from {
				site.Permissions[i].Grantee = to
			}
		}
	}
	renumber(last.ID, DBOwnerID-2)
	var changes []Change
	for _, name := range []string{"a", "b", "c"} {
		changes = append(changes, Change{Kind: CreateUser, Principals: []string{name}, Login: name})
	}
	grant := Change{Kind: GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"c"}}
	end, err := site.With(append(changes, grant))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, p := range end.Principals {
		ids[p.Name] = p.ID
	}
	want := []int{DBOwnerID - 1, LastFixedRoleID + 1, LastFixedRoleID + 2}
	if got := []int{ids["a"], ids["b"], ids["c"]}; !cmp.Equal(got, want) {
		t.Errorf("new users have the ids %v, want %v", got, want)
	}
	if got := rowsTo(end, ids["c"]); len(got) != 2 {
		t.Errorf("rows of a user above the fixed roles: %v, want CONNECT and SELECT", got)
	}
	again, err := end.With([]Change{{Kind: DropUser, Principals: []string{"c"}}})
	if err != nil || len(again.Principals) != len(end.Principals)-1 {
		t.Errorf("a user above the fixed roles cannot be dropped: %v", err)
	}
}
