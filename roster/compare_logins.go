package roster

import (
	"slices"
	"strings"

	"grantree/policy"
)

// owners are the people of each login, by its name, and on which servers.
type owners map[string][]owner

type owner struct {
	name    string
	servers []string
}

func (o owners) add(login, name string, servers []string) {
	key := foldKey(login)
	for i, one := range o[key] {
		if foldKey(one.name) == foldKey(name) {
			o[key][i].servers = servers
			return
		}
	}
	o[key] = append(o[key], owner{name, servers})
}

// other is who else has a login on one of some servers: a name on another server
// is another login.
func (o owners) other(login, name string, servers []string) (whose, server string) {
	for _, one := range o[foldKey(login)] {
		for _, s := range one.servers {
			if foldKey(one.name) != foldKey(name) && slices.Contains(servers, s) {
				return one.name, s
			}
		}
	}
	return "", ""
}

// servers are those of the sites that somebody may enter once a row is taken over.
func (c *comparer) servers(u *policy.User, in person) []string {
	var sites []string
	_, told := in.text[colSites]
	if u != nil && !told {
		sites = append(sites, u.Sites...)
	}
	sites = append(sites, in.sites...)
	if _, told := in.text[colAt]; u != nil && !told {
		for _, a := range u.At {
			sites = append(sites, a.Sites...)
		}
	}
	for _, a := range in.at {
		sites = append(sites, a.sites...)
	}
	var out []string
	for _, s := range c.p.Sites {
		if (slices.Contains(sites, "*") || slices.ContainsFunc(sites, func(n string) bool { return foldKey(n) == foldKey(s.Name) })) && !slices.Contains(out, s.Server) {
			out = append(out, s.Server)
		}
	}
	return out
}

// login is the login that a person has once a row is taken over.
func login(u *policy.User, in person) string {
	switch text, has := in.text[colLogin]; {
	case u != nil && (!has || text == clean(u.Login)):
		return u.Login
	case has && text != "":
		return text
	case u != nil:
		return u.Name
	}
	return in.text[colName]
}

// usualAuth is the kind of a login that is not stated.
func usualAuth(login string) policy.Auth {
	if strings.Contains(login, `\`) {
		return policy.AuthWindows
	}
	return policy.AuthSQL
}

// auth is the kind of login that a person has once a row is taken over, and
// whether it is stated.
func auth(u *policy.User, in person, login string) (kind policy.Auth, told bool) {
	switch text, has := in.text[colAuth]; {
	case text != "":
		return policy.Auth(text), true
	case u != nil && !has && u.Login == login:
		return u.Auth, true
	}
	return usualAuth(login), false
}

// loginChanges compares what is said of the login. What a login looks like says
// its kind, unless something else is meant.
func (c *comparer) loginChanges(v *Verdict, in person) {
	mine := login(v.user, in)
	kind, _ := auth(v.user, in, mine)
	makes := c.options.NewLogins
	if in.newLogin != nil {
		makes = *in.newLogin
	}
	if u := v.user; u != nil {
		if v.set(colLogin, u.Login, mine) {
			v.change.Login = &mine
		}
		if v.set(colAuth, string(u.Auth), string(kind)) {
			text := string(kind)
			v.change.Auth = &text
		}
		if in.newLogin != nil && v.set(colNewLogin, yesNo(u.NewLogin), yesNo(makes)) {
			v.change.NewLogin = &makes
		}
		return
	}
	v.fresh.Login, v.fresh.Auth, v.fresh.NewLogin = mine, kind, makes
	if mine != v.Name {
		v.set(colLogin, "", mine)
	}
	if kind != usualAuth(mine) {
		v.set(colAuth, "", string(kind))
	}
	v.set(colNewLogin, "no", yesNo(makes))
}
