package mssql

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"grantree/grants"
	"grantree/ledger"

	mssql "github.com/microsoft/go-mssqldb"
)

// StaleError says that a site is no longer what the plan was made from.
type StaleError struct {
	Site string
	What string // that changed, for a sentence; "" where nobody says
	// Between says that it changed between two of the small transactions of one run.
	Between bool
}

func (e *StaleError) Error() string {
	what := ""
	if e.What != "" {
		what = ", " + e.What
	}
	if e.Between {
		return fmt.Sprintf("somebody else changed site %q between two of its small transactions%s", e.Site, what)
	}
	return fmt.Sprintf("site %q changed since the plan was made%s; nothing was sent to it: plan again", e.Site, what)
}

// MismatchError says that the site, read back before the commit, was not what
// was wanted, and that everything was rolled back.
type MismatchError struct {
	Site   string
	Reason string
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("site %q was not what the plan promises after its statements, so all of them were rolled back: %s", e.Site, e.Reason)
}

// StatementError says which statement of a plan the server refused; the
// transaction was rolled back.
type StatementError struct {
	Site   string
	Change grants.Change
	Online bool // of a small transaction, which alone was rolled back
	Err    error
}

func (e *StatementError) Error() string {
	return fmt.Sprintf("site %q: the server refused %s: %v", e.Site, e.undone(), e.Err)
}

// undone is the statement, and what was rolled back with it.
func (e *StatementError) undone() string {
	what := "everything was"
	if e.Online {
		what = "the small transaction that it is in was"
	}
	return fmt.Sprintf("%s and %s rolled back", oneLine(Render(e.Change)), what)
}

// Unwrap returns the driver's error.
func (e *StatementError) Unwrap() error { return e.Err }

// CommitError says that a commit was sent and that no answer came which says
// that it was carried out. The change may have happened: Look says whether.
type CommitError struct {
	Site string
	Err  error
}

func (e *CommitError) Error() string {
	return fmt.Sprintf("site %q: the commit was sent and its answer was lost: %v", e.Site, e.Err)
}

// Unwrap returns the driver's error.
func (e *CommitError) Unwrap() error { return e.Err }

// Job is one site's plan, ready to send.
type Job struct {
	Site, Server string
	Before       *grants.Snapshot // what the plan was made from; what the server said of names then holds
	Fingerprint  string
	Changes      []grants.Change
	// Remake works the changes out again from the site as it is under the lock, or
	// refuses it; then Before, Fingerprint and Changes are not looked at.
	Remake func(now *grants.Snapshot) ([]grants.Change, error)
	// BeforeSend is asked once the changes are known, while their statements are
	// written, and may refuse to send them; nil agrees.
	BeforeSend func() error
	// Passwords are those of the users that the changes make with one of the
	// database's own, by name.
	Passwords map[string]string
	// Check says what is wrong with the site as read back before the commit,
	// or returns nil.
	Check func(after *grants.Snapshot) error
	// BeforeCommit is asked last of all and may refuse the commit; nil agrees.
	BeforeCommit func(ctx context.Context) error
	// Ledger is the row that is written to the site's ledger; nil for none.
	Ledger *LedgerJob
	begin  string // the frame that begins it; "" is that of a whole site's
}

