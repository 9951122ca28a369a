package policy

import (
	"slices"
	"strconv"
	"strings"

	"grantree/finding"
)

// Approval is the [approval] table: which plans somebody else has to approve.
type Approval struct {
	Needs []Need
	Pos   finding.Pos
}

// Need is one reason for which a plan needs an approval.
type Need struct {
	Word NeedWord
	Loss int // of NeedLoss: a plan by which more people than so many lose something
}

// NeedWord is what a plan does that needs an approval.
type NeedWord string

// The words of [approval] needs.
const (
	NeedAll            NeedWord = "all"            // sends anything
	NeedLoss           NeedWord = "loss"           // takes something from people; written "loss>10"
	NeedDeny           NeedWord = "deny"           // writes or lifts a DENY
	NeedAdministrators NeedWord = "administrators" // is about the administrators' group or somebody in it
)

// needWords are how a need may be written.
var needWords = []string{string(NeedAll), "loss>10", string(NeedDeny), string(NeedAdministrators)}

func (n Need) String() string {
	if n.Word == NeedLoss {
		return "loss>" + strconv.Itoa(n.Loss)
	}
	return string(n.Word)
}

// approval reads [approval].
func (p *parser) approval(in *fileApproval, w place) {
	out := Approval{Pos: w.at()}
	if len(in.Needs) == 0 {
		p.missing(w, "needs", "[approval]", `add needs = ["all"], or remove the table`)
	}
	for i, text := range in.Needs {
		n, ok := readNeed(text)
		if !ok {
			p.findings.Errorf(finding.BadValue, w.at("needs", i), p.didYouMean(text, needWords, ""), "needs must be of %s, not %q", quoted(needWords, len(needWords)), text)
			continue
		}
		out.Needs = append(out.Needs, n)
	}
	p.p.Approval = out
}

// readNeed reads one need as it is written.
func readNeed(text string) (Need, bool) {
	if number, ok := strings.CutPrefix(text, string(NeedLoss)+">"); ok {
		n, err := strconv.Atoi(number)
		return Need{NeedLoss, n}, err == nil && n >= 0 && number == strconv.Itoa(n)
	}
	return Need{Word: NeedWord(text)}, slices.Contains([]NeedWord{NeedAll, NeedDeny, NeedAdministrators}, NeedWord(text))
}
