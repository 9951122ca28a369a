package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	assigning *assigning
	relation  *Relation
	table     *Table
	audits    []audit
	// view is a query for the rows that stay visible through a view with CHECK OPTION, as a column r.
	view string
	// news is a query for the rows as they would be stored, replaced one for the rows whose places they take.
	news, replaced string
	// back brings the rows of an UPDATE that sets a key back to where they were.
	back     string
	identity *Column
	last     int64
	lastSet  bool
}

// audit is a query that finds a row that breaks a constraint; with own, among the rows that were changed.
type audit struct {
	text    string
	own     bool
	failure error
}

// changedRIDs are the numbers of the rows that a statement changed, which it gets as a JSON array.
const changedRIDs = "(SELECT value FROM json_each(?2))"

const savepoint = "ts_statement"

// runChange runs a change as a whole or not at all, and emits what OUTPUT asks for.
func (p *program) runChange(ctx context.Context, conn Conn, emit func([]any) error) (int64, error) {
	x := begin(ctx, p)
	defer x.end()
	c := p.change
	c.lastSet = false
	if _, err := conn.ExecContext(ctx, "SAVEPOINT "+savepoint); err != nil {
		return 0, x.translate(ctx, err)
	}
	rows, n, err := x.change(ctx, conn)
	if err == nil && c.into != nil {
		c.into.rows, rows = rows, nil
		_, err = c.into.insert.program.runChange(ctx, conn, emit)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "RELEASE "+savepoint)
	}
	if err != nil {
		err = undo(ctx, conn, err)
		x.named(ctx, conn, err)
		return 0, err
	}
	for _, row := range rows {
		if err := emit(row); err != nil {
			return n, err
		}
	}
	return n, nil
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
	defer caught(&err)
	c := x.program.change
	if c.keep != "" {
		must(x.exec(ctx, conn, c.keep))
	}
	if c.assigning != nil {
		must(x.exec(ctx, conn, c.assigning.keep))
	}
	rids := "[]"
	needRows := len(c.returning) > 0 || c.view != "" || c.identity != nil || slices.ContainsFunc(c.audits, func(a audit) bool { return a.own })
	if !needRows {
		n = must(x.exec(ctx, conn, c.text))
	} else {
		rows, rids, n, err = x.returned(ctx, conn)
		check(err)
	}
	if c.back != "" {
		must(x.exec(ctx, conn, c.back))
	}
	if c.view != "" && x.count(ctx, conn, "SELECT DISTINCT r FROM ("+c.view+") WHERE r IN "+changedRIDs, rids) < n {
		return nil, 0, refuse(550)
	}
	for _, a := range c.audits {
		if x.count(ctx, conn, a.text, rids) > 0 {
			return nil, 0, copyError(a.failure)
		}
	}
	if c.keep != "" {
		rows = x.kept(ctx, conn, keptRows, c.output, x.program.types)
	}
	if set := c.assigning; set != nil {
		set.rows = x.kept(ctx, conn, setRows, set.read, set.types)
	}
	return rows, n, nil
}

// count is how many rows a query for some of the changed ones gives.
func (x *execution) count(ctx context.Context, conn Conn, text, rids string) int64 {
	return must(x.rows(ctx, conn, text, func([]any) error { return nil }, rids))
}

// returned runs the statement with RETURNING, and tells the numbers of its rows.
func (x *execution) returned(ctx context.Context, conn Conn) (rows [][]any, rids string, n int64, err error) {
	c := x.program.change
	var list []string
	text := c.text + " RETURNING " + strings.Join(append([]string{"rid"}, c.returning...), ", ")
	n, err = x.rows(ctx, conn, text, func(raw []any) error {
		rid, _ := raw[0].(int64)
		list = append(list, strconv.FormatInt(rid, 10))
		if c.identity != nil {
			c.last, c.lastSet = rid, true
			c.table.Counter.Reach(rid)
		}
		if len(c.returning) == 0 {
			return nil
		}
		row, err := x.decodeRow(raw[1:])
		rows = append(rows, row)
		return err
	})
	return rows, "[" + strings.Join(list, ",") + "]", n, err
}

// LastIdentity is the identity value that the last row of an INSERT got, for SCOPE_IDENTITY.
func (b *Bound) LastIdentity() (int64, bool) {
	if b.program.change == nil {
		return 0, false
	}
	return b.program.change.last, b.program.change.lastSet
}

