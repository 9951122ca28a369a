package security

import (
	"slices"
	"strconv"
)

// Access is the check of one reference of a DML statement (C.1, C.2, C.3).
// via are the views and synonyms that the reference came through, outermost
// first; none for an object that the statement names itself. columns are the
// ids of the columns the statement uses for this permission; nil means that it
// names none and counts as if it used all (C.2). The refusal is 229, or 230
// once per column; 916 when the caller cannot enter the target's database.
func (c *Checker) Access(via []ObjectRef, target ObjectRef, permission string, columns []int) error {
	d := c.s.Database(target.Database)
	if d == nil {
		return refuse(208, strconv.Itoa(target.Object))
	}
	if !c.in(target.Database).enter {
		return errDatabaseAccess(2, c.ctx.LoginName, d.Name)
	}
	o := d.Object(target.Object)
	if o == nil {
		return refuse(208, strconv.Itoa(target.Object))
	}
	if len(via) > 0 && c.s.ChainHolds(via[len(via)-1], target) {
		return nil
	}
	if !hasColumnRules(permission) || len(o.Columns) == 0 {
		if c.Can(OnObject(d.ID, o.ID), permission) {
			return nil
		}
		return errObjectDenied(permission, d, o)
	}
	return c.columnAccess(d, o, permission, columns)
}

// columnPermissions are the permissions that take a column list (B.4).
var columnPermissions = []string{"SELECT", "UPDATE", "REFERENCES"}

func hasColumnRules(permission string) bool { return slices.Contains(columnPermissions, permission) }

// errObjectDenied is 229.
func errObjectDenied(permission string, d *Database, o *Object) *Error {
	return refuse(229, permission, o.Name, d.Name, d.Schema(o.Schema).Name)
}

// columnAccess checks columns one by one and words the refusal (C.2).
func (c *Checker) columnAccess(d *Database, o *Object, permission string, columns []int) error {
	judge := c.columns(d, o, permission)
	if columns == nil {
		columns = o.columnIDs()
	}
	var refused Errors
	for _, id := range columns {
		switch judge.column(id) {
		case columnDeniedWide:
			return errObjectDenied(permission, d, o)
		case columnRefused:
			refused = append(refused, refuse(230, permission, o.columnName(id), o.Name, d.Name, d.Schema(o.Schema).Name))
		}
	}
	switch {
	case len(refused) == 0:
		return nil
	case !judge.any(o):
		return errObjectDenied(permission, d, o)
	case len(refused) == 1:
		return refused[0]
	}
	return refused
}

// columnIDs returns the ids of the columns in order.
func (o *Object) columnIDs() []int {
	ids := make([]int, len(o.Columns))
	for i := range o.Columns {
		ids[i] = o.Columns[i].ID
	}
	return ids
}

// columnName returns the name of a column, empty when there is none.
func (o *Object) columnName(id int) string {
	if i := slices.Index(o.columnIDs(), id); i >= 0 {
		return o.Columns[i].Name
	}
	return ""
}

// columnAnswer is what the rules of C.2 say about one column.
type columnAnswer int

const (
	columnAllowed    columnAnswer = iota
	columnRefused                 // by a column DENY or for want of a grant
	columnDeniedWide              // by a DENY that is not the column's own
)

// columnJudge holds what decides a permission on the columns of one object.
type columnJudge struct {
	wide     verdict // everything but the object's own rows of the permission
	rows     []Row   // the object's own rows of the permission, of the token
	criteria bool    // common criteria compliance: a table DENY always wins
}

// columns gathers the rows that decide a permission on an object's columns.
func (c *Checker) columns(d *Database, o *Object, permission string) columnJudge {
	on := OnObject(d.ID, o.ID)
	levels := builtins.spaces[permissionOf{"OBJECT", permission}]
	if len(levels) == 0 {
		return columnJudge{}
	}
	own := builtins.byName[permissionOf{"OBJECT", permission}]
	var j columnJudge
	f := c.facts(on)
	if f.absolute {
		j.wide = verdict{absolute: true, granted: true}
		return j
	}
	j.wide = c.above(on, levels)
	for _, r := range f.rows {
		if r.Type == own.Type {
			j.rows = append(j.rows, r)
		} else {
			j.wide.add([]Row{r}, levels[0].codes)
		}
	}
	value, _ := c.s.Configuration(OptionCommonCriteria)
	j.criteria = value == 1
	return j
}

// column decides one column: a column DENY beats all, a column GRANT beats the
// table's DENY (unless in common criteria mode), a DENY from above beats both.
func (j columnJudge) column(id int) columnAnswer {
	var table, column verdict
	for _, r := range j.rows {
		switch {
		case r.Minor == id:
			column.addState(r.State)
		case r.Minor == 0 && (r.State == StateDeny || !j.takenOut(r.Grantee, id)):
			table.addState(r.State)
		}
	}
	switch {
	case j.wide.absolute:
		return columnAllowed
	case j.wide.denied || table.denied && (j.criteria || !column.granted):
		return columnDeniedWide
	case column.denied:
		return columnRefused
	case column.granted, table.granted, j.wide.granted:
		return columnAllowed
	}
	return columnRefused
}

// any reports whether any column of the object is allowed.
func (j columnJudge) any(o *Object) bool {
	return slices.ContainsFunc(o.Columns, func(column Column) bool { return j.column(column.ID) == columnAllowed })
}

// takenOut reports whether a column was revoked out of a grantee's table-wide
// grant (state R, B.5).
func (j columnJudge) takenOut(grantee, column int) bool {
	return slices.ContainsFunc(j.rows, func(r Row) bool {
		return r.Grantee == grantee && r.Minor == column && r.State == StateRevoke
	})
}

// ChainHolds reports whether the ownership chain between a module and what it
// refers to is unbroken, so that permissions on the latter are not examined
// (C.3). Across databases it also takes chaining switched on and owners that
// are the same login; that the caller can enter is for Access to check.
func (s *Server) ChainHolds(from, to ObjectRef) bool {
	fromDB, toDB := s.Database(from.Database), s.Database(to.Database)
	if fromDB == nil || toDB == nil {
		return false
	}
	a, b := fromDB.Object(from.Object), toDB.Object(to.Object)
	if a == nil || b == nil {
		return false
	}
	if fromDB.ID == toDB.ID {
		return fromDB.OwnerOf(a) == toDB.OwnerOf(b)
	}
	everywhere, _ := s.Configuration(OptionCrossDBChaining)
	if everywhere == 0 && !(fromDB.Settings.Chaining && toDB.Settings.Chaining) {
		return false
	}
	owner, other := fromDB.Principal(fromDB.OwnerOf(a)), toDB.Principal(toDB.OwnerOf(b))
	return owner != nil && other != nil && !owner.IsRole() && len(owner.SID) > 0 && string(owner.SID) == string(other.SID)
}
