package security

// moduleViews are the views about modules, their text and what they refer to,
// and about those that the server cannot hold, of which there are none.
func moduleViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "sql_modules", Rows: rowsOf(seen(KindView, KindProcedure, KindFunction, KindInline), moduleRow), Columns: ColumnsOf("object_id int, definition nvarchar(max)?, uses_ansi_nulls bit?=1, uses_quoted_identifier bit?, is_schema_bound bit?, uses_database_collation bit?=0, is_recompiled bit?, null_on_null_input bit?, execute_as_principal_id int?, uses_native_compilation bit?=0, is_inlineable bit?=0")},
		{Schema: "sys", Name: "assembly_modules", Rows: noRows, Columns: ColumnsOf("object_id int, assembly_id int, assembly_class nvarchar(128)?, assembly_method nvarchar(128)?, null_on_null_input bit?, execute_as_principal_id int?")},
		{Schema: "sys", Name: "procedures", Rows: rowsOf(seen(KindProcedure), objectRow), Columns: ColumnsOf(objectColumns + ", is_auto_executed bit=0, is_execution_replicated bit?=0, is_repl_serializable_only bit?=0, skips_repl_constraints bit?=0")},
		{Schema: "sys", Name: "parameters", Rows: rowsOf(seenParameters, parameterRow), Columns: ColumnsOf("object_id int, name nvarchar(128)?, parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, is_output bit, is_cursor_ref bit, has_default_value bit=0, is_xml_document bit=0, default_value sql_variant?=NULL, xml_collection_id int=0, is_readonly bit=0, is_nullable bit?=1, encryption_type int?=NULL, encryption_type_desc nvarchar(64)?=NULL, encryption_algorithm_name nvarchar(128)?=NULL, column_encryption_key_id int?=NULL, column_encryption_key_database_name nvarchar(128)?=NULL")},
		{Schema: "sys", Name: "triggers", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), object_id int, parent_class tinyint, parent_class_desc nvarchar(60)?, parent_id int, type char(2), type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit, is_disabled bit, is_not_for_replication bit, is_instead_of_trigger bit")},
		{Schema: "sys", Name: "crypt_properties", Rows: noRows, Columns: ColumnsOf("class tinyint, class_desc nvarchar(60)?, major_id int, thumbprint varbinary(32), crypt_type char(4), crypt_type_desc nvarchar(60)?, crypt_property varbinary(max)")},
		{Schema: "sys", Name: "trigger_events", Rows: noRows, Columns: ColumnsOf("object_id int, type int, type_desc nvarchar(128), is_trigger_event bit?, event_group_type int?, event_group_type_desc nvarchar(128)?, is_first bit?, is_last bit?")},
		{Schema: "sys", Name: "server_triggers", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), object_id int, parent_class tinyint, parent_class_desc nvarchar(60)?, parent_id int, type char(2), type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit, is_disabled bit")},
		{Schema: "sys", Name: "server_trigger_events", Rows: noRows, Columns: ColumnsOf("object_id int, type int, type_desc nvarchar(128), is_trigger_event bit?, event_group_type int?, event_group_type_desc nvarchar(128)?, is_first bit?, is_last bit?")},
		{Schema: "sys", Name: "assemblies", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), principal_id int?, assembly_id int, clr_name nvarchar(4000)?, permission_set tinyint?, permission_set_desc nvarchar(60)?, is_visible bit, create_date datetime, modify_date datetime, is_user_defined bit?")},
		{Schema: "sys", Name: "xml_schema_collections", Rows: noRows, Columns: ColumnsOf("xml_collection_id int, schema_id int, principal_id int?, name nvarchar(128), create_date datetime, modify_date datetime")},
		{Schema: "sys", Name: "symmetric_keys", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), principal_id int?, symmetric_key_id int, key_length int, key_algorithm char(2), algorithm_desc nvarchar(60)?, create_date datetime, modify_date datetime, key_guid uniqueidentifier?, key_thumbprint sql_variant?, provider_type nvarchar(120)?, cryptographic_provider_guid uniqueidentifier?, cryptographic_provider_algid sql_variant?")},
		{Schema: "sys", Name: "service_message_types", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), message_type_id int, principal_id int?, validation char(2), validation_desc nvarchar(60)?, xml_collection_id int?")},
		{Schema: "sys", Name: "service_contracts", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), service_contract_id int, principal_id int?")},
		{Schema: "sys", Name: "services", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), service_id int, principal_id int?, service_queue_id int")},
		{Schema: "sys", Name: "remote_service_bindings", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), remote_service_binding_id int, principal_id int?, remote_service_name nvarchar(256)?, service_contract_id int, remote_principal_id int?, is_anonymous_on bit")},
		{Schema: "sys", Name: "routes", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), route_id int, principal_id int?, remote_service_name nvarchar(256)?, broker_instance nvarchar(128)?, lifetime datetime?, address nvarchar(256)?, mirror_address nvarchar(256)?")},
		{Schema: "sys", Name: "event_notifications", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), object_id int, parent_class tinyint, parent_class_desc nvarchar(60)?, parent_id int, create_date datetime, modify_date datetime, service_name nvarchar(256)?, broker_instance nvarchar(128)?, creator_sid varbinary(85)?, principal_id int?")},
		{Schema: "sys", Name: "fulltext_catalogs", Rows: noRows, Columns: ColumnsOf("fulltext_catalog_id int, name nvarchar(128), path nvarchar(260)?, is_default bit, is_accent_sensitivity_on bit, data_space_id int?, file_id int?, principal_id int?, is_importing bit")},
		{Schema: "sys", Name: "fulltext_stoplists", Rows: noRows, Columns: ColumnsOf("stoplist_id int, name nvarchar(128), create_date datetime, modify_date datetime, principal_id int?")},
		{Schema: "sys", Name: "registered_search_property_lists", Rows: noRows, Columns: ColumnsOf("property_list_id int, name nvarchar(128), create_date datetime, modify_date datetime, principal_id int?")},
		{Schema: "sys", Name: "database_scoped_credentials", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), principal_id int?, credential_id int, credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?")},
		{Schema: "sys", Name: "sql_expression_dependencies", Rows: dependencies, Columns: ColumnsOf("referencing_id int, referencing_minor_id int=0, referencing_class tinyint?=1, referencing_class_desc nvarchar(60)?=OBJECT_OR_COLUMN, is_schema_bound_reference bit, referenced_class tinyint?=1, referenced_class_desc nvarchar(60)?=OBJECT_OR_COLUMN, referenced_server_name nvarchar(128)?, referenced_database_name nvarchar(128)?, referenced_schema_name nvarchar(128)?, referenced_entity_name nvarchar(128)?, referenced_id int?, referenced_minor_id int=0, is_caller_dependent bit=0, is_ambiguous bit=0")},
	}
}

