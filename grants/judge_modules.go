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
		runners := j.runners(o)
		if len(runners) == 0 || j.isAccepted(o) {
			continue
		}
		do := advice{or: fmt.Sprintf("see what it does, and accept it with [[module]] name = %q", o.name)}
		who, reaches := j.names(runners), j.reaches(id)
		betrays := j.betrays(id, o.name, runners, do)
		why := j.a.unknown(o)
		switch {
		case why != "":
			also := ""
			if len(reaches) > 0 {
				also = "; that it reaches " + some(reaches, 3) + " is known"
			}
			found := j.doubt(finding.ModuleNotVerified, do, "what %s reaches cannot be read (%s), and %s may run it%s", o.name, why, who, also)
			j.evidence[found.Message] = o.name
		case !betrays && len(reaches) > 0:
			j.remarks.Warnf(finding.Module, finding.Pos{}, "", "%s%s reaches %s%s, and %s may run it", j.where(false), o.name, some(reaches, 3), j.runningAs(o), who)
			found := &j.remarks[len(j.remarks)-1]
			do.advise(found, j.write, j.s.Database)
			j.evidence[found.Message] = o.name + " refers to " + some(reaches, 3)
		}
	}
}

// runningAs says as whom a module runs that is not its caller.
func (j *judge) runningAs(o thing) string {
	if o = j.a.meant(o); o.ExecuteAs == 0 {
		return ""
	}
	return fmt.Sprintf(", running as %q", j.a.runnerName(o))
}

// names names some people for a sentence.
func (j *judge) names(people []int) string {
	var names []string
	for _, i := range people {
		names = append(names, fmt.Sprintf("%q", j.people[i].name))
	}
	return some(names, 3)
}

// betrays judges a module that reaches confidential views, and reports whether
// somebody may run it who may not read one of them.
func (j *judge) betrays(id int, name string, runners []int, do advice) bool {
	found := false
	for _, at := range j.showing(id) {
		c := j.confidential(at)
		if c == nil {
			continue
		}
		var who []int
		for _, i := range runners {
			if may := j.people[i].may; may == nil || !may[at].Has(catalog.Select) {
				who = append(who, i)
			}
		}
		if len(who) == 0 {
			continue
		}
		j.mismatch(finding.ModuleConfidential, name, c.Pos, do, "%s reaches the confidential view %s%s, and %s, who may not read that, may run it",
			name, j.a.m.viewName(j.views[at]), j.runningAs(j.a.objects.byID[id]), j.names(who))
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

// showing are the places of the catalog's views that something reaches, itself or by
// the tables behind them, in order.
func (j *judge) showing(id int) []int {
	var out []int
	for target := range j.a.targets(j.a.objects.byID[id], j.asked) {
		if v, isView := j.a.m.viewByID[target]; isView {
			if at, ours := j.place[v]; ours {
				out = append(out, at)
			}
		}
		for _, v := range j.behind[target] {
			out = append(out, j.place[v])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// moduleIDs are the modules, and the synonyms of one, that reach a view or of
// which nobody knows what they reach.
func (j *judge) moduleIDs() map[int]bool {
	out := map[int]bool{}
	for _, id := range j.sides() {
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

// runners lists those who may run a module, themselves or as somebody they can act
// as, and are not accepted with everything: by EXECUTE, by SELECT and the like on a
// function that gives rows, or, of a trigger outside the catalog, by changing rows.
// Its owner is told nothing new by it, unless it runs as another.
func (j *judge) runners(o thing) []int {
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
	may := func(t token) bool {
		if t.dbo || own && j.a.holds(t, m.Owner) {
			return false
		}
		return slices.ContainsFunc(names, func(name string) bool { return j.a.directly(t, on, name) != No })
	}
	var out []int
	for i, x := range j.people {
		if x.in == No || x.all || x.token.dbo || x.user < 0 && x.as != PublicID || own && j.a.holds(x.token, m.Owner) {
			continue
		}
		if may(x.token) || slices.ContainsFunc(j.actsOf(i), func(id identity) bool { return !id.out && may(id.token) }) {
			out = append(out, i)
		}
	}
	return out
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
