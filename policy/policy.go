package policy

import (
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/tomldoc"
)

// Policy is what an administrator wrote: one TOML file with what it includes
// and extends, read strictly, every name still as it was written and every
// part with its place. A Policy is made by Parse and not changed afterwards.
type Policy struct {
	File    string
	Catalog *catalog.Catalog

	License  License
	Servers  []Server
	Sites    []Site
	Settings Settings

	Passwords Passwords
	Approval  Approval
	Ledger    Ledger

	BreakGlass BreakGlass

	Groups  []*Group // the policy's own and, before them, those it extends
	Users   []*User
	Waivers []Waiver
	Tests   []Test

	// Ended notes what At took away because its time was over.
	Ended finding.List
	asOf  time.Time // that At was asked for; zero: never

	Outsiders []Outsider
	Modules   []Module

	Nevers       []Never
	Confidential []Confidential
	Reviewers    []Reviewer

	// Where the groups, users and sites of a name stand, made by Parse; a policy
	// that was made or changed by hand is searched.
	groupNames, userNames, siteNames names

	confidential map[string]int // where each of Confidential is, by the view's key in a site
	inUse        []Site         // the sites that are not retired, made by Parse
}

// DefaultFile is the policy file of a command that names none.
const DefaultFile = "grantree.toml"

// Command is a command line about this policy, to paste: of line, which begins
// with the command and has its arguments quoted (finding.Argument), with the file
// where that is not the one which is read without being named.
func (p *Policy) Command(line string) string {
	if p.File != DefaultFile {
		line += " -f " + finding.Argument(p.File)
	}
	return "grantree " + line
}

// License is the [license] table: how many people may have a seat.
type License struct {
	Seats   int
	Limited bool     // false: no [license] seats, no limit
	Exempt  []string // names that never use a seat
	Home    string   // the site in whose database the licence's lock is taken, as written; "": see Policy.Home
	Pos     finding.Pos
}

// Server is a [server.NAME] table. It never holds a password, only where to
// find one.
type Server struct {
	Name         string
	URL          string
	User         string
	PasswordEnv  string
	PasswordFile string
	Integrated   bool
	Pos          finding.Pos
	URLPos       finding.Pos
	// LoginAudit is the folder of the server's own to which it writes down who
	// logs in, and "" where the policy does not speak of that.
	LoginAudit LoginAudit
}

// LoginAudit is a server audit of log-ins: files in a folder of the server, so
// many of that size before the oldest goes.
type LoginAudit struct {
	Path             string
	Files, Megabytes int
	Pos              finding.Pos
}

// Site is a [[site]] table: one database on one server.
type Site struct {
	Name     string
	Server   string
	Database string
	Ignore   []string // views that the site may lack, or hold beyond the catalog
	// Contained is a site whose people have accounts of the database, and no login.
	Contained bool
	Retired   bool   // neither read nor changed nor counted for the licence
	Reason    string // of a retired site
	// Mode is how far the policy reaches into the site, where the site says so itself:
	// see Policy.Mode.
	Mode    grants.Mode
	ModePos finding.Pos
	Pos     finding.Pos
}

// Settings is the [policy] table.
type Settings struct {
	Extends string // "imaint" or nothing
	// Adopt lists roles that exist without grantree's mark and may be taken
	// over; "*" is every role that the policy names.
	Adopt []string
	// MaxLoss is the share of a site's users, 0 to 1, that a plan may take
	// something from before it stops (rule 5). Zero means the default, 0.5.
	MaxLoss float64
	// Administrators names the group whose members are the site's
	// administrators (rule 5); by default the group called Admin, if any.
	Administrators string
	// Without names vendor's groups that are left out.
	Without []string
	// AdoptLogins names logins that grantree did not make and may disable,
	// change and drop, for as long as they stand there.
	AdoptLogins []string
	// Leavers is what becomes of the login of somebody who is gone from every
	// site of its server.
	Leavers LeaverLogins
	// Mode is how far the policy reaches into the sites that say nothing else.
	Mode    grants.Mode
	ModePos finding.Pos
	Pos     finding.Pos
}

// LeaverLogins is what becomes of the logins of people who left.
type LeaverLogins string

// Logins of leavers are disabled, unless the policy says otherwise.
const (
	DisableLogins LeaverLogins = "disable"
	DropLogins    LeaverLogins = "drop"
	KeepLogins    LeaverLogins = "keep"
)

// Passwords is the [passwords] table: what the server is told of the passwords
// of logins with one. All three are always stated, since a server's defaults
// are not everywhere the same (reference D.2).
type Passwords struct {
	MustChange bool // a new or reset password has to be changed at the first login
	Policy     bool // CHECK_POLICY: Windows' rules of length, complexity and lock-out
	Expiration bool // CHECK_EXPIRATION
	Pos        finding.Pos
}

