package lint

import (
	"slices"
	"strings"

	"grantree/finding"
	"grantree/policy"
)

// idleGroups finds groups that give nothing, and groups that nobody active is in.
// Of the latter one that others copy is used; where the policy has nobody, none of
// them is worth a word.
func (s *survey) idleGroups() finding.List {
	var out finding.List
	for _, g := range s.givens() {
		if g.size == 0 {
			out.Warnf(finding.GroupGivesNothing, g.group.Pos, "add [[group.allow]] lines, or remove it", "group %q gives nothing on any view", g.group.Name)
		}
	}
	in := map[string]bool{}
	for _, k := range s.kinds {
		for _, m := range k.Members {
			in[k.groups[k.key(m.Role)]] = true
		}
	}
	for _, g := range s.p.Groups {
		copied := s.needed(g) && s.p.Administrators() != g
		if g.Baseline || copied || in[g.Name] || len(s.p.Users) == 0 {
			continue
		}
		out.Warnf(finding.GroupWithoutUsers, g.Pos, s.removal(g), "nobody active is in group %q", g.Name)
	}
	return out
}

// removal is how a group goes.
func (s *survey) removal(g *policy.Group) string {
	if s.needed(g) || slices.ContainsFunc(s.p.Users, func(u *policy.User) bool { return s.mentions(u, g) }) {
		return "" // it administers the sites, or has people who are inactive
	}
	return s.removing(g)
}

// mentions reports whether a user's lines name a group.
func (s *survey) mentions(u *policy.User, g *policy.Group) bool {
	names := slices.Clone(u.Groups)
	for _, a := range u.At {
		names = append(names, a.Groups...)
	}
	return slices.ContainsFunc(names, func(n string) bool { return s.p.Group(n) == g })
}

// idlePeople finds active people without a site that is in use, and those who may
// do nothing in a site but what everybody may.
func (s *survey) idlePeople() finding.List {
	var out finding.List
	for _, u := range s.p.Users {
		if !u.Inactive && len(s.p.UserSites(u)) == 0 {
			out.Warnf(finding.UserWithoutSite, u.Pos, "give them a site that is in use, or write inactive = true", "the sites of user %q are all retired", u.Name)
		}
	}
	sites, bases := map[string][]string{}, map[string][]string{} // by user
	for _, k := range s.kinds {
		base, role := "", ""
		for _, g := range s.p.Groups {
			if g.Baseline && k.groups[s.role(g)] == g.Name {
				base, role = g.Name, s.role(g)
			}
		}
		all := k.Of([]string{role})
		for _, c := range k.crowds {
			if has := k.Of(c.tokens); !covers(all, has) {
				continue
			}
			for _, u := range c.users {
				sites[u] = append(sites[u], k.sites...)
				if !none(all) {
					bases[u] = append(bases[u], base)
				}
			}
		}
	}
	for _, u := range s.p.Users {
		if len(sites[u.Name]) == 0 {
			continue
		}
		but := ""
		if len(bases[u.Name]) > 0 {
			but = " but what everybody may by " + counted(bases[u.Name], "group", "groups")
		}
		out.Warnf(finding.UserGetsNothing, u.Pos, "put them into a group that gives what they need, or take the site away",
			"user %q may do nothing in %s%s", u.Name, counted(sites[u.Name], "site", "sites"), but)
	}
	return folded(out)
}

// folded makes one finding of the same sentence about several users, where the
// first of them stands.
func folded(l finding.List) finding.List {
	var out finding.List
	at, users := map[string]int{}, map[int][]string{}
	for _, f := range l {
		user, rest, ok := cutUser(f.Message)
		if !ok {
			out = append(out, f)
			continue
		}
		key := f.Code + "\x00" + rest
		i, again := at[key]
		if !again {
			i, at[key] = len(out), len(out)
			out = append(out, f)
		}
		users[i] = append(users[i], user)
	}
	for i, names := range users {
		if len(names) > 1 {
			_, rest, _ := cutUser(out[i].Message)
			out[i].Message = "users " + listed(names) + rest
		}
	}
	return out
}

// cutUser cuts the quoted name from a sentence that begins with a user.
func cutUser(message string) (user, rest string, ok bool) {
	tail, ok := strings.CutPrefix(message, "user ")
	if !ok {
		return "", "", false
	}
	end := 1
	for end < len(tail) && tail[end] != '"' {
		if tail[end] == '\\' {
			end++
		}
		end++
	}
	return tail[:end+1], tail[end+1:], true
}
