package agreement

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
)

// way is one way to get or lose access to a view on a live site, and what is
// said of it.
type way struct {
	name string
	// do is the statements that open or close it, on the site as the policy
	// wants it.
	do string
	// snapshot makes it where the sandbox cannot, and section is that of the
	// reference which says that it is one.
	snapshot func(*grants.Snapshot)
	section  string

	code  string // of the finding
	words []string
	note  bool // it is a note: nothing contradicts the policy

	who, view string // somebody, a user or a login, and a view that they reach or lose
	may       string // the permission; SELECT where it is empty
	answer    grants.Answer
	because   string // the cause, in a reason of explain, and of who where it lists them
	listed    bool   // by who
	as        string // whom who lists in their place
	enters    string // the login that enters as them, where it has another name
	doubt     bool   // who lists the cause among what is not verified
	nobody    bool   // it concerns nobody, so that explain and who have nobody to name

	// The exit codes of plan --check and verify, where they are not 3, or 0 of a
	// note, and why.
	plan, verify int
	why          string
}

// The site that every way changes: two views over tables of the same schema and
// one over a schema of its own, two groups and two people, as the policy says.
// eve and mid are logins that it does not name.
const waysStage = `
CREATE TABLE dbo.t_order (id int NULL, txt nvarchar(20) NULL);
CREATE TABLE dbo.t_pay (id int NULL, amount int NULL);
GO
CREATE SCHEMA base AUTHORIZATION dbo;
GO
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE TABLE base.t_part (id int NULL, name nvarchar(20) NULL);
GO
CREATE VIEW dbo.v_order AS SELECT id, txt FROM dbo.t_order;
GO
CREATE VIEW dbo.v_pay AS SELECT id, amount FROM dbo.t_pay;
GO
CREATE VIEW app.v_part AS SELECT id, name FROM base.t_part;
GO
CREATE USER gtw_ann FOR LOGIN gtw_ann; CREATE USER gtw_boss FOR LOGIN gtw_boss;
CREATE ROLE Crew AUTHORIZATION dbo; CREATE ROLE Admin AUTHORIZATION dbo;
ALTER ROLE Crew ADD MEMBER gtw_ann; ALTER ROLE Admin ADD MEMBER gtw_boss;
GRANT SELECT, UPDATE ON dbo.v_order TO Crew;
GRANT SELECT, INSERT, UPDATE, DELETE ON dbo.v_order TO Admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON dbo.v_pay TO Admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON app.v_part TO Admin;
EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Admin';
EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Crew';
EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'gtw_ann';
EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'gtw_boss';
GO
`

// waysWanted is what the policy wants of it.
func waysWanted() *grants.Wanted {
	w := &grants.Wanted{Site: "North", Views: []string{"v_order", "v_pay", "app.v_part"},
		Roles:   []grants.WantedRole{{Name: "Admin", Group: "Admin"}, {Name: "Crew", Group: "Crew"}},
		Users:   []grants.WantedUser{{Name: "gtw_ann", Login: "gtw_ann"}, {Name: "gtw_boss", Login: "gtw_boss"}},
		Members: []grants.WantedMember{{Role: "Admin", User: "gtw_boss"}, {Role: "Crew", User: "gtw_ann"}}}
	entry := func(role, schema, view string, permissions catalog.Permissions) {
		for _, one := range permissions.Each() {
			w.Entries = append(w.Entries, grants.WantedEntry{Grantee: role, Schema: schema, View: view, Permission: one, State: grants.Granted})
		}
	}
	entry("Crew", "dbo", "v_order", catalog.Select|catalog.Update)
	entry("Admin", "dbo", "v_order", catalog.All)
	entry("Admin", "dbo", "v_pay", catalog.All)
	entry("Admin", "app", "v_part", catalog.All)
	w.Sort()
	return w
}

// aUse is which database a statement is for, which differs from run to run.
var aUse = regexp.MustCompile(`USE \[gt_[^]]*\]; `)

