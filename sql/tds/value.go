package tds

import (
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"grantree/sql/units"
)

// A value on the wire is one of these Go values: nil for NULL; bool for bit; int64
// for tinyint to bigint; float64 for real and float; string for the character
// types; []byte for the binary ones; decimal.Decimal for decimal, numeric and
// money; time.Time for all dates and times; UUID for uniqueidentifier;
// VariantValue for sql_variant.
//
// Encoding also takes an int64 as a bit and an int as any integer.

// place is where a value stands, which decides how text, ntext and image look.
type place bool

const (
	inRow       place = false
	inParameter place = true
)

// value reads one value of a nullable type, that is, with its length.
func (d *decoder) value(t TypeInfo, at place) any {
	switch t.ID {
	case TypeNull:
		return nil
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar, TypeVarBinary, TypeBinary:
		if t.Size == Max {
			return d.plp(t)
		}
		n := d.uint16()
		if n == 0xFFFF {
			return nil
		}
		return d.content(t, int(n))
	case TypeText, TypeNText, TypeImage:
		return d.lob(t, at)
	case TypeVariant:
		return d.variant()
	}
	if n := d.byte(); n != 0 {
		return d.content(t, int(n))
	}
	return nil
}

// fixedValue reads one value of a fixed form, which has no length.
func (d *decoder) fixedValue(t TypeInfo) any {
	if t.ID == TypeNull {
		return nil
	}
	return d.content(t, t.Size)
}

// content reads the n bytes of a value that is not NULL.
func (d *decoder) content(t TypeInfo, n int) any {
	b := d.bytes(n)
	if d.err != nil {
		return nil
	}
	v, err := decodeContent(t, b)
	if err != nil {
		d.fail("%s: %w", t, err)
		return nil
	}
	return v
}

// decodeContent returns the value that b means in t.
func decodeContent(t TypeInfo, b []byte) (any, error) {
	switch t.ID {
	case TypeIntN:
		return decodeInt(b)
	case TypeBitN:
		if err := needs(b, 1); err != nil {
			return nil, err
		}
		return b[0] != 0, nil
	case TypeFloatN:
		return decodeFloat(b)
	case TypeMoneyN:
		return decodeMoney(b)
	case TypeDecimalN, TypeNumericN:
		return decodeDecimal(b, t)
	case TypeGUID:
		if err := needs(b, 16); err != nil {
			return nil, err
		}
		return UUID(b).Swap(), nil
	case TypeDate, TypeTime, TypeDateTime2, TypeDateTimeOffset, TypeDateTimeN:
		return decodeTime(t, b)
	case TypeNVarChar, TypeNChar, TypeNText:
		if len(b)%2 != 0 {
			return nil, fmt.Errorf("%d bytes are not UTF-16", len(b))
		}
		return units.FromBytes(b), nil
	case TypeVarChar, TypeChar, TypeText:
		return t.Collation.text(b), nil
	case TypeVarBinary, TypeBinary, TypeImage:
		return append([]byte{}, b...), nil
	}
	return nil, &unknownTypeError{t.ID}
}

// needs fails when b has not exactly one of the sizes.
func needs(b []byte, sizes ...int) error {
	for _, n := range sizes {
		if len(b) == n {
			return nil
		}
	}
	return fmt.Errorf("a value cannot have %d bytes", len(b))
}

func decodeInt(b []byte) (any, error) {
	switch len(b) {
	case 1:
		return int64(b[0]), nil
	case 2:
		return int64(int16(le.Uint16(b))), nil
	case 4:
		return int64(int32(le.Uint32(b))), nil
	case 8:
		return int64(le.Uint64(b)), nil
	}
	return nil, needs(b)
}

func decodeFloat(b []byte) (any, error) {
	switch len(b) {
	case 4:
		return float64(math.Float32frombits(le.Uint32(b))), nil
	case 8:
		return math.Float64frombits(le.Uint64(b)), nil
	}
	return nil, needs(b)
}

// appendValue appends v as a value of t, which must have passed check. A failure
// says why v does not fit; the bytes returned with it are worthless.
func appendValue(b []byte, t TypeInfo, v any, at place) ([]byte, error) {
	if v == nil {
		return appendNull(b, t, at), nil
	}
	switch t.ID {
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar, TypeVarBinary, TypeBinary:
		if t.Size == Max {
			return appendPLP(b, t, v)
		}
		return appendShort(b, t, v)
	case TypeText, TypeNText, TypeImage:
		return appendLOB(b, t, v, at)
	case TypeVariant:
		return appendVariant(b, v)
	}
	return sized(b, 1, func(b []byte) ([]byte, error) { return appendContent(b, t, v) })
}

