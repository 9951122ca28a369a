package query

import (
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// UUID is a uniqueidentifier in the byte order of its text.
type UUID = tds.UUID

// Variant is a sql_variant value: a value with the type it was made from. A NULL variant is a plain nil.
type Variant struct {
	Type  tsql.DataType
	Value any
}

// normal brings what callers hand over to the kinds this package works with: nil, bool, int64, float64, string, []byte,
// decimal.Decimal, time.Time, UUID and Variant.
func normal(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case []byte:
		if x == nil {
			return nil
		}
	}
	return v
}
