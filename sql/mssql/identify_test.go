package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"grantree/grants"

	"github.com/google/go-cmp/cmp"
)

// TestIdentify asks who people of every kind are to the server: with a login
// and without one, in a role that is in a role, and some whom it would not be.
func TestIdentify(t *testing.T) {
	server, connect := liveSite(t)
	if err := server.Exec(context.Background(), "North", `CREATE ROLE outer_role; CREATE ROLE inner_role; ALTER ROLE outer_role ADD MEMBER inner_role;
CREATE USER alone WITHOUT LOGIN; CREATE USER [o'dd] WITHOUT LOGIN; ALTER ROLE inner_role ADD MEMBER [o'dd]; ALTER ROLE db_datareader ADD MEMBER ann;
CREATE SERVER ROLE readers; ALTER SERVER ROLE readers ADD MEMBER ann;`); err != nil {
		t.Fatal(err)
	}
	conn := connect("sa")
	s, err := Snapshot(context.Background(), conn, "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	name := func(p grants.IdentityPart) string {
		for _, x := range s.Principals {
			if !p.Server && x.ID == p.ID {
				return x.Name
			}
		}
		for _, x := range s.Logins {
			if p.Server && x.ID == p.ID {
				return "server " + x.Name + " " + p.Usage
			}
		}
		return "?"
	}
	said, err := Identify(context.Background(), conn, []string{"ann", "no such user", "o'dd", "ann", "alone"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range said {
		line := x.User + ":"
		for _, p := range x.Parts {
			line += " " + name(p) + ","
		}
		if strings.Contains(x.Refused, "no such user") && !strings.HasSuffix(x.Refused, ".") {
			line += " refused"
		}
		got = append(got, line)
	}
	ann := "ann: public, ann, db_datareader, server public DENY ONLY, server ann DENY ONLY, server readers DENY ONLY,"
	want := []string{ann, "no such user: refused", "o'dd: public, outer_role, inner_role, o'dd, server public DENY ONLY,", ann, "alone: public, alone, server public DENY ONLY,"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestIdentifyAsksForManyAtOnce: more people than one VALUES takes are one
// batch, and a connection that is closed is an error with no answers.
func TestIdentifyAsksForManyAtOnce(t *testing.T) {
	_, connect := liveSite(t)
	var users []string
	for i := range 2*valuesChunk + 1 {
		users = append(users, fmt.Sprintf("nobody %d", i))
	}
	conn := connect("sa")
	counted := &counter{Querier: conn}
	got, err := Identify(context.Background(), counted, users)
	if err != nil || len(got) != len(users) || counted.n != 1 {
		t.Fatalf("%d answers in %d round trips, %v", len(got), counted.n, err)
	}
	for i, x := range got {
		if x.User != users[i] || !strings.Contains(x.Refused, fmt.Sprintf(`"%s"`, users[i])) {
			t.Fatalf("%d: %+v", i, x)
		}
	}
	conn.Close()
	if got, err := Identify(context.Background(), conn, users); err == nil || len(got) > 0 || !strings.HasPrefix(err.Error(), "verify: ") {
		t.Errorf("on a connection that is closed: %d answers, %v", len(got), err)
	}
}

// counter counts the round trips of a connection.
type counter struct {
	Querier
	n int
}

func (c *counter) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.Querier.QueryContext(ctx, query, args...)
}
