package query

import "grantree/sql/tsql"

// fixedSizes are the sizes in bytes, the precision and the scale as sys.columns shows them.
var fixedSizes = map[string][3]int{
	"null": {4, 10, 0}, "tinyint": {1, 3, 0}, "smallint": {2, 5, 0}, "int": {4, 10, 0}, "bigint": {8, 19, 0}, "bit": {1, 1, 0},
	"real": {4, 24, 0}, "float": {8, 53, 0}, "smallmoney": {4, 10, 4}, "money": {8, 19, 4}, "date": {3, 10, 0},
	"datetime": {8, 23, 3}, "smalldatetime": {4, 16, 0}, "uniqueidentifier": {16, 0, 0}, "sql_variant": {8016, 0, 0},
	"text": {16, 0, 0}, "ntext": {16, 0, 0}, "image": {16, 0, 0}, "timestamp": {8, 0, 0},
}

// Size is the size in bytes of a value of a type that is neither text nor binary, and its precision and scale, as
// sys.columns shows them.
func Size(t tsql.DataType) (length, precision, scale int) {
	if f, ok := fixedSizes[t.Name]; ok {
		return f[0], f[1], f[2]
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
