package security

import (
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// Ids of built-in server principals (A.5).
const (
	LoginSA          = 1
	RoleServerPublic = 2
	RoleSysadmin     = 3
	RoleSecurity     = 4
	RoleDBCreator    = 9
	firstLogin       = 257
)

// Ids of the system databases; the first user database is 5.
const (
	DatabaseMaster = 1
	DatabaseTempdb = 2
	DatabaseMSDB   = 4
)

// Options are what a new server must be told.
type Options struct {
	Collation string    // of the instance; DefaultCollation when empty
	SAName    string    // "sa" when empty
	SAHash    []byte    // password hash of sa; nil disables the login
	Now       time.Time // create_date of the built-in things

	// Verify reports whether a password matches a hash that CreateLogin or
	// AlterLogin was given. It must be safe for concurrent use.
	Verify func(hash []byte, password string) bool
	// Lockout is the number of consecutive failures after which a login with
	// CHECK_POLICY is locked; 0 never locks.
	Lockout int
	// MaxPasswordAge is the age at which a login with CHECK_EXPIRATION
	// expires; 0 never expires.
	MaxPasswordAge time.Duration
	// MinPasswordLength is the least number of characters CHECK_POLICY asks
	// for; 8 when 0.
	MinPasswordLength int
	// Entra lets accounts of Entra be found. Groups are those names of accounts,
	// of Windows or Entra, that are groups.
	Entra  bool
	Groups []string
}

// Server is one version of the security state of an instance.
type Server struct {
	options   Options
	collation Collation

	mu      *sync.Mutex // guards Begin on a version that several sessions share
	version *int        // identity of this version: what it owns it may write

	roster
	databases     register[*Database]
	configuration *btree.Map[string, int]
	nextDatabase  int
}

// NewServer makes an instance with its fixed roles, sa, and the databases
// master, tempdb, model and msdb.
func NewServer(o Options) *Server {
	if o.SAName == "" {
		o.SAName = "sa"
	}
	if o.MinPasswordLength == 0 {
		o.MinPasswordLength = 8
	}
	collation, _ := ParseCollation(o.Collation)
	if o.Collation == "" {
		collation = Collation{}
	}
	s := &Server{
		options: o, collation: collation, mu: new(sync.Mutex), version: new(int),
		roster: newRoster(firstLogin), databases: newRegister[*Database](), configuration: newMap[string, int](), nextDatabase: DatabaseMSDB + 1,
	}
	s.seed()
	return s
}

// Begin returns a new version that starts as s. Neither sees what is changed
// in the other afterwards. Begin may be called on a published version from
// many goroutines.
func (s *Server) Begin() *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s
	next.mu, next.version = new(sync.Mutex), new(int)
	s.version = new(int) // databases written so far are shared from now on
	next.roster, next.databases, next.configuration = s.roster.copy(), s.databases.copy(), s.configuration.Copy()
	return &next
}

// Collation returns the collation of the instance, which compares login and
// database names.
func (s *Server) Collation() Collation { return s.collation }

// Database returns a database by id, or nil. The value belongs to s and is
// only to be read.
func (s *Server) Database(id int) *Database { return s.databases.get(id) }

// DatabaseNamed returns a database by name, or nil.
func (s *Server) DatabaseNamed(name string) *Database {
	return s.databases.named(s.collation.Fold(name))
}

// Databases returns the databases by id.
func (s *Server) Databases() []*Database { return s.databases.ids.Values() }

// write returns a database that this version may change, copying it first
// when another version shares it.
func (s *Server) write(id int) *Database {
	d := s.Database(id)
	if d == nil || d.version == s.version {
		return d
	}
	d = d.copy()
	d.version = s.version
	s.databases.ids.Set(id, d)
	return d
}
