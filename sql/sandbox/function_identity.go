package sandbox

import (
	"slices"

	"grantree/sql/tsql"
)

// identityFunctions tell who somebody is and what they may do (C.5).
var identityFunctions = map[string]function{
	"has_perms_by_name": {3, 5, typeInt, words(5), func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().HasPermsByName(argument(args, 0), argument(args, 1), argument(args, 2), argument(args, 3), argument(args, 4))), nil
	}},
	"is_member": {1, 1, typeInt, words(1), strict(func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().IsMember(*argument(args, 0))), nil
	})},
	"is_rolemember": {1, 2, typeInt, words(2), strict(func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().IsRoleMember(*argument(args, 0), argument(args, 1))), nil
	})},
	"is_srvrolemember": {1, 2, typeInt, words(2), strict(func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().IsServerRoleMember(*argument(args, 0), argument(args, 1))), nil
	})},
	"has_dbaccess": {1, 1, typeInt, words(1), strict(func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().HasDBAccess(*argument(args, 0))), nil
	})},
	"database_principal_id": {0, 1, typeInt, words(1), strict(databasePrincipalID)},
	"user_id":               {0, 1, typeInt, words(1), strict(databasePrincipalID)},
	"user_name":             {0, 1, typeSysname, []tsql.DataType{typeInt}, strict(userName)},
	"current_user":          {0, 0, typeSysname, nil, userName},
	"session_user":          {0, 0, typeSysname, nil, userName},
	"user":                  {0, 0, typeSysname, nil, userName},
	"suser_sname":           {0, 1, typeSysname, []tsql.DataType{typeVarBinary}, suserSname},
	"system_user":           {0, 0, typeSysname, nil, suserSname},
	"suser_name": {0, 1, typeSysname, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		if len(args) == 0 {
			return f.context.LoginName, nil
		}
		if id := integer(args, 0); id != nil {
			if p := f.x.state.Login(*id); p != nil && f.x.check().SeesLogin(p) {
				return p.Name, nil
			}
		}
		return nil, nil
	}},
	"suser_id": {0, 1, typeInt, words(1), strict(func(f *asked, args []any) (any, error) {
		return intOrNull(f.x.check().SuserID(argument(args, 0))), nil
	})},
	"suser_sid": {0, 2, typeVarBinary, []tsql.DataType{typeText, typeInt}, func(f *asked, args []any) (any, error) {
		if len(args) > 0 && args[0] == nil {
			return nil, nil
		}
		if sid := f.x.check().SuserSID(argument(args, 0)); sid != nil {
			return sid, nil
		}
		return nil, nil
	}},
	"original_login": {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.context.Original, nil }},
	"permissions": {0, 2, typeInt, []tsql.DataType{typeInt, typeText}, func(f *asked, args []any) (any, error) {
		switch {
		case len(args) == 0:
			return int64(f.x.check().StatementBits()), nil
		case args[0] == nil || len(args) == 2 && args[1] == nil:
			return nil, nil
		}
		return intOrNull(f.x.check().ObjectBits(*integer(args, 0), argument(args, 1))), nil
	}},
	"pwdencrypt": {1, 1, tsql.DataType{Name: "varbinary", Length: 128}, words(1), func(f *asked, args []any) (any, error) {
		if args[0] == nil {
			return nil, nil
		}
		return f.x.s.srv.hashPassword(*argument(args, 0))
	}},
}

// strict is a function that is NULL where an argument is.
func strict(call func(*asked, []any) (any, error)) func(*asked, []any) (any, error) {
	return func(f *asked, args []any) (any, error) {
		if slices.Contains(args, nil) {
			return nil, nil
		}
		return call(f, args)
	}
}

// databasePrincipalID is DATABASE_PRINCIPAL_ID and USER_ID.
func databasePrincipalID(f *asked, args []any) (any, error) {
	return intOrNull(f.x.check().DatabasePrincipalID(argument(args, 0))), nil
}

// userName is USER_NAME and the functions without parentheses that mean the caller.
func userName(f *asked, args []any) (any, error) {
	name := f.x.check().UserName(integer(args, 0))
	if name == nil && len(args) == 0 {
		return f.context.LoginName, nil // a nameless member of public
	}
	return textOrNull(name), nil
}

// suserSname is SUSER_SNAME and SYSTEM_USER.
func suserSname(f *asked, args []any) (any, error) {
	if len(args) == 0 {
		return f.context.LoginName, nil
	}
	sid, ok := args[0].([]byte)
	if !ok {
		return nil, nil
	}
	return textOrNull(f.x.check().SuserName(sid)), nil
}
