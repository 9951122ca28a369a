package scripts

import (
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// database is a site as far as the scripts have made it.
type database struct{ *grants.Snapshot }

// statement carries out one statement; ok is false where it is not read, and why
// says why, if there is something to say.
func (d *database) statement(s tsql.Statement, r *reader) (why string, ok bool) {
	switch s := s.(type) {
	case *tsql.CreateUser:
		d.user(s)
	case *tsql.AlterUser:
		return d.alterUser(s)
	case *tsql.DropUser:
		d.drop(s.Name.Value)
	case *tsql.CreateRole:
		owner := grants.DboID
		if s.Authorization != nil {
			owner = d.principal(s.Authorization.Value).ID
		}
		d.make(s.Name.Value, grants.DatabaseRole).Owner = owner
	case *tsql.DropRole:
		d.drop(s.Name.Value)
	case *tsql.AlterRole:
		return d.alterRole(s)
	case *tsql.Permission:
		return d.permission(s, r)
	case *tsql.AlterAuthorization:
		return d.authorization(s, r)
	case *tsql.CreateSchema:
		return d.createSchema(s, r)
	case *tsql.CreateView:
		d.view(d.schema(s.Name.Schema), s.Name.Name)
	case *tsql.CreateTable:
		if why = another(s.Name); why != "" {
			return why, false
		}
		if strings.HasPrefix(s.Name.Name, "#") {
			break
		}
		d.object(d.schema(s.Name.Schema), s.Name.Name, grants.Table)
	default:
		return "", false
	}
	return "", true
}

// createSchema makes a schema with its owner, and what the statement makes in it.
func (d *database) createSchema(s *tsql.CreateSchema, r *reader) (why string, ok bool) {
	name, owner := s.Name.Value, grants.DboID
	if s.Authorization != nil {
		owner = d.principal(s.Authorization.Value).ID
		if name == "" {
			name = s.Authorization.Value
		}
	}
	d.own(d.schema(name), owner)
	for _, e := range s.Elements {
		if not, done := d.statement(e, r); !done {
			return "of what it carries, one is not: " + not, false
		}
	}
	return "", true
}

// alterUser gives a user another name and another login.
func (d *database) alterUser(s *tsql.AlterUser) (why string, ok bool) {
	p := d.find(s.Name.Value)
	if p == nil {
		return fmt.Sprintf("no script makes the user %q", s.Name.Value), false
	}
	if s.Options.Name != nil {
		if other := d.find(s.Options.Name.Value); other != nil && other.ID != p.ID {
			return taken(s.Options.Name.Value), false
		}
		p.Name = s.Options.Name.Value
	}
	if s.Options.Login != nil {
		p.SID = d.login(s.Options.Login.Value, p.Type, "").SID
	}
	return "", true
}

// taken says that a new name is somebody's.
func taken(name string) string { return fmt.Sprintf("there is a %q already", name) }

// find returns the principal of a name, or nil.
func (d *database) find(name string) *grants.Principal {
	for i := range d.Principals {
		if d.Collation.Equal(d.Principals[i].Name, name) {
			return &d.Principals[i]
		}
	}
	return nil
}

// principal returns the principal of a name: one that nothing made is taken for a
// role, unless it can only be an account.
func (d *database) principal(name string) *grants.Principal {
	if p := d.find(name); p != nil {
		return p
	}
	if strings.Contains(name, `\`) {
		return d.account(name)
	}
	p := d.make(name, grants.DatabaseRole)
	p.Owner = grants.DboID
	return p
}

// make returns the principal of a name, made where there is none.
func (d *database) make(name string, kind grants.PrincipalType) *grants.Principal {
	if p := d.find(name); p != nil {
		return p
	}
	id := grants.FirstUserID
	for _, p := range d.Principals {
		if p.ID < grants.DBOwnerID {
			id = max(id, p.ID+1)
		}
	}
	d.Principals = append(d.Principals, grants.Principal{ID: id, Name: name, Type: kind})
	return &d.Principals[len(d.Principals)-1]
}

// account returns the user of a name, made for a login of that name.
func (d *database) account(name string) *grants.Principal {
	if p := d.find(name); p != nil {
		return p
	}
	d.user(&tsql.CreateUser{Name: tsql.Ident{Value: name}})
	return d.find(name)
}

// user makes a user, and the login that it is for where no script did.
func (d *database) user(s *tsql.CreateUser) {
	if d.find(s.Name.Value) != nil {
		return
	}
	login := s.Name.Value
	if s.Login != nil {
		login = s.Login.Value
	}
	u := grants.Principal{Type: grants.SQLUser, AuthType: grants.AuthLogin}
	switch {
	case s.WithoutLogin:
		u.AuthType = grants.AuthNone
	case s.From == "CERTIFICATE" || s.From == "ASYMMETRIC KEY":
		u.Type, u.AuthType = map[string]grants.PrincipalType{"CERTIFICATE": grants.CertificateUser, "ASYMMETRIC KEY": grants.KeyUser}[s.From], grants.AuthNone
	case s.Options.Password != nil:
		u.AuthType = grants.AuthDatabase
	case s.From == "EXTERNAL PROVIDER":
		l := d.login(login, grants.ExternalUser, "")
		u.Type, u.AuthType, u.SID = l.Type, grants.AuthExternal, l.SID
	case strings.Contains(login, `\`):
		l := d.login(login, grants.WindowsUser, "")
		u.Type, u.AuthType, u.SID = l.Type, grants.AuthWindows, l.SID
	default:
		u.SID = d.login(login, grants.SQLUser, "").SID
	}
	p := d.make(s.Name.Value, u.Type)
	p.AuthType, p.SID = u.AuthType, u.SID
	d.row(grants.PermissionRow{Grantee: p.ID, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted})
}

// login returns the login of a name, made where there is none.
func (d *database) login(name string, kind grants.PrincipalType, sid string) grants.Login {
	i := slices.IndexFunc(d.Logins, func(l grants.Login) bool { return d.ServerCollation.Equal(l.Name, name) })
	if i < 0 {
		if sid == "" {
			sid = sidOf(name)
		}
		i = len(d.Logins)
		d.Logins = append(d.Logins, grants.Login{ID: 256 + i, Name: name, Type: kind, SID: sid})
	}
	return d.Logins[i]
}

// drop takes a principal away, with its rows and memberships.
func (d *database) drop(name string) {
	p := d.find(name)
	if p == nil || p.ID < grants.FirstUserID || p.Fixed {
		return
	}
	id := p.ID
	d.Principals = slices.DeleteFunc(d.Principals, func(p grants.Principal) bool { return p.ID == id })
	d.Members = slices.DeleteFunc(d.Members, func(m grants.Member) bool { return m.Role == id || m.Member == id })
	d.Permissions = slices.DeleteFunc(d.Permissions, func(r grants.PermissionRow) bool {
		return r.Grantee == id || r.Class == grants.ClassPrincipal && r.Major == id
	})
}

func (d *database) alterRole(s *tsql.AlterRole) (why string, ok bool) {
	switch {
	case s.AddMember != nil:
		d.member(s.Name.Value, s.AddMember.Value)
	case s.DropMember != nil:
		d.leave(s.Name.Value, s.DropMember.Value)
	case s.NewName != nil:
		id := d.principal(s.Name.Value).ID
		if other := d.find(s.NewName.Value); other != nil && other.ID != id {
			return taken(s.NewName.Value), false
		}
		if p := d.find(s.Name.Value); p.ID >= grants.FirstUserID && !p.Fixed {
			p.Name = s.NewName.Value
		}
	}
	return "", true
}

// member puts somebody into a role; leave takes them out.
func (d *database) member(role, name string) {
	m := grants.Member{Role: d.principal(role).ID, Member: d.account(name).ID}
	if !slices.Contains(d.Members, m) {
		d.Members = append(d.Members, m)
	}
}

func (d *database) leave(role, name string) {
	r, m := d.find(role), d.find(name)
	if r != nil && m != nil {
		d.Members = slices.DeleteFunc(d.Members, func(x grants.Member) bool { return x.Role == r.ID && x.Member == m.ID })
	}
}
