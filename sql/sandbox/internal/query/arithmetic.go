package query

import (
	"math/big"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// arithmeticType is the type of a op b for two number types, by "Precision, scale, and length".
func arithmeticType(op string, a, b tsql.DataType) tsql.DataType {
	wide := a
	if rankOf(b) > rankOf(a) {
		wide = b
	}
	switch kindOf(wide) {
	case kindBit:
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

// integerOps are the operators on integers, of any size; / and % cut off towards zero.
var integerOps = map[string]func(z, x, y *big.Int) *big.Int{
	"+": (*big.Int).Add, "-": (*big.Int).Sub, "*": (*big.Int).Mul, "/": (*big.Int).Quo, "%": (*big.Int).Rem,
	"&": (*big.Int).And, "|": (*big.Int).Or, "^": (*big.Int).Xor,
}

func computeInt(op string, a, b int64, t tsql.DataType) (any, error) {
	if b == 0 && (op == "/" || op == "%") {
		return nil, refuse(8134)
	}
	return fitBig(integerOps[op](new(big.Int), big.NewInt(a), big.NewInt(b)), t)
}

// fitBig is n if type t holds it, else 8115.
func fitBig(n *big.Int, t tsql.DataType) (any, error) {
	if n.IsInt64() {
		if v, err := fitInt(n.Int64(), typeBigInt, t); err == nil {
			return v, nil
		}
	}
	return nil, errOverflow(t.Name)
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
