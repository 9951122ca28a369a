package sites

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"grantree/grants"
	"grantree/policy"
	"grantree/sites/spill"
)

// keeping is what a run over many sites keeps of their snapshots: the accounts of
// each, packed, in memory, and the rest in a file, where the run may have to plan
// again without some people. Parts that are the same in several sites are kept once.
type keeping struct {
	store  spill.Store
	replan bool
	room   *room
	seed   maphash.Seed
	mu     sync.Mutex
	sids   map[*spill.Blob][]uint32 // of accounts: the hashes of their SIDs, sorted
	recent []unpacked               // parts that were asked for last
	shared map[[sha256.Size]byte]any
}

// unpacked is a part of a snapshot.
type unpacked struct {
	blob *spill.Blob
	part any
}

// mostRecent is how many parts stay unpacked: the accounts and the server of a few
// sites, for copies are asked one after another.
const mostRecent = 6

// newKeeping prepares for a policy's sites. A plan is made again without people
// where seats are limited, or a login would let somebody into another site.
func newKeeping(p *policy.Policy) *keeping {
	return &keeping{room: newRoom(), seed: maphash.MakeSeed(), sids: map[*spill.Blob][]uint32{}, shared: map[[sha256.Size]byte]any{},
		replan: p.License.Limited || slices.ContainsFunc(p.Users, func(u *policy.User) bool { return u.NewLogin })}
}

// kept is a site's snapshot as a run keeps it.
type kept struct {
	in               *keeping
	head             *grants.Snapshot // without its lists
	accounts, server *spill.Blob
	after            *spill.Blob // the accounts once the site's plan is applied
	rest             *spill.Blob // nil where no plan is made again
	done             loginsDone  // what was done to logins since
}

// The parts of a snapshot.
type (
	accountsPart struct {
		Principals  []grants.Principal
		Members     []grants.Member
		Permissions []grants.PermissionRow // on the database
		Properties  []grants.PrincipalProperty
	}
	serverPart struct {
		Logins            []grants.Login
		ServerMembers     []grants.Member
		ServerPermissions []grants.ServerPermissionRow
	}
	restPart struct {
		Schemas      []grants.Schema
		Views        []grants.SiteView
		Objects      []grants.Object
		Dependencies []grants.Dependency
		Permissions  []grants.PermissionRow // all
		Marks        []markOf               // they differ where accounts do not
	}
)

// keep keeps a snapshot, or only who can enter by it. The error is the file's.
func (x *keeping) keep(s *grants.Snapshot, whole bool) (*kept, error) {
	k := &kept{in: x, head: headOf(s), accounts: x.keepAccounts(s), server: x.store.Keep(packed(serverPart{s.Logins, s.ServerMembers, s.ServerPermissions}))}
	k.after = k.accounts
	if !whole || !x.replan {
		return k, nil
	}
	var err error
	k.rest, err = x.store.Put(packed(restPart{s.Schemas, s.Views, s.Objects, s.Dependencies, s.Permissions, marksOf(s)}))
	return k, err
}

// keepAccounts keeps the part of a snapshot that says who can enter.
func (x *keeping) keepAccounts(s *grants.Snapshot) *spill.Blob {
	part := accountsPart{unmarked(s.Principals), s.Members, slices.DeleteFunc(slices.Clone(s.Permissions), func(r grants.PermissionRow) bool { return r.Class != grants.ClassDatabase }), s.Properties}
	b := x.store.Keep(packed(part))
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.sids[b] == nil {
		list := make([]uint32, 0, len(s.Principals))
		for _, p := range s.Principals {
			list = append(list, x.hash(p.SID))
		}
		slices.Sort(list)
		x.sids[b] = list
	}
	return b
}

func (x *keeping) hash(sid string) uint32 { return uint32(maphash.String(x.seed, sid)) }

// packed is a part as bytes, the same for the same part.
func packed(part any) []byte {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(part); err != nil {
		panic(err) // lists of plain values are always encoded
	}
	return b.Bytes()
}

// unpack returns a part of a snapshot, which nobody may change.
func unpack[T any](x *keeping, b *spill.Blob) (*T, error) {
	x.mu.Lock()
	i := slices.IndexFunc(x.recent, func(u unpacked) bool { return u.blob == b })
	if i >= 0 {
		part := x.recent[i].part.(*T)
		x.mu.Unlock()
		return part, nil
	}
	x.mu.Unlock()
	data, err := x.store.Get(b)
	if err != nil {
		return nil, err
	}
	part := new(T)
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(part); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.recent = append(x.recent, unpacked{b, part}); len(x.recent) > mostRecent {
		x.recent = slices.Delete(x.recent, 0, 1)
	}
	return part, nil
}

