package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"grantree/grants"
)

// Holder is the session that holds a site's application lock.
type Holder struct {
	Session              int
	Login, Host, Program string
	Since                time.Time // when it logged in, by the server's clock, without a zone
	Unseen               string    // the statement that would show it, where the runner may not see it
}

func (h Holder) String() string {
	return fmt.Sprintf("login %q on host %q, connected since %s, session %d", h.Login, h.Host, h.Since.Format(time.DateTime), h.Session)
}

// holderQuery asks who holds the lock in this database. Sessions of others are shown
// to who may see the server's state, which has another name since SQL Server 2022.
const holderQuery = `SET NOCOUNT ON;
IF HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1 OR HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE') = 1
    SELECT s.session_id, s.login_name, ISNULL(s.host_name, N''), ISNULL(s.program_name, N''), s.login_time
    FROM sys.dm_tran_locks AS l
    JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
    WHERE l.resource_type = N'APPLICATION' AND l.request_status = N'GRANT' AND l.resource_database_id = DB_ID() AND l.resource_description LIKE N'0:[[]grantree]%';
ELSE
    SELECT 0, ORIGINAL_LOGIN(), N'', CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE') IS NULL THEN N'VIEW SERVER STATE' ELSE N'VIEW SERVER PERFORMANCE STATE' END, GETDATE();
`

// WhoHolds says who holds a site's application lock. It reports false where nobody
// does any more, or the runner may not see it, which Unseen tells.
func WhoHolds(ctx context.Context, db *sql.DB) (h Holder, found bool, err error) {
	err = WithConn(ctx, db, func(conn *sql.Conn) error {
		rows, err := conn.QueryContext(ctx, holderQuery)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			found = true
			if err := rows.Scan(&h.Session, &h.Login, &h.Host, &h.Program, &h.Since); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err == nil && found && h.Session == 0 {
		unseen := Statement(grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{h.Program}, Principal: h.Login})
		return Holder{Unseen: unseen}, false, nil
	}
	return h, found, err
}
