package sites

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"grantree/audit"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
	"grantree/sql/mssql"
)

// ServerLogins is what a server knows of when its logins last logged in.
type ServerLogins struct {
	Server string
	*audit.Sights
	Now time.Time // by the server's clock, as the other times are
	Err error
}

// LastLogins asks every server of the run when its logins last logged in: who is
// connected, the error logs and the audits that are turned on, each once for all
// logins.
func (f *Fleet) LastLogins(ctx context.Context) []ServerLogins {
	out := make([]ServerLogins, len(f.servers()))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		x := &out[i]
		x.Server = server
		var seen *mssql.ServerAccounts
		if x.Err = f.onServer(ctx, server, func(conn *sql.Conn) (err error) { seen, err = mssql.Sessions(ctx, conn); return err }); x.Err != nil {
			return
		}
		site, _ := f.siteOn(server)
		a := f.addressOf(site)
		a.Database = "master"
		db, err := mssql.Open(a)
		if err != nil {
			x.Err = fmt.Errorf("server %q: %w", server, err)
			return
		}
		defer db.Close()
		var list []audit.LastLogins
		if list, x.Now, err = mssql.LastLogins(ctx, db); err != nil {
			x.Err = fmt.Errorf("server %q: %w", server, mssql.Describe(a, err))
			return
		}
		open := audit.LastLogins{Source: audit.Sessions, State: audit.Read}
		if !seen.SeesSessions {
			open.State = audit.NotAllowed
		}
		for _, s := range seen.Sessions {
			if seen.SeesSessions && s.ID != seen.Own {
				open.Note(s.Login, s.Begun)
				open.Here = append(open.Here, s.Login)
			}
		}
		x.Sights = audit.Gathered(append(list, open), seen.Collation.Key)
	})
	return out
}

// Absence is what is known of somebody who uses a seat: whether they were seen
// since a day.
type Absence struct {
	Name  string
	Seats int
	Seen  grants.Answer // not verified: nobody knows
	Last  time.Time     // the last log-in that is known; zero where none is
	Since time.Time     // of one who was not seen: every log-in from then on is known
	Why   []string      // nobody knows
}

// Absences says of everybody who uses a seat now whether they were seen in the
// last days. No server is taken to know what it does not keep: who entered one
// that does not is neither seen nor unseen.
func (f *Fleet) Absences(ctx context.Context, s Seats, days int) []Absence {
	servers := f.LastLogins(ctx)
	var out []Absence
	for _, l := range s.Lines {
		if l.SeatsNow > 0 {
			out = append(out, f.absence(l, servers, days))
		}
	}
	return out
}

// absence judges one person by every server that they can enter now.
func (f *Fleet) absence(l licensing.Line, servers []ServerLogins, days int) Absence {
	out := Absence{Name: l.Name, Seats: l.SeatsNow, Seen: grants.No}
	if len(l.By) == 0 {
		out.doubt("nobody knows by which login")
	}
	type account struct{ server, login string }
	var done []account
	type entrance struct{ site, login string }
	var by []entrance
	for _, e := range l.By {
		for _, site := range e.Sites {
			by = append(by, entrance{site, e.Login})
		}
	}
	slices.SortFunc(by, func(a, b entrance) int { return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.login, b.login)) })
	for _, e := range by {
		site, _ := f.Policy.Site(e.site)
		at := account{site.Server, e.login}
		if slices.Contains(done, at) {
			continue
		}
		done = append(done, at)
		i := slices.IndexFunc(servers, func(x ServerLogins) bool { return x.Server == at.server })
		why := ""
		switch {
		case e.login == "":
			why = fmt.Sprintf("site %s: entered without a login of the server, which keeps nothing of that", e.site)
		case i < 0:
			why = fmt.Sprintf("server %s was not asked", at.server)
		case servers[i].Err != nil:
			why = fmt.Sprintf("server %s %s", at.server, silence(servers[i].Err))
		}
		if why != "" {
			out.doubt(why)
			continue
		}
		x := servers[i]
		since := x.Now.AddDate(0, 0, -days)
		sight := x.Of(e.login)
		if sight.At.After(out.Last) {
			out.Last = sight.At
		}
		absent, known := sight.Absent(since)
		switch {
		case known && !absent:
			out.Seen = grants.Yes
		case !known:
			for _, w := range x.Silent(since) {
				out.doubt(fmt.Sprintf("server %s: %s", at.server, w))
			}
		case out.Since.IsZero() || sight.Since.After(out.Since):
			out.Since = sight.Since
		}
	}
	return out
}

// doubt notes why nobody knows, unless they were seen elsewhere.
func (a *Absence) doubt(why string) {
	if a.Seen == grants.No {
		a.Seen = grants.NotVerified
	}
	if !slices.Contains(a.Why, why) {
		a.Why = append(a.Why, why)
	}
}

// LastLogin is the last log-in of somebody of the policy that any of the servers
// knows, or zero.
func LastLogin(u *policy.User, servers []ServerLogins) time.Time {
	var last time.Time
	for _, x := range servers {
		for _, name := range []string{u.Login, u.LoginBefore()} {
			if name == "" || x.Err != nil {
				continue
			}
			if at := x.Of(name).At; at.After(last) {
				last = at
			}
		}
	}
	return last
}
