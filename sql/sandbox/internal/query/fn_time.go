package query

import (
	"strconv"
	"strings"
	"time"

	"grantree/sql/tsql"
)

// dateParts maps the names and abbreviations of date parts to one name each.
var dateParts = map[string]string{
	"year": "year", "yy": "year", "yyyy": "year", "quarter": "quarter", "qq": "quarter", "q": "quarter",
	"month": "month", "mm": "month", "m": "month", "dayofyear": "dayofyear", "dy": "dayofyear", "y": "dayofyear",
	"day": "day", "dd": "day", "d": "day", "week": "week", "wk": "week", "ww": "week", "weekday": "weekday", "dw": "weekday", "w": "weekday",
	"hour": "hour", "hh": "hour", "minute": "minute", "mi": "minute", "n": "minute", "second": "second", "ss": "second", "s": "second",
	"millisecond": "millisecond", "ms": "millisecond", "microsecond": "microsecond", "mcs": "microsecond",
	"nanosecond": "nanosecond", "ns": "nanosecond",
}

// datePartName reads the first argument of DATEADD and its kin (155).
func datePartName(name string, e tsql.Expr) string {
	ref, ok := e.(*tsql.ColumnRef)
	if !ok || !ref.Table.IsZero() {
		panic(refuse(1023, strings.ToLower(name)))
	}
	part, ok := dateParts[strings.ToLower(ref.Name)]
	if !ok {
		panic(refuse(155, ref.Name, strings.ToLower(name)))
	}
	return part
}

// partCall reads DATEADD and its kin: a date part, and so many arguments.
func (b *binder) partCall(f *frame, x *tsql.Call, n int) (name, part string, args []node) {
	name = strings.ToLower(x.Name.Name)
	countArguments(name, n+1, n+1, len(x.Args))
	part = datePartName(name, x.Args[0])
	args = b.arguments(f, name, n, n, x.Args[1:])
	return name, part, args
}

// timeArgument is an argument of a date function as a date or time; text is read as datetime2.
func (b *binder) timeArgument(n node) node {
	if kindOf(n.typ) == kindTime {
		return n
	}
	if isNumber(n.typ) {
		return b.cast(n, typeDateTime, false, 0)
	}
	return b.cast(n, typeDateTime2(7), false, 0)
}

func (b *binder) dateAdd(f *frame, x *tsql.Call) node {
	name, part, args := b.partCall(f, x, 2)
	args[0] = b.parameter(args[0], []tsql.DataType{typeInt}, 1, name)
	t := args[1].typ
	if kindOf(t) != kindTime {
		t = typeDateTime
	}
	args[1] = b.parameter(args[1], []tsql.DataType{t}, 2, name)
	clock := dateUnits[part].length > 0
	if t.Name == "date" && clock || t.Name == "time" && !clock {
		panic(refuse(9810, part, t.Name))
	}
	return b.call(name+" "+part, t, true, args, func(args []any) (any, error) {
		out := addPart(part, args[1].(time.Time), int(args[0].(int64)))
		if out.Year() < 1 || out.Year() > 9999 || t.Name == "datetime" && out.Year() < 1753 {
			return nil, refuse(517, t.Name)
		}
		return fitTime(out, t, t)
	})
}

// dateUnit is a part of a date or time: how it is read, and what it counts.
type dateUnit struct {
	of           func(time.Time) int
	months, days int
	length       time.Duration
}

