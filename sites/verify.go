package sites

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Verified is what there is to say of one site: what its server answered, held
// to the policy and the model, and everybody who can reach a view.
type Verified struct {
	Site       string
	Users      int          // people the server answered for
	Asked      int          // those of them that it was asked about, the others being the same to it
	Answers    int          // questions it answered: asked × views × four permissions
	Mismatches finding.List // the policy neither gives nor accepts it, or gives what is not there
	Unverified finding.List // what could not be asked, so that nothing is known of it
	Notes      finding.List
	// Missing are the views that the policy reaches and the site lacks: of these
	// nothing was asked.
	Missing finding.List
	Tests   []policy.TestResult
	Outcome Outcome // why the site was not asked; empty where it was
	Err     error   // why it could not be asked
	names   policy.SiteNames
}

// OK reports whether the site is as the policy says: it could be asked about
// everything and all of it agreed.
func (v Verified) OK() bool {
	return v.Outcome == "" && v.Err == nil && len(v.Mismatches) == 0 && len(v.Unverified) == 0 && len(v.Failed()) == 0
}

// Failed returns the policy tests that failed.
func (v Verified) Failed() []policy.TestResult {
	return slices.DeleteFunc(slices.Clone(v.Tests), func(t policy.TestResult) bool { return t.Pass })
}

// Verify asks every site's server, under users' own names, whom it takes them
// for and what they may do on each view that the policy manages, and judges what
// impersonation cannot see from what is read: the proof after an apply, and the
// alarm in between. Of users whom the server cannot tell apart one is asked,
// unless Options.EveryUser says otherwise; each is held to the answers.
// now decides which outsiders are accepted. Given the results of an apply it
// asks the sites that these say are done, but for those that the apply verified
// itself; the others keep their word.
func (f *Fleet) Verify(ctx context.Context, now time.Time, after ...Result) []Verified {
	out := make([]Verified, len(f.Sites))
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		f.begins(StageVerifying, s)
		defer func() { f.wasVerified(out[i]) }()
		if j := slices.IndexFunc(after, func(r Result) bool { return r.Site == s.Name }); j >= 0 && !after[j].Outcome.Done() {
			out[i] = Verified{Site: s.Name, Outcome: after[j].Outcome}
			return
		}
		if j := slices.IndexFunc(after, func(r Result) bool { return r.Site == s.Name }); j >= 0 && after[j].Verified != nil {
			out[i] = *after[j].Verified
			return
		}
		out[i] = *f.verifyOne(ctx, s, now)
	})
	return out
}

// verifyOne verifies one site.
func (f *Fleet) verifyOne(ctx context.Context, s policy.Site, now time.Time) *Verified {
	var v Verified
	err := f.retry(ctx, s, func() error {
		return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) (err error) {
			v, err = f.verifySite(ctx, conn, s, now)
			return err
		})
	})
	v.Site = s.Name
	if err != nil {
		v.Outcome, v.Err = absence(err), &UnreadError{Site: s.Name, Err: err, Alone: len(f.Sites) == 1}
		if errors.Is(err, context.Canceled) {
			v.Outcome = Stopped
		}
	}
	return &v
}

// CheckNames judges the names that the policy writes by the sites that answered.
// What it finds is about the policy, not about one site.
func (f *Fleet) CheckNames(results []Verified) finding.List {
	var read []policy.SiteNames
	for _, v := range results {
		if v.Outcome == "" && v.Err == nil {
			read = append(read, v.names)
		}
	}
	return checkNames(f.Policy, read, f.FromCatalog)
}

// VerifiedError is what verified sites come to: the errors of those that could
// not be asked, and a *DifferenceError where something is not as the policy says
// or not known to be. names is what CheckNames found.
func VerifiedError(results []Verified, names finding.List) error {
	var failed []error
	differs, unknown := names.HasErrors(), false
	for _, v := range results {
		if v.Err != nil {
			failed = append(failed, v.Err)
		}
		differs = differs || len(v.Mismatches)+len(v.Failed()) > 0
		unknown = unknown || len(v.Unverified) > 0
	}
	switch {
	case differs:
		failed = append(failed, &DifferenceError{Message: notAsThePolicySays})
	case unknown:
		failed = append(failed, &DifferenceError{Message: "not everything could be verified"})
	}
	return errors.Join(failed...)
}

// verifySite reads the site and asks about its users on one connection.
func (f *Fleet) verifySite(ctx context.Context, conn *sql.Conn, site policy.Site, now time.Time) (Verified, error) {
	s, err := f.read(ctx, conn, site, nil)
	if err != nil {
		return Verified{}, err
	}
	return VerifySnapshot(f.Policy, s, now, func(users []string, managed func(string) bool) ([]grants.Reply, []string, error) {
		if f.options.EveryUser {
			return mssql.Probe(ctx, conn, s, users, managed)
		}
		return probeAlike(ctx, conn, s, users, managed)
	})
}

