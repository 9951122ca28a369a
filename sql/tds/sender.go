package tds

import (
	"io"
	"net"
	"time"
)

// sendBuffer is how much is gathered before it goes to the network in one write.
const sendBuffer = 32 << 10

// sender cuts the content of one kind of message into packets and writes them.
type sender struct {
	typ  byte
	w    io.Writer
	size int
	spid uint16
	// id is that of the next packet; it starts at 1 with each message.
	id  byte
	buf []byte
	// leaving is asked before each packet; it may be nil. It may block, so what comes
	// before is written first.
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
	return s.flush()
}

// packet gathers one packet.
func (s *sender) packet(data []byte, last bool) error {
	if s.leaving != nil {
		if err := s.flush(); err != nil {
			return err
		}
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
	s.buf = append(appendHeader(s.buf, h), data...)
	if len(s.buf) >= sendBuffer {
		return s.flush()
	}
	return nil
}

// flush writes what has been gathered.
func (s *sender) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	if s.conn != nil {
		if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
			return err
		}
	}
	_, err := s.w.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}
