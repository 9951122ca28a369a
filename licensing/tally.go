package licensing

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// Tally counts each person once, however many accounts, logins and sites they
// have and however their name is spelt, as far as any of folds, of which there
// is at least one, calls two spellings equal.
//
// An account of a site belongs to the person of the policy that has its name,
// else its login, in the same spelling before another; one that grantree made or
// is to rename also to whom it was called after before; else by its SID through
// another account. Two people of the policy are never one. Accounts that the policy
// does not name are one person where an outsider accepts them as one, or where a
// name or SID is the same, also with one whom an outsider accepts by that name or
// login: of what is said of several the larger number of people counts.
func Tally(accounts []Account, l License, folds ...func(string) string) Count {
	t := tally{folds: folds, unread: l.Unread, owner: make(map[key]int, 3*len(accounts)), exempt: map[key]bool{}}
	for _, name := range l.Exempt {
		for k := range t.keys(byName, name) {
			t.exempt[k] = true
		}
	}
	t.sort(accounts)
	t.policy()
	t.named()
	t.strangers()
	c := Count{Limit: l.Seats, Limited: l.Limited}
	people := t.people()
	c.Lines = make([]Line, 0, len(people))
	for _, seen := range people {
		line, counted := t.line(seen)
		if !counted {
			c.Uncounted = append(c.Uncounted, groups(seen)...)
			continue
		}
		c.Used, c.Now = c.Used+line.Seats, c.Now+line.SeatsNow
		c.Lines = append(c.Lines, line)
	}
	c.Lines = sorted(c.Lines, folds[0])
	slices.SortFunc(c.Uncounted, func(a, b Uncounted) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Name, b.Name))
	})
	return c
}

// sorted is lines by name, however it is spelt. Each name is folded once, and each
// line moved once.
func sorted(lines []Line, fold func(string) string) []Line {
	type place struct {
		key string
		at  *Line
	}
	order := make([]place, len(lines))
	for i := range lines {
		order[i] = place{fold(lines[i].Name), &lines[i]}
	}
	slices.SortFunc(order, func(x, y place) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		a, b := x.at, y.at
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Pos.Compare(b.Pos), slices.Compare(a.Sites, b.Sites))
	})
	if len(lines) == 0 {
		return nil
	}
	out := make([]Line, len(lines))
	for i, x := range order {
		out[i] = *x.at
	}
	return out
}

// tally is a Tally under way: a forest of accounts, a tree a person.
type tally struct {
	folds    []func(string) string
	unread   []string // sites
	accounts []*Account
	parent   []int
	policyAt int         // how many accounts are the policy's; they stand first
	owner    map[key]int // a name, login or SID by its key, to an account
	exempt   map[key]bool
}

// key is what a name is known by: as it is spelt, or as one of the folds has it.
type key struct {
	what by
	fold int // -1: as it is spelt
	name string
}

// by says what a key's name is.
type by byte

const (
	byName by = iota
	byLogin
	byFormer // a name or login that a person had
	byPerson // of the policy
	bySID
	byOutsider
	byStranger
)

// alone is a key that nothing folds.
func alone(what by, name string) key { return key{what, -1, name} }

// sort puts the accounts into an order that does not depend on how they came.
func (t *tally) sort(accounts []Account) {
	t.accounts = make([]*Account, len(accounts)) // a fleet has very many
	for i := range accounts {
		t.accounts[i] = &accounts[i]
	}
	slices.SortFunc(t.accounts, func(a, b *Account) int {
		return a.compare(b, a.first(), b.first())
	})
	t.parent = make([]int, len(t.accounts))
	for i, a := range t.accounts {
		t.parent[i] = i
		if a.Origin == "policy" {
			t.policyAt = i + 1
		}
	}
}

// in is where an account is.
func (a *Account) in() []string {
	if a.Site != "" {
		return []string{a.Site}
	}
	return a.Sites
}

