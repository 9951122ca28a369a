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
	// These are read for acts alone.
	Database, Schema, Class, Program string // database_name, schema_name, class_type, application_name
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

// auditDoings are the deeds of the actions on permissions and principals
// (sys.dm_audit_actions).
var auditDoings = map[string]Doing{"G": Grants, "GWG": Grants, "R": Revokes, "RWG": Revokes, "RWC": Revokes, "D": Denies, "DWC": Denies,
	"APRL": AddsMember, "DPRL": DropsMember, "CR": MakesUser, "DR": DropsUser, "TO": GivesTo}

// ActsOfAudit reads the rows of audits that are about the security of databases.
// The statement says which permission a row is about; where parse does not know
// it, nobody does.
func ActsOfAudit(rows []AuditRow, parse func(text string) []Deed) []Act {
	var out []Act
	for _, r := range rows {
		doing, ok := auditDoings[strings.TrimSpace(r.Action)]
		if !ok || !r.Succeeded {
			continue
		}
		act := Act{Database: r.Database, At: r.At, By: first(r.Session, r.Principal), From: r.Client, Program: r.Program, Source: Audit}
		if r.Session != "" && r.Principal != r.Session {
			act.As = r.Principal
		}
		for _, d := range r.deeds(doing, parse) {
			act.Deed = d
			out = append(out, act)
		}
	}
	return out
}

// deeds are what a row says was done.
func (r AuditRow) deeds(doing Doing, parse func(text string) []Deed) []Deed {
	class := strings.TrimSpace(r.Class)
	switch doing {
	case AddsMember, DropsMember:
		if r.Database == "" || r.Target != "" && r.User == "" {
			return []Deed{{Doing: doing, Class: "SERVER ROLE", Name: r.Object, Principal: r.Target}}
		}
		return []Deed{{Doing: doing, Class: "ROLE", Name: r.Object, Principal: r.User}}
	case MakesUser, DropsUser:
		switch class { // sys.dm_audit_class_type_map
		case "RL":
			return []Deed{{Doing: map[Doing]Doing{MakesUser: MakesRole, DropsUser: DropsRole}[doing], Principal: r.Object}}
		case "US", "SU", "WU":
			return []Deed{{Doing: doing, Principal: r.Object}}
		}
		return nil
	case GivesTo:
		if r.Schema == "" {
			return nil
		}
		return []Deed{{Doing: GivesTo, Class: "OBJECT", Schema: r.Schema, Name: r.Object}}
	}
	var out []Deed
	for _, d := range parse(r.Statement) {
		if d.Doing != doing || r.User != "" && d.Principal != r.User || d.Class == "OBJECT" && r.Object != "" && d.Name != r.Object {
			continue
		}
		switch {
		case d.Class == "OBJECT" && d.Schema == "":
			d.Schema = r.Schema
		case d.Class == "DATABASE" && class == "SR":
			d.Class = "SERVER"
		}
		out = append(out, d)
	}
	return out
}
