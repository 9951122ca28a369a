package adoption

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// odd tells of rows that no line of a policy says: those that reach the views one
// by one, the others together.
func (r *reporter) odd(x *site, h *holder, rows []int) {
	type key struct {
		row     grants.PermissionRow
		columns bool
	}
	var order []key
	by := map[key][]int{}
	for _, i := range rows {
		row := x.snap.Permissions[i]
		k := key{row, row.Minor != 0}
		k.row.Minor, k.row.Grantor = 0, 0
		if !r.matters(x, row) {
			k = key{row: grants.PermissionRow{Name: row.Name, State: row.State, Grantee: -1}}
		}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], i)
	}
	for _, k := range order {
		list := by[k]
		if k.row.Grantee < 0 {
			r.note(x, finding.Note, finding.ImportNotSaid, "", nil, list, nil, "%q %s %s on %s that no view of the application is or stands on: grantree leaves it alone",
				h.Name, verb(k.row.State), k.row.Name, counted(len(list), "thing", "things"))
			continue
		}
		row := x.snap.Permissions[list[0]]
		on, target := x.on(row)
		remedy := grants.Remedy{Kind: grants.RemedyRevoke, On: on, Permissions: []string{row.Name}, Principal: h.Name, Cascade: row.State == grants.GrantedWithGrant}
		if k.columns {
			target = "columns of " + target
			remedy.Columns = x.columns(row.Major, list)
		}
		option := ""
		if row.State == grants.GrantedWithGrant {
			option = " WITH GRANT OPTION"
			if _, view := x.views[row.Major]; view && row.Class == grants.ClassObject && row.Minor == 0 {
				remedy.Kind, remedy.Cascade = grants.RemedyRevokeOption, false
			}
		}
		r.note(x, finding.Warning, finding.ImportNotSaid, r.better(row), []grants.Remedy{remedy}, list, nil, "%q %s %s%s on %s, which no line of a policy says", h.Name, verb(row.State), row.Name, option, target)
	}
}

// better is what a row that no policy can say may be written as.
func (r *reporter) better(row grants.PermissionRow) string {
	_, err := catalog.ParsePermission(row.Name)
	switch {
	case err != nil || row.State == grants.Denied || row.State == grants.Revoked:
		return "take it away once nobody needs it"
	case row.Minor != 0:
		return `or make a view of those columns, and give that`
	case row.Class == grants.ClassSchema, row.Class == grants.ClassDatabase:
		return `first write views = "*" with what is needed into a group, and apply it`
	}
	return "take it away once nobody needs it"
}

func verb(s grants.State) string {
	switch s {
	case grants.Denied:
		return "is denied"
	case grants.Revoked:
		return "is not granted"
	}
	return "holds"
}

// matters reports whether a row is about the application's views, what stands
// above them, or other principals.
func (r *reporter) matters(x *site, row grants.PermissionRow) bool {
	_, view := x.views[row.Major]
	switch row.Class {
	case grants.ClassObject:
		return view
	case grants.ClassSchema:
		return x.reaching[row.Major]
	case grants.ClassDatabase:
		_, err := catalog.ParsePermission(row.Name)
		return err == nil || row.Name == "CONNECT" || row.Name == "CONTROL" || row.Name == "TAKE OWNERSHIP" || strings.HasPrefix(row.Name, "ALTER")
	}
	return row.Class == grants.ClassPrincipal
}

// on is what a row is on, for a statement and for a sentence.
func (x *site) on(row grants.PermissionRow) (grants.Securable, string) {
	switch row.Class {
	case grants.ClassDatabase:
		return grants.Securable{}, "the database"
	case grants.ClassSchema:
		name := x.schema(row.Major)
		return grants.Securable{Class: "SCHEMA", Name: name}, "the schema " + name
	case grants.ClassPrincipal:
		h := x.by[row.Major]
		if h == nil {
			return grants.Securable{Class: "USER", Name: "?"}, "somebody"
		}
		class := map[string]string{"role": "ROLE", "application role": "APPLICATION ROLE"}[kindOf(h)]
		return grants.Securable{Class: cmp.Or(class, "USER"), Name: h.Name}, fmt.Sprintf("the %s %q", kindOf(h), h.Name)
	}
	for _, v := range x.snap.Views {
		if v.ID == row.Major {
			return grants.Securable{Class: "OBJECT", Schema: x.schema(v.Schema), Name: v.Name}, x.schema(v.Schema) + "." + v.Name
		}
	}
	return grants.Securable{Class: "OBJECT", Name: "?"}, "another object"
}

func (x *site) schema(id int) string {
	for _, s := range x.snap.Schemas {
		if s.ID == id {
			return s.Name
		}
	}
	return "?"
}

