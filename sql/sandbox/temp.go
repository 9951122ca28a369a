package sandbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// storeTemp makes a temporary table, whose shape is a temporary table of the session's SQLite connection.
func (x *run) storeTemp(name tsql.ObjectName, st *tableStorage) (*query.Relation, error) {
	s := x.s
	key := s.tempKey(name.Name, s.depth)
	if s.temps[key] != nil {
		return nil, refuse(2714, name.Name)
	}
	if err := st.make(s, true); err != nil {
		return nil, err
	}
	return s.relation(s.keepTemp(&tempTable{name: name.Name, depth: s.depth, made: x.now}, *st)), nil
}

// id is the object_id of a temporary table.
func (t *tempTable) id() int { return -1<<20 - int(t.storage.rows.Number)<<8 }

// objects are a temporary table and its constraints as tempdb lists them. The name is filled to 128 characters, so that
// each session may have one of its own.
func (t *tempTable) objects() []*security.Object {
	name := t.name + strings.Repeat("_", max(116-len(t.name), 0)) + fmt.Sprintf("%012X", t.storage.rows.Number)
	own := &security.Object{ID: t.id(), Schema: security.SchemaDBO, Name: name, Kind: security.KindTable, Created: t.made, Modified: t.made, Columns: securityColumns(t.storage.columns), Storage: &t.storage}
	list := []*security.Object{own}
	for i, c := range t.storage.constraints {
		if kind := constraintKinds[c.Kind]; kind != "" {
			list = append(list, &security.Object{ID: own.ID - 1 - i, Schema: own.Schema, Name: c.Name, Kind: kind, Parent: own.ID, Created: t.made, Modified: t.made})
		}
	}
	return list
}

// checkTemporary is check with the temporary tables of the session among the objects of tempdb.
func (x *run) checkTemporary() *security.Checker {
	var list []*security.Object
	for _, t := range x.s.temps {
		list = append(list, t.objects()...)
	}
	if len(list) == 0 {
		return x.check()
	}
	return x.state.WithTemporary(list).Checker(x.s.context.At(x.now))
}

// tempAlteration is alteration of a temporary table.
func (x *run) tempAlteration(name tsql.ObjectName, state byte) (*alteration, error) {
	t := x.s.temp(name.Name)
	if t == nil {
		return nil, missingTable(name, state)
	}
	a := &alteration{x: x, who: x.who(), db: x.state.Database(security.DatabaseTempdb), name: name, temp: t}
	a.take(&t.storage)
	a.storage.stored = true
	a.object = &security.Object{Schema: security.SchemaDBO, Name: t.name}
	return a, nil
}

// keepTemp keeps a temporary table with this storage, in the place of what it had. What a savepoint has does not change.
func (s *session) keepTemp(t *tempTable, st tableStorage) *tempTable {
	next := *t
	next.storage = st
	s.temps = maps.Collect(maps.All(s.temps)) // never nil
	s.temps[s.tempKey(t.name, t.depth)] = &next
	return &next
}

// dropTemp is DROP TABLE of a temporary table.
func (x *run) dropTemp(name tsql.ObjectName, ifExists bool) error {
	s := x.s
	t := s.temp(name.Name)
	if t == nil {
		if ifExists {
			return nil
		}
		return refuse(3701, "drop", "table", name.Name)
	}
	if err := s.sqlite(t.storage.rows.ClearSQL()); err != nil {
		return err
	}
	s.temps = maps.Clone(s.temps)
	delete(s.temps, s.tempKey(name.Name, t.depth))
	return nil
}

// temp is the temporary table that a name means: that of the innermost text that made one, nil where none did.
func (s *session) temp(name string) *tempTable {
	for depth := s.depth; depth >= 0; depth-- {
		if t := s.temps[s.tempKey(name, depth)]; t != nil {
			return t
		}
	}
	return nil
}

// endTemps drops the temporary tables that a text at a depth made, for good: no rollback brings them back.
func (s *session) endTemps(depth int) {
	own := func(_ string, t *tempTable) bool { return t.depth == depth }
	for _, t := range s.temps {
		if own("", t) {
			s.clear(t)
		}
	}
	all := []*map[string]*tempTable{&s.temps, &s.tx.temps}
	for i := range s.tx.saves {
		all = append(all, &s.tx.saves[i].temps)
	}
	for _, temps := range all {
		*temps = maps.Clone(*temps)
		maps.DeleteFunc(*temps, own)
	}
}

