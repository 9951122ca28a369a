package query

import (
	"fmt"

	"grantree/sql/tsql"
)

// UUID is a uniqueidentifier in the byte order of its text, like the type of that name in sql/tds.
type UUID [16]byte

// String returns the upper-case text form.
func (u UUID) String() string {
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

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
