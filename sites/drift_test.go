package sites

import (
	"strings"
	"testing"
	"time"

	"grantree/audit"
	"grantree/finding"
	"grantree/grants"
)

// TestDriftOfASite: each difference has who made it, or why nobody knows.
func TestDriftOfASite(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	deeds := []audit.Deed{
		{Doing: audit.Revokes, Class: "OBJECT", Schema: "dbo", Name: "v", Principal: "eve", Permission: "SELECT"},
		{Doing: audit.Grants, Class: "OBJECT", Schema: "dbo", Name: "v", Principal: "Crew", Permission: "UPDATE"},
	}
	trace := audit.Record{Reading: audit.Reading{Source: audit.DefaultTrace, State: audit.Read, Since: noon.Add(-time.Hour)},
		Acts: []audit.Act{{Deed: audit.Deed{Doing: audit.Grants, Class: "OBJECT", Schema: "dbo", Name: "v", Principal: "eve", Permission: "SELECT"}, Database: "d", At: noon, By: "dba", Source: audit.DefaultTrace}}}
	state := func(s audit.State, of audit.Source, why string) audit.Record {
		return audit.Record{Reading: audit.Reading{Source: of, State: s, Why: why}}
	}
	for name, c := range map[string]struct {
		deeds   []audit.Deed
		records []audit.Record
		known   int
		unknown string
	}{
		"one is known": {deeds, []audit.Record{trace, state(audit.NotThere, audit.Audit, "")}, 1, "the default trace, which reaches back to 2026-11-25 11:00:00, does not explain it; it has no audit that is on"},
		"all is known": {deeds[:1], []audit.Record{trace}, 1, ""},
		"nothing is":   {deeds, []audit.Record{state(audit.NotThere, audit.DefaultTrace, ""), state(audit.NotThere, audit.Audit, "")}, 0, "the server keeps no default trace; it has no audit that is on"},
		"may not be read": {deeds, []audit.Record{state(audit.NotAllowed, audit.DefaultTrace, "You do not have permission to run 'SYS.TRACES'."), state(audit.Failed, audit.Audit, "broken pipe")}, 0,
			"the default trace may not be read: You do not have permission to run 'SYS.TRACES'; the audit could not be read: broken pipe"},
		"nothing differs": {nil, nil, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var d Drift
			d.attribute(c.deeds, "d", c.records, grants.ParseCollation("Latin1_General_CI_AS").Equal)
			if d.Known() != c.known || len(d.Differences) != len(c.deeds) || strings.Join(d.Unknown, "; ") != c.unknown {
				t.Errorf("%d of %d known; %q", d.Known(), len(d.Differences), strings.Join(d.Unknown, "; "))
			}
		})
	}
}

// TestPlanDeeds: what a plan undoes and what mends a mismatch is one difference,
// where it is the same, and a bridge is none.
func TestPlanDeeds(t *testing.T) {
	revoke := grants.Change{Kind: grants.RevokeOn, Principals: []string{"eve"}, Schema: "dbo", View: "v", Permissions: 1}
	bridge := grants.Change{Kind: grants.GrantOn, Principals: []string{"eve"}, Schema: "dbo", View: "w", Permissions: 1, Temporary: true}
	var found finding.List
	f := found.Warnf(finding.FixedRole, finding.Pos{}, "", "m")
	f.Use, f.Statements = "USE [d];", []string{"ALTER ROLE [db_owner] DROP MEMBER [eve];", "REVOKE SELECT ON [dbo].[v] FROM [eve];"}
	found.Warnf(finding.ChainBroken, finding.Pos{}, "", "the chain below dbo.w is broken")
	orphan := found.Warnf(finding.OrphanedUser, finding.Pos{}, "", "m")
	orphan.Use, orphan.Statements = "USE [d];", []string{"ALTER USER [bob] WITH LOGIN = [bob];", "ALTER USER [bob] WITH LOGIN = [bob];"}
	s := &SitePlan{Plan: &grants.Plan{Changes: []grants.Change{revoke, bridge, {Kind: grants.Mark, Principals: []string{"eve"}}}}, Judged: grants.Judgement{Mismatches: found}}
	var got []string
	deeds, undone := planDeeds(s, s.Plan)
	for _, d := range deeds {
		got = append(got, d.Differs())
	}
	got = append(got, undone...)
	const want = "eve has a row of SELECT on dbo.v; eve is in db_owner; the chain below dbo.w is broken; still to be done: ALTER USER [bob] WITH LOGIN = [bob]"
	if strings.Join(got, "; ") != want {
		t.Errorf("%q, want %q", strings.Join(got, "; "), want)
	}
}

