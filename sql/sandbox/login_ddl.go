package sandbox

import (
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// dropLogin is DROP LOGIN.
func (x *run) dropLogin(st *tsql.DropLogin) error {
	return x.state.DropLogin(x.who(), st.Name.Value, x.s.srv.loggedIn(x.state, st.Name.Value))
}

// createLogin is CREATE LOGIN.
func (x *run) createLogin(st *tsql.CreateLogin) error {
	if err := mayDefault(st.Options.DefaultLanguage); err != nil {
		return err
	}
	spec := security.LoginSpec{
		Name: st.Name.Value, Kind: security.KindSQL, SID: st.Options.SID,
		CheckPolicy: st.Options.CheckPolicy, CheckExpiration: st.Options.CheckExpiration,
		DefaultDatabase: value(st.Options.DefaultDatabase), DefaultLanguage: value(st.Options.DefaultLanguage),
	}
	switch {
	case st.From == "WINDOWS":
		spec.Kind = security.KindWindows
	case st.From == "EXTERNAL PROVIDER":
		spec.Kind = security.KindExternal
	case st.From != "":
		return unsupported("CREATE LOGIN FROM " + st.From)
	case st.Options.Credential != nil:
		return unsupportedOption("CREDENTIAL")
	}
	if spec.SID == nil {
		sid, err := x.s.srv.loginSID()
		if err != nil {
			return err
		}
		spec.SID = sid
	}
	if p := st.Options.Password; p != nil {
		hash, err := x.hash(p)
		if err != nil {
			return err
		}
		spec.Password, spec.Hash, spec.Hashed, spec.MustChange = p.Text, hash, p.Hash != nil, p.MustChange
	}
	return x.state.CreateLogin(x.who(), spec)
}

// hash is the hash of a password of a statement: its own where it brings one.
func (x *run) hash(p *tsql.Password) ([]byte, error) {
	if p.Hash != nil {
		return p.Hash, nil
	}
	return x.s.srv.hashPassword(p.Text)
}

// alterLogin is ALTER LOGIN.
func (x *run) alterLogin(st *tsql.AlterLogin) error {
	o := st.Options
	if err := mayDefault(o.DefaultLanguage); err != nil {
		return err
	}
	if st.AddCredential != nil || st.DropCredential != nil || o.Credential != nil || o.NoCredential {
		return unsupportedOption("CREDENTIAL")
	}
	change := security.LoginChange{
		Name: pointer(o.Name), CheckPolicy: o.CheckPolicy, CheckExpiration: o.CheckExpiration,
		DefaultDatabase: pointer(o.DefaultDatabase), DefaultLanguage: pointer(o.DefaultLanguage),
	}
	if st.Enable || st.Disable {
		change.Enable = &st.Enable
	}
	if p := o.Password; p != nil {
		hash, err := x.hash(p)
		if err != nil {
			return err
		}
		change.Password, change.Hash, change.Hashed = &p.Text, hash, p.Hash != nil
		change.OldPassword, change.MustChange, change.Unlock = p.Old, p.MustChange, p.Unlock
	}
	return x.state.AlterLogin(x.who(), st.Name.Value, change)
}

// loggedIn reports whether a session of a login is open.
func (s *Server) loggedIn(st *security.Server, login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.sessions {
		if st.Collation().Equal(other.user, login) {
			return true
		}
	}
	return false
}
