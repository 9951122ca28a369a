package grants

import (
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
)

// TestSilent: whose mark says nothing, and who lacks what is wanted, is named; nobody
// else is.
func TestSilent(t *testing.T) {
	day := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	want := newWanted("va", "vb").role("Crew").user("bob").entry(Denied, catalog.Delete, "va", "Crew").entry(Granted, catalog.Select, "vb", "Crew").entry(Granted, catalog.Select, "vb", "bob")
	given := applied(t, newSite("va", "vb").login("bob").Snapshot, want.Wanted, day)
	given.Now = day
	mark := func(text string, managed bool) func(*Principal) {
		return func(p *Principal) { p.Mark, p.Managed = text, managed }
	}
	held := given.Principals[slices.IndexFunc(given.Principals, func(p Principal) bool { return p.Name == "Crew" })].Mark
	_, holds, _ := strings.Cut(strings.TrimPrefix(held, PlainMark+" "), " ")
	for _, tt := range []struct {
		name string
		mark func(*Principal)
		gone bool
		mode Mode
		want string
	}{
		{"a plain mark, and all is there", mark("", true), false, All, ""},
		{"a plain mark", mark("", true), true, All, `the mark of "Crew" does not say what it had on views, and 1 DENY of the policy is not there`},
		{"a text that is none", mark("managed soon AAAAAA", true), true, All, `the mark of "Crew" does not say`},
		{"a mark that remembers nothing", mark("managed 2026-11-27T12:00:00", true), true, All, `the mark of "Crew" does not say`},
		{"a time to come", mark("managed 2036-11-27T12:00:00 "+holds, true), true, All, `the mark of "Crew" does not say`},
		{"no mark", mark("", false), true, All, `"Crew" has no mark of grantree's, and 1 DENY of the policy is not there`},
		{"a mark that remembers", mark(held, true), true, All, ""},
		{"a DENY that is not sent", mark("", true), true, Add, ""},
	} {
		s := *given
		if tt.gone {
			s = *madeAgain(given, "va", day.Add(time.Hour))
		}
		s.Principals = slices.Clone(given.Principals)
		for i := range s.Principals {
			if s.Principals[i].Name == "Crew" {
				tt.mark(&s.Principals[i])
			}
		}
		got := strings.Join(NewSurvey(&s).Silent(want.Wanted, tt.mode), "\n")
		if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
