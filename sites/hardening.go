package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/hardening"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Audited is what an audit of a run comes to.
type Audited struct {
	hardening.Report
	Sites   []AuditedSite   // of the run, in its order
	Servers []AuditedServer // that they are on
	Unasked []error         // of each server whose passwords were to be asked for, and were not
}

// AuditedSite is one site, and why it could not be read.
type AuditedSite struct {
	Site, Server string
	Err          error
}

// AuditedServer is one server, and why it could not be read.
type AuditedServer struct {
	Server string
	Logins int // that were seen
	Err    error
}

// Err is what a run comes to that could not read a site, or not ask for passwords as
// it was told to, or nil.
func (a *Audited) Err() error {
	var failed FailedError
	for _, s := range a.Sites {
		if s.Err != nil {
			failed.Sites = append(failed.Sites, SiteError{Site: s.Site, Err: s.Err})
		}
	}
	if len(failed.Sites) == 0 {
		return errors.Join(a.Unasked...)
	}
	return errors.Join(append([]error{&failed}, a.Unasked...)...)
}

// AuditOptions say what an audit asks beside.
type AuditOptions struct {
	Today time.Time // by which outsiders are accepted
	// Passwords is of how many logins on each server it is asked whether anybody
	// can guess their password; 0 asks for none.
	Passwords int
}

// Audit reads every site and server of the run and judges how they are set up,
// and who gets round the policy. It changes nothing and acts as nobody. A site's
// snapshot is dropped as soon as it is judged.
func (f *Fleet) Audit(ctx context.Context, o AuditOptions) *Audited {
	out := &Audited{Sites: make([]AuditedSite, len(f.Sites))}
	judged := make([]hardening.Report, len(f.Sites))
	uses := make([]hardening.SiteUse, len(f.Sites))
	logins := make([]*grants.Snapshot, len(f.Sites))
	shelf := newShelf()
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		out.Sites[i] = AuditedSite{Site: s.Name, Server: s.Server}
		snapshot, err := f.snapshot(ctx, s, nil)
		if err != nil {
			out.Sites[i].Err = err
			return
		}
		shelf.put(snapshot)
		judged[i], uses[i] = f.auditSite(snapshot, o.Today), hardening.Uses(snapshot)
		logins[i] = ofServer(snapshot)
	})
	for _, r := range judged {
		out.Add(r)
	}
	accounts := f.Accounts(ctx)
	reports := make([]hardening.Report, len(accounts))
	out.Servers = make([]AuditedServer, len(accounts))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		facts := f.serverFacts(server, accounts[i], out.Sites, uses, logins, o.Today)
		out.Servers[i] = AuditedServer{Server: server, Logins: len(facts.Accounts), Err: accounts[i].Err}
		if accounts[i].Err == nil {
			out.Servers[i].Err = f.onServer(ctx, server, func(conn *sql.Conn) (err error) { facts.Settings, err = mssql.Settings(ctx, conn); return err })
		}
		if err := out.Servers[i].Err; err != nil {
			reports[i].Unread = []hardening.Unread{{Server: server, What: "the server's settings and logins", Why: err.Error()}}
			return
		}
		reports[i] = hardening.Server(facts, mssql.Statement)
	})
	for _, r := range reports {
		out.Add(r)
	}
	if o.Passwords > 0 {
		weak, unasked := f.weakReport(ctx, o.Passwords)
		out.Add(weak)
		out.Unasked = unasked
	}
	for _, s := range out.Sites {
		if s.Err != nil {
			out.Add(hardening.Report{Unread: []hardening.Unread{{Server: s.Server, Site: s.Site, What: "the site", Why: s.Err.Error()}}})
		}
	}
	out.Sort()
	return out
}

