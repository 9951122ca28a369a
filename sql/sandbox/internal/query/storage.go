package query

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"grantree/sql/tsql"
)

// UniqueIndex is the kind of a Constraint that CREATE UNIQUE INDEX made; breaking it is error 2601, not 2627.
const UniqueIndex tsql.ConstraintKind = "UNIQUE INDEX"

// Shape is a SQLite table that all tables with as many columns and the same unique keys share: the rows of each stand
// there under its number t, each row with a number rid. That is the value of the identity column where there is one.
// SQLite knows of no constraint but the keys: the others are checked by the changes that Bind makes.
//
// Making a SQLite table or an index goes over all that there are, and there are as many shapes as kinds of tables,
// however many tables.
type Shape struct {
	Name string // written without quotes; that of a temporary table begins with "temp."
	SQL  string // makes it, unless it is there
}

// maxWidth is how many columns of its own a shape can have: SQLite takes 2,000 in all.
const maxWidth = 1998

// NewShape is the shape of a table. The error is 2715 for a column of an unknown type.
func NewShape(columns []Column, constraints []Constraint, temporary bool) (s Shape, err error) {
	defer caught(&err)
	width := 8
	for _, c := range columns {
		if info, ok := typeInfos[c.Type.Name]; !ok || info.kind == kindNull {
			return Shape{}, refuse(2715, c.ID, c.Type.Name)
		}
		for width < min(c.ID, maxWidth) {
			width = min(2*width, maxWidth)
		}
	}
	var keys [][]string
	s = Shape{Name: fmt.Sprint("rows", width)}
	for _, k := range constraints {
		if !k.unique() {
			continue
		}
		parts := keyParts(columns, k)
		keys = append(keys, parts)
		s.Name += fmt.Sprint(parts)
	}
	schema, name := "", s.Name
	if temporary { // SQLite looks among the temporary tables first, so that no name may be the same
		name = "own " + name
		schema, s.Name = "temp.", "temp."+name
	}
	var sql strings.Builder
	fmt.Fprintf(&sql, "CREATE TABLE IF NOT EXISTS %s%s (t, rid", schema, quoteSQLite(name))
	for i := range width {
		fmt.Fprintf(&sql, ", c%d", i+1)
	}
	sql.WriteString(", PRIMARY KEY (t, rid)) WITHOUT ROWID")
	for i, parts := range keys {
		fmt.Fprintf(&sql, "; CREATE UNIQUE INDEX IF NOT EXISTS %s%s ON %s (t, %s)", schema, quoteSQLite(keyName(name, i)), quoteSQLite(name), strings.Join(parts, ", "))
	}
	s.SQL = sql.String()
	return s, nil
}

// unique reports whether a constraint is a key.
func (k Constraint) unique() bool {
	return k.Kind == tsql.PrimaryKey || k.Kind == tsql.Unique || k.Kind == UniqueIndex
}

// keyName is the name of the index for a key, by its place among the keys of its table.
func keyName(shape string, i int) string { return fmt.Sprintf("key %d of %s", i, shape) }

// keyParts are what a key is of, in SQLite. They make NULL equal to NULL, as SQL Server does and SQLite does not.
func keyParts(columns []Column, k Constraint) []string {
	var parts []string
	for _, id := range k.Columns {
		c, _ := columnByID(&Relation{Columns: columns}, id)
		collate := (node{typ: c.Type, coll: label{name: c.Collation, rank: rankImplicit}}).ordering("UNIQUE")
		switch name := fmt.Sprintf("c%d", id); {
		case c.Identity:
			parts = append(parts, "rid")
		case c.Nullable && !slices.Contains(k.Filtered, id):
			parts = append(parts, "("+name+" IS NULL)", "ifnull("+name+", 0)"+collate)
		default:
			parts = append(parts, name+collate)
		}
	}
	return parts
}

