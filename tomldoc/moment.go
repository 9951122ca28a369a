package tomldoc

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Moment is the end of something as a file gives it: a day, a clock without a
// zone, or an instant. The zero Moment never comes.
type Moment struct {
	at     time.Time // the clock as written, in UTC unless exact
	day    bool      // a date alone: the whole day still counts
	zoned  bool      // an offset was given
	stated bool
}

var momentType = reflect.TypeFor[Moment]()

// isTime reports whether values of type t are dates of TOML.
func isTime(t reflect.Type) bool { return t == timeType || t == momentType }

// momentOf reads a value of TOML.
func momentOf(raw time.Time) Moment {
	zone := raw.Location().String()
	return Moment{at: inUTC(raw), day: zone == "date-local", zoned: !strings.HasSuffix(zone, "-local"), stated: true}
}

// IsZero reports whether there is no end.
func (m Moment) IsZero() bool { return !m.stated }

// Over reports whether the moment has passed at now. A day is over when the
// next one has begun where now's clock is; a clock without a zone is read there
// too.
func (m Moment) Over(now time.Time) bool {
	switch {
	case !m.stated:
		return false
	case m.zoned:
		return now.After(m.at)
	}
	end := time.Date(m.at.Year(), m.at.Month(), m.at.Day(), m.at.Hour(), m.at.Minute(), m.at.Second(), m.at.Nanosecond(), now.Location())
	if m.day {
		return !now.Before(end.AddDate(0, 0, 1))
	}
	return now.After(end)
}

// String is the moment as a file would give it.
func (m Moment) String() string {
	switch {
	case !m.stated:
		return ""
	case m.day:
		return m.at.Format(time.DateOnly)
	case m.zoned:
		return m.at.Format(time.RFC3339Nano)
	}
	return m.at.Format("2006-01-02T15:04:05.999999999")
}

// ParseMoment reads a moment as a file would give it.
func ParseMoment(text string) (Moment, error) {
	m, failed := decode("x = " + text)
	if at, ok := m["x"].(time.Time); failed == nil && ok && len(m) == 1 && at.Location().String() != "time-local" {
		return momentOf(at), nil
	}
	return Moment{}, fmt.Errorf("%q is no date: write one such as 2027-06-30, or 2027-06-30T18:00:00Z", text)
}
