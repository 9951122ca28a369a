package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// DiffOptions says what Diff may take over.
type DiffOptions struct {
	// Adopt names roles that exist without grantree's mark and may be taken
	// over; "*" is every role that is wanted.
	Adopt []string
	// Made reports whether grantree made the login of a SID, and AdoptLogins names
	// those of others that it may have all the same. Nil knows of none that others
	// made.
	Made        func(sid string) bool
	AdoptLogins []string
	// Statement writes a remedy in T-SQL, for the findings. Where it is nil
	// they hold no statements.
	Statement func(Remedy) string
	// Mode is how far the plan reaches into the site, and ModeAt the line that says
	// so.
	Mode   Mode
	ModeAt finding.Pos
	// Only, where it is set, is the part of the plan that is made; a mode does not
	// keep it from any of that.
	Only *Only
}

// Diff returns the plan that makes a site what is wanted.
//
// It changes what is managed and nothing else: the roles and users that are
// wanted, leave or carry grantree's mark, the members of those roles, their
// rows of SELECT, INSERT, UPDATE and DELETE on the wanted views, and whether
// those users may connect. What stands in the way is a finding of severity
// error in the plan, which then holds the rest.
// The plan depends on what from and to say, not on the order they say it in.
// A Mode but All keeps it from some of that: Plan.Left is what it leaves.
//
// Renames come first, and everything else is worked out with the new names.
func Diff(from *Snapshot, to *Wanted, o DiffOptions) *Plan { return NewSurvey(from).Diff(to, o) }

// Diff is the function Diff of the snapshot.
func (x *Survey) Diff(to *Wanted, o DiffOptions) *Plan {
	from := x.s
	list, findings := renames(from, to, o)
	if o.Only != nil {
		list = nil
	}
	under := x
	if len(list) > 0 {
		under = NewSurvey(from.renamed(list))
	}
	plan := under.diff(to.beforeLoginsChange(from), o)
	if len(list) > 0 {
		plan.Fingerprint = x.fingerprint()
	}
	for i, r := range list {
		plan.Changes = slices.Insert(plan.Changes, i, r.change)
	}
	ledger, wrong := from.ledgerChanges(to.Ledger, o)
	plan.Changes, findings = slices.Concat(ledger, plan.Changes), append(findings, wrong...) // the first transaction has its row
	plan.Naive += len(list) + len(ledger)
	plan.Findings = append(plan.Findings, forSite(from.Site, findings)...)
	if !o.Mode.whole() && o.Only == nil {
		plan.leaves(from, to, o)
	}
	plan.Findings = plan.Findings.Sorted()
	return plan
}

// diff is Diff where no name changes.
func (x *Survey) diff(to *Wanted, o DiffOptions) *Plan {
	x.fingerprinting()
	d := x.differ(to, o)
	switch {
	case o.Only != nil:
		d.part(x)
	case o.Mode.whole():
		changes, o := d.ending()
		d.arrange(changes, o)
		d.people(changes, o)
	default:
		d.partly(x)
	}
	d.stamps(d.plan)
	d.plan.Fingerprint = x.fingerprint()
	d.plan.Findings = forSite(x.s.Site, d.plan.Findings).Sorted()
	return d.plan
}

// differ is a Diff of which all is known but what becomes of people, and in which
// order it goes.
func (x *Survey) differ(to *Wanted, o DiffOptions) *differ {
	from := x.s
	d := &differ{from: from, to: to, options: o, packer: packer{}, ix: x.index(), logins: x.logins()}
	d.mender = &mender{s: from, ix: d.ix}
	d.plan = &Plan{Site: from.Site}
	d.names()
	d.plan.Findings = append(d.plan.Findings, notContained(from, to, o.Statement)...)
	d.leavers()
	d.principals()
	if len(d.created) > 0 {
		d.ix = newIndex(from, d.created...)
		d.mender.ix = d.ix
		d.m = newMatrix(from, d.ix)
	} else {
		d.m, d.tokens = x.matrix(), x.access().tokens
	}
	d.rights = newRights(from, d.ix)
	d.resolve()
	d.drops()
	d.clears()
	d.trial = newTrial(d.m, d.rights, d.tokens)
	return d
}