// storageText is the SQLite text of a column of the row that prefix names: an identity is the number of its row.
func storageText(prefix string, c Column) string {
	switch {
	case !c.Identity:
		return fmt.Sprintf("%sc%d", prefix, c.ID)
	case kindOf(c.Type) == kindInt:
		return prefix + "rid"
	}
	return "CAST(" + prefix + "rid AS TEXT)"
}

// where is the condition for the rows of the table, in the shape under the name that prefix gives it.
func (t *Table) where(prefix string) string { return fmt.Sprintf("%st = %d", prefix, t.Number) }

// MoveSQL returns the SQLite statements that bring the rows of a table with these columns into another shape. One that
// breaks a key of that shape fails.
func (t *Table) MoveSQL(to string, columns []Column) string {
	names := "t, rid"
	for _, c := range columns {
		if !c.Identity {
			names += ", " + storageText("", c)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s; %s", quoteTable(to), names, names, quoteTable(t.Shape), t.where(""), t.ClearSQL())
}

// ClearSQL returns the SQLite statement that takes all rows of a table away.
func (t *Table) ClearSQL() string {
	return fmt.Sprintf("DELETE FROM %s WHERE %s", quoteTable(t.Shape), t.where(""))
}

// RowsSQL returns the SQLite query for the rows of a table as they are stored, RowSQL the statement that puts one with so
// many values back.
func (t *Table) RowsSQL() string {
	return fmt.Sprintf("SELECT * FROM %s WHERE %s", quoteTable(t.Shape), t.where(""))
}

func (t *Table) RowSQL(values int) string {
	return fmt.Sprintf("INSERT INTO %s VALUES (?%s)", quoteTable(t.Shape), strings.Repeat(", ?", values-1))
}

// AnySQL returns the SQLite query that has a row where the table has one.
func (t *Table) AnySQL() string {
	return fmt.Sprintf("SELECT 1 FROM %s WHERE %s LIMIT 1", quoteTable(t.Shape), t.where(""))
}

// MostSQL returns the SQLite query for the number of a table's rows that is the furthest.
func (t *Table) MostSQL() string {
	return fmt.Sprintf("SELECT %s(rid) FROM %s WHERE %s", map[bool]string{true: "max", false: "min"}[t.Counter.Step > 0], quoteTable(t.Shape), t.where(""))
}

// CountSQL returns the SQLite query for how many rows a table has.
func (t *Table) CountSQL() string {
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", quoteTable(t.Shape), t.where(""))
}

// Counter counts the rows of a table, past all transactions: a number is given out once, and no rollback takes it back.
type Counter struct {
	last       atomic.Int64
	used       atomic.Bool
	Seed, Step int64
}

// NewCounter makes a counter that begins with seed.
func NewCounter(seed, step int64) *Counter {
	c := &Counter{Seed: seed, Step: step}
	c.last.Store(seed - step)
	return c
}

// Last is the number that was given out last, nil before the first.
func (c *Counter) Last() any {
	if last, used := c.Current(); used {
		return last
	}
	return nil
}

// next gives out a number.
func (c *Counter) next([]any) (any, error) {
	c.used.Store(true)
	return c.last.Add(c.Step), nil
}

// Current is the number that was given out last; where none was, the next one, and false.
func (c *Counter) Current() (int64, bool) {
	if c.used.Load() {
		return c.last.Load(), true
	}
	return c.last.Load() + c.Step, false
}

// Reseed makes n the last number; where none was given out, the next one ("DBCC CHECKIDENT").
func (c *Counter) Reseed(n int64) {
	if !c.used.Load() {
		n -= c.Step
	}
	c.last.Store(n)
}

// Reach lets the counter go on after a number that was given.
func (c *Counter) Reach(n int64) {
	c.used.Store(true)
	for last := c.last.Load(); (n-last)*c.Step > 0 && !c.last.CompareAndSwap(last, n); {
		last = c.last.Load()
	}
}
