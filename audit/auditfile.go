package audit

import (
	"strings"
	"time"
)

// AuditRow is a row of sys.fn_get_audit_file, of the columns that are read.
type AuditRow struct {
	At        time.Time // UTC
	Action    string    // action_id
	Succeeded bool
	Principal string // server_principal_name: who did it, or tried to log in
	Session   string // session_server_principal_name
	Target    string // target_server_principal_name
	User      string // target_database_principal_name
	Object    string
	Statement string
	Client    string
}

// FromAudit reads the rows of audits that are about accounts (sys.dm_audit_actions).
func FromAudit(rows []AuditRow) []Event {
	var out []Event
	for _, r := range rows {
		e := Event{At: r.At, From: r.Client, Source: Audit, Detail: r.Statement}
		who := first(r.Session, r.Principal)
		switch strings.TrimSpace(r.Action) {
		case "LGIS", "DBAS":
			e.Kind, e.Login, e.Detail = LoggedIn, first(r.Principal, r.Session), ""
		case "LGIF", "DBAF":
			e.Kind, e.Login, e.Detail = Refused, first(r.Principal, r.Session), ""
		case "PWC", "PWR", "PWCS", "PWRS":
			e.Kind, e.Login, e.Detail = PasswordChanged, first(r.Target, r.Object), ""
		case "APRL":
			e.Kind, e.Login, e.Detail = RoleJoined, first(r.Target, r.User), r.Object
		case "DPRL":
			e.Kind, e.Login, e.Detail = RoleLeft, first(r.Target, r.User), r.Object
		case "G", "R", "D", "GWG", "RWG", "RWC", "DWC":
			e.Kind, e.Login = RightsChanged, first(r.Target, r.User)
		default:
			continue
		}
		if e.Kind != LoggedIn && e.Kind != Refused && who != e.Login {
			e.By = who
		}
		if !r.Succeeded && e.Kind != Refused {
			e.Detail = strings.TrimSpace("refused: " + e.Detail)
		}
		out = append(out, e)
	}
	return out
}
