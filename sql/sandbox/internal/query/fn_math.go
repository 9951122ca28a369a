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
	maps.Copy(all, timeFunctions)
	return all
}()

// mathFunctions are the builtins over numbers ("Mathematical functions").
var mathFunctions = map[string]builtin{
	"ABS":     {1, 1, []tsql.DataType{anyType}, sameNumber, false, fnAbs},
	"SIGN":    {1, 1, []tsql.DataType{anyType}, sameNumber, false, fnSign},
	"FLOOR":   {1, 1, []tsql.DataType{anyType}, wholeNumber, false, rounding(math.Floor, decimal.Decimal.Floor)},
	"CEILING": {1, 1, []tsql.DataType{anyType}, wholeNumber, false, rounding(math.Ceil, decimal.Decimal.Ceil)},
	"ROUND":   {2, 3, []tsql.DataType{anyType, typeInt}, sameNumber, false, fnRound},
	"POWER":   {2, 2, []tsql.DataType{anyType, typeFloat}, sameNumber, false, fnPower},
	"SQRT":    {1, 1, []tsql.DataType{typeFloat}, is(typeFloat), false, fnSqrt},
	"SQUARE":  {1, 1, []tsql.DataType{typeFloat}, is(typeFloat), false, fnSquare},
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

// number brings the first argument to the result's type.
func (c *calling) number(args []any) (any, error) {
	if !isNumber(c.types[0]) && kindOf(c.types[0]) != kindString && kindOf(c.types[0]) != kindNull {
		return nil, refuse(8116, c.types[0].Name, 1, "the")
	}
	if _, ok := args[0].(decimal.Decimal); ok {
		return args[0], nil
	}
	return convert(args[0], c.types[0], c.result, 0)
}

func fnAbs(c *calling, args []any) (any, error) {
	v, err := c.number(args)
	switch x := v.(type) {
	case int64:
		if x == math.MinInt64 {
			return nil, errOverflow(c.result.Name)
		}
		return fitInt(magnitude(x), typeBigInt, c.result)
	case float64:
		return math.Abs(x), nil
	case decimal.Decimal:
		return x.Abs(), nil
	}
	return nil, err
}

func fnSign(c *calling, args []any) (any, error) {
	v, err := c.number(args)
	switch x := v.(type) {
	case int64:
		return int64(decimal.NewFromInt(x).Sign()), nil
	case float64:
		return float64(decimal.NewFromFloat(x).Sign()), nil
	case decimal.Decimal:
		return decimal.NewFromInt(int64(x.Sign())), nil
	}
	return nil, err
}

func rounding(float func(float64) float64, exact func(decimal.Decimal) decimal.Decimal) func(*calling, []any) (any, error) {
	return func(c *calling, args []any) (any, error) {
		v, err := c.number(args)
		switch x := v.(type) {
		case float64:
			return float(x), nil
		case decimal.Decimal:
			return exact(x), nil
		}
		return v, err
	}
}

// fnRound rounds half away from zero to a number of places, or cuts off where the third argument is not 0.
func fnRound(c *calling, args []any) (any, error) {
	v, err := c.number(args)
	if err != nil {
		return nil, err
	}
	places := int32(max(min(args[1].(int64), 30), -40))
	cut := len(args) == 3 && args[2].(int64) != 0
	round := func(d decimal.Decimal) decimal.Decimal {
		if !cut {
			return d.Round(places)
		}
		if places >= 0 {
			return d.Truncate(places)
		}
		return d.Shift(places).Truncate(0).Shift(-places)
	}
	switch x := v.(type) {
	case int64:
		d := round(decimal.NewFromInt(x)).BigInt()
		if !d.IsInt64() {
			return nil, errOverflow(c.result.Name)
		}
		return fitInt(d.Int64(), typeBigInt, c.result)
	case float64:
		return round(decimal.NewFromFloat(x)).InexactFloat64(), nil
	case decimal.Decimal:
		if kindOf(c.result) == kindMoney {
			return round(x), nil
		}
		return fitDigits(round(x), "expression", c.result)
	}
	return v, nil
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

func fnSqrt(c *calling, args []any) (any, error) {
	f := args[0].(float64)
	if f < 0 {
		return nil, refuse(3623)
	}
	return math.Sqrt(f), nil
}

func fnSquare(c *calling, args []any) (any, error) {
	f := args[0].(float64)
	return fitFloat(f*f, typeFloat)
}
