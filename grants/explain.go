package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// Explain is Decide with the policy's causes: each GRANT and DENY on the view
// that the policy wants is told by its group, node, level and line, one reason
// a cause. Where nothing allows the user, the groups that would are named; and
// where the site does not say yet what the policy wants, that is said.
func Explain(a *Access, w *Wanted, user, view string, perm catalog.Permissions) Decision {
	d := a.Decide(user, view, perm)
	v, ok := a.m.view(view)
	if w == nil || !ok {
		return d
	}
	x := explainer{a: a, w: w, v: v, perm: perm, user: user}
	var out []Reason
	for _, r := range d.Because {
		out = append(out, x.trace(r)...)
	}
	d.Because = append(out, x.missing(d)...)
	return d
}

// explainer joins what the site says about one tuple with what is wanted.
type explainer struct {
	a    *Access
	w    *Wanted
	v    int
	perm catalog.Permissions
	user string
}

// entries returns the wanted rows of one grantee on the tuple, or of everyone
// when grantee is "".
func (x explainer) entries(grantee string, state State) []WantedEntry {
	var out []WantedEntry
	for _, e := range x.w.Entries {
		if e.Permission != x.perm || e.State != state || grantee != "" && !x.w.Collation.Equal(e.Grantee, grantee) {
			continue
		}
		if v, ok := x.a.m.viewIn(e.Schema, e.View); ok && v == x.v {
			out = append(out, e)
		}
	}
	return out
}

// trace turns one reason into one for each line of the policy behind it.
func (x explainer) trace(r Reason) []Reason {
	state := Granted
	switch r.Kind {
	case "deny":
		state = Denied
	case "grant":
	default:
		return []Reason{r}
	}
	grantee := x.user
	if len(r.Via) > 0 {
		grantee = r.Via[len(r.Via)-1]
	}
	var out []Reason
	for _, e := range x.entries(grantee, state) {
		for _, c := range e.Causes {
			if state == Denied && c.State == Granted {
				out = append(out, Reason{Kind: "grant", Via: r.Via, Text: "the DENY beats what " + grantee + " is also given"}.from(c))
				continue
			}
			out = append(out, r.from(c))
		}
	}
	if len(out) == 0 {
		r.Text += ", which the policy does not ask for"
		return []Reason{r}
	}
	return out
}

// from adds a cause to a reason.
func (r Reason) from(c Cause) Reason {
	r.Group, r.Node, r.Level, r.Where = c.Group, c.Node, c.Level, c.Pos
	var parts []string
	if c.Group != "" && (len(r.Via) == 0 || r.Via[len(r.Via)-1] != c.Group) {
		parts = append(parts, "group "+c.Group)
	}
	if len(c.Node) > 0 {
		parts = append(parts, fmt.Sprintf("as a %s view of %s", strings.ReplaceAll(string(c.Level), "_", " "), c.Node))
	}
	if c.Note != "" {
		parts = append(parts, c.Note)
	}
	if where := c.Pos.String(); where != "" {
		parts = append(parts, where)
	}
	if len(parts) > 0 {
		r.Text += ": " + strings.Join(parts, ", ")
	}
	return r
}

// missing adds what a refused user lacks: the group of theirs that should give
// it already, or else the groups that would.
func (x explainer) missing(d Decision) []Reason {
	if d.Allowed == Yes || slices.ContainsFunc(d.Because, func(r Reason) bool { return r.Kind == "deny" }) {
		return nil
	}
	var out []Reason
	var others []string
	for _, e := range x.entries("", Granted) {
		if x.belongs(e.Grantee) {
			for _, c := range e.Causes {
				r := Reason{Kind: "nothing", Text: fmt.Sprintf("the policy gives it through %s, but the site does not say so yet", e.Grantee)}
				out = append(out, r.from(c))
			}
		} else if x.isRole(e.Grantee) {
			others = append(others, e.Grantee)
		}
	}
	slices.Sort(others)
	if others = slices.Compact(others); len(out) == 0 && len(others) > 0 {
		text := fmt.Sprintf("no group of %s reaches %s with %s; %s would", d.User, d.View, x.perm, strings.Join(others, " or "))
		out = append(out, Reason{Kind: "nothing", Text: text})
	}
	return out
}

// belongs reports whether the policy wants the user to act as grantee.
func (x explainer) belongs(grantee string) bool {
	if x.w.Collation.Equal(grantee, x.user) {
		return true
	}
	return slices.ContainsFunc(x.w.Members, func(m WantedMember) bool {
		return x.w.Collation.Equal(m.Role, grantee) && x.w.Collation.Equal(m.User, x.user)
	})
}

func (x explainer) isRole(name string) bool {
	return slices.ContainsFunc(x.w.Roles, func(r WantedRole) bool { return x.w.Collation.Equal(r.Name, name) })
}
