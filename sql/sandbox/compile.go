package sandbox

import (
	"maps"
	"slices"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// compiler finds what the engine finds in a text before any of it runs: variables that are declared twice or not at all,
// and wrong names, types and numbers of columns in statements about tables that are there. A statement about one that is
// not there yet is looked at when it runs ("Deferred name resolution and compilation").
type compiler struct {
	*run                      // of its own, with the variables that become those of the text
	context *security.Context // nil once nobody knows who will ask, or where
	made    map[string]bool   // the temporary tables that the text makes
}

// compile compiles the statements of x and makes its variables: they are the text's, declared once wherever they are
// declared, in a loop too. One statement alone is bound as it runs, and so is that of a
// function of the engine, which has been tried.
func (x *run) compile(batch *tsql.Batch) error {
	if err := x.undeclared(batch.Variables); err != nil {
		return err
	}
	list := batch.Statements
	if len(list) == 0 || len(list) == 1 && (command(list[0]) != commandOther || x.systems()) {
		return nil
	}
	y := &run{s: x.s, source: x.source, parsed: x.parsed, vars: maps.Clone(x.vars), compiles: true}
	y.renew()
	c := &compiler{run: y, context: x.s.at()}
	err := c.statements(list)
	x.vars = y.vars
	return err
}

// undeclared refuses all variables of a text that no DECLARE before them makes (137), or makes a table (1087), or that one makes
// again (134): nothing else is looked at then.
func (x *run) undeclared(uses []tsql.VariableUse) error {
	tables := map[string]bool{}
	for key, v := range x.vars {
		tables[key] = v.table != nil
	}
	var all refusal.Errors
	for _, use := range uses {
		key := variableKey(use.Name)
		table, known := tables[key]
		var e *serverError
		switch {
		case use.Declares && known:
			e = refuse(134, use.Name)
		case use.Declares:
			tables[key] = use.Table
			continue
		case known && table == use.Table:
			continue
		case use.Table:
			e = refuse(1087, use.Name)
		default:
			e = refuse(137, use.Name)
		}
		e.Line = int32(use.Line)
		all = append(all, e)
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func (c *compiler) statements(list []tsql.Statement) error {
	var all refusal.Errors
	for _, st := range list {
		if err := c.statement(st); err != nil {
			all = append(all, refusal.List(atLine(err, st.Position().Line))...)
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// atLine gives a refusal that has no line the statement's.
func atLine(err error, line int) error {
	for _, e := range refusal.List(err) {
		if e.Line == 0 {
			e.Line = int32(line)
		}
	}
	return err
}

func (c *compiler) statement(st tsql.Statement) error {
	switch st := st.(type) {
	case *tsql.Block:
		return c.statements(st.Statements)
	case *tsql.TryCatch:
		return c.statements(slices.Concat(st.Try, st.Catch))
	case *tsql.If:
		return c.controlled(st.Cond, st.Then, st.Else) // no ELSE is nil, of which there is nothing to say
	case *tsql.While:
		return c.controlled(st.Cond, st.Body)
	case *tsql.Declare:
		return c.declare(st)
	case *tsql.SetVariable:
		if v := c.vars[variableKey(st.Name)]; v != nil && v.typ == typeCursor { // SET @c = name
			return nil
		}
		return c.exprs(st.Value)
	case *tsql.PrintStatement:
		return c.exprs(st.X)
	case *tsql.RaisError:
		return c.exprs(append([]tsql.Expr{st.Message, st.Severity, st.State}, st.Args...)...)
	case *tsql.ExecuteText:
		return c.exprs(st.Text)
	case *tsql.Execute:
		for _, a := range st.Args {
			if err := c.exprs(a.Value); err != nil {
				return err
			}
		}
	case *tsql.SelectStatement:
		if sel, ok := st.Query.Body.(*tsql.Select); ok {
			if err := c.makes(sel.Into); err != nil {
				return err
			}
		}
		return c.bind(st)
	case *tsql.Insert, *tsql.Update, *tsql.Delete:
		return c.bind(st)
	case *tsql.DeclareCursor:
		return c.bind(&tsql.SelectStatement{Span: st.Span, Query: st.Query})
	case *tsql.Use:
		if c.module != nil {
			return refuseAs(154, 15, 1, "a USE database statement", "a procedure, function or trigger")
		}
		c.use(st.Database.Value)
	case *tsql.Return:
		return c.exprs(st.X)
	case *tsql.CreateTable: // a name that a text around this one has given to another table
		if t := c.s.temp(st.Name.Name); t != nil && t.depth != c.s.depth {
			c.context = nil
		}
		return c.makes(st.Name)
	case *tsql.Unsupported: // the text ends with it
		c.context = nil
	case *tsql.ExecuteAs, *tsql.Revert:
		c.context = nil
	}
	return nil
}

// makes refuses a second temporary table of a name: "they must have different names" ("CREATE TABLE").
func (c *compiler) makes(name tsql.ObjectName) error {
	if !name.IsTemp() {
		return nil
	}
	key := c.s.tempKey(name.Name, 0)
	if c.made[key] {
		return refuseAs(2714, 16, 1, name.Name)
	}
	if c.made == nil {
		c.made = map[string]bool{}
	}
	c.made[key] = true
	return nil
}

// controlled compiles a condition and what depends on it.
func (c *compiler) controlled(cond tsql.Expr, list ...tsql.Statement) error {
	err := c.look(func(sc *scope) error { _, err := query.BindCondition(cond, sc); return err })
	all := append(refusal.List(err), refusal.List(c.statements(list))...)
	if len(all) > 0 {
		return refusal.Errors(all)
	}
	return nil
}

// declare makes variables.
func (c *compiler) declare(st *tsql.Declare) error {
	for _, d := range st.Variables {
		key := variableKey(d.Name)
		var err error
		switch {
		case d.Table != nil:
			err = c.declareTable(d)
		case d.Type.UserDefined:
			err = refuseAs(2715, 16, 3, 1, d.Type.Name)
		case d.Type.Name == "text" || d.Type.Name == "ntext" || d.Type.Name == "image":
			err = refuse(2739)
		default:
			c.vars[key] = &variable{typ: d.Type}
			if err = query.NoValues(d.Type); err == nil {
				err = c.exprs(d.Value)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exprs compiles expressions; nil and DEFAULT are none.
func (c *compiler) exprs(list ...tsql.Expr) error {
	for _, e := range list {
		if _, none := e.(*tsql.Default); none || e == nil {
			continue
		}
		if err := c.look(func(sc *scope) error { _, err := query.BindExpr(e, sc); return err }); err != nil {
			return err
		}
	}
	return nil
}

// bind compiles a statement about rows.
func (c *compiler) bind(st tsql.Statement) error {
	if st, ok := st.(*tsql.Insert); ok && (st.Exec != nil || st.ExecText != nil) {
		return nil
	}
	return c.look(func(sc *scope) error {
		if sel, ok := st.(*tsql.SelectStatement); ok {
			q, err := c.parsed.query(sel, sc, false)
			if err == nil {
				c.parsed.keep(sel, q)
			}
			return err
		}
		_, err := query.Bind(st, sc)
		return err
	})
}

// look binds something and returns the refusal, if it is one of those that a text has before it runs.
func (c *compiler) look(bind func(*scope) error) error {
	if c.context == nil {
		return nil
	}
	sc := c.scope()
	sc.context, sc.database, sc.writes = c.context, c.state.Database(c.context.Database), true
	err := bind(sc)
	if sc.bound != "" { // nothing that it names may be missing
		return err
	}
	list := refusal.List(err)
	if len(list) == 0 || slices.ContainsFunc(list, func(e *serverError) bool { return !compileNumbers[e.Number] || deferredNumbers[e.Number] }) {
		return nil
	}
	return err
}

// deferredNumbers are those of compileNumbers that wait until the statement runs: what they miss may be there by then.
var deferredNumbers = map[int32]bool{102: true, 208: true, 911: true, 916: true, 4121: true, 40510: true, 40517: true}

// use follows a USE, which names another database for what is compiled after it.
func (c *compiler) use(name string) {
	if c.context == nil {
		return
	}
	next, err := c.state.Enter(c.context, name)
	if err != nil {
		next = nil
	}
	c.context = next
}
