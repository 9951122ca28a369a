package grants

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/finding"
)

// LoginKind is the verb and noun of a change to a server's logins.
type LoginKind string

// The kinds of changes to logins. A login that is missing is made by
// Plan.Logins, since its password is nobody's to see.
const (
	DisableLogin LoginKind = "disable_login"
	EnableLogin  LoginKind = "enable_login"
	RenameLogin  LoginKind = "rename_login"
	DropLogin    LoginKind = "drop_login"
)

// Narrows reports whether the change keeps somebody out: it is made before the
// sites, and the others after them.
func (k LoginKind) Narrows() bool { return k == DisableLogin }

// LoginChange is one statement about a login of a server.
type LoginChange struct {
	Kind  LoginKind
	Login string // by the name that it has when the statement is sent
	To    string // of rename_login
	SID   string // whose login it has to be then
	Cause Cause
}

// Reverse returns the change that undoes c, and false for a login that is gone:
// nobody knows its password.
func (c LoginChange) Reverse() (LoginChange, bool) {
	switch c.Kind {
	case DisableLogin:
		c.Kind = EnableLogin
	case EnableLogin:
		c.Kind = DisableLogin
	case RenameLogin:
		c.Login, c.To = c.To, c.Login
	default:
		return LoginChange{}, false
	}
	return c, true
}

// WantedLogin is the login of a person of the policy on one server.
type WantedLogin struct {
	Name, Was string
	Active    bool // may enter a site of this server
	// Waits is a person for whom there may be no seat: their login stays as it
	// is.
	Waits bool
	Cause Cause
}

// LoginRules say which logins of a server may change, and when.
type LoginRules struct {
	// Made reports whether grantree made the login of a SID, which begins with
	// its eight bytes.
	Made func(sid string) bool
	// Adopt names logins that it did not make and may change all the same.
	Adopt []string
	// Statement writes a remedy in T-SQL, for the findings.
	Statement func(Remedy) string
	// Drop takes leavers' logins away, Keep leaves them as they are; else they
	// are disabled.
	Drop, Keep bool
	// Undropped says why nothing is dropped although Drop says so; "" is no reason.
	Undropped string
	// Untaken says why no login is disabled or dropped; "" is no reason.
	Untaken string
	// Holds says which site keeps a login when the plans of the server's sites
	// are done, or was not looked at: what it opens there must not be cut off
	// unseen. "" is none.
	Holds func(sid string) string
	// Stands says which site of a person who may enter, or that has a user of
	// the login, stays as it is: what the policy does not give is open there
	// still. "" is none.
	Stands func(w WantedLogin, sid string) string
}

// DiffLogins returns what has to change among the logins of a server, of which
// s is any site, so that people who may not enter cannot log in and people who
// may, can, by the names that the policy gives them. left are the logins of
// users whom the plans put out of its sites.
//
// A login that grantree did not make is left alone, unless it is adopted. Never
// changed are the runner's, the server's own, those of sysadmin and
// securityadmin, and those that own a database (DESIGN.md, "Snapshot, plan,
// apply": Managed).
func DiffLogins(s *Snapshot, wanted []WantedLogin, left []Login, r LoginRules) ([]LoginChange, finding.List) {
	d := &loginDiffer{s: s, rules: r, table: newLoginTable(s), power: serverPowers(s), spoken: map[string]bool{}, left: map[string]bool{}, needed: map[string]bool{}}
	for _, l := range left {
		d.left[l.SID] = true
	}
	for _, w := range wanted {
		if l, ok := d.login(w); ok && (w.Active || w.Waits) {
			d.needed[l.SID] = true
		}
	}
	for _, w := range wanted {
		d.wanted(w)
	}
	for _, l := range left {
		if !d.spoken[l.SID] {
			d.leaves(l, Cause{})
		}
	}
	slices.SortFunc(d.changes, func(a, b LoginChange) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Login, b.Login))
	})
	return d.changes, d.findings
}

// order is when a change is made: who is kept out first, who is let in, who gets
// another name, and what goes at last.
func order(k LoginKind) int {
	return slices.Index([]LoginKind{DisableLogin, EnableLogin, RenameLogin, DropLogin}, k)
}

