package lint

import (
	"fmt"

	"grantree/catalog"
	"grantree/finding"
)

// subtree is a node with all below it: how many of them have views, and whether
// somebody reaches one.
type subtree struct {
	views   int
	reached bool
}

// unreachedNodes finds the nodes with views of which nobody may do anything on
// those that stand for it, folded: a node with all below it is one.
func (s *survey) unreachedNodes() finding.List {
	if len(s.p.Users) == 0 {
		return nil
	}
	trees := s.subtrees(s.reachedViews())
	var out finding.List
	told := map[string]bool{} // by path: it, or a node above it
	for _, n := range s.p.Catalog.Nodes {
		key := n.Path.Key()
		if above := n.Path.Parent(); above != nil && told[above.Key()] {
			told[key] = true
			continue
		}
		t := trees[key]
		if t.views == 0 || t.reached {
			continue
		}
		told[key] = true
		switch {
		case t.views == 1 && len(n.Views) > 0:
			out.Notef(finding.NodeUnreached, n.Pos, "", "nobody reaches %s", n)
		default:
			out.Notef(finding.NodeUnreached, n.Pos, "", "nobody reaches %s and what is below it: %s", n, nodes(t.views))
		}
	}
	return out
}

func nodes(n int) string {
	if n == 1 {
		return "1 node with views"
	}
	return fmt.Sprintf("%d nodes with views", n)
}

// reachedViews are the views, by key, on which somebody may do something.
func (s *survey) reachedViews() map[string]bool {
	out := map[string]bool{}
	for _, k := range s.kinds {
		for _, c := range k.crowds {
			for i, p := range k.Of(c.tokens) {
				if !p.IsEmpty() {
					out[catalog.ViewName(k.Views[i]).Key()] = true
				}
			}
		}
	}
	return out
}

// subtrees sums up each node with all below it, by its path.
func (s *survey) subtrees(reached map[string]bool) map[string]subtree {
	out := map[string]subtree{}
	for i := len(s.p.Catalog.Nodes) - 1; i >= 0; i-- { // a node stands after the one above it
		n := s.p.Catalog.Nodes[i]
		t := out[n.Path.Key()]
		if len(n.Views) > 0 {
			t.views++
			t.reached = t.reached || reaches(n, reached)
			out[n.Path.Key()] = t
		}
		if above := n.Path.Parent(); above != nil {
			all := out[above.Key()]
			out[above.Key()] = subtree{all.views + t.views, all.reached || t.reached}
		}
	}
	return out
}

// reaches reports whether one of the views that stand for a node by itself, its
// parents or else all, is among some.
func reaches(n *catalog.Node, some map[string]bool) bool {
	parents := n.At(catalog.Parent)
	for _, v := range parents {
		if some[v.Site.Key()] {
			return true
		}
	}
	for i := range n.Views {
		if len(parents) == 0 && some[n.Views[i].Site.Key()] {
			return true
		}
	}
	return false
}
