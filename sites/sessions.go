package sites

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// InDatabase reports whether a database of a server is a site of the run.
func (f *Fleet) InDatabase(server, database string) bool {
	return slices.ContainsFunc(f.Sites, func(s policy.Site) bool {
		return s.Server == server && grants.Collation{}.Equal(s.Database, database)
	})
}

// OpenSession is a session in a site of the run, or of a person of the policy.
type OpenSession struct {
	grants.Session
	User *policy.User // whose it is, or nil
	For  time.Duration
	// Guarded says why grantree does not end it, or "".
	Guarded string
}

// Sessions are the sessions of a server that are in the run's sites or somebody's
// of the policy, in the order of their numbers.
func (f *Fleet) Sessions(r ServerReading) []OpenSession {
	x := f.reader(r)
	bySID, byName := map[string]*policy.User{}, map[string]*policy.User{}
	for _, u := range f.Policy.Users {
		if p := x.person(u); p.Account != nil && p.Account.SID != "" {
			bySID[p.Account.SID] = u
		}
		for _, name := range []string{u.Login, u.Name} { // who has no login of the server's
			byName[r.Collation.Key(name)] = u
		}
	}
	var out []OpenSession
	for _, s := range r.Sessions {
		here := f.InDatabase(r.Server, s.Database)
		u := bySID[s.SID]
		l, known := x.logins[s.SID]
		if u == nil && !known && x.r.SeesLogins {
			u = byName[r.Collation.Key(s.Login)]
		}
		if u == nil && !here {
			continue
		}
		if !known {
			l = grants.Login{Name: s.Login, SID: s.SID}
		}
		o := OpenSession{Session: s, User: u, For: s.Idle(r.Now), Guarded: x.guards(l)}
		if o.Guarded != "" {
			o.Guarded = "its login " + o.Guarded
		}
		switch {
		case s.ID == r.Own:
			o.Guarded = "it is the one that asks"
		case strings.HasPrefix(s.Program, mssql.App):
			o.Guarded = "it is a run of grantree"
		case o.Guarded == "" && !r.Logins.LoginsVisible && !mssql.MadeLogin(s.SID):
			o.Guarded = "it may be an administrator's, which grantree's login cannot see: " + r.ToSeeLogins()
		}
		out = append(out, o)
	}
	return out
}

// Kept says why a session is not ended, or "": it is guarded, or its work would
// be rolled back, which only force does.
func (s OpenSession) Kept(force bool) string {
	switch {
	case s.Guarded != "":
		return s.Guarded
	case s.OpenTransactions > 0 && !force:
		return "it has an open transaction, whose work would be rolled back: --force ends it"
	case s.Running && !force:
		return "it is running a statement, whose work would be rolled back: --force ends it"
	}
	return ""
}

// EndPlan says what ends sessions of a server.
func EndPlan(server string, sessions []OpenSession, force bool) []AccountChange {
	var out []AccountChange
	for _, s := range sessions {
		out = append(out, AccountChange{Server: server, Login: s.Login, What: fmt.Sprintf("session %d of %s", s.ID, s.Login), Statements: []string{mssql.EndStatement(s.ID)},
			do: func(ctx context.Context, conn *sql.Conn) (string, error) {
				ended, err := mssql.EndSession(ctx, conn, s.Session, force)
				if err == nil && !ended {
					return "was gone already", nil
				}
				return "", err
			}})
	}
	return out
}
