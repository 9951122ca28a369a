package security

import (
	"fmt"
	"testing"
)

// fleet is a database of views and roles as a provisioner leaves it: every
// role may SELECT from every view.
func fleet(b *testing.B, views, roles int) *world {
	w := newWorld(b)
	for i := range roles {
		w.do("sa", fmt.Sprintf("ROLE role%d", i))
	}
	for i := range views {
		w.view("dbo", fmt.Sprintf("view%d", i), "t")
	}
	return w
}

// BenchmarkGrant is one GRANT in a version of its own, as autocommit does it.
func BenchmarkGrant(b *testing.B) {
	w := fleet(b, 400, 40)
	for i := 0; b.Loop(); i++ {
		w.s = w.s.Begin()
		w.do("sa", fmt.Sprintf("GRANT SELECT, INSERT ON dbo.view%d TO role%d", i%400, i%40))
	}
}

// BenchmarkPermissionRows reads sys.database_permissions of 400 views × 40
// roles.
func BenchmarkPermissionRows(b *testing.B) {
	w := granted(b)
	for b.Loop() {
		if rows := rowsOf(databasePermissions, permissionRow)(w.s.Checker(w.as("sa")), w.app().ID); len(rows) < 16000 {
			b.Fatal(len(rows))
		}
	}
}

// BenchmarkHasPerms asks four permissions on 400 views as a member of three
// roles.
func BenchmarkHasPerms(b *testing.B) {
	w := granted(b)
	w.do("sa", "MEMBER role1 bob", "MEMBER role2 bob", "MEMBER role3 bob")
	for b.Loop() {
		c := w.s.Checker(w.as("bob"))
		for i := range 400 {
			name := fmt.Sprintf("dbo.view%d", i)
			for _, permission := range dml {
				c.HasPermsByName(&name, ptr("OBJECT"), &permission, nil, nil)
			}
		}
	}
}

// BenchmarkViewsOfAUser reads sys.views as someone who sees them by grant.
func BenchmarkViewsOfAUser(b *testing.B) {
	w := granted(b)
	w.do("sa", "MEMBER role1 bob")
	for b.Loop() {
		if rows := rowsOf(seen(KindView), viewRow)(w.s.Checker(w.as("bob")), w.app().ID); len(rows) != 400 {
			b.Fatal(len(rows))
		}
	}
}

func granted(b *testing.B) *world {
	w := fleet(b, 400, 40)
	for v := range 400 {
		for r := range 40 {
			w.do("sa", fmt.Sprintf("GRANT SELECT ON dbo.view%d TO role%d", v, r))
		}
	}
	return w
}
