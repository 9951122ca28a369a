package sandbox

import (
	"fmt"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// selectRows is SELECT. One that reads no table begins no implicit transaction ("SET IMPLICIT_TRANSACTIONS").
func (x *run) selectRows(st *tsql.SelectStatement) error {
	return x.again(func() error {
		b, err := query.Bind(st, x.scope())
		if err != nil {
			return err
		}
		if len(b.Accesses) > 0 || !b.Into.IsZero() {
			x.implicitTransaction()
		}
		if !b.Into.IsZero() {
			return x.selectInto(st, b)
		}
		if err := x.permit(b.Accesses); err != nil {
			return err
		}
		return x.reading(b.Accesses, func(conn query.Conn) error { return x.emit(b, conn, tds.CommandSelect) })
	})
}

// emit runs a bound statement and sends its rows, or assigns its variables.
func (x *run) emit(b *query.Bound, conn query.Conn, cmd uint16) error {
	var last []any
	sends := len(b.Columns) > 0 && len(b.Variables) == 0
	if sends {
		x.s.out.Columns(wireColumns(b.Columns))
	}
	n, err := b.Run(x.s.request, conn, func(row []any) error {
		if len(b.Variables) > 0 {
			last = row
			return nil
		}
		return x.s.out.Row(wireRow(row))
	})
	if err != nil {
		if sends && x.s.try > 0 {
			x.done(cmd, -1, 0) // the result set ends; the error goes to CATCH
		}
		return err
	}
	if last != nil {
		if err := x.assignRow(b, last); err != nil {
			return err
		}
	}
	x.s.rowCount = n
	x.warn(b.NullEliminated())
	x.done(cmd, n, 0)
	return nil
}

// warn says that a NULL was left out of an aggregate, where ANSI_WARNINGS is on (8153).
func (x *run) warn(eliminated bool) {
	if eliminated && x.s.settings.on(optAnsiWarnings) {
		x.s.out.Info(refuse(8153))
	}
}

// assignRow sets the variables of SELECT @v = ….
func (x *run) assignRow(b *query.Bound, row []any) error {
	for i, name := range b.Variables {
		if err := x.assign(name, row[i], b.Columns[i].Type); err != nil {
			return err
		}
	}
	return nil
}

// wireColumns describes a result set on the wire.
func wireColumns(cols []query.ResultColumn) []tds.Column {
	out := make([]tds.Column, len(cols))
	for i, c := range cols {
		out[i] = tds.Column{Name: c.Name, Type: wireType(c.Type, c.Collation), Nullable: c.Nullable, Identity: c.Identity, Computed: c.Computed}
	}
	return out
}

// wireRow is a row on the wire.
func wireRow(row []any) []any {
	for i, v := range row {
		row[i] = wireValue(v)
	}
	return row
}

// changeRows is UPDATE and DELETE, and INSERT once its rows are known.
func (x *run) changeRows(st tsql.Statement) error {
	x.implicitTransaction()
	return x.change(target(st), func() error {
		sc := x.scope()
		sc.writes = true
		b, err := query.Bind(st, sc)
		if err != nil {
			return err
		}
		return x.runChange(b, command(st))
	})
}

// runChange checks and runs a bound change.
func (x *run) runChange(b *query.Bound, cmd uint16) error {
	if err := x.permit(b.Accesses); err != nil {
		return err
	}
	if err := x.writable(b.Accesses); err != nil {
		return err
	}
	if err := x.materialise(b.Accesses); err != nil {
		return err
	}
	if err := x.emit(b, lazyConn{x.s}, cmd); err != nil {
		return err
	}
	names, values, types := b.Assigned()
	for i, name := range names {
		if err := x.assign(name, values[i], types[i]); err != nil {
			return err
		}
	}
	if id, ok := b.LastIdentity(); ok {
		x.s.identity, x.s.scopeID = id, id
	} else if cmd == tds.CommandInsert {
		x.s.identity, x.s.scopeID = nil, nil
	}
	return nil
}

// target is the table that a statement changes: of two, one that is not temporary.
func target(st tsql.Statement) (name tsql.ObjectName) {
	var output *tsql.Output
	switch st := st.(type) {
	case *tsql.Insert:
		name, output = st.Table, st.Output
	case *tsql.Update:
		name, output = st.Target, st.Output
	case *tsql.Delete:
		name, output = st.Target, st.Output
	}
	if output != nil && !output.Into.IsZero() && !output.Into.Variable && !output.Into.IsTemp() {
		return output.Into
	}
	return name
}

// change runs do so that it changes rows as a whole or not at all: in the transaction, or past it for table variables,
// which no transaction concerns, and for temporary tables in autocommit mode, which concern nobody else.
func (x *run) change(name tsql.ObjectName, do func() error) error {
	s := x.s
	if s.inside { // an error ends the statement around it
		return do()
	}
	if s.tx.work == nil && (name.Variable || name.IsTemp() && s.tx.count == 0) {
		return x.again(func() error { return x.changeAside(do) })
	}
	return s.write(func(work *security.Server) error {
		x.state, x.checker = work, nil
		if err := s.beginRows(); err != nil {
			return err
		}
		return do()
	})
}

// changeAside runs do in a SQLite transaction of its own that reads the committed version.
func (x *run) changeAside(do func() error) error {
	if err := x.pin(); err != nil {
		return err
	}
	temps := x.s.temps
	if err := do(); err != nil {
		x.s.temps = temps
		if back := x.s.sqlite("ROLLBACK"); back != nil && !x.s.attended() {
			x.s.srv.options.Log("session %d: %v", x.s.spid, back)
		}
		return err
	}
	return x.s.sqlite("COMMIT")
}

// writable refuses changes in a read-only database (3906).
func (x *run) writable(accesses []query.Access) error {
	for _, a := range accesses {
		key, _ := a.Relation.Key.(relationKey)
		if a.Permission == "SELECT" || a.Permission == "EXECUTE" || !key.checked() {
			continue
		}
		if d := x.state.Database(key.object.Database); d != nil && d.Settings.ReadOnly {
			return refuse(3906, d.Name)
		}
	}
	return nil
}

// materialise makes room for the rows of the tables that a change is about to use.
func (x *run) materialise(accesses []query.Access) error {
	for _, a := range accesses {
		if err := x.materialiseOne(a.Relation); err != nil {
			return err
		}
		t, ok := a.Relation.Source.(*query.Table)
		if !ok {
			continue
		}
		for _, c := range t.Constraints {
			if c.Parent == nil {
				continue
			}
			if err := x.materialiseOne(c.Parent); err != nil {
				return err
			}
		}
	}
	return nil
}

// materialiseOne makes the shape of one table that never had a row.
func (x *run) materialiseOne(rel *query.Relation) error {
	key, _ := rel.Key.(relationKey)
	if _, ok := rel.Source.(*query.Table); !ok || !key.checked() || x.s.tx.work == nil {
		return nil
	}
	st, ok := x.state.Database(key.object.Database).Object(key.object.Object).Storage.(*tableStorage)
	if !ok {
		return fmt.Errorf("table %s has no storage", rel.Name)
	}
	if st.stored {
		return nil
	}
	next := *st
	err := next.make(x.s, false)
	next.stored = true
	x.state.SetStorage(key.object.Database, key.object.Object, &next)
	return err
}

// implicitTransaction begins a transaction where SET IMPLICIT_TRANSACTIONS is on.
func (x *run) implicitTransaction() {
	if x.s.settings.on(optImplicitTransactions) && x.s.tx.count == 0 {
		x.s.begin("")
	}
}