// Apply changes one site, all or nothing, in three round trips on one
// connection: (1) begin, take the application lock, read the site again and
// compare; (2) send the statements and read back; (3) commit, if what was
// read back passes the job's check. On any error the transaction is rolled
// back, but for a *CommitError, after which it may or may not be. It returns
// the site as it is after the commit.
func Apply(ctx context.Context, db *sql.DB, job Job) (*grants.Snapshot, error) {
	var after *grants.Snapshot
	err := WithConn(ctx, db, func(conn *sql.Conn) (err error) {
		after, err = applyOn(ctx, conn, job)
		return err
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

// applyOn is the three round trips. The caller closes the connection on any
// error, which ends the transaction whatever state it is in.
func applyOn(ctx context.Context, conn *sql.Conn, job Job) (*grants.Snapshot, error) {
	now, err := readSnapshotAsking(ctx, conn, cmp.Or(job.begin, beginQuery)+job.asking().query()+job.ledgerEnd(), job.Site, job.Server, job.asking(), job.ledgerSets())
	if err != nil {
		return nil, fmt.Errorf("site %q: lock and read: %w", job.Site, err)
	}
	switch {
	case job.Remake != nil:
		job.Before = now
		if job.Changes, err = job.Remake(now); err != nil {
			return nil, err
		}
	case now.Fingerprint() != job.Fingerprint:
		return nil, &StaleError{Site: job.Site}
	}
	statements, passwords, err := job.ready()
	if err != nil {
		return nil, err
	}
	after, err := job.send(ctx, conn, statements, passwords)
	if err != nil {
		return nil, err
	}
	if job.BeforeCommit != nil {
		if err := job.BeforeCommit(ctx); err != nil {
			return nil, err
		}
	}
	if err := commit(ctx, conn, job.Site); err != nil {
		return nil, err
	}
	return after, nil
}

// ready are the statements of the changes, once BeforeSend has agreed to send them.
func (job Job) ready() (statements []string, passwords []any, err error) {
	if job.BeforeSend == nil {
		return job.statements()
	}
	agreed := make(chan error, 1)
	go func() { agreed <- job.BeforeSend() }()
	statements, passwords, err = job.statements()
	return statements, passwords, cmp.Or(err, <-agreed)
}

// send is the second round trip: the statements, the row of the ledger, and what
// there is then, which has to be what was promised.
func (job Job) send(ctx context.Context, conn *sql.Conn, statements []string, args []any) (*grants.Snapshot, error) {
	batch, asking := strings.Join(statements, "\n")+"\n", job.asking()
	var more []resultSet
	var rows []ledger.Row
	back := ""
	if l := job.Ledger; l.writesRow(job.Changes) {
		insert, values, err := l.writes(job.Changes)
		if err != nil {
			return nil, fmt.Errorf("site %q: the row of the ledger: %w", job.Site, err)
		}
		batch, args, back = batch+insert+"\n", append(args, values...), l.writtenQuery()
		more = append(more, l.written(&rows))
	}
	after, err := readSnapshotAsking(ctx, conn, batch+asking.query()+back, job.Site, job.Server, asking, more, args...)
	if err != nil {
		return nil, refused(job, statements, err)
	}
	after.Recall(job.Before)
	if err := job.Check(after); err != nil {
		return nil, &MismatchError{Site: job.Site, Reason: err.Error()}
	}
	return after, job.ledgerWritten(rows)
}

// ledgerWritten holds the row of the ledger that was read back to the one that was
// sent, and tells which it is.
func (job Job) ledgerWritten(rows []ledger.Row) error {
	l := job.Ledger
	if !l.writesRow(job.Changes) {
		return nil
	}
	if err := l.arrived(rows); err != nil {
		return &MismatchError{Site: job.Site, Reason: err.Error()}
	}
	if l.BeforeCommit == nil {
		return nil
	}
	return l.BeforeCommit(l.row.Last())
}

// asking is what is read of the site.
func (job Job) asking() Asking {
	if job.Ledger == nil {
		return Asking{}
	}
	return Asking{Ledger: job.Ledger.Table}
}

// ledgerEnd is what is asked of the ledger under the lock, ledgerSets who reads it.
func (job Job) ledgerEnd() string {
	if job.Ledger == nil {
		return ""
	}
	return ledgerEndQuery(job.Ledger.Table)
}

func (job Job) ledgerSets() []resultSet {
	if job.Ledger == nil {
		return nil
	}
	return job.Ledger.begin()
}

// commitWait bounds how long the answer to a commit is waited for.
const commitWait = time.Minute

// commit ends the transaction. Whoever stops the run before it stops it too;
// once it is sent its answer is waited for, since nothing else says what
// happened.
func commit(ctx context.Context, conn *sql.Conn, site string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("site %q: before the commit: %w", site, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "COMMIT TRANSACTION;"); err != nil {
		return &CommitError{Site: site, Err: err}
	}
	return nil
}

// Look reads a site as it is when no Apply is at work on it: it waits for the
// application lock, since what a lost connection sent last may still be on its
// way or being carried out. It changes nothing.
func Look(ctx context.Context, db *sql.DB, site, server string) (s *grants.Snapshot, err error) {
	err = WithConn(ctx, db, func(conn *sql.Conn) error {
		if s, err = readSnapshot(ctx, conn, beginQuery+snapshotQuery, site, server); err != nil {
			return fmt.Errorf("site %q: lock and read: %w", site, err)
		}
		_, err = conn.ExecContext(ctx, "ROLLBACK TRANSACTION;")
		return err
	})
	return s, err
}

// refused finds the statement that an error speaks of by its line.
func refused(job Job, statements []string, err error) error {
	var se mssql.Error
	if !errors.As(err, &se) {
		return fmt.Errorf("site %q: statements: %w", job.Site, err)
	}
	line := int(se.LineNo)
	for i, s := range statements {
		line -= strings.Count(s, "\n") + 1
		if line <= 0 {
			return &StatementError{Site: job.Site, Change: job.Changes[i], Online: job.begin != "", Err: err}
		}
	}
	if job.Ledger != nil && line == 1 {
		return fmt.Errorf("site %q: the row of the ledger %s: %w", job.Site, job.Ledger.Table.Name(), err)
	}
	return fmt.Errorf("site %q: read back: %w", job.Site, err)
}

// oneLine is a statement for a sentence.
func oneLine(s string) string {
	first, _, more := strings.Cut(s, "\n")
	if more {
		return first + " …"
	}
	return first
}
