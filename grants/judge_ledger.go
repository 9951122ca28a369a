package grants

import (
	"cmp"
	"encoding/binary"
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
// what leads to it. Who has power over all of the database can rewrite it, and is
// named.
func (j *judge) ledger() {
	if j.w.Ledger == nil {
		return
	}
	found := j.s.ledgerOf(j.w.Ledger)
	if !found.there {
		return
	}
	x := ledgerJudge{judge: j, found: found, held: map[string][]ledgerRight{}, who: map[ledgerRight][]int{}, own: map[int]bool{}}
	x.rows()
	var powerful []string
	for i, p := range j.people {
		switch {
		case p.in == No:
		case j.a.rules(p.token):
			powerful = append(powerful, fmt.Sprintf("%q", p.name))
		case p.own:
		case p.outside != nil && p.outside.May.Has(catalog.All): // another login of grantree's, say
			if len(x.rights(p)) > 0 {
				powerful = append(powerful, fmt.Sprintf("%q", p.name))
			}
		default:
			for _, r := range x.rights(p) {
				x.who[r] = append(x.who[r], i)
			}
		}
	}
	x.say()
	x.ways()
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
	held  map[string][]ledgerRight // by what a token is made of
	who   map[ledgerRight][]int    // people
	own   map[int]bool             // ids of principals with rows that are about the ledger
}

// rows notes who has rows on the ledger, its schema or the database.
func (x *ledgerJudge) rows() {
	for _, row := range x.s.Permissions {
		if x.about(row) {
			x.own[row.Grantee] = true
		}
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

// rights are what somebody has of a ledger's rights. Who is in the same roles and has
// no row of their own about it has the same.
func (x *ledgerJudge) rights(p person) []ledgerRight {
	var key []byte
	for i, t := range p.token.db {
		if i > 0 || x.own[x.a.m.principals[t].ID] {
			key = binary.BigEndian.AppendUint32(key, uint32(t))
		}
	}
	for _, id := range p.token.server[min(1, len(p.token.server)):] {
		key = binary.BigEndian.AppendUint32(key, uint32(id)|1<<31)
	}
	if len(p.token.server) > 0 && len(x.a.server.of(p.token.server[0])) > 1 { // more than that they may log in
		key = binary.BigEndian.AppendUint64(key, uint64(p.token.server[0]))
	}
	known, ok := x.held[string(key)]
	if !ok {
		known = x.rightsOf(p.token)
		x.held[string(key)] = known
	}
	return known
}

func (x *ledgerJudge) rightsOf(t token) []ledgerRight {
	var out []ledgerRight
	for _, r := range ledgerRights {
		on, where := securable{onObject, x.found.table.ID}, ""
		if r.kind == onSchema {
			on, where = securable{onSchema, x.found.schema.ID}, " on its schema"
		}
		for _, name := range r.names {
			if !x.a.can(t, on, name) {
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

// servers reports whether something is the view that the server puts beside a ledger
// of its own, which nothing can be written through.
func (x *ledgerJudge) servers(id int) bool {
	v, ok := x.a.m.viewByID[id]
	return ok && slices.ContainsFunc(x.s.LedgerColumns, func(c LedgerColumn) bool { return c.Generated == generatedStart }) &&
		x.a.m.views[v].Schema == x.found.schema.ID && x.s.Collation.Equal(x.a.m.views[v].Name, x.found.table.Name+"_Ledger")
}
