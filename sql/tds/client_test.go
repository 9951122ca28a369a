package tds

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"
)

// client is a scripted client made of the package's own messages.
type client struct {
	testing.TB
	conn    net.Conn
	out     *sender
	in      *packetReader
	version uint32
}

// patience bounds every test's wait for the network; it is never an assertion.
const patience = 20 * time.Second

// dial connects and says nothing.
func dial(t testing.TB, addr string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(conn)
	return &client{
		TB: t, conn: conn, version: Version74,
		out: &sender{w: conn, size: defaultPacketSize},
		in:  &packetReader{source: func() (io.Reader, error) { return in, nil }},
	}
}

// send sends one message with status bits on its first packet.
func (c *client) send(typ, status byte, data []byte) {
	c.Helper()
	c.out.typ, c.out.status = typ, status
	if err := c.out.send(data, true); err != nil {
		c.Fatal(err)
	}
}

// receive returns the tokens of the next response.
func (c *client) receive() []Token {
	c.Helper()
	m, err := c.in.message(64 << 20)
	if err != nil {
		c.Fatal(err)
	}
	if m.typ != packetResponse {
		c.Fatalf("a packet of type %d as response", m.typ)
	}
	tokens, err := DecodeTokens(m.data, c.version)
	if err != nil {
		c.Fatal(err)
	}
	return tokens
}

// closed fails unless the server has closed the connection.
func (c *client) closed() {
	c.Helper()
	if m, err := c.in.message(64 << 20); err == nil {
		c.Errorf("the connection lives and sends a message of type %d", m.typ)
	}
}

// prelogin asks for encryption, and what more there is, and returns the answer.
func (c *client) prelogin(encryption byte, more ...PreloginOption) *Prelogin {
	c.Helper()
	p := Prelogin{Options: []PreloginOption{
		{PreloginVersion, make([]byte, 6)}, {PreloginEncryption, []byte{encryption}},
		{PreloginMARS, []byte{1}},
	}}
	p.Options = append(p.Options, more...)
	c.send(packetPrelogin, 0, p.Append(nil))
	m, err := c.in.message(maxPrelogin)
	if err != nil {
		c.Fatal(err)
	}
	var reply Prelogin
	if err := reply.Decode(m.data); err != nil {
		c.Fatal(err)
	}
	return &reply
}

// encrypt runs the TLS handshake of a client.
func (c *client) encrypt() {
	c.Helper()
	in := bufio.NewReader(c.conn)
	transport := &tlsTransport{Conn: c.conn, in: in, handshaking: true}
	conn := tls.Client(transport, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	if err := conn.Handshake(); err != nil {
		c.Fatal(err)
	}
	transport.handshaking = false
	c.out.w = conn
	c.in.source = func() (io.Reader, error) { return in, nil }
}

// login sends a LOGIN7 of the client's version and returns the answer.
func (c *client) login() []Token {
	c.Helper()
	l := Login{Version: c.version, UserName: "ada", Password: "secret", AppName: "script", Database: "North", PacketSize: 4096}
	c.send(packetLogin, 0, l.Append(nil))
	return c.receive()
}

// batch sends a text and returns the answer.
func (c *client) batch(text string, status byte) []Token {
	c.Helper()
	q := Batch{Text: text}
	c.send(packetBatch, status, q.Append(nil, c.version))
	return c.receive()
}

// loggedIn is a client without encryption, ready for requests.
func loggedIn(t testing.TB, addr string, version uint32) *client {
	t.Helper()
	c := dial(t, addr)
	c.version = version
	c.login()
	return c
}
