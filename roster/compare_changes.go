package roster

import (
	"fmt"
	"slices"

	"grantree/policy"
)

// changes notes what a row changes of a user, or gives a new one.
func (c *comparer) changes(v *Verdict, in person, object func(string, string, ...any)) {
	now := v.user
	if now == nil {
		now = &policy.User{}
		v.fresh.Name = v.Name
		v.set(colName, "", v.Name)
	}
	c.loginChanges(v, in)
	for _, t := range []struct {
		column, have string
		fresh        *string
		change       **string
	}{{colFullName, now.FullName, &v.fresh.FullName, &v.change.FullName}, {colEmail, now.Email, &v.fresh.Email, &v.change.Email}, {colReason, now.Reason, &v.fresh.Reason, &v.change.Reason}} {
		if want, ok := in.text[t.column]; ok && v.set(t.column, clean(t.have), want) {
			*t.fresh, *t.change = want, &want
		}
	}
	c.listChange(v, colGroups, now.Groups, in.groups, c.groups, &v.fresh.Groups, &v.change.Groups)
	c.listChange(v, colSites, now.Sites, in.sites, c.sites, &v.fresh.Sites, &v.change.Sites)
	if c.has(colUntil) && v.set(colUntil, now.Until.String(), in.until.String()) {
		v.fresh.Until, v.change.Until = in.until, &in.until
	}
	if in.inactive != nil && v.set(colStatus, status(now.Inactive && !now.Past), status(*in.inactive)) {
		v.fresh.Inactive, v.change.Inactive = *in.inactive, in.inactive
	}
	c.atChange(v, now, in, object)
	if v.user == nil {
		c.complete(in, object)
	} else {
		c.emptied(v, in, object)
	}
}

// emptied objects to a row that leaves somebody in no group, or lets them enter no
// site.
func (c *comparer) emptied(v *Verdict, in person, object func(string, string, ...any)) {
	if v.change.Groups == nil && v.change.Sites == nil && v.change.At == nil {
		return
	}
	groups, sites, at := v.user.Groups, v.user.Sites, len(v.user.At)
	if c.has(colGroups) {
		groups = in.groups
	}
	if c.has(colSites) {
		sites = in.sites
	}
	if c.has(colAt) {
		at = len(in.at)
	}
	if len(groups) == 0 && (len(sites) > 0 || at == 0) {
		object(colGroups, "the person would be in no group: name a group")
	}
	if len(sites) == 0 && at == 0 {
		object(colSites, "the person would enter no site: name a site, or * for every one")
	}
}

// listChange compares groups or sites. What stays keeps its place and spelling.
func (c *comparer) listChange(v *Verdict, name string, have, want []string, known index[string], fresh *[]string, change **[]string) {
	named := canonical(have, known)
	if !c.has(name) || same(named, want) {
		return
	}
	value := []string{}
	for i, n := range named {
		if slices.Contains(want, n) {
			value = append(value, have[i])
		}
	}
	for _, n := range want {
		if !slices.Contains(named, n) {
			value = append(value, n)
		}
	}
	v.Changes = append(v.Changes, Change{name, joinList(named), joinList(want), policy.Without(want, named), policy.Without(named, want)})
	*fresh, *change = value, &value
}

// canonical returns names as what they name is called.
func canonical(names []string, known index[string]) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if name, ok := known.find(clean(n)); ok {
			out[i] = name
		}
	}
	return out
}

// atChange compares where else the person is in other groups. A part that has
// lines of its own and would go is for its file: a sheet cannot say them.
func (c *comparer) atChange(v *Verdict, u *policy.User, in person, object func(string, string, ...any)) {
	if !c.has(colAt) {
		return
	}
	have := c.elsewhereOf(u)
	had, want := keysOf(have), keysOf(in.at)
	if same(had, want) {
		return
	}
	value := []policy.Elsewhere{}
	for i, a := range u.At {
		switch {
		case slices.Contains(want, had[i]):
			value = append(value, a)
		case len(a.Also.Words) > 0:
			object(colAt, "in %s the person may also be %s, which a sheet cannot carry: change it at %s", joinList(a.Sites), joinList(a.Also.Words), a.Pos)
		case len(a.Allow)+len(a.Deny) > 0:
			object(colAt, "in %s the person has lines of their own, which a sheet cannot carry: change it at %s", joinList(a.Sites), a.Pos)
		}
	}
	for i, a := range in.at {
		if !slices.Contains(had, want[i]) {
			value = append(value, policy.Elsewhere{Sites: a.sites, Groups: a.groups})
		}
	}
	v.set(colAt, joinAt(have), joinAt(in.at))
	v.fresh.At, v.change.At = value, &value
}

// elsewhereOf returns a user's at, in names as they are called.
func (c *comparer) elsewhereOf(u *policy.User) []elsewhere {
	var out []elsewhere
	for _, a := range u.At {
		out = append(out, elsewhere{canonical(a.Sites, c.sites), canonical(a.Groups, c.groups)})
	}
	return out
}

// keysOf makes each part one text, whatever the order in it.
func keysOf(at []elsewhere) []string {
	var out []string
	for _, a := range at {
		sites, groups := slices.Sorted(slices.Values(a.sites)), slices.Sorted(slices.Values(a.groups))
		out = append(out, fmt.Sprintf("%q %q", sites, groups))
	}
	return out
}

// complete objects to a new person who is in no group or enters no site.
func (c *comparer) complete(in person, object func(string, string, ...any)) {
	for _, need := range []struct {
		name string
		have []string
		fix  string
	}{{colGroups, in.groups, "name a group"}, {colSites, in.sites, "name a site, or * for every one"}} {
		switch {
		case len(need.have) > 0 || len(in.at) > 0:
		case c.has(need.name):
			object(need.name, "a new person has no %s: %s", need.name, need.fix)
		default:
			c.lacking[need.name]++
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func status(inactive bool) string {
	if inactive {
		return StatusInactive
	}
	return StatusActive
}
