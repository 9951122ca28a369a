package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// With returns what the snapshot would say after the changes, by the engine's
// rules (reference B.5, D.3, D.4). The receiver is not changed; new principals
// get the next free ids, and the mark.
//
// A statement that the server would refuse is an error that names it. One that
// it would take without doing anything does nothing: a GRANT to the view's
// owner or to the runner (reference B.7), a membership that is there already.
func (s *Snapshot) With(changes []Change) (*Snapshot, error) {
	e := newEditor(s)
	for i, c := range changes {
		if err := e.apply(c); err != nil {
			return nil, fmt.Errorf("change %d, %s %s: %w", i+1, c.Kind, strings.Join(c.Principals, ", "), err)
		}
	}
	return e.snapshot(), nil
}

// editor is a snapshot under change.
type editor struct {
	from       *Snapshot
	views      *index
	logins     loginTable
	principals map[int]Principal
	byName     map[string]int // key of the name to id
	members    map[Member]bool
	rows       map[rowKey][]PermissionRow
	sids       map[string]int // how many principals have a SID
	ties       *ties          // nil until somebody is dropped
	properties []PrincipalProperty
	schemas    []Schema // that are made
	objects    []Object
	openings   []OpeningRow
	nextID     int
}

// rowKey gathers the rows of one grantee on one securable, its columns
// included.
type rowKey struct {
	class   Class
	major   int
	grantee int
}

func newEditor(s *Snapshot) *editor {
	e := &editor{from: s, properties: slices.Clone(s.Properties), openings: slices.Clone(s.Openings), views: newIndex(s), logins: newLoginTable(s), nextID: FirstUserID,
		principals: make(map[int]Principal, len(s.Principals)), byName: make(map[string]int, len(s.Principals)),
		sids: make(map[string]int, len(s.Principals)), members: make(map[Member]bool, len(s.Members)), rows: make(map[rowKey][]PermissionRow, len(s.Permissions))}
	for _, p := range withBuiltIn(s.Principals) {
		e.principals[p.ID] = p
		e.sids[p.SID]++
		e.byName[s.Collation.Key(p.Name)] = p.ID
		if !isBuiltIn(p.ID) {
			e.nextID = max(e.nextID, nextID(p.ID))
		}
	}
	for _, m := range s.Members {
		e.members[m] = true
	}
	for _, row := range s.Permissions {
		k := rowKey{row.Class, row.Major, row.Grantee}
		e.rows[k] = append(e.rows[k], row)
	}
	return e
}

// snapshot returns the result, its lists sorted by id.
func (e *editor) snapshot() *Snapshot {
	out := *e.from
	listed := make(map[int]bool, len(e.from.Principals))
	for _, p := range e.from.Principals {
		listed[p.ID] = true
	}
	rows := 0
	for _, list := range e.rows {
		rows += len(list)
	}
	out.Principals, out.Members, out.Permissions, out.Openings = make([]Principal, 0, len(e.principals)), nil, nil, e.openings
	if len(e.members) > 0 {
		out.Members = make([]Member, 0, len(e.members))
	}
	if rows > 0 {
		out.Permissions = make([]PermissionRow, 0, rows)
	}
	for id, p := range e.principals {
		if listed[id] || !isBuiltIn(id) {
			out.Principals = append(out.Principals, p)
		}
	}
	slices.SortFunc(out.Principals, func(a, b Principal) int { return cmp.Compare(a.ID, b.ID) })
	for m := range e.members {
		out.Members = append(out.Members, m)
	}
	slices.SortFunc(out.Members, func(a, b Member) int {
		if a.Role != b.Role {
			return cmp.Compare(a.Role, b.Role)
		}
		return cmp.Compare(a.Member, b.Member)
	})
	for _, rows := range e.rows {
		out.Permissions = append(out.Permissions, rows...)
	}
	slices.SortFunc(out.Permissions, compareRows)
	out.Properties = e.properties
	slices.SortFunc(out.Properties, func(a, b PrincipalProperty) int {
		return cmp.Or(cmp.Compare(a.Principal, b.Principal), strings.Compare(a.Name, b.Name))
	})
	if len(e.schemas)+len(e.objects) > 0 {
		out.Schemas, out.Objects = slices.Concat(out.Schemas, e.schemas), slices.Concat(out.Objects, e.objects)
	}
	return &out
}

