package security

var stateDescriptions = map[DatabaseState]string{Online: "ONLINE", Restoring: "RESTORING", Suspect: "SUSPECT", Emergency: "EMERGENCY", Offline: "OFFLINE"}

var accessDescriptions = map[UserAccess]string{MultiUser: "MULTI_USER", SingleUser: "SINGLE_USER", RestrictedUser: "RESTRICTED_USER"}

var recoveryModels = map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}

// serverViews are the views about the instance (H.1, H.2, K).
func serverViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "databases", Rows: databases, Columns: databaseColumns},
		{Schema: "sys", Name: "configurations", Rows: configurationRows, Columns: ColumnsOf("configuration_id int, name nvarchar(35), value sql_variant?, minimum sql_variant?, maximum sql_variant?, value_in_use sql_variant?, description nvarchar(255), is_dynamic bit, is_advanced bit")},
		{Schema: "sys", Name: "certificates", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), certificate_id int, principal_id int?, sid varbinary(85)?, thumbprint varbinary(32)")},
		{Schema: "sys", Name: "asymmetric_keys", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), principal_id int?, asymmetric_key_id int, sid varbinary(85)?, thumbprint varbinary(32)")},
		{Schema: "sys", Name: "credentials", Rows: noRows, Columns: ColumnsOf("credential_id int, name nvarchar(128), credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?")},
	}
}

func noRows(*Checker, int) [][]any { return nil }

func databases(c *Checker, _ int) [][]any {
	var rows [][]any
	for _, d := range c.s.Databases() {
		if c.SeesDatabase(d) {
			rows = append(rows, databaseRow(d))
		}
	}
	return rows
}

// databaseColumns are those of sys.databases ("sys.databases").
var databaseColumns = ColumnsOf(`name nvarchar(128), database_id int, source_database_id int?, owner_sid varbinary(85)?, create_date datetime, compatibility_level tinyint, collation_name nvarchar(128)?, user_access tinyint?, user_access_desc nvarchar(60)?, is_read_only bit?, is_auto_close_on bit, is_auto_shrink_on bit?, state tinyint?, state_desc nvarchar(60)?, is_in_standby bit?, is_cleanly_shutdown bit?, is_supplemental_logging_enabled bit?, snapshot_isolation_state tinyint?, snapshot_isolation_state_desc nvarchar(60)?, is_read_committed_snapshot_on bit?, recovery_model tinyint?, recovery_model_desc nvarchar(60)?, page_verify_option tinyint?, page_verify_option_desc nvarchar(60)?, is_auto_create_stats_on bit?, is_auto_create_stats_incremental_on bit?, is_auto_update_stats_on bit?, is_auto_update_stats_async_on bit?, is_ansi_null_default_on bit?, is_ansi_nulls_on bit?, is_ansi_padding_on bit?, is_ansi_warnings_on bit?, is_arithabort_on bit?, is_concat_null_yields_null_on bit?, is_numeric_roundabort_on bit?, is_quoted_identifier_on bit?, is_recursive_triggers_on bit?, is_cursor_close_on_commit_on bit?, is_local_cursor_default bit?, is_fulltext_enabled bit?, is_trustworthy_on bit?, is_db_chaining_on bit?, is_parameterization_forced bit?, is_master_key_encrypted_by_server bit, is_query_store_on bit?, is_published bit, is_subscribed bit, is_merge_published bit, is_distributor bit, is_sync_with_backup bit, service_broker_guid uniqueidentifier?, is_broker_enabled bit, log_reuse_wait tinyint?, log_reuse_wait_desc nvarchar(60)?, is_date_correlation_on bit, is_cdc_enabled bit, is_encrypted bit?, is_honor_broker_priority_on bit?, replica_id uniqueidentifier?, group_database_id uniqueidentifier?, resource_pool_id int?, default_language_lcid smallint?, default_language_name nvarchar(128)?, default_fulltext_language_lcid int?, default_fulltext_language_name nvarchar(128)?, is_nested_triggers_on bit?, is_transform_noise_words_on bit?, two_digit_year_cutoff smallint?, containment tinyint?, containment_desc nvarchar(60)?, target_recovery_time_in_seconds int?, delayed_durability int?, delayed_durability_desc nvarchar(60)?, is_memory_optimized_elevate_to_snapshot_on bit?, is_federation_member bit?, is_remote_data_archive_enabled bit?, is_mixed_page_allocation_on bit?, is_temporal_history_retention_enabled bit?, catalog_collation_type int, catalog_collation_type_desc nvarchar(60)?, physical_database_name nvarchar(128)?, is_result_set_caching_on bit?, is_accelerated_database_recovery_on bit?, is_tempdb_spill_to_remote_store bit?, is_stale_page_detection_on bit?, is_memory_optimized_enabled bit?, is_data_retention_enabled bit?, is_ledger_on bit?, is_change_feed_enabled bit?`)

// databaseRow is the row of a database. Of the broker, which nobody has here, there is no id.
func databaseRow(d *Database) []any {
	s := d.Settings
	values := map[string]any{
		"name": d.Name, "database_id": d.ID, "owner_sid": d.OwnerSID, "create_date": d.Created, "compatibility_level": 160,
		"user_access": int(s.UserAccess), "user_access_desc": accessDescriptions[s.UserAccess], "is_read_only": s.ReadOnly, "is_auto_close_on": s.AutoClose,
		"state": int(s.State), "state_desc": stateDescriptions[s.State], "snapshot_isolation_state": bit(s.Snapshot),
		"snapshot_isolation_state_desc": map[bool]string{false: "OFF", true: "ON"}[s.Snapshot], "is_read_committed_snapshot_on": s.RCSI,
		"recovery_model": s.Recovery, "recovery_model_desc": recoveryModels[s.Recovery], "page_verify_option": 2, "page_verify_option_desc": "CHECKSUM",
		"is_auto_create_stats_on": true, "is_auto_update_stats_on": true, "is_fulltext_enabled": d.ID > DatabaseMSDB, "is_trustworthy_on": s.Trustworthy,
		"is_db_chaining_on": s.Chaining, "log_reuse_wait_desc": "NOTHING", "containment": s.Containment,
		"containment_desc": map[bool]string{false: "NONE", true: "PARTIAL"}[s.Containment != 0], "target_recovery_time_in_seconds": 60, "delayed_durability": 0,
		"delayed_durability_desc": "DISABLED", "is_temporal_history_retention_enabled": true, "catalog_collation_type_desc": "DATABASE_DEFAULT",
		"physical_database_name": d.Name, "is_nested_triggers_on": nil, "is_transform_noise_words_on": nil,
	}
	if s.State == Online {
		values["collation_name"] = d.collation.Name()
	}
	if s.Containment != 0 { // what else the server says
		values["default_language_lcid"], values["default_language_name"], values["two_digit_year_cutoff"] = 1033, "English", 2049
		values["default_fulltext_language_lcid"], values["default_fulltext_language_name"] = 1033, "English"
		values["is_nested_triggers_on"], values["is_transform_noise_words_on"] = true, false
	}
	return row(databaseColumns, values)
}

func configurationRows(c *Checker, _ int) [][]any {
	var rows [][]any
	for _, o := range configurations {
		value, _ := c.s.Configuration(o.name)
		rows = append(rows, []any{o.id, o.name, value, o.minimum, o.maximum, value, o.description, o.dynamic, o.advanced})
	}
	return rows
}