// newChange starts a change of the table that a target ends in, with the foreign keys to look at afterwards.
func (b *binder) newChange(verb string, s *source, t *target) *change {
	c := &change{verb: verb, relation: t.relation, table: t.table}
	for _, k := range t.table.Constraints {
		if k.Kind == tsql.ForeignKey && !k.Disabled && (k.Children || verb != "DELETE") && !(k.Children && verb == "INSERT") {
			c.audits = append(c.audits, foreignKey(verb, k, t.relation, !k.Children))
		}
	}
	if t.checked && verb != "DELETE" {
		text, rids := s.core.withRows("v")
		c.view = fmt.Sprintf("SELECT %s AS r FROM (%s) AS v", rids[t.leaf], text)
	}
	return c
}

// Broken returns the SQLite query that has a row where a row of a table breaks a foreign key of it, and the refusal.
func Broken(verb string, k Constraint, r *Relation) (text string, failure error) {
	a := foreignKey(verb, k, r, false)
	return a.text, a.failure
}

// foreignKey finds children without a parent, all or those that have changed. With Children set, the constraint's Parent is
// the table of the children.
func foreignKey(verb string, k Constraint, r *Relation, changed bool) audit {
	child, parent, childColumns, parentColumns := r, k.Parent, k.Columns, k.ParentColumns
	kind, where := "FOREIGN KEY", k.Parent
	if k.Children {
		child, parent, childColumns, parentColumns = k.Parent, r, k.ParentColumns, k.Columns
		kind, where = "REFERENCE", k.Parent
	}
	ct, pt := child.Source.(*Table), parent.Source.(*Table)
	if ct.Number == pt.Number {
		kind = map[string]string{"FOREIGN KEY": "FOREIGN KEY SAME TABLE", "REFERENCE": "SAME TABLE REFERENCE"}[kind]
	}
	var present, same []string
	for i := range childColumns {
		cc, _ := columnByID(child, childColumns[i])
		pc, _ := columnByID(parent, parentColumns[i])
		collate := (node{typ: pc.Type, coll: label{name: pc.Collation, rank: rankImplicit}}).ordering("=")
		present = append(present, storageText("c.", cc)+" IS NOT NULL")
		same = append(same, storageText("p.", pc)+collate+" = "+storageText("c.", cc))
	}
	if changed {
		present = append(present, "c.rid IN "+changedRIDs)
	}
	text := fmt.Sprintf("SELECT 1 FROM %s AS c WHERE %s AND %s AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE %s AND %s) LIMIT 1",
		quoteTable(ct.Shape), ct.where("c."), strings.Join(present, " AND "), quoteTable(pt.Shape), pt.where("p."), strings.Join(same, " AND "))
	reported := k
	reported.Columns = k.ParentColumns
	return audit{text: text, own: !k.Children, failure: ErrConstraint(verb, kind, reported, where)}
}

func columnByID(r *Relation, id int) (Column, bool) {
	for _, c := range r.Columns {
		if c.ID == id {
			return c, true
		}
	}
	return Column{}, false
}

// duplicate is the refusal for a broken key: 2627 for a constraint, 2601 for an index. SQLite's text names the index, or
// lists the columns of one that is of columns alone.
func (x *execution) duplicate(text string) error {
	if x.program.change == nil {
		return fmt.Errorf("sqlite: %s", text)
	}
	r, t := x.program.change.relation, x.program.change.table
	object := r.Schema + "." + r.Name
	name := t.Shape[strings.IndexByte(t.Shape, '.')+1:]
	place := 0
	for _, k := range t.Constraints {
		if !k.unique() {
			continue
		}
		list := name + ".t"
		for _, id := range k.Columns {
			if c, ok := columnByID(r, id); ok && c.Identity {
				list += ", " + name + ".rid"
			} else {
				list += fmt.Sprintf(", %s.c%d", name, id)
			}
		}
		broken := strings.Contains(text, ": "+list+" (") || strings.Contains(text, keyName(name, place)+"'")
		place++
		if !broken {
			continue
		}
		x.broken = &k
		if k.Kind == UniqueIndex {
			return refuse(2601, object, k.Name)
		}
		kind := "UNIQUE KEY"
		if k.Kind == tsql.PrimaryKey {
			kind = "PRIMARY KEY"
		}
		return refuse(2627, kind, " '"+k.Name+"'", object)
	}
	return refuse(2627, "UNIQUE KEY", "", object)
}
