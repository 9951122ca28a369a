package tomldoc

import (
	"testing"
	"time"
)

func TestMomentOver(t *testing.T) {
	oslo := time.FixedZone("Oslo", 2*60*60)
	at := func(text string, zone *time.Location) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		name, until string
		now         time.Time
		over        bool
	}{
		{"no end", "", at("2099-01-01 00:00:00", oslo), false},
		{"the last day", "2027-06-30", at("2027-06-30 23:59:59", oslo), false},
		{"the day after", "2027-06-30", at("2027-07-01 00:00:00", oslo), true},
		{"the last day where the runner is, not in UTC", "2027-06-30", at("2027-07-01 00:30:00", oslo), true},
		{"a clock without a zone is the runner's", "2027-06-30T12:00:00", at("2027-06-30 12:00:00", oslo), false},
		{"a second later", "2027-06-30T12:00:00", at("2027-06-30 12:00:01", oslo), true},
		{"an instant", "2027-06-30T12:00:00Z", at("2027-06-30 14:00:00", oslo), false},
		{"after an instant", "2027-06-30T12:00:00Z", at("2027-06-30 14:00:01", oslo), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var file struct {
				Until Moment `toml:"until"`
			}
			text := ""
			if tt.until != "" {
				text = "until = " + tt.until + "\n"
			}
			if _, found := Decode("p.toml", []byte(text), &file); len(found) > 0 {
				t.Fatal(found)
			}
			if got := file.Until.Over(tt.now); got != tt.over || file.Until.String() != tt.until || file.Until.IsZero() != (tt.until == "") {
				t.Errorf("%q over at %v: %v, want %v", file.Until, tt.now, got, tt.over)
			}
		})
	}
}

func TestParseMoment(t *testing.T) {
	for _, text := range []string{"2027-06-30", "2027-06-30T12:00:00", "2027-06-30T12:00:00.25", "2027-06-30T12:00:00Z"} {
		if m, err := ParseMoment(text); err != nil || m.String() != text {
			t.Errorf("%q is %q, %v", text, m, err)
		}
	}
	for _, text := range []string{"", "tomorrow", "3", `"2027-06-30"`, "2027-02-30", "2027-06-30\ny = 1", "12:00:00"} {
		if m, err := ParseMoment(text); err == nil {
			t.Errorf("%q is %q", text, m)
		}
	}
}
