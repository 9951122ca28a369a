package security

var stateDescriptions = map[DatabaseState]string{Online: "ONLINE", Restoring: "RESTORING", Suspect: "SUSPECT", Emergency: "EMERGENCY", Offline: "OFFLINE"}

var accessDescriptions = map[UserAccess]string{MultiUser: "MULTI_USER", SingleUser: "SINGLE_USER", RestrictedUser: "RESTRICTED_USER"}

var recoveryModels = map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}

// serverViews are the views about the instance (H.1, H.2, K).
func serverViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "databases", Rows: rowsOf(ofServer((*Server).Databases), databaseRow), Columns: ColumnsOf("name nvarchar(128), database_id int, source_database_id int?=NULL, owner_sid varbinary(85)?, create_date datetime, compatibility_level tinyint=160, collation_name nvarchar(128)?, user_access tinyint?, user_access_desc nvarchar(60)?, is_read_only bit?, is_auto_close_on bit, is_auto_shrink_on bit?=0, state tinyint?, state_desc nvarchar(60)?, is_in_standby bit?=0, is_cleanly_shutdown bit?=0, is_supplemental_logging_enabled bit?=0, snapshot_isolation_state tinyint?, snapshot_isolation_state_desc nvarchar(60)?, is_read_committed_snapshot_on bit?, recovery_model tinyint?, recovery_model_desc nvarchar(60)?, page_verify_option tinyint?=2, page_verify_option_desc nvarchar(60)?=CHECKSUM, is_auto_create_stats_on bit?=1, is_auto_create_stats_incremental_on bit?=0, is_auto_update_stats_on bit?=1, is_auto_update_stats_async_on bit?=0, is_ansi_null_default_on bit?=0, is_ansi_nulls_on bit?=0, is_ansi_padding_on bit?=0, is_ansi_warnings_on bit?=0, is_arithabort_on bit?=0, is_concat_null_yields_null_on bit?=0, is_numeric_roundabort_on bit?=0, is_quoted_identifier_on bit?=0, is_recursive_triggers_on bit?=0, is_cursor_close_on_commit_on bit?=0, is_local_cursor_default bit?=0, is_fulltext_enabled bit?, is_trustworthy_on bit?, is_db_chaining_on bit?, is_parameterization_forced bit?=0, is_master_key_encrypted_by_server bit=0, is_query_store_on bit?=0, is_published bit=0, is_subscribed bit=0, is_merge_published bit=0, is_distributor bit=0, is_sync_with_backup bit=0, service_broker_guid uniqueidentifier?=NULL, is_broker_enabled bit=0, log_reuse_wait tinyint?=0, log_reuse_wait_desc nvarchar(60)?=NOTHING, is_date_correlation_on bit=0, is_cdc_enabled bit=0, is_encrypted bit?=0, is_honor_broker_priority_on bit?=0, replica_id uniqueidentifier?=NULL, group_database_id uniqueidentifier?=NULL, resource_pool_id int?=NULL, default_language_lcid smallint?, default_language_name nvarchar(128)?, default_fulltext_language_lcid int?, default_fulltext_language_name nvarchar(128)?, is_nested_triggers_on bit?, is_transform_noise_words_on bit?, two_digit_year_cutoff smallint?, containment tinyint?, containment_desc nvarchar(60)?, target_recovery_time_in_seconds int?=60, delayed_durability int?=0, delayed_durability_desc nvarchar(60)?=DISABLED, is_memory_optimized_elevate_to_snapshot_on bit?=0, is_federation_member bit?=0, is_remote_data_archive_enabled bit?=0, is_mixed_page_allocation_on bit?=0, is_temporal_history_retention_enabled bit?=1, catalog_collation_type int=0, catalog_collation_type_desc nvarchar(60)?=DATABASE_DEFAULT, physical_database_name nvarchar(128)?, is_result_set_caching_on bit?=0, is_accelerated_database_recovery_on bit?=0, is_tempdb_spill_to_remote_store bit?=0, is_stale_page_detection_on bit?=0, is_memory_optimized_enabled bit?=0, is_data_retention_enabled bit?=0, is_ledger_on bit?=0, is_change_feed_enabled bit?=0")},
		{Schema: "sys", Name: "configurations", Rows: rowsOf(ofServer(func(*Server) []configuration { return configurations }), configurationRow), Columns: ColumnsOf("configuration_id int, name nvarchar(35), value sql_variant?, minimum sql_variant?, maximum sql_variant?, value_in_use sql_variant?, description nvarchar(255), is_dynamic bit, is_advanced bit")},
		{Schema: "sys", Name: "certificates", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), certificate_id int, principal_id int?, pvt_key_encryption_type char(2), pvt_key_encryption_type_desc nvarchar(60)?, is_active_for_begin_dialog bit?, issuer_name nvarchar(442)?, cert_serial_number nvarchar(64)?, sid varbinary(85)?, string_sid nvarchar(128)?, subject nvarchar(4000)?, expiry_date datetime?, start_date datetime?, thumbprint varbinary(32), attested_by nvarchar(260)?, pvt_key_last_backup_date datetime?, key_length int?")},
		{Schema: "sys", Name: "asymmetric_keys", Rows: noRows, Columns: ColumnsOf("name nvarchar(128), principal_id int?, asymmetric_key_id int, pvt_key_encryption_type char(2), pvt_key_encryption_type_desc nvarchar(60)?, thumbprint varbinary(32), algorithm char(2), algorithm_desc nvarchar(60)?, key_length int, sid varbinary(85)?, string_sid nvarchar(128)?, public_key varbinary(max), attested_by nvarchar(260)?, provider_type nvarchar(120)?, cryptographic_provider_guid uniqueidentifier?, cryptographic_provider_algid sql_variant?")},
		{Schema: "sys", Name: "credentials", Rows: noRows, Columns: ColumnsOf("credential_id int, name nvarchar(128), credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?")},
	}
}

func noRows(*Checker, int) [][]any { return nil }

// databaseRow is the row of a database. Of the broker, which nobody has here, there is no id. What a contained database
// says of languages, the server says of the others.
func databaseRow(c *Checker, _, d *Database) []any {
	if !c.SeesDatabase(d) {
		return nil
	}
	s := d.Settings
	var collation, lcid, language, nested, noise, cutoff any
	if s.State == Online {
		collation = d.collation.Name()
	}
	if s.Containment != 0 {
		lcid, language, nested, noise, cutoff = 1033, "English", true, false, 2049
	}
	return []any{d.Name, d.ID, d.OwnerSID, d.Created, collation, int(s.UserAccess), accessDescriptions[s.UserAccess], s.ReadOnly, s.AutoClose,
		int(s.State), stateDescriptions[s.State], bit(s.Snapshot), map[bool]string{false: "OFF", true: "ON"}[s.Snapshot], s.RCSI, s.Recovery, recoveryModels[s.Recovery],
		d.ID > DatabaseMSDB, s.Trustworthy, s.Chaining, lcid, language, lcid, language, nested, noise, cutoff,
		s.Containment, map[bool]string{false: "NONE", true: "PARTIAL"}[s.Containment != 0], d.Name}
}

func configurationRow(c *Checker, _ *Database, o configuration) []any {
	value, _ := c.s.Configuration(o.name)
	return []any{o.id, o.name, value, o.minimum, o.maximum, value, o.description, o.dynamic, o.advanced}
}
