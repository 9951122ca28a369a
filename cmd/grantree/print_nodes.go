package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sites"
)

// nodeRow is what one role gets or loses at one node: on which views, by
// permission.
type nodeRow struct {
	grantee, node, verb string
	views               map[catalog.Permissions]map[string]bool
}

// shownNodes is how many rows of the table by node are shown without --full,
// and shownDepth how much of a path: the module, not the form.
const (
	shownNodes = 16
	shownDepth = 2
)

// shownTables is how many tables by node are shown without --full: what most
// sites have, and the first that differ.
const shownTables = 3

// printNodes prints, for each role, on how many views of which module it gets
// what; full, by node. Sites with the same table share it.
func (a *app) printNodes(plans []drawn, full bool) {
	tables := alikeBy(plans, func(s drawn) string { return s.byNode })
	slices.SortStableFunc(tables, func(x, y alikeSites) int { return cmp.Compare(len(y.names), len(x.names)) })
	for i, t := range tables {
		if i == shownTables && !full {
			a.printf("    %s\n", a.faint(fmt.Sprintf("… %s of other sites: --full", count(len(tables)-i, "more table"))))
			return
		}
		a.printf("\n")
		a.sentence("  Views ", t.in())
		a.printNodeTable(t.first.nodes, full)
	}
}

func (a *app) printNodeTable(list []nodeLine, full bool) {
	rows := [][]string{{"ROLE OR USER", "NODE", "", "SEL", "INS", "UPD", "DEL"}}
	last, short := "", shortNodes(list)
	for i, r := range list {
		if i == shownNodes && !full {
			break
		}
		cells := slices.Clone(r.cells)
		if !full {
			cells[1] = short(r.node)
		}
		if cells[0] == last {
			cells[0] = ""
		} else {
			last = cells[0]
		}
		rows = append(rows, cells)
	}
	a.folded(rows, 4, 5, 6, 7)
	if n := len(list) - shownNodes; n > 0 && !full {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %s: --full shows them, node by node", count(n, "more row"))))
	}
}

// shortNodes names the modules of a table without their root, where no other has
// that name.
func shortNodes(list []nodeLine) func(string) string {
	name := func(node string) string { return strings.TrimSpace(node[strings.LastIndex(node, "|")+1:]) }
	paths := map[string]map[string]bool{}
	for _, r := range list {
		if paths[name(r.node)] == nil {
			paths[name(r.node)] = map[string]bool{}
		}
		paths[name(r.node)][r.node] = true
	}
	return func(node string) string {
		if len(paths[name(node)]) > 1 {
			return node
		}
		return name(node)
	}
}

// cells is a row as it is printed, the permissions as numbers of views.
func (r nodeRow) cells() []string {
	out := []string{r.grantee, r.node, r.verb}
	for _, one := range catalog.All.Each() {
		if n := len(r.views[one]); n > 0 {
			out = append(out, fmt.Sprint(n))
		} else {
			out = append(out, "-")
		}
	}
	return out
}

// nodeRows gathers a plan's permission changes by grantee, node and verb.
func nodeRows(s sites.SitePlan, full bool) []nodeRow {
	nodes := nodesOf(s.Wanted, full)
	byKey := map[[3]string]*nodeRow{}
	for _, c := range s.Plan.Changes {
		if c.Kind != grants.GrantOn && c.Kind != grants.DenyOn && c.Kind != grants.RevokeOn || c.Temporary {
			continue
		}
		for _, grantee := range c.Principals {
			for _, one := range c.Permissions.Each() {
				for _, node := range nodes(c.Kind, grantee, c.View, one) {
					row(byKey, grantee, node, string(c.Kind)).add(one, c.View)
				}
			}
		}
	}
	var rows []nodeRow
	for _, r := range byKey {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(x, y nodeRow) int {
		return cmp.Or(cmp.Compare(x.grantee, y.grantee), cmp.Compare(x.node, y.node), cmp.Compare(x.verb, y.verb))
	})
	return rows
}

// row finds or makes a row.
func row(rows map[[3]string]*nodeRow, grantee, node, verb string) *nodeRow {
	key := [3]string{grantee, node, verb}
	if rows[key] == nil {
		rows[key] = &nodeRow{grantee: grantee, node: node, verb: verb, views: map[catalog.Permissions]map[string]bool{}}
	}
	return rows[key]
}

// add counts a view under a permission, once.
func (r *nodeRow) add(p catalog.Permissions, view string) {
	if r.views[p] == nil {
		r.views[p] = map[string]bool{}
	}
	r.views[p][view] = true
}

// entryKey names one wanted permission.
type entryKey struct {
	grantee, view string
	permission    catalog.Permissions
}

// nodesOf returns a look-up of the nodes through which a permission is wanted.
// What is taken away is wanted through none.
func nodesOf(w *grants.Wanted, full bool) func(kind grants.Kind, grantee, view string, p catalog.Permissions) []string {
	nodes := map[entryKey][]string{}
	for _, e := range w.Entries {
		seen := map[string]bool{}
		for _, cause := range e.Causes {
			if len(cause.Node) == 0 {
				seen["(views by name)"] = true
			} else {
				seen[inTable(cause.Node, full).String()] = true
			}
		}
		nodes[entryKey{w.Collation.Key(e.Grantee), w.Collation.Key(e.View), e.Permission}] = sorted(seen)
	}
	return func(kind grants.Kind, grantee, view string, p catalog.Permissions) []string {
		found := nodes[entryKey{w.Collation.Key(grantee), w.Collation.Key(view), p}]
		if kind == grants.RevokeOn || len(found) == 0 {
			return []string{"(not in the policy)"}
		}
		return found
	}
}

// inTable is a node as the table counts it: itself, or the module that it is in.
func inTable(p catalog.Path, full bool) catalog.Path {
	if full || len(p) <= shownDepth {
		return p
	}
	return p[:shownDepth]
}
