// Package finding holds the two small values that every other package reports
// with: a position in an input file, and a finding, which is something a rule
// or a parser objects to.
//
// A finding has a stable code that scripts may test, a severity, one sentence,
// the place in the input that caused it and what to do about it. Findings are
// gathered and shown together; a run never stops at the first one. The package
// does no I/O.
package finding

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Pos is a place in an input file. The zero Pos means "no place known" and
// prints as the empty string. Line and Column count from 1; Column counts
// bytes and is 0 when only the line is known.
type Pos struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return ""
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// IsZero reports whether p names no place.
func (p Pos) IsZero() bool { return p == Pos{} }

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Severity says what a finding stops.
type Severity string

const (
	// Error stops plan and apply (exit code 4), or, for an input file, the
	// run itself (exit code 2).
	Error Severity = "error"
	// Warning is shown once and stops nothing.
	Warning Severity = "warning"
	// Note is information that a reader of a lint report wants and nobody else.
	Note Severity = "note"
)

// Finding is something a rule objects to.
type Finding struct {
	// Code is stable and short, in words joined by hyphens: "unknown-node".
	Code     string
	Severity Severity
	// Message is one sentence that names the offending thing, lower case,
	// without a full stop.
	Message string
	// Where is the place in an input file, or the zero Pos.
	Where Pos
	// About is whom or what it is about, as far as two findings of one code
	// differ in that; it is not shown.
	About string
	// Statements mend it, each ready to paste and sent in this order.
	Statements []string
	// Use moves to the database that the statements are for, where they are not the
	// server's: who pastes them may be anywhere.
	Use string
	// Fix is what to do next in words, or what else may be done where there are
	// statements; it may be empty.
	Fix string
}

// shownStatements is how many statements an advice shows, and fewShown how many
// of more than that.
const (
	shownStatements = 3
	fewShown        = 2
)

// Advice is what to do next, or "": the statements, the first few where there
// are many, and the words.
func (f Finding) Advice() string {
	if len(f.Statements) == 0 {
		return f.Fix
	}
	shown := f.Pasted()
	if len(shown) > shownStatements {
		shown = shown[:fewShown]
	}
	out := strings.TrimSuffix(strings.Join(shown, " "), ";")
	if n := len(f.Statements) - len(shown); n > 0 {
		out += fmt.Sprintf("; and %d more, which grantree plan --format json lists", n)
	}
	if f.Fix != "" {
		out += ", or " + f.Fix
	}
	return out
}

// InEach stands for Use where the same is found in several databases.
const InEach = "in the database of each:"

// Pasted are the statements as they are pasted by somebody who may be in another
// database: those of a database move there first, and again after one that moves
// elsewhere.
func (f Finding) Pasted() []string {
	out := slices.Clone(f.Statements)
	moves, _, _ := strings.Cut(f.Use, " ")
	there := f.Use == ""
	for i, s := range out {
		switch elsewhere := f.Use != "" && strings.HasPrefix(s, moves+" "); {
		case elsewhere:
			there = f.Use == InEach
		case !there:
			out[i], there = f.Use+" "+s, true
		}
	}
	return out
}

// Alone are the statements as each is pasted by itself by somebody who may be in
// another database.
func (f Finding) Alone() []string {
	out := slices.Clone(f.Statements)
	moves, _, _ := strings.Cut(f.Use, " ")
	for i, s := range out {
		if f.Use != "" && !strings.HasPrefix(s, moves+" ") {
			out[i] = f.Use + " " + s
		}
	}
	return out
}

// String prints a finding on one line: place, message, advice and code, each as
// Printable shows it.
func (f Finding) String() string { return f.Text() + " (" + f.Code + ")" }

// Text is the same without the code.
func (f Finding) Text() string {
	text := f.Message
	if where := f.Where.String(); where != "" {
		text = where + ": " + text
	}
	if advice := f.Advice(); advice != "" {
		text += "; " + advice
	}
	return likeTOML(Printable(text))
}

// List is several findings. The nil List is empty and ready to use.
type List []Finding

