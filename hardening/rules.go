package hardening

import (
	"slices"

	"grantree/finding"
)

// Rule is what one code asks. docs/audit.md has the same table.
type Rule struct {
	Code  string
	Means string // one sentence
	// Sources are the rules of the guides that ask the same, as reference K lists
	// them; none where grantree alone asks.
	Sources []string
	View    string // the catalog view in which it is seen
}

// Rules are all of them: those of the guides first, then the ways round the
// policy.
func Rules() []Rule { return slices.Concat(guides, bypasses) }

// RuleOf finds the rule of a code.
func RuleOf(code string) (Rule, bool) {
	for _, list := range [][]Rule{guides, bypasses} {
		if i := slices.IndexFunc(list, func(r Rule) bool { return r.Code == code }); i >= 0 {
			return list[i], true
		}
	}
	return Rule{}, false
}

const (
	permissions       = "sys.database_permissions"
	roleMembers       = "sys.database_role_members"
	databasePeople    = "sys.database_principals"
	schemas           = "sys.schemas"
	objects           = "sys.objects"
	modules           = "sys.sql_modules"
	databases         = "sys.databases"
	serverPeople      = "sys.server_principals"
	serverMembers     = "sys.server_role_members"
	serverPermissions = "sys.server_permissions"
	sqlLogins         = "sys.sql_logins"
	configurations    = "sys.configurations"
	sessions          = "sys.dm_exec_sessions"
	auditDetails      = "sys.server_audit_specification_details"
	serverProperty    = "SERVERPROPERTY"
	dependencies      = "sys.sql_expression_dependencies"
)

// guides are the rules that hardening guides ask for (reference K).
var guides = []Rule{
	{finding.GuestConnect, "whoever has a login enters the database as guest", []string{"CIS 3.2", "VA1043"}, permissions},
	{finding.GuestMember, "guest is in a role", []string{"VA1020"}, roleMembers},
	{finding.GuestGrant, "permissions are given to guest", []string{"VA1096"}, permissions},
	{finding.PublicGrant, "permissions are given to public: to everybody in the database", []string{"CIS 3.8", "VA1054", "VA1095"}, permissions},
	{finding.PublicServerGrant, "the server's role public has more than every server gives it", []string{"CIS 3.8", "VA1280"}, serverPermissions},
	{finding.OrphanedUser, "a user has no login: nobody enters as it, until a login with its SID is made", []string{"CIS 3.3"}, databasePeople},
	{finding.WindowsLoginMissing, "a user of Windows has no login of its own: it enters through a group's, or not at all", []string{"CIS 3.3"}, databasePeople},
	{finding.ForeignName, "a user has the name of a login that is somebody else's", []string{"VA1070"}, databasePeople},
	{finding.FixedRole, "a user or role is in a fixed role of the database", []string{"VA1248", "VA1258", "VA2109", "STIG SQL6-D0-001400", "STIG SQLD-22-001400"}, roleMembers},
	{finding.DirectGrant, "permissions are given to a user, and not to a role", []string{"VA1094"}, permissions},
	{finding.GrantOption, "a permission may be handed on", []string{"STIG SQL6-D0-002800", "STIG SQLD-22-002800"}, permissions},
	{finding.Owner, "a schema, an object or a role belongs to a person", []string{"STIG SQL6-D0-001300", "STIG SQLD-22-001300", "STIG SQL6-D0-002800", "STIG SQLD-22-002800"}, objects},
	{finding.DatabaseOwner, "the database belongs to a person, or to nobody whom the server knows", []string{"VA2108"}, databases},
	{finding.PrivilegedOwner, "the database belongs to an administrator of the server", []string{"STIG SQL6-D0-003100", "STIG SQLD-22-003100"}, databases},
	{finding.ExecuteAs, "a module runs as somebody else than who calls it", []string{"STIG SQL6-D0-002900", "STIG SQLD-22-002900"}, modules},
	{finding.EmptyRole, "a role that the policy does not name has no members", []string{"VA1282"}, roleMembers},
	{finding.Trustworthy, "the database is TRUSTWORTHY: what runs in it may act outside, as its owner", []string{"CIS 2.9", "STIG SQL6-D0-000600", "STIG SQLD-22-000600"}, databases},
	{finding.DatabaseChaining, "chains of owners cross from the database into others", []string{"CIS 2.3", "VA1042"}, databases},
	{finding.ServerChaining, "chains of owners cross between all databases of the server", []string{"CIS 2.3", "VA1042"}, configurations},
	{finding.ContainedUser, "a user has a password of the database's own", []string{"CIS 3.4", "VA1267", "STIG SQL6-D0-008000", "STIG SQLI-22-008000"}, databasePeople},
	{finding.ContainedLogins, "the server lets users in who have no login", []string{"CIS 3.4"}, configurations},
	{finding.AutoClose, "a contained database closes when nobody is in it: each log-in opens it again, which anybody can ask for", []string{"CIS 2.15 (2.16 in older editions)"}, databases},
	{finding.SAEnabled, "the server's own administrator can log in", []string{"CIS 2.13", "VA1058", "STIG SQL6-D0-016200", "STIG SQLI-22-016200"}, serverPeople},
	{finding.SAName, "the server's own administrator is called sa, as everybody knows", []string{"CIS 2.14", "VA1053", "STIG SQL6-D0-016300", "STIG SQLI-22-016300"}, serverPeople},
	{finding.SANamesake, "another login than the server's own administrator is called sa", []string{"CIS 2.16 (2.17 in older editions)"}, serverPeople},
	{finding.PasswordPolicy, "a login's password is not held to the policy of Windows", []string{"CIS 4.3", "VA1046", "STIG SQL6-D0-007900", "STIG SQLI-22-007900"}, sqlLogins},
	{finding.PasswordExpiration, "a login's password never expires", []string{"CIS 4.2", "VA1047"}, sqlLogins},
	{finding.WeakPassword, "anybody can guess a login's password", nil, sqlLogins},
	{finding.SQLAuthentication, "the server lets logins in that Windows does not know", []string{"CIS 3.1", "VA1072", "STIG SQL6-D0-003700"}, serverProperty},
	{finding.BuiltinLogin, "a group that every Windows has may log in", []string{"CIS 3.9", "VA1052"}, serverPeople},
	{finding.LocalGroup, "a group of the machine may log in, and who is in it is the machine's business", []string{"CIS 3.10"}, serverPeople},
	{finding.MachineAccount, "a login is a machine's account, which whoever runs there is", []string{"STIG SQL6-D0-004200", "STIG SQLI-22-004250"}, serverPeople},
	{finding.ServerRole, "a login is in a fixed server role", []string{"VA2114", "STIG SQL6-D0-010400", "STIG SQLI-22-010400"}, serverMembers},
	{finding.ServerPermission, "a permission of the server is given to a login, and not to a server role", []string{"VA1068"}, serverPermissions},
	{finding.UnusedLogin, "a login has no user in any site that was read, and nothing of the server", []string{"VA2130"}, serverPeople},
	{finding.SharedLogin, "a login is several people's", []string{"STIG SQL6-D0-000400"}, sessions},
	{finding.LoginsNotAudited, "no audit writes down who logs in and who is refused", []string{"CIS 5.4", "VA1264", "VA1265"}, auditDetails},
}

