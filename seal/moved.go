package seal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Move is a site or server that is not any more what a plan was sealed for.
type Move struct {
	Site, Server string // one of both, or none of what is about the whole plan
	What         []string
	// More are statements that are to be sent now and were not sealed, Done those
	// that were, and are not to be sent any more.
	More, Done []string
}

// Moved compares a sealed plan with the one that was made again, and returns what of
// the second was not sealed. A site to which nothing is sent any more is as it was
// to be made, by whomever; and a server may have less to do than was sealed. What
// was not read again is not compared: nothing is sent to it.
func (p Plan) Moved(now Plan) []Move {
	now = New(now)
	var out []Move
	for _, s := range now.Servers {
		if m := p.server(s); m != nil {
			out = append(out, *m)
		}
	}
	for _, s := range now.Sites {
		if m := p.site(s, now.Of(s)); m != nil {
			out = append(out, *m)
		}
	}
	if p.asSealed(now) && !slices.Equal(p.Approval, now.Approval) {
		out = append(out, Move{What: []string{fmt.Sprintf("why it needs an approval was %q and is %q", p.Approval, now.Approval)}})
	}
	return out
}

// asSealed reports whether no site is done already, or was not read again: then all
// that is said of the whole plan is the same.
func (p Plan) asSealed(now Plan) bool {
	return slices.EqualFunc(p.Sites, now.Sites, func(a, b Site) bool { return a.Name == b.Name && a.Plan == b.Plan })
}

// server compares what changes of one server.
func (p Plan) server(now Server) *Move {
	var then Server
	if i := slices.IndexFunc(p.Servers, func(s Server) bool { return s.Name == now.Name }); i >= 0 {
		then = p.Servers[i]
	}
	m := Move{Server: now.Name, More: beyond(now.Statements, then.Statements)}
	for _, l := range beyond(now.Logins, then.Logins) {
		m.What = append(m.What, l+" is to be made now")
	}
	if len(m.More)+len(m.What) == 0 {
		return nil
	}
	return &m
}

// site compares one site.
func (p Plan) site(now Site, statements []string) *Move {
	m := Move{Site: now.Name}
	i, ok := slices.BinarySearchFunc(p.Sites, now.Name, func(s Site, name string) int { return strings.Compare(s.Name, name) })
	if !ok {
		m.What = []string{"it is not in the sealed plan"}
		return &m
	}
	then := p.Sites[i]
	if then.Plan != "" && now.Plan == "" && now.Outcome == "" {
		return nil
	}
	differs := func(what, a, b string) {
		if a != b {
			m.What = append(m.What, fmt.Sprintf("%s was %s and is %s", what, named(a), named(b)))
		}
	}
	differs("its server", then.Server, now.Server)
	differs("its mode", then.Mode, now.Mode)
	differs("what stops it", then.Outcome, now.Outcome)
	if then.Plan != now.Plan {
		m.More, m.Done = beyond(statements, p.Of(then)), beyond(p.Of(then), statements)
		if len(m.More)+len(m.Done) == 0 {
			m.What = append(m.What, "its statements have another order")
		}
	}
	for _, f := range beyond(now.Findings, then.Findings) {
		m.What = append(m.What, "found now: "+f)
	}
	for _, f := range beyond(then.Findings, now.Findings) {
		m.What = append(m.What, "not found any more: "+f)
	}
	if then.Effects != now.Effects || [3]int{then.Gain, then.Lose, then.LockedOut} != [3]int{now.Gain, now.Lose, now.LockedOut} {
		m.What = append(m.What, fmt.Sprintf("other people gain or lose: %d gain, %d lose and %d are locked out, where %d, %d and %d were to", now.Gain, now.Lose, now.LockedOut, then.Gain, then.Lose, then.LockedOut))
	}
	if len(m.What)+len(m.More)+len(m.Done) == 0 {
		return nil
	}
	return &m
}

func named(s string) string {
	if s == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", s)
}

// beyond are the lines of a list, as often as they are there, that another lacks.
func beyond(list, other []string) []string {
	left := map[string]int{}
	for _, x := range other {
		left[x]++
	}
	var out []string
	for _, x := range list {
		if left[x]--; left[x] < 0 {
			out = append(out, x)
		}
	}
	return out
}

// Bound are the hashes that a plan is bound to, and when it is.
type Bound struct {
	Policy, Catalog string
	Now             time.Time
}

// skew is how far the clocks of two machines may be apart.
const skew = 5 * time.Minute

// Other says what a plan was sealed for that is another now: the catalog, the policy,
// the time; nothing where all of that is the same.
func (p Plan) Other(b Bound) []string {
	var out []string
	if b.Catalog != p.Catalog {
		out = append(out, "the catalog is not the one that the plan was sealed with")
	}
	if b.Policy != p.Policy {
		out = append(out, "the policy is not the one that the plan was sealed with: one of its files has changed")
	}
	if b.Now.Before(p.Made.Add(-skew)) {
		out = append(out, fmt.Sprintf("the plan was sealed at %s, which is still to come by this machine's clock", p.Made.Format(time.RFC3339)))
	}
	return out
}
