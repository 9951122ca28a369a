package sandbox

import (
	"context"
	"database/sql"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
)

// firstInternal is the first session number of sessions that have no connection.
const firstInternal = 30001

// session is one login: its security context, its options, its transaction and what it has made for itself. Only its
// own goroutine touches it, but for what mu guards.
type session struct {
	srv   *Server
	conn  *tds.Conn // nil for a session inside the process
	spid  int
	login tds.Login // without its passwords
	user  string    // login name of the connection, as the server spells it
	sid   []byte    // of that login
	begun time.Time
	first *security.Context // context after login

	context  *security.Context // who asks: the top of the EXECUTE AS stack
	frames   []frame           // what is under it
	settings settings
	tx       transaction
	out      answer
	request  context.Context // of the running request

	rows      *sql.Conn // connection to the store, opened at first use
	sharing   *sql.DB   // others onto the same one
	temps     map[string]*tempTable
	tables    []*tempTable          // table variables that live
	keys      map[string]contextKey // session context
	prepared  map[int64]*preparedText
	handles   int64
	try       int // TRY blocks that are open, over all nested texts
	caught    []*tds.ServerError
	depth     int              // nested texts: @@NESTLEVEL
	inside    bool             // a function, whose statements are part of another
	pinned    *security.Server // what they see
	around    []int            // databases of the texts around the running one
	errno     int32            // @@ERROR
	nextErrno int32            // @@ERROR after the running statement, if that succeeds
	rowCount  int64
	identity  any // @@IDENTITY: int64 or nil
	scopeID   any // SCOPE_IDENTITY()

	cursors     cursors // GLOBAL ones
	closed      [2]int  // how often all cursors were closed, and how often those that are not STATIC
	fetchStatus int64   // @@FETCH_STATUS
	cursorRows  int64   // @@CURSOR_ROWS

	mu     sync.Mutex // guards what sys.dm_exec_sessions tells other sessions
	status sessionStatus
	killed bool
	cancel context.CancelFunc
}

// sessionStatus is what other sessions may know of a session.
type sessionStatus struct {
	Running      bool
	Database     int
	Around       []int // databases to which it goes back
	LoginName    string
	SID          []byte
	RequestStart time.Time
	RequestEnd   time.Time
	Open         int // open_transaction_count
	Settings     settings
	RowCount     int64
	Errno        int32
}

// newSession makes a session and lists it.
func (s *Server) newSession(conn *tds.Conn, l tds.Login, user string, first *security.Context) *session {
	n := &session{srv: s, conn: conn, login: l, user: user, sid: first.LoginSID, begun: s.now(), first: first, request: context.Background()}
	n.login.Password, n.login.NewPassword = "", ""
	n.login.HostName, n.login.AppName, n.login.ClientInterface = truncate(l.HostName, 128), truncate(l.AppName, 128), truncate(l.ClientInterface, 32)
	n.status.RequestStart, n.status.RequestEnd = n.begun, n.begun // the login was its first request
	n.restart()
	s.mu.Lock()
	defer s.mu.Unlock()
	if conn != nil {
		n.spid = conn.SPID()
	} else {
		n.spid = s.next
		s.next++
	}
	s.sessions[n.spid] = n
	n.note(false)
	return n
}

// restart gives the session the state it has after login. A text that runs (sp_reset_connection) finds its way back.
func (s *session) restart() {
	first := *s.first
	s.context, s.frames, s.settings = &first, nil, firstSettings()
	s.keys, s.prepared = nil, nil
	s.cursors, s.fetchStatus, s.cursorRows = nil, 0, 0
	s.errno, s.rowCount, s.identity, s.scopeID = 0, 0, nil, nil
}

// Batch runs the text of a SQLBatch.
func (s *session) Batch(ctx context.Context, b *tds.Batch, w *tds.Writer) {
	s.serve(ctx, w, func() { s.runBatch(b.Text) })
}

// RPC calls a procedure.
func (s *session) RPC(ctx context.Context, r *tds.RPC, w *tds.Writer) {
	s.serve(ctx, w, func() { s.runRPC(r) })
}

// Transaction does what a transaction manager request asks for.
func (s *session) Transaction(ctx context.Context, r *tds.TransactionRequest, w *tds.Writer) {
	s.serve(ctx, w, func() { s.runTransaction(r) })
}

