package security

import (
	"slices"
	"strings"
)

// systemObjectViews are the views about what every server has.
func systemObjectViews() rowsByView {
	return rowsByView{
		"sys.system_objects": rowsOf(shippedObjects, shippedRow),
	}
}

// systemProcedures are procedures of the engine, those that the sandbox runs last; hardening scripts give and take EXECUTE on
// the others too. Their ids begin at firstSystemProcedure.
var systemProcedures = strings.Fields(`sp_addlinkedserver sp_addlinkedsrvlogin sp_cycle_errorlog sp_dropserver sp_OACreate sp_OADestroy sp_OAGetErrorInfo
	sp_OAGetProperty sp_OAMethod sp_OASetProperty sp_OAStop sp_readerrorlog sp_serveroption sp_who sp_who2 xp_availablemedia xp_cmdshell xp_dirtree
	xp_enumerrorlogs xp_enumgroups xp_fileexist xp_fixeddrives xp_getnetname xp_instance_regread xp_logevent xp_loginconfig
	xp_msver xp_readerrorlog xp_regaddmultistring xp_regdeletekey xp_regdeletevalue xp_regenumvalues xp_regread xp_regremovemultistring xp_regwrite
	xp_servicecontrol xp_sprintf xp_sscanf xp_subdirs
	sp_addextendedproperty sp_addrolemember sp_addsrvrolemember sp_configure sp_dropextendedproperty sp_droprolemember sp_dropsrvrolemember sp_execute
	sp_executesql sp_getapplock sp_helptext sp_migrate_user_to_contained sp_prepare sp_prepexec sp_releaseapplock sp_reset_connection
	sp_set_session_context sp_unprepare sp_updateextendedproperty`)

// extended are those of them that are no text of T-SQL, but for xp_ and sp_OA.
var extended = []string{"sp_execute", "sp_executesql", "sp_prepare", "sp_prepexec", "sp_reset_connection", "sp_set_session_context", "sp_unprepare"}

const firstSystemProcedure = -9000

// systemProcedure finds one of them by its name; a schema that is not written is sys.
func systemProcedure(schema, name string) *Object {
	for i, known := range systemProcedures {
		if strings.EqualFold(known, name) && (schema == "" || strings.EqualFold(schema, "sys")) {
			return procedureAt(i)
		}
	}
	return nil
}

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

// shippedObjects are the catalog views and these procedures.
func shippedObjects(c *Checker, d *Database) []*Object {
	list := shipped(c, d)
	for i := range systemProcedures {
		list = append(list, procedureAt(i))
	}
	return list
}

func shippedRow(c *Checker, d *Database, o *Object) []any {
	row := objectRow(c, d, o)
	if o.Kind == KindProcedure && o.Created.IsZero() && isExtended(o.Name) {
		row[5], row[6] = "X ", "EXTENDED_STORED_PROCEDURE"
	}
	return row
}
