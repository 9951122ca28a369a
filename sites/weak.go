package sites

import (
	"context"
	"database/sql"
	"strings"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// WeakReading is the logins of one server whose passwords anybody can guess.
type WeakReading struct {
	Server string
	Weak   []WeakLogin
	Asked  int // logins
	Of     int // that have a password
	Err    error
	// Sites are those of the run on the server, in its order, with their users who
	// have a password of the site's own: no view shows a hash of those, so
	// none of them is asked for.
	Sites []OwnPasswords
}

// OwnPasswords is how many users of a site have a password of its own, or why that
// is not known.
type OwnPasswords struct {
	Site  string
	Users int
	Err   error
}

// WeakLogin is such a login, and who gives it another password: grantree, where
// it is somebody's of the policy and grantree may, else a DBA.
type WeakLogin struct {
	mssql.Weak
	User    *policy.User // whose it is, or nil
	Why     string       // grantree does not do it, or ""
	Another string       // what a DBA sends then, once they have put a password into it
	Disable []string     // or sends instead, where the login may go
}

// WeakPasswords asks each server of the run about the passwords of its logins,
// those of the policy's people first, and of no more than most of them.
func (f *Fleet) WeakPasswords(ctx context.Context, most int) []WeakReading {
	readings := f.Accounts(ctx)
	out := make([]WeakReading, len(readings))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		r := readings[i]
		out[i] = WeakReading{Server: server, Err: r.Err}
		if r.Err != nil {
			return
		}
		var ours, others []string
		x, people := f.reader(r), map[string]Person{}
		for _, u := range f.Policy.Users {
			if p := x.person(u); p.Account != nil {
				people[p.Account.Name] = p
			}
		}
		for _, a := range r.Accounts {
			switch _, one := people[a.Name]; {
			case a.Type != grants.SQLUser || strings.HasPrefix(a.Name, "##"):
			case one:
				ours = append(ours, a.Name)
			default:
				others = append(others, a.Name)
			}
		}
		logins := append(ours, others...)
		out[i].Of = len(logins)
		var weak []mssql.Weak
		out[i].Err = f.onServer(ctx, server, func(conn *sql.Conn) (err error) {
			weak, out[i].Asked, err = mssql.WeakPasswords(ctx, conn, logins, most)
			return err
		})
		for _, w := range weak {
			out[i].Weak = append(out[i].Weak, x.weak(w, people[w.Login]))
		}
	})
	own := make([]OwnPasswords, len(f.Sites))
	f.eachOf(ctx, f.Sites, func(ctx context.Context, i int, s policy.Site) { own[i] = f.ownPasswords(ctx, s) })
	for i, s := range f.Sites {
		for n := range out {
			if out[n].Server == s.Server && readings[n].Err == nil { // else that is said of the server
				out[n].Sites = append(out[n].Sites, own[i])
			}
		}
	}
	return out
}

// ownPasswords counts the users of a site who have a password of its own.
func (f *Fleet) ownPasswords(ctx context.Context, s policy.Site) OwnPasswords {
	out := OwnPasswords{Site: s.Name}
	in, err := f.entrantsOf(ctx, s)
	if out.Err = err; err != nil {
		return out
	}
	for _, h := range in.byName {
		if h.AuthType == grants.AuthDatabase {
			out.Users++
		}
	}
	return out
}

// weak says who gives a login another password. p is whose it is, if anybody's.
func (x *reader) weak(w mssql.Weak, p Person) WeakLogin {
	out := WeakLogin{Weak: w, User: p.User}
	switch {
	case p.User == nil:
		out.Why = "is nobody's of the policy"
	case p.refusal != "":
		out.Why = p.refusal
	default:
		return out
	}
	out.Another = mssql.PasswordStatement(w.Login)
	i, ok := x.byName[x.r.Collation.Key(w.Login)]
	if ok && p.User == nil && x.guards(x.logins[x.r.Accounts[i].SID]) == "" {
		out.Disable = append(out.Disable, mssql.Statement(grants.Remedy{Kind: grants.RemedyDisableLogin, Principal: w.Login}))
	}
	return out
}
