package security

import "slices"

// The bits of PERMISSIONS, the lowest first (permissions-transact-sql.md).
var (
	statementBits = []string{"CREATE DATABASE", "CREATE TABLE", "CREATE PROCEDURE", "CREATE VIEW", "CREATE RULE", "CREATE DEFAULT", "BACKUP DATABASE", "BACKUP LOG"}
	objectBits    = []string{"SELECT", "UPDATE", "REFERENCES", "INSERT", "DELETE"}
)

// anyColumn is the bit of a permission on at least one column over that on all.
const anyColumn = 12

// StatementBits is PERMISSIONS without an object: what the caller may do in the
// database and, 16 bits higher, may grant.
func (c *Checker) StatementBits() int {
	d, bits := c.s.Database(c.ctx.Database), 0
	for i, permission := range statementBits {
		if i > 0 || d.ID == DatabaseMaster {
			on := OnDatabase(d.ID)
			bits |= bit(c.Can(on, permission))<<i | bit(c.mayGrant(d, on, permission, 0))<<(16+i)
		}
	}
	return bits
}

// ObjectBits is PERMISSIONS of an object of the database, or of one column of
// it; nil (NULL) for what there is not.
func (c *Checker) ObjectBits(id int, column *string) *int {
	o, _ := c.Object(id, c.ctx.Database)
	if o == nil {
		return nil
	}
	d := c.s.Database(c.ctx.Database)
	ids, bits := o.columnIDs(), 0
	if column != nil {
		named := o.Column(d.names(), *column)
		if named == nil {
			return nil
		}
		ids = []int{named.ID}
	}
	for i, permission := range objectBits {
		switch on := OnObject(d.ID, o.ID); {
		case hasColumnRules(permission):
			judge := c.columns(d, o, permission)
			refused := func(id int) bool { return judge.column(id) != columnAllowed }
			bits |= bit(!slices.ContainsFunc(ids, refused))<<i | bit(c.mayGrant(d, on, permission, ids[0]*bit(column != nil)))<<(16+i)
			if column == nil {
				bits |= bit(!allOf(ids, refused)) << (anyColumn + i)
			}
		case column == nil:
			bits |= bit(c.Can(on, permission))<<i | bit(c.mayGrant(d, on, permission, 0))<<(16+i)
		}
	}
	return &bits
}

func allOf(ids []int, is func(int) bool) bool {
	return !slices.ContainsFunc(ids, func(id int) bool { return !is(id) })
}

// mayGrant reports whether the caller may grant a permission on a securable of
// the database, or on a column of it.
func (c *Checker) mayGrant(d *Database, on Securable, permission string, column int) bool {
	b, _ := builtins.find(c.s.word(on), permission)
	run := &grantRun{s: c.s, db: d, on: on, word: c.s.word(on), actor: c, actorID: c.ctx.User, rows: d.permissions}
	return run.ownerAuthority() || run.mayPassOn(grantItem{name: permission, code: b.Type, minor: column})
}
