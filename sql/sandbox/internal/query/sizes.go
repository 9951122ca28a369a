package query

import "grantree/sql/tsql"

// Size is the size in bytes of a value of a type that is neither text nor binary, and its precision and scale, as
// sys.columns shows them.
func Size(t tsql.DataType) (length, precision, scale int) {
	if info := typeInfos[t.Name]; info.size > 0 {
		return info.size, info.precision, info.scale
	}
	byScale := 5
	if t.Scale <= 2 {
		byScale = 3
	} else if t.Scale <= 4 {
		byScale = 4
	}
	dot := 0
	if t.Scale > 0 {
		dot = t.Scale + 1
	}
	switch t.Name {
	case "time":
		return byScale, 8 + dot, t.Scale
	case "datetime2":
		return byScale + 3, 19 + dot, t.Scale
	case "datetimeoffset":
		return byScale + 5, 26 + dot, t.Scale
	}
	return decimalSize(t.Precision), t.Precision, t.Scale
}

// decimalSize is the number of bytes that a decimal of a precision takes ("decimal and numeric").
func decimalSize(precision int) int {
	switch {
	case precision <= 9:
		return 5
	case precision <= 19:
		return 9
	case precision <= 28:
		return 13
	}
	return 17
}
