package security

var stateDescriptions = map[DatabaseState]string{Online: "ONLINE", Emergency: "EMERGENCY", Offline: "OFFLINE"}

var accessDescriptions = map[UserAccess]string{MultiUser: "MULTI_USER", SingleUser: "SINGLE_USER", RestrictedUser: "RESTRICTED_USER"}

var recoveryModels = map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}

// serverViews are the views about the instance (H.1, H.2, K).
func serverViews() rowsByView {
	return rowsByView{
		"sys.databases":      rowsOf(ofServer((*Server).Databases), databaseRow),
		"sys.configurations": rowsOf(ofServer(func(*Server) []configuration { return configurations() }), configurationRow),
	}
}

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
