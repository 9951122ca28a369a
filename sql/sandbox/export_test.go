package sandbox

import (
	"maps"
	"slices"
)

// ProcedureNames are the names of the procedures that run.
func ProcedureNames() []string { return slices.Sorted(maps.Keys(procedures)) }
