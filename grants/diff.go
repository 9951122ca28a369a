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
}

// Diff returns the plan that makes a site what is wanted.
//
// It changes what is managed and nothing else: the roles and users that are
// wanted or carry grantree's mark, the members of those roles, and their rows
// of SELECT, INSERT, UPDATE and DELETE on the wanted views. What stands in the
// way is a finding of severity error in the plan, which then holds the rest.
// The plan depends on what from and to say, not on the order they say it in.
func Diff(from *Snapshot, to *Wanted, o DiffOptions) *Plan {
	d := &differ{from: from, to: to, options: o, ix: newIndex(from), logins: newLoginTable(from)}
	d.plan = &Plan{Site: from.Site, Fingerprint: from.fingerprint(d.ix, d.logins)}
	d.principals()
	if len(d.created) > 0 {
		d.ix = newIndex(from, d.created...)
	}
	d.m = newMatrix(from, d.ix)
	d.resolve()
	d.members()
	d.rows()
	d.drops()
	d.finish()
	d.plan.Findings = forSite(from.Site, d.plan.Findings).Sorted()
	return d.plan
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

	ix      *index
	logins  loginTable
	m       *matrix
	managed []bool        // accepted, by position
	lines   map[int]Cause // what wants a principal, by position
	dropped []bool        // to be dropped, by position
	views   []bool        // managed views, by position
	denying map[int]bool  // has a wanted DENY, by position; nil until asked for
	steps   []planned
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
	phaseCreateRole phase = iota
	phaseMark
	phaseCreateUser
	phasePrepare // rows of principals that nobody acts as yet
	phaseWiden
	phaseJoinDenied // into roles with a DENY: before the roles that it takes from
	phaseJoin
	phaseNarrow
	phaseLeave
	phaseDropUser
	phaseDropRole
)

func (d *differ) add(p phase, c Change) { d.steps = append(d.steps, planned{change: c, phase: p}) }

// resolve marks the positions of accepted principals and managed views, and
// decides who is dropped.
func (d *differ) resolve() {
	d.managed = make([]bool, len(d.ix.principals))
	for _, name := range d.accepted {
		if p, ok := d.ix.principal(name); ok {
			d.managed[p] = true
		}
	}
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
	d.views = make([]bool, len(d.ix.views))
	for _, name := range d.to.Views {
		if v, ok := d.ix.view(name); ok {
			d.views[v] = true
		}
	}
	for _, e := range d.to.Entries {
		if v, ok := d.ix.viewIn(e.Schema, e.View); ok {
			d.views[v] = true
		}
	}
	d.chooseDrops()
}

// finish sorts the changes, makes their order safe and counts.
func (d *differ) finish() {
	slices.SortStableFunc(d.steps, func(a, b planned) int {
		return cmp.Or(cmp.Compare(a.phase, b.phase), compareChanges(a.change, b.change))
	})
	changes := make([]Change, len(d.steps))
	for i, s := range d.steps {
		changes[i] = s.change
	}
	d.plan.Naive = naive(changes)
	if len(changes) == 0 {
		for _, p := range d.ix.principals {
			if isAccount(p) {
				d.plan.People.Total++
			}
		}
		return
	}
	st := newState(d.m)
	var broken []breach
	d.plan.Changes, d.plan.People, broken = arrange(st, changes)
	for _, b := range broken {
		d.noSafeOrder(st, b)
	}
}

// noSafeOrder reports a tuple that no order of the statements keeps in range.
// It takes a role that owns views and whose members change.
func (d *differ) noSafeOrder(st *state, b breach) {
	verb, what := "lose", b.lost
	if what.IsEmpty() {
		verb, what = "gain", b.gained
	}
	d.plan.Findings.Errorf("no-safe-order", finding.Pos{}, "give the view to dbo (ALTER AUTHORIZATION), or make the change in two steps",
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
