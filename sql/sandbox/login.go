package sandbox

import (
	"context"
	"errors"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
)

// handler is the server as the wire sees it.
type handler struct{ srv *Server }

// Login checks name and password and opens the database (C.6).
func (h handler) Login(ctx context.Context, c *tds.Conn, l *tds.Login) (tds.Session, tds.LoginReply, error) {
	s := h.srv
	if entered, ok, err := s.publication.Current().AuthenticateUser(l.Database, l.UserName, l.Password, s.now()); err != nil {
		return nil, tds.LoginReply{}, wireErrors(err)
	} else if ok && l.ChangePassword { // ALTER USER is how theirs is changed
		return nil, tds.LoginReply{}, wireErrors(errLogin(l.UserName))
	} else if ok {
		n := s.newSession(c, *l, l.UserName, entered)
		return n, s.welcome(n, nil), nil
	}
	var login *security.ServerPrincipal
	var refused error
	s.publication.Aside(func(next *security.Server) {
		login, _, refused = next.Authenticate(l.UserName, l.Password, s.now())
	})
	if refused == nil && login == nil {
		refused = errLogin(l.UserName)
	}
	if l.ChangePassword && (refused == nil || numberOf(refused) == 18488) {
		refused = s.changePassword(l)
		login = s.publication.Current().LoginNamed(l.UserName)
	}
	if refused != nil {
		return nil, tds.LoginReply{}, wireErrors(refused)
	}
	entered, messages, err := s.open(login, l)
	if err != nil {
		return nil, tds.LoginReply{}, wireErrors(err)
	}
	n := s.newSession(c, *l, login.Name, entered)
	return n, s.welcome(n, messages), nil
}

// welcome is the answer to who got in.
func (s *Server) welcome(n *session, messages []tds.ServerError) tds.LoginReply {
	return tds.LoginReply{
		Database: n.databaseName(), Language: defaultLanguage, Collation: wireCollation(s.options.Collation),
		ServerName: s.options.Name, Version: wireVersion, Messages: messages,
	}
}

// errLogin is 18456, the answer to whatever the client shall not know more about.
func errLogin(name string) *tds.ServerError {
	return refuseAs(18456, 14, 1, "Login failed for user '%s'.", name)
}

// open enters the database of a login: the one that the client asks for, or the login's default. A client that did not
// say that the database is a must gets 4063 and its default.
func (s *Server) open(login *security.ServerPrincipal, l *tds.Login) (*security.Context, []tds.ServerError, error) {
	st := s.publication.Current()
	outside := st.Session(login.ID, s.now())
	home := login.DefaultDatabase
	if home == "" {
		home = "master"
	}
	if l.Database == "" {
		return s.openDefault(st, outside, home, nil, login.Name)
	}
	entered, err := st.Enter(outside, l.Database)
	if err == nil {
		return entered, nil, nil
	}
	if l.InitialDatabaseFatal {
		return nil, nil, tds.Errors{
			refuseAs(4060, 11, 1, "Cannot open database \"%s\" requested by the login. The login failed.", l.Database), errLogin(login.Name),
		}
	}
	note := refuseAs(4063, 11, 1, "Cannot open database \"%s\" that was requested by the login. Using the user default database \"%s\" instead.", l.Database, home)
	return s.openDefault(st, outside, home, []tds.ServerError{*note}, login.Name)
}

func (s *Server) openDefault(st *security.Server, outside *security.Context, home string, notes []tds.ServerError, name string) (*security.Context, []tds.ServerError, error) {
	entered, err := st.Enter(outside, home)
	if err != nil {
		return nil, nil, tds.Errors{refuseAs(4064, 11, 1, "Cannot open user default database. Login failed."), errLogin(name)}
	}
	return entered, notes, nil
}

// changePassword is the change that a LOGIN7 may ask for, with the old password as proof. A refusal is 18463 to 18468 by
// its reason.
func (s *Server) changePassword(l *tds.Login) error {
	hash, err := s.hashPassword(l.NewPassword)
	if err != nil {
		return err
	}
	s.publication.Aside(func(next *security.Server) {
		p := next.LoginNamed(l.UserName)
		change := security.LoginChange{Password: &l.NewPassword, Hash: hash, OldPassword: &l.Password}
		err = next.AlterLogin(next.Session(p.ID, s.now()), p.Name, change)
	})
	if err == nil {
		return nil
	}
	return refuseAs(18466, 14, 1, "Login failed for user '%s'. Reason: Password change failed. The password does not meet the requirements of the password filter DLL.", l.UserName)
}

// numberOf is the number of the last error in err, 0 for none.
func numberOf(err error) int32 {
	list := security.List(err)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].Number
}

// wireErrors makes what the wire can send of any refusal.
func wireErrors(err error) error {
	var one *tds.ServerError
	var several tds.Errors
	if errors.As(err, &one) || errors.As(err, &several) {
		return err
	}
	return tds.Errors(securityErrors(security.List(err)))
}
