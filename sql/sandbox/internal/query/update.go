package query

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// changed is the bound target and reading part that UPDATE and DELETE share.
type changed struct {
	source *source
	from   string
	frame  *frame
	where  string
	limit  string
	reads  bool
}

// changedRows binds what UPDATE and DELETE read: the target, FROM, WHERE and TOP.
func (b *binder) changedRows(name tsql.ObjectName, from []tsql.TableRef, where tsql.Expr, top *tsql.Top) *changed {
	c := &changed{reads: where != nil}
	b.changing = true
	defer func() { b.changing = false }()
	var sources []*source
	c.from, sources = b.from(from, nil, 0)
	for _, s := range sources {
		if s.aliased && name.Parts == 1 && b.names.Equal(s.alias, name.Name) {
			c.source = s
		}
	}
	for _, aliased := range []bool{false, true} { // of several, the one without an alias
		named := c.source != nil
		for _, s := range sources {
			if named || s.base == nil || s.aliased != aliased || !b.sameObject(s.base.relation, name) {
				continue
			}
			if c.source != nil {
				panic(refuse(8154, name.String()))
			}
			c.source = s
		}
	}
	if c.source == nil {
		text, s := b.bindTarget(name, name.Line)
		c.source, sources = s, append([]*source{s}, sources...)
		if c.from != "" {
			text += " JOIN " + c.from
		}
		c.from = text
	}
	b.changing = false
	c.frame = &frame{sources: sources, clause: clauseWhere}
	if where != nil {
		c.where = b.condition(c.frame, where).sql
	}
	if top != nil {
		limited := &core{frame: c.frame}
		b.top(top, limited)
		if limited.ranked != "" {
			panic(unsupported("PERCENT"))
		}
		c.limit = limited.limit
	}
	return c
}

func (b *binder) sameObject(r *Relation, name tsql.ObjectName) bool {
	found, err := b.scope.Relation(name)
	return err == nil && (found == r || found.Key != nil && found.Key == r.Key)
}

// finish notes the permissions in the order of the reference (C.2): what is read first, then the change.
func (b *binder) finish(c *changed, t *target) {
	if !c.reads && (c.source.use == nil || len(c.source.use.columns) == 0) {
		keep := c.source.core != nil && c.source.core.where != ""
		b.forget(c.source, keep)
	}
	b.uses = append(b.uses, t.chain...)
}

// reading is the inner query of a change: the rows of the target with the values to set.
func (c *changed) reading(t *target, values []string) string {
	rid := c.source.rids[t.leaf]
	inner := &core{from: c.from, where: c.where}
	return inner.render(append([]string{rid + " AS rid"}, values...)) + c.limit
}

func (b *binder) update(s *tsql.Update) *Bound {
	b = b.with(s.With)
	c := b.changedRows(s.Target, s.From, s.Where, s.Top)
	b.stop()
	set, variables := b.split(s.Set)
	columns := b.assignedColumns(set, c.source)
	t := b.resolve(c.source, columns, "UPDATE", s.Line)
	b.program.change = b.newChange("UPDATE", c.source, t)
	values := make([]string, len(columns))
	news := map[int]string{}
	for i, a := range set {
		n := b.assignment(a, c, t.columns[i], t.relation)
		news[t.columns[i].ID] = fmt.Sprintf("src.n%d", t.columns[i].ID)
		values[i] = fmt.Sprintf("%s AS n%d", n.sql, t.columns[i].ID)
	}
	for _, col := range t.relation.Columns {
		if isVersion(col.Type) {
			news[col.ID] = fmt.Sprintf("src.n%d", col.ID)
			values = append(values, fmt.Sprintf("%s AS n%d", b.version(t, col).sql, col.ID))
			t.columns = append(t.columns, col)
		}
	}
	check := b.checks(t.relation, t.table, "UPDATE", func(col Column) string {
		if text, ok := news[col.ID]; ok {
			return text
		}
		return storageText("target.", col)
	})
	more := b.assign(variables, set, c, t)
	reading := c.reading(t, append(values, more...))
	if set := b.program.change.assigning; set != nil {
		set.keep, reading = "CREATE TABLE "+setRows+" AS "+reading, "SELECT * FROM "+setRows
	}
	b.updateText(t, reading, news, check)
	out := &Bound{}
	b.output(s.Output, c.source, t, c.reading(t, nil), out)
	b.finish(c, t)
	return out
}

