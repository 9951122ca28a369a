package policy

import (
	"slices"

	"grantree/finding"
	"grantree/grants"
)

// sighting is whether a site has a principal of a name that the policy accepts,
// and where it has none, one whose name is one slip away.
type sighting struct {
	has  bool
	near string
}

// sightings looks for the principals that the policy accepts in a site. Of a
// name that the site may have, because not all logins could be read, there is
// none.
func (p *Policy) sightings(s *grants.Snapshot) map[string]sighting {
	out := map[string]sighting{}
	var known []string
	for _, name := range p.acceptedIn(s.Site) {
		has := slices.ContainsFunc(s.Principals, func(x grants.Principal) bool { return s.Collation.Equal(x.Name, name) }) ||
			slices.ContainsFunc(s.Logins, func(l grants.Login) bool { return s.ServerCollation.Equal(l.Name, name) })
		switch {
		case has:
			out[name] = sighting{has: true}
		case s.LoginsVisible && len(out) < maxSuggested:
			if known == nil {
				known = principalNames(s)
			}
			out[name] = sighting{near: finding.OneSlip(name, known)}
		case s.LoginsVisible:
			out[name] = sighting{}
		}
	}
	return out
}

// principalNames are those of a site and its server.
func principalNames(s *grants.Snapshot) []string {
	var out []string
	for _, x := range s.Principals {
		out = append(out, x.Name)
	}
	for _, l := range s.Logins {
		out = append(out, l.Name)
	}
	return out
}

// acceptedIn lists the names that only a site can know: of the outsiders there,
// and of what people may also be that is no word of the engine's.
func (p *Policy) acceptedIn(site string) []string {
	var out []string
	for _, o := range p.Outsiders {
		if slices.ContainsFunc(p.outsiderSites(o.Sites), func(s Site) bool { return s.Name == site }) {
			out = append(out, o.Name)
		}
	}
	powers := grants.Powers()
	for _, u := range p.Users {
		for _, name := range p.AlsoIn(u, site).Words {
			if !isPower(powers, name) && p.enters(u, site) {
				out = append(out, name)
			}
		}
	}
	return out
}

// isPower reports whether a word of "also" is one of the engine's.
func isPower(powers []string, name string) bool {
	return slices.ContainsFunc(powers, func(w string) bool { return sameName(w, name) })
}

// checkAccepted judges the names of principals that the policy accepts. An
// outsider whom no site has is a warning, where all of its sites were read: it
// accepts nobody, or whoever takes the name. A word of "also" that is no power
// and no role is an error where all sites of the person were read, or where it
// is one slip from a power and no site that was read has it; else nobody knows,
// and it is a warning.
func (p *Policy) checkAccepted(read []SiteNames) finding.List {
	seen := map[string]SiteNames{}
	for _, s := range read {
		seen[s.Site] = s
	}
	var out finding.List
	for _, o := range p.Outsiders {
		in := slices.DeleteFunc(slices.Clone(p.outsiderSites(o.Sites)), func(s Site) bool { return s.Retired })
		if has, all, near := sighted(seen, in, o.Name); all && !has {
			out.Warnf(finding.UnknownOutsider, o.Pos, orFix(ask(near), "correct the name, or remove it"), "no site has the outsider %q", o.Name)
		}
	}
	powers := grants.Powers()
	for _, x := range p.alsos() {
		u, in := x.user, x.in
		for i, name := range x.Words {
			if isPower(powers, name) || len(in) == 0 {
				continue
			}
			has, all, near := sighted(seen, in, name)
			slip := finding.OneSlip(name, powers)
			fix := orFix(ask(slip), orFix(ask(near), `name a role, or a power such as "CONTROL SERVER"`))
			switch {
			case has:
			case all || slip != "":
				out.Errorf(finding.UnknownPower, x.At[i], fix, "user %q may also be %q, which is no power, and no role that was seen", u.Name, name)
			default:
				out.Warnf(finding.UnknownPower, x.At[i], fix, "user %q may also be %q, which is no power, and not all of their sites were read", u.Name, name)
			}
		}
	}
	return out
}

// also is what one table lets somebody be, and the sites where.
type also struct {
	Also
	user *User
	in   []Site
}

// alsos lists what people may be beyond the policy, table by table.
func (p *Policy) alsos() []also {
	var out []also
	for _, u := range p.Users {
		if len(u.Also.Words) > 0 {
			out = append(out, also{u.Also, u, p.UserSites(u)})
		}
		for _, a := range u.At {
			if len(a.Also.Words) > 0 && !u.Inactive {
				out = append(out, also{a.Also, u, p.namedSites(a.Sites)})
			}
		}
	}
	return out
}

// ask is the fix that offers a name, or "" where there is none.
func ask(near string) string {
	if near == "" {
		return ""
	}
	return `did you mean "` + near + `"?`
}

// sighted says whether one of some sites has a name, whether all of them were
// seen, and a name one slip away that one has.
func sighted(seen map[string]SiteNames, in []Site, name string) (has, all bool, near string) {
	known := 0
	for _, s := range in {
		x, ok := seen[s.Name].accepted[name]
		if ok {
			known++
		}
		has = has || x.has
		if x.near != "" {
			near = x.near
		}
	}
	return has, len(in) > 0 && known == len(in), near
}
