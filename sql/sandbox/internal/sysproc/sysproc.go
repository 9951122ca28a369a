// Package sysproc holds the system procedures that are written in T-SQL: the .sql files beside it, each of them batches
// that are one CREATE PROCEDURE sys.sp_name, with a line AS between the parameters and the body. A procedure is read when
// somebody calls it first.
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

// Procedure is a system procedure, read: its name as the engine spells it, its parameters, and its body, whose lines are
// counted from CREATE PROCEDURE as errors count them.
type Procedure struct {
	Name   string
	Params []tsql.VariableDecl
	Body   *tsql.Batch
}

// Names are the names of the procedures as the engine spells them, in the order of the files. Those that begin with %% are
// parts of others, which alone may call them, and not among the names.
func Names() []string { return texts().names }

// Find returns a procedure by its name, without regard to case, or nil.
func Find(name string) *Procedure {
	if read := texts().procedures[strings.ToLower(name)]; read != nil {
		return read()
	}
	return nil
}

// library is the procedures by their names in lower case.
type library struct {
	names      []string
	procedures map[string]func() *Procedure
}

const head = "CREATE PROCEDURE sys."

var texts = sync.OnceValue(func() *library {
	l := &library{procedures: map[string]func() *Procedure{}}
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		batches, _ := tsql.SplitScript(string(text))
		for _, b := range batches {
			text := b.Text[strings.Index(b.Text, head):]
			name, rest, _ := strings.Cut(strings.TrimPrefix(text, head), "\n")
			if !strings.HasPrefix(name, "%%") {
				l.names = append(l.names, name)
			}
			l.procedures[strings.ToLower(name)] = sync.OnceValue(func() *Procedure { return read(name, rest) })
		}
	}
	return l
})

// read parses a procedure from the text after the line with its name. What is wrong there is a fault of this package.
func read(name, text string) *Procedure {
	params, body, ok := strings.Cut("\n"+text, "\nAS\n")
	list, err := tsql.ParseParameters(params)
	batch, bodyErr := tsql.ParseWith(strings.Repeat("\n", strings.Count(params, "\n")+2)+body, tsql.Options{Module: true})
	if !ok || err != nil || bodyErr != nil {
		panic(fmt.Sprintf("%s: %v, %v", name, err, bodyErr))
	}
	return &Procedure{Name: name, Params: list, Body: batch}
}
