package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// propertyFunctions tell properties of the server, of databases and of logins; all are sql_variant and NULL for an
// unknown property.
var propertyFunctions = map[string]function{
	"serverproperty": {1, 1, typeVariant, words(1), func(f *asked, args []any) (any, error) {
		return variant(f.serverProperty(strings.ToLower(*argument(args, 0)))), nil
	}},
	"databasepropertyex": {2, 2, typeVariant, words(2), func(f *asked, args []any) (any, error) {
		name, property := argument(args, 0), argument(args, 1)
		d := f.x.state.DatabaseNamed(*name)
		if d == nil || !f.x.check().SeesDatabase(d) {
			return nil, nil
		}
		return variant(databaseProperty(d, strings.ToLower(*property))), nil
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

// serverProperty is SERVERPROPERTY.
func (f *asked) serverProperty(name string) any {
	srv := f.x.s.srv
	switch name {
	case "productversion":
		return productVersion
	case "productmajorversion":
		return "16"
	case "productminorversion":
		return "0"
	case "productbuild":
		return "4135"
	case "productlevel":
		return productLevel
	case "edition":
		return edition
	case "engineedition":
		return 3
	case "collation":
		return srv.options.Collation
	case "servername", "machinename", "computernamephysicalnetbios":
		return srv.options.Name
	case "pathseparator":
		return "/"
	case "isintegratedsecurityonly", "isclustered", "issingleuser", "isfulltextinstalled", "ishadrenabled", "isexternalauthenticationonly", "islocaldb", "isxtpsupported":
		return 0
	case "processid":
		return 1
	}
	return nil
}

// databaseProperty is DATABASEPROPERTYEX.
func databaseProperty(d *security.Database, name string) any {
	switch name {
	case "collation":
		if d.Settings.State != security.Online {
			return nil
		}
		return d.Collation().Name()
	case "status":
		return map[security.DatabaseState]string{security.Online: "ONLINE", security.Offline: "OFFLINE", security.Emergency: "EMERGENCY", security.Restoring: "RESTORING", security.Suspect: "SUSPECT"}[d.Settings.State]
	case "updateability":
		if d.Settings.ReadOnly {
			return "READ_ONLY"
		}
		return "READ_WRITE"
	case "useraccess":
		return map[security.UserAccess]string{security.MultiUser: "MULTI_USER", security.SingleUser: "SINGLE_USER", security.RestrictedUser: "RESTRICTED_USER"}[d.Settings.UserAccess]
	case "recovery":
		return map[int]string{1: "FULL", 2: "BULK_LOGGED", 3: "SIMPLE"}[d.Settings.Recovery]
	case "isinstandby", "isautoshrink", "isfulltextenabled", "ispublished":
		return 0
	case "isautoclose":
		return int(bit(d.Settings.AutoClose))
	}
	return nil
}

// connectionProperty is CONNECTIONPROPERTY.
func (f *asked) connectionProperty(name string) any {
	conn := f.x.s.conn
	switch name {
	case "net_transport":
		if conn == nil {
			return "Shared memory"
		}
		return "TCP"
	case "protocol_type":
		return "TSQL"
	case "auth_scheme":
		return "SQL"
	}
	if conn == nil {
		return nil
	}
	host, port := splitAddress(conn.LocalAddr())
	switch name {
	case "local_net_address":
		return host
	case "local_tcp_port":
		return port
	case "client_net_address":
		host, _ = splitAddress(conn.RemoteAddr())
		return host
	}
	return nil
}
