package security

import (
	_ "embed" // roles.txt
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
)

// fixedRole is a fixed role and what membership is worth: the codes of hidden rights (A.6, A.7), at SERVER scope or of the
// DATABASE. None of them appears in the views. Of sysadmin nothing: it is handled before any permission is looked at.
type fixedRole struct {
	id             int
	name           string
	grants, denies []string
}

//go:embed roles.txt
var roleText string

// fixedServerRoles are the roles of SQL Server 2022, ids 3 to 10 those of A.5; 11 and up follow the order in which 2022 lists them.
var fixedServerRoles, fixedRoles = readRoles(roleText)

// readRoles reads lines "id name code…"; a code after a dash is denied.
func readRoles(text string) (server, database []fixedRole) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		r := fixedRole{name: words[1]}
		r.id, _ = strconv.Atoi(words[0])
		for _, code := range words[2:] {
			if denied, ok := strings.CutPrefix(code, "-"); ok {
				r.denies = append(r.denies, denied)
			} else {
				r.grants = append(r.grants, code)
			}
		}
		if isFixedRole(r.id) {
			database = append(database, r)
		} else {
			server = append(server, r)
		}
	}
	return server, database
}

// isFixedRole reports whether an id is that of a fixed database role; public
// is not one (A.5).
func isFixedRole(id int) bool { return id >= RoleOwner && id <= RoleDenyWriter }

// isFixedServerRole reports whether an id is that of a fixed server role.
func isFixedServerRole(id int) bool { return id >= RoleSysadmin && id <= 20 }

// seed fills a new server with what every instance has (A.5, A.7, B.1).
func (s *Server) seed() {
	now := s.options.Now
	s.putLogin(&Principal{ID: LoginSA, Name: s.options.SAName, Kind: KindSQL, SID: []byte{1}, Created: now, Modified: now,
		Disabled: s.options.SAHash == nil, DefaultDatabase: "master", DefaultLanguage: "us_english",
		Password: Password{Hash: s.options.SAHash, LastSet: now, CheckPolicy: true}})
	s.putLogin(&Principal{ID: RoleServerPublic, Name: "public", Kind: KindRole, SID: []byte{2}, Created: now, Modified: now, Owner: LoginSA})
	for _, r := range fixedServerRoles {
		s.putLogin(&Principal{ID: r.id, Name: r.name, Kind: KindRole, SID: []byte{byte(r.id)}, Created: now, Modified: now, Owner: LoginSA, Fixed: true})
	}
	s.members.add(RoleSysadmin, LoginSA)
	s.permissions.put(Row{Class: ClassServer, Grantee: LoginSA, Grantor: LoginSA, Type: "COSQ", State: StateGrant})
	s.permissions.put(Row{Class: ClassServer, Grantee: RoleServerPublic, Grantor: LoginSA, Type: "VWDB", State: StateGrant})
	for endpoint := 2; endpoint <= 5; endpoint++ {
		s.permissions.put(Row{Class: ClassEndpoint, Major: endpoint, Grantee: RoleServerPublic, Grantor: LoginSA, Type: "CO", State: StateGrant})
	}
	for i, name := range []string{"master", "tempdb", "model", "msdb"} {
		d := newDatabase(i+1, name, s.collation)
		d.version = s.version
		seedDatabase(d, s.options, []byte{1})
		d.Settings.Chaining = name != "model"
		d.Settings.Trustworthy = name == "msdb"
		if name != "model" {
			connect(d, UserGuest)
		}
		s.putDatabase(d)
	}
	for _, c := range configurations() {
		s.configuration.Set(c.name, c.value)
	}
}

// seedDatabase fills a new database with its built-in principals, schemas and
// permissions (A.5, B.1).
func seedDatabase(d *Database, o Options, owner []byte) {
	now := o.Now
	d.Created, d.OwnerSID = now, owner
	user := func(id int, name, schema string, sid []byte, auth int) {
		d.putPrincipal(&Principal{ID: id, Name: name, Kind: KindSQL, DefaultSchema: schema, SID: sid, Auth: auth, Created: now, Modified: now})
	}
	user(UserDBO, "dbo", "dbo", owner, authInstance)
	user(UserGuest, "guest", "guest", []byte{0}, authNone)
	user(UserInfoSchema, "INFORMATION_SCHEMA", "", nil, authNone)
	user(UserSys, "sys", "", nil, authNone)
	d.putPrincipal(&Principal{ID: RolePublic, Name: "public", Kind: KindRole, Owner: UserDBO, SID: roleSID(0, RolePublic), Created: now, Modified: now})
	for _, s := range []Schema{{SchemaDBO, "dbo", UserDBO}, {SchemaGuest, "guest", UserGuest}, {SchemaInfoSchema, "INFORMATION_SCHEMA", UserInfoSchema}, {SchemaSys, "sys", UserSys}} {
		d.putSchema(&s)
	}
	for _, r := range fixedRoles {
		d.putPrincipal(&Principal{ID: r.id, Name: r.name, Kind: KindRole, Owner: UserDBO, Fixed: true, SID: roleSID(0, r.id), Created: now, Modified: now})
		d.putSchema(&Schema{ID: r.id, Name: r.name, Owner: r.id})
	}
	d.members.add(RoleOwner, UserDBO)
	d.permissions = publicRows(d.ID == DatabaseMaster)
	connect(d, UserDBO)
	for _, code := range []string{"VWCK", "VWCM"} {
		d.permissions.put(Row{Class: ClassDatabase, Grantee: RolePublic, Grantor: UserDBO, Type: code, State: StateGrant})
	}
}

// shared are the rows of publicRows, which all databases share until they change.
var shared struct {
	sync.Mutex
	rows [2]*permissions
}

// publicRows let public read the catalog views, as in every database of a server: those about the server in master alone
// (grant-system-object-permissions-transact-sql.md).
func publicRows(master bool) permissions {
	shared.Lock()
	defer shared.Unlock()
	p := &shared.rows[bit(master)]
	if *p == nil {
		made := newPermissions()
		for _, v := range shippedViews().list {
			if v.scope != scopeClosed && (master || v.scope != scopeServer) {
				made.put(Row{Class: ClassObject, Major: v.id, Grantee: RolePublic, Grantor: UserDBO, Type: "SL", State: StateGrant})
			}
		}
		*p = &made
	}
	return (*p).copy()
}

// connect stores the CONNECT row that CREATE USER writes (D.3).
func connect(d *Database, user int) {
	d.permissions.put(Row{Class: ClassDatabase, Grantee: user, Grantor: UserDBO, Type: "CO", State: StateGrant})
}

// roleSID is a SID of the form S-1-9-4-… (A.8), unique inside an instance.
func roleSID(database, id int) []byte { return madeSID(4, database, id) }

// userSID is one of the form S-1-9-3-… for a user without login (A.8).
func userSID(database, id int) []byte { return madeSID(3, database, id) }

func madeSID(kind uint32, database, id int) []byte {
	sid := append([]byte{1, 5, 0, 0, 0, 0, 0, 9}, make([]byte, 20)...)
	binary.LittleEndian.PutUint32(sid[8:], kind)
	binary.LittleEndian.PutUint32(sid[20:], uint32(database))
	binary.LittleEndian.PutUint32(sid[24:], uint32(id))
	return sid
}

// putDatabase stores a database.
func (s *Server) putDatabase(d *Database) {
	if old := s.Database(d.ID); old != nil {
		s.databases.keys.Delete(s.collation.Fold(old.Name))
	}
	s.databases.put(d.ID, s.collation.Fold(d.Name), d)
}
