package audit

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ago is noon, so many days earlier.
func ago(days int) time.Time { return noon.AddDate(0, 0, -days) }

// TestLogReading: what error logs tell, and from when on that is all.
func TestLogReading(t *testing.T) {
	in := func(login string, days int) LogLine {
		return LogLine{ago(days), "Logon", "Login succeeded for user '" + login + "'. Connection made using SQL Server authentication. [CLIENT: 10.0.0.6]"}
	}
	refused := LogLine{ago(1), "Logon", "Login failed for user 'bob'. Reason: Password did not match that for the login provided. [CLIENT: 10.0.0.5]"}
	for name, tt := range map[string]struct {
		files [][]LogLine
		since time.Time
		bob   time.Time
	}{
		"no log":                           {nil, time.Time{}, time.Time{}},
		"nothing was written down":         {[][]LogLine{{refused}}, time.Time{}, time.Time{}},
		"one log":                          {[][]LogLine{{in("bob", 1), in("ann", 9)}}, ago(9), ago(1)},
		"two logs":                         {[][]LogLine{{in("ann", 1), in("ann", 9)}, {in("bob", 10), in("bob", 20)}}, ago(20), ago(10)},
		"a log without any in between":     {[][]LogLine{{in("ann", 1)}, {refused}, {in("bob", 30)}}, ago(1), ago(30)},
		"it was turned on only a day ago":  {[][]LogLine{{in("ann", 1)}, {}, {}}, ago(1), time.Time{}},
		"the newest log has none, so far":  {[][]LogLine{{refused}, {in("bob", 5)}}, time.Time{}, ago(5)},
		"other people's lines say nothing": {[][]LogLine{{in("ann", 2), {ago(3), "spid52", "Login succeeded for user 'bob'. Connection made using SQL Server authentication."}}}, ago(2), time.Time{}},
	} {
		var r LogReading
		for _, f := range tt.files {
			if err := r.File(func(take func(LogLine)) error {
				for _, l := range f {
					take(l)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if !r.Since.Equal(tt.since) || !r.Last["bob"].Equal(tt.bob) {
			t.Errorf("%s: since %v, bob %v; want %v, %v", name, r.Since, r.Last["bob"], tt.since, tt.bob)
		}
	}
	var r LogReading
	if err := r.File(func(take func(LogLine)) error { take(in("bob", 1)); return errors.New("cut off") }); err == nil || !r.Since.IsZero() {
		t.Errorf("a log that was read in part is whole: %v, %v", err, r.Since)
	}
}

// TestCovers: an audit that was off for a while, or leaves something out, does
// not tell who was not there.
func TestCovers(t *testing.T) {
	for name, tt := range map[string]struct {
		in   AuditFiles
		want time.Time
	}{
		"whole":              {AuditFiles{Whole: true, Oldest: ago(40)}, ago(40)},
		"turned on since":    {AuditFiles{Whole: true, Oldest: ago(40), Changed: ago(3)}, ago(3)},
		"turned on before":   {AuditFiles{Whole: true, Oldest: ago(40), Changed: ago(41)}, ago(40)},
		"leaves some out":    {AuditFiles{Oldest: ago(40)}, time.Time{}},
		"without any log-in": {AuditFiles{Whole: true, Changed: ago(3)}, time.Time{}},
	} {
		if got := tt.in.Covers(); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestSights: who was seen, who was not, and of whom nobody knows.
func TestSights(t *testing.T) {
	log := LastLogins{Source: ErrorLog, State: Read, Since: ago(100), Last: map[string]time.Time{"Bob": ago(95), "ann": ago(2)}}
	young := LastLogins{Source: ErrorLog, State: Read, Since: ago(5), Last: map[string]time.Time{"bob": ago(4)}}
	audit := LastLogins{Source: Audit, State: Read, Since: ago(50), Last: map[string]time.Time{"bob": ago(45)}}
	partial := LastLogins{Source: Audit, State: Read, Why: "none that is turned on takes every log-in that succeeds", Last: map[string]time.Time{"bob": ago(120)}}
	gone, refused := LastLogins{Source: ErrorLog, State: NotThere}, LastLogins{Source: Audit, State: NotAllowed}
	here := LastLogins{Source: Sessions, State: Read, Last: map[string]time.Time{"bob": ago(200)}, Here: []string{"bob"}}
	for name, tt := range map[string]struct {
		list []LastLogins
		want string
	}{
		"not for 90 days":                {[]LastLogins{log, refused}, "absent"},
		"connected since long ago":       {[]LastLogins{log, here}, "seen"},
		"seen by a source that is young": {[]LastLogins{young}, "seen"},
		"nothing reaches back so far":    {[]LastLogins{{Source: Audit, State: Read, Since: ago(50)}}, "unknown: audit reaches back to 2026-10-08"},
		"a younger source saw them":      {[]LastLogins{audit, log}, "seen"},
		"seen long ago by what is not whole": {[]LastLogins{partial, gone},
			"unknown: audit: none that is turned on takes every log-in that succeeds; error log not there"},
		"nothing is kept":  {[]LastLogins{gone, refused}, "unknown: error log not there; audit not allowed"},
		"nothing was read": {nil, "unknown: "},
	} {
		days := 90
		x := Gathered(tt.list, strings.ToLower)
		got := "seen"
		switch absent, ok := x.Of("BOB").Absent(ago(days)); {
		case !ok:
			got = "unknown: " + strings.Join(x.Silent(ago(days)), "; ")
		case absent:
			got = "absent"
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
