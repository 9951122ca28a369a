package grants

import "grantree/catalog"

// Promise is what the policy alone gives in a site. It knows nothing of what
// else the site holds; Access does. Grantees and users go by key, which is the
// site's collation's; what is said of views is a list with a place for each of
// Wanted.Views.
type Promise struct {
	views          []string
	key            func(string) string
	place          map[string]int // of a view, by key
	grants, denies map[string][]catalog.Permissions
	users          map[string]int32 // places in tokens, by key
	tokens         [][]string       // of each user: their roles and, last, themselves
}

// Promise reads the rows of what is wanted, and who is in which role. Rows on
// other views than Views are not looked at.
func (w *Wanted) Promise() *Promise {
	p := &Promise{views: w.Views, key: w.Collation.Key, place: make(map[string]int, len(w.Views)),
		grants: map[string][]catalog.Permissions{}, denies: map[string][]catalog.Permissions{}, users: make(map[string]int32, len(w.Users))}
	for i, v := range w.Views {
		p.place[p.key(v)] = i
	}
	keys := map[string]string{} // of grantees, who are few
	keyOf := func(name string) string {
		key, known := keys[name]
		if !known {
			key = p.key(name)
			keys[name] = key
		}
		return key
	}
	var last *WantedEntry // entries on one view stand together
	i, ok := 0, false
	for n := range w.Entries {
		e := &w.Entries[n]
		if last == nil || e.View != last.View || e.Schema != last.Schema {
			i, ok = p.PlaceIn(e.Schema, e.View)
		}
		if last = e; !ok {
			continue
		}
		key := keyOf(e.Grantee)
		rows := p.grants
		if e.State == Denied {
			rows = p.denies
		}
		if rows[key] == nil {
			rows[key] = make([]catalog.Permissions, len(w.Views))
		}
		rows[key][i] |= e.Permission
	}
	p.join(w, keyOf)
	return p
}

// join notes who is in which role. The lists stand in one: there are very many.
func (p *Promise) join(w *Wanted, roleKey func(string) string) {
	var own []string
	for i := range w.Users {
		key := p.key(w.Users[i].Name)
		if _, twice := p.users[key]; !twice {
			p.users[key] = int32(len(own))
			own = append(own, key)
		}
	}
	many, of := make([]int, len(own)), make([]int32, len(w.Members))
	total := len(own)
	for n := range w.Members {
		at, known := p.users[p.key(w.Members[n].User)]
		if of[n] = at; !known {
			of[n] = -1
			continue
		}
		many[at]++
		total++
	}
	all := make([]string, total)
	p.tokens = make([][]string, len(own))
	for i, n := range many {
		p.tokens[i], all = all[:0:n+1], all[n+1:]
	}
	for n := range w.Members {
		if i := of[n]; i >= 0 {
			p.tokens[i] = append(p.tokens[i], roleKey(w.Members[n].Role))
		}
	}
	for i, key := range own {
		p.tokens[i] = append(p.tokens[i], key)
	}
}

// Place returns the place of a view.
func (p *Promise) Place(view string) (int, bool) {
	i, ok := p.place[p.key(view)]
	return i, ok
}

// PlaceIn returns the place of a view in a schema, which Views may name or leave
// out.
func (p *Promise) PlaceIn(schema, view string) (int, bool) {
	if i, ok := p.Place(view); ok {
		return i, true
	}
	return p.Place(schema + "." + view)
}

// Denies returns what one grantee, by key, is denied on each view; nil for
// nothing at all.
func (p *Promise) Denies(grantee string) []catalog.Permissions { return p.denies[grantee] }

// HasRows reports whether there is any row of a grantee, by key.
func (p *Promise) HasRows(grantee string) bool {
	return p.grants[grantee] != nil || p.denies[grantee] != nil
}

// Tokens returns, by key, whose rows count for a user: their roles' and, last,
// their own. Nobody's count for whom the policy does not let in. The list is not to
// be changed.
func (p *Promise) Tokens(user string) []string {
	i, known := p.users[p.key(user)]
	if !known {
		return nil
	}
	return p.tokens[i]
}

// Of returns what tokens together may do on each view: the union of what is
// granted to any, less what is denied to any.
func (p *Promise) Of(tokens []string) []catalog.Permissions {
	out := make([]catalog.Permissions, len(p.views))
	for _, t := range tokens {
		for i, granted := range p.grants[t] {
			out[i] |= granted
		}
	}
	for _, t := range tokens {
		for i, denied := range p.denies[t] {
			out[i] = out[i].Minus(denied)
		}
	}
	return out
}

// On returns what a user may do on one view.
func (p *Promise) On(user, view string) catalog.Permissions {
	i, ok := p.Place(view)
	if !ok {
		return catalog.None
	}
	var granted, denied catalog.Permissions
	for _, t := range p.Tokens(user) {
		if rows := p.grants[t]; rows != nil {
			granted |= rows[i]
		}
		if rows := p.denies[t]; rows != nil {
			denied |= rows[i]
		}
	}
	return granted.Minus(denied)
}
