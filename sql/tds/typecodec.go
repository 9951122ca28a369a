package tds

import "fmt"

// fixedTypes maps the fixed forms to the nullable type of the same meaning.
var fixedTypes = map[TypeID]TypeInfo{
	TypeInt1: Int(1), TypeInt2: Int(2), TypeInt4: Int(4), TypeInt8: Int(8),
	TypeBit: Bit(), TypeFloat4: Float(4), TypeFloat8: Float(8),
	TypeMoney4: Money(4), TypeMoney: Money(8),
	TypeDateTim4: SmallDateTime(), TypeDateTime: DateTime(), TypeNull: {ID: TypeNull},
}

// maxShort is the greatest size in bytes of a type that is not MAX.
const maxShort = 8000

// unknownTypeError says that a parameter has a type which this package refuses.
type unknownTypeError struct{ id TypeID }

func (e *unknownTypeError) Error() string {
	return fmt.Sprintf("%s (0x%02X) is not supported as a parameter", e.id, byte(e.id))
}

// typeInfo reads a TYPE_INFO (MS-TDS 2.2.5.6). fixed tells that it was a fixed form,
// whose values have no length byte.
func (d *decoder) typeInfo() (t TypeInfo, fixed bool) {
	id := TypeID(d.byte())
	if t, ok := fixedTypes[id]; ok {
		return t, true
	}
	t.ID = id
	switch id {
	case TypeIntN, TypeBitN, TypeFloatN, TypeMoneyN, TypeDateTimeN, TypeGUID:
		t.Size = int(d.byte())
	case TypeDecimalN, TypeNumericN:
		d.byte()
		t.Precision, t.Scale = d.byte(), d.byte()
	case TypeDate:
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		t.Scale = d.byte()
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar:
		t.Size = d.shortSize()
		t.Collation = d.collation()
	case TypeVarBinary, TypeBinary:
		t.Size = d.shortSize()
	case TypeText, TypeNText:
		t.Size = int(int32(d.uint32()))
		t.Collation = d.collation()
	case TypeImage, TypeVariant:
		t.Size = int(int32(d.uint32()))
	default:
		d.refuse(id)
	}
	d.check(t)
	return t, false
}

// refuse fails with an unknownTypeError.
func (d *decoder) refuse(id TypeID) {
	if d.err == nil {
		d.err = fmt.Errorf("byte %d: %w", d.off, &unknownTypeError{id})
	}
}

// check fails when t is not a type that exists.
func (d *decoder) check(t TypeInfo) {
	if d.err != nil {
		return
	}
	if err := t.check(); err != nil {
		d.fail("%w", err)
	}
}

// shortSize reads the USHORT size of a short type, where 0xFFFF is MAX.
func (d *decoder) shortSize() int {
	if n := d.uint16(); n != 0xFFFF {
		return int(n)
	}
	return Max
}

func (d *decoder) collation() (c Collation) {
	copy(c[:], d.bytes(len(c)))
	return c
}

// appendTypeInfo appends the TYPE_INFO of t, which must have passed check.
func appendTypeInfo(b []byte, t TypeInfo) []byte {
	b = append(b, byte(t.ID))
	switch t.ID {
	case TypeIntN, TypeBitN, TypeFloatN, TypeMoneyN, TypeDateTimeN, TypeGUID:
		return append(b, byte(t.Size))
	case TypeDecimalN, TypeNumericN:
		return append(b, byte(1+decimalBytes(t.Precision)), t.Precision, t.Scale)
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		return append(b, t.Scale)
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar:
		return append(le.AppendUint16(b, uint16(t.Size)), t.Collation[:]...)
	case TypeVarBinary, TypeBinary:
		return le.AppendUint16(b, uint16(t.Size))
	case TypeText, TypeNText:
		return append(le.AppendUint32(b, uint32(t.Size)), t.Collation[:]...)
	case TypeImage, TypeVariant:
		return le.AppendUint32(b, uint32(t.Size))
	}
	return b
}

// check says what is wrong with a type; nil means that it can be sent.
func (t TypeInfo) check() error {
	switch t.ID {
	case TypeIntN, TypeBitN, TypeFloatN, TypeMoneyN, TypeDateTimeN, TypeGUID:
		if t != GUID() && t.fixedID() == t.ID { // no fixed form has that size
			return fmt.Errorf("%s cannot have %d bytes", t.ID, t.Size)
		}
	case TypeDecimalN, TypeNumericN:
		if t.Precision < 1 || t.Precision > 38 || t.Scale > t.Precision {
			return fmt.Errorf("%s does not exist", t)
		}
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		if t.Scale > 7 {
			return fmt.Errorf("%s does not exist", t)
		}
	case TypeNVarChar, TypeVarChar, TypeVarBinary:
		return t.checkSize(t.Size == Max)
	case TypeNChar, TypeChar, TypeBinary:
		return t.checkSize(false)
	case TypeNull, TypeDate, TypeText, TypeNText, TypeImage, TypeVariant:
	default:
		return &unknownTypeError{t.ID}
	}
	return nil
}

// checkSize checks the size of a type that has one in T-SQL too; ok says that it is
// MAX and may be.
func (t TypeInfo) checkSize(ok bool) error {
	if ok || t.Size >= 0 && t.Size <= maxShort {
		return nil
	}
	return fmt.Errorf("%s cannot have %d bytes", t.ID, t.Size)
}

// decimalBytes is the size of a decimal's magnitude (MS-TDS 2.2.5.5.1.6).
func decimalBytes(precision byte) int {
	switch {
	case precision <= 9:
		return 4
	case precision <= 19:
		return 8
	case precision <= 28:
		return 12
	}
	return 16
}
