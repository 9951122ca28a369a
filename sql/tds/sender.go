package tds

import (
	"io"
	"net"
	"time"
)

// sender cuts the content of one kind of message into packets and writes each by itself: SqlClient's asynchronous reads
// of long values do not stand the end of one packet and the start of another in what one read of the network returns.
type sender struct {
	typ  byte
	w    io.Writer
	size int
	spid uint16
	// id is that of the next packet; it starts at 1 with each message.
	id  byte
	buf []byte
	// leaving is asked before each packet; it may be nil. It may block.
	leaving func(typ byte) error
	// conn gets a write deadline of timeout for each write; it may be nil.
	conn    net.Conn
	timeout time.Duration
	// status are the bits that the next packet gets beside the end bit.
	status byte
}

// send writes data as packets, the last of them with the end bit if end. Without end
// it writes a short packet last where data does not fill it.
func (s *sender) send(data []byte, end bool) error {
	for len(data) > 0 || end {
		n := min(len(data), s.size-headerSize)
		last := end && n == len(data)
		if err := s.packet(data[:n], last); err != nil {
			return err
		}
		if data = data[n:]; last {
			s.id = 0
			break
		}
	}
	return nil
}

// packet writes one packet.
func (s *sender) packet(data []byte, last bool) error {
	if s.leaving != nil {
		if err := s.leaving(s.typ); err != nil {
			return err
		}
	}
	s.id++
	h := header{typ: s.typ, status: s.status, size: headerSize + len(data), spid: s.spid, id: s.id}
	s.status = 0
	if last {
		h.status |= statusEnd
	}
	s.buf = append(appendHeader(s.buf[:0], h), data...)
	if s.conn != nil {
		if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
			return err
		}
	}
	_, err := s.w.Write(s.buf)
	return err
}