// forSite says in each message which site it is about.
func forSite(site string, list finding.List) finding.List {
	for i := range list {
		if site != "" {
			list[i].Message = fmt.Sprintf("site %q: %s", site, list[i].Message)
		}
	}
	return list
}

// differ is a Diff under way. Positions are those of ix, which holds the
// principals that the plan creates beside those of the snapshot.
type differ struct {
	from    *Snapshot
	to      *Wanted
	options DiffOptions
	plan    *Plan

	wanted   map[string]bool // keys of names that are wanted, refused or not
	accepted []string        // names that are wanted and not refused
	created  []Principal
	leaving  map[int]Cause  // by id: is not wanted any more, and what says so
	held     map[int]bool   // by id: leaves, but something else holds it here
	spared   map[int]bool   // by id: is neither wanted nor leaves, and stays as it is
	replaced map[string]int // key of a wanted user to the id of the one that makes room

	ix      *index
	near    nearby
	mender  *mender
	rights  *rights
	logins  loginTable
	m       *matrix
	tokens  [][]int32     // of accounts, by position, where they are known already
	managed []bool        // accepted, by position
	lines   map[int]Cause // what speaks of a principal, by position
	dropped []bool        // to be dropped, by position
	cleared []bool        // to be left without anything of ours, by position
	views   []bool        // managed views, by position
	denying map[int]bool  // has a wanted DENY, by position; nil until asked for
	steps   []planned
	packer  packer
	trial   *trial // of the site as it is

	// Of a mode but All: what the plan changes, what it must not (nil: nothing), and
	// by id what All would drop.
	touched, withheld *touched
	chosen            *touched // of a part: what alone may change; nil for all
	forgotten         map[int]bool
}

// planned is a change with its place in the canonical order.
type planned struct {
	change Change
	phase  phase
}

// phase is when a change is made in the canonical order: create, widen,
// narrow, drop.
type phase int

const (
	phaseDisconnect phase = iota
	phaseStay             // in the site, without a role that lets them in
	phaseCreateRole
	phaseMark
	phaseMakeRoom // drops of users whose login is to be another user
	phaseCreateUser
	phasePrepare // rows of principals that nobody acts as yet
	phaseWiden
	phaseOpen       // before who is let in for a while is let in
	phaseJoinDenied // into roles with a DENY: before the roles that it takes from
	phaseJoin
	phaseNarrow
	phaseLeave
	phaseClose
	phaseDropUser
	phaseDropRole
	phaseConnect
)

func (d *differ) add(p phase, c Change) {
	if len(d.steps) == cap(d.steps) { // a list that grows by a quarter is copied four times
		d.steps = slices.Grow(d.steps, max(len(d.steps), 16))
	}
	d.steps = append(d.steps, planned{change: c, phase: p})
}

// names notes everything that is wanted, whatever becomes of it, and the views
// that are managed.
func (d *differ) names() {
	d.wanted = make(map[string]bool, len(d.to.Roles)+len(d.to.Users))
	for _, r := range d.to.Roles {
		d.wanted[d.from.Collation.Key(r.Name)] = true
	}
	for _, u := range d.to.Users {
		d.wanted[d.from.Collation.Key(u.Name)] = true
	}
	d.views = make([]bool, len(d.ix.views))
	for _, name := range d.to.Views {
		if v, ok := d.ix.view(name); ok {
			d.views[v] = true
		}
	}
	at := seeker{ix: d.ix}
	for i := range d.to.Entries {
		if v, ok := at.view(&d.to.Entries[i]); ok {
			d.views[v] = true
		}
	}
}

