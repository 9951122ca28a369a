package policy

import (
	"cmp"
	"slices"

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
	if in := pg.in.Passwords; in != nil {
		if w := (place{pg, []any{"passwords"}}); p.first("passwords", w.at()) {
			p.passwords(in, w)
		}
	}
	if in := pg.in.Approval; in != nil {
		if w := (place{pg, []any{"approval"}}); p.first("approval", w.at()) {
			p.approval(in, w)
		}
	}
	if in := pg.in.Ledger; in != nil {
		if w := (place{pg, []any{"ledger"}}); p.first("ledger", w.at()) {
			p.ledger(in, w)
		}
	}
	if in := pg.in.Glass; in != nil {
		if w := (place{pg, []any{"break_glass"}}); p.first("break_glass", w.at()) {
			p.breakGlass(in, w)
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
	s := Settings{Adopt: in.Adopt, Without: in.Without, AdoptLogins: in.AdoptLogins, Leavers: DisableLogins, Pos: w.at()}
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
	for i, name := range in.AdoptLogins {
		p.notEmpty(name, "an adopted login", w.at("adopt_logins", i))
	}
	if in.Leavers != nil {
		s.Leavers = LeaverLogins(*in.Leavers)
		p.oneOf(*in.Leavers, "leavers", w.at("leavers"), string(DisableLogins), string(DropLogins), string(KeepLogins))
	}
	s.Mode, s.ModePos = p.mode(in.Mode, w)
	p.p.Settings = s
}

// mode reads how far the policy reaches into sites; nothing said is "".
func (p *parser) mode(in *string, w place) (grants.Mode, finding.Pos) {
	if in == nil {
		return "", finding.Pos{}
	}
	var words []string
	for _, m := range grants.Modes {
		words = append(words, string(m))
	}
	p.oneOf(*in, "mode", w.at("mode"), words...)
	return grants.Mode(*in), w.at("mode")
}

// oneOf objects to a word that is none of those that a key may have.
func (p *parser) oneOf(word, key string, at finding.Pos, words ...string) {
	if !slices.Contains(words, word) {
		p.findings.Errorf(finding.BadValue, at, p.didYouMean(word, words, ""), "%s must be one of %s, not %q", key, quoted(words, len(words)), word)
	}
}

// passwords reads [passwords]. A password that has to be changed may also expire
// (error 15122), and is under Windows' rules (reference D.2).
func (p *parser) passwords(in *filePasswords, w place) {
	out := Passwords{Policy: true, Pos: w.at()}
	for _, k := range []struct {
		in  *bool
		out *bool
	}{{in.MustChange, &out.MustChange}, {in.Policy, &out.Policy}, {in.Expiration, &out.Expiration}} {
		if k.in != nil {
			*k.out = *k.in
		}
	}
	switch {
	case out.MustChange && !(out.Policy && out.Expiration):
		p.findings.Errorf(finding.BadPasswords, w.at("must_change"), "add check_policy = true and check_expiration = true, or remove must_change",
			"SQL Server makes nobody change a password that is under no policy or never expires (error 15122)")
	case out.Expiration && !out.Policy:
		p.findings.Errorf(finding.BadPasswords, w.at("check_expiration"), "add check_policy = true, or remove check_expiration",
			"SQL Server lets no password expire that is under no policy (error 15122)")
	}
	p.p.Passwords = out
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
