package sites

import (
	"hash/maphash"
	"slices"
	"sync"

	"grantree/grants"
)

// shelf keeps the lists of snapshots, each once: sites of one server share its
// logins, and sites that came of one template much of the rest. A site then costs
// what is its own.
type shelf struct {
	mu          sync.Mutex
	seed        maphash.Seed
	principals  lists[grants.Principal]
	members     lists[grants.Member]
	permissions lists[grants.PermissionRow]
	schemas     lists[grants.Schema]
	views       map[uint64][]grants.SiteView
	objects     lists[grants.Object]
	depends     lists[grants.Dependency]
	logins      lists[grants.Login]
	server      lists[grants.ServerPermissionRow]
	words       map[string]string
}

func newShelf() *shelf {
	return &shelf{seed: maphash.MakeSeed(), principals: lists[grants.Principal]{}, members: lists[grants.Member]{}, permissions: lists[grants.PermissionRow]{},
		schemas: lists[grants.Schema]{}, views: map[uint64][]grants.SiteView{}, objects: lists[grants.Object]{}, depends: lists[grants.Dependency]{},
		logins: lists[grants.Login]{}, server: lists[grants.ServerPermissionRow]{}, words: map[string]string{}}
}

// word is a text that several snapshots have, kept once.
func (x *shelf) word(s string) string {
	if known, ok := x.words[s]; ok {
		return known
	}
	x.words[s] = s
	return s
}

// put gives a snapshot the lists of others where they are the same. Nobody may
// change a list of a snapshot.
func (x *shelf) put(s *grants.Snapshot) {
	if s == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range s.Principals { // they differ by the SIDs of roles, which each database makes up
		p := &s.Principals[i]
		p.Name, p.SID, p.Type = x.word(p.Name), x.word(p.SID), grants.PrincipalType(x.word(string(p.Type)))
	}
	s.Principals = x.principals.share(x.seed, s.Principals)
	s.Members = x.members.share(x.seed, s.Members)
	s.Permissions = x.permissions.share(x.seed, s.Permissions)
	s.Schemas = x.schemas.share(x.seed, s.Schemas)
	s.Views = x.shareViews(s.Views)
	s.Objects = x.objects.share(x.seed, s.Objects)
	s.Dependencies = x.depends.share(x.seed, s.Dependencies)
	s.Logins = x.logins.share(x.seed, s.Logins)
	s.ServerMembers = x.members.share(x.seed, s.ServerMembers)
	s.ServerPermissions = x.server.share(x.seed, s.ServerPermissions)
}

// lists are lists of one kind, by a digest of what is in them.
type lists[T comparable] map[uint64][]T

// share returns the list that was there before and is the same, or this one.
func (l lists[T]) share(seed maphash.Seed, list []T) []T {
	if list == nil {
		return nil
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for _, x := range list {
		maphash.WriteComparable(&h, x)
	}
	if known, ok := l[h.Sum64()]; ok && slices.Equal(known, list) {
		return known
	}
	l[h.Sum64()] = slices.Clip(list)
	return list
}

// shareViews is share for views, which hold their columns.
func (x *shelf) shareViews(list []grants.SiteView) []grants.SiteView {
	var h maphash.Hash
	h.SetSeed(x.seed)
	for _, v := range list {
		maphash.WriteComparable(&h, [3]int{v.ID, v.Schema, v.Owner})
		h.WriteString(v.Name)
		for _, c := range v.Columns {
			maphash.WriteComparable(&h, c)
		}
	}
	same := func(a, b grants.SiteView) bool {
		return a.ID == b.ID && a.Schema == b.Schema && a.Owner == b.Owner && a.Name == b.Name && slices.Equal(a.Columns, b.Columns)
	}
	if known, ok := x.views[h.Sum64()]; ok && slices.EqualFunc(known, list, same) {
		return known
	}
	x.views[h.Sum64()] = list
	return list
}
