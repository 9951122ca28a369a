package adoption

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// Report is what a policy does not say of the sites that it came from, what was
// guessed, and what was accepted because it is so: each with what to do about it.
// Together with what the policy wants it is complete: every row of permissions
// and every membership of the sites is in one of the two.
type Report struct {
	Items []Item
}

// Item is one thing of a report, in all sites of which it is true.
type Item struct {
	finding.Finding
	Sites []string
	// Rows and Members are what it is about, by site: places in the snapshot's
	// Permissions and Members.
	Rows, Members map[string][]int
	first         bool // before others of its code
}

// Findings is the report as findings: of several sites with their names.
func (r Report) Findings() finding.List {
	var out finding.List
	for _, i := range r.Items {
		f := i.Finding
		if len(i.Sites) > 0 {
			f.Message = fmt.Sprintf("%s: %s", words(i.Sites, "site", "sites"), f.Message)
		}
		out = append(out, f)
	}
	return out
}

// words names up to three things, quoted, and counts the rest.
func words(names []string, one, many string) string {
	var quoted []string
	for _, n := range names {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	if len(names) == 1 {
		return strings.TrimSpace(one + " " + quoted[0])
	}
	if len(names) > 3 {
		return strings.TrimSpace(fmt.Sprintf("%s %s and %d more", many, strings.Join(quoted[:3], ", "), len(names)-3))
	}
	return strings.TrimSpace(many + " " + strings.Join(quoted, ", "))
}

// reporter gathers a report.
type reporter struct {
	im    *importer
	draft *draft
	items []Item
}

// report says what the policy does not.
func (im *importer) report(d *draft, p proof) Report {
	r := &reporter{im: im, draft: d}
	for i, x := range im.sites {
		x.ways = x.findWays()
		r.system(x)
		for _, h := range x.list {
			r.holder(x, h)
		}
		r.builtIn(x)
		r.memberships(x)
		r.owners(x)
		r.unread(x)
		r.lacks(x, p.missing[i])
		r.remaining(x, p.mismatches[i], p.unverified[i])
	}
	for _, f := range im.Unread {
		r.items = append(r.items, Item{Finding: f})
	}
	r.outsiders()
	r.differences()
	r.accepted()
	r.guesses()
	slices.SortStableFunc(r.items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a.Code), rank(b.Code)), cmp.Compare(severity(a.Severity), severity(b.Severity)), order(a, b))
	})
	return Report{Items: r.items}
}

// order puts what is marked so first.
func order(a, b Item) int {
	switch {
	case a.first == b.first:
		return 0
	case a.first:
		return -1
	}
	return 1
}

func severity(s finding.Severity) int {
	return slices.Index([]finding.Severity{finding.Warning, finding.Note}, s)
}

// rank orders a report by what is most to be done.
func rank(code string) int {
	return slices.Index([]string{finding.ImportMismatch, finding.ImportScript, finding.ImportOutside, finding.ImportNotSaid, finding.ImportMember, finding.ImportOwner, finding.ImportRule,
		finding.ImportDiffers, finding.ImportGuess, finding.ImportLeft, finding.ImportSystem}, code)
}

// note adds an item, or its site to one that says the same.
func (r *reporter) note(x *site, s finding.Severity, code, fix string, remedies []grants.Remedy, rows, members []int, format string, args ...any) {
	f := finding.Finding{Code: code, Severity: s, Message: fmt.Sprintf(format, args...), Fix: fix}
	for _, m := range remedies {
		if r.im.Statement != nil {
			if text := r.im.Statement(m); !slices.Contains(f.Statements, text) {
				f.Statements = append(f.Statements, text)
			}
		}
	}
	i := slices.IndexFunc(r.items, func(o Item) bool {
		return o.Code == code && o.Message == f.Message && o.Fix == fix && slices.Equal(o.Statements, f.Statements)
	})
	if i < 0 {
		i = len(r.items)
		r.items = append(r.items, Item{Finding: f, Rows: map[string][]int{}, Members: map[string][]int{}})
	}
	if x == nil {
		return
	}
	item := &r.items[i]
	if !slices.Contains(item.Sites, x.Name) {
		item.Sites = append(item.Sites, x.Name)
	}
	item.Rows[x.Name] = append(item.Rows[x.Name], rows...)
	item.Members[x.Name] = append(item.Members[x.Name], members...)
}

