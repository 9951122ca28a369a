package conformance

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// head is a story up to its first step.
const head = "user bob\nlet no 229 14 5 no\nsetup\n    SELECT 1\n\ncase one\nsection B.5/none-grant\n"

func TestParse(t *testing.T) {
	f, err := parse("x", head+"as bob\nrun\n    SELECT 1,\n        2\n\nexpect row 1|2\nexpect error {no}\nexpect message 0 - - so…\nexpect rows\n    'a' | 1\n    'b' | 2\nrun SELECT 3\nexpect ok\n")
	if err != nil {
		t.Fatal(err)
	}
	c := f.cases[0]
	want := []step{
		{kind: stepRun, as: "bob", in: "db", text: "SELECT 1,\n    2", stated: true, expected: outcome{
			sets:     [][]string{{"1 | 2"}, {"'a' | 1", "'b' | 2"}},
			errors:   []notice{{229, 14, 5, "no"}},
			messages: []notice{{0, -1, -1, "so…"}},
		}},
		{kind: stepRun, as: "bob", in: "db", text: "SELECT 3", stated: true},
	}
	var got []step
	for _, s := range c.steps {
		s := *s
		s.line = 0
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(step{}, outcome{}, notice{})); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if c.name != "one" || len(f.users) != 1 || f.setups[0].text != "SELECT 1" {
		t.Errorf("got case %q, users %v, setups %v", c.name, f.users, f.setups)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an unknown directive", head + "jump\n", `x:8: unknown directive "jump"`},
		{"an unknown directive above", "jump high\n", `x:1: unknown directive "jump"`},
		{"a case without expectation", head + "run SELECT 1\n", "x:8: the step of line 8 expects nothing"},
		{"a step without expectation", head + "run SELECT 1\nrun SELECT 2\nexpect ok\n", "x:9: the step of line 8 expects nothing"},
		{"a case without steps", head, `x:7: case "one" does nothing`},
		{"a case without section", "case one\nrun SELECT 1\nexpect ok\n", `x:3: case "one" names no section`},
		{"no case", "# nothing\n", "x: no case"},
		{"two cases of one name", head + "run SELECT 1\nexpect ok\ncase one\n", `x:10: a second case "one"`},
		{"a section that is none", "case one\nsection five\n", `x:2: section "five"`},
		{"a section after a step", head + "run SELECT 1\nsection B.5\n", "x:9: section after the first step"},
		{"an expectation of nothing", head + "expect ok\n", "x:8: nothing ran that could be expected of"},
		{"ok beside rows", head + "run SELECT 1\nexpect row 1\nexpect ok\n", "x:10: expect ok beside another expectation"},
		{"rows beside ok", head + "run SELECT 1\nexpect ok\nexpect row 1\n", "x:10: expect ok beside another expectation"},
		{"an unknown expectation", head + "run SELECT 1\nexpect joy\n", `x:9: expect "joy"`},
		{"an error without text", head + "run SELECT 1\nexpect error 229 14 5\n", `x:9: "229 14 5" is not number, class, state and text`},
		{"an error without number", head + "run SELECT 1\nexpect error many 14 5 no\n", `x:9: "many" is no number`},
		{"an unknown version", "case one\nmeasured 2012\n", `x:2: measured "2012"`},
		{"an unknown condition", "case one\nversion = 16\n", `x:2: version "= 16"`},
		{"an unknown need", "case one\nneeds rest\n", `x:2: needs "rest"`},
		{"an unknown mode", "mode slow\n", `x:1: mode "slow"`},
		{"an empty setup", "setup\ncase one\n", "x:2: setup does nothing"},
		{"a connection in a transaction", head + "login bob -\n", "x:8: connections are for mode connections"},
		{"a database in a transaction", head + "in master\n", `x:8: in "master"`},
		{"a stray block", head + "    SELECT 1\n", `x:8: unexpected indented line "    SELECT 1"`},
		{"an empty run", head + "run\nexpect ok\n", "x:9: run runs nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parse("x", c.text); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestParseRowsRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no section", "five what\n", `line 1: "five what"`},
		{"no key", "B.5 what\n", `line 1: "B.5 what"`},
		{"no text", "B.5/x\n", `line 1: "B.5/x"`},
		{"outside without a reason", "outside B.5/x what\n", `line 1: no reason: "what"`},
		{"a key again", "B.5/x what\nB.5/x what\n", `line 2: "B.5/x" again`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parseRows(c.text); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestOutcomeMatches(t *testing.T) {
	got := outcome{sets: [][]string{{"1"}}, errors: []notice{{229, 14, 5, "no"}}}
	for _, c := range []struct {
		name string
		want outcome
		ok   bool
	}{
		{"the same", got, true},
		{"open class and state", outcome{sets: got.sets, errors: []notice{{229, -1, -1, "no"}}}, true},
		{"open end", outcome{sets: got.sets, errors: []notice{{229, 14, 5, "n…"}}}, true},
		{"another number", outcome{sets: got.sets, errors: []notice{{230, 14, 5, "no"}}}, false},
		{"another class", outcome{sets: got.sets, errors: []notice{{229, 16, 5, "no"}}}, false},
		{"another text", outcome{sets: got.sets, errors: []notice{{229, 14, 5, "n"}}}, false},
		{"an error missing", outcome{sets: got.sets}, false},
		{"an error too many", outcome{sets: got.sets, errors: append(got.errors, got.errors...)}, false},
		{"a message missing", outcome{sets: got.sets, errors: got.errors, messages: got.errors}, false},
		{"another row", outcome{sets: [][]string{{"2"}}, errors: got.errors}, false},
		{"a set too many", outcome{sets: [][]string{{"1"}, {}}, errors: got.errors}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want.matches(got) != c.ok {
				t.Errorf("matches %v, want %v", !c.ok, c.ok)
			}
		})
	}
}

// FuzzParse holds the reader of stories to errors: it never panics, and an error names the file.
func FuzzParse(f *testing.F) {
	f.Add(head + "run SELECT 1\nexpect ok\n")
	f.Add("mode connections\nlogin zoe\ncase a\nsource x\nlogin zoe - master\nexpect error 1 - - …\nclose zoe\nstart x\nwait zoe\nexpect ok\n")
	f.Add("setup in annex\n    x\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parse("x", text); err != nil && !strings.HasPrefix(err.Error(), "x:") {
			t.Errorf("error %q names no file", err)
		}
	})
}
