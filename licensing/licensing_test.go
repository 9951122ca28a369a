package licensing_test

import (
	"slices"
	"strings"
	"testing"

	"grantree/finding"
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
		{"names that differ in case are one person", append(active("Bob", "A"), licensing.Account{Name: "bob", Site: "B", Active: true, Origin: "site"}), 1, map[string]string{"Bob": "active in 2 sites"}},
		{"but never two of the policy", append(active("José", "A"), active("JOSÉ", "B")...), 2, map[string]string{"José": "active in A", "JOSÉ": "active in B"}},
		{"an account is of whoever is spelt so", append(append(active("José", "A"), active("JOSÉ", "B")...), licensing.Account{Name: "JOSÉ", Site: "C", Active: true, Origin: "site"}),
			2, map[string]string{"José": "active in A", "JOSÉ": "active in 2 sites"}},
		{"exempt people use none", active("IGUEST", "A"), 0, map[string]string{"IGUEST": "exempt"}},
		{"inactive people use none", []licensing.Account{{Name: "eve", Site: "A", Origin: "policy"}}, 0, map[string]string{"eve": "inactive"}},
		{"who enters no site uses none", []licensing.Account{{Name: "eve", Active: true, Origin: "policy"}}, 0, map[string]string{"eve": "enters no site"}},
		{"who is let in by the plan", []licensing.Account{{Name: "eve", Site: "A", Active: true, Origin: "site", Why: "no login"}}, 1, map[string]string{"eve": "no login; will use a seat in A, not in the policy"}},
		{"an account that only the site holds counts", []licensing.Account{{Name: "old", Site: "A", Active: true, Origin: "site"}}, 1, map[string]string{"old": "active in A, not in the policy"}},
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

// TestSum is what a plan's head says of the seats.
func TestSum(t *testing.T) {
	tests := []struct {
		count licensing.Count
		left  int
		text  string
	}{
		{licensing.Count{}, -1, "0 seats used, no limit"},
		{licensing.Count{Used: 1}, -1, "1 seat used, no limit"},
		{licensing.Count{Used: 2, Limit: 1}, -1, "2 seats used, no limit"},
		{licensing.Count{Used: 24, Limit: 25, Limited: true}, 1, "24 of 25 seats used, 1 left"},
		{licensing.Count{Used: 25, Limit: 25, Limited: true}, 0, "25 of 25 seats used, 0 left"},
		{licensing.Count{Used: 26, Limit: 25, Limited: true}, 0, "26 of 25 seats used, 0 left"},
	}
	for _, tt := range tests {
		if tt.count.Left() != tt.left || tt.count.String() != tt.text {
			t.Errorf("%q, %d left; want %q, %d left", tt.count, tt.count.Left(), tt.text, tt.left)
		}
	}
}

func TestTallyCaseSensitive(t *testing.T) {
	c := licensing.Tally(append(active("Bob", "A"), active("bob", "A")...), licensing.License{}, func(s string) string { return s })
	if c.Used != 2 {
		t.Errorf("used %d, want 2 on a case-sensitive server", c.Used)
	}
}

// held is an account that a site holds.
func held(name, site string, more ...func(*licensing.Account)) licensing.Account {
	a := licensing.Account{Name: name, Site: site, SID: strings.ToUpper(name), Active: true, Now: true, Origin: "site"}
	for _, f := range more {
		f(&a)
	}
	return a
}

func fresh(a *licensing.Account)   { a.Now = false }
func gone(a *licensing.Account)    { a.Active = false }
func managed(a *licensing.Account) { a.Leaving = true }
func login(name string) func(*licensing.Account) {
	return func(a *licensing.Account) { a.Login, a.SID = name, strings.ToUpper(name) }
}
func namesake(a *licensing.Account) { a.Namesake = true }
func was(name string) func(*licensing.Account) {
	return func(a *licensing.Account) { a.Was = []string{name} }
}
func noSID(a *licensing.Account) { a.SID = "" }
func accepted(by string, people int) func(*licensing.Account) {
	return func(a *licensing.Account) { a.Outsider, a.People = by, people }
}

// user is a [[user]] of the policy.
func user(name string, more ...func(*licensing.Account)) licensing.Account {
	a := licensing.Account{Name: name, Login: name, Active: true, Origin: "policy"}
	for _, f := range more {
		f(&a)
	}
	return a
}

func inactive(a *licensing.Account) { a.Active, a.Leaving = false, true }

// TestWhoIsOnePerson is rule 3's "one [[user]] is one person, however many
// logins; outside the policy the same SID or the same name is one person".
func TestWhoIsOnePerson(t *testing.T) {
	tests := []struct {
		name     string
		accounts []licensing.Account
		used     int
	}{
		{"a user and their accounts", []licensing.Account{user("ann"), held("ann", "A"), held("Ann", "B", login("other"))}, 1},
		{"an account by the user's login", []licensing.Account{user("ann"), held("ann", "A"), held("EX-ann", "B", login("ann"))}, 1},
		{"an account by the SID of one that has the user's name", []licensing.Account{user("ann"), held("ann", "A", login("x")), held("reader", "B", login("x"))}, 1},
		{"but not of one whose login is missing", []licensing.Account{user("ann"), held("ann", "A", login("x"), gone, fresh, func(a *licensing.Account) { a.Login = "" }), held("reader", "B", login("x"))}, 1},
		{"and both enter", []licensing.Account{user("ann"), held("ann", "A", login("x"), fresh, func(a *licensing.Account) { a.Login = "" }), held("reader", "B", login("x"))}, 2},
		{"an account by such a SID whose name comes before the user's", []licensing.Account{user("ann"), held("ann", "A", login("x")), held("aaron", "B", login("x"))}, 1},
		{"a stranger without a SID is nobody's", []licensing.Account{user("ann"), held("ann", "A", noSID), held("zed", "B", noSID)}, 2},
		{"such an account stays the user's where an outsider accepts it", []licensing.Account{user("ann"), held("ann", "A", login("x")), held("reader", "B", login("x"), accepted("reporting", 1))}, 1},
		{"two users stay two where an account joins them", []licensing.Account{user("ann"), user("ben"), held("ann", "A", login("ben")), held("ben", "B", login("ben"))}, 2},
		{"to have no login is no login in common", []licensing.Account{{Name: "ann", Active: true, Origin: "policy"}, held("ann", "A"), held("old", "A")}, 2},
		{"an account of that name that is somebody else's", []licensing.Account{user("ann"), held("ann", "A", login("walt"), namesake), held("walt", "B", login("walt"))}, 1},
		{"and the user has an account too", []licensing.Account{user("ann"), held("ann", "B"), held("ann", "A", login("walt"), namesake)}, 2},
		{"and it is another user's", []licensing.Account{user("ann"), user("walt"), held("ann", "B"), held("ann", "A", login("walt"), namesake), held("walt", "C", login("walt"))}, 2},
		{"by the name before, and grantree's", []licensing.Account{user("ann", was("walt")), held("ann", "A"), held("walt", "B", managed)}, 1},
		{"by the name before, and nothing else", []licensing.Account{user("ann", was("walt")), held("ann", "A"), held("walt", "B")}, 2},
		{"by the login before, and nothing else", []licensing.Account{user("ann", was("walt")), held("ann", "A"), held("reader", "B", login("walt"))}, 2},
		{"by the name before, and to be renamed", []licensing.Account{user("ann", was("walt")), held("walt", "A", func(a *licensing.Account) { a.Renamed = true }), held("ann", "B")}, 1},
		{"by the name before, and renamed", []licensing.Account{user("ann", was("walt")), held("walt", "A", gone), held("ann", "A", fresh, login("walt"))}, 1},
		{"strangers of one name", []licensing.Account{held("old", "A", login("x")), held("OLD", "B", login("y"))}, 1},
		{"strangers of one SID", []licensing.Account{held("old", "A", login("x")), held("older", "B", login("x"))}, 1},
		{"strangers of one login's name on two servers", []licensing.Account{held("a", "A", func(a *licensing.Account) { a.Login, a.SID = "x", "1" }), held("b", "B", func(a *licensing.Account) { a.Login, a.SID = "x", "2" })}, 2},
		{"strangers without a SID", []licensing.Account{held("a", "A", noSID), held("b", "A", noSID)}, 2},
		{"strangers joined by a name and a SID", []licensing.Account{held("old", "A", login("x")), held("older", "B", login("y")), held("older", "C", login("x"))}, 1},
		{"an outsider who is accepted in one site alone", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 1)), held("rep", "B", login("rep"))}, 1},
		{"and has another user there", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 1)), held("zed", "B", login("rep"))}, 1},
		{"and another SID on another server", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 1)), held("rep", "B", login("x"))}, 1},
		{"and stands for people, of whom the larger number counts", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 3)), held("rep", "B", login("rep"))}, 3},
		{"and stands for other people in another site", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 3)), held("rep", "B", login("rep"), accepted("rep", 2))}, 3},
		{"and stands for nobody", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 0)), held("rep", "B", login("rep"))}, 1},
		{"two outsiders of one login", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 1)), held("zed", "B", login("rep"), accepted("zed", 2))}, 2},
		{"who is in the other site no more", []licensing.Account{held("rep", "A", login("rep"), accepted("rep", 3), gone), held("rep", "B", login("rep"))}, 1},
		{"the member of an accepted role, whose people are the role's", []licensing.Account{held("m", "A", login("m"), accepted("desk", 1)), held("m", "B", login("m"))}, 2},
		{"a user who is inactive and still in", []licensing.Account{user("ann", inactive), held("ann", "A")}, 1},
		{"a user who is inactive and out", []licensing.Account{user("ann", inactive), held("ann", "A", gone)}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := licensing.Tally(tt.accounts, licensing.License{}, strings.ToLower); c.Used != tt.used {
				t.Errorf("used %d, want %d: %+v", c.Used, tt.used, c.Lines)
			}
		})
	}
}

