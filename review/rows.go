package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/policy"
	"grantree/report"
)

// Kind is what a row is about.
type Kind string

// A group of the policy that somebody is in; a line of their own that allows
// something; access that the policy does not give, of its people as of others.
const (
	Group  Kind = "group"
	Line   Kind = "own line"
	Beyond Kind = "not in the policy"
)

// Row is one thing that a person has, and that is kept or revoked as a whole.
type Row struct {
	// ID stands for everything that the row says of what somebody has. A row of
	// another ID is another row.
	ID       string   `json:"id"`
	Person   string   `json:"person"`
	FullName string   `json:"full_name,omitempty"`
	Kind     Kind     `json:"kind"`
	What     string   `json:"what"` // the group, the node or view of a line, or the ways in
	Sites    []string `json:"sites"`
	// At says that the sites are those of a [[user.at]].
	At     bool   `json:"at,omitempty"`
	Gives  string `json:"gives"`  // in a few words
	Holds  string `json:"holds"`  // whether the sites have it
	Reason string `json:"reason"` // what the policy says of it
	Since  string `json:"since"`  // what is new since the last review

	seal string // of what Gives says in a few words: each view and permission
}

// Rows are what everybody of a report has, by person. Only r, the policy and what
// became of people since an earlier report (r.Since) decide.
func Rows(p *policy.Policy, r *report.Report) []Row {
	rows, _ := rowsAndLeft(p, r)
	return rows
}

// rowsAndLeft are the rows, and what no row is about.
func rowsAndLeft(p *policy.Policy, r *report.Report) ([]Row, []Left) {
	b := newRowBuilder(p, r)
	for _, u := range p.Users {
		if !u.Inactive {
			b.user(u)
		}
	}
	b.beyond()
	for i := range b.rows {
		b.rows[i].ID = b.rows[i].id()
	}
	slices.SortStableFunc(b.rows, func(x, y Row) int {
		return cmp.Or(strings.Compare(fold(x.Person), fold(y.Person)), strings.Compare(string(x.Kind), string(y.Kind)), strings.Compare(fold(x.What), fold(y.What)), slices.Compare(x.Sites, y.Sites))
	})
	return b.rows, b.left.sorted()
}

// fold is the key of a name where no site is at hand.
func fold(name string) string { return grants.Collation{}.Key(name) }

// id is the row's content in 16 digits. What is new since, and the words of a reason,
// are no part of what somebody has.
func (r Row) id() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %t %q %q %q", fold(r.Person), r.Kind, r.What, r.Sites, r.At, r.Gives, r.Holds, r.seal))
	return "r" + hex.EncodeToString(sum[:8]) // a text to every spreadsheet program
}

type rowBuilder struct {
	p     *policy.Policy
	r     *report.Report
	in    map[int]map[string]report.Access  // by person and folded site
	lines map[int]map[string]int            // cells of people's own lines, likewise
	who   map[string]int                    // people, by the name that the policy has
	roles map[string]map[string]report.Role // by role and site, both folded
	read  map[string]bool                   // sites, folded
	rows  []Row
	left  lefts
}

func newRowBuilder(p *policy.Policy, r *report.Report) *rowBuilder {
	b := &rowBuilder{p: p, r: r, in: map[int]map[string]report.Access{}, lines: map[int]map[string]int{}, who: map[string]int{}, roles: map[string]map[string]report.Role{}, read: map[string]bool{}, left: lefts{}}
	for i, x := range r.People { // a site can have two whose names differ in case alone
		b.in[i], b.lines[i] = map[string]report.Access{}, map[string]int{}
		u := p.User(x.Name)
		if u == nil {
			continue
		}
		if _, known := b.who[fold(u.Name)]; !known || x.Name == u.Name {
			b.who[fold(u.Name)] = i
		}
	}
	for _, s := range r.Sites {
		b.read[fold(s.Site)] = s.Read
		for _, m := range s.Members {
			for _, i := range m.People {
				b.in[i][fold(s.Site)] = r.Access[m.Access]
			}
		}
		for _, l := range s.Lines {
			b.lines[l.Person][fold(s.Site)] = l.Cells
		}
		for _, role := range s.Roles {
			if b.roles[fold(role.Role)] == nil {
				b.roles[fold(role.Role)] = map[string]report.Role{}
			}
			b.roles[fold(role.Role)][fold(s.Site)] = role
		}
	}
	return b
}

// user adds the groups and lines of a person of the policy.
func (b *rowBuilder) user(u *policy.User) {
	elsewhere := map[string]bool{}
	for _, at := range u.At {
		for _, s := range at.Sites {
			elsewhere[fold(s)] = true
		}
	}
	var own, all []string
	for _, s := range b.p.SitesOf(u) {
		all = append(all, s.Name)
		if !elsewhere[fold(s.Name)] {
			own = append(own, s.Name)
		}
	}
	b.groups(u, u.Groups, own, false)
	b.ownLines(u, u.Allow, all)
	for _, at := range u.At {
		b.groups(u, at.Groups, at.Sites, true)
		b.ownLines(u, at.Allow, at.Sites)
	}
}

func (b *rowBuilder) groups(u *policy.User, names, sites []string, at bool) {
	sites = b.reported(sites)
	for _, name := range names {
		g := b.p.Group(name)
		if g == nil || g.Baseline || len(sites) == 0 {
			continue
		}
		gives, seal := b.brings(g.Role, sites)
		b.rows = append(b.rows, Row{Person: u.Name, FullName: u.FullName, Kind: Group, What: g.Name, Sites: sites, At: at,
			Gives: gives, seal: seal, Holds: b.held(u.Name, g.Role, sites), Reason: u.Reason, Since: b.since(u.Name, g.Role, sites)})
	}
}

func (b *rowBuilder) ownLines(u *policy.User, lines []policy.Entry, sites []string) {
	sites = b.reported(sites)
	for _, l := range lines {
		if len(sites) > 0 {
			b.rows = append(b.rows, Row{Person: u.Name, FullName: u.FullName, Kind: Line, What: l.Target(), Sites: sites,
				Gives: lineWords(l), seal: b.lineSeal(l), Reason: l.Reason})
		}
	}
}

// reported are those of some sites that the report is about.
func (b *rowBuilder) reported(sites []string) []string {
	var out []string
	for _, s := range sites {
		if _, known := b.read[fold(s)]; known {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}
