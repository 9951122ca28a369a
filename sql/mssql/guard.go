package mssql

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// guard is what a script's batch holds its site to, before its statements and
// after them: the principals that the statements or their reverse name, their
// marks, SIDs and memberships, the views, and each permission of those
// principals on those views. Everything else may have changed.
//
// Principals and views are compared by id and SID; only what the statements
// themselves make is looked up by its name.
type guard struct {
	before, after *grants.Snapshot
	named         []string        // principals, sorted
	keys          map[string]int  // of a named principal's folded name: -1, -2, …
	gone          map[string]bool // of them, by folded name: those that are dropped
	views         []grants.SiteView
	made          map[int]bool // ids that the model made up: of principals that are new in one of the two
}

// newGuard works the guard out. back is for the statements that undo the
// changes: then the site is first what the changes promise.
func newGuard(s SiteScript, back bool) (*guard, error) {
	to, err := s.From.With(s.Changes)
	if err != nil {
		return nil, err
	}
	g := &guard{before: s.From, after: to, keys: map[string]int{}, gone: map[string]bool{}, made: map[int]bool{}}
	fold := s.From.Collation.Key
	names := map[string]string{}
	views := map[[2]string]bool{}
	for _, c := range s.Changes {
		if c.OfLedger() { // what it names every database has
			continue
		}
		for _, c := range append(c.Reverse(), c) {
			for _, name := range append(slices.Clone(c.Principals), c.Role) {
				if name != "" {
					names[fold(name)] = name
				}
			}
			if c.Kind == grants.DropRole || c.Kind == grants.DropUser {
				g.gone[fold(c.Principals[0])] = true
			}
			views[[2]string{fold(c.Schema), fold(c.View)}] = c.View != ""
		}
	}
	g.named = slices.Sorted(maps.Values(names))
	for i, name := range g.named {
		g.keys[fold(name)] = -1 - i
	}
	schemas := schemaNames(s.From)
	for _, v := range s.From.Views {
		if views[[2]string{fold(schemas[v.Schema]), fold(v.Name)}] {
			g.views = append(g.views, v)
		}
	}
	first, second := ids(s.From), ids(to)
	for id := range second {
		g.made[id] = !first[id]
	}
	for id := range first {
		g.made[id] = g.made[id] || !second[id] && back
	}
	if back {
		g.before, g.after = to, s.From
	}
	return g, nil
}

// schemaNames is the schemas of a snapshot by id.
func schemaNames(s *grants.Snapshot) map[int]string {
	out := map[int]string{}
	for _, x := range s.Schemas {
		out[x.ID] = x.Name
	}
	return out
}

func ids(s *grants.Snapshot) map[int]bool {
	out := map[int]bool{}
	for _, p := range s.Principals {
		out[p.ID] = true
	}
	return out
}

// write fills the script's tables.
func (g *guard) write(b *strings.Builder) {
	var who, principals, views, rows, members []string
	for i, name := range g.named {
		who = append(who, fmt.Sprintf("(%d, %s, NULL)", -1-i, asciiString(name)))
	}
	schemas := schemaNames(g.before)
	for _, v := range g.views {
		views = append(views, fmt.Sprintf("(%d, %s)", v.ID, asciiString(tsql.QuoteName2(schemas[v.Schema], v.Name))))
	}
	for i, s := range []*grants.Snapshot{g.before, g.after} {
		at := newMoment(g, s, i)
		principals = append(principals, at.principals()...)
		rows = append(rows, at.rows()...)
		members = append(members, at.members()...)
	}
	insert(b, "@grantree_who (n, name, id)", who)
	insert(b, "@grantree_principal (after, n, id, sid, marked, total)", principals)
	insert(b, "@grantree_view (id, name)", views)
	insert(b, "@grantree_row (after, view_id, column_id, permission, state, total, who)", rows)
	insert(b, "@grantree_member (after, role, total, who)", members)
}

// insertRows is how many rows one INSERT may name (error 10738).
const insertRows = 1000

func insert(b *strings.Builder, into string, rows []string) {
	for chunk := range slices.Chunk(rows, insertRows) {
		fmt.Fprintf(b, "INSERT INTO %s VALUES\n%s;\n", into, strings.Join(chunk, ",\n"))
	}
}