// held is the site's accounts: what mssql.Held reads.
func (k *kept) held() *grants.Snapshot { return k.by(k.accounts) }

// afterwards is the accounts once the site's plan is applied.
func (k *kept) afterwards() *grants.Snapshot { return k.by(k.after) }

func (k *kept) by(b *spill.Blob) *grants.Snapshot {
	accounts, err := unpack[accountsPart](k.in, b)
	server, err2 := unpack[serverPart](k.in, k.server)
	if err = errors.Join(err, err2); err != nil {
		panic(err) // both are in memory, as they were packed
	}
	s := *k.head
	s.Principals, s.Members, s.Permissions, s.Properties = accounts.Principals, accounts.Members, accounts.Permissions, accounts.Properties
	s.Logins, s.ServerMembers, s.ServerPermissions = server.Logins, server.ServerMembers, server.ServerPermissions
	return k.done.seen(s.Server, &s)
}

// whole is the snapshot as it was read. The error is the file's.
func (k *kept) whole() (*grants.Snapshot, error) {
	if k.rest == nil {
		return nil, errors.New("the site's snapshot was not kept")
	}
	data, err := k.in.store.Get(k.rest)
	if err != nil {
		return nil, err
	}
	var rest restPart
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&rest); err != nil {
		return nil, err
	}
	s := *k.held()
	s.Schemas, s.Views, s.Objects, s.Dependencies, s.Permissions = rest.Schemas, rest.Views, rest.Objects, rest.Dependencies, rest.Permissions
	if len(rest.Marks) > 0 {
		s.Principals = slices.Clone(s.Principals)
		for _, m := range rest.Marks {
			s.Principals[m.Place].Mark = m.Text
		}
	}
	return &s, nil
}

// markOf is what the mark of a principal says, by its place.
type markOf struct {
	Place int
	Text  string
}

func marksOf(s *grants.Snapshot) []markOf {
	var out []markOf
	for i, p := range s.Principals {
		if p.Mark != "" {
			out = append(out, markOf{i, p.Mark})
		}
	}
	return out
}

// unmarked are principals without what their marks say.
func unmarked(list []grants.Principal) []grants.Principal {
	out := slices.Clone(list)
	for i := range out {
		out[i].Mark = ""
	}
	return out
}

// hasSID reports whether the site has a user of a SID.
func (k *kept) hasSID(sid string) bool {
	k.in.mu.Lock()
	_, may := slices.BinarySearch(k.in.sids[k.accounts], k.in.hash(sid))
	k.in.mu.Unlock()
	return may && hasSID(k.held(), sid)
}

func hasSID(s *grants.Snapshot, sid string) bool {
	return slices.ContainsFunc(s.Principals, func(p grants.Principal) bool { return p.SID == sid })
}

// share returns a value that was kept before and is the same, or this one.
func share[T any](x *keeping, v T) T {
	b, err := json.Marshal(v)
	if err != nil {
		return v
	}
	key := sha256.Sum256(append(fmt.Appendf(nil, "%T ", v), b...))
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.shared[key]; ok {
		return known.(T)
	}
	x.shared[key] = v
	return v
}

// shed lets go of all of a site's plan that its facts do not hold.
func (x *keeping) shed(s SitePlan, k *kept) SitePlan {
	now := *k
	if f := s.facts; f.changes > 0 {
		now.after = x.keepAccounts(afterwards(s))
		f.people.Gain, f.people.Lose, f.people.LockedOut = share(x, f.people.Gain), share(x, f.people.Lose), share(x, f.people.LockedOut)
		f.people.Effects, f.logins, f.needs, f.ours = share(x, f.people.Effects), share(x, f.logins), share(x, f.needs), share(x, f.ours)
		f.texts = share(x, f.texts)
	}
	s.facts.head, s.kept = now.head, &now
	s.Snapshot, s.Wanted, s.Plan, s.end, s.Judged = nil, nil, nil, nil, grants.Judgement{}
	return s
}

// landed is the sites as a first pass left them.
type landed struct {
	mu    sync.Mutex
	sites map[string]*kept // that were applied
	done  loginsDone       // by the pass
}

// note keeps a site as it was read back. The error is the file's: then the site is
// not planned again.
func (l *landed) note(x *keeping, site string, after *grants.Snapshot) error {
	k, err := x.keep(after, true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.sites[site] = k
	}
	return err
}

// of is a site as the pass left it, or nil.
func (l *landed) of(sp SitePlan, r Result) *kept {
	if l == nil || sp.kept == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.sites[sp.Site.Name]
	if r.Outcome == NoChange {
		k = sp.kept
	}
	if k == nil {
		return nil
	}
	now := *k
	now.after, now.done = now.accounts, l.done
	return &now
}
