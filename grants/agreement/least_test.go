package agreement

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

var least = flag.Bool("least", false, "make and ask the random states as a login that has what doctor's script gives and nothing else")

// blind counts the random states of which the runner could not see everything.
var blind atomic.Int64

// hired makes a login that has in a database what the script of "doctor --script apply"
// gives, and connects there as it. The function that it returns takes it away again.
func hired(t *testing.T, address mssql.Address, admin *sql.Conn, database string) (*sql.Conn, func()) {
	t.Helper()
	password, err := mssql.GeneratePassword("")
	check(t, err)
	login := database + "_runner"
	script, err := mssql.RunnerScript(grants.Apply, login, mssql.RunnerServer{Server: "test", Logins: true, Sites: []mssql.RunnerSite{{Site: database, Database: database}}})
	check(t, err)
	batches, err := tsql.SplitScript(fmt.Sprintf("USE master; CREATE LOGIN %s WITH PASSWORD = %s, CHECK_POLICY = OFF;\nGO\n", tsql.Quote(login), tsql.QuoteString(password)) + script)
	check(t, err)
	for _, b := range batches {
		_, err := admin.ExecContext(context.Background(), b.Text)
		check(t, err)
	}
	address.User, address.Password, address.Database = login, password, database
	db, err := mssql.Open(address)
	check(t, err)
	conn, err := db.Conn(context.Background())
	check(t, err)
	return conn, func() {
		conn.Close()
		db.Close()
		admin.ExecContext(context.Background(), "USE master; DROP LOGIN "+tsql.Quote(login))
	}
}

// asRunner reads the site as whoever makes it. sees is false where the state hides part
// of it from the runner, which a DENY to public does, and the reading says so.
func asRunner(ctx context.Context, conn *sql.Conn) (site *grants.Snapshot, sees bool, err error) {
	site, err = mssql.Snapshot(ctx, conn, "agreement", "test")
	var refused *mssql.ServerError
	if errors.As(err, &refused) && strings.Contains(refused.Sentence, "may not see the permissions") {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, u := range site.Unread {
		if strings.Contains(u.Why, "is denied") {
			return nil, false, nil
		}
	}
	return site, true, nil
}
