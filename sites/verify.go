package sites

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Verified is what one site's server answered, beside what the policy
// promises and what the model of effective access expects.
type Verified struct {
	Site       string
	Users      int // people the server was asked about
	Answers    int // questions it answered: users × views × four permissions
	Mismatches finding.List
	Tests      []policy.TestResult
	Outcome    Outcome // why the site was not asked; empty where it was
	Err        error   // why it could not be asked
	views      policy.SiteViews
}

// Differs reports whether the site was asked and something did not agree.
func (v Verified) Differs() bool { return v.Outcome == "" && !v.OK() }

// OK reports whether the site was asked and everything agreed.
func (v Verified) OK() bool {
	failed := slices.ContainsFunc(v.Tests, func(t policy.TestResult) bool { return !t.Pass })
	return v.Outcome == "" && v.Err == nil && !v.Mismatches.HasErrors() && !failed
}

// Verify asks every site's server, under each user's own name, what they may
// do on each view that the policy manages, and compares the answers with the
// policy: the proof after an apply, and the alarm in between. Given the results
// of an apply it asks the sites that these say are done; the others keep their
// word.
func (f *Fleet) Verify(ctx context.Context, after ...Result) []Verified {
	out := make([]Verified, len(f.Sites))
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		if j := slices.IndexFunc(after, func(r Result) bool { return r.Site == s.Name }); j >= 0 && !after[j].Outcome.Done() {
			out[i] = Verified{Site: s.Name, Outcome: after[j].Outcome}
			return
		}
		err := f.retry(ctx, s, func() error {
			return mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) (err error) {
				out[i], err = f.verifySite(ctx, conn, s)
				return err
			})
		})
		out[i].Site = s.Name
		if err != nil {
			out[i].Outcome, out[i].Err = absence(err), &UnreadError{Site: s.Name, Err: err}
		}
	})
	return out
}

// CheckViews judges the names of views that the policy writes by the sites that
// answered. What it finds is about the policy, not about one site.
func (f *Fleet) CheckViews(results []Verified) finding.List {
	var read []policy.SiteViews
	for _, v := range results {
		if v.Err == nil {
			read = append(read, v.views)
		}
	}
	return checkViews(f.Policy, read, f.FromCatalog)
}

// verifySite reads the site and asks about its users on one connection.
func (f *Fleet) verifySite(ctx context.Context, conn *sql.Conn, site policy.Site) (Verified, error) {
	var v Verified
	s, err := f.read(ctx, conn, site)
	if err != nil {
		return v, err
	}
	wanted, findings := f.Policy.Wanted(s)
	if err := findings.Err(); err != nil {
		return v, err
	}
	model := grants.NewAccess(s)
	managed := managedViews(s, wanted)
	probed, err := mssql.Probe(ctx, conn, s, model.Users(), managed)
	if err != nil {
		return v, err
	}
	c := comparison{site: site.Name, schema: f.Policy.Catalog.Schema, snapshot: s, wanted: wanted, model: model, managed: managed}
	v = c.run(probed)
	v.views = f.Policy.Beyond(wanted)
	v.Tests = f.Policy.RunTestsWith([]policy.SiteCheck{{Snapshot: s, Wanted: wanted}}, c.live(probed))
	return v, nil
}

// managedViews returns a test for the views whose access the policy speaks of.
func managedViews(s *grants.Snapshot, w *grants.Wanted) func(string) bool {
	set := map[string]bool{}
	for _, name := range w.Views {
		set[s.Collation.Key(name)] = true
	}
	return func(view string) bool { return set[s.Collation.Key(view)] }
}

// comparison holds three opinions about one site next to one another.
type comparison struct {
	site     string
	schema   string // where the policy's views are
	snapshot *grants.Snapshot
	wanted   *grants.Wanted
	model    *grants.Access
	managed  func(string) bool
}

// run compares every answer, user by user in the order asked.
func (c comparison) run(probed []mssql.Probed) Verified {
	v := Verified{Users: len(probed)}
	promise := c.wanted.Promise()
	schemas := map[int]string{}
	for _, s := range c.snapshot.Schemas {
		schemas[s.ID] = s.Name
	}
	for _, p := range probed {
		if p.Err != nil {
			v.Mismatches.Warnf("user-not-verified", finding.Pos{}, "see whether the login of that user still exists", "site %q: %v", c.site, p.Err)
			continue
		}
		promised, known := promise[c.snapshot.Collation.Key(p.User)]
		for _, view := range c.snapshot.Views {
			if !c.managed(view.Name) || !c.snapshot.Collation.Equal(schemas[view.Schema], c.schema) {
				continue
			}
			name := schemas[view.Schema] + "." + view.Name
			v.Answers += 4
			c.model1(&v, p, name)
			if known {
				c.policy1(&v, p, name, promised[c.snapshot.Collation.Key(view.Name)])
				c.columns(&v, p, name, promised[c.snapshot.Collation.Key(view.Name)])
			}
		}
	}
	c.missing(&v, promise, probed)
	v.Mismatches = v.Mismatches.Sorted()
	return v
}

