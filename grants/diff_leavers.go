package grants

import (
	"cmp"
	"slices"
	"strings"

	"grantree/finding"
)

// leavers decides who goes: marked principals that nothing wants any more, and
// people whom the policy names as gone, marked or not. Who is held by something
// that grantree did not give stays: a role whole, with an error; a user without
// anything of ours and without CONNECT, with a warning. A mode but All drops nobody:
// who is named as gone is held by that, or with Add spared like everything else.
func (d *differ) leavers() {
	d.leaving, d.held, d.spared = map[int]Cause{}, map[int]bool{}, map[int]bool{}
	for _, p := range d.ix.principals {
		gone := p.Managed && p.ID >= 0 && !isBuiltIn(p.ID) && !p.Fixed
		switch {
		case d.isWanted(p.Name):
		case d.waits(p):
			d.spared[p.ID] = true
		case gone && d.options.Mode.whole():
			d.leaving[p.ID] = Cause{}
		case gone:
			d.spared[p.ID] = true
		}
	}
	for _, l := range d.to.Leavers {
		d.leaver(l)
	}
	if len(d.leaving) == 0 {
		return
	}
	for id := range d.leaving {
		p := d.ix.principals[d.ix.byID[id]]
		if back := d.to.KeepsPasswords && d.to.Contained && p.AuthType == AuthDatabase; back || !d.options.Mode.whole() {
			d.held[id] = true // shut, so that their password is theirs when they come back, or because nothing is dropped
		}
	}
	if !d.options.Mode.whole() {
		return
	}
	for id, list := range d.obstacles() {
		d.held[id] = true
		d.hold(d.ix.principals[d.ix.byID[id]], list)
	}
}

// waits reports whether an account is that of somebody who is spared.
func (d *differ) waits(p Principal) bool {
	return slices.ContainsFunc(d.to.Spared, func(x Spared) bool {
		own, _ := Leaver{Name: x.Name, Login: x.Login}.account(p, d.logins, d.from.Collation)
		return own
	})
}

func (d *differ) isWanted(name string) bool { return d.wanted[d.from.Collation.Key(name)] }

// leaver finds the accounts of somebody who is gone: the one of that name,
// unless it is known to be another person's, and the one of that login.
func (d *differ) leaver(l Leaver) {
	for _, p := range d.ix.principals {
		if p.ID < 0 || d.isWanted(p.Name) {
			continue
		}
		own, others := l.account(p, d.logins, d.from.Collation)
		switch {
		case own && d.options.Mode == Add:
			d.spared[p.ID] = true
		case own:
			d.leaving[p.ID] = l.Cause
			delete(d.spared, p.ID)
		case others && !p.Managed:
			d.plan.Findings.Warnf(finding.LoginDiffers, l.Cause.Pos, "name the right login, or leave the account to whom it belongs",
				"user %q, who is inactive, does not belong to login %q here and is left alone", p.Name, cmp.Or(l.Login, l.Name))
		}
	}
}

// account reports whether a principal is the account of somebody who is gone, or
// has their name and is known to be another person's.
func (l Leaver) account(p Principal, logins loginTable, c Collation) (own, others bool) {
	if !isAccount(p) {
		return false, false
	}
	login, known := logins.named(cmp.Or(l.Login, l.Name))
	named := c.Equal(p.Name, l.Name)
	own = known && p.SID != "" && p.SID == login.SID
	stranger := logins.nameOf(p.SID) != "" && !p.Managed
	other := enters(p) && p.SID != "" && !own && (known && login.SID != "" || !known && stranger)
	return own || named && !other, named && other
}

// enters reports whether an account is somebody's through a login.
func enters(p Principal) bool {
	return p.AuthType == AuthLogin || p.AuthType == AuthWindows || p.AuthType == AuthExternal
}

// obstacle is one thing that keeps a principal from being dropped, and what
// clears it; no remedies where the snapshot does not name what is in the way.
type obstacle struct {
	text     string
	remedies []Remedy
}

// hold says what keeps a leaver.
func (d *differ) hold(p Principal, list []obstacle) {
	slices.SortFunc(list, func(a, b obstacle) int { return strings.Compare(a.text, b.text) })
	list = slices.CompactFunc(list, func(a, b obstacle) bool { return a.text == b.text })
	var texts []string
	var remedies []Remedy
	words := "take that away first, or keep it in the policy"
	for _, o := range list {
		texts = append(texts, o.text)
		remedies = append(remedies, o.remedies...)
	}
	where := d.leaving[p.ID].Pos
	if !isAccount(p) {
		d.errorf(finding.CannotDrop, where, advice{words: words, remedies: remedies},
			"%q is no longer wanted but %s", p.Name, strings.Join(texts, ", "))
		return
	}
	d.warnf(finding.LeaverStays, where, advice{words: words, remedies: remedies},
		"%q leaves but %s: the user stays, without CONNECT%s", p.Name, strings.Join(texts, ", "), d.stillEnters(p))
}

// stillEnters says through what a leaver may connect who loses their own
// CONNECT.
func (d *differ) stillEnters(p Principal) string {
	var through []string
	tokens := newMatrix(d.from, d.ix).tokens(int32(d.ix.byID[p.ID]))
	r := newRights(d.from, d.ix)
	for _, t := range tokens[1:] {
		if r.grants(t, connectRight) {
			through = append(through, d.ix.principals[t].Name)
		}
	}
	if len(through) == 0 {
		return ""
	}
	slices.Sort(through)
	return " of their own, and still enters through " + strings.Join(through, ", ")
}

// errorf and warnf note a finding with its advice.
func (d *differ) errorf(code string, at finding.Pos, a advice, format string, args ...any) *finding.Finding {
	f := d.plan.Findings.Errorf(code, at, "", format, args...)
	a.advise(f, d.options.Statement, d.from.Database)
	return f
}

func (d *differ) warnf(code string, at finding.Pos, a advice, format string, args ...any) {
	a.advise(d.plan.Findings.Warnf(code, at, "", format, args...), d.options.Statement, d.from.Database)
}

// clears makes the changes that leave a held leaver without CONNECT. Their rows
// and memberships go with those of everybody else.
func (d *differ) clears() {
	if len(d.held) == 0 {
		return
	}
	connects := ownConnects(d.from)
	for p, cleared := range d.cleared {
		if !cleared {
			continue
		}
		principal := d.ix.principals[p]
		switch own := connects[principal.ID]; {
		case own.State == Granted && (own.Grantor == 0 || own.Grantor == DboID):
			d.add(phaseDisconnect, Change{Kind: RevokeConnect, Principals: []string{principal.Name}, Login: d.loginOf(principal), Causes: d.absent(p)})
		case own.State == GrantedWithGrant:
			d.errorf(finding.GrantOption, d.granteePos(p), mend(Remedy{Kind: RemedyRevokeOption, Permissions: []string{"CONNECT"}, Principal: principal.Name}),
				"%q holds CONNECT WITH GRANT OPTION and may have handed it on", principal.Name)
		}
	}
}

// ownConnects returns the rows by which principals themselves may or may not
// connect, by id: a DENY before the rest.
func ownConnects(s *Snapshot) map[int]PermissionRow {
	out := map[int]PermissionRow{}
	for _, row := range s.Permissions {
		if isConnect(row) && (out[row.Grantee].Name == "" || row.State == Denied) {
			out[row.Grantee] = row
		}
	}
	return out
}

func isConnect(row PermissionRow) bool { return row.Class == ClassDatabase && row.Name == "CONNECT" }
