package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // the driver

	"grantree/sql/sandbox"
)

// target is the server that the stories are told to.
type target struct {
	url      *url.URL // of a sysadmin
	major    int      // version
	embedded bool
	tap      *tap // of the embedded server; nil for another
}

// saPassword is that of the embedded server, which lives as long as the test.
const saPassword = "Conformance-1"

// newTarget takes the server of GRANTREE_TEST_URL, or starts an embedded one.
func newTarget(t *testing.T) *target {
	t.Helper()
	if address := os.Getenv("GRANTREE_TEST_URL"); address != "" {
		return reach(t, address, nil)
	}
	return embedded(t)
}

// embedded starts an embedded server, whatever GRANTREE_TEST_URL names.
func embedded(t *testing.T) *target {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: saPassword, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire := &tap{Listener: l}
	go s.Serve(context.Background(), wire)
	for s.Addr() == nil {
		runtime.Gosched()
	}
	return reach(t, s.URL("sa", saPassword, ""), wire)
}

// reach is the server at a URL of sa.
func reach(t *testing.T, address string, wire *tap) *target {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("GRANTREE_TEST_URL: %v", err)
	}
	tg := &target{url: u, tap: wire}
	if err := tg.learn(t.Context()); err != nil {
		t.Fatalf("ask the server who it is: %v", err)
	}
	return tg
}

// learn asks what the server is.
func (tg *target) learn(ctx context.Context) error {
	db, err := tg.open("", "", "master")
	if err != nil {
		return err
	}
	defer db.Close()
	var version, banner string
	row := db.QueryRowContext(ctx, "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), @@VERSION")
	if err := row.Scan(&version, &banner); err != nil {
		return err
	}
	major, _, _ := strings.Cut(version, ".")
	if tg.major, err = strconv.Atoi(major); err != nil {
		return fmt.Errorf("version %q", version)
	}
	tg.embedded = strings.Contains(banner, "sandbox")
	return nil
}

// open makes a pool for one login; an empty one is the sysadmin.
func (tg *target) open(login, password, database string) (*sql.DB, error) {
	u := *tg.url
	if login != "" {
		u.User = url.UserPassword(login, password)
	}
	q := u.Query()
	q.Del("database")
	if database != "" {
		q.Set("database", database)
	}
	u.RawQuery = q.Encode()
	db, err := sql.Open("sqlserver", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// why says why a case is not for this server, or nothing.
func (tg *target) why(c *story) string {
	switch {
	case c.embedded && !tg.embedded:
		return "needs the embedded server"
	case c.atLeast > tg.major:
		return fmt.Sprintf("needs version %d", c.atLeast)
	case c.below > 0 && c.below <= tg.major:
		return fmt.Sprintf("is for versions before %d", c.below)
	}
	return ""
}

// binds reports whether a case that differs fails. What was measured on one version binds that version and the
// embedded server, which was made after it.
func (tg *target) binds(c *story) bool {
	return c.measured == 0 || tg.embedded || c.measured == tg.major
}