// resolve marks the positions of accepted principals and of those that leave.
func (d *differ) resolve() {
	d.managed = make([]bool, len(d.ix.principals))
	for _, name := range d.accepted {
		if p, ok := d.ix.principal(name); ok {
			d.managed[p] = true
		}
	}
	d.dropped, d.cleared = make([]bool, len(d.ix.principals)), make([]bool, len(d.ix.principals))
	for id := range d.leaving {
		p := d.ix.byID[id]
		d.dropped[p] = !d.held[id]
		d.cleared[p] = d.held[id] && isAccount(d.ix.principals[p])
	}
}

// line is what speaks of a principal, by position.
func (d *differ) line(p int) (Cause, bool) {
	if d.lines == nil { // asked of what changes alone
		d.lines = map[int]Cause{}
		for _, u := range d.to.Users {
			if p, ok := d.ix.principal(u.Name); ok {
				d.lines[p] = Cause{Pos: u.Cause.Pos, User: u.Name}
			}
		}
		for _, r := range d.to.Roles {
			if p, ok := d.ix.principal(r.Name); ok {
				d.lines[p] = Cause{Pos: r.Cause.Pos, Group: r.Group}
			}
		}
		for id, cause := range d.leaving {
			if !cause.Pos.IsZero() {
				d.lines[d.ix.byID[id]] = cause
			}
		}
	}
	c, ok := d.lines[p]
	return c, ok
}

// ending adds the changes of members and rows to those that are certain, sorts them
// and lets in who may connect and cannot. It returns the changes in the canonical
// order, and what they lead to.
func (d *differ) ending() ([]Change, *outlook) {
	d.members()
	d.openings()
	d.rows()
	changes := d.canonical()
	o := newOutlook(d.trial, changes)
	if more := d.connects(d.trial, o.end); len(more) > 0 {
		d.steps = append(d.steps, more...)
		changes = d.canonical()
		o = newOutlook(d.trial, changes)
	}
	return changes, o
}

// arrange makes the order of the changes safe, and adds them to the plan.
func (d *differ) arrange(changes []Change, o *outlook) {
	d.plan.Naive += naive(changes)
	if len(changes) == 0 {
		return
	}
	o.evaluate(d.trial)
	arranged, broken := arrange(d.trial.clone(), o) // on a copy: the matrix is the survey's
	d.plan.Changes = append(d.plan.Changes, arranged...)
	for _, b := range broken {
		d.noSafeOrder(d.trial, b)
	}
}

// canonical returns the changes in the canonical order.
func (d *differ) canonical() []Change {
	slices.SortStableFunc(d.steps, func(a, b planned) int {
		return cmp.Or(cmp.Compare(a.phase, b.phase), compareChanges(a.change, b.change))
	})
	changes := make([]Change, len(d.steps))
	for i, s := range d.steps {
		changes[i] = s.change
	}
	return changes
}

// noSafeOrder reports a tuple that no order of the statements keeps in range.
// It takes a role that owns views and whose members change.
func (d *differ) noSafeOrder(st *trial, b breach) {
	verb, what := "lose", b.lost
	if what.IsEmpty() {
		verb, what = "gain", b.gained
	}
	d.errorf(finding.NoSafeOrder, finding.Pos{}, advice{remedies: d.toDbo(b.view), or: "make the change in two steps"},
		"%q would %s %s on %s for a moment: a role that owns views changes members", d.name(int(st.accounts[b.place])), verb, what, d.ix.viewName(b.view))
}

// compareChanges orders changes of one phase by what they are about. The
// statements on one view stay as they were packed.
func compareChanges(a, b Change) int {
	return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.View, b.View),
		strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Role, b.Role), onPrincipal(a, b))
}

func onPrincipal(a, b Change) int {
	if a.View != "" {
		return 0
	}
	return strings.Compare(a.Principals[0], b.Principals[0])
}

// naive counts the statements of a tool that comes to the same end and sends
// one for each permission, principal and view.
func naive(changes []Change) int {
	n := 0
	for _, c := range changes {
		n += max(c.Statements(), c.Permissions.Len()) * len(c.Principals)
	}
	return n
}
