package drafting

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// guesser places views one after the other.
type guesser struct {
	in    Input
	known map[string]bool // keys of views that need no place
	whole bool            // there is no catalog yet
	// stands are the nodes where a view is a parent, or a child by its name.
	stands map[string][]spot
	parent []parent // the views that stand for a node, in order
	from   map[Key]bool
	tables map[string][]string // by the key of a view
	nodes  *titles
	sites  map[string][]string
	placed map[string]bool // view and node
}

// spot is a node that is there, or that the draft makes.
type spot struct {
	node catalog.Path
	new  bool
}

// parent is a view that stands for a node.
type parent struct {
	view catalog.ViewName
	at   spot
}

func newGuesser(in Input) *guesser {
	c := in.Catalog
	g := &guesser{in: in, known: map[string]bool{}, whole: len(c.Nodes) == 0, stands: map[string][]spot{}, from: map[Key]bool{}, tables: map[string][]string{}, sites: map[string][]string{}, placed: map[string]bool{}}
	g.nodes = newTitles(in)
	for _, v := range c.Views() {
		g.known[v.Key()] = true
	}
	for _, v := range c.Ignored {
		g.known[v.Name.Key()] = true
	}
	for _, n := range c.Nodes {
		for _, v := range n.At(catalog.Parent) {
			g.stand(v.Site, spot{node: n.Path}, true)
		}
	}
	for _, k := range in.Keys {
		g.from[k] = true
	}
	for _, v := range in.Views {
		g.tables[v.Name.Key()] = v.Tables
		g.sites[v.Name.Key()] = v.Sites
	}
	return g
}

// stand notes that a view is at a node with its data; main, that it is the
// node's parent.
func (g *guesser) stand(v catalog.ViewName, at spot, main bool) {
	g.stands[v.Key()] = append(g.stands[v.Key()], at)
	if main {
		g.parent = append(g.parent, parent{v, at})
	}
}

// place guesses where a view belongs: behind what its name extends, else beside
// what its table refers to or is read with, else at a node of its own.
func (g *guesser) place(v *View) []Guess {
	if of := g.extended(v.Name); of != "" && !(g.sharesOther(v.Name, of) && !g.whole) {
		var out []Guess
		level, why := catalog.Child, fmt.Sprintf("its name extends %s", of)
		mine, theirs := g.shown(v.Name), g.shown(of)
		if table, other := g.touches(v, of); other != "" {
			level = catalog.Search
			why += fmt.Sprintf(", and it reads %s, which %s shows; a child, where people who change the one may change the other", table, other)
		} else if mine != "" && theirs != "" && mine != theirs && !g.from[Key{mine, theirs}] {
			level = catalog.Search
			why += fmt.Sprintf(", but its table %s does not refer to %s by a foreign key; a child, where its rows cannot be without", mine, theirs)
		}
		for _, at := range g.stands[of.Key()] {
			out = g.add(out, v.Name, at, level, why)
		}
		for _, x := range out {
			g.stand(v.Name, spot{x.Node, x.New}, false)
		}
		return out
	}
	if !g.whole {
		if out := g.looked(v); len(out) > 0 {
			return out
		}
	}
	at := spot{g.nodes.of(v.Name), true}
	out := g.add(nil, v.Name, at, catalog.Parent, "nothing says where it belongs")
	if g.whole {
		out[0].Why = "a node of its own, called as the view is"
	}
	g.stand(v.Name, at, true)
	return out
}

// sharesOther reports whether the table that a view shows is another parent's than
// that of the view whose name it extends: through it that data is reached.
func (g *guesser) sharesOther(v, of catalog.ViewName) bool {
	mine := g.shown(v)
	return mine != "" && mine != g.shown(of) && slices.ContainsFunc(g.parent, func(p parent) bool { return !p.at.new && g.shown(p.view) == mine })
}

// touches finds a table that a view reads and a parent shows which is not the one
// whose name the view extends.
func (g *guesser) touches(v *View, of catalog.ViewName) (table string, by catalog.ViewName) {
	for _, t := range v.Tables {
		for _, p := range g.parent {
			if t != g.shown(of) && g.shown(p.view) == t && p.view.Key() != of.Key() {
				return t, p.view
			}
		}
	}
	return "", ""
}

// extended is the view of the longest name that a name extends, or "".
func (g *guesser) extended(name catalog.ViewName) (of catalog.ViewName) {
	rest := string(name)
	for {
		i := strings.LastIndex(rest, "_")
		if i < 0 {
			return ""
		}
		rest = rest[:i]
		if base := catalog.ViewName(rest); len(g.stands[base.Key()]) > 0 && name.Extends(base) {
			return base
		}
	}
}

// looked guesses of which nodes a view is searched, or looked up, by foreign keys
// between its table and those of the nodes' parents, and by tables that both read.
func (g *guesser) looked(v *View) []Guess {
	var refers, referred, shares []Guess
	mine := g.shown(v.Name)
	for _, p := range g.parent {
		if p.at.new {
			continue
		}
		theirs := g.shown(p.view)
		switch {
		case mine == "" || theirs == "":
		case mine == theirs:
			shares = g.add(shares, v.Name, p.at, catalog.Search, fmt.Sprintf("it shows %s, as %s does", mine, p.view))
		case g.from[Key{mine, theirs}]:
			refers = g.add(refers, v.Name, p.at, catalog.Search, fmt.Sprintf("its table %s refers to %s, which %s shows; a child, where its rows cannot be without", mine, theirs, p.view))
		case g.from[Key{theirs, mine}]:
			referred = g.add(referred, v.Name, p.at, catalog.ForeignKey, fmt.Sprintf("%s, which %s shows, refers to its table %s", theirs, p.view, mine))
		}
	}
	switch {
	case len(shares) > 0:
		return shares
	case len(refers) > 0:
		return refers
	}
	return referred
}

// lookups guesses which of the new nodes need the parent of another node to look
// something up: the table of one refers to that of the other.
func (g *guesser) lookups() []Guess {
	var out []Guess
	for _, p := range g.parent {
		if !p.at.new {
			continue
		}
		for _, q := range g.parent {
			mine, theirs := g.shown(p.view), g.shown(q.view)
			if mine != theirs && g.from[Key{mine, theirs}] {
				out = g.add(out, q.view, p.at, catalog.ForeignKey, fmt.Sprintf("%s, which %s shows, refers to its table %s", mine, p.view, theirs))
			}
		}
	}
	return out
}

// shown is the table that a view shows: the only one that it reads, or the one
// that it is called after, or "".
func (g *guesser) shown(v catalog.ViewName) string {
	tables := g.tables[v.Key()]
	if len(tables) == 1 {
		return tables[0]
	}
	words := strings.TrimPrefix(v.Key(), catalog.ViewName(g.in.Catalog.Prefix).Key())
	for _, t := range tables {
		name := catalog.ViewName(t[strings.LastIndexByte(t, '.')+1:]).Key()
		if name == words || strings.HasSuffix(name, "_"+words) {
			return t
		}
	}
	return ""
}

// add adds a guess, once for a view and node.
func (g *guesser) add(to []Guess, v catalog.ViewName, at spot, level catalog.Level, why string) []Guess {
	key := v.Key() + "\x00" + at.node.Key()
	if g.placed[key] {
		return to
	}
	g.placed[key] = true
	return append(to, Guess{View: v, Node: slices.Clone(at.node), New: at.new, Level: level, Why: why, Sites: g.sites[v.Key()]})
}
