package sandbox

import (
	"reflect"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// manner is what stands around the run of a statement.
type manner int

const (
	steers  manner = iota // it says where execution goes on, and no fault meets it
	answers               // what ends it on the wire it sends itself
	quiet                 // its only answer is a DONE
	defines               // it changes the security state, as a whole or not at all, and a DONE ends it
	alone                 // it does so by itself
)

// statement is how the statements of one type are run. command is what their DONE names, commandOther where it is 0.
type statement struct {
	manner  manner
	command uint16
	do      func(x *run, st tsql.Statement) (flow, error)
}

// statements are the statements that run, by their types in the language. It never changes.
var statements = map[reflect.Type]statement{}

// flows adds statements that lead elsewhere.
func flows[S tsql.Statement](m manner, command uint16, do func(*run, S) (flow, error)) {
	statements[reflect.TypeFor[S]()] = statement{m, command, func(x *run, st tsql.Statement) (flow, error) { return do(x, st.(S)) }}
}

// runs adds statements after which the next one comes.
func runs[S tsql.Statement](m manner, command uint16, do func(*run, S) error) {
	flows(m, command, func(x *run, st S) (flow, error) { return flowNext, do(x, st) })
}

// outside refuses a statement inside a transaction (226).
func outside[S tsql.Statement](name string, do func(*run, S) error) func(*run, S) error {
	return func(x *run, st S) error {
		if x.s.tx.count > 0 {
			return refuse(226, name)
		}
		return do(x, st)
	}
}

func init() {
	flows(steers, 0, func(x *run, st *tsql.Block) (flow, error) { return x.statements(st.Statements) })
	flows(steers, 0, (*run).ifElse)
	flows(steers, 0, (*run).while)
	flows(steers, 0, func(*run, *tsql.Break) (flow, error) { return flowBreak, nil })
	flows(steers, 0, func(*run, *tsql.Continue) (flow, error) { return flowContinue, nil })
	flows(steers, 0, (*run).returnValue)
	flows(steers, 0, (*run).tryCatch)

	flows(answers, tds.CommandExecute, (*run).execute)
	flows(answers, tds.CommandExecute, (*run).executeText)
	runs(answers, tds.CommandSelect, (*run).selectRows)
	runs(answers, tds.CommandInsert, (*run).insert)
	runs(answers, tds.CommandUpdate, func(x *run, st *tsql.Update) error { return x.changeRows(st) })
	runs(answers, tds.CommandDelete, func(x *run, st *tsql.Delete) error { return x.changeRows(st) })
	runs(defines, tds.CommandDelete, (*run).truncate)
	runs(answers, 0, (*run).declare)
	runs(answers, 0, (*run).fetch)
	runs(answers, 0, (*run).print)
	runs(answers, 0, (*run).raise)
	runs(answers, 0, (*run).throw)
	runs(answers, 0, func(_ *run, st *tsql.Unsupported) error { return unsupported(st.What) })
	runs(answers, 0, func(*run, *tsql.Goto) error { return unsupported("GOTO") })
	runs(answers, 0, func(*run, *tsql.Label) error { return unsupported("GOTO") })

	runs(quiet, tds.CommandSet, (*run).setVariable)
	runs(quiet, tds.CommandSet, (*run).setOnOff)
	runs(quiet, tds.CommandSet, (*run).setOption)
	runs(quiet, tds.CommandSet, (*run).setIsolation)
	runs(quiet, tds.CommandBegin, func(x *run, st *tsql.BeginTransaction) error { return x.named(st.Name, x.beginTransaction) })
	runs(quiet, tds.CommandCommit, func(x *run, _ *tsql.Commit) error { return x.s.commit() })
	runs(quiet, tds.CommandRollback, func(x *run, st *tsql.Rollback) error { return x.named(st.Name, x.s.rollback) })
	runs(quiet, 0, func(x *run, st *tsql.SaveTransaction) error { return x.named(st.Name, x.s.save) })
	runs(quiet, 0, (*run).declareCursor)
	runs(quiet, 0, (*run).cursorStatement)
	runs(quiet, 0, (*run).setIdentityInsert)
	runs(quiet, 0, (*run).waitFor)
	runs(quiet, 0, (*run).use)
	runs(quiet, 0, (*run).executeAs)
	runs(quiet, 0, (*run).revert)
	runs(quiet, 0, (*run).kill)
	runs(quiet, 0, func(*run, *tsql.Checkpoint) error { return nil })
	runs(quiet, 0, (*run).reconfigure)

	runs(alone, 0, outside("CREATE DATABASE", (*run).createDatabase))
	runs(alone, 0, outside("ALTER DATABASE", (*run).alterDatabase))
	runs(alone, 0, outside("DROP DATABASE", (*run).dropDatabases))
	runs(alone, 0, (*run).dropObjects)

	runs(defines, 0, (*run).permission)
	runs(defines, 0, (*run).alterAuthorization)
	runs(defines, 0, (*run).createUser)
	runs(defines, 0, (*run).alterUser)
	runs(defines, 0, func(x *run, st *tsql.DropUser) error { return x.state.DropUser(x.who(), st.Name.Value, st.IfExists) })
	runs(defines, 0, (*run).createRole)
	runs(defines, 0, (*run).alterRole)
	runs(defines, 0, (*run).dropRole)
	runs(defines, 0, (*run).createSchema)
	runs(defines, 0, func(x *run, st *tsql.DropSchema) error {
		return x.state.DropSchema(x.who(), st.Name.Value, st.IfExists)
	})
	runs(defines, 0, (*run).createLogin)
	runs(defines, 0, (*run).alterLogin)
	runs(defines, 0, (*run).dropLogin)
	runs(defines, 0, (*run).createTable)
	runs(defines, 0, (*run).alterTable)
	runs(defines, 0, (*run).createView)
	runs(defines, 0, (*run).createProcedure)
	runs(defines, 0, (*run).createFunction)
	runs(defines, 0, (*run).createSynonym)
	runs(defines, 0, (*run).alterSchema)
	runs(defines, 0, (*run).createIndex)
	runs(defines, 0, (*run).dropIndexes)
}

// statementOf is how a statement is run; one that the sandbox does not know is refused.
func statementOf(st tsql.Statement) statement {
	if known, ok := statements[reflect.TypeOf(st)]; ok {
		return known
	}
	return statement{answers, 0, func(*run, tsql.Statement) (flow, error) { return flowNext, unsupported("statement") }}
}

// command is what the DONE of a statement names.
func command(st tsql.Statement) uint16 {
	if c := statementOf(st).command; c != 0 {
		return c
	}
	return commandOther
}

// commandOther is what the DONE of a statement names that has no number of its own.
const commandOther = 0xFD

// leaf runs a statement that does not steer.
func (x *run) leaf(st tsql.Statement, how statement) (fl flow, err error) {
	if how.manner == answers {
		return how.do(x, st)
	}
	name, temporary := temporary(st)
	do := func() error { _, err := how.do(x, st); return err }
	if how.manner >= defines {
		x.implicitTransaction()
	}
	if how.manner == defines {
		err = x.define(name, temporary, do)
	} else {
		err = do()
	}
	if err != nil {
		return flowNext, err
	}
	if how.manner >= defines {
		x.s.rowCount = 0
	}
	x.done(command(st), -1, 0)
	return flowNext, nil
}

// define runs a change of the security state, or of temporary tables, as a whole or not at all.
func (x *run) define(name tsql.ObjectName, temporary bool, do func() error) error {
	if temporary {
		return x.change(name, do)
	}
	return x.s.write(func(work *security.Server) error {
		x.state, x.checker = work, nil
		return do()
	})
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
