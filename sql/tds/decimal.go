package tds

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"
)

// moneyScale is the number of decimal places of money and smallmoney.
const moneyScale = 4

// decodeMoney reads a count of ten-thousandths: 4 bytes, or 8 with the high half
// first (MS-TDS 2.2.5.5.1.2).
func decodeMoney(b []byte) (any, error) {
	switch len(b) {
	case 4:
		return decimal.New(int64(int32(le.Uint32(b))), -moneyScale), nil
	case 8:
		n := uint64(le.Uint32(b))<<32 | uint64(le.Uint32(b[4:]))
		return decimal.New(int64(n), -moneyScale), nil
	}
	return nil, needs(b)
}

// decodeDecimal reads a sign byte (1 is plus) and a little-endian magnitude.
func decodeDecimal(b []byte, t TypeInfo) (any, error) {
	if len(b) < 2 || len(b) > 17 {
		return nil, needs(b)
	}
	magnitude := slices.Clone(b[1:])
	slices.Reverse(magnitude)
	n := new(big.Int).SetBytes(magnitude)
	if b[0] == 0 {
		n.Neg(n)
	}
	return decimal.NewFromBigInt(n, -int32(t.Scale)), nil
}

// appendDecimal appends x, rounded to the scale of t.
func appendDecimal(b []byte, t TypeInfo, x decimal.Decimal) ([]byte, error) {
	if t.ID == TypeMoneyN {
		return appendMoney(b, t, x)
	}
	n, ok := unscaled(x, int(t.Precision), int(t.Scale))
	if !ok {
		return b, fmt.Errorf("%s does not fit %s", brief(x), t)
	}
	sign := byte(1)
	if n.Sign() < 0 {
		sign = 0
	}
	magnitude := n.Abs(n).FillBytes(make([]byte, decimalBytes(t.Precision)))
	slices.Reverse(magnitude)
	return append(append(b, sign), magnitude...), nil
}

func appendMoney(b []byte, t TypeInfo, x decimal.Decimal) ([]byte, error) {
	n, ok := unscaled(x, 19, moneyScale)
	switch {
	case !ok || !n.IsInt64():
	case t.Size == 8:
		b = le.AppendUint32(b, uint32(n.Int64()>>32))
		return le.AppendUint32(b, uint32(n.Int64())), nil
	case n.Int64() == int64(int32(n.Int64())):
		return le.AppendUint32(b, uint32(n.Int64())), nil
	}
	return b, fmt.Errorf("%s does not fit %s", brief(x), t)
}

// unscaled returns x times ten to the scale, rounded half away from zero, and whether
// it has at most precision digits. Exponents far out cost nothing.
func unscaled(x decimal.Decimal, precision, scale int) (*big.Int, bool) {
	digits := x.NumDigits() + int(x.Exponent())
	switch {
	case x.IsZero() || digits < -scale:
		return new(big.Int), true
	case digits > precision-scale:
		return nil, false
	}
	n := x.Round(int32(scale)).Shift(int32(scale)).BigInt()
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	return n, n.CmpAbs(limit) < 0
}

// brief is x for an error message, without writing out a huge exponent.
func brief(x decimal.Decimal) string {
	return fmt.Sprintf("%.40se%d", x.Coefficient().String(), x.Exponent())
}
