package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
)

// maxConnections is @@MAX_CONNECTIONS.
const maxConnections = 1024

// Server is an embedded SQL Server-compatible server. It keeps everything in memory and in a temporary directory, and
// forgets it at Close.
type Server struct {
	options     Options
	wire        *tds.Server
	store       *store
	publication publication
	locks       lockManager
	versions    rowVersions
	faults      faults
	randomness  sync.Mutex // guards options.Rand
	started     time.Time

	mu       sync.Mutex
	sessions map[int]*session
	next     int // spid of the next session without a connection
	tx       uint64
	names    int // numbers of tables and constraints given out
	listener net.Listener
	closed   bool
}

// New makes a server with the databases master, tempdb, model and msdb and the login sa.
func New(options Options) (*Server, error) {
	o := options.filled()
	if _, ok := security.ParseCollation(o.Collation); !ok {
		return nil, fmt.Errorf("collation %q is unknown", o.Collation)
	}
	st, err := openStore()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, store: st, sessions: map[int]*session{}, next: firstInternal, started: o.Clock()}
	s.wire = &tds.Server{Handler: handler{s}, Version: wireVersion, Name: o.Name, RequireEncryption: o.RequireTLS, MaxConns: maxConnections, ErrorLog: o.Log}
	if err := s.certify(); err != nil {
		st.Close()
		return nil, err
	}
	s.publication.current, err = s.firstState()
	if err != nil {
		st.Close()
		return nil, err
	}
	for _, f := range o.Faults {
		s.Inject(f)
	}
	return s, nil
}

// certify gives the wire a certificate when TLS is wanted.
func (s *Server) certify() error {
	if !s.options.TLS && !s.options.RequireTLS {
		return nil
	}
	cert, err := tds.SelfSigned("localhost", "127.0.0.1", "::1")
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	s.wire.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	return nil
}

// firstState is the state of a server that nobody has used.
func (s *Server) firstState() (*security.Server, error) {
	o := security.Options{
		Collation: s.options.Collation,
		Now:       s.now(),
		Verify:    verifyPassword,
		Lockout:   s.options.Lockout,
		Entra:     s.options.Entra,
		Groups:    s.options.Groups,
	}
	if s.options.SAPassword != "" {
		hash, err := s.hashPassword(s.options.SAPassword)
		if err != nil {
			return nil, err
		}
		o.SAHash = hash
	}
	return security.NewServer(o), nil
}

// Listen starts to serve on a TCP address, such as 127.0.0.1:0, in the background.
func (s *Server) Listen(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.setListener(l)
	go func() {
		if err := s.wire.Serve(context.Background(), l); err != nil {
			s.options.Log("serve: %v", err)
		}
	}()
	return nil
}

// Serve serves on l until ctx ends or Close is called. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	s.setListener(l)
	return s.wire.Serve(ctx, l)
}

func (s *Server) setListener(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener = l
}

// Addr is the address that the server listens on; nil before it does.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return nil
	}
	return s.listener.Addr()
}

// URL returns a connection string for go-mssqldb. database may be empty.
func (s *Server) URL(user, password, database string) string {
	query := url.Values{}
	if database != "" {
		query.Set("database", database)
	}
	switch {
	case s.wire.TLSConfig == nil:
		query.Set("encrypt", "disable")
	default:
		query.Set("encrypt", "true")
		query.Set("TrustServerCertificate", "true")
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword(user, password), RawQuery: query.Encode()}
	if a := s.Addr(); a != nil {
		u.Host = a.String()
	}
	return u.String()
}

// Close drops all connections, rolls back what is open and removes the store. It may be called more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	return errors.Join(s.wire.Close(), s.store.Close())
}

// now is the server's time to the precision of datetime2, without the monotonic part.
func (s *Server) now() time.Time {
	return s.options.Clock().Round(0).Truncate(100 * time.Nanosecond)
}
