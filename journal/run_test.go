package journal

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"grantree/grants"
)

// runOf is the run of the first n records of the sample.
func runOf(t *testing.T, file string, records ...Record) Run {
	t.Helper()
	j, err := Decode(file, written(t, records...))
	if err != nil {
		t.Fatal(err)
	}
	return Of(file, j)
}

// TestFates: a run that was cut off behind any of its lines says of each site what may
// have become of it, and never that a commit did not happen that was asked for.
func TestFates(t *testing.T) {
	want := []string{
		1: "", 2: "", 3: "",
		4:  "North cut off",
		5:  "North cut off, South cut off",
		6:  "North in doubt, South cut off",
		7:  "North in doubt, South rolled back",
		8:  "North committed, South rolled back",
		9:  "North committed, South cut off",
		10: "North committed, South in doubt",
		11: "North committed, South unknown",
		12: "North committed, South unknown",
	}
	for n := 1; n <= len(sample()); n++ {
		r := runOf(t, "f", sample()[:n]...)
		var got []string
		for _, s := range r.Sites {
			got = append(got, s.Site+" "+string(s.Fate()))
		}
		if text := strings.Join(got, ", "); text != want[n] {
			t.Errorf("after %d lines: %s, want %s", n, text, want[n])
		}
		if !r.Open() { // at the end, too: of South nobody knows
			t.Errorf("after %d lines it is taken for settled", n)
		}
		if asked := n == 2; (len(r.Undecided()) > 0) != asked {
			t.Errorf("after %d lines %d logins are undecided", n, len(r.Undecided()))
		}
	}
}

// TestEndedRun: a run that ended and knows what became of each commit is nobody's business
// any more.
func TestEndedRun(t *testing.T) {
	if r := runOf(t, "f", append(sample()[:8:8], sample()[11])...); r.Open() || !r.Changed() || len(r.Doubts()) > 0 {
		t.Errorf("open %v, changed %v", r.Open(), r.Changed())
	}
}

// TestSettled: what a later run found out about a site counts as what became of it; what
// it could not look at stays in doubt.
func TestSettled(t *testing.T) {
	for _, tt := range []struct {
		as     As
		fate   Fate
		closed bool
	}{{Before, FateRolledBack, true}, {After, FateCommitted, true}, {Neither, FateMoved, true}, {Unseen, FateInDoubt, false}} {
		first := runOf(t, "r1.jsonl", sample()[:6]...)
		doubts := first.Doubts()
		if diff := cmp.Diff([]Doubt{{"r1", "North", "bNorth", "aNorth", 6, ""}}, doubts); diff != "" {
			t.Fatal(diff)
		}
		second := Run{File: "r2.jsonl", At: first.At.Add(time.Hour), Begun: Begun{Run: "r2"}, Settles: []Settled{{Run: "r1", Sites: []SiteTruth{{Site: "North", Line: doubts[0].Line, As: tt.as}}}}}
		all, bad := Together([]Run{second, first})
		if len(bad) > 0 || all[0].Sites[0].Fate() != tt.fate || all[0].Open() == tt.closed {
			t.Errorf("%s: %s, open %v, %v", tt.as, all[0].Sites[0].Fate(), all[0].Open(), bad)
		}
	}
}

// TestCutEnd: whole lines that are gone from a journal's end are missed by the run that
// began after it.
func TestCutEnd(t *testing.T) {
	whole := runOf(t, "r1.jsonl", sample()...)
	seen := whole.seen
	second := func(s Seen) Run {
		return Run{File: "r2.jsonl", At: whole.At.Add(time.Hour), Begun: Begun{Run: "r2", After: &s}}
	}
	if _, bad := Together([]Run{whole, second(seen)}); len(bad) > 0 {
		t.Fatal(bad)
	}
	cut := runOf(t, "r1.jsonl", sample()[:10]...)
	_, bad := Together([]Run{cut, second(seen)})
	var damage *DamageError
	if len(bad) != 1 || !errors.As(bad[0], &damage) || damage.Line != 10 || !strings.Contains(damage.Why, "the end was cut off") {
		t.Errorf("%v", bad)
	}
	seen.Hash = strings.Repeat("0", 64)
	if _, bad := Together([]Run{whole, second(seen)}); len(bad) != 1 || !strings.Contains(bad[0].Error(), "r1.jsonl:12: the line is another one than run r2 saw") {
		t.Errorf("%v", bad)
	}
}

