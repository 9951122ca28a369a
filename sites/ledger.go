package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/ledger"
	"grantree/policy"
	"grantree/seal"
	"grantree/sql/mssql"
)

// ledgerTable is the table of the sites' ledgers, or nil where the policy asks for
// none.
func (f *Fleet) ledgerTable() *grants.WantedLedger { return f.Policy.WantedLedger() }

// ledgerJob is the row that a site's ledger gets with its plan; nil for none. The
// digest of the plan is the one that a sealed plan has.
// last becomes the row that was written last.
func (f *Fleet) ledgerJob(site string, ev Events, last *ledger.Last) *mssql.LedgerJob {
	table := f.ledgerTable()
	if table == nil {
		return nil
	}
	return &mssql.LedgerJob{Table: table, Run: f.Run.ID, Digest: seal.Digest, BeforeCommit: func(row ledger.Last) error {
		if *last = row; ev.Ledger == nil {
			return nil
		}
		return ev.Ledger(site, row)
	}}
}

// scriptRun is the run that rows name which a script wrote.
const scriptRun = "script"

// ScriptLedger is the row that a script writes to a site's ledger; nil for none.
func ScriptLedger(s SitePlan) *mssql.LedgerJob {
	if s.Wanted == nil || s.Wanted.Ledger == nil {
		return nil
	}
	return &mssql.LedgerJob{Table: s.Wanted.Ledger, Run: scriptRun, Digest: seal.Digest}
}

// ledgerNeeds are what writing the ledger takes of a runner, where a plan does not
// make it.
func ledgerNeeds(s SitePlan) []grants.Need {
	made := func(c grants.Change) bool { return c.Kind == grants.CreateLedger }
	if s.Wanted == nil || s.Wanted.Ledger == nil || s.Plan.Empty() || slices.ContainsFunc(s.Plan.Changes, made) {
		return nil
	}
	return grants.NeedsOfLedger(s.Wanted.Ledger)
}

// LedgerInsert is the statement that each site's transaction ends with, or "" where
// the policy asks for no ledger.
func (fp *FleetPlan) LedgerInsert() string {
	if table := fp.Policy.WantedLedger(); table != nil {
		return mssql.LedgerInsert(table)
	}
	return ""
}

// NoLedgerError says that the policy asks for no ledger.
type NoLedgerError struct{}

func (*NoLedgerError) Error() string {
	return `the policy asks for no ledger: add [ledger] table = "grantree.ledger" to it, and apply`
}

// LedgerCheck is what there is to say of one site's ledger.
type LedgerCheck struct {
	Site, Table, Database string
	// There is false where the site has no such table.
	There   bool
	Verdict ledger.Verdict
	// Entries of the rows are not kept: First and End are the times of the first and
	// the last of them.
	First, End time.Time
	// Open are who may write the ledger and should not, and what leads to it; Power is
	// who could rewrite it all the same.
	Open, Power finding.List
	// Engine is the statement by which the server proves a ledger of its own; "" where
	// the policy asks for none.
	Engine string
	Err    error // why nothing is known
}

// Whole reports whether the ledger was read, and its rows are as they were written.
func (c LedgerCheck) Whole() bool { return c.Err == nil && c.Verdict.Whole() }

// CheckLedgers reads the ledger of each site and proves its chain. known are the last
// rows of a site's ledger that are remembered elsewhere, each of a transaction that
// is known to have been committed; nil where nothing is. Its error is a
// *NoLedgerError.
func (f *Fleet) CheckLedgers(ctx context.Context, known func(site string) []ledger.Last, now time.Time) ([]LedgerCheck, error) {
	table := f.ledgerTable()
	if table == nil {
		return nil, &NoLedgerError{}
	}
	out := make([]LedgerCheck, len(f.Sites))
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		var remembered []ledger.Last
		if known != nil {
			remembered = known(s.Name)
		}
		err := f.retry(ctx, s, func() error {
			return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) (err error) {
				out[i], err = f.checkLedger(ctx, conn, s, table, remembered, now)
				return err
			})
		})
		out[i].Site, out[i].Table = s.Name, table.Name()
		if err != nil {
			out[i].Err = &UnreadError{Site: s.Name, Err: err, Alone: len(f.Sites) == 1}
		}
	})
	return out, nil
}

// checkLedger reads one site, and its ledger where it has one.
func (f *Fleet) checkLedger(ctx context.Context, conn *sql.Conn, site policy.Site, table *grants.WantedLedger, known []ledger.Last, now time.Time) (LedgerCheck, error) {
	var out LedgerCheck
	s, err := f.read(ctx, conn, site, nil)
	if err != nil {
		return out, err
	}
	if wrong := s.WrongLedger(table, mssql.Statement); len(wrong) > 0 {
		return out, fmt.Errorf("the ledger cannot be read: %s", wrong[0].Message)
	}
	wanted, _ := f.Policy.Wanted(s)
	judged := grants.Judge(s, wanted, f.Policy.Accepts(site.Name, now), mssql.Statement)
	of := func(l finding.List, codes ...string) finding.List {
		return slices.DeleteFunc(slices.Clone(l), func(x finding.Finding) bool { return !slices.Contains(codes, x.Code) })
	}
	out.Database = s.Database
	out.Open, out.Power = of(judged.Mismatches, finding.LedgerOpen, finding.LedgerWay), of(judged.Notes, finding.LedgerPower)
	if table.Engine {
		out.Engine = mssql.LedgerVerification
	}
	c := ledger.NewChecker(known)
	if out.There = s.HasLedger(table); out.There {
		err = mssql.ReadLedger(ctx, conn, table, func(r ledger.Row) {
			if out.End = r.Time(); out.First.IsZero() {
				out.First = out.End
			}
			c.Add(r)
		})
	}
	if err == nil { // of one that was not read nothing is said
		out.Verdict = c.Done()
	}
	if mssql.Lacking(err) {
		err = &mssql.ServerError{Number: mssql.Number(err), Sentence: fmt.Sprintf("login %q may not read the ledger %s: it needs SELECT on it", s.Runner.Login, table.Name()),
			Mend: strings.TrimSuffix(strings.Join(mssql.NeedStatements(standingOf(s), grants.NeedsOfLedger(table)[1]), " "), ";")}
	}
	return out, err
}

// LedgersError is what checked ledgers come to: the errors of those that could not
// be read, and a *DifferenceError where a chain does not hold.
func LedgersError(checks []LedgerCheck) error {
	var failed FailedError
	broken := false
	for _, c := range checks {
		if c.Err != nil {
			failed.Sites = append(failed.Sites, SiteError{Site: c.Site, Err: c.Err})
		}
		broken = broken || !c.Verdict.Whole()
	}
	var errs []error
	if len(failed.Sites) > 0 {
		errs = append(errs, &failed)
	}
	if broken {
		errs = append(errs, &DifferenceError{Message: "a ledger is not as it was written"})
	}
	return errors.Join(errs...)
}