func compareRows(a, b PermissionRow) int {
	switch {
	case a.Class != b.Class:
		return cmp.Compare(a.Class, b.Class)
	case a.Major != b.Major:
		return cmp.Compare(a.Major, b.Major)
	}
	return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor),
		cmp.Compare(a.Grantee, b.Grantee), strings.Compare(a.Name, b.Name), cmp.Compare(a.Grantor, b.Grantor), cmp.Compare(a.State, b.State))
}

func (e *editor) apply(c Change) error {
	if len(c.Principals) == 0 {
		return fmt.Errorf("it names no principal")
	}
	switch c.Kind {
	case CreateRole:
		return e.createRole(c)
	case CreateUser:
		return e.createUser(c)
	case DropRole, DropUser:
		return e.drop(c)
	case RenameRole, RenameUser:
		return e.rename(c)
	case BreakGlass, EndBreakGlass:
		return e.opening(c)
	case Mark, Unmark, Stamp:
		p, err := e.principal(c.Principals[0])
		p.Managed, p.Mark = c.Kind != Unmark, c.markText()
		if err == nil {
			e.principals[p.ID] = p
		}
		return err
	case AddMember, DropMember:
		return e.member(c)
	case GrantOn, DenyOn, RevokeOn:
		return e.row(c)
	case GrantConnect, DenyConnect, RevokeConnect:
		return e.connect(c)
	case AddProperty, DropProperty:
		return e.property(c)
	case CreateSchema, CreateLedger, GuardLedger:
		return e.makeLedger(c)
	}
	return fmt.Errorf("unknown kind of change")
}

// createRole makes a role that belongs to dbo, or to whom the change says.
func (e *editor) createRole(c Change) error {
	role := Principal{Name: c.Principals[0], Type: DatabaseRole, Owner: DboID, Mark: c.markText()}
	if c.Owner != "" {
		owner, err := e.principal(c.Owner)
		if err != nil {
			return err
		}
		role.Owner = owner.ID
	}
	_, err := e.create(role)
	return err
}

// property puts a property on a principal that has none of that name (error 15233), or
// takes it off (15217).
func (e *editor) property(c Change) error {
	p, err := e.principal(c.Principals[0])
	if err != nil || c.Property == nil {
		return cmp.Or(err, fmt.Errorf("it names no property"))
	}
	i := slices.IndexFunc(e.properties, func(x PrincipalProperty) bool {
		return x.Principal == p.ID && e.from.Collation.Equal(x.Name, c.Property.Name)
	})
	switch {
	case c.Kind == AddProperty && i >= 0:
		return fmt.Errorf("%q has a property %q already", p.Name, c.Property.Name)
	case c.Kind == AddProperty:
		e.properties = append(e.properties, PrincipalProperty{p.ID, *c.Property})
	case i < 0:
		return fmt.Errorf("%q has no property %q", p.Name, c.Property.Name)
	default:
		e.properties = slices.Delete(e.properties, i, i+1)
	}
	return nil
}

func (e *editor) principal(name string) (Principal, error) {
	id, ok := e.byName[e.from.Collation.Key(name)]
	if !ok {
		return Principal{}, fmt.Errorf("no principal %q", name)
	}
	return e.principals[id], nil
}

func (e *editor) create(p Principal) (int, error) {
	key := e.from.Collation.Key(p.Name)
	if _, taken := e.byName[key]; taken {
		return 0, fmt.Errorf("there is a principal %q already", p.Name)
	}
	p.ID, p.Managed = e.nextID, true
	e.nextID = nextID(p.ID)
	e.principals[p.ID], e.byName[key] = p, p.ID
	if e.sids[p.SID]++; e.ties != nil {
		e.ties.principal(p, 1)
	}
	return p.ID, nil
}

