package conformance

import "testing"

func TestParseExamplesRefuses(t *testing.T) {
	const head = "subject s\npage p.md\ncase 1\n"
	for _, c := range []struct{ name, text, want string }{
		{"no subject", "page p.md\ncase 1\ndo 1\nexpect ok\n", "x: no subject or no case"},
		{"no case", "subject s\npage p.md\n", "x: no subject or no case"},
		{"a case without a page", "subject s\ncase 1\n", `x:2: unknown directive "case"`},
		{"a step outside of a case", "subject s\npage p.md\ndo 1\n", "x:3: do outside of a case"},
		{"a case that does nothing", head, `x:3: case "p.md 1" does nothing`},
		{"a step that expects nothing", head + "do 1\n", "x:4: the step of line 4 expects nothing"},
		{"an unknown reason", head + "outside luck\n", `x:4: no reason is called "luck"`},
		{"a reason for another example", head + "outside keys 2\n", `x:4: outside "2"`},
		{"a batch of a chain", head + "do 1.1\n", `x:4: batch "1.1" of case p.md 1`},
		{"a batch of no chain", "subject s\npage p.md\ncase 1 + 2\ndo 1\n", `x:4: batch "1" of case p.md 1 + 2`},
		{"a batch of another example", "subject s\npage p.md\ncase 1 + 2\ndo 3.1\n", `x:4: batch "3.1" of case p.md 1 + 2`},
		{"a word that is no placeholder", head + "fill name Ann\n", `x:4: fill "name Ann"`},
		{"a second setup", head + "setup\n    SELECT 1\nsetup\n    SELECT 2\n", "x:6: a second setup"},
		{"an unknown directive", head + "login bob -\n", `x:4: unknown directive "login"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parseExamples("x", c.text); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestExampleCounts(t *testing.T) {
	f, err := parseExamples("x", "subject s\npage p.md\ncase 1 4 5\ndo 1 2\nexpect ok\ncase 2 + 3\noutside keys 3\ndo 2.1 3.1\nexpect ok\n")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]int{}
	work, outside := f.count(reasons)
	if work != 4 || outside != 1 || reasons["keys"] != 1 {
		t.Errorf("%d work, %d are outside, reasons %v", work, outside, reasons)
	}
	ids := f.pages[0].batches()
	for _, id := range []string{"1.1", "1.2", "4.1", "4.2", "5.1", "5.2", "2.1", "3.1"} {
		if !ids[id] {
			t.Errorf("batch %s does not run", id)
		}
	}
	if len(ids) != 8 {
		t.Errorf("batches %v", ids)
	}
}

func TestOutcomeCovers(t *testing.T) {
	got := outcome{sets: [][]string{{"1 | 'a'", "2 | 'b'", "3 | 'c'"}}, errors: []notice{{40517, 16, 1, "no"}}}
	with := func(number int, rows ...string) outcome {
		return outcome{sets: [][]string{rows}, errors: []notice{{number, -1, -1, "…"}}}
	}
	for _, c := range []struct {
		name string
		want outcome
		ok   bool
	}{
		{"the same", with(40517, "1 | 'a'", "2 | 'b'", "3 | 'c'"), true},
		{"any rows", with(-1, "…"), true},
		{"any rows before", with(-1, "…", "3 | 'c'"), true},
		{"any rows between", with(-1, "1 | 'a'", "…", "3 | 'c'"), true},
		{"any text", with(-1, "1 | …", "…"), true},
		{"a row too few", with(-1, "1 | 'a'", "2 | 'b'"), false},
		{"a row too many", with(-1, "…", "4 | …", "…"), false},
		{"another order", with(-1, "…", "3 | 'c'", "2 | 'b'"), false},
		{"another number", with(102, "…"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want.covers(got) != c.ok {
				t.Errorf("covers %v, want %v", !c.ok, c.ok)
			}
		})
	}
	got.errors[0].number = 102
	if with(-1, "…").covers(got) {
		t.Error("a syntax error is taken for a refusal of the fence")
	}
}
