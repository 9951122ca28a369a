package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// right is one thing that somebody may do beside the four permissions on whole
// views, which the matrix knows: a permission on anything else, membership of a
// fixed role, ownership.
type right struct {
	class        Class
	major, minor int
	name         string
}

// What is no class of permissions.
const (
	classFixedRole Class = -1 // major: the role
	classOwner     Class = -2 // major: the id; name: what it is
)

// connectRight is what entering the site takes.
var connectRight = right{class: ClassDatabase, name: "CONNECT"}

// rights says what principals bring, themselves, to those who act as them:
// granted or denied, by position.
type rights struct {
	ix       *index
	schemaOf map[int]int // of objects
	held     map[int32][]heldRight
}

type heldRight struct {
	right
	denied bool
}

func newRights(s *Snapshot, ix *index) *rights {
	r := &rights{ix: ix, schemaOf: make(map[int]int, len(s.Views)+len(s.Objects)), held: map[int32][]heldRight{}}
	for _, v := range s.Views {
		r.schemaOf[v.ID] = v.Schema
		r.own(v.Owner, ClassObject, v.ID)
	}
	for _, o := range s.Objects {
		r.schemaOf[o.ID] = o.Schema
		r.own(o.Owner, ClassObject, o.ID)
	}
	for _, x := range s.Schemas {
		r.own(x.Owner, ClassSchema, x.ID)
	}
	for _, p := range s.Principals {
		if p.Type == DatabaseRole && p.Owner != p.ID {
			r.own(p.Owner, ClassPrincipal, p.ID)
		}
	}
	for _, p := range ix.principals {
		r.fixed(p)
	}
	for _, row := range s.Permissions {
		_, isView := ix.viewByID[row.Major]
		whole := row.Class == ClassObject && row.Minor == 0 && plain(row.Name) && isView
		if p, known := ix.byID[row.Grantee]; known && !whole && row.State != Revoked {
			r.hold(p, right{row.Class, row.Major, row.Minor, row.Name}, row.State == Denied)
		}
	}
	return r
}

func (r *rights) hold(p int, x right, denied bool) {
	r.held[int32(p)] = append(r.held[int32(p)], heldRight{x, denied})
}

// own notes what somebody other than dbo owns.
func (r *rights) own(owner int, class Class, id int) {
	if p, ok := r.ix.byID[owner]; ok && owner != DboID {
		r.hold(p, right{class: classOwner, major: id, minor: int(class)}, false)
	}
}

// fixed notes what membership of a fixed role is worth (reference A.6).
func (r *rights) fixed(p Principal) {
	if !isBuiltIn(p.ID) || p.ID < DBOwnerID {
		return
	}
	at := r.ix.byID[p.ID]
	r.hold(at, right{class: classFixedRole, major: p.ID, name: p.Name}, false)
	grant, deny := fixedRights(p.ID)
	switch p.ID {
	case DBOwnerID:
		r.hold(at, right{class: ClassDatabase, name: "CONTROL"}, false)
		return
	case DBAccessAdminID:
		r.hold(at, connectRight, false)
	}
	for _, name := range grant.Names() {
		r.hold(at, right{class: ClassDatabase, name: name}, false)
	}
	for _, name := range deny.Names() {
		r.hold(at, right{class: ClassDatabase, name: name}, true)
	}
}

// may reports whether somebody who acts as these principals has a right: an
// owner has, else any DENY refuses, else any GRANT gives (reference C.1).
func (r *rights) may(tokens []int32, x right) bool {
	var granted, denied bool
	for _, t := range tokens {
		for _, h := range r.held[t] {
			switch {
			case h.class == classOwner && r.within(Class(h.minor), h.major, 0, x):
				return true
			case h.denied && r.covers(h.right, x):
				denied = true
			case r.covers(h.right, x):
				granted = true
			}
		}
	}
	return granted && !denied
}

// grants and denies report what one principal itself says of a right.
func (r *rights) grants(t int32, x right) bool { return r.says(t, x, false) }
func (r *rights) denies(t int32, x right) bool { return r.says(t, x, true) }

func (r *rights) says(t int32, x right, denied bool) bool {
	return slices.ContainsFunc(r.held[t], func(h heldRight) bool { return h.denied == denied && r.covers(h.right, x) })
}

// covers reports whether a right is worth another: the same permission on it or
// on what it is in, or CONTROL there (reference B.8).
func (r *rights) covers(h, x right) bool {
	if h == x {
		return true
	}
	all := h.class == ClassDatabase && h.name == "CONTROL"
	return all || (h.name == x.name || h.name == "CONTROL") && h.class >= 0 && r.within(h.class, h.major, h.minor, x)
}

// within reports whether x is on a securable or on something in it.
func (r *rights) within(class Class, major, minor int, x right) bool {
	switch {
	case x.class < 0:
		return x.class == classOwner && x.major == major && Class(x.minor) == class
	case class == ClassDatabase:
		return true
	case x.class == class && x.major == major:
		return minor == 0 || minor == x.minor
	}
	schema, ok := r.schemaOf[x.major]
	return class == ClassSchema && x.class == ClassObject && ok && schema == major
}

// of lists what somebody who acts as these principals may do beside entering
// the site and what public has in every database (reference A.6), sorted.
func (r *rights) of(tokens []int32) []right {
	var out []right
	for _, t := range tokens {
		for _, h := range r.held[t] {
			seed := h.right == connectRight || t == int32(r.ix.byID[PublicID]) && strings.HasPrefix(h.name, "VIEW ANY COLUMN ")
			if !h.denied && !seed && r.may(tokens, h.right) {
				out = append(out, h.right)
			}
		}
	}
	slices.SortFunc(out, func(a, b right) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor), strings.Compare(a.name, b.name))
	})
	return slices.Compact(out)
}

// beyond returns what is in the rights of some tokens and others have not.
func (r *rights) beyond(list []right, tokens []int32) []right {
	var out []right
	for _, x := range list {
		if !r.may(tokens, x) {
			out = append(out, x)
		}
	}
	return out
}

// after returns the rights when the changes are done: of those that are no rows
// on views, a plan only changes who may connect.
func (r *rights) after(changes []Change) *rights {
	out := *r
	out.held = make(map[int32][]heldRight, len(r.held))
	for p, list := range r.held {
		out.held[p] = list
	}
	for _, c := range changes {
		p, ok := r.ix.principal(c.Principals[0])
		switch {
		case !ok:
		case c.Kind == GrantConnect || c.Kind == CreateUser:
			out.held[int32(p)] = append(slices.Clone(r.held[int32(p)]), heldRight{right: connectRight})
		case c.Kind == RevokeConnect:
			out.held[int32(p)] = slices.DeleteFunc(slices.Clone(r.held[int32(p)]), func(h heldRight) bool { return h.right == connectRight && !h.denied })
		}
	}
	return &out
}

// describeRight names a right for a sentence.
func (d *differ) describeRight(x right) string {
	switch x.class {
	case classFixedRole:
		return "membership of " + x.name
	case classOwner:
		on, ok := d.mender.securable(Class(x.minor), x.major)
		if !ok {
			return "ownership of another object"
		}
		return fmt.Sprintf("ownership of the %s %s", strings.ToLower(on.Class), on.Name)
	}
	return d.describe(PermissionRow{Class: x.class, Major: x.major, Minor: x.minor, Name: x.name})
}
