package main

import (
	"encoding/json"
	"io"

	"grantree/catalog"
	"grantree/grants"
	"grantree/report"
	"grantree/report/changes"
	"grantree/sites"
)

// A plan as a page for reviewers, package changes. What it holds, and what is left to
// the messages, is as in a comment of a pull request: see markdown_plan.go.

// planPage is the page in the making.
type planPage struct {
	fp        *sites.FleetPlan
	out       *changes.Plan
	atlas     *report.Atlas
	shelf     *report.Shelf
	siteAt    map[string]int
	personAt  map[string]int
	groupOf   map[string]string // by the folded name of its role
	batches   []json.RawMessage // of servers; those of sites are read when they are written
	granteeAt map[string]int
}

// printPlanHTML writes a plan as one page.
func (a *app) printPlanHTML(w io.Writer, fp *sites.FleetPlan, sandbox bool) error {
	p := newPlanPage(fp)
	p.out.Made, p.out.Sandbox = a.now().Format("2006-01-02 15:04"), sandbox
	p.sites()
	p.modes()
	p.effects()
	p.out.Cells = p.shelf.All
	list := drawnOf(fp.Sites, false)
	p.members(list)
	p.servers()
	for _, t := range accountsTold(fp) {
		p.out.Accounts = append(p.out.Accounts, t.line())
	}
	for _, f := range findingsForReview(fp) {
		p.out.Findings = append(p.out.Findings, report.Finding{Code: f.Code, Severity: string(f.Severity), Message: f.Message, Where: f.Where.String()})
	}
	return p.write(w, list)
}

func newPlanPage(fp *sites.FleetPlan) *planPage {
	var views [][]string
	for _, s := range fp.Sites {
		views = append(views, s.Views())
	}
	p := &planPage{fp: fp, atlas: report.NewAtlas(fp.Policy.Catalog, views...), siteAt: map[string]int{}, personAt: map[string]int{},
		groupOf: map[string]string{}, granteeAt: map[string]int{}}
	p.shelf = report.NewShelf(len(p.atlas.Views))
	p.out = &changes.Plan{Application: fp.Policy.Catalog.Name, Policy: fp.Policy.File, Sum: sumOf(fp), Tree: p.atlas.Tree, Views: p.atlas.Views, Cautions: cautionsOf(fp),
		Sites: []changes.Site{}, Modes: []changes.Mode{}, People: []string{}, Effects: []changes.Effect{}, Grantees: []changes.Grantee{}, Members: []changes.Members{},
		Batches: []changes.Batch{}, Accounts: []changes.Line{}, Findings: []report.Finding{}}
	p.out.Said, _ = nothingSaid(fp)
	for _, g := range fp.Policy.Groups {
		p.groupOf[grants.Collation{}.Key(g.Role)] = g.Name
	}
	held := map[string]catalog.Permissions{}
	for _, list := range views {
		for _, v := range list {
			held[v] = catalog.All
		}
	}
	p.out.Holds = p.cells(held)
	return p
}

// cautionsOf is what a reader of a plan has to know first.
func cautionsOf(fp *sites.FleetPlan) []changes.Line {
	out := []changes.Line{}
	say := func(text string, names []string) { out = append(out, tell(text, names).line()) }
	if fp.Refusal() != nil {
		out = append(out, tell("A rule is broken: grantree apply sends nothing. The errors are among the findings.").line())
	}
	if refused := refusedSites(fp); len(refused) > 0 {
		say("grantree apply leaves these out, which an error stops: %s. The errors are among the findings.", refused)
	}
	var unread []string
	for _, r := range fp.Unread {
		unread = append(unread, r.Site.Name)
	}
	if len(unread) > 0 {
		say("Not read, and nothing is said of them here: %s. The log of the run says why.", unread)
	}
	return out
}

// cells puts permissions by the names of views on the shelf.
func (p *planPage) cells(of map[string]catalog.Permissions) int {
	row := make([]catalog.Permissions, len(p.atlas.Views))
	for name, may := range of {
		if v := p.atlas.View(name); v >= 0 {
			row[v] |= may
		}
	}
	return p.shelf.Put(row)
}

// sites lists the sites of the run, with their numbers.
func (p *planPage) sites() {
	for i, r := range p.fp.Rows() {
		p.siteAt[r.Site.Name] = i
		s := changes.Site{Site: r.Site.Name, Outcome: string(r.Outcome), Read: r.Plan != nil}
		if r.Plan != nil {
			people := r.Plan.People()
			s.People, s.Gain, s.Lose, s.Leave = people.Total, len(people.Gain), len(people.Lose), leaving(people)
			s.Statements, s.Fingerprint = r.Plan.Statements(), r.Plan.Fingerprint()
		}
		p.out.Sites = append(p.out.Sites, s)
	}
}

// at are the numbers of sites by their names.
func (p *planPage) at(names []string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = p.siteAt[name]
	}
	return out
}

// write writes the page. The statements of sites alike are read, and written, one batch
// after another.
func (p *planPage) write(w io.Writer, list []drawn) error {
	groups := alikeBy(list, func(d drawn) string { return string(d.sql[:]) })
	for _, g := range groups {
		p.out.Batches = append(p.out.Batches, changes.Batch{Sites: p.at(g.names), Changes: g.first.changes, Statements: g.first.Statements()})
	}
	first := len(p.out.Batches) - len(groups)
	return p.out.WriteHTML(w, func(i int) (json.RawMessage, error) {
		if i < first {
			return p.batches[i], nil
		}
		g := groups[i-first]
		text, err := p.fp.Text(g.first.SitePlan)
		if err != nil {
			return nil, err
		}
		statements, rows, err := readWritten(text)
		p.granted(rows, p.at(g.names))
		p.out.Cells = p.shelf.All
		return statements, err
	})
}
