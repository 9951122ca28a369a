package tds

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// Server accepts connections and speaks TDS on them. The zero value of every
// field but Handler is usable. The fields must not be changed after Serve.
type Server struct {
	Handler Handler
	// TLSConfig holds the certificate; nil offers no encryption. Inside
	// packets it is used with TLS 1.2 alone, whatever it says; TLS that comes first
	// (TDS 8.0) is as it says.
	TLSConfig *tls.Config
	// RequireEncryption refuses clients that cannot encrypt (message 17835). It
	// needs a TLSConfig.
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
	// password or a statement. It is called by many goroutines at once.
	ErrorLog func(format string, args ...any)
	// Fault is for tests: it is asked at every packet, by many goroutines at once.
	// nil does nothing.
	Fault func(FaultPoint) FaultAction

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]bool
	conns     map[int]*Conn // by SPID
	pending   []*Conn       // not logged in, oldest first
	admitted  int
	running   sync.WaitGroup
}

// ErrServerClosed is returned by Serve after Close.
var ErrServerClosed = errors.New("server is closed")

// Serve accepts connections until ctx ends or Close is called, and
// then returns nil after its last connection is gone. It closes l. It may run for
// several listeners at once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer l.Close()
	if s.RequireEncryption && s.TLSConfig == nil {
		return errors.New("encryption is required and there is no certificate")
	}
	if !s.listen(l) {
		return ErrServerClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var own sync.WaitGroup
	defer own.Wait()
	for {
		raw, err := s.accept(ctx, l)
		if err != nil {
			cancel(err)
			return err
		}
		if raw == nil {
			return nil
		}
		if c := s.add(ctx, raw); c != nil {
			own.Go(func() {
				defer s.running.Done()
				closeLater := context.AfterFunc(ctx, func() { c.Close() })
				defer closeLater()
				c.serve()
			})
		}
	}
}

// acceptPause is how long a failed accept waits, for example for a file descriptor.
const acceptPause = 50 * time.Millisecond

// accept returns the next connection, or nil when the listener has been closed on
// purpose.
func (s *Server) accept(ctx context.Context, l net.Listener) (net.Conn, error) {
	for {
		raw, err := l.Accept()
		if err == nil {
			return raw, nil
		}
		if ctx.Err() != nil || !s.listening(l) {
			return nil, nil
		}
		if errors.Is(err, net.ErrClosed) {
			return nil, fmt.Errorf("accept: %w", err)
		}
		s.logf("accept: %v", err)
		select {
		case <-time.After(acceptPause):
		case <-ctx.Done():
		}
	}
}

func (s *Server) listen(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if s.listeners == nil {
		s.listeners, s.conns = map[net.Listener]bool{}, map[int]*Conn{}
	}
	s.listeners[l] = true
	return true
}

func (s *Server) listening(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listeners[l]
}

// firstSPID is the first number that a real server gives to a user's connection.
const firstSPID = 51

// add makes a connection that waits for its login. Where too many do, the oldest is
// dropped, so that clients that never log in cannot keep others out.
func (s *Server) add(ctx context.Context, raw net.Conn) *Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		raw.Close()
		return nil
	}
	if len(s.pending) >= orDefault(s.MaxPending, 256) {
		s.pending[0].Close()
		s.pending = slices.Delete(s.pending, 0, 1)
	}
	spid := firstSPID
	for s.conns[spid] != nil {
		spid++
	}
	c := newConn(ctx, s, raw, spid)
	s.conns[spid] = c
	s.pending = append(s.pending, c)
	s.running.Add(1)
	return c
}

// admit counts c as logged in, unless there are too many already.
func (s *Server) admit(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unqueue(c)
	if s.admitted >= s.maxConns() {
		return false
	}
	s.admitted++
	c.admitted = true
	return true
}

// unqueue takes c out of those that wait for their login.
func (s *Server) unqueue(c *Conn) {
	if i := slices.Index(s.pending, c); i >= 0 {
		s.pending = slices.Delete(s.pending, i, i+1)
	}
}

// remove forgets a connection that has ended.
func (s *Server) remove(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unqueue(c)
	if c.admitted {
		s.admitted--
	}
	delete(s.conns, c.spid)
}

// Close drops all connections and waits for their sessions to end.
func (s *Server) Close() error {
	for _, c := range s.refuseMore() {
		c.Close()
	}
	s.running.Wait()
	return nil
}

// refuseMore closes the listeners and returns the connections there are.
func (s *Server) refuseMore() []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for l := range s.listeners {
		delete(s.listeners, l)
		l.Close()
	}
	return slices.Collect(maps.Values(s.conns))
}
