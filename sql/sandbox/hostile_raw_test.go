package sandbox

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"grantree/sql/tds"
)

// The types of packets that a rawClient sends (MS-TDS 2.2.3.1.1).
const (
	rawBatch       = 1
	rawAttention   = 6
	rawTransaction = 14
	rawLogin       = 16
)

// rawClient writes packets of its own, whole, broken and when nobody expects them.
type rawClient struct {
	*hour
	*rand.Rand
	net.Conn
}

// run is one conversation. It ends as it likes: by a FIN, a RST, or in the middle of a packet.
func (c *rawClient) run() {
	conn, err := net.Dial("tcp", c.server.Addr().String())
	if err != nil {
		c.fault("connect: " + err.Error())
		return
	}
	c.Conn = conn
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if c.IntN(2) == 0 {
		conn.(*net.TCPConn).SetLinger(0)
	}
	if c.IntN(10) == 0 {
		c.rubbish(byte(c.Uint32()))
		return
	}
	l := tds.Login{Version: []uint32{tds.Version71, tds.Version72, tds.Version73A, tds.Version74}[c.IntN(4)], UserName: "sa", Password: "Sandbox-1-sa", Database: "Hostile", PacketSize: 512 << c.IntN(6)}
	c.packet(rawLogin, 1, l.Append(nil))
	if !c.answer() {
		return
	}
	for range 1 + c.IntN(8) {
		if !c.step(l.Version) {
			return
		}
	}
}

// step sends something, and reports whether the conversation goes on.
func (c *rawClient) step(version uint32) bool {
	text := (&tds.Batch{Text: hostileBatch(c.Rand)}).Append(nil, version)
	sleep := (&tds.Batch{Text: "BEGIN TRAN; CREATE ROLE raw; WAITFOR DELAY " + hostileSleep}).Append(nil, version)
	switch c.IntN(12) {
	case 0:
		c.rubbish(byte(c.Uint32()))
		return false
	case 1: // half a message
		c.packet(rawBatch, 0, text[:len(text)/2])
		return false
	case 2: // a message taken back
		c.packet(rawBatch, 0, text[:len(text)/2])
		c.packet(rawBatch, 3, text[len(text)/2:])
		return c.answer()
	case 3: // gone while it runs, with more on the way
		for range 1 + c.IntN(3) {
			c.packet(rawBatch, 1, sleep)
		}
		time.Sleep(time.Duration(c.IntN(20)) * time.Millisecond)
		return false
	case 4, 5: // interrupted, at times with more on the way
		c.packet(rawBatch, 1, sleep)
		more := c.IntN(2) == 0
		if more {
			c.packet(rawBatch, 1, (&tds.Batch{Text: "SELECT 1"}).Append(nil, version))
		}
		time.Sleep(time.Duration(c.IntN(20)) * time.Millisecond)
		c.packet(rawAttention, 1, nil)
		c.interrupted.Add(1)
		return c.answer() && c.answer() && (!more || c.answer())
	case 6:
		c.packet(rawTransaction, 1, (&tds.TransactionRequest{Kind: tds.TransactionKind(c.IntN(10)), Name: "n", BeginNew: c.IntN(2) == 0}).Append(nil, version))
		return c.answer()
	case 7, 8: // a reset, under whatever stands
		c.packet(rawBatch, 9+byte(8*c.IntN(2)), (&tds.Batch{Text: "SELECT @@TRANCOUNT; EXECUTE AS USER = 'dbo'"}).Append(nil, version))
		return c.answer()
	case 9: // an answer that is not read
		c.packet(rawBatch, 1, (&tds.Batch{Text: "SELECT a.*, b.* FROM sys.all_columns a, sys.schemas b"}).Append(nil, version))
		return false
	}
	c.packet(rawBatch, 1, (&tds.Batch{Text: "SET LOCK_TIMEOUT 100; SELECT 1; BEGIN TRAN; INSERT dbo.t1 VALUES (1, 'raw'); EXEC sp_getapplock 'a1', 'Exclusive', 'Session'"}).Append(nil, version))
	return c.answer()
}

// packet writes one packet, if the server takes it.
func (c *rawClient) packet(typ, status byte, data []byte) {
	b := binary.BigEndian.AppendUint16([]byte{typ, status}, uint16(8+len(data)))
	c.Write(append(append(b, 0, 0, 1, 0), data...))
}

// rubbish writes random bytes as a packet of a type, with any length.
func (c *rawClient) rubbish(typ byte) {
	data := make([]byte, c.IntN(300))
	for i := range data {
		data[i] = byte(c.Uint32())
	}
	if c.IntN(2) == 0 {
		c.packet(typ, byte(c.IntN(32)), data)
		return
	}
	c.Write(append([]byte{typ, byte(c.Uint32()), byte(c.IntN(4))}, data...))
}

// answer reads a message to its end; false says that the server has hung up.
func (c *rawClient) answer() bool {
	for head := make([]byte, 8); ; {
		_, err := io.ReadFull(c, head)
		if err == nil {
			_, err = io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint16(head[2:]))-8)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.fault("a client that reads waited for ever")
		}
		if err != nil {
			return false
		}
		if head[1]&1 != 0 {
			c.answered.Add(1)
			return true
		}
	}
}
