package grants

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// clockSpan is more than two clocks differ by that stand in different zones.
const clockSpan = 26 * time.Hour

// Silent says of whom nothing is remembered by a mark, and who lack what the policy
// wants them to have on views: whether a view that was made again took it cannot be
// told. In the mode add a DENY is not missed. Sorted.
func (x *Survey) Silent(w *Wanted, mode Mode) []string {
	ix := x.index()
	newest := x.s.Now
	for _, v := range ix.views {
		if v.Created.After(newest) {
			newest = v.Created
		}
	}
	remember := make([]bool, len(ix.principals))
	for p := range ix.principals {
		remember[p] = readMark(ix.principals[p].Mark).remembers(newest.Add(clockSpan))
	}
	missing := map[int]*Recreated{}
	for row := range x.wantedRows(w) {
		p := ix.principals[row.principal]
		bits, state := grantBits(row.permission), Granted
		if row.denied {
			bits, state = denyBits(row.permission), Denied
		}
		if p.ID < 0 || x.matrix().cells.at(row.principal, row.view)&bits != 0 || row.denied && mode == Add || remember[row.principal] {
			continue
		}
		if missing[row.principal] == nil {
			missing[row.principal] = &Recreated{}
		}
		r := missing[row.principal]
		r.Lost = append(r.Lost, LostRow{Principal: p.Name, Permission: row.permission, State: state})
	}
	var out []string
	for at, r := range missing {
		p, text := ix.principals[at], "the mark of %q does not say what it had on views"
		if !p.Managed {
			text = "%q has no mark of grantree's"
		}
		out = append(out, fmt.Sprintf(text+", and %s: whether a view that was made again took that cannot be told", p.Name, strings.Replace(strings.Replace(r.gone(), " are gone", " of the policy are not there", 1), " is gone", " of the policy is not there", 1)))
	}
	slices.Sort(out)
	return out
}

// remembers reports whether a mark says what was held, at a time before another.
func (m mark) remembers(latest time.Time) bool {
	return !m.at.IsZero() && !m.at.After(latest) && len(m.holdings()) > 0
}
