package security

import "slices"

// objectColumns are the columns that sys.objects, sys.tables, sys.views and
// sys.synonyms share.
const objectColumns = "name nvarchar(128), object_id int, principal_id int?, schema_id int, parent_object_id int, type char(2), type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit=0, is_schema_published bit=0"

var kindNames = map[string]string{KindTable: "USER_TABLE", KindView: "VIEW", KindSynonym: "SYNONYM", KindPrimaryKey: "PRIMARY_KEY_CONSTRAINT",
	KindUnique: "UNIQUE_CONSTRAINT", KindForeignKey: "FOREIGN_KEY_CONSTRAINT", KindCheck: "CHECK_CONSTRAINT", KindDefault: "DEFAULT_CONSTRAINT", KindProcedure: "SQL_STORED_PROCEDURE",
	KindFunction: "SQL_SCALAR_FUNCTION", KindInline: "SQL_INLINE_TABLE_VALUED_FUNCTION"}

const viewColumns = objectColumns + ", is_replicated bit?=0, has_replication_filter bit?=0, has_opaque_metadata bit=0, has_unchecked_assembly_data bit=0, with_check_option bit, is_date_correlation_view bit=0, ledger_view_type tinyint?=0, ledger_view_type_desc nvarchar(60)?=NON_LEDGER_VIEW, is_dropped_ledger_view bit?=0"

const columnColumns = "object_id int, name nvarchar(128)?, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, collation_name nvarchar(128)?, is_nullable bit?, is_ansi_padded bit, is_rowguidcol bit, is_identity bit, is_computed bit, is_filestream bit=0, is_replicated bit?=0, is_non_sql_subscribed bit?=0, is_merge_published bit?=0, is_dts_replicated bit?=0, is_xml_document bit=0, xml_collection_id int=0, default_object_id int, rule_object_id int=0, is_sparse bit?=0, is_column_set bit?=0, generated_always_type tinyint?=0, generated_always_type_desc nvarchar(60)?=NOT_APPLICABLE, encryption_type int?=NULL, encryption_type_desc nvarchar(64)?=NULL, encryption_algorithm_name nvarchar(128)?=NULL, column_encryption_key_id int?=NULL, column_encryption_key_database_name nvarchar(128)?=NULL, is_hidden bit=0, is_masked bit=0, graph_type int?=NULL, graph_type_desc nvarchar(60)?=NULL, is_data_deletion_filter_column bit?=0, ledger_view_column_type tinyint?=NULL, ledger_view_column_type_desc nvarchar(60)?=NULL, is_dropped_ledger_column bit?=0"

// objectViews are the views about schemas, objects and columns (H.1, H.2).
func objectViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "schemas", Rows: rowsOf(ofDatabase((*Database).Schemas), schemaRow), Columns: ColumnsOf("name nvarchar(128), schema_id int, principal_id int?")},
		{Schema: "sys", Name: "objects", Rows: rowsOf(seen(), objectRow), Columns: ColumnsOf(objectColumns)},
		{Schema: "sys", Name: "all_objects", Rows: rowsOf(seenAndShipped(), objectRow), Columns: ColumnsOf(objectColumns)},
		{Schema: "sys", Name: "tables", Rows: rowsOf(seen(KindTable), tableRow), Columns: ColumnsOf(objectColumns + ", lob_data_space_id int=0, filestream_data_space_id int?=NULL, max_column_id_used int, lock_on_bulk_load bit=0, uses_ansi_nulls bit?=1, is_replicated bit?=0, has_replication_filter bit?=0, is_merge_published bit?=0, is_sync_tran_subscribed bit?=0, has_unchecked_assembly_data bit=0, text_in_row_limit int?=0, large_value_types_out_of_row bit?=0, is_tracked_by_cdc bit?=0, lock_escalation tinyint?=0, lock_escalation_desc nvarchar(60)?=TABLE, is_filetable bit?=0, is_memory_optimized bit?=0, durability tinyint?=0, durability_desc nvarchar(60)?=SCHEMA_AND_DATA, temporal_type tinyint?=0, temporal_type_desc nvarchar(60)?=NON_TEMPORAL_TABLE, history_table_id int?=NULL, is_remote_data_archive_enabled bit?=0, is_external bit=0, history_retention_period int?=NULL, history_retention_period_unit int?=NULL, history_retention_period_unit_desc nvarchar(10)?=NULL, is_node bit?=0, is_edge bit?=0, data_retention_period int?=NULL, data_retention_period_unit int?=NULL, data_retention_period_unit_desc nvarchar(10)?=NULL, ledger_type tinyint?=0, ledger_type_desc nvarchar(60)?=NON_LEDGER_TABLE, ledger_view_id int?=NULL, is_dropped_ledger_table bit?=0")},
		{Schema: "sys", Name: "views", Rows: rowsOf(seen(KindView), viewRow), Columns: ColumnsOf(viewColumns)},
		{Schema: "sys", Name: "all_views", Rows: rowsOf(seenAndShipped(KindView), viewRow), Columns: ColumnsOf(viewColumns)},
		{Schema: "sys", Name: "synonyms", Rows: rowsOf(seen(KindSynonym), synonymRow), Columns: ColumnsOf(objectColumns + ", base_object_name nvarchar(1035)?")},
		{Schema: "sys", Name: "foreign_keys", Rows: rowsOf(seen(KindForeignKey), foreignKeyRow), Columns: ColumnsOf(objectColumns + ", referenced_object_id int?, key_index_id int?=NULL, is_disabled bit=0, is_not_for_replication bit=0, is_not_trusted bit=0, delete_referential_action tinyint?=0, delete_referential_action_desc nvarchar(60)?=NO_ACTION, update_referential_action tinyint?=0, update_referential_action_desc nvarchar(60)?=NO_ACTION, is_system_named bit")},
		{Schema: "sys", Name: "default_constraints", Rows: rowsOf(seen(KindDefault), definitionRow), Columns: ColumnsOf(objectColumns + ", parent_column_id int, definition nvarchar(max)?, is_system_named bit")},
		{Schema: "sys", Name: "check_constraints", Rows: rowsOf(seen(KindCheck), definitionRow), Columns: ColumnsOf(objectColumns + ", is_disabled bit=0, is_not_for_replication bit=0, is_not_trusted bit=0, parent_column_id int, definition nvarchar(max)?, uses_database_collation bit?=1, is_system_named bit")},
		{Schema: "sys", Name: "key_constraints", Rows: rowsOf(seen(KindPrimaryKey, KindUnique), keyRow), Columns: ColumnsOf(objectColumns + ", unique_index_id int?=NULL, is_system_named bit, is_enforced bit?=1")},
		{Schema: "sys", Name: "columns", Rows: rowsOf(columnsOf(seen()), columnRow), Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "all_columns", Rows: rowsOf(columnsOf(seenAndShipped()), columnRow), Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "system_columns", Rows: rowsOf(columnsOf(shipped), columnRow), Columns: ColumnsOf(columnColumns)},
		{Schema: "sys", Name: "types", Rows: rowsOf(ofServer(func(*Server) []systemType { return systemTypes }), typeRow), Columns: ColumnsOf("name nvarchar(128), system_type_id tinyint, user_type_id int, schema_id int=4, principal_id int?=NULL, max_length smallint, precision tinyint, scale tinyint, collation_name nvarchar(128)?, is_nullable bit?, is_user_defined bit=0, is_assembly_type bit, default_object_id int=0, rule_object_id int=0, is_table_type bit=0")},
	}
}

