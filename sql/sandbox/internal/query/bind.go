package query

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

// maxViews is how deep views may name views (error 217).
const maxViews = 32

// program is what Bind makes for SQLite: text, and the places where it calls back. Parameter ?1 is the execution.
type program struct {
	sql      string
	types    []tsql.DataType
	sites    []*site
	virtuals []*virtualSource
	packs    []*pack
	change   *change
	stored   bool // it reads a table of the store
	running  *running
	// eliminated is set by a run that leaves a NULL out of an aggregate.
	eliminated bool
}

// shared is what all binders of one statement have in common.
type shared struct {
	program *program
	uses    []*use
	aliases int
	line    int // of what is being bound, for what is thrown
	// running is set while a select list is bound that reads what it assigns.
	running *running
	// assigns are the variables that the SET of an UPDATE assigns, while it is bound: none of its expressions may read one.
	assigns      map[string]bool
	maxRecursion int64 // of a common table expression, 0 without limit
	// changing is set while the target of a change is bound, which must tell the rows of its tables apart.
	changing bool
	// collects is set while a name that means nothing is noted and its place taken by NULL, so that all of a statement are said.
	collects bool
	missed   refusal.Errors
}

// miss notes, or throws, the refusal of a name.
func (b *binder) miss(line int, e *Error) node {
	e.Line = int32(line)
	if !b.collects {
		panic(e)
	}
	b.missed = append(b.missed, e)
	return constant(nil, typeNull)
}

// sound reports whether no name has been missed: what is found after one may come of the NULL in its place.
func (b *binder) sound() bool { return len(b.missed) == 0 }

// stop throws what has been missed.
func (b *binder) stop() {
	if !b.sound() {
		panic(b.missed)
	}
}

// report gives err, which was thrown as b bound something, its place: names that were missed before go first and alone, but for an
// object that is not there, of which nobody knows the names.
func (b *binder) report(err *error) {
	list := refusal.List(*err)
	switch {
	case b.sound() || len(list) > 0 && list[0].Number == 208:
	case len(b.missed) == 1:
		*err = b.missed[0]
	default:
		*err = b.missed
	}
}

// binder binds one scope of names: the statement itself, or the body of a view.
type binder struct {
	*shared
	scope Scope
	names collation // how identifiers compare
	via   []*Relation
	ctes  *cteScope
	// nested is set inside a subquery of an expression, derived inside any query that is part of another.
	nested, derived bool
	// params are the arguments of the inline function whose body is bound.
	params map[string]node
}

// use collects what a statement does with one relation; it becomes an Access.
type use struct {
	relation   *Relation
	name       tsql.ObjectName
	via        []*Relation
	permission string
	columns    map[int]bool
	line       int
}

func newBinder(scope Scope) *binder {
	names := collationOf(scope.NameCollation())
	return &binder{shared: &shared{program: &program{}, maxRecursion: 100}, scope: scope, names: names}
}

// inside is a binder for the body of a view.
func (b *binder) inside(view *Relation, scope Scope) *binder {
	if len(b.via) >= maxViews {
		panic(refuse(217))
	}
	names := collationOf(scope.NameCollation())
	via := append(slices.Clip(b.via), view)
	return &binder{shared: b.shared, scope: scope, names: names, via: via}
}

func (b *binder) use(r *Relation, permission string, line int) *use {
	u := &use{relation: r, via: b.via, permission: permission, columns: map[int]bool{}, line: line}
	b.uses = append(b.uses, u)
	return u
}

// accesses turns the uses into what the engine judges.
func (s *shared) accesses() []Access {
	var out []Access
	for _, u := range s.uses {
		a := Access{Relation: u.relation, Name: u.name, Via: u.via, Permission: u.permission, Line: u.line}
		a.Columns = slices.Sorted(maps.Keys(u.columns))
		a.NoColumn = len(a.Columns) == 0
		out = append(out, a)
	}
	return out
}

// alias makes a new SQLite name for a source of rows.
func (s *shared) alias() string {
	s.aliases++
	return "t" + strconv.Itoa(s.aliases)
}

var sitePattern = regexp.MustCompile(`ts_call\(\?1, (\d+)`)

// key is the same for two expressions of a statement that compute the same thing.
func (s *shared) key(sql string) string {
	return sitePattern.ReplaceAllStringFunc(sql, func(m string) string {
		n := must(strconv.Atoi(sitePattern.FindStringSubmatch(m)[1]))
		return "ts_call(" + s.program.sites[n].name
	})
}

// Bind settles the names and types of a SELECT, INSERT, UPDATE or DELETE. Errors are refusals with the engine's
// numbers (207, 208, 209, 4104, 8120 …) and the line of the offender.
func Bind(stmt tsql.Statement, scope Scope) (out *Bound, err error) {
	line := stmt.Position().Line
	b := newBinder(scope)
	b.collects = true
	defer b.report(&err)
	defer caught(&err)
	defer b.lined(line)()
	switch s := stmt.(type) {
	case *tsql.SelectStatement:
		out = b.selectStatement(s)
	case *tsql.Insert:
		out = b.insert(s)
	case *tsql.Update:
		out = b.update(s)
	case *tsql.Delete:
		out = b.delete(s)
	default:
		panic(unsupported(""))
	}
	out.Line = line
	out.Accesses = append(b.accesses(), b.program.outputAccesses()...)
	out.program = b.program
	return out, nil
}
