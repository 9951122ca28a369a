// Package agreement holds two opinions about SQL Server's permission check to
// one another: the model of package grants, and what a server really does. The
// server is the sandbox, or the one that GRANTREE_TEST_URL names. Neither was
// written by looking at the other; where they differ, docs/reference.md
// decides, and the state becomes a test of its own.
package agreement

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
	"grantree/sql/tsql"
)

var (
	states = flag.Int("states", 4000, "how many random states to compare")
	seed   = flag.Uint64("seed", 1, "the seed of the first state")
)

// TestRandomStates makes random principals, memberships, grants, denies and
// owners, each state in a transaction that is rolled back, and compares for
// every user, view and permission: the model, HAS_PERMS_BY_NAME,
// fn_my_permissions, and what a real SELECT, INSERT, UPDATE and DELETE as that
// user meets.
func TestRandomStates(t *testing.T) {
	n := *states / 10 // TestRandomSites has the others
	if testing.Short() {
		n = min(n, 200)
	}
	workers := max(runtime.GOMAXPROCS(0), 1)
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		n, workers = min(n, 500), 1
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the states are small and many
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			conn, done := connect(t, w)
			defer done()
			base, err := mssql.Snapshot(context.Background(), conn, "agreement", "test")
			check(t, err)
			for i := w; i < n && !t.Failed(); i += workers {
				s := state{conn: conn, base: base, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}
				if err := s.compare(); err != nil {
					t.Errorf("state %d of seed %d: %v\n%s", i, *seed, err, s.script)
				}
			}
		})
	}
	wg.Wait()
	if hid := int(blind.Load()); hid*2 > n {
		t.Errorf("%d of %d states hide something from who made them: the states show too little", hid, n)
	}
}

// The stage on which every state plays: four users, four roles, three views
// in two schemas.
var (
	users   = []string{"u1", "u2", "u3", "u4"}
	roles   = []string{"r1", "r2", "r3", "r4"}
	views   = []string{"dbo.v1", "dbo.v2", "app.v3"}
	columns = []string{"a", "b"}
)

const stage = `
CREATE TABLE dbo.t1 (a int NULL, b int NULL);
CREATE TABLE dbo.t2 (a int NULL, b int NULL);
GO
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE VIEW dbo.v1 AS SELECT a, b FROM dbo.t1;
GO
CREATE VIEW dbo.v2 AS SELECT a, b FROM dbo.t2;
GO
CREATE VIEW app.v3 AS SELECT a, b FROM dbo.t2;
GO
CREATE USER u1 WITHOUT LOGIN; CREATE USER u2 WITHOUT LOGIN; CREATE USER u3 WITHOUT LOGIN; CREATE USER u4 WITHOUT LOGIN;
CREATE ROLE r1 AUTHORIZATION dbo; CREATE ROLE r2 AUTHORIZATION dbo; CREATE ROLE r3 AUTHORIZATION dbo; CREATE ROLE r4 AUTHORIZATION dbo;
GO
`

// connect sets the stage in a database of its own and returns a connection there, as
// an administrator, or with -least as the login that doctor's script makes.
func connect(t *testing.T, worker int) (*sql.Conn, func()) {
	address, stop := server(t)
	name := fmt.Sprintf("gt_agree_%d_%d", os.Getpid(), worker)
	db, err := mssql.Open(address)
	check(t, err)
	conn, err := db.Conn(context.Background())
	check(t, err)
	batches, err := tsql.SplitScript("CREATE DATABASE " + tsql.Quote(name) + ";\nGO\nUSE " + tsql.Quote(name) + ";\nGO\n" + stage)
	check(t, err)
	for _, b := range batches {
		_, err := conn.ExecContext(context.Background(), b.Text)
		check(t, err)
	}
	back := func() {}
	admin := conn
	if *least {
		conn, back = hired(t, address, admin, name)
	}
	return conn, func() {
		back()
		conn := admin
		conn.ExecContext(context.Background(), "USE master")
		conn.ExecContext(context.Background(), "DROP DATABASE "+tsql.Quote(name)) // a sandbox goes anyway
		conn.Close()
		db.Close()
		stop()
	}
}

