package grants

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// index looks up a snapshot by name and by id. Principals and views are kept
// sorted by name, so that a position means the same thing whatever order the
// snapshot was read in: what is made by walking positions is sorted already.
type index struct {
	collation  Collation
	principals []Principal
	views      []SiteView
	schemas    []Schema

	byID       map[int]int // principal id to position
	byName     names
	viewByID   map[int]int
	viewByName names // schema and name
	viewByBare names // name alone
	schemaByID map[int]int
}

// names finds positions by name as a collation compares names. The exact
// spelling is tried first, because folding is slow. A name that is its own key, as
// one in lower case is, stands among the exact ones alone.
type names struct {
	collation     Collation
	exact, folded map[string]int32
}

func newNames(c Collation, size int) names {
	return names{collation: c, exact: make(map[string]int32, size), folded: map[string]int32{}}
}

// add notes a name of one or two parts; the first of several equal ones stays.
func (n names) add(position int, name ...string) {
	spelt, key := twoParts(name), n.key(name)
	if _, taken := n.byKey(key); !taken && key != spelt {
		n.folded[key] = int32(position)
	}
	if !has(n.exact, spelt) {
		n.exact[spelt] = int32(position)
	}
}

func (n names) find(name ...string) (int, bool) {
	if i, ok := n.exact[twoParts(name)]; ok {
		return int(i), true
	}
	return n.byKey(n.key(name))
}

// byKey finds the first name that has a key.
func (n names) byKey(key string) (int, bool) {
	if i, ok := n.folded[key]; ok {
		return int(i), true
	}
	i, ok := n.exact[key]
	return int(i), ok && n.keyOf(key) == key
}

// keyOf is the key of a name as twoParts has it.
func (n names) keyOf(spelt string) string {
	if schema, name, two := strings.Cut(spelt, "\x00"); two {
		return n.key([]string{schema, name})
	}
	return n.key([]string{spelt})
}

func (n names) clone() names {
	return names{n.collation, maps.Clone(n.exact), maps.Clone(n.folded)}
}

// key folds each part by itself, as the server compares them.
func (n names) key(name []string) string {
	if len(name) == 1 {
		return n.collation.Key(name[0])
	}
	return twoParts([]string{n.collation.Key(name[0]), n.collation.Key(name[1])})
}

// twoParts joins a schema and a name with a character that neither can hold.
func twoParts(name []string) string {
	if len(name) == 1 {
		return name[0]
	}
	return name[0] + "\x00" + name[1]
}

func has(m map[string]int32, key string) bool {
	_, ok := m[key]
	return ok
}

// newIndex indexes a snapshot, with principals that do not exist yet: their
// ids are negative.
func newIndex(s *Snapshot, extra ...Principal) *index {
	ix := &index{collation: s.Collation}
	ix.principals = append(withBuiltIn(s.Principals), extra...)
	slices.SortStableFunc(ix.principals, func(a, b Principal) int {
		if a.Name != b.Name {
			return strings.Compare(a.Name, b.Name)
		}
		return cmp.Compare(a.ID, b.ID)
	})
	ix.byID = make(map[int]int, len(ix.principals))
	ix.byName = newNames(s.Collation, len(ix.principals))
	for i, p := range ix.principals {
		ix.byID[p.ID] = i
		ix.byName.add(i, p.Name)
	}
	ix.addViews(s)
	return ix
}

func (ix *index) addViews(s *Snapshot) {
	ix.schemas = slices.Clone(s.Schemas)
	slices.SortFunc(ix.schemas, func(a, b Schema) int { return strings.Compare(a.Name, b.Name) })
	ix.schemaByID = make(map[int]int, len(ix.schemas))
	for i, schema := range ix.schemas {
		ix.schemaByID[schema.ID] = i
	}
	ix.views = slices.Clone(s.Views)
	slices.SortFunc(ix.views, func(a, b SiteView) int {
		return cmp.Or(strings.Compare(ix.schemaName(a.Schema), ix.schemaName(b.Schema)), strings.Compare(a.Name, b.Name))
	})
	ix.viewByID = make(map[int]int, len(ix.views))
	ix.viewByName = newNames(s.Collation, len(ix.views))
	ix.viewByBare = newNames(s.Collation, len(ix.views))
	for i, v := range ix.views {
		ix.viewByID[v.ID] = i
		ix.viewByName.add(i, ix.schemaName(v.Schema), v.Name)
		if v.Schema == DboID {
			ix.viewByBare.add(i, v.Name)
		}
	}
	for i, v := range ix.views {
		ix.viewByBare.add(i, v.Name)
	}
}

