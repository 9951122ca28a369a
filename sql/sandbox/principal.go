package sandbox

import (
	"fmt"
	"io"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// createRole is CREATE ROLE and CREATE SERVER ROLE.
func (x *run) createRole(st *tsql.CreateRole) error {
	return x.state.Roles(x.who(), st.Server).Create(st.Name.Value, value(st.Authorization))
}

// dropRole is DROP ROLE and DROP SERVER ROLE.
func (x *run) dropRole(st *tsql.DropRole) error {
	return x.state.Roles(x.who(), st.Server).Drop(st.Name.Value, st.IfExists)
}

// createUser is CREATE USER.
func (x *run) createUser(st *tsql.CreateUser) error {
	if st.From != "" && st.From != "EXTERNAL PROVIDER" {
		return unsupported("CREATE USER FROM " + st.From)
	}
	password, err := x.userPassword(st.Options)
	if err != nil {
		return err
	}
	spec := security.UserSpec{
		Name: st.Name.Value, Login: value(st.Login), WithoutLogin: st.WithoutLogin, External: st.From != "", SID: st.Options.SID, Given: st.Options.SID != nil,
		Password: password, Language: pointer(st.Options.DefaultLanguage), Encrypted: st.Options.AllowEncrypted, DefaultSchema: value(st.Options.DefaultSchema),
	}
	if (st.WithoutLogin || password != nil) && !spec.Given {
		sid, err := x.s.srv.userSID()
		if err != nil {
			return err
		}
		spec.SID = sid
	}
	return x.state.CreateUser(x.who(), spec)
}

// userPassword is the password of a contained user, with its hash, where the options are ones that a user may have.
func (x *run) userPassword(o tsql.UserOptions) (*security.NewPassword, error) {
	p, err := o.Password, mayDefault(o.DefaultLanguage)
	if p == nil || err != nil {
		return nil, err
	}
	hash, err := x.hash(p)
	return &security.NewPassword{Text: p.Text, Hash: hash, Old: p.Old}, err
}

// alterUser is ALTER USER.
func (x *run) alterUser(st *tsql.AlterUser) error {
	password, err := x.userPassword(st.Options)
	if err != nil {
		return err
	}
	change := security.UserChange{
		Name: pointer(st.Options.Name), DefaultSchema: pointer(st.Options.DefaultSchema), Login: pointer(st.Options.Login),
		Password: password, Language: pointer(st.Options.DefaultLanguage), Encrypted: st.Options.AllowEncrypted,
	}
	if st.Options.NoDefaultSchema {
		change.DefaultSchema = new(string)
	}
	return x.state.AlterUser(x.who(), st.Name.Value, change)
}

// alterRole is ALTER ROLE and ALTER SERVER ROLE.
func (x *run) alterRole(st *tsql.AlterRole) error {
	roles, role := x.state.Roles(x.who(), st.Server), st.Name.Value
	switch {
	case st.AddMember != nil:
		return roles.Add(role, st.AddMember.Value)
	case st.DropMember != nil:
		return roles.Remove(role, st.DropMember.Value)
	}
	return roles.Rename(role, value(st.NewName))
}

// createSchema is CREATE SCHEMA with what it carries; one failure undoes all (2759).
func (x *run) createSchema(st *tsql.CreateSchema) error {
	name := st.Name.Value
	if name == "" {
		name = value(st.Authorization)
	}
	if err := x.state.CreateSchema(x.who(), name, value(st.Authorization)); err != nil {
		return err
	}
	for _, element := range st.Elements {
		element := inSchema(element, name)
		if _, err := statementOf(element).do(x, element); err != nil {
			f := x.s.fail(err, element.Position().Line)
			if !f.cancelled {
				f.errors = append(f.errors, refuse(2759))
			}
			return f
		}
	}
	return nil
}

// inSchema puts the one-part names of an element of CREATE SCHEMA in that schema.
func inSchema(st tsql.Statement, schema string) tsql.Statement {
	put := func(n tsql.ObjectName) tsql.ObjectName {
		if n.Parts == 1 {
			n.Schema, n.Parts = schema, 2
		}
		return n
	}
	switch st := st.(type) {
	case *tsql.CreateTable:
		c := *st
		c.Name = put(c.Name)
		return &c
	case *tsql.CreateView:
		c := *st
		c.Element = true
		c.Name = put(c.Name)
		return &c
	}
	return st
}

// userSID draws the SID of a user without login: S-1-9-3 and four random numbers, 28 bytes (A.8).
func (s *Server) userSID() ([]byte, error) {
	sid := append([]byte{1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0}, make([]byte, 16)...)
	return sid, s.random(sid[12:])
}

// loginSID draws the SID of a SQL login: 16 bytes.
func (s *Server) loginSID() ([]byte, error) {
	sid := make([]byte, 16)
	return sid, s.random(sid)
}

// random fills b.
func (s *Server) random(b []byte) error {
	s.randomness.Lock()
	defer s.randomness.Unlock()
	if _, err := io.ReadFull(s.options.Rand, b); err != nil {
		return fmt.Errorf("draw random bytes: %w", err)
	}
	return nil
}
