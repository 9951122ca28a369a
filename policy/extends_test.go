package policy_test

import (
	"strings"
	"testing"

	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// TestExtendedCatalog: a policy that extends the built-in catalog reaches what the
// file adds, and no site is told of views that the file ignores.
func TestExtendedCatalog(t *testing.T) {
	const ours = `
[[node]]
path = "Modules | Work Orders | Time Cards | Bonus"
views = [{ name = "imvw_bonus", level = "parent" }]
[[ignore]]
name = "imvw_time_card_detail"
reason = "our sites lack it"
`
	text := "[catalog]\nextends = \"imaint\"\nfile = \"ours.toml\"\n" + fleet + "[[group]]\nname = \"Clerk\"\n[[group.allow]]\non = \"Time Cards\"\npermissions = [\"select\", \"insert\"]\n"
	read := files{"etc/ours.toml": ours}.read
	p, found := policy.Parse(policy.Source{File: "etc/p.toml", Data: []byte(text)}, read)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	s := p.Offline(p.Sites[0])
	w, _ := p.Wanted(s)
	if got := table(w, "Clerk")["imvw_bonus"]; got != "SELECT, INSERT" {
		t.Errorf("imvw_bonus: %q", got)
	}
	for i, v := range s.Views {
		if v.Name == "imvw_time_card_detail" {
			s.Views = append(s.Views[:i:i], s.Views[i+1:]...)
			break
		}
	}
	if _, found := p.Wanted(s); len(found) > 0 {
		t.Errorf("an ignored view is missed: %v", found)
	}

	// What stands in place of the name has its place and the nearest spelling.
	slip := strings.Replace(text, "imaint", "imiant", 1)
	_, found = policy.Parse(policy.Source{File: "etc/p.toml", Data: []byte(slip)}, read)
	if d := cmp.Diff(`error etc/p.toml:2:1: there is no built-in catalog "imiant"; did you mean "imaint"? (unknown-catalog)`, strings.TrimSpace(lines(found))); d != "" {
		t.Error(d)
	}
}
