package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"grantree/sql/sandbox"
)

// sharedSites is a server with three databases, one of them offline and one that the
// login "looker" has no user in, and addresses of databases on it.
func sharedSites(t *testing.T) (*sandbox.Server, func(user, database string) Address) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	script := "CREATE DATABASE North;\nGO\nCREATE DATABASE South;\nGO\nCREATE DATABASE Away;\nGO\nALTER DATABASE Away SET OFFLINE;\nGO\n" +
		"CREATE LOGIN looker WITH PASSWORD = N'" + livePassword + "', CHECK_POLICY = OFF;\nGO\nUSE North; CREATE USER looker FOR LOGIN looker;\n"
	if err := s.Exec(context.Background(), "master", script); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s, func(user, database string) Address {
		return Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr()), User: user, Password: livePassword, Database: database}
	}
}

// one is the text that a query on a connection of a database answers.
func one(db *sql.DB, query string, args ...any) (text string, err error) {
	err = WithConn(context.Background(), db, func(conn *sql.Conn) error {
		return readOne(context.Background(), conn, query, &text, args...)
	})
	return text, err
}

const where = "SELECT DB_NAME() + N' ' + CAST(@@SPID AS nvarchar(9))"

func opened(t *testing.T, open func(Address) (*sql.DB, error), a Address) *sql.DB {
	t.Helper()
	db, err := open(a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestDatabasesShareConnections: one connection serves databases one after another,
// each in its own, whatever the one before left behind.
func TestDatabasesShareConnections(t *testing.T) {
	_, at := sharedSites(t)
	server := new(Servers).Server("main")
	defer server.Close()
	north, south := opened(t, server.Open, at("sa", "North")), opened(t, server.Open, at("sa", "South"))
	session := ""
	for i, tt := range []struct {
		db   *sql.DB
		name string
		args []any
	}{{north, "North", nil}, {south, "South", nil}, {south, "South", []any{sql.Named("p", 1)}}, {north, "North", nil}, {south, "South", nil}} {
		err := WithConn(context.Background(), tt.db, func(conn *sql.Conn) error {
			for range 2 {
				var text string
				if err := readOne(context.Background(), conn, where, &text, tt.args...); err != nil {
					return err
				}
				name, id, _ := strings.Cut(text, " ")
				if session == "" {
					session = id
				}
				if name != tt.name || id != session {
					t.Errorf("%d: in %s on session %s, want %s on %s", i, name, id, tt.name, session)
				}
			}
			var open int
			if err := readOne(context.Background(), conn, "SELECT @@TRANCOUNT", &open); err != nil || open != 0 {
				t.Errorf("%d: %d transactions are open, %v", i, open, err)
			}
			_, err := conn.ExecContext(context.Background(), "BEGIN TRANSACTION; CREATE USER left_behind WITHOUT LOGIN;")
			return err
		})
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	for _, db := range []*sql.DB{north, south} {
		if n, err := one(db, "SELECT CAST(COUNT(*) AS nvarchar(9)) FROM sys.database_principals AS p WHERE p.name = N'left_behind'"); n != "0" || err != nil {
			t.Errorf("%s users were left behind, %v", n, err)
		}
	}
}

// TestSharedConnectionsSayTheSame: a database that cannot be entered is told of as it
// is without shared connections, and nothing of a batch for it is carried out elsewhere.
func TestSharedConnectionsSayTheSame(t *testing.T) {
	_, at := sharedSites(t)
	for _, tt := range []struct{ user, first, then string }{{"sa", "North", "Missing"}, {"sa", "North", "Away"}, {"looker", "North", "South"}, {"sa", "South", "a];b'"}} {
		server := new(Servers).Server("main")
		first, then := opened(t, server.Open, at(tt.user, tt.first)), opened(t, server.Open, at(tt.user, tt.then))
		for range 2 {
			if _, err := one(first, where); err != nil {
				t.Fatal(err)
			}
			_, got := one(then, "CREATE TABLE dbo.elsewhere (a int NULL); SELECT N'done'")
			_, want := one(opened(t, Open, at(tt.user, tt.then)), where)
			if want == nil || fmt.Sprint(Describe(at(tt.user, tt.then), got)) != fmt.Sprint(Describe(at(tt.user, tt.then), want)) {
				t.Errorf("%s: %v, want %v", tt.then, got, want)
			}
		}
		server.Close()
	}
	for _, name := range []string{"master", "North", "South"} {
		var n int
		db := opened(t, Open, at("sa", name))
		if err := db.QueryRow("SELECT COUNT(*) FROM sys.tables AS t WHERE t.name = N'elsewhere'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d tables of a batch for another database, %v", name, n, err)
		}
	}
}

// TestErrorsOfABatchAreItsOwn: what the server refuses once the database is entered is
// not sent again, on whatever connection.
func TestErrorsOfABatchAreItsOwn(t *testing.T) {
	_, at := sharedSites(t)
	server := new(Servers).Server("main")
	defer server.Close()
	north, south := opened(t, server.Open, at("sa", "North")), opened(t, server.Open, at("sa", "South"))
	if _, err := one(north, where); err != nil {
		t.Fatal(err)
	}
	_, err := one(south, "CREATE TABLE dbo.made (a int NULL);\nUSE Missing;")
	if err == nil {
		t.Fatal("it was carried out")
	}
	if _, again := one(south, "CREATE TABLE dbo.made (a int NULL); SELECT N'done'"); again == nil || Number(again) == Number(err) {
		t.Errorf("the table is not there: %v, %v", err, again)
	}
}

// TestAConnectionThatBreaksTakesTheOthersAlong: a server that went away has let go of
// all of them, so that what is tried again does not find the next one that is dead.
func TestAConnectionThatBreaksTakesTheOthersAlong(t *testing.T) {
	s, at := sharedSites(t)
	server := new(Servers).Server("main")
	defer server.Close()
	db := opened(t, server.Open, at("sa", "North"))
	var all sync.WaitGroup
	ready, wait := make(chan bool, 3), make(chan bool)
	for range 3 {
		all.Go(func() {
			WithConn(context.Background(), db, func(conn *sql.Conn) error { ready <- true; <-wait; return nil })
		})
	}
	for range 3 {
		<-ready
	}
	close(wait)
	all.Wait()
	if n := len(server.all.idle); n != 3 {
		t.Fatalf("%d connections are kept", n)
	}
	s.Close()
	if _, err := one(db, where); err == nil {
		t.Fatal("the connection is alive")
	}
	if n := len(server.all.idle); n != 0 {
		t.Errorf("%d connections are kept", n)
	}
}

// TestUsersOfADatabaseAlone: who has a user with a password in each of two databases,
// and no login, enters both.
func TestUsersOfADatabaseAlone(t *testing.T) {
	s, at := sharedSites(t)
	script := "EXEC sp_configure 'contained database authentication', 1; RECONFIGURE;\nGO\n"
	for _, name := range []string{"One", "Two"} {
		script += "CREATE DATABASE " + name + " CONTAINMENT = PARTIAL;\nGO\nUSE " + name + "; CREATE USER inside WITH PASSWORD = N'" + livePassword + "';\nGO\n"
	}
	if err := s.Exec(context.Background(), "master", script); err != nil {
		t.Fatal(err)
	}
	server := new(Servers).Server("main")
	defer server.Close()
	for _, name := range []string{"One", "Two", "One", "Two"} {
		if text, err := one(opened(t, server.Open, at("inside", name)), where); err != nil || !strings.HasPrefix(text, name+" ") {
			t.Errorf("%s: in %q, %v", name, text, err)
		}
	}
}

// TestAConnectionThatAPoolKeepsStaysWhereItBelongs: one that database/sql itself keeps
// and puts back to its beginning enters its database again.
func TestAConnectionThatAPoolKeepsStaysWhereItBelongs(t *testing.T) {
	_, at := sharedSites(t)
	server := new(Servers).Server("main")
	defer server.Close()
	north, south := opened(t, server.Open, at("sa", "North")), opened(t, server.Open, at("sa", "South"))
	south.SetMaxIdleConns(1)
	if _, err := one(north, where); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if text, err := one(south, where); err != nil || !strings.HasPrefix(text, "South ") {
			t.Fatalf("in %s, %v", text, err)
		}
	}
}

// TestADatabaseThatIsRenamedMeanwhile: a connection that was in another database
// since it logged in enters its own by name, whatever became of the one of before.
func TestADatabaseThatIsRenamedMeanwhile(t *testing.T) {
	s, at := sharedSites(t)
	server := new(Servers).Server("main")
	defer server.Close()
	north, south := opened(t, server.Open, at("sa", "North")), opened(t, server.Open, at("sa", "South"))
	for _, db := range []*sql.DB{north, south} { // one connection, which logged in to North and is in South
		if _, err := one(db, where); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Exec(context.Background(), "master", "ALTER DATABASE North MODIFY NAME = Former;"); err != nil {
		t.Fatal(err)
	}
	if text, err := one(north, where); err == nil {
		t.Errorf("in %s, which is called otherwise now", text)
	}
	if _, err := one(south, where); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(context.Background(), "master", "CREATE DATABASE North;"); err != nil {
		t.Fatal(err)
	}
	if text, err := one(north, where); err != nil || !strings.HasPrefix(text, "North ") {
		t.Errorf("in %s, %v", text, err)
	}
}

// TestIdleConnectionsAreBounded: however many servers there are, no more connections
// wait for somebody than mostIdle, and those that were used last stay.
func TestIdleConnectionsAreBounded(t *testing.T) {
	_, at := sharedSites(t)
	var all Servers
	defer all.Close()
	last := func(i int) string {
		text, err := one(opened(t, all.Server(fmt.Sprint(i)).Open, at("sa", "North")), where)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var sessions []string
	for i := range mostIdle + 5 {
		sessions = append(sessions, last(i))
	}
	if len(all.idle) != mostIdle {
		t.Errorf("%d connections wait, want %d", len(all.idle), mostIdle)
	}
	if again := last(mostIdle + 4); again != sessions[mostIdle+4] {
		t.Errorf("the last server answers on %q, want %q again", again, sessions[mostIdle+4])
	}
	if again := last(0); again == sessions[0] {
		t.Errorf("the first server kept %q", again)
	}
}
