package sandbox

import (
	"maps"
	"slices"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// alteration is an ALTER TABLE under way: the table's object, and what is kept with it as it will be.
type alteration struct {
	x       *run
	who     *security.Context
	db      *security.Database
	object  *security.Object
	storage *tableStorage
	name    tsql.ObjectName
	temp    *tempTable // the table, where it is a temporary one
}

// alterTable is ALTER TABLE: adding and dropping columns and constraints. Changing a column's type is refused.
func (x *run) alterTable(st *tsql.AlterTable) error {
	a, err := x.alteration(st.Name, 13)
	if err != nil {
		return err
	}
	switch {
	case st.AlterColumn != nil:
		return unsupportedOption("ALTER COLUMN")
	case len(st.Enable) > 0:
		return a.enable(st.Enable)
	case len(st.DropColumns) > 0 || len(st.DropConstraints) > 0:
		err = a.drop(st)
	default:
		err = a.add(st)
	}
	if err != nil {
		return err
	}
	return a.keep()
}

// alteration finds a table that the caller may alter: ALTER TABLE (state 13) says 4902 where there is none and 4909 where
// it is no table, DROP INDEX (0) 3701, CREATE INDEX 1088; where the caller may not, all say 1088.
func (x *run) alteration(name tsql.ObjectName, state byte) (*alteration, error) {
	if name.IsTemp() {
		return x.tempAlteration(name, state)
	}
	w, err := x.inDatabase(name)
	if err != nil {
		return nil, err
	}
	a := &alteration{x: x, who: w, db: x.state.Database(w.Database), name: name}
	a.object = a.db.Resolve(w.User, name.Schema, name.Name)
	if a.object == nil {
		return nil, missingTable(name, state)
	}
	if !x.state.Checker(w).Can(security.OnObject(a.db.ID, a.object.ID), "ALTER") {
		return nil, refuseAs(1088, 16, state, name)
	}
	old, ok := a.object.Storage.(*tableStorage)
	switch {
	case ok:
		a.take(old)
		return a, nil
	case state == alterTableState:
		return nil, refuse(4909, name)
	case a.object.Kind == security.KindView && state == createIndexState:
		return nil, unsupported("CREATE INDEX on a view")
	}
	return nil, missingTable(name, state)
}

// The states of 1088 by the statement that says it.
const (
	dropIndexState   = 0 // which says 3701 instead
	createIndexState = 12
	alterTableState  = 13
)

// missingTable is the refusal of a table that is not there: 3701 comes from the index, whose name it needs.
func missingTable(name tsql.ObjectName, state byte) error {
	if state == alterTableState {
		return refuse(4902, name)
	}
	return refuseAs(1088, 16, createIndexState, name)
}

// take makes the storage that will be of what there is.
func (a *alteration) take(old *tableStorage) {
	next := *old
	next.columns, next.constraints = slices.Clone(old.columns), slices.Clone(old.constraints)
	next.made = maps.Clone(old.made)
	a.storage = &next
}

// keep stores the table as it is now.
func (a *alteration) keep() error {
	if a.temp != nil {
		a.x.s.keepTemp(a.temp, *a.storage)
		return nil
	}
	_, err := a.x.state.AlterObject(a.who, a.storage.spec(a.db.SchemaName(a.object.Schema), a.object.Name))
	return err
}

// add is ALTER TABLE … ADD.
func (a *alteration) add(st *tsql.AlterTable) error {
	before := *a.storage
	before.columns = slices.Clone(before.columns)
	b := tableBuilder{x: a.x, table: st.Name, context: a.who, st: a.storage, collation: a.db.Names(), defaultCollation: a.db.Collation().Name(), altered: true, nullable: map[int]bool{}}
	for _, c := range a.storage.columns {
		b.nullable[c.ID] = c.Nullable
	}
	if a.temp != nil {
		b.context = nil
	}
	for _, c := range a.storage.constraints {
		b.had = b.had || c.Kind == tsql.PrimaryKey
	}
	for i, c := range st.Add.Columns {
		if err := b.column(i, c); err != nil {
			return err
		}
	}
	for _, c := range st.Add.Constraints {
		if err := a.constraint(&b, c); err != nil {
			return err
		}
	}
	if err := b.settle(len(before.constraints)); err != nil {
		return err
	}
	if len(a.storage.constraints) > len(before.constraints) && st.NoCheck {
		return unsupportedOption("NOCHECK")
	}
	if err := a.store(&before); err != nil {
		return err
	}
	if a.temp != nil {
		return nil
	}
	added := *a.storage
	added.constraints = added.constraints[len(before.constraints):]
	return a.x.registerConstraints(a.who, a.object, &added, a.newDefaults(&before))
}

// newDefaults are the columns that have a default which they had not before.
func (a *alteration) newDefaults(before *tableStorage) []query.Column {
	return slices.DeleteFunc(slices.Clone(a.storage.columns), func(c query.Column) bool {
		return columnByID(before.columns, c.ID).HasDefault
	})
}

// constraint adds a constraint of the table, or a DEFAULT for one of its columns.
func (a *alteration) constraint(b *tableBuilder, c tsql.Constraint) error {
	if c.Kind != tsql.DefaultConstraint {
		return b.constraint(c, nil)
	}
	if err := b.noColumns(c.Value); err != nil {
		return err
	}
	col := b.find(c.For.Value)
	if col == nil {
		return notCreated(refuse(1752, c.For.Value, a.name))
	}
	switch {
	case col.Type.Name == "timestamp":
		return notCreated(refuse(1755, a.name, col.Name))
	case col.HasDefault:
		return notCreated(refuse(1781))
	case col.Identity:
		return notCreated(refuse(1754, a.name, col.Name))
	}
	col.HasDefault, col.Default, col.DefaultText, col.DefaultName = true, c.Value, c.Text, b.name(c, "DF")
	return nil
}

// store brings the rows in line with what was added.
func (a *alteration) store(before *tableStorage) error {
	full, err := a.hasRows()
	if err != nil {
		return err
	}
	added := a.storage.columns[len(before.columns):]
	for _, c := range added {
		if err := a.mayAdd(c, full); err != nil {
			return err
		}
	}
	if err := a.reshape(before.columns, before.constraints); err != nil {
		return err
	}
	all := a.storage.constraints
	a.storage.constraints = before.constraints // the new ones are looked at below
	for _, c := range added {
		if !full || c.Nullable {
			continue
		}
		if err := a.fill(c); err != nil {
			return err
		}
	}
	a.storage.constraints = all
	for i := len(before.constraints); i < len(a.storage.constraints); i++ {
		if full && a.storage.constraints[i].Kind == tsql.ForeignKey {
			return unsupportedOption("FOREIGN KEY")
		}
		if err := a.storeConstraint(i, full); err != nil {
			return err
		}
	}
	return nil
}

// hasRows reports whether the table has rows.
func (a *alteration) hasRows() (bool, error) {
	if !a.storage.stored {
		return false, nil
	}
	rows, err := a.x.s.storedRows(a.storage.rows.AnySQL())
	return len(rows) > 0, err
}

// mayAdd refuses a column that the rows of the table would have no value for.
func (a *alteration) mayAdd(c query.Column, full bool) error {
	switch {
	case c.Identity && a.storage.stored:
		return unsupportedOption("IDENTITY")
	case full && c.Type.Name == "timestamp":
		return unsupportedOption("ROWVERSION")
	case full && !c.Nullable && !c.HasDefault:
		return refuse(4901, c.Name, a.object.Name)
	}
	return nil
}

// reshape brings the rows, which have these columns, into the shape that the table has with these constraints.
func (a *alteration) reshape(columns []query.Column, constraints []query.Constraint) error {
	next := *a.storage
	next.constraints = constraints
	text, err := next.shape(a.temp != nil)
	if err != nil || next.rows.Shape == a.storage.rows.Shape {
		return err
	}
	if a.storage.stored {
		if err := a.begin(); err != nil {
			return err
		}
		if err := a.x.s.sqlite(text + "; " + a.storage.rows.MoveSQL(next.rows.Shape, columns)); err != nil {
			return err
		}
	}
	a.storage.rows.Shape = next.rows.Shape
	return nil
}

// begin opens the transaction of the rows. That of a temporary table is open, here or aside.
func (a *alteration) begin() error {
	if a.temp != nil {
		return nil
	}
	return a.x.s.beginRows()
}

// fill gives a new column its default in all rows.
func (a *alteration) fill(c query.Column) error {
	if err := a.begin(); err != nil {
		return err
	}
	if err := a.keep(); err != nil {
		return err
	}
	sc := a.x.scope()
	sc.writes = true
	set := tsql.Assignment{Column: &tsql.ColumnRef{Name: c.Name}, Op: "=", Value: &tsql.Default{}}
	b, err := query.Bind(&tsql.Update{Target: a.target(), Set: []tsql.Assignment{set}}, sc)
	if err != nil {
		return err
	}
	_, err = b.Run(a.x.s.request, lazyConn{a.x.s}, func([]any) error { return nil })
	return err
}

// target is the table by its full name.
func (a *alteration) target() tsql.ObjectName {
	r := reference(a.db, a.object)
	return tsql.ObjectName{Database: r.Database, Schema: r.Schema, Name: r.Name, Parts: 3}
}

// storeConstraint makes the index of a key, or looks whether the rows fit a CHECK.
func (a *alteration) storeConstraint(i int, check bool) error {
	c := a.storage.constraints[i]
	if c.Kind == tsql.Check {
		if !check {
			return nil
		}
		return a.fits(c)
	}
	if err := a.reshape(a.storage.columns, a.storage.constraints[:i+1]); err != nil {
		err = refuse(1505, a.target().Schema, a.object.Name, c.Name)
		if c.Kind != query.UniqueIndex {
			err = notCreated(err)
		}
		return err
	}
	return nil
}

// fits refuses a CHECK that a row breaks (547).
func (a *alteration) fits(c query.Constraint) error {
	if err := a.keep(); err != nil { // it may name what the statement adds
		return err
	}
	q := &tsql.Query{Body: &tsql.Select{
		Items: []tsql.SelectItem{{Expr: &tsql.Literal{Kind: tsql.IntLiteral, Text: "1"}}},
		From:  []tsql.TableRef{&tsql.NamedTable{Name: a.target()}},
		Where: &tsql.Unary{Op: "NOT", X: c.Check},
	}}
	b, err := query.BindCondition(&tsql.Exists{Query: q}, a.x.scope())
	if err != nil {
		return err
	}
	broken, err := b.Value(a.x.s.request, lazyConn{a.x.s})
	if err != nil {
		return err
	}
	if broken == true {
		r := reference(a.db, a.object)
		r.Columns = a.storage.columns
		return query.ErrConstraint("ALTER TABLE", "CHECK", c, r)
	}
	return nil
}

// drop is ALTER TABLE … DROP.
func (a *alteration) drop(st *tsql.AlterTable) error {
	for _, name := range st.DropConstraints {
		if err := a.dropConstraint(name.Value, st.IfExists); err != nil {
			return err
		}
	}
	for _, name := range st.DropColumns {
		if err := a.dropColumn(name.Value, st.IfExists); err != nil {
			return err
		}
	}
	return nil
}

// dropColumn drops a column that nothing depends on. Its place in the shape stays unused: ids are never used again.
func (a *alteration) dropColumn(name string, ifExists bool) error {
	c := a.storage.find(a.db.Names(), name)
	switch {
	case c == nil && ifExists:
		return nil
	case c == nil:
		return refuse(4924, name, a.object.Name)
	}
	if by := a.usedBy(*c); len(by) > 0 {
		return tds.Errors(append(by, refuse(4922, c.Name)))
	}
	if len(a.storage.columns) == 1 {
		return refuse(4923, c.Name, a.object.Name)
	}
	id := c.ID
	a.storage.columns = slices.DeleteFunc(a.storage.columns, func(c query.Column) bool { return c.ID == id })
	return nil
}

// usedBy says of each constraint, index and schema-bound view that depends on a column that it does (5074).
func (a *alteration) usedBy(c query.Column) (list []*serverError) {
	add := func(kind, name string, columns []int) {
		if slices.Contains(columns, c.ID) {
			list = append(list, refuse(5074, kind, name, c.Name))
		}
	}
	if c.HasDefault {
		add("object", c.DefaultName, []int{c.ID})
	}
	for _, k := range a.storage.constraints {
		kind := "object"
		if isIndex(k) {
			kind = "index"
		}
		add(kind, k.Name, slices.Concat(k.Columns, k.Included))
	}
	for _, user := range a.db.UsersOf(a.object.ID) {
		switch st := user.Storage.(type) {
		case *viewStorage:
			add("object", user.Name, st.uses[a.object.ID])
		case *moduleStorage:
			add("object", user.Name, st.named(a.db.Names(), a.object))
		}
	}
	return list
}

// dropConstraint drops a constraint by name.
func (a *alteration) dropConstraint(name string, ifExists bool) error {
	i := slices.IndexFunc(a.storage.constraints, func(c query.Constraint) bool {
		return !isIndex(c) && a.db.Names().Equal(c.Name, name)
	})
	found := i >= 0
	if found {
		if by := a.referredBy(a.storage.constraints[i]); by != nil {
			return tds.Errors{refuse(3725, name, a.db.Object(by.Parent).Name, by.Name), refuse(3727)}
		}
		if err := a.dropIndex(i); err != nil {
			return err
		}
	}
	for i := range a.storage.columns {
		if c := &a.storage.columns[i]; c.HasDefault && a.db.Names().Equal(c.DefaultName, name) {
			c.HasDefault, c.Default, c.DefaultName, found = false, nil, "", true
		}
	}
	if found && a.temp == nil {
		a.x.state.DropConstraint(a.db.ID, a.object.ID, name)
	}
	if found || ifExists {
		return nil
	}
	return tds.Errors{refuse(3728, name), refuse(3727)}
}

// enable is ALTER TABLE … CHECK CONSTRAINT. None is ever disabled here, so that all it does is look for them.
func (a *alteration) enable(names []tsql.Ident) error {
	for _, name := range names {
		named := func(c query.Constraint) bool { return !indexed(c) && a.db.Names().Equal(c.Name, name.Value) }
		if name.Quoted && !slices.ContainsFunc(a.storage.constraints, named) {
			return tds.Errors{refuse(4917, name.Value), refuse(4916)}
		}
	}
	return nil
}

// referredBy is a foreign key that refers to a key, or nil.
func (a *alteration) referredBy(key query.Constraint) *security.Object {
	for _, o := range a.db.ReferringTo(a.object.ID) {
		child := a.db.Object(o.Parent).Storage.(*tableStorage)
		if indexed(key) && sameColumns(child.foreignKey(o.Name).ParentColumns, key.Columns) {
			return o
		}
	}
	return nil
}

// dropIndex takes the constraint at a place away.
func (a *alteration) dropIndex(i int) error {
	if a.storage.clustered == a.storage.constraints[i].Name {
		a.storage.clustered = ""
	}
	a.storage.constraints = slices.Delete(a.storage.constraints, i, i+1)
	return a.reshape(a.storage.columns, a.storage.constraints)
}
