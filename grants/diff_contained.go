package grants

import (
	"fmt"

	"grantree/finding"
)

// ContainedOption is the option of a server without which nobody enters a
// contained database but by a login (reference D.6).
const ContainedOption = "contained database authentication"

// notContained reports, as an error, a site that the policy calls contained and
// that is not.
func notContained(s *Snapshot, w *Wanted, write func(Remedy) string) finding.List {
	var out finding.List
	if w.Contained && !s.Contained {
		do := mend(Remedy{Kind: RemedyConfigure, Option: ContainedOption, To: "1"},
			Remedy{Kind: RemedySetDatabase, On: Securable{Class: "DATABASE", Name: s.Database}, Option: "CONTAINMENT = PARTIAL"})
		do.or = "take contained out of the [[site]]"
		do.advise(out.Errorf(finding.SiteNotContained, finding.Pos{}, "", "the policy calls the site contained, and the database %q is not: nobody can have an account without a login there", s.Database), write, s.Database)
	}
	return out
}

// contained decides about a wanted user of a contained site, whose account is
// the database's own: the link is the name, for there is no login.
func (d *differ) contained(u WantedUser) bool {
	if !d.from.Contained {
		return false // see notContained
	}
	if u.own() != SQLUser && !d.from.ServerCollation.Equal(u.Name, u.Login) {
		d.plan.Findings.Errorf(finding.ContainedName, u.Cause.Pos, fmt.Sprintf("write name = %q", u.Login),
			"the site is contained, where an account of Windows or Entra has its own name: %q cannot be called %q", u.Login, u.Name)
		return false
	}
	p, exists := d.ix.principal(u.Name)
	if !exists {
		d.create(u.Name, u.own())
		d.add(phaseCreateUser, Change{Kind: CreateUser, Principals: []string{u.Name}, Own: u.own(), Causes: []Cause{u.Cause}})
		return true
	}
	found := d.ix.principals[p]
	if _, wrong := u.misfit(found); !wrong {
		if !found.Managed {
			d.add(phaseMark, Change{Kind: Mark, Principals: []string{found.Name}, Causes: []Cause{u.Cause}})
		}
		return true
	}
	switch {
	case isBuiltIn(found.ID):
		d.plan.Findings.Errorf(finding.NameReserved, u.Cause.Pos, "name the person's own account", "%q is a name that every database has", u.Name)
	case found.Type == DatabaseRole:
		d.plan.Findings.Errorf(finding.NameTaken, u.Cause.Pos, "give the user another name, or drop the role first",
			"the user %q cannot be made: the site has a role of that name", u.Name)
	default:
		why, _ := u.misfit(found)
		d.errorf(finding.ContainedOther, u.Cause.Pos, u.makeOwn(found), "the site is contained, and the user %q %s", found.Name, why)
	}
	return false
}

// own is what the account of a person is in a contained site.
func (u WantedUser) own() PrincipalType {
	switch {
	case u.ofEntra():
		return u.Type
	case isWindowsName(u.login()):
		return WindowsUser
	}
	return SQLUser
}

// misfit says why a user of a contained site cannot be the person's account.
func (u WantedUser) misfit(p Principal) (why string, wrong bool) {
	windows := p.AuthType == AuthWindows
	switch own := u.own(); {
	case isBuiltIn(p.ID) || !isAccount(p):
		return "is no account", true
	case p.AuthType == AuthNone:
		return "was made WITHOUT LOGIN: nobody can enter as it", true
	case own == SQLUser && p.AuthType == AuthLogin:
		return "belongs to a login of the server, whose password lets in", true
	case own == SQLUser && p.AuthType != AuthDatabase, own == WindowsUser && !windows, own.external() && p.AuthType != AuthExternal:
		return fmt.Sprintf("is that of %s and not %s", Login{Type: p.Type}.describe(), ownWords[own]), true
	}
	return "", false
}

// ownWords are the accounts of contained sites, for a sentence.
var ownWords = map[PrincipalType]string{SQLUser: "one with a password of the database", WindowsUser: "an account of Windows", ExternalUser: "an account of Entra", ExternalGroup: "an account of Entra"}

// makeOwn is what to do about a user who is not the database's own: one with a
// login keeps its password, any other is dropped and made anew.
func (u WantedUser) makeOwn(p Principal) advice {
	if u.own() == SQLUser && p.AuthType == AuthLogin && p.Type == SQLUser {
		return mend(Remedy{Kind: RemedyMigrate, Principal: p.Name})
	}
	return mend(Remedy{Kind: RemedyDropUser, Principal: p.Name})
}
