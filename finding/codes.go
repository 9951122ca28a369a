package finding

// The code of every finding, declared once: what it means, and with which
// severities it is reported, as docs/rules.md lists them. A finding is made
// with one of these and with no literal; tests of the root hold the page and
// the source to this file.

// Reading files.
const (
	Syntax           = "syntax"             // error: this is not TOML
	TooLarge         = "too-large"          // error: a file is larger than is read, or nests deeper: [the limits](policy.md#limits)
	TooManyFindings  = "too-many-findings"  // error, warning: a file, or a policy with all its files, has more than 1000 problems; the rest is not shown. A warning where only warnings are left out
	UnknownKey       = "unknown-key"        // error: a key that does not exist
	DuplicateKey     = "duplicate-key"      // error: a key is written twice
	WrongType        = "wrong-type"         // error: a string where a list belongs, and the like
	BadValue         = "bad-value"          // error: a value that its key cannot have
	MissingKey       = "missing-key"        // error: a table lacks a key that it needs
	DuplicateTable   = "duplicate-table"    // error: a table that may stand once stands twice
	IncludeMissing   = "include-missing"    // error: an included file cannot be read
	IncludeCycle     = "include-cycle"      // error: files include one another in a circle
	IncludedTwice    = "included-twice"     // error: a file is included a second time
	TooManyFiles     = "too-many-files"     // error: more files than a policy may have
	CatalogMissing   = "catalog-missing"    // error: the catalog file cannot be read
	UnknownCatalog   = "unknown-catalog"    // error: `extends` names no built-in catalog
	UnknownPolicy    = "unknown-policy"     // error: `extends` names no built-in policy
	PasswordLiteral  = "password-literal"   // error: a password, or what looks like a secret, in the policy: in a url or a user's name too
	PasswordFileOpen = "password-file-open" // warning: others than its owner may read or write the file that `password_file` names, or it is a link
	TwoPasswords     = "two-passwords"      // error: a server says in two ways how to log in
	BadURL           = "bad-url"            // error: a server's url is no address of a SQL Server, names a database or a user, or has an option that is not known
	BadPasswordEnv   = "bad-password-env"   // error: `password_env` holds what no environment variable is called; it may be the password itself, so it is not shown
	HomeRetired      = "home-retired"       // error: the licence's home is a site that is retired
	BadSeats         = "bad-seats"          // error: `seats` is no number of seats
	BadMaxLoss       = "bad-max-loss"       // error: `max_loss` is no share
	BadPasswords     = "bad-passwords"      // error: `[passwords]` asks for what SQL Server refuses, such as `must_change` for passwords that never expire
)

// Names.
const (
	AuditInvalid       = "audit-invalid"       // error: the audit of log-ins has no folder, or a size that no server takes
	NameInvalid        = "name-invalid"        // error: a name is empty, begins or ends with a space, or holds what SQL Server does not take
	NameTooLong        = "name-too-long"       // error: more than 128 characters
	NameReserved       = "name-reserved"       // error: the name belongs to SQL Server, such as `public` or `db_owner`
	DuplicateGroup     = "duplicate-group"     // error: two groups have one name, or one role to the site's collation
	DuplicateRole      = "duplicate-role"      // error: two groups have one role
	DuplicateUser      = "duplicate-user"      // error: two users have one name
	DuplicateLogin     = "duplicate-login"     // error: two users have one login in a site
	DuplicatePrincipal = "duplicate-principal" // error: a user has the name of a role
	DuplicateSite      = "duplicate-site"      // error: two sites have one name, or are one database
	UserEnded          = "user-ended"          // note: a person is past their `until`
	LineEnded          = "line-ended"          // note: a line is past its `until`
	SiteTwice          = "site-twice"          // error: a site stands in two `[[user.at]]` of one user, or one of them means every site
	RenameTaken        = "rename-taken"        // error: a name before is somebody's now, or a site has a principal of that name and one of the new one, or a server a login of the new name that is somebody else's
	LoginKeepsName     = "login-keeps-name"    // warning: a login is to get another name, and grantree may not change it, or a site that it matters to stays as it is
	LoginNotChanged    = "login-not-changed"   // warning: a login has to change, and the login that runs grantree may not change logins
	DuplicateBaseline  = "duplicate-baseline"  // error: two groups are the one that every user is in
	CopiesCycle        = "copies-cycle"        // error: groups copy one another
	UserWithoutGroup   = "user-without-group"  // error: rule 4
	NoSites            = "no-sites"            // error: rule 4
	UnknownGroup       = "unknown-group"       // error: rule 4, and in `copies`, waivers and settings
	UnknownSite        = "unknown-site"        // error: rule 4, and in tests
	UnknownServer      = "unknown-server"      // error: a site is on a server that does not exist
	UnknownUser        = "unknown-user"        // error: a waiver or test is about nobody
	UnknownRole        = "unknown-role"        // error: `adopt` names the role of no group
)

