package conformance

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// sqlClient reads a response as Microsoft's .NET driver does, and as nothing else does: how long a value is follows from
// the type that the column's NULL flag picks, not from the type that was sent. The names and rules are those of
// dotnet/SqlClient, src/Microsoft.Data.SqlClient/src/Microsoft/Data/SqlClient: TdsParser.cs (TryCommonProcessMetaData,
// TryProcessTypeInfo, TryGetTokenLength, TryProcessColumnHeaderNoNBC, TryProcessReturnValue) and SqlEnums.cs (MetaType).
// It shares no code with grantree/sql/tds.
type sqlClient struct {
	b       []byte
	off     int
	columns []clientColumn
	fatal   bool // an error of class 20 or more came
	last    int  // status of the last DONE
}

// clientColumn is _SqlMetaData: what SqlClient keeps of a column.
type clientColumn struct {
	name     string
	nullable bool
	meta     metaType
	tdsType  byte
	plp      bool
}

// metaType is MetaType: its form without and with NULL, and what kind it is.
type metaType struct {
	tdsType, nullableType byte
	long, text            bool // text: IsCharType or IsBinType
}

// intoNull are the types whose two forms differ, by the form with NULL and the length.
var intoNull = map[byte]map[int]byte{
	0x26: {1: 0x30, 2: 0x34, 4: 0x38, 8: 0x7F}, 0x68: {1: 0x32}, 0x6D: {4: 0x3B, 8: 0x3E}, 0x6E: {4: 0x7A, 8: 0x3C}, 0x6F: {4: 0x3A, 8: 0x3D},
}

// metaTypeOf is MetaType.GetSqlDataType.
func metaTypeOf(tdsType byte, length int) (metaType, error) {
	for null, forms := range intoNull {
		for size, fixed := range forms {
			if tdsType == fixed || tdsType == null && length == size {
				return metaType{tdsType: fixed, nullableType: null}, nil
			}
		}
	}
	m := metaType{tdsType: tdsType, nullableType: tdsType}
	switch tdsType {
	case 0x22, 0x23, 0x63: // image, text, ntext
		m.long, m.text = true, true
	case 0xA5, 0xA7, 0xAD, 0xAF, 0xE7, 0xEF: // varbinary, varchar, binary, char, nvarchar, nchar
		m.text = true
	case 0x24, 0x28, 0x29, 0x2A, 0x2B, 0x62, 0x6A, 0x6C: // uniqueidentifier, date, time …, sql_variant, decimal
	default:
		return m, fmt.Errorf("a type 0x%02X of length %d that SqlClient does not know", tdsType, length)
	}
	return m, nil
}

// errShort is a response that ends too early.
var errShort = fmt.Errorf("the response ends inside a token")

// take returns the next n bytes. It panics with an error, which read returns.
func (c *sqlClient) take(n int) []byte {
	if n < 0 || n > len(c.b)-c.off {
		panic(errShort)
	}
	c.off += n
	return c.b[c.off-n : c.off]
}

func (c *sqlClient) byte() byte   { return c.take(1)[0] }
func (c *sqlClient) uint16() int  { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *sqlClient) uint32() int  { return int(binary.LittleEndian.Uint32(c.take(4))) }
func (c *sqlClient) uint64() uint { return uint(binary.LittleEndian.Uint64(c.take(8))) }

// text reads n characters that nobody looks at, or all of them for a message.
func (c *sqlClient) text(n int) string {
	b := c.take(2 * n)
	var out []rune
	for i := 0; i < len(b); i += 2 {
		out = append(out, rune(binary.LittleEndian.Uint16(b[i:])))
	}
	return string(out)
}

// read reads a whole response and says at which byte it lost its way.
func (c *sqlClient) read(b []byte) (err error) {
	*c = sqlClient{b: b}
	defer func() {
		if p := recover(); p != nil {
			var ok bool
			if err, ok = p.(error); !ok {
				panic(p)
			}
			err = fmt.Errorf("SqlClient is lost at byte %d of %d: %w", c.off, len(b), err)
		}
	}()
	for c.off < len(c.b) {
		c.token()
	}
	switch {
	case c.last&doneMore != 0:
		return fmt.Errorf("the last DONE, 0x%03X, says that more comes", c.last)
	case c.fatal && c.last&doneServerError == 0:
		return fmt.Errorf("a fatal error ends with a DONE of 0x%03X, without DONE_SRVERROR", c.last)
	}
	return nil
}

// The status bits of a DONE.
const (
	doneMore        = 0x01
	doneServerError = 0x100
)