// TestTwoSpellingsAreOneWhereAnyServerSaysSo takes two servers, one of which
// tells case apart.
func TestTwoSpellingsAreOneWhereAnyServerSaysSo(t *testing.T) {
	exact := func(s string) string { return s }
	accounts := []licensing.Account{held("Bob", "A", login("x")), held("bob", "B", login("y"))}
	for _, folds := range [][]func(string) string{{exact, strings.ToLower}, {strings.ToLower, exact}} {
		if c := licensing.Tally(accounts, licensing.License{}, folds...); c.Used != 1 {
			t.Errorf("used %d", c.Used)
		}
	}
	if c := licensing.Tally(accounts, licensing.License{}, exact); c.Used != 2 {
		t.Errorf("where every server tells case apart: used %d", c.Used)
	}
}

func TestOutsidersAndGroups(t *testing.T) {
	group := func(a *licensing.Account) { a.Group = true }
	tests := []struct {
		name      string
		accounts  []licensing.Account
		used      int
		uncounted []string
	}{
		{"an outsider uses as many as it says, in how many sites ever", []licensing.Account{held("svc", "A", accepted("svc", 3)), held("svc", "B", accepted("svc", 3))}, 3, nil},
		{"the members of an accepted role are counted with it", []licensing.Account{held("a", "A", accepted("reporting", 2)), held("b", "A", accepted("reporting", 2)), held("c", "A", accepted("reporting", 2))}, 2, nil},
		{"an outsider that cannot enter uses none", []licensing.Account{held("svc", "A", accepted("svc", 3), gone)}, 0, nil},
		{"a person of the policy in an accepted role is themselves", []licensing.Account{user("ann"), held("ann", "A", accepted("reporting", 5))}, 1, nil},
		{"a person of the policy by whose account that is exempt", []licensing.Account{user("ann"), held("service", "A", login("ann"))}, 1, nil},
		{"a stranger with one account that is exempt and one that is not", []licensing.Account{held("service", "A", login("x")), held("walt", "B", login("x"))}, 1, nil},
		{"an account that has the name of an exempt person and is somebody else's", []licensing.Account{user("service"), held("service", "A", login("walt"), namesake)}, 1, nil},
		{"exempt wins", []licensing.Account{held("service", "A", accepted("service", 3))}, 0, nil},
		{"a group is not counted", []licensing.Account{held("EX-all", "A", group)}, 0, []string{"EX-all"}},
		{"a group that nobody enters by is not named", []licensing.Account{held("EX-all", "A", group, gone, fresh)}, 0, nil},
		{"a group with a number", []licensing.Account{held("EX-all", "A", group, accepted("EX-all", 12))}, 12, nil},
		{"groups beside people", []licensing.Account{held("EX-all", "B", group), held("EX-all", "A", group), held("EX-few", "A", group), user("ann"), held("ann", "A"), held("bob", "B")},
			2, []string{"EX-all", "EX-few", "EX-all"}},
		{"a group that enters now or will", []licensing.Account{held("EX-in", "A", group, fresh), held("EX-out", "A", group, gone)}, 0, []string{"EX-in", "EX-out"}},
		{"an exempt group", []licensing.Account{held("Service", "A", group)}, 0, nil},
		{"the runner", []licensing.Account{held("grantree", "A", func(a *licensing.Account) { a.Runner = true })}, 0, nil},
		{"the runner, who is a person of the policy", []licensing.Account{user("ann"), held("ann", "A", func(a *licensing.Account) { a.Runner = true })}, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := licensing.Tally(tt.accounts, licensing.License{Exempt: []string{"Service"}}, strings.ToLower)
			var uncounted []string
			for _, u := range c.Uncounted {
				uncounted = append(uncounted, u.Name)
			}
			if c.Used != tt.used {
				t.Errorf("used %d, want %d: %+v", c.Used, tt.used, c.Lines)
			}
			if d := cmp.Diff(tt.uncounted, uncounted); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhySaysWhereAndWhyNot(t *testing.T) {
	c := licensing.Tally([]licensing.Account{
		user("ann"), held("ann", "A"), held("ann", "B"),
		user("ben", inactive), held("ben", "A"),
		user("cid", inactive),
		user("dan"), held("dan", "A", gone, fresh, func(a *licensing.Account) { a.Why = "login \"dan\" is disabled" }),
		user("eve", inactive), held("eve", "A", gone),
		held("old", "A"), held("made", "A", managed), held("desk", "A", accepted("desk", 4)),
		held("one", "A", accepted("one", 1)), held("half", "A", accepted("half", 1)), held("half", "B"), held("many", "A", accepted("many", 3)), held("many", "B"), held("robot", "A", accepted("robot", 0)), held("gone", "A", gone, fresh, accepted("gone", 0)),
	}, licensing.License{}, strings.ToLower)
	want := map[string]string{"ann": "active in 2 sites", "ben": "active in A, inactive in the policy", "cid": "inactive",
		"dan": `cannot enter: login "dan" is disabled`, "eve": "leaves A", "old": "active in A, not in the policy",
		"made": "active in A, no longer in the policy", "desk": "active in A, stands for 4 people",
		"one": "active in A, an accepted outsider", "half": "active in 2 sites, an accepted outsider in A", "many": "active in 2 sites, stands for 3 people in A", "robot": "active in A, stands for 0 people", "gone": "enters no site"}
	got := map[string]string{}
	for _, l := range c.Lines {
		got[l.Name] = l.Why
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestOriginSaysWhoKnowsAPerson: the policy, a site, or both.
func TestOriginSaysWhoKnowsAPerson(t *testing.T) {
	c := licensing.Tally([]licensing.Account{
		user("ann"), held("ann", "A"), user("ben"), held("old", "A"), held("old", "B"),
		held("grantree", "A", func(a *licensing.Account) { a.Runner = true }),
	}, licensing.License{}, strings.ToLower)
	want := map[string][2]string{"ann": {"both", "active in A"}, "ben": {"policy", "enters no site"},
		"old": {"site", "active in 2 sites, not in the policy"}, "grantree": {"site", "runs grantree"}}
	got := map[string][2]string{}
	for _, l := range c.Lines {
		got[l.Name] = [2]string{l.Origin, l.Why}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestWhyNotSaysWhatWasNotRead: somebody who is seen nowhere may be in a site
// that was not read.
func TestWhyNotSaysWhatWasNotRead(t *testing.T) {
	for unread, want := range map[string][3]string{
		"":    {"enters no site", "inactive", "exempt"},
		"A":   {"in no site that was read; A could not be read", "inactive; A could not be read", "exempt"},
		"A B": {"in no site that was read; 2 sites could not be read", "inactive; 2 sites could not be read", "exempt"},
	} {
		c := licensing.Tally([]licensing.Account{user("ann"), user("ben", inactive), user("service"), user("dan"), held("dan", "C")},
			licensing.License{Exempt: []string{"service"}, Unread: strings.Fields(unread)}, strings.ToLower)
		if got := [3]string{c.Lines[0].Why, c.Lines[1].Why, c.Lines[3].Why}; got != want || c.Lines[2].Why != "active in C" {
			t.Errorf("%q not read: %v", unread, c.Lines)
		}
	}
}

// TestSitesAreSortedAndNamedOnce of a person whom the sites spell in two ways.
func TestSitesAreSortedAndNamedOnce(t *testing.T) {
	c := licensing.Tally([]licensing.Account{user("ann"), held("Ann", "B"), held("ann", "B"), held("ann", "A")}, licensing.License{}, strings.ToLower)
	if d := cmp.Diff([]string{"A", "B"}, c.Lines[0].Sites); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(c.Lines[0].Sites, c.Lines[0].SitesNow); d != "" {
		t.Error(d)
	}
}

// TestLinesAreSortedWhateverTheLetters, as a reader looks for a name.
func TestLinesAreSortedWhateverTheLetters(t *testing.T) {
	c := licensing.Tally([]licensing.Account{held("Zed", "A"), held("ann", "A"), held("Ben", "A")}, licensing.License{}, strings.ToLower)
	var names []string
	for _, l := range c.Lines {
		names = append(names, l.Name)
	}
	if d := cmp.Diff([]string{"ann", "Ben", "Zed"}, names); d != "" {
		t.Error(d)
	}
}

// two holds seats of a licence of two.
var two = licensing.License{Seats: 2, Limited: true}

func TestCheck(t *testing.T) {
	tests := []struct {
		name     string
		accounts []licensing.Account
		want     string // code and message; "" for none
	}{
		{"the sum and the new person", []licensing.Account{held("ann", "A"), held("bob", "A"), user("J. Doe"), held("J. Doe", "A", fresh)},
			`no-seat-left 3 people need a seat and the licence has 2; adding "J. Doe" takes seat 3 of 2`},
		{"more new people than a sentence names", []licensing.Account{held("ann", "A", fresh), held("ben", "A", fresh), held("cid", "A", fresh), held("dan", "A", fresh)},
			`no-seat-left 4 people need a seat and the licence has 2; adding "ann", "ben", "cid" and 1 more takes seat 4 of 2`},
		{"a full licence is not a broken one", []licensing.Account{held("ann", "A"), held("bob", "A")}, ""},
		{"too many already may become fewer", []licensing.Account{held("ann", "A"), held("bob", "A"), held("cid", "A"), held("dan", "A", gone)},
			"over-licence 3 people use a seat and the licence has 2; this plan adds nobody"},
		{"a user who is a group", []licensing.Account{user("crew"), held("crew", "A", func(a *licensing.Account) { a.Group = true })},
			`group-seat the login of "crew" is a group: it is counted as one seat, and as many people enter as it has`},
		{"a user who is a group and cannot enter", []licensing.Account{user("crew"), held("crew", "A", gone, fresh, func(a *licensing.Account) { a.Group = true })}, ""},
		{"as many new people as a sentence names", []licensing.Account{held("ann", "A", fresh), held("ben", "A", fresh), held("cid", "A", fresh)},
			`no-seat-left 3 people need a seat and the licence has 2; adding "ann", "ben", "cid" takes seat 3 of 2`},
		{"somebody new while there are too many", []licensing.Account{held("ann", "A"), held("bob", "A"), held("cid", "A", gone), held("eve", "A", fresh)},
			`no-seat-left 3 people need a seat and the licence has 2; adding "eve" takes seat 3 of 2`},
		{"replacing in one edit", []licensing.Account{held("ann", "A"), user("bob", inactive), held("bob", "A", gone), user("cid"), held("cid", "A", fresh)}, ""},
		{"a leaver who is still in is not known to be too many", []licensing.Account{held("ann", "A"), user("bob", inactive), held("bob", "B"), user("cid"), held("cid", "A", fresh)}, ""},
		{"a stranger who is in is", []licensing.Account{held("ann", "A"), held("bob", "B"), user("cid"), held("cid", "A", fresh)},
			`no-seat-left 3 people need a seat and the licence has 2; adding "cid" takes seat 3 of 2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, f := range licensing.Check(licensing.Tally(tt.accounts, two, strings.ToLower), two) {
				got += f.Code + " " + f.Message
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestWhatBecomesOfAPerson asks each line what the plan does to them.
func TestWhatBecomesOfAPerson(t *testing.T) {
	c := licensing.Tally([]licensing.Account{
		user("stays"), held("stays", "A"), held("stays", "B"),
		user("comes"), held("comes", "A", fresh),
		user("moves"), held("moves", "A", gone), held("moves", "B", fresh),
		user("leaves", inactive), held("leaves", "A", gone),
		user("is still in", inactive), held("is still in", "A"),
		user("is out", inactive),
		held("stranger", "A"), held("made", "A", managed), held("taken out", "A", managed, gone),
		held("some role's member", "A", accepted("desk", 3), fresh),
	}, licensing.License{}, strings.ToLower)
	type fate struct{ Uses, Enters, New, Freed, Staying bool }
	want := map[string]fate{
		"stays": {Uses: true}, "comes": {Uses: true, Enters: true, New: true}, "moves": {Uses: true, Enters: true},
		"leaves": {Freed: true}, "is still in": {Uses: true, Staying: true}, "is out": {},
		"stranger": {Uses: true}, "made": {Uses: true, Staying: true}, "taken out": {Freed: true},
		"desk": {Uses: true, Enters: true, New: true},
	}
	got := map[string]fate{}
	for _, l := range c.Lines {
		got[l.Name] = fate{Uses: l.Uses(), Enters: l.Enters(), New: slices.Contains(c.New(), l.Name),
			Freed: slices.Contains(c.Freed(), l.Name), Staying: slices.Contains(c.Staying(), l.Name)}
		if found, ok := c.Line(l.Name); !ok || found.Name != l.Name {
			t.Errorf("%q is not found: %+v", l.Name, found)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if l, ok := c.Line("nobody"); ok {
		t.Errorf("nobody is %+v", l)
	}
	if c.Used != 9 || c.Now != 7 {
		t.Errorf("%d used and %d now, want 9 and 7", c.Used, c.Now)
	}
}

// TestALoginOfTwoUsers, who may have it in different sites, names the first.
func TestALoginOfTwoUsers(t *testing.T) {
	shared := func(line int) func(*licensing.Account) {
		return func(a *licensing.Account) { a.Login, a.Pos = "desk", finding.Pos{File: "p.toml", Line: line} }
	}
	c := licensing.Tally([]licensing.Account{user("ann", shared(9)), user("zoe", shared(2)), held("dbuser", "A", login("desk"))}, licensing.License{}, strings.ToLower)
	if l, _ := c.Line("zoe"); c.Used != 1 || !l.Uses() {
		t.Errorf("used %d: %+v", c.Used, c.Lines)
	}
}

func TestWhoComesFirst(t *testing.T) {
	at := func(line int) func(*licensing.Account) {
		return func(a *licensing.Account) { a.Pos = finding.Pos{File: "p.toml", Line: line} }
	}
	c := licensing.Tally([]licensing.Account{user("ann", at(9)), held("ann", "A", fresh), user("zoe", at(2)), held("zoe", "A", fresh), user("ben", at(5), inactive), held("ben", "A", gone), user("cid", at(7), inactive)},
		two, strings.ToLower)
	if d := cmp.Diff([]string{"zoe", "ann"}, c.New()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"ben"}, c.Freed()); d != "" {
		t.Error(d)
	}
	for free, want := range map[int]int{-3: 0, 0: 0, 1: 1, 2: 2, 9: 2} {
		if in, out := licensing.Admit(c.New(), free); len(in) != want || len(in)+len(out) != 2 {
			t.Errorf("%d free: in %v, out %v", free, in, out)
		}
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
		if a.Used > 3 {
			t.Fatalf("three people at most can use a seat, counted %d", a.Used)
		}
	})
}

// TestAUserOfAnotherName: whose user in a site is called otherwise than their line
// is said with that name, and only there.
func TestAUserOfAnotherName(t *testing.T) {
	for _, tt := range []struct {
		name     string
		accounts []licensing.Account
		want     []licensing.Alias // of the one line
	}{
		{"one name", []licensing.Account{held("ghost", "North"), held("ghost", "Quarry")}, nil},
		{"in other capitals", []licensing.Account{held("ghost", "North"), held("GHOST", "Quarry")}, nil},
		{"two users of a SID", []licensing.Account{held("ghost", "North"), held("ghost2", "Quarry", login("ghost"))}, []licensing.Alias{{Site: "Quarry", User: "ghost2"}}},
		{"who enters neither now nor then", []licensing.Account{held("ghost", "North"), held("ghost2", "Quarry", login("ghost"), gone, fresh)}, nil},
		{"who is put out", []licensing.Account{held("ghost", "North"), held("ghost2", "Quarry", login("ghost"), gone)}, []licensing.Alias{{Site: "Quarry", User: "ghost2"}}},
		{"of a person of the policy", []licensing.Account{{Name: "ann", Login: "ann", Active: true, Origin: "policy"}, held("ann", "North"), held("annie", "Quarry", login("ann"))}, []licensing.Alias{{Site: "Quarry", User: "annie"}}},
		{"whom an outsider accepts", []licensing.Account{held("svc", "North", accepted("svc_report", 1)), held("svc2", "Quarry", accepted("svc_report", 1))}, nil},
	} {
		c := licensing.Tally(tt.accounts, licensing.License{}, strings.ToLower)
		if len(c.Lines) != 1 {
			t.Errorf("%s: %d lines", tt.name, len(c.Lines))
			continue
		}
		if d := cmp.Diff(tt.want, c.Lines[0].As); d != "" {
			t.Errorf("%s%s", tt.name, d)
		}
	}
}
