package grants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
)

// Decide answers whether somebody, a user of the site or a login, may do p, a
// single permission, on the whole of view by whatever way, and why. How they
// enter comes first, where that decides; then, for one that is refused by a
// DENY, every DENY and the GRANTs that they beat; for one that is allowed,
// everything that allows it, in the order of the check (reference C.1), objects
// before schemas before the database, and the shortest path of roles first;
// then chains of owners, whom they can act as, and ways around the view.
func (a *Access) Decide(user, view string, p catalog.Permissions) Decision {
	d := Decision{User: user, Site: a.s.Site, View: view, Permission: p}
	acc, okUser := a.account(user)
	v, okView := a.m.view(view)
	switch {
	case !okUser:
		d.Because = []Reason{{Kind: "nothing", Text: fmt.Sprintf("%s has no account %q", a.site(), user)}}
		return d
	case !okView:
		d.Because = []Reason{{Kind: "nothing", Text: fmt.Sprintf("%s has no view %q", a.site(), view)}}
		return d
	}
	f := a.face(acc)
	return a.orNothing(f, v, a.decide(f, v, p))
}

// face is somebody with what every question about them asks: how they enter,
// and whom they can act as.
type face struct {
	account
	entry
	acts []identity
}

func (a *Access) face(acc account) face {
	e := a.arrive(acc)
	return face{account: acc, entry: e, acts: a.acts(e)}
}

// decide is Decide for somebody who was found.
func (a *Access) decide(f face, v int, p catalog.Permissions) Decision {
	d := Decision{User: f.name, Login: a.otherLogin(f.account), Site: a.s.Site, View: a.m.shortName(v), Permission: p}
	d.Allowed = f.in.and(a.may(f.token, v, p))
	d.Because = append(slices.Clone(f.why), a.because(f.account, f.entry, v, p)...)
	for _, id := range f.acts {
		if may := a.as(id, v, p); may != No {
			d.Allowed = d.Allowed.or(may)
			d.Because = append(d.Because, Reason{Kind: "impersonate", Via: id.via,
				Text: fmt.Sprintf("%s may act as %s, who %s %s %s", f.name, id.way(), may, p, a.m.viewName(v))})
		}
	}
	if d.Allowed != Yes {
		d.Because = append(d.Because, a.around(f, v, p)...)
	}
	return d
}

// orNothing says that nothing gives what was asked, where somebody enters, may
// not, and no reason says more than how they enter.
func (a *Access) orNothing(f face, v int, d Decision) Decision {
	if len(d.Because) == len(f.why) && f.in != No && d.Allowed == No {
		d.Because = append(d.Because, Reason{Kind: "nothing", Text: fmt.Sprintf("nothing gives %s %s on %s", f.name, d.Permission, a.m.viewName(v))})
	}
	return d
}

// otherLogin is the name of somebody's login where it is not their own, or "".
func (a *Access) otherLogin(acc account) string {
	if acc.login < 0 || acc.user < 0 || a.s.ServerCollation.Equal(a.server.logins[acc.login].Name, acc.name) {
		return ""
	}
	return a.server.logins[acc.login].Name
}

func (a *Access) site() string {
	if a.s.Site == "" {
		return "the site"
	}
	return a.s.Site
}

// because gathers the facts that reach the tuple and keeps those that decide.
func (a *Access) because(acc account, e entry, v int, p catalog.Permissions) []Reason {
	at := e.as
	if e.in == No && acc.user >= 0 {
		at = a.m.principals[acc.user].ID
	}
	if at == DboID {
		if len(e.why) > 0 {
			return a.chainReasons(acc, e, v, p)
		}
		return append([]Reason{{Kind: "dbo", Text: "dbo may do everything, and no DENY binds it"}}, a.chainReasons(acc, e, v, p)...)
	}
	u := a.m.byID[at]
	var facts []fact
	for _, path := range a.paths(u) {
		facts = append(facts, a.facts(path, v, p)...)
	}
	facts = append(facts, a.serverFacts(acc, e.token, p)...)
	slices.SortStableFunc(facts, func(x, y fact) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(len(x.Via), len(y.Via)), slices.Compare(x.Via, y.Via), strings.Compare(x.Text, y.Text))
	})
	allowed := a.holdsOn(e.token, v).Has(p)
	owner := slices.ContainsFunc(facts, func(f fact) bool { return f.rank == rankOwner })
	denied := !allowed && slices.ContainsFunc(facts, func(f fact) bool { return f.rank == rankDeny })
	var out []Reason
	for _, f := range facts {
		beaten := f.rank == rankDeny && allowed
		if owner && f.rank != rankOwner || beaten {
			continue
		}
		f.Beaten = denied && f.rank == rankGrant
		out = append(out, f.Reason)
	}
	if e.in != No {
		out = append(out, a.columnReasons(u, v, p)...)
	}
	if allowed {
		out = append(out, a.chainReasons(acc, e, v, p)...)
	}
	return out
}

