package adoption_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"

	"pgregory.net/rapid"
)

// drawn is a site in the making, by hand.
type drawn struct {
	*grants.Snapshot
	rt *rapid.T
}

func (d *drawn) chance(what string, percent int) bool {
	return rapid.IntRange(1, 100).Draw(d.rt, what) <= percent
}

// add makes a principal; a user gets a login of its name and CONNECT.
func (d *drawn) add(p grants.Principal, login string) int {
	p.ID = 5 + len(d.Principals)
	if login != "" {
		p.SID = sidOf(login)
		if !slices.ContainsFunc(d.Logins, func(l grants.Login) bool { return l.Name == login }) {
			d.Logins = append(d.Logins, grants.Login{ID: 300 + len(d.Logins), Name: login, SID: p.SID, Type: p.Type})
		}
	}
	d.Principals = append(d.Principals, p)
	if p.Type != grants.DatabaseRole && p.Type != grants.ApplicationRole && d.chance("connect", 95) {
		d.row(grants.PermissionRow{Grantee: p.ID, Grantor: grants.DboID, Name: "CONNECT", State: rapid.SampledFrom([]grants.State{"G", "G", "G", "G", "G", "G", "D", "W"}).Draw(d.rt, "state")})
	}
	return p.ID
}

func sidOf(login string) string { return fmt.Sprintf("%X", "sid of "+login) }

// row adds a row, in the place of one on the same.
func (d *drawn) row(row grants.PermissionRow) {
	d.Permissions = slices.DeleteFunc(d.Permissions, func(o grants.PermissionRow) bool {
		o.State, o.Grantor = row.State, row.Grantor
		return o == row
	})
	d.Permissions = append(d.Permissions, row)
}

// The names of a random site.
var (
	randomRoles = []string{"Mechanic", "imaint_users", "Planner", "Crew", "Night Shift", "PO Requestor", "app_execute", `it's [odd]`, " spaced", "Lagermeister Ü"}
	randomUsers = []string{"ann", "bob", "carol", "dave", `CORP\eve`, "frank", "gina"}
)

// drawSite draws a site as hands leave one: roles that are nearly the vendor's,
// grants by node and one by one, denies, overrides, nested roles, accounts of all
// kinds, rows of all classes.
func drawSite(rt *rapid.T, p *policy.Policy, name string) *grants.Snapshot {
	d := &drawn{Snapshot: p.Offline(policy.Site{Name: name, Server: "main", Database: "iMaint_" + name}), rt: rt}
	if d.chance("lacks views", 30) {
		d.Views = slices.DeleteFunc(d.Views, func(v grants.SiteView) bool { return v.ID%13 == 0 })
	}
	for i := range d.Views {
		d.Views[i].Columns = []grants.SiteColumn{{ID: 1, Name: "id"}, {ID: 2, Name: "name"}}
	}
	d.Views = append(d.Views, grants.SiteView{ID: 5000, Schema: 1, Name: "imvw_own_report", Owner: grants.DboID}, grants.SiteView{ID: 5001, Schema: 1, Name: "other_view", Owner: grants.DboID})
	d.Objects = append(d.Objects, grants.Object{ID: 6000, Schema: 1, Name: "usp_close", Type: grants.Procedure, Owner: grants.DboID})
	d.Permissions = append(d.Permissions, grants.PermissionRow{Class: 1, Major: -200, Grantee: 0, Grantor: 1, Name: "SELECT", State: "G"}, grants.PermissionRow{Grantee: 1, Grantor: 1, Name: "CONNECT", State: "G"})
	var roles, users []int
	for _, r := range randomRoles {
		if d.chance("has "+r, 50) {
			roles = append(roles, d.add(grants.Principal{Name: r, Type: grants.DatabaseRole, Owner: grants.DboID}, ""))
		}
	}
	for _, u := range randomUsers {
		if d.chance("has "+u, 75) {
			users = append(users, d.account(u))
		}
	}
	for _, r := range roles {
		d.grants(p, r)
		for _, u := range users {
			if d.chance("member", 40) {
				d.Members = append(d.Members, grants.Member{Role: r, Member: u})
			}
		}
		for _, o := range roles {
			if o < r && d.chance("nested", 3) {
				d.Members = append(d.Members, grants.Member{Role: r, Member: o})
			}
		}
	}
	for _, u := range users {
		if d.chance("own rows", 30) {
			d.grants(p, u)
		}
		if d.chance("fixed", 5) {
			d.Members = append(d.Members, grants.Member{Role: rapid.SampledFrom([]int{grants.DBOwnerID, grants.DBDataReaderID, grants.DBDenyDataWriterID, grants.DBSecurityAdminID}).Draw(rt, "which"), Member: u})
		}
	}
	for range rapid.IntRange(0, 4).Draw(rt, "odd rows") {
		d.odd(append(append([]int{0}, roles...), users...))
	}
	return d.Snapshot
}