// loginDiffer is a DiffLogins under way.
type loginDiffer struct {
	s        *Snapshot
	rules    LoginRules
	table    loginTable
	power    map[int]string  // by id of a login: a role that makes it untouchable
	spoken   map[string]bool // SIDs of logins that the policy names
	left     map[string]bool // SIDs of logins whose users leave by this plan
	needed   map[string]bool // SIDs of logins that somebody has who may enter
	changes  []LoginChange
	findings finding.List
}

// serverPowers says which logins are members of sysadmin or securityadmin.
func serverPowers(s *Snapshot) map[int]string {
	out := map[int]string{}
	for _, role := range s.Logins {
		if !role.Fixed || role.Name != "sysadmin" && role.Name != "securityadmin" {
			continue
		}
		for todo := []int{role.ID}; len(todo) > 0; todo = todo[1:] {
			for _, m := range s.ServerMembers {
				if m.Role == todo[0] && out[m.Member] == "" {
					out[m.Member] = role.Name
					todo = append(todo, m.Member)
				}
			}
		}
	}
	return out
}

// login finds the login of a person of the policy, by its name or the one before.
func (d *loginDiffer) login(w WantedLogin) (Login, bool) {
	l, ok := d.table.named(w.Name)
	if !ok && w.Was != "" {
		l, ok = d.table.named(w.Was)
	}
	return l, ok && !l.Type.IsGroup()
}

// again is what to do about a login that waits for a site.
const again = "mend what stops that site, and run this again"

// wanted decides about the login of a person of the policy. One that two people
// have stays as long as either may enter.
func (d *loginDiffer) wanted(w WantedLogin) {
	l, ok := d.login(w)
	if !ok {
		return
	}
	d.spoken[l.SID] = true
	stands := ""
	switch {
	case w.Waits || !w.Active && d.needed[l.SID]:
		return
	case !w.Active:
		d.leaves(l, w.Cause)
		return
	}
	enable := l.Disabled && d.mine(l) && d.kept(l) == ""
	rename := w.Was != "" && !d.s.ServerCollation.Equal(l.Name, w.Name)
	if (enable || rename) && d.rules.Stands != nil {
		stands = d.rules.Stands(w, l.SID)
	}
	switch {
	case enable && stands != "":
		d.findings.Warnf(finding.LoginStays, w.Cause.Pos, again, "server %q: login %q stays disabled: %s", d.s.Server, l.Name, stands)
	case enable:
		d.add(EnableLogin, l, "", w.Cause)
	}
	if !rename {
		return
	}
	if stands != "" {
		d.findings.Warnf(finding.LoginKeepsName, w.Cause.Pos, again, "server %q: login %q, which is to be %q, keeps its name for now: %s", d.s.Server, l.Name, w.Name, stands)
		return
	}
	if why := d.untouched(l); why != "" {
		d.findings.Warnf(finding.LoginKeepsName, w.Cause.Pos, d.adopting(l), "server %q: login %q, which is to be %q, %s", d.s.Server, l.Name, w.Name, why).
			Statements = []string{d.rules.Statement(Remedy{Kind: RemedyRenameLogin, Principal: l.Name, To: w.Name})}
		return
	}
	d.add(RenameLogin, l, w.Name, w.Cause)
}

// leaves decides about the login of somebody who may enter no site of this
// server.
func (d *loginDiffer) leaves(l Login, by Cause) {
	holder := d.rules.Holds(l.SID)
	open := !l.Disabled && !d.rules.Keep && l.SID != SASID
	drops := d.rules.Drop && !d.rules.Keep
	switch why := d.untouched(l); {
	case why != "" || d.rules.Keep:
		if d.left[l.SID] && !l.Disabled && l.SID != SASID && holder == "" && !d.runs(l) {
			d.findings.Warnf(finding.LoginStays, by.Pos, d.adopting(l), "server %q: login %q is in no site of the policy any more and can still log in", d.s.Server, l.Name).
				Statements = []string{d.rules.Statement(Remedy{Kind: RemedyDisableLogin, Principal: l.Name})}
		}
		return
	case d.rules.Untaken != "" && (open || drops):
		d.findings.Warnf(finding.LeftUndone, by.Pos, "", "server %q: login %q stays as it is: %s", d.s.Server, l.Name, d.rules.Untaken)
		return
	case holder != "" && (open || drops):
		d.findings.Warnf(finding.LoginStays, by.Pos, "see what becomes of it there, or run grantree over all sites of the server",
			"server %q: login %q stays as it is: %s", d.s.Server, l.Name, holder)
		return
	}
	if open {
		d.add(DisableLogin, l, "", by)
	}
	switch {
	case drops && d.rules.Undropped != "":
		d.findings.Warnf(finding.LeftUndone, by.Pos, "", "server %q: login %q is not dropped: %s", d.s.Server, l.Name, d.rules.Undropped)
	case drops:
		d.drop(l, by)
	}
}

