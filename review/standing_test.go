package review

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/policy"

	"pgregory.net/rapid"
)

// desk is a review that goes on: its policy and its record.
type desk struct {
	t      *testing.T
	text   string
	pack   *Pack
	record []byte
	known  []Row // of text
}

// bareDesk is a review of which rows are the policy's alone.
func bareDesk(t *testing.T, text string) *desk {
	record, err := Append(nil, Entry{Event: Made})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	return &desk{t: t, text: text, pack: Make(p, bare(p)), record: record, known: Rows(p, bare(p))}
}

// rows are what everybody has by the policy of the moment.
func (d *desk) rows() []Row {
	if d.known != nil {
		return d.known
	}
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(d.text)}, nil)
	if found.HasErrors() {
		d.t.Fatal(found)
	}
	d.known = Rows(p, bare(p))
	return d.known
}

// apply takes one file, edits the policy and records.
func (d *desk) apply(file Returned) []Verdict {
	d.t.Helper()
	lines, _, err := ReadRecord(d.record)
	if err != nil {
		d.t.Fatal(err)
	}
	verdicts, err := d.pack.Judge(d.rows(), []Returned{file}, lines)
	if err != nil {
		d.t.Fatal(err)
	}
	if slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Outcome == Revoked && !v.Again && !v.carried }) {
		d.text = edited(d.t, d.text, verdicts)
		d.known = nil
	}
	line := Entry{Event: Applied, By: file.Reviewer}
	for _, v := range verdicts {
		if !v.Again {
			line.Verdicts = append(line.Verdicts, v)
		}
	}
	if d.record, err = Append(d.record, line); err != nil {
		d.t.Fatal(err)
	}
	return verdicts
}

func (d *desk) status() Status {
	lines, last, err := ReadRecord(d.record)
	if err != nil {
		d.t.Fatal(err)
	}
	return StatusOf(d.pack, lines, last)
}

// answer is a file of a reviewer with an answer for each person and what.
func (d *desk) answer(reviewer int, answers map[string]Decision) Returned {
	x := d.pack.Reviewers[reviewer]
	out := Returned{Reviewer: x.Reviewer}
	for i, r := range x.Rows {
		a, ok := answers[r.Person+" "+r.What]
		if !ok {
			a = answers[""]
		}
		out.Answers = append(out.Answers, Answer{Row: r.ID, Pack: d.pack.ID, About: r.about(), Number: i + 2, Decision: a})
	}
	return out
}

// counts are the rows of each reviewer, by what became of them.
func (s Status) counts() string {
	out := ""
	for _, x := range s.Reviewers {
		out += fmt.Sprintf("%s %d kept %d revoked %d by hand %d refused %d open; ", x.Reviewer, x.Kept, x.Revoked, x.ByHand, x.Refused, x.Unanswered)
	}
	return out
}

// TestDisagreementIsSettled: who sends a second file with one answer changed settles what two
// disagreed on, and nothing that was carried out is opened again.
func TestDisagreementIsSettled(t *testing.T) {
	d := bareDesk(t, base)
	first := map[string]Decision{"": Keep, "ann =Plan": Revoke, "ann imvw_pay_type": Revoke}
	d.apply(d.answer(0, first))
	d.apply(d.answer(1, map[string]Decision{"": Keep, "ann =Plan": Revoke, "ann imvw_pay_type": Revoke, "ann Crew": Revoke}))
	if got, want := d.status().counts(), "carol 2 kept 2 revoked 0 by hand 1 refused 0 open; Dora 1 kept 2 revoked 0 by hand 1 refused 0 open; "; got != want {
		t.Fatalf("they disagree on Crew: %s", got)
	}
	second := map[string]Decision{"": Keep, "ann =Plan": Revoke, "ann imvw_pay_type": Revoke, "ann Crew": Revoke}
	verdicts := d.apply(d.answer(0, second))
	if got, want := d.status().counts(), "carol 2 kept 3 revoked 0 by hand 0 refused 0 open; Dora 1 kept 3 revoked 0 by hand 0 refused 0 open; "; got != want {
		t.Errorf("they agree: %s\n%s", got, said(verdicts))
	}
	if !strings.Contains(d.text, "inactive = true") {
		t.Error("ann has lost all, and is not inactive", d.text)
	}
	lines, _, err := ReadRecord(d.record)
	if err != nil || len(lines) != 4 || len(lines[3].Verdicts) != 2 {
		t.Errorf("%v: the third file decides one row for two: %+v", err, lines[len(lines)-1].Verdicts)
	}
	text := d.text
	for range 2 { // the same again is nothing new
		for _, v := range d.apply(d.answer(0, second)) {
			if !v.Again {
				t.Errorf("%+v is told as new", v)
			}
		}
	}
	d.apply(d.answer(0, nil))
	if got := d.status().counts(); !strings.HasPrefix(got, "carol 2 kept 3 revoked") || d.text != text {
		t.Errorf("an empty file changes something: %s", got)
	}
}

