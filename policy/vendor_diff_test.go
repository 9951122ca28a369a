package policy_test

import (
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
)

// TestDiffOfTheVendorsPolicy provisions an empty site with the vendor's
// fourteen groups, takes it apart again, and asks about a few people.
func TestDiffOfTheVendorsPolicy(t *testing.T) {
	p, found := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(`
[server.main]
url = "sqlserver://localhost"
integrated = true
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[policy]
extends = "imaint"
[[user]]
name = "bob"
groups = ["Mechanic", "Purchasing Clerk"]
sites = ["North"]
[[user]]
name = "ann"
groups = ["Admin"]
sites = ["*"]
`)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	site := p.Offline(p.Sites[0])
	want, found := p.Wanted(site)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	plan := grants.Diff(site, want, grants.DiffOptions{})
	if len(plan.Findings) > 0 {
		t.Fatal(plan.Findings)
	}
	end, err := site.With(plan.Changes)
	if err != nil {
		t.Fatal(err)
	}
	if again := grants.Diff(end, want, grants.DiffOptions{}); !again.Empty() {
		t.Errorf("left to do: %v", again.Changes)
	}
	if plan.Statements()*2 > plan.Naive {
		t.Errorf("%d statements where %d would be naive", plan.Statements(), plan.Naive)
	}
	if list := grants.Lockout(site, want, plan, p.Guard(0)); len(list) > 0 {
		t.Error(list)
	}
	if list := grants.Judge(end, want, grants.Acceptance{}, nil).Mismatches; len(list) > 0 {
		t.Error(list)
	}
	keepsThePromise(t, grants.NewAccess(end), want)
	back, err := end.With(grants.Diff(end, &grants.Wanted{Views: want.Views}, grants.DiffOptions{}).Changes)
	if err != nil {
		t.Fatal(err)
	}
	if back.Fingerprint() != site.Fingerprint() {
		t.Error("taking everything out again does not leave the site as it was")
	}
}

// keepsThePromise compares the model on the provisioned site with what the
// policy gives, worked out from the policy alone.
func keepsThePromise(t *testing.T, a *grants.Access, want *grants.Wanted) {
	t.Helper()
	promise := want.Promise()
	for _, user := range a.Users() {
		for _, view := range want.Views {
			got, _ := a.Of(user, view)
			if promised := promise.On(user, view); got != promised {
				t.Errorf("%s may %q on %s, the policy says %q", user, got, view, promised)
			}
		}
	}
	if ann, _ := a.Of("ann", "imvw_work_order"); ann != catalog.All {
		t.Errorf("ann, an administrator, may %q on imvw_work_order", ann)
	}
}
