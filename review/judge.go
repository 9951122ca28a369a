package review

import (
	"fmt"
	"slices"
)

// Outcome is what becomes of a row.
type Outcome string

// A row is kept or revoked; it was not answered; it is refused, because it moved or was
// answered in two ways; or no edit of the policy can do it, so that somebody has to.
const (
	Kept       Outcome = "kept"
	Revoked    Outcome = "revoked"
	Unanswered Outcome = "unanswered"
	Refused    Outcome = "refused"
	ByHand     Outcome = "by hand"
)

// Verdict is a row that was handed out, and what becomes of it.
type Verdict struct {
	Row      Row     `json:"row"`
	Reviewer string  `json:"reviewer"`
	Outcome  Outcome `json:"outcome"`
	Why      string  `json:"why,omitempty"`
	// Decision is what the reviewer said, whatever became of it.
	Decision Decision `json:"decision,omitempty"`
	Note     string   `json:"note,omitempty"`
	// Again says that nothing new was decided: the record has it already.
	Again bool `json:"again,omitempty"`

	carried bool // there is nothing left to edit
	split   bool // refused because another says otherwise
}

// Returned is one file that came back.
type Returned struct {
	Reviewer string
	Answers  []Answer
}

// Judge holds what came back to what was handed out, to what there is now (the rows
// of this moment) and to what a record says was decided before. A row that is no longer
// as it was is refused, and so is one that two reviewers answered differently; what was
// decided and carried out stays so. The error is about a file that is not of this pack.
func (p *Pack) Judge(now []Row, files []Returned, record []Entry) ([]Verdict, error) {
	current := map[string]bool{}
	for _, r := range now {
		current[r.ID] = true
	}
	out, err := p.answersOf(files)
	if err != nil {
		return nil, err
	}
	before := standing(record)
	said := saidOf(out, before)
	for i := range out {
		v := &out[i]
		old := before[v.key()]
		gone := revokedBy(v.Row, before)
		switch {
		case v.Outcome == Unanswered || old.holds(v.Decision) && !(old.Outcome == Kept && len(said[v.Row.ID]) > 1) && !(old.Outcome == Revoked && current[v.Row.ID]):
			if old.Outcome != "" { // nothing new is said
				note := v.Note
				*v = old
				v.Again, v.Note = true, note
			}
		case gone != "" && !current[v.Row.ID] && v.Decision == Revoke:
			v.Why, v.carried = "it was taken away already, by the answer of "+gone, true
		case gone != "" && !current[v.Row.ID]:
			v.Outcome, v.Why = Refused, "it was taken away already, by the answer of "+gone+": an edit of the policy gives it back"
		case !current[v.Row.ID]:
			v.Outcome, v.Why = Refused, "it moved: what "+v.Row.Person+" has is not what was asked about; it is for the next review"
		case len(said[v.Row.ID]) > 1:
			v.split = true
			v.Outcome, v.Why = Refused, fmt.Sprintf("%s says keep, and %s revoke: let them agree", said[v.Row.ID][Keep], said[v.Row.ID][Revoke])
		}
		v.Again = v.Again || v.Outcome == Refused && old.Outcome == Refused && old.Decision == v.Decision
	}
	return settled(out, before, said), nil
}

// answersOf are the answers of some files as they were given.
func (p *Pack) answersOf(files []Returned) ([]Verdict, error) {
	var out []Verdict
	for _, f := range files {
		x := p.reviewerOf(f.Reviewer)
		if x == nil {
			return nil, fmt.Errorf("the reviewer %q has no part in this review", f.Reviewer)
		}
		for _, a := range f.Answers {
			if err := p.ofThis(x, a); err != nil {
				return nil, err
			}
			i := slices.IndexFunc(x.Rows, func(r Row) bool { return r.ID == a.Row })
			if i < 0 {
				return nil, fmt.Errorf("row %d: %.40q is no row that %s was handed: the file is of another review, or was changed", a.Number, a.Row, f.Reviewer)
			}
			if err := p.held(x, x.Rows[i], a); err != nil {
				return nil, err
			}
			out = append(out, Verdict{Row: x.Rows[i], Reviewer: x.Reviewer, Outcome: outcome(a.Decision), Decision: a.Decision, Note: a.Note})
		}
		for _, r := range x.Rows { // rows that were taken out
			if !slices.ContainsFunc(f.Answers, func(a Answer) bool { return a.Row == r.ID }) {
				out = append(out, Verdict{Row: r, Reviewer: x.Reviewer, Outcome: Unanswered, Why: "the row is not in the file that came back"})
			}
		}
	}
	return out, nil
}

func outcome(d Decision) Outcome {
	switch d {
	case Keep:
		return Kept
	case Revoke:
		return Revoked
	}
	return Unanswered
}
