package agreement

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
	"grantree/sql/mssql"
	"grantree/sql/tsql"

	"github.com/google/go-cmp/cmp"
)

// waysPolicy is waysWanted as an administrator writes it.
const waysPolicy = `
[catalog]
file = "ways.toml"
[server.main]
url = %q
user = %q
password_env = "X"
[[site]]
name = "North"
server = "main"
database = %q
[[group]]
name = "Admin"
%s
[[group]]
name = "Crew"
%s
[[user]]
name = "gtw_ann"
groups = ["Crew"]
sites = ["North"]
[[user]]
name = "gtw_boss"
groups = ["Admin"]
sites = ["North"]
`

// waysViews are the views that a policy manages, by the schema of its catalog:
// a catalog has one.
func waysViews(schema string) []string {
	return map[string][]string{"dbo": {"v_order", "v_pay"}, "app": {"v_part"}}[schema]
}

// ofApp tells the ways that are about the view of the schema app, or the table
// behind it.
var ofApp = regexp.MustCompile(`\b(app|base)\b`)

func (w way) schema() string {
	if ofApp.MatchString(w.do) {
		return "app"
	}
	return "dbo"
}

// waysServer is a server on which a database is made for each way.
type waysServer struct {
	address mssql.Address
	conn    *sql.Conn // an administrator's
	site    string    // the database
}

func newWaysServer(t *testing.T) waysServer {
	address, stop := server(t)
	t.Cleanup(stop)
	db, err := mssql.Open(address)
	check(t, err)
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	return waysServer{address: address, conn: conn, site: fmt.Sprintf("gt_ways_%d", os.Getpid())}
}

// run runs a script in which @site is the database.
func (s waysServer) run(t *testing.T, script string) {
	t.Helper()
	batches, err := tsql.SplitScript(strings.ReplaceAll(script, "@site", tsql.Quote(s.site)))
	check(t, err)
	for _, b := range batches {
		if _, err := s.conn.ExecContext(context.Background(), b.Text); err != nil {
			t.Fatalf("%s: %v", b.Text, err)
		}
	}
}

// policy is the policy that manages the views of one schema.
func (s waysServer) policy(t *testing.T, schema string) *policy.Policy {
	t.Helper()
	allow := func(view, permissions string) string {
		return fmt.Sprintf("[[group.allow]]\nview = %q\npermissions = [%s]\n", view, permissions)
	}
	tree, admin, crew := fmt.Sprintf("name = \"ways\"\nprefix = \"v_\"\nschema = %q\n", schema), "", ""
	for _, v := range waysViews(schema) {
		tree += fmt.Sprintf("[[node]]\npath = %q\nviews = [{ name = %q, level = \"parent\" }]\n", "Of "+v, v)
		admin += allow(v, `"select", "insert", "update", "delete"`)
		if v == "v_order" {
			crew = allow(v, `"select", "update"`)
		}
	}
	text := fmt.Sprintf(waysPolicy, s.address.URL, s.address.User, s.site, admin, crew)
	p, findings := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(tree), nil })
	check(t, findings.Err())
	return p
}

// seen is a site with a way in it, as the fleet sees it.
type seen struct {
	waysServer
	snapshot *grants.Snapshot
	plan     *sites.FleetPlan
	verified []sites.Verified
	names    finding.List
}

// look makes a site as the policy wants it and a way in it, and lets the fleet
// plan and verify it. What the sandbox cannot make is judged as if it had been
// read; the server's answers are then the model's.
func (s waysServer) look(t *testing.T, w way) seen {
	t.Helper()
	s.run(t, waysLogins+"CREATE DATABASE @site;\nGO\nUSE @site;\nGO\n"+waysStage)
	defer s.run(t, waysUndo)
	s.run(t, w.do)
	p := s.policy(t, w.schema())
	f, err := sites.Open(p, sites.Options{Password: func(policy.Server) (string, error) { return s.address.Password, nil }})
	check(t, err)
	defer f.Close()
	readings := f.Read(context.Background())
	check(t, sites.Failures(readings))
	out := seen{waysServer: s, snapshot: readings[0].Snapshot}
	if w.snapshot == nil {
		out.verified = f.Verify(context.Background(), time.Time{})
	} else {
		w.snapshot(out.snapshot)
		v, err := sites.VerifySnapshot(p, out.snapshot, time.Time{}, modelled(out.snapshot))
		check(t, err)
		out.verified = []sites.Verified{v}
	}
	out.plan = f.Plan(context.Background(), readings, sites.PlanOptions{ExpectLoss: -1}, false)
	out.names = f.CheckNames(out.verified)
	return out
}

// modelled answers for a server that does not exist.
func modelled(s *grants.Snapshot) func([]string, func(string) bool) ([]grants.Reply, []string, error) {
	a := grants.NewAccess(s)
	return func(users []string, managed func(string) bool) (out []grants.Reply, unasked []string, err error) {
		for _, u := range users {
			may := map[string]catalog.Permissions{}
			for _, v := range s.Views {
				if p, _ := a.Of(u, v.Name); managed(v.Name) && !p.IsEmpty() {
					may["dbo."+v.Name] = p
				}
			}
			out = append(out, grants.Reply{User: u, May: may})
		}
		return out, nil, nil
	}
}

