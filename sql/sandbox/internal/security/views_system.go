package security

import (
	"strconv"
	"strings"
)

// systemObjectViews are the views about what every server has.
func systemObjectViews() rowsByView {
	return rowsByView{
		"sys.system_objects":    rowsOf(shippedObjects, shippedRow),
		"sys.securable_classes": securableClasses,
	}
}

// classList are the classes by the names that GRANT and sys.fn_builtin_permissions have for them, each with its number
// (sys-database-permissions-transact-sql.md, sys-server-permissions-transact-sql.md).
const classList = `DATABASE=0,OBJECT=1,SCHEMA=3,USER=4,ROLE=4,APPLICATION ROLE=4,ASSEMBLY=5,TYPE=6,XML SCHEMA COLLECTION=10,MESSAGE TYPE=15,CONTRACT=16,` +
	`SERVICE=17,REMOTE SERVICE BINDING=18,ROUTE=19,FULLTEXT CATALOG=23,SYMMETRIC KEY=24,CERTIFICATE=25,ASYMMETRIC KEY=26,FULLTEXT STOPLIST=29,` +
	`SEARCH PROPERTY LIST=31,DATABASE SCOPED CREDENTIAL=32,EXTERNAL LANGUAGE=34,SERVER=100,LOGIN=101,SERVER ROLE=101,ENDPOINT=105,AVAILABILITY GROUP=108`

func securableClasses(*Checker, int) [][]any {
	var rows [][]any
	for _, class := range strings.Split(classList, ",") {
		name, number, _ := strings.Cut(class, "=")
		n, _ := strconv.Atoi(number)
		rows = append(rows, []any{name, n})
	}
	return rows
}

// systemProcedures are procedures of the engine that the sandbox does not run, and on which hardening scripts give and
// take EXECUTE nevertheless; their ids begin at firstSystemProcedure.
var systemProcedures = strings.Fields(`sp_addlinkedserver sp_addlinkedsrvlogin sp_cycle_errorlog sp_dropserver sp_OACreate sp_OADestroy sp_OAGetErrorInfo
	sp_OAGetProperty sp_OAMethod sp_OASetProperty sp_OAStop sp_readerrorlog sp_serveroption sp_who sp_who2 xp_availablemedia xp_cmdshell xp_dirtree
	xp_enumerrorlogs xp_enumgroups xp_fileexist xp_fixeddrives xp_getnetname xp_instance_regread xp_logevent xp_loginconfig
	xp_msver xp_readerrorlog xp_regaddmultistring xp_regdeletekey xp_regdeletevalue xp_regenumvalues xp_regread xp_regremovemultistring xp_regwrite
	xp_servicecontrol xp_sprintf xp_sscanf xp_subdirs`)

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

func procedureAt(i int) *Object {
	return &Object{ID: firstSystemProcedure - i, Schema: SchemaSys, Name: systemProcedures[i], Kind: KindProcedure}
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
	if strings.HasPrefix(o.Name, "xp_") || strings.HasPrefix(o.Name, "sp_OA") {
		row[5], row[6] = "X ", "EXTENDED_STORED_PROCEDURE"
	}
	return row
}
