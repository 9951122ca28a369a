package grants

import (
	"slices"

	"grantree/catalog"
)

// Between says what becomes of each person of a site when what is wanted of it
// changes, by the policy alone: what the site holds beside does not count. before
// or after is nil where the policy has no such site. Names are compared as the site
// of after does; somebody whose name changes (Was) is one person, by the new name.
// It also returns the names of the views that either speaks of, sorted.
func Between(before, after *Wanted) (People, []string) {
	b := between{old: before, now: after}
	if after == nil {
		b.now = &Wanted{Collation: before.Collation}
	}
	if before == nil {
		b.old = &Wanted{Collation: after.Collation}
	}
	b.views()
	return b.people(), b.names
}

// between compares two of a site's Wanted, on the views of both.
type between struct {
	old, now         *Wanted
	names            []string
	places           map[string]int // of names, by key
	oldWays, newWays *Promise
	oldMay, newMay   map[string]standing // of people alike, by their tokens
}

func (b *between) key(name string) string { return b.now.Collation.Key(name) }

// views joins the views of both.
func (b *between) views() {
	b.places = map[string]int{}
	for _, v := range slices.Concat(b.now.Views, b.old.Views) {
		if _, known := b.places[b.key(v)]; !known {
			b.places[b.key(v)] = 0
			b.names = append(b.names, v)
		}
	}
	slices.Sort(b.names)
	for i, v := range b.names {
		b.places[b.key(v)] = i
	}
	b.oldWays, b.newWays = b.old.Promise(), b.now.Promise()
	b.oldMay, b.newMay = map[string]standing{}, map[string]standing{}
}

// people goes through everybody who enters before or after.
func (b *between) people() People {
	es := effects{view: func(v int) string { return b.names[v] }, alike: map[string]*Effect{}, contrasts: map[contrasted]*contrast{}}
	had := map[string]string{} // who entered before, by key
	for i := range b.old.Users {
		had[b.key(b.old.Users[i].Name)] = b.old.Users[i].Name
	}
	here := map[string]bool{}
	for i := range b.now.Users {
		here[b.key(b.now.Users[i].Name)] = true
	}
	var p People
	for i := range b.now.Users {
		u := &b.now.Users[i]
		was := b.key(u.Name)
		if _, known := had[was]; !known && u.Was != "" && !here[b.key(u.Was)] {
			was = b.key(u.Was)
		}
		name, entered := had[was]
		delete(had, was)
		p.promised(&es, u.Name, b.standing(entered, b.oldWays, name, b.oldMay), b.standing(true, b.newWays, u.Name, b.newMay))
	}
	for _, name := range had {
		p.promised(&es, name, b.standing(true, b.oldWays, name, b.oldMay), b.standing(false, nil, "", nil))
	}
	for _, list := range [][]string{p.Gain, p.Lose, p.LockedOut} {
		slices.Sort(list)
	}
	p.Effects = es.sorted()
	return p
}

// standing is what one person may do on each of names; known keeps what was worked
// out for others of the same tokens.
func (b *between) standing(enters bool, by *Promise, name string, known map[string]standing) standing {
	s := standing{enters: enters, views: make([]catalog.Permissions, len(b.names))}
	if !enters {
		return s
	}
	tokens := by.Tokens(name)
	key := ""
	for i, t := range tokens {
		if i < len(tokens)-1 || by.HasRows(t) {
			key += t + "\x00"
		}
	}
	if same, again := known[key]; again {
		return same
	}
	s.alike = int32(len(known) + 1)
	for i, may := range by.Of(tokens) {
		s.views[b.places[b.key(by.views[i])]] |= may
	}
	known[key] = s
	return s
}

// promised puts a person where they belong.
func (p *People) promised(es *effects, name string, before, after standing) {
	p.Total++
	c := es.contrast(before, after)
	e := Effect{Enters: after.enters && !before.enters, Leaves: before.enters && !after.enters, Empty: !c.lose.IsEmpty() && c.has.IsEmpty()}
	if !c.gain.IsEmpty() || e.Enters {
		p.Gain = append(p.Gain, name)
	}
	if !c.lose.IsEmpty() || e.Leaves {
		p.Lose = append(p.Lose, name)
	}
	if e.Empty {
		p.LockedOut = append(p.LockedOut, name)
	}
	es.add(name, c, e)
}
