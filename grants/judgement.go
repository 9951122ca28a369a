package grants

import (
	"grantree/catalog"
	"grantree/finding"
)

// Acceptance is what a policy accepts beside what it wants: access that is
// there for a good reason. Whoever hands it over has left out what no longer
// holds.
type Acceptance struct {
	Outsiders []Outsider
	Modules   []AcceptedModule
	// Confidential are views that a module must not show to who may not read them.
	Confidential []ConfidentialView
	// Also holds, by the name of a wanted user, the server roles, fixed roles
	// and permissions by which that person may be more than the policy gives.
	Also map[string][]string
	// AlsoWhy says why, and where the policy has it.
	AlsoWhy map[string]Cause
	// Named reports whether the policy has somebody of a name at all, in whatever
	// site; nil where that is not known.
	Named func(name string) bool
}

// Outsider is a principal that has access and is none of the policy's: a
// login, a Windows group, a user or a role of the site. A role that is
// accepted accepts its members for what comes through it, which is not what they
// have by public.
type Outsider struct {
	Name   string
	May    catalog.Permissions // the most that is accepted
	Reason string
	Pos    finding.Pos
}

// AcceptedModule is a procedure or function that reaches the views, by its
// schema and name.
type AcceptedModule struct {
	Name   string // "dbo.usp_close_month"
	Reason string
	Pos    finding.Pos
}

// ConfidentialView is a view of the catalog by its name in the site.
type ConfidentialView struct {
	Name string
	Pos  finding.Pos
}

// Judgement is what there is to say of who can reach a site's catalog views,
// beside what the policy wants. Findings about a whole server name it and not
// the site, so that several sites say them once.
type Judgement struct {
	// Mismatches are people and ways in that the policy neither gives nor
	// accepts, and people who should have access and have not.
	Mismatches finding.List
	// Unverified is what could not be asked, so that nothing is known of it.
	Unverified finding.List
	// Notes are what contradicts nothing: warnings of modules that reach a view, and
	// what a reader need not act on, such as who runs grantree, the server's own
	// accounts, accepted outsiders.
	Notes finding.List
	// Accepted is what people of the policy may do.
	Accepted Accepted
	// Held says, by the message of a mismatch, what of whom the catalog views hold by
	// which it is so: "SELECT on dbo.v, to eve".
	Held map[string]string
	// Reaches names, by the message of a mismatch, everybody whom it concerns:
	// the message names the first few.
	Reaches map[string][]string
}

// Accepted is what people of the policy may do: from the policy, or accepted of
// them or of a role. The zero Accepted is nothing.
type Accepted struct {
	place map[string]int                   // of a view, by "schema.view"
	may   map[string][]catalog.Permissions // by the user's name, then by place
}

// On returns what a user may do on a view, by its "schema.view".
func (x Accepted) On(user, view string) catalog.Permissions {
	at, known := x.place[view]
	if may := x.may[user]; known && may != nil {
		return may[at]
	}
	return catalog.None
}
