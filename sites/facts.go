package sites

import (
	"slices"

	"grantree/audit"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// facts are what the fleet keeps of a site once it is planned: all that is asked
// of it beside other sites, so that its snapshot, what is wanted there and its
// changes can go.
type facts struct {
	head   *grants.Snapshot // the site without its lists
	views  []string         // that grantree manages there
	rows   int              // of the snapshot
	users  int              // of whom rule 5 takes a share
	agreed int              // of those who lose: see grants.Snapshot.Agreed

	changes, statements, naive int
	differs                    bool // something changes beside marks
	enters                     bool // somebody is let in
	fingerprint                string
	people                     grants.People
	logins                     []grants.NewLogin   // that its users wait for
	own                        []NewLogin          // users that get a password of the site's own
	needs                      grants.NeededLogins // logins by which it makes users
	ours                       []string            // SIDs of grantree's logins on the server, where one of those is to be made
	out                        []putOut
	renamed                    []string // people of the policy who get another name there, or whose login does
	left                       *grants.Left
	mismatches                 finding.List
	stranding                  finding.List       // see grants.Stranding
	plan                       digest             // see ofPlan
	texts                      []string           // the statements of the plan, where PlanOptions.Seal asks for them
	touches                    touches            // the same, and where the policy says which plans need an approval
	effects                    string             // the digest of who gains and loses what; the same
	deeds                      []audit.Deed       // by which it differs from the policy; where PlanOptions.Drift asks for them
	undone                     []string           // by what it differs beside; the same
	recreated                  []grants.Recreated // what is given back, where PlanOptions.Part says so
	unverified                 finding.List       // what could not be asked; the same
}

// putOut is a user whom a plan drops, or does not let connect any more.
type putOut struct {
	sid   string
	login grants.Login // the zero Login where it is not known
	known bool
	cause grants.Cause
}

// extract takes from a site's plan what the fleet keeps. people are those of the
// policy who may get another name.
func extract(s SitePlan, people []*policy.User) *facts {
	f := &facts{head: headOf(s.Snapshot), mismatches: s.Judged.Mismatches, changes: len(s.Plan.Changes), statements: s.Plan.Statements(), naive: s.Plan.Naive,
		fingerprint: s.Plan.Fingerprint, people: s.Plan.People, logins: s.Plan.Logins, left: s.Plan.Left, own: s.newUsers()}
	if s.Wanted != nil {
		f.views = s.Wanted.Views
	}
	if s.Snapshot == nil { // of a test that is about something else
		s.Snapshot = &grants.Snapshot{}
	}
	if f.needs = s.Plan.Needs(s.Snapshot); f.needs.Make() {
		for _, l := range s.Snapshot.Logins {
			if mssql.MadeLogin(l.SID) {
				f.ours = append(f.ours, l.SID)
			}
		}
		slices.Sort(f.ours)
	}
	f.users, f.rows, f.differs = s.Snapshot.Users(), rowsOf(s.Snapshot), len(s.Plan.Logins) > 0
	for _, c := range s.Plan.Changes {
		f.differs, f.enters = f.differs || !c.Kind.Marks(), f.enters || c.LetsIn()
		switch c.Kind {
		case grants.DropUser, grants.RevokeConnect:
			f.out = append(f.out, outOf(s.Snapshot, c))
		}
	}
	for _, u := range people {
		if renames(s, u) {
			f.renamed = append(f.renamed, u.Name)
		}
	}
	return f
}

// headOf is a snapshot without its lists.
func headOf(s *grants.Snapshot) *grants.Snapshot {
	if s == nil {
		return &grants.Snapshot{}
	}
	head := *s
	head.Properties, head.Principals, head.Members, head.Permissions, head.Schemas, head.Views, head.Objects, head.Dependencies = nil, nil, nil, nil, nil, nil, nil, nil
	head.Logins, head.ServerMembers, head.ServerPermissions = nil, nil, nil
	return &head
}

// outOf is who is put out by a change.
func outOf(s *grants.Snapshot, c grants.Change) putOut {
	var out putOut
	if len(c.Causes) > 0 {
		out.cause = c.Causes[0]
	}
	i := slices.IndexFunc(s.Principals, func(p grants.Principal) bool { return s.Collation.Equal(p.Name, c.Principals[0]) })
	if i >= 0 {
		out.sid = s.Principals[i].SID
	}
	out.login, out.known = loginOf(s, c.Principals[0])
	return out
}

// renames reports whether somebody gets another name by a site's plan: their user,
// or their login on its server.
func renames(s SitePlan, u *policy.User) bool {
	user := slices.ContainsFunc(s.Plan.Changes, func(c grants.Change) bool { return c.Kind == grants.RenameUser && c.Principals[0] == u.Name })
	named := func(name string) bool {
		return name != "" && slices.ContainsFunc(s.Snapshot.Logins, func(l grants.Login) bool { return !l.IsRole() && s.Snapshot.ServerCollation.Equal(l.Name, name) })
	}
	here := slices.ContainsFunc(s.Wanted.Users, func(w grants.WantedUser) bool { return w.Name == u.Name })
	return user || here && named(u.LoginBefore()) && !named(u.Login)
}

// mayRename are the people of the policy who had another name.
func mayRename(p *policy.Policy) []*policy.User {
	return slices.DeleteFunc(slices.Clone(p.Users), func(u *policy.User) bool { return u.Was == "" && u.LoginBefore() == "" })
}

// rule5 is what rule 5 has to say of a site's plan.
func (f *facts) rule5(site string, g grants.Guard) finding.List {
	if f.changes == 0 {
		return nil
	}
	return append(grants.Loss(site, f.users, len(f.people.Lose)-f.agreed, g), f.stranding...)
}

// known are a site's facts.
func (s SitePlan) known() *facts {
	if s.facts == nil { // of a plan that was put together by hand
		return extract(s, nil)
	}
	return s.facts
}

// Empty reports whether the site already is what the policy says.
func (s SitePlan) Empty() bool { return s.known().changes == 0 }

// Differs reports whether something has to change in the site beside grantree's own
// marks, which change nothing for anybody.
func (s SitePlan) Differs() bool { return s.known().differs }

// Statements returns how many statements the site's plan sends.
func (s SitePlan) Statements() int { return s.known().statements }

// Naive returns how many statements one for each permission, role and view would
// be.
func (s SitePlan) Naive() int { return s.known().naive }

// Fingerprint names the state that the site's plan was made for.
func (s SitePlan) Fingerprint() string { return s.known().fingerprint }

// People says what becomes of the site's people.
func (s SitePlan) People() grants.People { return s.known().people }

// Left is what the site's mode leaves undone; nil where that is nothing.
func (s SitePlan) Left() *grants.Left { return s.known().left }

// Views are those of the site that grantree manages.
func (s SitePlan) Views() []string { return s.known().views }

// hasSID reports whether the site has a user of a SID.
func (s SitePlan) hasSID(sid string) bool {
	if s.Snapshot == nil {
		return s.kept.hasSID(sid)
	}
	return hasSID(s.Snapshot, sid)
}

// held is the site's accounts: at least what mssql.Held reads.
func (s SitePlan) held() *grants.Snapshot {
	if s.Snapshot == nil {
		return s.kept.held()
	}
	return s.Snapshot
}
