package query

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// Values are stored so that SQLite's own comparison, or one of the TS_ collations, orders them as T-SQL does: bit and
// integers as INTEGER, float as REAL, decimal and money as TEXT with all digits of the scale, dates and times as ISO
// TEXT of fixed width, datetimeoffset as its UTC time followed by the offset, uniqueidentifier as BLOB with the last group first,
// binary as BLOB, sql_variant as TEXT that names the type first.

const (
	layoutDate     = "2006-01-02"
	layoutTime     = "15:04:05.0000000"
	layoutDateTime = "2006-01-02 15:04:05.0000000"
)

// encode turns a Go value of type t into what SQLite stores: nil, int64, float64, string or []byte.
func encode(v any, t tsql.DataType) any {
	v = normal(v)
	kind := kindOf(t)
	if kind == kindVariant && v != nil {
		return encodeVariant(v)
	}
	switch x := v.(type) {
	case bool:
		return boolInt(x)
	case int64:
		switch kind {
		case kindBit:
			return boolInt(x != 0)
		case kindFloat:
			return float64(x)
		case kindDecimal, kindMoney:
			return encodeDecimal(decimal.NewFromInt(x), t)
		}
	case decimal.Decimal:
		return encodeDecimal(x, t)
	case time.Time:
		return encodeTime(x, t)
	case UUID:
		return encodeUUID(x)
	}
	return v
}

func encodeDecimal(d decimal.Decimal, t tsql.DataType) string {
	if kindOf(t) == kindMoney {
		return fixedText(d, 4)
	}
	return fixedText(d, int32(t.Scale))
}

// fixedText is d with exactly scale digits; zero has no sign.
func fixedText(d decimal.Decimal, scale int32) string {
	s := d.StringFixed(scale)
	if strings.HasPrefix(s, "-") && strings.Trim(s, "-0.") == "" {
		return s[1:]
	}
	return s
}

func encodeTime(v time.Time, t tsql.DataType) string {
	switch t.Name {
	case "date":
		return v.Format(layoutDate)
	case "time":
		return v.Format(layoutTime)
	case "datetimeoffset":
		return v.UTC().Format(layoutDateTime) + v.Format("-07:00")
	}
	return v.Format(layoutDateTime)
}

func encodeVariant(v any) any {
	x, ok := v.(Variant)
	if !ok {
		x = Variant{Type: NaturalType(v), Value: v}
	}
	if x.Value == nil {
		return nil
	}
	inner := encode(x.Value, x.Type)
	if b, ok := inner.([]byte); ok {
		inner = hex.EncodeToString(b)
	}
	t := x.Type
	return fmt.Sprintf("%s,%d,%d,%d|%v", t.Name, t.Length, t.Precision, t.Scale, inner)
}

// NaturalType is the type that a bare Go value has as a sql_variant.
func NaturalType(v any) tsql.DataType {
	switch x := v.(type) {
	case bool:
		return typeBit
	case int64:
		if x == int64(int32(x)) {
			return typeInt
		}
		return typeBigInt
	case float64:
		return typeFloat
	case decimal.Decimal:
		scale := max(0, int(-x.Exponent()))
		return fitDecimal(max(x.NumDigits(), scale, 1), scale)
	case string:
		return typeNVarChar(min(max(utf16Len(x), 1), 4000))
	case []byte:
		return typeVarBinary(min(max(len(x), 1), 8000))
	case time.Time:
		return typeDateTime
	case UUID:
		return typeUUID
	}
	return typeNull
}

// decode turns what SQLite holds back into the Go value of type t. It is the inverse of encode.
func decode(v any, t tsql.DataType) (any, error) {
	kind := kindOf(t)
	switch x := v.(type) {
	case int64:
		switch kind {
		case kindBit:
			return x != 0, nil
		case kindFloat:
			return float64(x), nil
		case kindDecimal, kindMoney:
			return decimal.NewFromInt(x), nil
		}
	case []byte:
		if kind == kindUUID {
			return decodeUUID(x), nil
		}
	case string:
		switch kind {
		case kindDecimal, kindMoney:
			return decimal.NewFromString(x)
		case kindTime:
			return decodeTime(x, t)
		case kindVariant:
			return decodeVariant(x)
		}
	}
	return v, nil
}

