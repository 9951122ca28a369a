package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// insert binds INSERT with VALUES, a query or DEFAULT VALUES, into a table or through a view of one.
func (b *binder) insert(s *tsql.Insert) *Bound {
	if s.Exec != nil || s.ExecText != nil || s.Top != nil {
		panic(unsupported("INSERT"))
	}
	b = b.with(s.With)
	before := len(b.uses)
	_, src := b.bindTarget(s.Table, s.Table.Line)
	if src.use != nil {
		b.uses = b.uses[:before]
	}
	columns := b.insertColumns(s, src)
	if !b.sound() {
		b.namesOfSource(s)
	}
	t := b.resolve(src, columns, "INSERT", s.Line)
	query, values := b.insertSource(s, src, t)
	b.insertInto(src, t, query, values)
	out := &Bound{}
	b.output(s.Output, src, t, "", out)
	if src.use != nil && len(src.use.columns) > 0 {
		b.uses = append(b.uses, src.base.uses...)
	}
	b.uses = append(b.uses, t.chain...)
	return out
}

// with makes common table expressions known.
func (b *binder) with(ctes []tsql.CTE) *binder {
	scoped := *b
	for i, cte := range ctes {
		if slices.ContainsFunc(ctes[:i], func(other tsql.CTE) bool { return b.names.Equal(other.Name, cte.Name) }) {
			panic(at(cte.Line, refuse(239, cte.Name)))
		}
		scoped.ctes = &cteScope{outer: scoped.ctes, cte: cte}
	}
	return &scoped
}

// insertColumns are the indexes of the columns that get a value: those listed, or all but the identity.
func (b *binder) insertColumns(s *tsql.Insert, src *source) []int {
	var out []int
	if len(s.Columns) == 0 && !s.DefaultValues {
		for i, c := range src.columns {
			if !c.Identity {
				out = append(out, i)
			}
		}
		return out
	}
	for _, ident := range s.Columns {
		i := b.columnIndex(src, ident.Value)
		if i < 0 {
			b.miss(ident.Line, refuse(207, ident.Value))
			continue
		}
		if slices.Contains(out, i) {
			panic(at(ident.Line, refuse(264, ident.Value)))
		}
		out = append(out, i)
	}
	return out
}

// namesOfSource adds the names that the source of an INSERT misses before those that its columns do, and throws them all.
func (b *binder) namesOfSource(s *tsql.Insert) {
	columns := b.missed
	b.missed = nil
	if s.Query != nil {
		b.query(s.Query, nil, inStatement)
	}
	for _, row := range s.Rows {
		for _, e := range row {
			if _, ok := e.(*tsql.Default); !ok {
				b.expr(&frame{clause: clauseNone}, e)
			}
		}
	}
	b.missed = append(b.missed, columns...)
	b.stop()
}

func (b *binder) columnIndex(s *source, name string) int {
	return slices.IndexFunc(s.columns, func(c *sourceColumn) bool { return b.names.Equal(c.Name, name) })
}

// insertSource binds the rows to insert: a query whose columns o1, o2 … stand for the target's columns.
func (b *binder) insertSource(s *tsql.Insert, src *source, t *target) (*subquery, []node) {
	var q *subquery
	switch {
	case s.DefaultValues:
		return nil, nil
	case s.Query != nil && s.Query.For != nil:
		panic(refuse(6819, "INSERT"))
	case s.Query != nil:
		if slices.ContainsFunc(t.columns, func(c Column) bool { return isVersion(c.Type) }) {
			panic(refuse(273))
		}
		q = b.query(s.Query, nil, inStatement)
	default:
		q = b.insertRows(s, t, src)
	}
	insertWidth(s, len(q.columns), len(t.columns), src)
	values := make([]node, len(q.columns))
	for i := range values {
		values[i] = outputNode(q, i)
	}
	return q, values
}

// insertWidth compares the number of values with the number of columns: without a column list 8101 where the identity
// has one and else 213, with one 109, 110 for VALUES and 120, 121 for a query.
func insertWidth(s *tsql.Insert, values, columns int, src *source) {
	switch {
	case values == columns:
		return
	case len(s.Columns) == 0 && values > columns && values == len(src.columns):
		panic(refuse(8101, src.object))
	case len(s.Columns) == 0:
		panic(refuse(213))
	case s.Query != nil && values < columns:
		panic(refuse(120))
	case s.Query != nil:
		panic(refuse(121))
	case values < columns:
		panic(refuse(109))
	}
	panic(refuse(110))
}

