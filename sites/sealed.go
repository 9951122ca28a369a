package sites

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"grantree/audit"
	"grantree/finding"
	"grantree/grants"
	"grantree/seal"
	"grantree/sql/mssql"
)

// textsOf are the statements of a plan, those of each change together, as they are
// sent but for passwords, which are in no text.
func textsOf(p *grants.Plan) []string {
	out := make([]string, len(p.Changes))
	for i, c := range p.Changes {
		out[i] = mssql.Render(c)
	}
	return out
}

// effectsOf is the digest of what becomes of a site's people.
func effectsOf(p grants.People) string {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // names and numbers
	}
	return seal.Digest([]string{string(b)})
}

// Sealed is the plan as it is sealed, made with PlanOptions.Seal: what is sent to
// each server and site that was read, and what that was made from. head has what the
// fleet does not know: the hashes, and the time.
func (fp *FleetPlan) Sealed(head seal.Plan) seal.Plan {
	head.Options = seal.Options{Adopt: fp.options.Adopt, ExpectLoss: fp.options.ExpectLoss, Sandbox: fp.options.FromCatalog}
	for _, r := range fp.Rows() {
		if r.Plan == nil {
			continue
		}
		s, texts := fp.sealedSite(r)
		if head.Sites = append(head.Sites, s); s.Plan != "" {
			head.Plans = append(head.Plans, seal.Statements{Digest: s.Plan, Statements: texts})
		}
	}
	head.Servers, head.Approval = fp.sealedServers(), fp.Approvals(fp.Policy.Approval.Needs)
	return seal.New(head)
}

// sealedSite is one site, and its statements.
func (fp *FleetPlan) sealedSite(r Row) (seal.Site, []string) {
	f := r.Plan.known()
	mode, _ := fp.Policy.Mode(r.Site)
	out := seal.Site{Name: r.Site.Name, Server: r.Site.Server, Mode: string(mode), Outcome: string(r.Outcome), Fingerprint: f.fingerprint,
		Gain: len(f.people.Gain), Lose: len(f.people.Lose), LockedOut: len(f.people.LockedOut), Effects: f.effects, Findings: findingLines(r.Plan.Findings)}
	if len(f.texts) > 0 {
		out.Plan = seal.Digest(f.texts)
	}
	return out, f.texts
}

// findingLines are findings without their places, which depend on where the policy
// is read from, each once.
func findingLines(l finding.List) []string {
	var out []string
	for _, f := range l {
		out = append(out, fmt.Sprintf("%s: %s: %s", f.Severity, f.Code, f.Message))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sealedServers is what changes of each server.
func (fp *FleetPlan) sealedServers() []seal.Server {
	var out []seal.Server
	at := func(name string) *seal.Server {
		i := slices.IndexFunc(out, func(s seal.Server) bool { return s.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, seal.Server{Name: name})
		}
		return &out[i]
	}
	for _, l := range fp.Logins {
		s := at(l.Server)
		s.Logins = append(s.Logins, l.sealed())
	}
	for _, p := range fp.Servers {
		for _, c := range p.Changes {
			s := at(p.Server)
			s.Statements = append(s.Statements, mssql.RenderLogin(c))
		}
	}
	for _, p := range fp.Audits {
		s := at(p.Server)
		s.Statements = append(s.Statements, p.Statements()...)
	}
	return out
}

// sealed is a login that is made, in words; the SID is part of it where somebody
// waits for it.
func (l NewLogin) sealed() string {
	out := fmt.Sprintf("login %q", l.Login)
	if l.Database != "" {
		out = fmt.Sprintf("user %q of database %q", l.Login, l.Database)
	}
	if l.Type != "" {
		out += " (" + string(l.Type) + ")"
	}
	if l.SID != "" {
		out += ", SID " + l.SID
	}
	return out
}

// Trace says who moved what, as far as the servers wrote it down: for each move of a
// site what was done, and by whom where that is known.
func (f *Fleet) Trace(ctx context.Context, fp *FleetPlan, moves []seal.Move) map[string][]Difference {
	out := map[string][]Difference{}
	records := map[string][]audit.Record{}
	for _, m := range moves {
		i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == m.Site })
		if i < 0 || len(m.More)+len(m.Done) == 0 {
			continue
		}
		server, head := fp.Sites[i].Site.Server, fp.Sites[i].known().head
		if _, asked := records[server]; !asked {
			records[server] = f.records(ctx, server)
		}
		var acts []audit.Act
		for _, r := range records[server] {
			acts = append(acts, r.Acts...)
		}
		out[m.Site] = traced(m, func(d audit.Deed, done bool) (audit.Act, bool) {
			if done {
				return audit.Doer(d, head.Database, acts, head.Collation.Equal)
			}
			return audit.Attribute(d, head.Database, acts, head.Collation.Equal)
		})
	}
	return out
}

// traced is what was done to a site: a statement each, with the act of which find
// says that it is why.
func traced(m seal.Move, find func(d audit.Deed, done bool) (audit.Act, bool)) []Difference {
	var out []Difference
	add := func(statements []string, done bool, words string) {
		for _, text := range statements {
			first, _, _ := strings.Cut(text, "\n")
			x := Difference{What: words + strings.TrimSuffix(first, ";")}
			for _, d := range mssql.Deeds(text) {
				if act, ok := find(d, done); ok && x.Act == nil {
					x.Act = &act
				}
			}
			out = append(out, x)
		}
	}
	add(m.More, false, "to be sent now: ")
	add(m.Done, true, "not to be sent any more: ")
	return out
}