// server is the sandbox, or the server that the environment names.
func server(t *testing.T) (mssql.Address, func()) {
	if real := os.Getenv("GRANTREE_TEST_URL"); real != "" {
		u, err := url.Parse(real)
		check(t, err)
		password, _ := u.User.Password()
		user := u.User.Username()
		u.User = nil
		return mssql.Address{URL: u.String(), User: user, Password: password, Database: "master"}, func() {}
	}
	password, err := mssql.GeneratePassword("")
	check(t, err)
	s, err := sandbox.New(sandbox.Options{SAPassword: password})
	check(t, err)
	check(t, s.Listen("127.0.0.1:0"))
	return mssql.Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr()), User: "sa", Password: password, Database: "master"}, func() { s.Close() }
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// state is one random state.
type state struct {
	conn   *sql.Conn
	base   *grants.Snapshot // of the stage, before the script
	rand   *rand.Rand
	number int
	script string
}

// compare plays the state and returns the first disagreements.
func (s *state) compare() error {
	ctx := context.Background()
	defer s.conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")
	s.script = s.write()
	// Statements that the server refuses (a circle of roles, a DENY over a
	// grant option) are part of the state: the next ones still run.
	s.conn.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION;\n"+s.script)
	snapshot, err := s.read(ctx)
	if *least {
		var sees bool
		if snapshot, sees, err = asRunner(ctx, s.conn); !sees {
			blind.Add(1)
			return err
		}
	}
	if err != nil {
		return err
	}
	seen, err := s.observe(ctx)
	if err != nil {
		return err
	}
	return disagreements(grants.NewAccess(snapshot), seen)
}

// write makes up 4 to 16 statements.
func (s *state) write() string {
	var b strings.Builder
	for range 4 + s.rand.IntN(13) {
		b.WriteString(s.statement())
		b.WriteString(";\n")
	}
	return b.String()
}

// statement makes up one statement; grants on views are the most common.
func (s *state) statement() string {
	switch k := s.rand.IntN(20); {
	case k < 5:
		return fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, roles), pick(s, append(users, roles...)))
	case k < 6:
		return fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, []string{"db_owner", "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter", "db_securityadmin", "db_ddladmin"}), pick(s, append(users, roles...)))
	case k < 7:
		return "ALTER AUTHORIZATION ON " + pick(s, []string{"OBJECT::dbo.v1", "OBJECT::dbo.v2", "OBJECT::app.v3", "SCHEMA::app"}) + " TO " + pick(s, append(users, roles...))
	}
	return s.permission()
}

// permission makes up a GRANT, DENY or REVOKE.
func (s *state) permission() string {
	verb, to := pick(s, []string{"GRANT", "GRANT", "GRANT", "DENY", "DENY", "REVOKE"}), " TO "
	if verb == "REVOKE" {
		to = " FROM "
	}
	what := pick(s, []string{"SELECT", "INSERT", "UPDATE", "DELETE", "SELECT, UPDATE", "SELECT, INSERT, UPDATE, DELETE", "CONTROL"})
	on := " ON " + pick(s, views)
	switch s.rand.IntN(12) {
	case 0, 1:
		on = " ON SCHEMA::" + pick(s, []string{"dbo", "app"})
	case 2:
		on = ""
	case 3, 4, 5:
		what = fmt.Sprintf("%s (%s)", pick(s, []string{"SELECT", "UPDATE"}), pick(s, []string{"a", "b", "a, b"}))
	}
	text := verb + " " + what + on + to + pick(s, append(append([]string{"public"}, users...), roles...))
	if verb == "GRANT" && s.rand.IntN(8) == 0 {
		text += " WITH GRANT OPTION"
	}
	if verb != "GRANT" && s.rand.IntN(3) == 0 {
		text += " CASCADE"
	}
	return text
}

