package tds

// Column describes one column of a result set.
type Column struct {
	// Name may be empty.
	Name string
	Type TypeInfo
	// Nullable decides the form on the wire: without it a type that has a fixed form (int, bit …) is sent in that form,
	// which cannot be NULL, as clients read the one that the flag says.
	Nullable bool
	Identity bool
	// Computed is an expression rather than a column of a table. It cannot be written to, nor can an identity column.
	Computed      bool
	CaseSensitive bool
}

// ColMetadata is a COLMETADATA token (MS-TDS 2.2.7.4): it begins a result set.
type ColMetadata struct{ Columns []Column }

// The flags of a column.
const (
	columnNullable      uint16 = 0x01
	columnCaseSensitive uint16 = 0x02
	columnUnknown       uint16 = 0x08 // whether it can be updated is not known
	columnIdentity      uint16 = 0x10
	columnComputed      uint16 = 0x20
)

// append appends a COLMETADATA; the types must have passed check.
func (m ColMetadata) append(b []byte, l level) []byte {
	b = le.AppendUint16(append(b, tokenColMetadata), uint16(len(m.Columns)))
	for _, c := range m.Columns {
		b = appendTypeHead(b, c.flags(), l)
		if c.fixed() {
			b = append(b, byte(c.Type.fixedID()))
		} else {
			b = appendTypeInfo(b, c.Type)
		}
		if c.Type.isLOB() {
			b = appendNoTable(b, l)
		}
		b = appendVarchar8(b, c.Name)
	}
	return b
}

// fixed reports whether the column is sent in a fixed form, whose values have no length and no NULL.
func (c Column) fixed() bool {
	switch c.Type.ID {
	case TypeIntN, TypeBitN, TypeFloatN, TypeMoneyN, TypeDateTimeN:
		return !c.Nullable
	}
	return false
}

func (c Column) flags() uint16 {
	flags := columnUnknown
	if c.Identity || c.Computed {
		flags = 0
	}
	for _, f := range []struct {
		on  bool
		bit uint16
	}{{c.Nullable, columnNullable}, {c.CaseSensitive, columnCaseSensitive}, {c.Identity, columnIdentity}, {c.Computed, columnComputed}} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

// appendTypeHead appends user type 0 and the flags.
func appendTypeHead(b []byte, flags uint16, l level) []byte {
	if l <= level71 {
		b = le.AppendUint16(b, 0)
	} else {
		b = le.AppendUint32(b, 0)
	}
	return le.AppendUint16(b, flags)
}

// appendNoTable appends an empty table name.
func appendNoTable(b []byte, l level) []byte {
	if l <= level71 {
		return le.AppendUint16(b, 0)
	}
	return append(b, 0)
}

// isLOB reports whether t is text, ntext or image.
func (t TypeInfo) isLOB() bool { return t.ID == TypeText || t.ID == TypeNText || t.ID == TypeImage }