func (ix *index) schemaName(id int) string {
	if i, ok := ix.schemaByID[id]; ok {
		return ix.schemas[i].Name
	}
	if id == DboID {
		return "dbo"
	}
	return ""
}

// viewName returns schema.name for people and findings.
func (ix *index) viewName(v int) string {
	return ix.schemaName(ix.views[v].Schema) + "." + ix.views[v].Name
}

// shortName returns the name of a view without its schema where that is dbo.
func (ix *index) shortName(v int) string {
	if ix.views[v].Schema == DboID {
		return ix.views[v].Name
	}
	return ix.viewName(v)
}

// view finds a view by name, which may be preceded by its schema and a dot. A
// bare name means the schema dbo if it is there, else the first schema by
// name that has such a view.
func (ix *index) view(name string) (int, bool) {
	if i, ok := ix.viewByBare.find(name); ok {
		return i, true
	}
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		if i, ok := ix.viewByName.find(name[:at], name[at+1:]); ok {
			return i, true
		}
	}
	return 0, false
}

// viewIn finds a view by schema and name. An empty schema is any.
func (ix *index) viewIn(schema, name string) (int, bool) {
	if schema == "" {
		return ix.viewByBare.find(name)
	}
	return ix.viewByName.find(schema, name)
}

func (ix *index) principal(name string) (int, bool) { return ix.byName.find(name) }

// BuiltIn returns the principals that every database has (reference A.5, A.6).
func BuiltIn() []Principal { return slices.Clone(builtIn[:]) }

var builtIn = [...]Principal{
	{ID: PublicID, Name: "public", Type: DatabaseRole, Owner: DboID},
	{ID: DboID, Name: "dbo", Type: SQLUser, AuthType: AuthLogin, SID: "01"},
	{ID: GuestID, Name: "guest", Type: SQLUser, SID: "00"},
	{ID: 3, Name: "INFORMATION_SCHEMA", Type: SQLUser},
	{ID: 4, Name: "sys", Type: SQLUser},
	{ID: DBOwnerID, Name: "db_owner", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBAccessAdminID, Name: "db_accessadmin", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBSecurityAdminID, Name: "db_securityadmin", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBDDLAdminID, Name: "db_ddladmin", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: 16389, Name: "db_backupoperator", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBDataReaderID, Name: "db_datareader", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBDataWriterID, Name: "db_datawriter", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBDenyDataReaderID, Name: "db_denydatareader", Type: DatabaseRole, Fixed: true, Owner: DboID},
	{ID: DBDenyDataWriterID, Name: "db_denydatawriter", Type: DatabaseRole, Fixed: true, Owner: DboID},
}

// withBuiltIn returns the principals with those that every database has, even
// where a snapshot made by hand leaves them out.
func withBuiltIn(listed []Principal) []Principal {
	have := make(map[int]bool, len(listed))
	for _, p := range listed {
		have[p.ID] = true
	}
	out := slices.Clone(listed)
	for _, p := range builtIn {
		if !have[p.ID] {
			out = append(out, p)
		}
	}
	return out
}

// isBuiltIn reports whether id is one that every database has: public, dbo,
// guest and the like, or one of those that are kept for fixed roles.
func isBuiltIn(id int) bool {
	return id >= 0 && id < FirstUserID || id >= DBOwnerID && id <= LastFixedRoleID
}

// nextID returns the id that the server gives after id: the next one that is
// not built in.
func nextID(id int) int {
	for id++; isBuiltIn(id); id++ {
	}
	return id
}

// isAccount reports whether p is a person's account, or a Windows group's:
// not a role, not built in, and not a principal that nobody can enter as
// (application roles, certificates, keys; reference A.1, A.4).
func isAccount(p Principal) bool {
	if isBuiltIn(p.ID) || p.Fixed {
		return false
	}
	switch p.Type {
	case SQLUser, WindowsUser, WindowsGroup, "E", "X":
		return true
	}
	return false
}
