package sites

import (
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/journal"
	"grantree/sql/mssql"
)

// moved says what has happened to a site since a run left it, as a *mssql.StaleError, or
// nothing.
func moved(run journal.Run, later []journal.Run, parts []journal.Part, list acts, r Reading) error {
	left := list.at(len(parts))(r.Snapshot)
	last := parts[len(parts)-1]
	if left.Fingerprint() == last.After {
		return nil
	}
	what := "and not by grantree"
	for _, l := range later {
		if i := slices.IndexFunc(l.Sites, func(s journal.SiteRun) bool { return s.Site == r.Site.Name }); i >= 0 && l.Sites[i].Statements() > 0 {
			what = fmt.Sprintf("by run %s: undo that one first", l.Begun.Run)
		}
	}
	return &MovedError{Site: r.Site.Name, Run: run.Begun.Run, By: what, What: threeWays(parts, left)}
}

// MovedError says that a site is not any more as a run left it.
type MovedError struct {
	Site, Run, By string
	What          []Move3
}

// Move3 is a fact of a site that is not as a run left it.
type Move3 struct {
	Fact              string
	Before, Left, Now bool // whether it was so before the run, as the run left it, and is now
}

func (e *MovedError) Error() string {
	text := fmt.Sprintf("site %q has changed since run %s, %s; nothing was sent to it", e.Site, e.Run, e.By)
	for i, m := range e.What {
		if i == mostMoves {
			text += fmt.Sprintf("; and %d more", len(e.What)-i)
			break
		}
		text += "; " + m.String()
	}
	return text
}

// Unwrap makes it a plan that is stale.
func (e *MovedError) Unwrap() error { return &mssql.StaleError{Site: e.Site} }

// mostMoves is how many facts a sentence has.
const mostMoves = 6

// String is the fact for a sentence.
func (m Move3) String() string {
	word := map[bool]string{true: "there", false: "not there"}
	return fmt.Sprintf("%s: before the run %s, as it left the site %s, now %s", m.Fact, word[m.Before], word[m.Left], word[m.Now])
}

// threeWays are the facts that are not as the last of a run's transactions left them.
func threeWays(parts []journal.Part, now *grants.Snapshot) []Move3 {
	before, err := UnpackState(parts[0].State)
	if err != nil {
		return nil
	}
	left := before
	for _, p := range parts {
		if left, err = left.With(p.Grants()); err != nil {
			return nil
		}
	}
	was, then, is := setOf(before.Facts()), setOf(left.Facts()), setOf(now.Facts())
	var out []Move3
	for _, f := range slices.Concat(now.Facts(), left.Facts()) {
		if then[f] != is[f] {
			out = append(out, Move3{f, was[f], then[f], is[f]})
		}
	}
	return out
}

func setOf(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, x := range list {
		out[x] = true
	}
	return out
}

// beside are the facts by which a site is not what was packed.
func beside(state string, end *grants.Snapshot) []string {
	was, err := UnpackState(state)
	if err != nil {
		return []string{"what it was is not written down"}
	}
	before, after := setOf(was.Facts()), setOf(end.Facts())
	var out []string
	for _, f := range was.Facts() {
		if !after[f] {
			out = append(out, "it would lack "+f)
		}
	}
	for _, f := range end.Facts() {
		if !before[f] {
			out = append(out, "it would have "+f)
		}
	}
	return out
}

// short is the first of some reasons.
func short(list []string) string {
	if n := len(list) - mostMoves; n > 0 {
		return strings.Join(list[:mostMoves], "; ") + fmt.Sprintf("; and %d more", n)
	}
	return strings.Join(list, "; ")
}
