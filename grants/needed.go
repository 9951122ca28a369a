package grants

import "fmt"

// NeededLogin is a login that a plan makes a user for, as the server had it when
// the plan was made.
type NeededLogin struct {
	User, Name string
	SID        string        // "" where it was not there, or not seen
	Type       PrincipalType // of one that was not there: what was to be made, "" where nothing was
	Disabled   bool
}

// NeededLogins are those of one site, in the order of its plan's changes.
type NeededLogins []NeededLogin

// Needs are the logins that the plan of a site makes users for.
func (p *Plan) Needs(s *Snapshot) NeededLogins {
	var out NeededLogins
	var table loginTable
	var kinds map[string]PrincipalType
	for _, c := range p.Changes {
		if c.Kind != CreateUser || c.Login == "" || c.Own != "" {
			continue
		}
		if out == nil {
			table, kinds = newLoginTable(s), map[string]PrincipalType{}
			for _, l := range p.Logins {
				kinds[l.Login] = l.Type
			}
		}
		n := NeededLogin{User: c.Principals[0], Name: c.Login}
		if l, ok := table.named(c.Login); ok {
			n.SID, n.Type, n.Disabled = l.SID, l.Type, l.Disabled
		} else if c.NewLogin {
			n.Type = kinds[c.Login]
		}
		out = append(out, n)
	}
	return out
}

// Make reports whether one of them was to be made.
func (list NeededLogins) Make() bool {
	for _, n := range list {
		if n.SID == "" && n.Type != "" {
			return true
		}
	}
	return false
}

// Moved says what became of the first that is not as it was, in words for a
// sentence, or "": a name alone says nothing of whose a login is. Of one that was to
// be made and is there, fresh reports whether a run of grantree made it meanwhile.
func (list NeededLogins) Moved(now *Snapshot, fresh func(Login) bool) string {
	if len(list) == 0 {
		return ""
	}
	table := newLoginTable(now)
	for _, n := range list {
		l, there := table.named(n.Name)
		if why := n.moved(l, there, fresh); why != "" {
			return fmt.Sprintf("login %q, which user %q is for, %s", n.Name, n.User, why)
		}
	}
	return ""
}

func (n NeededLogin) moved(l Login, there bool, fresh func(Login) bool) string {
	switch {
	case n.SID == "" && (!there || n.Type == l.Type && fresh(l)):
		return ""
	case n.SID == "":
		return "was made by somebody else"
	case !there:
		return "is gone"
	case l.SID != n.SID || l.Type != n.Type:
		return "is another one by now"
	case l.Disabled && !n.Disabled:
		return "was disabled"
	case n.Disabled && !l.Disabled:
		return "was enabled"
	}
	return ""
}

// Strangers names the first user of a site, as read back, that is not of the login
// that had the name when its statements were sent, in words for a sentence, or
// returns "".
func (list NeededLogins) Strangers(sent, after *Snapshot) string {
	if len(list) == 0 {
		return ""
	}
	table, users := newLoginTable(sent), newNames(after.Collation, len(after.Principals))
	for i, p := range after.Principals {
		users.add(i, p.Name)
	}
	for _, n := range list {
		l, known := table.named(n.Name)
		if i, ok := users.find(n.User); known && ok && after.Principals[i].SID != l.SID {
			return fmt.Sprintf("user %q is of another login than the one that was %q", n.User, n.Name)
		}
	}
	return ""
}
