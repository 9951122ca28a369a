package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// TestFromErrorLog: lines as SQL Server writes them, and names that try to be
// somebody else's.
func TestFromErrorLog(t *testing.T) {
	lines := []LogLine{
		{noon, "Logon", "Error: 18456, Severity: 14, State: 8."},
		{noon, "Logon", "Login failed for user 'bob'. Reason: Password did not match that for the login provided. [CLIENT: 10.0.0.5]"},
		{noon, "Logon", "Login succeeded for user 'bob'. Connection made using SQL Server authentication. [CLIENT: <local machine>]"},
		{noon, "Logon", `Login succeeded for user 'CORP\ann'. Connection made using Windows authentication. [CLIENT: 10.0.0.6]`},
		{noon, "Logon", "Login failed for user 'x'. Connection made using SQL Server authentication. [CLIENT: 1.1.1.1]'. Reason: Could not find a login matching the name provided. [CLIENT: 10.0.0.7]"},
		{noon, "Logon", "Login failed for user 'o'brien'. [CLIENT: 10.0.0.8]"},
		{noon, "Logon", "Fehler bei der Anmeldung für den Benutzer 'bob'. [CLIENT: 10.0.0.9]"},
		{noon, "spid52", "Login succeeded for user 'eve'. Connection made using SQL Server authentication. [CLIENT: 6.6.6.6]"},
	}
	want := []Event{
		{noon, Refused, "bob", "", "10.0.0.5", "Reason: Password did not match that for the login provided.", ErrorLog},
		{noon, LoggedIn, "bob", "", "<local machine>", "Connection made using SQL Server authentication.", ErrorLog},
		{noon, LoggedIn, `CORP\ann`, "", "10.0.0.6", "Connection made using Windows authentication.", ErrorLog},
		{noon, Refused, "x'. Connection made using SQL Server authentication. [CLIENT: 1.1.1.1]", "", "10.0.0.7", "Reason: Could not find a login matching the name provided.", ErrorLog},
		{noon, Refused, "o'brien", "", "10.0.0.8", "", ErrorLog},
	}
	got, others := FromErrorLog(lines)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if others != 1 {
		t.Errorf("%d lines are in other words, want 1", others)
	}
}

func TestFromTrace(t *testing.T) {
	rows := []TraceRow{
		{At: noon, Class: 20, SubClass: 1, Login: "bob", Host: "PC7", Data: "Login failed for user 'bob'."},
		{At: noon, Class: 104, SubClass: 1, Login: "sa", Session: "dba", TargetLogin: "bob"},
		{At: noon, Class: 104, SubClass: 2, Login: "sa", TargetLogin: "bob"},
		{At: noon, Class: 107, SubClass: 1, Login: "bob", TargetLogin: "bob"},
		{At: noon, Class: 108, SubClass: 1, Login: "sa", TargetLogin: "bob", Role: "sysadmin"},
		{At: noon, Class: 110, SubClass: 2, Login: "sa", TargetUser: "bob", Role: "Mechanic"},
		{At: noon, Class: 115, SubClass: 1, Login: "sa"},
		{At: noon, Class: 104, SubClass: 9, Login: "sa"},
	}
	want := []Event{
		{noon, Refused, "bob", "", "PC7", "Login failed for user 'bob'.", DefaultTrace},
		{noon, LoginMade, "bob", "dba", "", "", DefaultTrace},
		{noon, LoginDropped, "bob", "sa", "", "", DefaultTrace},
		{noon, PasswordChanged, "bob", "", "", "", DefaultTrace},
		{noon, RoleJoined, "bob", "sa", "", "sysadmin", DefaultTrace},
		{noon, RoleLeft, "bob", "sa", "", "Mechanic", DefaultTrace},
	}
	if diff := cmp.Diff(want, FromTrace(rows)); diff != "" {
		t.Error(diff)
	}
}

func TestFromAudit(t *testing.T) {
	rows := []AuditRow{
		{At: noon, Action: "LGIS", Succeeded: true, Principal: "bob", Client: "10.0.0.5", Statement: "-- network protocol: TCP/IP"},
		{At: noon, Action: "LGIF", Principal: "bob"},
		{At: noon, Action: "PWC ", Succeeded: true, Principal: "dba", Target: "bob"},
		{At: noon, Action: "APRL", Succeeded: true, Principal: "dba", Session: "boss", User: "bob", Object: "Mechanic"},
		{At: noon, Action: "G", Principal: "dba", User: "bob", Statement: "GRANT SELECT ON imvw_a TO bob"},
		{At: noon, Action: "SL", Principal: "dba"},
	}
	want := []Event{
		{noon, LoggedIn, "bob", "", "10.0.0.5", "", Audit},
		{noon, Refused, "bob", "", "", "", Audit},
		{noon, PasswordChanged, "bob", "dba", "", "", Audit},
		{noon, RoleJoined, "bob", "boss", "", "Mechanic", Audit},
		{noon, RightsChanged, "bob", "dba", "", "refused: GRANT SELECT ON imvw_a TO bob", Audit},
	}
	if diff := cmp.Diff(want, FromAudit(rows)); diff != "" {
		t.Error(diff)
	}
}

// TestLastSeen: where nothing is kept nobody knows, and "never" is not said.
func TestLastSeen(t *testing.T) {
	log := Reading{Source: ErrorLog, State: Read, Events: []Event{
		{At: noon, Kind: LoggedIn, Login: "BOB", Source: ErrorLog},
		{At: noon.Add(time.Hour), Kind: Refused, Login: "bob", Source: ErrorLog},
		{At: noon.Add(-time.Hour), Kind: LoggedIn, Login: "bob", Source: ErrorLog},
		{At: noon, Kind: LoginMade, Login: "ann", By: "bob", Source: ErrorLog},
	}}
	at, by, ok := LastSeen([]Reading{log}, "bob", strings.EqualFold)
	if !ok || !at.Equal(noon) || by != ErrorLog {
		t.Errorf("bob was last seen %v by %s, %t", at, by, ok)
	}
	if _, _, ok := LastSeen([]Reading{log}, "ann", strings.EqualFold); ok {
		t.Error("ann was seen, who never logged in")
	}
	if got := Gather([]Reading{log}, "bob", strings.EqualFold); len(got) != 4 || got[0].Kind != Refused {
		t.Errorf("events %v", got)
	}
}
