package mssql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/grants"

	"github.com/google/go-cmp/cmp"
)

// database is the first row of a snapshot, as SQL, with some columns changed.
func database(change map[string]string) string {
	columns := []struct{ name, value string }{
		{"name", "N'North'"}, {"state", "N'ONLINE'"}, {"read only", "0"}, {"collation", "N'Latin1_General_CS_AS'"}, {"owner", "0x01"},
		{"trustworthy", "CAST(0 AS bit)"}, {"chaining", "CAST(0 AS bit)"}, {"containment", "0"}, {"access", "0"}, {"server chaining", "0"}, {"contained", "0"}, {"server collation", "N'Latin1_General_CI_AS'"},
		{"version", "N'16.0.1'"}, {"edition", "3"}, {"separator", `N'\'`}, {"login", "N'ada'"}, {"user", "N'adauser'"}, {"user id", "7"},
		{"sysadmin", "0"}, {"control", "0"}, {"definition", "1"}, {"any login", "0"}, {"any definition", "0"}, {"any security", "0"}, {"dependencies", "0"}, {"databases", "1"}, {"now", "SYSUTCDATETIME()"},
	}
	var values []string
	for _, c := range columns {
		if v, ok := change[c.name]; ok {
			c.value = v
		}
		values = append(values, c.value)
	}
	_, rest, _ := strings.Cut(snapshotQuery, "WHERE d.name = DB_NAME();")
	return snapshotPrelude + "SELECT " + strings.Join(values, ", ") + ";\n" + rest
}

// onServer is what gives ada a permission on the server.
func onServer(permission string) []grants.Remedy {
	return []grants.Remedy{{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{permission}, Principal: "ada"}}
}

