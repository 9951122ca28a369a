package tds

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// writes is a connection that keeps each write.
type writes struct {
	net.Conn
	mu  sync.Mutex
	all [][]byte
}

func (w *writes) Write(b []byte) (int, error) {
	w.mu.Lock()
	w.all = append(w.all, bytes.Clone(b))
	w.mu.Unlock()
	return w.Conn.Write(b)
}

// TestOnePacketAWrite: SqlClient's asynchronous reads lose data where one read of the network holds parts of two packets.
func TestOnePacketAWrite(t *testing.T) {
	in, out := net.Pipe()
	defer in.Close()
	go func() {
		for b := make([]byte, 4096); ; {
			if _, err := out.Read(b); err != nil {
				return
			}
		}
	}()
	w := &writes{Conn: in}
	s := &sender{typ: packetResponse, w: w, size: 512}
	if err := s.send(make([]byte, 2000), true); err != nil {
		t.Fatal(err)
	}
	if len(w.all) != 4 {
		t.Errorf("%d writes for 4 packets", len(w.all))
	}
	for i, b := range w.all {
		if n := int(binary.BigEndian.Uint16(b[2:])); n != len(b) {
			t.Errorf("write %d of %d bytes holds a packet of %d", i, len(b), n)
		}
	}
}

// TestOneRecordAPacket: under TLS a packet of the usual size is one record, from the first one on.
func TestOneRecordAPacket(t *testing.T) {
	for name, strict := range map[string]bool{"inside PRELOGIN": false, "first": true} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			records := &recorder{Listener: l}
			s := &Server{Handler: &echo{}, TLSConfig: certificate(t)}
			ended := make(chan error, 1)
			go func() { ended <- s.Serve(context.Background(), records) }()
			t.Cleanup(func() { s.Close(); <-ended })
			c := dial(t, l.Addr().String())
			if strict {
				c.version = Version80
				c.encryptFirst()
				if reply := c.prelogin(EncryptStrict); reply.Encryption() != EncryptNotSupported {
					t.Errorf("PRELOGIN is answered with %d", reply.Encryption())
				}
			} else {
				c.prelogin(EncryptOn)
				c.encrypt()
				conn := c.out.w.(io.Reader)
				c.in.source = func() (io.Reader, error) { return conn, nil }
			}
			if ack, ok := find[LoginAck](c.login()); !ok || ack.Protocol != c.version {
				t.Errorf("LOGINACK %+v", ack)
			}
			records.conn.mu.Lock()
			start := len(records.conn.all)
			records.conn.mu.Unlock()
			c.batch("large 50000", 0)
			records.conn.mu.Lock()
			defer records.conn.mu.Unlock()
			for _, b := range records.conn.all[start:] {
				if n := tlsRecordHeader + int(binary.BigEndian.Uint16(b[3:])); b[0] != 23 || n != len(b) || n > 4096+100 {
					t.Errorf("a write of %d bytes is not one record", len(b))
				}
			}
			if got, want := len(records.conn.all)-start, 100000/(4096-headerSize)+1; got != want {
				t.Errorf("%d records for %d packets", got, want)
			}
		})
	}
}

// recorder is a listener that keeps what its last connection writes.
type recorder struct {
	net.Listener
	conn *writes
}

func (r *recorder) Accept() (net.Conn, error) {
	conn, err := r.Listener.Accept()
	r.conn = &writes{Conn: conn}
	return r.conn, err
}

// find returns the first token of a type.
func find[T Token](tokens []Token) (out T, ok bool) {
	for _, t := range tokens {
		if out, ok = t.(T); ok {
			return out, true
		}
	}
	return out, false
}

// encryptFirst runs the TLS handshake as TDS 8.0 wants it.
func (c *client) encryptFirst() {
	c.Helper()
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"tds/8.0"}})
	if err := conn.Handshake(); err != nil {
		c.Fatal(err)
	}
	if got := conn.ConnectionState().NegotiatedProtocol; got != "tds/8.0" {
		c.Errorf("ALPN %q", got)
	}
	c.out.w, c.in.source = conn, func() (io.Reader, error) { return conn, nil }
}
