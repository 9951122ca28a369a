package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// Beyond reports, as warnings, what grantree does not manage and what opens or
// closes access to a catalog view all the same: what stands above the views
// (schema, database, fixed roles, ownership, CONTROL), who it is given to
// (public, guest, principals that the policy does not name) and columns. Each
// names the principal and the people whom it reaches.
//
// Codes: owner, fixed-role, database-grant, database-deny, schema-grant,
// schema-deny, public-grant, public-deny, guest-grant, guest-deny,
// control-grant, control-deny, column-grant, column-deny, unmanaged-grant,
// unmanaged-deny, connect-denied.
func Beyond(s *Snapshot, w *Wanted) finding.List {
	b := &beyond{a: NewAccess(s), s: s, facts: map[beyondKey]*beyondFact{}}
	b.ix = b.a.m.index
	b.look(w)
	b.owners()
	b.fixedRoles()
	for _, row := range s.Permissions {
		b.row(row)
	}
	return forSite(s.Site, b.findings())
}

type beyond struct {
	a       *Access
	s       *Snapshot
	ix      *index
	managed []bool // principals, by position
	views   []bool // catalog views, by position
	schemas map[int]bool
	facts   map[beyondKey]*beyondFact
}

// beyondKey gathers facts of one kind about one principal into one finding.
type beyondKey struct {
	code string
	who  int
}

// beyondFact is what is said about a principal: permissions and where.
type beyondFact struct {
	permissions []string
	targets     []string
}

// look notes what the policy manages.
func (b *beyond) look(w *Wanted) {
	b.managed = make([]bool, len(b.ix.principals))
	b.views = make([]bool, len(b.ix.views))
	b.schemas = map[int]bool{}
	for p, principal := range b.ix.principals {
		b.managed[p] = principal.Managed && !isBuiltIn(principal.ID)
	}
	mark := func(name string) {
		if p, ok := b.ix.principal(name); ok {
			b.managed[p] = true
		}
	}
	for _, r := range w.Roles {
		mark(r.Name)
	}
	for _, u := range w.Users {
		mark(u.Name)
	}
	for _, name := range w.Views {
		if v, ok := b.ix.view(name); ok {
			b.views[v] = true
			b.schemas[b.ix.views[v].Schema] = true
		}
	}
}

func (b *beyond) note(code string, who int, permission, target string) {
	k := beyondKey{code, who}
	if b.facts[k] == nil {
		b.facts[k] = &beyondFact{}
	}
	b.facts[k].permissions = append(b.facts[k].permissions, permission)
	b.facts[k].targets = append(b.facts[k].targets, target)
}

// owners reports views and schemas that belong to somebody else than dbo.
func (b *beyond) owners() {
	for v, view := range b.ix.views {
		if p, ok := b.ix.byID[view.Owner]; ok && b.views[v] && view.Owner != DboID {
			b.note("owner", p, "", b.ix.viewName(v))
		}
	}
	for _, schema := range b.ix.schemas {
		if p, ok := b.ix.byID[schema.Owner]; ok && b.schemas[schema.ID] && schema.Owner != DboID {
			b.note("owner", p, "", "the schema "+schema.Name)
		}
	}
}

// fixedRoles reports the direct members of the roles whose rights no
// permission row shows (reference A.6).
func (b *beyond) fixedRoles() {
	for _, m := range b.s.Members {
		p, ok := b.ix.byID[m.Member]
		role := b.ix.byID[m.Role]
		if !ok || m.Member == DboID {
			continue
		}
		switch m.Role {
		case DBOwnerID, DBDataReaderID, DBDataWriterID, DBDenyDataReaderID, DBDenyDataWriterID, DBSecurityAdminID, DBAccessAdminID, DBDDLAdminID:
			b.note("fixed-role", p, "", b.ix.principals[role].Name)
		}
	}
}

// row reports a permission row that reaches a catalog view and that no plan
// changes.
func (b *beyond) row(row PermissionRow) {
	p, ok := b.ix.byID[row.Grantee]
	if !ok || row.Grantee == DboID {
		return
	}
	if row.Class == ClassDatabase && row.Name == "CONNECT" && row.State == Denied {
		b.note("connect-denied", p, "CONNECT", "the database")
		return
	}
	code, target := b.classify(row, p)
	if code == "" {
		return
	}
	verb := "-grant"
	if row.State == Denied || row.State == Revoked {
		verb = "-deny"
	}
	b.note(code+verb, p, row.Name, target)
}

