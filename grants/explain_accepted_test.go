package grants

import (
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
)

// TestExplainSaysWhatIsAccepted of a membership or row that the policy does not ask for:
// with the reason and the place, as plan and verify take it for accepted.
func TestExplainSaysWhatIsAccepted(t *testing.T) {
	at := func(line int) finding.Pos { return finding.Pos{File: "p.toml", Line: line, Column: 1} }
	site := newSite("v").user("boss", "zed", "svc", "gone").role("Kept", "Inner").
		with(func(s *Snapshot) {
			s.Principals = append(s.Principals, Principal{ID: DBOwnerID, Name: "db_owner", Type: DatabaseRole})
		}).member("db_owner", "boss").
		member("Inner", "zed", "gone").member("Kept", "Inner").row(Granted, "SELECT", "v", "Kept").row(Granted, "DELETE", "v", "Kept").row(Granted, "SELECT", "v", "svc")
	w := newWanted("v").user("boss", "zed")
	w.Absent = []Leaver{{Name: "gone"}}
	acc := Acceptance{Outsiders: []Outsider{{Name: "Kept", May: catalog.Select, Reason: "found by import", Pos: at(9)}, {Name: "svc", May: catalog.Select, Reason: "nightly", Pos: at(19)}},
		Also: map[string][]string{"boss": {"db_owner"}}, AlsoWhy: map[string]Cause{"boss": {Note: "runs it", Pos: at(5)}}}
	q := Inquire(site.Snapshot, w.Wanted, acc)
	const not = "which the policy does not ask for"
	for _, tt := range []struct {
		user       string
		permission catalog.Permissions
		want       []string
	}{
		{"boss", catalog.Delete, []string{"boss is in db_owner, which the policy accepts of boss, who may also be db_owner: runs it, p.toml:5:1"}},
		{"zed", catalog.Select, []string{"zed is in Inner, which the policy accepts of Kept: found by import, p.toml:9:1", "the role Kept (through Inner) is granted SELECT on dbo.v, which the policy accepts of Kept: found by import, p.toml:9:1"}},
		{"zed", catalog.Delete, []string{"the role Kept (through Inner) is granted DELETE on dbo.v, " + not}},
		{"svc", catalog.Select, []string{"the user svc is granted SELECT on dbo.v, which the policy accepts of svc: nightly, p.toml:19:1"}},
		{"gone", catalog.Select, []string{"gone is in Inner, " + not}},
	} {
		var said []string
		for _, r := range q.Explain(tt.user, "v", tt.permission).Because {
			for _, s := range r.Steps {
				said = append(said, s.String())
			}
			said = append(said, r.Text)
		}
		for _, want := range tt.want {
			if !strings.Contains(strings.Join(said, "\n"), want) {
				t.Errorf("%s %s: %q does not say %s", tt.user, tt.permission, said, want)
			}
		}
	}
}
