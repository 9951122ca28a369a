package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"grantree/finding"
	"grantree/namefold"
)

// Target is what a name means: one node, or an area's nodes and views.
type Target struct {
	// Area is nil when the name is a node's.
	Area *Area
	// Nodes are the roots of what is covered, each with all below it less
	// Except.
	Nodes  []*Node
	Except []Path
	// Views are views of an area that no node of it lists; they get what is
	// granted, like a parent.
	Views []ViewName
}

// Roots returns the paths of the target's nodes, as Under takes them.
func (t Target) Roots() []Path {
	var out []Path
	for _, n := range t.Nodes {
		out = append(out, n.Path)
	}
	return out
}

// Candidate is a node that a name might mean.
type Candidate struct {
	Path Path
	Pos  finding.Pos
}

// LookupError is the error of a name that is no node's, or several nodes'.
type LookupError struct {
	Name string
	// Candidates are the nodes that an ambiguous name might mean, in document
	// order; none when the name is unknown.
	Candidates []Candidate
	// Nearest is the name spelt most like an unknown one, or "".
	Nearest string
}

// Ambiguous reports whether the name means several nodes rather than none.
func (e *LookupError) Ambiguous() bool { return len(e.Candidates) > 0 }

// Error names the candidates with their places, or the nearest name.
func (e *LookupError) Error() string {
	if e.Ambiguous() {
		const most = 10
		var of []string
		for _, c := range e.Candidates[:min(len(e.Candidates), most)] {
			of = append(of, fmt.Sprintf("%q (%s)", c.Path, c.Pos))
		}
		more := ""
		if n := len(e.Candidates) - most; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return fmt.Sprintf("node %q is ambiguous: it may be %s%s", e.Name, strings.Join(of, ", "), more)
	}
	if e.Nearest != "" {
		return fmt.Sprintf("unknown node or area %q: did you mean %q?", e.Name, e.Nearest)
	}
	return fmt.Sprintf("unknown node or area %q", e.Name)
}

// Resolve finds what a name means: an area, else the full path of a node, else
// a suffix of exactly one node's path. Case is ignored, and so is space around
// the bars.
func (c *Catalog) Resolve(name string) (Target, *LookupError) {
	path, err := ParsePath(name)
	if err != nil {
		return Target{}, &LookupError{Name: name}
	}
	if a := c.areas[path.Key()]; a != nil {
		return c.areaTarget(a), nil
	}
	if n := c.byPath[path.Key()]; n != nil {
		return Target{Nodes: []*Node{n}}, nil
	}
	matches := c.endingWith(path)
	switch len(matches) {
	case 0:
		return Target{}, &LookupError{Name: name, Nearest: c.nearest(path)}
	case 1:
		return Target{Nodes: matches}, nil
	}
	failed := &LookupError{Name: name}
	for _, n := range matches {
		failed.Candidates = append(failed.Candidates, Candidate{Path: n.Path, Pos: n.Pos})
	}
	return Target{}, failed
}

// Targets lists every name that Resolve takes as it is spelt: areas, and of each
// node its path and the ends of it that no other name has.
func (c *Catalog) Targets() []string {
	var out []string
	for _, a := range c.Areas {
		out = append(out, a.Name)
	}
	for _, n := range c.Nodes {
		for i := range n.Path {
			name := n.Path[i:].String()
			if t, failed := c.Resolve(name); failed == nil && t.Area == nil && t.Nodes[0] == n {
				out = append(out, name)
			}
		}
	}
	return out
}

// areaTarget returns the target of an area.
func (c *Catalog) areaTarget(a *Area) Target {
	t := Target{Area: a, Except: slices.Clone(a.Except), Views: slices.Clone(a.Views)}
	for _, p := range a.Nodes {
		if n := c.byPath[p.Key()]; n != nil {
			t.Nodes = append(t.Nodes, n)
		}
	}
	return t
}

// endingWith returns the nodes whose paths end with suffix, in document order.
func (c *Catalog) endingWith(suffix Path) []*Node {
	var out []*Node
	for _, n := range c.byName[namefold.Rule{}.Key(suffix.Name())] {
		if n.Path.EndsWith(suffix) {
			out = append(out, n)
		}
	}
	return out
}

// nearest returns the area, or the suffix of a node's path with as many names,
// that is spelt most like path.
func (c *Catalog) nearest(path Path) string {
	var names []string
	for _, a := range c.Areas {
		names = append(names, a.Name)
	}
	for _, n := range c.Nodes {
		if len(n.Path) >= len(path) {
			names = append(names, n.Path[len(n.Path)-len(path):].String())
		}
	}
	return finding.Nearest(path.String(), names)
}

// Akin returns the node with views that is named most like a target without any:
// the words of the target's last name, in whatever order and number, are all in
// the end of its path. Where there is none it is the nearest node above that has
// views, or nil.
func (c *Catalog) Akin(t Target) *Node {
	if len(t.Nodes) == 0 {
		return nil
	}
	of := t.Nodes[0]
	asked := words(of.Path.Name())
	var best *Node
	for _, n := range c.Nodes {
		end := n.Path[max(len(n.Path)-2, 0):]
		if len(n.Views) == 0 || n == of || overlap(asked, words(end.String())) < len(asked) {
			continue
		}
		if best == nil || len(words(end.String())) < len(words(best.Path[max(len(best.Path)-2, 0):].String())) {
			best = n
		}
	}
	for above := of.Path.Parent(); best == nil && above != nil; above = above.Parent() {
		if n := c.byPath[above.Key()]; n != nil && len(n.Views) > 0 {
			best = n
		}
	}
	return best
}

// words are the words of a name, folded, without the s of a plural.
func words(name string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(namefold.Rule{}.Key(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if short := strings.TrimSuffix(strings.TrimSuffix(w, "S"), "s"); len(short) > 1 {
			w = short
		}
		out[w] = true
	}
	return out
}
