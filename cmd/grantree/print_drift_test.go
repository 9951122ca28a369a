package main

import (
	"strings"
	"testing"
	"time"

	"grantree/audit"
	"grantree/finding"
	"grantree/sites"
)

// TestPrintDrift: a line for each site within a screen, and each difference where
// all of it is asked for; a name orders no terminal.
func TestPrintDrift(t *testing.T) {
	act := func(by, as, from, program string, minute int, of audit.Source) *audit.Act {
		return &audit.Act{By: by, As: as, From: from, Program: program, At: time.Date(2026, 11, 25, 10, minute, 0, 0, time.UTC), Source: of}
	}
	var unread finding.List
	unread.Warnf(finding.NotRead, finding.Pos{}, "", "the server's logins could not be read")
	unread.Warnf(finding.NotRead, finding.Pos{}, "", "the server's databases could not be read")
	list := []sites.Drift{
		{Site: "North", Server: "main", Read: true, Unknown: []string{"the server keeps no default trace"}, Differences: []sites.Difference{
			{What: "ann is in Admin", Act: act(`CORP\dba`, "sa", "WS12", "SSMS", 1, audit.DefaultTrace)},
			{What: "bob is in Admin", Act: act(`CORP\dba`, "", "WS13", "", 4, audit.Audit)},
			{What: "eve has a row of SELECT on dbo.v", Act: act("eve\x1b[2J", "", "", "", 2, audit.DefaultTrace)},
			{What: "there is no cy"}}},
		{Site: "South", Server: "main", Read: true},
		{Site: "West", Server: "main", Outcome: "unreachable"},
		{Site: "Port", Server: "main", Read: true, Unverified: unread},
		{Site: "Quay", Server: "main", Read: true, Unverified: unread[:1], Differences: []sites.Difference{{What: "there is no dee"}}},
		{Site: "Sand", Server: "main", Read: true, Outcome: "read-only"},
		{Site: "Rock", Server: "main", Read: true, Outcome: "refused"},
	}
	var out strings.Builder
	a := &app{stdout: &out, outWidth: 80, env: func(string) string { return "" }}
	a.printDrift(list, true)
	const want = `
  SITE   DIFFERENCES  WHO MADE THEM
  North            4  2 by CORP\dba, 2026-11-25 10:04 UTC, from WS13; 1 by
                      eve\u001b[2J, 2026-11-25 10:02; 1 unknown
  South            0  as the policy says
  West             -  unreachable
  Port             0  not verified: 2 not-read
  Quay             1  1 unknown; not verified: not-read
  Sand             0  read-only
  Rock             0  refused
  unknown: server main: the server keeps no default trace

  North
    ann is in Admin: CORP\dba as sa, 2026-11-25 10:01, from WS12 (SSMS), by the
    default trace
    bob is in Admin: CORP\dba, 2026-11-25 10:04 UTC, from WS13, by the audit
    eve has a row of SELECT on dbo.v: eve\u001b[2J, 2026-11-25 10:02, by the
    default trace
    there is no cy: unknown

  Quay
    there is no dee: unknown
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if got := driftJSON(list); got[0].Differences[1].At != "2026-11-25 10:04 UTC" || got[0].Differences[3].By != "" || got[2].State != "unreachable" || len(got[3].Unverified) != 2 || got[3].Unverified[0].Code != finding.NotRead {
		t.Errorf("%+v", got)
	}
}