// system counts the rows that every database has: public's on the engine's own
// objects, and those of the principals that come with a database.
func (r *reporter) system(x *site) {
	var rows []int
	for i, row := range x.snap.Permissions {
		if isSystem(row) {
			rows = append(rows, i)
		}
	}
	var members []int
	for i, m := range x.snap.Members {
		if m.Member == grants.DboID {
			members = append(members, i)
		}
	}
	if n := len(rows) + len(members); n > 0 {
		r.note(x, finding.Note, finding.ImportSystem, "", nil, rows, members, "%s that every database has, such as those of public on system views, and dbo in db_owner: left alone", counted(n, "row", "rows"))
	}
}

func isSystem(row grants.PermissionRow) bool {
	switch {
	case row.Class == grants.ClassObject && row.Major < 0:
		return true
	case row.Grantee == grants.DboID, row.Grantee == 3, row.Grantee == 4:
		return true
	}
	return row.Grantee == grants.PublicID && row.Class == grants.ClassDatabase && strings.HasPrefix(row.Name, "VIEW ANY COLUMN ")
}

// holder says of a role or account what the policy does not.
func (r *reporter) holder(x *site, h *holder) {
	g, u := r.im.groups[h], r.im.people[h]
	switch {
	case g != nil:
		r.odd(x, h, append(slices.Clone(h.odd), h.connects...))
	case u != nil:
		rows := slices.Clone(h.odd)
		if h.connect == grants.Denied {
			rows = append(rows, h.connects...)
		}
		r.odd(x, h, rows)
	default:
		r.stranger(x, h)
	}
}

// stranger says why a principal is no group or person of the policy.
func (r *reporter) stranger(x *site, h *holder) {
	why := cmp.Or(h.unfit, "it is in no group of the policy")
	if h.runs() && !h.isRole() {
		why = "it runs grantree"
	}
	rows := slices.Concat(h.rows, h.connects)
	rows = slices.DeleteFunc(rows, func(i int) bool { return slices.Contains(h.odd, i) })
	members := r.edges(x, h)
	if h.serves() && r.acceptedAt(x, h) < 0 {
		r.note(x, finding.Note, finding.ImportLeft, "", nil, slices.Concat(rows, h.odd), members, "the role %q is left alone: nobody is in it but the login that runs grantree", h.Name)
		return
	}
	what := kindOf(h)
	var drop []grants.Remedy
	for _, m := range h.because {
		drop = append(drop, grants.Remedy{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "ROLE", Name: h.Name}, Principal: m.Name})
	}
	at := r.acceptedAt(x, h)
	accepted := at >= 0
	switch n, views := h.granted.union(h.denied).count(); {
	case accepted:
		with := ""
		if n > 0 {
			with = fmt.Sprintf(", with %s on %s,", counted(n, "permission", "permissions"), counted(views, "view", "views"))
		}
		message := fmt.Sprintf("the %s %q%s is accepted as an outsider: %s", what, h.Name, with, why)
		if login, ok := x.loginOf(h.SID); ok && x.isSysadmin(login) {
			message += "; its login is sysadmin"
		}
		message += r.draft.outsiders[at].powers()
		r.note(x, finding.Warning, finding.ImportOutside, r.instead(h, accepted), drop, rows, members, "%s", message)
	case h.hasRows():
		r.note(x, finding.Warning, finding.ImportLeft, r.instead(h, accepted), drop, rows, members, "the %s %q, with %s on %s, is left alone: %s", what, h.Name, counted(n, "permission", "permissions"), counted(views, "view", "views"), why)
	default:
		r.note(x, finding.Note, finding.ImportLeft, "", drop, rows, members, "the %s %q holds nothing on the application's views by itself and is left alone: %s", what, h.Name, why)
	}
	r.odd(x, h, h.odd)
}

