package grants

import (
	"grantree/catalog"
	"grantree/finding"
)

// Decision is the answer to "may this user do that?", with its reasons.
type Decision struct {
	User       string
	Site       string
	View       string
	Permission catalog.Permissions // a single one
	Allowed    bool
	Because    []Reason
}

// Reason is one fact that a decision rests on, most decisive first. Text is a
// sentence for people; the other fields say the same for programs and may be
// empty.
type Reason struct {
	Text string
	// Kind is one of "grant", "deny", "owner", "fixed_role", "schema",
	// "database", "column", "dbo", "membership", "nothing".
	Kind  string
	Via   []string // roles from the user to the grantee, nearest first
	Group string
	Node  catalog.Path
	Level catalog.Level
	Where finding.Pos
}