// auditSite judges one site.
func (f *Fleet) auditSite(s *grants.Snapshot, today time.Time) hardening.Report {
	wanted, _ := f.Policy.Wanted(s)
	accepted := f.Policy.Accepts(s.Site, today)
	survey := grants.NewSurvey(s)
	return hardening.Site(hardening.SiteFacts{Snapshot: s, Wanted: wanted, Accepted: accepted, Schema: f.Policy.Catalog.Schema,
		Judged: survey.Judge(wanted, accepted, mssql.Statement), Access: survey.Access(wanted)}, mssql.Statement)
}

// ofServer is the part of a snapshot that is about its server.
func ofServer(s *grants.Snapshot) *grants.Snapshot {
	return &grants.Snapshot{Collation: s.Collation, ServerCollation: s.ServerCollation, Linux: s.Linux, Runner: s.Runner, Version: s.Version,
		Logins: s.Logins, LoginsVisible: s.LoginsVisible, ServerMembers: s.ServerMembers, ServerPermissions: s.ServerPermissions}
}

// serverFacts puts together what the sites of a server say of it.
func (f *Fleet) serverFacts(server string, r ServerReading, read []AuditedSite, uses []hardening.SiteUse, logins []*grants.Snapshot, today time.Time) hardening.ServerFacts {
	x := hardening.ServerFacts{Name: server}
	if r.ServerAccounts != nil {
		x.Runner = r.ServerAccounts.Logins.Runner.Login
		x.SeesSessions, x.Accounts = r.SeesSessions, append([]grants.Account{}, r.ServerAccounts.Accounts...)
	}
	for i, s := range read {
		switch {
		case s.Server != server:
		case s.Err != nil:
			x.Unread = append(x.Unread, s.Site)
		default:
			x.Sites = append(x.Sites, uses[i])
			if x.Logins == nil || !x.Logins.LoginsVisible && logins[i].LoginsVisible {
				x.Logins = logins[i]
			}
		}
	}
	for _, s := range f.Policy.SitesInUse() {
		if s.Server != server {
			continue
		}
		x.Accepted = append(x.Accepted, f.Policy.Accepts(s.Name, today))
		x.Contained = x.Contained || s.Contained
		if !slices.ContainsFunc(read, func(r AuditedSite) bool { return r.Site == s.Name }) {
			x.Unread = append(x.Unread, s.Name)
		}
	}
	for _, u := range f.Policy.Users {
		if slices.ContainsFunc(f.Policy.SitesOf(u), func(s policy.Site) bool { return s.Server == server }) {
			x.People = append(x.People, u.Login)
		}
	}
	return x
}

// weakReport is the logins whose password anybody can guess, as findings, and of each
// server that was not asked why.
func (f *Fleet) weakReport(ctx context.Context, most int) (out hardening.Report, unasked []error) {
	for _, r := range f.WeakPasswords(ctx, most) {
		if r.Err != nil {
			out.Unread = append(out.Unread, hardening.Unread{Server: r.Server, What: "the hashes of passwords", Why: r.Err.Error()})
			unasked = append(unasked, r.Err)
			continue
		}
		if r.Asked < r.Of {
			out.Unread = append(out.Unread, hardening.Unread{Server: r.Server, What: "the passwords of some logins", Why: fmt.Sprintf("%d of %d logins were asked for: see --most", r.Asked, r.Of)})
		}
		for _, w := range r.Weak {
			var l finding.List
			l.Errorf(finding.WeakPassword, finding.Pos{}, "", "the password of the login %q is %s", w.Login, w.Like)
			one := hardening.Finding{Finding: l[0], Server: r.Server, Evidence: "sys.sql_logins: " + w.Login + ", password_hash, asked by PWDCOMPARE", Caveat: "what logs in with it stops working"}
			one.About, one.Statements, one.Fix = w.Login, w.Disable, "give it another password: "+w.Another
			if w.Another == "" {
				one.Fix = "run grantree user reset-password " + finding.Argument(w.User.Name)
			}
			out.Findings = append(out.Findings, one)
		}
	}
	return out, unasked
}
