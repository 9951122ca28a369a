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
		remedies, better := []grants.Remedy{remedy}, r.better(row)
		if row.Class == grants.ClassDatabase && row.State == grants.Denied && (row.Name == "CONNECT" || row.Name == "CONTROL") {
			remedies, better = nil, stayOut // nothing here lets in who was shut out
			if r.im.people[h] == nil {
				better = "leave it so: it keeps people out"
			}
		}
		if k.columns && len(remedy.Columns) == 0 { // of a table, whose columns nobody has read
			remedies = nil
		}
		r.note(x, finding.Warning, finding.ImportNotSaid, better, remedies, list, nil, "%q %s %s%s on %s, which no line of a policy says", h.Name, verb(row.State), row.Name, option, target)
	}
}

// better is what a row that no policy can say may be written as.
func (r *reporter) better(row grants.PermissionRow) string {
	_, err := catalog.ParsePermission(row.Name)
	switch {
	case row.State == grants.Denied:
		return "send it only if they are to have that: it takes the denial away"
	case err != nil || row.State == grants.Revoked:
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
		_, way := x.way(row.Major)
		return view || way
	case grants.ClassSchema:
		return x.reaching[row.Major] || slices.ContainsFunc(x.ways, func(w way) bool { return w.on.Schema == x.schema(row.Major) })
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
	if w, ok := x.way(row.Major); ok {
		return w.on, w.text
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
