package agreement

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
	"grantree/sql/mssql"
	"grantree/sql/tsql"

	"github.com/google/go-cmp/cmp"
)

var reportSites = flag.Int("reports", 12, "how many random sites to run the permission reports on")

// TestReports runs what permission reports ask on random sites: their members and
// rows are those of the snapshot, and who may read a view by them is whom who
// lists, but for what no report knows.
func TestReports(t *testing.T) {
	server := newWaysServer(t)
	server.site = fmt.Sprintf("gt_reports_%d", os.Getpid())
	logins, end := "USE master;\n", "USE master;\n"
	for i := range reportUsers {
		logins += fmt.Sprintf("CREATE LOGIN %s_%d WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF;\n", server.site, i)
		end += fmt.Sprintf("DROP LOGIN %s_%d;\n", server.site, i)
	}
	some := 0
	for n := range *reportSites {
		s := &state{rand: rand.New(rand.NewPCG(*seed, uint64(n)))}
		script := strings.ReplaceAll(reportStage+reportScript(s), "@login", server.site+"_")
		server.run(t, logins+"CREATE DATABASE @site;\nGO\nUSE @site;\nGO\n"+script)
		snapshot, err := mssql.Snapshot(context.Background(), server.conn, "reports", "test")
		check(t, err)
		r := ask(t, server.conn)
		sameRows(t, r, snapshot)
		for _, view := range reportViews {
			some += sameReaders(t, r, grants.Inquire(snapshot, &grants.Wanted{}, grants.Acceptance{}), view)
		}
		server.run(t, "USE master; DROP DATABASE @site;\n"+end)
		if t.Failed() {
			t.Fatalf("site %d of seed %d:\n%s", n, *seed, script)
		}
	}
	if some < *reportSites {
		t.Errorf("%d people may read something on %d sites: the sites show too little", some, *reportSites)
	}
}

// TestReportsOfTheDemo runs them on the demo's sites after its policy was applied.
func TestReportsOfTheDemo(t *testing.T) {
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		t.Skip("the demo is made on an embedded server")
	}
	server := newWaysServer(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "cmd", "grantree", "files", "demo.toml"))
	check(t, err)
	p, findings := policy.Parse(policy.Source{File: "demo.toml", Data: text}, nil)
	check(t, findings.Err())
	here := *p
	here.Servers = nil
	for _, s := range p.Servers {
		here.Servers = append(here.Servers, policy.Server{Name: s.Name, URL: server.address.URL, User: server.address.User, Pos: s.Pos})
	}
	for _, u := range p.Users {
		if !u.NewLogin {
			server.run(t, "USE master; CREATE LOGIN "+tsql.Quote(u.Login)+" WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF;")
		}
	}
	for _, s := range p.Sites {
		server.run(t, mssql.MakeBareSite(s.Database, p.Catalog.Schema, p.Catalog.Views()))
	}
	f, err := sites.Open(&here, sites.Options{Password: func(policy.Server) (string, error) { return server.address.Password, nil }})
	check(t, err)
	defer f.Close()
	readings := f.Read(context.Background())
	_, err = f.Apply(context.Background(), f.Plan(context.Background(), readings, sites.PlanOptions{ExpectLoss: -1}, false), sites.Events{})
	check(t, err)
	some := 0
	for _, r := range f.Read(context.Background()) {
		check(t, r.Err)
		server.run(t, "USE "+tsql.Quote(r.Site.Database))
		got := ask(t, server.conn)
		sameRows(t, got, r.Snapshot)
		wanted, _ := here.Wanted(r.Snapshot)
		q := grants.Inquire(r.Snapshot, wanted, here.Accepts(r.Site.Name, time.Time{}))
		for i, v := range r.Snapshot.Views {
			if i%8 == 0 {
				some += sameReaders(t, got, q, "dbo."+v.Name)
			}
		}
	}
	if some < 100 {
		t.Errorf("%d answers on the demo are that somebody may read a view", some)
	}
}

