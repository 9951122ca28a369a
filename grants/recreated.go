package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/finding"
)

// Recreated is a view that was dropped and made again since grantree last gave out
// what stood on it: a principal's mark remembers rows on a view of this name, and the
// view is younger than the mark. Rows go with the view that they are on.
type Recreated struct {
	Schema, View string
	Created      time.Time // by the server's local clock
	Lost         []LostRow // that a mark remembers, that are wanted, and that are not there now
}

// LostRow is a permission on a view that was there and went with it.
type LostRow struct {
	Principal  string
	Permission catalog.Permissions // a single one
	State      State               // Granted or Denied
}

// Recreated returns the views of a site that were made again, by schema and name, with
// what of the policy's went with them. Rows that somebody has put back are not lost,
// and what the policy does not want any more is not missed.
func (x *Survey) Recreated(w *Wanted) []Recreated {
	var out []Recreated
	young := map[int]int{} // a view's position, and its place in out
	ix := x.index()
	var wanted map[wantedRow]bool
	newest := time.Time{}
	for _, v := range ix.views {
		if v.Created.After(newest) {
			newest = v.Created
		}
	}
	for p := range ix.principals {
		m := readMark(ix.principals[p].Mark)
		if !m.before(newest) { // as of every mark where nothing happened
			continue
		}
		has := m.holdings()
		for v := range ix.views {
			if !m.before(ix.views[v].Created) {
				continue
			}
			had := has[x.s.Collation.viewKey(ix.schemaName(ix.views[v].Schema), ix.views[v].Name)]
			if had == 0 {
				continue
			}
			at, known := young[v]
			if !known {
				at, young[v] = len(out), len(out)
				out = append(out, Recreated{Schema: ix.schemaName(ix.views[v].Schema), View: ix.views[v].Name, Created: ix.views[v].Created})
			}
			if wanted == nil {
				wanted = x.wantedRows(w)
			}
			out[at].Lost = append(out[at].Lost, x.lost(p, v, had, wanted)...)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].Lost, func(a, b LostRow) int {
			return cmp.Or(strings.Compare(a.Principal, b.Principal), strings.Compare(string(b.State), string(a.State)), cmp.Compare(a.Permission, b.Permission))
		})
	}
	slices.SortFunc(out, func(a, b Recreated) int {
		return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.View, b.View))
	})
	return out
}

// wantedRow is a row that the policy wants, by positions.
type wantedRow struct {
	principal, view int
	permission      catalog.Permissions
	denied          bool
}

func (x *Survey) wantedRows(w *Wanted) map[wantedRow]bool {
	ix := x.index()
	out := map[wantedRow]bool{}
	at := seeker{ix: ix}
	for i := range w.Entries {
		e := &w.Entries[i]
		v, okView := at.view(e)
		p, okGrantee := ix.principal(e.Grantee)
		if okView && okGrantee {
			out[wantedRow{p, v, e.Permission, e.State == Denied}] = true
		}
	}
	return out
}

// lost is what of a cell that was is wanted and is not there.
func (x *Survey) lost(p, v int, had cell, wanted map[wantedRow]bool) []LostRow {
	var out []LostRow
	now := x.matrix().cells.at(p, v)
	gone := had &^ now
	for _, one := range catalog.All.Each() {
		for _, s := range []struct {
			state State
			bits  cell
		}{{Granted, grantBits(one)}, {Denied, denyBits(one)}} {
			if gone&s.bits != 0 && wanted[wantedRow{p, v, one, s.state == Denied}] {
				out = append(out, LostRow{Principal: x.index().principals[p].Name, Permission: one, State: s.state})
			}
		}
	}
	return out
}

// recreated says of each view that was made again and lost something how much of it,
// and for whom it stands open or shut now.
func (x *Survey) recreated(w *Wanted) finding.List {
	var out finding.List
	for _, r := range x.Recreated(w) {
		if len(r.Lost) == 0 {
			continue
		}
		name := r.name()
		text := name + " was re-created: " + r.gone()
		open, shut := x.fails(r)
		switch {
		case len(open) > 0 && len(shut) > 0:
			text += ", it fails open for " + some(open, 5) + ", and closed for " + some(shut, 5)
		case len(open) > 0:
			text += ", it fails open for " + some(open, 5)
		case len(shut) > 0:
			text += ", it fails closed for " + some(shut, 5)
		}
		out.Warnf(finding.ViewRecreated, finding.Pos{}, "grantree heal --site "+finding.Argument(x.s.Site)+" gives back just that", "%s", text)
		out[len(out)-1].About = name
	}
	return out
}

// RecreatedViews says of every view that was made again what became of what stood on
// it, for who compares views: a warning where something is gone, else a note.
func (x *Survey) RecreatedViews(w *Wanted) finding.List {
	out := x.recreated(w)
	for _, r := range x.Recreated(w) {
		if len(r.Lost) == 0 {
			out.Notef(finding.ViewRecreated, finding.Pos{}, "", "%s was re-created at %s by the server's clock; nothing that the policy wants there is gone", r.name(), r.Created.Format(time.DateTime))
			out[len(out)-1].About = r.name()
		}
	}
	return forSite(x.s.Site, out).Sorted()
}

// name is the view's, without its schema where that is dbo.
func (r Recreated) name() string {
	if r.Schema == "dbo" {
		return r.View
	}
	return r.Schema + "." + r.View
}

// gone counts what is gone.
func (r Recreated) gone() string {
	grants, denies := 0, 0
	for _, l := range r.Lost {
		if l.State == Denied {
			denies++
		} else {
			grants++
		}
	}
	var parts []string
	if grants > 0 {
		parts = append(parts, counted(grants, "GRANT"))
	}
	if denies > 0 {
		text := counted(denies, "DENY")
		if denies > 1 {
			text = fmt.Sprintf("%d DENYs", denies)
		}
		parts = append(parts, text)
	}
	verb := " are gone"
	if grants+denies == 1 {
		verb = " is gone"
	}
	return strings.Join(parts, " and ") + verb
}

// fails says for which of those who lost rows on a view it is open now, and for which
// it is shut: who lost a DENY and has somebody, or is somebody, who may do what it
// refused; and who lost a GRANT. Who lost both is told of as open alone, which is the
// worse.
func (x *Survey) fails(r Recreated) (open, shut []string) {
	a, ix := x.access(), x.index()
	v, ok := ix.viewIn(r.Schema, r.View)
	if !ok {
		return nil, nil
	}
	denied := map[string]catalog.Permissions{}
	var names []string
	for _, l := range r.Lost {
		if !slices.Contains(names, l.Principal) {
			names = append(names, l.Principal)
		}
		if l.State == Denied {
			denied[l.Principal] |= l.Permission
		}
	}
	for _, name := range names {
		p, _ := ix.principal(name)
		if denied[name] != 0 && x.mayNow(a, p, v, denied[name]) {
			open = append(open, name)
			continue
		}
		if slices.ContainsFunc(r.Lost, func(l LostRow) bool { return l.Principal == name && l.State == Granted }) {
			shut = append(shut, name)
		}
	}
	return open, shut
}

// mayNow reports whether a role by itself, or somebody who acts as it, may do any of
// some permissions on a view.
func (x *Survey) mayNow(a *Access, p, v int, some catalog.Permissions) bool {
	if !a.m.at(a.m.tokens(int32(p)), v).Intersect(some).IsEmpty() {
		return true
	}
	return slices.ContainsFunc(a.users, func(u int) bool {
		return slices.Contains(a.tokensOf(u), int32(p)) && !a.of(u, v).Intersect(some).IsEmpty()
	})
}
