package scripts

import (
	"slices"

	"grantree/grants"
	"grantree/sql/tsql"
)

// procedure is one of those that are about members and accounts.
type procedure struct {
	parameters []string // as the server names them
	needed     int      // how many of them have no default
	takes      bool     // it takes something away
	do         func(d *database, args []string)
}

// procedureOf returns the procedure of a name, by its documentation, or nil.
func procedureOf(name tsql.ObjectName) *procedure {
	is := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return (grants.Collation{}).Equal(name.Name, n) })
	}
	schema := name.Schema == "" || (grants.Collation{}).Equal(name.Schema, "dbo") || (grants.Collation{}).Equal(name.Schema, "sys")
	switch {
	case !schema:
	case is("sp_addrolemember"):
		return &procedure{[]string{"@rolename", "@membername"}, 2, false, func(d *database, args []string) { d.member(args[0], args[1]) }}
	case is("sp_droprolemember"):
		return &procedure{[]string{"@rolename", "@membername"}, 2, true, func(d *database, args []string) { d.leave(args[0], args[1]) }}
	case is("sp_addrole"):
		return &procedure{[]string{"@rolename", "@ownername"}, 1, false, func(d *database, args []string) {
			owner := grants.DboID
			if args[1] != "" {
				owner = d.principal(args[1]).ID
			}
			d.make(args[0], grants.DatabaseRole).Owner = owner
		}}
	case is("sp_droprole"):
		return &procedure{[]string{"@rolename"}, 1, true, func(d *database, args []string) { d.drop(args[0]) }}
	case is("sp_grantdbaccess", "sp_adduser"):
		p := &procedure{[]string{"@loginame", "@name_in_db"}, 1, false, func(d *database, args []string) {
			name := args[1]
			if name == "" {
				name = args[0]
			}
			d.user(&tsql.CreateUser{Name: tsql.Ident{Value: name}, Login: &tsql.Ident{Value: args[0]}})
			if len(args) > 2 && args[2] != "" {
				d.member(args[2], name)
			}
		}}
		if is("sp_adduser") {
			p.parameters = append(p.parameters, "@grpname")
		}
		return p
	case is("sp_revokedbaccess", "sp_dropuser"):
		return &procedure{[]string{"@name_in_db"}, 1, true, func(d *database, args []string) { d.drop(args[0]) }}
	}
	return nil
}

// arguments returns the text of each parameter, "" for one that has a default and
// was left out; why says what cannot be known.
func (p *procedure) arguments(s *tsql.Execute) (out []string, why string) {
	out = make([]string, len(p.parameters))
	for i, a := range s.Args {
		at := i
		if a.Name != "" {
			at = slices.IndexFunc(p.parameters, func(n string) bool { return (grants.Collation{}).Equal(n, a.Name) })
		}
		switch {
		case at < 0:
			return nil, "it has no parameter " + a.Name
		case at >= len(out):
			return nil, "it has one argument too many"
		}
		v, ok := a.Value.(*tsql.Literal)
		switch {
		case ok && v.Kind == tsql.NullLiteral && at >= p.needed:
		case !ok || v.Kind != tsql.StringLiteral && v.Kind != tsql.NStringLiteral:
			return nil, argumentText(a) + " is no text"
		default:
			out[at] = v.Text
		}
	}
	for i := range p.needed {
		if out[i] == "" {
			return nil, "it has no " + p.parameters[i]
		}
	}
	return out, ""
}

// argumentText is an argument as a script has it.
func argumentText(a tsql.Argument) string {
	switch v := a.Value.(type) {
	case *tsql.Variable:
		return v.Name
	case *tsql.Default:
		return "DEFAULT"
	}
	return "an argument"
}

// execute carries out a procedure on the sites of its database; why says why not.
func (r *reader) execute(s *tsql.Execute) (why string) {
	p := procedureOf(s.Procedure)
	if s.ProcVar != "" || p == nil {
		return "what it gives or takes away is unknown"
	}
	in := r.in
	switch {
	case s.Procedure.Server != "":
		return "it is of another server"
	case s.Procedure.Database != "":
		if in = r.of(s.Procedure.Database); len(in) == 0 {
			return noSite(s.Procedure.Database)
		}
	}
	args, why := p.arguments(s)
	if why != "" {
		return why
	}
	for _, d := range in {
		p.do(d, args)
		r.did = true
	}
	return ""
}