// account makes an account of some kind.
func (d *drawn) account(name string) int {
	p := grants.Principal{Name: name, Type: grants.SQLUser, AuthType: grants.AuthLogin}
	if strings.Contains(name, `\`) {
		p.Type, p.AuthType = rapid.SampledFrom([]grants.PrincipalType{grants.WindowsUser, grants.WindowsGroup}).Draw(d.rt, "type"), grants.AuthWindows
		return d.add(p, name)
	}
	switch rapid.IntRange(0, 24).Draw(d.rt, "kind of "+name) {
	case 0:
		p.AuthType = grants.AuthNone
		return d.add(p, "")
	case 1: // an orphan, and perhaps a login of its name
		id := d.add(p, "")
		d.Principals[len(d.Principals)-1].SID = sidOf("gone " + name)
		if d.chance("namesake", 50) {
			d.Logins = append(d.Logins, grants.Login{ID: 300 + len(d.Logins), Name: name, SID: sidOf(name), Type: grants.SQLUser})
		}
		return id
	case 2:
		return d.add(p, name+" at work")
	case 3:
		p.Type, p.AuthType = grants.ExternalUser, grants.AuthExternal
		return d.add(p, name)
	case 4:
		p.Type, p.AuthType = grants.CertificateUser, grants.AuthNone
		return d.add(p, "")
	}
	return d.add(p, name)
}

// grants gives a principal rows on views: by lines of a policy, with some edits.
func (d *drawn) grants(p *policy.Policy, to int) {
	nodes := []string{"Work Orders", "Assets", "Purchasing", "Inventory", "Time Cards", "Meter Update", "General Ledger", "Modules | Asset", "Scheduling"}
	ids := map[string]int{}
	for _, v := range d.Views {
		ids[catalog.ViewName(v.Name).Key()] = v.ID
	}
	put := func(id int, one catalog.Permissions, s grants.State) {
		d.row(grants.PermissionRow{Class: grants.ClassObject, Major: id, Grantee: to, Grantor: grants.DboID, Name: one.String(), State: s})
	}
	for range rapid.IntRange(0, 3).Draw(d.rt, "lines") {
		asked := catalog.Permissions(rapid.IntRange(1, 15).Draw(d.rt, "permissions"))
		t, _ := p.Catalog.Resolve(rapid.SampledFrom(nodes).Draw(d.rt, "node"))
		for _, n := range p.Catalog.Under(t.Roots(), t.Except) {
			for i := range n.Views {
				if id := ids[n.Views[i].Site.Key()]; id != 0 {
					for _, one := range p.Catalog.Reaches(n, &n.Views[i], asked).Each() {
						put(id, one, grants.Granted)
					}
				}
			}
		}
	}
	for range rapid.IntRange(0, 4).Draw(d.rt, "edits") {
		v := d.Views[rapid.IntRange(0, len(d.Views)-1).Draw(d.rt, "view")]
		one := rapid.SampledFrom(catalog.All.Each()).Draw(d.rt, "one")
		put(v.ID, one, rapid.SampledFrom([]grants.State{"G", "G", "D"}).Draw(d.rt, "state"))
	}
	if d.chance("taken", 30) {
		n := rapid.IntRange(2, 20).Draw(d.rt, "every")
		d.Permissions = slices.DeleteFunc(d.Permissions, func(r grants.PermissionRow) bool {
			return r.Grantee == to && r.Class == grants.ClassObject && r.Major%n == 0
		})
	}
}

// odd adds a row that no policy can say.
func (d *drawn) odd(principals []int) {
	to := rapid.SampledFrom(principals).Draw(d.rt, "grantee")
	v := d.Views[rapid.IntRange(0, len(d.Views)-1).Draw(d.rt, "view")]
	row := grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: to, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted}
	switch rapid.IntRange(0, 7).Draw(d.rt, "odd") {
	case 0:
		row.Minor = 1
	case 1:
		row.State = grants.GrantedWithGrant
	case 2:
		row.Class, row.Major = grants.ClassSchema, 1
	case 3:
		row.Class, row.Major, row.Name = grants.ClassDatabase, 0, rapid.SampledFrom([]string{"SELECT", "CONTROL", "VIEW DEFINITION", "ALTER ANY ROLE"}).Draw(d.rt, "name")
	case 4:
		row.Major, row.Name = 6000, "EXECUTE"
	case 5:
		row.Class, row.Major, row.Name = grants.ClassPrincipal, principals[len(principals)-1], "IMPERSONATE"
	case 6:
		row.Name = "CONTROL"
	case 7:
		row.Class, row.Major, row.State = grants.ClassSchema, 1, grants.Denied
	}
	d.row(row)
}

// complete holds a result to its word: each row and membership of a site is what
// the policy wants, or in the report.
func complete(t testing.TB, got *adoption.Result, s *grants.Snapshot) {
	t.Helper()
	w, _ := got.Policy.Wanted(s)
	told, said := map[int]bool{}, map[int]bool{}
	for _, i := range got.Report.Items {
		for _, at := range i.Rows[s.Site] {
			told[at] = true
		}
		for _, at := range i.Members[s.Site] {
			said[at] = true
		}
	}
	name, view := map[int]string{}, map[int]string{}
	for _, p := range s.Principals {
		name[p.ID] = p.Name
	}
	for _, v := range s.Views {
		view[v.ID] = v.Name
	}
	wanted := map[string]bool{}
	for _, e := range w.Entries {
		wanted[fmt.Sprint(e.Grantee, "|", e.View, "|", e.Permission, "|", e.State)] = true
	}
	for _, u := range w.Users {
		wanted[u.Name+"||CONNECT|G"] = true
	}
	for _, m := range w.Members {
		wanted[m.Role+">"+m.User] = true
	}
	for i, r := range s.Permissions {
		key := fmt.Sprint(name[r.Grantee], "|", view[r.Major], "|", r.Name, "|", r.State)
		if r.Class == grants.ClassDatabase {
			key = fmt.Sprint(name[r.Grantee], "||", r.Name, "|", r.State)
		}
		if plain := r.Class == grants.ClassObject && r.Minor == 0 || r.Class == grants.ClassDatabase; !told[i] && !(plain && wanted[key]) {
			t.Errorf("%s: the row %+v of %q is neither in the policy nor in the report\n%s", s.Site, r, name[r.Grantee], got.Text)
		}
	}
	for i, m := range s.Members {
		if !said[i] && !wanted[name[m.Role]+">"+name[m.Member]] {
			t.Errorf("%s: that %q is in %q is neither in the policy nor in the report\n%s", s.Site, name[m.Member], name[m.Role], got.Text)
		}
	}
}

// TestImportChangesNothing draws sites, and imports them.
func TestImportChangesNothing(t *testing.T) {
	p, _ := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(fleet)}, nil)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSite(rt, p, "North")
		got := imported(tb{t, rt}, fleet, s)
		complete(tb{t, rt}, got, s)
		judged(tb{t, rt}, got, s)
	})
}

// tb lets helpers of a test fail a draw.
type tb struct {
	testing.TB
	rt *rapid.T
}

func (b tb) Helper()                           {}
func (b tb) Error(args ...any)                 { b.rt.Error(args...) }
func (b tb) Errorf(format string, args ...any) { b.rt.Errorf(format, args...) }
func (b tb) Fatal(args ...any)                 { b.rt.Fatal(args...) }
func (b tb) Fatalf(format string, args ...any) { b.rt.Fatalf(format, args...) }
