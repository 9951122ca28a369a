package sites

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"grantree/grants"
	"grantree/licensing"
)

// holder is an account that a site holds, and whether anybody can enter by it.
type holder struct {
	grants.Principal
	login  string // its login's name, or "" where none is known
	roles  []int  // that it is in, itself included
	can    bool
	why    string // of one that cannot: why not
	runner bool
}

// doors answers who can enter one site. It looks at nothing but the accounts of
// a snapshot, their memberships and logins, and the permissions to connect.
type doors struct {
	s        *grants.Snapshot
	bySID    map[string]int32 // positions of logins
	parents  upwards
	roles    map[int]string       // names of database roles
	connect  map[int]grants.State // by database principal: Granted or Denied
	servers  upwards              // a login's server roles
	public   int                  // the server role that every login is in
	sql      map[int]grants.State // by login or server role: CONNECT SQL
	sqlRead  bool                 // whether any row says who has it
	any      map[int]grants.State // by login or server role: CONNECT in every database
	power    map[int]string       // by login or server role: what lets it in everywhere
	anyGroup bool                 // a Windows group has a login: its members need none
	all      []holder             // see holders
	spare    []int                // for lists of roles, of which there are very many
}

// newDoors indexes a snapshot, whole or as mssql.Held reads it.
func newDoors(s *grants.Snapshot) *doors {
	d := &doors{s: s, bySID: make(map[string]int32, len(s.Logins)), parents: parents(s.Members), roles: map[int]string{}, servers: parents(s.ServerMembers),
		connect: make(map[int]grants.State, len(s.Principals)), public: 2, sql: make(map[int]grants.State, len(s.Logins)), any: map[int]grants.State{}, power: map[int]string{}}
	for _, p := range s.Principals {
		if p.Type == grants.DatabaseRole {
			d.roles[p.ID] = p.Name
		}
	}
	for i := range s.Logins {
		l := &s.Logins[i]
		if l.IsRole() {
			switch {
			case l.Name == "public":
				d.public = l.ID
			case l.Fixed && l.Name == "sysadmin":
				d.power[l.ID] = "sysadmin"
			case l.Fixed && l.Name == "##MS_DatabaseConnector##": // reference A.7
				d.power[l.ID] = "CONNECT ANY DATABASE"
				note(d.any, l.ID, grants.Granted)
			}
			continue
		}
		d.bySID[l.SID] = int32(i)
		d.anyGroup = d.anyGroup || l.Type == grants.WindowsGroup && !l.Disabled
	}
	for _, row := range s.Permissions {
		if row.Class != grants.ClassDatabase {
			continue
		}
		switch row.Name {
		case "CONNECT", "CONTROL": // CONTROL implies CONNECT, both ways (reference B.3)
			note(d.connect, row.Grantee, row.State)
		}
	}
	for _, row := range s.ServerPermissions {
		control := row.Name == "CONTROL SERVER" // implies the two others, both ways (reference B.3)
		d.sqlRead = d.sqlRead || row.Name == "CONNECT SQL"
		if control || row.Name == "CONNECT SQL" {
			note(d.sql, row.Grantee, row.State)
		}
		if control || row.Name == "CONNECT ANY DATABASE" {
			note(d.any, row.Grantee, row.State)
			if row.State != grants.Denied {
				d.power[row.Grantee] = cmp.Or(d.power[row.Grantee], row.Name)
			}
		}
	}
	return d
}

// login is the login with a SID.
func (d *doors) login(sid string) (grants.Login, bool) {
	if i, ok := d.bySID[sid]; ok {
		return d.s.Logins[i], true
	}
	return grants.Login{}, false
}

// upwards are memberships by member: those of one stand together.
type upwards []grants.Member

func parents(members []grants.Member) upwards {
	out := slices.Clone(members)
	slices.SortFunc(out, func(a, b grants.Member) int {
		if a.Member != b.Member {
			return cmp.Compare(a.Member, b.Member)
		}
		return cmp.Compare(a.Role, b.Role)
	})
	return out
}

// of are the memberships of one member.
func (u upwards) of(id int) upwards {
	if len(u) == 0 {
		return nil
	}
	from := sort.Search(len(u), func(i int) bool { return u[i].Member >= id })
	to := from
	for to < len(u) && u[to].Member == id {
		to++
	}
	return u[from:to]
}

// note remembers a row: a DENY beats every GRANT.
func note(rows map[int]grants.State, grantee int, state grants.State) {
	switch {
	case state == grants.Denied:
		rows[grantee] = grants.Denied
	case state == grants.Revoked || rows[grantee] == grants.Denied:
	default:
		rows[grantee] = grants.Granted
	}
}

// within returns id, every role that it is in, directly or not, and more.
func (d *doors) within(up upwards, id int, more ...int) []int {
	if cap(d.spare)-len(d.spare) < 64 {
		d.spare = make([]int, 0, 1024)
	}
	begin := len(d.spare)
	out := append(d.spare[begin:], id)
	for i := 0; i < len(out); i++ {
		for _, m := range up.of(out[i]) {
			if !slices.Contains(out, m.Role) {
				out = append(out, m.Role)
			}
		}
	}
	if out = append(out, more...); cap(out) == cap(d.spare)-begin { // else it has moved
		d.spare = d.spare[:begin+len(out)]
	}
	return slices.Clip(out)
}

