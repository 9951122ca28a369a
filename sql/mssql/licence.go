package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// LicenceApp is what a server calls the connection that holds the licence's
// lock, so that a DBA finds who holds it.
const LicenceApp = App + " licence"

// takeLicence takes the licence's lock, for the session, or says after a while
// that somebody else has it. The resource's name is the same for every
// policy, so that runs of different files wait for one another (reference D.9).
const takeLicence = `SET XACT_ABORT ON;
SET NOCOUNT ON;
DECLARE @grantree_lock int;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree licence', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = @wait;
SELECT @grantree_lock;`

// hasLicence asks whether this very session still holds it.
const hasLicence = `SELECT APPLOCK_MODE(N'public', N'grantree licence', N'Session');`

// TakeLicence takes the licence's lock on a connection that is kept for it.
// It reports false where somebody else held the lock for all of wait. The lock
// is let go with the connection.
func TakeLicence(ctx context.Context, conn *sql.Conn, wait time.Duration) (bool, error) {
	var code int
	if err := readOne(ctx, conn, takeLicence, &code, sql.Named("wait", int(wait.Milliseconds()))); err != nil {
		return false, fmt.Errorf("the licence's lock: %w", err)
	}
	if code < -1 {
		return false, fmt.Errorf("the licence's lock: sp_getapplock answered %d", code)
	}
	return code >= 0, nil
}

// HasLicence reports whether the connection is alive and its session holds the
// licence's lock.
func HasLicence(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := readOne(ctx, conn, hasLicence, &mode); err != nil {
		return err
	}
	if mode != "Exclusive" {
		return fmt.Errorf("the session no longer holds it")
	}
	return nil
}
