package query

import (
	"errors"

	"grantree/sql/tsql"
)

// Convert brings a value of type from to type to: as CAST does, or implicitly, as an assignment to a variable or a
// parameter does. Text that is too long is cut; NULL stays NULL, and the literal NULL is of any type. Errors are refusals
// with the engine's numbers: 206, 220, 241, 245, 257, 529, 8114, 8115 and so on.
func Convert(value any, from, to tsql.DataType, explicit bool) (any, error) {
	if from.IsZero() {
		from = typeNull
	}
	if err := convertible(from, to, explicit); err != nil {
		return nil, err
	}
	return convert(value, from, to, 0)
}

// convert is Convert for a pair of types that are known to be convertible; style chooses the format of dates, money and
// binaries, as that of CONVERT does, 0 being the default.
func convert(v any, from, to tsql.DataType, style int) (any, error) {
	v = normal(v)
	if v == nil {
		return nil, nil
	}
	if x, ok := v.(Variant); ok && kindOf(to) != kindVariant {
		if err := convertible(x.Type, to, true); err != nil {
			return nil, err
		}
		return convert(x.Value, x.Type, to, style)
	}
	if x, ok := v.(bool); ok && kindOf(to) != kindBit && kindOf(to) != kindVariant {
		v = boolInt(x) // bit is a number like others
	}
	switch kindOf(to) {
	case kindBit:
		return toBit(v, from)
	case kindInt, kindNull:
		return toInt(v, from, to)
	case kindDecimal:
		return toDecimal(v, from, to)
	case kindMoney:
		return toMoney(v, from, to)
	case kindFloat:
		return toFloat(v, from, to)
	case kindString:
		return toText(v, from, to, style)
	case kindBinary:
		return toBinary(v, from, to, style)
	case kindTime:
		return toTime(v, from, to, style)
	case kindUUID:
		return toUUID(v, from)
	case kindVariant:
		if x, ok := v.(Variant); ok {
			return x, nil
		}
		return Variant{Type: settle(from), Value: v}, nil
	}
	return nil, refuse(243, to.Name)
}

// tryConvert is convert with the errors of TRY_CAST made NULL.
func tryConvert(v any, from, to tsql.DataType, style int) (any, error) {
	out, err := convert(v, from, to, style)
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Number != 529 {
		return nil, nil
	}
	return out, err
}

func toUUID(v any, from tsql.DataType) (any, error) {
	switch x := v.(type) {
	case UUID:
		return x, nil
	case string:
		if u, ok := uuidFromText(x); ok {
			return u, nil
		}
		return nil, refuse(8169)
	case []byte:
		var wire UUID
		copy(wire[:], x)
		return wire.Swap(), nil
	}
	return nil, refuse(206, from.Name, "uniqueidentifier")
}
