package policy

import (
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// Parse reads a policy file, the files it includes (relative to the including
// file, through read, which may be nil where nothing is included), its catalog
// and the policy it extends.
//
// Every problem of all files is in the list, each with its place, the
// offending text and, where one is near, the right spelling; none stops the
// reading. A policy with an error in its list is not to be acted on, but it is
// never nil and holds what could be read. Names are compared without regard to
// case where one part of the file refers to another; whether two names that
// differ only in case collide is for each site's collation, and so for Wanted.
func Parse(src Source, read func(path string) ([]byte, error)) (*Policy, finding.List) {
	p, _ := parse(src, read, nil)
	return p.p, finding.List(p.findings).Sorted()
}

// ParseUnder does the same with another catalog in the place of the policy's.
func ParseUnder(c *catalog.Catalog, src Source, read func(path string) ([]byte, error)) (*Policy, finding.List) {
	p, _ := parse(src, read, c)
	return p.p, finding.List(p.findings).Sorted()
}

// parse does the same, and returns with the policy where its parts were read,
// and the pages of its files. known is the policy's catalog where that was read
// before, else nil.
func parse(src Source, read func(path string) ([]byte, error), known *catalog.Catalog) (*parser, []*page) {
	l := loader{read: read, seen: map[string]bool{}}
	l.load(src)
	p := &parser{p: &Policy{File: src.File, Settings: Settings{Leavers: DisableLogins}, Passwords: Passwords{Policy: true}}, findings: l.findings}
	if p.p.Catalog = known; known == nil {
		p.catalog(&l)
	}
	p.vendor(l.pages)
	p.parts(l.pages)
	p.leaveOut()
	p.p.groupNames, p.p.userNames = newNames(p.p.Groups, groupName), newNames(p.p.Users, userName)
	p.p.siteNames, p.p.inUse = newNames(p.p.Sites, siteName), slices.Clip(p.p.SitesInUse())
	p.copies()
	p.checkNames()
	p.checkMembership()
	p.checkReferences()
	p.expandAll()
	return p, l.pages
}

// parser turns decoded files into a policy, part by part.
type parser struct {
	p        *Policy
	findings problems

	// replaced holds the vendor's groups whose names the policy's own took.
	replaced []*Group
	// groupAt and userAt say where each group and user was read.
	groupAt map[*Group]place
	userAt  map[*User]place
	// outsiderAt says where each outsider was read, in their order.
	outsiderAt []place
	// neverAt, confidentialAt and reviewAt say where each of those was read, in their order.
	neverAt, confidentialAt, reviewAt []place
	glassAt                           place
	// settingsAt says where [policy] was read.
	settingsAt place
	// licenseAt says where [license] was read.
	licenseAt place
	// once holds the first place of every table that may stand only once.
	once map[string]finding.Pos
	// compared is how many names were compared to find near ones.
	compared int
	// lines is how many lines groups have from those that they copy.
	lines int
}

// place is a table of a page: its document and the path to it.
type place struct {
	page *page
	path []any
}

// at returns the place of a key of the table, or of the table itself.
func (w place) at(key ...any) finding.Pos {
	if w.page == nil {
		return finding.Pos{}
	}
	return w.page.doc.At(slices.Concat(w.path, key)...)
}

// in returns the place of a table within the table.
func (w place) in(key ...any) place { return place{page: w.page, path: slices.Concat(w.path, key)} }

// broken reports whether the key's value was already found to be unreadable.
func (w place) broken(key string) bool {
	at := w.at(key)
	return at != w.at() && w.page.broken[at]
}

// parts reads every table of every page into the policy.
func (p *parser) parts(pages []*page) {
	if p.groupAt == nil {
		p.groupAt, p.userAt = map[*Group]place{}, map[*User]place{}
	}
	for _, pg := range pages {
		p.settings(pg)
		for _, name := range slices.Sorted(maps.Keys(pg.in.Servers)) {
			p.server(name, pg.in.Servers[name], place{pg, []any{"server", name}})
		}
		for i, in := range pg.in.Sites {
			p.site(in, place{pg, []any{"site", i}})
		}
		for i, in := range pg.in.Groups {
			p.group(in, place{pg, []any{"group", i}})
		}
		for i, in := range pg.in.Users {
			p.user(in, place{pg, []any{"user", i}})
		}
		for i, in := range pg.in.Waivers {
			p.waiver(in, place{pg, []any{"waiver", i}})
		}
		for i, in := range pg.in.Outsiders {
			p.outsider(in, place{pg, []any{"outsider", i}})
		}
		for i, in := range pg.in.Modules {
			p.module(in, place{pg, []any{"module", i}})
		}
		for i, in := range pg.in.Nevers {
			p.never(in, place{pg, []any{"never", i}})
		}
		for i, in := range pg.in.Confidential {
			p.confidential(in, place{pg, []any{"confidential", i}})
		}
		for i, in := range pg.in.Reviews {
			p.review(in, place{pg, []any{"review", i}})
		}
		for i, in := range pg.in.Tests {
			p.test(in, place{pg, []any{"test", i}})
		}
	}
}

// catalog reads the catalog that a page names, or takes the built-in one.
func (p *parser) catalog(l *loader) {
	for _, pg := range l.pages {
		w := place{pg, []any{"catalog"}}
		if pg.in.Catalog == nil || !p.first("catalog", w.at()) {
			continue
		}
		if pg.in.Catalog.File == "" {
			p.missing(w, "file", "[catalog]", `add file = "catalog.toml", or remove the table to use the built-in catalog`)
			continue
		}
		name := relative(w.at().File, pg.in.Catalog.File)
		data, err := l.fetch(name)
		if err != nil {
			p.findings.Errorf(finding.CatalogMissing, w.at("file"), "", "cannot read the catalog %q: %v", pg.in.Catalog.File, err)
			continue
		}
		var found finding.List
		if pg.in.Catalog.Extends == nil {
			p.p.Catalog, found = catalog.Parse(name, data)
		} else {
			p.extends(*pg.in.Catalog.Extends, w)
			p.p.Catalog, found = catalog.Extend(catalog.IMaint(), name, data)
		}
		p.findings.add(found)
	}
	if p.p.Catalog == nil {
		p.p.Catalog = catalog.IMaint()
	}
}

// extends checks which catalog another extends: there is one.
func (p *parser) extends(name string, w place) {
	if name != imaintName {
		p.findings.Errorf(finding.UnknownCatalog, w.at("extends"), p.didYouMean(name, []string{imaintName}, `write extends = "imaint", or remove it`),
			"there is no built-in catalog %q", name)
	}
}

// first reports whether a table that may stand only once has not been seen
// yet, and objects where it has.
func (p *parser) first(table string, at finding.Pos) bool {
	if p.once == nil {
		p.once = map[string]finding.Pos{}
	}
	if before, ok := p.once[table]; ok {
		p.findings.Errorf(finding.DuplicateTable, at, "keep one of them", "[%s] stands at %s already", table, before)
		return false
	}
	p.once[table] = at
	return true
}

// missing objects to a key that has to be there, unless its value was found to
// be unreadable already.
func (p *parser) missing(w place, key, of, fix string) {
	if !w.broken(key) {
		p.findings.Errorf(finding.MissingKey, w.at(), fix, "%s has no %s", of, key)
	}
}

// maxCompared is how many names a parse compares in search of near ones; then
// errors come without one.
const maxCompared = 1_000_000

// didYouMean is the function of that name, within maxCompared.
func (p *parser) didYouMean(word string, known []string, otherwise string) string {
	if p.compared += len(known); p.compared > maxCompared {
		return otherwise
	}
	return didYouMean(word, known, otherwise)
}

// didYouMean returns the fix that offers the nearest of the known words, or
// otherwise, which may be empty.
func didYouMean(word string, known []string, otherwise string) string {
	return orFix(ask(finding.Nearest(word, known)), otherwise)
}
