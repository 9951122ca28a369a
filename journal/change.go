package journal

import (
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// Change is a grants.Change as files hold it, whole but for its causes: what it is and
// what it takes to put back exactly what was there.
type Change struct {
	Kind        string    `json:"kind"`
	Principals  []string  `json:"of,omitempty"`
	Role        string    `json:"role,omitempty"`
	Was         string    `json:"was,omitempty"`
	Login       string    `json:"login,omitempty"`
	NewLogin    bool      `json:"new_login,omitempty"`
	Own         string    `json:"own,omitempty"`
	Default     string    `json:"default_schema,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	Property    *Property `json:"property,omitempty"`
	Schema      string    `json:"schema,omitempty"`
	View        string    `json:"view,omitempty"`
	Engine      bool      `json:"engine,omitempty"`
	Permissions []string  `json:"may,omitempty"`
	Before      []Row     `json:"before,omitempty"`
	Temporary   bool      `json:"temporary,omitempty"`
	Holds       string    `json:"holds,omitempty"`
	Text        string    `json:"text,omitempty"`
	MarkWas     string    `json:"mark_was,omitempty"`
	Drops       *Dropped  `json:"drops,omitempty"`
}

// Row is a permission that a change replaced or removed.
type Row struct {
	Of    string `json:"of"`
	May   string `json:"may"`
	State string `json:"state"`
}

// Property is an extended property of a principal.
type Property struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Dropped is what went with a principal.
type Dropped struct {
	Login      string       `json:"login,omitempty"`
	Roles      []string     `json:"roles,omitempty"`
	Members    []string     `json:"members,omitempty"`
	Rows       []DroppedRow `json:"rows,omitempty"`
	Unmarked   bool         `json:"unmarked,omitempty"`
	Connect    string       `json:"connect,omitempty"`
	Default    string       `json:"default_schema,omitempty"`
	Owner      string       `json:"owner,omitempty"`
	Properties []Property   `json:"properties,omitempty"`
	Mark       string       `json:"mark,omitempty"`
	Opening    string       `json:"opening,omitempty"`
}

// DroppedRow is what it was granted or denied on a view.
type DroppedRow struct {
	Schema string   `json:"schema"`
	View   string   `json:"view"`
	May    []string `json:"may"`
	State  string   `json:"state"`
}

// ChangesOf are changes as files hold them.
func ChangesOf(changes []grants.Change) []Change {
	out := make([]Change, len(changes))
	for i, c := range changes {
		out[i] = Change{Kind: string(c.Kind), Principals: c.Principals, Role: c.Role, Was: c.Was, Login: c.Login, NewLogin: c.NewLogin, Own: string(c.Own),
			Schema: c.Schema, View: c.View, Engine: c.Engine, Permissions: names(c.Permissions), Temporary: c.Temporary, Default: c.DefaultSchema, Owner: c.Owner,
			Holds: c.Holds, Text: c.Text, MarkWas: c.MarkWas}
		if c.Property != nil {
			out[i].Property = (*Property)(c.Property)
		}
		for _, r := range c.Before {
			out[i].Before = append(out[i].Before, Row{r.Principal, r.Permission.String(), string(r.State)})
		}
		if c.Drops != nil {
			out[i].Drops = droppedOf(*c.Drops)
		}
	}
	return out
}

func droppedOf(d grants.Dropped) *Dropped {
	out := &Dropped{Login: d.Login, Roles: d.Roles, Members: d.Members, Unmarked: d.Unmarked, Connect: string(d.Connect), Default: d.DefaultSchema, Owner: d.Owner, Mark: d.Mark, Opening: d.Opening}
	for _, r := range d.Rows {
		out.Rows = append(out.Rows, DroppedRow{r.Schema, r.View, names(r.Permissions), string(r.State)})
	}
	for _, p := range d.Properties {
		out.Properties = append(out.Properties, Property(p))
	}
	return out
}

// names are permissions by their names; none is nil.
func names(p catalog.Permissions) []string {
	if p.IsEmpty() {
		return nil
	}
	return p.Names()
}

// kinds are those of grants.Change.
var kinds = []grants.Kind{grants.CreateRole, grants.DropRole, grants.CreateUser, grants.DropUser, grants.AddMember, grants.DropMember, grants.GrantOn, grants.DenyOn,
	grants.RevokeOn, grants.Mark, grants.Unmark, grants.RenameRole, grants.RenameUser, grants.GrantConnect, grants.RevokeConnect, grants.DenyConnect, grants.AddProperty, grants.DropProperty,
	grants.CreateSchema, grants.CreateLedger, grants.GuardLedger, grants.Stamp, grants.BreakGlass, grants.EndBreakGlass}

// Grants is the change as it can be carried out. The error says what of it is none.
func (c Change) Grants() (grants.Change, error) {
	out := grants.Change{Kind: grants.Kind(c.Kind), Principals: c.Principals, Role: c.Role, Was: c.Was, Login: c.Login, NewLogin: c.NewLogin, Own: grants.PrincipalType(c.Own),
		Schema: c.Schema, View: c.View, Engine: c.Engine, Temporary: c.Temporary, DefaultSchema: c.Default, Owner: c.Owner,
		Holds: c.Holds, Text: c.Text, MarkWas: c.MarkWas}
	if !slices.Contains(kinds, out.Kind) {
		return out, fmt.Errorf("its kind is %q", c.Kind)
	}
	if len(c.Principals) == 0 || slices.Contains(c.Principals, "") {
		return out, fmt.Errorf("it names nobody")
	}
	var err error
	if out.Permissions, err = permissions(c.Permissions); err != nil {
		return out, err
	}
	if rows := out.Kind == grants.GrantOn || out.Kind == grants.DenyOn || out.Kind == grants.RevokeOn; rows && (out.View == "" || out.Permissions.IsEmpty()) {
		return out, fmt.Errorf("it names no view or no permission")
	}
	if c.Property != nil {
		out.Property = (*grants.Property)(c.Property)
	}
	for _, r := range c.Before {
		one, err := permissions([]string{r.May})
		if err == nil {
			err = stateOf(r.State)
		}
		if err != nil {
			return out, err
		}
		out.Before = append(out.Before, grants.RowBefore{Principal: r.Of, Permission: one, State: grants.State(r.State)})
	}
	if c.Drops != nil {
		out.Drops, err = c.Drops.grants()
	}
	return out, err
}

func (d Dropped) grants() (*grants.Dropped, error) {
	out := &grants.Dropped{Login: d.Login, Roles: d.Roles, Members: d.Members, Unmarked: d.Unmarked, Connect: grants.State(d.Connect), DefaultSchema: d.Default, Owner: d.Owner, Mark: d.Mark, Opening: d.Opening}
	if d.Connect != "" {
		if err := stateOf(d.Connect); err != nil {
			return nil, err
		}
	}
	for _, r := range d.Rows {
		may, err := permissions(r.May)
		if err == nil {
			err = stateOf(r.State)
		}
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, grants.DroppedRow{Schema: r.Schema, View: r.View, Permissions: may, State: grants.State(r.State)})
	}
	for _, p := range d.Properties {
		out.Properties = append(out.Properties, grants.Property(p))
	}
	return out, nil
}

// permissions reads names as names writes them.
func permissions(list []string) (catalog.Permissions, error) {
	var out catalog.Permissions
	for _, name := range list {
		one, err := catalog.ParsePermission(name)
		if err != nil || one.String() != name {
			return 0, fmt.Errorf("it speaks of the permission %q", name)
		}
		out |= one
	}
	return out, nil
}

// stateOf objects to what is no state of a row.
func stateOf(state string) error {
	switch grants.State(state) {
	case grants.Granted, grants.Denied:
		return nil
	}
	return fmt.Errorf("it speaks of a row in the state %q", state)
}
