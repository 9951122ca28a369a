package tds

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The packet types of MS-TDS 2.2.3.1.1.
const (
	packetBatch       byte = 1
	packetRPC         byte = 3
	packetResponse    byte = 4
	packetAttention   byte = 6
	packetBulk        byte = 7
	packetFedAuth     byte = 8
	packetTransaction byte = 14
	packetLogin       byte = 16
	packetSSPI        byte = 17
	packetPrelogin    byte = 18
)

// The status bits of a packet.
const (
	statusEnd       byte = 0x01
	statusIgnore    byte = 0x02
	statusReset     byte = 0x08
	statusResetKeep byte = 0x10
)

const (
	headerSize        = 8
	minPacketSize     = 512
	defaultPacketSize = 4096
	maxPacketSize     = 32767
)

// errTooLong is a message beyond its limit.
var errTooLong = errors.New("message is longer than the limit")

// header is the header of a packet.
type header struct {
	typ, status byte
	// size counts the header.
	size int
	spid uint16
	id   byte
}

// decodeHeader reads the eight bytes of b.
func decodeHeader(b []byte) (header, error) {
	h := header{
		typ: b[0], status: b[1], id: b[6],
		size: int(binary.BigEndian.Uint16(b[2:])),
		spid: binary.BigEndian.Uint16(b[4:]),
	}
	if h.size < headerSize || h.size > maxPacketSize {
		return h, fmt.Errorf("packet of type %d: a length of %d is impossible", h.typ, h.size)
	}
	return h, nil
}

func appendHeader(b []byte, h header) []byte {
	b = append(b, h.typ, h.status)
	b = binary.BigEndian.AppendUint16(b, uint16(h.size))
	b = binary.BigEndian.AppendUint16(b, h.spid)
	return append(b, h.id, 0)
}

// message is the content of the packets up to one with the end bit.
type message struct {
	typ byte
	// reset are the reset bits of the first packet.
	reset byte
	// ignore says that the sender changed its mind.
	ignore bool
	data   []byte
}

// packetReader puts packets together to messages.
type packetReader struct {
	// source returns where the next packet is to be read from; it may block.
	source func() (io.Reader, error)
	// arrived is told of each packet before it counts; it may be nil.
	arrived func(h header) error
	head    [headerSize]byte
}

// packet reads one packet and appends its content to b.
func (r *packetReader) packet(b []byte, limit int) (header, []byte, error) {
	src, err := r.source()
	if err != nil {
		return header{}, b, err
	}
	if _, err := io.ReadFull(src, r.head[:]); err != nil {
		return header{}, b, err
	}
	h, err := decodeHeader(r.head[:])
	if err != nil {
		return h, b, err
	}
	n := h.size - headerSize
	if len(b)+n > limit {
		return h, b, fmt.Errorf("%w of %d bytes", errTooLong, limit)
	}
	start := len(b)
	b = append(b, make([]byte, n)...)
	if _, err := io.ReadFull(src, b[start:]); err != nil {
		return h, b, fmt.Errorf("packet of type %d: %w", h.typ, noEOF(err))
	}
	if r.arrived != nil {
		err = r.arrived(h)
	}
	return h, b, err
}

// noEOF is err, where a stream that ends inside a packet is no proper end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// message reads packets up to the end of a message of at most limit bytes. io.EOF
// means that the peer left between messages. An Attention takes the place of a
// message that it interrupts.
func (r *packetReader) message(limit int) (message, error) {
	var m message
	for first := true; ; first = false {
		h, data, err := r.packet(m.data, limit)
		if err != nil {
			if !first {
				err = noEOF(err)
			}
			return m, err
		}
		switch {
		case h.typ == packetAttention:
			return message{typ: h.typ}, nil
		case first:
			m.typ, m.reset = h.typ, h.status&(statusReset|statusResetKeep)
		case h.typ != m.typ:
			return m, fmt.Errorf("packet of type %d inside a message of type %d", h.typ, m.typ)
		}
		m.data = data
		if h.status&statusEnd != 0 {
			m.ignore = h.status&statusIgnore != 0
			return m, nil
		}
	}
}
