package sandbox

import (
	"strings"

	"grantree/sql/tsql"
)

// propertyFunctions tell properties of the server, of databases and of logins; all are sql_variant and NULL for an
// unknown property. One that is known and not kept is 40517.
var propertyFunctions = map[string]function{
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
