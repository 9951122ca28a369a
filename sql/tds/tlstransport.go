package tds

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
)

// tlsRecordHeader is the size of the header of a TLS record; its last two bytes are
// the length of what follows.
const tlsRecordHeader = 5

// tlsTransport is what TLS 1.2 runs over. While handshaking, records travel inside
// PRELOGIN packets, as MS-TDS 2.2.6.5 wants; afterwards they stand alone. It never
// reads beyond the record that is being read, so that what follows the last record
// can be plain.
type tlsTransport struct {
	net.Conn
	in          *bufio.Reader
	handshaking bool
	// left is what remains of the packet or record.
	left int
}

// Read returns bytes of the current packet's content or record.
func (t *tlsTransport) Read(p []byte) (int, error) {
	for t.left == 0 {
		if err := t.next(); err != nil {
			return 0, err
		}
	}
	n, err := t.in.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}

// next begins the next packet or record.
func (t *tlsTransport) next() error {
	if !t.handshaking {
		head, err := t.in.Peek(tlsRecordHeader)
		if err != nil {
			return err
		}
		t.left = tlsRecordHeader + (int(head[3])<<8 | int(head[4]))
		return nil
	}
	var head [headerSize]byte
	if _, err := io.ReadFull(t.in, head[:]); err != nil {
		return err
	}
	h, err := decodeHeader(head[:])
	if err == nil && h.typ != packetPrelogin {
		err = fmt.Errorf("packet of type %d inside the TLS handshake", h.typ)
	}
	t.left = h.size - headerSize
	return err
}

// Write sends p, in one message while handshaking. Its packets have the least size,
// because go-mssqldb takes none beyond the size that its login will ask for.
func (t *tlsTransport) Write(p []byte) (int, error) {
	if !t.handshaking {
		return t.Conn.Write(p)
	}
	s := &sender{typ: packetPrelogin, w: t.Conn, size: minPacketSize}
	if err := s.send(p, true); err != nil {
		return 0, err
	}
	return len(p), nil
}

// tls12 returns config for TLS 1.2 alone: the session tickets of TLS 1.3 would come
// wrapped after the client stopped unwrapping.
func tls12(config *tls.Config) *tls.Config {
	c := tds8(config)
	c.MinVersion, c.MaxVersion, c.NextProtos = tls.VersionTLS12, tls.VersionTLS12, nil
	c.SessionTicketsDisabled = true
	return c
}

// tds8 returns config for TLS that comes first, with its protocol's name (ALPN). One packet is one record, where it fits:
// clients expect that, and Go would cut the first ones up.
func tds8(config *tls.Config) *tls.Config {
	c := config.Clone()
	c.NextProtos, c.DynamicRecordSizingDisabled = []string{"tds/8.0"}, true
	return c
}

// strictRefusal is a TLS alert (fatal, protocol version) for a client that starts with TLS where there is none.
var strictRefusal = []byte{21, 3, 3, 0, 2, 2, 70}

// tlsHandshakeByte is the first byte of such a client.
const tlsHandshakeByte = 0x16
