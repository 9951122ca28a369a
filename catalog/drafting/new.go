package drafting

import (
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
)

// New is the catalog of an application that is not known: no node, and what
// every catalog says first.
func New(name, prefix, schema string) *catalog.Catalog {
	return &catalog.Catalog{Name: name, Prefix: prefix, Schema: schema}
}

// Prefix is what the names of most views begin with, up to an underscore, as an
// application's own do: of at least four in five of them. It is "" where there is
// no such beginning.
func Prefix(views []catalog.ViewName) string {
	n := map[string]int{}
	for _, v := range views {
		if i := strings.Index(string(v), "_"); i > 0 {
			n[catalog.ViewName(v[:i+1]).Key()]++
		}
	}
	for _, prefix := range slices.Sorted(maps.Keys(n)) {
		if n[prefix]*5 >= len(views)*4 {
			return prefix
		}
	}
	return ""
}
