package query

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// change is the part of a program that changes a table. Text is the statement without RETURNING; rid and then the
// columns of OUTPUT are what it returns, but for an UPDATE, whose OUTPUT is a query of its own: output, over the rows as
// they are now and as keep has kept them before. After it ran, each of the audits must return no row; into then gets
// the rows of OUTPUT … INTO.
type change struct {
	verb      string
	text      string
	returning []string
	keep      string
	output    string
	into      *into
	relation  *Relation
	table     *Table
	audits    []audit
	// view is a query for the rows that stay visible through a view with CHECK OPTION, as a column r.
	view string
	// rebuild are the unique constraints on columns that an UPDATE sets. T-SQL looks at them when all rows are changed,
	// SQLite at each row, so that a failure is tried again without their indexes, which are then made anew.
	rebuild  []int
	identity *Column
	last     int64
	lastSet  bool
}

// audit is a query that finds a row that breaks a constraint.
type audit struct {
	text    string
	failure error
}

const savepoint = "ts_statement"

// runChange runs a change as a whole or not at all, and emits what OUTPUT asks for.
func (p *program) runChange(ctx context.Context, conn Conn, emit func([]any) error) (int64, error) {
	x := begin(p)
	defer x.end()
	c := p.change
	c.lastSet = false
	if _, err := conn.ExecContext(ctx, "SAVEPOINT "+savepoint); err != nil {
		return 0, x.translate(ctx, err)
	}
	rows, n, err := x.change(ctx, conn)
	if isDuplicate(err) && len(c.rebuild) > 0 {
		rows, n, err = x.rebuilding(ctx, conn)
	}
	if err == nil && c.into != nil {
		c.into.rows, rows = rows, nil
		_, err = c.into.insert.program.runChange(ctx, conn, emit)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "RELEASE "+savepoint)
	}
	if err != nil {
		return 0, undo(ctx, conn, err)
	}
	for _, row := range rows {
		if err := emit(row); err != nil {
			return n, err
		}
	}
	return n, nil
}

func isDuplicate(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Number == 2627 || e.Number == 2601)
}

// rebuilding runs the change between dropping and making the unique indexes that it may break on its way.
func (x *execution) rebuilding(ctx context.Context, conn Conn) ([][]any, int64, error) {
	c := x.program.change
	texts := []string{"ROLLBACK TO " + savepoint}
	for _, i := range c.rebuild {
		texts = append(texts, DropUniqueSQL(c.table.SQLName, i))
	}
	for _, text := range texts {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return nil, 0, x.translate(ctx, err)
		}
	}
	rows, n, err := x.change(ctx, conn)
	for _, i := range c.rebuild {
		if err != nil {
			break
		}
		var text string
		if text, err = AddUniqueSQL(c.table.SQLName, c.relation.Columns, c.table.Constraints, i); err == nil {
			if _, err = conn.ExecContext(ctx, text); err != nil {
				err = x.translate(ctx, err)
			}
		}
	}
	return rows, n, err
}

// undo takes the statement back and returns err. A cancelled statement may have lost its whole transaction already, in
// which case there is no savepoint left to go back to.
func undo(ctx context.Context, conn Conn, err error) error {
	after := context.WithoutCancel(ctx)
	for _, text := range []string{"ROLLBACK TO " + savepoint, "RELEASE " + savepoint} {
		if _, failed := conn.ExecContext(after, text); failed != nil && ctx.Err() == nil {
			return errors.Join(err, failed)
		}
	}
	return err
}

// change runs the statement and its audits.
func (x *execution) change(ctx context.Context, conn Conn) (rows [][]any, n int64, err error) {
	c := x.program.change
	if c.keep != "" {
		if _, err := x.exec(ctx, conn, c.keep); err != nil {
			return nil, 0, err
		}
	}
	needRows := len(c.returning) > 0 || c.view != "" || c.identity != nil
	if !needRows {
		n, err = x.exec(ctx, conn, c.text)
	} else {
		rows, n, err = x.returned(ctx, conn)
	}
	if err != nil {
		return nil, 0, err
	}
	for _, a := range c.audits {
		found, err := x.rows(ctx, conn, a.text, func([]any) error { return nil })
		if err != nil {
			return nil, 0, err
		}
		if found > 0 {
			return nil, 0, copyError(a.failure)
		}
	}
	if c.keep != "" {
		rows, err = x.output(ctx, conn)
	}
	return rows, n, err
}

// returned runs the statement with RETURNING and checks the rows against a view with CHECK OPTION.
func (x *execution) returned(ctx context.Context, conn Conn) (rows [][]any, n int64, err error) {
	c := x.program.change
	var rids []string
	text := c.text + " RETURNING " + strings.Join(append([]string{"rid"}, c.returning...), ", ")
	n, err = x.rows(ctx, conn, text, func(raw []any) error {
		rid, _ := raw[0].(int64)
		rids = append(rids, strconv.FormatInt(rid, 10))
		if c.identity != nil {
			c.last, c.lastSet = c.table.Seed+(rid-1)*c.table.Step, true
		}
		if len(c.returning) == 0 {
			return nil
		}
		row, err := x.decodeRow(raw[1:])
		rows = append(rows, row)
		return err
	})
	if err != nil || c.view == "" || len(rids) == 0 {
		return rows, n, err
	}
	seen, err := x.rows(ctx, conn, "SELECT DISTINCT r FROM ("+c.view+") WHERE r IN ("+strings.Join(rids, ", ")+")", func([]any) error { return nil })
	if err == nil && seen < int64(len(rids)) {
		err = refuse(550, "The attempted insert or update failed because the target view either specifies WITH CHECK OPTION or spans a view that specifies WITH CHECK OPTION and one or more rows resulting from the operation did not qualify under the CHECK OPTION constraint.")
	}
	return rows, n, err
}

