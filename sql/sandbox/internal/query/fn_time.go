package query

import (
	"strconv"
	"strings"
	"time"

	"grantree/sql/tsql"
)

// timeFunctions are the builtins over dates and times that have no date part ("Date and time data types and functions").
var timeFunctions = map[string]builtin{
	"YEAR":          {1, 1, []tsql.DataType{typeDateTime2(7)}, is(typeInt), false, partOf("year")},
	"MONTH":         {1, 1, []tsql.DataType{typeDateTime2(7)}, is(typeInt), false, partOf("month")},
	"DAY":           {1, 1, []tsql.DataType{typeDateTime2(7)}, is(typeInt), false, partOf("day")},
	"EOMONTH":       {1, 2, []tsql.DataType{typeDate, typeInt}, is(typeDate), false, fnEndOfMonth},
	"DATEFROMPARTS": {3, 3, []tsql.DataType{typeInt}, is(typeDate), false, fnDateFromParts},
	"ISDATE":        {1, 1, []tsql.DataType{textType}, is(typeInt), true, fnIsDate},
}

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
func datePartName(name string, e tsql.Expr) (string, error) {
	ref, ok := e.(*tsql.ColumnRef)
	if !ok || !ref.Table.IsZero() {
		return "", refuse(1023, strings.ToLower(name))
	}
	part, ok := dateParts[strings.ToLower(ref.Name)]
	if !ok {
		return "", refuse(155, ref.Name, strings.ToLower(name))
	}
	return part, nil
}

// partCall reads DATEADD and its kin: a date part, and so many arguments.
func (b *binder) partCall(f *frame, x *tsql.Call, n int) (name, part string, args []node, err error) {
	name = strings.ToLower(x.Name.Name)
	if err = countArguments(name, n+1, n+1, len(x.Args)); err != nil {
		return name, "", nil, err
	}
	if part, err = datePartName(name, x.Args[0]); err != nil {
		return name, "", nil, err
	}
	args, err = b.arguments(f, name, n, n, x.Args[1:])
	return name, part, args, err
}

// timeArgument is an argument of a date function as a date or time; text is read as datetime2.
func (b *binder) timeArgument(n node) (node, error) {
	if kindOf(n.typ) == kindTime {
		return n, nil
	}
	if isNumber(n.typ) {
		return b.cast(n, typeDateTime, false, 0)
	}
	return b.cast(n, typeDateTime2(7), false, 0)
}

func (b *binder) dateAdd(f *frame, x *tsql.Call) (node, error) {
	name, part, args, err := b.partCall(f, x, 2)
	if err != nil {
		return node{}, err
	}
	if args[0], err = b.cast(args[0], typeInt, true, 0); err != nil {
		return node{}, err
	}
	t := args[1].typ
	if kindOf(t) != kindTime {
		t = typeDateTime
	}
	if args[1], err = b.cast(args[1], t, false, 0); err != nil {
		return node{}, err
	}
	clock := strings.Contains("hour minute second millisecond microsecond nanosecond", part)
	if t.Name == "date" && clock || t.Name == "time" && !clock {
		return node{}, refuse(9810, part, t.Name)
	}
	return b.call(name+" "+part, t, true, args, func(args []any) (any, error) {
		out := addPart(part, args[1].(time.Time), int(args[0].(int64)))
		if out.Year() < 1 || out.Year() > 9999 || t.Name == "datetime" && out.Year() < 1753 {
			return nil, refuse(517, t.Name)
		}
		return fitTime(out, t, t)
	}), nil
}

func addPart(part string, t time.Time, n int) time.Time {
	units := map[string]time.Duration{"hour": time.Hour, "minute": time.Minute, "second": time.Second,
		"millisecond": time.Millisecond, "microsecond": time.Microsecond, "nanosecond": time.Nanosecond}
	switch part {
	case "year":
		return addMonths(t, 12*n)
	case "quarter":
		return addMonths(t, 3*n)
	case "month":
		return addMonths(t, n)
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "day", "dayofyear", "weekday":
		return t.AddDate(0, 0, n)
	}
	return t.Add(time.Duration(n) * units[part])
}

// addMonths keeps the day, or takes the last of a month that is too short.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Add(sinceMidnight(t))
}

func (b *binder) dateDiff(f *frame, x *tsql.Call) (node, error) {
	name, part, args, err := b.partCall(f, x, 2)
	if err != nil {
		return node{}, err
	}
	for i := range args {
		if args[i], err = b.timeArgument(args[i]); err != nil {
			return node{}, err
		}
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
	}), nil
}

