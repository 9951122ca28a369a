package grants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// Judge says who can reach the site's catalog views beside what the policy
// wants and accepts, and who should reach them and cannot: one finding for each
// cause and principal, with the people whom it concerns and the statements that
// mend it, which write puts into T-SQL; where it is nil there are none. It
// judges the site as it is, so what a plan would mend is among the mismatches
// too. Mismatches and what is not verified are warnings, which is what a plan
// shows; a person of the policy whose login is the server's own administrator
// is an error.
func Judge(s *Snapshot, w *Wanted, acc Acceptance, write func(Remedy) string) Judgement {
	return NewSurvey(s).Judge(w, acc, write)
}

// Judge is the function Judge of the snapshot.
func (x *Survey) Judge(w *Wanted, acc Acceptance, write func(Remedy) string) Judgement {
	s, j := x.s, newJudge(x, w, acc, write)
	j.reserved()
	j.members()
	j.owners()
	for _, row := range s.Permissions {
		j.row(row)
	}
	j.serverPowers()
	j.serverDenials()
	j.modules()
	j.entering()
	j.restricted()
	j.chains()
	j.databases()
	j.unverified()
	j.ledger()
	j.left()
	j.notes()
	j.say()
	j.mismatches = append(j.mismatches, forSite(s.Site, x.recreated(w))...)
	return Judgement{Mismatches: j.mismatches.Sorted(), Unverified: j.unsure.Sorted(), Notes: j.remarks.Sorted(), Accepted: j.accepted(), Reaches: j.reaching, Held: j.evidence}
}

// newJudge is a judge who knows the site, the policy's part in it and everybody
// there.
func newJudge(x *Survey, w *Wanted, acc Acceptance, write func(Remedy) string) *judge {
	s := x.s
	j := &judge{a: x.Access(w), s: s, w: w, acc: acc, write: write, asked: catalog.All, facts: map[factKey]*charge{}, worths: map[int]worth{}, strange: map[int]bool{}, allowed: map[string]allowed{}, reaching: map[string][]string{}, evidence: map[string]string{}, acts: map[int][]identity{}}
	j.mender, j.table = &mender{s: s, ix: j.a.m.index}, x.logins()
	j.look()
	j.gather()
	return j
}

// judge is one judgement in the making, or what an Inquiry asks.
type judge struct {
	a     *Access
	s     *Snapshot
	w     *Wanted
	acc   Acceptance
	asked catalog.Permissions // that count: all, or the one of a question

	write  func(Remedy) string
	mender *mender
	table  loginTable

	views          []int              // positions of the catalog's views
	place          map[int]int        // their place in views, by position
	schemas        map[int]bool       // ids of the schemas that they are in
	behind         map[int][]int      // by id of a table: the catalog views over it
	roles          map[int]bool       // positions of the roles that the policy wants
	users          places             // place in w.Users by position
	want           cells              // what is wanted, by positions
	over           map[entryKey]Cause // what lines gave whose time is over
	wanted         []uint64           // members, see pair; sorted
	promise        *Promise
	promises       []int // see inPromise
	people         []person
	beside, tables []int   // see sides and behindSorted
	reach          [][]int // by position of a principal: who acts as it
	logins, selves places  // who is a login and who a user, by its position
	facts          map[factKey]*charge
	worths         map[int]worth           // by position, see worthOfPrincipal
	openIDs        []int                   // see opens
	rows           map[int][]PermissionRow // see rowsOf
	ownedBy        []securable             // see owned
	ownRoles       map[int]int             // see ownedRoles
	allowed        map[string]allowed      // see alike
	dataOwners     map[int]bool            // see ownsData
	strange        map[int]bool            // see strangersIn
	gone           map[int]Leaver          // see leavers
	acts           map[int][]identity      // see actsOf
	sorts          []string                // see sortOf
	called         map[string]string       // names in the policy, by login and by the name before; nil until asked for

	mismatches, unsure, remarks finding.List
	reaching                    map[string][]string // see Judgement.Reaches
	evidence                    map[string]string   // see Judgement.Held
}

