package sites

import (
	"context"
	"fmt"
	"testing"

	"grantree/grants"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestShelf: snapshots are what they were, and those that hold the same share it.
func TestShelf(t *testing.T) {
	site := func(edit func(*grants.Snapshot)) *grants.Snapshot {
		p := parsed(t, twoSites)
		s := p.Offline(p.Sites[0])
		for i := range 3 {
			s.Principals = append(s.Principals, grants.Principal{ID: 5 + i, Name: fmt.Sprint("p", i), Type: grants.SQLUser, SID: fmt.Sprint("A", i)})
			s.Members = append(s.Members, grants.Member{Role: 9, Member: 5 + i})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 5 + i})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: 100, Grantee: 5 + i, Name: "SELECT", State: grants.Granted})
			s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 5 + i, Name: "CONNECT SQL", State: grants.Granted})
			s.Logins = append(s.Logins, grants.Login{ID: 5 + i, Name: fmt.Sprint("p", i)})
			s.Objects = append(s.Objects, grants.Object{ID: 200 + i, Name: fmt.Sprint("t", i)})
			s.Dependencies = append(s.Dependencies, grants.Dependency{From: 100, To: 200 + i})
			s.Views = append(s.Views, grants.SiteView{ID: 300 + i, Name: fmt.Sprint("v", i), Columns: []grants.SiteColumn{{ID: 1, Name: "id"}, {ID: 2, Name: fmt.Sprint("c", i)}}})
		}
		edit(s)
		return s
	}
	edits := []func(*grants.Snapshot){
		func(*grants.Snapshot) {},
		func(*grants.Snapshot) {},
		func(s *grants.Snapshot) { s.Principals[len(s.Principals)-1].SID = "B" },
		func(s *grants.Snapshot) { s.Members[1].Role = 8 },
		func(s *grants.Snapshot) { s.Permissions[len(s.Permissions)-1].State = grants.Denied },
		func(s *grants.Snapshot) { s.Schemas[0].Owner++ },
		func(s *grants.Snapshot) { s.Views[len(s.Views)-1].Columns[1].Name = "other" },
		func(s *grants.Snapshot) { s.Views[len(s.Views)-1].Owner = 7 },
		func(s *grants.Snapshot) { s.Objects[2].Dynamic = true },
		func(s *grants.Snapshot) { s.Dependencies[2].Name = "other" },
		func(s *grants.Snapshot) { s.Logins[len(s.Logins)-1].Disabled = true },
		func(s *grants.Snapshot) { s.ServerMembers[0].Role = 4 },
		func(s *grants.Snapshot) { s.ServerPermissions[len(s.ServerPermissions)-1].Name = "CONTROL SERVER" },
		func(s *grants.Snapshot) { s.Members = nil },
	}
	shelf := newShelf()
	var first *grants.Snapshot
	for i, edit := range edits {
		want, got := site(edit), site(edit)
		shelf.put(got)
		if d := cmp.Diff(want, got, cmpopts.EquateComparable(grants.Collation{}.Rule)); d != "" {
			t.Errorf("edit %d: %s", i, d)
		}
		if first == nil {
			first = got
		}
		shared := 0
		for _, same := range []bool{&first.Principals[0] == &got.Principals[0], len(got.Members) > 0 && &first.Members[0] == &got.Members[0],
			&first.Permissions[0] == &got.Permissions[0], &first.Schemas[0] == &got.Schemas[0], &first.Views[0] == &got.Views[0], &first.Objects[0] == &got.Objects[0],
			&first.Dependencies[0] == &got.Dependencies[0], &first.Logins[0] == &got.Logins[0], &first.ServerMembers[0] == &got.ServerMembers[0],
			&first.ServerPermissions[0] == &got.ServerPermissions[0]} {
			if same {
				shared++
			}
		}
		if want := map[bool]int{true: 10, false: 9}[i < 2]; shared != want {
			t.Errorf("edit %d: %d lists are shared, want %d", i, shared, want)
		}
	}
	shelf.put(nil)
}

// TestReadingsShare: sites of one server that hold the same have one list of it.
func TestReadingsShare(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	r := w.fleet(w.policy(9, member("ann", "*"))).Read(context.Background())
	if err := Failures(r); err != nil {
		t.Fatal(err)
	}
	if a, b := r[0].Snapshot, r[1].Snapshot; &a.Logins[0] != &b.Logins[0] || &a.Views[0] != &b.Views[0] || a.Site == b.Site {
		t.Error("nothing is shared")
	}
}