func pick(s *state, from []string) string { return from[s.rand.IntN(len(from))] }

// observation is what a server said or did about one user, view and
// permission.
type observation struct {
	user, view string
	permission catalog.Permissions
	has        bool            // HAS_PERMS_BY_NAME on the view
	column     map[string]bool // HAS_PERMS_BY_NAME on its columns: SELECT and UPDATE only
	listed     bool            // in fn_my_permissions
	number     int             // of the error that the statement met; 0: it ran
	text       string
}

// asked is how many of the users a state asks as: enough over all states.
const asked = 2

// attempts are the statements that a user tries, by permission.
var attempts = [][2]string{
	{"SELECT", "SELECT @n = COUNT(a) + COUNT(b) FROM %s"}, {"INSERT", "INSERT INTO %s (a, b) VALUES (1, 1)"},
	{"UPDATE", "UPDATE %s SET a = 1, b = 1"}, {"DELETE", "DELETE FROM %s"},
}

// observe asks as some of the users, in one batch of three result sets each:
// the functions' answers, the list of permissions, and what the statements met.
func (s *state) observe(ctx context.Context) ([]observation, error) {
	var batch strings.Builder
	batch.WriteString("SET XACT_ABORT OFF;\nSET NOCOUNT ON;\nDECLARE @n int, @met nvarchar(max);\n")
	some := s.rand.Perm(len(users))[:asked]
	for _, u := range some {
		batch.WriteString(observeAs[users[u]])
	}
	rows, err := s.conn.QueryContext(ctx, batch.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []observation
	for i, u := range some {
		if i > 0 && !rows.NextResultSet() {
			return nil, errors.Join(rows.Err(), fmt.Errorf("the server answered for %d users", i))
		}
		seen, err := readAnswers(rows, users[u])
		if err != nil {
			return nil, err
		}
		out = append(out, seen...)
	}
	return out, rows.Err()
}

// observeAs is the part of the batch for each user.
var observeAs = func() map[string]string {
	out := map[string]string{}
	for _, u := range users {
		var b strings.Builder
		fmt.Fprintf(&b, "EXECUTE AS USER = '%s';\n", u)
		var has, listed []string
		for _, v := range views {
			for _, try := range attempts {
				column := "NULL, NULL"
				if try[0] == "SELECT" || try[0] == "UPDATE" {
					column = fmt.Sprintf("HAS_PERMS_BY_NAME('%[1]s', 'OBJECT', '%[2]s', 'a', 'COLUMN'), HAS_PERMS_BY_NAME('%[1]s', 'OBJECT', '%[2]s', 'b', 'COLUMN')", v, try[0])
				}
				has = append(has, fmt.Sprintf("HAS_PERMS_BY_NAME('%[1]s', 'OBJECT', '%[2]s'), %[3]s", v, try[0], column))
			}
			listed = append(listed, fmt.Sprintf("SELECT N'%[1]s' AS v, permission_name AS p FROM sys.fn_my_permissions('%[1]s', 'OBJECT') WHERE subentity_name = ''", v))
		}
		fmt.Fprintf(&b, "SELECT %s;\n%s;\nSET @met = N'';\n", strings.Join(has, ", "), strings.Join(listed, " UNION ALL "))
		for _, v := range views {
			for _, try := range attempts {
				fmt.Fprintf(&b, "BEGIN TRY %s; SET @met += N'0|'; END TRY BEGIN CATCH SET @met += CONCAT(ERROR_NUMBER(), N' ', ERROR_MESSAGE(), N'|'); END CATCH;\n", fmt.Sprintf(try[1], v))
			}
		}
		b.WriteString("REVERT;\nSELECT @met;\n")
		out[u] = b.String()
	}
	return out
}()

// readAnswers reads one user's three result sets.
func readAnswers(rows *sql.Rows, user string) ([]observation, error) {
	has, err := readFunctions(rows)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	if !rows.NextResultSet() {
		return nil, errors.Join(rows.Err(), errors.New("no list of permissions"))
	}
	for rows.Next() {
		var v, p string
		if err := rows.Scan(&v, &p); err != nil {
			return nil, err
		}
		listed[v+" "+p] = true
	}
	if !rows.NextResultSet() || !rows.Next() {
		return nil, errors.Join(rows.Err(), errors.New("no outcome of the statements"))
	}
	var met string
	if err := rows.Scan(&met); err != nil {
		return nil, err
	}
	for rows.Next() {
	}
	outcomes := strings.Split(strings.TrimSuffix(met, "|"), "|")
	if len(outcomes) != len(views)*len(attempts) {
		return nil, fmt.Errorf("%d of %d statements ran: %s", len(outcomes), len(views)*len(attempts), met)
	}
	var out []observation
	for i, outcome := range outcomes {
		o := observation{user: user, view: views[i/len(attempts)], has: has[3*i] == 1, column: map[string]bool{"a": has[3*i+1] == 1, "b": has[3*i+2] == 1}}
		name := attempts[i%len(attempts)][0]
		o.listed = listed[o.view+" "+name]
		if o.permission, err = catalog.ParsePermission(name); err != nil {
			return nil, err
		}
		if _, err := fmt.Sscan(outcome, &o.number); err != nil {
			return nil, fmt.Errorf("outcome %q: %w", outcome, err)
		}
		o.text = outcome
		out = append(out, o)
	}
	return out, nil
}

// readFunctions reads the one row of HAS_PERMS_BY_NAME answers; NULL is 0.
func readFunctions(rows *sql.Rows) ([]int64, error) {
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), errors.New("no answer of HAS_PERMS_BY_NAME"))
	}
	values := make([]sql.NullInt64, 3*len(views)*len(attempts))
	targets := make([]any, len(values))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	for rows.Next() { // the driver looks for the next set only at the end of this one
	}
	out := make([]int64, len(values))
	for i, v := range values {
		out[i] = v.Int64
	}
	return out, nil
}

