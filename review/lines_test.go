package review

import (
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/policy"
)

// ofNode is a policy of which ann has a line of her own on a node.
const ofNode = `
[server.main]
url = "sqlserver://sql01.example"
[[site]]
name = "North"
server = "main"
database = "N"
[[group]]
name = "Crew"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[review]]
reviewer = "carol"
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["*"]
[[user.allow]]
on = "Purchasing"
permissions = ["select"]
except = ["Purchasing | Purchase Orders"]
until = 2026-12-31
reason = "audit"
`

// TestLineMoved: a line of somebody's own is another one where it leaves out something
// else, ends on another day, has another reason, or reaches other views.
func TestLineMoved(t *testing.T) {
	p, r := reported(t, ofNode)
	pack := Make(p, r)
	row := pack.Reviewers[0].Rows[1]
	if row.Kind != Line || row.Gives != "select; except Purchasing | Purchase Orders; until 2026-12-31" {
		t.Fatalf("%+v", row)
	}
	answer := answerAll(pack, map[string]Decision{"ann Purchasing": Revoke})
	outcome := func(text string) Outcome {
		p, r := reported(t, text)
		verdicts, err := pack.Judge(Rows(p, r), []Returned{answer}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return verdicts[1].Outcome
	}
	if got := outcome(ofNode); got != Revoked {
		t.Errorf("the same line: %s", got)
	}
	for old, new := range map[string]string{
		"except = [\"Purchasing | Purchase Orders\"]\n": "",
		"until = 2026-12-31":                            "until = 2027-12-31",
		`"audit"`:                                       `"for good"`,
	} {
		if got := outcome(strings.Replace(ofNode, old, new, 1)); got != Refused {
			t.Errorf("%q instead of %q: %s", new, old, got)
		}
	}
	b := newRowBuilder(p, r)
	reaching := func(node string) string {
		return b.lineSeal(policy.Entry{On: node, Permissions: catalog.Select})
	}
	if reaching("Purchasing") == reaching("Create Purchase Requests") {
		t.Error("the seal knows nothing of what the line reaches")
	}
}
