package adoption

import (
	"math/bits"
	"slices"
)

// maxSteps bounds the search for the fewest lines of one group; past it the best
// that was found stands.
const maxSteps = 3000

// cover chooses lines that together give all that is asked for and nothing else,
// in the fewest lines of text that the search finds. The candidates cover it, for
// there is one of each view.
func (s *space) cover(a ask) []line {
	if a.need.isEmpty() {
		return nil
	}
	key := a.key()
	if known, ok := s.covers[key]; ok {
		return slices.Clone(known)
	}
	c := newCovering(s.candidates(a), a)
	c.best = c.greedy()
	for _, i := range c.best {
		c.cost += c.heights[i]
	}
	c.search(c.need, nil, 0)
	var out []line
	for _, i := range c.best {
		out = append(out, c.lines[i])
	}
	slices.SortFunc(out, compareLines)
	s.covers[key] = slices.Clone(out)
	return out
}

// key tells one ask from another.
func (a ask) key() string {
	b := make([]byte, 0, 2*len(a.need)+1)
	for i, p := range a.need {
		b = append(b, byte(p), byte(a.may[i]))
	}
	if a.deny {
		b = append(b, 1)
	}
	return string(b)
}

// covering is a search for the fewest lines, on sets of bits.
type covering struct {
	lines   []line
	gives   []set
	heights []int
	giving  [][]int // by bit: the lines that give it
	need    set
	best    []int
	cost    int
	steps   int
}

func newCovering(lines []line, a ask) *covering {
	c := &covering{lines: lines, need: bitsOf(a.need), giving: make([][]int, len(a.need)*4)}
	for i, l := range lines {
		b := bitsOf(l.gives)
		for w := range b {
			b[w] &= c.need[w]
		}
		c.gives, c.heights = append(c.gives, b), append(c.heights, l.price())
		b.each(func(bit int) { c.giving[bit] = append(c.giving[bit], i) })
	}
	return c
}

// greedy takes again and again the line that gives most for its height, then
// leaves out those that the others make needless.
func (c *covering) greedy() []int {
	left, out := slices.Clone(c.need), []int(nil)
	for !left.isEmpty() {
		best, gain := -1, 0
		for i, l := range c.gives {
			if g := l.overlap(left); g > 0 && (best < 0 || g*c.heights[best] > gain*c.heights[i]) {
				best, gain = i, g
			}
		}
		out, left = append(out, best), left.minus(c.gives[best])
	}
	for k := 0; k < len(out); {
		rest := c.need
		for j, i := range out {
			if j != k {
				rest = rest.minus(c.gives[i])
			}
		}
		if rest.isEmpty() {
			out = slices.Delete(out, k, k+1)
		} else {
			k++
		}
	}
	return out
}

// search branches on the permission that the fewest lines give.
func (c *covering) search(left set, chosen []int, cost int) {
	if c.steps++; c.steps > maxSteps {
		return
	}
	if left.isEmpty() {
		if cost < c.cost {
			c.best, c.cost = slices.Clone(chosen), cost
		}
		return
	}
	most, least := 1, 1<<30
	for i, l := range c.gives {
		if g := l.overlap(left); g > 0 {
			most, least = max(most, g), min(least, c.heights[i])
		}
	}
	if cost+least*((left.len()+most-1)/most) >= c.cost {
		return
	}
	rarest := -1
	left.each(func(bit int) {
		if rarest < 0 || len(c.giving[bit]) < len(c.giving[rarest]) {
			rarest = bit
		}
	})
	options := slices.Clone(c.giving[rarest])
	slices.SortStableFunc(options, func(x, y int) int {
		return c.gives[y].overlap(left)*c.heights[x] - c.gives[x].overlap(left)*c.heights[y]
	})
	for _, i := range options {
		c.search(left.minus(c.gives[i]), append(chosen, i), cost+c.heights[i])
	}
}

// set is a set of permissions on views, four bits a view.
type set []uint64

func bitsOf(r rights) set {
	out := make(set, (len(r)+15)/16)
	for n, p := range r {
		out[n/16] |= uint64(p) << (n % 16 * 4)
	}
	return out
}

func (s set) isEmpty() bool { return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) }

func (s set) len() int { return s.overlap(s) }

func (s set) overlap(o set) int {
	n := 0
	for i, w := range s {
		n += bits.OnesCount64(w & o[i])
	}
	return n
}

func (s set) minus(o set) set {
	out := make(set, len(s))
	for i, w := range s {
		out[i] = w &^ o[i]
	}
	return out
}

// within reports whether every bit of s is in o.
func (s set) within(o set) bool {
	for i, w := range s {
		if w&^o[i] != 0 {
			return false
		}
	}
	return true
}

// each calls yield with the number of every bit.
func (s set) each(yield func(bit int)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			yield(i*64 + bits.TrailingZeros64(w))
		}
	}
}
