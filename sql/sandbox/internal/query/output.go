package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

// into is the target of OUTPUT … INTO: an INSERT that takes what OUTPUT returned for its rows.
type into struct {
	insert *Bound
	rows   [][]any
}

// keptRows is where an UPDATE keeps the old values of its rows until OUTPUT has told them.
const keptRows = "temp.ts_old"

// output binds OUTPUT, whose sources are inserted and deleted, the changed rows as columns of what the statement names.
// A column that is retrieved is read: "SELECT permissions are required on any columns retrieved through
// <dml_select_list> or used in <scalar_expression>" (output-clause-transact-sql.md, Permissions). Reading is the query
// for the rows that an UPDATE is about to change.
func (b *binder) output(o *tsql.Output, s *source, t *target, reading string, out *Bound) {
	if o == nil {
		return
	}
	c := b.program.change
	list := &core{frame: &frame{sources: b.changedSources(s, t), clause: clauseOutput}}
	partial := slices.ContainsFunc(list.frame.sources, func(row *source) bool { return len(row.columns) < len(s.columns) })
	for _, item := range o.Items {
		if !partial {
			b.item(list, item)
			continue
		}
		_, err := try(b, func() any { b.item(list, item); return nil })
		_, star := item.Expr.(*tsql.Star)
		if missing := refusal.List(err); star || len(missing) == 1 && missing[0].Number == 207 {
			err = unsupported("OUTPUT of a computed column")
		}
		check(err)
	}
	if len(list.variables) > 0 {
		panic(at(o.Line, unsupported("=")))
	}
	var items []string
	for i, n := range list.items {
		items = append(items, n.sql)
		b.program.types = append(b.program.types, list.columns[i].Type)
	}
	if c.verb != "UPDATE" {
		c.returning = items
	} else {
		table := quoteTable(t.table.Shape)
		c.keep = fmt.Sprintf("CREATE TABLE %s AS SELECT * FROM %s WHERE %s AND rid IN (SELECT rid FROM (%s))", keptRows, table, t.table.where(""), reading)
		c.output = fmt.Sprintf("SELECT %s FROM %s AS n JOIN %s AS o ON o.rid = n.rid AND %s", strings.Join(items, ", "), table, keptRows, t.table.where("n."))
	}
	if o.Into.IsZero() {
		out.Columns = list.columns
		return
	}
	b.outputInto(o, list.columns)
}

// changedSources are inserted, deleted or both, with the columns of s that are columns of the target's table.
func (b *binder) changedSources(s *source, t *target) []*source {
	prefixes := map[string]map[string]string{
		"INSERT": {"inserted": ""}, "DELETE": {"deleted": ""}, "UPDATE": {"inserted": "n.", "deleted": "o."},
	}[b.program.change.verb]
	var out []*source
	for _, word := range []string{"inserted", "deleted"} {
		prefix, ok := prefixes[word]
		if !ok {
			continue
		}
		row := &source{alias: word, aliased: true}
		for i, col := range s.columns {
			one, err := try(b, func() *target { return b.resolve(s, []int{i}, "SELECT", 0) })
			if err != nil || one.relation != t.relation {
				continue
			}
			row.columns = append(row.columns, &sourceColumn{ResultColumn: col.ResultColumn, sql: storageText(prefix, one.columns[0]), id: col.id, source: s})
		}
		out = append(out, row)
	}
	return out
}

// outputInto binds INTO. Its target is a table without foreign keys and checks: 330, 332, 333.
func (b *binder) outputInto(o *tsql.Output, columns []ResultColumn) {
	defer b.lined(o.Line)()
	r := must(b.scope.Relation(o.Into))
	table, ok := r.Source.(*Table)
	if !ok {
		panic(refuse(330, o.Into.String()))
	}
	for _, k := range table.Constraints {
		switch k.Kind {
		case tsql.ForeignKey:
			panic(refuse(332, o.Into.String(), k.Name))
		case tsql.Check:
			panic(refuse(333, o.Into.String(), k.Name))
		}
	}
	c := &into{}
	source := &Relation{Name: "OUTPUT", Source: &Virtual{Rows: func() ([][]any, error) { return c.rows, nil }}}
	for i, col := range columns {
		source.Columns = append(source.Columns, Column{Name: col.Name, Type: col.Type, Nullable: col.Nullable, ID: i + 1, Collation: col.Collation})
	}
	rows := &tsql.Select{Items: []tsql.SelectItem{{Expr: &tsql.Star{}}}, From: []tsql.TableRef{&tsql.NamedTable{}}}
	c.insert = must(Bind(&tsql.Insert{Table: o.Into, Columns: o.Columns, Query: &tsql.Query{Body: rows}}, outputScope{b.scope, source}))
	b.program.change.into = c
}

// outputScope gives the rows of OUTPUT to the one table reference without a name.
type outputScope struct {
	Scope
	rows *Relation
}

func (s outputScope) Relation(name tsql.ObjectName) (*Relation, error) {
	if name.IsZero() {
		return s.rows, nil
	}
	return s.Scope.Relation(name)
}

// kept reads what a query tells of a table that a change has kept, and forgets the table.
func (x *execution) kept(ctx context.Context, conn Conn, table, text string, types []tsql.DataType) (rows [][]any) {
	must(x.rows(ctx, conn, text, func(raw []any) error {
		row, err := decodeAll(raw, types)
		rows = append(rows, row)
		return err
	}))
	must(conn.ExecContext(ctx, "DROP TABLE "+table))
	return rows
}

// outputAccesses are the accesses of INTO.
func (p *program) outputAccesses() []Access {
	if p.change == nil || p.change.into == nil {
		return nil
	}
	return slices.Clip(p.change.into.insert.Accesses)
}