func schemaRow(_ *Checker, _ *Database, s *Schema) []any { return []any{s.Name, s.ID, s.Owner} }

// seen lists the objects of some kinds that the caller sees, of all kinds where
// none is named.
func seen(kinds ...string) func(*Checker, *Database) []*Object {
	return func(c *Checker, d *Database) []*Object {
		return slices.DeleteFunc(d.Objects(), func(o *Object) bool {
			return len(kinds) > 0 && !slices.Contains(kinds, o.Kind) || !c.SeesObject(d.ID, o)
		})
	}
}

// shipped lists the catalog views, as objects with negative ids.
func shipped(*Checker, *Database) (list []*Object) {
	for i := range shippedViews().list {
		list = append(list, shippedViews().objects[systemID(i)])
	}
	return list
}

func seenAndShipped(kinds ...string) func(*Checker, *Database) []*Object {
	return func(c *Checker, d *Database) []*Object { return append(seen(kinds...)(c, d), shipped(c, d)...) }
}

// objectRow is the row of an object in sys.objects. What is shipped is as old as
// the server.
func objectRow(c *Checker, _ *Database, o *Object) []any {
	created, modified, ships := o.Created, o.Modified, o.Created.IsZero()
	if ships {
		created = c.s.Database(DatabaseMaster).Created
		modified = created
	}
	return []any{o.Name, o.ID, idOrNull(o.Owner), o.Schema, o.Parent, padded(o.Kind, 2), kindNames[o.Kind], created, modified, ships}
}

func tableRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), slices.Max(append(o.columnIDs(), 0)))
}

func viewRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.CheckOption)
}

func synonymRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), orNull(o.Base))
}

func foreignKeyRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.References, o.SystemNamed)
}

// definitionRow is that of a constraint with a definition, on a column or not.
func definitionRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.Minor, o.Definition, o.SystemNamed)
}

func keyRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.SystemNamed)
}

// columnOf is a column of an object, at a place from 1.
type columnOf struct {
	*Column
	object   *Object
	position int
}

// columnsOf lists all columns of objects: who sees anything of one sees them (C.4).
func columnsOf(objects func(*Checker, *Database) []*Object) func(*Checker, *Database) []columnOf {
	return func(c *Checker, d *Database) (list []columnOf) {
		for _, o := range objects(c, d) {
			for i := range o.Columns {
				list = append(list, columnOf{&o.Columns[i], o, i + 1})
			}
		}
		return list
	}
}

func columnRow(_ *Checker, d *Database, column columnOf) []any {
	t := typeNamed(column.Type)
	var collation any
	if t.collated {
		collation = orElse(column.Collation, d.collation.Name())
	}
	return []any{column.object.ID, column.Name, column.ID, t.system, t.user, column.MaxLength, column.Precision, column.Scale, collation,
		column.Nullable, true, false, column.Identity, column.Computed, d.defaultOf(column.object, column.Column)}
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

// TypeName is the name of a type by its user_type_id, nil for what is none.
func TypeName(id int) *string {
	for _, t := range systemTypes {
		if t.user == id {
			return &t.name
		}
	}
	return nil
}

func typeRow(_ *Checker, d *Database, t systemType) []any {
	var collation any
	if t.collated {
		collation = d.collation.Name()
	}
	return []any{t.name, t.system, t.user, t.length, t.precision, t.scale, collation, t.name != "sysname", t.system == 240}
}
