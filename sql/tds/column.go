package tds

// Column describes one column of a result set.
type Column struct {
	// Name may be empty.
	Name string
	Type TypeInfo
	// Nullable is told to the client and not checked against the rows.
	Nullable      bool
	Identity      bool
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
		b = appendTypeInfo(appendTypeHead(b, c.flags(), l), c.Type)
		if c.Type.isLOB() {
			b = appendNoTable(b, l)
		}
		b = appendVarchar8(b, c.Name)
	}
	return b
}

func (c Column) flags() uint16 {
	flags := columnUnknown
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