// isWanted reports whether a member is one that the policy says.
func (j *judge) isWanted(role, member int) bool {
	_, ok := slices.BinarySearch(j.wanted, pair(role, member))
	return ok
}

// entryKey is a wanted row, by positions.
type entryKey struct {
	grantee, view int
	permission    catalog.Permissions
}

// look notes what the policy speaks of, by position.
func (j *judge) look() {
	ix := j.a.m.index
	j.place, j.schemas, j.behind = map[int]int{}, map[int]bool{}, map[int][]int{}
	j.roles, j.users = map[int]bool{}, newPlaces(len(ix.principals))
	for v, view := range ix.views {
		if !j.a.catalog[view.ID] {
			continue
		}
		j.place[v] = len(j.views)
		j.views = append(j.views, v)
		j.schemas[view.Schema] = true
		for _, table := range j.a.tables(view.ID) {
			j.behind[table] = append(j.behind[table], v)
		}
	}
	for _, r := range j.w.Roles {
		if p, ok := ix.principal(r.Name); ok {
			j.roles[p] = true
		}
	}
	var near nearby
	for i := range j.w.Users {
		if p, ok := near.principal(ix, j.w.Users[i].Name); ok {
			j.users[p] = int32(i)
		}
	}
	j.wanted = ix.pairs(j.w.Members)
	j.over = map[entryKey]Cause{}
	for _, e := range j.w.Ended {
		p, okGrantee := ix.principal(e.Grantee)
		v, okView := ix.viewIn(e.Schema, e.View)
		if okGrantee && okView && e.State == Granted {
			for _, one := range e.Permission.Each() {
				j.over[entryKey{p, v, one}] = e.Causes[0]
			}
		}
	}
	j.want = newCells(len(ix.principals), len(ix.views))
	at := seeker{ix: ix}
	for i := range j.w.Entries {
		e := &j.w.Entries[i]
		p, v, ok := at.entry(e)
		if !ok {
			continue
		}
		c := j.want.to(p, v)
		if *c &^= grantBits(e.Permission) | denyBits(e.Permission); e.State == Denied {
			*c |= denyBits(e.Permission)
		} else {
			*c |= grantBits(e.Permission)
		}
	}
}

// ours reports whether a plan manages the rows of a principal.
func (j *judge) ours(p int) bool {
	_, user := j.users.get(p)
	return user || j.roles[p]
}

// factKey gathers what is to be said of one principal under one code.
type factKey struct {
	code string
	who  string
	sort int // a login's findings are told apart from a user's
}

func (j *judge) key(code, who string) factKey { return factKey{code: code, who: who} }

// charge is one finding in the making.
type charge struct {
	subject  string // "the role \"Reporting\"", with what it is to the policy
	verb     string
	holds    []holding
	charged  map[int]bool // people
	self     int          // who the subject is, or -1
	pairs    map[[2]int]bool
	rows     []PermissionRow // to be taken away
	options  []PermissionRow // that are to lose the grant option
	words    string          // where there is no statement
	remedies []Remedy        // beside
	server   bool            // said of the server, not of the site
	accept   bool            // the policy can accept it
}

// blame notes a fact about a principal. It must have been found to concern somebody.
func (j *judge) blame(code string, p int, verb, permission, target string, who []int, remedies ...Remedy) *charge {
	name := j.a.m.principals[p].Name
	return j.note(factKey{code: code, who: name}, j.subject(p), j.self(p), verb, permission, target, who, remedies...)
}

// blameRow is blame for a row that is to be taken away.
func (j *judge) blameRow(code string, row PermissionRow, p int, verb, target string, who []int) *charge {
	f := j.blame(code, p, verb, row.Name+option(row), target, who)
	f.rows = append(f.rows, row)
	return f
}

func (j *judge) note(k factKey, subject string, self int, verb, permission, target string, who []int, remedies ...Remedy) *charge {
	f := j.facts[k]
	if f == nil {
		f = &charge{subject: subject, verb: verb, self: self, charged: map[int]bool{}, pairs: map[[2]int]bool{}, accept: true}
		j.facts[k] = f
	}
	f.holds = append(f.holds, holding{permission, target})
	for _, i := range who {
		f.charged[i] = true
	}
	for _, r := range remedies {
		switch {
		case r.Kind == RemedyRevoke:
			f.remedies = joined(f.remedies, r)
		case !slices.ContainsFunc(f.remedies, r.equal):
			f.remedies = append(f.remedies, r)
		}
	}
	return f
}

