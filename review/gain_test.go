package review

import (
	"strings"
	"testing"

	"grantree/policy"
)

// denying are people of whom groups deny what others give them.
const denying = `
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
permissions = ["select", "update"]
[[group]]
name = "No updates"
[[group.deny]]
view = "imvw_asset"
permissions = ["update"]
overrides = true
reason = "apart"
[[review]]
reviewer = "Carol Reed"
[[user]]
name = "pete"
groups = ["Crew", "No updates"]
sites = ["*"]
[[user]]
name = "creed"
full_name = "Carol  REED"
login = "LAN\\creed"
email = "carol@example.com"
groups = ["Crew"]
sites = ["*"]
`

// answerAll are the answers of the only reviewer, by what a row is about.
func answerAll(pack *Pack, answers map[string]Decision) Returned {
	x := pack.Reviewers[0]
	file := Returned{Reviewer: x.Reviewer}
	for i, r := range x.Rows {
		file.Answers = append(file.Answers, Answer{Row: r.ID, Pack: pack.ID, About: r.about(), Number: i + 2, Decision: answers[r.Person+" "+r.What]})
	}
	return file
}

// TestRevokeGivesNothing: who leaves a group that denies has what it denied, and no
// revocation does that; the row says that the group denies, and what.
func TestRevokeGivesNothing(t *testing.T) {
	p, r := reported(t, denying)
	pack := Make(p, r)
	for _, row := range pack.Reviewers[0].Rows {
		if row.What == "No updates" && row.Gives != "DENIES update on imvw_asset" {
			t.Errorf("the row says %q", row.Gives)
		}
	}
	for name, tt := range map[string]struct {
		answers map[string]Decision
		want    Outcome
	}{
		"the deny alone":  {map[string]Decision{"pete No updates": Revoke, "pete Crew": Keep}, ByHand},
		"what allows too": {map[string]Decision{"pete No updates": Revoke, "pete Crew": Revoke}, Revoked},
	} {
		verdicts, err := pack.Judge(Rows(p, r), []Returned{answerAll(pack, tt.answers)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		text := edited(t, denying, verdicts)
		for _, v := range verdicts {
			if v.Row.What != "No updates" {
				continue
			}
			if v.Outcome != tt.want {
				t.Errorf("%s: %+v", name, v)
			}
			if v.Outcome == ByHand && (text != denying || !strings.Contains(v.Why, "pete could update on imvw_asset in North")) {
				t.Errorf("%s: %s\n%s", name, v.Why, text)
			}
		}
	}
}

// TestThemselves: a reviewer is a person of the policy by each name that it has of them.
func TestThemselves(t *testing.T) {
	for _, name := range []string{"Carol Reed", "CREED", `lan\creed`, "Carol@Example.com"} {
		p, r := reported(t, strings.Replace(denying, `reviewer = "Carol Reed"`, "reviewer = '"+name+"'", 1))
		pack := Make(p, r)
		for _, row := range pack.Reviewers[0].Rows {
			if row.Person == "creed" {
				t.Errorf("%s has a row about themselves", name)
			}
		}
		if len(pack.Nobody) != 1 {
			t.Errorf("%s: nobody reviews %v", name, pack.Nobody)
		}
	}
	if !themselves(&policy.Policy{}, "ann", Row{Person: "ANN"}) {
		t.Error("ann is not ANN")
	}
}
