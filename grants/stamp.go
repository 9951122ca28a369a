package grants

import (
	"slices"
	"strings"
)

// Marks reports whether a kind of change is about grantree's marks alone, which
// change nothing for anybody.
func (k Kind) Marks() bool { return k == Mark || k == Stamp }

// markText is what a snapshot says of the mark that a change writes. When a mark with
// holdings was written the server alone knows, so nothing is said of it.
func (c Change) markText() string {
	if c.Text == PlainMark {
		return ""
	}
	return c.Text
}

// stamps has the marks of all whose rows a plan changes say when, and what they have
// on views then: in the statement that makes or marks them, else in one of its own at
// the end. A plan that changes no rows stamps nobody: what a mark remembers is what
// its principal was given, and that is as it was.
func (d *differ) stamps(plan *Plan) {
	has, order := map[int]map[int]cell{}, []int(nil)
	for _, c := range plan.Changes {
		if c.View == "" {
			continue
		}
		v, ok := d.ix.viewIn(c.Schema, c.View)
		for _, name := range c.Principals {
			if p, known := d.ix.principal(name); ok && known {
				if has[p] == nil {
					has[p], order = d.holds(p), append(order, p)
				}
				has[p][v] = has[p][v].after(c)
			}
		}
	}
	for i := range plan.Changes { // who is made, or taken over, has a mark that is written anyhow
		c := &plan.Changes[i]
		if c.Kind != CreateRole && c.Kind != CreateUser && c.Kind != Mark || c.Temporary {
			continue
		}
		p, ok := d.ix.principal(c.Principals[0])
		if !ok || d.ix.principals[p].ID >= 0 && c.Kind != Mark {
			continue
		}
		if has[p] == nil {
			has[p] = d.holds(p)
		}
		c.Holds = d.ix.holdings(d.from.Collation, has[p])
		delete(has, p)
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(d.name(a), d.name(b)) })
	for _, p := range order {
		principal := d.ix.principals[p]
		holds := d.ix.holdings(d.from.Collation, has[p])
		if has[p] == nil || !principal.Managed || principal.ID < 0 || d.dropped[p] || holds+principal.Mark == "" {
			continue
		}
		plan.Changes = append(plan.Changes, Change{Kind: Stamp, Principals: []string{principal.Name},
			Holds: holds, MarkWas: principal.Mark})
	}
}

// holds is what a principal has on views, by position.
func (d *differ) holds(p int) map[int]cell {
	out := map[int]cell{}
	if d.ix.principals[p].ID < 0 {
		return out
	}
	for v, c := range d.m.cells.of(p) {
		if c&rowBits != 0 {
			out[v] = c & rowBits
		}
	}
	return out
}

// after is what a cell is once a statement on the view was carried out.
func (c cell) after(x Change) cell {
	both := grantBits(x.Permissions) | denyBits(x.Permissions)
	switch x.Kind {
	case GrantOn:
		return c&^both | grantBits(x.Permissions)
	case DenyOn:
		return c&^both | denyBits(x.Permissions)
	case RevokeOn:
		return c &^ both
	}
	return c
}
