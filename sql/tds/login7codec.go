package tds

import (
	"fmt"
)

// The size of the fixed part of a LOGIN7; that of TDS 7.1 has no new password.
const (
	loginFixed   = 94
	loginFixed71 = 86
)

// The option bits of a LOGIN7.
const (
	flags1DatabaseFatal byte = 0x40
	flags1UseDatabase   byte = 0x20
	flags1SetLanguage   byte = 0x80
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

func (d *decoder) loginText() string { return utf16Text(d.loginField()) }

// loginPassword reads a text whose bytes have their nibbles swapped and are then
// XORed with 0xA5, which hides it from nobody.
func (d *decoder) loginPassword() string {
	field := d.loginField()
	plain := make([]byte, len(field))
	for i, x := range field {
		x ^= 0xA5
		plain[i] = x<<4 | x>>4
	}
	return utf16Text(plain)
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

// loginEncoder puts the fixed part and the texts behind it together.
type loginEncoder struct {
	base        int
	fixed, data []byte
}

// field appends an offset and a length in characters, and the text they point at.
func (e *loginEncoder) field(text []byte) {
	e.fixed = le.AppendUint16(e.fixed, uint16(e.base+len(e.data)))
	e.fixed = le.AppendUint16(e.fixed, uint16(len(text)/2))
	e.data = append(e.data, text...)
}

func (e *loginEncoder) text(s string) { e.field(appendUTF16(nil, cutUTF16(s, maxLoginText))) }

// maxLoginText keeps every offset of a LOGIN7 within a USHORT.
const maxLoginText = 2000

func (e *loginEncoder) password(s string) {
	field := appendUTF16(nil, cutUTF16(s, maxLoginText))
	for i, x := range field {
		field[i] = (x<<4 | x>>4) ^ 0xA5
	}
	e.field(field)
}

// Append appends the LOGIN7. Texts are cut at 2000 characters.
func (l *Login) Append(b []byte) []byte {
	e := &loginEncoder{base: loginFixed}
	if levelOf(l.Version) < level72 {
		e.base = loginFixed71
	}
	l.appendNumbers(e)
	e.text(l.HostName)
	e.text(l.UserName)
	e.password(l.Password)
	e.text(l.AppName)
	e.text(l.ServerName)
	l.appendExtension(e)
	e.text(l.ClientInterface)
	e.text(l.Language)
	e.text(l.Database)
	e.fixed = append(e.fixed, l.ClientID[:]...)
	e.field(nil) // SSPI
	e.text(l.AttachFile)
	if e.base == loginFixed {
		e.password(l.NewPassword)
		e.fixed = le.AppendUint32(e.fixed, 0)
	}
	l.appendFeatures(e)
	b = le.AppendUint32(b, uint32(4+len(e.fixed)+len(e.data)))
	return append(append(b, e.fixed...), e.data...)
}

// appendNumbers appends the numbers and flags in front of the texts.
func (l *Login) appendNumbers(e *loginEncoder) {
	for _, n := range []uint32{l.Version, uint32(l.PacketSize), l.ClientVersion, uint32(l.PID), 0} {
		e.fixed = le.AppendUint32(e.fixed, n)
	}
	e.fixed = append(e.fixed,
		flags1UseDatabase|flags1SetLanguage|bit(l.InitialDatabaseFatal, flags1DatabaseFatal),
		bit(l.InitialLanguageFatal, flags2LanguageFatal)|bit(l.ODBC, flags2ODBC)|bit(l.Integrated, flags2Integrated),
		bit(l.ReadOnlyIntent, flagsReadOnly),
		bit(l.ChangePassword, flags3NewPassword)|bit(len(l.Features) > 0, flags3Extension))
	e.fixed = le.AppendUint32(e.fixed, uint32(l.TimeZone))
	e.fixed = le.AppendUint32(e.fixed, l.LCID)
}

// bit is mask if on, else 0.
func bit(on bool, mask byte) byte {
	if on {
		return mask
	}
	return 0
}

// appendExtension appends the place of the pointer to the features, which
// appendFeatures fills in.
func (l *Login) appendExtension(e *loginEncoder) {
	if len(l.Features) == 0 {
		e.fixed = le.AppendUint32(e.fixed, 0)
		return
	}
	e.fixed = le.AppendUint16(e.fixed, uint16(e.base+len(e.data)))
	e.fixed = le.AppendUint16(e.fixed, 4)
	e.data = append(e.data, 0, 0, 0, 0)
}

// appendFeatures appends the features behind all texts and points at them.
func (l *Login) appendFeatures(e *loginEncoder) {
	if len(l.Features) == 0 {
		return
	}
	pointer := int(le.Uint16(e.fixed[extensionAt:])) - e.base
	le.PutUint32(e.data[pointer:], uint32(e.base+len(e.data)))
	for _, f := range l.Features {
		e.data = le.AppendUint32(append(e.data, f.ID), uint32(len(f.Data)))
		e.data = append(e.data, f.Data...)
	}
	e.data = append(e.data, featureEnd)
}

// extensionAt is where ibExtension stands, not counting the length in front.
const extensionAt = 56 - 4
