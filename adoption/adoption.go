package adoption

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Input is what an import starts from.
type Input struct {
	// Base is the file that names the servers and sites, and perhaps the catalog
	// and the licence; Read reads what it includes. It has no groups and no people.
	Base policy.Source
	Read func(path string) ([]byte, error)
	// File is the policy to be written, and Include how that names the base.
	File, Include string
	Snapshots     []*grants.Snapshot // of sites of the base
	// Group, if not empty, is the group for people who hold something and are in no
	// role: a plan makes its role, which holds nothing, and puts them into it. No site
	// may have a principal of the name. Without it they are outsiders.
	Group string
	Date  time.Time
	// Statement writes a remedy in T-SQL, for the report. Made reports whether
	// grantree made the login of a SID.
	Statement func(grants.Remedy) string
	Made      func(sid string) bool
	// Unread is what of the sites' scripts was not read, for the report.
	Unread finding.List
	// Seats is how many seats a plan of a policy over the snapshots would count. Without
	// it the guess is how many people and outsiders the draft has.
	Seats func(*policy.Policy) int
}

// Result is the policy that says what the sites hold, and what it does not say.
type Result struct {
	Text   []byte
	Policy *policy.Policy
	Report Report
}

// Import writes the policy of living sites. Planned, it changes nothing there but
// marks, and no rule objects to it; what had to be left out for that is in the
// report. Where no policy leaves the sites as they are, the error is a RefusedError;
// any other is about the base.
func Import(in Input) (*Result, error) {
	base, found := policy.Parse(in.Base, in.Read)
	if err := found.Err(); err != nil {
		return nil, err
	}
	if len(base.Groups)+len(base.Users)+len(base.Outsiders)+len(base.Waivers)+len(base.Modules)+len(base.Tests)+len(base.Nevers)+len(base.Confidential) > 0 || !base.Settings.Pos.IsZero() {
		return nil, fmt.Errorf("%s has more than servers and sites: groups, people and [policy] are what an import writes; put [server.…] and [[site]] into a file of their own", in.Base.File)
	}
	im := &importer{Input: in, base: base, excluded: map[[2]string]string{}, also: map[[2]string]bool{}, may: map[[2]string]catalog.Permissions{}, short: map[[2]string]bool{}}
	if err := im.freeGroup(); err != nil {
		return nil, err
	}
	im.space = newSpace(base.Catalog, im.viewsOf())
	im.vendors()
	return im.run()
}

// importer is an import under way. What a proof objects to it remembers, and the
// next draft is made without.
type importer struct {
	Input
	base   *policy.Policy
	space  *space
	sites  []*site
	vendor []*policy.Group
	models []*model // of the vendor's groups
	waived []policy.Waiver

	excluded  map[[2]string]string              // by site and key of a principal: why it is no group or person
	override  []string                          // names of groups whose denies take from what others give
	may       map[[2]string]catalog.Permissions // by site and name: what else outsiders may
	also      map[[2]string]bool                // by site and name: people who are more
	short     map[[2]string]bool                // by site and name: outsiders who are more than their may accepts
	counted   bool                              // Seats was asked, and said seatsUsed
	seatsUsed int
	extending bool               // the draft extends the vendor's groups
	taken     map[string]bool    // names, folded, that a group cannot have
	groups    map[*holder]*group // by the role
	extra     *group             // of people who are in no role, where one is asked for
	people    map[*holder]*user  // by the account
}

// viewsOf lists the views of all sites that grantree manages, as the catalog
// spells them where it knows them.
func (im *importer) viewsOf() []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if key := catalog.ViewName(name).Key(); !seen[key] {
			seen[key] = true
			out = append(out, name)
		}
	}
	has := map[string]bool{}
	var all []string
	for _, s := range im.Snapshots {
		w, _ := im.base.Wanted(s)
		for _, v := range w.Views {
			has[catalog.ViewName(v).Key()] = true
			all = append(all, v)
		}
	}
	for _, v := range im.base.Catalog.Views() {
		if has[v.Key()] {
			add(string(v))
		}
	}
	for _, v := range all {
		add(v)
	}
	slices.Sort(out)
	return out
}

// vendors reads the vendor's groups, where the base's catalog has what they name.
func (im *importer) vendors() {
	src := policy.Source{File: im.File, Data: []byte(list("include", []string{im.Include}) + "[policy]\nextends = \"imaint\"\n")}
	p, found := policy.Parse(src, im.read)
	if found.HasErrors() {
		return
	}
	im.vendor = p.Groups
	for _, g := range im.vendor {
		im.models = append(im.models, im.space.model(g.Name, g.Allow, g.Deny))
	}
}

// read hands a parse the base under the name that the new file gives it.
func (im *importer) read(path string) ([]byte, error) {
	if path == filepath.Join(filepath.Dir(im.File), im.Include) {
		return im.Base.Data, nil
	}
	return im.Read(path)
}

// maxRounds is how often a draft is made anew without what its proof objected to.
const maxRounds = 40

// run makes drafts until one proves to change nothing.
func (im *importer) run() (*Result, error) {
	for range maxRounds {
		d := im.draft()
		t := im.write(d)
		p, again := im.prove(d, t)
		if !again && im.Seats != nil && !im.counted && im.base.License.Pos.IsZero() {
			im.counted, im.seatsUsed = true, im.Seats(p.policy)
			again = im.seatsUsed != d.seats
		}
		if !again && len(p.left) > 0 {
			return nil, &RefusedError{p.left}
		}
		if !again {
			return &Result{Text: t.bytes(), Policy: p.policy, Report: im.report(d, p)}, nil
		}
	}
	return nil, fmt.Errorf("after %d attempts there is no policy that leaves the sites as they are", maxRounds)
}

// draft works out what the policy is to say.
func (im *importer) draft() *draft {
	im.sites, im.taken = nil, map[string]bool{}
	for _, s := range im.Snapshots {
		im.sites = append(im.sites, im.survey(s))
	}
	im.fit()
	d := &draft{groups: im.families()}
	im.groups = map[*holder]*group{}
	for _, g := range d.groups {
		for _, h := range g.in {
			im.groups[h] = g
		}
		g.overrides = slices.Contains(im.override, g.name)
	}
	im.extending = im.extend(d)
	d.extends = im.extending
	im.rest(d)
	im.persons(d)
	im.outside(d)
	im.settings(d)
	return d
}

// extend writes the groups down, and reports whether they extend the vendor's:
// where a role is as the vendor has it, or where that takes fewer lines.
func (im *importer) extend(d *draft) bool {
	if len(im.vendor) == 0 {
		im.shapes(d.groups, false)
		return false
	}
	extended := 1 + listHeight("without", im.unused(d)) + im.shapes(d.groups, true)
	if slices.ContainsFunc(d.groups, func(g *group) bool { return g.asVendor }) {
		return true
	}
	if extended < im.shapes(d.groups, false) {
		im.shapes(d.groups, true)
		return true
	}
	return false
}

// unused names the vendor's groups that no site has.
func (im *importer) unused(d *draft) []string {
	var out []string
	for _, v := range im.vendor {
		if !slices.ContainsFunc(d.groups, func(g *group) bool { return g.vendor == v }) {
			out = append(out, v.Name)
		}
	}
	return out
}
