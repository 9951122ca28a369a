package audit

import "time"

// TraceRow is a row of fn_trace_gettable, of the columns that are read.
type TraceRow struct {
	At                                          time.Time
	Class, SubClass                             int
	Login, Session                              string // LoginName, SessionLoginName: who did it
	TargetLogin, TargetUser, Role, Object, Data string
	Host                                        string
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
