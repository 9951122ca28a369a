package tds

import "time"

// at returns the type as a client of the level can read it: before 7.3 dates and
// times are text, before 7.2 MAX types are text, ntext and image, as a real server
// sends them.
func (t TypeInfo) at(l level) TypeInfo {
	if l < level73 {
		if n, ok := t.textLength(); ok {
			return NVarChar(n)
		}
	}
	if l < level72 && t.Size == Max {
		switch t.ID {
		case TypeNVarChar:
			return NText().WithCollation(t.Collation)
		case TypeVarChar:
			return Text().WithCollation(t.Collation)
		case TypeVarBinary:
			return Image()
		}
	}
	return t
}

// textLength is the length of the text form of the types that came with TDS 7.3.
func (t TypeInfo) textLength() (int, bool) {
	switch t.ID {
	case TypeDate, TypeTime, TypeDateTime2, TypeDateTimeOffset:
		return len(t.layout()), true
	}
	return 0, false
}

// layout is the text form of a date or time as package time writes it.
func (t TypeInfo) layout() string {
	clock := "15:04:05.0000000"[:len("15:04:05")]
	if t.Scale > 0 {
		clock = "15:04:05.0000000"[:len("15:04:05.")+int(t.Scale)]
	}
	switch t.ID {
	case TypeDate:
		return time.DateOnly
	case TypeTime:
		return clock
	case TypeDateTime2:
		return time.DateOnly + " " + clock
	}
	return time.DateOnly + " " + clock + " -07:00"
}

// valueAt returns v, a value of t, as the type t.at(l) wants it.
func (t TypeInfo) valueAt(v any, l level) any {
	if at, ok := v.(time.Time); ok && l < level73 {
		if _, changed := t.textLength(); changed {
			return at.Round(unit(t.Scale)).Format(t.layout())
		}
	}
	return v
}
