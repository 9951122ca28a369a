package sites

import (
	"fmt"
	"regexp"
	"time"
)

// Window is a part of every day, by the clock of the machine that runs grantree. The
// zero Window is the whole day.
type Window struct{ from, to int } // minutes after midnight

var aWindow = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])$`)

// ParseWindow reads "02:00-04:00"; one that ends before it begins goes over midnight.
func ParseWindow(text string) (Window, error) {
	m := aWindow.FindStringSubmatch(text)
	if m == nil {
		return Window{}, fmt.Errorf("%q is no window: want FROM-TO by this machine's clock, as 02:00-04:00 or 22:30-05:00", text)
	}
	minutes := func(hour, minute string) int { return number(hour)*60 + number(minute) }
	w := Window{minutes(m[1], m[2]), minutes(m[3], m[4])}
	if w.from == w.to {
		return Window{}, fmt.Errorf("%q is no window: it ends where it begins", text)
	}
	return w, nil
}

// number reads two digits.
func number(digits string) int { return int(digits[0]-'0')*10 + int(digits[1]-'0') }

// Has reports whether a moment is in the window: from its first minute to before the
// minute that ends it.
func (w Window) Has(t time.Time) bool {
	at := t.Hour()*60 + t.Minute()
	switch {
	case w == Window{}:
		return true
	case w.from < w.to:
		return w.from <= at && at < w.to
	}
	return w.from <= at || at < w.to
}

func (w Window) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.from/60, w.from%60, w.to/60, w.to%60)
}

// WindowError says that it is not the time for more.
type WindowError struct {
	Window Window
	At     time.Time
}

func (e *WindowError) Error() string {
	return fmt.Sprintf("it is %s, outside the window %s", e.At.Format("15:04"), e.Window)
}