// TestEveryWayIn makes each way on a site that is as the policy says, and holds
// Judge, Who and Decide to what they must say of it, and plan --check and verify
// to their exits.
func TestEveryWayIn(t *testing.T) {
	server := newWaysServer(t)
	base := server.look(t, way{})
	if j := grants.Judge(base.snapshot, waysWanted(), grants.Acceptance{}, mssql.Statement); !clean(j) {
		t.Fatalf("the site is not as the policy says before anything is done: %v", slices.Concat(j.Mismatches, j.Unverified))
	}
	base.samePolicy(t)
	all := ways()
	live := 0
	for _, w := range all {
		if w.snapshot == nil {
			live++
		}
		t.Run(w.name, func(t *testing.T) {
			if w.snapshot != nil && w.section == "" {
				t.Error("a snapshot made by hand names its section of the reference")
			}
			seen := server.look(t, w)
			w.judged(t, seen.snapshot)
			w.told(t, seen.snapshot)
			w.ends(t, seen)
		})
	}
	if len(all) < 60 || 4*live < 3*len(all) {
		t.Errorf("%d ways, %d of them live: there must be 60, three in four live", len(all), live)
	}
}

// judged holds the findings to what the way says.
func (w way) judged(t *testing.T, s *grants.Snapshot) {
	t.Helper()
	j := grants.Judge(s, waysWanted(), grants.Acceptance{}, mssql.Statement)
	if clean(j) != w.note {
		t.Errorf("clean = %v: %v", clean(j), slices.Concat(j.Mismatches, j.Unverified))
	}
	found := slices.Concat(j.Mismatches, j.Unverified)
	if w.note {
		found = j.Notes
	}
	says := func(f finding.Finding) bool {
		return f.Code == w.code && !slices.ContainsFunc(w.words, func(word string) bool { return !strings.Contains(aUse.ReplaceAllString(f.String(), ""), word) })
	}
	if !slices.ContainsFunc(found, says) {
		t.Errorf("no %s says %q; there are:", w.code, w.words)
		for _, f := range found {
			t.Errorf("  %s", f)
		}
	}
}

// told holds explain and who to what the way says.
func (w way) told(t *testing.T, s *grants.Snapshot) {
	t.Helper()
	if w.nobody {
		return
	}
	if w.because == "" || strings.Contains(w.because, "nothing gives") {
		t.Fatalf("explain and who must name the cause, and not that there is none: %q", w.because)
	}
	q := grants.Inquire(s, waysWanted(), grants.Acceptance{})
	p := catalog.Select
	if w.may != "" {
		p, _ = catalog.ParsePermission(w.may)
	}
	holds := func(what string, d grants.Decision, cause string) {
		t.Helper()
		said := slices.ContainsFunc(d.Because, func(r grants.Reason) bool { return strings.Contains(r.Text, cause) })
		if d.Allowed == w.answer && d.Login == w.enters && said && !(w.listed && strings.Contains(reasons(d), "nothing gives")) {
			return
		}
		t.Errorf("%s says that %s (login %q) %s %s %s:\n%s, and must say %s: %q", what, d.User, d.Login, d.Allowed, p, d.View, reasons(d), w.answer, cause)
	}
	holds("explain", q.Explain(w.who, w.view, p), w.because)
	all, name, cause := q.Who(w.view, p), cmp.Or(w.as, w.who), w.because
	if w.enters != "" { // that the policy means another is explain's to say
		cause = ""
	}
	i := slices.IndexFunc(all, func(d grants.Decision) bool { return d.User == name })
	switch {
	case w.doubt:
	case i >= 0 != w.listed:
		t.Errorf("who lists %s: %v, want %v", name, i >= 0, w.listed)
	case i >= 0:
		holds("who", all[i], cause)
	}
	if doubts := q.Unverified(w.view, p); w.doubt != strings.Contains(strings.Join(doubts, "\n"), w.because) {
		t.Errorf("who says that not verified is %q, want %v: %q", doubts, w.doubt, w.because)
	}
}

// reasons are those of a decision, a line each.
func reasons(d grants.Decision) string {
	var out []string
	for _, r := range d.Because {
		out = append(out, "  "+r.Kind+": "+r.Text)
	}
	return strings.Join(out, "\n")
}

// clean reports whether nothing contradicts the policy and nothing is unknown.
func clean(j grants.Judgement) bool { return len(j.Mismatches)+len(j.Unverified) == 0 }
