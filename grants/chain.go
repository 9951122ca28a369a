package grants

import (
	"cmp"
	"slices"
	"strings"
)

// aView is the type of a view among the objects, as sys.objects has it.
const aView ObjectType = "V"

// thing is a view, table, synonym or module of the site.
type thing struct {
	Object
	name string // schema.name, for sentences
}

// things are the objects of a site and what they refer to.
type things struct {
	collation Collation
	server    Collation
	database  string
	byID      map[int]thing
	byName    names
	refers    map[int][]Dependency
	under     map[int]*under // worked out so far
}

func newThings(s *Snapshot, ix *index) *things {
	t := &things{collation: s.Collation, server: s.ServerCollation, database: s.Database, byID: map[int]thing{},
		byName: newNames(s.Collation, len(s.Objects)+len(s.Views)), refers: map[int][]Dependency{}, under: map[int]*under{}}
	for _, v := range s.Views {
		t.add(Object{ID: v.ID, Schema: v.Schema, Name: v.Name, Type: aView, Owner: v.Owner}, ix)
	}
	for _, o := range s.Objects {
		t.add(o, ix)
	}
	for _, d := range s.Dependencies {
		t.refers[d.From] = append(t.refers[d.From], d)
	}
	return t
}

func (t *things) add(o Object, ix *index) {
	schema := ix.schemaName(o.Schema)
	t.byID[o.ID] = thing{o, schema + "." + o.Name}
	t.byName.add(o.ID, schema, o.Name)
}

func (t *things) owner(id int) int   { return t.byID[id].Owner }
func (t *things) schema(id int) int  { return t.byID[id].Schema }
func (t *things) name(id int) string { return t.byID[id].name }

// outside reports whether a reference leaves the database.
func (t *things) outside(d Dependency) bool {
	return d.Server != "" || d.Database != "" && t.database != "" && !t.server.Equal(d.Database, t.database)
}

// resolve finds what a reference means here. A name without a schema means the
// schema of the object that has it, then dbo (reference A.8).
func (t *things) resolve(d Dependency, ix *index) (thing, bool) {
	if to, ok := t.byID[d.To]; ok {
		return to, true
	}
	schemas := []string{d.Schema}
	if d.Schema == "" {
		schemas = []string{ix.schemaName(t.schema(d.From)), "dbo"}
	}
	for _, schema := range schemas {
		if id, ok := t.byName.find(schema, d.Name); ok && d.Name != "" {
			return t.byID[id], true
		}
	}
	return thing{}, false
}

// link is one step from an object to one that it refers to.
type link struct{ from, to int }

// shut is a step that is asked of whom a function runs as, who may not take it.
type shut struct {
	link
	as int // the id of the principal
}

// under is what stands behind an object (reference C.3).
type under struct {
	all     map[int]bool // every object that it reaches
	whole   map[int]bool // those that it reaches by an unbroken chain of owners
	broken  []link       // steps between objects of different owners, that are asked of the caller
	shut    []shut
	inside  Answer       // whether whom functions run as may take the steps that are asked of them
	outside []Dependency // references that leave the database
	forks   bool         // some object on the way refers to several others
}

// below walks from an object to everything behind it.
func (a *Access) below(id int) *under {
	if u := a.objects.under[id]; u != nil {
		return u
	}
	u := &under{all: map[int]bool{}, whole: map[int]bool{}, inside: Yes}
	a.objects.under[id] = u
	(&descent{a, u, map[stop]bool{}}).from(a.objects.byID[id], true, runner{})
	byName := func(x, y link) int {
		return cmp.Or(strings.Compare(a.objects.name(x.from), a.objects.name(y.from)), strings.Compare(a.objects.name(x.to), a.objects.name(y.to)))
	}
	slices.SortFunc(u.broken, byName)
	u.broken = slices.Compact(u.broken)
	slices.SortFunc(u.shut, func(x, y shut) int { return cmp.Or(byName(x.link, y.link), cmp.Compare(x.as, y.as)) })
	u.shut = slices.Compact(u.shut)
	return u
}

// stop is an object as it is come to: by an unbroken chain or not, and as whom.
type stop struct {
	id    int
	whole bool
	as    int
}

// descent is the walk of below.
type descent struct {
	a    *Access
	u    *under
	seen map[stop]bool
}

func (x *descent) from(from thing, whole bool, as runner) {
	as, runs := x.a.runsAs(from, as)
	if key := (stop{from.ID, whole, as.id}); x.seen[key] {
		return
	} else {
		x.seen[key] = true
	}
	if !runs {
		x.u.inside = No
		x.u.shut = append(x.u.shut, shut{link{from.ID, from.ID}, from.ExecuteAs})
		return
	}
	targets := 0
	for _, d := range x.a.objects.refers[from.ID] {
		if x.a.objects.outside(d) {
			x.u.outside = append(x.u.outside, d)
			targets++
			continue
		}
		to, ok := x.a.objects.resolve(d, x.a.m.index)
		if !ok || to.ID == from.ID {
			continue
		}
		targets++
		holds := to.Owner == from.Owner || as.id != 0 && x.inside(from, to, as)
		if !holds && as.id == 0 {
			x.u.broken = append(x.u.broken, link{from.ID, to.ID})
		}
		x.u.all[to.ID] = true
		if whole && holds {
			x.u.whole[to.ID] = true
		}
		x.from(to, whole && holds, as)
	}
	x.u.forks = x.u.forks || targets > 1
}

// inside notes a step that is asked of whom a function runs as: it reports whether
// they may take it, as far as is known.
func (x *descent) inside(from, to thing, as runner) bool {
	may := x.a.reads(as.token, to.ID)
	x.u.inside = x.u.inside.and(may)
	if may == No {
		x.u.shut = append(x.u.shut, shut{link{from.ID, to.ID}, as.id})
	}
	return may != No
}

// tables names the tables behind a view, sorted.
func (a *Access) tables(view int) []int {
	var out []int
	for id := range a.below(view).all {
		if a.objects.byID[id].Type == Table {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(x, y int) int { return strings.Compare(a.objects.name(x), a.objects.name(y)) })
	return out
}
