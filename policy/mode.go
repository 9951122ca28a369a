package policy

import (
	"grantree/finding"
	"grantree/grants"
)

// Mode returns how far the policy reaches into a site, and the line that says so: the
// site's own, else the one of [policy], else all the way and no line.
func (p *Policy) Mode(s Site) (grants.Mode, finding.Pos) {
	switch {
	case s.Mode != "":
		return s.Mode, s.ModePos
	case p.Settings.Mode != "":
		return p.Settings.Mode, p.Settings.ModePos
	}
	return grants.All, finding.Pos{}
}
