package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// propertyFunctions tell properties of the server, of databases and of logins; all are sql_variant and NULL for an
// unknown property. One that is known and not kept is 40517.
var propertyFunctions = map[string]function{
	"serverproperty": {1, 1, typeVariant, words(1), func(f *asked, args []any) (any, error) {
		name := *argument(args, 0)
		v, err := property(name, f.serverProperty(strings.ToLower(name)))
		return variant(v), err
	}},
	"databasepropertyex": {2, 2, typeVariant, words(2), func(f *asked, args []any) (any, error) {
		name, asked := argument(args, 0), argument(args, 1)
		d := f.x.state.DatabaseNamed(*name)
		if d == nil || !f.x.check().SeesDatabase(d) {
			return nil, nil
		}
		v, err := property(*asked, databaseProperty(d, strings.ToLower(*asked)))
		return variant(v), err
	}},
	"loginproperty": {2, 2, typeVariant, words(2), func(f *asked, args []any) (any, error) {
		return variant(f.x.check().LoginProperty(*argument(args, 0), *argument(args, 1))), nil
	}},
	"pwdcompare": {2, 3, typeInt, []tsql.DataType{typeText, typeVarBinary, typeInt}, func(f *asked, args []any) (any, error) {
		hash, _ := args[1].([]byte)
		return int(bit(verifyPassword(hash, *argument(args, 0)))), nil
	}},
	"connectionproperty": {1, 1, typeVariant, words(1), func(f *asked, args []any) (any, error) {
		return variant(f.connectionProperty(strings.ToLower(*argument(args, 0)))), nil
	}},
	"sessionproperty": {1, 1, typeVariant, words(1), func(f *asked, args []any) (any, error) {
		bits, ok := optionBits[strings.ToUpper(*argument(args, 0))]
		if !ok {
			return nil, nil
		}
		return variant(int(bit(f.x.s.settings.on(bits)))), nil
	}},
	"applock_mode": {3, 3, tsql.DataType{Name: "nvarchar", Length: 32}, words(3), func(f *asked, args []any) (any, error) { return f.appLockMode(args) }},
	"applock_test": {4, 4, typeSmallInt, words(4), func(f *asked, args []any) (any, error) { return f.appLockTest(args) }},
	"session_context": {1, 1, typeVariant, []tsql.DataType{typeSysname}, func(f *asked, args []any) (any, error) {
		return f.x.s.keys[contextName(*argument(args, 0))].value, nil
	}},
	"context_info": {0, 0, tsql.DataType{Name: "varbinary", Length: 128}, nil, func(f *asked, args []any) (any, error) {
		if info := f.x.s.settings.contextInfo; info != "" {
			return []byte(info), nil
		}
		return nil, nil
	}},
}

// serverProperty is SERVERPROPERTY. The instance is the default one, so that it has no name.
func (f *asked) serverProperty(name string) any {
	srv := f.x.s.srv
	switch name {
	case "collation":
		return srv.options.Collation
	case "servername", "machinename", "computernamephysicalnetbios":
		return srv.options.Name
	}
	if v, ok := serverProperties[name]; ok {
		return v
	}
	return collationProperty(srv.options.Collation, name)
}

// databaseProperty is DATABASEPROPERTYEX. What the database itself must tell is NULL where it is not online.
func databaseProperty(d *security.Database, name string) any {
	s := d.Settings
	switch name {
	case "status":
		return map[security.DatabaseState]string{security.Online: "ONLINE", security.Offline: "OFFLINE", security.Emergency: "EMERGENCY"}[s.State]
	case "updateability":
		return map[bool]string{true: "READ_ONLY", false: "READ_WRITE"}[s.ReadOnly]
	case "useraccess":
		return map[security.UserAccess]string{security.MultiUser: "MULTI_USER", security.SingleUser: "SINGLE_USER", security.RestrictedUser: "RESTRICTED_USER"}[s.UserAccess]
	case "recovery":
		return map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}[s.Recovery]
	case "isautoclose":
		return int(bit(s.AutoClose))
	case "isfulltextenabled":
		return int(bit(d.ID > security.DatabaseMSDB))
	}
	if v, ok := databaseProperties[name]; ok {
		return v
	}
	switch {
	case s.State != security.Online:
		return nil
	case name == "collation":
		return d.Collation().Name()
	case name == "version":
		return 957
	case name == "comparisonstyle", name == "lcid", name == "sqlsortorder":
		return collationProperty(d.Collation().Name(), name)
	}
	return nil
}

// connectionProperty is CONNECTIONPROPERTY; NULL for what is no property, and for what a session inside the process has not.
func (f *asked) connectionProperty(name string) any {
	properties := map[string]any{"net_transport": "Shared memory", "protocol_version": 0x74000004, "protocol_type": "TSQL", "auth_scheme": "SQL"}
	if conn := f.x.s.conn; conn != nil {
		properties["net_transport"] = "TCP"
		properties["local_net_address"], properties["local_tcp_port"] = splitAddress(conn.LocalAddr())
		properties["client_net_address"], _ = splitAddress(conn.RemoteAddr())
	}
	properties["physical_net_transport"] = properties["net_transport"]
	return properties[name]
}