// serverFacts lists what the server's permissions bring to every view.
func (a *Access) serverFacts(acc account, t token, p catalog.Permissions) []fact {
	var out []fact
	for _, l := range (level{onDatabase, p.String()}).space() {
		if l.kind != onServer {
			continue
		}
		for _, row := range a.server.rows {
			if a.server.on(row).kind != onServer || row.Name != l.name || !slices.Contains(t.server, row.Grantee) {
				continue
			}
			name, via := a.server.name(row.Grantee), a.server.path(t.server[0], a.server.name(row.Grantee))
			who := "the login " + name
			if i, ok := a.server.byID[row.Grantee]; ok && a.server.logins[i].IsRole() {
				who = fmt.Sprintf("the server role %s, which the login %s is in,", name, a.server.name(t.server[0]))
			}
			f := fact{Reason{Kind: "server_permission", Via: via, Text: fmt.Sprintf("%s is granted %s on the server", who, l.name)}, rankGrant}
			if row.State == Denied {
				f = fact{Reason{Kind: "server_permission", Via: via, Text: fmt.Sprintf("%s is denied %s on the server", who, l.name)}, rankDeny}
			}
			out = append(out, f)
		}
	}
	return out
}

// fact is a reason with its place in the order of the check.
type fact struct {
	Reason
	rank int
}

const (
	rankOwner = iota
	rankDeny
	rankGrant
)

// path is one principal that a user acts as, and the roles on the way there,
// nearest first and the principal last. The user's own path is empty.
type path struct {
	principal int
	via       []string
}

// paths walks from the user to every role, nearest first, by the shortest way
// and by name among equally short ones.
func (a *Access) paths(u int) []path {
	out := []path{{principal: u}}
	seen := map[int32]bool{int32(u): true, a.m.public: true}
	for i := 0; i < len(out); i++ {
		roles := slices.Clone(a.m.parents[out[i].principal])
		slices.Sort(roles)
		for _, role := range roles {
			if !seen[role] {
				seen[role] = true
				via := append(slices.Clone(out[i].via), a.m.principals[role].Name)
				out = append(out, path{principal: int(role), via: via})
			}
		}
	}
	public := int(a.m.public)
	if u == public {
		return out
	}
	return append(out, path{principal: public, via: []string{a.m.principals[public].Name}})
}

// facts lists what one principal brings to a view.
func (a *Access) facts(at path, v int, p catalog.Permissions) []fact {
	id := a.m.principals[at.principal].ID
	var out []fact
	note := func(rank int, kind, format string, args ...any) {
		text := a.who(at) + " " + fmt.Sprintf(format, args...)
		out = append(out, fact{Reason{Text: text, Kind: kind, Via: at.via}, rank})
	}
	view := a.m.views[v]
	if view.Owner == id {
		note(rankOwner, "owner", "owns %s", a.m.viewName(v))
	}
	if i, ok := a.m.schemaByID[view.Schema]; ok && a.m.schemas[i].Owner == id && view.Owner != id {
		note(rankOwner, "owner", "owns the schema %s", a.m.schemas[i].Name)
	}
	if grant, deny := fixedRights(id); grant.Has(p) {
		note(rankGrant, "fixed_role", "gives %s on every view of the database", p)
	} else if deny.Has(p) {
		note(rankDeny, "fixed_role", "denies %s on every view of the database", p)
	}
	for _, row := range a.rowsOver(v, at.principal) {
		if covers(row.Class, row.Name).Has(p) {
			rank, kind, verb := a.verdict(row)
			note(rank, kind, "%s %s on %s", verb, row.Name+option(row), a.target(row))
		}
	}
	return out
}

