package query

import (
	"math"
	"math/bits"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// arithmeticType is the type of a op b for two number types, by "Precision, scale, and length".
func arithmeticType(op string, a, b tsql.DataType) tsql.DataType {
	if a.Name == "null" {
		a = b
	}
	if b.Name == "null" {
		b = a
	}
	wide := a
	if rankOf(b) > rankOf(a) {
		wide = b
	}
	switch kindOf(wide) {
	case kindNull, kindBit:
		return typeInt
	case kindDecimal:
		return decimalType(op, asDecimal(a), asDecimal(b))
	}
	return wide
}

func decimalType(op string, a, b tsql.DataType) tsql.DataType {
	p1, s1, p2, s2 := a.Precision, a.Scale, b.Precision, b.Scale
	switch op {
	case "*":
		return fitDecimal(p1+p2+1, s1+s2)
	case "/":
		s := max(6, s1+p2+1)
		return fitDecimal(p1-s1+s2+s, s)
	case "%":
		s := max(s1, s2)
		return fitDecimal(min(p1-s1, p2-s2)+s, s)
	}
	s := max(s1, s2)
	return fitDecimal(max(p1-s1, p2-s2)+s+1, s)
}

// compute applies op to two values that have been brought to the type t, or for decimals to any scale. The errors are
// 8134 and 8115.
func compute(op string, a, b any, t tsql.DataType) (any, error) {
	switch x := a.(type) {
	case int64:
		return computeInt(op, x, b.(int64), t)
	case float64:
		return computeFloat(op, x, b.(float64), t)
	case decimal.Decimal:
		return computeDecimal(op, x, b.(decimal.Decimal), t)
	}
	return nil, refuse(8117, t.Name, operatorWord(op))
}

func computeInt(op string, a, b int64, t tsql.DataType) (any, error) {
	var n int64
	overflow := false
	switch op {
	case "+":
		n = a + b
		overflow = (a^n)&(b^n) < 0
	case "-":
		n = a - b
		overflow = (a^b)&(a^n) < 0
	case "*":
		n, overflow = multiply(a, b)
	case "/", "%":
		if b == 0 {
			return nil, refuse(8134)
		}
		if b == -1 {
			n, overflow = -a, a == math.MinInt64 && op == "/"
			if op == "%" {
				n = 0
			}
			break
		}
		n = a / b
		if op == "%" {
			n = a % b
		}
	case "&":
		n = a & b
	case "|":
		n = a | b
	case "^":
		n = a ^ b
	}
	if overflow {
		return nil, errOverflow(t.Name)
	}
	if _, err := fitInt(n, typeBigInt, t); err != nil {
		return nil, errOverflow(t.Name)
	}
	return n, nil
}

func multiply(a, b int64) (int64, bool) {
	high, low := bits.Mul64(uint64(magnitude(a)), uint64(magnitude(b)))
	negative := (a < 0) != (b < 0)
	if high != 0 || low > 1<<63 || low == 1<<63 && !negative {
		return 0, true
	}
	return a * b, false
}

func magnitude(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

func computeFloat(op string, a, b float64, t tsql.DataType) (any, error) {
	switch op {
	case "+":
		a += b
	case "-":
		a -= b
	case "*":
		a *= b
	case "/":
		if b == 0 {
			return nil, refuse(8134)
		}
		a /= b
	default:
		return nil, refuse(402, t.Name, t.Name, operatorWord(op))
	}
	return fitFloat(a, t)
}

func computeDecimal(op string, a, b decimal.Decimal, t tsql.DataType) (any, error) {
	scale := int32(t.Scale)
	money := kindOf(t) == kindMoney
	if money {
		scale = 4
	}
	var d decimal.Decimal
	switch op {
	case "+":
		d = a.Add(b)
	case "-":
		d = a.Sub(b)
	case "*":
		d = a.Mul(b)
	case "/", "%":
		if b.IsZero() {
			return nil, refuse(8134)
		}
		if op == "%" {
			d = a.Mod(b)
			break
		}
		d, _ = a.QuoRem(b, scale) // the digits beyond the scale are cut off, not rounded
	default:
		return nil, refuse(8117, t.Name, operatorWord(op))
	}
	if money {
		return toMoney(d, typeMoney, t)
	}
	out, err := fitDigits(d, "expression", t)
	if err != nil {
		return nil, errOverflow("numeric")
	}
	return out, nil
}

// operatorWord is the name of an operator in messages.
func operatorWord(op string) string {
	words := map[string]string{"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo",
		"&": "'&'", "|": "'|'", "^": "'^'", "=": "equal to", "<>": "not equal to", "<": "less than",
		"<=": "less than or equal to", ">": "greater than", ">=": "greater than or equal to", "~": "'~'"}
	if w, ok := words[op]; ok {
		return w
	}
	return op
}