// insertRows binds VALUES, where DEFAULT stands for the default of its column.
func (b *binder) insertRows(s *tsql.Insert, t *target, src *source) *subquery {
	if len(s.Rows) > 1000 {
		panic(refuse(10738))
	}
	rows := make([][]tsql.Expr, len(s.Rows))
	for r, row := range s.Rows {
		insertWidth(s, len(row), len(t.columns), src)
		rows[r] = append([]tsql.Expr(nil), row...)
		for i, e := range row {
			if _, ok := e.(*tsql.Default); !ok {
				if isVersion(t.columns[i].Type) {
					panic(refuse(273))
				}
				continue
			}
			rows[r][i] = t.columns[i].Default
			if t.columns[i].Default == nil {
				rows[r][i] = &tsql.Literal{Pos: e.Position(), Kind: tsql.NullLiteral}
			}
		}
	}
	return b.values(rows, nil)
}

// insertInto writes the statement: an inner query that stores the values, an outer one that looks at the constraints.
func (b *binder) insertInto(src *source, t *target, q *subquery, values []node) {
	c := b.newChange("INSERT", src, t)
	b.program.change = c
	given := map[int]node{}
	for i, col := range t.columns {
		given[col.ID] = values[i]
	}
	stored := map[int]string{}
	number := b.call("rid", typeBigInt, false, nil, t.table.Counter.next)
	inner, names, outer := []string{"NULL AS n0"}, []string{"t", "rid"}, []string{strconv.FormatInt(t.table.Number, 10), number.sql}
	for _, col := range t.relation.Columns {
		n, ok := given[col.ID]
		if col.Identity {
			b.mayInsertIdentity(c, col, ok)
			if stored[col.ID] = "NULL"; !ok {
				continue
			}
			if kindOf(col.Type) == kindDecimal {
				col.Type = typeBigInt
			}
		}
		if !ok {
			n = b.defaultValue(col)
		}
		if isVersion(col.Type) {
			n = b.version(t, col)
		} else {
			n = b.store(n, col, t.relation, "INSERT")
		}
		stored[col.ID] = fmt.Sprintf("n%d", col.ID)
		inner = append(inner, n.sql+" AS "+stored[col.ID])
		if col.Identity {
			outer[1] = stored[col.ID]
			continue
		}
		names, outer = append(names, storageText("", col)), append(outer, stored[col.ID])
	}
	check := b.checks(t.relation, t.table, "INSERT", func(c Column) string { return stored[c.ID] })
	from := ""
	if q != nil {
		from = " FROM (" + q.sql + ")"
	}
	if check == "" {
		check = "1"
	}
	// LIMIT keeps SQLite from computing a value both for the check and for the column.
	rows := fmt.Sprintf(" FROM (SELECT %s%s LIMIT -1) WHERE %s", strings.Join(inner, ", "), from, check)
	c.text = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s%s", quoteTable(t.table.Shape), strings.Join(names, ", "), strings.Join(outer, ", "), rows)
	for i, name := range names {
		outer[i] += " AS " + name
	}
	c.news = "SELECT " + strings.Join(outer, ", ") + rows
}

// version is the next value of a rowversion column.
func (b *binder) version(t *target, col Column) node {
	return b.call("version", col.Type, false, nil, t.table.Version)
}

// mayInsertIdentity refuses a value for the identity column, which is the number of the row, unless IDENTITY_INSERT is on.
func (b *binder) mayInsertIdentity(c *change, col Column, given bool) {
	c.identity = &col
	switch {
	case given && !c.table.IdentityInsert:
		panic(refuse(544, c.relation.Name))
	case !given && c.table.IdentityInsert:
		panic(refuse(545, c.relation.Name))
	}
}

// RunInto runs a SELECT … INTO: the rows go into the table that the engine has made from Columns, in their order.
func (b *Bound) RunInto(ctx context.Context, conn Conn, into *Relation) (int64, error) {
	table := into.Source.(*Table)
	p := *b.program
	p.change = &change{verb: "INSERT", relation: into, table: table}
	p.sites = append(slices.Clip(p.sites), &site{name: "rid", result: typeBigInt, call: table.Counter.next})
	names, outs := []string{"t", "rid"}, []string{strconv.FormatInt(table.Number, 10), fmt.Sprintf("ts_call(?1, %d)", len(b.program.sites))}
	for i, c := range into.Columns {
		if c.Identity {
			p.change.identity, outs[1] = &c, fmt.Sprintf("o%d", i+1)
			continue
		}
		names, outs = append(names, storageText("", c)), append(outs, fmt.Sprintf("o%d", i+1))
	}
	p.change.text = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (%s LIMIT -1) WHERE 1",
		quoteTable(table.Shape), strings.Join(names, ", "), strings.Join(outs, ", "), b.program.sql)
	n, err := p.runChange(ctx, conn, func([]any) error { return nil })
	return n, at(b.Line, err)
}
