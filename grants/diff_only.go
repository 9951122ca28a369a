package grants

import (
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// Only is a part of what a plan would do, by name: these rows on views, these
// memberships, the openings of these users. Everything else stays as it is, marks but
// those of who gets rows among it.
type Only struct {
	Rows     []OnlyRow
	Members  []WantedMember
	Openings []string
}

// OnlyRow is a row that may be written.
type OnlyRow struct {
	Schema, View string
	LostRow
}

// restore adds what a view lost.
func (o *Only) restore(r Recreated) {
	for _, l := range r.Lost {
		o.Rows = append(o.Rows, OnlyRow{r.Schema, r.View, l})
	}
}

// Restoring is the part of a plan that gives back what went with views that were
// re-created.
func Restoring(views []Recreated) *Only {
	o := &Only{}
	for _, r := range views {
		o.restore(r)
	}
	return o
}

// part makes the plan of a part. It is held to what the whole plan comes to, as that of
// a mode is: nobody gets by it what they have neither now nor then, and nobody loses
// what they have now and then. What would is withheld, and said.
func (d *differ) part(x *Survey) {
	all := d.options
	all.Mode, all.Only = All, nil
	whole := x.differ(d.to, all)
	end := whole.endOf()
	d.steps, d.options.Mode = nil, All
	if end == nil {
		return
	}
	d.chosen = d.choose(d.options.Only)
	changes, o := d.within(end)
	d.arrange(changes, o)
	d.people(changes, o)
	if left := d.plan.Left; left != nil {
		d.plan.Findings.Warnf(finding.Withheld, finding.Pos{}, "apply the whole plan", "%s is not given now: by it %s would get or lose what the policy does not say",
			strings.Join(left.Waiting, ", "), quotedSome(left.For, 3))
		d.plan.Left = nil
	}
}

// choose looks up the names of a part.
func (d *differ) choose(o *Only) *touched {
	out := newTouched()
	for _, row := range o.Rows {
		p, okPrincipal := d.ix.principal(row.Principal)
		v, okView := d.ix.viewIn(row.Schema, row.View)
		if okPrincipal && okView {
			out.addRow(p*len(d.ix.views)+v, row.Permission)
		}
	}
	for _, m := range o.Members {
		role, okRole := d.ix.principal(m.Role)
		member, okMember := d.ix.principal(m.User)
		if okRole && okMember {
			out.edges[pair(role, member)] = true
		}
	}
	return out
}

// free is what of a cell may change: all of it, but in a part.
func (d *differ) free(at int) catalog.Permissions {
	if d.chosen == nil {
		return catalog.All
	}
	return d.chosen.rows[at]
}

// String names the row, for a sentence.
func (r OnlyRow) String() string {
	verb := "GRANT"
	if r.State == Denied {
		verb = "DENY"
	}
	return fmt.Sprintf("%s %s ON %s.%s to %s", verb, r.Permission, r.Schema, r.View, r.Principal)
}
