package grants

import (
	"grantree/catalog"
	"grantree/finding"
)

// Decision is the answer to "may this user do that?", with its reasons.
type Decision struct {
	User       string
	Login      string // that enters as the user, where its name is another
	Inactive   bool   // in the policy, and still somebody here
	Site       string
	View       string
	Permission catalog.Permissions // a single one
	Allowed    Answer
	Because    []Reason
	Group      string // of the policy, where it is asked of one: User is its role
}

// Reason is one fact that a decision rests on, most decisive first. Text is a
// sentence for people; the other fields say the same for programs and may be
// empty.
type Reason struct {
	Text string
	// Kind is one of "grant", "deny", "owner", "fixed_role", "schema",
	// "database", "column", "dbo", "nothing"; of how somebody enters:
	// "server_role", "server_permission", "database_owner", "guest", "login",
	// "connect"; of what stands behind and beside the view: "chain",
	// "other_database", "impersonate", "table", "view", "synonym", "module". Of
	// what somebody can give themselves: "power"; of who they are to the policy:
	// "policy"; of what could not be read: "not_verified".
	Kind string
	// Via is what it goes through, nearest first: roles from the user to the
	// grantee, users acted as, the object that stands beside the view, or what
	// gives a power.
	Via []string
	// Steps are the same roles with the line of the policy that puts one into the
	// other; of Explain alone.
	Steps []Step
	// Beaten says that a DENY takes what this gives.
	Beaten  bool
	Columns []string // of the view, where it is about some of them
	Group   string
	Node    catalog.Path
	Level   catalog.Level
	Where   finding.Pos
}

// Step is a membership on the way to a role.
type Step struct {
	Member, Role string
	Asked        bool // by the policy, at Where
	Where        finding.Pos
	Note         string
	Accepted     string // how the policy accepts it that does not ask for it, or ""
}
