package journal

import (
	"fmt"

	"grantree/grants"
)

// CreateLogin is the kind of LoginAct that makes a login; the others are those of
// grants.LoginChange.
const CreateLogin grants.LoginKind = "create_login"

// LoginAct is something that is done to one login. A password is never part of it.
type LoginAct struct {
	Kind  grants.LoginKind     `json:"kind"`
	Login string               `json:"login"`
	To    string               `json:"to,omitempty"` // of rename_login
	SID   string               `json:"sid,omitempty"`
	Type  grants.PrincipalType `json:"type,omitempty"`
	Had   *LoginHad            `json:"had,omitempty"` // of drop_login
	// Outcome is that of a logins_done record, and Why the reason of what is not done.
	Outcome Outcome `json:"outcome,omitempty"`
	Why     string  `json:"why,omitempty"`
}

// LoginHad is what a dropped login had on its server.
type LoginHad struct {
	Disabled bool     `json:"disabled,omitempty"`
	Roles    []string `json:"roles,omitempty"`
	// Rows are its permissions on the server, "GRANT VIEW ANY DATABASE" or alike, but for
	// the plain CONNECT SQL that every login gets.
	Rows []string `json:"rows,omitempty"`
}

// check says what of an act is none; done is that it was done or not.
func (a LoginAct) check(done bool) error {
	switch a.Kind {
	case CreateLogin:
	case grants.DisableLogin, grants.EnableLogin, grants.DropLogin:
		if a.SID == "" {
			return fmt.Errorf("does not say whose login %q is", a.Login)
		}
	case grants.RenameLogin:
		if a.SID == "" || a.To == "" {
			return fmt.Errorf("does not say whose login %q is, or what it is called then", a.Login)
		}
	default:
		return fmt.Errorf("does %q to login %q, which is nothing that is done to logins", a.Kind, a.Login)
	}
	switch {
	case a.Login == "":
		return fmt.Errorf("names no login")
	case done && a.Outcome != Done && a.Outcome != NotDone && a.Outcome != Unclear:
		return fmt.Errorf("does not say what became of login %q", a.Login)
	case !done && a.Outcome != "":
		return fmt.Errorf("says what became of login %q before it was asked", a.Login)
	}
	return nil
}

// Change is the act as a change of a login; false for one that makes a login.
func (a LoginAct) Change() (grants.LoginChange, bool) {
	return grants.LoginChange{Kind: a.Kind, Login: a.Login, To: a.To, SID: a.SID}, a.Kind != CreateLogin
}

// Same reports whether two acts are one, whatever came of them.
func (a LoginAct) Same(b LoginAct) bool {
	return a.Kind == b.Kind && a.Login == b.Login && a.To == b.To
}
