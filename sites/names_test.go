package sites

import (
	"context"
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// TestServersAnswerHolds: the site has a role whose name folds as the policy's
// does and which this server takes for another one. What the server said when
// the plan was made holds under the lock, in the read-back and in verify.
func TestServersAnswerHolds(t *testing.T) {
	looksAtPlans(t)
	l := newLive(t)
	l.admin("CREATE ROLE [ﬁxer] AUTHORIZATION dbo;")
	p := parsed(t, `[server.main]
url = "`+l.url+`"
user = "`+runner()+`"
password_env = "X"
[[site]]
name = "Site"
server = "main"
database = "Site"
[[group]]
name = "fixer"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[user]]
name = "ann"
groups = ["fixer"]
sites = ["*"]
`)
	f, err := Open(p, Options{Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !(grants.Collation{}).Equal("ﬁxer", "fixer") {
		t.Fatal("the names do not fold alike, so nothing is shown")
	}
	fp := l.plan(f)
	if fp.Findings.HasErrors() {
		t.Fatal(fp.Findings)
	}
	results, err := f.Apply(context.Background(), fp, Events{})
	if err != nil {
		t.Fatal(err)
	}
	if c := results[0].After.Collation; c.Equal("ﬁxer", "fixer") {
		t.Error("the answer was lost under the lock")
	}
	if again := l.plan(f); !again.Empty() {
		t.Errorf("still to do: %s", mssql.Render(again.Sites[0].Plan.Changes[0]))
	}
	for _, v := range f.Verify(context.Background(), time.Now()) {
		if !v.OK() {
			t.Errorf("%v %v", v.Err, v.Mismatches)
		}
	}
}

// TestAnotherDatabaseAnswers: what was read of a database of another name is no
// reading of the site, nor what its plan is made again from.
func TestAnotherDatabaseAnswers(t *testing.T) {
	site := policy.Site{Name: "North", Database: "iMaint_North"}
	for name, ok := range map[string]bool{"iMaint_North": true, "IMAINT_NORTH": true, "iMaint_South": false, "": false} {
		if err := ofSite(site, &grants.Snapshot{Database: name}); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, _, err := (&FleetPlan{}).remade(SitePlan{Site: site}, &grants.Snapshot{Database: "iMaint_South"}, loginsDone{})
	if err == nil || !strings.Contains(err.Error(), `"iMaint_South" answered in the place of "iMaint_North"`) {
		t.Errorf("%v", err)
	}
}
