package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// createFunction is CREATE FUNCTION, ALTER FUNCTION and CREATE OR ALTER FUNCTION.
func (x *run) createFunction(st *tsql.CreateFunction) error {
	m := &moduleDefinition{
		statement: st, kind: security.KindFunction, word: "FUNCTION", name: st.Name, alter: st.Alter, orAlter: st.OrAlter, params: st.Parameters,
		returns: st.Returns, options: st.Options,
	}
	if st.Query != nil {
		m.kind = security.KindInline
		return x.defineModule(m, func(spec *security.ObjectSpec) error { return x.inlineSpec(m, st.Query, spec) })
	}
	return x.defineModule(m, func(spec *security.ObjectSpec) error {
		if err := functionBody(st); err != nil {
			return err
		}
		body := x.body(st.Body, st.Variables)
		spec.Storage = &moduleStorage{text: body, params: st.Parameters, returns: st.Returns, strict: st.Options.NullOnNullInput}
		return x.compileModule(m, body)
	})
}

// inlineSpec binds the query of an inline function and describes it: it is a view with parameters.
func (x *run) inlineSpec(m *moduleDefinition, q *tsql.Query, spec *security.ObjectSpec) error {
	if m.options.ExecuteAs != "" || m.options.NullOnNullInput {
		return refuse(487, "CREATE/ALTER FUNCTION")
	}
	sc := x.scope()
	sc.schema, sc.view, sc.params = x.schemaOf(m.name), true, map[string]tsql.DataType{}
	for _, p := range m.params {
		sc.params[variableKey(p.Name)] = p.Type
	}
	if m.options.SchemaBinding {
		sc.bound = m.bound()
	}
	if err := x.viewBody(spec, q, nil, sc); err != nil {
		return err
	}
	spec.Storage.(*viewStorage).params = parametersOf(m.params)
	return nil
}

// effects are the statements that have no place in a function, by what message 443 calls them ("CREATE FUNCTION",
// "Limitations and restrictions"). It never changes.
func effect(n tsql.Node) string {
	switch n := n.(type) {
	case *tsql.Insert:
		return changes("INSERT", n.Table)
	case *tsql.Update:
		return changes("UPDATE", n.Target)
	case *tsql.Delete:
		return changes("DELETE", n.Target)
	case *tsql.ExecuteText:
		return "EXECUTE STRING"
	case *tsql.TryCatch:
		return "BEGIN TRY"
	case *tsql.PrintStatement:
		return "PRINT"
	case *tsql.RaisError:
		return "RAISERROR"
	case *tsql.Throw:
		return "THROW"
	case *tsql.SetOnOff, *tsql.SetOption, *tsql.SetIsolation, *tsql.SetIdentityInsert:
		return "SET OPTION ON"
	case *tsql.BeginTransaction:
		return "BEGIN TRANSACTION"
	case *tsql.Commit:
		return "COMMIT TRANSACTION"
	case *tsql.Rollback:
		return "ROLLBACK TRANSACTION"
	case *tsql.SaveTransaction:
		return "SAVEPOINT"
	case *tsql.Truncate:
		return "TRUNCATE TABLE"
	case *tsql.CreateTable:
		return "CREATE TABLE"
	case *tsql.WaitFor:
		return "WAITFOR"
	case *tsql.Call:
		if name := strings.ToLower(n.Name.Name); n.Name.Parts == 1 && (name == "newid" || name == "rand") {
			return name
		}
	}
	return ""
}

// changes is what a change of a table is called, empty for that of a variable.
func changes(verb string, name tsql.ObjectName) string {
	if name.Variable {
		return ""
	}
	return verb
}

// inFunction are the statements that a function may hold beside changes of its table variables.
func inFunction(st tsql.Statement) bool {
	switch st.(type) {
	case *tsql.Block, *tsql.If, *tsql.While, *tsql.Break, *tsql.Continue, *tsql.Return, *tsql.Declare, *tsql.SetVariable, *tsql.SelectStatement,
		*tsql.Insert, *tsql.Update, *tsql.Delete, *tsql.Execute, *tsql.DeclareCursor, *tsql.CursorStatement, *tsql.Fetch, *tsql.Unsupported, *tsql.Goto, *tsql.Label:
		return true
	}
	return false
}