// columns names the columns of a view that rows are on.
func (x *site) columns(view int, rows []int) []string {
	var out []string
	for _, v := range x.snap.Views {
		for _, c := range v.Columns {
			if v.ID == view && slices.ContainsFunc(rows, func(i int) bool { return x.snap.Permissions[i].Minor == c.ID }) {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// remaining tells what verify will still find.
func (r *reporter) remaining(x *site, mismatches, unverified finding.List) {
	add := func(f finding.Finding, what string) {
		f.Message = strings.TrimPrefix(f.Message, fmt.Sprintf("site %q: ", x.Name))
		i := slices.IndexFunc(r.items, func(o Item) bool { return o.Code == finding.ImportMismatch && o.Message == what+f.Message })
		if i < 0 {
			i = len(r.items)
			g := f
			g.Code, g.Severity, g.Message = finding.ImportMismatch, finding.Warning, what+f.Message
			r.items = append(r.items, Item{Finding: g, Rows: map[string][]int{}, Members: map[string][]int{}})
		}
		r.items[i].Sites = append(r.items[i].Sites, x.Name)
	}
	for _, f := range mismatches {
		add(f, "verify will find a mismatch ("+f.Code+"): ")
	}
	for _, f := range unverified {
		add(f, "verify will not know ("+f.Code+"): ")
	}
}

// differences tells where sites do not agree.
func (r *reporter) differences() {
	variants := map[string][]*group{}
	for _, g := range r.draft.groups {
		variants[fold(g.roleName())] = append(variants[fold(g.roleName())], g)
	}
	for _, g := range r.draft.groups {
		list := variants[fold(g.roleName())]
		if len(list) > 1 && list[0] == g {
			for _, other := range list[1:] {
				more, less := differs(g, other)
				r.note(nil, finding.Warning, finding.ImportDiffers, "make them alike, and import again; or keep the groups apart",
					nil, nil, nil, "the role %q holds %s more and %s less in %s than in %s: there it is the group %q", g.roleName(),
					counted(more, "permission", "permissions"), counted(less, "permission", "permissions"), words(names(other.sites), "", ""), words(names(g.sites), "", ""), other.name)
			}
		}
		if len(list) == 1 && len(g.sites) < len(r.im.sites) {
			r.note(nil, finding.Note, finding.ImportDiffers, "leave sites out of the [[group]] to have it everywhere", nil, nil, nil, "the role %q is in %s alone", g.roleName(), words(names(g.sites), "site", "sites"))
		}
	}
	for _, u := range r.draft.users {
		for _, e := range u.at {
			r.note(nil, finding.Note, finding.ImportDiffers, "", nil, nil, nil, "%q is in other groups, or has other overrides, in %s: [[user.at]]", u.name, words(names(e.sites), "site", "sites"))
		}
	}
}

// differs counts what the second of two groups has more and less, on views that
// both know.
func differs(g, o *group) (more, less int) {
	for n := range g.granted {
		if g.free[n].IsEmpty() && o.free[n].IsEmpty() {
			more += o.granted[n].Minus(g.granted[n]).Len() + g.denied[n].Minus(o.denied[n]).Len()
			less += g.granted[n].Minus(o.granted[n]).Len() + o.denied[n].Minus(g.denied[n]).Len()
		}
	}
	return more, less
}

// accepted tells which rules are broken in the sites, and accepted.
func (r *reporter) accepted() {
	by := map[string][]string{}
	var order []string
	for _, w := range r.draft.waivers {
		who := fmt.Sprintf("the group %q", w.Group)
		if w.Group == "" {
			who = fmt.Sprintf("the user %q", w.User)
		}
		if by[who] == nil {
			order = append(order, who)
		}
		by[who] = append(by[who], string(w.View))
	}
	for _, who := range order {
		r.note(nil, finding.Warning, finding.ImportRule, "see whether it is meant; then write the reason into the [[waiver]], or take the waiver and the permission away", nil, nil, nil,
			"%s may more on %s than on the parents, which rule 2 forbids: a [[waiver]] of each lets it be", who, words(by[who], "", ""))
	}
	for _, g := range r.draft.groups {
		if g.overrides && len(g.deny) > 0 {
			r.note(nil, finding.Warning, finding.ImportRule, "see whether it is meant; then write the reason into the deny, or take it away", nil, nil, nil,
				"a deny of the group %q takes from its people what other groups give, which rule 1 forbids: overrides = true lets it be", g.name)
		}
	}
}

// guesses tells what nobody said.
func (r *reporter) guesses() {
	if r.im.base.License.Pos.IsZero() && r.draft.seats > 0 {
		r.note(nil, finding.Note, finding.ImportGuess, "write what the licence says", nil, nil, nil, "[license] seats = %d is a guess: so many people enter today", r.draft.seats)
	}
	if r.draft.admins != "" {
		r.note(nil, finding.Note, finding.ImportGuess, "name the right group", nil, nil, nil, "[policy] administrators = %q is a guess: it may do most", r.draft.admins)
	}
	for _, u := range r.draft.users {
		if u.note != "" {
			r.note(nil, finding.Note, finding.ImportGuess, "name its people instead, or state how many they are in an [[outsider]]", nil, nil, nil, "%q is %s", u.name, u.note)
		}
	}
	if len(r.draft.groups) > 0 && r.draft.admins == "" && !slices.ContainsFunc(r.draft.groups, func(g *group) bool { return fold(g.name) == fold("Admin") }) {
		r.note(nil, finding.Note, finding.ImportGuess, `name the group whose people administer the sites: [policy] administrators = "…"`, nil, nil, nil, "no group may do everything, so none was taken for the administrators'")
	}
}
