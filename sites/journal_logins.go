package sites

import (
	"errors"
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/journal"
	"grantree/sql/mssql"
)

// loginsAsked writes down what is about to be done to logins of a server, and
// loginsSaid what came of it.
func (f *Fleet) loginsAsked(server string, acts []journal.LoginAct) error {
	if len(acts) == 0 {
		return nil
	}
	if err := f.write(journal.Record{Kind: journal.KindLogins, Logins: &journal.Logins{Server: server, Acts: acts}}); err != nil {
		return fmt.Errorf("server %q: %w", server, &JournalError{err})
	}
	return nil
}

func (f *Fleet) loginsSaid(server string, acts []journal.LoginAct) {
	if len(acts) == 0 {
		return
	}
	if err := f.write(journal.Record{Kind: journal.KindLoginsDone, Logins: &journal.Logins{Server: server, Acts: acts}}); err != nil {
		f.options.Warn("server %q: what became of its logins could not be written into the journal: %v", server, err)
	}
}

// making are logins that are about to be made.
func making(logins []NewLogin) []journal.LoginAct {
	out := make([]journal.LoginAct, len(logins))
	for i, l := range logins {
		out[i] = journal.LoginAct{Kind: journal.CreateLogin, Login: l.Login, SID: l.SID, Type: l.Type}
	}
	return out
}

// changing are changes of logins that are about to be made; s is a site of their server.
func changing(changes []grants.LoginChange, s *grants.Snapshot) []journal.LoginAct {
	out := make([]journal.LoginAct, len(changes))
	for i, c := range changes {
		out[i] = journal.LoginAct{Kind: c.Kind, Login: c.Login, To: c.To, SID: c.SID}
		if c.Kind == grants.DropLogin && s != nil {
			out[i].Had, out[i].Type = hadLogin(s, c.SID)
		}
	}
	return out
}

// hadLogin is what the login of a SID has on its server.
func hadLogin(s *grants.Snapshot, sid string) (*journal.LoginHad, grants.PrincipalType) {
	i := slices.IndexFunc(s.Logins, func(l grants.Login) bool { return l.SID == sid && !l.IsRole() })
	if i < 0 {
		return nil, ""
	}
	l := s.Logins[i]
	had := &journal.LoginHad{Disabled: l.Disabled}
	for _, m := range s.ServerMembers {
		for _, role := range s.Logins {
			if m.Member == l.ID && role.ID == m.Role {
				had.Roles = append(had.Roles, role.Name)
			}
		}
	}
	for _, row := range s.ServerPermissions {
		if row.Grantee == l.ID && row.Class == grants.ClassServer && (row.Name != "CONNECT SQL" || row.State != grants.Granted) {
			word := map[grants.State]string{grants.Granted: "GRANT", grants.GrantedWithGrant: "GRANT WITH GRANT OPTION", grants.Denied: "DENY"}[row.State]
			had.Rows = append(had.Rows, word+" "+row.Name)
		}
	}
	return had, l.Type
}

// unanswered reports whether a change of a login may have been made all the same.
func unanswered(err error) bool {
	failed := (*mssql.LoginChangeError)(nil)
	return errors.As(err, &failed) && failed.Unknown
}

// told are acts with what came of them; by is nil for one that is done.
func told(acts []journal.LoginAct, by func(i int) (error, bool)) []journal.LoginAct {
	out := slices.Clone(acts)
	for i := range out {
		out[i].Outcome, out[i].Had = journal.Done, nil
		if err, unknown := by(i); err != nil {
			out[i].Outcome, out[i].Why = journal.NotDone, err.Error()
			if unknown {
				out[i].Outcome = journal.Unclear
			}
		}
	}
	return out
}
