package drafting

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/catalog"
)

// Input is what sites have.
type Input struct {
	// Catalog knows views already. One without nodes, only a name, a prefix and a
	// schema, is of an application that is not known.
	Catalog *catalog.Catalog
	Views   []View
	Keys    []Key
}

// View is a view of one or more sites, by its name in them.
type View struct {
	Name catalog.ViewName
	// Tables are the tables that it reads, through other views or not. The names of
	// tables are compared as they are.
	Tables []string
	// Ignored says that every site that has it ignores it.
	Ignored bool
	Sites   []string
}

// Key is a foreign key: rows of one table refer to rows of another.
type Key struct{ From, To string }

// Guess is a view at a node where it may belong.
type Guess struct {
	View  catalog.ViewName
	Node  catalog.Path
	Level catalog.Level
	// New says that the catalog has no such node.
	New   bool
	Why   string
	Sites []string
}

// Draft is all that was guessed, in the order of the nodes of the catalog, new
// nodes behind them.
type Draft struct {
	Guesses []Guess
	// Left are views that a catalog file cannot name, and why.
	Left []Left

	of *catalog.Catalog
}

// Left is a view that is in no guess.
type Left struct {
	View catalog.ViewName
	Why  string
}

// Views counts the views that were placed.
func (d *Draft) Views() int {
	seen := map[string]bool{}
	for _, g := range d.Guesses {
		seen[g.View.Key()] = true
	}
	return len(seen)
}

// Extends reports whether the text of a draft is a file of its own: it extends the
// built-in catalog, or is a whole one. Another catalog is extended by no file.
func (d *Draft) Extends() bool {
	return len(d.of.Nodes) == 0 || d.of.Extension != "" || d.of.Name == catalog.IMaint().Name
}

// Extension is the file that extends the catalog already, into which the draft is to be
// brought, or "".
func (d *Draft) Extension() string { return d.of.Extension }

// Of guesses where the views belong that begin with the catalog's prefix, stand
// at none of its nodes, and are not ignored. The same input gives the same draft.
func Of(in Input) *Draft {
	d := &Draft{of: in.Catalog}
	g := newGuesser(in)
	for _, v := range g.unknown(d) {
		d.Guesses = append(d.Guesses, g.place(v)...)
	}
	d.Guesses = append(d.Guesses, g.lookups()...)
	rank := map[string]int{}
	for i, n := range in.Catalog.Nodes {
		rank[n.Path.Key()] = i
	}
	at := func(x Guess) int {
		if i, known := rank[x.Node.Key()]; known {
			return i
		}
		return len(rank)
	}
	levels := catalog.EveryLevel()
	slices.SortStableFunc(d.Guesses, func(x, y Guess) int {
		return cmp.Or(cmp.Compare(at(x), at(y)), cmp.Compare(x.Node.Key(), y.Node.Key()),
			cmp.Compare(slices.Index(levels, x.Level), slices.Index(levels, y.Level)), cmp.Compare(x.View.Key(), y.View.Key()))
	})
	return d
}

// unknown returns the views to place, those of short names first, so that what
// extends one finds it placed. What no file can name goes to the draft's rest.
func (g *guesser) unknown(d *Draft) []*View {
	var out []*View
	by := map[string]*View{}
	for i := range g.in.Views {
		v := &g.in.Views[i]
		key := v.Name.Key()
		switch same := by[key]; {
		case !v.Name.HasPrefix(g.in.Catalog.Prefix) || v.Ignored || g.known[key]:
		case same != nil && same.Name != v.Name:
			d.Left = append(d.Left, Left{v.Name, fmt.Sprintf("%s stands in the draft, and a catalog takes the two for one", same.Name)})
		case same != nil:
		case catalog.CheckViewName(string(v.Name)) != "":
			d.Left = append(d.Left, Left{v.Name, catalog.CheckViewName(string(v.Name))})
		default:
			by[key] = v
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(x, y *View) int {
		return cmp.Or(cmp.Compare(len(x.Name.Key()), len(y.Name.Key())), cmp.Compare(x.Name.Key(), y.Name.Key()))
	})
	slices.SortFunc(d.Left, func(x, y Left) int { return cmp.Compare(x.View, y.View) })
	return out
}
