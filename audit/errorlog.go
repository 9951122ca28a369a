package audit

import (
	"strings"
	"time"
)

// LogLine is a row of sp_readerrorlog: LogDate, ProcessInfo, Text.
type LogLine struct {
	At      time.Time
	Process string
	Text    string
}

// FromErrorLog reads the lines that SQL Server writes of log-ins where its login
// auditing says so: messages 18453 to 18456 and their kin. A name may hold
// anything, a line's own words too, so a name ends where the last of what can
// follow it begins. Lines in other words, as servers of other languages write
// them, are none, and are counted.
func FromErrorLog(lines []LogLine) (events []Event, others int) {
	for _, l := range lines {
		if l.Process != "" && l.Process != "Logon" {
			continue
		}
		e, ok := logEvent(l)
		switch {
		case ok:
			events = append(events, e)
		case !strings.HasPrefix(l.Text, "Error: "): // the number of the line that follows
			others++
		}
	}
	return events, others
}

// logEvent reads one line.
func logEvent(l LogLine) (Event, bool) {
	text, client := l.Text, ""
	if i := strings.LastIndex(text, "[CLIENT: "); i >= 0 {
		client = strings.TrimSuffix(strings.TrimSpace(text[i+len("[CLIENT: "):]), "]")
		text = strings.TrimSpace(text[:i])
	}
	for _, form := range []struct {
		begin, end string
		kind       Kind
	}{
		{"Login succeeded for user '", "'. Connection made using ", LoggedIn},
		{"Login succeeded for user '", "'. Connection: ", LoggedIn},
		{"Login failed for user '", "'. Reason: ", Refused},
		{"Login failed for user '", "'.", Refused},
	} {
		rest, ok := strings.CutPrefix(text, form.begin)
		i := strings.LastIndex(rest, form.end)
		if ok && i >= 0 {
			return Event{At: l.At, Kind: form.kind, Login: rest[:i], From: client, Detail: strings.TrimSpace(rest[i+len("'."):]), Source: ErrorLog}, true
		}
	}
	return Event{}, false
}
