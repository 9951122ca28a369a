package audit

import "time"

// TraceRow is a row of fn_trace_gettable, of the columns that are read.
type TraceRow struct {
	At                                          time.Time
	Class, SubClass                             int
	Login, Session                              string // LoginName, SessionLoginName: who did it
	TargetLogin, TargetUser, Role, Object, Data string
	Host                                        string
	// These are read for acts alone.
	Database, Parent, Program string // DatabaseName, ParentName: the object's schema, ApplicationName
	Permissions               int64
	Columns, Failed           bool // ColumnPermissions, and Success is 0
}

// The event classes of the default trace that are about accounts ("Security
// Audit Event Category"), and what their subclasses mean.
var traceKinds = map[int]map[int]Kind{
	20:  {0: Refused, 1: Refused, 2: Refused},
	104: {1: LoginMade, 2: LoginDropped},
	106: {1: LoginChanged, 2: LoginChanged, 3: LoginChanged, 4: LoginChanged, 5: LoginChanged, 6: LoginChanged},
	107: {1: PasswordChanged, 2: PasswordChanged, 3: PasswordChanged, 4: PasswordChanged, 5: PasswordChanged},
	108: {1: RoleJoined, 2: RoleLeft},
	109: {1: UserMade, 2: UserDropped, 3: UserMade, 4: UserDropped},
	110: {1: RoleJoined, 2: RoleLeft, 3: RoleJoined},
}

// FromTrace reads the rows of the default trace that are about accounts.
func FromTrace(rows []TraceRow) []Event {
	var out []Event
	for _, r := range rows {
		kind, ok := traceKinds[r.Class][r.SubClass]
		if !ok {
			continue
		}
		e := Event{At: r.At, Kind: kind, Login: first(r.TargetLogin, r.TargetUser, r.Login), From: r.Host, Detail: first(r.Role, r.Object, r.Data), Source: DefaultTrace}
		if by := first(r.Session, r.Login); kind != Refused && by != e.Login {
			e.By = by
		}
		out = append(out, e)
	}
	return out
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// The classes of the default trace that are about the security of a database
// ("Security Audit Event Category").
const (
	databaseScopeGDR = 102
	schemaObjectGDR  = 103
	addToServerRole  = 108
	addUser          = 109
	addToRole        = 110
	addRole          = 111
	takeOwnership    = 153
)

// traceDoings are the deeds of the subclasses.
var traceDoings = map[int]map[int]Doing{
	databaseScopeGDR: {1: Grants, 2: Revokes, 3: Denies},
	schemaObjectGDR:  {1: Grants, 2: Revokes, 3: Denies},
	addToServerRole:  {1: AddsMember, 2: DropsMember},
	addUser:          {1: MakesUser, 2: DropsUser, 3: MakesUser, 4: DropsUser},
	addToRole:        {1: AddsMember, 2: DropsMember, 3: AddsMember},
	addRole:          {1: MakesRole, 2: DropsRole},
}

// tracePermissions are the bits of the column Permissions of Audit Schema Object
// GDR that stand for a permission on all of an object.
var tracePermissions = []struct {
	bit  int64
	name string
}{{1, "SELECT"}, {2, "UPDATE"}, {4, "REFERENCES"}, {8, "INSERT"}, {16, "DELETE"}, {32, "EXECUTE"}}

// ActsOfTrace reads the rows of the default trace that are about the security of
// databases. parse reads the deeds of a statement; a row whose statement it does
// not know is read by its columns, as far as they say everything.
func ActsOfTrace(rows []TraceRow, parse func(text string) []Deed) []Act {
	var out []Act
	for _, r := range rows {
		if r.Failed {
			continue
		}
		act := Act{Database: r.Database, At: r.At, By: first(r.Session, r.Login), From: r.Host, Program: r.Program, Source: DefaultTrace}
		if r.Session != "" && r.Login != r.Session {
			act.As = r.Login
		}
		for _, d := range r.deeds(parse) {
			act.Deed = d
			out = append(out, act)
		}
	}
	return out
}

// deeds are what a row says was done.
func (r TraceRow) deeds(parse func(text string) []Deed) []Deed {
	doing := traceDoings[r.Class][r.SubClass]
	switch r.Class {
	case takeOwnership:
		return []Deed{{Doing: GivesTo, Class: "OBJECT", Schema: r.Parent, Name: r.Object}}
	case addToServerRole:
		return []Deed{{Doing: doing, Class: "SERVER ROLE", Name: r.Role, Principal: r.TargetLogin}}
	case addUser:
		return []Deed{{Doing: doing, Principal: r.TargetUser}}
	case addRole:
		return []Deed{{Doing: doing, Principal: r.Role}}
	case addToRole:
		return []Deed{{Doing: doing, Class: "ROLE", Name: r.Role, Principal: r.TargetUser}}
	case databaseScopeGDR, schemaObjectGDR:
	default:
		return nil
	}
	var out []Deed
	for _, d := range parse(r.Data) {
		if d.Doing != doing || r.TargetUser != "" && d.Principal != r.TargetUser || r.Object != "" && d.Class == "OBJECT" && d.Name != r.Object {
			continue // the row is about another part of it
		}
		if d.Class == "OBJECT" && d.Schema == "" {
			d.Schema = r.Parent
		}
		out = append(out, d)
	}
	if len(out) > 0 || r.Class != schemaObjectGDR || r.Columns || r.Object == "" || r.TargetUser == "" {
		return out
	}
	for _, p := range tracePermissions {
		if r.Permissions&p.bit != 0 {
			out = append(out, Deed{Doing: doing, Class: "OBJECT", Schema: r.Parent, Name: r.Object, Principal: r.TargetUser, Permission: p.name})
		}
	}
	return out
}
