package hardening

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// SiteFacts is what is known of one site.
type SiteFacts struct {
	Snapshot *grants.Snapshot
	Wanted   *grants.Wanted
	Accepted grants.Acceptance
	Judged   grants.Judgement // of these three
	Schema   string           // of the views that the policy speaks of
	Access   *grants.Access   // of Snapshot and Wanted; made where it is nil
}

// Site judges one site, with what its judgement says of its server. What the
// policy accepts of somebody is no finding, as far as it is access.
// write puts a statement into T-SQL; where it is nil there are none.
func Site(x SiteFacts, write func(grants.Remedy) string) Report {
	s := x.Snapshot
	j := &site{report: report{server: s.Server, site: s.Site, database: s.Database, write: write}, x: x, s: s, byID: map[int]grants.Principal{}, bySID: map[string]grants.Login{}}
	j.ofServer = report{server: s.Server, database: s.Database, write: write}
	for _, p := range s.Principals {
		j.byID[p.ID] = p
	}
	for _, l := range s.Logins {
		if !l.IsRole() && l.SID != "" {
			j.bySID[l.SID] = l
		}
	}
	j.bypass()
	j.beyond()
	j.guest()
	j.wide()
	j.members()
	j.direct()
	j.handed()
	j.owners()
	j.orphans()
	j.names()
	j.contained()
	j.modules()
	j.empty()
	j.unreadParts()
	var out Report
	out.Add(j.Report)
	out.Add(j.ofServer.Report)
	return out
}

// site is one judgement in the making.
type site struct {
	report
	ofServer report // what the site's judgement says of the whole server
	x        SiteFacts
	s        *grants.Snapshot
	byID     map[int]grants.Principal
	bySID    map[string]grants.Login
}

// isPerson reports whether a principal is an account: no role, and none that
// every database has.
func isPerson(p grants.Principal) bool {
	builtIn := p.ID < grants.FirstUserID || p.ID >= grants.DBOwnerID && p.ID <= grants.LastFixedRoleID || p.Fixed
	return !builtIn && (p.Type == grants.SQLUser || p.Type == grants.WindowsUser || p.Type == grants.ExternalUser || p.Type.IsGroup())
}

// kind is the word for a principal.
func kind(p grants.Principal) string {
	switch {
	case p.Type == grants.DatabaseRole:
		return "role"
	case p.Type == grants.ApplicationRole:
		return "application role"
	case p.Type.IsGroup():
		return "group"
	}
	return "user"
}

func (j *site) subject(p grants.Principal) string { return fmt.Sprintf("the %s %q", kind(p), p.Name) }

// accepted reports whether the policy accepts a principal's access: as an
// outsider, by its own name or its login's, or of a person of the policy the
// power of one name.
func (j *site) accepted(p grants.Principal, power string) bool {
	l, hasLogin := j.bySID[p.SID]
	for _, o := range j.x.Accepted.Outsiders {
		if j.s.Collation.Equal(o.Name, p.Name) || hasLogin && j.s.ServerCollation.Equal(o.Name, l.Name) || power != "" && j.s.Collation.Equal(o.Name, power) {
			return true
		}
	}
	for name, also := range j.x.Accepted.Also {
		if j.s.Collation.Equal(name, p.Name) && slices.ContainsFunc(also, func(a string) bool { return j.s.Collation.Equal(a, power) }) {
			return true
		}
	}
	return false
}

// guest finds out whether guest enters.
func (j *site) guest() {
	for _, row := range j.s.Permissions {
		if row.Grantee != grants.GuestID || row.Class != grants.ClassDatabase || row.Name != "CONNECT" || !given(row) || j.accepted(j.byID[grants.GuestID], "") {
			continue
		}
		f := j.Errorf(finding.GuestConnect, permissions+": CONNECT, "+string(row.State)+", to guest", "guest holds CONNECT: every login of the server enters")
		f.About = "guest"
		f.Caveat = "who enters as guest today is kept out"
		j.mend(f, grants.Revokes(j.s, []grants.PermissionRow{row})...)
	}
}

func given(row grants.PermissionRow) bool {
	return row.State == grants.Granted || row.State == grants.GrantedWithGrant
}

// everywhere are the rows of public that every database has (reference A.6).
var everywhere = []string{"VIEW ANY COLUMN ENCRYPTION KEY DEFINITION", "VIEW ANY COLUMN MASTER KEY DEFINITION"}

// wide finds what is given to public and guest beside the ways round the policy.
func (j *site) wide() {
	for _, who := range []int{grants.PublicID, grants.GuestID} {
		p := j.byID[who]
		rows := j.rows(who, func(row grants.PermissionRow) bool {
			return row.Class == grants.ClassDatabase && (row.Name == "CONNECT" && who == grants.GuestID || slices.Contains(everywhere, row.Name))
		})
		if p.Name == "" || len(rows) == 0 || j.accepted(p, "") || j.said(code(who), p.Name) {
			continue
		}
		var f *Finding
		what := j.list(rows)
		if who == grants.PublicID {
			f = j.Warnf(finding.PublicGrant, permissions+": "+what, "public is granted %s", what)
		} else {
			f = j.Warnf(finding.GuestGrant, permissions+": "+what, "guest is granted %s", what)
		}
		f.About, f.Caveat = p.Name, "whoever needs it has it through nothing else: give it to a role first"
		j.mend(f, grants.Revokes(j.s, rows)...)
	}
}

func code(who int) string {
	if who == grants.PublicID {
		return finding.PublicGrant
	}
	return finding.GuestGrant
}

// rows are those that are given to a principal, without some.
func (j *site) rows(grantee int, without func(grants.PermissionRow) bool) []grants.PermissionRow {
	var out []grants.PermissionRow
	for _, row := range j.s.Permissions {
		if row.Grantee == grantee && given(row) && !without(row) {
			out = append(out, row)
		}
	}
	return out
}

// listed is how many rows are told of one principal.
const listed = 3

// list says what rows give: "SELECT on dbo.t and EXECUTE on dbo.p", the first few.
func (j *site) list(rows []grants.PermissionRow) string {
	var parts []string
	for _, r := range grants.Revokes(j.s, rows) {
		part := strings.Join(r.Permissions, ", ")
		if on := onWhat(r.On); on != "" {
			part += " on " + on
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%d permissions on what is no object, schema or principal", len(rows))
	}
	return some(parts)
}

// some joins the first few of a list.
func some(parts []string) string {
	if n := len(parts) - listed; n > 1 {
		return strings.Join(parts[:listed], "; ") + fmt.Sprintf("; and %d more", n)
	}
	return strings.Join(parts, "; ")
}

// onWhat names a securable for a sentence.
func onWhat(on grants.Securable) string {
	switch on.Class {
	case "":
		return "the database"
	case "SERVER":
		return ""
	case "OBJECT":
		return on.Schema + "." + on.Name
	}
	return fmt.Sprintf("the %s %q", lower[on.Class], on.Name)
}

// lower are the words for the classes of securables, in a sentence.
var lower = map[string]string{"SCHEMA": "schema", "USER": "user", "ROLE": "role", "APPLICATION ROLE": "application role", "LOGIN": "login", "SERVER ROLE": "server role", "DATABASE": "database"}
