package security

import (
	"strings"
	"testing"
)

// TestViewsText holds the text of the views to its form: each view and column is there once, a type is one that
// the server has, a constant fits its column, and what makes rows is of a view that is there.
func TestViewsText(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range CatalogViews() {
		name := v.Schema + "." + v.Name
		if seen[foldKeyword(name)] || v.Schema != "sys" && v.Schema != "INFORMATION_SCHEMA" && v.Schema != "msdb" || v.Name == "" {
			t.Errorf("%s is there twice, or no name", name)
		}
		seen[foldKeyword(name)] = true
		if v.scope != "" && v.scope != scopeServer && v.scope != scopeClosed && stateScopes[v.scope] == "" {
			t.Errorf("%s: %q is no scope", name, v.scope)
		}
		if len(v.Columns()) == 0 {
			t.Errorf("%s has no columns", name)
		}
		columns := map[string]bool{}
		for _, c := range v.Columns() {
			kind, _, _ := strings.Cut(c.Type, "(")
			if c.Name == "" || columns[foldKeyword(c.Name)] || typeNamed(kind).name == "" {
				t.Errorf("%s: column %q of type %q is there twice, or of no type", name, c.Name, c.Type)
			}
			columns[foldKeyword(c.Name)] = true
			if c.Constant && c.value == nil && !c.Nullable {
				t.Errorf("%s: %s is NULL in every row and NOT NULL", name, c.Name)
			}
		}
	}
	for name := range allRows() {
		if v := CatalogViewNamed(name); v == nil || v.Schema+"."+v.Name != name {
			t.Errorf("%s has rows and is no view of views.txt", name)
		}
	}
}
