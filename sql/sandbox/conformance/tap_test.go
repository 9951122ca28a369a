package conformance

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// tap is a listener whose connections are read on their way to the client: every response by sqlClient. What it finds
// wrong belongs to the case that runs.
type tap struct {
	net.Listener
	mu       sync.Mutex
	failures []error
	read     int // responses
}

// Accept returns a connection that is read.
func (t *tap) Accept() (net.Conn, error) {
	conn, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tapped{Conn: conn, tap: t}, nil
}

// taken returns the failures since it was last asked.
func (t *tap) taken() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	err := errors.Join(t.failures...)
	t.failures = nil
	return err
}

// saw counts a response and keeps what is wrong with it.
func (t *tap) saw(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read++
	if err != nil {
		t.failures = append(t.failures, err)
	}
}

// tapped is one connection. The first message that it writes answers PRELOGIN and has no tokens.
type tapped struct {
	net.Conn
	tap     *tap
	message []byte
	begun   bool
}

// Write looks at what is written: one packet a write, and messages that SqlClient can read.
func (c *tapped) Write(b []byte) (int, error) {
	if len(b) < 8 || int(binary.BigEndian.Uint16(b[2:])) != len(b) {
		c.tap.saw(fmt.Errorf("a write of %d bytes is not one packet", len(b)))
		return c.Conn.Write(b)
	}
	c.message = append(c.message, b[8:]...)
	if b[1]&1 != 0 {
		var err error
		if c.begun {
			err = new(sqlClient).read(c.message)
		}
		c.tap.saw(err)
		c.message, c.begun = nil, true
	}
	return c.Conn.Write(b)
}

// CloseWrite is the half-close of a refusal.
func (c *tapped) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// TestEveryViewIsRead: a column of a catalog view that is called NOT NULL has no NULL, in a database where there is something
// to see.
func TestEveryViewIsRead(t *testing.T) {
	tg := newTarget(t)
	if tg.tap == nil {
		t.Skip("needs the embedded server")
	}
	w, err := newWorld(t.Context(), tg, &file{name: "views", connections: true, logins: []string{"bob"}, users: []string{"ann"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.raze(context.Background())
	err = w.must(t.Context(), "CREATE TABLE dbo.part (id int IDENTITY PRIMARY KEY, name nvarchar(50) DEFAULT N'x' CHECK (name <> N''), mark rowversion)",
		"CREATE TABLE dbo.job (id int NOT NULL UNIQUE, part int REFERENCES dbo.part (id))", "CREATE INDEX i ON dbo.job (part)", "CREATE VIEW dbo.jobs AS SELECT id FROM dbo.job",
		"CREATE SYNONYM dbo.other FOR dbo.nowhere", "CREATE ROLE r", "ALTER ROLE r ADD MEMBER ann", "CREATE USER lone WITHOUT LOGIN", "CREATE SERVER ROLE "+w.say("s_{bob}"),
		"GRANT SELECT ON dbo.job (id) TO r", "GRANT SELECT ON SCHEMA::dbo TO ann WITH GRANT OPTION", "EXEC sp_addextendedproperty 'a', 'b'", "CREATE LOGIN [X\\y] FROM WINDOWS")
	if err != nil {
		t.Fatal(err)
	}
	o, err := ask(t.Context(), w.sa, "SELECT SCHEMA_NAME(schema_id) + N'.' + name FROM sys.all_views WHERE is_ms_shipped = 1")
	if err != nil || len(o.sets) != 1 || len(o.sets[0]) < 40 {
		t.Fatal(o, err)
	}
	for _, view := range o.sets[0] {
		got, err := ask(t.Context(), w.sa, "SELECT * FROM "+strings.Trim(view, "'"))
		if err := errors.Join(err, tg.tap.taken()); err != nil || len(got.errors) > 0 {
			t.Errorf("%s: %v %v", view, got.errors, err)
		}
	}
}
