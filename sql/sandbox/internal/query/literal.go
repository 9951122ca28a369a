package query

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// literal gives a constant the type that T-SQL gives it: int for digits that fit, else numeric; varchar or nvarchar of the
// text's length; numeric with the digits written; float with an exponent.
func (b *binder) literal(x *tsql.Literal) node {
	switch x.Kind {
	case tsql.NullLiteral:
		return constant(nil, typeNull)
	case tsql.IntLiteral:
		if n, err := strconv.ParseInt(x.Text, 10, 32); err == nil {
			out := constant(n, typeInt)
			out.digits = max(len(strings.TrimLeft(x.Text, "0")), 1)
			return out
		}
		return decimalLiteral(x.Text)
	case tsql.DecimalLiteral:
		return decimalLiteral(x.Text)
	case tsql.FloatLiteral:
		f, err := strconv.ParseFloat(x.Text, 64)
		if err != nil {
			panic(refuse(168, x.Text))
		}
		return constant(f, typeFloat)
	case tsql.MoneyLiteral:
		return constant(must(convert(x.Text, typeVarChar(40), typeMoney, 0)), typeMoney)
	case tsql.BinaryLiteral:
		v, err := hex.DecodeString(x.Text)
		if err != nil {
			panic(unsupported("0x" + x.Text))
		}
		return constant(v, typeVarBinary(textLength(len(v), 8000)))
	}
	return b.textLiteral(x)
}

func (b *binder) textLiteral(x *tsql.Literal) node {
	t, text := typeVarChar(textLength(utf16Len(x.Text), 8000)), x.Text
	if x.Kind == tsql.NStringLiteral {
		t = typeNVarChar(textLength(utf16Len(text), 4000))
	} else {
		check(Narrows(text, t, b.scope.DatabaseCollation()))
		text = narrow(text)
	}
	n := constant(text, t)
	n.coll = b.defaultLabel()
	return n
}

// textLength is the length of a literal's type: at least 1, and max beyond the limit.
func textLength(n, limit int) int {
	if n > limit {
		return -1
	}
	return max(n, 1)
}

func decimalLiteral(text string) node {
	whole, frac, _ := strings.Cut(text, ".")
	if whole = strings.TrimLeft(whole, "0"); len(whole)+len(frac) > 38 {
		panic(refuse(1007, text))
	}
	t := tsql.DataType{Name: "numeric", Precision: max(len(whole)+len(frac), 1), Scale: len(frac)}
	return constant(must(decimal.NewFromString(text)), t)
}
