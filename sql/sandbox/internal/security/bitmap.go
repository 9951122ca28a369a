package security

// The bits of PERMISSIONS, the lowest first (permissions-transact-sql.md); what may be granted is 16 bits higher, and a
// permission on any column 12 bits higher than that on all. Those of columns come first.
var (
	statementBits = []string{"CREATE DATABASE", "CREATE TABLE", "CREATE PROCEDURE", "CREATE VIEW", "CREATE RULE", "CREATE DEFAULT", "BACKUP DATABASE", "BACKUP LOG"}
	objectBits    = []string{"SELECT", "UPDATE", "REFERENCES", "INSERT", "DELETE", "EXECUTE"}
)

// StatementBits is PERMISSIONS without an object: what the caller may do in the
// database, and may grant.
func (c *Checker) StatementBits() int {
	d, bits := c.s.Database(c.ctx.Database), 0
	for i, permission := range statementBits {
		if on := OnDatabase(d.ID); i > 0 || d.ID == DatabaseMaster {
			bits |= c.bits(d, on, permission, 0, c.Can(on, permission)) << i
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
	ids, minor, bits := o.columnIDs(), 0, 0
	if column != nil {
		named := o.Column(d.Names(), *column)
		if named == nil {
			return nil
		}
		ids, minor = []int{named.ID}, named.ID
	}
	for i, permission := range objectBits {
		if !fitsKind(o.Kind, permission) {
			continue
		}
		on := OnObject(d.ID, o.ID)
		held := c.Can(on, permission)
		if hasColumnRules(permission) {
			allowed, judge := 0, c.columns(d, o, permission)
			for _, id := range ids {
				allowed += bit(judge.column(id) == columnAllowed)
			}
			held = allowed == len(ids)
			bits |= bit(column == nil && allowed > 0) << (12 + i)
		} else if column != nil {
			break
		}
		bits |= c.bits(d, on, permission, minor, held) << i
	}
	return &bits
}

// bits are the bit of a permission on a securable of the database or on a
// column of it, and that of whether the caller may grant it.
func (c *Checker) bits(d *Database, on Securable, permission string, minor int, held bool) int {
	b := builtins.byName[permissionOf{c.s.word(on), permission}]
	run := &grantRun{s: c.s, db: d, on: on, word: c.s.word(on), actor: c, actorID: c.ctx.User, rows: d.permissions}
	return bit(held) | bit(run.ownerAuthority() || run.mayPassOn(grantItem{name: permission, code: b.Type, minor: minor}))<<16
}
