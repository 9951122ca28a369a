package security

// moduleViews are the views about the text of views and what they refer to.
func moduleViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "sql_modules", Rows: sqlModules, Columns: columnsOf("object_id int, definition nvarchar(max)?, uses_ansi_nulls bit?, uses_quoted_identifier bit?, is_schema_bound bit?, uses_database_collation bit?, is_recompiled bit?, null_on_null_input bit?, execute_as_principal_id int?, uses_native_compilation bit?, is_inlineable bit?")},
		{Schema: "sys", Name: "sql_expression_dependencies", Rows: dependencies, Allowed: ownersOnly("sql_expression_dependencies"), Columns: columnsOf("referencing_id int, referencing_minor_id int, referencing_class tinyint?, referencing_class_desc nvarchar(60)?, is_schema_bound_reference bit, referenced_class tinyint?, referenced_class_desc nvarchar(60)?, referenced_server_name nvarchar(128)?, referenced_database_name nvarchar(128)?, referenced_schema_name nvarchar(128)?, referenced_entity_name nvarchar(128)?, referenced_id int?, referenced_minor_id int, is_caller_dependent bit, is_ambiguous bit")},
	}
}

// ownersOnly refuses a system view to all but holders of CONTROL on the
// database, such as db_owner (C.4).
func ownersOnly(view string) func(c *Checker, database int) error {
	return func(c *Checker, database int) error {
		if c.Can(OnDatabase(database), "CONTROL") {
			return nil
		}
		return fail(229, 14, 5, "The SELECT permission was denied on the object '%s', database 'mssqlsystemresource', schema 'sys'.", view)
	}
}

// sqlModules hides the text from those who may not view the definition (C.4).
func sqlModules(c *Checker, database int) [][]any {
	var rows [][]any
	for _, o := range c.seen(database, "") {
		if o.Kind != KindView && o.Kind != KindProcedure {
			continue
		}
		var definition any
		if c.SeesDefinition(database, o) {
			definition = o.Definition
		}
		rows = append(rows, []any{o.ID, definition, true, true, o.SchemaBound, false, false, false, nil, false, false})
	}
	return rows
}

func dependencies(c *Checker, database int) [][]any {
	var rows [][]any
	for _, o := range c.seen(database, "") {
		for _, dep := range o.Depends {
			rows = append(rows, []any{o.ID, 0, 1, "OBJECT_OR_COLUMN", o.SchemaBound, 1, "OBJECT_OR_COLUMN", nil, orNull(dep.Database), orNull(dep.Schema),
				dep.Name, idOrNull(dep.ID), 0, false, false})
		}
	}
	return rows
}
