package grants

// DiffOptions says what Diff may take over.
type DiffOptions struct {
	// Adopt names roles that exist without grantree's mark and may be taken
	// over; "*" is every role that is wanted.
	Adopt []string
}

// Diff returns the plan from what a site is to what is wanted.
func Diff(from *Snapshot, to *Wanted, o DiffOptions) *Plan { return &Plan{Site: from.Site} }
