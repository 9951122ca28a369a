package policy

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// leaveOut takes the vendor's groups away that the policy does without. They can
// still be copied.
func (p *parser) leaveOut() {
	for i, name := range p.p.Settings.Without {
		var vendor []string
		for _, g := range p.p.Groups {
			if IsVendor(g.Pos) {
				vendor = append(vendor, g.Name)
			}
		}
		if p.takePlace(name) == nil {
			p.findings.Errorf(finding.UnknownGroup, p.settingsAt.at("without", i), p.didYouMean(name, vendor, "remove it: [policy] without names groups that the policy has by extends"),
				"without names %q, which is no group of the vendor's here", name)
		}
	}
}

// less is what a group does without that it copies from another.
type less struct {
	nodes []catalog.Path
	// views are named by themselves; inNodes those that hold the data of nodes:
	// a line for every view, or for one, does without these too.
	views, inNodes []catalog.ViewName
}

// lessOf reads the name of a node, an area or a view that a group does without.
func (p *Policy) lessOf(name string) (*less, *catalog.LookupError) {
	if p.looksLikeView(name) {
		return &less{views: []catalog.ViewName{catalog.ViewName(name)}}, nil
	}
	t, failed := p.Catalog.Resolve(name)
	if failed != nil {
		return nil, failed
	}
	l := &less{views: t.Views}
	for _, n := range p.Catalog.Under(t.Roots(), t.Except) {
		l.nodes = append(l.nodes, n.Path)
		for i := range n.Views {
			if v := &n.Views[i]; p.Catalog.Levels[v.Level].Granted && !isLookUp(v) {
				l.inNodes = append(l.inNodes, v.Site)
			}
		}
	}
	return l, nil
}

// without returns what a group does without of another's lines, a warning where
// those do not give it anyway.
func (p *parser) without(g, from *Group) []*less {
	var out []*less
	w := p.groupAt[g]
	for i, name := range g.Without {
		at := w.at("without", i)
		if p.p.looksLikeView(name) && !p.viewName(catalog.ViewName(name), at) {
			continue
		}
		l, failed := p.p.lessOf(name)
		if failed != nil {
			p.lookup(failed, at)
			continue
		}
		out = append(out, l)
		if len(l.nodes)+len(l.views) > 0 && !slices.ContainsFunc(slices.Concat(from.Allow, from.Deny), func(e Entry) bool { return p.p.touches(l, e) }) {
			p.findings.Warnf(finding.ExceptReachesNothing, at, "remove it", "%q is not part of what group %q gives, so doing without it changes nothing", name, from.Name)
		}
	}
	return out
}

// touches reports whether a line gives less without something.
func (p *Policy) touches(l *less, e Entry) bool {
	switch {
	case e.AllViews:
		return true
	case e.View != "":
		return p.skips(l, e.View)
	}
	return len(p.expand(e, false)) != len(p.expand(e.without([]*less{l}), false))
}

// without returns the line as a group has it that does without something.
func (e Entry) without(l []*less) Entry {
	if len(l) > 0 {
		e.less, e.reach = slices.Concat(e.less, l), nil
	}
	return e
}

// skips reports whether a line that names a view does without it.
func (p *Policy) skips(l *less, view catalog.ViewName) bool {
	key := p.Catalog.SiteName(view).Key()
	same := func(v catalog.ViewName) bool { return p.Catalog.SiteName(v).Key() == key }
	return slices.ContainsFunc(l.views, same) || slices.ContainsFunc(l.inNodes, same)
}

// shownReached is how many views a note of what is still reached names, and of
// each how many nodes.
const shownReached = 5

// StillReached notes the views of what a group does without that other nodes of
// the lines it copies give it all the same: doing without a node takes no look-up
// of another.
func (p *Policy) StillReached(g *Group) finding.List {
	var out finding.List
	if len(g.Without) == 0 {
		return nil
	}
	may, by := p.copiedReach(g)
	for _, name := range g.Without {
		l, failed := p.lessOf(name)
		if failed != nil {
			continue // said where it is read
		}
		var flags, said []string
		seen := map[string]bool{}
		for _, v := range l.inNodes {
			site := p.Catalog.SiteName(v)
			if key := site.Key(); !seen[key] && !may[key].IsEmpty() {
				seen[key] = true
				flags = append(flags, "--without "+string(site))
				said = append(said, fmt.Sprintf("%s (%s by %s)", site, may[key], quoted(by[key], shownReached)))
			}
		}
		if len(said) == 0 {
			continue
		}
		verb, more := "are", ""
		if len(said) == 1 {
			verb = "is"
		}
		if n := len(flags) - shownReached; n > 0 {
			flags, more = flags[:shownReached], fmt.Sprintf(" and so on, %d more", n)
		}
		out.Notef(finding.WithoutReached, g.Pos, "to take that away too, name the view: "+strings.Join(flags, " ")+more,
			"group %q does without %q, of which %s %s still reached through other nodes", g.Name, name, joined(said[:min(len(said), shownReached)], len(said)), verb)
	}
	return out
}

// copiedReach is what the lines that a group copies give it, less what its denies
// take, and the nodes by which, by the key of the view.
func (p *Policy) copiedReach(g *Group) (may map[string]catalog.Permissions, by map[string][]string) {
	may, by = map[string]catalog.Permissions{}, map[string][]string{}
	for _, e := range g.Allow {
		if e.From == "" {
			continue
		}
		for _, r := range p.reaches(e, false) {
			if key := r.View.Key(); len(r.Node) > 0 {
				may[key] = may[key].Union(r.Permissions)
				by[key] = append(by[key], r.Node.Name())
			}
		}
	}
	for _, e := range g.Deny {
		for _, r := range p.reaches(e, true) {
			may[r.View.Key()] = may[r.View.Key()].Minus(r.Permissions)
		}
		if e.AllViews {
			for key := range may {
				may[key] = may[key].Minus(e.Permissions)
			}
		}
	}
	return may, by
}