// TestDatabaseRow reads what a site may say of itself and of who asks.
func TestDatabaseRow(t *testing.T) {
	_, connect := liveSite(t)
	conn := connect("sa")
	dependencies := grants.Unread{What: grants.WhatDependencies, Why: "it needs SELECT on sys.sql_expression_dependencies",
		Fix: []grants.Remedy{{Kind: grants.RemedyGrant, On: grants.Securable{Class: "OBJECT", Schema: "sys", Name: "sql_expression_dependencies"}, Permissions: []string{"SELECT"}, Principal: "adauser"}}}
	server := grants.Unread{What: "the server's logins, roles and permissions", Why: "it needs VIEW ANY SECURITY DEFINITION", Fix: onServer("VIEW ANY SECURITY DEFINITION")}
	databases := grants.Unread{What: grants.WhatDatabases, Why: "it needs VIEW ANY DATABASE", Fix: onServer("VIEW ANY DATABASE")}
	plain := func() grants.Snapshot {
		return grants.Snapshot{Database: "North", OwnerSID: "01", Version: "16.0.1", Collation: grants.ParseCollation("Latin1_General_CS_AS"),
			ServerCollation: grants.ParseCollation("Latin1_General_CI_AS"), Runner: grants.Runner{Login: "ada", User: "adauser", UserID: 7},
			Unread: []grants.Unread{dependencies, server}}
	}
	tests := []struct {
		name   string
		change map[string]string
		want   func(*grants.Snapshot)
	}{
		{"somebody who may look", nil, func(*grants.Snapshot) {}},
		{"a database that is read-only", map[string]string{"read only": "1"}, func(s *grants.Snapshot) { s.ReadOnly = true }},
		{"a secondary", map[string]string{"read only": "2"}, func(s *grants.Snapshot) { s.ReadOnly, s.Secondary = true, true }},
		{"trustworthy", map[string]string{"trustworthy": "CAST(1 AS bit)"}, func(s *grants.Snapshot) { s.Trustworthy = true }},
		{"chains across databases", map[string]string{"chaining": "CAST(1 AS bit)"}, func(s *grants.Snapshot) { s.Chaining = true }},
		{"partially contained", map[string]string{"containment": "1", "contained": "1"}, func(s *grants.Snapshot) {
			s.Contained, s.Collation = true, grants.ParseCollation("Latin1_General_100_CI_AS_KS_WS_SC")
		}},
		{"partially contained, which the server turned off", map[string]string{"containment": "1"}, func(s *grants.Snapshot) {
			s.Contained, s.ContainedOff, s.Collation = true, true, grants.ParseCollation("Latin1_General_100_CI_AS_KS_WS_SC")
		}},
		{"a server on Linux", map[string]string{"separator": "N'/'"}, func(s *grants.Snapshot) { s.Linux = true }},
		{"a sysadmin", map[string]string{"sysadmin": "1"}, func(s *grants.Snapshot) { s.Runner.SysAdmin = true }},
		{"CONTROL", map[string]string{"control": "1"}, func(s *grants.Snapshot) { s.Runner.CanControl = true }},
		{"ALTER ANY LOGIN", map[string]string{"any login": "1"}, func(s *grants.Snapshot) { s.Runner.CanLogin = true }},
		{"VIEW ANY DEFINITION", map[string]string{"any definition": "1"}, func(s *grants.Snapshot) { s.LoginsVisible, s.Unread = true, s.Unread[:1] }},
		{"VIEW ANY SECURITY DEFINITION", map[string]string{"any security": "1"}, func(s *grants.Snapshot) { s.LoginsVisible, s.Unread = true, s.Unread[:1] }},
		{"the other databases", map[string]string{"databases": "0"}, func(s *grants.Snapshot) { s.Unread = slices.Insert(s.Unread, 1, databases) }},
		{"one user alone", map[string]string{"access": "1"}, func(s *grants.Snapshot) { s.Access = 1 }},
		{"chains across all databases", map[string]string{"server chaining": "1"}, func(s *grants.Snapshot) { s.ServerChaining = true }},
		{"the dependencies", map[string]string{"dependencies": "1"}, func(s *grants.Snapshot) { s.Unread = s.Unread[1:] }},
		{"a server before 2022", map[string]string{"version": "N'15.0.1'"}, func(s *grants.Snapshot) {
			s.Version = "15.0.1"
			s.Unread[1].Why, s.Unread[1].Fix = "it needs VIEW ANY DEFINITION", onServer("VIEW ANY DEFINITION")
		}},
		{"somebody without a user", map[string]string{"user": "NULL", "user id": "NULL"}, func(s *grants.Snapshot) {
			s.Runner.User, s.Runner.UserID, s.Unread[0].Fix = "", 0, nil
		}},
		{"somebody who comes in as guest or by public", map[string]string{"user": "N'public'", "user id": "0"}, func(s *grants.Snapshot) {
			s.Runner.User, s.Runner.UserID, s.Unread[0].Fix = "public", 0, nil
		}},
		{"what an old server does not know", map[string]string{"owner": "NULL", "trustworthy": "NULL", "chaining": "NULL", "containment": "NULL", "edition": "NULL", "separator": "NULL", "any security": "NULL"},
			func(s *grants.Snapshot) { s.OwnerSID = "" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readSnapshot(context.Background(), conn, database(tt.change), "Site", "main")
			if err != nil {
				t.Fatal(err)
			}
			want := plain()
			want.Site, want.Server = "Site", "main"
			tt.want(&want)
			if since := time.Since(got.Now); since < -time.Hour || since > time.Hour { // another clock than the server's UTC is hours away, or 1900
				t.Errorf("read at %v", got.Now)
			}
			got.Now = time.Time{}
			got.Principals, got.Members, got.Permissions, got.Schemas, got.Views, got.Logins, got.ServerMembers, got.ServerPermissions, got.Objects, got.Dependencies = nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
			if d := cmp.Diff(want, *got, cmp.Comparer(func(a, b grants.Collation) bool { return a.Name == b.Name })); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestDatabaseThatWillNotDo is refused by its first row.
func TestDatabaseThatWillNotDo(t *testing.T) {
	_, connect := liveSite(t)
	conn := connect("sa")
	for column, tt := range map[string]struct {
		value, says string
		away        bool
	}{
		"state":      {"N'RECOVERY_PENDING'", `the database "North" is recovery_pending: bring it online first`, true},
		"definition": {"0", `login "ada" may not see the permissions of database "North": it needs VIEW DEFINITION on it: USE [North]; GRANT VIEW DEFINITION TO [adauser]`, false},
		"name":       {"N''", "the server did not say which database this is", true},
		"edition":    {"5", "is on Azure SQL Database, which grantree does not support", false},
	} {
		_, err := readSnapshot(context.Background(), conn, database(map[string]string{column: tt.value}), "Site", "main")
		if err == nil || !strings.Contains(err.Error(), tt.says) || Away(Describe(Address{}, err)) != tt.away {
			t.Errorf("%s: %v", column, err)
		}
	}
	held := strings.Replace(snapshotPrelude+heldQuery, "HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION')", "0", 1)
	if _, err := readHeld(context.Background(), conn, held, "Site", "main"); err == nil || !strings.Contains(err.Error(), `login "sa" may not see who is in database "North": it needs VIEW DEFINITION on it: USE [North]; GRANT VIEW DEFINITION TO [dbo]`) {
		t.Errorf("%v", err)
	}
	guest := database(map[string]string{"definition": "0", "user": "N'guest'", "user id": "2"})
	if _, err := readSnapshot(context.Background(), conn, guest, "Site", "main"); err == nil || !strings.HasSuffix(err.Error(), ": USE [North]; CREATE USER [ada] FOR LOGIN [ada]; GRANT VIEW DEFINITION TO [ada]") {
		t.Errorf("who enters as guest: %v", err)
	}
	held = strings.Replace(snapshotPrelude+heldQuery, "SELECT DB_NAME()", "SELECT N''", 1)
	if _, err := readHeld(context.Background(), conn, held, "Site", "main"); err == nil || !strings.Contains(err.Error(), "did not say which database this is") {
		t.Errorf("%v", err)
	}
}

// TestAnswersOfAnotherShape: a result set that is not as it should be, or is
// not there, is an error that names it, never a site that lacks something.
func TestAnswersOfAnotherShape(t *testing.T) {
	_, connect := liveSite(t)
	snapshotSets := []string{"database", "principals", "properties", "members", "permissions", "schemas", "views", "columns", "logins", "server members", "server permissions", "objects", "signatures", "synonyms", "dependencies", "databases", "holdings", "openings"}
	heldSets := []string{"database", "principals", "members", "permissions", "logins", "server members", "server permissions"}
	for _, tt := range []struct {
		name string
		sets []string
		read func(batch string) error
	}{
		{"snapshot", snapshotSets, func(batch string) error {
			_, err := readSnapshot(context.Background(), connect("sa"), batch, "Site", "main")
			return err
		}},
		{"held", heldSets, func(batch string) error {
			_, err := readHeld(context.Background(), connect("sa"), batch, "Site", "main")
			return err
		}},
	} {
		for i, name := range tt.sets {
			nothing := strings.Repeat("SELECT 1 AS one WHERE 1 = 0;\n", i)
			if err := tt.read(nothing + "SELECT NULL AS one;\n" + strings.Repeat("SELECT 1 AS one WHERE 1 = 0;\n", len(tt.sets))); err == nil || !strings.HasPrefix(err.Error(), name+": ") || strings.Contains(err.Error(), "result sets") {
				t.Errorf("%s, %s of another shape: %v", tt.name, name, err)
			}
			if i == 0 {
				continue
			}
			if err := tt.read(nothing); err == nil || err.Error() != fmt.Sprintf("%s: the server sent %d of %d result sets", name, i, len(tt.sets)) {
				t.Errorf("%s without %s: %v", tt.name, name, err)
			}
			if err := tt.read(nothing + "THROW 50000, N'no more', 1;"); err == nil || !strings.Contains(err.Error(), "no more") {
				t.Errorf("%s, an error in place of %s: %v", tt.name, name, err)
			}
		}
		if err := tt.read(strings.Repeat("SELECT 1 AS one WHERE 1 = 0;\n", len(tt.sets)) + "SELECT 1 AS more;\nTHROW 50000, N'no more', 1;"); err == nil || !strings.Contains(err.Error(), "no more") {
			t.Errorf("%s, an error after all: %v", tt.name, err)
		}
	}
}

// openingsQuery is what a snapshot asks after the holdings.
func openingsQuery() string {
	_, rest, _ := strings.Cut(snapshotQuery, "-- Who is in a role for a while")
	return "-- " + rest
}

// TestHoldings are read as the server says them, of whatever class.
func TestHoldings(t *testing.T) {
	_, connect := liveSite(t)
	head, _, _ := strings.Cut(snapshotPrelude+snapshotQuery, "-- What else belongs to somebody")
	batch := head + "SELECT 7 AS p, N'TYPE' AS c, N'dbo' AS s, N'money4' AS n, 0 AS r UNION ALL SELECT 8, N'QUEUE', N'dbo', N'q', 1 UNION ALL SELECT 9, N'ROUTE', N'', N'r', 0;\n" + openingsQuery()
	s, err := readSnapshot(context.Background(), connect("sa"), batch, "Site", "main")
	if err != nil {
		t.Fatal(err)
	}
	want := []grants.Holding{{Principal: 7, Class: "TYPE", Schema: "dbo", Name: "money4"}, {Principal: 8, Class: "QUEUE", Schema: "dbo", Name: "q", Runs: true}, {Principal: 9, Class: "ROUTE", Name: "r"}}
	if d := cmp.Diff(want, s.Holdings); d != "" {
		t.Error(d)
	}
}

// TestHoldingsAreAsked sends the question to a server that has all of what it is about
// but queues: nobody owns anything there.
func TestHoldingsAreAsked(t *testing.T) {
	_, connect := liveSite(t)
	head, rest, _ := strings.Cut(snapshotPrelude+snapshotQuery, "IF OBJECT_ID(N'sys.service_queues') IS NOT NULL")
	question, _, _ := strings.Cut(rest, "ELSE\n")
	var lines []string
	for _, line := range strings.Split(question, "\n") {
		if !strings.Contains(line, "sys.service_queues") {
			lines = append(lines, line)
		}
	}
	if len(lines) != strings.Count(question, "\n") || strings.Count(question, "UNION ALL") < 15 {
		t.Fatalf("the question is another one:\n%s", question)
	}
	s, err := readSnapshot(context.Background(), connect("sa"), head+strings.Join(lines, "\n")+openingsQuery(), "Site", "main")
	if err != nil || len(s.Holdings) != 0 {
		t.Errorf("%v, %v", s, err)
	}
}

// TestSignedModules are marked, whatever stands between them.
func TestSignedModules(t *testing.T) {
	_, connect := liveSite(t)
	whole, rest, _ := strings.Cut(snapshotPrelude+snapshotQuery, "-- Tables, synonyms and modules.")
	_, rest, _ = strings.Cut(rest, "-- What synonyms stand for")
	object := func(id int) string {
		return fmt.Sprintf("SELECT %d AS id, 1 AS s, N'p%d' AS name, 'P' AS type, 1 AS owner, 0 AS parent, 0 AS execute_as, CAST(0 AS bit) AS hidden, CAST(0 AS bit) AS dynamic", id, id)
	}
	batch := whole + object(10) + " UNION ALL " + object(20) + " UNION ALL " + object(30) + ";\nSELECT 20 AS id UNION ALL SELECT 25 UNION ALL SELECT 30;\n--" + rest
	s, err := readSnapshot(context.Background(), connect("sa"), batch, "Site", "main")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, o := range s.Objects {
		got[o.Name] = o.Signed
	}
	if d := cmp.Diff(map[string]bool{"p10": false, "p20": true, "p30": true}, got); d != "" {
		t.Error(d)
	}
}
