package sites

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/journal"
	"grantree/ledger"
	"grantree/policy"
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
		row, err := ledger.ParseLast(d.Ledger)
		if err != nil { // it names none
			row = ledger.Last{}
		}
		truth, err := f.truth(ctx, site, now, row, d.Before, d.After)
		if err != nil {
			out[i].Why = err.Error()
			continue
		}
		if out[i].As = truth.as; truth.moved {
			out[i].Why = changedSince
		}
	}
	return out
}

const changedSince = "somebody has changed the site since"

// truth is what became of a commit.
type truth struct {
	as    journal.As // before, after or neither
	moved bool       // the site is not what it would be by that alone
}

// truth says what became of a commit by a site as it was read under its lock: by the
// row that stands for the commit in the site's ledger, else by what the site was before
// it and what it was to be, as fingerprints. A site may be as it was because somebody
// undid the commit, and as it was to be because somebody did the same by hand.
func (f *Fleet) truth(ctx context.Context, site policy.Site, now *grants.Snapshot, row ledger.Last, before, after string) (truth, error) {
	says, err := f.ledgerSays(ctx, site, now, row)
	if err != nil {
		return truth{}, err
	}
	is := journal.Neither
	switch now.Fingerprint() {
	case before:
		is = journal.Before
	case after:
		is = journal.After
	}
	if says == "" {
		return truth{is, is == journal.Neither}, nil
	}
	return truth{says, says != is || is == journal.Neither}, nil
}

// ledgerSays says by a site's ledger what became of the commit that a row of it stands
// for; "" where there is no such row or no ledger. Another row in its place is neither.
func (f *Fleet) ledgerSays(ctx context.Context, site policy.Site, now *grants.Snapshot, row ledger.Last) (journal.As, error) {
	table := f.ledgerTable()
	if table == nil || row.Sequence == 0 || !now.HasLedger(table) {
		return "", nil
	}
	db, err := f.pool(site)
	if err != nil {
		return "", err
	}
	if ctx.Err() != nil { // of a run that was told to stop: see look
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lookFor)
		defer cancel()
	}
	hash := ""
	err = f.retry(ctx, site, func() error {
		return mssql.WithConn(ctx, db, func(conn *sql.Conn) (err error) {
			hash, err = mssql.LedgerHash(ctx, conn, table, row.Sequence)
			return err
		})
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("the ledger %s cannot be read: %w", table.Name(), err)
	case hash == row.Hash:
		return journal.After, nil
	case hash == "":
		return journal.Before, nil
	}
	return journal.Neither, nil
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
