package lint

import (
	"time"

	"grantree/finding"
	"grantree/policy"
)

// SoonDays is how many days ahead is soon.
const SoonDays = 30

// ends lists what of a policy ends soon, and what has ended.
func ends(p *policy.Policy, now time.Time) finding.List {
	at := p.At(now)
	out := append(finding.List{}, p.Ended...) // where p is as it stands at now already
	for _, e := range at.Ends(now, now.AddDate(0, 0, SoonDays)) {
		out.Notef(finding.EndsSoon, e.Pos, "write a later date if it is to go on", "%s ends on %s", e.What, e.When)
	}
	out = append(out, at.Ended...)
	return append(out, at.EndedOutsiders(now)...)
}
