package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"grantree/policy"
	"grantree/sql/mssql"
)

// The licence's lock is asked for so often and for so long each time: a run that
// gives seats to many people holds it for minutes.
const (
	licenceTries = 20
	licenceWait  = 15 * time.Second
)

// askLicence bounds the question whether the lock is still there: a connection
// that does not answer is lost.
const askLicence = 15 * time.Second

// licence is the licence's lock, held on a connection of its own to the home
// database. No two runs hold it, whatever policy file they have.
type licence struct {
	home policy.Site
	db   *sql.DB
	conn *sql.Conn

	mu      sync.Mutex
	entries map[string]bool // sites into which somebody is still to be let, where the lock is let go after the last of them
}

// LicenceError says that the licence's lock could not be taken or was lost.
type LicenceError struct {
	Home   string
	Reason string
	Busy   bool // another run has it
}

func (e *LicenceError) Error() string {
	return fmt.Sprintf("the licence's lock in site %q, its home: %s", e.Home, e.Reason)
}

// takeLicence waits for the licence's lock.
func (f *Fleet) takeLicence(ctx context.Context) (*licence, error) {
	home, ok := f.Policy.Home()
	if !ok {
		return nil, &LicenceError{Home: f.Policy.License.Home, Reason: "there is no such site in use"}
	}
	failed := func(err error) error {
		return &LicenceError{Home: home.Name, Reason: err.Error(), Busy: errors.Is(err, errBusy)}
	}
	if _, err := f.pool(home); err != nil {
		return nil, failed(err)
	}
	a := f.addressOf(home)
	a.App = mssql.LicenceApp
	db, err := mssql.Open(a)
	if err != nil {
		return nil, failed(err)
	}
	l := &licence{home: home, db: db}
	err = f.retry(ctx, home, func() (err error) {
		if l.conn, err = db.Conn(ctx); err != nil {
			return err
		}
		if err = l.take(ctx, f.licenceWait, f.options.Warn); err != nil {
			l.drop()
		}
		return err
	})
	if err != nil {
		db.Close()
		return nil, failed(err)
	}
	return l, nil
}

// errBusy says that another run keeps the licence's lock.
var errBusy = errors.New("another grantree has held it for minutes: see which session of sys.dm_exec_sessions has " +
	"program_name = '" + mssql.LicenceApp + "', and run this again")

// take asks for the lock until it is there.
func (l *licence) take(ctx context.Context, wait time.Duration, warn func(string, ...any)) error {
	for range licenceTries {
		took, err := mssql.TakeLicence(ctx, l.conn, wait)
		if took || err != nil {
			return err
		}
		warn("another grantree is giving seats away; waiting for the licence's lock in site %q", l.home.Name)
	}
	return errBusy
}

// check refuses a commit that takes a seat once the lock is no longer there. A
// connection that died has lost it.
func (l *licence) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askLicence)
	defer cancel()
	if err := mssql.HasLicence(ctx, l.conn); err != nil {
		return &LicenceError{Home: l.home.Name, Reason: fmt.Sprintf("it was lost (%v), so nobody new was let in and this site was rolled back: run this again", err)}
	}
	return nil
}

// drop closes the connection for good, and the lock goes with it.
func (l *licence) drop() {
	if l.conn != nil {
		mssql.Discard(l.conn)
		l.conn.Close()
		l.conn = nil
	}
}

// release lets the lock go.
func (l *licence) release() {
	if l != nil {
		l.drop()
		l.db.Close()
	}
}
