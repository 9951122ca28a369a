package licensing_test

import (
	"strings"
	"testing"

	"grantree/licensing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func active(name string, sites ...string) []licensing.Account {
	var out []licensing.Account
	for _, s := range sites {
		out = append(out, licensing.Account{Name: name, Site: s, Active: true, Origin: "policy"})
	}
	return out
}

func TestTally(t *testing.T) {
	ten := licensing.License{Seats: 10, Limited: true, Exempt: []string{"iGuest"}}
	tests := []struct {
		name     string
		accounts []licensing.Account
		used     int
		why      map[string]string
	}{
		{"nobody", nil, 0, map[string]string{}},
		{"a person in three sites uses one seat", active("bob", "A", "B", "C"), 1, map[string]string{"bob": "active in 3 sites"}},
		{"names that differ in case are one person", append(active("Bob", "A"), active("bob", "B")...), 1, map[string]string{"Bob": "active in 2 sites"}},
		{"exempt people use none", active("IGUEST", "A"), 0, map[string]string{"IGUEST": "exempt"}},
		{"inactive people use none", []licensing.Account{{Name: "eve", Site: "A", Origin: "policy"}}, 0, map[string]string{"eve": "inactive"}},
		{"who enters no site uses none", []licensing.Account{{Name: "eve", Active: true, Origin: "policy"}}, 0, map[string]string{"eve": "enters no site"}},
		{"an account that only the site holds counts", []licensing.Account{{Name: "old", Site: "A", Active: true, Origin: "site"}}, 1, map[string]string{"old": "active in A"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := licensing.Tally(tt.accounts, ten, strings.ToLower)
			why := map[string]string{}
			for _, l := range c.Lines {
				why[l.Name] = l.Why
			}
			if c.Used != tt.used {
				t.Errorf("used %d, want %d", c.Used, tt.used)
			}
			if d := cmp.Diff(tt.why, why); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTallyCaseSensitive(t *testing.T) {
	c := licensing.Tally(append(active("Bob", "A"), active("bob", "A")...), licensing.License{}, func(s string) string { return s })
	if c.Used != 2 {
		t.Errorf("used %d, want 2 on a case-sensitive server", c.Used)
	}
	if c.Left() != -1 || c.String() != "2 seats used, no limit" {
		t.Errorf("no limit prints %q with %d left", c, c.Left())
	}
	if one := licensing.Tally(active("Bob", "A"), licensing.License{}, strings.ToLower); one.String() != "1 seat used, no limit" {
		t.Errorf("one seat prints %q", one)
	}
}

func TestCheckNamesTheSumAndTheNewPerson(t *testing.T) {
	l := licensing.License{Seats: 2, Limited: true}
	before := licensing.Tally(append(active("ann", "A"), active("bob", "A")...), l, strings.ToLower)
	after := licensing.Tally(append(append(active("ann", "A"), active("bob", "A")...), active("J. Doe", "A")...), l, strings.ToLower)
	got := licensing.Check(before, after, l, strings.ToLower)
	want := `3 people need a seat and the licence has 2; adding "J. Doe" takes seat 3 of 2`
	if len(got) != 1 || got[0].Code != "no-seat-left" || got[0].Message != want {
		t.Errorf("got %v", got)
	}
	if again := licensing.Check(before, before, l, strings.ToLower); again != nil {
		t.Errorf("a full licence is not a broken one: %v", again)
	}
}

func TestTooManyAlreadyMayBecomeFewer(t *testing.T) {
	l := licensing.License{Seats: 1, Limited: true}
	three := licensing.Tally(append(append(active("ann", "A"), active("bob", "A")...), active("cid", "A")...), l, strings.ToLower)
	two := licensing.Tally(append(active("ann", "A"), active("bob", "A")...), l, strings.ToLower)
	got := licensing.Check(three, two, l, strings.ToLower)
	if len(got) != 1 || got[0].Code != "over-licence" || got.HasErrors() {
		t.Errorf("fewer: %v", got)
	}
	swapped := licensing.Tally(append(active("ann", "A"), active("eve", "A")...), l, strings.ToLower)
	if got := licensing.Check(three, swapped, l, strings.ToLower); len(got) != 1 || got[0].Code != "no-seat-left" {
		t.Errorf("somebody new while there are too many: %v", got)
	}
}

func TestReplacingInOneEditPasses(t *testing.T) {
	l := licensing.License{Seats: 1, Limited: true}
	before := licensing.Tally(active("ann", "A"), l, strings.ToLower)
	after := licensing.Tally(append([]licensing.Account{{Name: "ann", Site: "A", Origin: "policy"}}, active("bob", "A")...), l, strings.ToLower)
	if got := licensing.Check(before, after, l, strings.ToLower); got != nil {
		t.Errorf("got %v", got)
	}
	if d := cmp.Diff([]string{"bob"}, licensing.New(before, after, strings.ToLower)); d != "" {
		t.Error(d)
	}
}

func TestTallyIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accounts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) licensing.Account {
			return licensing.Account{
				Name:   rapid.SampledFrom([]string{"ann", "Ann", "bob", "eve"}).Draw(t, "name"),
				Site:   rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "site"),
				Active: rapid.Bool().Draw(t, "active"),
				Origin: rapid.SampledFrom([]string{"policy", "site"}).Draw(t, "origin"),
			}
		})).Draw(t, "accounts")
		shuffled := rapid.Permutation(accounts).Draw(t, "shuffled")
		l := licensing.License{Seats: 2, Limited: true, Exempt: []string{"eve"}}
		a, b := licensing.Tally(accounts, l, strings.ToLower), licensing.Tally(shuffled, l, strings.ToLower)
		if d := cmp.Diff(a, b); d != "" {
			t.Fatal(d)
		}
		if a.Used > 2 {
			t.Fatalf("two people at most can use a seat, counted %d", a.Used)
		}
	})
}
