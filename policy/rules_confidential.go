package policy

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// leak is how some people reach a confidential view who are in none of its
// groups.
type leak struct {
	confidential int // of Policy.Confidential
	may          catalog.Permissions
	group        string // through which they have it, or "" for a line of their own
	lines        string // that give it, joined
	byNode       bool   // the first of them names a node, an area or every view
	copied       bool   // the group has the first of them by copying another
	site         string
}

// confidential finds the people who may do anything on a confidential view and
// are in none of the groups that it is for.
func (m *intended) confidential(found map[leak]map[string]bool) {
	if len(m.p.Confidential) == 0 {
		return
	}
	for _, c := range m.crowds() {
		has := m.Of(c.tokens)
		for i, x := range m.p.Confidential {
			view, there := m.Place(string(m.p.Catalog.SiteName(x.View)))
			if !there || has[view].IsEmpty() || slices.ContainsFunc(c.tokens, func(t string) bool { return m.p.among(m.group[t], x.Groups) }) {
				continue
			}
			for _, t := range c.tokens {
				l, leaks := m.leak(t, view, has[view])
				if !leaks {
					continue
				}
				if l.confidential = i; found[l] == nil {
					found[l] = map[string]bool{}
				}
				for _, u := range c.users {
					found[l][u] = true
				}
			}
		}
	}
}

// leak returns what of some permissions a token brings on a view, and its lines.
func (m *intended) leak(token string, view int, of catalog.Permissions) (leak, bool) {
	l := leak{group: m.group[token], site: m.w.Site}
	var lines []finding.Pos
	for _, one := range of.Each() {
		e := m.entry(token, view, one)
		if e == nil || e.State != grants.Granted {
			continue
		}
		l.may = l.may.Union(one)
		for _, c := range e.Causes {
			lines = append(lines, c.Pos)
		}
	}
	if len(lines) == 0 {
		return leak{}, false
	}
	slices.SortFunc(lines, finding.Pos.Compare)
	lines = slices.Compact(lines)
	var texts []string
	for _, at := range lines {
		texts = append(texts, at.String())
	}
	l.lines = strings.Join(texts, "\x00")
	if g := m.p.Group(l.group); g != nil {
		if i := slices.IndexFunc(g.Allow, func(e Entry) bool { return e.Pos == lines[0] }); i >= 0 {
			l.byNode, l.copied = g.Allow[i].View == "", g.Allow[i].From != ""
		}
	}
	return l, true
}

// leakFindings makes one finding of the people and sites of the same leak.
func (p *Policy) leakFindings(found map[leak]map[string]bool) finding.List {
	sites := sitesAlike(found, func(l leak) (leak, string) {
		site := l.site
		l.site = ""
		return l, site
	})
	var out finding.List
	for k, names := range sites {
		c := p.Confidential[k.what.confidential]
		whom := "nobody"
		switch len(c.Groups) {
		case 0:
		case 1:
			whom = "group " + quoted(c.Groups, 1)
		default:
			whom = "groups " + quoted(c.Groups, 5)
		}
		reason := ""
		if c.Reason != "" {
			reason = ": " + c.Reason
		}
		lines := strings.Split(k.what.lines, "\x00")
		by := "a line of their own"
		if k.what.group != "" {
			by = "group " + quote(k.what.group)
		}
		out.Errorf(finding.ConfidentialOpen, c.Pos, p.leakFix(k.what, c, len(lines)),
			"%s may %s on %s by %s (%s)%s, which is confidential to %s%s", people(k.users), k.what.may, p.Catalog.SiteName(c.View), by,
			joined(lines[:min(len(lines), 3)], len(lines)), inSites(names), whom, reason)
	}
	return out
}

// leakFix says how a leak is closed, or said to be meant.
func (p *Policy) leakFix(l leak, c Confidential, lines int) string {
	view := string(p.Catalog.SiteName(c.View))
	if l.group == "" {
		if len(c.Groups) == 0 {
			return "remove the line"
		}
		return "remove the line, or put them into one of these groups"
	}
	which := "the line"
	if lines > 1 {
		which = "each of the lines"
	}
	close := "remove " + which
	switch g := p.Group(l.group); {
	case IsVendor(g.Pos):
		close = copyWithout(g.Name, view)
	case l.copied:
		close = "add " + quote(view) + " to without of the group"
	case l.byNode:
		close = "add " + quote(view) + " to the except list of " + which
	}
	return close + ", or add " + quote(l.group) + " to groups"
}