// sameRows holds members and rows of the reports to the snapshot's.
func sameRows(t *testing.T, r reports, s *grants.Snapshot) {
	t.Helper()
	name, login, schema, object := map[int]string{}, map[int]string{}, map[int]string{}, map[int][2]string{}
	for _, p := range s.Principals {
		name[p.ID] = p.Name
	}
	for _, l := range s.Logins {
		login[l.ID] = l.Name
	}
	for _, x := range s.Schemas {
		schema[x.ID] = x.Name
	}
	columns := map[[2]int]string{}
	for _, v := range s.Views {
		object[v.ID] = [2]string{schema[v.Schema], v.Name}
		for _, c := range v.Columns {
			columns[[2]int{v.ID, c.ID}] = c.Name
		}
	}
	for _, o := range s.Objects {
		object[o.ID] = [2]string{schema[o.Schema], o.Name}
	}
	states := map[grants.State]string{grants.Granted: "GRANT", grants.GrantedWithGrant: "GRANT_WITH_GRANT_OPTION", grants.Denied: "DENY", grants.Revoked: "REVOKE"}
	var members, inServer [][2]string
	for _, m := range s.Members {
		members = append(members, [2]string{name[m.Role], name[m.Member]})
	}
	for _, m := range s.ServerMembers {
		inServer = append(inServer, [2]string{login[m.Role], login[m.Member]})
	}
	var rows, onServer []reportRow
	for _, p := range s.Permissions {
		x := reportRow{grantee: name[p.Grantee], state: states[p.State], permission: p.Name}
		switch p.Class {
		case grants.ClassDatabase:
			x.class = "DATABASE"
		case grants.ClassObject:
			x.class, x.schema, x.object, x.column = "OBJECT_OR_COLUMN", object[p.Major][0], object[p.Major][1], columns[[2]int{p.Major, p.Minor}]
		case grants.ClassSchema:
			x.class, x.schema = "SCHEMA", schema[p.Major]
		case grants.ClassPrincipal:
			x.class, x.object = "DATABASE_PRINCIPAL", name[p.Major]
		}
		rows = append(rows, x)
	}
	for _, p := range s.ServerPermissions {
		x := reportRow{grantee: login[p.Grantee], state: states[p.State], permission: p.Name, class: "SERVER"}
		if p.Class == grants.ClassServerPrincipal {
			x.class, x.object = "SERVER_PRINCIPAL", login[p.Major]
		}
		onServer = append(onServer, x)
	}
	same(t, "members", r.members, members)
	same(t, "members of server roles", r.inServer, inServer)
	same(t, "rows", r.rows, rows)
	same(t, "rows of the server", r.onServer, onServer)
	var accounts, known []string
	for _, p := range r.principals {
		accounts = append(accounts, p.name)
	}
	for _, p := range s.Principals {
		known = append(known, p.Name)
	}
	same(t, "principals", accounts, known)
}

// same holds two lists to be one, whatever their order.
func same[T any](t *testing.T, what string, got, want []T) {
	t.Helper()
	line := func(list []T) []string {
		var out []string
		for _, x := range list {
			out = append(out, fmt.Sprint(x))
		}
		slices.Sort(out)
		return out
	}
	if d := cmp.Diff(line(want), line(got)); d != "" {
		t.Errorf("%s of the reports, against the snapshot's (-snapshot +reports):\n%s", what, d)
	}
}

// byReports are the kinds of reasons that a report can see; that somebody can act as
// another is none.
var byReports = []string{"grant", "owner", "fixed_role", "schema", "database", "dbo", "server_role", "server_permission", "database_owner"}

// sameReaders holds who may read a view by the reports to whom who lists as such, and
// returns how many.
func sameReaders(t *testing.T, r reports, q *grants.Inquiry, view string) int {
	t.Helper()
	var listed []string
	for _, d := range q.Who(view, catalog.Select) {
		direct := slices.ContainsFunc(d.Because, func(x grants.Reason) bool {
			return !x.Beaten && slices.Contains(byReports, x.Kind) && !strings.Contains(x.Text, "denie")
		})
		if d.Allowed == grants.Yes && direct && !d.Has("connect", "login") {
			listed = append(listed, d.User)
		}
	}
	schema, name, _ := strings.Cut(view, ".")
	may := r.may(schema, name)
	slices.Sort(listed)
	if d := cmp.Diff(listed, may); d != "" {
		t.Errorf("who may read %s (-who +reports):\n%s", view, d)
	}
	return len(may)
}

