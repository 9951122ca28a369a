package policy

import (
	"cmp"

	"grantree/finding"
	"grantree/grants"
)

// defaultMaxLoss is the share of a site's users that may lose something
// before a plan stops.
const defaultMaxLoss = 0.5

// defaultAdministrators is the group whose members administer a site unless
// the policy names another.
const defaultAdministrators = "Admin"

// settings reads a page's [license] and [policy].
func (p *parser) settings(pg *page) {
	if in := pg.in.License; in != nil {
		if w := (place{pg, []any{"license"}}); p.first("license", w.at()) {
			p.license(in, w)
		}
	}
	if in := pg.in.Policy; in != nil {
		if w := (place{pg, []any{"policy"}}); p.first("policy", w.at()) {
			p.policy(in, w)
		}
	}
}

// license reads [license]. No seats key means no limit.
func (p *parser) license(in *fileLicense, w place) {
	l := License{Exempt: in.Exempt, Pos: w.at()}
	if in.Seats != nil {
		l.Seats, l.Limited, l.Pos = int(*in.Seats), true, w.at("seats")
		if *in.Seats < 0 || *in.Seats > 1<<30 {
			p.findings.Errorf(finding.BadSeats, w.at("seats"), "write how many people may have a seat, or remove the key for no limit",
				"%d is not a number of seats", *in.Seats)
			l.Seats = 0
		}
	}
	if in.Home != nil {
		l.Home = *in.Home
		p.notEmpty(l.Home, "the licence's home", w.at("home"))
	}
	p.licenseAt = w
	for i, name := range in.Exempt {
		p.notEmpty(name, "an exempt name", w.at("exempt", i))
	}
	p.p.License = l
}

// policy reads [policy].
func (p *parser) policy(in *fileSettings, w place) {
	s := Settings{Adopt: in.Adopt, Pos: w.at()}
	p.settingsAt = w
	if in.Extends != nil {
		s.Extends = *in.Extends
	}
	if in.Administrators != nil {
		s.Administrators = *in.Administrators
	}
	if in.MaxLoss != nil {
		s.MaxLoss = *in.MaxLoss
		if !(s.MaxLoss > 0 && s.MaxLoss <= 1) {
			p.findings.Errorf(finding.BadMaxLoss, w.at("max_loss"), "write a share such as 0.2",
				"max_loss %v is not a share: more than 0, at most 1", *in.MaxLoss)
			s.MaxLoss = 0
		}
	}
	for i, name := range in.Adopt {
		p.notEmpty(name, "an adopted role", w.at("adopt", i))
	}
	p.p.Settings = s
}

// Administrators returns the group whose members administer the sites, or nil
// where the policy has none.
func (p *Policy) Administrators() *Group {
	if p.Settings.Administrators != "" {
		return p.Group(p.Settings.Administrators)
	}
	return p.Group(defaultAdministrators)
}

// MaxLoss returns the share of a site's users, 0 to 1, that a plan may take
// something from before it stops (rule 5).
func (p *Policy) MaxLoss() float64 {
	if p.Settings.MaxLoss == 0 {
		return defaultMaxLoss
	}
	return p.Settings.MaxLoss
}

// Guard returns what the lock-out rule (rule 5) has to know of the policy.
// expectLoss is how many users the administrator expects to lose something. A
// group of administrators that is not in the policy any more counts by its
// name.
func (p *Policy) Guard(expectLoss int) grants.Guard {
	g := grants.Guard{MaxLoss: p.MaxLoss(), At: p.Settings.Pos, ExpectLoss: expectLoss,
		Administrators: cmp.Or(p.Settings.Administrators, defaultAdministrators), AdministratorsAt: p.Settings.Pos}
	if a := p.Administrators(); a != nil {
		g.Administrators, g.AdministratorsAt = cmp.Or(a.Role, a.Name), a.Pos
	}
	return g
}

// notEmpty objects to an empty name in a list.
func (p *parser) notEmpty(name, what string, at finding.Pos) {
	if name == "" {
		p.findings.Errorf(finding.NameInvalid, at, "", "%s is empty", what)
	}
}
