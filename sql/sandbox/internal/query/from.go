package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

// cteScope is the common table expressions that a query can name, the nearest first.
type cteScope struct {
	outer *cteScope
	cte   tsql.CTE
	// recursive stands for the CTE inside its own recursive part.
	recursive *source
	// own is set inside the CTE where it is not recursive.
	own bool
	// level is the SQLite text of the level in the recursive part.
	level string
}

// from binds the tables of a FROM clause: SQLite text, and their sources in order.
func (b *binder) from(refs []tsql.TableRef, outer *frame, line int) (string, []*source) {
	defer b.lined(line)()
	var text strings.Builder
	var sources []*source
	wrap := hasFullJoin(refs)
	for i, ref := range refs {
		sql, list := b.tableRef(ref, &frame{outer: outer}, wrap)
		if i > 0 {
			text.WriteString(" JOIN ")
			if _, ok := ref.(*tsql.Join); ok {
				sql = "(" + sql + ")"
			}
		}
		text.WriteString(sql)
		sources = append(sources, list...)
	}
	b.distinctNames(sources)
	return text.String(), sources
}

// hasFullJoin reports whether a FULL JOIN is among the tables. SQLite reads the right side of it twice, which a
// table-valued function does not stand.
func hasFullJoin(refs []tsql.TableRef) bool {
	return slices.ContainsFunc(refs, func(ref tsql.TableRef) bool {
		j, ok := ref.(*tsql.Join)
		return ok && (j.Kind == tsql.FullJoin || hasFullJoin([]tsql.TableRef{j.Left, j.Right}))
	})
}

// maxSources is how many tables a statement may read in the end: views and common table expressions that use one another
// twice are as many as two to the power of their depth.
const maxSources = 4000

// tableRef binds one table. The frame holds what an APPLY or an enclosing query lets it name.
func (b *binder) tableRef(ref tsql.TableRef, f *frame, wrap bool) (string, []*source) {
	if b.aliases > maxSources {
		panic(refuse(8623))
	}
	switch r := ref.(type) {
	case *tsql.NamedTable:
		return one(b.namedTable(r, f, wrap))
	case *tsql.FunctionTable:
		return one(b.functionTable(r, f, wrap))
	case *tsql.DerivedTable:
		return one(b.derivedTable(r, f))
	case *tsql.ValuesTable:
		return one(b.valuesTable(r, f))
	case *tsql.Join:
		return b.join(r, f, wrap)
	}
	panic(unsupported("FROM"))
}

func one(sql string, s *source) (string, []*source) {
	return sql, []*source{s}
}

func (b *binder) join(j *tsql.Join, f *frame, wrap bool) (string, []*source) {
	left, sources := b.tableRef(j.Left, f, wrap)
	rightFrame := f
	if j.Kind == tsql.CrossApply || j.Kind == tsql.OuterApply {
		rightFrame = &frame{outer: f.outer, sources: sources}
	}
	right, more := b.tableRef(j.Right, rightFrame, wrap)
	if _, ok := j.Right.(*tsql.Join); ok {
		right = "(" + right + ")"
	}
	sources = append(sources, more...)
	word := string(j.Kind)
	switch j.Kind {
	case tsql.CrossJoin, tsql.CrossApply, tsql.InnerJoin:
		word = "JOIN"
	case tsql.OuterApply:
		word = "LEFT JOIN"
	case tsql.RightJoin: // SQLite has no index for the right side of its own
		word = "LEFT JOIN"
		if _, ok := j.Left.(*tsql.Join); ok {
			left = "(" + left + ")"
		}
		left, right = right, left
	}
	nullable(j.Kind, sources[:len(sources)-len(more)], more)
	if j.On == nil {
		if word == "LEFT JOIN" {
			return left + " LEFT JOIN " + right + " ON 1", sources
		}
		return left + " JOIN " + right, sources
	}
	on := b.condition(&frame{outer: f.outer, sources: sources, clause: clauseOn}, j.On)
	return fmt.Sprintf("%s %s %s ON %s", left, word, right, on.sql), sources
}

