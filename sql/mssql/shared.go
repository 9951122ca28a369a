package mssql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"grantree/sql/tsql"

	driver "github.com/microsoft/go-mssqldb"
)

// Servers are the connections of a run to the servers that it needs. Those that nobody
// uses at the moment are kept for others, but no more than so many of all servers
// together. The zero Servers is ready to use, from several goroutines.
type Servers struct {
	mu   sync.Mutex
	idle []link // in the order in which they came back
	of   map[string]*Server
}

// Server is the connections to one server as one login, which the databases that are
// opened by Server.Open share: what one of them does not need any more another one
// takes over, with USE at the head of its first batch, in place of a handshake and a
// login. As many are open as were needed at once.
type Server struct {
	all    *Servers
	closed bool
}

// link is a connection, and the database that it logged in to: where the server puts
// a session back to, before the next batch, whenever somebody else takes it over.
// One that was in another database since held nothing of it, so that it may be called
// otherwise now and another have its name: then it is entered by name too.
type link struct {
	server   *Server
	conn     *session
	database string
	moved    bool
}

// mostIdle is how many connections are kept for others. Each has a buffer of 64 KB.
const mostIdle = 64

// Server is the server of a name, the same for each call.
func (s *Servers) Server(name string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]*Server{}
	}
	if s.of[name] == nil {
		s.of[name] = &Server{all: s}
	}
	return s.of[name]
}

// Close closes the connections to all servers, see Server.Close.
func (s *Servers) Close() {
	s.mu.Lock()
	servers := slices.Collect(maps.Values(s.of))
	s.mu.Unlock()
	for _, one := range servers {
		one.Close()
	}
}

// Open is the function Open of a database whose connections are shared. The address
// differs from those of others that are opened so by its database alone.
func (s *Server) Open(a Address) (*sql.DB, error) {
	c, err := connectorOf(a)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(sharing{connector: c, server: s, database: a.Database})
	db.SetMaxIdleConns(-1) // they are kept here
	return db, nil
}

// Close closes the connections that nobody uses, and each other one as it comes back.
func (s *Server) Close() error {
	s.drop(true)
	return nil
}

// drop closes the connections that nobody uses.
func (s *Server) drop(forGood bool) {
	var gone []link
	s.all.mu.Lock()
	s.all.idle = slices.DeleteFunc(s.all.idle, func(l link) bool {
		if l.server == s {
			gone = append(gone, l)
		}
		return l.server == s
	})
	s.closed = s.closed || forGood
	s.all.mu.Unlock()
	for _, l := range gone {
		l.conn.Close()
	}
}

// take returns a connection that nobody uses: of this database, where there is one,
// else the one that came back last.
func (s *Server) take(ctx context.Context, database string) (link, bool) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	for {
		at := -1
		for i, l := range s.all.idle {
			if l.server == s && (at < 0 || l.database == database || s.all.idle[at].database != database) {
				at = i
			}
		}
		if at < 0 {
			return link{}, false
		}
		l := s.all.idle[at]
		s.all.idle = slices.Delete(s.all.idle, at, at+1)
		if l.conn.ResetSession(ctx) == nil {
			return l, true
		}
		l.conn.Close()
	}
}

// put takes a connection back. With one that broke the others of its server are
// closed: a server that went away has let go of them too.
func (s *Server) put(l link, broken bool) error {
	if broken {
		s.drop(false)
		return l.conn.Close()
	}
	if gone := s.keep(l); gone != nil {
		return gone.Close()
	}
	return nil
}

// keep keeps a connection for others, and returns the one that is not kept: where
// there are too many the one that nobody has needed for longest.
func (s *Server) keep(l link) (gone *session) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if s.closed {
		return l.conn
	}
	if len(s.all.idle) == mostIdle {
		gone = s.all.idle[0].conn
		s.all.idle = slices.Delete(s.all.idle, 0, 1)
	}
	s.all.idle = append(s.all.idle, l)
	return gone
}

// sharing connects one database of a server.
type sharing struct {
	connector
	server   *Server
	database string
}

