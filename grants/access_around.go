package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
)

// around lists the ways to a view's data that are no permission on the view:
// the tables behind it, synonyms and views of nobody's catalog over these, and
// modules that reach either by an unbroken chain of owners; and what whoever
// somebody can act as has on columns. That a module changes rows its
// dependencies do not say, so any permission may come by it.
func (a *Access) around(f face, v int, p catalog.Permissions) []Reason {
	if f.token.dbo || f.token.sysadmin {
		return nil
	}
	var out []Reason
	for _, id := range f.identities() {
		if id.out {
			continue
		}
		found := a.beside(id.token, v, p)
		if len(id.via) > 0 && !a.holdsOn(id.token, v).Has(p) {
			found = append(a.columnReasons(int(id.token.db[0]), v, p), found...)
		}
		for _, r := range found {
			if len(id.via) > 0 {
				r.Text += ", as " + id.way()
			}
			out = append(out, r)
		}
	}
	return out
}

// identities are everybody whom somebody is or can act as, themselves first.
func (f face) identities() []identity {
	return append([]identity{{token: f.token, out: f.in == No}}, f.acts...)
}

func (a *Access) beside(t token, v int, p catalog.Permissions) []Reason {
	var out []Reason
	view := a.m.views[v].ID
	note := func(kind string, id int, format string, args ...any) {
		out = append(out, Reason{Kind: kind, Via: []string{a.objects.name(id)}, Text: fmt.Sprintf(format, args...)})
	}
	for _, table := range a.tables(view) {
		switch {
		case a.can(t, securable{onObject, table}, p.String()):
			note("table", table, "%s is open to %s, and stands behind %s", a.objects.name(table), p, a.m.viewName(v))
		case a.directly(t, table, p.String()) != No:
			note("table", table, "some columns of %s are open to %s, and it stands behind %s", a.objects.name(table), p, a.m.viewName(v))
		}
	}
	for _, id := range a.ways(view) {
		o := a.objects.byID[id]
		switch {
		case a.isModule(o):
			if name, ok := a.opened(t, o, p); ok {
				if l, to, reached := a.leadsTo(t, o, v, p); reached {
					note("module", id, "%s is open to %s, and %s %s%s (%s)", o.name, name, l.verb(), to, l.how(), a.giver(t, securable{onObject, id}, name))
				}
			}
		case a.can(t, securable{onObject, id}, p.String()) && a.chain(t, id, p) != No:
			kind := "view"
			if o.Type == Synonym {
				kind = "synonym"
			}
			note(kind, id, "%s is open to %s, and reaches what stands behind %s", o.name, p, a.m.viewName(v))
		}
	}
	return out
}

// opened is the permission by which a token makes a module do p, where it has it;
// of a function that gives rows, on some of its columns at least.
func (a *Access) opened(t token, o thing, p catalog.Permissions) (name string, ok bool) {
	name, ok = a.meant(o).Type.by(p)
	return name, ok && a.directly(t, o.ID, name) != No
}

// leadsTo is how a module comes to a view for a token, or else to a table behind it,
// which is said.
func (a *Access) leadsTo(t token, o thing, v int, p catalog.Permissions) (l lead, to string, ok bool) {
	led, view := a.leadsFor(t, o.ID, p), a.m.views[v].ID
	if l, ok = led[view]; ok {
		return l, a.m.viewName(v), true
	}
	for _, table := range a.tables(view) {
		if l, ok = led[table]; ok {
			return l, fmt.Sprintf("%s, which stands behind %s", a.objects.name(table), a.m.viewName(v)), true
		}
	}
	return lead{}, "", false
}

// ways lists the synonyms, views and modules beside a view that reach it or
// the tables behind it by some permission, or may where their callers have a right of
// their own, in order of name. Views are told only where the application's own are
// known.
func (a *Access) ways(view int) []int {
	if known, ok := a.wayOf[view]; ok {
		return known
	}
	found := a.reaching(view)
	for _, id := range a.askers() {
		all := a.below(id).all
		if all[view] || slices.ContainsFunc(a.tables(view), func(table int) bool { return all[table] }) {
			found[id] = true
		}
	}
	delete(found, view)
	out := slices.Collect(maps.Keys(found))
	slices.SortFunc(out, func(x, y int) int { return strings.Compare(a.objects.name(x), a.objects.name(y)) })
	if a.wayOf == nil {
		a.wayOf = map[int][]int{}
	}
	a.wayOf[view] = out
	return out
}

// reaching are those that reach it, or a table behind it, whatever their caller may.
func (a *Access) reaching(view int) map[int]bool {
	found := map[int]bool{}
	for _, target := range append(a.tables(view), view) {
		for _, id := range a.reachedBy()[target] {
			found[id] = true
		}
	}
	delete(found, view)
	return found
}

