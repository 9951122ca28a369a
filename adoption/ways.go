package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
)

// way is a table behind the application's views, or a synonym or view beside them
// by which somebody comes to their data.
type way struct {
	id   int
	on   grants.Securable
	text string // its name, and what it is
}

// findWays lists them in the order of their ids: the tables that views stand on,
// and what reaches a view or such a table by an unbroken chain of owners (reference
// C.3). Modules are none: what they do verify tells.
func (x *site) findWays() []way {
	type object struct {
		name, kind    string
		schema, owner int
		on            grants.Securable
	}
	all := map[int]object{}
	add := func(id, schema, owner int, name, kind string) {
		of := x.schema(schema)
		all[id] = object{of + "." + name, kind, schema, owner, grants.Securable{Class: "OBJECT", Schema: of, Name: name}}
	}
	for _, v := range x.snap.Views {
		add(v.ID, v.Schema, v.Owner, v.Name, "a view")
	}
	for _, o := range x.snap.Objects {
		switch o.Type {
		case grants.Table:
			add(o.ID, o.Schema, o.Owner, o.Name, "a table")
		case grants.Synonym:
			add(o.ID, o.Schema, o.Owner, o.Name, "a synonym")
		}
	}
	below := map[int][]int{}
	for _, d := range x.snap.Dependencies {
		if d.To != 0 {
			below[d.From] = append(below[d.From], d.To)
		}
	}
	reached := func(from int) []int { // by an unbroken chain
		seen := []int{from}
		for i := 0; i < len(seen); i++ {
			for _, to := range below[seen[i]] {
				if o, ok := all[to]; ok && o.owner == all[from].owner && !slices.Contains(seen, to) {
					seen = append(seen, to)
				}
			}
		}
		return seen[1:]
	}
	behind := map[int][]string{} // names of views, by the table
	for _, v := range x.snap.Views {
		if _, ours := x.views[v.ID]; ours {
			for _, id := range reached(v.ID) {
				if all[id].kind == "a table" {
					behind[id] = append(behind[id], all[v.ID].name)
				}
			}
		}
	}
	var out []way
	for id, o := range all {
		if _, ours := x.views[id]; ours {
			continue
		}
		if len(behind[id]) > 0 {
			out = append(out, way{id, o.on, fmt.Sprintf("%s, a table that %s on", o.name, some(behind[id], "stands", "stand"))})
			continue
		}
		var ways []string
		for _, to := range reached(id) {
			if _, ours := x.views[to]; ours {
				ways = append(ways, all[to].name)
			} else if len(behind[to]) > 0 {
				ways = append(ways, fmt.Sprintf("%s, which %s on", all[to].name, some(behind[to], "stands", "stand")))
			}
		}
		if len(ways) > 0 {
			out = append(out, way{id, o.on, fmt.Sprintf("%s, %s that reaches %s", o.name, o.kind, some(ways, "", ""))})
		}
	}
	slices.SortFunc(out, func(a, b way) int { return a.id - b.id })
	return out
}

// some names up to three things, counts the rest, and adds a verb.
func some(names []string, one, many string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	text := strings.Join(names[:min(len(names), 3)], ", ")
	if len(names) > 3 {
		text += fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.TrimSpace(text + " " + plural(len(names), one, many))
}

// way finds one by its id.
func (x *site) way(id int) (way, bool) {
	i := slices.IndexFunc(x.ways, func(w way) bool { return w.id == id })
	if i < 0 {
		return way{}, false
	}
	return x.ways[i], true
}