// Group is what users are put into; it becomes one database role per site.
// Allow and Deny begin with the lines of the group that it copies. A group of
// the policy that has the name of a vendor's group takes its place, with the
// same role unless it says otherwise.
type Group struct {
	Name     string
	Role     string   // the role's name: Name unless the policy says otherwise
	Sites    []string // where there is one, as written; none or "*" is every site
	Copies   string   // the group it began as, or "", as written
	Without  []string // nodes, areas and views that what is copied does without
	Was      string   // the name of its role before, as written
	Baseline bool     // every user is a member
	Allow    []Entry
	Deny     []Entry
	Ended    []Override // lines whose until is over: see At
	Pos      finding.Pos
}

// Entry is one line of a group or a user: these permissions, there.
// Exactly one of On, View and AllViews is set.
type Entry struct {
	On          string // a node or area, as written
	View        catalog.ViewName
	AllViews    bool // views = "*": every view of the site with the catalog's prefix
	Permissions catalog.Permissions
	Except      []string
	Overrides   bool           // of a deny: may take from what another group grants (rule 1)
	Reason      string         // of a deny or an override
	Source      string         // the vendor document's own words, for built-in groups
	From        string         // the group whose line this is, where it came by Copies
	Until       tomldoc.Moment // of an override: the last day on which it holds
	Pos         finding.Pos

	// less is what groups do without which copied the line.
	less []*less

	// reach is what the line gives, worked out once by Parse; nil in an Entry
	// made by hand, which is expanded when it is needed.
	reach []reach
}

// User is a person's account.
type User struct {
	Name     string
	Login    string // the server login: Name unless the policy says otherwise
	Auth     Auth   // what kind of login it is
	NewLogin bool   // make the login where it is missing, one with a password with a generated one
	FullName string
	Email    string
	Reason   string         // why the person has what they have
	Until    tomldoc.Moment // the last day on which the person is active
	Was      string         // the name before
	WasLogin string         // the login's name before
	Inactive bool           // keeps the name, loses every membership and the seat
	// InactiveReason is why they are inactive, which is no reason for what they have.
	InactiveReason string
	// Past says that the person is inactive because Until is over: see At.
	Past   bool
	Also   Also     // in all of their sites
	Groups []string // as written; the baseline is implied
	Sites  []string // as written; "*" is every site
	At     []Elsewhere
	Allow  []Entry // overrides
	Deny   []Entry
	Ended  []Override // those whose until is over: see At
	Pos    finding.Pos
}

// Elsewhere is a [[user.at]]: in these sites, which it adds to the user's, these
// groups take the place of the user's own. Its lines hold there beside the
// user's own, and so does what the person may also be.
type Elsewhere struct {
	Sites  []string
	Groups []string
	Also   Also
	Allow  []Entry
	Deny   []Entry
	Pos    finding.Pos
}

// Also is what somebody may be beyond the policy, by one table of it: roles of the
// server or the database, and permissions that stand above a view.
type Also struct {
	Words  []string
	At     []finding.Pos // where each of them is written
	Reason string
}

// Auth is how a person proves who they are.
type Auth string

// The kinds of logins that a person may have.
const (
	AuthSQL     Auth = "sql"
	AuthWindows Auth = "windows"
	AuthEntra   Auth = "entra"
)

// Waiver is a [[waiver]]: the "special circumstances" under which a child
// view may give more than its parent (rule 2).
type Waiver struct {
	View    catalog.ViewName
	Group   string // one of Group and User is set, or neither: everyone
	User    string
	Reason  string
	Expires time.Time // zero: never; else the first day it no longer holds
	Pos     finding.Pos
}

// Outsider is a [[outsider]]: a principal that has access to the views, is none
// of the policy's, and is accepted. A role that is accepted accepts its members
// for what comes through it, and not for what they have by public.
type Outsider struct {
	Name   string              // a login, Windows group, user or role
	Sites  []string            // as written; none or "*" is every site
	May    catalog.Permissions // the most that is accepted; all four unless the policy says less
	People int                 // how many people there are behind it, for the licence; 1 unless the policy says
	Stated bool                // the policy says how many: of a group nobody else can
	Reason string
	Until  tomldoc.Moment // zero: for ever; a day is the last one on which it holds
	Pos    finding.Pos
}

// Module is a [[module]]: a procedure or function that reaches the views, and
// that is accepted.
type Module struct {
	Name   string // with its schema, "dbo.usp_close_month"
	Reason string
	Pos    finding.Pos
}

// Test is a [[test]]: an expectation about one user's access, checked offline
// by "grantree test" and against the live site by "grantree verify".
type Test struct {
	User   string
	Sites  []string // none: every site of the user
	On     string   // a view, a node or an area
	Always catalog.Permissions
	Never  catalog.Permissions
	Pos    finding.Pos
}
