package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
)

// site is a site as an import looks at it.
type site struct {
	policy.Site
	snap  *grants.Snapshot
	views map[int]int // number in the space, by the id of each view that grantree manages
	here  []bool      // by number: the site has the view
	by    map[int]*holder
	list  []*holder // by id, without fixed roles and what every database has
	// reaching are the ids of the schemas that views are in.
	reaching       map[int]bool
	bySID, byLogin map[string]grants.Login // those of the server that are no roles
	made           func(sid string) bool   // grantree made the login
	ways           []way                   // for the report
}

// holder is a role or an account of a site, and what it holds there.
type holder struct {
	grants.Principal
	site            *site
	granted, denied rights
	rows            []int // of the snapshot: on views, as a plan would make them
	odd             []int // all others, but a plain CONNECT
	connect         grants.State
	connects        []int // its rows of CONNECT
	option          bool  // may hand on something on a view
	in, members     []int // roles that it is in, and who is in it, by id
	login           string
	auth            policy.Auth
	unfit           string    // why it can be no group or person of a policy here, or ""
	because         []*holder // of a role: who is in it and keeps it from being a group
}

// survey reads what a site holds.
func (im *importer) survey(s *grants.Snapshot) *site {
	x := &site{snap: s, views: map[int]int{}, here: make([]bool, len(im.space.views)), by: map[int]*holder{}, reaching: map[int]bool{},
		bySID: map[string]grants.Login{}, byLogin: map[string]grants.Login{}, made: func(sid string) bool { return im.Made != nil && im.Made(sid) }}
	for _, l := range s.Logins {
		if !l.IsRole() {
			x.bySID[l.SID], x.byLogin[s.ServerCollation.Key(l.Name)] = l, l
		}
	}
	x.Site, _ = im.base.Site(s.Site)
	managed := map[string]bool{}
	wanted, _ := im.base.Wanted(s)
	for _, v := range wanted.Views {
		managed[v] = true
	}
	schemas := map[int]bool{}
	for _, sc := range s.Schemas {
		schemas[sc.ID] = s.Collation.Equal(sc.Name, im.base.Catalog.Schema)
	}
	for _, v := range s.Views {
		if n, ok := im.space.number[catalog.ViewName(v.Name).Key()]; ok && schemas[v.Schema] && managed[v.Name] && !x.here[n] {
			x.views[v.ID], x.here[n], x.reaching[v.Schema] = n, true, true
		}
	}
	for _, p := range s.Principals {
		h := &holder{Principal: p, site: x, granted: im.space.none(), denied: im.space.none()}
		if x.by[p.ID] = h; p.ID >= grants.FirstUserID && !p.Fixed {
			x.list = append(x.list, h)
		}
	}
	for i, row := range s.Permissions {
		if h := x.by[row.Grantee]; h != nil {
			h.row(i, row)
		}
	}
	for _, m := range s.Members {
		if role, member := x.by[m.Role], x.by[m.Member]; role != nil && member != nil {
			role.members, member.in = append(role.members, m.Member), append(member.in, m.Role)
		}
	}
	slices.SortFunc(x.list, func(a, b *holder) int { return a.ID - b.ID })
	return x
}

// row sorts one row of a holder.
func (h *holder) row(i int, row grants.PermissionRow) {
	n, managed := h.site.views[row.Major]
	p, err := catalog.ParsePermission(row.Name)
	plain := err == nil && row.Class == grants.ClassObject && row.Minor == 0 && managed
	switch {
	case row.Class == grants.ClassDatabase && row.Name == "CONNECT":
		h.connects = append(h.connects, i)
		if h.connect != grants.Denied {
			h.connect = row.State
		}
		if row.State == grants.GrantedWithGrant {
			h.odd = append(h.odd, i)
		}
	case plain && row.State == grants.Granted:
		h.granted[n], h.rows = h.granted[n].Union(p), append(h.rows, i)
	case plain && row.State == grants.Denied:
		h.denied[n], h.rows = h.denied[n].Union(p), append(h.rows, i)
	default:
		h.option = h.option || plain && row.State == grants.GrantedWithGrant
		h.odd = append(h.odd, i)
	}
}

// hasRows reports whether a policy could say anything of a holder's rows.
func (h *holder) hasRows() bool { return !h.granted.isEmpty() || !h.denied.isEmpty() }

func (h *holder) isRole() bool { return h.Type == grants.DatabaseRole }

