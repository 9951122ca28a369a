package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// cursor is a query whose rows are fetched one by one ("DECLARE CURSOR (Transact-SQL)"). Its variables keep the values
// that they had at the DECLARE, and its names mean the database of that time. Its rows are read when it is opened, as
// who opens it.
type cursor struct {
	text     *run // with the variables
	query    *tsql.SelectStatement
	database string
	static   bool // STATIC or INSENSITIVE, which a rollback does not close

	open    bool
	closed  [2]int // the session's counts of what has closed cursors, when it was opened
	columns []query.ResultColumn
	rows    [][]any
	at      int
}

// cursors are cursors by their keys: those of the session are GLOBAL, those of a text LOCAL.
type cursors map[string]*cursor

// cursorKey is a cursor's name as the server compares it.
func (s *session) cursorKey(name string) string { return s.state().Collation().Fold(name) }

// declareCursor is DECLARE … CURSOR, and SET @c = CURSOR.
func (x *run) declareCursor(st *tsql.DeclareCursor) error {
	has := func(option string) bool { return slices.Contains(st.Options, option) }
	for _, option := range []string{"SCROLL", "KEYSET", "DYNAMIC", "SCROLL_LOCKS", "OPTIMISTIC", "TYPE_WARNING"} {
		if has(option) {
			return unsupportedOption(option)
		}
	}
	if has("LOCAL") && has("GLOBAL") {
		return refuse(1048, "LOCAL", "GLOBAL")
	}
	c := &cursor{
		text: &run{s: x.s, source: x.source, vars: map[string]*variable{}, name: x.name}, query: &tsql.SelectStatement{Span: st.Span, Query: st.Query},
		database: x.s.databaseName(), static: has("STATIC"),
	}
	for name, v := range x.vars {
		kept := *v
		c.text.vars[name] = &kept
	}
	c.query.Pos = st.Query.Position()
	if _, err := c.bind(); err != nil {
		return err
	}
	if st.Cursor.IsVariable() {
		v, err := x.cursorVariable(st.Cursor.Name)
		if err == nil {
			v.cursor = c
		}
		return err
	}
	home, key := &x.s.cursors, x.s.cursorKey(st.Cursor.Name)
	if has("LOCAL") {
		home = &x.cursors
	}
	if (*home)[key] != nil {
		return refuse(16915, st.Cursor.Name)
	}
	if *home == nil {
		*home = cursors{}
	}
	(*home)[key] = c
	return nil
}

// bind binds the query of a cursor and checks what it reads.
func (c *cursor) bind() (*query.Bound, error) {
	c.text.renew()
	sc, err := c.text.scope().home(tsql.ObjectName{Database: c.database, Parts: 3})
	if err != nil {
		return nil, err
	}
	b, err := query.Bind(c.query, sc)
	switch {
	case err != nil:
		return nil, err
	case len(b.Variables) > 0:
		return nil, refuse(154, "A variable assignment", "a cursor declaration")
	case c.query.Query.For != nil:
		return nil, refuse(6819, "CURSOR")
	}
	return b, c.text.permit(b.Accesses)
}

// isOpen reports whether a cursor is open: the end of a transaction may have closed it.
func (c *cursor) isOpen() bool {
	now := c.text.s.closed
	return c.open && c.closed[0] == now[0] && (c.static || c.closed[1] == now[1])
}

// closeCursors closes cursors as a transaction ends: all where CURSOR_CLOSE_ON_COMMIT is ON, and by a rollback those
// that are not STATIC ("ROLLBACK TRANSACTION (Transact-SQL)").
func (s *session) closeCursors(rollback bool) {
	switch {
	case s.tx.count == 0:
	case s.settings.on(optCursorClose):
		s.closed[0]++
	case rollback:
		s.closed[1]++
	}
}

// cursorVariable is a variable that holds a cursor, or will.
func (x *run) cursorVariable(name string) (*variable, error) {
	v := x.vars[variableKey(name)]
	switch {
	case v == nil:
		return nil, refuse(137, name)
	case v.typ != typeCursor:
		return nil, refuse(16948, name)
	}
	return v, nil
}

// cursor finds the cursor that a name means, a LOCAL one before a GLOBAL one, and takes it out where that is wanted.
func (x *run) cursor(n tsql.CursorName, take bool) (*cursor, error) {
	if n.IsVariable() {
		v, err := x.cursorVariable(n.Name)
		if err != nil {
			return nil, err
		}
		c := v.cursor
		if c == nil {
			return nil, refuse(16950, n.Name)
		}
		if take {
			v.cursor = nil
		}
		return c, nil
	}
	home, key := x.cursors, x.s.cursorKey(n.Name)
	if n.Global || home[key] == nil {
		home = x.s.cursors
	}
	c := home[key]
	if c == nil {
		return nil, refuse(16916, n.Name)
	}
	if take {
		delete(home, key)
	}
	return c, nil
}

