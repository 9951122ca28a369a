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
	"grantree/policy"
	"grantree/sql/mssql"
)

// Checkup is what a runner may and lacks in one site, for a task.
type Checkup struct {
	Site, Server string
	Standing     mssql.Standing
	Lacks        []Lack
	// Unfit is why the task cannot be done there whatever the runner may.
	Unfit []string
	// Beyond are powers that the runner has and the task has no use for.
	Beyond []grants.Need
	// Unasked is what could not be asked, so that nothing is known of it.
	Unasked []string
	Clock   time.Duration // how far the server's clock is ahead of ours
	Err     error         // why nothing is known
	needs   []grants.Need
	met     []mssql.Met
}

// Lack is a need that is not met, and the statements that meet it and give
// nothing else.
type Lack struct {
	grants.Need
	Name       string // of the permission, as the server calls it
	Statements []string
}

// Ready reports whether the task can be done in the site: everything that it takes
// was asked, and is there.
func (c Checkup) Ready() bool {
	return c.Err == nil && len(c.Lacks)+len(c.Unfit)+len(c.Unasked) == 0
}

// clockDoubt is how far apart two clocks may be.
const clockDoubt = 5 * time.Minute

// ClockDiffers reports whether the server's clock is so far from ours that dates,
// as of until, mean another day on one of them.
func (c Checkup) ClockDiffers() bool { return c.Clock.Abs() > clockDoubt }

// Doctor asks each site and its server, before anything else is done, whether the
// runner has what a task takes there. plan makes the plan that is to be applied,
// where the task is that and every site can be read.
func (f *Fleet) Doctor(ctx context.Context, task grants.Task, now func() time.Time, plan func() (*FleetPlan, error)) ([]Checkup, error) {
	out := make([]Checkup, len(f.Sites))
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) { out[i] = f.examine(ctx, s, task, now) })
	var failed error
	if task == grants.Apply && slices.ContainsFunc(out, Checkup.readable) {
		failed = f.examinePlan(ctx, out, plan)
	}
	for i := range out {
		out[i].conclude(task)
	}
	return out, failed
}

// readable reports whether the site's catalog can be read.
func (c Checkup) readable() bool {
	return c.Err == nil && c.Standing.Supported() && (len(c.met) == 0 || c.met[0] == mssql.IsMet)
}

// examine asks one site what looking takes, and of verify what the site's users
// take.
func (f *Fleet) examine(ctx context.Context, s policy.Site, task grants.Task, now func() time.Time) Checkup {
	c := Checkup{Site: s.Name, Server: s.Server}
	err := f.retry(ctx, s, func() error {
		return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) error {
			c.needs, c.met = nil, nil
			if err := c.ask(ctx, conn, append(grants.NeedsToLook(), grants.RunnerPowers()...)); err != nil {
				return err
			}
			c.Clock = c.Standing.Now.Sub(now().UTC())
			if task != grants.Verify || !c.readable() {
				return nil
			}
			snapshot, err := f.read(ctx, conn, s, nil)
			if err != nil {
				return err
			}
			c.Unasked = hiddenIn(snapshot)
			return c.ask(ctx, conn, grants.NeedsToAsk(f.AskedUsers(snapshot)))
		})
	})
	if err != nil {
		c.Err = &UnreadError{Site: s.Name, Err: f.toEnter(s, err), Alone: len(f.Sites) == 1}
	}
	return c
}

// toEnter adds to an error of a database that did not let the runner in the
// statement that would, if it is there and open: whoever is kept out is not told.
func (f *Fleet) toEnter(s policy.Site, err error) error {
	login := f.addressOf(s).User
	if !slices.Contains([]int32{916, 4060, 4063}, mssql.Number(err)) || login == "" {
		return err
	}
	return fmt.Errorf("%w; where the database is there, let the login in: %s", err, mssql.UserStatement(s.Database, login))
}

// ask adds the answers about some needs.
func (c *Checkup) ask(ctx context.Context, q mssql.Querier, needs []grants.Need) error {
	s, met, err := mssql.Ask(ctx, q, needs)
	if err == nil {
		c.Standing, c.needs, c.met = s, append(c.needs, needs...), append(c.met, met...)
	}
	return err
}