// nullable marks the columns that an outer join may fill with NULL.
func nullable(kind tsql.JoinKind, left, right []*source) {
	if kind == tsql.LeftJoin || kind == tsql.FullJoin || kind == tsql.OuterApply {
		setNullable(right)
	}
	if kind == tsql.RightJoin || kind == tsql.FullJoin {
		setNullable(left)
	}
}

func setNullable(sources []*source) {
	for _, s := range sources {
		for _, c := range s.columns {
			c.Nullable = true
		}
	}
}

func (b *binder) namedTable(t *tsql.NamedTable, f *frame, wrap bool) (string, *source) {
	if t.Name.Parts == 1 && !t.Name.Variable {
		for s := b.ctes; s != nil; s = s.outer {
			if b.names.Equal(s.cte.Name, t.Name.Name) {
				return b.cteTable(s, t)
			}
		}
	}
	defer b.lined(t.Line)()
	sql, s := b.relation(must(b.scope.Relation(t.Name)), t.Name, t.Line, wrap)
	s.rename(t.Alias, nil)
	return sql, s
}

// rename gives a source its alias and, where the alias has a column list, new column names.
func (s *source) rename(alias string, columns []string) {
	if alias != "" {
		s.alias, s.aliased = alias, true
	}
	for i, name := range columns {
		if i < len(s.columns) {
			s.columns[i].Name = name
		}
	}
}

// sourceOf is a source for a relation under the name of an object, and notes the use of it.
func (b *binder) sourceOf(r *Relation, name string, line int) *source {
	return &source{alias: name, database: r.Database, schema: r.Schema, object: name, sql: b.alias(), use: b.use(r, "SELECT", line)}
}

// relation is the source that reads a relation, and notes the use of it.
func (b *binder) relation(r *Relation, name tsql.ObjectName, line int, wrap bool) (string, *source) {
	first := len(b.uses)
	s := b.sourceOf(r, cmp.Or(name.Name, r.Name), line)
	s.use.name = name
	sql, s := b.rows(r, name, s, wrap)
	s.base = &base{relation: r, uses: b.uses[first:len(b.uses):len(b.uses)], rids: s.rids, core: s.core}
	return sql, s
}

// rows is the SQLite text that reads a relation; it fills in the source's columns.
func (b *binder) rows(r *Relation, name tsql.ObjectName, s *source, wrap bool) (string, *source) {
	switch src := r.Source.(type) {
	case *Table:
		b.program.stored = true
		s.rids = []string{s.sql + ".rid"}
		for _, c := range r.Columns {
			s.add(c, storageText(s.sql+".", c))
		}
		return fmt.Sprintf("(SELECT * FROM %s WHERE %s) AS %s", quoteTable(src.Shape), src.where(""), s.sql), s
	case *Virtual:
		return b.virtual(r, &virtualSource{columns: r.Columns, rows: src.Rows}, s, nil, wrap)
	case *View:
		return b.view(r, src, s)
	}
	panic(refuse(208, name.String()))
}

func (s *source) add(c Column, sql string) {
	s.columns = append(s.columns, &sourceColumn{
		ResultColumn: ResultColumn{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Identity: c.Identity, Collation: c.Collation},
		sql:          sql, id: c.ID, source: s,
	})
}

// virtual reads from temp.ts_rows. A wrapped one stands in a subquery of its own.
func (b *binder) virtual(r *Relation, v *virtualSource, s *source, args []node, wrap bool) (string, *source) {
	if len(r.Columns) > maxColumns || len(args) > maxArguments {
		panic(refuse(8623))
	}
	n := len(b.program.virtuals)
	b.program.virtuals = append(b.program.virtuals, v)
	var names []string
	for i, c := range r.Columns {
		names = append(names, fmt.Sprintf("c%d", i))
		s.add(c, fmt.Sprintf("%s.c%d", s.sql, i))
	}
	rows := fmt.Sprintf("ts_rows(?1, %d", n)
	for _, a := range args {
		rows += ", " + a.sql
	}
	rows += ")"
	if wrap && len(args) == 0 {
		rows = "(SELECT " + strings.Join(names, ", ") + " FROM " + rows + ")"
	}
	return rows + " AS " + s.sql, s
}

