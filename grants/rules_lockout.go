package grants

import "grantree/finding"

// Lockout is rule 5.
func Lockout(p *Policy, s *Snapshot, plan *Plan, expectLoss int) finding.List { return nil }
