package review

import (
	"cmp"
	"slices"
	"strings"
)

// Left is access that no reviewer is asked about: what everybody has, so that it can
// be taken from nobody, what could not be verified, and accounts that are no person's.
type Left struct {
	What   string   `json:"what"`
	Why    string   `json:"why"`
	Sites  []string `json:"sites"`
	People int      `json:"people"` // how many have it

	who   map[int]bool
	worth map[string]worth // by site
}

// lefts gathers them by what they are.
type lefts map[string]*Left

// put adds what somebody has in a site.
func (l lefts) put(what, why, site string, person int, w worth) {
	x := l[fold(what)+"\x00"+why]
	if x == nil {
		x = &Left{What: what, Why: why, who: map[int]bool{}, worth: map[string]worth{}}
		l[fold(what)+"\x00"+why] = x
	}
	if x.worth[site] == nil {
		x.worth[site] = worth{}
		x.Sites = append(x.Sites, site)
	}
	x.worth[site].join(w)
	x.who[person] = true
	x.People = len(x.who)
}

func (l lefts) sorted() []Left {
	out := []Left{}
	for _, x := range l {
		slices.Sort(x.Sites)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(x, y Left) int {
		return cmp.Or(strings.Compare(fold(x.What), fold(y.What)), strings.Compare(x.Why, y.Why))
	})
	return out
}
