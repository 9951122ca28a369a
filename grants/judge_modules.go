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
		return "it runs text made at run time, or acts as somebody else"
	case o.Signed:
		return "it is signed"
	}
	return ""
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
