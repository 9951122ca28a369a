package sandbox

import (
	"cmp"
	"slices"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// temporary reports whether a statement makes, changes or drops temporary tables only, and names one.
func temporary(st tsql.Statement) (tsql.ObjectName, bool) {
	var tables []tsql.ObjectName
	switch st := st.(type) {
	case *tsql.CreateTable:
		tables = append(tables, st.Name)
	case *tsql.AlterTable:
		tables = append(tables, st.Name)
	case *tsql.CreateIndex:
		tables = append(tables, st.Table)
	case *tsql.Truncate:
		tables = append(tables, st.Table)
	case *tsql.DropIndex:
		for _, i := range st.Indexes {
			tables = append(tables, i.Table)
		}
	}
	if len(tables) == 0 || slices.ContainsFunc(tables, func(n tsql.ObjectName) bool { return !n.IsTemp() }) {
		return tsql.ObjectName{}, false
	}
	return tables[0], true
}

// who is the context that a statement runs under.
func (x *run) who() *security.Context { return x.s.context.At(x.now) }

// permission is GRANT, DENY and REVOKE.
func (x *run) permission(st *tsql.Permission) error {
	messages, err := x.state.Apply(x.who(), permissionOf(st))
	for _, m := range messages {
		x.inform(m)
	}
	return err
}

// alterAuthorization is ALTER AUTHORIZATION.
func (x *run) alterAuthorization(st *tsql.AlterAuthorization) error {
	return x.state.AlterAuthorization(x.who(), cmp.Or(st.Class, "OBJECT"), parts(st.Entity), st.Principal.Value, st.SchemaOwner)
}

// permissionOf is a GRANT, DENY or REVOKE as the security state takes it.
func permissionOf(st *tsql.Permission) security.Statement {
	out := security.Statement{
		Action: map[tsql.Action]security.Action{tsql.Grant: security.Grant, tsql.Deny: security.Deny, tsql.Revoke: security.Revoke}[st.Action],
		All:    st.All, GrantOption: st.GrantOption, GrantOptionFor: st.GrantOptionFor, Cascade: st.Cascade,
		Columns: names(st.Columns), Grantees: names(st.Principals),
	}
	for _, item := range st.Items {
		out.Permissions = append(out.Permissions, security.Permission{Name: item.Name, Columns: names(item.Columns)})
	}
	if st.On != nil {
		out.Class, out.Securable = st.On.Class, parts(st.On.Name)
		if len(st.On.Columns) > 0 {
			out.Columns = names(st.On.Columns)
		}
	}
	if st.As != nil {
		out.As = st.As.Value
	}
	return out
}

// names are the values of identifiers.
func names(ids []tsql.Ident) []string {
	var out []string
	for _, id := range ids {
		out = append(out, id.Value)
	}
	return out
}

// parts are the parts of a name as written, outermost first.
func parts(n tsql.ObjectName) []string {
	all := []string{n.Server, n.Database, n.Schema, n.Name}
	return all[4-min(max(n.Parts, 1), 4):]
}

// value is the value of an identifier that may be missing.
func value(id *tsql.Ident) string {
	if id == nil {
		return ""
	}
	return id.Value
}

// pointer is the value of an identifier that may be missing, nil then.
func pointer(id *tsql.Ident) *string {
	if id == nil {
		return nil
	}
	return &id.Value
}
