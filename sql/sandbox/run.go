package sandbox

import (
	"context"
	"errors"
	"strings"
	"time"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// run is one text that executes: a batch, the text of EXEC or sp_executesql, with its variables.
type run struct {
	s        *session
	source   string
	parsed   *text // nil before it is parsed
	vars     map[string]*variable
	proc     bool        // its statements end with DONEINPROC
	name     string      // procedure that errors name, empty for a batch
	module   *activation // that it stands in, nil for a batch and the text of EXEC
	returned any         // by RETURN: an int64 from a procedure
	try      int         // TRY blocks of this text that are open
	catch    int         // CATCH blocks of this text that are open

	frames int // EXECUTE AS frames when it began

	cursors cursors // LOCAL ones

	compiles bool // nothing is run: names and types are looked at alone

	// The statement that runs: what it sees and who asks.
	state   *security.Server
	checker *security.Checker
	now     time.Time
	line    int
}

// flow says where execution goes on after a statement.
type flow int

const (
	flowNext     flow = iota
	flowBreak         // leave the loop
	flowContinue      // begin the loop's next round
	flowReturn        // leave the text
	flowEnd           // leave the batch with all texts around
)

// runBatch runs the text of a SQLBatch.
func (s *session) runBatch(text string) {
	x := &run{s: s, source: text, vars: map[string]*variable{}, frames: 0}
	_, err := x.runText()
	var f *failure
	if errors.As(err, &f) && f.inProc { // what ends a request is a DONE
		s.out.Done(tds.CommandExecute, -1, tds.DoneError)
	}
	s.endRequest()
}

// endRequest is what a batch end does: a doomed transaction rolls back (3998).
func (s *session) endRequest() {
	if s.attended() || !s.tx.doomed {
		return
	}
	s.rollbackAll()
	s.out.Error(refuse(3998))
	s.out.Done(tds.CommandRollback, -1, tds.DoneError)
}

// runText parses and runs the text of x. The error is what a TRY around the text may catch.
func (x *run) runText() (flow, error) {
	t, err := x.parsed, error(nil)
	if t == nil {
		t, err = textOf(x.source, tsql.Options{QuotedIdentifierOff: !x.s.settings.on(optQuotedIdentifier)})
	}
	early := err != nil || x.s.depth == 0
	if err == nil {
		x.parsed = t
		err = x.compile(t.batch)
	}
	if err != nil {
		f := x.s.fail(err, 1)
		f.compile, f.early = true, early
		return ended(x.failed(f, tds.CommandExecute))
	}
	defer x.dropTableVariables()
	if len(t.batch.Statements) == 0 {
		x.s.errno = 0
	}
	return ended(x.statements(t.batch.Statements))
}

// ended is what the end of a text is to the text around it.
func ended(fl flow, err error) (flow, error) {
	if fl == flowReturn {
		fl = flowNext
	}
	return fl, err
}

// statements runs a list until something leads elsewhere.
func (x *run) statements(list []tsql.Statement) (flow, error) {
	for _, st := range list {
		if fl, err := x.statement(st); fl != flowNext || err != nil {
			return fl, err
		}
	}
	return flowNext, nil
}

// statement runs one statement.
func (x *run) statement(st tsql.Statement) (flow, error) {
	if x.s.attended() {
		return flowEnd, &failure{cancelled: true}
	}
	if x.s.settings.skips(st) {
		return flowNext, nil
	}
	x.renew()
	x.line = st.Position().Line
	how := statementOf(st)
	if how.manner == steers {
		return how.do(x, st)
	}
	err := x.fault()
	fl := flowNext
	x.s.nextErrno = 0
	if err == nil {
		fl, err = x.leaf(st, how)
	}
	if err != nil {
		f := x.s.fail(err, st.Position().Line)
		f.writes = writesRows(st)
		return x.failed(f, command(st))
	}
	x.s.errno = x.s.nextErrno
	return fl, nil
}

// renew lets the next statement see the state as it is now.
func (x *run) renew() {
	x.state, x.checker, x.now = x.s.state(), nil, x.s.srv.now()
}

// check returns the checker of the running statement.
func (x *run) check() *security.Checker {
	if x.checker == nil {
		x.checker = x.state.Checker(x.s.context.At(x.now))
	}
	return x.checker
}

// failed decides what becomes of an error: whether it is caught, what it takes with it, and where execution goes on.
// Table "D.10" of the reference is the rule.
func (x *run) failed(f *failure, cmd uint16) (flow, error) {
	s := x.s
	if f.cancelled || f.sent {
		return flowEnd, f
	}
	last := f.last()
	s.errno = last.Number
	for _, e := range f.errors {
		if e.Procedure == "" {
			e.Procedure = x.name
		}
	}
	if last.IsFatal() {
		return x.fatal(f)
	}
	reach := s.try
	if f.compile {
		reach -= x.try
	}
	abort := s.settings.on(optXactAbort)
	if reach > 0 { // under XACT_ABORT whatever is caught leaves a transaction that cannot be committed
		s.tx.doomed = s.tx.doomed || s.tx.count > 0 && (abort || endsBatch[last.Number])
		return flowEnd, f
	}
	ends := f.thrown || endsBatch[last.Number] || abort && !f.raised && !f.early
	if ends && s.tx.count > 0 && (!f.thrown || abort) {
		s.rollbackAll()
	}
	x.send(f, cmd, ends)
	switch {
	case ends:
		f.sent, f.inProc = true, x.proc
		return flowEnd, f
	case f.compile:
		return flowReturn, nil
	}
	return flowNext, nil
}

// send puts a failure on the wire, which ends the batch or not.
func (x *run) send(f *failure, cmd uint16, ends bool) {
	for _, e := range f.errors {
		x.s.out.Error(e)
		if x.module != nil {
			x.module.worst = max(x.module.worst, e.Class)
		}
	}
	if !ends && (terminated[f.last().Number] && f.writes || f.errors[0].Number == 1505 || f.errors[0].Number == 1946) {
		x.s.out.Info(&tds.ServerError{Number: 3621, Message: "The statement has been terminated.", Procedure: x.name, Line: f.last().Line})
	}
	x.done(cmd, -1, tds.DoneError)
}

// terminated are the errors of a change after which the engine says that the statement has been terminated: those that it
// meets as it runs and that do not end the batch.
var terminated = map[int32]bool{
	220: true, 512: true, 515: true, 517: true, 530: true, 535: true, 536: true, 537: true, 547: true, 550: true, 1222: true, 1946: true, 2601: true,
	2627: true, 2628: true, 3623: true, 8115: true, 8134: true, 8152: true,
}

// fatal sends an error that closes the connection.
func (x *run) fatal(f *failure) (flow, error) {
	x.s.rollbackAll()
	x.s.out.Fatal(f.last())
	f.sent = true
	return flowEnd, f
}

// endsBatch are the errors below class 20 that end the batch and roll the transaction back even without XACT_ABORT:
// failed conversions, deadlocks, too many levels (@@NESTLEVEL), and refused CREATE of modules (C.7).
var endsBatch = map[int32]bool{
	217: true, 241: true, 242: true, 244: true, 245: true, 248: true, 262: true, 295: true, 296: true, 529: true, 1205: true, 3960: true, 3998: true, 8115: false,
}

// done ends a statement on the wire.
func (x *run) done(cmd uint16, count int64, flags tds.DoneStatus) {
	if x.s.settings.on(optNoCount) {
		count = -1
	}
	if x.proc {
		x.s.out.DoneInProc(cmd, count, flags)
	} else {
		x.s.out.Done(cmd, count, flags)
	}
}

// fault makes the faults that tests asked for.
func (x *run) fault() error {
	s := x.s
	f, ok := s.srv.faults.statement(s.user, s.login.AppName)
	if !ok {
		return nil
	}
	switch f.Kind {
	case FaultDie:
		return s.die()
	case FaultDeadlock:
		return s.deadlocked()
	case FaultLockTimeout:
		return refuse(1222)
	}
	return s.sleep(f.Delay)
}

// sleep waits, unless the request is cancelled.
func (s *session) sleep(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.request.Done():
		return context.Cause(s.request)
	}
}

// nested runs a text inside another: EXEC('…') and sp_executesql. What it changed with USE, SET and EXECUTE AS is undone
// when it returns (D.7).
func (x *run) nested(inner *run) (flow, error) { return x.within(inner, inner.runText) }

// within is nested for whatever runs the statements of inner.
func (x *run) within(inner *run, do func() (flow, error)) (flow, error) {
	s := x.s
	if s.depth >= 32 {
		return flowEnd, refuse(217)
	}
	context, kept := s.context, s.settings
	inner.frames, inner.proc = len(s.frames), true
	s.depth, s.around = s.depth+1, append(s.around, context.Database)
	fl, err := do()
	s.endTemps(s.depth)
	s.depth, s.around = s.depth-1, s.around[:len(s.around)-1]
	s.unwind(inner.frames, context, kept)
	x.renew()
	var f *failure
	if errors.As(err, &f) {
		f.compile = false
	}
	return fl, err
}

// variableKey is a variable's name as it is compared.
func variableKey(name string) string { return strings.ToLower(name) }
