package grants

import (
	"grantree/catalog"
	"grantree/finding"
)

// Kind is the verb and noun of a change.
type Kind string

// The kinds of change. "mark" and "unmark" set and remove grantree's extended
// property on an adopted role, or on a user who was there before. "deny_connect"
// and those of properties are in no plan of a policy: only the reverse of dropping
// somebody has them.
// "stamp" writes the mark anew, with the time and what the role or user has on
// views then; "break_glass" and "end_break_glass" write and remove the property of
// a user that says until when they are in a role.
const (
	CreateRole Kind = "create_role"
	DropRole   Kind = "drop_role"
	CreateUser Kind = "create_user"
	DropUser   Kind = "drop_user"
	AddMember  Kind = "add_member"
	DropMember Kind = "drop_member"
	GrantOn    Kind = "grant"
	DenyOn     Kind = "deny"
	RevokeOn   Kind = "revoke"
	Mark       Kind = "mark"
	Unmark     Kind = "unmark"
	Stamp      Kind = "stamp"

	RenameRole Kind = "rename_role"
	RenameUser Kind = "rename_user"

	// The ledger's own: see WantedLedger. They have no reverse.
	CreateSchema Kind = "create_schema"
	CreateLedger Kind = "create_ledger"
	GuardLedger  Kind = "guard_ledger"

	GrantConnect  Kind = "grant_connect"
	RevokeConnect Kind = "revoke_connect"
	DenyConnect   Kind = "deny_connect"

	AddProperty   Kind = "add_property"
	DropProperty  Kind = "drop_property"
	BreakGlass    Kind = "break_glass"
	EndBreakGlass Kind = "end_break_glass"
)

// Change is the smallest thing that a plan can stop between: one statement, or
// two, see Statements. Which fields are set depends on Kind:
//
//	create_role, drop_role         Principals: the role; Owner
//	mark, unmark, stamp            Principals: the role or user; Holds, Text, MarkWas
//	break_glass, end_break_glass   Principals: the user; Text
//	create_user, drop_user         Principals: the user; Login, NewLogin, or Own; DefaultSchema
//	rename_role, rename_user       Principals: by the new name; Was
//	*_connect                      Principals: the user; Login
//	*_property                     Principals: the role or user; Property
//	add_member, drop_member        Role; Principals: the member
//	grant, deny, revoke            Schema, View, Permissions, Principals (sorted)
//	create_schema                  Schema; Principals: its owner
//	create_ledger, guard_ledger    Schema, View: the table; Principals: public; Engine
//
// A role or user that is created carries grantree's mark from the start.
//
// Before holds what the rows that a grant, deny or revoke touches were, so
// that the reverse can put back exactly that.
type Change struct {
	Kind       Kind
	Principals []string
	Role       string
	Was        string // the name before
	Login      string
	NewLogin   bool // of create_user: the SQL login is missing and is made first
	// Own is what a user is who has no login: one with a password of the database,
	// or an account of Windows or Entra.
	Own PrincipalType
	// DefaultSchema is that of a user who comes back, as in Principal; Owner that of a
	// role, "" for dbo.
	DefaultSchema string
	Owner         string
	Property      *Property // somebody else's
	Schema        string
	View          string
	Permissions   catalog.Permissions
	Engine        bool        // of create_ledger: as a ledger of the server's own
	Before        []RowBefore // only rows that existed
	// Temporary marks a statement that another one of the same plan takes
	// back: a bridge over a moment at which someone would lose what they keep
	// or gain what they shall not get.
	Temporary bool
	Causes    []Cause

	// Holds is what of views the mark remembers that a create, mark or stamp writes:
	// the server adds its clock. Text is a mark that is written as it is, and MarkWas
	// what it was before, PlainMark where it said no more than that. Of break_glass and
	// end_break_glass, Text is the property.
	Holds, Text, MarkWas string

	// Drops holds what a drop_role or drop_user takes with it.
	Drops *Dropped
}

// RowBefore is a permission row that a change replaces or removes.
type RowBefore struct {
	Principal  string
	Permission catalog.Permissions // a single one
	State      State
}

// Dropped is what goes with a dropped principal, kept so that the reverse is
// complete.
type Dropped struct {
	Login   string   // of a user
	Roles   []string // that it was a member of
	Members []string // of a role: dropped by changes of their own before it
	Rows    []DroppedRow
	// Of a user: whether it lacked grantree's mark, and what its own row said
	// of CONNECT, "" where it had none.
	Unmarked bool
	Connect  State
	Mark     string // the text of its mark, where that says more than PlainMark
	Opening  string // the property that says until when a user is in a role

	DefaultSchema string     // of a user, as in Principal
	Owner         string     // of a role, "" for dbo
	Properties    []Property // that others have put on it
}

// DroppedRow is what a dropped principal was granted or denied on a view.
type DroppedRow struct {
	Schema, View string
	Permissions  catalog.Permissions
	State        State
}

// People is the part of a plan that concerns people, by name, sorted.
type People struct {
	Gain      []string // can do something afterwards that they cannot now
	Lose      []string // cannot do something afterwards that they can now
	LockedOut []string // can do something now, and nothing afterwards
	Total     int      // people with an account in the site before or after
	Effects   []Effect // what becomes of all of these, by the first of the people
}

// NewLogin is a login that has to be made before a plan: one with a password
// with the SID of the user who waits for it, or with any where SID is empty.
type NewLogin struct {
	Login, SID string
	Type       PrincipalType
	Cause      Cause
}

// Plan is the ordered changes from a snapshot to what is wanted. At no prefix
// of it is anyone denied what they have both before and after, nor allowed
// what they have neither before nor after.
type Plan struct {
	Site        string
	Changes     []Change
	Logins      []NewLogin // to be made first, sorted by name
	People      People
	Naive       int    // statements that one-per-permission-role-view would send
	Fingerprint string // of the snapshot, see Snapshot.Fingerprint
	Findings    finding.List
	Left        *Left // what its mode leaves undone; nil where that is nothing
}

// Empty reports whether the site already is what the policy says.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Statements returns how many statements the plan sends.
func (p *Plan) Statements() int {
	n := 0
	for _, c := range p.Changes {
		n += c.Statements()
	}
	return n
}

// MakesPassword reports whether the change makes a user who needs a password of
// the database's own.
func (c Change) MakesPassword() bool { return c.Kind == CreateUser && c.Own == SQLUser }

// Statements returns how many statements the change is: one, and for a
// principal that is made a second one, which marks it, for a ledger one that
// guards it.
func (c Change) Statements() int {
	if c.Kind == CreateRole || c.Kind == CreateUser || c.Kind == CreateLedger {
		return 2
	}
	return 1
}
