package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// store is a value ready to be written into a column: of its type, not too long, and not NULL where that is forbidden.
// The errors are 206 and 257 when bound, and 515, 2628 and those of conversions when run.
func (b *binder) store(n node, c Column, r *Relation, verb string) node {
	if !n.isNull() {
		check(convertible(n.typ, c.Type, false))
	}
	from, t := settle(n.typ), c.Type
	n.typ = from
	table := fmt.Sprintf("%s.%s.%s", r.Database, r.Schema, r.Name)
	out := b.call("store", t, false, []node{n}, func(args []any) (any, error) {
		if args[0] == nil {
			if c.Nullable {
				return nil, nil
			}
			return nil, refuse(515, c.Name, table, verb)
		}
		if err := fits(args[0], t, c.Name, table); err != nil {
			return nil, err
		}
		if err := Narrows(args[0], t, c.Collation); err != nil {
			return nil, err
		}
		return convert(args[0], from, t, 0)
	})
	return out
}

// fits refuses text and bytes that are too long for the type; spaces at the end may be cut off.
func fits(v any, t tsql.DataType, column, table string) error {
	n := length(t)
	if n < 0 || kindOf(t) != kindString && kindOf(t) != kindBinary {
		return nil
	}
	cut := ""
	switch x := v.(type) {
	case string:
		if kindOf(t) != kindString || utf16Len(strings.TrimRight(x, " ")) <= n {
			return nil
		}
		cut = slice16(x, 0, n)
	case []byte:
		if kindOf(t) != kindBinary || len(x) <= n {
			return nil
		}
	default:
		return nil
	}
	return refuse(2628, table, column, cut)
}

// defaultValue is the default of a column, or NULL.
func (b *binder) defaultValue(c Column) node {
	if c.Default == nil {
		return constant(nil, typeNull)
	}
	return b.expr(&frame{clause: clauseNone}, c.Default)
}

// checks is text that is 1 when a row, whose columns are given by their SQLite text, holds all CHECK constraints; it
// stops the statement with 547 when one is false. Empty without constraints.
func (b *binder) checks(r *Relation, t *Table, verb string, text func(Column) string) string {
	var parts []string
	for _, k := range t.Constraints {
		if k.Most > 0 {
			parts = append(parts, b.keyFits(r, k, text).sql)
		}
		if k.Kind != tsql.Check || k.Check == nil || k.Disabled {
			continue
		}
		cond := b.condition(rowOf(r, nil, text), k.Check)
		failed := b.call("547", typeInt, false, nil, func([]any) (any, error) {
			return nil, ErrConstraint(verb, "CHECK", k, r)
		})
		parts = append(parts, fmt.Sprintf("CASE WHEN NOT (%s) THEN %s ELSE 1 END", cond.sql, failed.sql))
	}
	return strings.Join(parts, " AND ")
}

// keyFits is 1 where the key of a row is not too long for its index (1946).
func (b *binder) keyFits(r *Relation, k Constraint, text func(Column) string) node {
	var args []node
	for _, id := range k.Columns {
		c, _ := columnByID(r, id)
		args = append(args, node{sql: text(c), typ: c.Type, coll: label{name: c.Collation}})
	}
	return b.call("1946", typeInt, false, args, func(values []any) (any, error) {
		length := int64(0)
		for i, v := range values {
			if v != nil {
				n, _ := fnDataLength(&calling{types: []tsql.DataType{args[i].typ}, coll: args[i].coll.need("")}, []any{v})
				length += n.(int64)
			}
		}
		if length > int64(k.Most) {
			return nil, refuse(1946, length, k.Name, k.Most, k.Manner)
		}
		return int64(1), nil
	})
}

// rowOf is the frame of an expression over one row of a relation, whose columns are given by their SQLite text.
func rowOf(r *Relation, u *use, text func(Column) string) *frame {
	row := &source{alias: r.Name, object: r.Name, schema: r.Schema, database: r.Database, use: u}
	for _, c := range r.Columns {
		row.add(c, text(c))
	}
	return &frame{sources: []*source{row}, clause: clauseNone}
}

// CheckColumns are the ids of the columns that the condition of a CHECK names, in their order, or the refusal of it.
func CheckColumns(cond tsql.Expr, r *Relation, scope Scope) (ids []int, err error) {
	defer caught(&err)
	b := newBinder(scope)
	u := &use{columns: map[int]bool{}}
	b.condition(rowOf(r, u, func(c Column) string { return c.Name }), cond)
	return slices.Sorted(maps.Keys(u.columns)), nil
}

// ErrConstraint is 547: a change breaks a constraint, which names its column where it has one alone.
func ErrConstraint(verb, kind string, k Constraint, r *Relation) error {
	column := ""
	for _, c := range r.Columns {
		if len(k.Columns) == 1 && c.ID == k.Columns[0] {
			column = fmt.Sprintf(", column '%s'", c.Name)
		}
	}
	return refuse(547, verb, kind, k.Name, r.Database, r.Schema, r.Name, column)
}
