package sites

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/audit"
	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
)

// Drift is how one site differs from the policy, and who made it so.
type Drift struct {
	Site        string
	Server      string
	Outcome     Outcome // why it was not read, or what stops its plan; empty where nothing does
	Read        bool
	Differences []Difference
	// Unverified is what could not be asked of it, so that nothing is known of it.
	Unverified finding.List
	// Unknown says why nobody knows who did what has no act: what became of asking
	// each source. Empty where all is known.
	Unknown []string
}

// Difference is one thing that is not as the policy says: a permission of one
// principal, a member, a user.
type Difference struct {
	What string
	Act  *audit.Act // who did it; nil where nobody knows
}

// AsPolicy reports whether the site is as the policy says: it was read, all of it
// could be asked about, nothing stands in its way and nothing differs.
func (d Drift) AsPolicy() bool {
	return d.Read && d.Outcome == "" && len(d.Differences) == 0 && len(d.Unverified) == 0
}

// Known is how many differences somebody is known to have made.
func (d Drift) Known() int {
	n := 0
	for _, x := range d.Differences {
		if x.Act != nil {
			n++
		}
	}
	return n
}

// Drifts says of each site of a plan that was made with PlanOptions.Drift how it
// differs from the policy, and who made it so, as far as the servers wrote that
// down: their default traces and audits, which are asked where something differs,
// once a server.
func (f *Fleet) Drifts(ctx context.Context, fp *FleetPlan) []Drift {
	var out []Drift
	deeds := map[string][]audit.Deed{} // by site
	same := map[string]func(a, b string) bool{}
	database := map[string]string{}
	ask := map[string]bool{}
	for _, r := range fp.Rows() {
		d := Drift{Site: r.Site.Name, Server: r.Site.Server, Outcome: r.Outcome, Read: r.Plan != nil}
		if r.Plan != nil {
			known := r.Plan.known()
			deeds[d.Site], d.Unverified = known.deeds, known.unverified
			for _, what := range known.undone {
				d.Differences = append(d.Differences, Difference{What: what})
			}
			same[d.Site], database[d.Site] = known.head.Collation.Equal, known.head.Database
			ask[d.Server] = ask[d.Server] || len(deeds[d.Site]) > 0
		}
		out = append(out, d)
	}
	records := make([][]audit.Record, len(f.servers()))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		if ask[server] {
			records[i] = f.records(ctx, server)
		}
	})
	for i := range out {
		d := &out[i]
		at := slices.Index(f.servers(), d.Server)
		if !d.Read || at < 0 {
			continue
		}
		d.attribute(deeds[d.Site], database[d.Site], records[at], same[d.Site])
	}
	return out
}

// planDeeds are what a site's plan would do that is not kept from anything, and what mends its mismatches
// beside: each once. What of that is no deed, which nobody can be found to have
// done, is undone, in words.
func planDeeds(s *SitePlan, plan *grants.Plan) (out []audit.Deed, undone []string) {
	seen, said := map[audit.Deed]bool{}, map[string]bool{}
	say := func(what string) {
		if !said[what] {
			said[what] = true
			undone = append(undone, what)
		}
	}
	denied := deniedIn(s.Snapshot)
	add := func(pasted, statement string) {
		list := mssql.Deeds(pasted)
		for _, d := range list {
			if row := d; d.Doing == audit.Grants || d.Doing == audit.Revokes {
				if row.Doing = audit.Revokes; denied[row] {
					d.Doing = audit.LiftsDeny
				}
			}
			if !seen[d] {
				seen[d] = true
				out = append(out, d)
			}
		}
		if len(list) == 0 {
			say("still to be done: " + strings.TrimSuffix(strings.ReplaceAll(statement, "\n", " "), ";"))
		}
	}
	if plan != nil {
		for _, c := range plan.Changes {
			if !c.Temporary && !c.Kind.Marks() {
				add(mssql.Render(c), mssql.Render(c))
			}
		}
	}
	for _, f := range s.Judged.Mismatches {
		for i, pasted := range f.Pasted() {
			add(pasted, f.Statements[i])
		}
		if len(f.Statements) == 0 {
			say(f.Message)
		}
	}
	return out, undone
}

// deniedIn are the DENY rows of a snapshot, as the deeds that revoke them.
func deniedIn(s *grants.Snapshot) map[audit.Deed]bool {
	out := map[audit.Deed]bool{}
	if s == nil {
		return out
	}
	rows := slices.DeleteFunc(slices.Clone(s.Permissions), func(r grants.PermissionRow) bool { return r.State != grants.Denied })
	for _, r := range grants.Revokes(s, rows) {
		for _, d := range mssql.Deeds(mssql.Statement(r)) {
			out[d] = true
		}
	}
	for _, r := range s.ServerPermissions {
		if r.Class != grants.ClassServer || r.State != grants.Denied {
			continue
		}
		if i := slices.IndexFunc(s.Logins, func(l grants.Login) bool { return l.ID == r.Grantee }); i >= 0 {
			out[audit.Deed{Doing: audit.Revokes, Class: "SERVER", Principal: s.Logins[i].Name, Permission: r.Name}] = true
		}
	}
	return out
}

// records asks one server what it wrote down.
func (f *Fleet) records(ctx context.Context, server string) []audit.Record {
	site, ok := f.siteOn(server)
	if !ok {
		return nil
	}
	a := f.addressOf(site)
	a.Database = "master"
	db, err := mssql.Open(a)
	if err != nil {
		return []audit.Record{{Reading: audit.Reading{Source: audit.DefaultTrace, State: audit.Failed, Why: err.Error()}}}
	}
	defer db.Close()
	return mssql.Acts(ctx, db)
}

// attribute finds who did what.
func (d *Drift) attribute(deeds []audit.Deed, database string, records []audit.Record, same func(a, b string) bool) {
	var acts []audit.Act
	for _, r := range records {
		acts = append(acts, r.Acts...)
	}
	deeds = slices.Clone(deeds)
	slices.SortStableFunc(deeds, func(a, b audit.Deed) int { return strings.Compare(a.Differs(), b.Differs()) })
	for _, deed := range deeds {
		x := Difference{What: deed.Differs()}
		if act, ok := audit.Attribute(deed, database, acts, same); ok {
			x.Act = &act
		}
		d.Differences = append(d.Differences, x)
	}
	if d.Known() == len(d.Differences) {
		return
	}
	for _, r := range records {
		d.Unknown = append(d.Unknown, silenceOf(r))
	}
}

// silenceOf says why a source does not tell who did something.
func silenceOf(r audit.Record) string {
	switch {
	case r.State == audit.NotThere && r.Source == audit.DefaultTrace:
		return "the server keeps no default trace"
	case r.State == audit.NotThere:
		return "it has no audit that is on"
	case r.State == audit.NotAllowed:
		return fmt.Sprintf("the %s may not be read: %s", r.Source, strings.TrimSuffix(r.Why, "."))
	case r.State == audit.Failed:
		return fmt.Sprintf("the %s could not be read: %s", r.Source, strings.TrimSuffix(r.Why, "."))
	case r.Since.IsZero():
		return fmt.Sprintf("the %s has nothing of permissions", r.Source)
	}
	return fmt.Sprintf("the %s, which reaches back to %s, does not explain it", r.Source, r.Since.Format(time.DateTime))
}
