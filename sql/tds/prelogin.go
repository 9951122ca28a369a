package tds

import (
	"encoding/binary"
	"fmt"
)

// PreloginToken names an option of a PRELOGIN.
type PreloginToken byte

// The options of MS-TDS 2.2.6.5.
const (
	PreloginVersion    PreloginToken = 0
	PreloginEncryption PreloginToken = 1
	PreloginInstance   PreloginToken = 2
	PreloginThreadID   PreloginToken = 3
	PreloginMARS       PreloginToken = 4
	PreloginTraceID    PreloginToken = 5
	PreloginFedAuth    PreloginToken = 6
	PreloginNonce      PreloginToken = 7
	preloginEnd        PreloginToken = 0xFF
)

// The values of the encryption option.
const (
	EncryptOff          byte = 0
	EncryptOn           byte = 1
	EncryptNotSupported byte = 2
	EncryptRequired     byte = 3
	// EncryptStrict is what a client says that began with TLS (TDS 8.0).
	EncryptStrict byte = 4
	// encryptClientCert is a bit beside the value: the client has a certificate.
	encryptClientCert byte = 0x80
)

// Prelogin is a PRELOGIN, in either direction: its options in the order in which they
// are sent. VERSION has to be the first.
type Prelogin struct {
	Options []PreloginOption
}

// PreloginOption is one option and its data, which may be empty.
type PreloginOption struct {
	Token PreloginToken
	Data  []byte
}

// Option returns the data of an option and whether it is there.
func (p *Prelogin) Option(t PreloginToken) ([]byte, bool) {
	for _, o := range p.Options {
		if o.Token == t {
			return o.Data, true
		}
	}
	return nil, false
}

// Encryption returns what the peer says about encryption, without the bit for a client
// certificate; a peer that says nothing cannot encrypt.
func (p *Prelogin) Encryption() byte {
	if b, ok := p.Option(PreloginEncryption); ok && len(b) > 0 {
		return b[0] &^ encryptClientCert
	}
	return EncryptNotSupported
}

// maxPreloginOptions is far more than there are.
const maxPreloginOptions = 32

// Decode reads a PRELOGIN from the content of its packet.
func (p *Prelogin) Decode(b []byte) error {
	p.Options = nil
	d := newDecoder(b, level74)
	for {
		token := PreloginToken(d.byte())
		if token == preloginEnd || d.err != nil {
			break
		}
		offset, size := d.bigUint16(), d.bigUint16()
		if offset+size > len(b) {
			d.fail("option %d ends at %d, beyond the message of %d bytes", token, offset+size, len(b))
			break
		}
		if len(p.Options) == maxPreloginOptions {
			d.fail("more than %d options", maxPreloginOptions)
			break
		}
		p.Options = append(p.Options, PreloginOption{token, append([]byte{}, b[offset:offset+size]...)})
	}
	if d.err != nil {
		return fmt.Errorf("prelogin: %w", d.err)
	}
	return nil
}

// bigUint16 reads a big-endian USHORT, which only PRELOGIN has.
func (d *decoder) bigUint16() int {
	if b := d.bytes(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

// Append appends the PRELOGIN as the content of its packet.
func (p *Prelogin) Append(b []byte) []byte {
	offset := 5*len(p.Options) + 1
	for _, o := range p.Options {
		b = append(b, byte(o.Token))
		b = binary.BigEndian.AppendUint16(b, uint16(offset))
		b = binary.BigEndian.AppendUint16(b, uint16(len(o.Data)))
		offset += len(o.Data)
	}
	b = append(b, byte(preloginEnd))
	for _, o := range p.Options {
		b = append(b, o.Data...)
	}
	return b
}
