package adoption

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
)

// RefusedError is an import that wrote nothing: whatever policy it found, a plan
// would change something in the sites. Findings say what and why, by site.
type RefusedError struct {
	Findings finding.List
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("no policy leaves the sites as they are (%s): none was written; mend that and import again", counted(len(e.Findings), "error", "errors"))
}

// left tells what a plan of the last draft would still change: mostly it drops
// what carries grantree's mark and can be nobody of the policy. What follows from a
// drop, such as its rows and members, is not told by itself. wrong is what is wrong
// with the draft beside its plan.
func (im *importer) left(x *site, plan *grants.Plan, wrong finding.List) finding.List {
	type reason struct {
		drops     grants.Kind
		text, fix string
	}
	var reasons []reason
	who := map[reason][]string{}
	for _, c := range plan.Changes {
		name := cmp.Or(c.Role, c.Principals[0])
		h := x.named(name)
		k := reason{text: fmt.Sprintf("a plan would change them (%s): %s", c.Kind, why(h)), fix: im.keep(h)}
		switch {
		case c.Kind.Marks() || im.puts(c):
			continue
		case c.Kind == grants.DropRole || c.Kind == grants.DropUser:
			k = reason{c.Kind, why(h), im.keep(h)}
		}
		if who[k] == nil {
			reasons = append(reasons, k)
		}
		if !slices.Contains(who[k], name) {
			who[k] = append(who[k], name)
		}
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(a.drops, b.drops) }) // roles first
	var dropped, others finding.List
	for _, k := range reasons {
		f := finding.Finding{Code: finding.ImportChanges, Severity: finding.Error, Fix: k.fix}
		switch names := who[k]; k.drops {
		case grants.DropRole, grants.DropUser:
			one := map[grants.Kind]string{grants.DropRole: "role", grants.DropUser: "user"}[k.drops]
			f.Message = fmt.Sprintf("site %q: a plan would drop %s, which %s grantree's mark and can be nobody of the policy: %s", x.Name,
				words(names, "the "+one, "the "+one+"s"), plural(len(names), "carries", "carry"), k.text)
			dropped = append(dropped, f)
		default:
			f.Message = fmt.Sprintf("site %q: %s: %s", x.Name, words(names, "", ""), k.text)
			others = append(others, f)
		}
	}
	for _, f := range slices.Concat(wrong, plan.Findings).Of(finding.Error) {
		f.Code, f.Where = finding.ImportChanges, finding.Pos{}
		others = append(others, f)
	}
	if len(dropped) > 0 {
		return dropped
	}
	return others
}

// named finds a role or an account of a site.
func (x *site) named(name string) *holder {
	if i := slices.IndexFunc(x.list, func(h *holder) bool { return h.Name == name }); i >= 0 {
		return x.list[i]
	}
	return nil
}

// why is why somebody is no group or person of the policy, down to whoever keeps a
// role from it.
func why(h *holder) string {
	if h == nil {
		return "it is not what a policy can say"
	}
	out := cmp.Or(h.unfit, "it is in no group of the policy")
	if roles := h.unfitRoles(); h.unfit == "" && len(roles) > 0 {
		out = "it is in " + words(roles, "the role", "the roles") + ", which can be no group"
	}
	for _, m := range h.because {
		if !m.isRole() && m.unfit != "" {
			out += fmt.Sprintf(" (%q: %s)", m.Name, m.unfit)
		}
	}
	return out
}

// unfitRoles names the roles that somebody is in and that can be no groups.
func (h *holder) unfitRoles() []string {
	var out []string
	for _, id := range h.in {
		if r := h.site.by[id]; !r.Fixed && r.unfit != "" {
			out = append(out, r.Name)
		}
	}
	return out
}

// keep is what to do so that somebody with a mark can stay.
func (im *importer) keep(h *holder) string {
	mend := "mend that"
	switch {
	case h == nil || h.unfit != "" || h.isRole():
	case len(h.unfitRoles()) > 0:
		mend = "mend what keeps the role out"
	case im.Group == "":
		mend = "name a group for it with --group, put it into a role that can be one"
	}
	return mend + `, or take the mark, the extended property "grantree", off it if it is not grantree's any more`
}
