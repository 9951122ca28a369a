package security

import "time"

// Ids of built-in database principals (A.5).
const (
	RolePublic         = 0
	UserDBO            = 1
	UserGuest          = 2
	UserInfoSchema     = 3
	UserSys            = 4
	RoleOwner          = 16384
	RoleAccessAdmin    = 16385
	RoleSecurityAdmin  = 16386
	RoleDDLAdmin       = 16387
	RoleBackupOperator = 16389
	RoleDataReader     = 16390
	RoleDataWriter     = 16391
	RoleDenyReader     = 16392
	RoleDenyWriter     = 16393
)

// idAfter is the id that follows one: 16384 to 16399 are for fixed roles and
// their schemas alone (A.5).
func idAfter(id int) int {
	if id++; id == RoleOwner {
		id = 16400
	}
	return id
}

// Kinds of principals: the type codes of A.4.
const (
	KindSQL      = "S" // SQL user or login
	KindWindows  = "U" // Windows user or login
	KindGroup    = "G" // Windows group
	KindRole     = "R" // database or server role
	KindExternal = "E" // Entra user or login
	KindEntra    = "X" // Entra group
	authNone     = 0
	authInstance = 1
	authDatabase = 2
	authWindows  = 3
	authExternal = 4
)

// Principal is a user or a role of a database, or a login or a role of the
// server. Values are never changed once stored; a change stores a new one.
type Principal struct {
	ID       int
	Name     string
	Kind     string
	Owner    int // of a role; 0 for users and logins
	SID      []byte
	Fixed    bool
	Created  time.Time
	Modified time.Time

	// Of a user.
	DefaultSchema string // empty for NULL
	Auth          int    // authentication_type of A.2
	Hash          []byte // of a contained user's password
	Language      string // default_language_name
	Encrypted     bool   // allow_encrypted_value_modifications

	// Of a login.
	Disabled        bool
	DefaultDatabase string
	DefaultLanguage string
	Password        Password // of a SQL login
}

// IsRole reports whether p has members.
func (p *Principal) IsRole() bool { return p.Kind == KindRole }

// Password is the authentication state of a SQL login (D.2, E.1).
type Password struct {
	Hash            []byte
	LastSet         time.Time
	History         [][]byte // earlier hashes, the newest last
	CheckPolicy     bool
	CheckExpiration bool
	MustChange      bool
	BadCount        int
	BadTime         time.Time // zero when there was none
	LockoutTime     time.Time // zero when not locked
}

// Login returns a server principal by id, or nil.
func (s *Server) Login(id int) *Principal { return s.principals.get(id) }

// LoginNamed returns a login or a server role by name, or nil.
func (s *Server) LoginNamed(name string) *Principal {
	return s.principals.named(s.collation.Fold(name))
}

// putLogin stores a server principal.
func (s *Server) putLogin(p *Principal) { s.enrol(s.collation, p) }

// removeLogin removes a server principal with its memberships and permissions.
func (s *Server) removeLogin(p *Principal) { s.strike(s.collation, p, ClassServerPrincipal) }