// dropTemps drops all temporary tables of the session.
func (s *session) dropTemps() {
	for _, t := range s.temps {
		s.clear(t)
	}
	s.temps = nil
}

// clear takes the rows of a temporary table away; its shape may have gone with a transaction.
func (s *session) clear(t *tempTable) {
	err := t.storage.make(s, true)
	if err == nil {
		err = s.sqlite(t.storage.rows.ClearSQL())
	}
	if err != nil {
		s.srv.options.Log("session %d: %v", s.spid, err)
	}
}

// declareTable is DECLARE @t TABLE.
func (x *run) declareTable(d tsql.VariableDecl) error {
	name := tsql.ObjectName{Pos: d.Pos, Name: d.Name, Parts: 1, Variable: true}
	st, err := x.tableStorage(name, *d.Table, nil)
	if err != nil {
		return err
	}
	if err := st.make(x.s, true); err != nil {
		return err
	}
	t := &tempTable{name: d.Name, storage: *st}
	x.vars[variableKey(d.Name)] = &variable{table: t}
	x.s.tables = append(x.s.tables, t)
	return nil
}

// dropTableVariables drops the table variables of a text that ends.
func (x *run) dropTableVariables() {
	for _, v := range x.vars {
		if v.table != nil {
			x.s.clear(v.table)
			x.s.tables = slices.DeleteFunc(x.s.tables, func(t *tempTable) bool { return t == v.table })
		}
	}
}

// keepingTables runs what rolls rows back, and gives the table variables, which no transaction concerns, theirs again.
func (s *session) keepingTables(rollBack func() error) error {
	kept := make([][][]any, len(s.tables))
	for i, t := range s.tables {
		rows, err := s.storedRows(t.storage.rows.RowsSQL())
		if err != nil {
			return errors.Join(err, rollBack())
		}
		kept[i] = rows
	}
	if err := rollBack(); err != nil {
		return err
	}
	for i, t := range s.tables {
		s.clear(t)
		for _, row := range kept[i] {
			if _, err := s.rows.ExecContext(context.Background(), t.storage.rows.RowSQL(len(row)), row...); err != nil {
				return err
			}
		}
	}
	return nil
}

// storedRows reads rows as the store has them.
func (s *session) storedRows(text string) (out [][]any, err error) {
	rows, err := lazyConn{s}.QueryContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	for err == nil && rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		err = rows.Scan(to...)
		out = append(out, row)
	}
	return out, errors.Join(err, rows.Err())
}

// truncate is TRUNCATE TABLE: it needs ALTER on the table (1088 state 7), and the rows go with their storage.
func (x *run) truncate(st *tsql.Truncate) error {
	name := st.Table
	if name.IsTemp() {
		t := x.s.temp(name.Name)
		if t == nil {
			return refuse(4701, name)
		}
		next := t.storage
		next.rows.Counter = query.NewCounter(next.rows.Counter.Seed, next.rows.Counter.Step)
		x.s.keepTemp(t, next)
		return x.s.sqlite(next.rows.ClearSQL())
	}
	w, err := x.inDatabase(name)
	if err != nil {
		return err
	}
	d := x.state.Database(w.Database)
	o := d.Resolve(w.User, name.Schema, name.Name)
	if o == nil {
		return refuse(4701, name)
	}
	storage, ok := o.Storage.(*tableStorage)
	switch {
	case !x.state.Checker(w).Can(security.OnObject(d.ID, o.ID), "ALTER"):
		return refuseAs(1088, 16, 7, name)
	case !ok:
		return refuse(4708, name)
	case x.referencedBy(d, o) != "":
		return refuse(4712, name)
	case d.Settings.ReadOnly:
		return refuse(3906, d.Name)
	}
	next := *storage
	next.rows.Number, next.rows.Counter, next.stored = int64(x.s.srv.number()), query.NewCounter(storage.rows.Counter.Seed, storage.rows.Counter.Step), false
	x.state.SetStorage(d.ID, o.ID, &next)
	return x.s.dropRows(o)
}
