package query

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// compareValues orders two values of type t, neither of them NULL, as SQLite orders them in storage.
func compareValues(a, b any, t tsql.DataType, c collation) int {
	switch x := a.(type) {
	case bool:
		return cmp.Compare(boolInt(x), boolInt(b.(bool)))
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		return cmp.Compare(x, b.(float64))
	case decimal.Decimal:
		return x.Cmp(b.(decimal.Decimal))
	case string:
		return c.Compare(x, b.(string))
	case []byte:
		return bytes.Compare(x, b.([]byte))
	case time.Time:
		return strings.Compare(encodeTime(x.UTC(), t), encodeTime(b.(time.Time).UTC(), t))
	case UUID:
		return bytes.Compare(encodeUUID(x), encodeUUID(b.(UUID)))
	}
	return 0
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// family is the sql_variant family of a type; of two families the higher one is the greater ("sql_variant", comparing).
func family(t tsql.DataType) int {
	switch kindOf(t) {
	case kindTime:
		return 6
	case kindFloat:
		return 5
	case kindDecimal, kindMoney, kindInt, kindBit, kindNull:
		return 4
	case kindUUID:
		return 3
	case kindString:
		return 2
	}
	return 1
}

// compareVariants compares the families first, then the values in their common type.
func compareVariants(a, b Variant, c collation) int {
	if r := cmp.Compare(family(a.Type), family(b.Type)); r != 0 {
		return r
	}
	t, err := common(a.Type, b.Type)
	x, errX := convert(a.Value, a.Type, t, 0)
	y, errY := convert(b.Value, b.Type, t, 0)
	if err != nil || errX != nil || errY != nil || x == nil || y == nil {
		return strings.Compare(a.Type.Name, b.Type.Name)
	}
	return compareValues(x, y, t, c)
}
