package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// ProcedureNames are the names of the procedures that run.
func ProcedureNames() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(procedures)), func(name string) bool { return strings.HasPrefix(name, "%%") })
}
