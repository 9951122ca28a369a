package query

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// toText converts to a character type and brings the text to its length: numbers that do not fit are refused or shown
// as an asterisk, other text is cut, and a fixed type is filled with spaces.
func toText(v any, from, to tsql.DataType, style int) (any, error) {
	s, err := textValue(v, from, to, style)
	if err != nil {
		return nil, err
	}
	if n := length(to); n >= 0 && utf16Len(s) > n {
		if s, err = tooLong(s, n, v, from, to); err != nil {
			return nil, err
		}
	}
	return shape(s, to), nil
}

// shape gives text of fitting length the form that type t stores.
func shape(s string, t tsql.DataType) string {
	if !isUnicode(t) {
		s = narrow(s)
	}
	if isFixed(t) {
		if pad := length(t) - utf16Len(s); pad > 0 {
			s += strings.Repeat(" ", pad)
		}
	}
	return s
}

func tooLong(s string, n int, v any, from, to tsql.DataType) (string, error) {
	switch v.(type) {
	case int64:
		if from.Name == "bigint" || isUnicode(to) {
			return "", errOverflow(to.Name)
		}
		return "*", nil
	case decimal.Decimal, float64:
		return "", refuse(8115, from.Name, to.Name)
	case UUID:
		return "", refuse(8170)
	}
	return slice16(s, 0, n), nil
}

func textValue(v any, from, to tsql.DataType, style int) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return floatText(x, from, style), nil
	case decimal.Decimal:
		if kindOf(from) == kindMoney {
			return moneyText(x, style), nil
		}
		return fixedText(x, int32(from.Scale)), nil
	case time.Time:
		return timeText(x, from, style)
	case UUID:
		return x.String(), nil
	case []byte:
		return binaryText(x, to, style)
	}
	return "", refuse(206, from.Name, to.Name)
}

// floatText prints at most 6 digits with style 0, 8 with 1 and 16 with 2 in scientific notation, 17 with 3.
func floatText(f float64, t tsql.DataType, style int) string {
	digits, format := 6, byte('g')
	switch style {
	case 1:
		digits, format = 7, 'e'
	case 2:
		digits, format = 15, 'e'
	case 3:
		digits = 17
		if t.Name == "real" {
			digits = 9
		}
	}
	s := strconv.FormatFloat(f, format, digits, 64)
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return s
	}
	n, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%se%+04d", mantissa, n)
}

// moneyText has two decimals, with commas for style 1, or four decimals for style 2.
func moneyText(d decimal.Decimal, style int) string {
	if style == 2 {
		return fixedText(d, 4)
	}
	s := fixedText(d, 2)
	if style != 1 {
		return s
	}
	whole, cents, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if strings.HasPrefix(s, "-") {
		whole = "-" + whole
	}
	return whole + "." + cents
}

// binaryText reads the bytes as text with style 0; style 1 prints hex with 0x, style 2 without.
func binaryText(b []byte, to tsql.DataType, style int) (string, error) {
	switch style {
	case 0:
		return textOf(b, to), nil
	case 1:
		return "0x" + strings.ToUpper(hex.EncodeToString(b)), nil
	case 2:
		return strings.ToUpper(hex.EncodeToString(b)), nil
	}
	return "", refuse(281, style, "varbinary", "a character string")
}

// toBinary converts to a binary type: text gives its bytes, or what its hex digits say with style 1 and 2; integers give
// their bytes with the highest first.
func toBinary(v any, from, to tsql.DataType, style int) (any, error) {
	b, number, err := bytesValue(v, from, to, style)
	if err != nil {
		return nil, err
	}
	n := length(to)
	switch {
	case n >= 0 && len(b) > n && number:
		b = b[len(b)-n:]
	case n >= 0 && len(b) > n:
		b = b[:n]
	case isFixed(to) && len(b) < n && number:
		b = append(make([]byte, n-len(b)), b...)
	case isFixed(to) && len(b) < n:
		b = append(append([]byte(nil), b...), make([]byte, n-len(b))...)
	}
	return b, nil
}

// bytesValue returns the bytes and whether they stand for a number, which loses its front when it is cut.
func bytesValue(v any, from, to tsql.DataType, style int) ([]byte, bool, error) {
	switch x := v.(type) {
	case []byte:
		return x, false, nil
	case int64:
		return binary.BigEndian.AppendUint64(nil, uint64(x))[8-intBits(settle(from))/8:], true, nil
	case string:
		b, err := bytesFromText(x, from, to, style)
		return b, false, err
	case UUID:
		u := x.Swap()
		return u[:], false, nil
	case float64:
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(x)), true, nil
	}
	return nil, false, refuse(529, from.Name, to.Name)
}

func bytesFromText(s string, from, to tsql.DataType, style int) ([]byte, error) {
	switch style {
	case 0:
		return bytesOf(s, from), nil
	case 1:
		if !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0X") {
			break
		}
		s = s[2:]
		fallthrough
	case 2:
		if b, err := hex.DecodeString(s); err == nil {
			return b, nil
		}
	default:
		return nil, refuse(281, style, from.Name, to.Name)
	}
	return nil, refuse(8114, from.Name, to.Name)
}
