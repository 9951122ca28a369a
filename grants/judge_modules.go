package grants

import (
	"fmt"
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
		if len(runners) == 0 || j.acceptedModule(o) {
			continue
		}
		var names []string
		for _, i := range runners {
			names = append(names, fmt.Sprintf("%q", j.people[i].name))
		}
		do := advice{or: fmt.Sprintf("see what it does, and accept it with [[module]] name = %q", o.name)}
		if why := o.opaque(); why != "" {
			found := j.doubt(finding.ModuleNotVerified, do, "what %s reaches cannot be read (%s), and %s may run it", o.name, why, some(names, 3))
			j.evidence[found.Message] = o.name
		} else if j.betrays(id, o.name, runners, do) {
			continue
		} else if reaches := j.reaches(id); len(reaches) > 0 {
			found := j.remark(finding.Module, "%s%s reaches %s, and %s may run it", j.where(false), o.name, some(reaches, 3), some(names, 3))
			j.evidence[found.Message] = o.name + " refers to " + some(reaches, 3)
		}
	}
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
		var who []string
		for _, i := range runners {
			if may := j.people[i].may; may == nil || !may[at].Has(catalog.Select) {
				who = append(who, fmt.Sprintf("%q", j.people[i].name))
			}
		}
		if len(who) == 0 {
			continue
		}
		j.mismatch(finding.ModuleConfidential, name, c.Pos, do, "%s reaches the confidential view %s, and %s, who may not read that, may run it",
			name, j.a.m.viewName(j.views[at]), some(who, 3))
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
	for target := range j.a.below(id).whole {
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

func (j *judge) moduleIDs() map[int]bool {
	out := map[int]bool{}
	for _, o := range j.s.Objects {
		if o.Type.IsModule() && (o.opaque() != "" || slices.Contains(j.sides(), o.ID) || o.Type == Trigger && len(j.reaches(o.ID)) > 0) {
			out[o.ID] = true
		}
	}
	return out
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

// runners lists those who may run a module and are not accepted with
// everything: by EXECUTE, by SELECT on a function that gives rows, or, of a
// trigger outside the catalog, by changing rows.
func (j *judge) runners(o thing) []int {
	on, names := o.ID, []string{o.Type.runs()}
	if o.Type == Trigger || o.Type == CLRTrigger {
		v, isView := j.a.m.viewByID[o.Parent]
		if _, ours := j.place[v]; isView && ours || len(j.behind[o.Parent]) > 0 {
			return nil // the application's own
		}
		on, names = o.Parent, []string{"INSERT", "UPDATE", "DELETE"}
	}
	if !j.someoneHolds(on, names) {
		return nil
	}
	var out []int
	for i, x := range j.people {
		if x.in == No || x.all || x.token.dbo || x.user < 0 && x.as != PublicID || j.a.holds(x.token, o.Owner) {
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return j.a.can(x.token, securable{onObject, on}, name) }) {
			out = append(out, i)
		}
	}
	return out
}

// someoneHolds reports whether any row or fixed role gives a permission on an
// object, so that not everybody has to be asked about every module.
func (j *judge) someoneHolds(id int, names []string) bool {
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

func (j *judge) acceptedModule(o thing) bool {
	return slices.ContainsFunc(j.acc.Modules, func(m AcceptedModule) bool {
		return j.s.Collation.Equal(m.Name, o.name) || o.Schema == DboID && j.s.Collation.Equal(m.Name, o.Name)
	})
}
