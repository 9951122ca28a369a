package sandbox

import (
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// define runs the statements that change the security state.
func (x *run) define(st tsql.Statement) error {
	x.implicitTransaction()
	if err := x.defineOne(st); err != nil {
		return err
	}
	x.s.rowCount = 0
	x.done(command(st), -1, 0)
	return nil
}

func (x *run) defineOne(st tsql.Statement) error {
	if d, ok := st.(*tsql.DropObject); ok && len(d.Names) > 1 {
		return x.dropEach(d)
	}
	if name, ok := temporary(st); ok {
		return x.change(name, func() error { return x.objectStatement(st) })
	}
	err := x.databaseStatement(st)
	if err == errOther {
		err = x.s.write(func(work *security.Server) error {
			x.state, x.checker = work, nil
			return x.defineIn(st)
		})
	}
	return err
}

// dropEach drops what can be dropped of several objects, and says why the others cannot.
func (x *run) dropEach(st *tsql.DropObject) error {
	var refused []*serverError
	for _, name := range st.Names {
		one := *st
		one.Names = []tsql.ObjectName{name}
		x.renew()
		if err := x.defineOne(&one); err != nil {
			list := refusal.List(err)
			if list == nil {
				return err
			}
			refused = append(refused, list...)
		}
	}
	if refused == nil {
		return nil
	}
	return &failure{errors: refused}
}

// temporary reports whether a statement makes, changes or drops temporary tables only.
func temporary(st tsql.Statement) (tsql.ObjectName, bool) {
	switch st := st.(type) {
	case *tsql.CreateTable:
		return st.Name, st.Name.IsTemp()
	case *tsql.DropObject:
		for _, name := range st.Names {
			if !name.IsTemp() || st.Kind != "TABLE" {
				return name, false
			}
		}
		return st.Names[0], true
	case *tsql.AlterTable:
		return st.Name, st.Name.IsTemp()
	case *tsql.CreateIndex:
		return st.Table, st.Table.IsTemp()
	case *tsql.DropIndex:
		for _, i := range st.Indexes {
			if !i.Table.IsTemp() {
				return i.Table, false
			}
		}
		return st.Indexes[0].Table, true
	}
	return tsql.ObjectName{}, false
}

// errOther says that a statement belongs to another group.
var errOther = other{}

type other struct{}

func (other) Error() string { return "another group of statements" }

// defineIn runs a statement on the version being written, x.state.
func (x *run) defineIn(st tsql.Statement) error {
	for _, group := range []func(tsql.Statement) error{x.permissionStatement, x.principalStatement, x.loginStatement, x.objectStatement} {
		if err := group(st); err != errOther {
			return err
		}
	}
	return unsupported("statement")
}

// who is the context that a statement runs under.
func (x *run) who() *security.Context { return x.s.context.At(x.now) }

// permissionStatement runs GRANT, DENY, REVOKE and ALTER AUTHORIZATION.
func (x *run) permissionStatement(st tsql.Statement) error {
	switch st := st.(type) {
	case *tsql.Permission:
		messages, err := x.state.Apply(x.who(), permissionOf(st))
		if err != nil {
			return err
		}
		for _, m := range messages {
			x.s.info(m)
		}
		return nil
	case *tsql.AlterAuthorization:
		class := st.Class
		if class == "" {
			class = "OBJECT"
		}
		return x.state.AlterAuthorization(x.who(), class, parts(st.Entity), st.Principal.Value, st.SchemaOwner)
	}
	return errOther
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
