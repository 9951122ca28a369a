package sandbox

import "grantree/sql/tsql"

// leaf runs a statement that does not steer.
func (x *run) leaf(st tsql.Statement) (flow, error) {
	switch st := st.(type) {
	case *tsql.SelectStatement:
		return flowNext, x.selectRows(st)
	case *tsql.Insert:
		return flowNext, x.insert(st)
	case *tsql.Update, *tsql.Delete:
		return flowNext, x.changeRows(st, command(st))
	case *tsql.Truncate:
		return flowNext, x.truncate(st)
	case *tsql.Execute:
		return x.execute(st)
	case *tsql.ExecuteText:
		return x.executeText(st)
	case *tsql.Unsupported:
		return flowNext, unsupported(st.What)
	case *tsql.Goto, *tsql.Label:
		return flowNext, unsupported("GOTO")
	}
	if done, err := x.plain(st); done {
		return flowNext, err
	}
	return flowNext, x.define(st)
}

// plain runs the statements about variables, options, transactions and the session. done is false for any other.
func (x *run) plain(st tsql.Statement) (done bool, err error) {
	switch st := st.(type) {
	case *tsql.Declare:
		return true, x.declare(st)
	case *tsql.Fetch:
		return true, x.fetch(st)
	case *tsql.PrintStatement:
		return true, x.print(st)
	case *tsql.RaisError:
		return true, x.raise(st)
	case *tsql.Throw:
		return true, x.throw(st)
	}
	if err, done = x.steady(st); !done {
		return false, nil
	}
	if err == nil {
		x.done(command(st), -1, 0)
	}
	return true, err
}

// steady runs those whose only answer is a DONE.
func (x *run) steady(st tsql.Statement) (err error, done bool) {
	switch st := st.(type) {
	case *tsql.SetVariable:
		return x.setVariable(st), true
	case *tsql.DeclareCursor:
		return x.declareCursor(st), true
	case *tsql.CursorStatement:
		return x.cursorStatement(st), true
	case *tsql.SetOnOff:
		return x.setOnOff(st), true
	case *tsql.SetOption:
		return x.setOption(st), true
	case *tsql.SetIsolation:
		return x.setIsolation(st.Level), true
	case *tsql.SetIdentityInsert:
		return x.setIdentityInsert(st), true
	case *tsql.WaitFor:
		return x.waitFor(st), true
	case *tsql.BeginTransaction:
		return x.named(st.Name, x.beginTransaction), true
	case *tsql.Commit:
		return x.s.commit(), true
	case *tsql.Rollback:
		return x.named(st.Name, x.s.rollback), true
	case *tsql.SaveTransaction:
		return x.named(st.Name, x.s.save), true
	case *tsql.Use:
		return x.use(st.Database.Value), true
	case *tsql.ExecuteAs:
		return x.executeAs(st), true
	case *tsql.Revert:
		return x.revert(st), true
	case *tsql.Kill:
		return x.kill(st), true
	case *tsql.Checkpoint:
		return nil, true
	case *tsql.Reconfigure:
		return x.reconfigure(), true
	}
	return nil, false
}

// beginTransaction is BEGIN TRANSACTION, inside the one that IMPLICIT_TRANSACTIONS begins.
func (x *run) beginTransaction(name string) error {
	x.implicitTransaction()
	x.s.begin(name)
	return nil
}

// named hands on the name of a transaction or a savepoint; the engine looks at its first 32 characters.
func (x *run) named(e tsql.Expr, do func(name string) error) error {
	if e == nil {
		return do("")
	}
	text, err := x.text(e)
	if err != nil {
		return err
	}
	return do(truncate(text, 32))
}
