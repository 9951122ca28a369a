package sites

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/policy"
	"grantree/sql/mssql"
)

// TestOneWrongPassword: a password that is wrong is tried once on a server, not
// once a site: a server that counts would lock the login.
func TestOneWrongPassword(t *testing.T) {
	var places []place
	for i := range 8 {
		places = append(places, place{fmt.Sprintf("Site%d", i), i % 2})
	}
	w := newWorld(t, 2, places...)
	for i := range w.servers {
		w.exec(i, "master", "CREATE LOGIN gt WITH PASSWORD = N'Right-One-77', CHECK_POLICY = ON; ALTER SERVER ROLE sysadmin ADD MEMBER gt")
	}
	text := strings.ReplaceAll(w.policy(5, member("ann", "*")), `user = "`+runner()+`"`, `user = "gt"`)
	open := func(password string) *Fleet {
		f, err := Open(parsed(t, text), Options{Parallel: 8, Password: func(policy.Server) (string, error) { return password, nil }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Close)
		return f
	}
	f := open("Wrong-One-77")
	for range 2 { // nor once a round
		for _, r := range f.Read(context.Background()) {
			var unread *UnreadError
			if !errors.As(r.Err, &unread) || !mssql.LoginRefused(r.Err) {
				t.Errorf("%s: %v", r.Site.Name, r.Err)
			}
		}
	}
	for i, p := range places[:2] {
		var bad int
		if err := w.pool(p).QueryRow("SELECT CAST(LOGINPROPERTY(N'gt', N'BadPasswordCount') AS int)").Scan(&bad); err != nil || bad != 1 {
			t.Errorf("server %d counts %d wrong passwords, %v", i, bad, err)
		}
	}
	for _, r := range open("Right-One-77").Read(context.Background()) {
		if r.Err != nil {
			t.Errorf("with the right one: %v", r.Err)
		}
	}
}

// TestServerAwayIsTriedOnce: a server that is away is waited for by one of its
// sites, each round anew; a database that cannot be opened is its site's alone.
func TestServerAwayIsTriedOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	away := l.Addr().String()
	l.Close()
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0}, place{"East", 0})
	w.exec(0, "master", "ALTER DATABASE North SET OFFLINE")
	text := w.policy(5, member("ann", "*")) + fmt.Sprintf("[server.far]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = \""+runner()+"\"\npassword_env = \"X\"\n", away)
	for i := range 5 {
		text += fmt.Sprintf("[[site]]\nname = \"Far%d\"\nserver = \"far\"\ndatabase = \"Far%d\"\n", i, i)
	}
	var mu sync.Mutex
	var said []string
	f, err := Open(parsed(t, text), Options{Parallel: 4, Password: func(policy.Server) (string, error) { return livePassword, nil },
		Warn: func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, fmt.Sprintf(format, args...))
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	f.wait = time.Millisecond
	for round := 1; round <= 2; round++ {
		for _, r := range f.Read(context.Background()) {
			if far := strings.HasPrefix(r.Site.Name, "Far"); (r.Err != nil) != (far || r.Site.Name == "North") || far && !mssql.Away(r.Err) {
				t.Errorf("%s: %v", r.Site.Name, r.Err)
			}
		}
		if len(said) != 3*round || !strings.HasPrefix(said[0], `server "far": attempt 1 of 4: `) {
			t.Errorf("round %d: said %q", round, said)
		}
	}
}

// TestSessionsOfWhoAskedNothing: a session that logged in and asked nothing yet is
// one like others.
func TestSessionsOfWhoAskedNothing(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	conn, err := w.pool(w.place("North")).Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f := w.fleet(w.policy(5, member("ann", "*")))
	for _, r := range f.Accounts(context.Background()) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
}
