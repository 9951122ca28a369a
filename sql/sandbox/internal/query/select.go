package query

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

// place says where a query stands, which decides what ORDER BY it may have.
type place int

const (
	inStatement place = iota
	inView
	inDerived
	inSubquery
)

// subquery is a bound query: SQLite text whose columns are called o1, o2 …
type subquery struct {
	sql     string
	columns []ResultColumn
	labels  []label
	// maxOne says that there is never more than one row.
	maxOne bool
	// core is the single SELECT that the query consists of, nil for a set operation.
	core *core
	// first is the first SELECT of a set operation, or core.
	first *core
	// loose are the columns of the query around that it names and that are not grouped there.
	loose []*sourceColumn
	// nulls are the columns that are nothing but the literal NULL, by their place.
	nulls map[int]bool
}

// core is a bound SELECT before it becomes text.
type core struct {
	frame     *frame
	items     []node
	columns   []ResultColumn
	names     []string // names that ORDER BY can use
	aliases   []string // those that the query itself gives, empty for the other items
	texts     []string // the keys of the items
	from      string
	where     string
	group     []string
	having    string
	distinct  bool
	keys      []orderKey // of ORDER BY
	order     string
	limit     string
	variables []string
	assigned  []string // the list over the rows, where it reads what it assigns
	top       bool
	ranked    string // what TOP … PERCENT and WITH TIES want of a row's ts_rank among ts_total
	ties      bool
	line      int
}

// query binds a query with what follows its body.
func (b *binder) query(q *tsql.Query, outer *frame, where place) *subquery {
	b = b.with(q.With)
	b.nested, b.derived = b.nested || where == inSubquery, b.derived || where != inStatement
	switch {
	case where != inSubquery || outer == nil:
	case outer.inAggregate:
		panic(refuse(130))
	case outer.clause == clauseGroup:
		panic(refuse(144))
	case outer.clause == clauseOutput:
		panic(refuse(10706))
	}
	if q.For != nil {
		rows := *q
		rows.With, rows.For = nil, nil
		inner := b.query(&rows, outer, inStatement)
		defer b.lined(q.Line)()
		if inner.core != nil && len(inner.core.variables) > 0 {
			panic(refuse(6819, "ASSIGNMENT"))
		}
		if sel, ok := q.Body.(*tsql.Select); ok && !sel.Into.IsZero() {
			panic(refuse(6819, "SELECT INTO"))
		}
		return b.forXML(q.For, inner, where)
	}
	sel, simple := q.Body.(*tsql.Select)
	limited := q.Offset != nil || simple && sel.Top != nil
	if where != inStatement && len(q.OrderBy) > 0 && !limited && q.For == nil {
		panic(at(q.Line, refuse(1033)))
	}
	if !simple {
		return b.combined(q, outer)
	}
	c := b.selectCore(sel, outer)
	if where != inStatement && (len(c.variables) > 0 || !sel.Into.IsZero()) {
		panic(at(q.Line, unsupported("=")))
	}
	c.keys = b.orderBy(q.OrderBy, c)
	if c.ties && len(c.keys) == 0 {
		panic(at(q.Line, refuse(1062)))
	}
	b.offset(q, c)
	c.order = joinOrder(c.keys)
	return c.subquery()
}

// subquery renders the core.
func (c *core) subquery() *subquery {
	q := &subquery{columns: c.columns, core: c, first: c, nulls: map[int]bool{}}
	items := make([]string, len(c.items))
	for i, n := range c.items {
		items[i] = fmt.Sprintf("%s AS o%d", n.sql, i+1)
		if c.distinct {
			o := n.ordering("DISTINCT")
			items[i] = fmt.Sprintf("%s%s AS o%d", n.sql, o, i+1)
		}
		q.labels = append(q.labels, n.coll)
		q.nulls[i] = n.isNull()
	}
	if c.ranked != "" {
		q.sql = c.rank(items)
	} else {
		q.sql = c.render(items) + c.order + c.limit
	}
	if c.assigned != nil { // LIMIT and WHERE keep SQLite from computing the list before the rows are in their order
		q.sql = fmt.Sprintf("SELECT %s FROM (SELECT * FROM (%s) LIMIT -1) AS %s WHERE 1", strings.Join(c.assigned, ", "), q.sql, innerRows)
	}
	grouped := slices.ContainsFunc(c.items, func(n node) bool { return n.grouped })
	q.maxOne = c.from == "" || grouped && len(c.group) == 0 || c.limit == " LIMIT 1"
	return q
}

// rank writes the SELECT as one over its rows with their places in the order; rows of one place are ties.
func (c *core) rank(items []string) string {
	outs := make([]string, len(c.items))
	for i := range outs {
		outs[i] = fmt.Sprintf("o%d", i+1)
	}
	var keys []orderKey
	for i, k := range c.keys {
		if !slices.Contains(outs, k.sql) {
			name := fmt.Sprintf("k%d", i)
			items, k.sql = append(items, k.sql+" AS "+name), name
		}
		keys = append(keys, k)
	}
	place := "row_number()"
	if c.ties {
		place = "rank()"
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT *, %s OVER (%s) AS ts_rank, count(*) OVER () AS ts_total FROM (%s)) WHERE %s%s",
		strings.Join(outs, ", "), place, joinOrder(keys), c.render(items), c.ranked, joinOrder(keys))
}