// AskedUsers are the users of a site under whose names verify asks: those as whom
// somebody may enter, but for the runner, who needs nothing to be themselves.
func (f *Fleet) AskedUsers(s *grants.Snapshot) []string {
	wanted, _ := f.Policy.Wanted(s)
	access := grants.NewAccessFor(s, wanted)
	groups := map[string]bool{}
	for _, p := range s.Principals {
		groups[p.Name] = p.Type.IsGroup()
	}
	return slices.DeleteFunc(access.Users(), func(user string) bool {
		in, _ := access.CanEnter(user)
		return in == grants.No || groups[user] || s.Collation.Equal(user, s.Runner.User)
	})
}

// examinePlan asks what the plan of each site takes.
func (f *Fleet) examinePlan(ctx context.Context, out []Checkup, plan func() (*FleetPlan, error)) error {
	fp, err := plan()
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		c, j := &out[i], -1
		if fp != nil {
			j = slices.IndexFunc(fp.Sites, func(p SitePlan) bool { return p.Site.Name == s.Name })
		}
		switch {
		case !c.readable():
			return
		case j < 0:
			c.Unasked = append(c.Unasked, "what the plan takes: there is none of this site")
			return
		case fp.Refusal() != nil || fp.Sites[j].Refused():
			c.Unasked = append(c.Unasked, "what the plan takes: a rule stops it, which grantree plan tells")
			return
		}
		c.Unasked = append(c.Unasked, hiddenIn(fp.Sites[j].Snapshot)...)
		needs := fp.needs(fp.Sites[j], f.AskedUsers(fp.Sites[j].Snapshot))
		err := f.retry(ctx, s, func() error {
			return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) error { return c.ask(ctx, conn, needs) })
		})
		if err != nil {
			c.Err = &UnreadError{Site: s.Name, Err: err, Alone: len(f.Sites) == 1}
		}
	})
	return err
}

// hiddenIn is what a DENY keeps the runner from seeing in a site, with what shows it.
func hiddenIn(s *grants.Snapshot) []string {
	var out []string
	for _, u := range mssql.Hidden(s) {
		text := u.What + ": " + u.Why
		for _, r := range u.Fix {
			text += "; " + mssql.Statement(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Name: s.Database}}) + " " + mssql.Statement(r)
		}
		out = append(out, text)
	}
	return out
}

// needs are what a site's plan takes there and on its server, with what verifying
// it afterwards does; users are who is asked about before.
func (fp *FleetPlan) needs(s SitePlan, users []string) []grants.Need {
	changes := s.Plan.Changes
	for _, c := range changes {
		switch c.Kind {
		case grants.DropUser:
			users = slices.DeleteFunc(users, func(u string) bool { return s.Snapshot.Collation.Equal(u, c.Principals[0]) })
		case grants.GrantConnect:
			users = append(users, c.Principals[0])
		}
	}
	out := slices.Concat(grants.NeedsToSend(s.Snapshot, changes), ledgerNeeds(s), grants.NeedsOfAsking(changes), grants.NeedsToAsk(users))
	if i := slices.IndexFunc(fp.Logins, s.wants); i >= 0 && fp.Logins[i].Database == "" {
		out = append(out, grants.NeedOfLogins(fp.Logins[i].Login))
	}
	for _, p := range append(slices.Clone(fp.Servers), fp.barredLogins...) {
		if p.Server == s.Site.Server {
			out = append(out, grants.NeedOfLogins(p.Changes[0].Login))
		}
	}
	if server, ok := serverOf(fp.Policy, s.Site); ok && fp.changesAudit(server) {
		out = append(out, grants.NeedOfAudits())
	}
	return grants.FoldNeeds(out)
}

// changesAudit reports whether a server's audit of log-ins changes, or would if the
// runner might change it.
func (fp *FleetPlan) changesAudit(server policy.Server) bool {
	return slices.ContainsFunc(fp.Audits, func(a AuditPlan) bool { return a.Server == server.Name && len(a.Changes) > 0 }) ||
		slices.ContainsFunc(fp.Findings, func(x finding.Finding) bool {
			return x.Code == finding.AuditNotChanged && x.Where == server.LoginAudit.Pos
		})
}

