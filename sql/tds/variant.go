package tds

import (
	"fmt"
)

// VariantValue is a sql_variant that is not NULL: a value and the type it carries
// with it. MAX types, text, ntext, image and sql_variant itself cannot be inside.
type VariantValue struct {
	Type  TypeInfo
	Value any
}

// variant reads a sql_variant (MS-TDS 2.2.5.5.3): total length, base type, property
// length, properties, value. It returns nil or a VariantValue.
func (d *decoder) variant() any {
	n := d.uint32()
	if n == 0 || d.err != nil {
		return nil
	}
	part := d.part(int(n))
	t := part.variantType()
	var v any
	if part.err == nil {
		v = part.content(t, part.left())
	}
	d.join(part)
	if d.err != nil {
		return nil
	}
	return VariantValue{Type: t, Value: v}
}

// variantType reads the base type and its properties.
func (d *decoder) variantType() TypeInfo {
	id := TypeID(d.byte())
	props := d.part(int(d.byte()))
	t, fixed := fixedTypes[id]
	if !fixed {
		t = TypeInfo{ID: id}
	}
	switch id {
	case TypeGUID:
		t.Size = 16
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		t.Scale = props.byte()
	case TypeDecimalN, TypeNumericN:
		t.Precision, t.Scale = props.byte(), props.byte()
	case TypeVarBinary, TypeBinary:
		t.Size = int(props.uint16())
	case TypeVarChar, TypeChar, TypeNVarChar, TypeNChar:
		t.Collation = props.collation()
		t.Size = int(props.uint16())
	case TypeDate:
	default:
		if !fixed || id == TypeNull {
			d.refuse(id)
		}
	}
	d.join(props)
	d.check(t)
	return t
}

// appendVariant appends a VariantValue.
func appendVariant(b []byte, v any) ([]byte, error) {
	x, ok := v.(VariantValue)
	if !ok {
		return b, wrongType(Variant(), v)
	}
	if x.Value == nil {
		return appendNull(b, Variant(), inRow), nil
	}
	if err := x.check(); err != nil {
		return b, err
	}
	return sized(b, 4, func(b []byte) ([]byte, error) {
		return appendFitting(appendVariantType(b, x.Type), x.Type, x.Value)
	})
}

// fits says whether n bytes of content are more than t can hold.
func (t TypeInfo) fits(n int) error {
	switch t.ID {
	case TypeVarBinary, TypeBinary, TypeVarChar, TypeChar, TypeNVarChar, TypeNChar:
		if n > t.Size {
			return fmt.Errorf("%d bytes do not fit %s", n, t)
		}
	}
	return nil
}

// check says why a value cannot be inside a sql_variant.
func (x VariantValue) check() error {
	switch x.Type.ID {
	case TypeNull, TypeText, TypeNText, TypeImage, TypeVariant:
		return fmt.Errorf("%s cannot be inside a sql_variant", x.Type)
	}
	if x.Type.Size == Max {
		return fmt.Errorf("%s cannot be inside a sql_variant", x.Type)
	}
	return x.Type.check()
}

// appendVariantType appends base type, property length and properties.
func appendVariantType(b []byte, t TypeInfo) []byte {
	switch t.ID {
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		return append(b, byte(t.ID), 1, t.Scale)
	case TypeDecimalN, TypeNumericN:
		return append(b, byte(t.ID), 2, t.Precision, t.Scale)
	case TypeVarBinary, TypeBinary:
		return le.AppendUint16(append(b, byte(t.ID), 2), uint16(t.Size))
	case TypeVarChar, TypeChar, TypeNVarChar, TypeNChar:
		b = append(append(b, byte(t.ID), 7), t.Collation[:]...)
		return le.AppendUint16(b, uint16(t.Size))
	}
	return append(b, byte(t.fixedID()), 0)
}

// fixedID returns the fixed form of t, which is how a sql_variant names its base
// type; types without one keep their id.
func (t TypeInfo) fixedID() TypeID {
	for id, fixed := range fixedTypes {
		if fixed.ID == t.ID && fixed.Size == t.Size {
			return id
		}
	}
	return t.ID
}
