package grants

import (
	"cmp"
	"math/bits"
	"slices"

	"grantree/catalog"
)

// need is what one principal is to be granted, denied or revoked on a view.
type need struct {
	principal   int32
	permissions catalog.Permissions
}

// rectangle is one statement: all of these permissions for all of these
// principals.
type rectangle struct {
	permissions catalog.Permissions
	principals  []int32
}

// pack covers the needs, at most one a principal, by the least number of
// statements, so that no statement says anything that no need asks for.
//
// There are 15 sets of permissions. A statement with set S may name exactly
// the principals whose need holds S, so choosing statements is choosing sets,
// and the four sets of a single permission always do: the least number is
// found by trying every choice of one set, of two, of three, of four. Of the
// choices that are equally short, the one that names the least is taken.
func pack(needs []need) []rectangle { return packer{}.pack(needs) }

// packer packs, and keeps which choices of sets do for needs that were packed: views
// that stand together are mostly needed alike, by more principals or by fewer.
type packer map[uint16][]choice

// choice is some sets of permissions that cover needs, as few as do.
type choice struct {
	sets  []catalog.Permissions
	names int // the permissions that the statements name
	// use is, by need, in which of the sets a principal is named, as bits: the fewest
	// that cover it, the first such choice.
	use [catalog.All + 1]uint8
}

func (k packer) pack(needs []need) []rectangle {
	var count [catalog.All + 1]int // how many principals need exactly this set
	for _, n := range needs {
		count[n.permissions&catalog.All]++
	}
	var which uint16
	for mask := catalog.None + 1; mask <= catalog.All; mask++ {
		if count[mask] > 0 {
			which |= 1 << mask
		}
	}
	if which == 0 {
		return nil
	}
	choices, known := k[which]
	if !known {
		choices = fewest(which)
		k[which] = choices
	}
	best := slices.MinFunc(choices, func(a, b choice) int { return cmp.Compare(a.cost(&count), b.cost(&count)) })
	return best.fill(needs)
}

// cost counts the permissions and principals that the statements name.
func (c *choice) cost(count *[catalog.All + 1]int) int {
	cost := c.names
	for mask := catalog.None + 1; mask <= catalog.All; mask++ {
		cost += count[mask] * bits.OnesCount8(c.use[mask])
	}
	return cost
}

// fewest returns every choice of the fewest sets that cover the needs, of which
// which holds a bit each: of one set, of two, of three, of four.
func fewest(which uint16) []choice {
	s := search{which: which}
	for set := catalog.None + 1; set <= catalog.All; set++ {
		for mask := set; mask <= catalog.All; mask++ {
			if which&(1<<mask) != 0 && mask.Has(set) {
				s.sets = append(s.sets, set)
				break
			}
		}
	}
	slices.SortFunc(s.sets, func(a, b catalog.Permissions) int {
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), cmp.Compare(a, b))
	})
	for size := 1; size <= 4 && len(s.found) == 0; size++ {
		s.choose(0, make([]catalog.Permissions, 0, size))
	}
	return s.found
}

// search is the search for the choices of sets.
type search struct {
	which uint16
	sets  []catalog.Permissions // that some need holds, the largest first
	found []choice
}

// choose tries every way to fill chosen up to its capacity with sets from the
// given place on.
func (s *search) choose(from int, chosen []catalog.Permissions) {
	if len(chosen) == cap(chosen) {
		if c, ok := s.covering(chosen); ok {
			s.found = append(s.found, c)
		}
		return
	}
	for i := from; i < len(s.sets); i++ {
		s.choose(i+1, append(chosen, s.sets[i]))
	}
}

// covering reports whether the chosen sets cover every need.
func (s *search) covering(chosen []catalog.Permissions) (choice, bool) {
	c := choice{}
	for mask := catalog.None + 1; mask <= catalog.All; mask++ {
		if s.which&(1<<mask) == 0 {
			continue
		}
		use, covered := share(chosen, mask)
		if !covered {
			return choice{}, false
		}
		c.use[mask] = use
	}
	c.sets = slices.Clone(chosen)
	for _, set := range chosen {
		c.names += set.Len()
	}
	return c, true
}

// share returns which of the chosen sets, as bits, a principal with this need
// is named in: the fewest that cover it, the first such choice.
func share(chosen []catalog.Permissions, mask catalog.Permissions) (use uint8, covered bool) {
	var all catalog.Permissions
	for _, set := range chosen {
		if mask.Has(set) {
			all |= set
		}
	}
	if all != mask {
		return 0, false
	}
	for choice := uint8(1); choice < 1<<len(chosen); choice++ {
		var got catalog.Permissions
		for i, set := range chosen {
			if choice&(1<<i) != 0 {
				got |= set
			}
		}
		if got == mask && (!covered || bits.OnesCount8(choice) < bits.OnesCount8(use)) {
			use, covered = choice, true
		}
	}
	return use, covered
}

// fill puts the principals into the chosen sets.
func (c *choice) fill(needs []need) []rectangle {
	out := make([]rectangle, len(c.sets))
	for i, set := range c.sets {
		out[i].permissions = set
	}
	for _, n := range needs {
		use := c.use[n.permissions&catalog.All]
		for i := range c.sets {
			if use&(1<<i) != 0 {
				out[i].principals = append(out[i].principals, n.principal)
			}
		}
	}
	return out
}
