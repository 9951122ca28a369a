package report

import (
	"slices"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Source is what a report is made from.
type Source struct {
	Made   time.Time
	Basis  Basis
	Policy *policy.Policy
	Sites  []SiteSource
	// Findings are of the run and of all sites.
	Findings finding.List
	Seats    *Seats // nil: nobody counted
}

// SiteSource is one site, as it was read.
type SiteSource struct {
	Name     string
	Inquiry  *grants.Inquiry  // nil where it was not read, for Why
	Snapshot *grants.Snapshot // what the Inquiry is about
	Why      string
}

// New makes a report. The same source gives the same bytes.
func New(src Source) *Report {
	b := newBuilder(src)
	for _, site := range src.Sites {
		b.site(site)
	}
	b.r.Cells = b.shelf.all
	for _, f := range src.Findings.Sorted() {
		b.r.Findings = append(b.r.Findings, Finding{f.Code, string(f.Severity), f.Message, f.Where.String(), f.Advice()})
	}
	b.settle()
	b.sortPeople()
	return b.r
}

// builder is a report in the making.
type builder struct {
	src      Source
	r        *Report
	shelf    *shelf
	viewAt   map[string]int // by the folded name
	personAt map[string]int // by the folded name
	accessAt map[string]int // by its JSON
	// standingAt is who people are in each site.
	standingAt map[int]map[string]Standing
	at         SiteSource     // the site at hand
	here       map[int]string // its people, and how it writes them
}

func newBuilder(src Source) *builder {
	c := src.Policy.Catalog
	b := &builder{src: src, viewAt: map[string]int{}, personAt: map[string]int{}, accessAt: map[string]int{}, standingAt: map[int]map[string]Standing{},
		r: &Report{Format: Format, Made: src.Made.Format("2006-01-02 15:04"), Application: c.Name, Policy: src.Policy.File, Basis: src.Basis,
			Sites: []Site{}, Tree: []Node{}, Views: []string{}, Access: []Access{}, People: []Person{}, Findings: []Finding{}, Seats: src.Seats}}
	for _, v := range c.Views() {
		b.view(v)
	}
	for _, site := range src.Sites {
		if site.Inquiry == nil {
			continue
		}
		for _, name := range site.Inquiry.Views() {
			if v := catalog.ViewName(name); v.HasPrefix(c.Prefix) {
				b.view(v)
			}
		}
	}
	b.tree(c)
	b.shelf = newShelf(len(b.r.Views))
	return b
}

// fold is the key of a name where no site is at hand.
func fold(name string) string { return grants.Collation{}.Key(name) }

func (b *builder) view(v catalog.ViewName) {
	if _, known := b.viewAt[v.Key()]; !known {
		b.viewAt[v.Key()] = len(b.r.Views)
		b.r.Views = append(b.r.Views, string(v))
	}
}

// tree is the catalog's, each view of a node once at each level.
func (b *builder) tree(c *catalog.Catalog) {
	for _, n := range c.Nodes {
		node := Node{Path: n.Path}
		for i := range n.Views {
			v := &n.Views[i]
			if p := (Placed{b.viewAt[v.Site.Key()], string(v.Level)}); !slices.Contains(node.Views, p) {
				node.Views = append(node.Views, p)
			}
		}
		b.r.Tree = append(b.r.Tree, node)
	}
}

// site adds a site.
func (b *builder) site(src SiteSource) {
	out := Site{Site: src.Name, Read: src.Inquiry != nil, Why: src.Why, Roles: []Role{}, Members: []Members{}}
	b.at, b.here = src, map[int]string{}
	if q := src.Inquiry; q != nil {
		out.Fingerprint = src.Snapshot.Fingerprint()
		held := make(row, len(b.r.Views))
		for i, v := range b.r.Views {
			if q.HasView(v) {
				held[i] = catalog.All
			}
		}
		out.Holds = b.shelf.put(held)
		out.Roles = b.roles(q)
		out.Members = b.members(q)
		out.Lines = b.lines(q)
		out.Unverified = b.doubts(q)
	}
	b.r.Sites = append(b.r.Sites, out)
}

// roles are those that bring something to a view of the application.
func (b *builder) roles(q *grants.Inquiry) []Role {
	out := []Role{}
	for _, name := range q.Roles() {
		may, denied := make(row, len(b.r.Views)), make(row, len(b.r.Views))
		for i, v := range b.r.Views {
			may[i], denied[i] = q.Brings(name, v)
		}
		role := Role{Role: name, Of: q.GroupOf(name), May: b.shelf.put(may), Denied: b.shelf.put(denied)}
		if role.May > 0 || role.Denied > 0 || role.Of != "" {
			out = append(out, role)
		}
	}
	return out
}

// doubts are what could not be read of a site, by what it may matter to.
func (b *builder) doubts(q *grants.Inquiry) []Doubt {
	rows := map[string]row{}
	for i, v := range b.r.Views {
		for _, one := range catalog.All.Each() {
			for _, m := range q.Unverified(v, one) {
				if rows[m] == nil {
					rows[m] = make(row, len(b.r.Views))
				}
				rows[m][i] |= one
			}
		}
	}
	var out []Doubt
	for m, r := range rows {
		out = append(out, Doubt{m, b.shelf.put(r)})
	}
	slices.SortFunc(out, func(x, y Doubt) int { return strings.Compare(x.Message, y.Message) })
	return out
}
