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
func pack(needs []need) []rectangle {
	var p packing
	for _, n := range needs {
		p.count[n.permissions&catalog.All]++
	}
	p.count[catalog.None] = 0
	p.sets = p.useful()
	for size := 1; size <= 4 && p.best == nil && len(p.sets) > 0; size++ {
		p.choose(0, make([]catalog.Permissions, 0, size))
	}
	return fill(p.best, needs)
}

// packing is the search for the best choice of sets.
type packing struct {
	count [catalog.All + 1]int  // how many principals need exactly this set
	sets  []catalog.Permissions // that some need holds, the largest first
	best  []catalog.Permissions
	cost  int
}

func (p *packing) useful() []catalog.Permissions {
	var out []catalog.Permissions
	for set := catalog.Permissions(1); set <= catalog.All; set++ {
		for mask := set; mask <= catalog.All; mask++ {
			if p.count[mask] > 0 && mask.Has(set) {
				out = append(out, set)
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b catalog.Permissions) int {
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), cmp.Compare(a, b))
	})
	return out
}

// choose tries every way to fill chosen up to its capacity with sets from the
// given place on.
func (p *packing) choose(from int, chosen []catalog.Permissions) {
	if len(chosen) == cap(chosen) {
		if cost, ok := p.price(chosen); ok && (p.best == nil || cost < p.cost) {
			p.best, p.cost = slices.Clone(chosen), cost
		}
		return
	}
	for i := from; i < len(p.sets); i++ {
		p.choose(i+1, append(chosen, p.sets[i]))
	}
}

// price counts the permissions and principals that the statements name, and
// reports whether they cover every need.
func (p *packing) price(chosen []catalog.Permissions) (int, bool) {
	cost := 0
	for _, set := range chosen {
		cost += set.Len()
	}
	for mask, n := range p.count {
		if n == 0 {
			continue
		}
		use, covered := share(chosen, catalog.Permissions(mask))
		if !covered {
			return 0, false
		}
		cost += n * bits.OnesCount(use)
	}
	return cost, true
}

// share returns which of the chosen sets, as bits, a principal with this need
// is named in: the fewest that cover it, the first such choice.
func share(chosen []catalog.Permissions, mask catalog.Permissions) (use uint, covered bool) {
	for choice := uint(1); choice < 1<<len(chosen); choice++ {
		var got catalog.Permissions
		for i, set := range chosen {
			if choice&(1<<i) != 0 {
				got |= set
			}
		}
		if got == mask && (!covered || bits.OnesCount(choice) < bits.OnesCount(use)) {
			use, covered = choice, true
		}
	}
	return use, covered
}

// fill puts the principals into the chosen sets, as share chooses.
func fill(chosen []catalog.Permissions, needs []need) []rectangle {
	out := make([]rectangle, len(chosen))
	for i, set := range chosen {
		out[i].permissions = set
	}
	for _, n := range needs {
		use, _ := share(chosen, n.permissions)
		for i := range chosen {
			if use&(1<<i) != 0 {
				out[i].principals = append(out[i].principals, n.principal)
			}
		}
	}
	return out
}
