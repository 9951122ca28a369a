package security

// parameterOf is a parameter of a module.
type parameterOf struct {
	*Parameter
	object *Object
}

// seenParameters lists the parameters of the modules that the caller sees.
func seenParameters(c *Checker, d *Database) (list []parameterOf) {
	for _, o := range seen(KindProcedure, KindFunction, KindInline)(c, d) {
		for i := range o.Module.Parameters {
			list = append(list, parameterOf{&o.Module.Parameters[i], o})
		}
	}
	return list
}

func parameterRow(_ *Checker, _ *Database, p parameterOf) []any {
	t := typeNamed(p.Type)
	return []any{p.object.ID, p.Name, p.ID, t.system, t.user, p.MaxLength, p.Precision, p.Scale, p.Output, p.Type == "cursor"}
}

// routineViews are INFORMATION_SCHEMA.ROUTINES and PARAMETERS.
func routineViews() []CatalogView {
	return []CatalogView{
		{Schema: "INFORMATION_SCHEMA", Name: "ROUTINES", Rows: rowsOf(seen(KindProcedure, KindFunction, KindInline), routineRow), Columns: ColumnsOf("SPECIFIC_CATALOG nvarchar(128)?, SPECIFIC_SCHEMA nvarchar(128)?, SPECIFIC_NAME nvarchar(128), ROUTINE_CATALOG nvarchar(128)?, ROUTINE_SCHEMA nvarchar(128)?, ROUTINE_NAME nvarchar(128), ROUTINE_TYPE nvarchar(20)?, MODULE_CATALOG nvarchar(128)?=NULL, MODULE_SCHEMA nvarchar(128)?=NULL, MODULE_NAME nvarchar(128)?=NULL, UDT_CATALOG nvarchar(128)?=NULL, UDT_SCHEMA nvarchar(128)?=NULL, UDT_NAME nvarchar(128)?=NULL, DATA_TYPE nvarchar(128)?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, COLLATION_CATALOG nvarchar(128)?=NULL, COLLATION_SCHEMA nvarchar(128)?=NULL, COLLATION_NAME nvarchar(128)?, CHARACTER_SET_CATALOG nvarchar(128)?=NULL, CHARACTER_SET_SCHEMA nvarchar(128)?=NULL, CHARACTER_SET_NAME nvarchar(128)?, NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, DATETIME_PRECISION smallint?, INTERVAL_TYPE nvarchar(30)?=NULL, INTERVAL_PRECISION smallint?=NULL, TYPE_UDT_CATALOG nvarchar(128)?=NULL, TYPE_UDT_SCHEMA nvarchar(128)?=NULL, TYPE_UDT_NAME nvarchar(128)?=NULL, SCOPE_CATALOG nvarchar(128)?=NULL, SCOPE_SCHEMA nvarchar(128)?=NULL, SCOPE_NAME nvarchar(128)?=NULL, MAXIMUM_CARDINALITY bigint?=NULL, DTD_IDENTIFIER nvarchar(128)?=NULL, ROUTINE_BODY nvarchar(30)?=SQL, ROUTINE_DEFINITION nvarchar(4000)?, EXTERNAL_NAME nvarchar(128)?=NULL, EXTERNAL_LANGUAGE nvarchar(30)?=NULL, PARAMETER_STYLE nvarchar(30)?=NULL, IS_DETERMINISTIC nvarchar(10)?=NO, SQL_DATA_ACCESS nvarchar(30)?, IS_NULL_CALL nvarchar(10)?, SQL_PATH nvarchar(128)?=NULL, SCHEMA_LEVEL_ROUTINE nvarchar(10)?=YES, MAX_DYNAMIC_RESULT_SETS smallint?, IS_USER_DEFINED_CAST nvarchar(10)?=NO, IS_IMPLICITLY_INVOCABLE nvarchar(10)?=NO, CREATED datetime, LAST_ALTERED datetime")},
		{Schema: "INFORMATION_SCHEMA", Name: "PARAMETERS", Rows: rowsOf(seenParameters, standardParameter), Columns: ColumnsOf("SPECIFIC_CATALOG nvarchar(128)?, SPECIFIC_SCHEMA nvarchar(128)?, SPECIFIC_NAME nvarchar(128), ORDINAL_POSITION int, PARAMETER_MODE nvarchar(10)?, IS_RESULT nvarchar(10)?, AS_LOCATOR nvarchar(10)?=NO, PARAMETER_NAME nvarchar(128)?, DATA_TYPE nvarchar(128)?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, COLLATION_CATALOG nvarchar(128)?=NULL, COLLATION_SCHEMA nvarchar(128)?=NULL, COLLATION_NAME nvarchar(128)?, CHARACTER_SET_CATALOG nvarchar(128)?=NULL, CHARACTER_SET_SCHEMA nvarchar(128)?=NULL, CHARACTER_SET_NAME nvarchar(128)?, NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, DATETIME_PRECISION smallint?, INTERVAL_TYPE nvarchar(30)?=NULL, INTERVAL_PRECISION smallint?=NULL, USER_DEFINED_TYPE_CATALOG nvarchar(128)?=NULL, USER_DEFINED_TYPE_SCHEMA nvarchar(128)?=NULL, USER_DEFINED_TYPE_NAME nvarchar(128)?=NULL, SCOPE_CATALOG nvarchar(128)?=NULL, SCOPE_SCHEMA nvarchar(128)?=NULL, SCOPE_NAME nvarchar(128)?=NULL")},
	}
}

// routineRow says what a function returns in the words of INFORMATION_SCHEMA.COLUMNS.
func routineRow(c *Checker, d *Database, o *Object) []any {
	kind, reads, null, sets := "FUNCTION", "READS", "YES", any(0)
	about := make([]any, 9)
	switch {
	case o.Kind == KindProcedure:
		kind, reads, null, sets = "PROCEDURE", "MODIFIES", "", -1
	case o.Kind == KindInline:
		about[0] = "TABLE"
	default:
		about = d.routineType(&o.Module.Parameters[0].Column)
	}
	schema := d.SchemaName(o.Schema)
	row := append([]any{d.Name, schema, o.Name, d.Name, schema, o.Name, kind}, about...)
	return append(row, standardDefinition(c, d, o), reads, orNull(null), sets, o.Created, o.Modified)
}

func standardParameter(_ *Checker, d *Database, p parameterOf) []any {
	mode, result := "IN", "NO"
	if p.ID == 0 {
		mode, result = "OUT", "YES"
	} else if p.Output {
		mode = "INOUT"
	}
	return append([]any{d.Name, d.SchemaName(p.object.Schema), p.object.Name, p.ID, mode, result, p.Name}, d.routineType(&p.Column)...)
}

// routineType is standardType with the collation and the character set before the numbers.
func (d *Database) routineType(column *Column) []any {
	t := d.standardType(column)
	return []any{t[0], t[1], t[2], t[8], t[7], t[3], t[4], t[5], t[6]}
}