// Lines, waivers and tests.
const (
	UnknownNode            = "unknown-node"             // error: no node or area has this name; in a catalog, no node has this path
	UnknownView            = "unknown-view"             // error: a view that no site has and the catalog does not list, or that is one slip from a known name; in a catalog, an area names a view of no node
	SiteNotAsked           = "site-not-asked"           // warning: `explain` and `who` with `--offline` answer from the policy alone, and assume how names compare
	ViewNotChecked         = "view-not-checked"         // warning: a view that the catalog does not list, and not every site was read
	AmbiguousNode          = "ambiguous-node"           // error: several nodes end with this name
	UnknownPermission      = "unknown-permission"       // error: a word that is no permission
	ViewOutsidePrefix      = "view-outside-prefix"      // error: a view that is not the application's
	BadViews               = "bad-views"                // error: `views` is not `"*"`
	EntryWithoutTarget     = "entry-without-target"     // error: a line does not say on what
	EntryTwoTargets        = "entry-two-targets"        // error: a line says it twice
	EmptyPermissions       = "empty-permissions"        // error: a line names no permissions
	ExceptNeedless         = "except-needless"          // error: an exception to a single view
	ExceptNotAView         = "except-not-a-view"        // error: an exception to `views = "*"` that is no view
	ExceptReachesNothing   = "except-reaches-nothing"   // warning: an exception outside what the line covers
	WithoutReached         = "without-reached"          // note: a view of what a copied group does without is given by another node of the lines that it copies
	DenyWithoutReason      = "deny-without-reason"      // error: `overrides` without a reason
	OverridesNeedless      = "overrides-needless"       // error: `overrides` on a user's own deny
	BadPeople              = "bad-people"               // error: `people` of an outsider is no number of people
	OutsiderIsUser         = "outsider-is-user"         // error: an outsider is a person or a role of the policy
	UnknownPower           = "unknown-power"            // error, warning: `also` names what is no power that grantree knows, and no role of the person's sites; a warning where not all of them were read
	DuplicateOutsider      = "duplicate-outsider"       // error: an outsider stands twice for one site
	UnknownOutsider        = "unknown-outsider"         // warning: an outsider whom none of its sites has
	OutsiderEnded          = "outsider-ended"           // warning: the last day of an outsider is over
	WaiverTwoSubjects      = "waiver-two-subjects"      // error: a waiver for a group and a user
	WaiverUnused           = "waiver-unused"            // warning: a waiver that nothing needs
	WaiverExpired          = "waiver-expired"           // warning: a waiver whose day has come
	TestWithoutExpectation = "test-without-expectation" // error: a test expects nothing
	TestContradicts        = "test-contradicts"         // error: a test expects the same always and never
	BadNever               = "bad-never"                // error: a side of a `[[never]]` reaches no view, or both are one permission on one view
	DuplicateConfidential  = "duplicate-confidential"   // error: a view is called confidential twice
	PolicyTest             = "policy-test"              // error: a test of the policy failed
)

