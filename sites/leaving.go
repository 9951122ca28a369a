package sites

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/sql/mssql"
)

// leaving is somebody whom a plan puts out of a server, or of one of its
// databases: what they have open there, neither ends.
type leaving struct {
	name     string // in the policy, else of the login
	login    grants.Login
	database string // "" is the whole server
	cause    grants.Cause
}

// openSessions says which sessions of people whom the plan puts out are open. It
// asks the servers where there are such people, each in one round trip.
func (f *Fleet) openSessions(ctx context.Context, fp *FleetPlan) {
	f.eachFound(ctx, fp, func(ctx context.Context, server string) finding.List {
		who := fp.leavingOf(server)
		if len(who) == 0 {
			return nil
		}
		var seen *mssql.ServerAccounts
		err := f.onServer(ctx, server, func(conn *sql.Conn) (err error) {
			seen, err = mssql.Sessions(ctx, conn)
			return err
		})
		return fp.openOf(server, who, seen, err)
	})
}

// eachFound asks each server of the run something, in parallel, and adds what was
// found to the plan, in the policy's order.
func (f *Fleet) eachFound(ctx context.Context, fp *FleetPlan, ask func(ctx context.Context, server string) finding.List) {
	found := make([]finding.List, len(f.servers()))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) { found[i] = ask(ctx, server) })
	fp.run = slices.Concat(append([]finding.List{fp.run}, found...)...)
	fp.gather()
}

// leavingOf are the people whom the plan puts out of a server or its sites.
func (fp *FleetPlan) leavingOf(server string) []leaving {
	var out []leaving
	on := fp.on(server)
	if len(on) == 0 {
		return nil
	}
	whole := map[string]bool{}
	for _, c := range fp.loginChanges(server) {
		if c.Kind != grants.DisableLogin && c.Kind != grants.DropLogin || whole[c.SID] {
			continue
		}
		whole[c.SID] = true
		out = append(out, leaving{name: fp.nameOf(on[0].known().head, c.Login, c.Cause), login: grants.Login{Name: c.Login, SID: c.SID}, cause: c.Cause})
	}
	for _, s := range on {
		if s.Refused() || len(s.Obstacles) > 0 {
			continue
		}
		head := s.known().head
		for _, o := range s.known().out {
			if !o.known || o.login.Type.IsGroup() || whole[o.login.SID] {
				continue
			}
			out = append(out, leaving{name: fp.nameOf(head, o.login.Name, o.cause), login: o.login, database: head.Database, cause: o.cause})
		}
	}
	return out
}

// nameOf is whose login one is in the policy, or the login's own name.
func (fp *FleetPlan) nameOf(s *grants.Snapshot, login string, by grants.Cause) string {
	if by.User != "" {
		return by.User
	}
	for _, u := range fp.Policy.Users {
		if s.ServerCollation.Equal(u.Login, login) {
			return u.Name
		}
	}
	return login
}

// openOf says what some people have open of what was seen, or that nobody knows.
func (fp *FleetPlan) openOf(server string, who []leaving, seen *mssql.ServerAccounts, err error) finding.List {
	var out finding.List
	names := func() string {
		var list []string
		for _, w := range who {
			if !slices.Contains(list, w.name) {
				list = append(list, w.name)
			}
		}
		return licensing.Quoted(list)
	}
	switch {
	case err != nil:
		out.Warnf(finding.SessionsUnseen, who[0].cause.Pos, "", "server %q: who of those that are put out (%s) has a session open could not be asked: %v", server, names(), err)
		return out
	case !seen.SeesSessions:
		out.Warnf(finding.SessionsUnseen, who[0].cause.Pos, "", "server %q: who of those that are put out (%s) has a session open cannot be seen", server, names()).
			Statements = []string{seen.ToSeeSessions()}
		return out
	}
	for _, w := range who {
		n, open := 0, 0
		for _, s := range seen.Sessions {
			if s.SID != w.login.SID || w.database != "" && !(grants.Collation{}).Equal(s.Database, w.database) {
				continue
			}
			n++
			if s.OpenTransactions > 0 {
				open++
			}
		}
		if n == 0 {
			continue
		}
		where, what := "", "1 session open"
		if n > 1 {
			what = fmt.Sprintf("%d sessions open", n)
		}
		if w.database != "" {
			where = fmt.Sprintf(" in database %q", w.database)
		}
		if open > 0 {
			where += fmt.Sprintf(", %d with an open transaction", open)
		}
		out.Warnf(finding.SessionOpen, w.cause.Pos, fp.Policy.Command("site sessions --user "+finding.Argument(w.name)+" --end"),
			"server %q: %q, who is put out, has %s%s, which that does not end", server, w.name, what, where)
	}
	return out
}
