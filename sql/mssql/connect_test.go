package mssql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	driver "github.com/microsoft/go-mssqldb"
)

// silent is a server that takes connections and never says a word; the channel
// gets each of them.
func silent(t *testing.T) (string, <-chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	taken := make(chan net.Conn, 8)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			taken <- c
		}
	}()
	return "sqlserver://" + l.Addr().String() + "?encrypt=disable", taken
}

// TestASilentServerKeepsNobodyWaiting: whoever waits for a login is let go when
// it is stopped, and when the limit is over.
func TestASilentServerKeepsNobodyWaiting(t *testing.T) {
	url, taken := silent(t)
	a := Address{URL: url, User: "sa", Password: "x", Database: "N"}
	t.Run("stopped", func(t *testing.T) {
		db, err := Open(a)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		ctx, stop := context.WithCancel(context.Background())
		go func() { <-taken; stop() }()
		_, err = db.Conn(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(Describe(a, err).Error(), "stopped before the server answered") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("too late", func(t *testing.T) {
		config, err := configOf(a)
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector{inner: driver.NewConnectorConfig(config), limit: 50 * time.Millisecond})
		defer db.Close()
		_, err = db.Conn(context.Background())
		said := Describe(a, err)
		if !Away(said) || Retryable(err) || !strings.Contains(said.Error(), "the server did not answer") || !strings.Contains(said.Error(), "no answer within 50ms") {
			t.Errorf("got %v", said)
		}
	})
}

// TestWhoIsLetInTooLateLeaves: a connection that nobody waits for any more is
// closed.
func TestWhoIsLetInTooLateLeaves(t *testing.T) {
	late := lateConnector{let: make(chan struct{}), closed: make(chan struct{})}
	_, err := connector{inner: late, limit: time.Millisecond}.Connect(context.Background())
	if none := (*NoAnswerError)(nil); !errors.As(err, &none) {
		t.Errorf("got %v", err)
	}
	close(late.let)
	select {
	case <-late.closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection stays open")
	}
}

// lateConnector connects once it is let.
type lateConnector struct{ let, closed chan struct{} }

func (c lateConnector) Connect(context.Context) (sqldriver.Conn, error) {
	<-c.let
	return lateConn{closed: c.closed}, nil
}

func (c lateConnector) Driver() sqldriver.Driver { return nil }

type lateConn struct {
	sqldriver.Conn
	closed chan struct{}
}

func (c lateConn) Close() error { close(c.closed); return nil }
