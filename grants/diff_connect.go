package grants

import (
	"fmt"
	"maps"
	"slices"

	"grantree/finding"
)

// connects gives CONNECT back to wanted users whose own is missing and who
// could not enter without it, or only as long as a role lets them. Where a DENY
// keeps somebody out at the end of the plan, whoever made it meant something:
// that is a finding.
func (d *differ) connects(now, end *trial) []planned {
	var out []planned
	denied := map[int32][]string{} // who is kept out, by who is denied
	for p, principal := range d.ix.principals {
		if !d.managed[p] || !isAccount(principal) {
			continue
		}
		open := true
		for _, t := range end.tokens[end.dense[p]] {
			if end.connect[t].denied {
				denied[t], open = append(denied[t], principal.Name), false
			}
		}
		if open && !end.connect[p].granted && d.letsIn(p) {
			phase := phaseConnect // last, so that nobody enters before the rest is done
			if now.enters(now.tokens[now.dense[p]]) {
				phase = phaseStay
			}
			line, _ := d.line(p)
			out = append(out, planned{Change{Kind: GrantConnect, Principals: []string{principal.Name}, Login: d.loginOf(principal), Causes: []Cause{line}}, phase})
		}
	}
	for _, t := range slices.Sorted(maps.Keys(denied)) {
		d.connectDenied(int(t), denied[t])
	}
	return out
}

// connectDenied reports a DENY that keeps people of the policy out. On a user
// GRANT takes its place; from a role or public it is revoked.
func (d *differ) connectDenied(p int, people []string) {
	principal := d.ix.principals[p]
	var rows []PermissionRow
	for _, row := range d.from.Permissions {
		if row.Grantee == principal.ID && row.Class == ClassDatabase && row.State == Denied && (row.Name == "CONNECT" || row.Name == "CONTROL") {
			rows = append(rows, row)
		}
	}
	remedies := d.mender.revokes(rows)
	who := fmt.Sprintf("user %q is denied CONNECT and cannot enter", principal.Name)
	switch {
	case !isAccount(principal):
		who = fmt.Sprintf("%q is denied CONNECT, which keeps out %s", principal.Name, some(people, 3))
	case len(rows) == 1 && rows[0].Name == "CONNECT":
		remedies = []Remedy{{Kind: RemedyGrant, Permissions: []string{"CONNECT"}, Principal: principal.Name}}
	}
	d.warnf(finding.ConnectDenied, d.granteePos(p), mend(remedies...), "%s", who)
}
