package tsql

import "fmt"

// printed returns statements as canonical T-SQL, one a line and a semicolon
// after each: what a tree is, for tests to compare.
func printed(list ...Statement) string {
	w := &printer{}
	w.statements(list)
	return w.String()
}

// statements writes one statement a line.
func (w *printer) statements(list []Statement) {
	for _, s := range list {
		w.statement(s)
		w.put(";\n")
	}
}

func (w *printer) statement(s Statement) {
	for _, print := range []func(Statement) bool{w.security, w.principal, w.database, w.object, w.module, w.data, w.control, w.session} {
		if print(s) {
			return
		}
	}
	panic(fmt.Sprintf("tsql: cannot print a %T", s))
}