// rename gives a principal another name that nobody has (error 15023).
func (e *editor) rename(c Change) error {
	p, err := e.principal(c.Was)
	key := e.from.Collation.Key(c.Principals[0])
	switch _, taken := e.byName[key]; {
	case err != nil:
		return err
	case isBuiltIn(p.ID) || p.Fixed || (c.Kind == RenameRole) != (p.Type == DatabaseRole):
		return fmt.Errorf("%q is not one that can be renamed so", p.Name)
	case taken:
		return fmt.Errorf("there is a principal %q already", c.Principals[0])
	}
	delete(e.byName, e.from.Collation.Key(p.Name))
	p.Name = c.Principals[0]
	e.principals[p.ID], e.byName[key] = p, p.ID
	return nil
}

// authOf is by what somebody enters as a user for a login of a type.
func authOf(t PrincipalType) int {
	switch t {
	case WindowsUser, WindowsGroup:
		return AuthWindows
	case ExternalUser, ExternalGroup:
		return AuthExternal
	}
	return AuthLogin
}

// createUser makes a user for a login, with the CONNECT that every new user
// gets (reference B.1). A login that the snapshot does not show is taken to be
// there, or made first. A login has one user in a database (error 15063).
func (e *editor) createUser(c Change) error {
	p := Principal{Name: c.Principals[0], Type: SQLUser, AuthType: AuthLogin, DefaultSchema: c.DefaultSchema, Mark: c.markText()}
	if c.Own != "" {
		p.Type, p.AuthType = c.Own, authOf(c.Own)
		if c.Own == SQLUser {
			p.AuthType = AuthDatabase
		}
	} else if c.Login == "" {
		p.AuthType = AuthNone
	} else if login, ok := e.logins.named(c.Login); ok {
		p.SID, p.Type = login.SID, login.Type
		p.AuthType = authOf(p.Type)
	}
	if p.SID != "" && e.sids[p.SID] > 0 {
		return fmt.Errorf("login %q has the user %q already", c.Login, e.withSID(p.SID))
	}
	id, err := e.create(p)
	if err != nil {
		return err
	}
	e.setRows(rowKey{ClassDatabase, 0, id}, []PermissionRow{{Grantee: id, Grantor: DboID, Name: "CONNECT", State: Granted}})
	return nil
}

// withSID names a principal with a SID: the first.
func (e *editor) withSID(sid string) string {
	first := Principal{}
	for _, p := range e.principals {
		if p.SID == sid && (first.SID == "" || p.ID < first.ID) {
			first = p
		}
	}
	return first.Name
}

// drop takes a principal out with its memberships, its rows and the rows on
// it. What owns, granted or, being a role, has members stays.
func (e *editor) drop(c Change) error {
	p, err := e.principal(c.Principals[0])
	switch {
	case err != nil:
		return err
	case isBuiltIn(p.ID) || (c.Kind == DropRole) != (p.Type == DatabaseRole):
		return fmt.Errorf("%q is not one that can be dropped so", p.Name)
	case e.tie().holds[p.ID] > 0:
		return fmt.Errorf("%q owns something or granted something", p.Name)
	case e.ties.members[p.ID] > 0:
		return fmt.Errorf("the role %q has members", p.Name)
	}
	for _, role := range e.ties.roles[p.ID] {
		e.setMember(Member{role, p.ID}, false)
	}
	for _, k := range e.ties.rows[p.ID] {
		e.setRows(k, nil)
	}
	if len(e.properties) > 0 {
		e.properties = slices.DeleteFunc(e.properties, func(x PrincipalProperty) bool { return x.Principal == p.ID })
	}
	e.ties.principal(p, -1)
	e.sids[p.SID]--
	e.openings = slices.DeleteFunc(e.openings, func(o OpeningRow) bool { return o.User == p.ID })
	delete(e.principals, p.ID)
	delete(e.byName, e.from.Collation.Key(p.Name))
	return nil
}

func (e *editor) member(c Change) error {
	role, err := e.principal(c.Role)
	if err != nil {
		return err
	}
	member, err := e.principal(c.Principals[0])
	if err != nil {
		return err
	}
	special := isBuiltIn(member.ID) && member.ID != GuestID // guest can be a member (reference D.4)
	if role.Type != DatabaseRole || role.ID == PublicID || special || role.ID == member.ID {
		return fmt.Errorf("%q cannot be a member of %q", member.Name, role.Name)
	}
	e.setMember(Member{role.ID, member.ID}, c.Kind == AddMember)
	return nil
}
