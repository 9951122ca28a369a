package sandbox

import (
	"fmt"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// insert is INSERT.
func (x *run) insert(st *tsql.Insert) error {
	if st.Exec == nil && st.ExecText == nil {
		return x.changeRows(st)
	}
	captured, err := x.captureRows(st)
	if err != nil {
		return err
	}
	if len(captured.rows) == 0 {
		x.s.rowCount = 0
		x.done(tds.CommandInsert, 0, 0)
		return nil
	}
	return x.changeRows(x.rowsAsVariables(st, captured))
}

// captureRows runs the EXEC of an INSERT … EXEC and keeps its rows.
func (x *run) captureRows(st *tsql.Insert) (*capture, error) {
	if _, nested := x.s.out.(*capture); nested {
		return nil, refuse(8164)
	}
	c := &capture{answer: x.s.out}
	x.s.out = c
	defer func() { x.s.out = c.answer }()
	var err error
	if st.Exec != nil {
		_, err = x.execute(st.Exec)
	} else {
		_, err = x.executeText(st.ExecText)
	}
	return c, err
}

// rowsAsVariables makes an INSERT … VALUES of rows: each value is a variable that only this statement can name.
func (x *run) rowsAsVariables(st *tsql.Insert, c *capture) *tsql.Insert {
	plain := *st
	plain.Exec, plain.ExecText = nil, nil
	for i, row := range c.rows {
		exprs := make([]tsql.Expr, len(row))
		for j, v := range row {
			name := fmt.Sprintf("@ exec %d %d", i, j)
			x.vars[name] = &variable{typ: dataType(c.types[j]), value: plainValue(v)}
			exprs[j] = &tsql.Variable{Pos: st.Pos, Name: name}
		}
		plain.Rows = append(plain.Rows, exprs)
	}
	return &plain
}

// selectInto is SELECT … INTO: the table is made from the columns of the query and filled.
func (x *run) selectInto(st *tsql.SelectStatement, b *query.Bound) error {
	name := b.Into
	if strings.HasPrefix(name.Name, "##") {
		return unsupported("SELECT INTO ##")
	}
	return x.change(name, func() error {
		b, err := query.Bind(st, x.scope())
		if err != nil {
			return err
		}
		if err := x.permit(b.Accesses); err != nil {
			return err
		}
		rel, err := x.createFromColumns(name, b.Columns)
		if err != nil {
			return err
		}
		n, err := b.RunInto(x.s.request, lazyConn{x.s}, rel)
		if err != nil {
			return err
		}
		x.s.rowCount = n
		x.warn(b.NullEliminated())
		x.done(tds.CommandSelect, n, 0)
		return nil
	})
}

// createFromColumns makes the table of a SELECT … INTO.
func (x *run) createFromColumns(name tsql.ObjectName, cols []query.ResultColumn) (*query.Relation, error) {
	st := &tableStorage{rows: x.s.srv.newRows(), stored: true, lastID: len(cols)}
	for i, c := range cols {
		switch {
		case c.Name == "":
			return nil, refuse(1038)
		case i == maxColumns:
			return nil, refuse(1702, c.Name, name.Name)
		}
		st.columns = append(st.columns, query.Column{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Identity: c.Identity, ID: i + 1, Collation: c.Collation})
	}
	if name.IsTemp() {
		return x.storeTemp(name, st)
	}
	w, err := x.newTable(name)
	if err != nil {
		return nil, err
	}
	o, err := x.state.CreateObject(w, st.spec(name.Schema, name.Name))
	if err != nil {
		return nil, err
	}
	if err := st.make(x.s, false); err != nil {
		return nil, err
	}
	sc, err := x.scope().home(name)
	if err != nil {
		return nil, err
	}
	written := *sc
	written.writes = true
	return written.relationOf(sc.database, o)
}

// securityColumns are columns as the security state keeps them.
func securityColumns(columns []query.Column) (out []security.Column) {
	for _, c := range columns {
		out = append(out, securityColumn(c))
	}
	return out
}

// securityColumn is a column as the security state keeps it.
func securityColumn(c query.Column) security.Column {
	out := security.Column{ID: c.ID, Name: c.Name, Nullable: c.Nullable, Identity: c.Identity, Collation: c.Collation}
	columnType(&out, c.Type)
	if c.HasDefault {
		out.Default = "(" + string(c.DefaultText) + ")"
		if l, ok := c.Default.(*tsql.Literal); ok && (l.Kind == tsql.IntLiteral || l.Kind == tsql.DecimalLiteral) {
			out.Default = "(" + out.Default + ")" // as the engine writes numbers
		}
	}
	return out
}