// decodeAll decodes the values of a row, of which there may be more than types.
func decodeAll[V any](raw []V, types []tsql.DataType) ([]any, error) {
	row := make([]any, len(types))
	for i, t := range types {
		var err error
		if row[i], err = decode(raw[i], t); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func decodeTime(s string, t tsql.DataType) (any, error) {
	switch t.Name {
	case "date":
		return time.Parse(layoutDate, s)
	case "time":
		return time.Parse(layoutTime, s)
	case "datetimeoffset":
		utc, err := time.Parse(layoutDateTime, s[:len(layoutDateTime)])
		zone, bad := time.Parse("-07:00", s[len(layoutDateTime):])
		return utc.In(zone.Location()), errors.Join(err, bad)
	}
	return time.Parse(layoutDateTime, s)
}

func decodeVariant(s string) (any, error) {
	name, rest, _ := strings.Cut(s, ",")
	head, body, _ := strings.Cut(rest, "|")
	t := tsql.DataType{Name: name}
	_, err := fmt.Sscanf(head, "%d,%d,%d", &t.Length, &t.Precision, &t.Scale)
	raw, bad := variantBody(body, t)
	v, wrong := decode(raw, t)
	return Variant{Type: t, Value: v}, errors.Join(err, bad, wrong)
}

func variantBody(body string, t tsql.DataType) (any, error) {
	switch kindOf(t) {
	case kindBit, kindInt, kindNull:
		return strconv.ParseInt(body, 10, 64)
	case kindFloat:
		return strconv.ParseFloat(body, 64)
	case kindBinary, kindUUID:
		return hex.DecodeString(body)
	}
	return body, nil
}

// uuidOrder are the bytes of a uniqueidentifier in the order in which SQL Server compares them.
var uuidOrder = [16]int{10, 11, 12, 13, 14, 15, 8, 9, 7, 6, 5, 4, 3, 2, 1, 0}

func encodeUUID(u UUID) []byte {
	stored := make([]byte, len(u))
	for i, at := range uuidOrder {
		stored[i] = u[at]
	}
	return stored
}

func decodeUUID(stored []byte) (u UUID) {
	for i, at := range uuidOrder[:min(len(stored), len(u))] {
		u[at] = stored[i]
	}
	return u
}

// uuidForm is a uniqueidentifier in braces, or the first groups of one without.
var uuidForm = regexp.MustCompile(`^(?i:\{[\dA-F]{8}(-[\dA-F]{4}){4}[\dA-F]{8}\}|[\dA-F]{8}(-[\dA-F]{4}){4}[\dA-F]{8})`)

// uuidFromText reads the 36 characters at the start of s, or 38 with braces; what follows is ignored, as by CONVERT.
func uuidFromText(s string) (u UUID, ok bool) {
	digits := strings.NewReplacer("{", "", "-", "", "}", "").Replace(uuidForm.FindString(s))
	n, err := hex.Decode(u[:], []byte(digits))
	return u, err == nil && n == len(u)
}

// literal writes an encoded value as SQLite text.
func literal(v any) string {
	switch x := v.(type) {
	case int64:
		if x == math.MinInt64 {
			return "(-9223372036854775807-1)"
		}
		return strconv.FormatInt(x, 10)
	case float64:
		s := strconv.FormatFloat(x, 'e', -1, 64)
		if strings.HasPrefix(s, "-") {
			return "(" + s + ")"
		}
		return s
	case string:
		if strings.ContainsRune(x, 0) {
			return "CAST(X'" + hex.EncodeToString([]byte(x)) + "' AS TEXT)"
		}
		return "'" + strings.ReplaceAll(x, "'", "''") + "'"
	case []byte:
		return "X'" + hex.EncodeToString(x) + "'"
	}
	return "NULL"
}