// dateUnits are those of dateParts. They follow SET DATEFIRST 7: weeks start on Sunday.
var dateUnits = map[string]dateUnit{
	"year":    {of: time.Time.Year, months: 12},
	"quarter": {of: func(t time.Time) int { return int(t.Month()+2) / 3 }, months: 3},
	"month":   {of: func(t time.Time) int { return int(t.Month()) }, months: 1},
	"week": {of: func(t time.Time) int {
		first := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC).Weekday()
		return (t.YearDay()-1+int(first))/7 + 1
	}, days: 7},
	"dayofyear":   {of: time.Time.YearDay, days: 1},
	"day":         {of: time.Time.Day, days: 1},
	"weekday":     {of: func(t time.Time) int { return int(t.Weekday()) + 1 }, days: 1},
	"hour":        {of: time.Time.Hour, length: time.Hour},
	"minute":      {of: time.Time.Minute, length: time.Minute},
	"second":      {of: time.Time.Second, length: time.Second},
	"millisecond": {of: func(t time.Time) int { return t.Nanosecond() / 1e6 }, length: time.Millisecond},
	"microsecond": {of: func(t time.Time) int { return t.Nanosecond() / 1e3 }, length: time.Microsecond},
	"nanosecond":  {of: time.Time.Nanosecond, length: time.Nanosecond},
}

func addPart(part string, t time.Time, n int) time.Time {
	switch u := dateUnits[part]; {
	case u.months > 0:
		return addMonths(t, u.months*n)
	case u.days > 0:
		return t.AddDate(0, 0, u.days*n)
	default:
		return t.Add(time.Duration(n) * u.length)
	}
}

// addMonths keeps the day, or takes the last of a month that is too short.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Add(sinceMidnight(t))
}

func (b *binder) dateDiff(f *frame, x *tsql.Call) node {
	name, part, args := b.partCall(f, x, 2)
	for i := range args {
		args[i] = b.timeArgument(args[i])
	}
	t := typeInt
	if name == "datediff_big" {
		t = typeBigInt
	}
	return b.call(name+part, t, true, args, func(args []any) (any, error) {
		n, ok := diffParts(part, args[0].(time.Time).UTC(), args[1].(time.Time).UTC())
		if !ok || t.Name == "int" && n != int64(int32(n)) {
			return nil, refuse(535)
		}
		return n, nil
	})
}

// diffParts counts the boundaries of a date part between two times; ok is false where they are too many.
func diffParts(part string, from, to time.Time) (n int64, ok bool) {
	u := dateUnits[part]
	between := func(index func(time.Time) int64, size int64) (int64, bool) {
		return floorDiv(index(to), size) - floorDiv(index(from), size), true
	}
	switch {
	case u.months > 0:
		return between(func(t time.Time) int64 { return int64(t.Year())*12 + int64(t.Month()) - 1 }, int64(u.months))
	case u.days > 0: // 1 January 1970 was a Thursday
		return between(func(t time.Time) int64 { return floorDiv(t.Unix(), 86400) + 4 }, int64(u.days))
	case u.length >= time.Second:
		return between(time.Time.Unix, int64(u.length/time.Second))
	}
	seconds, scale := to.Unix()-from.Unix(), int64(time.Second/u.length)
	if seconds > 1<<62/scale || -seconds > 1<<62/scale {
		return 0, false
	}
	return seconds*scale + int64(to.Nanosecond()/int(u.length)) - int64(from.Nanosecond()/int(u.length)), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// datePart is DATEPART and DATENAME.
func (b *binder) datePart(f *frame, x *tsql.Call) node {
	name, part, args := b.partCall(f, x, 1)
	args[0] = b.timeArgument(args[0])
	if name == "datepart" {
		return b.call(name+part, typeInt, true, args, func(args []any) (any, error) { return timePart(part, args[0].(time.Time)), nil })
	}
	return b.call(name+part, typeNVarChar(30), true, args, func(args []any) (any, error) {
		t := args[0].(time.Time)
		switch part {
		case "month":
			return t.Month().String(), nil
		case "weekday":
			return t.Weekday().String(), nil
		}
		return strconv.FormatInt(timePart(part, t), 10), nil
	})
}

func timePart(part string, t time.Time) int64 { return int64(dateUnits[part].of(t)) }

// shiftTime adds or subtracts the days of a datetime, counted from its day 0.
func shiftTime(op string, l, r any) (any, error) {
	a, b := l.(time.Time), r.(time.Time).Sub(epoch)
	if op == "-" {
		b = -b
	}
	return fitTime(a.Add(b), typeDateTime, typeDateTime)
}