// What the policy wants of a site.
const (
	DenyContradicts      = "deny-contradicts"      // error: [rule 1](#rule-1-permissions-add-up)
	DenyBeatsAllow       = "deny-beats-allow"      // warning: in one group a deny, without a reason, beats an allow
	ChildAboveParent     = "child-above-parent"    // error, warning: [rule 2](#rule-2-no-child-above-its-parent); a warning where the catalog assumes that the view is a child
	NeverBroken          = "never-broken"          // error: somebody has both of what a [`[[never]]`](policy.md#never) keeps apart
	ConfidentialOpen     = "confidential-open"     // error: somebody reaches a [confidential view](policy.md#confidential) who is in none of its groups
	ConfidentialAccepted = "confidential-accepted" // warning: an outsider, or a person by `also`, may reach a [confidential view](policy.md#confidential) beside its groups
	NoSeatLeft           = "no-seat-left"          // error: [rule 3](#rule-3-seats)
	SeatUncertain        = "seat-uncertain"        // warning: somebody new is left out, because it is not certain that a seat is free; exit 4
	GroupSeat            = "group-seat"            // warning: a user's login is a group of Windows or Entra: it is counted as one seat, whoever is in it
	OverLicence          = "over-licence"          // warning: the sites hold more people than the licence has seats; the plan adds nobody
	LossTooLarge         = "loss-too-large"        // error: [rule 5](#rule-5-nobody-is-locked-out-by-accident)
	LastAdministrator    = "last-administrator"    // error: rule 5
	NoAdministrators     = "no-administrators"     // warning: rule 5: no group is the administrators'
	RunnerNarrowed       = "runner-narrowed"       // error: rule 5
	ReachesNoView        = "reaches-no-view"       // warning, note: a line on a node or area behind which there is no view; a note where the line is the vendor's
	ViewMissing          = "view-missing"          // error, warning: the policy reaches a view that the site lacks
	LedgerDiffers        = "ledger-differs"        // error: under the name of the [ledger](policy.md#ledger) there is something else in the site, or somebody else than dbo owns it
	LedgerEngine         = "ledger-engine"         // error: a [ledger](policy.md#ledger) of the server's own is asked for, and the server is older than SQL Server 2022
	LeftUndone           = "left-undone"           // warning: what a [mode](policy.md#modes) leaves of what the policy asks for
	Withheld             = "withheld"              // warning: what a [mode](policy.md#modes) would let a plan do, and what would give somebody what the policy does not, or take what it does not
	MarkSilent           = "mark-silent"           // warning: a role or user lacks what the policy gives it on views, and no mark says whether a view that was made again took that
	ViewRecreated        = "view-recreated"        // warning, error, note: a view was dropped and made again, and permissions of the policy went with it; an error of `verify`, and a note of `catalog check` where they are back
	BreakGlassOpen       = "break-glass-open"      // note: somebody is in a group for a while, by `break-glass`
	BreakGlassOverdue    = "break-glass-overdue"   // warning, error: somebody was in a group for a while, that is over, and it is not taken back; an error of `verify`
	BreakGlassIgnored    = "break-glass-ignored"   // warning, error: a site says of a user that they are in a group for a while, and the policy does not give that; an error of `verify`
	BreakGlassRefused    = "break-glass-refused"   // error: `break-glass` cannot let somebody in there, or an undo would
)

// What is worth a look in a policy: "grantree lint".
const (
	GroupTwin         = "group-twin"          // warning: groups give the same on every view
	GroupSubset       = "group-subset"        // note: a group gives nothing that another, which is no copy of it, does not
	GroupGivesNothing = "group-gives-nothing" // warning: a group gives nothing on any view
	GroupWithoutUsers = "group-without-users" // warning: nobody active is in a group, and no other copies it
	MemberNeedless    = "member-needless"     // warning: somebody is in a group, and in another that gives all that it does
	LineNeedless      = "line-needless"       // warning: what a line gives, others of the same group or person give too, or their groups do
	LineDenied        = "line-denied"         // warning: a DENY takes from everybody what a line gives
	DenyTakesMore     = "deny-takes-more"     // warning, note: a DENY takes a view that other nodes list too; a warning where people who are denied it are given it there
	UserGetsNothing   = "user-gets-nothing"   // warning: somebody may do nothing in a site but what everybody may
	UserWithoutSite   = "user-without-site"   // warning: all sites of somebody active are retired
	NodeUnreached     = "node-unreached"      // note: nobody may do anything on the views that stand for a node
	EndsSoon          = "ends-soon"           // note: a person, line, outsider or waiver ends within 30 days
)

