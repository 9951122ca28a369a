package tds

import (
	"fmt"
	"time"
)

const (
	// daysTo1970 and daysTo1900 count from 0001-01-01.
	daysTo1970 = 719162
	daysTo1900 = 693595
	// lastDay is 9999-12-31.
	lastDay = 3652058
	day     = 24 * time.Hour
	// maxOffset is the greatest zone offset in minutes.
	maxOffset = 14 * 60
)

// decodeTime reads the value of a date or time type (MS-TDS 2.2.5.5.1.8).
func decodeTime(t TypeInfo, b []byte) (any, error) {
	switch t.ID {
	case TypeDateTimeN:
		return decodeDateTime(b)
	case TypeDate:
		if err := needs(b, 3); err != nil {
			return nil, err
		}
		return dateTime(days(b), 0)
	}
	n := timeBytes(t.Scale)
	tail := map[TypeID]int{TypeTime: 0, TypeDateTime2: 3, TypeDateTimeOffset: 5}[t.ID]
	if err := needs(b, n+tail); err != nil {
		return nil, err
	}
	clock := sinceMidnight(b[:n], t.Scale)
	switch t.ID {
	case TypeTime:
		return dateTime(0, clock)
	case TypeDateTime2:
		return dateTime(days(b[n:]), clock)
	}
	return decodeOffset(b[n:], clock)
}

// decodeOffset finishes a datetimeoffset: the time is UTC, the zone only for show.
func decodeOffset(b []byte, clock time.Duration) (any, error) {
	minutes := int(int16(le.Uint16(b[3:])))
	if minutes < -maxOffset || minutes > maxOffset {
		return nil, fmt.Errorf("an offset of %d minutes does not exist", minutes)
	}
	at, err := dateTime(days(b), clock)
	if err != nil {
		return nil, err
	}
	return at.(time.Time).In(time.FixedZone("", minutes*60)), nil
}

// decodeDateTime reads a datetime (8 bytes, ticks of 1/300 s shown as whole
// milliseconds) or smalldatetime (4 bytes, minutes).
func decodeDateTime(b []byte) (any, error) {
	switch len(b) {
	case 4:
		minutes := time.Duration(le.Uint16(b[2:])) * time.Minute
		return dateTime(daysTo1900+int64(le.Uint16(b)), minutes)
	case 8:
		ms := (int64(le.Uint32(b[4:]))*10 + 1) / 3
		return dateTime(daysTo1900+int64(int32(le.Uint32(b))), time.Duration(ms)*time.Millisecond)
	}
	return nil, needs(b)
}

// dateTime is the instant in UTC on a day counted from 0001-01-01.
func dateTime(day int64, clock time.Duration) (any, error) {
	if day < 0 || day > lastDay || clock < 0 || clock >= 24*time.Hour {
		return nil, fmt.Errorf("day %d and %s are out of range", day, clock)
	}
	return time.Unix((day-daysTo1970)*86400, 0).UTC().Add(clock), nil
}

func days(b []byte) int64 { return int64(little(b[:3])) }

// timeBytes is the size of a time of day at a scale.
func timeBytes(scale byte) int {
	switch {
	case scale <= 2:
		return 3
	case scale <= 4:
		return 4
	}
	return 5
}

// unit is the length of one tick of a scale.
func unit(scale byte) time.Duration {
	u := time.Second
	for ; scale > 0; scale-- {
		u /= 10
	}
	return u
}

// sinceMidnight reads a little-endian count of ticks. Counts beyond a day come back
// as more than a day.
func sinceMidnight(b []byte, scale byte) time.Duration {
	n := little(b)
	if n > uint64(day/unit(scale)) {
		return day
	}
	return time.Duration(n) * unit(scale)
}

// appendTime appends a time.Time as t. All types but datetimeoffset take the clock
// and calendar of its own zone.
func appendTime(b []byte, t TypeInfo, v any) ([]byte, error) {
	at, ok := v.(time.Time)
	if !ok {
		return b, wrongType(t, v)
	}
	date, clock := split(at)
	switch t.ID {
	case TypeDateTimeN:
		return appendDateTime(b, t, at)
	case TypeDate:
		return appendDays(b, t, date)
	case TypeTime:
		_, ticks := round(0, clock, t.Scale)
		return appendTicks(b, ticks, t.Scale), nil
	case TypeDateTime2:
		date, ticks := round(date, clock, t.Scale)
		return appendDays(appendTicks(b, ticks, t.Scale), t, date)
	}
	return appendOffset(b, t, at)
}

func appendOffset(b []byte, t TypeInfo, at time.Time) ([]byte, error) {
	_, seconds := at.Zone()
	if seconds%60 != 0 || seconds/60 < -maxOffset || seconds/60 > maxOffset {
		return b, fmt.Errorf("an offset of %d seconds cannot be sent as %s", seconds, t)
	}
	date, clock := split(at.UTC())
	date, ticks := round(date, clock, t.Scale)
	b, err := appendDays(appendTicks(b, ticks, t.Scale), t, date)
	return le.AppendUint16(b, uint16(int16(seconds/60))), err
}

// appendDateTime appends a datetime or smalldatetime, rounded to its tick.
func appendDateTime(b []byte, t TypeInfo, at time.Time) ([]byte, error) {
	date, clock := split(at)
	if t.Size == 4 {
		minutes := int64((clock + 30*time.Second) / time.Minute)
		date, minutes = date+minutes/1440, minutes%1440
		if date < daysTo1900 || date > daysTo1900+0xFFFF {
			return b, outOfRange(t, at)
		}
		b = le.AppendUint16(b, uint16(date-daysTo1900))
		return le.AppendUint16(b, uint16(minutes)), nil
	}
	const perDay = 24 * 3600 * 300
	ticks := (int64(clock)*3 + 5e6) / 1e7
	date, ticks = date+ticks/perDay, ticks%perDay
	if at.Year() < 1753 || date > lastDay {
		return b, outOfRange(t, at)
	}
	b = le.AppendUint32(b, uint32(int32(date-daysTo1900)))
	return le.AppendUint32(b, uint32(ticks)), nil
}

func outOfRange(t TypeInfo, at time.Time) error {
	return fmt.Errorf("%s is out of the range of %s", at.Format(time.RFC3339Nano), t)
}

// split returns the calendar day of at, counted from 0001-01-01, and the time since
// its midnight by the clock of its zone.
func split(at time.Time) (date int64, clock time.Duration) {
	y, m, d := at.Date()
	date = time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + daysTo1970
	h, min, s := at.Clock()
	return date, time.Duration(h*3600+min*60+s)*time.Second + time.Duration(at.Nanosecond())
}

// round turns a clock into ticks of a scale; rounding up at midnight carries into
// the date.
func round(date int64, clock time.Duration, scale byte) (int64, uint64) {
	ticks := (clock + unit(scale)/2) / unit(scale)
	if ticks == day/unit(scale) {
		return date + 1, 0
	}
	return date, uint64(ticks)
}

func appendTicks(b []byte, ticks uint64, scale byte) []byte {
	for range timeBytes(scale) {
		b = append(b, byte(ticks))
		ticks >>= 8
	}
	return b
}

func appendDays(b []byte, t TypeInfo, date int64) ([]byte, error) {
	if date < 0 || date > lastDay {
		return b, fmt.Errorf("the date is out of the range of %s", t)
	}
	return append(b, byte(date), byte(date>>8), byte(date>>16)), nil
}