// appendNull appends NULL.
func appendNull(b []byte, t TypeInfo, at place) []byte {
	switch t.ID {
	case TypeNull:
		return b
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar, TypeVarBinary, TypeBinary:
		if t.Size == Max {
			return le.AppendUint64(b, plpNull)
		}
		return le.AppendUint16(b, 0xFFFF)
	case TypeText, TypeNText, TypeImage:
		if at == inParameter {
			return le.AppendUint32(b, lobNull)
		}
	case TypeVariant:
		return le.AppendUint32(b, 0)
	}
	return append(b, 0)
}

// appendShort appends a string or bytes with a USHORT length. char, nchar and binary
// are padded to their size, as the server stores them.
func appendShort(b []byte, t TypeInfo, v any) ([]byte, error) {
	return sized(b, 2, func(b []byte) ([]byte, error) {
		start := len(b)
		b, err := appendFitting(b, t, v)
		return pad(b, t, t.Size-len(b)+start), err
	})
}

// appendFitting is appendContent for a value that may be too long for its type.
func appendFitting(b []byte, t TypeInfo, v any) ([]byte, error) {
	start := len(b)
	b, err := appendContent(b, t, v)
	if err == nil {
		err = t.fits(len(b) - start)
	}
	return b, err
}

// pad appends n bytes of padding where t is of fixed length.
func pad(b []byte, t TypeInfo, n int) []byte {
	for ; n > 0; n-- {
		switch t.ID {
		case TypeChar:
			b = append(b, ' ')
		case TypeNChar:
			b = append(b, ' ', 0)
			n--
		case TypeBinary:
			b = append(b, 0)
		default:
			return b
		}
	}
	return b
}

// appendContent appends the bytes of a value that is not NULL, without a length.
func appendContent(b []byte, t TypeInfo, v any) ([]byte, error) {
	switch t.ID {
	case TypeIntN:
		return appendInt(b, t.Size, v)
	case TypeBitN:
		return appendBit(b, v)
	case TypeFloatN:
		return appendFloat(b, t.Size, v)
	case TypeMoneyN, TypeDecimalN, TypeNumericN:
		if x, ok := v.(decimal.Decimal); ok {
			return appendDecimal(b, t, x)
		}
	case TypeGUID:
		if x, ok := v.(UUID); ok {
			x = x.Swap()
			return append(b, x[:]...), nil
		}
	case TypeDate, TypeTime, TypeDateTime2, TypeDateTimeOffset, TypeDateTimeN:
		return appendTime(b, t, v)
	case TypeNVarChar, TypeNChar, TypeNText:
		if x, ok := v.(string); ok {
			return units.Append(b, x), nil
		}
	case TypeVarChar, TypeChar, TypeText:
		if x, ok := v.(string); ok {
			return t.Collation.appendText(b, x), nil
		}
	case TypeVarBinary, TypeBinary, TypeImage:
		if x, ok := v.([]byte); ok {
			return append(b, x...), nil
		}
	}
	return b, wrongType(t, v)
}

// wrongType says that a Go value cannot stand for t at all.
func wrongType(t TypeInfo, v any) error { return fmt.Errorf("a Go %T cannot be sent as %s", v, t) }

func appendBit(b []byte, v any) ([]byte, error) {
	switch x := v.(type) {
	case bool:
		if x {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case int64:
		return appendBit(b, x != 0)
	}
	return b, wrongType(Bit(), v)
}

func appendInt(b []byte, size int, v any) ([]byte, error) {
	n, ok := v.(int64)
	if small, isInt := v.(int); isInt {
		n, ok = int64(small), true
	}
	if !ok {
		return b, wrongType(Int(size), v)
	}
	switch {
	case size == 1 && n >= 0 && n <= math.MaxUint8:
		return append(b, byte(n)), nil
	case size == 2 && n == int64(int16(n)):
		return le.AppendUint16(b, uint16(n)), nil
	case size == 4 && n == int64(int32(n)):
		return le.AppendUint32(b, uint32(n)), nil
	case size == 8:
		return le.AppendUint64(b, uint64(n)), nil
	}
	return b, fmt.Errorf("%d does not fit %s", n, Int(size))
}

func appendFloat(b []byte, size int, v any) ([]byte, error) {
	x, ok := v.(float64)
	switch {
	case !ok:
		return b, wrongType(Float(size), v)
	case size == 8:
		return le.AppendUint64(b, math.Float64bits(x)), nil
	}
	return le.AppendUint32(b, math.Float32bits(float32(x))), nil
}
