package report

import (
	"cmp"
	"encoding/json"
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
	groupOf  map[string]string
	at       SiteSource     // the site at hand
	here     map[int]string // its people, and how it writes them
}

func newBuilder(src Source) *builder {
	c := src.Policy.Catalog
	b := &builder{src: src, viewAt: map[string]int{}, personAt: map[string]int{}, accessAt: map[string]int{}, groupOf: map[string]string{},
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
	for _, g := range src.Policy.Groups {
		b.groupOf[fold(g.Role)] = g.Name
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
		role := Role{Role: name, Of: b.groupOf[fold(name)], May: b.shelf.put(may), Denied: b.shelf.put(denied)}
		if role.May > 0 || role.Denied > 0 || role.Of != "" {
			out = append(out, role)
		}
	}
	return out
}

// members are everybody of a site by what they may do. Logins that are nobody there
// and can come to nothing are left out.
func (b *builder) members(q *grants.Inquiry) []Members {
	at := map[int]int{}
	out := []Members{}
	all := q.Peers()
	for i, x := range b.accesses(q, all) {
		people := all[i].People
		if !x.some() {
			people = slices.DeleteFunc(slices.Clone(people), func(p grants.Someone) bool { return !p.User })
		}
		if len(people) == 0 {
			continue
		}
		access := b.accessOf(x)
		place, known := at[access]
		if !known {
			place = len(out)
			at[access] = place
			out = append(out, Members{Access: access})
		}
		for _, p := range people {
			out[place].People = append(out[place].People, b.person(p))
		}
	}
	return out
}

// accessOf is the number of an access, which is kept once.
func (b *builder) accessOf(x Access) int {
	key, _ := json.Marshal(x) // texts and numbers cannot fail
	i, known := b.accessAt[string(key)]
	if !known {
		i = len(b.r.Access)
		b.accessAt[string(key)] = i
		b.r.Access = append(b.r.Access, x)
	}
	return i
}

// person is the number of somebody: one name is one person, whatever the site, unless
// the site itself tells two names apart.
func (b *builder) person(p grants.Someone) int {
	key := fold(p.Name)
	if i, known := b.personAt[key]; known && b.here[i] != "" {
		key = "\x00" + p.Name
	}
	if i, known := b.personAt[key]; known {
		b.here[i] = p.Name
		if b.r.People[i].Standing == Stranger {
			b.r.People[i].Standing = b.standing(p)
		}
		return i
	}
	out := Person{Name: p.Name, Login: p.Login, Standing: b.standing(p), Inactive: p.Inactive, Group: p.Group}
	if u := b.userOf(p); u != nil {
		out.FullName, out.Reason = u.FullName, u.Reason
	}
	i := len(b.r.People)
	b.personAt[key], b.here[i] = i, p.Name
	b.r.People = append(b.r.People, out)
	return i
}

// userOf is the person of the policy who has somebody's name, or nil.
func (b *builder) userOf(p grants.Someone) *policy.User { return b.src.Policy.User(p.Name) }

func (b *builder) standing(p grants.Someone) Standing {
	if b.userOf(p) != nil {
		return OfPolicy
	}
	s := b.at.Snapshot
	login := cmp.Or(p.Login, p.Name)
	if s.ServerCollation.Equal(login, s.Runner.Login) {
		return Runner
	}
	if slices.ContainsFunc(s.Logins, func(l grants.Login) bool { return s.OwnLogin(l) && s.ServerCollation.Equal(l.Name, login) }) {
		return OfServer
	}
	for _, o := range b.src.Policy.OutsidersIn(b.at.Name, b.src.Made) {
		if key := fold(o.Name); key == fold(p.Name) || key == fold(p.Login) {
			return Outsider
		}
	}
	return Stranger
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

// sortPeople puts people into the order of their names.
func (b *builder) sortPeople() {
	order := make([]int, len(b.r.People))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(strings.Compare(fold(b.r.People[x].Name), fold(b.r.People[y].Name)), cmp.Compare(x, y))
	})
	people, to := make([]Person, len(order)), make([]int, len(order))
	for place, i := range order {
		people[place], to[i] = b.r.People[i], place
	}
	b.r.People = people
	for s := range b.r.Sites {
		for _, m := range b.r.Sites[s].Members {
			for i := range m.People {
				m.People[i] = to[m.People[i]]
			}
			slices.Sort(m.People)
		}
	}
}
