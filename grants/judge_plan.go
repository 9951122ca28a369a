package grants

import (
	"slices"

	"grantree/finding"
)

// planMends is what there is to do about what a plan takes away itself.
const planMends = "this plan mends it"

// Foreseen is what a plan shows of the mismatches of a site: of those that are
// gone once it is carried out it says so, and has no statement for them. The
// receiver is the judgement of s as it is; w and acc are what it was made with.
// A plan that cannot be carried out mends nothing.
func (j Judgement) Foreseen(s *Snapshot, w *Wanted, acc Acceptance, plan *Plan) finding.List {
	if plan.Empty() || plan.Findings.HasErrors() || len(j.Mismatches) == 0 {
		return j.Mismatches
	}
	end, err := s.After(plan)
	if err != nil {
		return j.Mismatches // rule 5 says why
	}
	left := Judge(end, w, acc, nil).Mismatches
	out := slices.Clone(j.Mismatches)
	for i, f := range out {
		if !slices.ContainsFunc(left, func(x finding.Finding) bool { return x.Code == f.Code && x.About == f.About }) {
			out[i].Statements, out[i].Fix = nil, planMends
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
	for _, l := range plan.Logins {
		end.Logins = append(slices.Clip(end.Logins), Login{Name: l.Login, SID: l.SID, Type: SQLUser})
	}
	return end, nil
}
