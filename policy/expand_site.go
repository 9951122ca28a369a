package policy

import (
	"math/bits"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// Wanted returns what the policy says a site should be: a role for every
// group, a user for every active person who may enter the site, those who may
// not any more, their memberships (the baseline's holds everyone), and one entry
// per grantee, view and permission, each with all the lines that asked for it.
//
// A view that the policy reaches and the site lacks gets no entry and one
// warning, unless the site ignores it. A line that reaches no view is warned
// about in the same words for every site, so that finding.List.Sorted shows it
// once. Names that are one name to the site's collation are errors. Everything
// is sorted; the order of groups, users and lines in the policy does not
// matter.
//
// Who is in a group for a while there, as the policy prepared it, is wanted in it: see
// Openings.
func (p *Policy) Wanted(s *grants.Snapshot) (*grants.Wanted, finding.List) {
	w, found := p.wantedAlways(s)
	return p.WithOpenings(s, w), found
}

// wantedAlways is Wanted without who is in a group for a while.
func (p *Policy) wantedAlways(s *grants.Snapshot) (*grants.Wanted, finding.List) {
	b := newBuilder(p, s)
	for _, g := range p.Groups {
		if p.isIn(g, s.Site) {
			b.group(g)
		}
	}
	for _, u := range p.Users {
		switch {
		case p.enters(u, s.Site):
			b.user(u)
		case p.leaves(u, s.Site):
			b.w.Leavers = append(b.w.Leavers, u.leaver())
		case u.Inactive:
			b.w.Absent = append(b.w.Absent, u.leaver())
		}
	}
	b.checkCollisions()
	return b.finish(), b.findings.Sorted()
}

// leaver is somebody who is inactive, as a site is told of them.
func (u *User) leaver() grants.Leaver {
	return grants.Leaver{Name: u.Name, Login: u.Login, Cause: grants.Cause{Pos: u.Pos, User: u.Name, Note: u.whyInactive()}}
}

// builder makes one site's Wanted.
type builder struct {
	p        *Policy
	s        *grants.Snapshot
	w        *grants.Wanted
	findings finding.List

	views    map[string]string // the application's views: by key, their name in the site
	ignored  map[string]bool
	missing  map[string]missingView
	places   map[string]int32           // of views in w.Views, by name
	reached  map[catalog.ViewName]int32 // of views that lines reach, in w.Views, or -1
	grantees map[string]bool            // by the site's collation: whose lines were added
	at       [][4]int32                 // of the one whose lines are added now, by place and permission: where the entry is among w.Entries, from 1
	touched  []int32                    // places in at that are not zero
	spare    []grants.Cause             // for causes that stand alone, of which there are very many
	baseline []int                      // positions of the baseline's groups
}

// missingView is a view that the site lacks, with the first line that asked.
type missingView struct {
	name catalog.ViewName
	pos  finding.Pos
}

func newBuilder(p *Policy, s *grants.Snapshot) *builder {
	b := &builder{p: p, s: s, w: &grants.Wanted{Site: s.Site, Collation: s.Collation},
		views: map[string]string{}, ignored: map[string]bool{}, missing: map[string]missingView{}, grantees: make(map[string]bool, len(p.Groups)+len(p.Users)), reached: map[catalog.ViewName]int32{}}
	b.findViews()
	b.room()
	b.w.Entries = make([]grants.WantedEntry, 0, min(b.most(), maxRows))
	for _, v := range p.ignored(s.Site) {
		b.ignored[b.s.Collation.Key(string(v))] = true
	}
	if site, ok := p.Site(s.Site); ok {
		b.w.Contained, b.w.KeepsPasswords = site.Contained, p.Settings.Leavers != DropLogins
	}
	b.w.Ledger = p.WantedLedger()
	return b
}

// ignored are the views that a site may lack or hold beyond the catalog, by their
// names in the site: those of its own list and of the catalog's.
func (p *Policy) ignored(name string) []catalog.ViewName {
	var out []catalog.ViewName
	site, _ := p.Site(name)
	for _, v := range site.Ignore {
		out = append(out, p.Catalog.SiteName(catalog.ViewName(v)))
	}
	for _, v := range p.Catalog.Ignored {
		out = append(out, p.Catalog.SiteName(v.Name))
	}
	return out
}

// findViews finds the application's views among the site's: those of the
// catalog's schema that the catalog knows or that have its prefix.
func (b *builder) findViews() {
	schemas, known := map[int]bool{}, map[string]bool{}
	for _, sc := range b.s.Schemas {
		schemas[sc.ID] = b.s.Collation.Equal(sc.Name, b.p.Catalog.Schema)
	}
	for _, v := range b.p.Catalog.Views() {
		known[b.s.Collation.Key(string(v))] = true
	}
	for _, v := range b.s.Views {
		if key := b.s.Collation.Key(v.Name); schemas[v.Schema] && (known[key] || b.hasPrefix(v.Name)) {
			b.views[key] = v.Name
			b.w.Views = append(b.w.Views, v.Name)
		}
	}
	slices.Sort(b.w.Views)
	b.places, b.at = make(map[string]int32, len(b.w.Views)), make([][4]int32, len(b.w.Views))
	for i, v := range slices.Backward(b.w.Views) {
		b.places[v] = int32(i)
	}
}

// room makes room for the site's people: a list that grows is there twice.
func (b *builder) room() {
	users, members := 0, 0
	for i, g := range b.p.Groups {
		if g.Baseline {
			b.baseline = append(b.baseline, i)
		}
	}
	for _, u := range b.p.Users {
		if b.p.enters(u, b.s.Site) {
			users, members = users+1, members+len(b.p.GroupsIn(u, b.s.Site))+len(b.baseline)
		}
	}
	b.w.Users, b.w.Members = make([]grants.WantedUser, 0, users), make([]grants.WantedMember, 0, members)
}

// most is how many entries there will be at most, as far as that is known: a list
// that grows is there twice for a moment.
func (b *builder) most() int {
	n := 0
	count := func(lines []Entry) {
		for _, e := range lines {
			switch {
			case e.AllViews, e.reach == nil && e.On != "":
				n += len(b.w.Views) * e.Permissions.Len()
			case e.reach == nil:
				n += e.Permissions.Len()
			}
			for _, r := range e.reach {
				n += r.Permissions.Len()
			}
		}
	}
	for _, g := range b.p.Groups {
		count(g.Allow)
		count(g.Deny)
	}
	for _, u := range b.p.Users {
		if b.p.enters(u, b.s.Site) {
			count(u.Allow)
			count(u.Deny)
		}
	}
	return n
}

// hasPrefix reports whether a view has the catalog's prefix, if that has one.
func (b *builder) hasPrefix(view string) bool {
	return b.p.Catalog.Prefix != "" && catalog.ViewName(view).HasPrefix(b.p.Catalog.Prefix)
}

// group adds a group's role and lines.
func (b *builder) group(g *Group) {
	b.w.Roles = append(b.w.Roles, grants.WantedRole{Name: g.Role, Was: g.Was, Group: g.Name, Cause: grants.Cause{Pos: g.Pos, Group: g.Name}})
	b.begin(g.Role)
	b.lines(g.Role, grants.Cause{Group: g.Name}, g.Allow, grants.Granted)
	b.lines(g.Role, grants.Cause{Group: g.Name}, g.Deny, grants.Denied)
	b.ended(g.Role, grants.Cause{Group: g.Name}, g.Ended)
}

// user adds a person's account, memberships and own lines.
func (b *builder) user(u *User) {
	by := grants.Cause{Pos: u.Pos, User: u.Name}
	b.w.Users = append(b.w.Users, grants.WantedUser{Name: u.Name, Was: u.Was, Login: u.Login, WasLogin: u.LoginBefore(),
		Type: u.Auth.Principal(), NewLogin: u.NewLogin, Cause: by})
	at := u.Pos
	elsewhere := b.p.elsewhere(u, b.s.Site)
	if elsewhere != nil {
		at = elsewhere.Pos
	}
	in := make([]int, 0, 8)
	for _, name := range b.p.GroupsIn(u, b.s.Site) {
		if i := position(b.p.Groups, b.p.groupNames, name, groupName); i >= 0 {
			in = append(in, i)
		}
	}
	all := slices.Concat(in, b.baseline)
	slices.Sort(all)
	for _, i := range slices.Compact(all) {
		g := b.p.Groups[i]
		if !b.p.isIn(g, b.s.Site) {
			continue
		}
		cause := grants.Cause{Pos: at, Group: g.Name, User: u.Name}
		if !slices.Contains(in, i) {
			cause.Note = "every user is in " + g.Name
		}
		b.w.Members = append(b.w.Members, grants.WantedMember{Role: g.Role, User: u.Name, Cause: cause})
	}
	b.begin(u.Name)
	allow, deny := u.Allow, u.Deny
	if elsewhere != nil {
		allow, deny = slices.Concat(allow, elsewhere.Allow), slices.Concat(deny, elsewhere.Deny)
	}
	b.lines(u.Name, grants.Cause{User: u.Name}, allow, grants.Granted)
	b.lines(u.Name, grants.Cause{User: u.Name}, deny, grants.Denied)
	b.ended(u.Name, grants.Cause{User: u.Name}, u.Ended)
}

// begin turns to a grantee. One of a name that was there before, which
// checkCollisions objects to, has the entries of that name.
func (b *builder) begin(grantee string) {
	for _, place := range b.touched {
		b.at[place] = [4]int32{}
	}
	b.touched = b.touched[:0]
	key := b.s.Collation.Key(grantee)
	if b.grantees[key] {
		for i, e := range b.w.Entries {
			if b.s.Collation.Equal(e.Grantee, grantee) {
				place := b.places[e.View]
				b.at[place][bit(e.Permission)] = int32(i + 1)
				b.touched = append(b.touched, place)
			}
		}
	}
	b.grantees[key] = true
}

// bit is the number of a single permission, from 0.
func bit(one catalog.Permissions) int { return bits.TrailingZeros8(uint8(one)) }

// lines adds what the lines of a grantee reach.
func (b *builder) lines(grantee string, by grants.Cause, lines []Entry, state grants.State) {
	for _, e := range lines {
		if e.AllViews {
			b.allViews(grantee, by, e, state)
			continue
		}
		reached := b.p.reaches(e, state == grants.Denied)
		if len(reached) == 0 {
			b.reachesNothing(by, e, state)
		}
		for _, r := range reached {
			b.reach(grantee, by, e, r, state)
		}
	}
}

// allViews adds a line for every view of the site with the catalog's prefix,
// or, where the catalog has no prefix, for every one it knows.
func (b *builder) allViews(grantee string, by grants.Cause, e Entry, state grants.State) {
	skipped := b.p.skippedViews(e, b.s.Collation.Key)
	for i, name := range b.w.Views {
		if (b.p.Catalog.Prefix == "" || b.hasPrefix(name)) && !skipped[b.s.Collation.Key(name)] {
			b.add(grantee, int32(i), by, e, reach{Permissions: e.Permissions}, state)
		}
	}
}

// ended keeps what lines of a grantee gave here whose time is over.
func (b *builder) ended(grantee string, by grants.Cause, lines []Override) {
	for _, o := range lines {
		if o.Sites != nil && !b.p.listed(o.Sites, b.s.Site) {
			continue
		}
		cause, state := by, grants.Granted
		if o.Deny {
			state = grants.Denied
		}
		cause.Pos, cause.Note, cause.State = o.Line.Pos, "the line ended on "+o.Line.Until.String(), state
		add := func(view string, node catalog.Path, p catalog.Permissions) {
			cause.Node = node
			b.w.Ended = append(b.w.Ended, grants.WantedEntry{Grantee: grantee, View: view, Schema: b.p.Catalog.Schema, Permission: p, State: state, Causes: []grants.Cause{cause}})
		}
		if o.Line.AllViews {
			skipped := b.p.skippedViews(o.Line, b.s.Collation.Key)
			for _, name := range b.w.Views {
				if !skipped[b.s.Collation.Key(name)] {
					add(name, nil, o.Line.Permissions)
				}
			}
		}
		for _, r := range b.p.reaches(o.Line, o.Deny) {
			if name, ok := b.views[b.s.Collation.Key(string(r.View))]; ok {
				add(name, r.Node, r.Permissions)
			}
		}
	}
}

// reachesNothing warns about a line without effect. The words do not name the
// site: they are true of each.
func (b *builder) reachesNothing(by grants.Cause, e Entry, state grants.State) {
	who := by.Group
	if who == "" {
		who = by.User
	}
	verb := ""
	if state == grants.Denied {
		verb = "deny "
	}
	whole := e
	if whole.less = nil; len(e.less) > 0 && len(b.p.expand(whole, state == grants.Denied)) > 0 {
		return // the group does without it, which is meant
	}
	why := "the catalog lists no view there"
	t, failed := b.p.Catalog.Resolve(e.On)
	switch {
	case len(e.Except) > 0 && len(b.p.expand(Entry{On: e.On, Permissions: e.Permissions}, state == grants.Denied)) > 0:
		why = "its exceptions leave nothing"
	case failed == nil && t.Area != nil && len(t.Nodes)+len(t.Views) == 0 && t.Area.Reason != "":
		why = t.Area.Reason
	}
	const message = "%s: %s%s on %s reaches no view"
	if IsVendor(e.Pos) { // nothing that the reader can change
		b.findings.Notef(finding.ReachesNoView, e.Pos, why, message, who, verb, e.Permissions, e.On)
	} else {
		b.findings.Warnf(finding.ReachesNoView, e.Pos, why, message, who, verb, e.Permissions, e.On)
	}
}

// reach adds what a line gives on one view, if the site has it.
func (b *builder) reach(grantee string, by grants.Cause, e Entry, r reach, state grants.State) {
	place, known := b.reached[r.View]
	if !known {
		place = -1
		if name, ok := b.views[b.s.Collation.Key(string(r.View))]; ok {
			place = b.places[name]
		}
		b.reached[r.View] = place
	}
	if place >= 0 {
		b.add(grantee, place, by, e, r, state)
		return
	}
	key := b.s.Collation.Key(string(r.View))
	if before, known := b.missing[key]; !known || e.Pos.Compare(before.pos) < 0 {
		b.missing[key] = missingView{name: r.View, pos: e.Pos}
	}
}

// add records one entry per permission. A deny takes the place of an allow of
// the same grantee and keeps the causes of both.
func (b *builder) add(grantee string, place int32, by grants.Cause, e Entry, r reach, state grants.State) {
	view := b.w.Views[place]
	cause := by
	cause.Pos, cause.Node, cause.Level = e.Pos, r.Node, r.Level
	cause.Note, cause.State, cause.Overrides = notes(e, r), state, state == grants.Denied && e.Overrides
	// Permissions that the same lines give share the list of them.
	causes, from, to := b.alone(cause), []grants.Cause(nil), []grants.Cause(nil)
	at := &b.at[place]
	if *at == ([4]int32{}) {
		b.touched = append(b.touched, place)
	}
	for _, one := range r.Permissions.Each() {
		if at[bit(one)] == 0 {
			b.w.Entries = append(b.w.Entries, grants.WantedEntry{Grantee: grantee, View: view, Schema: b.p.Catalog.Schema, Permission: one, State: state, Causes: causes})
			at[bit(one)] = int32(len(b.w.Entries))
			continue
		}
		entry := &b.w.Entries[at[bit(one)]-1]
		if entry.State != state { // lines are added allows first, so this is a deny
			b.denyWins(entry, e)
		}
		if from == nil || len(from) != len(entry.Causes) || &from[0] != &entry.Causes[0] {
			from, to = entry.Causes, slices.Concat(entry.Causes, causes)
		}
		entry.Causes = to
	}
}

// alone is a list of one cause.
func (b *builder) alone(c grants.Cause) []grants.Cause {
	if len(b.spare) == 0 {
		b.spare = make([]grants.Cause, 64)
	}
	out := b.spare[:1:1]
	b.spare, out[0] = b.spare[1:], c
	return out
}

// denyWins turns an allow into a deny. Where the deny gives no reason, it may
// be a slip.
func (b *builder) denyWins(entry *grants.WantedEntry, e Entry) {
	if e.Reason == "" {
		b.findings.Warnf(finding.DenyBeatsAllow, e.Pos, "remove one of the lines, or give the deny a reason",
			"%s: the deny of %s on %s beats the allow at %s", entry.Grantee, entry.Permission, entry.View, entry.Causes[0].Pos)
	}
	entry.State = grants.Denied
}

// notes joins what there is to say about a line's effect on a view.
func notes(e Entry, r reach) string {
	var parts []string
	if e.From != "" {
		parts = append(parts, "copied from "+e.From)
	}
	for _, s := range []string{e.Source, e.Reason, r.Note} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}