// TestFilesOfAFolder: a journal under another name, one that is empty though a run has
// seen it, and one that is gone from among others are named; that the oldest are gone is
// nobody's fault.
func TestFilesOfAFolder(t *testing.T) {
	whole := runOf(t, "r1.jsonl", sample()...)
	seen := whole.seen
	after := func(run string, s *Seen) Run {
		return Run{File: run + ".jsonl", At: whole.At.Add(time.Hour), Begun: Begun{Run: run, After: s}}
	}
	for name, tt := range map[string]struct {
		runs []Run
		want string
	}{
		"copied":            {[]Run{whole, runOf(t, "r3.jsonl", sample()...)}, "r3.jsonl:1: the line is of run r1"},
		"emptied":           {[]Run{runOf(t, "r1.jsonl"), after("r2", &seen)}, "r1.jsonl:0: the line is the last one, and run r2 saw 12"},
		"gone":              {[]Run{whole, after("r3", &Seen{Run: "r2", Lines: 5, Hash: "x"})}, "r3.jsonl:1: the line speaks of run r2 before it, whose journal is gone"},
		"the oldest is not": {[]Run{after("r2", &seen)}, ""},
		"a crash at first":  {[]Run{runOf(t, "r1.jsonl"), after("r2", nil)}, ""},
	} {
		_, bad := Together(tt.runs)
		if got := fmt.Sprint(bad); (len(bad) > 0) != (tt.want != "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestFind: a run is named by its id, or by what one alone begins or ends with.
func TestFind(t *testing.T) {
	runs := []Run{{Begun: Begun{Run: "20260101T000000Z-aa"}}, {Begun: Begun{Run: "20260102T000000Z-ba"}}}
	for name, want := range map[string]string{"20260101T000000Z-aa": "20260101T000000Z-aa", "20260102": "20260102T000000Z-ba", "-aa": "20260101T000000Z-aa", "a": "", "2026": "", "x": ""} {
		if r, err := Find(runs, name); r.Begun.Run != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, r.Begun.Run, err)
		}
	}
}

// TestPack: very many changes are packed, and read as they were put in; names that are no
// text are refused there as well.
func TestPack(t *testing.T) {
	var changes []grants.Change
	for i := range packFrom {
		changes = append(changes, grants.Change{Kind: grants.AddMember, Role: "R", Principals: []string{fmt.Sprint("u", i)}})
	}
	record := func(changes []grants.Change) Record {
		r := Record{Kind: KindSending, At: time.Unix(1, 0), Site: &Site{Site: "N", Before: "b"}}
		r.Site.Put(changes)
		return r
	}
	begun := sample()[0]
	begun.At = time.Unix(1, 0)
	var c Chain
	head, _ := c.Line(begun)
	line, err := c.Line(record(changes))
	if err != nil || len(line) > packFrom*20 {
		t.Fatalf("%d bytes: %v", len(line), err)
	}
	j, err := Decode("f", append(head, line...))
	if err != nil {
		t.Fatal(err)
	}
	part := Of("f", j).Sites[0].Parts[0]
	if diff := cmp.Diff(changes, part.Grants()); diff != "" || part.Statements() != packFrom {
		t.Errorf("%d statements:\n%s", part.Statements(), diff)
	}
	few := record(changes[:packFrom-1])
	if few.Site.Packed != "" || len(few.Site.Changes) != packFrom-1 {
		t.Error("few are packed")
	}
	changes[7].Principals = []string{"a\xff"}
	if _, err := c.Line(record(changes)); err == nil {
		t.Error("a name that is no text is packed")
	}
	both := record(changes[:0])
	both.Site.Packed, both.Site.Changes = "AA", sample()[3].Site.Changes
	if _, err := c.Line(both); err == nil {
		t.Error("what cannot be read is written")
	}
}

// TestUnclearLogin: a run that ended without knowing what became of a login is open until
// another has looked, and each act gets what was seen of it.
func TestUnclearLogin(t *testing.T) {
	act := func(k grants.LoginKind) LoginRun {
		return LoginRun{Server: "main", LoginAct: LoginAct{Kind: k, Login: "cid", SID: "01", Outcome: Unclear}}
	}
	r := Run{Begun: Begun{Run: "r1"}, Ended: &Ended{Outcome: "failed"}, Logins: []LoginRun{act(grants.DisableLogin), act(grants.DropLogin)}}
	if !r.Open() || len(r.Undecided()) != 2 {
		t.Errorf("open %t, %d undecided", r.Open(), len(r.Undecided()))
	}
	r.Settle(Settled{Logins: []LoginTruth{{"main", "cid", grants.DisableLogin, After}, {"main", "cid", grants.DropLogin, Before}}}, "r2")
	if r.Open() || r.Logins[0].Outcome != Done || r.Logins[1].Outcome != NotDone {
		t.Errorf("open %t, %+v", r.Open(), r.Logins)
	}
}
