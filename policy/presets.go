package policy

import (
	_ "embed"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/tomldoc"
)

//go:embed presets.toml
var presetGroups []byte

// presetFile is the name that positions in the presets carry.
const presetFile = "presets"

// presetPrefix begins the name of every preset, so that a group may have the
// name of the one that it copies.
const presetPrefix = "preset: "

// Presets returns the built-in groups that can be copied and nothing else: the
// account types of the documents, and the vendor's three accounts. Their lines
// are resolved against the policy's catalog; those that it has no node for are
// left out.
func (p *Policy) Presets() []*Group {
	groups, _ := readPresets(p)
	return groups
}

// readPresets reads the presets; the findings say what the catalog lacks.
func readPresets(of *Policy) ([]*Group, finding.List) {
	p := parser{p: &Policy{File: presetFile, Catalog: of.Catalog}}
	pg := &page{}
	var found finding.List
	pg.doc, found = tomldoc.Decode(presetFile, presetGroups, &pg.in)
	p.findings.add(found)
	p.parts([]*page{pg})
	p.expandAll()
	for _, g := range p.p.Groups {
		g.Name, g.Role = presetPrefix+g.Name, ""
	}
	return p.p.Groups, finding.List(p.findings)
}

// preset returns the preset of a name, or nil. What the catalog lacks of it is
// an error.
func (p *parser) preset(name string) *Group {
	if !strings.HasPrefix(name, presetPrefix) {
		return nil
	}
	groups, found := readPresets(p.p)
	i := slices.IndexFunc(groups, func(g *Group) bool { return sameName(g.Name, name) })
	if i < 0 {
		return nil
	}
	for _, f := range found {
		if f.Where.Compare(groups[i].Pos) > 0 && (i+1 == len(groups) || f.Where.Compare(groups[i+1].Pos) < 0) {
			p.findings.add(finding.List{f})
		}
	}
	return groups[i]
}

// presetNames lists the presets, for suggestions.
func (p *parser) presetNames() []string {
	var out []string
	for _, g := range p.p.Presets() {
		out = append(out, g.Name)
	}
	return out
}
