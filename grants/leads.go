package grants

import (
	"slices"
	"strings"

	"grantree/catalog"
)

// What running a module comes to: it says more than the dependencies, since a step
// between two owners is asked of whom the module runs as, or of its caller
// (reference C.3, C.6).

// by is the permission by which somebody makes a module do p, a single
// permission: functions only read, but for an inline one, which rows are changed
// through as through a view. It reports false where p cannot come by it.
func (t ObjectType) by(p catalog.Permissions) (name string, ok bool) {
	switch t {
	case InlineFunction:
		return p.String(), true
	case TableFunction, CLRTable:
		return "SELECT", p == catalog.Select
	case ScalarFunction, CLRFunction:
		return "EXECUTE", p == catalog.Select
	}
	return "EXECUTE", true
}

// runs are the permissions by which a module is run or read.
func (t ObjectType) runs() []string {
	switch t {
	case InlineFunction:
		return catalog.All.Names()
	case TableFunction, CLRTable:
		return []string{"SELECT"}
	}
	return []string{"EXECUTE"}
}

// isProcedure reports whether the statements of an object stand for themselves,
// so that one may succeed where the next is refused.
func (t ObjectType) isProcedure() bool {
	return t == Procedure || t == CLRProcedure || t == ExtendedModule || t == Trigger || t == CLRTrigger
}

// meant is what a synonym stands for, where it is known, and else the object.
func (a *Access) meant(o thing) thing {
	if o.Type == Synonym {
		for _, d := range a.objects.refers[o.ID] {
			if to, ok := a.objects.resolve(d, a.m.index); ok && !a.objects.outside(d) {
				return to
			}
		}
	}
	return o
}

// isModule reports whether an object is a module, or a synonym of one.
func (a *Access) isModule(o thing) bool { return a.meant(o).Type.IsModule() }

// lead is how a module comes to something.
type lead struct {
	sure Answer   // Yes, or NotVerified
	via  []string // objects on the way, nearest first
	as   string   // whom it runs as there, or "" for its caller
}

// course is what an object leads to, by id.
type course struct {
	to   map[int]lead
	asks bool // some step was asked of the caller
}

// leads says what an object leads whoever runs or reads it to with p, whatever they
// may themselves.
func (a *Access) leads(id int, p catalog.Permissions) course {
	key := [2]int{id, int(p)}
	known, ok := a.led[key]
	if !ok {
		known = a.follow(token{}, id, p)
		if a.led == nil {
			a.led = map[[2]int]course{}
		}
		a.led[key] = known
	}
	return known
}

// leadsFor is leads for a caller: what is asked of them is too.
func (a *Access) leadsFor(t token, id int, p catalog.Permissions) map[int]lead {
	known := a.leads(id, p)
	if !known.asks {
		return known.to
	}
	return a.follow(t, id, p).to
}

// asks reports whether a module asks something of its caller on its way.
func (a *Access) asks(id int) bool {
	return slices.ContainsFunc(catalog.All.Each(), func(p catalog.Permissions) bool { return a.leads(id, p).asks })
}

func (a *Access) follow(t token, id int, p catalog.Permissions) course {
	w := walk{a: a, p: p, course: course{to: map[int]lead{}}, seen: map[[2]int]Answer{}}
	o := a.objects.byID[id]
	if _, comes := a.meant(o).Type.by(p); comes {
		w.into(o, runner{token: t}, lead{sure: Yes})
	}
	return w.course
}

// runner is whom a module's statements are checked as: the principal that it
// names, or who calls it.
type runner struct {
	id int // of the principal, or 0 of the caller
	token
}

// runsAs is whom the statements of a module are checked as; it reports false where
// nobody can be that.
func (a *Access) runsAs(o thing, caller runner) (runner, bool) {
	id := o.ExecuteAs
	switch id {
	case 0:
		return caller, true
	case asOwner:
		id = o.Owner
	}
	p, known := a.m.byID[id]
	if !known || id != DboID && !a.canBeActedAs(a.m.principals[p]) {
		return runner{}, false
	}
	return runner{id: id, token: a.tokenOf(p, nil)}, true
}

// asOwner is Object.ExecuteAs of a module that runs as its owner.
const asOwner = -2

// walk goes from an object to everything that it leads to.
type walk struct {
	course
	a    *Access
	p    catalog.Permissions
	seen map[[2]int]Answer // by object and runner
}

// into follows what an object refers to.
func (w *walk) into(from thing, by runner, at lead) {
	by, runs := w.a.runsAs(from, by)
	if key := [2]int{from.ID, by.id}; !runs || w.seen[key] == Yes || w.seen[key] == at.sure {
		return
	} else {
		w.seen[key] = at.sure
	}
	if !w.a.meant(from).Type.isProcedure() { // it is one statement: all that is behind it has to let p through
		if at.sure = at.sure.and(w.chain(by, from.ID)); at.sure == No {
			return
		}
	}
	at.as = ""
	if by.id != 0 {
		at.as = w.a.principalName(by.id)
	}
	for _, d := range w.a.objects.refers[from.ID] {
		if to, ok := w.a.objects.resolve(d, w.a.m.index); ok && to.ID != from.ID && !w.a.objects.outside(d) {
			w.step(from, to, by, at)
		}
	}
}

// step is one reference: it passes where the owner stays the same, or whom the
// module runs as may do that by a right of their own.
func (w *walk) step(from, to thing, by runner, at lead) {
	name, comes := w.p.String(), true
	if w.a.isModule(to) {
		name, comes = w.a.meant(to).Type.by(w.p)
	}
	if !comes {
		return
	}
	if to.Owner != from.Owner {
		w.asks = w.asks || by.id == 0
		if at.sure = at.sure.and(w.a.directly(by.token, to.ID, name)); at.sure == No {
			return
		}
	}
	behind := at
	if _, isView := w.a.m.viewByID[to.ID]; isView {
		behind.sure = at.sure.and(w.chain(by, to.ID))
	}
	if known, ok := w.to[to.ID]; behind.sure != No && (!ok || known.sure == NotVerified && behind.sure == Yes) {
		w.to[to.ID] = behind
	}
	at.via = append(slices.Clone(at.via), w.a.objects.name(to.ID))
	w.into(to, by, at)
}

// chain is Access.chain, as somebody.
func (w *walk) chain(by runner, id int) Answer {
	w.asks = w.asks || by.id == 0 && len(w.a.below(id).broken) > 0
	return w.a.chain(by.token, id, w.p)
}

// verb says whether it is known that a module comes to something.
func (l lead) verb() string {
	if l.sure == Yes {
		return "reaches"
	}
	return "may reach"
}

// how ends a sentence that a module reaches something: through what, and as whom.
func (l lead) how() string {
	text := ""
	if len(l.via) > 0 {
		text = ", through " + strings.Join(l.via, ", ")
	}
	if l.as != "" {
		text += ", running as " + l.as
	}
	return text
}