// render writes the SELECT with the given select list.
func (c *core) render(items []string) string {
	var sql strings.Builder
	sql.WriteString("SELECT ")
	if c.distinct {
		sql.WriteString("DISTINCT ")
	}
	sql.WriteString(strings.Join(items, ", "))
	if c.from != "" {
		sql.WriteString(" FROM " + c.from)
	}
	if c.where != "" {
		sql.WriteString(" WHERE " + c.where)
	}
	if len(c.group) > 0 {
		sql.WriteString(" GROUP BY " + strings.Join(c.group, ", "))
	}
	if c.having != "" {
		sql.WriteString(" HAVING " + c.having)
	}
	return sql.String()
}

// selectCore binds one SELECT: FROM, WHERE, GROUP BY, the list, HAVING and TOP, in this order.
func (b *binder) selectCore(s *tsql.Select, outer *frame) *core {
	c := &core{frame: &frame{outer: outer}, distinct: s.Distinct, line: s.Line}
	c.from, c.frame.sources = b.from(s.From, outer, s.Line)
	if s.Where != nil {
		c.frame.clause = clauseWhere
		c.where = b.condition(c.frame, s.Where).sql
	}
	b.groupBy(s, c)
	b.items(s, c)
	b.having(s, c)
	if s.Top != nil {
		b.top(s.Top, c)
	}
	return c
}

// items binds the select list.
func (b *binder) items(s *tsql.Select, c *core) {
	c.frame.clause = clauseSelect
	run := b.startRunning(s, c.frame.sources)
	if run != nil {
		b.running = run
		defer func() { b.running = nil }()
	}
	for _, item := range s.Items {
		b.item(c, item)
	}
	if len(c.variables) > 0 && len(c.variables) < len(c.items) {
		panic(refuse(141))
	}
	if run != nil {
		b.program.running = run
		c.assigned = b.takeOver(c)
	}
}

func (b *binder) groupBy(s *tsql.Select, c *core) {
	c.frame.clause = clauseGroup
	groups := map[string]bool{}
	for _, e := range s.GroupBy {
		n := b.expr(c.frame, e)
		if len(n.loose) == 0 && b.sound() {
			panic(at(e.Position().Line, refuse(164)))
		}
		order := n.ordering("GROUP BY")
		groups[b.key(n.sql)] = true
		c.group = append(c.group, n.sql+order)
	}
	if len(s.GroupBy) > 0 || s.Having != nil {
		c.frame.groups = groups
	}
}

// having binds HAVING and checks, once it is known whether the query is grouped at all, that the select list names no
// column outside the groups (8120, 8121).
func (b *binder) having(s *tsql.Select, c *core) {
	grouped := c.frame.groups != nil || slices.ContainsFunc(c.items, func(n node) bool { return n.grouped })
	if !b.sound() && s.Having != nil {
		b.condition(c.frame, s.Having)
	}
	if !grouped || !b.sound() {
		return
	}
	if c.frame.groups == nil {
		c.frame.groups = map[string]bool{}
	}
	for _, n := range c.items {
		if len(n.loose) > 0 {
			panic(errGrouping(8120, n.loose, "select list"))
		}
	}
	if s.Having == nil {
		return
	}
	c.frame.clause = clauseHaving
	n := b.condition(c.frame, s.Having)
	if len(n.loose) > 0 {
		panic(errGrouping(8121, n.loose, "HAVING clause"))
	}
	c.having = n.sql
	if len(c.group) == 0 && !slices.ContainsFunc(c.items, func(n node) bool { return n.grouped }) {
		// HAVING alone makes one group of all rows, which SQLite does only for a select list with an aggregate.
		c.items[0].sql = "CASE WHEN count(*) >= 0 THEN " + c.items[0].sql + " END"
		c.items[0].grouped = true
	}
}