// drop drops a login that nothing on the server keeps.
func (d *loginDiffer) drop(l Login, by Cause) {
	why, fix := d.tied(l)
	if why == "" {
		d.add(DropLogin, l, "", by)
		return
	}
	f := d.findings.Warnf(finding.LoginKept, by.Pos, "clear that, and run this again", "server %q: login %q is not dropped: it %s", d.s.Server, l.Name, why)
	for _, r := range fix {
		f.Statements = append(f.Statements, d.rules.Statement(r))
	}
}

func (d *loginDiffer) add(kind LoginKind, l Login, to string, by Cause) {
	if slices.ContainsFunc(d.changes, func(c LoginChange) bool { return c.Kind == kind && c.SID == l.SID }) {
		return // somebody else of the policy has the login too
	}
	d.changes = append(d.changes, LoginChange{Kind: kind, Login: l.Name, To: to, SID: l.SID, Cause: by})
}

// untouched says why a login is not to be changed, or "".
func (d *loginDiffer) untouched(l Login) string {
	if why := d.kept(l); why != "" {
		return why
	}
	if !d.mine(l) {
		return "was not made by grantree, and [policy] adopt_logins does not name it"
	}
	return ""
}

// Untouched says of the logins of a server, of which s is a snapshot or the part
// of one that is about logins, why grantree does not change one, or "".
func Untouched(s *Snapshot, r LoginRules) func(Login) string {
	d := &loginDiffer{s: s, rules: r, power: serverPowers(s)}
	return d.untouched
}

// Guarded says of the logins of a server why nothing is done to them but by a
// DBA's own hand, or "": the server's own, the runner's, and those of whoever has
// the whole server, by themselves or as another whom they may act as.
func Guarded(s *Snapshot) func(Login) string {
	d := &loginDiffer{s: s, power: serverPowers(s)}
	return func(l Login) string {
		if l.OwnsDatabase = false; d.kept(l) != "" {
			return d.kept(l)
		}
		return d.controls(l, map[int]bool{})
	}
}

// controls says by what a login has the whole server, itself, by a role or as
// another login, or "". Those that were asked for are none.
func (d *loginDiffer) controls(l Login, asked map[int]bool) string {
	asked[l.ID] = true
	ids := []int{l.ID}
	for i := 0; i < len(ids); i++ {
		for _, p := range d.s.ServerPermissions {
			if p.Grantee != ids[i] || p.State != Granted && p.State != GrantedWithGrant {
				continue
			}
			switch {
			case p.Class == ClassServer && (p.Name == "CONTROL SERVER" || p.Name == "IMPERSONATE ANY LOGIN"):
				return "holds " + p.Name
			case p.Class == ClassServerPrincipal && (p.Name == "IMPERSONATE" || p.Name == "CONTROL"):
				if other, why := d.actor(p.Major, asked); why != "" {
					return fmt.Sprintf("holds %s on login %q, which %s", p.Name, other, why)
				}
			}
		}
		for _, m := range d.s.ServerMembers {
			if m.Member == ids[i] && !slices.Contains(ids, m.Role) {
				ids = append(ids, m.Role)
			}
		}
	}
	return ""
}

// actor finds the login with an id, and says by what it has the whole server, or
// "".
func (d *loginDiffer) actor(id int, asked map[int]bool) (name, why string) {
	i := slices.IndexFunc(d.s.Logins, func(l Login) bool { return l.ID == id && !l.IsRole() })
	if i < 0 || asked[id] {
		return "", ""
	}
	l := d.s.Logins[i]
	if l.OwnsDatabase = false; d.kept(l) != "" {
		return l.Name, d.kept(l)
	}
	return l.Name, d.controls(l, asked)
}