// view puts the body of a view in the place of its name.
func (b *binder) view(r *Relation, v *View, s *source) (string, *source) {
	return "(" + b.exposed(r, b.viewBody(r, v), s) + ") AS " + s.sql, s
}

// exposed gives a source the query of a view or an inline function, with the rows of its tables where a change may go through it.
func (b *binder) exposed(r *Relation, q *subquery, s *source) string {
	s.expose(r, q)
	s.core = q.core
	text := q.sql
	if b.changing && q.core.updatable() {
		text, s.rids = q.core.withRows(s.sql)
	}
	return text
}

// expose gives a source the columns of a view, which those of its query are.
func (s *source) expose(r *Relation, q *subquery) {
	if len(r.Columns) > len(q.columns) {
		panic(refuse(4502, r.Name))
	}
	for i, c := range r.Columns {
		out := q.columns[i]
		s.columns = append(s.columns, &sourceColumn{
			ResultColumn: ResultColumn{Name: c.Name, Type: out.Type, Nullable: out.Nullable, Computed: out.Computed, Collation: out.Collation},
			sql:          fmt.Sprintf("%s.o%d", s.sql, i+1), id: c.ID, source: s,
		})
	}
}

// viewBody binds the query of a view; an error in it is followed by 4413.
func (b *binder) viewBody(r *Relation, v *View) *subquery {
	body := b.inside(r, v.Scope)
	body.params = v.params
	q, err := try(b, func() *subquery { return body.query(v.Body, nil, inView) })
	if list := refusal.List(err); len(list) > 0 && list[0].Number != 217 && list[0].Number != 916 {
		failed := copyOf(list[0])
		failed.Line = 0
		panic(slices.Concat(refusal.Errors{failed}, list[1:], refusal.Errors{refuse(4413, r.Name)}))
	}
	check(err)
	return q
}

// functionTable binds a table-valued function. Arguments that are known now are applied now; otherwise the function is
// applied to each row of what stands left of the APPLY.
func (b *binder) functionTable(t *tsql.FunctionTable, f *frame, wrap bool) (string, *source) {
	if r, err := b.scope.TableFunction(t.Name, nil); err == nil {
		if v, ok := r.Source.(*View); ok {
			return b.inlineTable(r, v, t, f)
		}
	}
	args := make([]node, len(t.Args))
	values := make([]any, len(t.Args))
	for i, e := range t.Args {
		if _, ok := e.(*tsql.Default); ok {
			args[i] = constant(nil, typeNull)
		} else {
			args[i] = b.expr(&frame{outer: f, clause: clauseNone}, e)
		}
	}
	known := allKnown(args...)
	for i := 0; known && i < len(args); i++ {
		values[i] = must(args[i].known())
	}
	apply := func(args []any) (*Relation, error) { return b.scope.TableFunction(t.Name, args) }
	if t.Name.Parts == 1 && strings.EqualFold(t.Name.Name, "OPENJSON") {
		countArguments("openjson", 1, 2, len(args))
		apply = b.openJSON(t)
	}
	r := must(apply(values))
	var sql string
	var s *source
	if known {
		sql, s = b.relation(r, t.Name, t.Line, wrap)
	} else {
		sql, s = b.applied(r, t, args, apply)
	}
	s.rename(t.Alias, t.Columns)
	return sql, s
}