// errGrouping refuses the columns of one expression that are not grouped.
func errGrouping(number int32, loose []*sourceColumn, part ...any) error {
	var all refusal.Errors
	for _, c := range loose {
		all = append(all, refuse(number, append([]any{c.title()}, part...)...))
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// item binds one entry of the select list; a star is several columns.
func (b *binder) item(c *core, item tsql.SelectItem) {
	defer b.lined(item.Line)()
	if star, ok := item.Expr.(*tsql.Star); ok && item.Variable == "" {
		b.star(c, star)
		return
	}
	e := item.Expr
	if item.Variable != "" {
		c.variables = append(c.variables, item.Variable)
		if op := strings.TrimSuffix(item.AssignOp, "="); op != "" {
			e = &tsql.Binary{Pos: item.Pos, Op: op, Left: &tsql.Variable{Pos: item.Pos, Name: item.Variable}, Right: e}
		}
	}
	n := b.expr(c.frame, e)
	if item.Variable != "" {
		n = b.assigned(item.Variable, n, item.Line)
	}
	name := item.Alias
	column := resultColumn(n)
	if ref, ok := item.Expr.(*tsql.ColumnRef); ok {
		if name == "" {
			name = ref.Name
		}
		if found, _ := b.find(c.frame, ref); len(found) == 1 {
			column.Identity, column.Computed = found[0].Identity, found[0].Computed
		}
	}
	column.Name = name
	c.add(b, n, column)
	c.aliases[len(c.aliases)-1] = item.Alias
}

// assigned brings a value to the type of the variable that it is assigned to.
func (b *binder) assigned(name string, n node, line int) node {
	defer b.lined(line)()
	_, t, ok := b.scope.Variable(name)
	if !ok {
		panic(refuse(137, name))
	}
	return b.cast(n, t, false, 0)
}

func (c *core) add(b *binder, n node, column ResultColumn) {
	c.items = append(c.items, n)
	c.columns = append(c.columns, column)
	c.names = append(c.names, column.Name)
	c.aliases = append(c.aliases, "")
	c.texts = append(c.texts, b.key(n.sql))
}

// resultColumn describes a node as a column of a result.
func resultColumn(n node) ResultColumn {
	column := ResultColumn{Type: settle(n.typ), Nullable: n.nullable, Computed: true}
	if kindOf(n.typ) == kindString {
		column.Collation = n.coll.name
	}
	return column
}

func (b *binder) star(c *core, star *tsql.Star) {
	if bound, ok := b.scope.(interface{ SchemaBound() bool }); ok && bound.SchemaBound() {
		panic(refuse(1054, "*"))
	}
	matched := false
	for _, s := range c.frame.sources {
		if !star.Table.IsZero() && !b.named(s, star.Table) {
			continue
		}
		matched = true
		for _, col := range s.columns {
			n := b.columnNode(col, false)
			if c.frame.groups[b.key(n.sql)] {
				n.loose = nil
			}
			c.add(b, n, col.ResultColumn)
		}
	}
	switch {
	case !matched && !star.Table.IsZero():
		panic(refuse(107, star.Table.String()))
	case !matched:
		panic(refuse(263))
	}
}

// top turns TOP into LIMIT, and WITH TIES and PERCENT, which rounds up, into a condition on ranks. TOP (100) PERCENT is
// all rows.
func (b *binder) top(t *tsql.Top, c *core) {
	n := b.expr(&frame{outer: c.frame.outer, clause: clauseNone}, t.Count)
	c.top = true
	c.ties = t.WithTies
	if t.Percent {
		b.percent(n, c)
		return
	}
	limit := b.count(n, 1060)
	if t.WithTies || n.outer { // a LIMIT of SQLite names no column
		c.ranked = "ts_rank <= " + limit
		return
	}
	c.limit = " LIMIT " + limit
}

func (b *binder) percent(n node, c *core) {
	n = b.cast(n, typeFloat, false, 0)
	share := b.call("percent", typeFloat, false, []node{n}, func(args []any) (any, error) {
		if f, ok := args[0].(float64); ok && f >= 0 && f <= 100 {
			return f, nil
		}
		return nil, refuse(1031)
	})
	if share.known != nil && must(share.known()) == 100.0 {
		return
	}
	c.ranked = "(ts_rank - 1) * 100 < " + share.sql + " * ts_total"
}

// count is the text of a row count, which must be an integer (number) and not negative (127), of an OFFSET (10742) too; a FETCH
// is more than 0.
func (b *binder) count(n node, number int32) string {
	if kindOf(n.typ) != kindInt {
		panic(refuse(number))
	}
	n = b.cast(n, typeBigInt, false, 0)
	if n.known == nil {
		return n.sql
	}
	i, ok := must(n.known()).(int64)
	switch {
	case ok && (i > 0 || i == 0 && number != 10744):
	case number == 10743:
		panic(refuse(10742))
	case number == 10744:
		panic(refuse(number))
	default:
		panic(refuse(127))
	}
	return fmt.Sprint(i)
}

// fold computes a node now, as a value of type t.
func (b *binder) fold(n node, t tsql.DataType) any {
	if n = b.cast(n, t, false, 0); n.known == nil {
		return nil
	}
	return must(n.known())
}

func (b *binder) offset(q *tsql.Query, c *core) {
	if q.Offset == nil {
		return
	}
	if c.top {
		panic(at(q.Line, refuse(10741)))
	}
	c.limit = b.offsetText(q, c.frame.outer)
}

func (b *binder) offsetText(q *tsql.Query, outer *frame) string {
	f := &frame{outer: outer, clause: clauseNone}
	n := b.expr(f, q.Offset)
	if n.outer {
		panic(unsupported("OFFSET"))
	}
	offset := b.count(n, 10743)
	fetch := "-1"
	if q.Fetch != nil {
		n = b.expr(f, q.Fetch)
		fetch = b.count(n, 10744)
	}
	return " LIMIT " + fetch + " OFFSET " + offset
}
