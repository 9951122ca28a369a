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
	view      func(place int) string // the name of a view
	alike     map[string]*Effect
	contrasts map[contrasted]*contrast
}

// contrasted is what a contrast depends on: see mays.
type contrasted struct {
	before, after      int32
	entered, willEnter bool
}

// contrast is what becomes of everybody who has the same before and the same after.
type contrast struct {
	gain, lose, has catalog.Permissions // on any view, has afterwards
	views           []byte              // by view: gained and lost, four bits each
	effects         [32]*Effect         // by flags
}

// contrast is what two standings of one account come to, worked out once for those
// who are alike in both.
func (es *effects) contrast(before, after standing) *contrast {
	key := contrasted{before.alike, after.alike, before.enters, after.enters}
	if known := es.contrasts[key]; known != nil {
		return known
	}
	c := &contrast{views: make([]byte, len(before.views))}
	for v := range before.views {
		b, a := before.on(v), after.on(v)
		c.gain, c.lose, c.has = c.gain|a.Minus(b), c.lose|b.Minus(a), c.has|a
		c.views[v] = byte(a.Minus(b))<<4 | byte(b.Minus(a))
	}
	es.contrasts[key] = c
	return c
}

// add notes what becomes of one, unless it is nothing.
func (es *effects) add(name string, c *contrast, e Effect) {
	if !(e.More || e.Less || e.Enters || e.Leaves) && (c.gain | c.lose).IsEmpty() {
		return
	}
	flags := byte(0)
	for i, set := range []bool{e.Enters, e.Leaves, e.Empty, e.More, e.Less} {
		if set {
			flags |= 1 << i
		}
	}
	if c.effects[flags] == nil {
		c.effects[flags] = es.effect(c, flags, e)
	}
	found := c.effects[flags]
	found.People = append(found.People, name)
}

// effect finds the effect of a contrast: others may come to the same.
func (es *effects) effect(c *contrast, flags byte, e Effect) *Effect {
	key := string(append(slices.Clip(c.views), flags))
	if es.alike[key] == nil {
		e.Gain, e.Lose = es.named(c.views, 4), es.named(c.views, 0)
		es.alike[key] = &e
	}
	return es.alike[key]
}

// named returns four bits of each view's byte, by the view's name.
func (es *effects) named(views []byte, shift int) map[string]catalog.Permissions {
	out := map[string]catalog.Permissions{}
	for v, bits := range views {
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
