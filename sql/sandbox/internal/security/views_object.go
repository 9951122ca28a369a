package security

import "time"

// objectColumns are the columns that sys.objects, sys.tables, sys.views and
// sys.synonyms share.
const objectColumns = "name nvarchar(128), object_id int, principal_id int?, schema_id int, parent_object_id int, type char(2), type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit, is_schema_published bit"

var kindNames = map[string]string{KindTable: "USER_TABLE", KindView: "VIEW", KindSynonym: "SYNONYM", KindPrimaryKey: "PRIMARY_KEY_CONSTRAINT",
	KindUnique: "UNIQUE_CONSTRAINT", KindForeignKey: "FOREIGN_KEY_CONSTRAINT", KindCheck: "CHECK_CONSTRAINT", KindDefault: "DEFAULT_CONSTRAINT", KindProcedure: "SQL_STORED_PROCEDURE"}

const viewColumns = objectColumns + ", is_replicated bit?, has_replication_filter bit?, has_opaque_metadata bit, has_unchecked_assembly_data bit, with_check_option bit, is_date_correlation_view bit, ledger_view_type tinyint?, ledger_view_type_desc nvarchar(60)?, is_dropped_ledger_view bit?"

const columnColumns = "object_id int, name nvarchar(128)?, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, collation_name nvarchar(128)?, is_nullable bit?, is_ansi_padded bit, is_rowguidcol bit, is_identity bit, is_computed bit, is_filestream bit=0, is_replicated bit?=0, is_non_sql_subscribed bit?=0, is_merge_published bit?=0, is_dts_replicated bit?=0, is_xml_document bit=0, xml_collection_id int=0, default_object_id int, rule_object_id int=0, is_sparse bit?=0, is_column_set bit?=0, generated_always_type tinyint?=0, generated_always_type_desc nvarchar(60)?=NOT_APPLICABLE, encryption_type int?=NULL, encryption_type_desc nvarchar(64)?=NULL, encryption_algorithm_name nvarchar(128)?=NULL, column_encryption_key_id int?=NULL, column_encryption_key_database_name nvarchar(128)?=NULL, is_hidden bit=0, is_masked bit=0, graph_type int?=NULL, graph_type_desc nvarchar(60)?=NULL, is_data_deletion_filter_column bit?=0, ledger_view_column_type tinyint?=NULL, ledger_view_column_type_desc nvarchar(60)?=NULL, is_dropped_ledger_column bit?=0"

