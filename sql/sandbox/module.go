package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// moduleStorage is what the engine keeps with a procedure or a scalar function: its text as it was read when it was made.
type moduleStorage struct {
	text    *text
	params  []tsql.VariableDecl
	returns tsql.DataType // of a function
	strict  bool          // RETURNS NULL ON NULL INPUT
}

// named are the columns of a table whose names stand in a function that is bound to it.
func (st *moduleStorage) named(c security.Collation, table *security.Object) (ids []int) {
	for _, one := range st.text.batch.Statements {
		tsql.Walk(one, func(n tsql.Node) bool {
			if ref, ok := n.(*tsql.ColumnRef); ok {
				if column := table.Column(c, ref.Name); column != nil {
					ids = append(ids, column.ID)
				}
			}
			return true
		})
	}
	return ids
}

// moduleDefinition is CREATE or ALTER of a module, of whatever kind.
type moduleDefinition struct {
	statement      tsql.Statement
	kind, word     string
	name           tsql.ObjectName
	alter, orAlter bool
	params         []tsql.VariableDecl
	returns        tsql.DataType
	options        tsql.ModuleOptions
}

// createProcedure is CREATE PROCEDURE, ALTER PROCEDURE and CREATE OR ALTER PROCEDURE.
func (x *run) createProcedure(st *tsql.CreateProcedure) error {
	m := &moduleDefinition{
		statement: st, kind: security.KindProcedure, word: "PROCEDURE", name: st.Name, alter: st.Alter, orAlter: st.OrAlter, params: st.Parameters, options: st.Options,
	}
	return x.defineModule(m, func(spec *security.ObjectSpec) error {
		if st.Options.SchemaBinding { // of natively compiled ones alone
			return unsupportedOption("SCHEMABINDING")
		}
		body := x.body(st.Body, st.Variables)
		spec.Storage = &moduleStorage{text: body, params: st.Parameters}
		return x.compileModule(m, body)
	})
}

// bound is what messages call a module WITH SCHEMABINDING.
func (m *moduleDefinition) bound() string { return strings.ToLower(m.word) + " '" + m.name.Name + "'" }

// defineModule makes or changes a module. What is wrong in it is said with its name.
func (x *run) defineModule(m *moduleDefinition, fill func(*security.ObjectSpec) error) error {
	spec, err := x.moduleSpec(m)
	if err == nil {
		err = fill(&spec)
	}
	if err == nil {
		if spec.Depends == nil {
			spec.Depends = x.dependencies(m)
		}
		return x.keepObject(spec, m.alter, m.orAlter)
	}
	return inModule(err, m.name.Name)
}

// inModule says of refusals which module they are about.
func inModule(err error, name string) error {
	for _, e := range refusal.List(err) {
		if e.Procedure == "" {
			e.Procedure = name
		}
	}
	return err
}

// moduleSpec checks the head of a module and describes it.
func (x *run) moduleSpec(m *moduleDefinition) (security.ObjectSpec, error) {
	spec := security.ObjectSpec{Schema: m.name.Schema, Name: m.name.Name, Kind: m.kind, SchemaBound: m.options.SchemaBinding}
	switch {
	case m.name.Database != "":
		return spec, refuse(166, "CREATE/ALTER "+m.word)
	case strings.HasPrefix(m.name.Name, "#"):
		return spec, unsupported("CREATE " + m.word + " #")
	}
	parameters, err := moduleParameters(m)
	spec.Module = &security.ModuleSpec{Parameters: parameters, As: m.options.ExecuteAs, Principal: m.options.Principal, ModuleOptions: security.ModuleOptions{
		Encrypted: m.options.Encryption, Recompiled: m.options.Recompile, NullOnNullInput: m.options.NullOnNullInput,
		QuotedIdentifier: x.s.settings.on(optQuotedIdentifier),
	}}
	if !m.options.Encryption {
		spec.Definition = moduleText(x.source, m.statement.Position().Offset, m.alter, m.orAlter)
	}
	return spec, err
}

