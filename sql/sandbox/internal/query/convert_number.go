package query

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

func toBit(v any, from tsql.DataType) (any, error) {
	switch x := v.(type) {
	case bool:
		return x, nil
	case string:
		return bitFromText(x, from)
	case []byte:
		return strings.Trim(string(x), "\x00") != "", nil
	}
	f, err := floatOf(v, from, typeBit)
	return f != 0, err
}

func bitFromText(s string, from tsql.DataType) (any, error) {
	t := strings.TrimSpace(s)
	switch strings.ToLower(t) {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	if n, err := strconv.ParseInt(t, 10, 64); err == nil {
		return n != 0, nil
	}
	return nil, refuse(245, from.Name, s, "bit")
}

// fitInt is n if type t holds it, else 220 or 8115.
func fitInt(n int64, from, t tsql.DataType) (any, error) {
	bits := intBits(t)
	ok := n<<(64-bits)>>(64-bits) == n
	if bits == 8 {
		ok = n >= 0 && n <= math.MaxUint8
	}
	switch {
	case ok:
		return n, nil
	case bits < 32 && kindOf(from) == kindInt:
		return nil, refuse(220, t.Name, n)
	}
	return nil, errOverflow(t.Name)
}

func toInt(v any, from, to tsql.DataType) (any, error) {
	switch x := v.(type) {
	case int64:
		return fitInt(x, from, to)
	case float64:
		if math.IsNaN(x) || x >= math.MaxInt64 || x <= math.MinInt64 {
			return nil, errOverflow(to.Name)
		}
		return fitInt(int64(x), from, to)
	case decimal.Decimal:
		return intFromDecimal(x, from, to)
	case string:
		return intFromText(x, from, to)
	case []byte:
		return intFromBytes(x, to), nil
	case time.Time:
		days := x.Sub(epoch).Hours() / 24
		return fitInt(int64(math.Floor(days+0.5)), from, to)
	}
	return nil, refuse(206, from.Name, to.Name)
}

func intFromDecimal(d decimal.Decimal, from, to tsql.DataType) (any, error) {
	if kindOf(from) == kindMoney {
		d = d.Round(0)
	}
	n, err := fitBig(d.Truncate(0).BigInt(), to)
	if err != nil {
		return nil, refuse(8115, from.Name, to.Name)
	}
	return n, nil
}

func intFromText(s string, from, to tsql.DataType) (any, error) {
	t := strings.TrimSpace(s)
	if t == "" {
		return int64(0), nil
	}
	digits := strings.TrimLeft(strings.TrimLeft(t, "+-"), " ")
	sign := t[:len(t)-len(strings.TrimLeft(t, "+-"))]
	n, err := strconv.ParseInt(sign+digits, 10, 64)
	v, beyond := fitInt(n, from, to)
	switch {
	case err == nil && beyond == nil:
		return v, nil
	case intBits(to) == 64:
		return nil, refuse(8114, from.Name, "bigint")
	case errors.Is(err, strconv.ErrSyntax):
		return nil, refuse(245, from.Name, s, to.Name)
	case intBits(to) == 32:
		return nil, refuse(248, from.Name, s)
	}
	return nil, refuse(244, from.Name, s, intBits(to)/8)
}

// intFromBytes reads the last bytes as a big-endian number.
func intFromBytes(b []byte, to tsql.DataType) int64 {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	if bits := intBits(to); bits > 8 {
		return int64(n<<(64-bits)) >> (64 - bits)
	}
	return int64(uint8(n))
}

// fitDigits rounds d to the scale of t, or fails with 8115 when the digits before the point are too many.
func fitDigits(d decimal.Decimal, from string, t tsql.DataType) (any, error) {
	d = d.Round(int32(t.Scale))
	if d.Abs().Cmp(decimal.New(1, int32(t.Precision-t.Scale))) >= 0 {
		return nil, refuse(8115, from, t.Name)
	}
	return d, nil
}

func toDecimal(v any, from, to tsql.DataType) (any, error) {
	switch x := v.(type) {
	case int64:
		return fitDigits(decimal.NewFromInt(x), from.Name, to)
	case decimal.Decimal:
		return fitDigits(x, from.Name, to)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) > 1e38 {
			return nil, refuse(8115, from.Name, to.Name)
		}
		return fitDigits(decimal.NewFromFloat(x), from.Name, to)
	case string:
		d, ok := decimalFromText(x)
		if !ok {
			return nil, refuse(8114, from.Name, to.Name)
		}
		return fitDigits(d, from.Name, to)
	case time.Time:
		return fitDigits(decimal.NewFromFloat(x.Sub(epoch).Hours()/24), from.Name, to)
	}
	return nil, refuse(529, from.Name, to.Name)
}

// decimalFromText accepts a sign, digits and a point; no exponent, as T-SQL does not either.
func decimalFromText(s string) (decimal.Decimal, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 80 || strings.Trim(s, "+-.0123456789") != "" || strings.Trim(s, "+-.") == "" {
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

func toMoney(v any, from, to tsql.DataType) (any, error) {
	if s, ok := v.(string); ok {
		d, ok := moneyFromText(s)
		if !ok {
			return nil, refuse(235)
		}
		v = d
	}
	out, err := toDecimal(v, from, typeDecimal(38, 4))
	if err != nil {
		return nil, err
	}
	whole := typeBigInt // of ten-thousandths
	if to.Name == "smallmoney" {
		whole = typeInt
	}
	if _, err := fitBig(out.(decimal.Decimal).Shift(4).BigInt(), whole); err != nil {
		return nil, refuse(8115, from.Name, to.Name)
	}
	return out, nil
}

func moneyFromText(s string) (decimal.Decimal, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	s = strings.Replace(s, "$", "", 1)
	if s == "" {
		return decimal.Zero, true
	}
	return decimalFromText(s)
}

func toFloat(v any, from, to tsql.DataType) (any, error) {
	f, err := floatOf(v, from, to)
	if err != nil {
		return nil, err
	}
	return fitFloat(f, to)
}

// fitFloat rounds to real where t is one, and refuses what is no finite number.
func fitFloat(f float64, t tsql.DataType) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) || t.Name == "real" && math.Abs(f) > math.MaxFloat32 {
		return nil, errOverflow(t.Name)
	}
	if t.Name == "real" {
		return float64(float32(f)), nil
	}
	return f, nil
}

func floatOf(v any, from, to tsql.DataType) (float64, error) {
	switch x := v.(type) {
	case int64:
		return float64(x), nil
	case float64:
		return x, nil
	case decimal.Decimal:
		return x.InexactFloat64(), nil
	case string:
		t := strings.TrimSpace(x)
		if t == "" {
			return 0, nil
		}
		f, err := strconv.ParseFloat(t, 64)
		if strings.Trim(t, "+-.0123456789eE") != "" || err != nil {
			return 0, refuse(8114, from.Name, to.Name)
		}
		return f, nil
	case time.Time:
		return x.Sub(epoch).Hours() / 24, nil
	}
	return 0, refuse(206, from.Name, to.Name)
}