// The stage of a random site: views and their tables in the same schema each, so that
// no chain of owners breaks, which the reports do not see.
const reportUsers = 5

var reportViews = []string{"dbo.v1", "dbo.v2", "app.v3"}

const reportStage = `
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE TABLE dbo.t1 (a int NULL, b int NULL); CREATE TABLE app.t3 (a int NULL, b int NULL);
GO
CREATE VIEW dbo.v1 AS SELECT a, b FROM dbo.t1;
GO
CREATE VIEW dbo.v2 AS SELECT a, b FROM dbo.v1;
GO
CREATE VIEW app.v3 AS SELECT a, b FROM app.t3;
GO
CREATE USER u0 FOR LOGIN @login0; CREATE USER u1 FOR LOGIN @login1; CREATE USER u2 FOR LOGIN @login2; CREATE USER u3 FOR LOGIN @login3; CREATE USER u4 WITHOUT LOGIN;
CREATE ROLE r1 AUTHORIZATION dbo; CREATE ROLE r2 AUTHORIZATION dbo; CREATE ROLE r3 AUTHORIZATION dbo; CREATE ROLE [r 4] AUTHORIZATION dbo;
GO
`

// reportScript makes up what a site holds; what a server refuses is left out.
func reportScript(s *state) string {
	users, roles := []string{"u0", "u1", "u2", "u3", "u4"}, []string{"r1", "r2", "r3", "[r 4]"}
	all := append(append([]string{"public"}, users...), roles...)
	verb := func() string { return pick(s, []string{"GRANT", "GRANT", "GRANT", "GRANT", "DENY"}) }
	var b strings.Builder
	for range 8 + s.rand.IntN(16) {
		text := ""
		switch s.rand.IntN(13) {
		case 12:
			text = "USE master; " + pick(s, []string{"ALTER SERVER ROLE sysadmin ADD MEMBER @login1", "GRANT SELECT ALL USER SECURABLES TO @login2", "DENY SELECT ALL USER SECURABLES TO @login3",
				"GRANT CONTROL SERVER TO @login0", "ALTER SERVER ROLE securityadmin ADD MEMBER @login2"}) + "; USE @site"
		case 0, 1, 2:
			text = fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, roles), pick(s, append(users, roles...)))
		case 3:
			text = fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, []string{"db_owner", "db_datareader", "db_denydatareader", "db_datawriter", "db_securityadmin"}), pick(s, append(users, roles...)))
		case 4:
			text = fmt.Sprintf("%s %s TO %s", verb(), pick(s, []string{"SELECT", "CONTROL", "CONNECT", "UPDATE", "VIEW DEFINITION", "ALTER ANY ROLE"}), pick(s, all))
		case 5:
			text = fmt.Sprintf("%s %s ON SCHEMA::%s TO %s", verb(), pick(s, []string{"SELECT", "CONTROL", "UPDATE", "EXECUTE"}), pick(s, []string{"dbo", "app"}), pick(s, all))
		case 6:
			text = "ALTER AUTHORIZATION ON SCHEMA::app TO " + pick(s, append(users, roles...))
		case 7:
			text = fmt.Sprintf("%s %s ON %s TO %s", verb(), pick(s, []string{"SELECT (a)", "UPDATE (a, b)"}), pick(s, reportViews), pick(s, all))
		case 8:
			text = fmt.Sprintf("%s %s TO %s", verb(), pick(s, []string{"VIEW DEFINITION ON USER::u3", "IMPERSONATE ON USER::u4", "VIEW DEFINITION ON ROLE::r3"}), pick(s, all))
		default:
			text = fmt.Sprintf("%s %s ON %s TO %s", verb(), pick(s, []string{"SELECT", "SELECT, INSERT", "UPDATE", "CONTROL"}), pick(s, reportViews), pick(s, all))
			if s.rand.IntN(6) == 0 && strings.HasPrefix(text, "GRANT") {
				text += " WITH GRANT OPTION"
			}
		}
		fmt.Fprintf(&b, "BEGIN TRY %s; END TRY BEGIN CATCH PRINT ERROR_MESSAGE(); END CATCH;\n", text)
	}
	return b.String()
}
