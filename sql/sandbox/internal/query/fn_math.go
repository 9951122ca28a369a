package query

import (
	"maps"
	"math"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// builtins are all scalar functions of the package that are called in the ordinary way.
var builtins = func() map[string]builtin {
	all := maps.Clone(textFunctions)
	maps.Copy(all, mathFunctions)
	maps.Copy(all, jsonFunctions)
	return all
}()

// mathFunctions are the builtins over numbers ("Mathematical functions").
var mathFunctions = map[string]builtin{
	"ABS":     {1, 1, []tsql.DataType{anyType}, sameNumber, false, exactly(decimal.Decimal.Abs)},
	"SIGN":    {1, 1, []tsql.DataType{anyType}, sameNumber, false, exactly(sign)},
	"FLOOR":   {1, 1, []tsql.DataType{anyType}, wholeNumber, false, exactly(decimal.Decimal.Floor)},
	"CEILING": {1, 1, []tsql.DataType{anyType}, wholeNumber, false, exactly(decimal.Decimal.Ceil)},
	"ROUND":   {2, 3, []tsql.DataType{anyType, typeInt}, sameNumber, false, fnRound},
	"POWER":   {2, 2, []tsql.DataType{anyType, typeFloat}, sameNumber, false, fnPower},
}

// sameNumber is the type of the argument; small integers become int, text and NULL become float.
func sameNumber(args []node) tsql.DataType {
	t := args[0].typ
	switch {
	case kindOf(t) == kindInt && intBits(t) < 32:
		return typeInt
	case kindOf(t) == kindInt, kindOf(t) == kindDecimal, t.Name == "money":
		return t
	case t.Name == "smallmoney":
		return typeMoney
	}
	return typeFloat
}

func wholeNumber(args []node) tsql.DataType {
	t := sameNumber(args)
	if kindOf(t) == kindDecimal {
		t.Scale = 0
	}
	return t
}

// exactly makes a function of one over decimals: the argument is brought to the result's
// type. An outcome that this does not hold is 8115.
func exactly(f func(decimal.Decimal) decimal.Decimal) func(*calling, []any) (any, error) {
	return func(c *calling, args []any) (any, error) {
		v := args[0]
		if _, ok := v.(decimal.Decimal); !ok {
			var err error
			if v, err = convert(v, c.types[0], c.result, 0); err != nil {
				return nil, err
			}
		}
		switch x := v.(type) {
		case int64:
			return fitBig(f(decimal.NewFromInt(x)).BigInt(), c.result)
		case float64:
			return f(decimal.NewFromFloat(x)).InexactFloat64(), nil
		case decimal.Decimal:
			if kindOf(c.result) == kindDecimal {
				return fitDigits(f(x), "expression", c.result)
			}
			return f(x), nil
		}
		return v, nil
	}
}

func sign(d decimal.Decimal) decimal.Decimal { return decimal.NewFromInt(int64(d.Sign())) }

// fnRound rounds half away from zero to a number of places, or cuts off where the third argument is not 0.
func fnRound(c *calling, args []any) (any, error) {
	places := int32(max(min(args[1].(int64), 30), -40))
	return exactly(func(d decimal.Decimal) decimal.Decimal {
		if len(args) < 3 || args[2].(int64) == 0 {
			return d.Round(places)
		}
		return d.Shift(places).Truncate(0).Shift(-places)
	})(c, args)
}

func fnPower(c *calling, args []any) (any, error) {
	base, err := convert(args[0], c.types[0], typeFloat, 0)
	if err != nil {
		return nil, err
	}
	f := math.Pow(base.(float64), args[1].(float64))
	if math.IsNaN(f) {
		return nil, refuse(3623)
	}
	if _, err := fitFloat(f, typeFloat); err != nil {
		return nil, err
	}
	return convert(f, typeFloat, c.result, 0)
}