// VerifySnapshot holds a site to the policy as it was read, with what ask says
// that these users may do on the views that managed tells: as mssql.Probe, the
// answers and the views that could not be asked about. Its errors are those of
// the policy in this site and of ask.
func VerifySnapshot(p *policy.Policy, s *grants.Snapshot, now time.Time,
	ask func(users []string, managed func(view string) bool) ([]grants.Reply, []string, error)) (Verified, error) {
	wanted, findings := p.Wanted(s)
	isForeign := func(x finding.Finding) bool { return x.Code == finding.NotTheApplication }
	foreign := slices.DeleteFunc(slices.Clone(findings), func(x finding.Finding) bool { return !isForeign(x) })
	findings = slices.DeleteFunc(findings, isForeign)
	if err := findings.Err(); err != nil {
		return Verified{}, err
	}
	survey := grants.NewSurvey(s)
	access := survey.Access(wanted)
	answers, unasked, err := ask(access.Users(), managedViews(s, wanted))
	if err != nil {
		return Verified{}, err
	}
	judged := survey.Judge(wanted, p.Accepts(s.Site, now), mssql.Statement)
	_, _, opened := p.Openings(s, wanted)
	judged.Add(opened)
	compared := grants.CompareReplies(access, wanted, p.Catalog.Schema, answers, unasked, judged.Accepted)
	v := verdict(access, judged, compared, unasked, s.Site)
	v.names = p.Beyond(s, wanted)
	v.Mismatches = append(v.Mismatches, foreign...).Sorted()
	v.Missing = slices.DeleteFunc(findings.Sorted(), func(x finding.Finding) bool { return x.Code != finding.ViewMissing })
	v.Tests = p.RunTestsWith([]policy.SiteCheck{{Snapshot: s, Wanted: wanted}}, heard(access, s.Collation, p.Catalog.Schema, answers, unasked))
	return v, nil
}

// verdict puts together what was judged from the snapshot and what the server
// answered.
func verdict(a *grants.Access, j grants.Judgement, c grants.Compared, unasked []string, site string) Verified {
	v := Verified{Users: c.Accounts, Asked: c.Asked, Answers: c.Answers, Mismatches: j.Mismatches, Unverified: j.Unverified, Notes: j.Notes}
	v.Mismatches = append(v.Mismatches, c.Differences...)
	for user, beyond := range c.Beyond {
		if !about(j.Mismatches, user) {
			v.Mismatches = append(v.Mismatches, beyond...)
		}
	}
	for _, name := range unasked {
		v.Unverified.Warnf(finding.ViewNotAsked, finding.Pos{}, "give the view a shorter name, or see its rows in sys.database_permissions",
			"site %q: the server cannot be asked about %s: its name is too long for HAS_PERMS_BY_NAME", site, name)
	}
	for _, x := range c.Silent {
		if in, _ := a.CanEnter(x.User); in == grants.No || about(slices.Concat(j.Mismatches, j.Unverified, j.Notes), x.User) {
			continue // nobody enters as it, or it was judged from what is read
		}
		v.Unverified.Warnf(finding.UserNotVerified, finding.Pos{}, "see whether the login of that user still exists",
			"site %q: the server does not answer for %q: %s", site, x.User, x.Refused)
	}
	v.Mismatches, v.Unverified, v.Notes = graded(v.Mismatches, finding.Error), graded(v.Unverified, finding.Warning), v.Notes.Sorted()
	return v
}

// graded is a list in order, all of one severity: what a plan only warns of is
// an error of a verification.
func graded(l finding.List, s finding.Severity) finding.List {
	out := slices.Clone(l)
	for i := range out {
		out[i].Severity = s
	}
	return out.Sorted()
}

// about reports whether a finding of a list names somebody.
func about(l finding.List, name string) bool {
	quoted := strconv.Quote(name)
	return slices.ContainsFunc(l, func(f finding.Finding) bool { return strings.Contains(f.Message, quoted) })
}

// managedViews returns a test for the views whose access the policy speaks of.
func managedViews(s *grants.Snapshot, w *grants.Wanted) func(string) bool {
	set := map[string]bool{}
	for _, name := range w.Views {
		set[s.Collation.Key(name)] = true
	}
	return func(view string) bool { return set[s.Collation.Key(view)] }
}

// heard answers the policy's tests from what the server said, and from the model
// where the server could not be asked. A view without a schema is the one that
// the policy manages.
func heard(a *grants.Access, c grants.Collation, schema string, answers []grants.Reply, unasked []string) func(site, user, view string) catalog.Permissions {
	var said map[string]grants.Reply                      // made when first asked for
	folded := map[string]map[string]catalog.Permissions{} // what was said, by view, of who was asked
	return func(_, user, view string) catalog.Permissions {
		if said == nil {
			said = make(map[string]grants.Reply, len(answers))
			for _, x := range answers {
				said[c.Key(x.User)] = x
			}
		}
		name := schema + "." + view
		x, ok := said[c.Key(user)]
		if !ok || x.Refused != "" || slices.ContainsFunc(unasked, func(v string) bool { return c.Equal(v, name) }) {
			may, _ := a.Of(user, name)
			return may
		}
		asked := cmp.Or(x.Like, x.User)
		if folded[asked] == nil {
			folded[asked] = make(map[string]catalog.Permissions, len(x.May))
			for v, p := range x.May {
				folded[asked][c.Key(v)] = p
			}
		}
		return folded[asked][c.Key(name)]
	}
}
