package sites

import (
	"context"
	"fmt"

	"grantree/audit"
	"grantree/sql/mssql"
)

// ServerHistory is what a server's own records say of one login.
type ServerHistory struct {
	Server   string
	Login    string
	Readings []audit.Reading
	Same     func(a, b string) bool // how the server compares names
	Err      error
}

// History asks the servers of the run what they wrote down about somebody. What
// they say now of open sessions is among it.
func (f *Fleet) History(ctx context.Context, people []Person) []ServerHistory {
	var out []ServerHistory
	for _, p := range people {
		if p.Err != nil {
			continue // which is said already
		}
		out = append(out, ServerHistory{Server: p.Server, Login: p.User.Login, Same: p.same})
		i := len(out) - 1
		if p.Account != nil {
			out[i].Login = p.Account.Name
		}
		site, ok := f.siteOn(p.Server)
		if !ok {
			out[i].Err = fmt.Errorf("server %q: no site of this run is on it", p.Server)
			continue
		}
		a := f.addressOf(site)
		a.Database = "master"
		db, err := mssql.Open(a)
		if err != nil {
			out[i].Err = fmt.Errorf("server %q: %w", p.Server, err)
			continue
		}
		out[i].Readings = append(mssql.History(ctx, db, out[i].Login), sessionsOf(p))
		db.Close()
	}
	return out
}

// sessionsOf is who is connected now as a person, as far as that was seen.
func sessionsOf(p Person) audit.Reading {
	r := audit.Reading{Source: audit.Sessions, State: audit.Read, Why: "those that are open now, and no more"}
	if !p.SeesSessions {
		r.State, r.Why = audit.NotAllowed, "grantree's login may not see the sessions of others"
	}
	if p.Account == nil {
		return r
	}
	for _, s := range p.Account.Sessions {
		r.Events = append(r.Events, audit.Event{At: s.Begun, Kind: audit.LoggedIn, Login: p.Account.Name, From: s.Host, Detail: s.Program, Source: audit.Sessions})
	}
	return r
}