// Errorf appends a finding of severity Error, and returns it until the next one
// is appended.
func (l *List) Errorf(code string, where Pos, fix, format string, args ...any) *Finding {
	*l = append(*l, Finding{Code: code, Severity: Error, Message: fmt.Sprintf(format, args...), Where: where, Fix: fix})
	return &(*l)[len(*l)-1]
}

// Warnf appends a finding of severity Warning, and returns it until the next one
// is appended.
func (l *List) Warnf(code string, where Pos, fix, format string, args ...any) *Finding {
	*l = append(*l, Finding{Code: code, Severity: Warning, Message: fmt.Sprintf(format, args...), Where: where, Fix: fix})
	return &(*l)[len(*l)-1]
}

// Notef appends a finding of severity Note.
func (l *List) Notef(code string, where Pos, fix, format string, args ...any) {
	*l = append(*l, Finding{Code: code, Severity: Note, Message: fmt.Sprintf(format, args...), Where: where, Fix: fix})
}

// Of returns the findings of one severity, in the same order.
func (l List) Of(s Severity) List {
	var out List
	for _, f := range l {
		if f.Severity == s {
			out = append(out, f)
		}
	}
	return out
}

// LeavesOut reports whether this is an error about one person in one site, who is
// left out of it; the rest of the site is done.
func (f Finding) LeavesOut() bool {
	return f.Severity == Error && (f.Code == LoginMissing || f.Code == LoginShared || f.Code == LoginClash || f.Code == LoginDiffers && f.About != "")
}

// Stopping returns the errors that stop a site: all but those that leave out a
// person.
func (l List) Stopping() List {
	return slices.DeleteFunc(l.Of(Error), Finding.LeavesOut)
}

// HasErrors reports whether any finding is an Error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// Sorted returns a copy ordered by place, then severity, code and message,
// without repetitions, so that the same findings always print alike.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(a.Where.Compare(b.Where), cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(out, func(a, b Finding) bool { return reflect.DeepEqual(a, b) })
}

// Err returns nil when the list holds no Error, else an error of type
// *InputError that holds the sorted list.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return &InputError{Findings: l.Sorted()}
}

// InputError is the error of an input file that cannot be used. It prints one
// finding a line.
type InputError struct {
	Findings List
}

// Error prints every finding of severity Error on a line of its own.
func (e *InputError) Error() string {
	var lines []string
	for _, f := range e.Findings.Of(Error) {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// maxNear is the length of the longest word that has a nearest one: room for a
// name of 128 characters, quoted.
const maxNear = 600

// Nearest returns the candidate that is spelt most like word (ASCII case is
// ignored), or "" when none is near enough to be worth suggesting: the edit
// distance must be at most a third of the word's length, and at least 2 is
// always allowed for words longer than 3 bytes. Nothing is near a word longer
// than maxNear, and a candidate whose length alone is too far is not compared.
func Nearest(word string, candidates []string) string {
	if len(word) > maxNear {
		return ""
	}
	word = strings.ToLower(word)
	limit := max(len(word)/3, 1)
	if len(word) > 3 {
		limit = max(limit, 2)
	}
	best, bestDistance := "", limit+1
	for _, c := range candidates {
		lower := strings.ToLower(c)
		if abs(len(lower)-len(word)) > limit {
			continue
		}
		d := distance(word, lower)
		if d < bestDistance || d == bestDistance && c < best {
			best, bestDistance = c, d
		}
	}
	return best
}

// OneSlip returns the candidate that is one slip from word: a letter more, less
// or another, or two neighbours swapped, ASCII case ignored. It is "" where none
// is, and the first by name where several are.
func OneSlip(word string, candidates []string) string {
	if len(word) > maxNear {
		return ""
	}
	best := ""
	for _, c := range candidates {
		if abs(len(c)-len(word)) <= 1 && (best == "" || c < best) && distance(strings.ToLower(word), strings.ToLower(c)) == 1 {
			best = c
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// distance is the number of bytes to insert, remove, replace or swap with
// their neighbour to get from a to b (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
