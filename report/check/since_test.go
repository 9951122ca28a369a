package check

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSince: what became of people since an earlier report stands on the page, and who is
// denied something is shown as that.
func TestSince(t *testing.T) {
	policy, err := os.ReadFile(filepath.Join(root, "cmd/grantree/files/demo.toml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	earlier, file := filepath.Join(dir, "earlier.json"), filepath.Join(dir, "report.html")
	grantree(t, "report", "--offline", "-f", policyFile(t, string(policy)), "--out", earlier)
	after := strings.Replace(string(policy), `groups = ["WO Requestor"]`, `groups = ["WO Requestor", "Planner"]`, 1)
	after = strings.Replace(after, "name = \"bob\"\n", "name = \"bob\"\ninactive = true\n", 1)
	after = strings.Replace(after, "[[user]]\nname = \"dave\"", "[[user.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"update\"]\nreason = \"x\"\n\n[[user]]\nname = \"dave\"", 1)
	grantree(t, "report", "--offline", "-f", policyFile(t, after), "--since", earlier, "--out", file)
	p := open(t, file)
	cards := p.texts("#since article")
	for _, want := range []string{"ivan in Harbor+ now in Planner+ gains", "bob in North, Southno longer here", "carol in North− loses UPDATE on 1 viewimvw_pay_type"} {
		if !slices.ContainsFunc(cards, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("no change is %q: %q", want, cards)
		}
	}
	if got := p.text("#parts"); !strings.Contains(got, "Changes (3)") {
		t.Error(got)
	}
	p.choose("q", "pay")
	row := value[string](p, `[...document.querySelectorAll('table.who tr')].find(r => r.textContent.startsWith('carol')).textContent`)
	if !strings.Contains(row, "!denied") || !strings.Contains(row, "denied to their own") {
		t.Errorf("%q", row)
	}
}
