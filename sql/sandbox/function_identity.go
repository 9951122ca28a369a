package sandbox

import (
	"grantree/sql/tsql"
)

// identityFunctions tell who somebody is and what they may do (C.5).
var identityFunctions = map[string]function{
	"has_perms_by_name": {3, 5, typeInt, words(5), func(f *asked, args []any) (any, error) {
		return f.x.check().HasPermsByName(argument(args, 0), argument(args, 1), argument(args, 2), argument(args, 3), argument(args, 4)), nil
	}},
	"is_member": {1, 1, typeInt, words(1), func(f *asked, args []any) (any, error) {
		return f.x.check().IsMember(*argument(args, 0)), nil
	}},
	"is_rolemember": {1, 2, typeInt, words(2), func(f *asked, args []any) (any, error) {
		return f.x.check().IsRoleMember(*argument(args, 0), argument(args, 1)), nil
	}},
	"is_srvrolemember": {1, 2, typeInt, words(2), func(f *asked, args []any) (any, error) {
		return f.x.check().IsServerRoleMember(*argument(args, 0), argument(args, 1)), nil
	}},
	"has_dbaccess": {1, 1, typeInt, words(1), func(f *asked, args []any) (any, error) {
		return f.x.check().HasDBAccess(*argument(args, 0)), nil
	}},
	"database_principal_id": {0, 1, typeInt, words(1), databasePrincipalID},
	"user_id":               {0, 1, typeInt, words(1), databasePrincipalID},
	"user_name":             {0, 1, typeSysname, []tsql.DataType{typeInt}, userName},
	"current_user":          {0, 0, typeSysname, nil, userName},
	"session_user":          {0, 0, typeSysname, nil, userName},
	"user":                  {0, 0, typeSysname, nil, userName},
	"suser_sname":           {0, 1, typeSysname, []tsql.DataType{typeVarBinary}, suserSname},
	"system_user":           {0, 0, typeSysname, nil, suserSname},
	"suser_name": {0, 1, typeSysname, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		if len(args) == 0 {
			return f.context.LoginName, nil
		}
		if p := f.x.state.Login(*integer(args, 0)); p != nil && f.x.check().SeesLogin(p) {
			return p.Name, nil
		}
		return nil, nil
	}},
	"suser_id": {0, 1, typeInt, words(1), func(f *asked, args []any) (any, error) {
		return f.x.check().SuserID(argument(args, 0)), nil
	}},
	"suser_sid": {0, 2, typeVarBinary, []tsql.DataType{typeText, typeInt}, func(f *asked, args []any) (any, error) {
		if len(args) > 0 && args[0] == nil {
			return nil, nil
		}
		return f.x.check().SuserSID(argument(args, 0)), nil
	}},
	"original_login": {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.context.Original, nil }},
	"permissions": {0, 2, typeInt, []tsql.DataType{typeInt, typeText}, func(f *asked, args []any) (any, error) {
		if len(args) == 0 {
			return f.x.check().StatementBits(), nil
		}
		return f.x.check().ObjectBits(*integer(args, 0), argument(args, 1)), nil
	}},
	"pwdencrypt": {1, 1, tsql.DataType{Name: "varbinary", Length: 128}, words(1), func(f *asked, args []any) (any, error) {
		return f.x.s.srv.hashPassword(*argument(args, 0))
	}},
}

// databasePrincipalID is DATABASE_PRINCIPAL_ID and USER_ID.
func databasePrincipalID(f *asked, args []any) (any, error) {
	return f.x.check().DatabasePrincipalID(argument(args, 0)), nil
}

// userName is USER_NAME and the functions without parentheses that mean the caller.
func userName(f *asked, args []any) (any, error) {
	name := f.x.check().UserName(integer(args, 0))
	if name == nil && len(args) == 0 {
		return f.context.LoginName, nil // a nameless member of public
	}
	return name, nil
}

// suserSname is SUSER_SNAME and SYSTEM_USER.
func suserSname(f *asked, args []any) (any, error) {
	if len(args) == 0 {
		return f.context.LoginName, nil
	}
	sid, _ := args[0].([]byte)
	return f.x.check().SuserName(sid), nil
}
