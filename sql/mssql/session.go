package mssql

import (
	"cmp"
	"context"
	sqldriver "database/sql/driver"
	"net"
	"sync"
	"time"

	driver "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"
)

// dialer makes sessions of a configuration.
type dialer struct{ config msdsn.Config }

// Connect returns a *session.
func (d dialer) Connect(ctx context.Context) (sqldriver.Conn, error) {
	s := &sockets{dialer: net.Dialer{KeepAlive: cmp.Or(d.config.KeepAlive, keepAlive)}}
	c := driver.NewConnectorConfig(d.config)
	c.Dialer = s
	conn, err := c.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{Conn: conn.(*driver.Conn), sockets: s}, nil
}

// keepAlive is the driver's own.
const keepAlive = 30 * time.Second

// Driver is the driver itself.
func (d dialer) Driver() sqldriver.Driver { return driver.NewConnectorConfig(d.config).Driver() }

// session is a connection that is closed without harm to others. The driver hands the
// buffer of one that it closes on to the next that it opens, though it may still read
// into it the rest of an answer that an error broke off. So of a session whose last
// answer may not have ended the sockets are closed, and nothing is handed on.
type session struct {
	*driver.Conn
	sockets *sockets
	spoiled bool // its last answer may not have been read to its end
}

// Close closes the session.
func (s *session) Close() error {
	if s.spoiled || !s.IsValid() {
		return s.sockets.close()
	}
	return s.Conn.Close()
}

func (s *session) spoil() { s.spoiled = true }

// sockets are what was dialled for one session: several, where a server has several
// addresses or sends us on to another.
type sockets struct {
	dialer net.Dialer
	mu     sync.Mutex
	open   []net.Conn
}

// DialContext dials, as the driver asks.
func (s *sockets) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := s.dialer.DialContext(ctx, network, address)
	if err == nil {
		s.mu.Lock()
		s.open = append(s.open, conn)
		s.mu.Unlock()
	}
	return conn, err
}

// close closes them; of those that the driver closed before, again.
func (s *sockets) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		c.Close()
	}
	s.open = nil
	return nil
}
