package tsql

import (
	"reflect"
	"testing"
)

// Each name in grammar.txt is a field of the type above it, and each reader is there.
func TestGrammarNamesWhatIsThere(t *testing.T) {
	for _, kinds := range formedTypes {
		for _, kind := range kinds {
			checkForm(t, kind.Name(), kind, forms[kind.Name()])
		}
	}
	for name, form := range forms {
		checkForm(t, name, nil, form)
	}
}

// checkForm checks a form, and its fields where kind is not nil.
func checkForm(t *testing.T, name string, kind reflect.Type, choices [][]part) {
	for _, parts := range choices {
		for _, x := range parts {
			if x.read != "" && readers[x.read] == nil && forms[x.read] == nil {
				t.Errorf("%s: nothing reads %q", name, x.read)
			}
			if kind != nil && x.field != "" {
				if _, ok := kind.FieldByName(x.field); !ok {
					t.Errorf("%s: no field %s", name, x.field)
				}
			}
			checkForm(t, name, kind, x.choices)
		}
	}
}
