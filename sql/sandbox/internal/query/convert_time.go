package query

import (
	"math"
	"strings"
	"time"

	"grantree/sql/tsql"
)

// epoch is day 0 of datetime, and the date that a time gets when it becomes one.
var epoch = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

func toTime(v any, from, to tsql.DataType, style int) (any, error) {
	switch x := v.(type) {
	case time.Time:
		if from.Name == "time" && to.Name != "time" {
			x = epoch.Add(sinceMidnight(x))
		}
		return fitTime(x, from, to)
	case string:
		t, err := parseTime(x, style)
		if err != nil {
			return nil, err
		}
		return fitTime(t, from, to)
	case []byte:
		return nil, refuse(529, from.Name, to.Name)
	}
	days, err := floatOf(v, from, to)
	if err != nil {
		return nil, err
	}
	return fitTime(addDays(days), from, to)
}

func addDays(days float64) time.Time {
	whole := math.Floor(days)
	if math.Abs(whole) > 4e6 {
		return time.Time{}.AddDate(20000, 0, 0)
	}
	return epoch.AddDate(0, 0, int(whole)).Add(time.Duration((days - whole) * 24 * float64(time.Hour)))
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// fitTime brings t to what type to can hold: its range, its scale, and no offset except for datetimeoffset.
func fitTime(t time.Time, from, to tsql.DataType) (any, error) {
	if to.Name != "datetimeoffset" {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	switch to.Name {
	case "date":
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	case "time":
		d := time.Duration(roundTo(int64(sinceMidnight(t)), to.Scale)) % (24 * time.Hour)
		t = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Add(d)
	case "smalldatetime":
		t = t.Add(30 * time.Second).Truncate(time.Minute)
	case "datetime":
		t = roundThirds(t)
	default:
		ns := roundTo(int64(t.Nanosecond()), to.Scale)
		t = t.Add(time.Duration(ns - int64(t.Nanosecond())))
	}
	low, high := 1, 9999
	switch to.Name {
	case "datetime":
		low = 1753
	case "smalldatetime":
		low, high = 1900, 2079
	}
	if to.Name != "time" && (t.Year() < low || t.Year() > high) {
		return nil, refuse(242, from.Name, to.Name)
	}
	return t, nil
}

// roundTo rounds nanoseconds to scale decimals of a second.
func roundTo(ns int64, scale int) int64 {
	unit := int64(math.Pow10(9 - scale))
	return (ns + unit/2) / unit * unit
}

// roundThirds rounds to the 1/300 of a second that datetime holds, shown as .000, .003 and .007.
func roundThirds(t time.Time) time.Time {
	ticks := (int64(t.Nanosecond())*300 + 5e8) / 1e9
	ms := (ticks*10 + 1) / 3
	return t.Add(time.Duration(ms*1e6 - int64(t.Nanosecond())))
}

// parseTime reads the date and time formats that do not depend on SET LANGUAGE, the month-first forms of us_english,
// and day first where style says so (103, 104, 105).
func parseTime(s string, style int) (time.Time, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return epoch, nil
	}
	day, clock := splitTime(s)
	t := epoch
	if day != "" {
		var ok bool
		if t, ok = parseDate(day, style); !ok {
			return t, refuse(241)
		}
	}
	if clock == "" {
		return t, nil
	}
	return parseClock(t, clock)
}

func copyOf(e *Error) *Error { c := *e; return &c }

// splitTime separates the date from the time of day at a T or at the space before the first colon.
func splitTime(s string) (day, clock string) {
	if len(s) > 10 && s[10] == 'T' && s[4] == '-' {
		return s[:10], s[11:]
	}
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		if i := strings.LastIndexByte(s, ' '); i >= 0 && isMeridiem(s[i+1:]) {
			return strings.TrimSpace(s[:i]), s[i+1:]
		}
		return s, ""
	}
	i := strings.LastIndexByte(s[:colon], ' ')
	if i < 0 {
		return "", s
	}
	return s[:i], s[i+1:]
}

func isMeridiem(s string) bool {
	u := strings.ToUpper(s)
	return strings.HasSuffix(u, "AM") || strings.HasSuffix(u, "PM")
}

var (
	yearFirst  = []string{"2006-1-2", "20060102", "2006/1/2", "2006.1.2"}
	monthFirst = []string{"1/2/2006", "1-2-2006", "1.2.2006", "1/2/06", "1-2-06"}
	dayFirst   = []string{"2/1/2006", "2.1.2006", "2-1-2006", "2/1/06", "2.1.06"}
	named      = []string{"Jan 2 2006", "Jan 2, 2006", "January 2 2006", "January 2, 2006", "2 Jan 2006", "2 January 2006", "2-Jan-2006", "2006 Jan 2"}
)

