package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
)

// Who may do something, by what it comes through: a group, or whatever else gives
// it.

// wayRow is something that gives access to a view, in the sites where it gives the
// same to the same people.
type wayRow struct {
	Sites       []string `json:"sites"`
	View        string   `json:"view"`
	Group       string   `json:"group,omitempty"`
	Through     string   `json:"through"`
	Permissions []string `json:"permissions"`
	Users       []string `json:"users"`

	may catalog.Permissions
}

// key is the same for rows that are one.
func (r wayRow) key() string {
	return fmt.Sprintf("%q %q %q %d %q", r.View, r.Group, r.Through, r.may, r.Users)
}

// wayOf names what a reason gives access through, and the role where it is one; ""
// where it gives none.
func wayOf(d grants.Decision, r grants.Reason) (through, role string) {
	around := r.Kind == "column" || slices.Contains(aroundKinds, r.Kind)
	switch {
	case r.Beaten || d.Allowed == grants.No && !around,
		slices.Contains([]string{"nothing", "deny", "power", "chain", "other_database", "login", "connect", "policy", "not_verified"}, r.Kind):
		return "", ""
	case r.Kind == "impersonate":
		return "acting as " + strings.Join(r.Via, " > "), ""
	case slices.Contains(aroundKinds, r.Kind):
		return "the " + r.Kind + " " + strings.Join(r.Via, " > "), ""
	case len(r.Via) == 0 && r.Kind == "grant":
		return ownRow, ""
	case len(r.Via) == 0:
		return strings.ReplaceAll(r.Kind, "_", " "), ""
	case r.Kind == "column":
		return r.Via[len(r.Via)-1] + ", on some columns", ""
	}
	return r.Via[len(r.Via)-1], r.Via[len(r.Via)-1]
}

// waysOf gathers what gives access to the views of a question in one site: a row for
// those to whom it gives the same.
func waysOf(s liveSite, q question, groups map[string]string) []wayRow {
	var out []wayRow
	for _, view := range q.views {
		given, roles := map[string]map[string]catalog.Permissions{}, map[string]string{} // by way and user
		for _, one := range q.permissions {
			for _, d := range s.Who(view, one) {
				for _, r := range d.Because {
					through, role := wayOf(d, r)
					if through == "" {
						continue
					}
					if given[through] == nil {
						given[through] = map[string]catalog.Permissions{}
					}
					given[through][withLogin(d.User, d.Login)] |= one
					roles[through] = role
				}
			}
		}
		for _, through := range sorted(given) {
			users := map[catalog.Permissions][]string{}
			for _, name := range sorted(given[through]) {
				may := given[through][name]
				users[may] = append(users[may], name)
			}
			for _, may := range slices.Sorted(maps.Keys(users)) {
				out = append(out, wayRow{View: view, Through: through, Group: groups[s.collation.Key(roles[through])], Permissions: may.Names(), Users: users[may], may: may})
			}
		}
	}
	return out
}

// ways gathers what gives access, the same in several sites once: groups first,
// those with most people before others.
func (a *app) ways(live []liveSite, q question, groups []group) []wayRow {
	rows := []wayRow{}
	at := map[string]int{}
	for _, s := range live {
		names := map[string]string{}
		for _, g := range groups {
			names[s.collation.Key(g.role)] = g.name
		}
		for _, r := range waysOf(s, q, names) {
			i, again := at[r.key()]
			if !again {
				i = len(rows)
				at[r.key()], rows = i, append(rows, r)
			}
			rows[i].Sites = append(rows[i].Sites, s.name)
		}
	}
	slices.SortStableFunc(rows, func(x, y wayRow) int {
		if by := strings.Compare(x.View, y.View); by != 0 {
			return by
		}
		if (x.Group == "") != (y.Group == "") {
			return len(y.Group) - len(x.Group)
		}
		return len(y.Users) - len(x.Users)
	})
	return rows
}

// group is a group's name with that of its role.
type group struct{ name, role string }

// printWays prints what gives access, and to how many people.
func (a *app) printWays(rows []wayRow, asked []catalog.Permissions) {
	head := []string{"VIEW", "THROUGH"}
	for _, one := range asked {
		head = append(head, one.String()[:1])
	}
	table := [][]string{append(head, "PEOPLE", "", "SITES")}
	for _, r := range rows {
		cells := []string{r.View, r.Through}
		if r.Group != "" && r.Group != r.Through {
			cells[1] = fmt.Sprintf("%s (role %s)", r.Group, r.Through)
		}
		for _, one := range asked {
			mark := "."
			if r.may.Has(one) {
				mark = "+"
			}
			cells = append(cells, mark)
		}
		table = append(table, append(cells, fmt.Sprint(len(r.Users)), list(r.Users, 4), list(r.Sites, shownAt)))
	}
	a.folded(table, 3+len(asked))
	a.printf("\n%s\n", count(len(rows), "line"))
}