// updateText writes the statement. T-SQL looks at the keys when all rows are changed, SQLite at each row: where a key is
// set, the rows move out of the way as they are changed, to a number of their own, and then back.
func (b *binder) updateText(t *target, reading string, news map[int]string, check string) {
	var sets []string
	for _, col := range t.columns {
		sets = append(sets, storageText("", col)+" = "+news[col.ID])
	}
	keyed := func(k Constraint) bool {
		return k.unique() && slices.ContainsFunc(t.columns, func(c Column) bool { return slices.Contains(k.Columns, c.ID) })
	}
	table := quoteTable(t.table.Shape)
	if slices.ContainsFunc(t.table.Constraints, keyed) {
		sets = append(sets, "t = -target.t")
		b.program.change.back = fmt.Sprintf("UPDATE %s SET t = -t WHERE t = -%d", table, t.table.Number)
	}
	if len(sets) == 0 {
		sets = append(sets, "t = target.t")
	}
	list := "target.rid AS rid"
	for _, col := range t.relation.Columns {
		text, ok := news[col.ID]
		if !ok {
			text = storageText("target.", col)
		}
		if !col.Identity {
			list += ", " + text + " AS " + storageText("", col)
		}
	}
	if b.program.change.assigning == nil {
		b.program.change.replaced = reading
		b.program.change.news = fmt.Sprintf("SELECT %s FROM %s AS target JOIN (%s) AS src ON target.rid = src.rid WHERE %s", list, table, reading, t.table.where("target."))
	}
	if check != "" {
		check = " AND " + check
	}
	// LIMIT keeps SQLite from computing a new value both for the check and for the column.
	if !strings.Contains(reading, " LIMIT ") {
		reading += " LIMIT -1"
	}
	b.program.change.text = fmt.Sprintf("UPDATE %s AS target SET %s FROM (%s) AS src WHERE %s AND target.rid = src.rid%s",
		table, strings.Join(sets, ", "), reading, t.table.where("target."), check)
}

// assignedColumns are the indexes of the columns in SET, each once and none an identity.
func (b *binder) assignedColumns(set []tsql.Assignment, src *source) []int {
	var out []int
	for _, a := range set {
		i := b.columnIndex(src, a.Column.Name)
		if i < 0 {
			b.miss(a.Line, refuse(207, a.Column.Name))
			continue
		}
		if src.columns[i].Identity {
			panic(at(a.Line, refuse(8102, src.columns[i].Name)))
		}
		if isVersion(src.columns[i].Type) {
			panic(at(a.Line, refuse(272)))
		}
		if slices.Contains(out, i) {
			panic(at(a.Line, refuse(264, a.Column.Name)))
		}
		out = append(out, i)
	}
	b.stop()
	return out
}

// assignment binds the new value of a column; c += x reads the column first.
func (b *binder) assignment(a tsql.Assignment, c *changed, col Column, r *Relation) node {
	defer b.lined(a.Line)()
	c.frame.clause = clauseSet
	var n node
	if _, ok := a.Value.(*tsql.Default); ok {
		n = b.defaultValue(col)
	} else {
		n = b.expr(c.frame, a.Value)
	}
	if op := strings.TrimSuffix(a.Op, "="); op != "" {
		old := b.columnNode(c.source.columns[b.columnIndex(c.source, a.Column.Name)], false)
		n = b.operate(op, old, n)
	}
	return b.store(n, col, r, "UPDATE")
}

func (b *binder) delete(s *tsql.Delete) *Bound {
	b = b.with(s.With)
	c := b.changedRows(s.Target, s.From, s.Where, s.Top)
	t := b.resolve(c.source, nil, "DELETE", s.Line)
	b.program.change = b.newChange("DELETE", c.source, t)
	b.program.change.text = t.table.ClearSQL() + " AND rid IN (" + c.reading(t, nil) + ")"
	out := &Bound{}
	b.output(s.Output, c.source, t, "", out)
	b.finish(c, t)
	return out
}