// moduleRow hides the text from those who may not view the definition (C.4).
func moduleRow(c *Checker, d *Database, o *Object) []any {
	m := o.Module
	if m == nil {
		m = &Module{ModuleOptions: ModuleOptions{QuotedIdentifier: true}}
	}
	return []any{o.ID, c.definition(d, o), m.QuotedIdentifier, o.SchemaBound, m.Recompiled, m.NullOnNullInput, idOrNull(m.RunsAs)}
}

// definition is the text of a module as the caller may see it.
func (c *Checker) definition(d *Database, o *Object) any {
	if c.SeesDefinition(d.ID, o) {
		return orNull(o.Definition)
	}
	return nil
}

// dependencies shows what views refer to, to holders of VIEW DEFINITION on the
// database (sys-sql-expression-dependencies-transact-sql.md, Permissions). Of
// the same database it knows the object that has the name now.
func dependencies(c *Checker, database int) [][]any {
	if !c.Can(OnDatabase(database), "VIEW DEFINITION") {
		return nil
	}
	var rows [][]any
	d := c.s.Database(database)
	for _, o := range seen()(c, d) {
		for _, dep := range o.Depends {
			id := 0
			if dep.Server == "" && (dep.Database == "" || c.s.collation.Equal(dep.Database, d.Name)) {
				id = d.referenced(o, dep)
			}
			rows = append(rows, []any{o.ID, o.SchemaBound, orNull(dep.Server), orNull(dep.Database), orNull(dep.Schema),
				dep.Name, idOrNull(id)})
		}
	}
	return rows
}

// referenced is the id of the object that a name in a view means now, or 0.
func (d *Database) referenced(view *Object, dep Dependency) int {
	schemas := []int{view.Schema, SchemaDBO}
	if dep.Schema != "" {
		schemas = nil
		if s := d.SchemaNamed(dep.Schema); s != nil {
			schemas = []int{s.ID}
		}
	}
	for _, schema := range schemas {
		if o := d.ObjectNamed(schema, dep.Name); o != nil {
			return o.ID
		}
	}
	return 0
}