// person decides whether an account can be a person of the policy in its site,
// as a plan would judge it, and finds its login.
func (h *holder) person() {
	s := h.site.snap
	h.login, h.auth = h.Name, policy.AuthSQL
	login, known := h.site.loginOf(h.SID)
	if known && !h.site.Contained {
		h.login = login.Name
	}
	if h.Type == grants.ExternalUser || h.Type == grants.ExternalGroup {
		h.auth = policy.AuthEntra
	}
	if strings.Contains(h.login, `\`) {
		h.auth = policy.AuthWindows
	}
	named, taken := h.site.loginNamed(h.login)
	windows := h.Type == grants.WindowsUser || h.Type == grants.WindowsGroup
	switch {
	case h.Type == grants.CertificateUser || h.Type == grants.KeyUser:
		h.unfit = "it belongs to a certificate or a key, and nobody enters as it"
	case h.Type == grants.ApplicationRole:
		h.unfit = "it is an application role: a program turns it on by a password"
	case h.Type == grants.SQLUser && h.AuthType == grants.AuthNone:
		h.unfit = "it was made WITHOUT LOGIN, and nobody enters as it"
	case h.option:
		h.unfit = "it may hand on what it holds (WITH GRANT OPTION)"
	case h.site.Contained != (h.AuthType == grants.AuthDatabase) && h.Type == grants.SQLUser:
		h.unfit = map[bool]string{true: "the site is contained, and it belongs to a login of the server", false: "it has a password of its own, and the site is not contained in the policy"}[h.site.Contained]
	case h.site.Contained && (known && login.Name != h.Name):
		h.unfit = fmt.Sprintf("the site is contained, where an account has its own name, and this one is %q", login.Name)
	case known && login.SID == grants.SASID:
		h.unfit = "its login is the server's own administrator"
	case known && (login.SID == s.OwnerSID || login.SID == h.site.dboSID()):
		h.unfit = fmt.Sprintf("its login %q owns the database", login.Name)
	case !known && taken && !h.site.Contained && named.SID != h.SID:
		h.unfit = fmt.Sprintf("its login is gone, and the server has another of the name %q", named.Name)
	case windows != (h.auth == policy.AuthWindows):
		h.unfit = "it is an account of Windows, and its login's name is none of Windows"
	case h.runs() && h.hasRows():
		h.unfit = "it runs grantree, and nobody grants anything to themselves"
	case known && login.Disabled && h.site.made(login.SID):
		h.unfit = "its login is one that grantree made and disabled: a plan would enable it"
	case h.connect != grants.Granted && h.connect != grants.Denied && h.connect != grants.GrantedWithGrant:
		h.unfit = "it has no CONNECT: a plan would give it back"
	default:
		h.unfit = wrongName(&policy.User{Name: h.Name, Login: h.login, Auth: h.auth})
	}
}

// runs reports whether an account is that of the login that runs grantree.
func (h *holder) runs() bool {
	login, ok := h.site.loginOf(h.SID)
	return h.site.snap.Runner.UserID == h.ID || ok && h.site.snap.ServerCollation.Equal(login.Name, h.site.snap.Runner.Login)
}

// serves reports whether a role is there for the login that runs grantree and for
// nobody else, as the one that "grantree doctor --script" makes.
func (h *holder) serves() bool {
	return h.isRole() && !h.Managed && len(h.members) > 0 && !slices.ContainsFunc(h.members, func(id int) bool {
		m := h.site.by[id]
		return m == nil || !m.runs()
	})
}

// loginOf and loginNamed find logins of the server, which are no roles.
func (x *site) loginOf(sid string) (grants.Login, bool) {
	l, ok := x.bySID[sid]
	return l, ok && sid != ""
}

func (x *site) loginNamed(name string) (grants.Login, bool) {
	l, ok := x.byLogin[x.snap.ServerCollation.Key(name)]
	return l, ok
}

func (x *site) dboSID() string {
	if dbo := x.by[grants.DboID]; dbo != nil && dbo.SID != "" {
		return dbo.SID
	}
	return "none"
}

// wrongName says why a policy cannot write a person's names.
func wrongName(u *policy.User) string {
	if u.Name == everyName || u.Login == everyName {
		return `its name or its login's is "*", which in a policy is every one`
	}
	for _, f := range policy.CheckUser(u, true) {
		return f.Message
	}
	return ""
}

// role decides whether a role can be a group: everybody in it must be a person.
func (h *holder) role() {
	switch {
	case h.option:
		h.unfit = "it may hand on what it holds (WITH GRANT OPTION)"
	default:
		h.unfit = wrongRole(h.Name)
	}
	var roles, others []string
	for _, id := range h.members {
		switch m := h.site.by[id]; {
		case m.isRole():
			h.because, roles = append(h.because, m), append(roles, m.Name)
		case m.ID < grants.FirstUserID, m.unfit != "":
			h.because, others = append(h.because, m), append(others, m.Name)
		}
	}
	switch {
	case h.unfit != "":
	case len(roles) > 0:
		h.unfit = words(roles, "the role", "the roles") + " " + plural(len(roles), "is", "are") + " in it, and groups are not in groups"
	case len(others) > 0:
		h.unfit = words(others, "", "") + " " + plural(len(others), "is", "are") + " in it, and can be no person of a policy"
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// everyName is what stands for every role in [policy] adopt, and for every site
// and view elsewhere: a policy that wrote a principal of that name would say more
// than it means.
const everyName = "*"

// wrongRole says why a policy cannot write a role's name.
func wrongRole(name string) string {
	if name == everyName {
		return `its name is "*", which in a policy is every one`
	}
	for _, f := range policy.CheckRole(name) {
		return f.Message
	}
	return ""
}
