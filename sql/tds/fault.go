package tds

import "time"

// FaultPoint is a place where a test may break a connection: the moment before a
// packet is read or written.
type FaultPoint struct {
	// SPID is the connection's number.
	SPID int
	// Out is true for a packet that the server is about to write, false for one
	// it has just read.
	Out bool
	// N counts the packets of this connection in this direction, from 1.
	N int
	// Type is the packet's type: 1 SQLBatch, 3 RPC, 4 response, 6 Attention, 14
	// transaction manager, 16 LOGIN7, 18 PRELOGIN.
	Type byte
}

// FaultAction says what happens at a FaultPoint. The zero value does nothing.
type FaultAction struct {
	// Delay comes first; the server's closing cuts it short.
	Delay time.Duration
	// Close drops the connection without a word instead of handling the packet.
	Close bool
}
