package grants

import (
	"cmp"

	"grantree/catalog"
)

// Reverse returns the changes that undo c: sent right after it, they put back
// exactly what was there. A principal that comes back gets a new id, and a
// user of a login that was dropped meanwhile does not come back. A ledger that was
// made stays: taken back it would take the record of itself with it.
func (c Change) Reverse() []Change {
	back := Change{Principals: c.Principals, Role: c.Role, Login: c.Login, Own: c.Own, Temporary: c.Temporary, Causes: c.Causes}
	switch c.Kind {
	case CreateRole:
		back.Kind, back.Drops = DropRole, &Dropped{Owner: c.Owner}
	case CreateUser:
		back.Kind, back.Drops = DropUser, &Dropped{Login: c.Login, Connect: Granted, DefaultSchema: c.DefaultSchema}
	case AddProperty:
		back.Kind, back.Property = DropProperty, c.Property
	case DropProperty:
		back.Kind, back.Property = AddProperty, c.Property
	case RenameRole, RenameUser:
		back.Kind, back.Principals, back.Was = c.Kind, []string{c.Was}, c.Principals[0]
	case Mark:
		back.Kind = Unmark
	case Unmark:
		back.Kind, back.Text = Mark, c.MarkWas
	case Stamp:
		back.Kind, back.Text = Stamp, cmp.Or(c.MarkWas, PlainMark)
	case BreakGlass:
		back.Kind, back.Text = EndBreakGlass, c.Text
	case EndBreakGlass:
		back.Kind, back.Text = BreakGlass, c.Text
	case GrantConnect, DenyConnect:
		back.Kind = RevokeConnect
	case RevokeConnect:
		back.Kind = GrantConnect
	case AddMember:
		back.Kind = DropMember
	case DropMember:
		back.Kind = AddMember
	case DropRole, DropUser:
		return c.reverseDrop(back)
	case CreateSchema, CreateLedger, GuardLedger:
		return nil
	default:
		return c.reverseRows()
	}
	return []Change{back}
}

// reverseDrop makes the principal again, puts it into the roles it was in and
// gives it what it had.
func (c Change) reverseDrop(back Change) []Change {
	back.Kind = CreateRole
	if c.Kind == DropUser {
		back.Kind = CreateUser
	}
	if c.Drops == nil {
		return []Change{back}
	}
	back.Text, back.DefaultSchema, back.Owner = c.Drops.Mark, c.Drops.DefaultSchema, c.Drops.Owner
	out := []Change{back}
	for i := range c.Drops.Properties {
		out = append(out, Change{Kind: AddProperty, Principals: c.Principals, Property: &c.Drops.Properties[i], Causes: c.Causes})
	}
	if c.Kind == DropUser {
		out = append(out, c.reverseAccount()...)
	}
	for _, row := range c.Drops.Rows {
		kind := GrantOn
		if row.State == Denied {
			kind = DenyOn
		}
		out = append(out, Change{Kind: kind, Schema: row.Schema, View: row.View, Permissions: row.Permissions,
			Principals: c.Principals, Temporary: c.Temporary, Causes: c.Causes})
	}
	for _, role := range c.Drops.Roles {
		out = append(out, Change{Kind: AddMember, Role: role, Principals: c.Principals, Temporary: c.Temporary, Causes: c.Causes})
	}
	return out
}

// reverseAccount makes of a user as CREATE USER leaves it, marked and with
// CONNECT, what the dropped one was.
func (c Change) reverseAccount() []Change {
	var out []Change
	add := func(kind Kind) {
		out = append(out, Change{Kind: kind, Principals: c.Principals, Login: c.Login, Causes: c.Causes})
	}
	if c.Drops.Unmarked {
		add(Unmark)
	}
	if c.Drops.Opening != "" {
		out = append(out, Change{Kind: BreakGlass, Principals: c.Principals, Text: c.Drops.Opening, Causes: c.Causes})
	}
	switch c.Drops.Connect {
	case "":
		add(RevokeConnect)
	case Denied:
		add(DenyConnect)
	}
	return out
}

// reverseRows makes each row that the statement touched what it was before:
// granted, denied or not there, packed like the statement itself.
func (c Change) reverseRows() []Change {
	var grant, deny, revoke []need
	for i, name := range c.Principals {
		granted, denied := c.before(name)
		grant = append(grant, need{int32(i), granted})
		deny = append(deny, need{int32(i), denied})
		if c.Kind != RevokeOn {
			revoke = append(revoke, need{int32(i), c.Permissions.Minus(granted | denied)})
		}
	}
	var out []Change
	out = append(out, c.back(RevokeOn, revoke)...)
	out = append(out, c.back(GrantOn, grant)...)
	return append(out, c.back(DenyOn, deny)...)
}

// before returns what the statement's rows of a principal were.
func (c Change) before(principal string) (granted, denied catalog.Permissions) {
	for _, row := range c.Before {
		if row.Principal != principal {
			continue
		}
		if row.State == Denied {
			denied |= row.Permission
		} else {
			granted |= row.Permission
		}
	}
	return granted, denied
}

func (c Change) back(kind Kind, needs []need) []Change {
	var out []Change
	for _, r := range pack(needs) {
		b := Change{Kind: kind, Schema: c.Schema, View: c.View, Permissions: r.permissions, Temporary: c.Temporary, Causes: c.Causes}
		for _, i := range r.principals {
			b.Principals = append(b.Principals, c.Principals[i])
		}
		b.Before = c.after(b)
		out = append(out, b)
	}
	return out
}

// after lists the rows of b that c left behind, which b finds.
func (c Change) after(b Change) []RowBefore {
	state := Granted
	switch c.Kind {
	case RevokeOn:
		return nil
	case DenyOn:
		state = Denied
	}
	var out []RowBefore
	for _, name := range b.Principals {
		for _, one := range b.Permissions.Each() {
			out = append(out, RowBefore{Principal: name, Permission: one, State: state})
		}
	}
	return out
}
