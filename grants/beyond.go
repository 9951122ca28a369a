package grants

import "grantree/finding"

// Beyond reports what is not managed and opens or closes access.
func Beyond(s *Snapshot, w *Wanted) finding.List { return nil }
