package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// PlanMends is what there is to do about what a plan takes away itself.
const PlanMends = "this plan mends it"

// Foreseen is what a plan shows of the mismatches of a site: of those that are
// gone once it is carried out it says so, and has no statement for them; of the others
// the statements are those that mend what is left then, as a verification has them. Of who
// leaves by it that is one line, whatever they have now. The receiver is the
// judgement of s as it is; w, acc and write are what it was made with. A plan that cannot
// be carried out mends nothing.
func (j Judgement) Foreseen(s *Snapshot, w *Wanted, acc Acceptance, plan *Plan, write func(Remedy) string) finding.List {
	if len(plan.Changes)+len(plan.Logins) == 0 || len(plan.Findings.Stopping()) > 0 || len(j.Mismatches) == 0 {
		return j.Mismatches
	}
	end, err := s.After(plan)
	if err != nil {
		return j.Mismatches // rule 5 says why
	}
	left := Judge(end, w, acc, write).Mismatches
	var out finding.List
	leaving, first, more := plan.leaving(s.Collation), map[string]int{}, map[string]int{}
	for _, f := range j.Mismatches {
		if i := slices.IndexFunc(left, func(x finding.Finding) bool { return x.Code == f.Code && x.About == f.About }); i >= 0 {
			if left[i].Message == f.Message {
				f.Statements, f.Fix, f.Use = left[i].Statements, left[i].Fix, left[i].Use
			}
			out = append(out, f)
			continue
		}
		name, _, _ := strings.Cut(f.About, "\x00") // and what it is about them
		who := s.Collation.Key(name)
		if _, told := first[who]; told && leaving[who] {
			more[who]++
			continue
		}
		first[who] = len(out)
		f.Statements, f.Fix = nil, PlanMends
		out = append(out, f)
	}
	for who, n := range more {
		out[first[who]].Fix = fmt.Sprintf("%s, and %d more of theirs", PlanMends, n)
	}
	return out
}

// leaving are the users whom a plan drops, or leaves without CONNECT, by the key
// of their name.
func (p *Plan) leaving(c Collation) map[string]bool {
	out := map[string]bool{}
	for _, change := range p.Changes {
		if change.Kind == DropUser || change.Kind == RevokeConnect {
			out[c.Key(change.Principals[0])] = true
		}
	}
	return out
}

// After returns what the snapshot would say once a plan is carried out, with
// the logins that are made first. It has With's errors.
func (s *Snapshot) After(plan *Plan) (*Snapshot, error) {
	end, err := s.With(plan.Changes)
	if err != nil {
		return nil, err
	}
	return end.loggedIn(plan), nil
}

// loggedIn is the snapshot once a plan's logins are made.
func (s *Snapshot) loggedIn(plan *Plan) *Snapshot {
	out := *s
	for _, l := range plan.Logins {
		out.Logins = append(slices.Clip(out.Logins), Login{Name: l.Login, SID: l.SID, Type: SQLUser})
	}
	return &out
}