func (a *Account) first() string {
	if len(a.Sites) > 0 {
		return a.Sites[0]
	}
	return a.Site
}

func (a *Account) last() string {
	if n := len(a.Sites); n > 0 {
		return a.Sites[n-1]
	}
	return a.Site
}

// compare orders accounts, each as the one that it is in some site.
func (a *Account) compare(b *Account, here, there string) int {
	switch {
	case a.Origin != b.Origin:
		return cmp.Compare(a.Origin, b.Origin)
	case a.Pos != b.Pos:
		return a.Pos.Compare(b.Pos)
	case a.Name != b.Name:
		return cmp.Compare(a.Name, b.Name)
	}
	return cmp.Or(cmp.Compare(here, there), cmp.Compare(a.SID, b.SID), cmp.Compare(a.Login, b.Login))
}

// after reports whether the last of an account's sites stands behind another's.
func (a *Account) after(b *Account) bool { return a.compare(b, a.last(), b.last()) > 0 }

// policy makes a person of each [[user]]: accounts of one name.
func (t *tally) policy() {
	for i, a := range t.accounts[:t.policyAt] {
		t.claim(alone(byPerson, a.Name), i)
	}
	first := func(keys iter.Seq[key], i int) {
		for k := range keys {
			if _, taken := t.owner[k]; !taken {
				t.owner[k] = i
			}
		}
	}
	for i, a := range t.accounts[:t.policyAt] {
		first(t.keys(byName, a.Name), i)
		first(t.keys(byLogin, a.Login), i)
		for _, name := range a.Was {
			first(t.keys(byFormer, name), i)
		}
	}
}

// named gives accounts of sites to the people of the policy: by name or login
// first, then by SID.
func (t *tally) named() {
	for i := t.policyAt; i < len(t.accounts); i++ {
		a := t.accounts[i]
		give := func(keys iter.Seq[key]) {
			for k := range keys {
				if owner, ok := t.owner[k]; ok && t.parent[i] == i {
					t.parent[i] = owner
				}
			}
		}
		if !a.Namesake {
			give(t.keys(byName, a.Name))
		}
		give(t.keys(byLogin, a.Login))
		if a.Leaving || a.Renamed { // of others the name before proves nothing
			give(t.keys(byFormer, a.Login))
			if !a.Namesake {
				give(t.keys(byFormer, a.Name))
			}
		}
	}
	for i := t.policyAt; i < len(t.accounts); i++ {
		// By a user whose login is missing nobody has shown whose the SID is.
		if a := t.accounts[i]; t.parent[i] != i && a.SID != "" && (a.Login != "" || a.Now) {
			if at, ok := t.owner[alone(bySID, a.SID)]; !ok || a.after(t.accounts[at]) {
				t.owner[alone(bySID, a.SID)] = i
			}
		}
	}
	for i := t.policyAt; i < len(t.accounts); i++ {
		if owner, ok := t.owner[alone(bySID, t.accounts[i].SID)]; ok && t.parent[i] == i {
			t.parent[i] = owner
		}
	}
}

// strangers joins what is left.
func (t *tally) strangers() {
	var left []int
	for i := t.policyAt; i < len(t.accounts); i++ {
		if t.parent[i] == i {
			left = append(left, i)
		}
	}
	for _, i := range left {
		a := t.accounts[i]
		if a.Outsider != "" {
			for k := range t.keys(byOutsider, a.Outsider) {
				t.claim(k, i)
			}
		}
		if a.Outsider != "" && !t.themselves(a) {
			continue
		}
		name := a.Name
		if a.Namesake {
			name = a.Login
		}
		for k := range t.keys(byStranger, name) {
			t.claim(k, i)
		}
		if a.SID != "" {
			t.claim(alone(bySID, a.SID), i)
		}
	}
}

// themselves reports whether an outsider is the account, by its name or its login's,
// and not a role or a group that it is one of several of.
func (t *tally) themselves(a *Account) bool {
	return !a.Group && (t.same(a.Outsider, a.Name) || t.same(a.Outsider, a.Login))
}