func (b *binder) applied(r *Relation, t *tsql.FunctionTable, args []node, apply func([]any) (*Relation, error)) (string, *source) {
	if _, ok := r.Source.(*Virtual); !ok {
		panic(unsupported("APPLY"))
	}
	s := b.sourceOf(r, t.Name.Name, t.Line)
	v := &virtualSource{columns: r.Columns, apply: apply}
	for _, a := range args {
		v.args = append(v.args, settle(a.typ))
	}
	return b.virtual(r, v, s, args, false)
}

func (b *binder) derivedTable(t *tsql.DerivedTable, f *frame) (string, *source) {
	q := b.query(t.Query, f.around(), inDerived)
	s := b.querySource(q, t.Alias, t.Columns, t.Line)
	if len(f.sources) > 0 {
		return b.lateral(q, s)
	}
	return "(" + b.changeable(q, t.Query, s) + ") AS " + s.sql, s
}

// querySource exposes the columns of a query under an alias. Each needs a name of its own: 8155, 8156, 8158, 8159.
func (b *binder) querySource(q *subquery, alias string, names []string, line int) *source {
	defer b.lined(line)()
	s := &source{alias: alias, aliased: true, sql: b.alias()}
	switch {
	case len(names) > len(q.columns):
		panic(refuse(8159, alias))
	case len(names) > 0 && len(names) < len(q.columns):
		panic(refuse(8158, alias))
	}
	for i, c := range q.columns {
		if len(names) > 0 {
			c.Name = names[i]
		}
		if c.Name == "" {
			panic(refuse(8155, i+1, alias))
		}
		for _, other := range s.columns {
			if b.names.Equal(other.Name, c.Name) {
				panic(refuse(8156, c.Name, alias))
			}
		}
		s.columns = append(s.columns, &sourceColumn{ResultColumn: c, sql: fmt.Sprintf("%s.o%d", s.sql, i+1), source: s})
	}
	return s
}

func (b *binder) valuesTable(t *tsql.ValuesTable, f *frame) (string, *source) {
	defer b.lined(t.Line)()
	q := b.values(t.Rows, f.around())
	s := b.querySource(q, t.Alias, t.Columns, t.Line)
	if len(f.sources) > 0 {
		return b.lateral(q, s)
	}
	return "(" + q.sql + ") AS " + s.sql, s
}

// values is a query for rows that are written out, each column in the common type of its values.
func (b *binder) values(rows [][]tsql.Expr, outer *frame) *subquery {
	width := len(rows[0])
	columns := make([][]node, width)
	for _, row := range rows {
		if len(row) != width {
			panic(refuse(10709))
		}
		for i, e := range row {
			n := b.expr(&frame{outer: outer, clause: clauseNone}, e)
			columns[i] = append(columns[i], n)
		}
	}
	q := &subquery{maxOne: len(rows) == 1, nulls: map[int]bool{}}
	for i := range columns {
		q.nulls[i] = allNull(columns[i])
		list, t, l := b.unify(columns[i], "VALUES")
		columns[i] = list
		q.columns = append(q.columns, ResultColumn{Type: t, Nullable: anyNullable(list...), Computed: true, Collation: l.name})
		q.labels = append(q.labels, l)
	}
	var names, texts []string
	for r := range rows {
		var cells []string
		for i := range columns {
			cells = append(cells, columns[i][r].sql)
		}
		texts = append(texts, strings.Join(cells, ", "))
	}
	for i := range columns {
		names = append(names, fmt.Sprintf("NULL AS o%d", i+1))
	}
	q.sql = "SELECT " + strings.Join(names, ", ") + " WHERE 0 UNION ALL VALUES (" + strings.Join(texts, "), (") + ")"
	return q
}

// quoteSQLite quotes an identifier of the store; quoteTable also takes "schema.table".
func quoteSQLite(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteTable(name string) string {
	if schema, table, ok := strings.Cut(name, "."); ok {
		return quoteSQLite(schema) + "." + quoteSQLite(table)
	}
	return quoteSQLite(name)
}