// objectViews are the views about schemas, objects and columns (H.1, H.2).
func objectViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "schemas", Rows: schemas, Columns: ColumnsOf("name nvarchar(128), schema_id int, principal_id int?")},
		{Schema: "sys", Name: "objects", Rows: objects, Columns: ColumnsOf(objectColumns)},
		{Schema: "sys", Name: "all_objects", Rows: allObjects, Columns: ColumnsOf(objectColumns)},
		{Schema: "sys", Name: "tables", Rows: tables, Columns: ColumnsOf(objectColumns + ", lob_data_space_id int=0, filestream_data_space_id int?=NULL, max_column_id_used int, lock_on_bulk_load bit=0, uses_ansi_nulls bit?=1, is_replicated bit?=0, has_replication_filter bit?=0, is_merge_published bit?=0, is_sync_tran_subscribed bit?=0, has_unchecked_assembly_data bit=0, text_in_row_limit int?=0, large_value_types_out_of_row bit?=0, is_tracked_by_cdc bit?=0, lock_escalation tinyint?=0, lock_escalation_desc nvarchar(60)?=TABLE, is_filetable bit?=0, is_memory_optimized bit?=0, durability tinyint?=0, durability_desc nvarchar(60)?=SCHEMA_AND_DATA, temporal_type tinyint?=0, temporal_type_desc nvarchar(60)?=NON_TEMPORAL_TABLE, history_table_id int?=NULL, is_remote_data_archive_enabled bit?=0, is_external bit=0, history_retention_period int?=NULL, history_retention_period_unit int?=NULL, history_retention_period_unit_desc nvarchar(10)?=NULL, is_node bit?=0, is_edge bit?=0, data_retention_period int?=NULL, data_retention_period_unit int?=NULL, data_retention_period_unit_desc nvarchar(10)?=NULL, ledger_type tinyint?=0, ledger_type_desc nvarchar(60)?=NON_LEDGER_TABLE, ledger_view_id int?=NULL, is_dropped_ledger_table bit?=0")},
		{Schema: "sys", Name: "views", Rows: views, Columns: ColumnsOf(viewColumns)},
		{Schema: "sys", Name: "all_views", Rows: allViews, Columns: ColumnsOf(viewColumns)},
		{Schema: "sys", Name: "synonyms", Rows: synonyms, Columns: ColumnsOf(objectColumns + ", base_object_name nvarchar(1035)?")},
		{Schema: "sys", Name: "foreign_keys", Rows: foreignKeys, Columns: ColumnsOf(objectColumns + ", referenced_object_id int?, key_index_id int?, is_disabled bit, is_not_for_replication bit, is_not_trusted bit, delete_referential_action tinyint?, delete_referential_action_desc nvarchar(60)?, update_referential_action tinyint?, update_referential_action_desc nvarchar(60)?, is_system_named bit")},
		{Schema: "sys", Name: "default_constraints", Rows: constraintRows(definedOn, KindDefault), Columns: ColumnsOf(objectColumns + ", parent_column_id int, definition nvarchar(max)?, is_system_named bit")},
		{Schema: "sys", Name: "check_constraints", Rows: constraintRows(definedOn, KindCheck), Columns: ColumnsOf(objectColumns + ", is_disabled bit=0, is_not_for_replication bit=0, is_not_trusted bit=0, parent_column_id int, definition nvarchar(max)?, uses_database_collation bit?=1, is_system_named bit")},
		{Schema: "sys", Name: "key_constraints", Rows: constraintRows(func(o *Object) []any { return []any{o.SystemNamed} }, KindPrimaryKey, KindUnique), Columns: ColumnsOf(objectColumns + ", unique_index_id int?=NULL, is_system_named bit, is_enforced bit?=1")},
		{Schema: "sys", Name: "columns", Rows: viewOfColumns, Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "all_columns", Rows: allColumns, Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "system_columns", Rows: systemColumns, Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "types", Rows: types, Columns: ColumnsOf("name nvarchar(128), system_type_id tinyint, user_type_id int, schema_id int, principal_id int?, max_length smallint, precision tinyint, scale tinyint, collation_name nvarchar(128)?, is_nullable bit?, is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, is_table_type bit")},
	}
}

func schemas(c *Checker, database int) [][]any {
	var rows [][]any
	for _, s := range c.s.Database(database).Schemas() {
		rows = append(rows, []any{s.Name, s.ID, s.Owner})
	}
	return rows
}

func objectRow(o *Object) []any {
	return []any{o.Name, o.ID, idOrNull(o.Owner), o.Schema, o.Parent, padded(o.Kind, 2), kindNames[o.Kind], o.Created, o.Modified, false, false, false}
}

// seen returns the objects of a kind that the caller sees; an empty kind is
// all.
func (c *Checker) seen(database int, kind string) []*Object {
	var list []*Object
	for _, o := range c.s.Database(database).Objects() {
		if (kind == "" || o.Kind == kind) && c.SeesObject(database, o) {
			list = append(list, o)
		}
	}
	return list
}

// objectRows are the rows of objects of a kind, each with more values.
func (c *Checker) objectRows(database int, kind string, more func(*Object) []any) [][]any {
	var rows [][]any
	for _, o := range c.seen(database, kind) {
		rows = append(rows, append(objectRow(o), more(o)...))
	}
	return rows
}

func objects(c *Checker, database int) [][]any {
	return c.objectRows(database, "", func(*Object) []any { return nil })
}

// allObjects adds the catalog views themselves, under negative ids.
func allObjects(c *Checker, database int) [][]any {
	return append(objects(c, database), systemRows(c, func() []any { return nil })...)
}