// bypasses are the ways round the policy beside those that guides speak of too
// (grants.Judge).
var bypasses = []Rule{
	{finding.UnmanagedGrant, "somebody whom the policy does not name has a permission on a view", nil, permissions},
	{finding.ExtraGrant, "a person or group of the policy has more on a view than it gives", nil, permissions},
	{finding.ColumnGrant, "a permission on columns of a view", nil, permissions},
	{finding.ControlGrant, "CONTROL or the like on a view", nil, permissions},
	{finding.SchemaGrant, "a permission on the views' schema", nil, permissions},
	{finding.DatabaseGrant, "a permission on the whole database", nil, permissions},
	{finding.TableGrant, "a permission on a table that stands behind a view", nil, permissions},
	{finding.BesideGrant, "a permission on a view or synonym outside the catalog that reaches the data", nil, permissions},
	{finding.PowerGrant, "somebody can give themselves access", []string{"VA2020"}, permissions},
	{finding.Impersonate, "somebody may act as another who has more", nil, permissions},
	{finding.ExtraMember, "somebody is in a group's role, and the policy does not say so", []string{"VA1281"}, roleMembers},
	{finding.AccessBeyondPolicy, "somebody may do what the policy does not give: a DENY of its is missing", nil, permissions},
	{finding.OtherDatabase, "another database's chain of owners leads in here", nil, databases},
	{finding.TrustedDatabase, "whoever acts as others in another database does so here", nil, databases},
	{finding.ModuleConfidential, "a module reaches a confidential view, and somebody may run it who may not read that", nil, dependencies},
	{finding.Module, "a procedure or function that somebody may run reaches a view", nil, dependencies},
	{finding.ModuleNotVerified, "somebody may run a module whose text is hidden, made at run time or signed", nil, modules},
	{finding.GroupNotVerified, "who is in a group of Windows or Entra cannot be read", nil, serverPeople},
	{finding.ApplicationRole, "who knows the password of an application role cannot be read", []string{"VA1246"}, databasePeople},
	{finding.LoginIsSA, "a person of the policy logs in as the server's own administrator", []string{"VA1048"}, serverPeople},
	{finding.LoginDiffers, "a user of the policy's name belongs to another login than the policy says", nil, databasePeople},
	{finding.ContainedOther, "a user of a contained site is another than the policy says", nil, databasePeople},
}