// TestADenyIsOneDifference: a DENY where the policy grants is told once, as what it
// is, though the plan grants and what mends the mismatch revokes.
func TestADenyIsOneDifference(t *testing.T) {
	row := func(class grants.Class, major int, permission string) grants.PermissionRow {
		return grants.PermissionRow{Class: class, Major: major, Grantee: 5, Grantor: 1, Name: permission, State: grants.Denied}
	}
	snapshot := &grants.Snapshot{Principals: []grants.Principal{{ID: 1, Name: "dbo", Type: grants.SQLUser}, {ID: 5, Name: "Crew", Type: grants.DatabaseRole}},
		Schemas: []grants.Schema{{ID: 1, Name: "dbo", Owner: 1}}, Views: []grants.SiteView{{ID: 9, Schema: 1, Name: "v", Owner: 1}},
		Logins:            []grants.Login{{ID: 300, Name: "bob", Type: grants.SQLUser}},
		Permissions:       []grants.PermissionRow{row(grants.ClassObject, 9, "SELECT"), row(grants.ClassDatabase, 0, "SELECT")},
		ServerPermissions: []grants.ServerPermissionRow{{Class: grants.ClassServer, Grantee: 300, Grantor: 1, Name: "CONTROL SERVER", State: grants.Denied}}}
	var found finding.List
	mends := func(statement string) {
		f := found.Warnf(finding.ExtraDeny, finding.Pos{}, "", "m")
		f.Use, f.Statements = "USE [d];", []string{statement}
	}
	mends("REVOKE SELECT ON [dbo].[v] FROM [Crew];")
	mends("REVOKE SELECT FROM [Crew];")
	mends("USE master; REVOKE CONTROL SERVER FROM [bob];")
	mends("REVOKE UPDATE ON [dbo].[v] FROM [Crew];")
	grant := grants.Change{Kind: grants.GrantOn, Principals: []string{"Crew"}, Schema: "dbo", View: "v", Permissions: 1}
	deeds, undone := planDeeds(&SitePlan{Snapshot: snapshot, Judged: grants.Judgement{Mismatches: found}}, &grants.Plan{Changes: []grants.Change{grant}})
	got := undone
	for _, d := range deeds {
		got = append(got, d.Differs())
	}
	const want = "Crew is denied SELECT on dbo.v; Crew is denied SELECT on the database; bob is denied CONTROL SERVER on the server; Crew has a row of UPDATE on dbo.v"
	if strings.Join(got, "; ") != want {
		t.Errorf("%q, want %q", strings.Join(got, "; "), want)
	}
}

// TestAsPolicy: a site is as the policy says where all of it was read and nothing
// differs.
func TestAsPolicy(t *testing.T) {
	var unread finding.List
	unread.Warnf(finding.NotRead, finding.Pos{}, "", "m")
	for name, d := range map[string]Drift{
		"away":           {Outcome: Away},
		"stopped":        {Read: true, Outcome: Refused},
		"differs":        {Read: true, Differences: []Difference{{What: "there is no bob"}}},
		"not all of it":  {Read: true, Unverified: unread},
		"nobody read it": {},
	} {
		if d.AsPolicy() {
			t.Errorf("%s: as the policy says", name)
		}
	}
	if !(Drift{Read: true}).AsPolicy() {
		t.Error("a site of which all was read, and nothing differs, is not as the policy says")
	}
}