// moduleParameters are the parameters of a module, and what a function returns, as metadata has them.
func moduleParameters(m *moduleDefinition) (out []security.Parameter, err error) {
	if !m.returns.IsZero() {
		p := security.Parameter{Output: true}
		columnType(&p.Column, m.returns)
		if out, err = append(out, p), valued(m.returns, 0); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for i, d := range m.params {
		key := variableKey(d.Name)
		if seen[key] {
			return nil, refuse(134, d.Name)
		}
		seen[key] = true
		if err := valued(d.Type, i+1); err != nil {
			return nil, err
		}
		p := security.Parameter{Column: security.Column{ID: i + 1, Name: d.Name, Nullable: true}, Output: d.Output}
		columnType(&p.Column, d.Type)
		out = append(out, p)
	}
	return out, nil
}

// valued refuses a type that no value can be of, of parameter i.
func valued(t tsql.DataType, i int) error {
	if t.UserDefined {
		return refuse(2715, i, t.Name)
	}
	return query.NoValues(t)
}

// moduleText is the text of a view or a module as sys.sql_modules shows it: its batch, in which it begins at start, always
// as CREATE.
func moduleText(batch string, start int, alter, orAlter bool) string {
	before, rest := batch[:start], batch[start:]
	switch {
	case alter:
		return before + "CREATE" + rest[len("ALTER"):]
	case orAlter: // the two words go and the blanks around them stay
		upper := strings.ToUpper(rest)
		or := strings.Index(upper, "OR")
		alter := or + strings.Index(upper[or:], "ALTER")
		return before + rest[:or] + rest[or+len("OR"):alter] + rest[alter+len("ALTER"):]
	}
	return batch
}

// body is the body of a module as a text.
func (x *run) body(list []tsql.Statement, variables []tsql.VariableUse) *text {
	return &text{batch: &tsql.Batch{Text: x.source, Statements: list, Variables: variables}, bound: map[*tsql.SelectStatement][]*boundQuery{}}
}

// compileModule finds what the engine finds in a module when it is made. Tables that are not there are looked for when it
// runs ("Deferred name resolution and compilation").
func (x *run) compileModule(m *moduleDefinition, body *text) error {
	y := &run{s: x.s, source: x.source, parsed: body, vars: map[string]*variable{}, compiles: true, module: &activation{schema: x.schemaOf(m.name)}}
	if m.options.SchemaBinding {
		y.module.bound = m.bound()
	}
	for _, p := range m.params {
		y.vars[variableKey(p.Name)] = &variable{typ: p.Type}
	}
	y.renew()
	if err := y.undeclared(body.batch.Variables); err != nil {
		return err
	}
	return (&compiler{run: y, context: x.s.at()}).statements(body.batch.Statements)
}

// dependencies are what the statements of a module name, but for what is the engine's: one row of
// sys.sql_expression_dependencies each.
func (x *run) dependencies(m *moduleDefinition) (out []security.Dependency) {
	sc := x.scope()
	sc.schema = x.schemaOf(m.name)
	for _, n := range tsql.NamesIn(m.statement) {
		dep := security.Dependency{Server: n.Server, Database: n.Database, Schema: n.Schema, Name: n.Name}
		engines := strings.EqualFold(n.Schema, "sys") || strings.EqualFold(n.Schema, "INFORMATION_SCHEMA") || x.procedureNamed(n.Name) != nil
		if o := sc.object(n); o != nil && n.Database == "" {
			dep.ID = o.ID
		}
		if !engines && !slices.Contains(out, dep) {
			out = append(out, dep)
		}
	}
	return out
}

// moduleProperty is a property that a module itself tells; nil for what is none.
func moduleProperty(o *security.Object, word string) any {
	switch word {
	case "isencrypted":
		return bit(o.Module.Encrypted)
	case "isquotedidenton", "execisquotedidenton":
		return bit(o.Module.QuotedIdentifier)
	case "isschemabound":
		if o.Kind != security.KindProcedure {
			return bit(o.SchemaBound)
		}
	}
	return nil
}