// samePolicy holds the policies of both schemas to waysWanted, and the site to
// them.
func (s seen) samePolicy(t *testing.T) {
	t.Helper()
	both := &grants.Wanted{}
	for _, schema := range []string{"dbo", "app"} {
		wanted, findings := s.policy(t, schema).Wanted(s.snapshot)
		check(t, findings.Err())
		for _, e := range wanted.Entries {
			both.Entries = append(both.Entries, grants.WantedEntry{Grantee: e.Grantee, Schema: e.Schema, View: e.View, Permission: e.Permission, State: e.State})
		}
		both.Members = wanted.Members
	}
	both.Sort()
	if d := cmp.Diff(waysWanted().Entries, both.Entries); d != "" {
		t.Error(d)
	}
	if plan, verify := s.codes(); plan != 0 || verify != 0 {
		t.Fatalf("plan --check exits with %d and verify with %d before anything is done: %v, %v", plan, verify, s.plan.Findings, s.verified)
	}
}

// ends holds plan --check and verify to the way's exits, and to telling it.
func (w way) ends(t *testing.T, s seen) {
	t.Helper()
	if w.why == "" && !w.note {
		w.plan, w.verify = 3, 3
	}
	plan, verify := s.codes()
	v := s.verified[0]
	if plan != w.plan || verify != w.verify {
		t.Errorf("plan --check exits with %d and verify with %d, want %d and %d; %v", plan, verify, w.plan, w.verify, s.plan.Err(true))
	}
	said := func(f finding.Finding) bool { return f.Code == w.code }
	inPlan := func(f finding.Finding) bool { // which says of a login of another SID that it is another, once
		return said(f) || w.code == finding.OrphanedUser && f.Code == finding.LoginDiffers
	}
	if !slices.ContainsFunc(s.plan.Findings, inPlan) {
		t.Errorf("the plan does not speak of %s: %v", w.code, s.plan.Findings)
	}
	if !slices.ContainsFunc(slices.Concat(v.Mismatches, v.Unverified, v.Notes), said) {
		t.Errorf("verify does not speak of %s: %v", w.code, v)
	}
}

// codes are the exit codes of plan --check and verify.
func (s seen) codes() (plan, verify int) {
	return exitCode(s.plan.Err(true)), exitCode(sites.VerifiedError(s.verified, s.names))
}

// exitCode is the exit code of a fleet's error, as the command has it.
func exitCode(err error) int {
	var refused *sites.RefusedError
	var left *sites.LeftOutError
	var differs *sites.DifferenceError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &refused) || errors.As(err, &left):
		return 4
	case errors.As(err, &differs):
		return 3
	}
	return 1
}

const waysLogins = `USE master;
CREATE LOGIN gtw_ann WITH PASSWORD = N'aA1!kj3lkJ2lkj', SID = 0x6774775F000000000000000000000001, CHECK_POLICY = OFF;
CREATE LOGIN gtw_boss WITH PASSWORD = N'aA1!kj3lkJ2lkj', SID = 0x6774775F000000000000000000000002, CHECK_POLICY = OFF;
CREATE LOGIN gtw_eve WITH PASSWORD = N'aA1!kj3lkJ2lkj', SID = 0x6774775F000000000000000000000003, CHECK_POLICY = OFF;
CREATE LOGIN gtw_mid WITH PASSWORD = N'aA1!kj3lkJ2lkj', SID = 0x6774775F000000000000000000000004, CHECK_POLICY = OFF;
`

// waysUndo drops the database and takes back what a way has done to the server.
const waysUndo = `USE master; ALTER DATABASE @site SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE @site;
DECLARE @undo nvarchar(max) = N'REVOKE SELECT ALL USER SECURABLES, CONNECT SQL FROM public;';
SELECT @undo += N'ALTER SERVER ROLE ' + QUOTENAME(r.name) + N' DROP MEMBER ' + QUOTENAME(m.name) + N';'
FROM sys.server_role_members AS x JOIN sys.server_principals AS r ON r.principal_id = x.role_principal_id
JOIN sys.server_principals AS m ON m.principal_id = x.member_principal_id WHERE r.name LIKE N'gtw[_]%';
SELECT @undo += N'DROP SERVER ROLE ' + QUOTENAME(name) + N';' FROM sys.server_principals WHERE type = 'R' AND name LIKE N'gtw[_]%';
SELECT @undo += N'DROP LOGIN ' + QUOTENAME(name) + N';' FROM sys.server_principals
WHERE type = 'S' AND (name LIKE N'gtw[_]%' OR name IN (N'##MS_Agent##', N'##MS_PolicyEvil##'));
EXEC (@undo);
IF OBJECT_ID(N'tempdb.dbo.gtw_elsewhere') IS NOT NULL EXEC (N'USE tempdb; DROP TABLE dbo.gtw_elsewhere');
`
