package grants

import "grantree/finding"

// Beyond is the mismatches of Judge where nothing is accepted.
func Beyond(s *Snapshot, w *Wanted) finding.List { return Judge(s, w, Acceptance{}).Mismatches }
