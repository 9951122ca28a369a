package review

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"grantree/roster"
	"grantree/xlsx"
)

// About is what the cells of a row say that it is about: whoever answers reads these, and
// not the id.
type About struct{ Person, What, Kind, Sites string }

// about are the cells of a row as they are handed out.
func (r Row) about() About {
	return About{Person: r.Person, What: r.What, Kind: string(r.Kind), Sites: strings.Join(r.Sites, "; ")}
}

// String is what a reader sees of it.
func (a About) String() string {
	return fmt.Sprintf("%.60q, %.60q (%.20s), %.60q", a.Person, a.What, a.Kind, a.Sites)
}

// visible is what a reader can tell apart: other spaces, and what is not drawn, are what
// programs change when they save.
func (a About) visible() About {
	plain := func(text string) string {
		drawn := strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return ' '
			}
			if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
				return -1
			}
			return r
		}, text)
		return strings.Join(strings.Fields(drawn), " ")
	}
	return About{plain(a.Person), plain(a.What), plain(a.Kind), plain(a.Sites)}
}

// seenIn is the text of a cell that was handed out, which may hold what a server's name
// holds. A formula, an error and a merged cell say nothing of their row.
func seenIn(row roster.Row, column int, name string) (string, error) {
	if column >= len(row.Cells) {
		return "", nil
	}
	switch c := row.Cells[column]; c.Kind {
	case roster.Formula, roster.Fault, roster.Merged:
		return "", fmt.Errorf("row %d: the column %s is a formula, an error or a merged cell: send the sheet back as it was handed out", row.Number, name)
	default:
		text, _ := xlsx.Restore(c.Text)
		return text, nil
	}
}

// held holds an answer to the row that was handed out under its id: a column that was
// sorted alone leaves each answer beside another row.
func (p *Pack) held(x *Reviewer, r Row, a Answer) error {
	var wrong error
	switch {
	case a.Pack == "":
		wrong = errors.New("the column pack is empty")
	case a.About.visible() != r.about().visible():
		wrong = fmt.Errorf("its cells say %s, and %s was handed out about %s: cells were moved against their rows", a.About, a.Row, r.about())
	}
	if wrong == nil {
		return nil
	}
	return fmt.Errorf("row %d: %w. Send %s a fresh copy of %s, as grantree report --review made it (its sha256 begins %.16s)", a.Number, wrong, x.Reviewer, x.File, x.SHA256)
}

// ofThis refuses what was answered in another review, though it asked the same.
func (p *Pack) ofThis(x *Reviewer, a Answer) error {
	if a.Pack == "" || a.Pack == p.ID { // without one: see held
		return nil
	}
	return fmt.Errorf("row %d: it is of the review %.20q, and this one is %q: what was answered there does not count here. Have %s answer %s of this review", a.Number, a.Pack, p.ID, x.Reviewer, x.File)
}
