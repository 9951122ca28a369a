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
	"grantree/sql/units"
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
	version := []uint32{tds.Version71, tds.Version72, tds.Version73A, tds.Version74}[c.IntN(4)]
	c.packet(rawLogin, 1, rawLogin7(version, 512<<c.IntN(6), "sa", "Sandbox-1-sa", "Hostile"))
	if !c.answer() {
		return
	}
	for range 1 + c.IntN(8) {
		if !c.step(version) {
			return
		}
	}
}

// step sends something, and reports whether the conversation goes on.
func (c *rawClient) step(version uint32) bool {
	text := rawQuery(version, hostileBatch(c.Rand))
	sleep := rawQuery(version, "BEGIN TRAN; CREATE ROLE raw; WAITFOR DELAY "+hostileSleep)
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
			c.packet(rawBatch, 1, rawQuery(version, "SELECT 1"))
		}
		time.Sleep(time.Duration(c.IntN(20)) * time.Millisecond)
		c.packet(rawAttention, 1, nil)
		c.interrupted.Add(1)
		return c.answer() && c.answer() && (!more || c.answer())
	case 6:
		c.packet(rawTransaction, 1, rawChange(version, c.IntN(10), c.IntN(2) == 0))
		return c.answer()
	case 7, 8: // a reset, under whatever stands
		c.packet(rawBatch, 9+byte(8*c.IntN(2)), rawQuery(version, "SELECT @@TRANCOUNT; EXECUTE AS USER = 'dbo'"))
		return c.answer()
	case 9: // an answer that is not read
		c.packet(rawBatch, 1, rawQuery(version, "SELECT a.*, b.* FROM sys.all_columns a, sys.schemas b"))
		return false
	}
	c.packet(rawBatch, 1, rawQuery(version, "SET LOCK_TIMEOUT 100; SELECT 1; BEGIN TRAN; INSERT dbo.t1 VALUES (1, 'raw'); EXEC sp_getapplock 'a1', 'Exclusive', 'Session'"))
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

// rawHeaders are ALL_HEADERS with no transaction (MS-TDS 2.2.5.3), which TDS 7.1 has not.
func rawHeaders(version uint32) (b []byte) {
	if version == tds.Version71 {
		return nil
	}
	for _, n := range []uint32{22, 18} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	b = append(binary.LittleEndian.AppendUint16(b, 2), make([]byte, 8)...)
	return binary.LittleEndian.AppendUint32(b, 1)
}

// rawQuery is an SQLBatch.
func rawQuery(version uint32, text string) []byte { return units.Append(rawHeaders(version), text) }

// rawChange is a transaction manager request that names n (MS-TDS 2.2.6.9).
func rawChange(version uint32, kind int, anew bool) []byte {
	b := binary.LittleEndian.AppendUint16(rawHeaders(version), uint16(kind))
	name := []byte{2, 'n', 0}
	switch kind {
	case 5: // begin, with an isolation level
		return append(append(b, 0), name...)
	case 7, 8: // commit, roll back
		if b = append(b, name...); anew {
			return append(append(b, 1, 0), name...)
		}
		return append(b, 0)
	}
	return append(b, name...)
}

// rawLogin7 is a LOGIN7 with a name, a password and a database (MS-TDS 2.2.6.4).
func rawLogin7(version uint32, packet int, user, password, database string) []byte {
	fixed := 94
	if version == tds.Version71 {
		fixed = 86
	}
	var b, data []byte
	for _, n := range []uint32{version, uint32(packet), 0, 0, 0, 0xA0, 0, 0} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	hidden := units.Append(nil, password)
	for i, x := range hidden {
		hidden[i] = (x<<4 | x>>4) ^ 0xA5
	}
	field := func(text []byte) {
		b = binary.LittleEndian.AppendUint16(b, uint16(fixed+len(data)))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(text)/2))
		data = append(data, text...)
	}
	for _, text := range [][]byte{nil, units.Append(nil, user), hidden, nil, nil, nil, nil, nil, units.Append(nil, database)} {
		field(text)
	}
	b = append(b, 1, 2, 3, 4, 5, 6) // the client's address
	field(nil)
	field(nil)
	if version != tds.Version71 {
		field(nil)
		b = append(b, 0, 0, 0, 0)
	}
	return append(binary.LittleEndian.AppendUint32(nil, uint32(fixed+len(data))), append(b, data...)...)
}