// token reads one token.
func (c *sqlClient) token() {
	switch token := c.byte(); token {
	case 0x81: // COLMETADATA
		c.metadata()
	case 0xD1: // ROW
		c.row(nil)
	case 0xD2: // NBCROW
		c.row(c.take((len(c.columns) + 7) / 8))
	case 0xAC: // RETURNVALUE
		c.returnValue()
	case 0xFD, 0xFE, 0xFF: // DONE, DONEPROC, DONEINPROC
		c.last = c.uint16()
		c.take(2 + 8)
	case 0x79: // RETURNSTATUS
		c.take(4)
	case 0xAA: // ERROR
		body := c.take(c.uint16())
		c.fatal = c.fatal || body[5] >= 20
	case 0xAB, 0xA9, 0xAD, 0xE3: // INFO, ORDER, LOGINACK, ENVCHANGE
		c.take(c.uint16())
	default:
		panic(fmt.Errorf("0x%02X is no token", token))
	}
}

// metadata is TryProcessMetaData.
func (c *sqlClient) metadata() {
	n := c.uint16()
	c.columns = nil
	if n == 0xFFFF {
		return
	}
	for range n {
		c.uint32() // user type
		flags := c.uint16()
		col := c.typeInfo(flags&1 != 0)
		if col.meta.long {
			for range c.byte() {
				c.text(c.uint16())
			}
		}
		col.name = c.text(int(c.byte()))
		c.columns = append(c.columns, col)
	}
}

// typeInfo is TryProcessTypeInfo; it ends where SqlClient makes its choice.
func (c *sqlClient) typeInfo(nullable bool) clientColumn {
	sent := c.byte()
	length := 0
	if !slices.Contains([]byte{0x28, 0x29, 0x2A, 0x2B}, sent) {
		length = c.tokenLength(sent)
	}
	meta, err := metaTypeOf(sent, length)
	if err != nil {
		panic(err)
	}
	col := clientColumn{nullable: nullable, meta: meta, tdsType: meta.tdsType, plp: meta.text && !meta.long && length == 0xFFFF}
	if nullable {
		col.tdsType = meta.nullableType
	}
	switch sent {
	case 0x6A, 0x6C:
		c.take(2) // precision, scale
	case 0x29, 0x2A, 0x2B:
		c.take(1) // scale
	case 0x23, 0x63, 0xA7, 0xAF, 0xE7, 0xEF:
		c.take(5) // collation
	}
	return col
}

// tokenLength is TryGetTokenLength: a fixed form's length is in its number, the others' stands in front of the value.
func (c *sqlClient) tokenLength(tdsType byte) int {
	switch {
	case tdsType&0x30 == 0x30:
		return 1 << (tdsType & 0x0C >> 2)
	case tdsType&0x30 == 0x10:
		return 0
	case tdsType&0x80 != 0:
		return c.uint16()
	case tdsType&0x0C == 0:
		return c.uint32()
	}
	return int(c.byte())
}

// row reads the values of a row; null is the bitmap of an NBCROW.
func (c *sqlClient) row(null []byte) {
	if c.columns == nil {
		panic(fmt.Errorf("a row without columns"))
	}
	for i, col := range c.columns {
		if null != nil && null[i/8]&(1<<(i%8)) != 0 {
			c.isNull(col)
			continue
		}
		if col.meta.long && !col.plp { // text pointer and timestamp, then the length
			pointer := int(c.byte())
			if pointer == 0 {
				c.isNull(col)
				continue
			}
			c.take(pointer + 8)
			c.take(c.uint32())
			continue
		}
		c.value(col)
	}
}

// isNull refuses a NULL in a column that was said to have none.
func (c *sqlClient) isNull(col clientColumn) {
	if !col.nullable {
		panic(fmt.Errorf("NULL in column %q, which is NOT NULL", col.name))
	}
}

// value is TryProcessColumnHeaderNoNBC and the skipping of the value (IsNull, TrySkipValue).
func (c *sqlClient) value(col clientColumn) {
	if col.plp {
		c.chunks(col)
		return
	}
	length := c.tokenLength(col.tdsType)
	if col.meta.text && length == 0xFFFF || !col.meta.text && length == 0 {
		c.isNull(col)
		return
	}
	c.take(length)
}

// chunks reads a value of a MAX type.
func (c *sqlClient) chunks(col clientColumn) {
	if total := c.uint64(); total == 1<<64-1 {
		c.isNull(col)
		return
	}
	for n := c.uint32(); n != 0; n = c.uint32() {
		c.take(n)
	}
}

// returnValue is TryProcessReturnValue: always with the form that can be NULL, whatever its flags say.
func (c *sqlClient) returnValue() {
	c.uint16()
	c.text(int(c.byte()))
	c.take(1 + 4 + 2)
	col := c.typeInfo(true)
	if col.meta.long {
		c.take(c.uint32())
		return
	}
	c.value(col)
}
