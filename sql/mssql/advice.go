package mssql

// class is what an error number says of a run, a set of bits.
type class int

const (
	again   class = 1 << iota // the same transaction may succeed on another try (reference I.3)
	away                      // the database is not there, or not open to us
	missing                   // a permission is missing, or what is spoken of
	fatal   class = 0         // trying again changes nothing
)

// number is what is known of an error number: its class, and what to do; says is
// "" where the server's own text has to do.
type number struct {
	is   class
	says string
}

// The numbers that something is asked about: that the application lock is somebody
// else's, and that a trigger ended a transaction.
const (
	LockHeld       = 50001
	EndedInTrigger = 3609
)

const (
	cannotOpen = "the database cannot be opened: check its name, that it is online, and that this login has a user in it"
	busy       = "the server is too busy for more: try again later, or with --parallel 1"
	moving     = "the database is moving to another server: try again in a minute"
	notPrimary = "this is not the primary replica of its availability group, which alone can be changed: name the group's listener in the server's url"
	ownsThis   = "it owns something, which has to be given to somebody else first"
)

// numbers are the error numbers that grantree knows (reference C.6, C.7, D.3, D.4,
// E.1, I.1, I.3). What the server's text says better is left to it.
var numbers = map[int32]number{
	// Logging in. Nothing of this is tried again: that locks accounts.
	18452: {fatal, "the server does not trust the account of Windows: use another login, or run grantree in the server's domain"},
	18456: {fatal, "the server refused the login: check the user name and the password's source"},
	18470: {fatal, "the login is disabled: enable it, or use another one"},
	18486: {fatal, "the login is locked out: unlock it, or use another one"},
	18487: {fatal, "the login's password has expired: set a new one"},
	18488: {fatal, "the login must change its password first: do so with sqlcmd or SSMS"},
	18451: {fatal, "the server lets administrators in alone at the moment: run this again when it is open"},
	18461: {fatal, "the server is in single-user mode: run this again when it is open"},
	17892: {fatal, "a logon trigger refuses this login: see SELECT name FROM sys.server_triggers WHERE is_disabled = 0"},
	18401: {again, "the server is being upgraded: try again in a minute"},
	17809: {again, "the server has no connection left: try again later"},

	// The database.
	4060: {away, cannotOpen},
	4063: {away, cannotOpen},
	4064: {fatal, "the login's default database cannot be opened: give the login another default database"},
	911:  {away, "there is no such database on this server: check the site's database name"},
	916:  {fatal, "this login has no user in the database: create one, or use another login"},
	921:  {again | away, "the database is not recovered yet: try again in a minute"},
	922:  {again | away, "the database is being recovered: try again in a minute"},
	923:  {away, "the database lets its owners in alone: ALTER DATABASE … SET MULTI_USER ends that"},
	924:  {away, "the database lets one session in at a time, and another one has it: see SELECT session_id, login_name FROM sys.dm_exec_sessions WHERE database_id = DB_ID(N'…'); ALTER DATABASE … SET MULTI_USER ends that"},
	926:  {again | away, "the database is marked suspect: see the server's error log"},
	927:  {away, "the database is being restored: bring it online first, with RESTORE DATABASE … WITH RECOVERY once its last backup is in"},
	942:  {away, "the database is offline: bring it online first"},
	945:  {away, "the database cannot be opened, for lack of a file or of space: see the server's error log"},
	952:  {again | away, "the database is changing its state: try again in a minute"},
	976:  {again | away, notPrimary},
	978:  {away, notPrimary},
	979:  {away, notPrimary},
	982:  {away, notPrimary},
	983:  {again | away, "the database's replica is neither primary nor secondary at the moment: try again in a minute, and name the group's listener in the server's url"},
	988:  {again | away, "the availability group has no quorum: see SELECT * FROM sys.dm_hadr_cluster"},
	4221: {again | away, "the readable secondary is not ready yet: name the group's listener in the server's url, for a secondary cannot be changed"},
	3906: {fatal, "the database is read-only: make it writable, take the site out of the policy, or, where it is a secondary, name the group's listener in the server's url"},
	3908: {fatal, "the database is in emergency or standby mode: see the server's error log"},
	5011: {missing, "this login may not alter the database, or the database is not there"},

	// Space and memory.
	701:  {again, "the server has no memory left for this: try again when it is quieter"},
	1101: {fatal, "the database has no space left: add a file, or let one grow"},
	1105: {fatal, "the database has no space left: add a file, or let one grow"},
	1203: {again, "the server lost track of a lock: try again; see its error log"},
	1204: {again, "the server has no locks left: try again when it is quieter, or in small transactions with --online"},
	1221: {again, "the server lost track of a lock: try again; see its error log"},
	9002: {fatal, "the transaction log is full: see SELECT log_reuse_wait_desc FROM sys.databases WHERE name = DB_NAME(), and back the log up or let it grow"},
	4002: {fatal, "what arrived at the server was garbled: see whether something between it and this machine changes traffic"},

	// Others at work.
	615:   {again, moving},
	1205:  {again, "the server chose this change as a deadlock victim: try again"},
	1222:  {again, "somebody else holds a lock on what has to change: try again when the site is quieter, or in small transactions with --online"},
	3960:  {again, "somebody else changed the same under snapshot isolation: try again"},
	10928: {again, busy},
	10929: {again, busy},
	10936: {again, busy},
	40143: {again, moving},
	40166: {again, moving},
	40197: {again, moving},
	40501: {again, busy},
	40540: {again, moving},
	40613: {again, "the database is not available for a moment: try again in a minute"},
	49918: {again, busy},
	49919: {again, busy},
	49920: {again, busy},
	50001: {fatal, "another grantree is changing this site: wait for it to finish and run this again"},

	// Permissions.
	229:   {missing, "this login may not read what grantree must read: it needs VIEW DEFINITION on the database"},
	262:   {missing, "this login lacks a permission in this database"},
	297:   {missing, ""},
	300:   {missing, ""},
	371:   {missing, "a policy outside of the server does not let this login do that"},
	4613:  {missing, "this login may not grant that"},
	4615:  {missing, ""},
	4618:  {missing, "this login may not grant in the name of that principal"},
	15151: {missing, "something does not exist, or this login may not see or change it"},
	15247: {missing, "this login lacks the permission to do that"},

	// Statements that the server does not take.
	3609:  {fatal, "a trigger ended the transaction: see the DDL triggers of the database and the server"},
	4617:  {fatal, "a fixed role and public's own permissions cannot be changed so: take it out of the policy"},
	4624:  {fatal, "permissions of sa, dbo, the owner, sys or the runner itself cannot be granted or denied: take the line out of the policy"},
	15007: {fatal, "there is no such login: plan again"},
	15023: {fatal, "somebody made a user or role of that name since the plan: plan again"},
	15025: {fatal, "the server has a login or server role of that name already: plan again"},
	15062: {fatal, "guest is no person's: give the person another name in the site"},
	15063: {fatal, "the login has a user of another name in this database since the plan: plan again"},
	15081: {fatal, "nobody can join or leave public: take the line out of the policy"},
	15118: {fatal, "the generated password does not satisfy the server's policy: see [user] new_login in the documentation"},
	15136: {fatal, "something runs as this principal: change its EXECUTE AS first"},
	15138: {fatal, ownsThis},
	15141: {fatal, "the login owns something of the server, such as an endpoint or an availability group, which has to be given to somebody else first"},
	15144: {fatal, "the role has members, whom somebody added since the plan: plan again"},
	15155: {fatal, "the login owns a server role or alike, which has to be given to somebody else first"},
	15170: {fatal, "the login owns jobs of SQL Server Agent: give them to somebody else with msdb.dbo.sp_update_job @owner_login_name"},
	15173: {fatal, "the login has granted something on the server, which has to be revoked first"},
	15174: {fatal, "the login owns a database, which has to be given to another one first, with ALTER AUTHORIZATION ON DATABASE"},
	15183: {fatal, ownsThis},
	15184: {fatal, ownsThis},
	15284: {fatal, "it has granted or denied something, which has to be revoked first, and granted by somebody else where it is to stay"},
	15401: {fatal, "Windows does not know that account: check its name, and the domain"},
	15404: {fatal, "Windows did not say what is known of that account: see whether the server reaches a domain controller"},
	15405: {fatal, "that person is dbo, sa or alike here, who can be no other user: take the person out of the site, or give the database another owner"},
	15421: {fatal, ownsThis},
	15433: {fatal, "another login has the SID that this person has on another server: give that login up, or name it in the policy"},
	15434: {fatal, "the login is connected: end its sessions, or wait until it leaves, and run this again"},
}
