package grants

import (
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// unverified reports what could not be read or asked.
func (j *judge) unverified() {
	for _, u := range j.s.Unread {
		j.doubt(finding.NotRead, mend(u.Fix...), "%s could not be read: %s", u.What, u.Why)
	}
	for p, principal := range j.a.m.principals {
		if j.ours(p) || j.named(principal.Name, j.s.Collation) != nil {
			continue
		}
		switch {
		case principal.Type == ApplicationRole:
			j.applicationRole(p)
		case principal.Type.IsGroup():
			if i := j.self(p); i >= 0 && j.people[i].in != No && !j.people[i].all && j.people[i].outside == nil {
				j.doubt(finding.GroupNotVerified, advice{remedies: []Remedy{{Kind: RemedyDropUser, Principal: principal.Name}}, or: asOutsider(principal.Name)},
					"who is in the %s %q cannot be read, and EXECUTE AS cannot be it", principal.Type.login(), principal.Name)
			}
		}
	}
}

// asOutsider is what else may be done where one acceptance settles it.
func asOutsider(name string) string {
	return fmt.Sprintf("accept it with [[outsider]] name = %q", name)
}

// applicationRole reports an application role that reaches a view: who knows
// its password nobody can read.
func (j *judge) applicationRole(p int) {
	all, views := catalog.None, []string{}
	for _, v := range j.views {
		if has := j.brings(p, v).Intersect(j.asked); !has.IsEmpty() {
			all = all.Union(has)
			views = append(views, j.a.m.viewName(v))
		}
	}
	if len(views) > 0 {
		name := j.a.m.principals[p].Name
		j.doubt(finding.ApplicationRole, advice{remedies: []Remedy{{Kind: RemedyDropAppRole, Principal: name}}, or: asOutsider(name)},
			"the application role %q holds %s on %s, and who knows its password cannot be read", name, strings.Join(all.Names(), ", "), some(views, 3))
	}
}

// notes says who has access and is accepted.
func (j *judge) notes() {
	for p, i := range j.users {
		if x := j.a.m.principals[p]; i >= 0 && x.Type != SQLUser && isAccount(x) {
			j.remark(finding.WindowsAccount, "%s%q is %s, which EXECUTE AS cannot be: it is judged by what is read of it", j.where(false), j.w.Users[i].Name, Login{Type: x.Type}.describe())
		}
	}
	for _, x := range j.people {
		var l Login
		if x.login >= 0 {
			l = j.s.Logins[x.login]
		}
		switch {
		case x.login >= 0 && j.s.ServerCollation.Equal(l.Name, j.s.Runner.Login):
			j.remark(finding.Runner, "%sthe login %q runs grantree", j.where(true), l.Name)
		case x.login >= 0 && j.ofServer(l):
			j.remark(finding.ServerAccount, "%sthe login %q is one of the server's own", j.where(true), l.Name)
		case x.outside != nil:
			as := ""
			if x.login >= 0 && !j.s.ServerCollation.Equal(l.Name, x.name) {
				as = fmt.Sprintf(", which the login %q enters as,", l.Name)
			}
			j.remark("outsider", "%s%q%s has access, which the policy accepts: %s", j.where(false), x.name, as, x.outside.Reason)
		}
	}
	for p, principal := range j.a.m.principals {
		if o := j.named(principal.Name, j.s.Collation); o != nil && principal.Type == DatabaseRole && len(j.reach[p]) > 0 {
			j.remark(finding.Outsider, "%sthe role %q has access, which the policy accepts: %s", j.where(false), principal.Name, o.Reason)
		}
	}
}
