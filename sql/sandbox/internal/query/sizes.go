package query

import (
	"slices"

	"grantree/sql/tsql"
)

// Size is the size in bytes of a value of a type that is neither text nor binary, and its precision and scale, as
// sys.columns shows them.
func Size(t tsql.DataType) (length, precision, scale int) {
	if info := typeInfos[t.Name]; info.size > 0 {
		return info.size, info.precision, info.scale
	}
	byScale := []int{3, 3, 3, 4, 4, 5, 5, 5}[min(t.Scale, 7)]
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
	most, _ := slices.BinarySearch([]int{9, 19, 28}, precision)
	return 5 + 4*most
}