// claim joins an account to the one that has a key, or gives it the key.
func (t *tally) claim(k key, i int) {
	owner, ok := t.owner[k]
	if !ok {
		t.owner[k] = i
		return
	}
	a, b := t.root(owner), t.root(i)
	t.parent[max(a, b)] = min(a, b)
}

func (t *tally) root(i int) int {
	for t.parent[i] != i {
		t.parent[i] = t.parent[t.parent[i]]
		i = t.parent[i]
	}
	return i
}

// people gathers the accounts of each person, the policy's first.
func (t *tally) people() [][]*Account {
	many, people := make([]int, len(t.accounts)), 0
	for i := range t.accounts {
		if many[t.root(i)]++; t.root(i) == i {
			people++
		}
	}
	all, out := make([]*Account, len(t.accounts)), make([][]*Account, 0, people)
	place := make([]int, len(t.accounts)) // of a person, by root: no account stands before it
	for i, a := range t.accounts {
		root := t.root(i)
		if root == i {
			place[i] = len(out)
			out, all = append(out, all[:0:many[i]]), all[many[i]:]
		}
		out[place[root]] = append(out[place[root]], a)
	}
	return out
}

// same reports whether a site would take two names for one.
func (t *tally) same(a, b string) bool {
	return a == b || slices.ContainsFunc(t.folds, func(fold func(string) string) bool { return fold(a) == fold(b) })
}

// keys are what a name is known by: as it is spelt, and one key a fold.
func (t *tally) keys(what by, name string) iter.Seq[key] {
	return func(yield func(key) bool) {
		if name == "" || !yield(alone(what, name)) {
			return
		}
		for i, fold := range t.folds {
			if !yield(key{what, i, fold(name)}) {
				return
			}
		}
	}
}

// line turns one person's accounts into a line. The policy's spelling of the
// name goes before a site's. It reports false for a group that nobody has
// counted.
func (t *tally) line(seen []*Account) (Line, bool) {
	first := seen[0]
	line := Line{Name: first.Name, Origin: first.Origin, Pos: first.Pos, Leaving: true}
	inactive, group, exempt, runner, why := first.Origin == "policy", first.Origin == "site" && first.Outsider == "", false, false, ""
	people, outsider := 0, false
	var seats, seatsNow int
	var as []string // sites where an outsider accepts them
	beside := false // they are active in others too
	plain, enters := false, slices.ContainsFunc(seen, func(a *Account) bool { return a.Active || a.Now })
	var last *Account // that an outsider accepts
	var sites, now [][]string
	for _, a := range seen {
		if a.Origin != line.Origin {
			line.Origin = "both"
		}
		switch {
		case a.Origin == "policy":
			inactive = inactive && !a.Active
			line.Leaving = line.Leaving && a.Leaving
		case first.Origin != "policy":
			line.Leaving = line.Leaving && a.Leaving
			runner = runner || a.Runner
			if a.Outsider != "" {
				people = max(people, a.People)
			}
			if a.Outsider != "" && (last == nil || a.after(last)) {
				last = a
				line.Name, outsider = a.Outsider, true
			}
		}
		each := 1
		if a.Outsider != "" && first.Origin != "policy" {
			each = a.People
		}
		if a.Active && len(a.in()) > 0 {
			sites = append(sites, a.in())
			seats = max(seats, each)
			if beside = beside || a.Outsider == ""; a.Outsider != "" {
				as = append(as, a.in()...)
			}
		}
		if a.Now && len(a.in()) > 0 {
			now = append(now, a.in())
			seatsNow = max(seatsNow, each)
			line.By = append(line.By, Entrance{a.Login, a.in()})
		}
		group = group && a.Group
		line.Group = line.Group || a.Group && first.Origin == "policy" && (a.Active || a.Now)
		why = cmp.Or(why, a.Why)
		switch {
		case a.Origin == "policy":
			exempt = exempt || t.isExempt(a.Name)
		case first.Origin != "policy" && (a.Active || a.Now || !enters): // all by which a stranger enters
			exempt = exempt || t.isExempt(a.Outsider) || t.isExempt(a.Name) && !a.Namesake
			plain = plain || !t.isExempt(a.Outsider) && (!t.isExempt(a.Name) || a.Namesake)
		}
	}
	for _, a := range seen {
		if (a.Active || a.Now) && !outsider && !t.same(a.Name, line.Name) {
			for _, site := range a.in() {
				line.As = append(line.As, Alias{site, a.Name})
			}
		}
	}
	slices.SortFunc(line.As, func(a, b Alias) int { return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.User, b.User)) })
	if line.As = slices.Compact(line.As); len(line.As) == 0 {
		line.As = nil
	}
	exempt = exempt && !plain
	line.Sites, line.SitesNow = union(sites), union(now)
	if group && !exempt && !runner {
		return Line{}, false
	}
	if !exempt && !runner {
		line.Seats, line.SeatsNow = seats, seatsNow
	}
	where := ""
	if beside && len(as) > 0 {
		slices.Sort(as)
		where = " in " + places(slices.Compact(as))
	}
	line.Why = reason(line, exempt, runner, inactive, outsider, people, where, why)
	if line.Why == "" {
		line.Why = t.idle(inactive, why)
	}
	return line, true
}