// passCursor makes a CURSOR parameter of x the caller's variable, which must hold no cursor yet.
func (x *run) passCursor(p tsql.VariableDecl, a *arg) error {
	switch {
	case a == nil || a.missing:
		return nil
	case a.cursor == nil || !p.Output:
		return refuse(16948, p.Name)
	case a.cursor.cursor != nil:
		return refuse(16951, p.Name)
	}
	x.vars[variableKey(p.Name)] = a.cursor
	return nil
}

// setCursor is SET @c = cursor: another name of the same one.
func (x *run) setCursor(v *variable, st *tsql.SetVariable) error {
	var of tsql.CursorName
	switch e := st.Value.(type) {
	case *tsql.Variable:
		of.Name = e.Name
	case *tsql.ColumnRef:
		of.Name = e.Name
	default:
		return refuse(16949, st.Name)
	}
	c, err := x.cursor(of, false)
	if err == nil {
		v.cursor = c
	}
	return err
}

// cursorStatement is OPEN, CLOSE and DEALLOCATE.
func (x *run) cursorStatement(st *tsql.CursorStatement) error {
	c, err := x.cursor(st.Cursor, st.Verb == "DEALLOCATE")
	switch {
	case err != nil || st.Verb == "DEALLOCATE":
		return err
	case st.Verb == "OPEN" && c.isOpen():
		return refuse(16905)
	case st.Verb == "OPEN":
		x.implicitTransaction()
		return c.read()
	case !c.isOpen():
		return refuse(16917)
	}
	c.open, c.rows = false, nil
	return nil
}

// read opens a cursor: its rows are those of now.
func (c *cursor) read() error {
	s := c.text.s
	err := c.text.again(func() error {
		b, err := c.bind()
		if err != nil {
			return err
		}
		c.columns, c.rows, c.at = b.Columns, nil, 0
		return c.text.reading(b.Accesses, func(conn query.Conn) error {
			_, err := b.Run(s.request, conn, func(row []any) error {
				c.rows = append(c.rows, row)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return err
	}
	c.open, c.closed, s.cursorRows = true, s.closed, -1
	if c.static {
		s.cursorRows = int64(len(c.rows))
	}
	return nil
}

// fetch is FETCH: the next row into variables, or as a result.
func (x *run) fetch(st *tsql.Fetch) error {
	c, err := x.cursor(st.Cursor, false)
	switch {
	case st.Direction != "NEXT":
		return unsupportedOption("FETCH " + st.Direction)
	case err != nil:
		return err
	case !c.isOpen():
		return refuse(16917)
	case len(st.Into) > 0 && len(st.Into) != len(c.columns):
		return refuse(16924)
	}
	var rows [][]any
	if c.at < len(c.rows) {
		rows = c.rows[c.at : c.at+1]
		c.at++
	}
	x.implicitTransaction()
	for i, name := range st.Into {
		if len(rows) == 0 {
			break
		}
		from := c.columns[i].Type
		err := x.assign(name, rows[0][i], from)
		if list := refusal.List(err); len(list) > 0 && (list[0].Number == 206 || list[0].Number == 257 || list[0].Number == 529) {
			return refuse(16922, from.Name, x.vars[variableKey(name)].typ.Name)
		}
		if err != nil {
			return err
		}
	}
	x.s.rowCount, x.s.fetchStatus = int64(len(rows)), int64(len(rows)-1)
	if len(st.Into) > 0 {
		x.done(command(st), -1, 0)
		return nil
	}
	x.s.out.Columns(wireColumns(c.columns))
	for _, row := range rows {
		if err := x.s.out.Row(wireRow(slices.Clone(row))); err != nil {
			return err
		}
	}
	x.done(tds.CommandSelect, int64(len(rows)), 0)
	return nil
}

// cursorStatus is CURSOR_STATUS(scope, name): 1 open, 0 open and without rows, -1 closed, -2 no cursor in the variable,
// -3 no such cursor.
func cursorStatus(f *asked, args []any) (any, error) {
	scope, name := argument(args, 0), argument(args, 1)
	if scope == nil || name == nil {
		return nil, nil
	}
	var c *cursor
	switch strings.ToLower(*scope) {
	case "variable":
		v := f.x.vars[variableKey(*name)]
		if v != nil && v.typ == typeCursor && v.cursor == nil {
			return int64(-2), nil
		}
		if v != nil {
			c = v.cursor
		}
	case "local":
		c = f.x.cursors[f.x.s.cursorKey(*name)]
	case "global":
		c = f.x.s.cursors[f.x.s.cursorKey(*name)]
	}
	switch {
	case c == nil:
		return int64(-3), nil
	case !c.isOpen():
		return int64(-1), nil
	case c.static && len(c.rows) == 0:
		return int64(0), nil
	}
	return int64(1), nil
}
