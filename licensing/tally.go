package licensing

import (
	"cmp"
	"fmt"
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
// name or SID is the same.
func Tally(accounts []Account, l License, folds ...func(string) string) Count {
	t := tally{folds: folds, unread: l.Unread, owner: map[string]int{}, exempt: map[string]bool{}, known: map[[2]string][]string{}}
	for _, name := range l.Exempt {
		for _, k := range t.keys("name", name) {
			t.exempt[k] = true
		}
	}
	t.sort(accounts)
	t.policy()
	t.named()
	t.strangers()
	c := Count{Limit: l.Seats, Limited: l.Limited}
	for _, of := range t.people() {
		seen := make([]Account, len(of))
		for i, at := range of {
			seen[i] = *t.accounts[at]
		}
		line, counted := t.line(seen)
		if !counted {
			c.Uncounted = append(c.Uncounted, groups(seen)...)
			continue
		}
		c.Used, c.Now = c.Used+line.Seats, c.Now+line.SeatsNow
		c.Lines = append(c.Lines, line)
	}
	slices.SortFunc(c.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(folds[0](a.Name), folds[0](b.Name)), cmp.Compare(a.Name, b.Name), a.Pos.Compare(b.Pos), slices.Compare(a.Sites, b.Sites))
	})
	slices.SortFunc(c.Uncounted, func(a, b Uncounted) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Name, b.Name))
	})
	return c
}

// tally is a Tally under way: a forest of accounts, a tree a person.
type tally struct {
	folds    []func(string) string
	unread   []string // sites
	accounts []*Account
	parent   []int
	policyAt int            // how many accounts are the policy's; they stand first
	owner    map[string]int // a name, login or SID by its key, to an account
	exempt   map[string]bool
	known    map[[2]string][]string // see keys: the sites of a fleet hold the same names
}

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
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), a.Pos.Compare(b.Pos), cmp.Compare(a.Name, b.Name), cmp.Compare(here, there),
		cmp.Compare(a.SID, b.SID), cmp.Compare(a.Login, b.Login))
}

// after reports whether the last of an account's sites stands behind another's.
func (a *Account) after(b *Account) bool { return a.compare(b, a.last(), b.last()) > 0 }

// policy makes a person of each [[user]]: accounts of one name.
func (t *tally) policy() {
	for i, a := range t.accounts[:t.policyAt] {
		t.claim("user "+a.Name, i)
	}
	first := func(keys []string, i int) {
		for _, k := range keys {
			if _, taken := t.owner[k]; !taken {
				t.owner[k] = i
			}
		}
	}
	for i, a := range t.accounts[:t.policyAt] {
		first(t.keys("name", a.Name), i)
		first(t.keys("login", a.Login), i)
		for _, name := range a.Was {
			first(t.keys("was", name), i)
		}
	}
}

// named gives accounts of sites to the people of the policy: by name or login
// first, then by SID.
func (t *tally) named() {
	for i := t.policyAt; i < len(t.accounts); i++ {
		a := t.accounts[i]
		var keys []string
		if !a.Namesake {
			keys = t.keys("name", a.Name)
		}
		keys = append(keys, t.keys("login", a.Login)...)
		if a.Leaving || a.Renamed { // of others the name before proves nothing
			keys = append(keys, t.keys("was", a.Login)...)
			if !a.Namesake {
				keys = append(keys, t.keys("was", a.Name)...)
			}
		}
		for _, k := range keys {
			if owner, ok := t.owner[k]; ok && t.parent[i] == i {
				t.parent[i] = owner
			}
		}
	}
	for i := t.policyAt; i < len(t.accounts); i++ {
		// By a user whose login is missing nobody has shown whose the SID is.
		if a := t.accounts[i]; t.parent[i] != i && a.SID != "" && (a.Login != "" || a.Now) {
			if at, ok := t.owner["sid "+a.SID]; !ok || a.after(t.accounts[at]) {
				t.owner["sid "+a.SID] = i
			}
		}
	}
	for i := t.policyAt; i < len(t.accounts); i++ {
		if owner, ok := t.owner["sid "+t.accounts[i].SID]; ok && t.parent[i] == i {
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
			for _, k := range t.keys("outsider", a.Outsider) {
				t.claim(k, i)
			}
			continue
		}
		name := a.Name
		if a.Namesake {
			name = a.Login
		}
		for _, k := range t.keys("stranger", name) {
			t.claim(k, i)
		}
		if a.SID != "" {
			t.claim("sid "+a.SID, i)
		}
	}
}

// claim joins an account to the one that has a key, or gives it the key.
func (t *tally) claim(key string, i int) {
	owner, ok := t.owner[key]
	if !ok {
		t.owner[key] = i
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
func (t *tally) people() map[int][]int {
	out := map[int][]int{}
	for i := range t.accounts {
		out[t.root(i)] = append(out[t.root(i)], i)
	}
	return out
}

// same reports whether a site would take two names for one.
func (t *tally) same(a, b string) bool {
	return a == b || slices.ContainsFunc(t.folds, func(fold func(string) string) bool { return fold(a) == fold(b) })
}

// keys are what a name is known by: as it is spelt, and one key a fold.
func (t *tally) keys(kind, name string) []string {
	if name == "" {
		return nil
	}
	if known, ok := t.known[[2]string{kind, name}]; ok {
		return known
	}
	out := []string{kind + " = " + name}
	for i, fold := range t.folds {
		out = append(out, fmt.Sprintf("%s %d %s", kind, i, fold(name)))
	}
	out = slices.Clip(out)
	t.known[[2]string{kind, name}] = out
	return out
}

// line turns one person's accounts into a line. The policy's spelling of the
// name goes before a site's. It reports false for a group that nobody has
// counted.
func (t *tally) line(seen []Account) (Line, bool) {
	first := seen[0]
	line := Line{Name: first.Name, Origin: first.Origin, Pos: first.Pos, Leaving: true}
	inactive, group, exempt, runner, why := first.Origin == "policy", first.Origin == "site" && first.Outsider == "", false, false, ""
	people, outsider := 1, false
	plain, enters := false, slices.ContainsFunc(seen, func(a Account) bool { return a.Active || a.Now })
	var last *Account // that an outsider accepts
	var sites, now [][]string
	for i := range seen {
		a := &seen[i]
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
			if a.Outsider != "" && (last == nil || a.after(last)) {
				last = a
				line.Name, people, outsider = a.Outsider, a.People, true
			}
		}
		if a.Active && len(a.in()) > 0 {
			sites = append(sites, a.in())
		}
		if a.Now && len(a.in()) > 0 {
			now = append(now, a.in())
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
	for i := range seen {
		if a := &seen[i]; (a.Active || a.Now) && !outsider && !t.same(a.Name, line.Name) {
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
		line.Seats, line.SeatsNow = people*min(1, len(line.Sites)), people*min(1, len(line.SitesNow))
	}
	line.Why = reason(line, exempt, runner, inactive, outsider, people, why)
	if line.Why == "" {
		line.Why = t.idle(inactive, why)
	}
	return line, true
}

// reason says why a person uses a seat or not, or nothing of one who is seen to
// enter nowhere; outsider is one whom an [[outsider]] accepts, as so many people.
func reason(l Line, exempt, runner, inactive, outsider bool, people int, why string) string {
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
			text += ", an accepted outsider"
		case outsider:
			text += fmt.Sprintf(", stands for %d people", people)
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
func groups(seen []Account) []Uncounted {
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
	return len(t.exempt) > 0 && slices.ContainsFunc(t.keys("name", name), func(k string) bool { return t.exempt[k] })
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