// live answers the policy's tests from what the server said. A view without a
// schema is the one that the policy manages.
func (c comparison) live(probed []mssql.Probed) func(site, user, view string) catalog.Permissions {
	key := c.snapshot.Collation.Key
	may := map[[2]string]catalog.Permissions{}
	for _, p := range probed {
		for view, permissions := range p.May {
			may[[2]string{key(p.User), key(view)}] = permissions
		}
	}
	return func(_, user, view string) catalog.Permissions {
		return may[[2]string{key(user), key(c.schema + "." + view)}]
	}
}

// model1 compares the server's answer with the model's: they must agree, or
// one of them misreads the engine (reference C).
func (c comparison) model1(v *Verified, p mssql.Probed, view string) {
	expect, _ := c.model.Of(p.User, view)
	if got := p.May[view]; got != expect {
		v.Mismatches.Errorf("model-differs", finding.Pos{}, "please report this: the model of effective access is wrong about it",
			"site %q: %q on %s: the server allows %s, the model expects %s", c.site, p.User, view, orNothing(got), orNothing(expect))
	}
}

// policy1 compares the server's answer with the policy's promise and names
// the cause of a difference.
func (c comparison) policy1(v *Verified, p mssql.Probed, view string, promised catalog.Permissions) {
	got := p.May[view]
	for _, one := range got.Minus(promised).Each() {
		v.Mismatches.Errorf("access-beyond-policy", finding.Pos{}, "revoke what is named here, or put it into the policy",
			"site %q: %q may %s %s, which the policy does not give: %s", c.site, p.User, one, view, c.because(p.User, view, one))
	}
	for _, one := range promised.Minus(got).Each() {
		v.Mismatches.Errorf("access-missing", finding.Pos{}, "run \"grantree plan\"; a DENY or an owner outside the policy has to be removed by hand",
			"site %q: %q may not %s %s, which the policy gives: %s", c.site, p.User, one, view, c.because(p.User, view, one))
	}
}

// columns reports where permissions on single columns give or take what the
// policy does not. The server's answer is about the view as a whole, so here
// the rows of the snapshot speak (reference C.2).
func (c comparison) columns(v *Verified, p mssql.Probed, view string, promised catalog.Permissions) {
	more, less := map[catalog.Permissions][]string{}, map[catalog.Permissions][]string{}
	for _, column := range c.model.Columns(p.User, view) {
		for _, one := range []catalog.Permissions{catalog.Select, catalog.Update} {
			has, whole, gives := column.Permissions.Has(one), p.May[view].Has(one), promised.Has(one)
			if has && !whole && !gives {
				more[one] = append(more[one], column.Column)
			}
			if !has && whole && gives {
				less[one] = append(less[one], column.Column)
			}
		}
	}
	for _, one := range []catalog.Permissions{catalog.Select, catalog.Update} {
		if len(more[one]) > 0 {
			v.Mismatches.Errorf("access-beyond-policy", finding.Pos{}, "REVOKE the permission on the columns, or give it in the policy on the whole view",
				"site %q: %q may %s columns of %s, which the policy does not give: %s", c.site, p.User, one, view, strings.Join(more[one], ", "))
		}
		if len(less[one]) > 0 {
			v.Mismatches.Errorf("access-missing", finding.Pos{}, "REVOKE the DENY on the columns",
				"site %q: %q may not %s columns of %s, which the policy gives as a whole: %s", c.site, p.User, one, view, strings.Join(less[one], ", "))
		}
	}
}

// missing reports the policy's users that the site does not have at all.
func (c comparison) missing(v *Verified, promise map[string]map[string]catalog.Permissions, probed []mssql.Probed) {
	asked := map[string]bool{}
	for _, p := range probed {
		asked[c.snapshot.Collation.Key(p.User)] = true
	}
	for _, u := range c.wanted.Users {
		if _, wanted := promise[c.snapshot.Collation.Key(u.Name)]; wanted && !asked[c.snapshot.Collation.Key(u.Name)] {
			v.Mismatches.Errorf("user-missing", u.Cause.Pos, "run \"grantree plan\"", "site %q: user %q does not exist", c.site, u.Name)
		}
	}
}

// because is the model's first reason, for a sentence.
func (c comparison) because(user, view string, p catalog.Permissions) string {
	d := c.model.Decide(user, view, p)
	if len(d.Because) == 0 {
		return "nothing grants it"
	}
	return d.Because[0].Text
}

// orNothing prints permissions, and the lack of any.
func orNothing(p catalog.Permissions) string {
	if p.IsEmpty() {
		return "nothing"
	}
	return strings.ToUpper(fmt.Sprint(p))
}
