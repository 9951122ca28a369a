package security

import (
	_ "embed" // procedures.txt
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/sysproc"
)

// systemProcedures are procedures of the engine: those that run here, of Go and of T-SQL, and those on which hardening
// scripts give and take EXECUTE nevertheless. Their ids begin at firstSystemProcedure.
var systemProcedures = append(strings.Fields(procedureText), runningProcedures...)

//go:embed procedures.txt
var procedureText string

// runningProcedures are those that everybody may call.
var runningProcedures = append(strings.Fields(`sp_execute sp_executesql sp_getapplock sp_prepare sp_prepexec sp_releaseapplock
	sp_reset_connection sp_set_session_context sp_unprepare`), sysproc.Names()...)

// extended are those of them that are no text of T-SQL, but for xp_ and sp_OA.
var extended = []string{"sp_execute", "sp_executesql", "sp_prepare", "sp_prepexec", "sp_reset_connection", "sp_set_session_context", "sp_unprepare"}

const firstSystemProcedure = -9000

// systemProcedure finds one of them by its name; a schema that is not written is sys.
func systemProcedure(schema, name string) *Object {
	if schema != "" && !strings.EqualFold(schema, "sys") {
		return nil
	}
	return procedureAt(slices.IndexFunc(systemProcedures, func(known string) bool { return strings.EqualFold(known, name) }))
}

// procedureWith finds one of them by its id.
func procedureWith(id int) *Object { return procedureAt(firstSystemProcedure - id) }

// procedureAt is one of them by its place, nil beyond the list.
func procedureAt(i int) *Object {
	if i < 0 || i >= len(systemProcedures) {
		return nil
	}
	return &Object{ID: firstSystemProcedure - i, Schema: SchemaSys, Name: systemProcedures[i], Kind: KindProcedure}
}

func isExtended(name string) bool {
	return strings.HasPrefix(name, "xp_") || strings.HasPrefix(name, "sp_OA") || slices.Contains(extended, name)
}

// Executable returns the refusal of EXECUTE on a system procedure, or nil. Rows about it are in master (4629).
func (c *Checker) Executable(name string) error {
	o := systemProcedure("", name)
	if o == nil || len(c.s.Database(DatabaseMaster).permissions.on(ClassObject, o.ID)) == 0 || c.Can(OnObject(DatabaseMaster, o.ID), "EXECUTE") {
		return nil
	}
	return refuse(229, "EXECUTE", o.Name, "mssqlsystemresource", "sys")
}

// judgeProcedure adds what decides EXECUTE on a system procedure: those that run here are everybody's.
func (c *Checker) judgeProcedure(v *verdict, on Securable) {
	o := procedureWith(on.ID)
	v.granted = o != nil && slices.Contains(runningProcedures, o.Name)
	v.add(c.facts(on).rows, []string{"EX", "CL"})
}

// shippedObjects are the catalog views and these procedures.
func shippedObjects(c *Checker, d *Database) []*Object {
	list := shipped(c, d)
	for i := range systemProcedures {
		o := procedureAt(i)
		if isExtended(o.Name) {
			o.Kind = KindExtended // as it is listed
		}
		list = append(list, o)
	}
	return list
}