// reachedBy is, by object, everything beside the catalog that reaches it, whatever
// else its caller may: by an unbroken chain of owners, and modules as whom they run.
func (a *Access) reachedBy() map[int][]int {
	if a.over == nil {
		a.over = map[int][]int{}
		for id, o := range a.objects.byID {
			if o.Type == Table || o.Type == aView && (a.catalog == nil || a.catalog[id]) || o.Type == Trigger || o.Type == CLRTrigger {
				continue
			}
			for target := range a.targets(o, catalog.All) {
				a.over[target] = append(a.over[target], id)
			}
		}
	}
	return a.over
}

// askers are the modules that ask something of their caller on the way.
func (a *Access) askers() []int {
	if a.asking == nil {
		a.asking = []int{}
		for id, o := range a.objects.byID {
			if a.isModule(o) && o.Type != Trigger && o.Type != CLRTrigger && a.asks(id) {
				a.asking = append(a.asking, id)
			}
		}
	}
	return a.asking
}

// targets are what an object beside the catalog reaches by one of some permissions,
// whatever its caller may.
func (a *Access) targets(o thing, by catalog.Permissions) map[int]bool {
	if !a.isModule(o) {
		return a.below(o.ID).whole
	}
	out := map[int]bool{}
	for _, one := range by.Each() {
		for target := range a.leads(o.ID, one).to {
			out[target] = true
		}
	}
	return out
}

// chainReasons says where the chain of owners below a view breaks for
// somebody, and where it leaves the database.
func (a *Access) chainReasons(acc account, e entry, v int, p catalog.Permissions) []Reason {
	u := a.below(a.m.views[v].ID)
	var out []Reason
	for _, x := range u.shut {
		out = append(out, Reason{Kind: "chain", Via: []string{a.objects.name(x.from)}, Text: fmt.Sprintf("%s, so nobody may use %s", a.shutBy(x), a.m.viewName(v))})
	}
	if e.token.sysadmin {
		return out
	}
	if slices.ContainsFunc(a.s.Unread, func(x Unread) bool { return x.What == WhatDependencies }) {
		out = append(out, Reason{Kind: "chain", Text: fmt.Sprintf("what %s refers to could not be read, nor whether the chain of owners holds", a.m.viewName(v))})
	}
	for _, l := range u.broken {
		name := p.String()
		if a.objects.byID[l.to].Type.isScalar() {
			name = "EXECUTE"
		}
		if !e.token.dbo && (a.directly(e.token, l.to, name) != Yes || u.forks && a.reads(e.token, l.to) != Yes) {
			out = append(out, Reason{Kind: "chain", Via: []string{a.objects.name(l.to)},
				Text: fmt.Sprintf("%s, so %s needs %s on %s", a.breaks(l), acc.name, name, a.objects.name(l.to))})
		}
	}
	for _, d := range u.outside {
		out = append(out, Reason{Kind: "other_database", Via: []string{d.String()},
			Text: fmt.Sprintf("%s refers to %s, outside the database: what %s may do there could not be read", a.objects.name(d.From), d, acc.name)})
	}
	return out
}

// breaks says which step breaks a chain of owners, and why.
func (a *Access) breaks(l link) string {
	return fmt.Sprintf("the chain of owners breaks below %s: it belongs to %s, and %s to %s",
		a.objects.name(l.from), a.principalName(a.objects.owner(l.from)), a.objects.name(l.to), a.principalName(a.objects.owner(l.to)))
}

// shutBy says which step of a function is closed to whom it runs as.
func (a *Access) shutBy(x shut) string {
	if x.from == x.to {
		return fmt.Sprintf("%s runs as %s, which EXECUTE AS cannot be", a.objects.name(x.from), a.runnerName(a.objects.byID[x.from]))
	}
	name := "SELECT"
	if a.objects.byID[x.to].Type.isScalar() {
		name = "EXECUTE"
	}
	return fmt.Sprintf("%s runs as %s, who lacks %s on %s", a.objects.name(x.from), a.principalName(x.as), name, a.objects.name(x.to))
}

// runnerName is the name of whom a module runs as, who need not be there.
func (a *Access) runnerName(o thing) string {
	if o.ExecuteAs == asOwner {
		return a.principalName(o.Owner)
	}
	return a.principalName(o.ExecuteAs)
}

// principalName is the name of a database principal by id.
func (a *Access) principalName(id int) string {
	if p, ok := a.m.byID[id]; ok {
		return a.m.principals[p].Name
	}
	return fmt.Sprint("#", id)
}

// String is the name as the text has it.
func (d Dependency) String() string {
	parts := []string{d.Server, d.Database, d.Schema, d.Name}
	for len(parts) > 1 && parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, ".")
}
