package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// ProcedureNames are the names of the procedures that run, without the parts of those that are T-SQL.
func ProcedureNames() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(procedures)), func(name string) bool { return strings.HasPrefix(name, "%%") })
}
