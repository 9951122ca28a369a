package policy

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// Compiler makes what a policy wants of many sites, once for all that want the
// same: those that have the same views of the application and the same people,
// compare names alike and ignore nothing. What it returns is shared and not to be
// changed, but for the fields of the Wanted itself.
type Compiler struct {
	p     *Policy
	made  map[[sha256.Size]byte]*compiled
	kinds [][sha256.Size]byte // that are there, as they came
}

// mostKinds is how many kinds of sites are remembered: a fleet in which every site
// is of another costs the time of each, and the memory of a few.
const mostKinds = 16

// compiled is what is wanted of the sites of one kind.
type compiled struct {
	wanted   *grants.Wanted
	findings finding.List
	own      bool // what was found names the site
}

// NewCompiler returns a compiler of a policy, which must not change any more.
func NewCompiler(p *Policy) *Compiler {
	return &Compiler{p: p, made: map[[sha256.Size]byte]*compiled{}}
}

// Wanted is what Policy.Wanted returns for a site.
func (c *Compiler) Wanted(s *grants.Snapshot) (*grants.Wanted, finding.List) {
	if s.Collation.Same != nil || s.ServerCollation.Same != nil { // the site's own answers
		return c.p.Wanted(s)
	}
	kind := c.p.kindOf(s)
	made := c.made[kind]
	if made == nil {
		made = &compiled{}
		made.wanted, made.findings = c.p.wantedAlways(s)
		made.own = slices.ContainsFunc(made.findings, func(f finding.Finding) bool { return !slices.Contains(ofAnySite, f.Code) })
		c.made[kind] = made
		if c.kinds = append(c.kinds, kind); len(c.kinds) > mostKinds {
			delete(c.made, c.kinds[0])
			c.kinds = c.kinds[1:]
		}
	}
	if made.own {
		return c.p.Wanted(s)
	}
	wanted := *made.wanted
	wanted.Site = s.Site
	return c.p.WithOpenings(s, &wanted), slices.Clone(made.findings)
}

// ofAnySite are the codes of Wanted that say the same of every site.
var ofAnySite = []string{finding.ReachesNoView, finding.DenyBeatsAllow}

// kindOf is the same for sites of which the policy wants the same: a digest of all
// that Wanted asks a site, and of what the policy says of the site by name.
func (p *Policy) kindOf(s *grants.Snapshot) [sha256.Size]byte {
	var b strings.Builder
	add := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(strconv.Itoa(len(part)))
			b.WriteByte(':')
			b.WriteString(part)
		}
		b.WriteByte('\n')
	}
	add(s.Collation.Name, fmt.Sprint(s.Collation.Rule), s.ServerCollation.Name, fmt.Sprint(s.ServerCollation.Rule))
	if site, ok := p.Site(s.Site); ok {
		add(site.Ignore...)
	}
	schemas := map[int]bool{}
	for _, x := range s.Schemas {
		schemas[x.ID] = s.Collation.Equal(x.Name, p.Catalog.Schema)
	}
	var views []string
	for _, v := range s.Views {
		if schemas[v.Schema] {
			views = append(views, v.Name)
		}
	}
	slices.Sort(views)
	add(views...)
	for _, g := range p.Groups {
		if len(g.Sites) > 0 {
			fmt.Fprint(&b, p.isIn(g, s.Site))
		}
	}
	for _, u := range p.Users {
		switch at := p.elsewhere(u, s.Site); {
		case !p.names(u, s.Site):
			b.WriteByte('-')
		case u.Inactive:
			b.WriteByte('x')
		case at == nil:
			b.WriteByte('+')
		default:
			add(strconv.Itoa(slices.IndexFunc(u.At, func(e Elsewhere) bool { return e.Pos == at.Pos })))
		}
	}
	return sha256.Sum256([]byte(b.String()))
}
