package security

import "time"

// Authenticate checks a login attempt with a name and a password. It counts
// failures in s, also when it refuses, so the version must be published either
// way. The error is the one the client sees; logState is the state that the
// server's log would show (C.6). Only with the right password does the client
// learn more than 18456.
func (s *Server) Authenticate(name, password string, now time.Time) (login *Principal, logState byte, err error) {
	refused := refuse(18456, name)
	p := s.LoginNamed(name)
	switch {
	case p == nil || p.IsRole():
		return nil, 5, refused
	case p.Kind != KindSQL:
		return nil, 6, refused
	case !s.verify(p.Password.Hash, password):
		s.failedLogin(p, now)
		if p.Disabled {
			return nil, 7, refused
		}
		return nil, 8, refused
	}
	if state, err := s.loginBlocked(p, name, now); err != nil {
		return nil, state, err
	}
	if !s.Checker(s.Session(p.ID, now)).Can(OnServer(), "CONNECT SQL") {
		return nil, 12, refused
	}
	if p.Password.BadCount != 0 {
		next := *p
		next.Password.BadCount = 0
		s.putLogin(&next)
		p = &next
	}
	return p, 0, nil
}

// loginBlocked is the refusal of a login that gave the right password.
func (s *Server) loginBlocked(p *Principal, name string, now time.Time) (logState byte, err error) {
	switch {
	case p.Disabled:
		return 1, refuse(18470, name)
	case !p.Password.LockoutTime.IsZero():
		return 1, refuse(18486, name)
	case p.Password.MustChange:
		return 18, refuse(18488, name)
	case s.expired(p.Password, now):
		return 1, refuse(18487, name)
	}
	return 0, nil
}

// expired reports whether a password is past its age.
func (s *Server) expired(p Password, now time.Time) bool {
	age := s.options.MaxPasswordAge
	return p.CheckExpiration && age > 0 && !now.Before(p.LastSet.Add(age))
}

// failedLogin counts a wrong password of a login with CHECK_POLICY and locks
// it at the limit.
func (s *Server) failedLogin(p *Principal, now time.Time) {
	if !p.Password.CheckPolicy {
		return
	}
	next := *p
	next.Password.BadCount++
	next.Password.BadTime = now
	if limit := s.options.Lockout; limit > 0 && next.Password.BadCount >= limit && next.Password.LockoutTime.IsZero() {
		next.Password.LockoutTime = now
	}
	s.putLogin(&next)
}

// LoginProperty is LOGINPROPERTY (E.1): an int, a string, a time.Time or
// []byte; nil for NULL: an unknown name or property, a login that is no SQL
// login or that the caller may not see. It takes one's own login, VIEW on the
// login, ALTER ANY LOGIN or VIEW ANY DEFINITION.
func (c *Checker) LoginProperty(login, property string) any {
	p := c.s.LoginNamed(login)
	if p == nil || p.Kind != KindSQL || p.ID != c.ctx.Login && !c.Can(OnLogin(p.ID), "VIEW DEFINITION") && !c.Can(OnServer(), "ALTER ANY LOGIN") {
		return nil
	}
	switch foldKeyword(property) {
	case "DEFAULTDATABASE":
		return p.DefaultDatabase
	case "DEFAULTLANGUAGE":
		return p.DefaultLanguage
	case "PASSWORDLASTSETTIME":
		return p.Password.LastSet
	case "PASSWORDHASHALGORITHM":
		return 2
	case "PASSWORDHASH":
		if c.Can(OnServer(), "VIEW ANY CRYPTOGRAPHICALLY SECURED DEFINITION") && p.Password.Hash != nil {
			return p.Password.Hash
		}
		return nil
	}
	return c.policyProperty(p.Password, foldKeyword(property))
}

// policyProperty is the part of LOGINPROPERTY that the password policy feeds.
func (c *Checker) policyProperty(p Password, property string) any {
	switch property {
	case "BADPASSWORDCOUNT":
		return p.BadCount
	case "BADPASSWORDTIME":
		return never(p.BadTime)
	case "LOCKOUTTIME":
		return never(p.LockoutTime)
	case "HISTORYLENGTH":
		return len(p.History)
	case "ISLOCKED":
		return bit(!p.LockoutTime.IsZero())
	case "ISMUSTCHANGE":
		return bit(p.MustChange)
	case "ISEXPIRED":
		return bit(c.s.expired(p, c.ctx.Now))
	case "DAYSUNTILEXPIRATION":
		return c.s.daysLeft(p, c.ctx.Now)
	}
	return nil
}

// daysLeft is DaysUntilExpiration: nil without policy, -1 when passwords never
// expire, 0 when expired or expiring today.
func (s *Server) daysLeft(p Password, now time.Time) any {
	switch {
	case !p.CheckPolicy || !p.CheckExpiration:
		return nil
	case s.options.MaxPasswordAge == 0:
		return -1
	}
	return max(0, int(p.LastSet.Add(s.options.MaxPasswordAge).Sub(now)/(24*time.Hour)))
}

// never is a time of LOGINPROPERTY: 1900-01-01 when there was none.
func never(t time.Time) time.Time {
	if t.IsZero() {
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
