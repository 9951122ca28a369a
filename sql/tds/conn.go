package tds

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime/debug"
	"time"
)

// Conn is the server's side of one connection.
type Conn struct {
	srv  *Server
	raw  net.Conn
	in   *bufio.Reader // over raw
	tls  *bufio.Reader // over TLS; nil before the handshake
	out  *sender
	read *packetReader
	spid int
	mode encryptionMode
	// version is that of the login; Version74 before.
	version uint32
	server  string
	// inTransaction is carried from one response to the next.
	inTransaction bool
	session       Session
	admitted      bool

	ctx        context.Context
	stop       context.CancelCauseFunc
	packetsIn  int
	packetsOut int
}

// errClosed ends the context of a connection that is closed from this side.
var errClosed = errors.New("connection closed")

// newConn prepares a connection; serve runs it.
func newConn(ctx context.Context, s *Server, raw net.Conn, spid int) *Conn {
	c := &Conn{
		srv: s, raw: raw, in: bufio.NewReaderSize(raw, 8<<10), spid: spid,
		version: Version74, server: s.name(),
	}
	c.ctx, c.stop = context.WithCancelCause(ctx)
	c.out = &sender{
		typ: packetResponse, w: raw, size: defaultPacketSize, spid: uint16(spid),
		conn: raw, timeout: s.writeTimeout(),
	}
	c.read = &packetReader{source: c.source}
	if s.Fault != nil {
		c.out.leaving = func(typ byte) error { c.packetsOut++; return c.fault(FaultPoint{spid, true, c.packetsOut, typ}) }
		c.read.arrived = func(h header) error { c.packetsIn++; return c.fault(FaultPoint{spid, false, c.packetsIn, h.typ}) }
	}
	return c
}

// SPID is the connection's number, unique among those that are open, from 51.
func (c *Conn) SPID() int { return c.spid }

// RemoteAddr is the client's address.
func (c *Conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }

// LocalAddr is the server's address.
func (c *Conn) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// Encrypted reports whether everything after the login is encrypted.
func (c *Conn) Encrypted() bool { return c.mode == modeFull }

// PacketSize is the negotiated size in bytes. It is settled when the login has been
// accepted.
func (c *Conn) PacketSize() int { return c.out.size }

// Close drops the connection at once; a running request's context ends. It may be
// called from any goroutine, as KILL does, and more than once.
func (c *Conn) Close() error {
	err := c.raw.Close() // first, so that an interrupted request cannot answer
	c.stop(errClosed)
	return err
}

// serve runs the connection to its end. A Handler that panics loses the connection
// and nothing else.
func (c *Conn) serve() {
	defer c.end()
	defer func() {
		if p := recover(); p != nil {
			c.srv.logf("connection %d: panic: %v\n%s", c.spid, p, debug.Stack())
		}
	}()
	if err := c.open(); err != nil {
		c.complain(err)
		return
	}
	c.complain(c.answer())
}

// end lets go of everything.
func (c *Conn) end() {
	c.Close()
	if c.session != nil {
		c.session.Close()
	}
	c.srv.remove(c)
}

// complain logs why a connection ended, unless its end was wanted.
func (c *Conn) complain(err error) {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || c.ctx.Err() != nil {
		return
	}
	c.srv.logf("connection %d from %s: %v", c.spid, c.raw.RemoteAddr(), err)
}

// source is where the next packet is read from. After a login packet under TLS, a
// client that encrypts the login alone may send the rest of it plain: some drop TLS
// after the first packet. A TLS record never starts like a packet.
func (c *Conn) source() (io.Reader, error) {
	switch {
	case c.tls == nil:
		return c.in, nil
	case c.mode == modeFull || c.tls.Buffered() > 0:
		return c.tls, nil
	}
	first, err := c.in.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] == packetLogin {
		return c.in, nil
	}
	return c.tls, nil
}

// startTLS runs the handshake, inside PRELOGIN packets if wrapped, and reads and writes through it from then on.
func (c *Conn) startTLS(config *tls.Config, wrapped bool) error {
	transport := &tlsTransport{Conn: c.raw, in: c.in, handshaking: wrapped}
	conn := tls.Server(transport, config)
	if err := conn.HandshakeContext(c.ctx); err != nil {
		return err
	}
	transport.handshaking = false
	// One record holds at most 16 KiB, so none is left inside conn between reads.
	c.tls = bufio.NewReaderSize(conn, 32<<10)
	c.out.w = conn
	return nil
}

// stopTLS goes back to plain packets.
func (c *Conn) stopTLS() {
	c.tls, c.out.w = nil, c.raw
}

// fault asks the Server's Fault what happens at a packet, and does it.
func (c *Conn) fault(p FaultPoint) error {
	action := c.srv.Fault(p)
	if action.Delay > 0 {
		timer := time.NewTimer(action.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			return context.Cause(c.ctx)
		}
	}
	if action.Close {
		c.Close()
		return errClosed
	}
	return nil
}

// writer begins a response.
func (c *Conn) writer(cancel context.CancelCauseFunc, proc bool) *Writer {
	return &Writer{
		out: c.out, level: levelOf(c.version), server: c.server, cancel: cancel,
		proc: proc, inTransaction: c.inTransaction,
	}
}

// lingerBytes and lingerTime bound what is still read from a client that is being
// refused, so that the refusal reaches it before the connection is reset.
const (
	lingerBytes = 4 << 20
	lingerTime  = time.Second
)

// refuse sends errors as the whole response and waits a moment for the client to
// read them.
func (c *Conn) refuse(errs ...*ServerError) {
	w := c.writer(c.stop, false)
	for _, e := range errs {
		w.Error(e)
	}
	if w.finish() != nil {
		return
	}
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	c.raw.SetReadDeadline(time.Now().Add(lingerTime))
	io.CopyN(io.Discard, c.raw, lingerBytes)
}