// TestGivenBack: what was revoked and carried out stays so whatever is said later, which is
// refused with what to do; given back by an edit it can be revoked again.
func TestGivenBack(t *testing.T) {
	d := bareDesk(t, base)
	d.apply(d.answer(0, map[string]Decision{"": Keep, "ann =Plan": Revoke}))
	verdicts := d.apply(d.answer(1, map[string]Decision{"": Keep}))
	if !strings.Contains(said(verdicts), "Dora ann =Plan: refused") || !strings.Contains(verdicts[0].Why, "taken away already, by the answer of carol") {
		t.Errorf("%s %+v", said(verdicts), verdicts[0])
	}
	d.apply(d.answer(0, map[string]Decision{"": Keep}))
	if got := d.status().Reviewers[0]; got.Revoked != 1 || got.Refused != 0 {
		t.Errorf("%+v", got)
	}
	d = bareDesk(t, base)
	d.apply(d.answer(0, map[string]Decision{"": Keep, "ann =Plan": Revoke}))
	d.text, d.known = base, nil
	d.apply(d.answer(0, map[string]Decision{"": Keep, "ann =Plan": Revoke}))
	if strings.Contains(d.text, `groups = ["Crew", "=Plan"]`) {
		t.Error("it was given back, revoked again, and is there")
	}
}

// TestDecidedStays: whatever files come back in whatever order, no row that was carried out
// becomes open, the same file again changes nothing, and the policy has what is revoked no
// more.
func TestDecidedStays(t *testing.T) {
	changes := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := bareDesk(t, base)
		for range rapid.IntRange(1, 4).Draw(rt, "files") {
			x := rapid.IntRange(0, 1).Draw(rt, "reviewer")
			file := Returned{Reviewer: d.pack.Reviewers[x].Reviewer}
			for i, r := range d.pack.Reviewers[x].Rows {
				file.Answers = append(file.Answers, Answer{Row: r.ID, Pack: d.pack.ID, About: r.about(), Number: i + 2, Decision: rapid.SampledFrom([]Decision{Keep, Revoke, ""}).Draw(rt, r.Person+" "+r.What)})
			}
			before := d.status()
			d.apply(file)
			after, text := d.status(), d.text
			for i := range after.Reviewers {
				if was, is := before.Reviewers[i], after.Reviewers[i]; is.Revoked < was.Revoked || is.Unanswered > was.Unanswered {
					rt.Fatalf("%s\nthen %s", before.counts(), after.counts())
				}
			}
			changes += after.Reviewers[x].Revoked - before.Reviewers[x].Revoked
			d.apply(file)
			if again := d.status(); again.counts() != after.counts() || d.text != text {
				rt.Fatalf("the same file again: %s\nthen %s", after.counts(), again.counts())
			}
			lines, _, _ := ReadRecord(d.record)
			there := map[string]bool{}
			for _, r := range d.rows() {
				there[r.ID] = true
			}
			for _, v := range standing(lines) {
				if v.Outcome == Revoked && there[v.Row.ID] {
					rt.Fatalf("%s %s is revoked, and the policy has it", v.Row.Person, v.Row.What)
				}
			}
		}
	})
	if changes == 0 && !t.Failed() {
		t.Error("nothing was revoked: the test does not reach it")
	}
}