// acceptedAt is which outsider of the draft somebody is in a site, or -1.
func (r *reporter) acceptedAt(x *site, h *holder) int {
	return slices.IndexFunc(r.draft.outsiders, func(o *outsider) bool { return o.name == h.Name && slices.Contains(o.sites, x) })
}

// instead is what to do so that the next import takes somebody in.
func (r *reporter) instead(h *holder, accepted bool) string {
	if h.unfit == holdsOther {
		return "make a [[group]] of what its people need, and move them there"
	}
	if h.isRole() {
		return "then import again; or make a [[group]] of what it holds and move its people there"
	}
	elsewhere := slices.ContainsFunc(r.draft.users, func(u *user) bool { return fold(u.name) == fold(h.Name) })
	switch {
	case h.unfit != "":
	case elsewhere:
		return "add a [[user.at]] with this site and a group to the [[user]]; what they hold by themselves can stand in [[user.at.allow]] and [[user.at.deny]]"
	case !accepted:
		return "write a [[user]] with a group, if they are to be one; what they hold by themselves can stand in [[user.allow]] and [[user.deny]]"
	default:
		return "write a [[user]] with a group instead of the [[outsider]]; what they hold by themselves can stand in [[user.allow]]"
	}
	return "mend that and import again"
}

func kindOf(h *holder) string {
	switch {
	case h.isRole():
		return "role"
	case h.Type == grants.ApplicationRole:
		return "application role"
	case h.Type.IsGroup():
		return "group"
	}
	return "user"
}

// edges are the memberships of a role that are accounts': roles in it, and what
// it is in, are told by themselves.
func (r *reporter) edges(x *site, h *holder) []int {
	var out []int
	for i, m := range x.snap.Members {
		if member := x.by[m.Member]; m.Role == h.ID && member != nil && !member.isRole() {
			out = append(out, i)
		}
	}
	return out
}

// memberships tells of roles in roles, and of who is in fixed roles.
func (r *reporter) memberships(x *site) {
	for i, m := range x.snap.Members {
		role, member := x.by[m.Role], x.by[m.Member]
		if role == nil || member == nil {
			continue
		}
		drop := []grants.Remedy{{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "ROLE", Name: role.Name}, Principal: member.Name}}
		what := kindOf(member)
		switch {
		case member.ID == grants.DboID: // see system
		case role.Fixed && r.im.people[member] != nil:
			r.note(x, finding.Warning, finding.ImportMember, "or leave it in also, with a reason of your own", drop, nil, []int{i}, "%q is in the fixed role %s, which no group gives", member.Name, role.Name)
		case role.Fixed:
			r.note(x, finding.Warning, finding.ImportMember, "", drop, nil, []int{i}, "the %s %q is in the fixed role %s, which no group gives", what, member.Name, role.Name)
		case member.isRole():
			r.note(x, finding.Warning, finding.ImportMember, "put its people into both groups, or write what it gives into theirs, and import again", drop, nil, []int{i},
				"the role %q is in the role %q, and groups are not in groups", member.Name, role.Name)
		}
	}
}

// builtIn tells of rows of public and guest.
func (r *reporter) builtIn(x *site) {
	for _, id := range []int{grants.PublicID, grants.GuestID} {
		if h := x.by[id]; h != nil {
			rows := slices.Concat(h.rows, h.odd, h.connects)
			slices.Sort(rows)
			rows = slices.DeleteFunc(slices.Compact(rows), func(i int) bool { return isSystem(x.snap.Permissions[i]) })
			r.odd(x, h, rows)
		}
	}
	for i, row := range x.snap.Permissions { // of a fixed role: a server takes none
		if h := x.by[row.Grantee]; (h == nil || h.Fixed) && !isSystem(row) && row.Grantee != grants.PublicID && row.Grantee != grants.GuestID {
			r.note(x, finding.Note, finding.ImportLeft, "", nil, []int{i}, nil, "a row of a principal that cannot be seen, or that the server made: left alone")
		}
	}
}
