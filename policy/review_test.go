package policy_test

import (
	"strings"
	"testing"
	"time"

	"grantree/policy"
)

// TestReview: whom a [[review]] is about, what it may not name, and that it follows a
// group that is renamed.
func TestReview(t *testing.T) {
	text := fleet + "[[group]]\nname = \"A\"\n[[group.allow]]\non = \"Projects\"\npermissions = [\"select\"]\n" + "[[review]]\nreviewer = \"carol\"\ngroups = [\"A\"]\nsites = [\"North\"]\n[[review]]\nreviewer = \"dave\"\n"
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if found.HasErrors() || len(p.Reviewers) != 2 {
		t.Fatal(p.Reviewers, found)
	}
	for _, tt := range []struct {
		who    int
		groups []string
		site   string
		want   bool
	}{
		{0, []string{"A"}, "North", true}, {0, []string{"A", "B"}, "North", true}, {0, []string{"B"}, "North", false}, {0, nil, "North", false},
		{1, nil, "North", true}, {1, []string{"B"}, "Nowhere", false},
	} {
		if got := p.Concerns(p.Reviewers[tt.who], tt.groups, tt.site); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
	_, found = policy.Parse(policy.Source{File: "p.toml", Data: []byte(text + "[[review]]\ngroups = [\"B\"]\n[[review]]\nreviewer = \"x\"\ngroups = [\"B\"]\nsites = [\"Nowhere\"]\n")}, nil)
	var codes []string
	for _, f := range found.Sorted() {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "missing-key unknown-group unknown-site" {
		t.Error(got, found)
	}
	e, err := policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if err == nil {
		err = e.RenameGroup("A", "Crew")
	}
	if err != nil {
		t.Fatal(err)
	}
	if done, err := e.Result(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); err != nil || done.Policy.Reviewers[0].Groups[0] != "Crew" {
		t.Error(err, done.Policy.Reviewers)
	}
}
