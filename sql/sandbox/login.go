package sandbox

import (
	"cmp"
	"context"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
)

// handler is the server as the wire sees it.
type handler struct{ srv *Server }

// Login checks name and password and opens the database (C.6).
func (h handler) Login(ctx context.Context, c *tds.Conn, l *tds.Login) (tds.Session, tds.LoginReply, error) {
	s := h.srv
	if entered, ok, err := s.publication.Current().AuthenticateUser(l.Database, l.UserName, l.Password, s.now()); err != nil {
		return nil, tds.LoginReply{}, err
	} else if ok && l.ChangePassword { // ALTER USER is how theirs is changed
		return nil, tds.LoginReply{}, refuse(18456, l.UserName)
	} else if ok {
		n := s.newSession(c, *l, l.UserName, entered)
		return n, s.welcome(n, nil), nil
	}
	var login *security.Principal
	var refused error
	asked := false // it counts once more where another session commits, in that one's time
	s.publication.Aside(func(next *security.Server) {
		if p, _, err := next.Authenticate(l.UserName, l.Password, s.now()); !asked {
			login, refused, asked = p, err, true
		}
	})
	if l.ChangePassword && (refused == nil || numberOf(refused) == 18488) {
		refused = s.changePassword(l)
		login = s.publication.Current().LoginNamed(l.UserName)
	}
	if refused == nil && login == nil { // dropped meanwhile
		refused = refuse(18456, l.UserName)
	}
	if refused != nil {
		return nil, tds.LoginReply{}, refused
	}
	entered, messages, err := s.open(login, l)
	if err != nil {
		return nil, tds.LoginReply{}, err
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

// open enters the database of a login: the one that the client asks for, or the login's default. A client that did not
// say that the database is a must gets 4063 and its default.
func (s *Server) open(login *security.Principal, l *tds.Login) (*security.Context, []tds.ServerError, error) {
	st := s.publication.Current()
	outside := st.Session(login.ID, s.now())
	home := cmp.Or(login.DefaultDatabase, "master")
	var notes []tds.ServerError
	if l.Database != "" {
		entered, err := s.enterAlone(st, outside, l.Database)
		switch {
		case err == nil:
			return entered, nil, nil
		case l.InitialDatabaseFatal:
			return nil, nil, tds.Errors{refuse(4060, l.Database), refuse(18456, login.Name)}
		}
		notes = append(notes, *refuse(4063, l.Database, home))
	}
	entered, err := s.enterAlone(st, outside, home)
	if err != nil {
		return nil, nil, tds.Errors{refuse(4064), refuse(18456, login.Name)}
	}
	return entered, notes, nil
}

// enterAlone enters a database that nobody has for himself.
func (s *Server) enterAlone(st *security.Server, outside *security.Context, database string) (*security.Context, error) {
	entered, err := st.Enter(outside, database)
	if err == nil {
		err = s.alone(st, entered.Database, nil)
	}
	return entered, err
}

// changePassword is the change that a LOGIN7 may ask for, with the old password as proof. A refusal is 18463 to 18466 by
// its reason, 18468 for another one.
func (s *Server) changePassword(l *tds.Login) error {
	hash, err := s.hashPassword(l.NewPassword)
	if err != nil {
		return err
	}
	asked := false
	s.publication.Aside(func(next *security.Server) {
		p, refused := next.LoginNamed(l.UserName), error(refuse(18456, l.UserName))
		if p != nil {
			change := security.LoginChange{Password: &l.NewPassword, Hash: hash, OldPassword: &l.Password}
			refused = next.AlterLogin(next.Session(p.ID, s.now()), p.Name, change)
		}
		if !asked {
			err, asked = refused, true
		}
	})
	if err == nil {
		return nil
	}
	reasons := map[int32]int32{15115: 18463, 15116: 18464, 15117: 18465, 15118: 18466}
	return refuse(cmp.Or(reasons[numberOf(err)], 18468), l.UserName)
}

// numberOf is the number of the last error in err, 0 for none.
func numberOf(err error) int32 {
	if list := refusal.List(err); len(list) > 0 {
		return list[len(list)-1].Number
	}
	return 0
}
