package grants

import (
	"fmt"
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// modules judges procedures and functions that somebody other than their owner
// may run.
func (j *judge) modules() {
	for _, id := range j.sorted(j.moduleIDs()) {
		o := j.a.objects.byID[id]
		runs := j.runs(o)
		if len(runs) == 0 || j.isAccepted(o) {
			continue
		}
		do := advice{or: fmt.Sprintf("see what it does, and accept it with [[module]] name = %q", o.name)}
		gets := slices.DeleteFunc(slices.Clone(runs), func(r run) bool { return len(j.reachedOf(r.reaches)) == 0 })
		reaches := j.reachedOf(together(gets))
		betrays := j.betrays(o, gets, do)
		why := j.a.unknown(o)
		switch {
		case why != "":
			also := ""
			if len(reaches) > 0 {
				also = "; that it reaches " + some(reaches, 3) + " is known"
			}
			found := j.doubt(finding.ModuleNotVerified, do, "what %s reaches cannot be read (%s), and %s may run it%s", o.name, why, j.runners(runs), also)
			j.evidence[found.Message] = o.name
		case !betrays && len(reaches) > 0:
			j.remarks.Warnf(finding.Module, finding.Pos{}, "", "%s%s reaches %s%s, and %s may run it", j.where(false), o.name, some(reaches, 3), j.runningAs(o), j.runners(gets))
			found := &j.remarks[len(j.remarks)-1]
			do.advise(found, j.write, j.s.Database)
			j.evidence[found.Message] = o.name + " refers to " + some(reaches, 3)
		}
	}
}

// run is somebody who may run a module, and what they reach by it, by id.
type run struct {
	who     int // of people
	reaches map[int]bool
}

// together is what several reach.
func together(list []run) map[int]bool {
	out := map[int]bool{}
	for _, r := range list {
		maps.Copy(out, r.reaches)
	}
	return out
}

// runners names who may run a module, for a sentence.
func (j *judge) runners(list []run) string {
	var names []string
	for _, r := range list {
		names = append(names, fmt.Sprintf("%q", j.people[r.who].name))
	}
	return some(names, 3)
}

// runningAs says as whom a module runs that is not its caller.
func (j *judge) runningAs(o thing) string {
	if o = j.a.meant(o); o.ExecuteAs == 0 {
		return ""
	}
	return fmt.Sprintf(", running as %q", j.a.runnerName(o))
}

// betrays judges a module that reaches confidential views, and reports whether
// somebody may run it who may not read one of them.
func (j *judge) betrays(o thing, runs []run, do advice) bool {
	found := false
	for at := range j.views {
		c := j.confidential(at)
		if c == nil {
			continue
		}
		who := slices.DeleteFunc(slices.Clone(runs), func(r run) bool {
			may := j.people[r.who].may
			return may != nil && may[at].Has(catalog.Select) || !j.shows(r.reaches, at)
		})
		if len(who) == 0 {
			continue
		}
		j.mismatch(finding.ModuleConfidential, o.name, c.Pos, do, "%s reaches the confidential view %s%s, and %s, who may not read that, may run it",
			o.name, j.a.m.viewName(j.views[at]), j.runningAs(o), j.runners(who))
		found = true
	}
	return found
}

// confidential is what the policy says of a view of the catalog, or nil.
func (j *judge) confidential(at int) *ConfidentialView {
	v := j.s.Collation.Key(j.a.m.views[j.views[at]].Name)
	for i := range j.acc.Confidential {
		if c := &j.acc.Confidential[i]; j.s.Collation.Key(c.Name) == v {
			return c
		}
	}
	return nil
}

// shows reports whether a view of the catalog, by its place, is among some objects,
// or a table behind it.
func (j *judge) shows(reached map[int]bool, at int) bool {
	v := j.views[at]
	if reached[j.a.m.views[v].ID] {
		return true
	}
	for target := range reached {
		if slices.Contains(j.behind[target], v) {
			return true
		}
	}
	return false
}

// moduleIDs are the modules, and the synonyms of one, that reach a view, or may for a
// caller, or of which nobody knows what they reach.
func (j *judge) moduleIDs() map[int]bool {
	out := map[int]bool{}
	for _, id := range slices.Concat(j.sides(), j.a.askers()) {
		out[id] = j.a.isModule(j.a.objects.byID[id])
	}
	for _, o := range j.s.Objects {
		x := j.a.objects.byID[o.ID]
		if j.a.isModule(x) && (j.a.unknown(x) != "" || (o.Type == Trigger || o.Type == CLRTrigger) && len(j.reaches(o.ID)) > 0) {
			out[o.ID] = true
		}
	}
	maps.DeleteFunc(out, func(_ int, is bool) bool { return !is })
	return out
}

// unknown says why nobody knows what a module reaches, itself or by another that it
// runs, or "".
func (a *Access) unknown(o thing) string {
	if why := a.meant(o).opaque(); why != "" {
		return why
	}
	first := ""
	for id := range a.targets(o, catalog.All) {
		if to := a.objects.byID[id]; to.Type.IsModule() && to.opaque() != "" && (first == "" || to.name < first) {
			first = to.name
		}
	}
	if first == "" {
		return ""
	}
	return "it runs " + first + ", of which nobody knows either"
}

// opaque says why the dependencies of a module do not tell what it reaches, or
// "".
func (o Object) opaque() string {
	switch {
	case o.Hidden:
		return "its text is hidden"
	case o.Dynamic:
		return "it runs text made at run time"
	case o.Signed:
		return "it is signed"
	}
	return ""
}

// runs lists those who may run a module, themselves or as somebody they can act
// as, and are not accepted with everything: by EXECUTE, by SELECT and the like on a
// function that gives rows, or, of a trigger outside the catalog, by changing rows.
// Its owner is told nothing new by it, unless it runs as another.
func (j *judge) runs(o thing) []run {
	m := j.a.meant(o)
	on, names := o.ID, m.Type.runs()
	if m.Type == Trigger || m.Type == CLRTrigger {
		v, isView := j.a.m.viewByID[o.Parent]
		if _, ours := j.place[v]; isView && ours || len(j.behind[o.Parent]) > 0 {
			return nil // the application's own
		}
		on, names = o.Parent, []string{"INSERT", "UPDATE", "DELETE"}
	}
	if !j.someoneHolds(on, names) {
		return nil
	}
	own := m.ExecuteAs == 0 || m.ExecuteAs == asOwner || m.ExecuteAs == m.Owner
	may := func(id identity) bool {
		return !id.out && !id.token.dbo && !(own && j.a.holds(id.token, m.Owner)) &&
			slices.ContainsFunc(names, func(name string) bool { return j.a.directly(id.token, on, name) != No })
	}
	asks, same := j.a.asks(o.ID), map[int]bool(nil)
	var out []run
	for i, x := range j.people {
		if x.in == No || x.all || x.token.dbo || x.user < 0 && x.as != PublicID || own && j.a.holds(x.token, m.Owner) {
			continue
		}
		as := slices.DeleteFunc(append([]identity{{token: x.token}}, j.actsOf(i)...), func(id identity) bool { return !may(id) })
		if len(as) == 0 {
			continue
		}
		if same == nil || asks {
			same = map[int]bool{}
			for _, id := range as {
				j.reachesFor(same, id.token, o.ID)
			}
		}
		out = append(out, run{i, same})
	}
	return out
}

// reachesFor adds what a token reaches by a module with what is asked.
func (j *judge) reachesFor(out map[int]bool, t token, id int) {
	for _, p := range j.asked.Each() {
		for target := range j.a.leadsFor(t, id, p) {
			out[target] = true
		}
	}
}

// actsOf lists whom one of the people can act as.
func (j *judge) actsOf(i int) []identity {
	known, ok := j.acts[i]
	if !ok {
		known = j.a.acts(j.people[i].entry)
		j.acts[i] = known
	}
	return known
}

// someoneHolds reports whether any row, fixed role or schema gives a permission on
// an object, so that not everybody has to be asked about every module.
func (j *judge) someoneHolds(id int, names []string) bool {
	o := j.a.objects.byID[id]
	if i, ok := j.a.m.schemaByID[o.Schema]; ok && j.a.m.schemas[i].Owner != o.Owner || o.ExecuteAs > 0 {
		return true
	}
	for _, name := range names {
		for _, l := range (level{onObject, name}).space() {
			if l.kind >= onServer {
				continue
			}
			at := securable{onObject, id}
			if l.kind != onObject {
				at = j.a.container(at, l.kind)
			}
			if slices.ContainsFunc(j.a.rowsOn(at), func(row PermissionRow) bool { return row.Name == l.name && row.State != Denied }) {
				return true
			}
			if l.kind == onDatabase && slices.ContainsFunc(j.s.Members, func(m Member) bool {
				grant, _ := fixedPowers(m.Role)
				return m.Member != DboID && slices.Contains(grant, l.name)
			}) {
				return true
			}
		}
	}
	return false
}

// acceptedModule is what of the policy accepts a module, by its name, without its
// schema where that is dbo, or by that of what a synonym stands for.
func (j *judge) acceptedModule(o thing) (AcceptedModule, bool) {
	for _, x := range []thing{o, j.a.meant(o)} {
		for _, m := range j.acc.Modules {
			if j.s.Collation.Equal(m.Name, x.name) || x.Schema == DboID && j.s.Collation.Equal(m.Name, x.Name) {
				return m, true
			}
		}
	}
	return AcceptedModule{}, false
}

// isAccepted reports whether the policy accepts a module.
func (j *judge) isAccepted(o thing) bool {
	_, ok := j.acceptedModule(o)
	return ok
}