// moment is one of the two states that a guard compares the site with.
type moment struct {
	*guard
	s     *grants.Snapshot
	after int            // 0 or 1
	key   map[int]string // of a principal by its id here: that of its name, or the id itself
}

func newMoment(g *guard, s *grants.Snapshot, after int) moment {
	m := moment{guard: g, s: s, after: after, key: map[int]string{}}
	for _, p := range s.Principals {
		if n, named := g.keys[s.Collation.Key(p.Name)]; named {
			m.key[p.ID] = strconv.Itoa(n)
		}
	}
	return m
}

// principals is one row for each named principal that is there.
func (m moment) principals() []string {
	var out []string
	held := m.held()
	for _, p := range m.s.Principals {
		n, named := m.key[p.ID]
		if !named {
			continue
		}
		id, sid, total := "NULL", "NULL", "NULL"
		if !m.made[p.ID] {
			id = strconv.Itoa(p.ID)
		}
		if p.SID != "" && (!m.made[p.ID] || p.AuthType != grants.AuthNone) { // a role, and a user without login, gets another one
			sid = "0x" + p.SID
		}
		if m.after == 0 && m.gone[m.s.Collation.Key(p.Name)] {
			total = strconv.Itoa(held[p.ID])
		}
		out = append(out, fmt.Sprintf("(%d, %s, %s, %s, %d, %s)", m.after, n, id, sid, bit(p.Managed), total))
	}
	slices.Sort(out)
	return out
}

// held counts the permissions of each principal, on whatever they are.
func (m moment) held() map[int]int {
	out := map[int]int{}
	for _, row := range m.s.Permissions {
		switch row.Class {
		case grants.ClassDatabase, grants.ClassObject, grants.ClassSchema, grants.ClassPrincipal:
			if row.Class != grants.ClassObject || row.Major >= 0 {
				out[row.Grantee]++
			}
		}
	}
	return out
}

// rowKey is a permission on a view or one of its columns.
type rowKey struct {
	view, column int
	name         string
	state        grants.State
}

// rows is one row for each permission on a touched view that a named principal
// has, with all who have it.
func (m moment) rows() []string {
	touched := map[int]bool{}
	for _, v := range m.views {
		touched[v.ID] = true
	}
	who := map[rowKey][]string{}
	for _, row := range m.s.Permissions {
		if key, named := m.key[row.Grantee]; named && row.Class == grants.ClassObject && touched[row.Major] {
			k := rowKey{row.Major, row.Minor, row.Name, row.State}
			who[k] = append(who[k], key)
		}
	}
	keys := slices.SortedFunc(maps.Keys(who), func(a, b rowKey) int {
		return cmp.Or(cmp.Compare(a.view, b.view), cmp.Compare(a.column, b.column), strings.Compare(a.name, b.name), cmp.Compare(a.state, b.state))
	})
	var out []string
	for _, k := range keys {
		out = append(out, fmt.Sprintf("(%d, %d, %d, %s, %s, %d, %s)", m.after, k.view, k.column, asciiString(k.name), asciiString(string(k.state)), len(who[k]), list(who[k])))
	}
	return out
}

// members is one row for each role with its members, of those where the role
// or the member is named.
func (m moment) members() []string {
	who := map[string][]string{}
	for _, x := range m.s.Members {
		role, roleNamed := m.key[x.Role]
		member, memberNamed := m.key[x.Member]
		if roleNamed || memberNamed {
			role, member = cmp.Or(role, strconv.Itoa(x.Role)), cmp.Or(member, strconv.Itoa(x.Member))
			who[role] = append(who[role], member)
		}
	}
	var out []string
	for _, role := range slices.Sorted(maps.Keys(who)) {
		out = append(out, fmt.Sprintf("(%d, %s, %d, %s)", m.after, role, len(who[role]), list(who[role])))
	}
	return out
}

// list is keys as a check finds them: ",-1,5,".
func list(keys []string) string {
	slices.Sort(keys)
	return tsql.QuoteString("," + strings.Join(keys, ",") + ",")
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
