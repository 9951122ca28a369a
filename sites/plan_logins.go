package sites

import (
	"cmp"

	"grantree/finding"
	"grantree/grants"
	"grantree/sites/spill"
)

// NewLogin is a SQL login that has to be made on a server before the users of
// its sites can be.
type NewLogin struct {
	Server string
	// Database is that of a contained site, whose user it is and no login at all.
	Database string
	Login    string
	// SID is that of the user who waits for the login, or of the same person's
	// login on another server of the run, so that they have one everywhere; ""
	// where there is none yet.
	SID   string
	Type  grants.PrincipalType // of whom the login is: with a password, of Windows or of Entra
	Cause grants.Cause
}

// HasPassword reports whether it is a login that gets a password, and not one of
// an account that Windows or Entra has.
func (l NewLogin) HasPassword() bool { return l.Type == "" || l.Type == grants.SQLUser }

// newLogins collects, once per server, the logins that sites want made, but
// not those of sites that stay as they are. Users of several sites who wait for
// one login must have one SID: a login has one.
func (fp *FleetPlan) newLogins() {
	place := map[[2]string]int{}
	for n := range fp.Sites {
		s := &fp.Sites[n]
		if s.Stays() {
			continue
		}
		f := s.known()
		for _, l := range f.logins {
			key := [2]string{s.Site.Server, f.head.ServerCollation.Key(l.Login)}
			i, seen := place[key]
			switch {
			case !seen:
				place[key] = len(fp.Logins)
				fp.Logins = append(fp.Logins, NewLogin{Server: s.Site.Server, Login: l.Login, SID: l.SID, Type: l.Type, Cause: l.Cause})
			case fp.Logins[i].SID == "":
				fp.Logins[i].SID = l.SID
			case l.SID != "" && l.SID != fp.Logins[i].SID:
				fix := "drop the user there: the next plan makes it for the login; or name two logins"
				s.Findings.Errorf(finding.LoginDiffers, l.Cause.Pos, fix, "site %q: the user who waits for login %q has another SID here than in another site of server %q", s.Site.Name, l.Login, s.Site.Server)
			}
		}
	}
	for i, l := range fp.Logins {
		if l.SID == "" {
			fp.Logins[i].SID = sidElsewhere(fp.Sites, l.Server, l.Login)
		}
	}
	sids, folds := map[string]string{}, fp.folds()
	for _, sets := range []bool{false, true} { // first what is known, then who has none
		for i, l := range fp.Logins {
			for _, fold := range folds {
				key := fold(l.Login)
				if sids[key] = cmp.Or(sids[key], l.SID); sets && l.HasPassword() {
					fp.Logins[i].SID = cmp.Or(fp.Logins[i].SID, sids[key])
				}
			}
		}
	}
}

// sidElsewhere returns the SID that a SQL login of this name has on the first
// other server of the run that has one.
func sidElsewhere(sites []SitePlan, server, login string) string {
	asked := map[*spill.Blob]bool{} // servers whose sites were asked before, and say the same
	for _, s := range sites {
		if s.Site.Server == server {
			continue
		}
		if s.kept != nil {
			if asked[s.kept.server] {
				continue
			}
			asked[s.kept.server] = true
		}
		for _, l := range s.held().Logins {
			if l.Type == grants.SQLUser && len(l.SID) == 32 && s.known().head.ServerCollation.Equal(l.Name, login) {
				return l.SID
			}
		}
	}
	return ""
}
