package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// NewAccounts are the accounts that get a password by the plan: logins of
// servers, and users of contained sites.
func (fp *FleetPlan) NewAccounts() []NewLogin {
	var out []NewLogin
	for _, l := range fp.Logins {
		if l.HasPassword() && fp.Uses(l) {
			out = append(out, l)
		}
	}
	for _, r := range fp.Rows() {
		if r.Err == nil && r.Plan != nil {
			out = append(out, r.Plan.known().own...)
		}
	}
	return out
}

// newUsers are the users of the site that get a password of its own.
func (s SitePlan) newUsers() []NewLogin {
	var out []NewLogin
	for _, c := range s.Plan.Changes {
		if c.MakesPassword() {
			out = append(out, NewLogin{Server: s.Site.Server, Database: s.Site.Database, Login: c.Principals[0], Type: grants.SQLUser, Cause: c.Causes[0]})
		}
	}
	return out
}

// Place is where an account's password lets in: its server, or of a contained
// site the database.
func (l NewLogin) Place() string { return placeOf(l.Server, l.Database) }

func placeOf(server, database string) string {
	if database == "" {
		return server
	}
	return server + "/" + database
}

// String is the account for a sentence.
func (l NewLogin) String() string {
	if l.Database == "" {
		return fmt.Sprintf("login %q on server %q", l.Login, l.Server)
	}
	return fmt.Sprintf("user %q of database %q", l.Login, l.Database)
}

// rules says what the policy's rules for passwords do not do in a contained
// site that gets new ones: the server's own hold there (reference E.3).
func (s *SitePlan) rules(p *policy.Policy) {
	if users := s.newUsers(); len(users) > 0 && (p.Passwords.MustChange || p.Passwords.Expiration) {
		s.Findings.Warnf(finding.ContainedPassword, s.Site.Pos, "hand it over as what it is, or leave must_change and check_expiration out",
			"site %q is contained: a password there need not be changed at the first login (must_change) and does not expire (check_expiration)", s.Site.Name)
	}
}

// keepPasswords makes the passwords of the users that a site's plan makes, each
// of which is kept before anything is sent.
func (s SitePlan) keepPasswords(ev Events) (passwords map[string]string, kept []NewLogin, err error) {
	passwords = map[string]string{}
	for _, l := range s.known().own {
		password, err := mssql.GeneratePassword(l.Login)
		if err != nil {
			return nil, kept, err
		}
		if ev.Login != nil {
			if err := ev.Login(l.Place(), l.Login, password); err != nil {
				return nil, kept, fmt.Errorf("the password of user %q could not be kept, so nothing was sent: %w", l.Login, err)
			}
		}
		passwords[l.Login] = password
		kept = append(kept, l)
	}
	return passwords, kept, nil
}

// resetOwn says what gives a person a new password in each contained site where
// they have one.
func (f *Fleet) resetOwn(p Person, mustChange bool, k PasswordKeeper) (out []AccountChange, err error) {
	var failed []error
	for _, s := range p.Sites {
		site, _ := f.Policy.Site(s.Site)
		switch {
		case s.stranger:
			failed = append(failed, fmt.Errorf("site %q: the user %q has a password of its own there, which stays, and may be anybody's: \"grantree plan\" says what to do", s.Site, p.User.Name))
			continue
		case !s.contained || !s.Wanted:
			continue
		case p.User.Auth != policy.AuthSQL:
			failed = append(failed, fmt.Errorf("site %q: %s has no password there: change it where the account is kept", s.Site, p.User.Name))
			continue
		case s.own.AuthType != grants.AuthDatabase:
			failed = append(failed, fmt.Errorf("site %q: there is no user %q with a password of the site's own", s.Site, p.User.Name))
			continue
		case mustChange:
			failed = append(failed, fmt.Errorf("site %q is contained: a password there cannot be made to be changed at the next login (--must-change)", s.Site))
			continue
		}
		user := s.own.Name
		password, err := k.password(user)
		if err != nil {
			return nil, err
		}
		place := placeOf(p.Server, site.Database)
		out = append(out, AccountChange{Server: p.Server, Login: user, Statements: []string{mssql.ResetUserStatement(site.Database, user)},
			do: func(ctx context.Context, conn *sql.Conn) (string, error) {
				if err := k.keep(place, user, password); err != nil {
					return "", fmt.Errorf("user %q: the new password could not be kept, so it was not set: %w", user, err)
				}
				return "", wasSet(mssql.SetUserPassword(ctx, conn, site.Database, user, password), place, user, k)
			}})
	}
	return out, errors.Join(failed...)
}
