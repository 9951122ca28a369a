package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reading says how well a client shows an answer: what it cannot show is not held against the server.
type Reading struct {
	// Counts, Infos and AllErrors: it shows rows affected, messages, and every error rather than one of them.
	Counts, Infos, AllErrors bool
	// TextOnly: of a message it shows no number.
	// OneAtLogin: of several errors at a login it shows one.
	TextOnly, OneAtLogin bool
	// Text: values come as text for people, dates without seconds.
	Text bool
}

// check says what is wrong with an answer; nil is nothing.
func check(want, got Answer, r Reading) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !sameErrors(want.Errors, got.Errors, r) {
		say("errors %s, want %s", notices(got.Errors), notices(want.Errors))
	}
	if r.Infos && !sameInfos(want.Infos, got.Infos, r) {
		say("messages %s, want %s", notices(got.Infos), notices(want.Infos))
	}
	if len(want.Errors) > 0 && !r.AllErrors {
		return wrong // such a client drops the rows before an error
	}
	if !slices.EqualFunc(want.Sets, got.Sets, func(a, b Set) bool { return sameSet(a, b, r) }) {
		say("result sets %q, want %q", got.Sets, want.Sets)
	}
	for _, n := range want.Counts {
		if r.Counts && !slices.Contains(got.Counts, n) {
			say("rows affected %d, want %d", got.Counts, n)
		}
	}
	if want.Return != "" && want.Return != got.Return {
		say("return value %q, want %q", got.Return, want.Return)
	}
	for name, value := range want.Outs {
		if !same(value, got.Outs[name], r) {
			say("output %s = %q, want %q", name, got.Outs[name], value)
		}
	}
	return wrong
}

func sameErrors(want, got []Notice, r Reading) bool {
	if !r.AllErrors && len(got) == 1 {
		return slices.ContainsFunc(want, func(n Notice) bool { return n.Number == got[0].Number })
	}
	return slices.EqualFunc(want, got, func(a, b Notice) bool {
		return a.Number == b.Number && (a.Text == "" || strings.Contains(b.Text, a.Text))
	})
}

// contextNumbers are the messages about the database and the language that come by themselves.
var contextNumbers = []int{5701, 5703}

func sameInfos(want, got []Notice, r Reading) bool {
	got = slices.DeleteFunc(slices.Clone(got), func(n Notice) bool { return slices.Contains(contextNumbers, n.Number) })
	return slices.EqualFunc(want, got, func(a, b Notice) bool {
		return (a.Number == b.Number || r.TextOnly) && strings.Contains(b.Text, a.Text)
	})
}

func sameSet(want, got Set, r Reading) bool {
	return slices.Equal(want.Columns, got.Columns) && slices.EqualFunc(want.Rows, got.Rows, func(a, b []string) bool {
		return slices.EqualFunc(a, b, func(x, y string) bool { return same(x, y, r) })
	})
}

// dateText is how FreeTDS writes a date for people, with or without seconds.
var dateText = regexp.MustCompile(`^([A-Z][a-z]{2} [ \d]\d \d{4}) (\d\d:\d\d)(:\d\d:\d{3})?([AP]M)$`)

// same compares values; those of a client that shows text by what the text tells.
func same(want, got string, r Reading) bool {
	if want == got {
		return true
	}
	if !r.Text {
		return false
	}
	if strings.TrimRight(want, " ") == got {
		return true
	}
	if strings.HasPrefix(want, "0x") {
		return strings.EqualFold(want[2:], got)
	}
	if m := dateText.FindStringSubmatch(got); m != nil {
		t, err := time.Parse("Jan _2 2006 03:04PM", m[1]+" "+m[2]+m[4])
		return err == nil && sameMinute(want, t)
	}
	x, errX := strconv.ParseFloat(want, 64)
	y, errY := strconv.ParseFloat(got, 64)
	return errX == nil && errY == nil && strings.Contains(got, ".") && x == y
}

// sameMinute compares a date, a time of day or both with what FreeTDS shows of it.
func sameMinute(want string, t time.Time) bool {
	return want == t.Format("2006-01-02") || strings.HasPrefix(want, t.Format("2006-01-02 15:04")) || strings.HasPrefix(want, t.Format("15:04"))
}

// notices are errors or messages for people.
func notices(list []Notice) string {
	if len(list) == 0 {
		return "none"
	}
	var parts []string
	for _, n := range list {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", n.Number, n.Text)))
	}
	return strings.Join(parts, "; ")
}
