package sites

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
)

// ObstacleError is why a site's plan cannot be carried out although it breaks
// no rule. It is known, and said, before anything is sent, and stops that site
// alone.
type ObstacleError struct {
	Site, Reason, Fix string
	Outcome           Outcome // NoRight or ReadOnly
}

func (e *ObstacleError) Error() string {
	return fmt.Sprintf("site %q: %s; %s", e.Site, e.Reason, e.Fix)
}

// obstacles says what the server would say half way.
func obstacles(s SitePlan) []*ObstacleError {
	if s.Plan.Empty() {
		return nil
	}
	var out []*ObstacleError
	r := s.Snapshot.Runner
	switch {
	case s.Snapshot.Secondary:
		out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: ReadOnly, Reason: fmt.Sprintf("database %q is a secondary replica of its availability group here, which cannot be changed", s.Snapshot.Database),
			Fix: fmt.Sprintf("name the group's listener in the url of server %q, without ApplicationIntent=ReadOnly, or leave the site out with --except %s", s.Site.Server, finding.Argument(s.Site.Name))})
	case s.Snapshot.ReadOnly:
		out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: ReadOnly, Reason: fmt.Sprintf("database %q is read-only", s.Snapshot.Database),
			Fix: fmt.Sprintf("make it writable, or leave the site out with --except %s: %s", finding.Argument(s.Site.Name), mssql.Statement(grants.Remedy{Kind: grants.RemedySetDatabase, On: grants.Securable{Class: "DATABASE", Name: s.Snapshot.Database}, Option: "READ_WRITE"}))})
	}
	if !r.CanControl {
		if lacks := grants.Lacking(s.Snapshot, grants.FoldNeeds(append(grants.NeedsToSend(s.Snapshot, s.Plan.Changes), ledgerNeeds(s)...))); len(lacks) > 0 {
			return append(out, lackObstacle(s, lacks))
		}
	}
	return append(out, denied(s)...)
}

// lackObstacle says what the runner may not do in a site, with the statements that
// give that and nothing else. Of many the first is told, and how many there are.
func lackObstacle(s SitePlan, lacks []grants.Need) *ObstacleError {
	r, n := s.Snapshot.Runner, lacks[0]
	more := ""
	if len(lacks) > 1 {
		more = fmt.Sprintf(" (and %d more: see grantree doctor --for apply)", len(lacks)-1)
	}
	return &ObstacleError{Site: s.Site.Name, Outcome: NoRight, Fix: "give it that: " + strings.Join(mssql.NeedStatements(standingOf(s.Snapshot), n), " "),
		Reason: fmt.Sprintf("login %q lacks %s on %s, in %q, which %s takes%s", r.Login, n.Name(true), n.On.Words(), s.Snapshot.Database, n.For, more)}
}

// standingOf is the runner in a site as it was read.
func standingOf(s *grants.Snapshot) mssql.Standing {
	out := mssql.Standing{Login: s.Runner.Login, Database: s.Database, Version: s.Version}
	if s.Runner.UserID != grants.PublicID && s.Runner.UserID != grants.GuestID {
		out.User = s.Runner.User
	}
	return out
}

// denied finds what the runner is denied in the database that the plan needs:
// a DENY beats db_owner, and nothing but sysadmin and dbo is above it
// (reference C.1).
func denied(s SitePlan) []*ObstacleError {
	r := s.Snapshot.Runner
	if r.SysAdmin || r.UserID == grants.DboID {
		return nil
	}
	var out []*ObstacleError
	for _, row := range s.Snapshot.Permissions {
		if row.Class != grants.ClassDatabase || row.State != grants.Denied || !needed(s.Plan, row.Name) {
			continue
		}
		i := slices.IndexFunc(s.Snapshot.Principals, func(p grants.Principal) bool { return p.ID == row.Grantee })
		if i < 0 || !reaches(s.Snapshot, s.Snapshot.Principals[i]) {
			continue
		}
		name := s.Snapshot.Principals[i].Name
		out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: NoRight,
			Reason: fmt.Sprintf("login %q needs %s in database %q, which is denied to %q, and a DENY beats db_owner", r.Login, row.Name, s.Snapshot.Database, name),
			Fix:    "run grantree as another login, or take that back: " + mssql.Statement(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Name: s.Snapshot.Database}}) + " " + mssql.Statement(grants.Remedy{Kind: grants.RemedyRevoke, Permissions: []string{row.Name}, Principal: name})})
	}
	return out
}

// needed reports whether a plan has a change that asks for a permission on the
// database (reference B.8, D.3).
func needed(p *grants.Plan, permission string) bool {
	kinds := map[string][]grants.Kind{
		"ALTER ANY USER": {grants.CreateUser, grants.DropUser},
		"ALTER ANY ROLE": {grants.DropRole, grants.AddMember, grants.DropMember},
	}[permission]
	return slices.ContainsFunc(p.Changes, func(c grants.Change) bool { return slices.Contains(kinds, c.Kind) })
}

// reaches reports whether a principal is in the runner's token: their user,
// public, and the roles they are in.
func reaches(s *grants.Snapshot, p grants.Principal) bool {
	return p.ID == s.Runner.UserID || p.ID == grants.PublicID || p.Type == grants.DatabaseRole && grants.NewAccess(s).In(s.Runner.User, p.Name)
}

// loginObstacles gives each site the obstacles of the logins that it wants.
func (fp *FleetPlan) loginObstacles() {
	for _, obstacle := range append(cannotLogin(fp), readableLogins(fp)...) {
		i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == obstacle.Site })
		fp.Sites[i].Obstacles = append(fp.Sites[i].Obstacles, obstacle)
	}
}

// entraLogins reports whether servers of a version have logins FROM EXTERNAL
// PROVIDER: SQL Server 2022, which is 16, and later.
func entraLogins(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err != nil || n >= 16
}

// cannotLogin is the obstacles of a runner who has to make logins and may not:
// they stop every site that wants one.
func cannotLogin(fp *FleetPlan) []*ObstacleError {
	var out []*ObstacleError
	for _, l := range fp.Logins {
		for _, s := range fp.Sites {
			if l.Type == grants.ExternalUser && s.wants(l) && !entraLogins(s.known().head.Version) {
				out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: NoRight, Fix: "give the person a login of another kind, or none on this server",
					Reason: fmt.Sprintf("server %q is of version %s, and logins of Entra take SQL Server 2022", l.Server, s.known().head.Version)})
				continue
			}
			if r := s.known().head.Runner; !r.CanLogin && s.wants(l) {
				out = append(out, &ObstacleError{Site: s.Site.Name, Outcome: NoRight, Fix: "give it that: " + mssql.Statement(grants.NeedOfLogins(l.Login).Remedy(r.Login, r.Login, true)) + " Or make the login first",
					Reason: fmt.Sprintf("login %q may not make login %q on server %q", r.Login, l.Login, l.Server)})
			}
		}
	}
	return out
}
