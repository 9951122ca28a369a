package grants

import (
	"fmt"
	"slices"
)

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
	reaches := func(i int) map[int]bool { // nil where they may not run it
		x := j.people[i]
		as := slices.DeleteFunc(append([]identity{{token: x.token}}, j.actsOf(i)...), func(id identity) bool { return !may(id) })
		if len(as) == 0 {
			return nil
		}
		if same == nil || asks {
			same = map[int]bool{}
			for _, id := range as {
				j.reachesFor(same, id.token, o.ID)
			}
		}
		return same
	}
	var out []run
	alike := map[string]map[int]bool{}
	for i, x := range j.people {
		if x.in == No || x.all || x.token.dbo || x.user < 0 && x.as != PublicID || own && j.a.holds(x.token, m.Owner) {
			continue
		}
		sort := j.sortOf(i)
		found, known := alike[sort]
		if !known || sort == "" {
			found = reaches(i)
			alike[sort] = found
		}
		if found != nil {
			out = append(out, run{i, found})
		}
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

// sortOf is the same for people who are in the same roles and have nothing of their
// own, so that one may run what the others may; "" of everybody else.
func (j *judge) sortOf(i int) string {
	if j.sorts == nil {
		j.sorts = j.newSorts()
	}
	return j.sorts[i]
}

func (j *judge) newSorts() []string {
	special := map[int]bool{}
	for _, row := range j.s.Permissions {
		if row.Class != ClassDatabase || row.Name != "CONNECT" || row.State != Granted {
			special[row.Grantee] = true
		}
	}
	for _, o := range j.a.objects.byID {
		special[o.Owner] = true
	}
	for _, on := range j.owned() {
		special[j.ownerOf(on)] = true
	}
	out := make([]string, len(j.people))
	for i, x := range j.people {
		plain := x.user >= 0 && !special[j.a.m.principals[x.user].ID] && len(x.token.server) <= 2 && len(x.token.barred) == 0 && !j.a.server.denies
		for _, id := range x.token.server {
			plain = plain && !slices.ContainsFunc(j.a.server.of(id), func(row ServerPermissionRow) bool { return row.Name != "CONNECT SQL" && id != j.a.server.public })
		}
		if plain {
			out[i] = fmt.Sprint(len(x.token.server), x.token.db[1:])
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
