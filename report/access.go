package report

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
)

// accessRows is one Access in the making.
type accessRows struct {
	may, columns, around, unsure, could row
	ways                                map[string]*wayRow
	order                               []string
}

type wayRow struct {
	Way
	on row
}

// accesses asks what each of some peers may do on every view. What an Inquiry knows of
// one view and permission it keeps until it is asked of another, so everybody is asked
// of one before the next.
func (b *builder) accesses(q *grants.Inquiry, peers []grants.Peers) []Access {
	n := len(b.r.Views)
	rows := make([]accessRows, len(peers))
	for i := range rows {
		rows[i] = accessRows{make(row, n), make(row, n), make(row, n), make(row, n), make(row, n), map[string]*wayRow{}, nil}
	}
	for v, view := range b.r.Views {
		for _, one := range catalog.All.Each() {
			for i := range peers {
				if d, ok := q.Decide(peers[i], view, one); ok {
					rows[i].add(v, d)
				}
			}
		}
	}
	out := make([]Access, len(peers))
	for i := range rows {
		out[i] = b.put(rows[i], peers[i].Roles)
	}
	return out
}

// put keeps the rows of an access.
func (b *builder) put(x accessRows, roles []string) Access {
	out := Access{Roles: append([]string{}, roles...), May: b.shelf.put(x.may), Columns: b.shelf.put(x.columns), Around: b.shelf.put(x.around),
		NotVerified: b.shelf.put(x.unsure), Could: b.shelf.put(x.could)}
	slices.Sort(x.order)
	for _, key := range x.order {
		w := x.ways[key]
		w.Cells = b.shelf.put(w.on)
		out.Ways = append(out.Ways, w.Way)
	}
	return out
}

// some reports whether an access is anything at all.
func (x Access) some() bool { return x.May+x.Columns+x.Around+x.NotVerified+x.Could > 0 }

// beside are the kinds of reasons by which somebody reaches a view's data beside it.
var beside = []string{"table", "view", "synonym", "module"}

// add joins the answer about one permission on one view.
func (x *accessRows) add(view int, d grants.Decision) {
	one := d.Permission
	switch {
	case d.Allowed == grants.Yes:
		x.may[view] |= one
	case d.Allowed == grants.NotVerified:
		x.unsure[view] |= one
	case d.Has(beside...):
		x.around[view] |= one
	case d.Has("column"):
		x.columns[view] |= one
	}
	for _, r := range d.Because {
		kind := r.Kind
		if kind == "power" {
			x.could[view] |= one
		}
		switch around := kind == "column" || slices.Contains(beside, kind); {
		case slices.Contains([]string{"nothing", "policy", "chain", "other_database", "login", "connect"}, kind):
			continue // no way
		case d.Allowed == grants.No && !around && kind != "power" && kind != "deny":
			continue // it gives nothing
		case d.Allowed == grants.Yes && kind == "deny":
			continue // it takes nothing
		}
		x.way(r).on[view] |= one
	}
}

// way finds what a reason goes through.
func (x *accessRows) way(r grants.Reason) *wayRow {
	text := wayText(r)
	key := r.Kind + "\x00" + text
	w := x.ways[key]
	if w == nil {
		w = &wayRow{Way{Kind: r.Kind, Via: slices.Clone(r.Via), Text: text}, make(row, len(x.may))}
		x.ways[key] = w
		x.order = append(x.order, key)
	}
	return w
}

// OfRole reports whether a way is what a role of the site is granted, or may as a fixed
// one: nothing beside the view and on no columns alone.
func (w Way) OfRole() bool {
	return len(w.Via) > 0 && slices.Contains([]string{"grant", "schema", "database", "fixed_role"}, w.Kind)
}

// Root is the role that somebody is in themselves through which a way goes, or "".
func (w Way) Root() string {
	if w.OfRole() || len(w.Via) > 0 && w.Kind == "column" {
		return w.Via[0]
	}
	return ""
}

// How is what a way's cells are worth where it is the only one.
func (w Way) How() How {
	switch {
	case w.Kind == "column":
		return Columns
	case w.Kind == "power":
		return Could
	case slices.Contains(beside, w.Kind):
		return Around
	}
	return May
}

// wayText says it to people.
func wayText(r grants.Reason) string {
	via := strings.Join(r.Via, " > ")
	if via == "" {
		via = "their own"
	}
	switch r.Kind {
	case "grant", "fixed_role", "server_role":
		return via
	case "deny":
		return "denied to " + via
	case "schema", "database":
		return via + ", on the " + r.Kind
	case "column":
		return via + ", on the columns " + strings.Join(r.Columns, ", ")
	case "owner":
		return via + ", as the owner"
	case "impersonate":
		return "acting as " + via
	case "power":
		return "could by " + via
	case "server_permission":
		return via + ", by the server"
	}
	if slices.Contains(beside, r.Kind) {
		return "the " + r.Kind + " " + via
	}
	return strings.ReplaceAll(r.Kind, "_", " ")
}

// Changes reports whether an access may change something, rather than look.
func (r *Report) Changes(x Access) bool {
	for v := range r.Views {
		if !r.Cells[x.May].On(v).Minus(catalog.Select).IsEmpty() {
			return true
		}
	}
	return false
}
