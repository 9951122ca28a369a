package policy

import (
	_ "embed"

	"grantree/finding"
	"grantree/tomldoc"
)

//go:embed imaint.toml
var imaintPolicy []byte

// imaintName is what [policy] extends calls the built-in policy.
const imaintName = "imaint"

// vendorFile is the name that positions in the built-in policy carry.
const vendorFile = "vendor's groups"

// IsVendor reports whether what stands at a place is built in, and not written by
// the administrator.
func IsVendor(at finding.Pos) bool { return at.File == vendorFile || at.File == presetFile }

// vendor reads the policy that a page extends.
func (p *parser) vendor(pages []*page) {
	for _, pg := range pages {
		if pg.in.Policy == nil || pg.in.Policy.Extends == nil {
			continue
		}
		name := *pg.in.Policy.Extends
		if name != imaintName {
			p.findings.Errorf(finding.UnknownPolicy, pg.doc.At("policy", "extends"), p.didYouMean(name, []string{imaintName}, `write extends = "imaint", or remove it`),
				"there is no built-in policy %q", name)
			continue
		}
		p.readVendor()
		return
	}
}

// readVendor reads the built-in policy's groups and waivers.
func (p *parser) readVendor() {
	pg := &page{}
	var found finding.List
	pg.doc, found = tomldoc.Decode(vendorFile, imaintPolicy, &pg.in)
	p.findings.add(found)
	p.parts([]*page{pg})
}