// diffParts counts the boundaries of a date part between two times.
func diffParts(part string, from, to time.Time) (int64, bool) {
	day := func(t time.Time) int64 {
		return int64(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	month := func(t time.Time) int64 { return int64(t.Year())*12 + int64(t.Month()) - 1 }
	switch part {
	case "year":
		return int64(to.Year() - from.Year()), true
	case "quarter":
		return month(to)/3 - month(from)/3, true
	case "month":
		return month(to) - month(from), true
	case "week":
		sunday := func(t time.Time) int64 { return day(t) - int64(t.Weekday()) }
		return (sunday(to) - sunday(from)) / 7, true
	case "day", "dayofyear", "weekday":
		return day(to) - day(from), true
	}
	perSecond := map[string]int64{"second": 1, "millisecond": 1e3, "microsecond": 1e6, "nanosecond": 1e9}
	seconds := to.Unix() - from.Unix()
	switch part {
	case "hour":
		return floorDiv(to.Unix(), 3600) - floorDiv(from.Unix(), 3600), true
	case "minute":
		return floorDiv(to.Unix(), 60) - floorDiv(from.Unix(), 60), true
	}
	scale := perSecond[part]
	if seconds > 1<<62/scale || -seconds > 1<<62/scale {
		return 0, false
	}
	unit := 1e9 / scale
	return seconds*scale + int64(to.Nanosecond())/unit - int64(from.Nanosecond())/unit, true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// datePart is DATEPART and DATENAME.
func (b *binder) datePart(f *frame, x *tsql.Call) (node, error) {
	name, part, args, err := b.partCall(f, x, 1)
	if err != nil {
		return node{}, err
	}
	if args[0], err = b.timeArgument(args[0]); err != nil {
		return node{}, err
	}
	if name == "datepart" {
		return b.call(name+part, typeInt, true, args, func(args []any) (any, error) { return timePart(part, args[0].(time.Time)), nil }), nil
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
	}), nil
}

// timePart follows SET DATEFIRST 7: weeks start on Sunday.
func timePart(part string, t time.Time) int64 {
	switch part {
	case "year":
		return int64(t.Year())
	case "quarter":
		return int64(t.Month()+2) / 3
	case "month":
		return int64(t.Month())
	case "dayofyear":
		return int64(t.YearDay())
	case "day":
		return int64(t.Day())
	case "week":
		first := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC).Weekday()
		return int64(t.YearDay()-1+int(first))/7 + 1
	case "weekday":
		return int64(t.Weekday()) + 1
	case "hour":
		return int64(t.Hour())
	case "minute":
		return int64(t.Minute())
	case "second":
		return int64(t.Second())
	case "millisecond":
		return int64(t.Nanosecond() / 1e6)
	case "microsecond":
		return int64(t.Nanosecond() / 1e3)
	}
	return int64(t.Nanosecond())
}

func partOf(part string) func(*calling, []any) (any, error) {
	return func(_ *calling, args []any) (any, error) { return timePart(part, args[0].(time.Time)), nil }
}

func fnEndOfMonth(c *calling, args []any) (any, error) {
	t := args[0].(time.Time)
	n := 0
	if len(args) == 2 {
		n = int(args[1].(int64))
	}
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n+1, 0)
	return fitTime(first.AddDate(0, 0, -1), typeDate, typeDate)
}

func fnDateFromParts(c *calling, args []any) (any, error) {
	y, m, d := args[0].(int64), args[1].(int64), args[2].(int64)
	t := time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	if y < 1 || y > 9999 || m < 1 || m > 12 || t.Day() != int(d) || t.Month() != time.Month(m) {
		return nil, refuse(289)
	}
	return t, nil
}

func fnIsDate(c *calling, args []any) (any, error) {
	s, ok := args[0].(string)
	if !ok || strings.TrimSpace(s) == "" {
		return int64(0), nil
	}
	_, err := convert(s, typeVarChar(8000), typeDateTime, 0)
	return boolInt(err == nil), nil
}

// shiftTime adds or subtracts the days of a datetime, counted from its day 0.
func shiftTime(op string, l, r any) (any, error) {
	a, b := l.(time.Time), r.(time.Time).Sub(epoch)
	if op == "-" {
		b = -b
	}
	return fitTime(a.Add(b), typeDateTime, typeDateTime)
}
