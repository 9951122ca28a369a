package security

import (
	"slices"

	"github.com/tidwall/btree"
)

// memberships are the direct edges between roles and their members, kept in
// both directions.
type memberships struct {
	byRole   *btree.Map[edge, struct{}] // role, member
	byMember *btree.Map[edge, struct{}] // member, role
}

// edge is a pair of ids that sorts by the first, then the second.
type edge uint64

func newEdge(first, second int) edge {
	return edge(uint64(uint32(first))<<32 | uint64(uint32(second)))
}

func (e edge) first() int  { return int(uint32(e >> 32)) }
func (e edge) second() int { return int(uint32(e)) }

func newMemberships() memberships {
	return memberships{byRole: newMap[edge, struct{}](), byMember: newMap[edge, struct{}]()}
}

func (m memberships) copy() memberships {
	return memberships{byRole: m.byRole.Copy(), byMember: m.byMember.Copy()}
}

func (m memberships) add(role, member int) {
	m.byRole.Set(newEdge(role, member), struct{}{})
	m.byMember.Set(newEdge(member, role), struct{}{})
}

func (m memberships) remove(role, member int) {
	m.byRole.Delete(newEdge(role, member))
	m.byMember.Delete(newEdge(member, role))
}

// members returns the direct members of a role, sorted.
func (m memberships) members(role int) []int { return seconds(m.byRole, role) }

// roles returns the roles a principal is directly in, sorted.
func (m memberships) roles(member int) []int { return seconds(m.byMember, member) }

// seconds returns the second ids of the edges that begin with first.
func seconds(edges *btree.Map[edge, struct{}], first int) []int {
	var ids []int
	edges.Ascend(newEdge(first, 0), func(e edge, _ struct{}) bool {
		if e.first() == first {
			ids = append(ids, e.second())
		}
		return e.first() == first
	})
	return ids
}

// pairs returns every edge as (role, member), in order of role.
func (m memberships) pairs() [][2]int {
	var list [][2]int
	m.byRole.Scan(func(e edge, _ struct{}) bool {
		list = append(list, [2]int{e.first(), e.second()})
		return true
	})
	return list
}

// drop removes the edges of and in a principal.
func (m memberships) drop(id int) {
	for _, member := range m.members(id) {
		m.remove(id, member)
	}
	for _, role := range m.roles(id) {
		m.remove(role, id)
	}
}

// closure returns id and all roles it is in, directly or through other roles,
// sorted.
func (m memberships) closure(id int) []int {
	ids := []int{id}
	for i := 0; i < len(ids); i++ {
		for _, role := range m.roles(ids[i]) {
			if !slices.Contains(ids, role) {
				ids = append(ids, role)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
