package sites

import (
	"context"
	"slices"

	"grantree/grants"
	"grantree/journal"
	"grantree/sql/mssql"
)

// Settle looks what became of commits that other runs asked for and of which none wrote
// down what came of them, each under its site's lock. It changes nothing.
func (f *Fleet) Settle(ctx context.Context, doubts []journal.Doubt) []journal.SiteTruth {
	out := make([]journal.SiteTruth, len(doubts))
	for i, d := range doubts {
		out[i] = journal.SiteTruth{Site: d.Site, Line: d.Line, As: journal.Unseen}
		site, ok := f.Policy.Site(d.Site)
		if !ok || site.Retired {
			out[i].As, out[i].Why = journal.Neither, "the policy has no such site any more"
			continue
		}
		now, err := f.lookAt(ctx, site.Name)
		if err != nil {
			out[i].Why = err.Error()
			continue
		}
		switch now.Fingerprint() {
		case d.Before:
			out[i].As = journal.Before
		case d.After:
			out[i].As = journal.After
		default:
			out[i].As, out[i].Why = journal.Neither, "somebody has changed the site since"
		}
	}
	return out
}

// lookAt reads a site of the policy under its lock.
func (f *Fleet) lookAt(ctx context.Context, name string) (now *grants.Snapshot, err error) {
	site, _ := f.Policy.Site(name)
	db, err := f.pool(site)
	if err != nil {
		return nil, err
	}
	err = f.retry(ctx, site, func() (err error) {
		now, err = mssql.Look(ctx, db, site.Name, site.Server)
		return err
	})
	return now, err
}

// LoginStands says whether an act on a login of a server was done, by what was read of
// it for the plan.
func (fp *FleetPlan) LoginStands(server string, a journal.LoginAct) journal.As {
	s := fp.anyOf(server)
	if s == nil {
		return journal.Unseen
	}
	return loginStands(s, a)
}

// loginStands is the same of a site of the server that shows its logins.
func loginStands(s *grants.Snapshot, a journal.LoginAct) journal.As {
	i := slices.IndexFunc(s.Logins, func(l grants.Login) bool {
		return !l.IsRole() && (a.SID != "" && l.SID == a.SID || a.SID == "" && s.ServerCollation.Equal(l.Name, a.Login))
	})
	there := i >= 0
	done := map[bool]journal.As{true: journal.After, false: journal.Before}
	switch {
	case a.Kind == journal.CreateLogin:
		return done[there]
	case a.Kind == grants.DropLogin:
		return done[!there]
	case !there:
		return journal.Neither
	case a.Kind == grants.RenameLogin:
		return done[s.Logins[i].Name == a.To]
	}
	return done[s.Logins[i].Disabled == (a.Kind == grants.DisableLogin)]
}