func systemRows(c *Checker, more func() []any) [][]any {
	var rows [][]any
	created := time.Time{}
	if master := c.s.Database(DatabaseMaster); master != nil {
		created = master.Created
	}
	for i, v := range catalogViews {
		schema := SchemaSys
		if v.Schema == "INFORMATION_SCHEMA" {
			schema = SchemaInfoSchema
		}
		rows = append(rows, append([]any{v.Name, systemID(i), nil, schema, 0, "V ", "VIEW", created, created, true, false, false}, more()...))
	}
	return rows
}

func tables(c *Checker, database int) [][]any {
	return c.objectRows(database, KindTable, func(o *Object) []any {
		last := 0
		for _, id := range o.columnIDs() {
			last = max(last, id)
		}
		return []any{last}
	})
}

func viewTail(checkOption bool) []any {
	return []any{false, false, false, false, checkOption, false, 0, "NON_LEDGER_VIEW", false}
}

func views(c *Checker, database int) [][]any {
	return c.objectRows(database, KindView, func(o *Object) []any { return viewTail(o.CheckOption) })
}

func allViews(c *Checker, database int) [][]any {
	return append(views(c, database), systemRows(c, func() []any { return viewTail(false) })...)
}

func synonyms(c *Checker, database int) [][]any {
	return c.objectRows(database, KindSynonym, func(o *Object) []any { return []any{orNull(o.Base)} })
}

// foreignKeys has no id of an index, which the server does not keep, and no other
// action than the one that it takes.
func foreignKeys(c *Checker, database int) [][]any {
	return c.objectRows(database, KindForeignKey, func(o *Object) []any {
		return []any{o.References, nil, false, false, false, 0, "NO_ACTION", 0, "NO_ACTION", o.SystemNamed}
	})
}

// viewOfColumns shows all columns of an object of which anything is visible
// (C.4).
func viewOfColumns(c *Checker, database int) [][]any {
	var rows [][]any
	for _, o := range c.seen(database, "") {
		for i := range o.Columns {
			rows = append(rows, columnRow(c.s.Database(database), o, &o.Columns[i]))
		}
	}
	return rows
}

// systemColumns are those of the catalog views.
func systemColumns(c *Checker, database int) [][]any {
	var rows [][]any
	for i := range catalogViews {
		o := systemObjects[systemID(i)]
		for j := range o.Columns {
			rows = append(rows, columnRow(c.s.Database(database), o, &o.Columns[j]))
		}
	}
	return rows
}

func allColumns(c *Checker, database int) [][]any {
	return append(viewOfColumns(c, database), systemColumns(c, database)...)
}

func columnRow(d *Database, o *Object, column *Column) []any {
	t := typeNamed(column.Type)
	var collation any
	if t.collated {
		collation = orElse(column.Collation, d.collation.Name())
	}
	return []any{o.ID, column.Name, column.ID, t.system, t.user, column.MaxLength, column.Precision, column.Scale, collation,
		column.Nullable, true, false, column.Identity, column.Computed, d.defaultOf(o, column)}
}

// defaultOf is the id of the DEFAULT constraint of a column, or 0.
func (d *Database) defaultOf(o *Object, column *Column) int {
	if column.Default != "" {
		for _, user := range d.UsersOf(o.ID) {
			if user.Kind == KindDefault && user.Minor == column.ID {
				return user.ID
			}
		}
	}
	return 0
}

// constraintRows are the rows of the constraints of some kinds, each with more
// values.
func constraintRows(more func(*Object) []any, kinds ...string) func(*Checker, int) [][]any {
	return func(c *Checker, database int) [][]any {
		var rows [][]any
		for _, kind := range kinds {
			rows = append(rows, c.objectRows(database, kind, more)...)
		}
		return rows
	}
}

// definedOn are the values of a constraint with a definition on a column.
func definedOn(o *Object) []any { return []any{o.Minor, o.Definition, o.SystemNamed} }

func types(c *Checker, database int) [][]any {
	var rows [][]any
	for _, t := range systemTypes {
		var collation any
		if t.collated {
			collation = c.s.Database(database).collation.Name()
		}
		rows = append(rows, []any{t.name, t.system, t.user, SchemaSys, nil, t.length, t.precision, t.scale, collation, t.name != "sysname", false, t.system == 240, 0, 0, false})
	}
	return rows
}
