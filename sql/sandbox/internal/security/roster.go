package security

import (
	"slices"

	"github.com/tidwall/btree"
)

// roster is the principals of a server or of a database: who is in which role,
// who owns what, and what is granted there.
type roster struct {
	principals    register[*Principal]
	sids          *btree.Map[string, int]
	members       memberships
	permissions   permissions
	owned         counts // of what each principal owns; see ownsSchemas
	nextPrincipal int
}

func newRoster(first int) roster {
	return roster{newRegister[*Principal](), newMap[string, int](), newMemberships(), newPermissions(), newCounts(), first}
}

func (r roster) copy() roster {
	return roster{r.principals.copy(), r.sids.Copy(), r.members.copy(), r.permissions.copy(), r.owned.copy(), r.nextPrincipal}
}

// newID takes the next id: 16384 to 16399 are for fixed roles and their
// schemas alone (A.5).
func (r *roster) newID() int {
	id := r.nextPrincipal
	r.nextPrincipal = idAfter(id)
	return id
}

// token returns a principal, its roles transitively and public, sorted.
func (r *roster) token(id, public int) []int {
	ids := r.members.closure(id)
	if !slices.Contains(ids, public) {
		ids = append(ids, public)
		slices.Sort(ids)
	}
	return ids
}

// inUse reports whether a principal other than one has a name.
func (r *roster) inUse(names Collation, name string, except int) bool {
	other := r.principals.named(names.Fold(name))
	return other != nil && other.ID != except
}

// bySID returns the login or the user with a SID, or nil.
func (r *roster) bySID(sid []byte) *Principal {
	if id, ok := r.sids.Get(string(sid)); ok && !r.principals.get(id).IsRole() {
		return r.principals.get(id)
	}
	return nil
}

// enrol stores a principal under its name in a collation.
func (r *roster) enrol(names Collation, p *Principal) {
	if old := r.principals.get(p.ID); old != nil {
		r.unlink(names, old)
	}
	r.owned.add(ownsRoles(p.Owner), 1, p.IsRole() && p.Owner != p.ID)
	r.principals.put(p.ID, names.Fold(p.Name), p)
	if len(p.SID) > 0 {
		r.sids.Set(string(p.SID), p.ID)
	}
}

// strike removes a principal with its memberships and the rows about it, as one
// of a class of securables.
func (r *roster) strike(names Collation, p *Principal, class Class) {
	r.unlink(names, p)
	r.members.drop(p.ID)
	r.permissions.dropPrincipal(p.ID, class)
}

// unlink takes a principal out of the lists by id, name, SID and owner.
func (r *roster) unlink(names Collation, p *Principal) {
	r.principals.remove(p.ID, names.Fold(p.Name))
	if id, ok := r.sids.Get(string(p.SID)); ok && id == p.ID {
		r.sids.Delete(string(p.SID))
	}
	r.owned.add(ownsRoles(p.Owner), -1, p.IsRole() && p.Owner != p.ID)
}