// functionBody refuses what a function cannot do: change anything outside (443), send rows (444), use temporary tables (2772)
// and end without a RETURN (455).
func functionBody(st *tsql.CreateFunction) (err error) {
	tsql.Walk(st, func(n tsql.Node) bool {
		if err == nil {
			err = functionNode(n)
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	last := st.Body
	for len(last) > 0 {
		switch end := last[len(last)-1].(type) {
		case *tsql.Return:
			return nil
		case *tsql.Block:
			last = end.Statements
			continue
		}
		break
	}
	return refuse(455)
}

func functionNode(n tsql.Node) error {
	line := n.Position().Line
	if what := effect(n); what != "" {
		return atLine(refuse(443, what), line)
	}
	switch n := n.(type) {
	case *tsql.CreateFunction:
	case *tsql.SelectStatement:
		s, _ := n.Query.Body.(*tsql.Select)
		switch {
		case s != nil && !s.Into.IsZero():
			return atLine(refuse(443, "SELECT INTO"), line)
		case s == nil || !slices.ContainsFunc(s.Items, func(i tsql.SelectItem) bool { return i.Variable != "" }):
			return atLine(refuse(444), line)
		}
	case *tsql.NamedTable:
		if strings.HasPrefix(n.Name.Name, "#") {
			return atLine(refuse(2772), line)
		}
	case tsql.Statement:
		if !inFunction(n) {
			return atLine(refuse(443, "statement"), line)
		}
	}
	return nil
}

// userFunction finds a scalar function of a user, whose name has a schema; nil where there is none.
func (sc *scope) userFunction(name tsql.ObjectName) *query.Function {
	home, o, synonyms := sc.userModule(name)
	st, ok := storageOf[*moduleStorage](o)
	if !ok || o.Kind != security.KindFunction {
		return nil
	}
	m := &callee{home: home, schema: home.database.SchemaName(o.Schema), object: o, moduleStorage: st, refs: []security.ObjectRef{{Database: home.database.ID, Object: o.ID}}}
	f := &query.Function{
		Name: name.String(), Type: st.returns, Relation: reference(home.database, o), Of: parametersOf(st.params), Strict: st.strict,
		Call: func(args []any) (any, error) { return sc.x.callFunction(m, args) },
	}
	f.Relation.Key = relationKey{object: m.refs[0], synonyms: synonyms}
	if f.Refused = sc.mayBind(o, name); sc.constraint {
		f.Refused = unsupportedOption(name.String())
	}
	return f
}

// userTable is a relation for an inline function of a user; nil where there is none.
func (sc *scope) userTable(name tsql.ObjectName) (*query.Relation, error) {
	home, o, synonyms := sc.userModule(name)
	if st, ok := storageOf[*viewStorage](o); !ok || st.params == nil {
		return nil, nil
	}
	if err := sc.mayBind(o, name); err != nil {
		return nil, err
	}
	rel, err := home.relationOf(home.database, o)
	if err == nil {
		rel.Key = relationKey{object: rel.Key.(relationKey).object, synonyms: synonyms}
	}
	return rel, err
}

// userModule is the object that the name of a function means, with the synonyms that lead to it.
func (sc *scope) userModule(name tsql.ObjectName) (home *scope, o *security.Object, synonyms string) {
	home = sc
	for range 32 {
		next, err := home.home(name)
		if err != nil {
			return home, nil, ""
		}
		home, o = next, next.object(name)
		st, ok := storageOf[*synonymStorage](o)
		if !ok {
			break
		}
		synonyms += fmt.Sprintf("%d.%d ", home.database.ID, o.ID)
		name = st.base
	}
	return home, o, synonyms
}

// storageOf is what is kept with an object that may be nil.
func storageOf[S any](o *security.Object) (st S, ok bool) {
	if o != nil {
		st, ok = o.Storage.(S)
	}
	return st, ok
}

// parametersOf are parameters as the query layer takes them.
func parametersOf(params []tsql.VariableDecl) []query.Parameter {
	out := []query.Parameter{} // never nil: a function has parameters, if none
	for _, p := range params {
		out = append(out, query.Parameter{Name: p.Name, Type: p.Type, Default: p.Value})
	}
	return out
}

// callFunction computes a scalar function. It reads what the statement around it reads, on a connection of its own; an
// error in it is the statement's.
func (x *run) callFunction(m *callee, args []any) (result any, err error) {
	inner := m.run(x.s)
	for i, p := range m.params {
		inner.vars[variableKey(p.Name)] = &variable{typ: p.Type, value: args[i]}
	}
	err = x.s.aside(x.state, func() error {
		_, err := x.enter(m, inner, inner.runText)
		return err
	})
	return inner.returned, err
}
