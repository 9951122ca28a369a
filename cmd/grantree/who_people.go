package main

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
)

// answers is what "who" answers.
type answers struct {
	Access     []access     `json:"access"`
	Powers     []powers     `json:"powers,omitempty"`
	Unverified []unverified `json:"unverified,omitempty"`
}

// access is what somebody may do on a view now.
type access struct {
	Site        string   `json:"site"`
	View        string   `json:"view"`
	User        string   `json:"user"`
	Login       string   `json:"login,omitempty"`
	Inactive    bool     `json:"inactive,omitempty"`
	Permissions []string `json:"permissions"`
	// Not on the view itself: on some of its columns, or on its data beside it.
	Columns     []string `json:"columns,omitempty"`
	Around      []string `json:"around,omitempty"`
	NotVerified []string `json:"not_verified,omitempty"`
	Via         []string `json:"via"`

	may, columns, around, unsure catalog.Permissions
	through                      []string // Via for people
}

// powers is what somebody may not do and can give to themselves.
type powers struct {
	Site        string   `json:"site"`
	View        string   `json:"view"`
	User        string   `json:"user"`
	Login       string   `json:"login,omitempty"`
	Permissions []string `json:"permissions"`
	Through     string   `json:"through"`

	permissions catalog.Permissions
}

// unverified is something that could not be read.
type unverified struct {
	Site    string `json:"site"`
	Message string `json:"message"`
}

// unverifiedOf is what could not be read that matters to a question.
func unverifiedOf(live []liveSite, q question) []unverified {
	var x answers
	for _, s := range live {
		for _, view := range q.views {
			for _, one := range q.permissions {
				x.doubts(s, view, one)
			}
		}
	}
	return x.Unverified
}

// doubts adds what could not be read that matters to one permission on a view.
func (x *answers) doubts(s liveSite, view string, one catalog.Permissions) {
	for _, m := range s.Unverified(view, one) {
		if u := (unverified{s.name, m}); !slices.Contains(x.Unverified, u) {
			x.Unverified = append(x.Unverified, u)
		}
	}
}

// without keeps those who have something that was asked for and, as far as is known,
// not what is excluded, in whatever way.
func (x *answers) without(not catalog.Permissions) {
	if not.IsEmpty() {
		return
	}
	x.Access = slices.DeleteFunc(x.Access, func(y access) bool {
		all := y.may.Union(y.unsure).Union(y.around).Union(y.columns)
		return y.may.Union(y.around).Union(y.columns).Has(not) || all.Minus(not).IsEmpty()
	})
	x.Powers = slices.DeleteFunc(x.Powers, func(y powers) bool { return y.permissions.Minus(not).IsEmpty() })
}

// view adds what is to be said of one view of a site.
func (x *answers) view(s liveSite, view string, asked []catalog.Permissions) {
	byUser, byPower := map[string]*access{}, map[string]*powers{}
	for _, one := range asked {
		for _, d := range s.Who(view, one) {
			if now := d.Allowed != grants.No || d.Has(aroundKinds...) || d.Has("column"); now {
				key := d.User + "\x00" + d.Login
				if byUser[key] == nil {
					byUser[key] = &access{Site: s.name, View: view, User: d.User, Login: d.Login, Inactive: d.Inactive, Via: []string{}}
				}
				byUser[key].add(d)
			}
			for _, r := range d.Because {
				if r.Kind != "power" {
					continue
				}
				key := d.User + "\x00" + r.Via[0]
				if byPower[key] == nil {
					byPower[key] = &powers{Site: s.name, View: view, User: d.User, Login: d.Login, Through: r.Via[0]}
				}
				byPower[key].permissions |= one
			}
		}
		x.doubts(s, view, one)
	}
	for _, key := range sorted(byUser) {
		y := byUser[key]
		y.Permissions = y.may.Union(y.unsure).Union(y.around).Names()
		y.Columns, y.Around, y.NotVerified = y.columns.Names(), y.around.Names(), y.unsure.Names()
		x.Access = append(x.Access, *y)
	}
	for _, key := range sorted(byPower) {
		y := byPower[key]
		y.Permissions = y.permissions.Names()
		x.Powers = append(x.Powers, *y)
	}
}

// aroundKinds are the reasons by which somebody reaches a view's data beside it.
var aroundKinds = []string{"table", "view", "synonym", "module"}

// ownRow is how a GRANT to somebody themselves is said.
const ownRow = "a row of their own"

// add joins the answer about one permission.
func (x *access) add(d grants.Decision) {
	switch {
	case d.Allowed == grants.Yes:
		x.may |= d.Permission
	case d.Allowed == grants.NotVerified:
		x.unsure |= d.Permission
	case d.Has(aroundKinds...):
		x.around |= d.Permission
	default:
		x.columns |= d.Permission
	}
	for _, r := range d.Because {
		around := r.Kind == "column" || slices.Contains(aroundKinds, r.Kind)
		if d.Allowed == grants.No && !around || slices.Contains([]string{"nothing", "deny", "power"}, r.Kind) {
			continue // it gives nothing, or not now
		}
		via := strings.Join(r.Via, " > ")
		text := via
		switch {
		case r.Kind == "column":
			via = strings.Join(append(slices.Clone(r.Via), "columns "+strings.Join(r.Columns, ", ")), " > ")
			if d.Allowed == grants.Yes {
				via = "not " + via
			}
			text = via
		case r.Kind == "impersonate":
			text = "acting as " + via
		case around:
			text = "the " + r.Kind + " " + via
		case via == "":
			via, text = r.Kind, strings.ReplaceAll(r.Kind, "_", " ")
			if r.Kind == "grant" {
				text = ownRow
			}
		}
		if slices.Contains([]string{"chain", "other_database", "login", "connect"}, r.Kind) {
			text = "" // it is no way
		}
		if !slices.Contains(x.Via, via) {
			x.Via = append(x.Via, via)
		}
		if text != "" && !slices.Contains(x.through, text) {
			x.through = append(x.through, text)
		}
	}
}
