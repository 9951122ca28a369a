package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query file

	"grantree/grants"
)

//go:embed queries/online_begin.sql
var onlineBeginQuery string

// onlineEnd lets the lock go with which a site was held.
const onlineEnd = "EXEC sys.sp_releaseapplock @Resource = N'grantree', @LockOwner = N'Session';"

// Online is a session that changes a site in small transactions. It holds the
// site's application lock from the first of them to its end, not only within one.
type Online struct{ conn *sql.Conn }

// WithOnline lends such a session. Where do returns an error the session ends, and
// with it the transaction that may be open and the lock; else the lock is let go, in
// a round trip of its own.
func WithOnline(ctx context.Context, db *sql.DB, do func(*Online) error) error {
	return WithConn(ctx, db, func(conn *sql.Conn) error {
		if err := do(&Online{conn}); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
		defer cancel()
		if _, err := conn.ExecContext(ctx, onlineEnd); err != nil {
			Discard(conn) // the lock goes with it, and what was committed stays
		}
		return nil
	})
}

// Apply is the function Apply for one of the transactions: three round trips, the
// first of the session takes the lock too. Its statements give up a lock that
// somebody holds after two seconds (error 1222). After an error the session is of no
// more use.
func (o *Online) Apply(ctx context.Context, job Job) (*grants.Snapshot, error) {
	job.begin = onlineBeginQuery
	return applyOn(ctx, o.conn, job)
}
