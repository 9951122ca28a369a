package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// Duplicate is the key that two rows of a table have, as messages 1505, 2601 and 2627 show it: its values in the order of
// the key, <NULL> for NULL. It is empty where no two rows have one.
func (t *Table) Duplicate(ctx context.Context, conn Conn, columns []Column, k Constraint) (key string, err error) {
	x := begin(ctx, &program{})
	defer x.end()
	rows := fmt.Sprintf("SELECT *, rid AS seq FROM %s WHERE %s", quoteTable(t.Shape), t.where(""))
	return x.duplicateAmong(ctx, conn, columns, k, rows, strings.Join(keyParts(columns, k), ", "))
}

// duplicateAmong is the key that a row has after another one, the first in an order; the column seq tells which comes first.
func (x *execution) duplicateAmong(ctx context.Context, conn Conn, columns []Column, k Constraint, rows, order string) (key string, err error) {
	values := make([]string, len(k.Columns))
	own := make([]Column, len(k.Columns))
	kept := "nth > 1"
	for i, id := range k.Columns {
		own[i], _ = columnByID(&Relation{Columns: columns}, id)
		if values[i] = storageText("", own[i]); slices.Contains(k.Filtered, id) {
			kept += " AND " + values[i] + " IS NOT NULL"
		}
	}
	text := fmt.Sprintf("SELECT %s FROM (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY seq) AS nth FROM (%s)) WHERE %s ORDER BY %s LIMIT 1",
		strings.Join(values, ", "), strings.Join(keyParts(columns, k), ", "), rows, kept, order)
	_, err = x.rows(ctx, conn, text, func(raw []any) error {
		for i, c := range own {
			v, err := decode(raw[i], c.Type)
			if err == nil {
				values[i], err = keyValue(v, c.Type)
			}
			if err != nil {
				return err
			}
		}
		key = "(" + strings.Join(values, ", ") + ")"
		return nil
	})
	return key, err
}

// keyValue is a value of a key in a message.
func keyValue(v any, t tsql.DataType) (string, error) {
	switch x := v.(type) {
	case nil:
		return "<NULL>", nil
	case string:
		return x, nil
	case []byte:
		return fmt.Sprintf("0x%x", x), nil
	}
	text, err := convert(v, t, typeVarChar(8000), 0)
	out, _ := text.(string)
	if kindOf(t) == kindUUID {
		out = strings.ToLower(out)
	}
	return out, err
}

// named adds the key to the refusal of a change that gave two rows the same one. The change is undone, so that it is looked
// at once more what it would have written.
func (x *execution) named(ctx context.Context, conn Conn, failure error) {
	var e *Error
	c := x.program.change
	if x.broken == nil || c.news == "" || !errors.As(failure, &e) {
		return
	}
	last := c.table.Counter.last.Load()
	defer c.table.Counter.last.Store(last)
	stay := ""
	if c.replaced != "" {
		stay = " AND rid NOT IN (SELECT rid FROM (" + c.replaced + "))"
	}
	list := "rid"
	for _, id := range x.broken.Columns {
		if col, _ := columnByID(c.relation, id); !col.Identity {
			list += ", " + storageText("", col)
		}
	}
	rows := fmt.Sprintf("SELECT %s, 0 AS seq FROM %s WHERE %s%s UNION ALL SELECT %s, row_number() OVER () AS seq FROM (%s)",
		list, quoteTable(c.table.Shape), c.table.where(""), stay, list, c.news)
	if key, err := x.duplicateAmong(ctx, conn, c.relation.Columns, *x.broken, rows, "seq"); err == nil && key != "" {
		e.Message += " The duplicate key value is " + key + "."
	}
}
