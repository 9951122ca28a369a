package grants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// ledgerRights are what lets somebody write a ledger, clear it, or put another in its
// place: on its table, and on its schema (reference B.8).
var ledgerRights = []struct {
	kind  kind
	names []string
}{
	{onObject, []string{"INSERT", "UPDATE", "DELETE", "ALTER", "CONTROL", "TAKE OWNERSHIP"}},
	{onSchema, []string{"ALTER", "TAKE OWNERSHIP"}},
}

// ledger judges who can write the site's ledger beside whoever runs grantree, and
// what leads to it: by what they have themselves, and as whom they can act or become.
// Who has power over all of the database can rewrite it, and is named.
func (j *judge) ledger() {
	if j.w.Ledger == nil {
		return
	}
	found := j.s.ledgerOf(j.w.Ledger)
	if !found.there {
		return
	}
	x := ledgerJudge{judge: j, found: found, held: map[string]ledgerReach{}, who: map[ledgerRight][]int{}, own: map[int]bool{}, mends: map[string][]PermissionRow{}}
	x.rows()
	var powerful []string
	for i, p := range j.people {
		reach := x.reach(p)
		accepted := p.outside != nil && p.outside.May.Has(catalog.All) // another login of grantree's, say
		switch {
		case reach.rules, accepted && !p.own && len(reach.rights) > 0:
			powerful = append(powerful, fmt.Sprintf("%q", p.name))
		case p.own:
		default:
			for _, r := range reach.rights {
				x.who[r] = append(x.who[r], i)
			}
		}
	}
	x.say()
	x.ways()
	x.applicationRoles()
	if len(powerful) > 0 {
		found := j.remark(finding.LedgerPower, "%s%s could write the ledger %s anew, by a power over the whole database or as an outsider who is accepted with everything: that shows by rows alone that are known from elsewhere",
			j.where(false), some(powerful, 8), j.w.Ledger.Name())
		found.Where = j.w.Ledger.Cause.Pos
	}
}

// rules reports whether a token is above every permission in the database, or can
// put itself there.
func (a *Access) rules(t token) bool {
	return t.dbo || t.sysadmin || a.can(t, securable{onDatabase, 0}, "CONTROL") || a.can(t, securable{onServer, 0}, "CONTROL SERVER")
}

// ledgerRight is a permission that reaches a ledger, and by what somebody has it.
type ledgerRight struct{ name, by string }

// ledgerJudge is the judgement of a ledger in the making.
type ledgerJudge struct {
	*judge
	found foundLedger
	held  map[string]ledgerReach // by what a token is made of
	who   map[ledgerRight][]int  // people
	own   map[int]bool           // ids of principals with rows that are about the ledger, or give power
	mends map[string][]PermissionRow
}

// rows notes who has rows on the ledger, its schema or the database, or by which they
// may become somebody.
func (x *ledgerJudge) rows() {
	for _, row := range x.s.Permissions {
		if x.about(row) {
			x.own[row.Grantee] = true
		}
	}
	for grantee := range x.rowsOf() {
		x.own[grantee] = true
	}
	for _, on := range x.owned() {
		x.own[x.ownerOf(on)] = true
	}
	x.own[x.found.table.Owner], x.own[x.found.schema.Owner] = true, true
}

// about reports whether a row may say who reaches the ledger.
func (x *ledgerJudge) about(row PermissionRow) bool {
	switch row.Class {
	case ClassObject:
		return row.Major == x.found.table.ID
	case ClassSchema:
		return row.Major == x.found.schema.ID
	}
	return row.Class == ClassDatabase && row.Name != "CONNECT"
}

// rightsOf are what a token itself has of a ledger's rights.
func (x *ledgerJudge) rightsOf(t token) []ledgerRight {
	var out []ledgerRight
	for _, r := range ledgerRights {
		on, where := securable{onObject, x.found.table.ID}, ""
		if r.kind == onSchema {
			on, where = securable{onSchema, x.found.schema.ID}, " on its schema"
		}
		for _, name := range r.names {
			if !x.a.can(t, on, name) {
				if by := x.columns(t, on, name); by != "" {
					out = append(out, ledgerRight{name, by})
				}
				continue
			}
			by, plain := x.a.source(t, on, name, "granted", Granted, GrantedWithGrant)
			if plain || r.kind == onSchema && by != "" && !strings.Contains(by, " on the ") && !strings.HasPrefix(by, "a member of ") {
				by += where
			}
			out = append(out, ledgerRight{name + where, cmp.Or(by, "an owner")})
		}
	}
	return out
}

