package tds

// Column describes one column of a result set.
type Column struct {
	// Name may be empty.
	Name string
	Type TypeInfo
	// Nullable is told to the client and not checked against the rows.
	Nullable      bool
	Identity      bool
	Computed      bool
	CaseSensitive bool
}
