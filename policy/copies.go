package policy

import (
	"slices"
	"strings"

	"grantree/finding"
)

// maxCopied is how many lines all groups together may have by copying: a chain
// of copies grows with its square.
const maxCopied = 100_000

// copies puts the lines of a copied group before the group's own, so that
// every group's lines are complete. Roles, the baseline and members are not
// copied.
func (p *parser) copies() {
	done := map[*Group]bool{}
	for _, g := range p.p.Groups {
		p.copy(g, done, nil)
	}
}

// copy completes one group; on holds the groups whose copying led here.
func (p *parser) copy(g *Group, done map[*Group]bool, on []*Group) {
	if done[g] || g.Copies == "" {
		if g.Copies == "" && len(g.Without) > 0 {
			p.missing(p.groupAt[g], "copies", "group "+quote(g.Name)+", which does without something,", `add copies = "…", the group that it is taken from`)
		}
		return
	}
	from := p.copied(g)
	switch {
	case from == nil:
		known := p.groupNames()
		if strings.HasPrefix(g.Copies, presetPrefix) {
			known = p.presetNames()
		}
		p.findings.Errorf(finding.UnknownGroup, p.groupAt[g].at("copies"), p.didYouMean(g.Copies, known, p.listGroups()),
			"group %q copies %q, which is no group", g.Name, g.Copies)
		done[g] = true
		return
	case from == g || slices.Contains(on, from):
		p.findings.Errorf(finding.CopiesCycle, p.groupAt[g].at("copies"), "let one of them stand alone",
			"group %q copies %q, which copies it in turn", g.Name, g.Copies)
		done[g] = true
		return
	}
	p.copy(from, done, append(on, g))
	done[g] = true
	if p.lines += len(from.Allow) + len(from.Deny); p.lines > maxCopied {
		if before := p.lines - len(from.Allow) - len(from.Deny); before <= maxCopied {
			p.findings.Errorf(finding.TooLarge, p.groupAt[g].at("copies"), "copy fewer groups", "with the group %q groups have more than %d lines from those that they copy", g.Name, maxCopied)
		}
		return
	}
	less := p.without(g, from)
	g.Allow = append(copied(from.Allow, from.Name, less), g.Allow...)
	g.Deny = append(copied(from.Deny, from.Name, less), g.Deny...)
}

// copied returns the group that g copies: one of the policy, a vendor's that is
// left out or, where g copies its own name, whose place g has taken, or a preset.
func (p *parser) copied(g *Group) *Group {
	old, _ := find(p.replaced, g.Copies, groupName)
	if own := p.p.Group(g.Copies); own != nil && !(own == g && old != nil) {
		return own
	}
	if old == nil {
		return p.preset(g.Copies)
	}
	return old
}

// copied returns the lines as another group has them, which may do without some
// of what they give.
func copied(lines []Entry, from string, less []*less) []Entry {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = out[i].without(less)
		if out[i].From == "" {
			out[i].From = from
		}
	}
	return out
}

func (p *parser) groupNames() []string {
	var out []string
	for _, g := range p.p.Groups {
		out = append(out, g.Name)
	}
	return out
}

// listGroups is the fix for a group that is named and does not exist.
func (p *parser) listGroups() string {
	if len(p.p.Groups) == 0 {
		return `add a [[group]], or [policy] extends = "imaint" for the vendor's groups`
	}
	return `"grantree group list" lists the groups`
}
