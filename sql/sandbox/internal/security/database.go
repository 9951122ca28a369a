package security

import (
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// DatabaseState is sys.databases.state (H.2).
type DatabaseState int

// States of a database.
const (
	Online    DatabaseState = 0
	Restoring DatabaseState = 1
	Suspect   DatabaseState = 4
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

	principals    *btree.Map[int, *Principal]
	principalName *btree.Map[string, int]
	principalSID  *btree.Map[string, int]
	members       memberships
	permissions   permissions
	schemas       *btree.Map[int, *Schema]
	schemaName    *btree.Map[string, int]
	objects       *btree.Map[int, *Object]
	objectName    *btree.Map[string, int]
	users         *btree.Map[edge, struct{}] // object, constraint or schema-bound view that uses it
	properties    *btree.Map[propertyKey, *Property]
	owned         counts // of what each principal owns; see ownsSchemas

	nextPrincipal int
	nextSchema    int
	nextObject    int
}

// newDatabase makes an empty database; seedDatabase fills it.
func newDatabase(id int, name string, collation Collation) *Database {
	return &Database{
		ID: id, Name: name, collation: collation, mu: new(sync.Mutex),
		Settings:   Settings{Recovery: 3},
		principals: newMap[int, *Principal](), principalName: newMap[string, int](), principalSID: newMap[string, int](),
		members: newMemberships(), permissions: newPermissions(),
		schemas: newMap[int, *Schema](), schemaName: newMap[string, int](),
		objects: newMap[int, *Object](), objectName: newMap[string, int](),
		users: newMap[edge, struct{}](), properties: newMap[propertyKey, *Property](), owned: newCounts(),
		nextPrincipal: 5, nextSchema: 5, nextObject: firstObject,
	}
}

// copy returns a database that shares everything with d until either changes.
func (d *Database) copy() *Database {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := *d
	next.mu = new(sync.Mutex)
	next.principals, next.principalName, next.principalSID = d.principals.Copy(), d.principalName.Copy(), d.principalSID.Copy()
	next.members, next.permissions = d.members.copy(), d.permissions.copy()
	next.schemas, next.schemaName = d.schemas.Copy(), d.schemaName.Copy()
	next.objects, next.objectName = d.objects.Copy(), d.objectName.Copy()
	next.users, next.properties, next.owned = d.users.Copy(), d.properties.Copy(), d.owned.copy()
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
func (d *Database) Principal(id int) *Principal {
	p, _ := d.principals.Get(id)
	return p
}

// PrincipalNamed returns a user or role by name, or nil.
func (d *Database) PrincipalNamed(name string) *Principal {
	id, ok := d.principalName.Get(d.Names().Fold(name))
	if !ok {
		return nil
	}
	return d.Principal(id)
}

// principalBySID returns the user that a login maps to, or nil. dbo is found
// by the owner's SID.
func (d *Database) principalBySID(sid []byte) *Principal {
	id, ok := d.principalSID.Get(string(sid))
	if !ok || len(sid) == 0 {
		return nil
	}
	return d.Principal(id)
}

// ownsSchemas, ownsObjects, ownsRoles and runsModules are what counts of what a principal
// owns go by.
func ownsSchemas(owner int) int { return owner << 2 }
func ownsObjects(owner int) int { return owner<<2 + 1 }
func ownsRoles(owner int) int   { return owner<<2 + 2 }
func runsModules(user int) int  { return user<<2 + 3 }

// putPrincipal stores a user or role.
func (d *Database) putPrincipal(p *Principal) {
	if old := d.Principal(p.ID); old != nil {
		d.unlinkPrincipal(old)
	}
	d.owned.add(ownsRoles(p.Owner), 1, p.IsRole() && p.Owner != p.ID)
	d.principals.Set(p.ID, p)
	d.principalName.Set(d.Names().Fold(p.Name), p.ID)
	if !p.IsRole() && len(p.SID) > 0 {
		d.principalSID.Set(string(p.SID), p.ID)
	}
}

// removePrincipal removes a user or role with its memberships, the rows about
// it and its extended properties.
func (d *Database) removePrincipal(p *Principal) {
	d.principals.Delete(p.ID)
	d.unlinkPrincipal(p)
	d.members.drop(p.ID)
	d.permissions.dropPrincipal(p.ID, ClassPrincipal)
	d.dropProperties(ClassPrincipal, p.ID)
}

// unlinkPrincipal takes a user or role out of the lists by name, SID and owner.
func (d *Database) unlinkPrincipal(p *Principal) {
	d.principalName.Delete(d.Names().Fold(p.Name))
	if id, ok := d.principalSID.Get(string(p.SID)); ok && id == p.ID {
		d.principalSID.Delete(string(p.SID))
	}
	d.owned.add(ownsRoles(p.Owner), -1, p.IsRole() && p.Owner != p.ID)
}