// reason says why a person uses a seat or not, or nothing of one who is seen to
// enter nowhere; outsider is one whom an [[outsider]] accepts, as so many people, and
// where in which sites, of one who is in others too.
func reason(l Line, exempt, runner, inactive, outsider bool, people int, where, why string) string {
	switch {
	case exempt:
		return "exempt"
	case runner:
		return "runs grantree"
	case l.Uses(), outsider && people == 0 && len(l.Sites) > 0:
		text := "active in " + places(l.Sites)
		if l.SeatsNow == 0 && l.Uses() && why != "" { // what keeps them out now the plan takes away
			text = why + "; will use a seat in " + places(l.Sites)
		}
		switch {
		case inactive:
			text += ", inactive in the policy"
		case l.Origin == "site" && l.Leaving:
			text += ", no longer in the policy"
		case outsider && people == 1:
			text += ", an accepted outsider" + where
		case outsider:
			text += fmt.Sprintf(", stands for %d people%s", people, where)
		case l.Origin == "site":
			text += ", not in the policy"
		}
		return text
	case l.SeatsNow > 0:
		return "leaves " + places(l.SitesNow)
	}
	return ""
}

// idle is the reason of one who is seen to enter nowhere, and what was not seen.
func (t *tally) idle(inactive bool, why string) string {
	text := "enters no site"
	switch {
	case inactive:
		text = "inactive"
	case why != "":
		text = "cannot enter: " + why
	case len(t.unread) > 0:
		text = "in no site that was read"
	}
	if len(t.unread) > 0 {
		text += "; " + places(t.unread) + " could not be read"
	}
	return text
}

// places names one site and counts several.
func places(sites []string) string {
	if len(sites) == 1 {
		return sites[0]
	}
	return fmt.Sprintf("%d sites", len(sites))
}

// groups lists the accounts of a group by which somebody enters.
func groups(seen []*Account) []Uncounted {
	var out []Uncounted
	for _, a := range seen {
		if !a.Active && !a.Now {
			continue
		}
		for _, site := range a.in() {
			out = append(out, Uncounted{Where: site, Name: a.Name, Why: "a group, and nobody has said how many people it is"})
		}
	}
	return out
}

func (t *tally) isExempt(name string) bool {
	if len(t.exempt) == 0 {
		return false
	}
	for k := range t.keys(byName, name) {
		if t.exempt[k] {
			return true
		}
	}
	return false
}

// union is what is in any of these sorted lists: the list itself where there is
// but one.
func union(lists [][]string) []string {
	if len(lists) == 1 {
		return lists[0]
	}
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}
