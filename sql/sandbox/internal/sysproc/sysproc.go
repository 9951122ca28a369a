// Package sysproc holds the system procedures and functions that are written in T-SQL: the .sql files beside it, each of them
// batches that are one CREATE PROCEDURE sys.sp_name or one CREATE FUNCTION sys.name. One is read when somebody asks for it first.
package sysproc

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"grantree/sql/tsql"
)

//go:embed *.sql
var files embed.FS

// Module is a system procedure, a scalar function where Returns is set, or an inline one where Query is, read: lines are counted
// from CREATE as errors count them.
type Module struct {
	Name       string // as the engine spells it
	Parameters []tsql.VariableDecl
	Returns    tsql.DataType
	Query      *tsql.Query
	Body       *tsql.Batch
}

// Names are the names of the procedures as the engine spells them, in the order of the files. Those that begin with %% are
// parts of others, which alone may call them, and not among the names.
func Names() []string { return texts().names }

// Functions are the names of the functions in lower case.
func Functions() []string { return texts().functions }

// Find returns a procedure or a function by its name, without regard to case, or nil.
func Find(name string) *Module {
	if read := texts().modules[strings.ToLower(name)]; read != nil {
		return read()
	}
	return nil
}

// library is the modules by their names in lower case.
type library struct {
	names, functions []string
	modules          map[string]func() *Module
}

const procedureHead, functionHead = "CREATE PROCEDURE sys.", "CREATE FUNCTION sys."

var texts = sync.OnceValue(func() *library {
	l := &library{modules: map[string]func() *Module{}}
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		batches, _ := tsql.SplitScript(string(text))
		for _, b := range batches {
			l.add(b.Text[strings.Index(b.Text, "CREATE "):])
		}
	}
	return l
})

// add adds the module of a text that begins with CREATE.
func (l *library) add(text string) {
	name, procedure := strings.CutPrefix(text, procedureHead)
	name = strings.TrimPrefix(name, functionHead)
	name = strings.Trim(name[:strings.IndexAny(name, "(\n")], "[]")
	switch {
	case !procedure:
		l.functions = append(l.functions, name)
	case !strings.HasPrefix(name, "%%"):
		l.names = append(l.names, name)
	}
	l.modules[strings.ToLower(name)] = sync.OnceValue(func() *Module { return read(name, text) })
}

// read parses a module. What is wrong in its text is a fault of this package.
func read(name, text string) *Module {
	batch, err := tsql.Parse(text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	m := &Module{Name: name, Body: &tsql.Batch{Text: text}}
	switch st := batch.Statements[0].(type) {
	case *tsql.CreateProcedure:
		m.Parameters, m.Body.Statements, m.Body.Variables = st.Parameters, st.Body, st.Variables
	case *tsql.CreateFunction:
		m.Parameters, m.Body.Statements, m.Body.Variables, m.Returns = st.Parameters, st.Body, st.Variables, st.Returns
		m.Query = st.Query
	default:
		panic(fmt.Sprintf("%s: %T", name, st))
	}
	return m
}
