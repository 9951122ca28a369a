package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// unread tells what of a site was not seen.
func (r *reporter) unread(x *site) {
	if !x.snap.LoginsVisible {
		r.note(x, finding.Warning, finding.ImportGuess, "let the login that runs grantree see them (VIEW ANY DEFINITION on the server), and import again", nil, nil, nil,
			"the server's logins could not be read: each person's login is taken to have the name of their user")
	}
	for _, u := range x.snap.Unread {
		r.note(x, finding.Warning, finding.ImportGuess, "", u.Fix, nil, nil, "%s could not be read: %s", u.What, u.Why)
	}
}

// lacks tells which views of the policy a site has not, of which each plan warns.
func (r *reporter) lacks(x *site, views []string) {
	if len(views) > 0 {
		r.note(x, finding.Note, finding.ImportDiffers, "write into the [[site]], if that is right: "+strings.TrimSuffix(list("ignore", views), "\n"), nil, nil, nil,
			"%s that lines of the policy reach %s not there, and each plan warns of them", counted(len(views), "view", "views"), plural(len(views), "is", "are"))
	}
}

// remaining tells what verify will still find.
func (r *reporter) remaining(x *site, mismatches, unverified finding.List) {
	add := func(f finding.Finding, what string) {
		f.Message = strings.TrimPrefix(f.Message, fmt.Sprintf("site %q: ", x.Name))
		r.fit(x, &f)
		i := slices.IndexFunc(r.items, func(o Item) bool { return o.Code == finding.ImportMismatch && o.Message == what+f.Message })
		if i < 0 {
			i = len(r.items)
			g := f
			g.Code, g.Severity, g.Message = finding.ImportMismatch, finding.Warning, what+f.Message
			r.items = append(r.items, Item{Finding: g, Rows: map[string][]int{}, Members: map[string][]int{}})
		}
		r.items[i].Sites = append(r.items[i].Sites, x.Name)
	}
	for _, f := range mismatches {
		add(f, "verify will find a mismatch ("+f.Code+"): ")
	}
	for _, f := range unverified {
		add(f, "verify will not know ("+f.Code+"): ")
	}
}

// shut are the codes of people of the policy who cannot enter.
func shut() []string {
	return []string{finding.ConnectDenied, finding.ConnectMissing, finding.ConnectSQLMissing, finding.LoginDisabled, finding.OrphanedUser, finding.ContainedOff}
}

// stayOut is what to do about somebody who cannot enter: an import does not know
// that they ever should, so that nothing in a report lets them in.
const stayOut = "leave it so if they are to stay out, or write inactive = true into the [[user]]"

// fit makes the advice of a mismatch that of an import: nobody who was shut out is
// let in, and what an [[outsider]] of the draft accepts has been accepted already.
func (r *reporter) fit(x *site, f *finding.Finding) {
	who := subjectOf(*f)
	accepted := slices.ContainsFunc(r.draft.outsiders, func(o *outsider) bool { return o.name == who && slices.Contains(o.sites, x) })
	switch {
	case slices.Contains(shut(), f.Code):
		f.Statements, f.Use, f.Fix = nil, "", stayOut
	case r.im.short[[2]string{x.Name, who}]:
		f.Fix = "or accept it: an [[outsider]] with all four permissions as its may, which accepts every power that it is given later too"
	case accepted && f.Code == finding.ColumnGrant:
		f.Fix = "or make a view of those columns, and give that: no [[outsider]] clears it for people of the policy"
	case accepted:
		f.Fix = "no [[outsider]] clears it for people of the policy: give them by a group what they need, and take this away"
	}
}

// differences tells where sites do not agree.
func (r *reporter) differences() {
	r.roles()
	for _, u := range r.draft.users {
		for _, e := range u.at {
			if len(e.also) > 0 {
				r.note(nil, finding.Note, finding.ImportDiffers, "", nil, nil, nil, "%q may also be %s in %s: [[user.at]]", u.name, words(e.also, "", ""), words(names(e.sites), "", ""))
			}
			if r.im.regrouped(u, e) || len(e.allow)+len(e.deny) > 0 {
				r.note(nil, finding.Note, finding.ImportDiffers, "", nil, nil, nil, "%q is in other groups, or has other overrides, in %s: [[user.at]]", u.name, words(names(e.sites), "site", "sites"))
			}
		}
	}
}

// regrouped reports whether an at has other groups than the rest of a person's sites.
func (im *importer) regrouped(u *user, e *elsewhere) bool {
	if len(u.sites) == 0 {
		return slices.ContainsFunc(u.at, func(o *elsewhere) bool { return !slices.Equal(o.groups, e.groups) })
	}
	return !slices.Equal(im.here(u.groups, e.sites[0]), e.groups)
}

// accepted tells which rules are broken in the sites, and accepted.
func (r *reporter) accepted() {
	by := map[string][]string{}
	var order []string
	for _, w := range r.draft.waivers {
		who := fmt.Sprintf("the group %q", w.Group)
		if w.Group == "" {
			who = fmt.Sprintf("the user %q", w.User)
		}
		if by[who] == nil {
			order = append(order, who)
		}
		by[who] = append(by[who], string(w.View))
	}
	for _, who := range order {
		r.note(nil, finding.Warning, finding.ImportRule, "see whether it is meant; then write the reason into the [[waiver]], or take the waiver and the permission away", nil, nil, nil,
			"%s may more on %s than on the parents, which rule 2 forbids: a [[waiver]] of each lets it be", who, words(by[who], "", ""))
	}
	for _, g := range r.draft.groups {
		if g.overrides && len(g.deny) > 0 {
			r.note(nil, finding.Warning, finding.ImportRule, "see whether it is meant; then write the reason into the deny, or take it away", nil, nil, nil,
				"a deny of the group %q takes from its people what other groups give, which rule 1 forbids: overrides = true lets it be", g.name)
		}
	}
}

// guesses tells what nobody said.
func (r *reporter) guesses() {
	if r.im.base.License.Pos.IsZero() && r.draft.seats > 0 {
		r.note(nil, finding.Note, finding.ImportGuess, "write what the licence says", nil, nil, nil, "[license] seats = %d is a guess: so many people enter today", r.draft.seats)
	}
	if r.draft.admins != "" {
		r.note(nil, finding.Note, finding.ImportGuess, "name the right group", nil, nil, nil, "[policy] administrators = %q is a guess: it may do most", r.draft.admins)
	}
	if own := r.im.extra; own != nil {
		n := 0
		for _, u := range r.draft.users {
			if slices.Contains(u.groups, own.name) || slices.ContainsFunc(u.at, func(e *elsewhere) bool { return slices.Contains(e.groups, own.name) }) {
				n++
			}
		}
		r.note(nil, finding.Note, finding.ImportGuess, "", nil, nil, nil, "%s in no role, and put into the group %q: a plan makes its role, and nobody gains or loses by it", counted(n, "person was", "people were"), own.name)
	}
	for _, u := range r.draft.users {
		if u.note != "" {
			r.note(nil, finding.Note, finding.ImportGuess, "name its people instead, or state how many they are in an [[outsider]]", nil, nil, nil, "%q is %s", u.name, u.note)
		}
	}
	if len(r.draft.groups) > 0 && r.draft.admins == "" && !slices.ContainsFunc(r.draft.groups, func(g *group) bool { return fold(g.name) == fold("Admin") }) {
		r.note(nil, finding.Note, finding.ImportGuess, `name the group whose people administer the sites: [policy] administrators = "…"`, nil, nil, nil, "no group may do everything, so none was taken for the administrators'")
	}
}
