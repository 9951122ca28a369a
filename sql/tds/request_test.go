package tds

import "grantree/sql/units"

// The size of the fixed part of a LOGIN7; that of TDS 7.1 has no new password.
const (
	loginFixed   = 94
	loginFixed71 = 86
)

// The option bits of a LOGIN7 that a server has no use for.
const (
	flags1UseDatabase byte = 0x20
	flags1SetLanguage byte = 0x80
)

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

func (e *loginEncoder) text(s string) { e.field(units.Append(nil, cutUTF16(s, maxLoginText))) }

// maxLoginText keeps every offset of a LOGIN7 within a USHORT.
const maxLoginText = 2000

func (e *loginEncoder) password(s string) {
	field := units.Append(nil, cutUTF16(s, maxLoginText))
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

// Append appends the SQLBatch in the protocol version.
func (q *Batch) Append(b []byte, version uint32) []byte {
	return units.Append(appendAllHeaders(b, q.Tx, levelOf(version)), q.Text)
}

// Append appends the request in the protocol version.
func (r *TransactionRequest) Append(b []byte, version uint32) []byte {
	b = appendAllHeaders(b, r.Tx, levelOf(version))
	b = le.AppendUint16(b, uint16(r.Kind))
	switch r.Kind {
	case TransactionBegin:
		return appendTransactionName(append(b, r.Isolation), r.Name)
	case TransactionSave:
		return appendTransactionName(b, r.Name)
	case TransactionCommit, TransactionRollback:
		b = appendTransactionName(b, r.Name)
		if !r.BeginNew {
			return append(b, 0)
		}
		return appendTransactionName(append(b, flagBeginNew, r.Isolation), r.NewName)
	}
	return b
}

// appendTransactionName appends a name, cut at what its length byte can say.
func appendTransactionName(b []byte, name string) []byte {
	name = cutUTF16(name, 0xFF/2)
	return units.Append(append(b, byte(2*utf16Len(name))), name)
}

// appendAllHeaders appends ALL_HEADERS with a transaction descriptor alone, or
// nothing for TDS 7.1.
func appendAllHeaders(b []byte, tx TransactionHeader, l level) []byte {
	if l < level72 {
		return b
	}
	b = le.AppendUint32(b, 22)
	b = le.AppendUint32(b, 18)
	b = le.AppendUint16(b, headerTransaction)
	b = le.AppendUint64(b, tx.Descriptor)
	return le.AppendUint32(b, tx.Outstanding)
}