// say turns the facts into findings.
func (j *judge) say() {
	for _, k := range slices.SortedFunc(maps.Keys(j.facts), func(x, y factKey) int {
		return cmp.Or(strings.Compare(x.code, y.code), strings.Compare(x.who, y.who), cmp.Compare(x.sort, y.sort))
	}) {
		f := j.facts[k]
		do := mend(slices.Concat(j.mender.revokes(f.rows), j.mender.revokeOptions(f.options), f.remedies)...)
		do.words = f.words
		if f.accept {
			do.or = accept
		}
		found := j.mismatches.Warnf(k.code, finding.Pos{}, "", "%s%s %s%s%s", j.where(f.server), f.subject, f.sentence(), f.worth(), j.reached(f))
		found.About = k.who
		do.advise(found, j.write, j.s.Database)
		j.reaching[found.Message] = j.all(f)
		who, _, _ := strings.Cut(k.who, "\x00")
		j.evidence[found.Message] = f.held(who)
	}
}

// accept is what else may be done about access that the policy does not give.
const accept = "accept it in the policy"

// where begins a message with the site or the server that it is about.
func (j *judge) where(server bool) string {
	switch {
	case server && j.s.Server != "":
		return fmt.Sprintf("server %q: ", j.s.Server)
	case server:
		return "server: "
	case j.s.Site != "":
		return fmt.Sprintf("site %q: ", j.s.Site)
	}
	return ""
}

// holding is a permission, or nothing for what is more than one, on something.
type holding struct{ permission, on string }

// sentence is the verb and what it is about: "is granted SELECT on dbo.va, dbo.vb
// and UPDATE on dbo.vc".
func (f *charge) sentence() string { return strings.TrimSpace(f.verb + " " + f.what()) }

// held is what a principal has, as rows of catalog views hold it.
func (f *charge) held(who string) string {
	switch what := f.what(); {
	case what == "":
		return who
	case f.holds[0].permission == "":
		return who + ", " + what // a member's role, or what somebody owns
	default:
		return what + ", to " + who
	}
}

// what is that without the verb.
func (f *charge) what() string {
	on := map[string][]string{} // permissions by what they are on
	for _, h := range f.holds {
		on[h.on] = append(on[h.on], h.permission)
	}
	alike := map[string][]string{} // what they are on, by permissions
	for target, list := range on {
		what := permissionList(list)
		alike[what] = append(alike[what], target)
	}
	var parts []string
	for _, what := range slices.SortedFunc(maps.Keys(alike), func(x, y string) int {
		return cmp.Or(cmp.Compare(permissionRank(x), permissionRank(y)), strings.Compare(x, y))
	}) {
		part, targets := what, some(alike[what], 3)
		if what != "" && targets != "" {
			part += " on "
		}
		parts = append(parts, part+targets)
	}
	if n := len(parts) - 3; n > 0 {
		parts = append(parts[:3], fmt.Sprintf("%d more", n))
	}
	return strings.Join(parts, " and ")
}

// worth says how much comes of it, where it was counted.
func (f *charge) worth() string {
	if len(f.pairs) == 0 {
		return ""
	}
	views := map[int]bool{}
	for pair := range f.pairs {
		views[pair[0]] = true
	}
	return fmt.Sprintf(": %s on %s", counted(len(f.pairs), "permission"), counted(len(views), "view"))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// all names everybody whom it concerns, sorted.
func (j *judge) all(f *charge) []string {
	out := make([]string, 0, len(f.charged))
	for i := range f.charged {
		out = append(out, j.people[i].name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reached names those whom it concerns, other than the subject.
func (j *judge) reached(f *charge) string {
	var names []string
	for i := range f.charged {
		if i != f.self {
			names = append(names, fmt.Sprintf("%q", j.people[i].name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", which reaches " + some(names, 3)
}
