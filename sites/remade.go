package sites

import (
	"crypto/sha256"
	"strconv"

	"grantree/grants"
	"grantree/sql/mssql"
)

// digest is a SHA-256.
type digest [sha256.Size]byte

// ofPlan is the digest of what a plan sends.
func ofPlan(p *grants.Plan) digest {
	h := sha256.New()
	var b []byte
	for _, c := range p.Changes {
		text := mssql.Render(c)
		b = append(append(strconv.AppendInt(b[:0], int64(len(text)), 10), ':'), text...) // no two plans are one text
		h.Write(b)
	}
	return digest(h.Sum(nil))
}

// remade makes a site's plan again from the site as it is under its lock, or
// refuses it where that is not the plan that was approved: made for another state,
// from which everything that is found comes, for other logins, or with other
// statements. What this run did to logins is left out of the state, and is in the
// site that it returns.
func (fp *FleetPlan) remade(sp SitePlan, now *grants.Snapshot, logins loginsDone) (*grants.Snapshot, SitePlan, error) {
	if err := ofSite(sp.Site, now); err != nil {
		return nil, SitePlan{}, &mssql.StaleError{Site: sp.Site.Name, What: err.Error()}
	}
	f := sp.known()
	now.Recall(f.head)
	then := logins.unseen(sp.Site.Server, now)
	if moved := f.needs.Moved(then, logins.fresh(sp.Site.Server, f)); moved != "" {
		return nil, SitePlan{}, &mssql.StaleError{Site: sp.Site.Name, What: moved}
	}
	if fp.options.Part.over(then) {
		return nil, SitePlan{}, &mssql.StaleError{Site: sp.Site.Name, What: "the time for which somebody was to be let in is over"}
	}
	if sp.Plan != nil { // it is at hand
		if then.Fingerprint() != f.fingerprint {
			return nil, SitePlan{}, &mssql.StaleError{Site: sp.Site.Name}
		}
		return now, sp, nil
	}
	p := fp.compiler.p
	made := SitePlan{Site: sp.Site, Snapshot: then}
	made.Wanted, _ = fp.compiler.wanted(then)
	made.Wanted.Spared = spared(p, sp.Site, fp.options.waiting)
	fp.options.part(p, &made)
	made.Plan = grants.Diff(then, made.Wanted, made.diffOptions(p, fp.options))
	if made.Plan.Fingerprint != f.fingerprint || ofPlan(made.Plan) != f.plan {
		return nil, SitePlan{}, &mssql.StaleError{Site: sp.Site.Name}
	}
	return now, made, nil
}

// from is a plan that was made under the lock, as of the site that it began with.
func (s SitePlan) from(now *grants.Snapshot) SitePlan {
	plan := *s.Plan
	plan.Fingerprint = now.Fingerprint()
	s.Plan, s.Snapshot = &plan, now
	return s
}