func parseDate(s string, style int) (time.Time, bool) {
	lists := [][]string{yearFirst, monthFirst, named}
	switch style % 100 {
	case 3, 4, 5:
		lists = [][]string{yearFirst, dayFirst, named}
	}
	for _, list := range lists {
		for _, layout := range list {
			if t, err := time.Parse(layout, s); err == nil {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// parseClock adds a time of day, with AM or PM and an offset where written, to a day.
func parseClock(day time.Time, s string) (time.Time, error) {
	zone := time.UTC
	if i := strings.LastIndexAny(s, "+-"); i > 0 {
		z, err := time.Parse("-07:00", strings.TrimSpace(s[i:]))
		if err != nil {
			return day, refuse(241)
		}
		zone, s = z.Location(), s[:i]
	} else {
		s = strings.TrimSuffix(s, "Z")
	}
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if strings.Count(s, ":") == 3 { // hh:mm:ss:mmm
		i := strings.LastIndexByte(s, ':')
		s = s[:i] + "." + s[i+1:]
	}
	for _, layout := range []string{"15:4:5", "15:4", "3:4:5PM", "3:4PM", "3PM"} {
		if t, err := time.Parse(layout, s); err == nil {
			d := sinceMidnight(t)
			return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone).Add(d), nil
		}
	}
	return day, refuse(241)
}

// timeText prints a date or time. Style 0 is the style 121 of the newer types and 100 of datetime.
func timeText(t time.Time, from tsql.DataType, style int) (string, error) {
	if style == 0 && !isOldTime(from) {
		style = 121
	}
	iso := style == 126 || style == 127
	frac := fraction(from)
	if iso && isOldTime(from) && t.Nanosecond() == 0 {
		frac = "" // "when the value for milliseconds (mmm) is 0, the millisecond decimal fraction value isn't displayed"
	}
	day, clock := styleLayout(style, frac)
	switch {
	case day == "" && clock == "":
		return "", refuse(281, style, from.Name, "a character string")
	case from.Name == "date":
		clock = ""
	case from.Name == "time":
		day = ""
	}
	separator := " "
	if day == "" || clock == "" {
		separator = ""
	} else if iso {
		separator = "T"
	}
	s := t.Format(day+separator) + formatClock(t, clock)
	if style%100 == 14 || style%100 == 13 {
		s = strings.Replace(s, ".", ":", 1)
	}
	if from.Name == "datetimeoffset" && clock != "" {
		if !iso {
			s += " "
		}
		s += t.Format("-07:00")
	}
	return s, nil
}

// formatClock prints the time of day; a layout that starts with _3 fills the hour to two places.
func formatClock(t time.Time, layout string) string {
	padded, ok := strings.CutPrefix(layout, "_")
	s := t.Format(padded)
	if ok && strings.IndexByte(s, ':') == 1 {
		s = " " + s
	}
	return s
}

// fraction is the layout of the digits after the second.
func fraction(t tsql.DataType) string {
	switch {
	case isOldTime(t):
		return ".000"
	case t.Scale > 0:
		return "." + strings.Repeat("0", t.Scale)
	}
	return ""
}

// styleDays are the layouts of the styles of a date alone, which have four digits of the year from 100 on.
var styleDays = map[int]string{1: "01/02/06", 2: "06.01.02", 3: "02/01/06", 4: "02.01.06", 5: "02-01-06", 6: "02 Jan 06",
	7: "Jan 02, 06", 10: "01-02-06", 11: "06/01/02", 12: "060102"}

// styleLayouts are those of the other styles; the point stands for the digits after the second.
var styleLayouts = map[int][2]string{
	0: {"Jan _2 2006", "_3:04PM"}, 100: {"Jan _2 2006", "_3:04PM"},
	9: {"Jan _2 2006", "_3:04:05.PM"}, 109: {"Jan _2 2006", "_3:04:05.PM"},
	8: {"", "15:04:05"}, 24: {"", "15:04:05"}, 108: {"", "15:04:05"},
	14: {"", "15:04:05."}, 114: {"", "15:04:05."},
	13: {"02 Jan 2006", "15:04:05."}, 113: {"02 Jan 2006", "15:04:05."},
	20: {layoutDate, "15:04:05"}, 120: {layoutDate, "15:04:05"}, 23: {layoutDate, ""},
	21: {layoutDate, "15:04:05."}, 25: {layoutDate, "15:04:05."}, 121: {layoutDate, "15:04:05."},
	126: {layoutDate, "15:04:05."}, 127: {layoutDate, "15:04:05."},
}

// styleLayout is the layout of the date and the time of a style ("CAST and CONVERT", date and time styles).
func styleLayout(style int, frac string) (day, clock string) {
	if d, ok := styleDays[style%100]; ok && style < 200 {
		if style >= 100 {
			d = strings.Replace(d, "06", "2006", 1)
		}
		return d, ""
	}
	layout := styleLayouts[style]
	return layout[0], strings.Replace(layout[1], ".", frac, 1)
}
