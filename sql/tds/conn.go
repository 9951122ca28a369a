package tds

import "net"

// Conn is the server's side of one connection.
type Conn struct{}

// SPID is the connection's number, unique among those that are open, from 51.
func (c *Conn) SPID() int { return 0 }

// RemoteAddr is the client's address.
func (c *Conn) RemoteAddr() net.Addr { return nil }

// LocalAddr is the server's address.
func (c *Conn) LocalAddr() net.Addr { return nil }

// Encrypted reports whether everything after the login is encrypted.
func (c *Conn) Encrypted() bool { return false }

// PacketSize is the negotiated size in bytes.
func (c *Conn) PacketSize() int { return 0 }

// Close drops the connection at once; a running request's context ends. It may be
// called from any goroutine, as KILL does.
func (c *Conn) Close() error { return nil }
