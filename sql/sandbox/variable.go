package sandbox

import (
	"context"
	"database/sql"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tsql"
)

// variable is a scalar variable, a table variable when table is set, or a cursor variable.
type variable struct {
	typ    tsql.DataType
	value  any
	table  *tempTable
	cursor *cursor
}

// declare is DECLARE: the variables are there since the text was compiled, and one without a value keeps what it has.
func (x *run) declare(st *tsql.Declare) error {
	for _, d := range st.Variables {
		if d.Value == nil {
			continue
		}
		if err := x.assignExpr(d.Name, d.Value); err != nil {
			return err
		}
	}
	return nil
}

// setVariable is SET @v = x and SET @v += x.
func (x *run) setVariable(st *tsql.SetVariable) error {
	value := st.Value
	if v := x.vars[variableKey(st.Name)]; v != nil && v.typ == typeCursor {
		return x.setCursor(v, st)
	}
	if st.Op != "" && st.Op != "=" {
		value = &tsql.Binary{Pos: st.Pos, Op: strings.TrimSuffix(st.Op, "="), Left: &tsql.Variable{Pos: st.Pos, Name: st.Name}, Right: st.Value}
	}
	if err := x.assignExpr(st.Name, value); err != nil {
		return err
	}
	x.s.rowCount = 1
	return nil
}

func (x *run) assignExpr(name string, e tsql.Expr) error {
	value, typ, err := x.eval(e)
	if err != nil {
		return err
	}
	return x.assign(name, value, typ)
}

// assign stores a value in a declared variable, converted to its type.
func (x *run) assign(name string, value any, typ tsql.DataType) error {
	v := x.vars[variableKey(name)]
	switch {
	case v == nil || v.table != nil:
		return refuse(137, name)
	case v.typ == typeCursor:
		return refuse(16949, name)
	}
	if err := query.Narrows(value, v.typ, x.scope().DatabaseCollation()); err != nil {
		return err
	}
	converted, err := query.Convert(value, typ, v.typ, false)
	if err != nil {
		return err
	}
	v.value = converted
	return nil
}

// eval computes an expression.
func (x *run) eval(e tsql.Expr) (any, tsql.DataType, error) { return x.evaluate(e, query.BindExpr) }

// condition computes a condition; UNKNOWN is not true.
func (x *run) condition(e tsql.Expr) (bool, error) {
	value, _, err := x.evaluate(e, query.BindCondition)
	return value == true, err
}

func (x *run) evaluate(e tsql.Expr, bind func(tsql.Expr, query.Scope) (*query.Scalar, error)) (value any, typ tsql.DataType, err error) {
	err = x.again(func() error {
		bound, err := bind(e, x.scope())
		if err != nil {
			return err
		}
		typ = bound.Type
		value, err = x.compute(bound)
		return err
	})
	return value, typ, err
}

// compute checks the accesses of an expression and computes it.
func (x *run) compute(b *query.Scalar) (any, error) {
	if err := x.permit(b.Accesses); err != nil {
		return nil, err
	}
	var value any
	err := x.reading(b.Accesses, func(conn query.Conn) error {
		var err error
		value, err = b.Value(x.s.request, conn)
		return err
	})
	x.warn(err == nil && b.NullEliminated())
	return value, err
}

// text computes an expression as a string; NULL is empty.
func (x *run) text(e tsql.Expr) (string, error) { return converted[string](x, e, typeLongText) }

// integer computes an expression as an integer; NULL is 0.
func (x *run) integer(e tsql.Expr) (int64, error) { return converted[int64](x, e, typeBigInt) }

// converted computes an expression as a type; NULL is the zero value.
func converted[T any](x *run, e tsql.Expr, to tsql.DataType) (T, error) {
	value, typ, err := x.eval(e)
	if err == nil && value != nil {
		value, err = query.Convert(value, typ, to, true)
	}
	out, _ := value.(T)
	return out, err
}

// lazyConn opens the session's connection to the rows when a query really needs it.
type lazyConn struct{ s *session }

// QueryContext runs a query.
func (c lazyConn) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	conn, err := c.s.store()
	if err != nil {
		return nil, err
	}
	return conn.QueryContext(ctx, text, args...)
}

// ExecContext runs a statement.
func (c lazyConn) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	conn, err := c.s.store()
	if err != nil {
		return nil, err
	}
	return conn.ExecContext(ctx, text, args...)
}
