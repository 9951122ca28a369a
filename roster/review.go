package roster

import (
	"slices"

	"grantree/policy"
)

// Review is what a sheet makes of a policy.
type Review struct {
	Sheet    string // of a workbook, the sheet that was read
	Others   int    // its sheets that were not
	Rows     []Verdict
	Ignored  []string  // columns that mean nothing here, as the sheet names them
	Notes    []Problem // what somebody should know of the sheet, and look at
	Problems []Problem // of the header, for which every row is refused

	sheet  *Sheet
	layout layout
}

// Verdict is what becomes of a row.
type Verdict struct {
	Row      int
	Name     string
	Result   Result
	Changes  []Change  // of a new person, what they get
	Problems []Problem // why the row is refused
	Notes    []Problem // what somebody should look at, though nothing is wrong

	user   *policy.User // nil: a new one
	fresh  policy.User  // who that is
	change policy.UserChange
}

// Result is a verdict in a word.
type Result string

// The results.
const (
	New       Result = "new"
	Changed   Result = "changed"
	Unchanged Result = "unchanged"
	Refused   Result = "refused"
)

// Change is a column of a person that gets another value; From and To are as a
// sheet shows them. Of a list, Added and Removed are what comes and goes.
type Change struct {
	Column, From, To string
	Added, Removed   []string
}

// Count returns how many rows have a result.
func (r *Review) Count(of Result) int {
	n := 0
	for _, v := range r.Rows {
		if v.Result == of {
			n++
		}
	}
	return n
}

// Refusals lists everything that is wrong, in the sheet's order.
func (r *Review) Refusals() []Problem {
	out := slices.Clone(r.Problems)
	for _, v := range r.Rows {
		out = append(out, v.Problems...)
	}
	return out
}

// Looks lists everything that somebody should look at, in the sheet's order.
func (r *Review) Looks() []Problem {
	out := slices.Clone(r.Notes)
	for _, v := range r.Rows {
		out = append(out, v.Notes...)
	}
	return out
}

// at says where a problem of a verdict is: in a column, or the row.
func (v *Verdict) at(s *Sheet, l layout, name, format string, args ...any) Problem {
	p := problemf(v.Row, -1, format, args...)
	if i, ok := l.at[name]; ok {
		p = problemf(v.Row, i, format, args...)
		p.Field = clean(s.Header.Cells[i].Text)
	}
	return p
}

// refuse makes of a verdict one that is refused.
func (v *Verdict) refuse(why ...Problem) {
	v.Problems = append(v.Problems, why...)
	v.Result, v.Changes = Refused, nil
}

// Editor writes to the files of a policy; policy.Editor is one.
type Editor interface {
	AddUser(u policy.User) error
	SetUser(name string, c policy.UserChange) error
}

// Write hands the changes of the rows that are not refused to an editor. It
// calls step for every row. A row that the editor does not take is refused, and
// ok is false: the editor is of no use then.
func (r *Review) Write(e Editor, step func()) (ok bool) {
	for i := range r.Rows {
		step()
		v := &r.Rows[i]
		var err error
		switch v.Result {
		case New:
			err = e.AddUser(v.fresh)
		case Changed:
			err = e.SetUser(v.user.Name, v.change)
		}
		if err != nil {
			v.refuse(problemf(v.Row, -1, "%v", err))
			return false
		}
	}
	return true
}

// set notes a change, where it is one.
func (v *Verdict) set(column, from, to string) bool {
	if from != to {
		v.Changes = append(v.Changes, Change{Column: column, From: from, To: to})
	}
	return from != to
}
