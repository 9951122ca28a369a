package grants

import (
	"cmp"
	"slices"

	"grantree/catalog"
)

// Effect is what a plan does to some people, the same to each.
type Effect struct {
	People []string // sorted
	Enters bool     // may connect afterwards, and cannot now
	Leaves bool     // may connect now, and not afterwards
	Empty  bool     // can do something now, and nothing afterwards
	// Gain is what can be done afterwards and not now, by the name of the view,
	// Lose the other way round.
	Gain, Lose map[string]catalog.Permissions
	// More and Less say that something beside the catalog's views is gained or
	// lost: CONTROL, another object. What is lost so is a finding.
	More, Less bool
}

// Change returns how many permissions on views the effect gives and takes.
func (e *Effect) Change() (gained, lost int) {
	for _, p := range e.Gain {
		gained += p.Len()
	}
	for _, p := range e.Lose {
		lost += p.Len()
	}
	return gained, lost
}

// effects gathers people by what becomes of them.
type effects struct {
	view  func(place int) string // the name of a view
	alike map[string]*Effect
}

// add notes what becomes of one, unless it is nothing.
func (es *effects) add(name string, before, after standing, e Effect) {
	e.Enters, e.Leaves = after.enters && !before.enters, before.enters && !after.enters
	key := make([]byte, 0, len(before.views)+1)
	any := e.More || e.Less || e.Enters || e.Leaves
	for v := range before.views {
		b, a := before.on(v), after.on(v)
		key = append(key, byte(a.Minus(b))<<4|byte(b.Minus(a)))
		any = any || a != b
	}
	if !any {
		return
	}
	flags := byte(0)
	for i, set := range []bool{e.Enters, e.Leaves, e.Empty, e.More, e.Less} {
		if set {
			flags |= 1 << i
		}
	}
	key = append(key, flags)
	if found := es.alike[string(key)]; found != nil {
		found.People = append(found.People, name)
		return
	}
	e.People, e.Gain, e.Lose = []string{name}, es.named(key, 4), es.named(key, 0)
	es.alike[string(key)] = &e
}

// named returns four bits of each view's byte, by the view's name.
func (es *effects) named(key []byte, shift int) map[string]catalog.Permissions {
	out := map[string]catalog.Permissions{}
	for v, bits := range key[:len(key)-1] {
		if p := catalog.Permissions(bits>>shift) & catalog.All; !p.IsEmpty() {
			out[es.view(v)] |= p
		}
	}
	return out
}

// sorted lists the effects, by the first of their people.
func (es *effects) sorted() []Effect {
	var out []Effect
	for _, e := range es.alike {
		slices.Sort(e.People)
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Effect) int { return cmp.Compare(a.People[0], b.People[0]) })
	return out
}
