package catalog

import (
	"strings"

	"grantree/finding"
	"grantree/tomldoc"
)

// Parse reads a catalog file. It gathers every problem; when none is an error
// the catalog is complete. With errors the catalog holds what could be read,
// so that other checks may go on, and is not to be acted on.
func Parse(file string, data []byte) (*Catalog, finding.List) {
	var in fileCatalog
	doc, found := tomldoc.Decode(file, data, &in)
	p := parser{doc: doc, findings: found, c: &Catalog{
		Name: in.Name, Prefix: in.Prefix, Schema: in.Schema,
		Levels: defaultLevels(),
		byPath: map[string]*Node{}, areas: map[string]*Area{}, aliases: map[string]ViewName{}, outside: map[string]bool{},
	}}
	p.c.index()
	p.header(in)
	p.levels(in.Levels)
	p.aliases(in.Aliases)
	p.nodes(in.Nodes)
	p.outside(in.Outside)
	p.ignored(in.Ignored)
	p.areas(in.Areas)
	return p.c, p.findings
}

// parser turns a decoded file into a catalog, part by part.
type parser struct {
	doc      *tomldoc.Doc
	c        *Catalog
	findings finding.List
	paths    []string              // of all nodes, for suggestions
	names    int                   // in the paths of all nodes
	widened  map[*Node]finding.Pos // nodes of the catalog that is extended, and where the file adds views to them
	compared int                   // names that were compared to find a near one
}

const (
	// maxNames is how many names the paths of a catalog may have together.
	maxNames = 2_000_000
	// maxCompared is how many names are compared in search of near ones; then
	// errors come without one.
	maxCompared = 1_000_000
)

// near returns the fix that offers the nearest of the known words, or
// otherwise.
func (p *parser) near(word string, known []string, otherwise string) string {
	if p.compared += len(known); p.compared > maxCompared {
		return otherwise
	}
	if near := finding.Nearest(word, known); near != "" {
		return `did you mean "` + near + `"?`
	}
	return otherwise
}

// header checks the name and fills in the default schema.
func (p *parser) header(in fileCatalog) {
	if unread := p.findings.HasErrors() && in.Name == "" && len(in.Nodes) == 0; unread {
		return // a file that cannot be read has nothing, which is no news
	}
	if in.Name == "" {
		p.findings.Errorf(finding.MissingKey, p.doc.At(), `add name = "…"`, "the catalog has no name")
	}
	if len(in.Nodes) == 0 {
		p.findings.Errorf(finding.MissingKey, p.doc.At(), "add [[node]] tables", "the catalog has no nodes")
	}
	if in.Schema == "" {
		p.c.Schema = "dbo"
	}
}

// levels reads the [levels] table over the default one.
func (p *parser) levels(in map[string]fileLevel) {
	for _, name := range sortedKeys(in) {
		level, ok := p.level(name, "levels", name)
		if !ok {
			continue
		}
		rule := in[name]
		p.c.Levels[level] = LevelRule{
			Granted: rule.Granted,
			Always:  p.permissions(rule.Always, "levels", name, "always"),
			Entry:   rule.Entry,
		}
	}
}

// level reads the name of a level that stands at path.
func (p *parser) level(name string, path ...any) (Level, bool) {
	var known []string
	for _, l := range EveryLevel() {
		if string(l) == name {
			return l, true
		}
		known = append(known, string(l))
	}
	fix := p.near(name, known, "use "+strings.Join(known, ", "))
	p.findings.Errorf(finding.UnknownLevel, p.doc.At(path...), fix, "unknown level %q", name)
	return "", false
}

// permissions reads the names of permissions that stand at path.
func (p *parser) permissions(words []string, path ...any) Permissions {
	var out Permissions
	for i, word := range words {
		one, err := ParsePermission(word)
		if err != nil {
			p.findings.Errorf(finding.UnknownPermission, p.doc.At(append(path, i)...), "", "%v", err)
		}
		out = out.Union(one)
	}
	return out
}

// viewName checks the name of a view that stands at path.
func (p *parser) viewName(name string, path ...any) (ViewName, bool) {
	at := p.doc.At(path...)
	site := p.c.SiteName(ViewName(name))
	switch {
	case name == "":
		p.findings.Errorf(finding.MissingKey, at, `add name = "…"`, "a view has no name")
		return "", false
	case CheckViewName(name) != "":
		p.findings.Errorf(finding.BadView, at, "", "view name %q %s", name, CheckViewName(name))
		return "", false
	case !site.HasPrefix(p.c.Prefix):
		p.findings.Errorf(finding.ViewPrefix, at, "add an [[alias]] that gives its name in the site",
			"view %q does not start with %q", name, p.c.Prefix)
		return "", false
	}
	return ViewName(name), true
}

// CheckViewName says what keeps a catalog from naming a view, or "".
func CheckViewName(name string) string {
	switch {
	case strings.TrimSpace(name) != name || strings.ContainsAny(name, "\x00\r\n"):
		return "has space around it or a line break in it"
	case len([]rune(name)) > 128:
		return "is longer than 128 characters"
	}
	return ""
}

// path reads the path of a node that stands at key.
func (p *parser) path(s string, key ...any) (Path, bool) {
	path, err := ParsePath(s)
	if err != nil {
		p.findings.Errorf(finding.BadPath, p.doc.At(key...), "write the names of the nodes joined by bars", "%v", err)
		return nil, false
	}
	return path, true
}

// nodePath reads the full path of a node of the tree that stands at key.
func (p *parser) nodePath(s string, key ...any) (Path, bool) {
	path, ok := p.path(s, key...)
	if !ok {
		return nil, false
	}
	if n := p.c.byPath[path.Key()]; n != nil {
		return n.Path, true
	}
	fix := p.near(path.String(), p.pathNames(), "write the full path of a node")
	p.findings.Errorf(finding.UnknownNode, p.doc.At(key...), fix, "no node has the path %q", path)
	return nil, false
}

// pathNames returns the full path of every node, made once.
func (p *parser) pathNames() []string {
	if p.paths == nil {
		for _, n := range p.c.Nodes {
			p.paths = append(p.paths, n.Path.String())
		}
	}
	return p.paths
}