// From a site as it is to the plan.
const (
	RoleNotManaged      = "role-not-managed"      // error: a role of this name is in the site and was not made by grantree
	NameTaken           = "name-taken"            // error: a user has the role's name, or a role the user's
	NameTwice           = "name-twice"            // error: one name is wanted for two things in a site
	LoginMissing        = "login-missing"         // error: the server has no such login: the person is left out of the site, and the rest is done
	LoginTaken          = "login-taken"           // warning: `new_login`, and the server has a login of that name that grantree did not make: whoever has its password enters as the person
	LoginClash          = "login-clash"           // error: the server has the name of a login to be made, or its SID, for something else: who is to have it is left out, and the rest is done
	LoginShared         = "login-shared"          // error: the login that a user waits for would let its owner into another site, as somebody else or where the policy does not have them: they are left out, and the rest is done
	LoginHasUser        = "login-has-user"        // error: the login is another user of the site already, who does not leave
	LoginDiffers        = "login-differs"         // error, warning: the site's user belongs to another login, or to one of another kind than the policy says (an account of Windows, a login with a password), or has a password of its own in a site that is not `contained`, which may be anybody's, or waits for one with another SID; a warning of somebody inactive, whose namesake is left alone, and of a site as it is. The person is left out of the site, and the rest is done
	LoginIsSA           = "login-is-sa"           // error: the person's login is the server's own administrator, whatever its name, and can have no user
	LoginOwnsDatabase   = "login-owns-database"   // error: the person's login owns the database: it is dbo there and can have no user
	LoginRenamed        = "login-renamed"         // note: the site's user belongs to a login that the policy calls otherwise
	LoginStays          = "login-stays"           // warning: somebody leaves, and their login can still enter the server; or comes back, and it stays disabled
	LoginRemade         = "login-remade"          // warning: a run is taken back that dropped a login: it is made again with its SID and a new password
	LoginKept           = "login-kept"            // warning: a login that was to be dropped stays: something still holds it, or it owns or granted something on the server
	AuditUnseen         = "audit-unseen"          // warning: whether a server audits log-ins as the policy says cannot be seen
	AuditTaken          = "audit-taken"           // warning: what stands in the place of the audit of log-ins is not grantree's, and is left alone
	AuditNotChanged     = "audit-not-changed"     // warning: the audit of log-ins has to change, and the login that runs grantree may not change it
	SessionOpen         = "session-open"          // warning: somebody is put out who is connected: what is open stays open
	SessionsUnseen      = "sessions-unseen"       // warning: somebody is put out, and whether they are connected cannot be seen
	OrphanedUser        = "orphaned-user"         // warning: the site's user has no login
	SiteNotContained    = "site-not-contained"    // error: the policy calls the site contained, and its database is not
	ContainedName       = "contained-name"        // error: an account of Windows or Entra without a login has another name in the policy than its own
	ContainedOther      = "contained-other"       // error, warning: the user of a contained site has a login, or is of another kind than the policy says
	ContainedOff        = "contained-off"         // warning: the server's option turns everybody away who has no login
	ContainedPassword   = "contained-password"    // warning: a password of a contained site has no must_change and does not expire
	UserWithoutLogin    = "user-without-login"    // error, warning: the site's user was made WITHOUT LOGIN: nobody can enter as it
	WindowsLoginMissing = "windows-login-missing" // warning: an account of Windows has no login of its own and can enter only through a group's
	LeaverStays         = "leaver-stays"          // warning: somebody leaves, and something that grantree did not give holds their user
	LeaverEnters        = "leaver-enters"         // warning: somebody who is inactive in the policy, or whose until is over, still enters a site
	LosesMore           = "loses-more"            // warning: people lose what is no permission on a view of the catalog, such as what else an adopted role has
	CannotDrop          = "cannot-drop"           // error: a role is no longer wanted and owns, holds or has granted something
	GranteeOwnsView     = "grantee-owns-view"     // error: the server ignores a GRANT to a view's owner
	GranteeIsRunner     = "grantee-is-runner"     // error: nobody can grant to themselves
	GrantOption         = "grant-option"          // error, warning: a permission is held WITH GRANT OPTION, so that its holder can give it to others; an error where a plan would have to change it
	ForeignGrantor      = "foreign-grantor"       // error: a permission was recorded by another grantor, and a plain statement misses it
	NoSafeOrder         = "no-safe-order"         // error: no order of the statements keeps people from losing or gaining something for a moment
	PlanRefused         = "plan-refused"          // error: the server would refuse the plan
)

