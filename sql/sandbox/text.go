package sandbox

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tsql"
)

// text is a text that is parsed, with those of its queries that are bound and that nobody runs. What runs is taken out,
// so that no two runs share it, and no lock is held meanwhile.
type text struct {
	key   textKey
	batch *tsql.Batch // it never changes

	mu    sync.Mutex
	bound map[*tsql.SelectStatement][]*boundQuery
}

// textKey is all that parsing a text depends on.
type textKey struct {
	source  string
	options tsql.Options
}

// boundQuery is a query with the scope that its callbacks ask: that of who runs it. One over the catalog views of one
// database, whose columns no statement changes, stays as it is bound in any place like its own, while variables are the same.
type boundQuery struct {
	*query.Bound
	scope *scope
	place place
	asked []askedVariable
	binds bool // it is being bound
	once  bool // it was bound to what is so for this once
}

// place is what a query over catalog views takes from its database.
type place struct {
	id                     int
	name, collation, names string
}

// askedVariable is what a scope said of a variable.
type askedVariable struct {
	name  string
	typ   tsql.DataType
	value any
}

// texts are those with queries that may run again, of all servers.
var texts struct {
	mu   sync.Mutex
	kept map[textKey]*text
	size int // of their sources
}

// What is kept at most: bytes of all texts and of one, and as how many a query is bound.
const (
	allTexts = 1 << 18
	oneText  = 1 << 16
	keptAs   = 4
)

// textOf parses a text, unless that is done.
func textOf(source string, options tsql.Options) (*text, error) {
	key := textKey{source, options}
	texts.mu.Lock()
	t := texts.kept[key]
	texts.mu.Unlock()
	if t != nil {
		return t, nil
	}
	batch, err := tsql.ParseWith(source, options)
	return &text{key: key, batch: batch, bound: map[*tsql.SelectStatement][]*boundQuery{}}, err
}

// query binds a query in a scope, or takes it as it is bound; with values for a run, where variables have to have them.
func (t *text) query(st *tsql.SelectStatement, sc *scope, values bool) (*boundQuery, error) {
	q := &boundQuery{scope: sc, once: true}
	if sc.database != nil {
		q.once, q.place = false, place{sc.database.ID, sc.database.Name, sc.DatabaseCollation(), sc.NameCollation()}
		if old := t.take(st, q.place); old != nil && old.holds(sc, values) {
			*old.scope = *sc
			old.scope.query = old
			return old, nil
		}
	}
	sc.query, q.binds = q, true
	b, err := query.Bind(st, sc)
	q.Bound, q.binds = b, false
	return q, err
}

// take takes a query out that is bound to a place; nil where there is none.
func (t *text) take(st *tsql.SelectStatement, at place) *boundQuery {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.bound[st]
	i := slices.IndexFunc(list, func(q *boundQuery) bool { return q.place == at })
	if i < 0 {
		return nil
	}
	q := list[i]
	t.bound[st] = slices.Delete(list, i, i+1)
	return q
}

// keep takes back a query that may run again. It forgets who ran it.
func (t *text) keep(st *tsql.SelectStatement, q *boundQuery) {
	if t.bound == nil || !q.lasts() {
		return
	}
	*q.scope = scope{}
	t.mu.Lock()
	list := append(t.bound[st], q)
	t.bound[st] = list[max(0, len(list)-keptAs):]
	t.mu.Unlock()
	t.remember()
}

// remember puts a text to those that are kept. What is too much is forgotten, all at once.
func (t *text) remember() {
	texts.mu.Lock()
	defer texts.mu.Unlock()
	size := len(t.key.source)
	if texts.kept[t.key] != nil || size == 0 || size > oneText {
		return
	}
	if texts.size += size; texts.kept == nil || texts.size > allTexts {
		texts.kept, texts.size = map[textKey]*text{}, size
	}
	texts.kept[t.key] = t
}

// lasts reports whether a query is bound to nothing but catalog views of its place and to variables.
func (q *boundQuery) lasts() bool {
	return !q.once && q.Into.IsZero() && !slices.ContainsFunc(q.Accesses, func(a query.Access) bool {
		key, ok := a.Relation.Key.(systemKey)
		return !ok || key.database != q.place.id || !strings.EqualFold(a.Name.Schema, key.view.Schema)
	})
}

// holds reports whether a scope says of variables what the query is bound to.
func (q *boundQuery) holds(sc *scope, values bool) bool {
	return !slices.ContainsFunc(q.asked, func(a askedVariable) bool {
		v, typ, ok := sc.Variable(a.name)
		return !ok || typ != a.typ || values && v != a.value
	})
}

// tells notes that the query is told what may be another thing when it runs again. That is no matter while it runs.
func (q *boundQuery) tells() {
	if q != nil && q.binds {
		q.once = true
	}
}

// note notes what the scope said of a variable.
func (q *boundQuery) note(name string, typ tsql.DataType, value any) {
	if q == nil || !q.binds {
		return
	}
	q.once = q.once || value != nil && !reflect.ValueOf(value).Comparable()
	q.asked = append(q.asked, askedVariable{name, typ, value})
}
