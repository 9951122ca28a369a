package grants

import "strings"

// LetsIn reports whether a change lets somebody into the site who could not enter.
func (c Change) LetsIn() bool { return c.Kind == CreateUser || c.Kind == GrantConnect }

// Pieces cuts a plan into runs of changes, in its order, that are sent in a
// transaction each: those on one node of the application, else on one view, or
// of one role's members, or of one kind; none of more than most statements but a
// single change that has more. Every prefix of a plan is safe, so every cut is: at
// none has anybody less than what they keep or more than what they get.
//
// A temporary role may stand at a cut. It carries grantree's mark, and holds nothing
// that its members do not have already, so that whoever comes next takes it away.
func (p *Plan) Pieces(most int) [][]Change {
	var out [][]Change
	last, statements := "", 0
	for i, c := range p.Changes {
		about := c.about()
		if i == 0 || about != last || about != ledger && statements+c.Statements() > most {
			out, statements = append(out, nil), 0
		}
		at := len(out) - 1
		out[at] = append(out[at], c)
		last, statements = about, statements+c.Statements()
	}
	return out
}

// ledger is what changes are about that make the site's ledger, in which the first
// transaction is to have its row.
const ledger = "ledger"

// about is what a change shares with those that go into one transaction with it.
func (c Change) about() string {
	switch {
	case c.OfLedger():
		return ledger
	case c.View != "" && len(c.Causes) > 0 && len(c.Causes[0].Node) > 0:
		return "node " + strings.Join(c.Causes[0].Node, "\x00")
	case c.View != "":
		return "view " + c.Schema + "\x00" + c.View
	case c.Role != "":
		return "members " + c.Role
	}
	return string(c.Kind)
}

// Standing returns the temporary roles that changes, from the first of a plan on,
// have made and not taken away.
func Standing(changes []Change) []string {
	var out []string
	for _, c := range changes {
		switch {
		case !c.Temporary:
		case c.Kind == CreateRole:
			out = append(out, c.Principals[0])
		case c.Kind == DropRole:
			for i, name := range out {
				if name == c.Principals[0] {
					out = append(out[:i], out[i+1:]...)
					break
				}
			}
		}
	}
	return out
}
