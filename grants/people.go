package grants

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// standing is what an account may do at one moment: nothing where it does not
// exist or may not connect.
type standing struct {
	tokens []int32
	enters bool
	views  []catalog.Permissions
	alike  int32 // see mays
	rights *rights
}

func (st *trial) standing(place int, m mays, r *rights) standing {
	nV := len(st.views)
	tokens := st.tokens[place]
	return standing{tokens: tokens, rights: r, views: m.on[place*nV : (place+1)*nV], alike: m.alike[place],
		enters: tokens != nil && r.may(tokens, connectRight)}
}

// on returns what may be done on a view.
func (s standing) on(v int) catalog.Permissions {
	if !s.enters {
		return catalog.None
	}
	return s.views[v]
}

// others lists what may be done beside.
func (s standing) others() []right {
	if !s.enters {
		return nil
	}
	return s.rights.of(s.tokens)
}

// without returns what of a list may not be done.
func (s standing) without(list []right) []right {
	if !s.enters {
		return list
	}
	return s.rights.beyond(list, s.tokens)
}

// like reports whether two standings differ at most in rows on views.
func (s standing) like(t standing) bool {
	a, b := slices.Clone(s.tokens), slices.Clone(t.tokens)
	slices.Sort(a)
	slices.Sort(b)
	return s.enters == t.enters && slices.Equal(a, b)
}

// people says what becomes of each account. Somebody whose user is dropped and
// made again under another name is one person, by the new name. What is lost
// beside the catalog's views no statement of the plan names: it is a finding.
func (d *differ) people(changes []Change, o *outlook) {
	st := d.trial
	if len(changes) == 0 {
		d.plan.People.Total = len(st.accounts)
		return
	}
	now, then := d.rights, d.rights.after(changes)
	was, gone := d.renamed()
	var p People
	lost := map[right][]string{}
	es := effects{view: func(v int) string { return d.ix.views[v].Name }, alike: map[string]*Effect{}, contrasts: map[contrasted]*contrast{}}
	for place, u := range st.accounts {
		from := place
		if old, ok := was[u]; ok {
			from = int(st.dense[old])
		}
		before, after := st.standing(from, o.before, now), o.end.standing(place, o.after, then)
		if gone[u] || before.tokens == nil && after.tokens == nil {
			continue
		}
		p.Total++
		for _, x := range p.note(&es, d.name(int(u)), before, after) {
			if after.enters { // who leaves loses everything, and that is said
				lost[x] = append(lost[x], d.name(int(u)))
			}
		}
	}
	d.losses(lost)
	p.Effects = es.sorted()
	d.plan.People = p
}

// renamed pairs the users that are made with those that make room for them, by
// position.
func (d *differ) renamed() (was map[int32]int32, gone map[int32]bool) {
	was, gone = map[int32]int32{}, map[int32]bool{}
	for name, id := range d.replaced {
		if p, ok := d.ix.byName.byKey(name); ok {
			old := int32(d.ix.byID[id])
			was[int32(p)], gone[old] = old, true
		}
	}
	return was, gone
}

// note puts an account where it belongs, and returns what it loses beside
// permissions on views.
func (p *People) note(es *effects, name string, before, after standing) []right {
	c := es.contrast(before, after)
	gain, lose, has := c.gain, c.lose, c.has
	var hadMore, hasMore, lost, gained []right
	if !before.like(after) || !lose.IsEmpty() && has.IsEmpty() {
		hadMore, hasMore = before.others(), after.others()
		lost, gained = after.without(hadMore), before.without(hasMore)
	}
	if !gain.IsEmpty() || len(gained) > 0 || after.enters && !before.enters {
		p.Gain = append(p.Gain, name)
	}
	if !lose.IsEmpty() || len(lost) > 0 || before.enters && !after.enters {
		p.Lose = append(p.Lose, name)
	}
	empty := (!lose.IsEmpty() || len(lost) > 0) && has.IsEmpty() && len(hasMore) == 0
	if empty {
		p.LockedOut = append(p.LockedOut, name)
	}
	es.add(name, c, Effect{Enters: after.enters && !before.enters, Leaves: before.enters && !after.enters,
		Empty: empty, More: len(gained) > 0, Less: len(lost) > 0})
	return lost
}

// losses reports what people lose beside the catalog's views, the same things
// of the same people in one sentence.
func (d *differ) losses(lost map[right][]string) {
	what := map[string][]string{} // by who
	for x, names := range lost {
		slices.Sort(names)
		who := some(names, 3)
		verb := "loses"
		if len(names) > 1 {
			verb = "lose"
		}
		key := who + " " + verb + "\x00" + strings.Join(names, "\x00")
		what[key] = append(what[key], d.describeRight(x))
	}
	for key, list := range what {
		who, _, _ := strings.Cut(key, "\x00")
		d.plan.Findings.Warnf(finding.LosesMore, finding.Pos{}, "see that nobody needs it, or give it to them in another way first",
			"%s %s, which the policy does not know of", who, some(list, 5))
	}
}