// disagreements compares every observation with the model.
func disagreements(model *grants.Access, seen []observation) error {
	var out []string
	for _, o := range seen {
		whole, known := model.Of(o.user, o.view)
		if !known {
			return fmt.Errorf("the model does not know %s or %s", o.user, o.view)
		}
		differ := func(what string, got, want bool) {
			if got != want {
				out = append(out, fmt.Sprintf("%s %s %s: %s says %v, the model says %v (the statement met %s)", o.user, o.permission, o.view, what, got, want, o.text))
			}
		}
		differ("HAS_PERMS_BY_NAME", o.has, whole.Has(o.permission))
		differ("fn_my_permissions", o.listed, o.has)
		may := whole.Has(o.permission)
		if o.permission == catalog.Select || o.permission == catalog.Update {
			may = true
			for _, c := range columns {
				on := onColumn(model, o, c, whole)
				differ("HAS_PERMS_BY_NAME on column "+c, o.column[c], on)
				may = may && on
			}
		}
		if !below(o) || !may {
			differ("the statement", o.number == 0, may)
		}
	}
	if len(out) > 0 {
		return fmt.Errorf("%d disagreements:\n  %s", len(out), strings.Join(out[:min(len(out), 6)], "\n  "))
	}
	return nil
}

// onColumn is what the model allows on one column.
func onColumn(model *grants.Access, o observation, column string, whole catalog.Permissions) bool {
	for _, c := range model.Columns(o.user, o.view) {
		if c.Column == column {
			return c.Permissions.Has(o.permission)
		}
	}
	return whole.Has(o.permission)
}

// below reports whether a statement was refused further down, at a table
// whose owner is another than the view's (reference C.3). Where both are
// denied the table is the one named (C.2), so this says nothing of the view.
func below(o observation) bool {
	return (o.number == 229 || o.number == 230) && (strings.Contains(o.text, "object 't1'") || strings.Contains(o.text, "object 't2'"))
}
