package security

import (
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// DatabaseState is sys.databases.state (H.2).
type DatabaseState int

// States of a database that a statement brings about.
const (
	Online    DatabaseState = 0
	Emergency DatabaseState = 5
	Offline   DatabaseState = 6
)

// UserAccess is sys.databases.user_access (H.2).
type UserAccess int

// Who may enter a database.
const (
	MultiUser      UserAccess = 0
	SingleUser     UserAccess = 1
	RestrictedUser UserAccess = 2
)

// Settings are what ALTER DATABASE … SET and CREATE DATABASE decide.
type Settings struct {
	State       DatabaseState
	UserAccess  UserAccess
	ReadOnly    bool
	Trustworthy bool
	Chaining    bool // DB_CHAINING
	Containment int  // 0 NONE, 1 PARTIAL
	AutoClose   bool
	Snapshot    bool // ALLOW_SNAPSHOT_ISOLATION
	RCSI        bool // READ_COMMITTED_SNAPSHOT
	Recovery    int  // 1 FULL, 2 BULK_LOGGED, 3 SIMPLE
}

// Database is one version of a database: its principals, permissions and
// securables. Exported fields are only to be read; statements change them.
type Database struct {
	ID       int
	Name     string
	Created  time.Time
	OwnerSID []byte
	Settings Settings

	collation Collation
	mu        *sync.Mutex
	version   *int

	roster
	schemas    register[*Schema]
	objects    register[*Object]
	users      *btree.Map[edge, struct{}] // object, constraint or schema-bound view that uses it
	properties *btree.Map[propertyKey, *Property]

	nextSchema int
	nextObject int
}

// newDatabase makes an empty database; seedDatabase fills it.
func newDatabase(id int, name string, collation Collation) *Database {
	return &Database{
		ID: id, Name: name, collation: collation, mu: new(sync.Mutex),
		Settings: Settings{Recovery: 3}, roster: newRoster(5), schemas: newRegister[*Schema](), objects: newRegister[*Object](),
		users: newMap[edge, struct{}](), properties: newMap[propertyKey, *Property](), nextSchema: 5, nextObject: firstObject,
	}
}

// copy returns a database that shares everything with d until either changes.
func (d *Database) copy() *Database {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := *d
	next.mu = new(sync.Mutex)
	next.roster, next.schemas, next.objects = d.roster.copy(), d.schemas.copy(), d.objects.copy()
	next.users, next.properties = d.users.Copy(), d.properties.Copy()
	return &next
}

// catalogCollation is that of the names in every contained database
// (contained-database-collations.md).
var catalogCollation, _ = ParseCollation("Latin1_General_100_CI_AS_KS_WS_SC")

// Names is the collation that names are compared in.
func (d *Database) Names() Collation {
	if d.Settings.Containment != 0 {
		return catalogCollation
	}
	return d.collation
}

// Collation returns the collation that compares the names in d.
func (d *Database) Collation() Collation { return d.collation }

// Principal returns a user or role by id, or nil.
func (d *Database) Principal(id int) *Principal { return d.principals.get(id) }

// PrincipalNamed returns a user or role by name, or nil.
func (d *Database) PrincipalNamed(name string) *Principal {
	return d.principals.named(d.Names().Fold(name))
}

// ownsSchemas, ownsObjects, ownsRoles and runsModules are what counts of what a principal
// owns go by.
func ownsSchemas(owner int) int { return owner << 2 }
func ownsObjects(owner int) int { return owner<<2 + 1 }
func ownsRoles(owner int) int   { return owner<<2 + 2 }
func runsModules(user int) int  { return user<<2 + 3 }

// putPrincipal stores a user or role.
func (d *Database) putPrincipal(p *Principal) { d.enrol(d.Names(), p) }

// change has a database of this version written to; 3906 when it is read-only.
func (s *Server) change(d *Database, write func(w *Database)) error {
	if d.Settings.ReadOnly {
		return refuse(3906, d.Name)
	}
	write(s.write(d.ID))
	return nil
}
