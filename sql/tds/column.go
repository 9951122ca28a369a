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

func (ColMetadata) isToken() {}

// The flags of a column.
const (
	columnNullable      uint16 = 0x01
	columnCaseSensitive uint16 = 0x02
	columnUnknown       uint16 = 0x08 // whether it can be updated is not known
	columnIdentity      uint16 = 0x10
	columnComputed      uint16 = 0x20
)

// noMetadata is the count of columns that says that there is no metadata.
const noMetadata = 0xFFFF

// colMetadata reads a COLMETADATA after its token byte.
func (d *decoder) colMetadata() ColMetadata {
	var m ColMetadata
	n := d.uint16()
	if n == noMetadata {
		return m
	}
	for range n {
		if d.err != nil {
			return m
		}
		m.Columns = append(m.Columns, d.column())
	}
	return m
}

func (d *decoder) column() (c Column) {
	flags := d.typeHead()
	c.Nullable, c.CaseSensitive = flags&columnNullable != 0, flags&columnCaseSensitive != 0
	c.Identity, c.Computed = flags&columnIdentity != 0, flags&columnComputed != 0
	c.Type = d.nullableType()
	if c.Type.isLOB() {
		d.tableName()
	}
	c.Name = d.varchar8()
	return c
}

// typeHead reads the user type and the flags in front of a TYPE_INFO.
func (d *decoder) typeHead() uint16 {
	if d.level <= level71 {
		d.uint16()
	} else {
		d.uint32()
	}
	return d.uint16()
}

// nullableType reads a TYPE_INFO in a response, where the fixed forms, which the
// Writer never sends, are refused.
func (d *decoder) nullableType() TypeInfo {
	t, fixed := d.typeInfo()
	if fixed && t.ID != TypeNull {
		d.fail("%s without NULL is not expected", t)
	}
	return t
}

// tableName passes over the table name of a text, ntext or image.
func (d *decoder) tableName() {
	if d.level <= level71 {
		d.varchar16()
		return
	}
	for range d.byte() {
		d.varchar16()
	}
}

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