// Connections.
const (
	WeakEncryption = "weak-encryption" // warning: a server off this machine is reached so that others can read what is sent, or stand between: `encrypt=disable`, `encrypt=false` or `TrustServerCertificate=true`
)

// More than the policy gives.
const (
	UnmanagedGrant   = "unmanaged-grant"   // warning: a row on a view, of somebody whom the policy does not name
	ExtraGrant       = "extra-grant"       // warning: a row on a view, of a person or group of the policy, that it does not give
	ColumnGrant      = "column-grant"      // error, warning: granted on columns; an error where a statement on the whole view would wipe it out
	ControlGrant     = "control-grant"     // warning: CONTROL or the like on a view
	PublicGrant      = "public-grant"      // warning: granted to the server's own `public`: to everybody
	GuestGrant       = "guest-grant"       // warning: granted to `guest`, as whom logins without a user enter
	SchemaGrant      = "schema-grant"      // warning: a permission on the views' schema
	DatabaseGrant    = "database-grant"    // warning: a permission on the whole database
	ExtraMember      = "extra-member"      // warning: somebody is in a group's role, and the policy does not say so
	FixedRole        = "fixed-role"        // warning: a member of `db_owner`, `db_datareader` and the like; or of a role that denies what the policy gives
	Owner            = "owner"             // warning: somebody owns a view, what stands behind it, their schema, a group's role or a server role with power
	DatabaseOwner    = "database-owner"    // warning: a login owns the database and is dbo in it
	PowerGrant       = "power-grant"       // warning: a permission by which somebody can give themselves access, such as ALTER ANY ROLE
	Impersonate      = "impersonate"       // warning: somebody may act as another user or login who has more
	ServerRole       = "server-role"       // warning: a member of `sysadmin`, `securityadmin` and the like
	ServerPermission = "server-permission" // warning: a permission on the server that reaches its databases, such as CONTROL SERVER
	TableGrant       = "table-grant"       // warning: a permission on a table that stands behind a view
	BesideGrant      = "beside-grant"      // warning: a permission on a view or synonym outside the catalog that reaches a view or its table
)

// Less than the policy gives.
const (
	UnmanagedDeny     = "unmanaged-deny"      // warning: a role that the policy does not name denies a person what they are given
	ExtraDeny         = "extra-deny"          // warning: a person or group is denied what the policy gives
	ColumnDeny        = "column-deny"         // warning: denied on columns
	ControlDeny       = "control-deny"        // warning: CONTROL or the like denied on a view
	PublicDeny        = "public-deny"         // warning: denied to everybody
	ServerDeny        = "server-deny"         // warning: a login, or a server role that it is in, is denied what reaches every database, such as SELECT ALL USER SECURABLES
	SchemaDeny        = "schema-deny"         // warning: denied on the views' schema
	DatabaseDeny      = "database-deny"       // warning: denied on the whole database
	ConnectDenied     = "connect-denied"      // warning: a person may not connect to the database, by a DENY
	ConnectMissing    = "connect-missing"     // warning: a person's user lacks CONNECT
	ConnectSQLMissing = "connect-sql-missing" // warning: a person's login may not connect to the server
	LoginDisabled     = "login-disabled"      // warning: a person's login is disabled
	RestrictedAccess  = "restricted-access"   // warning: the database is in RESTRICTED_USER or SINGLE_USER, so that people of the policy cannot enter
	ChainBroken       = "chain-broken"        // warning: what stands behind a view belongs to somebody else, so the view cannot be used
	// ModuleConfidential is judged where the policy has a [[confidential]].
	ModuleConfidential = "module-confidential" // warning: somebody may run a procedure or function that reaches a confidential view, which they may not read
	LedgerOpen         = "ledger-open"         // warning: somebody else than grantree's login may write or clear the [ledger](policy.md#ledger) of a site
	LedgerWay          = "ledger-way"          // warning: a view, synonym or module refers to the [ledger](policy.md#ledger) of a site, or a trigger is on it
	OtherDatabase      = "other-database"      // warning: a view reads outside the database, where no chain of owners follows; or another database's chain of owners leads in here
)