// LastIdentity is the identity value that the last row of an INSERT got, for SCOPE_IDENTITY.
func (b *Bound) LastIdentity() (int64, bool) {
	if b.program.change == nil {
		return 0, false
	}
	return b.program.change.last, b.program.change.lastSet
}

// newChange starts a change of the table that a target ends in, with the foreign keys to look at afterwards.
func (b *binder) newChange(verb string, s *source, t *target) (*change, error) {
	c := &change{verb: verb, relation: t.relation, table: t.table}
	for _, k := range t.table.Constraints {
		if k.Kind == tsql.ForeignKey && (k.Children || verb != "DELETE") && !(k.Children && verb == "INSERT") {
			a, err := b.foreignKey(verb, k, t.relation)
			if err != nil {
				return nil, err
			}
			c.audits = append(c.audits, a)
		}
	}
	if t.checked && verb != "DELETE" {
		text, rids := s.core.withRows("v")
		c.view = fmt.Sprintf("SELECT %s AS r FROM (%s) AS v", rids[t.leaf], text)
	}
	return c, nil
}

// foreignKey finds children without a parent. With Children set, the constraint's Parent is the table of the children.
func (b *binder) foreignKey(verb string, k Constraint, r *Relation) (audit, error) {
	child, parent, childColumns, parentColumns := r, k.Parent, k.Columns, k.ParentColumns
	kind, where := "FOREIGN KEY", k.Parent
	if k.Children {
		child, parent, childColumns, parentColumns = k.Parent, r, k.ParentColumns, k.Columns
		kind, where = "REFERENCE", k.Parent
	}
	ct, ok1 := child.Source.(*Table)
	pt, ok2 := parent.Source.(*Table)
	if !ok1 || !ok2 || len(childColumns) != len(parentColumns) {
		return audit{}, unsupported("REFERENCES")
	}
	var present, same []string
	for i := range childColumns {
		cc, okC := columnByID(child, childColumns[i])
		pc, okP := columnByID(parent, parentColumns[i])
		if !okC || !okP {
			return audit{}, unsupported("REFERENCES")
		}
		collate, err := (node{typ: pc.Type, coll: label{name: pc.Collation, rank: rankImplicit}}).ordering("=")
		if err != nil {
			return audit{}, err
		}
		present = append(present, "c."+storageName(cc)+" IS NOT NULL")
		same = append(same, fmt.Sprintf("p.%s%s = c.%s", storageName(pc), collate, storageName(cc)))
	}
	text := fmt.Sprintf("SELECT 1 FROM %s AS c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE %s) LIMIT 1",
		quoteTable(ct.SQLName), strings.Join(present, " AND "), quoteTable(pt.SQLName), strings.Join(same, " AND "))
	reported := k
	reported.Columns = k.ParentColumns
	return audit{text: text, failure: errConstraint(verb, kind, reported, where)}, nil
}

func columnByID(r *Relation, id int) (Column, bool) {
	for _, c := range r.Columns {
		if c.ID == id {
			return c, true
		}
	}
	return Column{}, false
}

// duplicate is the refusal for a broken unique index: 2627 for a constraint, 2601 for an index.
func (p *program) duplicate(text string) error {
	if p.change == nil {
		return fmt.Errorf("sqlite: %s", text)
	}
	r, t := p.change.relation, p.change.table
	object := r.Schema + "." + r.Name
	for i, k := range t.Constraints {
		if !strings.Contains(text, uniqueName(t.SQLName, i)) && !sameColumns(text, t.SQLName, storageNames(r, k.Columns)) {
			continue
		}
		if k.Kind == UniqueIndex {
			return withClass(14, refuse(2601, "Cannot insert duplicate key row in object '%s' with unique index '%s'.", object, k.Name))
		}
		kind := "UNIQUE KEY"
		if k.Kind == tsql.PrimaryKey {
			kind = "PRIMARY KEY"
		}
		return withClass(14, refuse(2627, "Violation of %s constraint '%s'. Cannot insert duplicate key in object '%s'.", kind, k.Name, object))
	}
	return withClass(14, refuse(2627, "Violation of UNIQUE KEY constraint. Cannot insert duplicate key in object '%s'.", object))
}

func withClass(class byte, e *Error) *Error {
	e.Class = class
	return e
}

// storageNames are the columns that SQLite names when a key of these is broken; an identity is its row number.
func storageNames(r *Relation, ids []int) []string {
	var names []string
	for _, id := range ids {
		name := fmt.Sprintf("c%d", id)
		if c, ok := columnByID(r, id); ok && c.Identity {
			name = "rid"
		}
		names = append(names, name)
	}
	return names
}

// sameColumns reports whether SQLite's text lists exactly these columns: "UNIQUE constraint failed: t.c1, t.c2 (2067)".
func sameColumns(text, table string, names []string) bool {
	_, list, ok := strings.Cut(text, "UNIQUE constraint failed: ")
	if !ok || len(names) == 0 {
		return false
	}
	list, _, _ = strings.Cut(list, " (")
	if i := strings.LastIndexByte(table, '.'); i >= 0 {
		table = table[i+1:]
	}
	var want []string
	for _, name := range names {
		want = append(want, table+"."+name)
	}
	return list == strings.Join(want, ", ")
}
