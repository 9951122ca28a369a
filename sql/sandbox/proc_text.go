package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/sandbox/internal/sysproc"
)

// systemModule is a module of the engine that is written in T-SQL: it runs as the caller and in the current database, and
// nothing is reached through it.
func (sc *scope) systemModule(m *sysproc.Module) *callee {
	return &callee{
		refs: make([]security.ObjectRef, 1), home: sc, schema: "sys",
		object:        &security.Object{Name: m.Name, Module: &security.Module{ModuleOptions: security.ModuleOptions{QuotedIdentifier: true}}},
		moduleStorage: &moduleStorage{text: &text{batch: m.Body}, params: m.Parameters, returns: m.Returns},
	}
}

// systems reports whether the text is that of a module of the engine.
func (x *run) systems() bool { return x.module != nil && x.module.schema == "sys" }

// procedureNamed finds a system procedure by its name, or nil. The parts of procedures, whose names begin with %%, are there
// for these alone.
func (x *run) procedureNamed(name string) procedure {
	if strings.HasPrefix(name, "%%") && !x.systems() {
		return nil
	}
	if m := sysproc.Find(name); m != nil && m.Returns.IsZero() && m.Query == nil {
		return func(c *call) (int32, flow, error) { return c.module(c.x.scope().systemModule(m)) }
	}
	return procedures[strings.ToLower(name)]
}

// mayExecute refuses a system procedure that is denied, but to another one: they have one owner.
func (x *run) mayExecute(name string) error {
	if x.systems() {
		return nil
	}
	return x.check().Executable(name)
}

// textFunction is a function that is written in T-SQL. An error in it is the statement's, of which the text says nothing.
func textFunction(m *sysproc.Module) function {
	f := function{min: len(m.Parameters), max: len(m.Parameters), typ: m.Returns}
	for _, p := range m.Parameters {
		f.params = append(f.params, p.Type)
	}
	f.call = func(f *asked, args []any) (any, error) {
		value, err := f.x.callFunction(f.systemModule(m), args)
		if list := failureOf(err); list != nil {
			err = inCall(refusal.Errors(list), "", 0)
		}
		return value, err
	}
	return f
}