// conclude says what the answers come to.
func (c *Checkup) conclude(task grants.Task) {
	if c.Err != nil {
		return
	}
	c.unfit(task)
	powers := grants.RunnerPowers()
	look := len(grants.NeedsToLook())
	needed := slices.Concat(c.needs[:look], c.needs[look+len(powers):])
	lacking := map[grants.Need]bool{}
	for i, n := range c.needs {
		power := i >= look && i < look+len(powers)
		switch {
		case power && c.met[i] == mssql.IsMet && !wanted(needed, n):
			c.Beyond = append(c.Beyond, n)
		case power || c.met[i] == mssql.IsMet:
		case c.met[i] == mssql.NotAsked:
			c.Unasked = append(c.Unasked, fmt.Sprintf("%s on %s: the server does not answer about that name", n.Name(c.Standing.Modern()), n.On.Name))
		default:
			lacking[n] = true
		}
	}
	var lacks []grants.Need
	for _, n := range needed {
		if lacking[n] {
			lacks = append(lacks, n)
		}
	}
	for _, n := range grants.FoldNeeds(lacks) {
		c.Lacks = append(c.Lacks, Lack{Need: n, Name: n.Name(c.Standing.Modern()), Statements: mssql.NeedStatements(c.Standing, n)})
	}
	c.Beyond = foldPowers(c.Beyond, c.Standing)
	if c.met[0] != mssql.IsMet && task != grants.Look {
		c.Unasked = append(c.Unasked, "what else "+string(task)+" takes: the site cannot be read yet")
	}
}

// unfit says why the task cannot be done whoever runs it.
func (c *Checkup) unfit(task grants.Task) {
	s := c.Standing
	if !s.Supported() {
		what := s.Azure
		if what == "" {
			what = "SQL Server " + s.Version
		}
		c.Unfit = append(c.Unfit, fmt.Sprintf("the server is %s: grantree works with SQL Server 2016 and later", what))
	}
	if s.ReadOnly && task == grants.Apply {
		c.Unfit = append(c.Unfit, fmt.Sprintf("database %q is read-only, or a secondary: apply where it can be written, or leave the site out with --except", s.Database))
	}
}

// wanted reports whether a power is something that is needed, or is part of it:
// CONTROL on the database is all that there is of it.
func wanted(needed []grants.Need, power grants.Need) bool {
	return slices.ContainsFunc(needed, func(n grants.Need) bool {
		return n.On == power.On && (n.Permission == power.Permission || n.Permission == "CONTROL" && n.On == grants.Securable{})
	})
}

// foldPowers leaves out what the greatest of some powers stands for.
func foldPowers(list []grants.Need, s mssql.Standing) []grants.Need {
	if s.SysAdmin || len(list) > 0 && list[0].Permission == "CONTROL SERVER" {
		return list[:min(len(list), 1)]
	}
	i := slices.IndexFunc(list, func(n grants.Need) bool { return n.Permission == "CONTROL" })
	if i < 0 {
		return list
	}
	return list[:i+1]
}

// RunnerServers are the servers of the run with what the script that makes a
// runner's role names there. Of verify each site is read, for its users.
func (f *Fleet) RunnerServers(ctx context.Context, task grants.Task, login string) ([]mssql.RunnerServer, error) {
	users := make([][]string, len(f.Sites))
	if task == grants.Verify {
		for i, r := range f.Read(ctx) {
			s, err := r.load()
			if r.Err != nil || err != nil {
				return nil, errors.Join(r.Err, err)
			}
			users[i] = slices.DeleteFunc(f.AskedUsers(s), func(u string) bool { return s.Collation.Equal(u, login) })
		}
	}
	var out []mssql.RunnerServer
	for _, server := range f.Policy.Servers {
		one := mssql.RunnerServer{Server: server.Name, Audits: server.LoginAudit.Path != "", Logins: f.changesLogins()}
		for i, s := range f.Sites {
			if s.Server == server.Name {
				one.Sites = append(one.Sites, mssql.RunnerSite{Site: s.Name, Database: s.Database, Users: users[i]})
			}
		}
		if len(one.Sites) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// changesLogins reports whether the policy has logins made, or taken over so that
// they are disabled when their people leave.
func (f *Fleet) changesLogins() bool {
	return len(f.Policy.Settings.AdoptLogins) > 0 || slices.ContainsFunc(f.Policy.Users, func(u *policy.User) bool { return u.NewLogin })
}