// who names the principal of a path as the subject of a sentence.
func (a *Access) who(at path) string {
	name := a.m.principals[at.principal].Name
	switch {
	case at.principal == int(a.m.public):
		return "public, which everyone is in,"
	case len(at.via) == 0 && a.m.principals[at.principal].Type == DatabaseRole:
		return "the role " + name
	case len(at.via) == 0:
		return "the user " + name
	case len(at.via) == 1:
		return "the role " + name
	}
	return fmt.Sprintf("the role %s (through %s)", name, strings.Join(at.via[:len(at.via)-1], ", then "))
}

// verdict says what a row does and what kind of reason that is.
func (a *Access) verdict(row PermissionRow) (rank int, kind, verb string) {
	rank, kind, verb = rankGrant, "grant", "is granted"
	if row.State == Denied {
		rank, kind, verb = rankDeny, "deny", "is denied"
	}
	switch row.Class {
	case ClassSchema:
		kind = "schema"
	case ClassDatabase:
		kind = "database"
	}
	return rank, kind, verb
}

func (a *Access) target(row PermissionRow) string {
	switch row.Class {
	case ClassDatabase:
		return "the database"
	case ClassSchema:
		return "the schema " + a.m.schemaName(row.Major)
	}
	return a.m.viewName(a.m.viewByID[row.Major])
}

// rowsOver returns the rows of a grantee, by position, on a view, its schema and the database,
// not those on columns.
func (a *Access) rowsOver(v, p int) []PermissionRow {
	view := a.m.views[v]
	var out []PermissionRow
	for _, on := range []securable{{onObject, view.ID}, {onSchema, view.Schema}, {onDatabase, 0}} {
		for _, row := range a.table.given(on, p) {
			if row.Minor == 0 && row.State != Revoked {
				out = append(out, row)
			}
		}
	}
	slices.SortFunc(out, compareRows)
	return out
}

func (a *Access) reaches(row PermissionRow, v int) bool {
	switch row.Class {
	case ClassDatabase:
		return true
	case ClassSchema:
		return row.Major == a.m.views[v].Schema
	case ClassObject:
		return row.Major == a.m.views[v].ID
	}
	return false
}

// columnReasons says where columns differ from the answer for the view, and
// through what: the rows that are in force on them, nearest first.
func (a *Access) columnReasons(u, v int, p catalog.Permissions) []Reason {
	if len(a.column[v]) == 0 || !columnPermissions.Has(p) {
		return nil
	}
	whole := a.of(u, v).Has(p)
	differ := map[string]bool{}
	for _, c := range a.Columns(a.m.principals[u].Name, a.m.viewName(v)) {
		if c.Permissions.Has(p) != whole {
			differ[c.Column] = true
		}
	}
	rest := maps.Clone(differ)
	states := []State{Granted, GrantedWithGrant}
	if whole { // then a grant on columns adds nothing but that it can be handed on
		states = []State{Denied, GrantedWithGrant}
	}
	var out []Reason
	for _, at := range a.paths(u) {
		for _, state := range states {
			columns := slices.DeleteFunc(columnNames(a.m.views[v], a.columnsOf(at.principal, v, p, state)), func(c string) bool {
				return differ[c] == (whole && state != Denied)
			})
			if len(columns) == 0 {
				continue
			}
			row, kind := PermissionRow{Class: ClassObject, State: state}, "column"
			if whole && state != Denied {
				kind = "grant"
			}
			_, _, verb := a.verdict(row)
			out = append(out, Reason{Kind: kind, Via: at.via, Columns: columns,
				Text: fmt.Sprintf("%s %s %s on some columns of %s: %s", a.who(at), verb, p.String()+option(row), a.m.viewName(v), strings.Join(columns, ", "))})
			for _, c := range columns {
				delete(rest, c)
			}
		}
	}
	if rest := slices.Sorted(maps.Keys(rest)); len(rest) > 0 { // revoked out of a grant
		out = append(out, Reason{Kind: "column", Columns: rest, Text: fmt.Sprintf("%s is not granted on some columns of %s: %s", p, a.m.viewName(v), strings.Join(rest, ", "))})
	}
	return out
}

// columnsOf lists the columns on which a principal itself has a row of a state.
func (a *Access) columnsOf(principal, v int, p catalog.Permissions, state State) []int {
	var out []int
	for _, row := range a.column[v] {
		if row.grantee == principal && row.permission == p && row.state == state {
			out = append(out, row.column)
		}
	}
	return out
}
