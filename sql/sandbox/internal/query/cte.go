package query

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// cteTable is a use of a common table expression: its query in the place of its name.
func (b *binder) cteTable(s *cteScope, t *tsql.NamedTable) (string, *source) {
	alias := t.Alias
	if alias == "" {
		alias = t.Name.Name
	}
	union, ok := s.cte.Query.Body.(*tsql.SetOperation)
	switch {
	case s.own && !(ok && union.All):
		panic(at(s.cte.Line, refuse(252, s.cte.Name)))
	case s.own || s.recursive != nil && b.nested:
		panic(refuse(465))
	case s.recursive != nil && b.derived:
		panic(unsupported("recursion in a derived table"))
	case s.recursive != nil:
		return b.recursion(s, alias)
	}
	child := *b
	child.ctes, child.nested, child.derived = &cteScope{outer: s.outer, cte: s.cte, own: true}, false, false
	if names(s.cte.Query.Body, s.cte.Name, b.names) {
		child.ctes = s
		return child.recursive(s, alias)
	}
	q := child.query(s.cte.Query, nil, inDerived)
	named := b.querySource(q, s.cte.Name, s.cte.Columns, s.cte.Line)
	named.alias = alias
	return "(" + b.changeable(q, s.cte.Query, named) + ") AS " + named.sql, named
}

// changeable is the text of a query that a change may go through, as through a view: a derived table or a CTE.
func (b *binder) changeable(q *subquery, body *tsql.Query, s *source) string {
	if !b.changing {
		return q.sql
	}
	s.core = q.core
	s.base = &base{relation: &Relation{Name: s.alias, Source: &View{Body: body}}, core: q.core}
	if !q.core.updatable() {
		return q.sql
	}
	text, rids := q.core.withRows(s.sql)
	s.rids = rids
	return text
}

// names reports whether a body has the name of a table in one of its FROM clauses.
func names(body tsql.QueryBody, name string, c collation) bool {
	switch x := body.(type) {
	case *tsql.SetOperation:
		return names(x.Left, name, c) || names(x.Right, name, c)
	case *tsql.Select:
		for _, ref := range x.From {
			if refNames(ref, name, c) {
				return true
			}
		}
	}
	return false
}

func refNames(ref tsql.TableRef, name string, c collation) bool {
	switch x := ref.(type) {
	case *tsql.NamedTable:
		return x.Name.Parts == 1 && c.Equal(x.Name.Name, name)
	case *tsql.DerivedTable:
		return names(x.Query.Body, name, c)
	case *tsql.Join:
		return refNames(x.Left, name, c) || refNames(x.Right, name, c)
	}
	return false
}

// recursion is the CTE's own name inside its recursive part.
func (b *binder) recursion(s *cteScope, alias string) (string, *source) {
	own := &source{alias: alias, aliased: true, sql: b.alias()}
	for i, c := range s.recursive.columns {
		own.columns = append(own.columns, &sourceColumn{ResultColumn: c.ResultColumn, sql: fmt.Sprintf("%s.o%d", own.sql, i+1), source: own})
	}
	if s.level != "" {
		panic(refuse(253, s.cte.Name))
	}
	s.level = own.sql + ".level"
	return s.recursive.sql + " AS " + own.sql, own
}

// recursiveParts divides anchor UNION ALL step UNION ALL step …; without steps, or an anchor that names the CTE, it is none.
func recursiveParts(s *cteScope, c collation) (anchor tsql.QueryBody, steps []tsql.QueryBody) {
	anchor = s.cte.Query.Body
	for {
		union, ok := anchor.(*tsql.SetOperation)
		if !ok || union.Op != "UNION" || !union.All || !names(union.Right, s.cte.Name, c) {
			return anchor, steps
		}
		anchor, steps = union.Left, append([]tsql.QueryBody{union.Right}, steps...)
	}
}

// recursive binds anchor UNION ALL steps. Each row carries its level, so that the limit on recursion (530) holds.
func (b *binder) recursive(s *cteScope, alias string) (string, *source) {
	first, parts := recursiveParts(s, b.names)
	if len(parts) == 0 || names(first, s.cte.Name, b.names) {
		panic(at(s.cte.Line, refuse(252, s.cte.Name)))
	}
	anchor := b.body(first, nil)
	out := b.querySource(anchor, s.cte.Name, s.cte.Columns, s.cte.Line)
	setNullable([]*source{out}) // "All columns returned by the recursive CTE are nullable"
	name := "r" + out.sql
	var steps strings.Builder
	for _, part := range parts {
		text := b.step(s, part, &source{sql: name, columns: out.columns}, anchor)
		steps.WriteString(" UNION ALL " + text)
	}
	var outs []string
	for i := range anchor.columns {
		outs = append(outs, fmt.Sprintf("o%d", i+1))
	}
	list := strings.Join(outs, ", ")
	out.alias = alias
	return fmt.Sprintf("(WITH RECURSIVE %s(%s, level) AS (SELECT %s, 0 FROM (%s)%s) SELECT %s FROM %s) AS %s",
		name, list, list, anchor.sql, steps.String(), list, name, out.sql), out
}

// step binds one recursive part, in which own is the CTE's name.
func (b *binder) step(s *cteScope, part tsql.QueryBody, own *source, anchor *subquery) string {
	inner := *s
	inner.recursive = own
	inside := *b
	inside.ctes = &inner
	sel, ok := part.(*tsql.Select)
	if !ok {
		panic(at(s.cte.Line, unsupported("UNION")))
	}
	if slices.ContainsFunc(sel.From, outerJoined) {
		panic(at(sel.Line, refuse(462, s.cte.Name)))
	}
	step := inside.selectCore(sel, nil)
	return step.render(inside.stepItems(step, anchor, inner.level, s.cte))
}

// outerJoined reports whether a table reference is, or holds, an outer join.
func outerJoined(ref tsql.TableRef) bool {
	j, ok := ref.(*tsql.Join)
	return ok && (j.Kind != tsql.InnerJoin && j.Kind != tsql.CrossJoin && j.Kind != tsql.CrossApply || outerJoined(j.Left) || outerJoined(j.Right))
}

// stepItems is the select list of the recursive part, in the types of the anchor, with the level counted up.
func (b *binder) stepItems(step *core, anchor *subquery, level string, cte tsql.CTE) []string {
	defer b.lined(cte.Line)()
	if len(step.items) != len(anchor.columns) {
		panic(refuse(205))
	}
	switch {
	case step.top:
		panic(refuse(461, cte.Name))
	case step.distinct:
		panic(refuse(460, cte.Name))
	case len(step.group) > 0:
		panic(refuse(467, cte.Name))
	}
	var items []string
	for i, n := range step.items {
		if n.grouped {
			panic(refuse(467, cte.Name))
		}
		want := anchor.columns[i].Type
		if (kindOf(n.typ) != kindOf(want) || n.typ.Length > want.Length && want.Length > 0) && !n.isNull() {
			panic(refuse(240, anchor.columns[i].Name, cte.Name))
		}
		cast := b.cast(n, want, false, 0)
		items = append(items, cast.sql)
	}
	limit := b.maxRecursion
	next := b.call("level", typeInt, true, []node{{sql: level, typ: typeInt}}, func(args []any) (any, error) {
		n := args[0].(int64) + 1
		if limit > 0 && n > limit {
			return nil, refuse(530, limit)
		}
		return n, nil
	})
	return append(items, next.sql)
}
