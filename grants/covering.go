package grants

// kind is what a permission is on, as far as the ways into a view need it.
type kind int

const (
	onObject kind = iota
	onSchema
	onRole
	onUser
	onAppRole
	onDatabase
	onLogin
	onServerRole
	onServer
)

// level is a permission on a kind of securable.
type level struct {
	kind kind
	name string
}

// above returns what directly covers a permission: on the same securable, and
// on the one that contains it (reference B.8).
func (l level) above() []level {
	control := level{l.kind, "CONTROL"}
	switch l.kind {
	case onObject:
		return append(upTo(control, l, onSchema), receive(l)...)
	case onSchema:
		if l.name == "ALTER" {
			return []level{control, {onDatabase, "ALTER ANY SCHEMA"}}
		}
		return upTo(control, l, onDatabase)
	case onRole:
		return own(control, l, "ALTER", level{onDatabase, "ALTER ANY ROLE"})
	case onUser:
		return own(control, l, "ALTER", level{onDatabase, "ALTER ANY USER"})
	case onAppRole:
		return own(control, l, "ALTER", level{onDatabase, "ALTER ANY APPLICATION ROLE"})
	case onDatabase:
		return l.aboveInDatabase()
	case onLogin:
		if l.name == "IMPERSONATE" {
			return []level{control, {onServer, "IMPERSONATE ANY LOGIN"}}
		}
		return own(control, l, "ALTER", level{onServer, "ALTER ANY LOGIN"})
	case onServerRole:
		return own(control, l, "ALTER", level{onServer, "ALTER ANY SERVER ROLE"})
	}
	if l.name == "CONTROL SERVER" {
		return nil
	}
	return []level{{onServer, "CONTROL SERVER"}}
}

// upTo is a permission that its container has too, such as SELECT, or that
// only CONTROL of the container covers.
func upTo(control, l level, container kind) []level {
	switch l.name {
	case "CONTROL":
		return []level{{container, "CONTROL"}}
	case "TAKE OWNERSHIP", "RECEIVE":
		return []level{control}
	}
	return []level{control, {container, l.name}}
}

// receive covers SELECT on an object.
func receive(l level) []level {
	if l.name == "SELECT" {
		return []level{{onObject, "RECEIVE"}}
	}
	return nil
}

// own is a permission on a principal: CONTROL on it covers it, and for one of
// them a permission on all principals of its kind.
func own(control, l level, wide string, by level) []level {
	top := level{onDatabase, "CONTROL"}
	if l.kind == onLogin || l.kind == onServerRole {
		top = level{onServer, "CONTROL SERVER"}
	}
	switch l.name {
	case "CONTROL":
		return []level{top}
	case wide:
		return []level{control, by}
	}
	return []level{control}
}

func (l level) aboveInDatabase() []level {
	control := level{onDatabase, "CONTROL"}
	switch l.name {
	case "CONTROL":
		return []level{{onServer, "CONTROL SERVER"}}
	case "SELECT":
		return []level{control, {onServer, "SELECT ALL USER SECURABLES"}}
	case "CONNECT":
		return []level{{onDatabase, "CONNECT REPLICATION"}, {onServer, "CONNECT ANY DATABASE"}}
	case "ALTER":
		return []level{control, {onServer, "ALTER ANY DATABASE"}}
	case "ALTER ANY ROLE", "ALTER ANY USER", "ALTER ANY SCHEMA", "ALTER ANY APPLICATION ROLE", "ALTER ANY DATABASE DDL TRIGGER", "ALTER ANY ASSEMBLY":
		return []level{{onDatabase, "ALTER"}}
	}
	return []level{control}
}

// space returns a permission and everything that covers it, the nearest first.
func (l level) space() []level {
	out := []level{l}
	seen := map[level]bool{l: true}
	for i := 0; i < len(out); i++ {
		for _, up := range out[i].above() {
			if !seen[up] {
				seen[up] = true
				out = append(out, up)
			}
		}
	}
	return out
}

// fixedPowers returns what membership of a fixed role of the database is worth
// as permissions on the database (reference A.6).
func fixedPowers(id int) (grant, deny []string) {
	writes := []string{"INSERT", "UPDATE", "DELETE"}
	switch id {
	case DBOwnerID:
		return []string{"CONTROL"}, nil
	case DBAccessAdminID:
		return []string{"ALTER ANY USER", "CONNECT"}, nil
	case DBSecurityAdminID:
		return []string{"ALTER ANY ROLE", "ALTER ANY APPLICATION ROLE"}, nil
	case DBDDLAdminID:
		return []string{"ALTER ANY SCHEMA", "ALTER ANY DATABASE DDL TRIGGER", "ALTER ANY ASSEMBLY"}, nil
	case DBDataReaderID:
		return []string{"SELECT"}, nil
	case DBDataWriterID:
		return writes, nil
	case DBDenyDataReaderID:
		return nil, []string{"SELECT"}
	case DBDenyDataWriterID:
		return nil, writes
	}
	return nil, nil
}

// fixedServerPowers returns what membership of a fixed server role is worth as
// permissions on the server (reference A.7), as far as it reaches a database.
// Members of sysadmin are asked nothing.
func fixedServerPowers(name string) []string { return fixedServerRoles[name] }

var fixedServerRoles = map[string][]string{
	"securityadmin":            {"ALTER ANY LOGIN"},
	"##MS_LoginManager##":      {"ALTER ANY LOGIN"},
	"##MS_DatabaseConnector##": {"CONNECT ANY DATABASE"},
	"##MS_DatabaseManager##":   {"ALTER ANY DATABASE"},
	"dbcreator":                {"ALTER ANY DATABASE"},
}