// columns says by what a token may change some columns of the ledger though not the
// whole, or "": a GRANT on a column beats a DENY on the table, though not one on the
// column, the schema or above (reference C.2).
func (x *ledgerJudge) columns(t token, on securable, name string) string {
	if on.kind != onObject || !columnPermissions.Has(permission(name)) || permission(name).IsEmpty() {
		return ""
	}
	var above verdict
	for _, l := range x.a.space(level{on.kind, name}) {
		if l.kind != onObject {
			x.a.judgeLevel(&above, t, on, l)
		}
	}
	if above.denied {
		return ""
	}
	denied, by := map[int]bool{}, map[int]int{}
	for _, row := range x.a.rowsOn(on) {
		if row.Minor == 0 || row.Name != name || !x.a.holds(t, row.Grantee) {
			continue
		}
		if denied[row.Minor] = denied[row.Minor] || row.State == Denied; row.State == Granted || row.State == GrantedWithGrant {
			by[row.Minor] = row.Grantee
		}
	}
	for _, column := range slices.Sorted(maps.Keys(by)) {
		if denied[column] {
			continue
		}
		if p := x.a.m.byID[by[column]]; int32(p) != t.db[0] {
			return fmt.Sprintf("the role %s is granted %s on columns", x.a.m.principals[p].Name, name)
		}
		return "granted " + name + " on columns"
	}
	return ""
}

// say turns what was found into findings, one for each way by which people have it.
func (x *ledgerJudge) say() {
	by := map[string][]ledgerRight{}
	for r := range x.who {
		by[r.by] = append(by[r.by], r)
	}
	for _, giver := range slices.Sorted(maps.Keys(by)) {
		rights := by[giver]
		slices.SortFunc(rights, func(a, b ledgerRight) int { return cmp.Compare(a.name, b.name) })
		var names, people []string
		var ids []int
		for _, r := range rights {
			names = append(names, r.name)
			ids = append(ids, x.who[r]...)
		}
		slices.Sort(ids)
		for _, i := range slices.Compact(ids) {
			people = append(people, fmt.Sprintf("%q", x.people[i].name))
		}
		x.mismatch(finding.LedgerOpen, giver, x.w.Ledger.Cause.Pos, advice{remedies: x.remedies(ids, rights), words: "take that from them"},
			"%s may write or clear the ledger %s, which only grantree's own login may: %s (%s)", some(people, 3), x.w.Ledger.Name(), strings.Join(names, ", "), giver)
	}
}

// remedies take away the rows on the ledger and its schema by which these people have
// some rights.
func (x *ledgerJudge) remedies(people []int, rights []ledgerRight) []Remedy {
	names := []string{"CONTROL"}
	for _, r := range rights {
		names = append(names, strings.TrimSuffix(r.name, " on its schema"))
	}
	var rows []PermissionRow
	if ways, ok := x.mends[rights[0].by]; ok {
		return x.mender.revokes(ways)
	}
	for _, row := range x.s.Permissions {
		if row.State == Denied || row.Class == ClassDatabase || !x.about(row) || !slices.Contains(names, row.Name) {
			continue
		}
		if slices.ContainsFunc(people, func(i int) bool { return x.a.holds(x.people[i].token, row.Grantee) }) {
			rows = append(rows, row)
		}
	}
	return x.mender.revokes(rows)
}

// ways names what leads to a ledger: views, synonyms and modules that refer to it,
// and triggers on it, which see every row that is written.
func (x *ledgerJudge) ways() {
	var out []string
	for _, o := range x.s.Objects {
		if o.Parent == x.found.table.ID && o.Type.IsModule() {
			out = append(out, x.a.objects.name(o.ID))
		}
	}
	for _, d := range x.s.Dependencies {
		if d.To == x.found.table.ID && d.From != d.To && !x.servers(d.From) {
			out = append(out, x.a.objects.name(d.From))
		}
	}
	slices.Sort(out)
	for _, name := range slices.Compact(out) {
		x.mismatch(finding.LedgerWay, name, x.w.Ledger.Cause.Pos, advice{words: "see what it does, and drop it"}, "%s refers to the ledger %s, or is a trigger on it: what goes that way no DENY on the table keeps from it", name, x.w.Ledger.Name())
	}
}

// applicationRoles reports those that may write the ledger: who knows their passwords
// nobody can read.
func (x *ledgerJudge) applicationRoles() {
	for p, principal := range x.a.m.principals {
		if principal.Type == ApplicationRole && x.named(principal.Name, x.s.Collation) == nil && len(x.rightsOf(x.a.tokenOf(p, nil))) > 0 {
			x.doubt(finding.ApplicationRole, advice{remedies: []Remedy{{Kind: RemedyDropAppRole, Principal: principal.Name}}, or: asOutsider(principal.Name)},
				"the application role %q may write or clear the ledger %s, and who knows its password cannot be read", principal.Name, x.w.Ledger.Name())
		}
	}
}

// servers reports whether something is the view that the server puts beside a ledger
// of its own, which nothing can be written through.
func (x *ledgerJudge) servers(id int) bool {
	v, ok := x.a.m.viewByID[id]
	return ok && slices.ContainsFunc(x.s.LedgerColumns, func(c LedgerColumn) bool { return c.Generated == generatedStart }) &&
		x.a.m.views[v].Schema == x.found.schema.ID && x.s.Collation.Equal(x.a.m.views[v].Name, x.found.table.Name+"_Ledger")
}
