package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"grantree/sql/tsql"
)

// act does one step.
func (w *world) act(ctx context.Context, s *step) (outcome, error) {
	switch {
	case s.kind == stepLogin:
		return w.login(ctx, s)
	case s.kind == stepStart:
		return outcome{}, w.start(ctx, s)
	case s.kind == stepWait:
		return w.wait(ctx, s)
	case s.kind == stepClose:
		return outcome{}, w.hangUp(ctx, s.as+" "+s.in)
	case s.kind == stepReset:
		return outcome{}, w.reset(ctx, s.as+" "+s.in)
	case w.file.connections:
		conn, err := w.connect(ctx, s.as, s.in)
		if err != nil {
			return outcome{}, err
		}
		if s.kind == stepRPC {
			return ask(ctx, conn, w.say(s.text), 1)
		}
		return ask(ctx, conn, w.say(s.text))
	case s.as == "sa":
		return ask(ctx, w.sa, w.say(s.text))
	}
	return w.impersonate(ctx, s)
}

// start lets a batch run on its connection. It returns when the server is busy with it.
func (w *world) start(ctx context.Context, s *step) error {
	conn, err := w.connect(ctx, s.as, s.in)
	if err != nil {
		return err
	}
	var spid int
	if err := conn.QueryRowContext(ctx, "SELECT CAST(@@SPID AS int)").Scan(&spid); err != nil {
		return err
	}
	done := make(chan result, 1)
	w.begun[s.as] = done
	go func() {
		o, err := ask(ctx, conn, w.say(s.text))
		done <- result{o, err}
	}()
	return w.must(ctx, fmt.Sprintf("WHILE NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = %d AND status = 'running') WAITFOR DELAY '00:00:00.005'", spid),
		"WAITFOR DELAY '00:00:00.050'")
}

// wait returns what came of a batch that was started.
func (w *world) wait(ctx context.Context, s *step) (outcome, error) {
	done := w.begun[s.as]
	if done == nil {
		return outcome{}, fmt.Errorf("%q has started nothing", s.as)
	}
	delete(w.begun, s.as)
	select {
	case r := <-done:
		return r.outcome, r.err
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
}

// impersonate runs a batch of sa's transaction as somebody else.
func (w *world) impersonate(ctx context.Context, s *step) (outcome, error) {
	if err := w.must(ctx, "EXECUTE AS USER = "+tsql.QuoteString(s.as)); err != nil {
		return outcome{}, err
	}
	o, err := ask(ctx, w.sa, w.say(s.text))
	if err != nil {
		return o, err
	}
	return o, w.must(ctx, "REVERT")
}

// login tries to connect with a password.
func (w *world) login(ctx context.Context, s *step) (outcome, error) {
	pass := w.say(s.password)
	if pass == "-" {
		pass = password
	}
	var o outcome
	db, err := w.target.open(w.called(s.as), pass, w.called(s.in))
	if err != nil {
		return o, err
	}
	defer db.Close()
	var conn *sql.Conn
	if conn, err = db.Conn(ctx); err != nil {
		return o, o.fail(err)
	}
	var spid int
	if err := conn.QueryRowContext(ctx, "SELECT CAST(@@SPID AS int)").Scan(&spid); err != nil {
		return o, err
	}
	if err := errors.Join(conn.Close(), db.Close()); err != nil {
		return o, err
	}
	return o, w.gone(ctx, fmt.Sprintf("session_id = %d", spid))
}
