package sandbox

import (
	"fmt"
	"slices"
	"strconv"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// identityFunction tells of the identity of a table by its name, NULL where it has none that the caller sees.
func identityFunction(of func(*query.Counter) int64) function {
	return function{1, 1, tsql.DataType{Name: "numeric", Precision: 38}, words(1), func(f *asked, args []any) (any, error) {
		if _, st := f.identityTable(*argument(args, 0)); st != nil && st.hasIdentity() {
			return decimalOf(of(st.rows.Counter)), nil
		}
		return nil, nil
	}}
}

// identityTable is the table of a name, nil for none.
func (f *asked) identityTable(name string) (*security.Object, *tableStorage) {
	o := f.objectNamed(name)
	if o == nil {
		return nil, nil
	}
	st, _ := o.Storage.(*tableStorage)
	return o, st
}

func (st *tableStorage) hasIdentity() bool {
	return slices.ContainsFunc(st.columns, func(c query.Column) bool { return c.Identity })
}

// checkIdent is DBCC CHECKIDENT: the number that an identity goes on after.
func (x *run) checkIdent(st *tsql.CheckIdent) error {
	f := &asked{x.scope()}
	o, table := f.identityTable(st.Table)
	who, _ := userName(f, nil)
	switch {
	case table == nil:
		return refuse(2501, st.Table)
	case !f.mayCheck(o):
		return refuse(2557, result(who), "checkident", st.Table)
	case !table.hasIdentity():
		return refuse(7997, st.Table)
	}
	counter := table.rows.Counter
	last, used := counter.Current()
	shown := map[bool]string{true: strconv.FormatInt(last, 10), false: "NULL"}[used]
	text := fmt.Sprintf("Checking identity information: current identity value '%s'", shown)
	if st.Value != nil {
		n, err := x.integer(st.Value)
		if err != nil {
			return err
		}
		counter.Reseed(n)
	} else {
		most, err := x.s.mostOf(table)
		if err != nil {
			return err
		}
		if n, ok := most.(int64); ok && !st.NoReseed {
			counter.Reach(n)
		}
		text += fmt.Sprintf(", current column value '%v'", map[bool]any{true: "NULL", false: most}[most == nil])
	}
	if !st.Silent {
		x.s.out.Info(refuse(7998, text))
		x.s.out.Info(refuse(2528))
	}
	return nil
}

// mayCheck reports whether the caller owns the schema of a table, or is in a role that may do the like everywhere.
func (f *asked) mayCheck(o *security.Object) bool {
	in := func(role string) bool { n := f.x.check().IsRoleMember(role, nil); return n != nil && *n == 1 }
	return in("db_owner") || in("db_ddladmin") || f.database.Schema(o.Schema).Owner == f.context.User
}

// mostOf is the number of the row of a table that was given out last of those that are there; nil for none.
func (s *session) mostOf(table *tableStorage) (any, error) {
	if !table.stored {
		return nil, nil
	}
	rows, err := s.storedRows(table.rows.MostSQL())
	if err != nil {
		return nil, err
	}
	return rows[0][0], nil
}