// Connect returns a connection that nobody uses, or a new one.
func (c sharing) Connect(ctx context.Context) (sqldriver.Conn, error) {
	if l, ok := c.server.take(ctx, c.database); ok {
		return &lent{session: l.conn, of: c, login: l.database, moved: l.moved, away: l.moved || l.database != c.database}, nil
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &lent{session: conn, of: c, login: c.database}, nil
}

// dial makes a connection that logs in to the database.
func (c sharing) dial(ctx context.Context) (*session, error) {
	conn, err := c.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn.(*session), nil
}

// lent is a connection in the hands of one database.
type lent struct {
	*session
	of    sharing
	login string // the database that it logged in to
	moved bool   // see link
	away  bool   // it is not known to be in its own
}

// ResetSession puts the session back to what it was after its login, with the next
// batch: into the database that it logged in to.
func (l *lent) ResetSession(ctx context.Context) error {
	l.away = l.moved || l.login != l.of.database
	return l.session.ResetSession(ctx)
}

// Close gives the connection back, for others.
func (l *lent) Close() error {
	return l.of.server.put(link{l.of.server, l.session, l.login, l.moved}, l.spoiled || !l.IsValid())
}

// PrepareContext prepares a batch, the first of which begins with USE.
func (l *lent) PrepareContext(ctx context.Context, query string) (sqldriver.Stmt, error) {
	if l.away {
		return &entering{l: l, query: query}, nil
	}
	return l.Conn.PrepareContext(ctx, query)
}

// Prepare is PrepareContext without a context.
func (l *lent) Prepare(query string) (sqldriver.Stmt, error) {
	return l.PrepareContext(context.Background(), query)
}

// Discard has a connection closed that is to be used by nobody any more: a
// transaction or an impersonation may be open on it.
func Discard(conn *sql.Conn) {
	conn.Raw(func(c any) error {
		if s, ok := c.(interface{ spoil() }); ok {
			s.spoil()
		}
		return sqldriver.ErrBadConn // database/sql closes it
	})
}

// entering is the first batch of a database on a connection that is in another one.
type entering struct {
	l     *lent
	query string
}

func (e *entering) Close() error  { return nil }
func (e *entering) NumInput() int { return -1 }

func (e *entering) Exec([]sqldriver.Value) (sqldriver.Result, error) {
	return nil, errors.New("a batch without a context")
}

func (e *entering) Query([]sqldriver.Value) (sqldriver.Rows, error) {
	return nil, errors.New("a batch without a context")
}

func (e *entering) QueryContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	return enter(ctx, e, args, sqldriver.StmtQueryContext.QueryContext)
}

func (e *entering) ExecContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	return enter(ctx, e, args, sqldriver.StmtExecContext.ExecContext)
}

// enter sends a batch that begins with USE. Where that did not get into the database
// nothing of the batch was carried out: then it goes to a connection that logs in there,
// whose errors are those of any other, and the one that refused is not used again. A batch with arguments is a call, whose USE
// would end with it, so that one is sent before.
func enter[S, T any](ctx context.Context, e *entering, args []sqldriver.NamedValue, send func(S, context.Context, []sqldriver.NamedValue) (T, error)) (out T, err error) {
	do := func(query string, args []sqldriver.NamedValue) (T, error) {
		s, err := e.l.Conn.PrepareContext(ctx, query)
		if err != nil {
			var none T
			return none, err
		}
		return send(s.(S), ctx, args)
	}
	if !e.l.away { // two were prepared
		return do(e.query, args)
	}
	use := useQuery(e.l.of.database)
	if len(args) > 0 {
		_, err = execute(ctx, e.l.Conn, use)
	} else {
		out, err = do(use+e.query, nil)
	}
	switch {
	case err == nil:
		if e.l.away, e.l.moved = false, true; len(args) > 0 {
			return do(e.query, args)
		}
		return out, nil
	case !notEntered(err):
		e.l.spoil() // its answer may not be read to the end
		return out, err
	}
	if err := e.l.again(ctx); err != nil {
		return out, err
	}
	return do(e.query, args)
}

// useQuery enters a database, and ends the batch where it did not, with the first
// error: the driver reads no answer to its end that goes on after one. It is the first
// line of the batch.
func useQuery(database string) string {
	name := tsql.QuoteString(database)
	return fmt.Sprintf("SET XACT_ABORT ON; USE %s; IF DB_ID(%s) IS NULL OR DB_ID() <> DB_ID(%s) THROW 50004, N'the database was not entered', 1; SET XACT_ABORT OFF;\n", tsql.Quote(database), name, name)
}

// notEntered reports whether an error is that of useQuery: by its number, and because
// it comes from the first line, which has nothing else. Other errors than those of a
// database that cannot be entered are told as they are.
func notEntered(err error) bool {
	var se driver.Error
	if !errors.As(err, &se) || se.LineNo > 1 || se.ProcName != "" {
		return false
	}
	return slices.Contains([]int32{911, 916, 921, 922, 923, 924, 927, 929, 942, 945, 952, 976, 978, 983, 4060, 4063, 40508, 50004}, se.Number)
}

// again changes the connection for one that logs in to the database.
func (l *lent) again(ctx context.Context) error {
	l.spoil()
	conn, err := l.of.dial(ctx)
	if err != nil {
		return err
	}
	l.session.Close()
	l.session, l.login, l.moved, l.away = conn, l.of.database, false, false
	return nil
}

func execute(ctx context.Context, conn *driver.Conn, query string) (sqldriver.Result, error) {
	s, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(sqldriver.StmtExecContext).ExecContext(ctx, nil)
}
