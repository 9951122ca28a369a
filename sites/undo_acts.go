package sites

import (
	"slices"
	"strings"

	"grantree/grants"
	"grantree/journal"
	"grantree/policy"
)

// act is something that a run did to a login, and whether it had committed in the site
// before.
type act struct {
	journal.LoginAct
	parts int // how many transactions of the site were committed before
}

type acts []act

// actsOn are those on the logins of a site's server that were done.
func actsOn(run journal.Run, site policy.Site) acts {
	var out acts
	for _, l := range run.Logins {
		if l.Server == site.Server && l.Outcome == journal.Done {
			out = append(out, act{l.LoginAct, l.After[site.Name]})
		}
	}
	return out
}

// forward and backward are a site once an act is done, or taken back.
func (a act) forward(s *grants.Snapshot) *grants.Snapshot {
	if c, ok := a.Change(); ok {
		return s.WithLogins([]grants.LoginChange{c})
	}
	return s.WithNewLogins([]grants.NewLogin{{Login: a.Login, SID: a.SID, Type: a.Type}})
}

func (a act) backward(s *grants.Snapshot) *grants.Snapshot {
	c, ok := a.Change()
	if !ok {
		return s.WithoutLogins([]grants.NewLogin{{Login: a.Login, SID: a.SID, Type: a.Type}})
	}
	if back, ok := c.Reverse(); ok {
		return s.WithLogins([]grants.LoginChange{back})
	}
	return a.remade(s)
}

// remade is a site with the login that was dropped, and what it had on the server: that
// is not given again, and no change of the site either.
func (a act) remade(s *grants.Snapshot) *grants.Snapshot {
	s = s.WithNewLogins([]grants.NewLogin{{Login: a.Login, SID: a.SID, Type: a.Type}})
	if a.Had == nil {
		return s
	}
	if a.Had.Disabled {
		s = s.WithLogins([]grants.LoginChange{{Kind: grants.DisableLogin, Login: a.Login, SID: a.SID}})
	}
	var rights []grants.ServerRight
	for _, row := range a.Had.Rows {
		for _, word := range []struct {
			text  string
			state grants.State
		}{{"GRANT WITH GRANT OPTION ", grants.GrantedWithGrant}, {"GRANT ", grants.Granted}, {"DENY ", grants.Denied}} {
			if permission, ok := strings.CutPrefix(row, word.text); ok {
				rights = append(rights, grants.ServerRight{Permission: permission, State: word.state})
				break
			}
		}
	}
	return s.WithRights(a.SID, a.Had.Roles, rights)
}

// before is a site with its logins as they were when the run began with it.
func (list acts) before() func(*grants.Snapshot) *grants.Snapshot { return list.at(1) }

// at is a site with its logins as they were when so many of its transactions less one
// were committed.
func (list acts) at(n int) func(*grants.Snapshot) *grants.Snapshot {
	return func(s *grants.Snapshot) *grants.Snapshot {
		for _, a := range list {
			if a.parts < n {
				s = a.forward(s)
			}
		}
		for _, a := range slices.Backward(list) {
			if a.parts >= n {
				s = a.backward(s)
			}
		}
		return s
	}
}
