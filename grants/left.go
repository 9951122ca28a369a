package grants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/finding"
)

// Left is what the mode of a plan leaves undone of what the policy asks for: what a
// plan of All would do once this one is carried out. Names are sorted.
type Left struct {
	Mode  Mode
	Keep  []string // people who can do more than the policy says, as far as All would take it
	Lack  []string // people who can do less than that
	Users []string // accounts that nothing asks for and that stay
	Roles []string // the same of roles
	Enter []string // those of Users who can enter, so that no seat of theirs is free
	// Members and Rows are memberships and rows on views that nothing asks for, and
	// Denies the DENY statements that are not sent. Statements is all of it, in the
	// statements that All would send.
	Members, Rows, Denies, Statements int
	// Stops are the codes of errors that would stop All and do not stop this plan.
	Stops []string
	// Waiting is what a mode would let a plan do and is withheld all the same, in
	// words, for it would give For what the policy does not, or take it from them.
	Waiting, For []string
}

// waiting says what is withheld; why are the people, by position.
func (d *differ) waiting(why map[int]bool) *Left {
	withheld := d.withheld
	if withheld.size() == 0 {
		return nil
	}
	rows, nV := map[string]int{}, len(d.ix.views)
	out := &Left{}
	for at, p := range withheld.rows {
		rows[d.name(at/nV)] += p.Len()
	}
	for name, n := range rows {
		out.Waiting = append(out.Waiting, fmt.Sprintf("%s of %q", counted(n, "permission"), name))
	}
	for edge := range withheld.edges {
		out.Waiting = append(out.Waiting, fmt.Sprintf("%q in %q", d.name(int(uint32(edge))), d.name(int(edge>>32))))
	}
	for p := range withheld.connects {
		out.Waiting = append(out.Waiting, fmt.Sprintf("CONNECT of %q", d.name(p)))
	}
	for p := range why {
		out.For = append(out.For, d.name(p))
	}
	slices.Sort(out.Waiting)
	slices.Sort(out.For)
	return out
}

// leaves notes what the plan leaves undone, and says so.
func (p *Plan) leaves(from *Snapshot, to *Wanted, o DiffOptions) {
	end, err := from.After(p)
	if err != nil || len(p.Findings.Stopping()) > 0 {
		end = from // it is not carried out
	}
	mode, at := o.Mode, o.ModeAt
	o.Mode, o.ModeAt = All, finding.Pos{}
	rest := Diff(end, to, o)
	var stops []string
	for _, f := range rest.Findings.Stopping() {
		if !slices.ContainsFunc(p.Findings, func(x finding.Finding) bool { return x.Code == f.Code }) {
			stops = append(stops, f.Code)
		}
	}
	if rest.marksOnly() && p.Left == nil && len(stops) == 0 {
		return
	}
	if p.Left == nil {
		p.Left = &Left{}
	}
	slices.Sort(stops)
	p.Left.Mode, p.Left.Stops = mode, slices.Compact(stops)
	p.Left.count(rest)
	p.Findings = append(p.Findings, p.Left.findings(p.Site, at)...)
}

// marksOnly reports whether a plan changes nothing for anybody.
func (p *Plan) marksOnly() bool {
	return !slices.ContainsFunc(p.Changes, func(c Change) bool { return !c.Kind.Marks() })
}

// count takes the sums from the plan of the rest.
func (l *Left) count(rest *Plan) {
	l.Keep, l.Lack, l.Statements = rest.People.Lose, rest.People.Gain, rest.Statements()
	roles, users := map[string]bool{}, map[string]bool{}
	for _, c := range rest.Changes {
		switch {
		case c.Temporary:
		case c.Kind == DropRole:
			roles[c.Principals[0]] = true
		case c.Kind == DropUser, c.Kind == RevokeConnect:
			users[c.Principals[0]] = true
		case c.Kind == DropMember:
			l.Members++
		case c.Kind == RevokeOn:
			l.Rows += c.Permissions.Len() * len(c.Principals)
		case c.Kind == DenyOn:
			l.Denies++
		}
	}
	for _, e := range rest.People.Effects {
		for _, name := range e.People {
			if e.Leaves && users[name] {
				l.Enter = append(l.Enter, name)
			}
		}
	}
	slices.Sort(l.Enter)
	l.Users, l.Roles = slices.Sorted(maps.Keys(users)), slices.Sorted(maps.Keys(roles))
}

// findings say it: what is left, and what waits.
func (l *Left) findings(site string, at finding.Pos) finding.List {
	var out finding.List
	where := "mode " + string(l.Mode)
	if site != "" {
		where = fmt.Sprintf("site %q: %s", site, where)
	}
	if parts := l.parts(); len(parts) > 0 {
		out.Warnf(finding.LeftUndone, at, l.next(), "%s leaves undone: %s", where, strings.Join(parts, "; "))
	}
	if len(l.Waiting) > 0 {
		out.Warnf(finding.Withheld, at, l.next(), "%s withholds %s, by which %s would get or lose what the policy does not say", where, some(l.Waiting, 5), quotedSome(l.For, 3))
	}
	return out
}

// parts are what is left, people first.
func (l *Left) parts() []string {
	var parts []string
	people := func(names []string, one, more string) {
		switch len(names) {
		case 0:
		case 1:
			parts = append(parts, fmt.Sprintf("1 person %s: %s", one, quotedSome(names, 3)))
		default:
			parts = append(parts, fmt.Sprintf("%d people %s: %s", len(names), more, quotedSome(names, 3)))
		}
	}
	people(l.Keep, "keeps more than the policy", "keep more than the policy")
	people(l.Lack, "has less than the policy", "have less than the policy")
	if l.Denies > 0 {
		parts = append(parts, counted(l.Denies, "DENY")+are(l.Denies)+"not sent")
	}
	if stay := l.stay(); len(stay) > 0 {
		parts = append(parts, "nothing asks for "+strings.Join(stay, ", ")+", and that stays")
	}
	if len(l.Stops) > 0 {
		parts = append(parts, "mode all would stop at "+strings.Join(l.Stops, ", "))
	}
	return parts
}

// stay is what nothing asks for.
func (l *Left) stay() []string {
	var out []string
	note := func(n int, thing string, names []string, more string) {
		text := counted(n, thing)
		if len(names) > 0 {
			text += " (" + quotedSome(names, 3) + more + ")"
		}
		if n > 0 {
			out = append(out, text)
		}
	}
	note(l.Members, "membership", nil, "")
	note(l.Rows, "permission", nil, "")
	entering := ""
	if n := len(l.Enter); n > 0 {
		entering = fmt.Sprintf(", of whom %d can enter and no seat is freed", n)
	}
	note(len(l.Users), "user", l.Users, entering)
	note(len(l.Roles), "role", l.Roles, "")
	return out
}

// next is what to do once this mode has done its part.
func (l *Left) next() string {
	if l.Mode == Add {
		return `when that is right, go on with mode = "narrow"`
	}
	return `when that is right, go on with mode = "all"`
}

func are(n int) string {
	if n == 1 {
		return " is "
	}
	return " are "
}

// quotedSome are the first few names, quoted.
func quotedSome(names []string, limit int) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return cmp.Or(some(quoted, limit), "nobody")
}
