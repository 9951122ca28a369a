package security

var stateDescriptions = map[DatabaseState]string{Online: "ONLINE", Restoring: "RESTORING", Suspect: "SUSPECT", Emergency: "EMERGENCY", Offline: "OFFLINE"}

var accessDescriptions = map[UserAccess]string{MultiUser: "MULTI_USER", SingleUser: "SINGLE_USER", RestrictedUser: "RESTRICTED_USER"}

var recoveryModels = map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}

// serverViews are the views about the instance (H.1, H.2, K).
func serverViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "databases", Rows: databases, Columns: columnsOf("name nvarchar(128), database_id int, source_database_id int?, owner_sid varbinary(85)?, create_date datetime, compatibility_level tinyint, collation_name nvarchar(128)?, user_access tinyint?, user_access_desc nvarchar(60)?, is_read_only bit?, is_auto_close_on bit, is_auto_shrink_on bit?, state tinyint?, state_desc nvarchar(60)?, is_in_standby bit?, is_cleanly_shutdown bit?, snapshot_isolation_state tinyint?, snapshot_isolation_state_desc nvarchar(60)?, is_read_committed_snapshot_on bit?, recovery_model tinyint?, recovery_model_desc nvarchar(60)?, is_fulltext_enabled bit?, is_trustworthy_on bit?, is_db_chaining_on bit?, is_broker_enabled bit, is_query_store_on bit?, is_published bit, is_distributor bit, is_encrypted bit?, replica_id uniqueidentifier?, containment tinyint?, containment_desc nvarchar(60)?, catalog_collation_type int, catalog_collation_type_desc nvarchar(60)?, is_ledger_on bit?")},
		{Schema: "sys", Name: "configurations", Rows: configurationRows, Columns: columnsOf("configuration_id int, name nvarchar(35), value sql_variant?, minimum sql_variant?, maximum sql_variant?, value_in_use sql_variant?, description nvarchar(255), is_dynamic bit, is_advanced bit")},
		{Schema: "sys", Name: "certificates", Rows: noRows, Columns: columnsOf("name nvarchar(128), certificate_id int, principal_id int?, sid varbinary(85)?, thumbprint varbinary(32)")},
		{Schema: "sys", Name: "asymmetric_keys", Rows: noRows, Columns: columnsOf("name nvarchar(128), principal_id int?, asymmetric_key_id int, sid varbinary(85)?, thumbprint varbinary(32)")},
		{Schema: "sys", Name: "credentials", Rows: noRows, Columns: columnsOf("credential_id int, name nvarchar(128), credential_identity nvarchar(4000)?, create_date datetime, modify_date datetime, target_type nvarchar(100)?, target_id int?")},
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

func databaseRow(d *Database) []any {
	s := d.Settings
	var collation any
	if s.State == Online {
		collation = d.collation.Name()
	}
	snapshot, snapshotDesc := 0, "OFF"
	if s.Snapshot {
		snapshot, snapshotDesc = 1, "ON"
	}
	containment := "NONE"
	if s.Containment != 0 {
		containment = "PARTIAL"
	}
	return []any{d.Name, d.ID, nil, d.OwnerSID, d.Created, 160, collation, int(s.UserAccess), accessDescriptions[s.UserAccess], s.ReadOnly, s.AutoClose, false,
		int(s.State), stateDescriptions[s.State], false, false, snapshot, snapshotDesc, s.RCSI, s.Recovery, recoveryModels[s.Recovery], false,
		s.Trustworthy, s.Chaining, false, false, false, false, false, nil, s.Containment, containment, 0, "DATABASE_DEFAULT", false}
}

func configurationRows(c *Checker, _ int) [][]any {
	var rows [][]any
	for _, o := range configurations {
		value, _ := c.s.Configuration(o.name)
		rows = append(rows, []any{o.id, o.name, value, o.minimum, o.maximum, value, o.description, o.dynamic, o.advanced})
	}
	return rows
}
