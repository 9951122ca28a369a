package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWeakPasswords: what anybody would try first is found, and said without
// being repeated.
func TestWeakPasswords(t *testing.T) {
	sandboxed(t, func(ctx context.Context, _ *sql.DB, conn *sql.Conn) {
		logins := []string{"sa"}
		for login, password := range map[string]string{"Admin": "password", "IMS": "imsuser", "bob": "bob", "Eve": "eve", "neb": "ben", "blank": "", "good": "Kj3-lkj2-Lkj9"} {
			if _, err := conn.ExecContext(ctx, fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'%s', CHECK_POLICY = OFF", login, password)); err != nil {
				t.Fatal(err)
			}
			logins = append(logins, login)
		}
		logins = append(logins, "nobody")
		weak, asked, err := WeakPasswords(ctx, conn, logins, 100)
		if err != nil || asked != len(logins) {
			t.Fatalf("asked %d, %v", asked, err)
		}
		got := map[string]string{}
		for _, w := range weak {
			got[w.Login] = w.Like
		}
		want := map[string]string{"Admin": "a well-known one", "IMS": "a well-known one", "bob": "its own name", "Eve": "its own name", "neb": "its own name", "blank": "blank"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if _, asked, err := WeakPasswords(ctx, conn, logins, 2); asked != 2 || err != nil {
			t.Errorf("of 2 logins %d were asked: %v", asked, err)
		}
		if _, err := conn.ExecContext(ctx, "USE master; CREATE LOGIN looker WITH PASSWORD = N'Kj3-lkj2-Lkj9'; GRANT VIEW ANY DEFINITION TO looker; EXECUTE AS LOGIN = 'looker'"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := WeakPasswords(ctx, conn, []string{"bob"}, 1); !errors.Is(err, ErrHashesHidden) {
			t.Errorf("somebody who sees no hash: %v", err)
		}
	})
}
