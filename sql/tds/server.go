package tds

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Server accepts connections and speaks TDS on them. The zero value of every
// field but Handler is usable. The fields must not be changed after Serve.
type Server struct {
	Handler Handler
	// TLSConfig holds the certificate; nil offers no encryption. It is used with
	// TLS 1.2 alone, whatever it says.
	TLSConfig *tls.Config
	// RequireEncryption refuses clients that cannot encrypt (message 17835).
	RequireEncryption bool
	// Version is told in PRELOGIN: major, minor, build high, build low. The zero
	// value means 16.0.4135 (SQL Server 2022).
	Version [4]byte
	// Name is the server's name in errors before a login; "grantree" when empty.
	Name string
	// MaxConns is how many may be logged in at once; the next is refused with
	// message 17809. 0 means 256.
	MaxConns int
	// MaxPending is how many may be connected without being logged in; the oldest is
	// dropped for the next. 0 means 256.
	MaxPending int
	// MaxMessage is the greatest request in bytes; 0 means 64 MiB. The login has
	// a limit of its own, 128 KiB.
	MaxMessage int
	// LoginTimeout is the time from connection to LOGIN7; 0 means 15 s.
	LoginTimeout time.Duration
	// WriteTimeout is how long a client may refuse to take an answer; 0 means 60 s.
	WriteTimeout time.Duration
	// ErrorLog hears about connections that broke; nil drops it. It never sees a
	// password or a statement.
	ErrorLog func(format string, args ...any)
	// Fault is for tests: it is asked at every packet. nil does nothing.
	Fault func(FaultPoint) FaultAction
}

// Serve accepts connections until ctx ends, or Close or Shutdown is called, and
// then returns nil after the last connection is gone. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return nil }

// Close drops all connections and waits for their sessions to end.
func (s *Server) Close() error { return nil }

// Shutdown stops accepting, lets running requests finish, and drops what is left
// when ctx ends, whose error it then returns.
func (s *Server) Shutdown(ctx context.Context) error { return nil }