// kept says why nobody's policy changes a login, or "".
func (d *loginDiffer) kept(l Login) string {
	switch {
	case l.SID == SASID:
		return "is the server's own administrator"
	case d.runs(l):
		return "runs grantree"
	case d.power[l.ID] != "":
		return "is in the server role " + d.power[l.ID]
	case l.OwnsDatabase:
		return "owns a database"
	}
	return ""
}

func (d *loginDiffer) runs(l Login) bool { return d.s.ServerCollation.Equal(l.Name, d.s.Runner.Login) }

// mine reports whether grantree made a login, or may change it all the same.
func (d *loginDiffer) mine(l Login) bool {
	return d.rules.Made(l.SID) || slices.ContainsFunc(d.rules.Adopt, func(name string) bool { return d.s.ServerCollation.Equal(name, l.Name) })
}

// adopting is the key that lets grantree change a login, or "" where none does.
func (d *loginDiffer) adopting(l Login) string {
	if d.kept(l) != "" || d.rules.Keep {
		return ""
	}
	return fmt.Sprintf("let grantree do it: [policy] adopt_logins = [%q]", l.Name)
}

// WithLogins returns the snapshot as it is once the server's logins have
// changed. Changes of logins that it does not show change nothing.
func (s *Snapshot) WithLogins(changes []LoginChange) *Snapshot {
	if len(changes) == 0 {
		return s
	}
	out := *s
	out.Logins = slices.Clone(s.Logins)
	for _, c := range changes {
		for i, l := range out.Logins {
			if l.SID != c.SID || l.IsRole() {
				continue
			}
			switch c.Kind {
			case DisableLogin, EnableLogin:
				out.Logins[i].Disabled = c.Kind == DisableLogin
			case RenameLogin:
				out.Logins[i].Name = c.To
			}
		}
		if c.Kind == DropLogin {
			out.Logins = slices.DeleteFunc(out.Logins, func(l Login) bool { return l.SID == c.SID && !l.IsRole() })
		}
	}
	return &out
}

// WithoutLogins returns the snapshot as it was before these logins were made for
// it: without them and their right to connect.
func (s *Snapshot) WithoutLogins(made []NewLogin) *Snapshot {
	if len(made) == 0 {
		return s
	}
	sids := make(map[string]bool, len(made))
	for _, l := range made {
		sids[l.SID] = l.SID != ""
	}
	out, ids := *s, map[int]bool{}
	out.Logins = slices.DeleteFunc(slices.Clone(s.Logins), func(l Login) bool {
		gone := sids[l.SID] && !l.IsRole()
		ids[l.ID] = ids[l.ID] || gone
		return gone
	})
	out.ServerPermissions = slices.DeleteFunc(slices.Clone(s.ServerPermissions), func(row ServerPermissionRow) bool {
		return ids[row.Grantee] && row.Name == "CONNECT SQL" && row.State == Granted
	})
	return &out
}

// WithNewLogins returns the snapshot as it is once the server has logins that
// were made for it, each of which may connect. One without a SID is nobody's
// yet, and one that the server has already changes nothing.
func (s *Snapshot) WithNewLogins(made []NewLogin) *Snapshot {
	if len(made) == 0 {
		return s
	}
	out, id := *s, 0
	out.Logins, out.ServerPermissions = slices.Clip(s.Logins), slices.Clip(s.ServerPermissions)
	for _, l := range s.Logins {
		id = max(id, l.ID)
	}
	for _, l := range made {
		there := slices.ContainsFunc(out.Logins, func(x Login) bool { return !x.IsRole() && (x.SID == l.SID || s.ServerCollation.Equal(x.Name, l.Login)) })
		if l.SID == "" || there {
			continue
		}
		id++
		out.Logins = append(out.Logins, Login{ID: id, Name: l.Login, SID: l.SID, Type: cmp.Or(l.Type, SQLUser)})
		if len(s.ServerPermissions) > 0 { // else none was read
			out.ServerPermissions = append(out.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: id, Name: "CONNECT SQL", State: Granted})
		}
	}
	return &out
}