// Not verified, so never "as the policy says".
const (
	NotRead           = "not-read"            // warning: the runner may not read a part of the site or the server
	ModuleNotVerified = "module-not-verified" // warning: somebody may run a procedure or function whose text is hidden, made at run time or signed, or acts as somebody else
	GroupNotVerified  = "group-not-verified"  // warning: who is in a group of Windows or Entra cannot be read
	TrustedDatabase   = "trusted-database"    // warning: another database is TRUSTWORTHY and its owner is trusted here, so that whoever acts as others there does so here
	ApplicationRole   = "application-role"    // warning: who knows the password of an application role cannot be read
	EntryNotVerified  = "entry-not-verified"  // warning: whether a person's login lets them in could not be read
)

// No mismatch, for whoever asks.
const (
	Module         = "module"          // warning: a procedure or function that somebody may run reaches a view
	Outsider       = "outsider"        // note: has access, and is accepted
	Runner         = "runner"          // note: the login that runs grantree
	ServerAccount  = "server-account"  // note: one of the server's own logins
	WindowsAccount = "windows-account" // note: an account of Windows or Entra of the policy, which EXECUTE AS cannot be: it is judged by what is read of it
	LedgerPower    = "ledger-power"    // note: who could write the [ledger](policy.md#ledger) of a site anew: by a power over the whole database, or accepted with everything
	ReachesNobody  = "reaches-nobody"  // note: a role opens a view, and nobody is in it
)

// Hardening: what guides ask of servers, beside what stands above
// (docs/audit.md).
const (
	GuestConnect       = "guest-connect"       // error: whoever has a login enters the database as guest
	GuestMember        = "guest-member"        // error: guest is in a role
	PublicServerGrant  = "public-server-grant" // error: the server's role public has more than every server gives it
	DirectGrant        = "direct-grant"        // warning: permissions are given to a user, and not to a role
	Trustworthy        = "trustworthy"         // error, warning: a database is TRUSTWORTHY; an error where it belongs to an administrator of the server
	DatabaseChaining   = "database-chaining"   // warning: DB_CHAINING is on
	ServerChaining     = "server-chaining"     // error: the server's option `cross db ownership chaining` is on
	PrivilegedOwner    = "privileged-owner"    // note: a database belongs to an administrator of the server
	ExecuteAs          = "execute-as"          // note: a module runs as somebody else than who calls it
	EmptyRole          = "empty-role"          // note: a role that the policy does not name has no members
	ForeignName        = "foreign-name"        // warning: a user has the name of a login that is somebody else's
	ContainedUser      = "contained-user"      // warning: a user has a password of the database's own, in a site that the policy does not call contained
	ContainedLogins    = "contained-logins"    // note: the server lets users in who have no login, and the policy has no contained site there
	AutoClose          = "auto-close"          // warning: AUTO_CLOSE is on in a contained database
	SAEnabled          = "sa-enabled"          // warning: the server's own administrator can log in
	SAName             = "sa-name"             // note: the server's own administrator is called sa
	SANamesake         = "sa-namesake"         // warning: another login is called sa
	PasswordPolicy     = "password-policy"     // warning: a login has CHECK_POLICY off
	PasswordExpiration = "password-expiration" // warning, note: a login has CHECK_EXPIRATION off; a warning of an administrator of the server
	WeakPassword       = "weak-password"       // error: anybody can guess a login's password
	SQLAuthentication  = "sql-authentication"  // note: logins with a password of the server's own may log in
	BuiltinLogin       = "builtin-login"       // warning: a group that every Windows has may log in
	LocalGroup         = "local-group"         // warning: a group of the machine may log in
	MachineAccount     = "machine-account"     // note: a login is a machine's account
	UnusedLogin        = "unused-login"        // note: a login has no user in any site that was read, and nothing of the server
	SharedLogin        = "shared-login"        // warning: a login is several users of different names, or connected from several machines at once
	LoginsNotAudited   = "logins-not-audited"  // warning: no audit writes down who logs in and who is refused
)