// holders returns the accounts of the site: users, and groups of Windows or
// Entra, but not what nobody enters as (reference A.1, A.4).
func (d *doors) holders() []holder {
	if d.all != nil {
		return d.all
	}
	out := make([]holder, 0, len(d.s.Principals))
	for i := range d.s.Principals {
		p := &d.s.Principals[i]
		switch p.Type {
		case grants.SQLUser, grants.WindowsUser, grants.ExternalUser, grants.WindowsGroup, grants.ExternalGroup:
		default:
			continue
		}
		if p.ID < grants.FirstUserID || p.Fixed {
			continue
		}
		h := holder{Principal: *p, roles: d.within(d.parents, p.ID)}
		if i, ok := d.bySID[p.SID]; ok {
			h.login = d.s.Logins[i].Name
		}
		h.runner = h.login != "" && d.s.ServerCollation.Equal(h.login, d.s.Runner.Login)
		if h.why = d.noLogin(h); h.why == "" {
			h.why = d.noConnect(h)
		}
		h.can = h.why == ""
		out = append(out, h)
	}
	d.all = out
	return out
}

// noLogin says why nobody reaches the server as this account, or "". What
// cannot be seen is taken to be there: who may be in uses a seat.
func (d *doors) noLogin(h holder) string {
	login, found := d.login(h.SID)
	switch {
	case h.AuthType == grants.AuthNone:
		return "made without a login"
	case h.AuthType == grants.AuthDatabase: // a password of its own
		return ""
	case found && h.SID != "":
		return d.shut(login)
	case h.SID == "" || !d.s.LoginsVisible || len(d.s.Logins) == 0:
		return "" // a login that the plan makes, or one that the runner may not see
	case h.AuthType == grants.AuthWindows && (d.anyGroup || d.s.Contained), h.Type == grants.ExternalUser, h.Type == grants.ExternalGroup:
		return ""
	}
	return "no login"
}

// shut says why a login cannot reach the server, or "".
func (d *doors) shut(l grants.Login) string {
	if l.Disabled {
		return "login disabled"
	}
	granted, token := !d.sqlRead, d.token(l)
	if d.unbound(l, token) {
		return ""
	}
	for _, id := range token {
		switch d.sql[id] {
		case grants.Denied:
			return "CONNECT SQL denied"
		case grants.Granted:
			granted = true
		}
	}
	if !granted && d.s.LoginsVisible {
		return "CONNECT SQL missing"
	}
	return ""
}

// unbound reports whether no DENY binds a login: sa, and who is in sysadmin.
func (d *doors) unbound(l grants.Login, token []int) bool {
	return l.SID == grants.SASID || slices.ContainsFunc(token, func(id int) bool { return d.power[id] == "sysadmin" })
}

// token are a login and the server roles that it is in, public among them.
func (d *doors) token(l grants.Login) []int { return d.within(d.servers, l.ID, d.public) }

// noConnect says why the database does not let the account in, or "". Every
// database holds dbo's CONNECT: where that is not among the rows, none was read.
func (d *doors) noConnect(h holder) string {
	granted := d.connect[grants.DboID] != grants.Granted
	if d.connect[grants.PublicID] == grants.Denied {
		return "CONNECT denied"
	}
	granted = granted || d.connect[grants.PublicID] == grants.Granted
	for _, id := range h.roles {
		switch state := d.connect[id]; {
		case state == grants.Denied:
			return "CONNECT denied"
		case state == grants.Granted, id == grants.DBOwnerID, id == grants.DBAccessAdminID:
			granted = true
		}
	}
	if login, found := d.login(h.SID); found && h.SID != "" && len(d.any) > 0 {
		for _, id := range d.token(login) {
			switch d.any[id] {
			case grants.Denied:
				return "CONNECT denied"
			case grants.Granted:
				granted = true
			}
		}
	}
	if !granted {
		return "CONNECT missing"
	}
	return ""
}

// owner is the login that is dbo here by owning the database, unless it enters
// by a power over the server or runs grantree.
func (d *doors) owner() (grants.Login, bool) {
	l, ok := d.login(d.s.OwnerSID)
	if !ok || d.s.OwnerSID == "" || d.s.OwnerSID == grants.SASID || d.powerOf(l) != "" || d.shut(l) != "" {
		return l, false
	}
	return l, !d.s.ServerCollation.Equal(l.Name, d.s.Runner.Login)
}

// powerOf says by which power over the server a login enters every database.
func (d *doors) powerOf(l grants.Login) string {
	if len(d.servers.of(l.ID)) == 0 { // as nearly all are
		return cmp.Or(d.power[l.ID], d.power[d.public])
	}
	for _, id := range d.token(l) {
		if p := d.power[id]; p != "" {
			return p
		}
	}
	return ""
}

// strangers are the ways into the site that are no account of it: powers over
// the server, and guest. They use no seat, and are named.
func (d *doors) strangers(site, server string) []licensing.Uncounted {
	var out []licensing.Uncounted
	var users map[string]bool
	for _, l := range d.s.Logins {
		p := d.powerOf(l)
		if l.IsRole() || p == "" {
			continue // nearly all
		}
		if users == nil {
			users = map[string]bool{}
			for _, h := range d.holders() {
				users[h.SID] = users[h.SID] || h.can
			}
		}
		if users[l.SID] || d.shut(l) != "" || isServerOwn(l) || d.s.ServerCollation.Equal(l.Name, d.s.Runner.Login) {
			continue
		}
		out = append(out, licensing.Uncounted{Where: "server " + server, Name: l.Name, Why: "enters by " + p})
	}
	if d.connect[grants.GuestID] == grants.Granted {
		out = append(out, licensing.Uncounted{Where: site, Name: "guest", Why: "lets every login of the server in"})
	}
	return out
}

// isServerOwn tells the accounts that a server makes for itself (reference A.5).
func isServerOwn(l grants.Login) bool {
	return strings.HasPrefix(l.Name, "##MS_") || strings.HasPrefix(l.Name, `NT SERVICE\`) || strings.HasPrefix(l.Name, `NT AUTHORITY\`)
}
