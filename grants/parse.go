package grants

import (
	"time"

	"grantree/catalog"
	"grantree/finding"
)

type Source struct {
	File string
	Data []byte
}

type reach struct{}

func Parse(src Source, read func(path string) ([]byte, error)) (*Policy, finding.List) {
	return &Policy{File: src.File, Catalog: catalog.IMaint()}, nil
}
func (p *Policy) Site(name string) (Site, bool)              { return Site{}, false }
func (p *Policy) Server(name string) (Server, bool)          { return Server{}, false }
func (p *Policy) Group(name string) *Group                   { return nil }
func (p *Policy) User(name string) *User                     { return nil }
func (p *Policy) UserSites(u *User) []Site                   { return nil }
func (p *Policy) Wanted(s *Snapshot) (*Wanted, finding.List) { return &Wanted{Site: s.Site}, nil }
func (p *Policy) Offline(site Site) *Snapshot                { return &Snapshot{Site: site.Name} }

type SiteCheck struct {
	Snapshot *Snapshot
	Wanted   *Wanted
}

func Rules(p *Policy, sites []SiteCheck, today time.Time) finding.List { return nil }

type TestResult struct {
	Test   Test
	Site   string
	Views  []string
	Pass   bool
	Detail string
}

func (p *Policy) RunTests(sites []SiteCheck) []TestResult { return nil }

type Person struct {
	Name   string
	Active bool
	Exempt bool
	Sites  []string
	Pos    finding.Pos
}

func (p *Policy) People(c Collation) []Person { return nil }

func VendorGroups(c *catalog.Catalog) ([]*Group, finding.List) { return nil, nil }