// classify says what kind of reach a row has and what it is on, or "".
func (b *beyond) classify(row PermissionRow, p int) (code, target string) {
	if covers(row.Class, row.Name).IsEmpty() {
		return "", ""
	}
	switch row.Class {
	case ClassDatabase:
		return "database", "the database"
	case ClassSchema:
		if b.schemas[row.Major] {
			return "schema", "the schema " + b.ix.schemaName(row.Major)
		}
	case ClassObject:
		if v, ok := b.ix.viewByID[row.Major]; ok && b.views[v] {
			return b.onView(row, p), b.ix.viewName(v)
		}
	}
	return "", ""
}

func (b *beyond) onView(row PermissionRow, p int) string {
	switch {
	case row.Grantee == PublicID:
		return "public"
	case row.Grantee == GuestID:
		return "guest"
	case row.Minor != 0:
		return "column"
	case !plain(row.Name):
		return "control"
	case !b.managed[p]:
		return "unmanaged"
	}
	return ""
}

// findings words what was noted, sorted by code and principal.
func (b *beyond) findings() finding.List {
	keys := make([]beyondKey, 0, len(b.facts))
	for k := range b.facts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y beyondKey) int {
		return cmp.Or(strings.Compare(x.code, y.code), cmp.Compare(x.who, y.who))
	})
	var out finding.List
	for _, k := range keys {
		out.Warnf(k.code, finding.Pos{}, b.fix(k), "%s%s", b.sentence(k), b.people(k.who))
	}
	return out
}

func (b *beyond) sentence(k beyondKey) string {
	f := b.facts[k]
	who, where := b.who(k.who), some(f.targets, 3)
	what := permissionList(f.permissions)
	switch kind, verb, _ := strings.Cut(k.code, "-"); {
	case kind == "owner":
		return fmt.Sprintf("%s owns %s and may do everything there", who, where)
	case kind == "fixed":
		return fmt.Sprintf("%s is a member of %s", who, where)
	case kind == "column" && verb == "grant":
		return fmt.Sprintf("%s is granted %s on columns of %s", who, what, where)
	case kind == "column":
		return fmt.Sprintf("%s is denied %s on columns of %s", who, what, where)
	case kind == "connect" || verb == "deny":
		return fmt.Sprintf("%s is denied %s on %s", who, what, where)
	}
	return fmt.Sprintf("%s is granted %s on %s", who, what, where)
}

func (b *beyond) who(p int) string {
	principal := b.ix.principals[p]
	switch {
	case isBuiltIn(principal.ID):
		return principal.Name
	case principal.Type == DatabaseRole:
		return fmt.Sprintf("the role %q", principal.Name)
	}
	return fmt.Sprintf("the user %q", principal.Name)
}

// people names the accounts that a principal's access reaches, other than
// itself.
func (b *beyond) people(p int) string {
	var reached []string
	for _, u := range b.a.users {
		if u != p && slices.Contains(b.a.tokens[u], int32(p)) {
			reached = append(reached, b.ix.principals[u].Name)
		}
	}
	switch principal := b.ix.principals[p]; {
	case len(reached) > 0:
		return ", which reaches " + some(reached, 3)
	case principal.Type == DatabaseRole:
		return ", which reaches nobody now"
	}
	return ""
}

// fix says what to do; a group's own role is told apart from strangers.
func (b *beyond) fix(k beyondKey) string {
	switch {
	case k.code == "owner":
		return "ALTER AUTHORIZATION, or accept it"
	case k.code == "fixed-role":
		return "take it out of the role, or accept it"
	case b.managed[k.who]:
		return "REVOKE it, or accept it: grantree manages rows on whole views alone"
	}
	return "REVOKE it, or accept it"
}

// permissionList sorts names of permissions, the four in their usual order
// first.
func permissionList(list []string) string {
	rank := func(name string) int { return slices.Index(append(catalog.All.Names(), "CONTROL", name), name) }
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
	return strings.Join(slices.Compact(list), ", ")
}

// some joins sorted names, the first few by name and the rest by number.
func some(list []string, limit int) string {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > limit+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:limit], ", "), len(list)-limit)
	}
	return strings.Join(list, ", ")
}
