package tds

import (
	"fmt"

	"grantree/sql/units"
)

// The option bits of a LOGIN7.
const (
	flags1DatabaseFatal byte = 0x40
	flags2LanguageFatal byte = 0x01
	flags2ODBC          byte = 0x02
	flags2Integrated    byte = 0x80
	flagsReadOnly       byte = 0x20
	flags3NewPassword   byte = 0x01
	flags3Extension     byte = 0x10
)

// featureEnd ends the feature extension.
const featureEnd byte = 0xFF

// Decode reads a LOGIN7. Errors name the place and never hold a text of it.
func (l *Login) Decode(b []byte) error {
	d := newDecoder(b, level74)
	if n := d.uint32(); int64(n) != int64(len(b)) {
		d.fail("a length of %d is claimed, there are %d bytes", n, len(b))
	}
	l.decodeFixed(d)
	if err := d.err; err != nil {
		return fmt.Errorf("login: %w", err)
	}
	return nil
}

// decodeFixed reads the fixed part and, through it, the texts behind it.
func (l *Login) decodeFixed(d *decoder) {
	*l = Login{Version: d.uint32(), PacketSize: int(d.uint32()), ClientVersion: d.uint32(), PID: int(d.uint32())}
	d.uint32() // connection id
	flags1, flags2, types, flags3 := d.byte(), d.byte(), d.byte(), d.byte()
	l.InitialDatabaseFatal = flags1&flags1DatabaseFatal != 0
	l.InitialLanguageFatal = flags2&flags2LanguageFatal != 0
	l.ODBC = flags2&flags2ODBC != 0
	l.Integrated = flags2&flags2Integrated != 0
	l.ReadOnlyIntent = types&flagsReadOnly != 0
	l.ChangePassword = flags3&flags3NewPassword != 0
	l.TimeZone, l.LCID = int32(d.uint32()), d.uint32()
	l.HostName, l.UserName, l.Password = d.loginText(), d.loginText(), d.loginPassword()
	l.AppName, l.ServerName = d.loginText(), d.loginText()
	extension, size := d.uint16(), d.uint16()
	l.ClientInterface, l.Language, l.Database = d.loginText(), d.loginText(), d.loginText()
	copy(l.ClientID[:], d.bytes(len(l.ClientID)))
	d.uint32() // SSPI
	l.AttachFile = d.loginText()
	if levelOf(l.Version) >= level72 {
		l.NewPassword = d.loginPassword()
		d.uint32() // long SSPI
	}
	if flags3&flags3Extension != 0 && size >= 4 {
		l.Features = d.features(int(extension))
	}
}

// at returns a decoder for n bytes from an offset of the message. It starts failed
// if they are not there.
func (d *decoder) at(offset, n int) *decoder {
	if d.err == nil && offset+n > len(d.b) {
		d.fail("points at %d bytes from %d, beyond the message of %d", n, offset, len(d.b))
	}
	if d.err != nil {
		return &decoder{err: d.err}
	}
	return &decoder{b: d.b[offset : offset+n], level: d.level}
}

// loginField reads an offset and a length in characters and returns what they
// point at.
func (d *decoder) loginField() []byte {
	offset, chars := int(d.uint16()), int(d.uint16())
	if chars == 0 {
		return nil
	}
	return d.at(offset, 2*chars).rest()
}

func (d *decoder) loginText() string { return units.FromBytes(d.loginField()) }

// loginPassword reads a text whose bytes have their nibbles swapped and are then
// XORed with 0xA5, which hides it from nobody.
func (d *decoder) loginPassword() string {
	field := d.loginField()
	plain := make([]byte, len(field))
	for i, x := range field {
		x ^= 0xA5
		plain[i] = x<<4 | x>>4
	}
	return units.FromBytes(plain)
}

// features reads the feature extension, whose offset stands at pointer.
func (d *decoder) features(pointer int) []Feature {
	at := d.at(pointer, 4).uint32()
	if d.err == nil && int64(at) > int64(len(d.b)) {
		d.fail("features at %d are beyond the message of %d bytes", at, len(d.b))
	}
	if d.err != nil {
		return nil
	}
	f := newDecoder(d.b[at:], d.level)
	var out []Feature
	for f.err == nil {
		id := f.byte()
		if id == featureEnd {
			break
		}
		out = append(out, Feature{ID: id, Data: append([]byte{}, f.bytes(int(f.uint32()))...)})
	}
	if f.err != nil && d.err == nil {
		d.err = fmt.Errorf("features: %w", f.err)
	}
	return out
}
