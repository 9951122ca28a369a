package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Moved says in words what of a site is not as another snapshot of it has it: the
// first thing, and how many more there are; "" where nothing differs of its
// principals, their marks, members and permissions, and of its schemas and views and whose
// they are. Everything is compared by name, without who granted it and by which login
// somebody enters.
func Moved(then, now *Snapshot) string {
	before, after := inWords(then), inWords(now)
	var found []string
	for fact := range after {
		if !before[fact] {
			found = append(found, "there is "+fact)
		}
	}
	for fact := range before {
		if !after[fact] {
			found = append(found, "there is no "+fact+" any more")
		}
	}
	if len(found) == 0 {
		return ""
	}
	about := func(what string) int { // principals first
		if strings.HasPrefix(what, "there is user ") || strings.HasPrefix(what, "there is role ") {
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(about(a)-about(b), strings.Compare(a, b)) })
	more := ""
	if len(found) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(found)-1)
	}
	return found[0] + more
}

// inWords is what a snapshot has of what plans change or rest on, in words.
func inWords(s *Snapshot) map[string]bool {
	ix := newIndex(s)
	m := &mender{s: s, ix: ix}
	name := func(id int) string {
		if p, ok := ix.byID[id]; ok {
			return ix.principals[p].Name
		}
		return fmt.Sprint("#", id)
	}
	out := make(map[string]bool, len(s.Principals)+len(s.Members)+len(s.Permissions)+len(s.Views))
	for _, p := range s.Principals {
		what := "user"
		if !p.Type.IsUser() {
			what = "role"
		}
		out[fmt.Sprintf("%s %q", what, p.Name)] = true
		if p.Managed {
			out[fmt.Sprintf("mark of grantree on %q", p.Name)] = true
		}
	}
	for _, x := range s.Members {
		out[fmt.Sprintf("member %q of %q", name(x.Member), name(x.Role))] = true
	}
	for _, x := range s.Schemas {
		out[fmt.Sprintf("schema %q of %q", x.Name, name(x.Owner))] = true
	}
	for _, v := range s.Views {
		out[fmt.Sprintf("view %q of %q", ix.schemaName(v.Schema)+"."+v.Name, name(v.Owner))] = true
	}
	for _, r := range s.Permissions {
		out[m.words(r, name)] = true
	}
	return out
}

// words is a row of permissions in words.
func (m *mender) words(r PermissionRow, name func(int) string) string {
	verb := map[State]string{Granted: "GRANT", GrantedWithGrant: "GRANT (with grant option)", Denied: "DENY", Revoked: "REVOKE"}[r.State]
	on, known := m.securable(r.Class, r.Major)
	where := fmt.Sprintf("#%d of class %d", r.Major, r.Class)
	switch {
	case known && on == Securable{}:
		where = "the database"
	case known:
		where = strings.TrimPrefix(on.Schema+"."+on.Name, ".")
	}
	if r.Minor != 0 {
		where += fmt.Sprintf(" (column %d)", r.Minor)
	}
	return fmt.Sprintf("%s of %s on %s to %q", verb, r.Name, where, name(r.Grantee))
}