// What the server answers.
const (
	AccessBeyondPolicy = "access-beyond-policy" // error: somebody may do what the policy does not give; the sentence names through what
	AccessMissing      = "access-missing"       // error: somebody may not do what the policy gives
	UserMissing        = "user-missing"         // error: a user of the policy is not in the site
	UserNotVerified    = "user-not-verified"    // warning: the server would not answer for a user
	ViewNotAsked       = "view-not-asked"       // warning: a view's name is too long for `HAS_PERMS_BY_NAME`, so the server cannot be asked about it
	ModelDiffers       = "model-differs"        // error: the server and grantree's model of it disagree
)

// The catalog.
const (
	ViewNotInSite     = "view-not-in-site"    // error: the catalog lists a view that the site lacks (`catalog check`)
	NotTheApplication = "not-the-application" // error: a site has almost none of the catalog's views
	ViewInNoNode      = "view-in-no-node"     // error: the site has a view that is behind no node (`catalog check`)
	BadPath           = "bad-path"            // error: a node's path is no path
	BadView           = "bad-view"            // error: a view's name is too long or has space around it
	ViewPrefix        = "view-prefix"         // error: a view's name has not the catalog's prefix
	UnknownLevel      = "unknown-level"       // error: a word that is no level
	GivesLevel        = "gives-level"         // error: `gives` on a view whose level does not ask for it
	MissingReason     = "missing-reason"      // error: a cap, alias, ignored view or empty area without a reason
	DuplicateNode     = "duplicate-node"      // error: a node is listed twice
	DuplicateArea     = "duplicate-area"      // error: an area is listed twice
	BaseSettles       = "base-settles"        // error: a file that extends a catalog says what that one settles
	DuplicateAlias    = "duplicate-alias"     // error: a name has two aliases
	DuplicateView     = "duplicate-view"      // error: a view is listed where it must not be any more
	BadAlias          = "bad-alias"           // error: an alias leads to itself or to another alias
	NoViews           = "no-views"            // warning: a node, with all below it, reaches no view
	AreaWithoutViews  = "area-without-views"  // warning: an area reaches no view
	UnusedAlias       = "unused-alias"        // warning: nothing in the tree has the alias's name
	SimilarNames      = "similar-names"       // warning: two names that may be one view
	Spelling          = "spelling"            // warning: a view is spelt unlike its node
	AssumedLevel      = "assumed-level"       // note: the document labels no level here
	CappedView        = "capped-view"         // note: a node passes on less than the level would
	TwoLevels         = "two-levels"          // note: a view stands at a node at several levels
	MarkedView        = "marked-view"         // note: the document sets a mark at a name
	Alias             = "alias"               // note: a name is read as another
	OutsideView       = "outside-view"        // note: views that only groups name
)

// What an import says beside the policy that it writes.
const (
	ImportMismatch = "import-mismatch"   // warning: `verify` will object to something that the imported policy neither says nor can accept
	ImportChanges  = "import-changes"    // error: a plan would change something in the sites whatever policy is written: none was
	ImportOutside  = "import-outside"    // warning: a role or account has access and can be no group or person of a policy: it is accepted as an outsider
	ImportNotSaid  = "import-not-said"   // warning, note: a row of permissions that no line of a policy says was left as it is
	ImportMember   = "import-member"     // warning: a membership that no group gives was left as it is
	ImportOwner    = "import-owner"      // warning, note: somebody else than dbo owns something, and may do everything with it
	ImportRule     = "import-rule"       // warning: a rule is broken in the sites, and a waiver or an override lets it be
	ImportDiffers  = "import-differs"    // warning, note: sites do not agree
	ImportGuess    = "import-guess"      // note: something that no site says was guessed, or could not be
	ImportLeft     = "import-left-alone" // warning, note: a role or account is not in the policy, and stays as it is
	ImportSystem   = "import-system"     // note: what every database has was left alone
	ImportScript   = "import-script"     // warning: a statement of a script, or a file beside it, was not read
	// ImportScriptText and ImportScriptNothing are about scripts as a whole.
	ImportScriptText    = "import-script-text"    // error: a script is neither UTF-8 nor UTF-16 with a byte order mark
	ImportScriptNothing = "import-script-nothing" // error: nothing that a site holds was read from the scripts
)