// Reset puts the session back to its state after login (J.7). A session that stands under EXECUTE AS ends instead.
func (s *session) Reset(ctx context.Context, keepTransaction bool, w *tds.Writer) {
	s.serve(ctx, w, func() {
		if err := s.reset(keepTransaction); err != nil {
			s.out.Fatal(err)
			return
		}
		s.enterAgain()
	})
}

// reset lets go of everything but an open transaction that is to be kept.
func (s *session) reset(keepTransaction bool) *serverError {
	if len(s.frames) > 0 {
		return refuse(18059)
	}
	if !keepTransaction {
		s.rollbackAll()
	}
	s.srv.locks.ReleaseAll(lockOwner{SPID: s.spid})
	s.dropTemps()
	s.restart()
	return nil
}

// enterAgain opens the database of the login anew. Where that fails the connection drops, as on a real server.
func (s *session) enterAgain() {
	st := s.srv.publication.Current()
	again, err := st.EnterAgain(s.first, s.srv.now())
	if err != nil {
		s.kill()
		return
	}
	s.first = again
	s.restart()
}

// Close ends the session: what is open rolls back, locks go.
func (s *session) Close() {
	s.out = &silence{}
	s.request = context.Background()
	s.rollbackAll()
	s.srv.locks.ReleaseAll(lockOwner{SPID: s.spid})
	s.dropTemps()
	if s.sharing != nil {
		s.sharing.Close()
	}
	if s.rows != nil {
		s.rows.Close()
	}
	s.srv.mu.Lock()
	defer s.srv.mu.Unlock()
	delete(s.srv.sessions, s.spid)
}

// serve runs one request with its context and answer.
func (s *session) serve(ctx context.Context, w answer, do func()) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.cancel = cancel
	if s.killed {
		cancel()
	}
	s.mu.Unlock()
	s.request, s.out = ctx, w
	s.note(true)
	s.guard(do)
	if s.attended() && s.settings.on(optXactAbort) {
		s.rollbackAll()
	}
	s.note(false)
}

// guard calls do and makes of a panic what the engine makes of a failed assertion: the connection ends, the server lives.
func (s *session) guard(do func()) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		s.srv.options.Log("session %d: %v\n%s", s.spid, p, debug.Stack())
		s.rollbackAll()
		s.out.Fatal(refuse(3624))
	}()
	do()
}

// attended reports whether the client has cancelled the request.
func (s *session) attended() bool { return s.request.Err() != nil }

// note writes down what sys.dm_exec_sessions tells.
func (s *session) note(running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Running = running
	s.describe()
	if running {
		s.status.RequestStart = s.srv.now()
	} else {
		s.status.RequestEnd = s.srv.now()
	}
}

// describe writes down where the session stands. mu is held.
func (s *session) describe() {
	s.status.Database, s.status.LoginName, s.status.SID = s.context.Database, s.context.LoginName, s.context.LoginSID
	s.status.Around = slices.Clone(s.around)
	for _, f := range s.frames {
		s.status.Around = append(s.status.Around, f.context.Database)
	}
	s.status.Open, s.status.Settings, s.status.RowCount, s.status.Errno = s.tx.count, s.settings, s.rowCount, s.errno
}

// kill ends the session from outside: its request stops and its connection drops.
func (s *session) kill() {
	s.mu.Lock()
	s.killed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
}

// store returns the session's connection to the rows.
func (s *session) store() (*sql.Conn, error) {
	if s.rows == nil {
		conn, err := s.srv.store.Conn()
		if err != nil {
			return nil, err
		}
		if s.sharing, err = sharing(conn); err != nil {
			return nil, err
		}
		s.rows = conn
	}
	return s.rows, nil
}

// state is the version of the server's state that the session sees: its own transaction's, or the committed one.
func (s *session) state() *security.Server {
	if s.tx.work != nil {
		return s.tx.work
	}
	if s.pinned != nil {
		return s.pinned
	}
	return s.srv.publication.Current()
}

// at is the session's security context at the time of the statement.
func (s *session) at() *security.Context { return s.context.At(s.srv.now()) }

// database is the current database in a version.
func (s *session) database(st *security.Server) *security.Database {
	return st.Database(s.context.Database)
}

// databaseName is the name of the current database.
func (s *session) databaseName() string {
	if d := s.database(s.state()); d != nil {
		return d.Name
	}
	return ""
}
