package grants

import (
	"encoding/binary"
	"slices"
)

// ledgerReach is what somebody has of a ledger's rights, themselves and as everybody
// whom they can act as or become.
type ledgerReach struct {
	rights []ledgerRight
	rules  bool // over the whole database
}

// reach is what somebody reaches of the ledger. Who is in the same roles and has no row
// of their own about it, and none that gives power, reaches the same.
func (x *ledgerJudge) reach(p person) ledgerReach {
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
	if p.token.dbo {
		key = append(key, 'd')
	}
	if p.in == No {
		key = append(key, 'o')
	}
	known, ok := x.held[string(key)]
	if !ok {
		known = x.reached(p)
		x.held[string(key)] = known
	}
	return known
}

func (x *ledgerJudge) reached(p person) ledgerReach {
	var out ledgerReach
	all := face{p.account, p.entry, x.a.acts(p.entry)}.identities()
	seen := map[int32]bool{}
	for i := range all {
		if db := all[i].token.db; len(db) > 0 {
			seen[db[0]] = true
		}
	}
	for _, id := range all {
		if id.out {
			continue
		}
		from := ledgerStep{token: id.token}
		if len(id.via) > 0 {
			from.way = "acting as " + id.way()
			if u, ok := x.a.m.principal(id.via[0]); ok {
				from.first = securable{onUser, x.a.m.principals[u].ID}
			}
		}
		x.follow(&out, p, from, seen)
	}
	return out
}

// ledgerStep is somebody on a way to the ledger.
type ledgerStep struct {
	token token
	way   string    // how to them, "" for who sets out
	first securable // that they have power over, who set out
}

// follow adds what somebody has, and what those have whom they can become by a power
// over a role or a user, and from there go on.
func (x *ledgerJudge) follow(out *ledgerReach, p person, from ledgerStep, seen map[int32]bool) {
	todo := []ledgerStep{from}
	for i := 0; i < len(todo); i++ {
		at := todo[i]
		out.rules = out.rules || x.a.rules(at.token)
		for _, r := range x.rightsOf(at.token) {
			if at.way != "" {
				r.by = at.way + ": " + r.by
				x.mends[r.by] = x.powerRows(p.token, at.first)
			}
			if !slices.Contains(out.rights, r) {
				out.rights = append(out.rights, r)
			}
		}
		for _, b := range x.becomes(at.token) {
			if seen[int32(b)] || slices.Contains(at.token.db, int32(b)) {
				continue
			}
			seen[int32(b)] = true
			todo = append(todo, x.step(at, b))
		}
	}
}

// step leads from somebody to a role or user that they have power over, by position.
func (x *ledgerJudge) step(from ledgerStep, b int) ledgerStep {
	on := securable{onUser, x.a.m.principals[b].ID}
	if x.a.m.principals[b].Type == DatabaseRole {
		on.kind = onRole
	}
	by := "as its owner"
	for _, name := range []string{"ALTER", "IMPERSONATE", "CONTROL", "TAKE OWNERSHIP"} {
		if text, _ := x.a.source(from.token, on, name, "granted", Granted, GrantedWithGrant); text != "" {
			by = text + " on it"
			break
		}
	}
	way := "through " + x.target(on) + ", " + by
	if from.way != "" {
		return ledgerStep{x.a.tokenOf(b, nil), from.way + ", then " + way, from.first}
	}
	return ledgerStep{x.a.tokenOf(b, nil), way, on}
}

// powerRows are the rows by which a token has power over a role or a user.
func (x *ledgerJudge) powerRows(t token, on securable) []PermissionRow {
	var out []PermissionRow
	for _, p := range t.db {
		for _, row := range x.rowsOf()[x.a.m.principals[p].ID] {
			if row.Class == ClassPrincipal && row.Major == on.id && on.id != 0 {
				out = append(out, row)
			}
		}
	}
	return out
}
