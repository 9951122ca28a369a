package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// createTable is CREATE TABLE.
func (x *run) createTable(st *tsql.CreateTable) error {
	if strings.HasPrefix(st.Name.Name, "##") {
		return unsupported("CREATE TABLE ##")
	}
	if st.Name.IsTemp() {
		storage, err := x.tableStorage(st.Name, st.TableBody, nil)
		if err != nil {
			return err
		}
		_, err = x.storeTemp(st.Name, storage)
		return err
	}
	w, err := x.newTable(st.Name)
	if err != nil {
		return err
	}
	storage, err := x.tableStorage(st.Name, st.TableBody, w)
	if err != nil {
		return err
	}
	o, err := x.state.CreateObject(w, storage.spec(st.Name.Schema, st.Name.Name))
	if err != nil {
		return err
	}
	for _, k := range storage.constraints {
		if k.Kind == tsql.ForeignKey && !k.Parent.Key.(relationKey).checked() { // the table itself
			k.Parent.Key = relationKey{object: security.ObjectRef{Database: w.Database, Object: o.ID}}
		}
	}
	return x.registerConstraints(w, o, storage, storage.columns)
}

// constraintKinds are the kinds of the objects of constraints. A unique index is no object.
var constraintKinds = map[tsql.ConstraintKind]string{
	tsql.PrimaryKey: security.KindPrimaryKey, tsql.Unique: security.KindUnique, tsql.Check: security.KindCheck, tsql.ForeignKey: security.KindForeignKey,
}

// registerConstraints makes the objects of a table's constraints, and of the defaults of some of its columns.
func (x *run) registerConstraints(w *security.Context, o *security.Object, st *tableStorage, defaults []query.Column) error {
	for _, spec := range constraintSpecs(st, defaults) {
		spec.Parent = o.ID
		if _, err := x.state.CreateObject(w, spec); err != nil {
			return notCreated(err)
		}
	}
	return nil
}

// constraintSpecs describe the constraints of a table.
func constraintSpecs(st *tableStorage, defaults []query.Column) (specs []security.ObjectSpec) {
	for _, c := range st.constraints {
		spec := security.ObjectSpec{Name: c.Name, Kind: constraintKinds[c.Kind], SystemNamed: st.made[c.Name]}
		if c.Check != nil {
			spec.Definition = query.Definition(c.Check)
			if len(c.Columns) == 1 && c.OfColumn {
				spec.Minor = c.Columns[0]
			}
		}
		if c.Kind == tsql.ForeignKey {
			spec.References = parent(c).Object
		}
		specs = append(specs, spec)
	}
	for _, c := range defaults {
		if c.HasDefault {
			specs = append(specs, security.ObjectSpec{Name: c.DefaultName, Kind: security.KindDefault, Minor: c.ID, Definition: securityColumn(c).Default, SystemNamed: st.made[c.DefaultName]})
		}
	}
	return specs
}

// tableStorage turns the body of a CREATE TABLE into what the engine keeps. w is nil for a temporary table.
func (x *run) tableStorage(name tsql.ObjectName, body tsql.TableBody, w *security.Context) (*tableStorage, error) {
	b := tableBuilder{x: x, table: name, context: w, st: &tableStorage{rows: x.s.srv.newRows(), made: map[string]bool{}}}
	b.collation = x.s.state().Collation()
	b.defaultCollation = x.s.srv.options.Collation
	home := x.s.database(x.state)
	if w != nil {
		home = x.state.Database(w.Database)
	}
	if w != nil || home != nil && home.Settings.Containment != 0 { // "Contained Database Collations"
		b.collation, b.defaultCollation = home.Names(), home.Collation().Name()
	}
	for i, c := range body.Columns {
		if err := b.column(i, c); err != nil {
			return nil, err
		}
	}
	for _, c := range body.Constraints {
		if err := b.constraint(c, nil); err != nil {
			return nil, err
		}
	}
	if err := b.settle(0); err != nil {
		return nil, err
	}
	_, err := b.st.shape(w == nil)
	return b.st, err
}

// settle looks at the columns, and at the constraints from a place on, once all are known.
func (b *tableBuilder) settle(from int) error {
	if err := b.rowSize(); err != nil {
		return err
	}
	if err := b.settleKeys(from); err != nil {
		return err
	}
	for i := from; i < len(b.st.constraints); i++ {
		if k := &b.st.constraints[i]; indexed(*k) {
			if err := b.keySize(k, k.Name == b.st.clustered); err != nil {
				return notCreated(err)
			}
		}
	}
	return b.settleChecks(from)
}

// settleKeys makes the one key CLUSTERED that says so (8112 for two), else the PRIMARY KEY, unless another index is.
func (b *tableBuilder) settleKeys(from int) error {
	for _, named := range b.clustered {
		if b.st.clustered != "" {
			if from > 0 || b.altered {
				return notCreated(refuse(1902, b.table, b.st.clustered))
			}
			return refuse(8112, b.table)
		}
		b.st.clustered = named
	}
	for _, c := range b.st.constraints[from:] {
		if c.Kind == tsql.PrimaryKey && b.st.clustered == "" && !b.nonclustered {
			b.st.clustered = c.Name
		}
	}
	return nil
}

// settleChecks finds the columns of the CHECKs from a place on. Only one of a table may name more than its own (8141).
func (b *tableBuilder) settleChecks(from int) error {
	r := &query.Relation{Schema: b.table.Schema, Name: b.table.Name, Columns: b.st.columns}
	for i := from; i < len(b.st.constraints); i++ {
		c := &b.st.constraints[i]
		if c.Kind != tsql.Check {
			continue
		}
		own := c.Columns
		var err error
		if c.Columns, err = query.CheckColumns(c.Check, r, b.scope()); err != nil {
			return err
		}
		if len(own) > 0 && slices.ContainsFunc(c.Columns, func(id int) bool { return id != own[0] }) {
			return notCreated(refuse(8141, columnByID(b.st.columns, own[0]).Name, b.table.Name))
		}
	}
	return nil
}

// tableBuilder turns column definitions and constraints into a tableStorage.
type tableBuilder struct {
	x                *run
	table            tsql.ObjectName
	context          *security.Context
	collation        security.Collation
	defaultCollation string
	st               *tableStorage
	keyed            bool         // has a primary key
	had              bool         // had one before the statement
	altered          bool         // the table was there before the statement
	nonclustered     bool         // the primary key says that it is
	clustered        []string     // the keys that say that they are
	nullable         map[int]bool // columns that are NULL because they say so, or were before the statement
}

// maxColumns is how many columns a table may have.
const maxColumns = 1024

// column adds a column.
func (b *tableBuilder) column(i int, def tsql.ColumnDef) error {
	if def.Type.UserDefined {
		return refuse(2715, i+1, def.Type.Name)
	}
	if err := query.NoValues(def.Type); err != nil {
		return err
	}
	if def.Sparse || def.RowGUID {
		return unsupportedOption("SPARSE/ROWGUIDCOL")
	}
	if b.find(def.Name.Value) != nil {
		return refuse(2705, def.Name.Value, b.table.Name)
	}
	if len(b.st.columns) == maxColumns {
		return refuse(1702, def.Name.Value, b.table.Name)
	}
	c := query.Column{Name: def.Name.Value, Type: def.Type, ID: b.nextID(), Nullable: def.Null != tsql.NotNull, HasDefault: def.Default != nil, Default: def.Default}
	if def.Type.Name == "timestamp" {
		c.Nullable = def.Null == tsql.Nullable
		if err := b.version(c); err != nil {
			return err
		}
	}
	if err := b.collate(&c, def.Collation); err != nil {
		return err
	}
	if err := b.noColumns(def.Default); err != nil {
		return err
	}
	if c.HasDefault {
		c.DefaultName = b.name(tsql.Constraint{Name: def.DefaultName}, "DF")
	}
	if c.HasDefault && def.Identity != nil {
		return notCreated(refuse(1754, b.table, c.Name))
	}
	if def.Null == tsql.Nullable {
		if b.nullable == nil {
			b.nullable = map[int]bool{}
		}
		b.nullable[c.ID] = true
	}
	if def.Identity != nil && def.Null == tsql.Nullable {
		return refuse(8147, c.Name, b.table)
	}
	if def.Identity != nil {
		if err := b.identity(&c, def.Identity); err != nil {
			return err
		}
	}
	b.st.columns = append(b.st.columns, c)
	for i, con := range def.Constraints {
		if con.Kind == tsql.DefaultConstraint || slices.ContainsFunc(def.Constraints[:i], func(other tsql.Constraint) bool { return other.Kind == con.Kind }) {
			return refuse(8148, con.Kind, c.Name, b.table)
		}
		if err := b.constraint(con, &def.Name); err != nil {
			return err
		}
	}
	return nil
}

// scope is that of a constraint, which holds no function of a user.
func (b *tableBuilder) scope() *scope {
	sc := b.x.scope()
	sc.constraint = true
	return sc
}

// noColumns refuses a DEFAULT that names a column (128), or that is outside the subset.
func (b *tableBuilder) noColumns(e tsql.Expr) error {
	if e == nil {
		return nil
	}
	_, err := query.BindExpr(e, b.scope())
	if list := refusal.List(err); len(list) > 0 && list[0].Number == 207 {
		name := strings.Split(list[0].Message, "'")[1]
		return refuse(128, name)
	} else if len(list) > 0 && list[0].Number == 40517 {
		return err
	}
	return nil
}

// version refuses a second rowversion column, and a default of one.
func (b *tableBuilder) version(c query.Column) error {
	switch {
	case slices.ContainsFunc(b.st.columns, func(other query.Column) bool { return other.Type.Name == "timestamp" }):
		return refuse(2738, b.table.Name, c.Name)
	case c.HasDefault:
		return notCreated(refuse(1755, b.table.Name, c.Name))
	}
	return nil
}

// nextID is a column id that the table never used.
func (b *tableBuilder) nextID() int {
	b.st.lastID++
	return b.st.lastID
}

// collate settles the collation of a text column.
func (b *tableBuilder) collate(c *query.Column, name string) error {
	switch c.Type.Name {
	case "char", "varchar", "nchar", "nvarchar", "text", "ntext":
	default:
		return nil
	}
	c.Collation = b.defaultCollation
	if name == "" {
		return nil
	}
	if strings.EqualFold(name, "DATABASE_DEFAULT") {
		name = b.x.s.database(b.x.state).Collation().Name()
	}
	if strings.EqualFold(name, "CATALOG_DEFAULT") {
		name = b.x.s.database(b.x.state).Names().Name()
	}
	if _, ok := security.ParseCollation(name); !ok {
		return refuse(448, name)
	}
	c.Collation = name
	return nil
}

// identity makes a column an identity column.
func (b *tableBuilder) identity(c *query.Column, id *tsql.Identity) error {
	if slices.ContainsFunc(b.st.columns, func(c query.Column) bool { return c.Identity }) {
		return refuse(2744, b.table.Name)
	}
	seed, err1 := strconv.ParseInt(id.Seed, 10, 64)
	step, err2 := strconv.ParseInt(id.Increment, 10, 64)
	if err1 != nil || err2 != nil || step == 0 {
		return refuse(2748, c.Type.Name, c.Name)
	}
	switch c.Type.Name {
	case "tinyint", "smallint", "int", "bigint", "decimal", "numeric":
	default:
		return refuse(2749, c.Name)
	}
	c.Identity, c.Nullable = true, false
	b.st.rows.Counter = query.NewCounter(seed, step)
	return nil
}

// find returns a column by name, or nil.
func (b *tableBuilder) find(name string) *query.Column { return b.st.find(b.collation, name) }

// constraint adds a constraint; column is set for one that was written with its column. A refusal but that of a second
// PRIMARY KEY in one statement is followed by 1750.
func (b *tableBuilder) constraint(c tsql.Constraint, column *tsql.Ident) error {
	err := b.addConstraint(c, column)
	if one := refusal.List(err); len(one) == 1 && one[0].Number/1000 == 1 {
		return notCreated(err)
	}
	return err
}

// notCreated is the refusal of a constraint, which 1750 follows.
func notCreated(err error) error {
	if list := refusal.List(err); list != nil {
		return tds.Errors(append(list, refuse(1750)))
	}
	return err
}

func (b *tableBuilder) addConstraint(c tsql.Constraint, column *tsql.Ident) error {
	cols := c.Columns
	if column != nil {
		cols = []tsql.IndexColumn{{Name: *column}}
	}
	switch c.Kind {
	case tsql.PrimaryKey, tsql.Unique:
		return b.key(c, cols)
	case tsql.Check:
		k := query.Constraint{Name: b.name(c, "CK"), Kind: c.Kind, Check: c.Condition}
		if column != nil {
			k.Columns, k.OfColumn = []int{b.find(column.Value).ID}, true
		}
		b.st.constraints = append(b.st.constraints, k)
		return nil
	case tsql.ForeignKey:
		return b.foreignKey(c, cols)
	}
	return unsupportedOption(string(c.Kind))
}

// key adds a PRIMARY KEY or a UNIQUE.
func (b *tableBuilder) key(c tsql.Constraint, cols []tsql.IndexColumn) error {
	prefix := "UQ"
	if c.Kind == tsql.PrimaryKey {
		b.nonclustered = c.Clustered == "NONCLUSTERED"
		prefix = "PK"
		if b.had {
			return refuse(1779, b.table.Name)
		}
		if b.keyed {
			return refuse(8110, b.table.Name)
		}
		b.keyed = true
	}
	out := query.Constraint{Name: b.name(c, prefix), Kind: c.Kind}
	if c.Clustered == "CLUSTERED" {
		b.clustered = append(b.clustered, out.Name)
	}
	if err := b.keyColumns(&out, cols); err != nil {
		return err
	}
	for i := range b.st.columns {
		if found := &b.st.columns[i]; c.Kind == tsql.PrimaryKey && slices.Contains(out.Columns, found.ID) {
			if found.Nullable && b.nullable[found.ID] {
				return notCreated(refuse(8111, b.table.Name))
			}
			found.Nullable = false
		}
	}
	b.st.constraints = append(b.st.constraints, out)
	return nil
}

// keyColumns finds the columns of a key or an index: each is there (1911), once (1909), and of a type with an order and a
// size (1919).
func (b *tableBuilder) keyColumns(key *query.Constraint, cols []tsql.IndexColumn) error {
	for _, col := range cols {
		found := b.find(col.Name.Value)
		switch {
		case found == nil:
			return refuse(1911, col.Name.Value)
		case slices.Contains(key.Columns, found.ID):
			return refuse(1909, found.Name)
		case found.Type.Length < 0 || slices.Contains([]string{"text", "ntext", "image"}, found.Type.Name):
			return refuse(1919, found.Name, b.table)
		}
		key.Columns = append(key.Columns, found.ID)
		if col.Desc {
			key.Descending = append(key.Descending, found.ID)
		}
	}
	return nil
}

// foreignKey adds a FOREIGN KEY. Cascading actions are refused.
func (b *tableBuilder) foreignKey(c tsql.Constraint, cols []tsql.IndexColumn) error {
	for _, action := range []string{c.OnDelete, c.OnUpdate} {
		if action != "" && action != "NO ACTION" {
			return unsupportedOption(action)
		}
	}
	if b.context == nil {
		b.x.inform(refuse(1756, cmp.Or(c.Name, b.table.Name)))
		return nil
	}
	d := b.x.state.Database(b.context.Database)
	parent := d.Resolve(b.context.User, c.References.Schema, c.References.Name)
	k := query.Constraint{Name: b.name(c, "FK"), Kind: c.Kind, Parent: &query.Relation{Key: relationKey{}}}
	var st *tableStorage
	switch {
	case c.References.IsTemp():
		return refuse(1766, k.Name)
	case c.References.Database != "" && !d.Names().Equal(c.References.Database, d.Name):
		return refuse(1763, k.Name)
	case parent != nil:
		if st, _ = parent.Storage.(*tableStorage); st == nil {
			return refuse(1768, k.Name, c.References)
		}
	case b.collation.Equal(c.References.Name, b.table.Name) && (c.References.Schema == "" || b.collation.Equal(c.References.Schema, b.table.Schema)):
		st = b.st
	default:
		return refuse(1767, k.Name, c.References)
	}
	if parent != nil && !b.x.state.Checker(b.context).Can(security.OnObject(d.ID, parent.ID), "REFERENCES") {
		return refuseAs(229, 14, 71, "REFERENCES", parent.Name, d.Name, d.Schema(parent.Schema).Name)
	}
	if parent != nil {
		k.Parent.Key = relationKey{object: security.ObjectRef{Database: d.ID, Object: parent.ID}}
	}
	for _, col := range cols {
		found := b.find(col.Name.Value)
		if found == nil {
			return refuse(1769, k.Name, col.Name.Value, b.table.Name)
		}
		k.Columns = append(k.Columns, found.ID)
	}
	for _, n := range c.RefColumns {
		found := st.find(d.Names(), n.Value)
		if found == nil {
			return refuse(1770, k.Name, n.Value, c.References)
		}
		k.ParentColumns = append(k.ParentColumns, found.ID)
	}
	key := st.keyOf(k.ParentColumns)
	if len(c.RefColumns) == 0 {
		k.ParentColumns = key
	}
	switch {
	case len(k.ParentColumns) == 0:
		return refuse(1773, k.Name, c.References)
	case len(k.ParentColumns) != len(k.Columns) && len(c.RefColumns) == 0:
		return refuse(1774, k.Name, c.References)
	case len(k.ParentColumns) != len(k.Columns):
		return refuse(8139, b.table)
	case key == nil:
		return refuse(1776, c.References, k.Name)
	}
	if err := b.alike(k, st, c.References); err != nil {
		return err
	}
	b.st.constraints = append(b.st.constraints, k)
	return nil
}

// alike refuses a foreign key whose columns are of another type (1778), size (1753) or collation (1757) than those that
// they refer to.
func (b *tableBuilder) alike(k query.Constraint, st *tableStorage, references tsql.ObjectName) error {
	for i, id := range k.Columns {
		own, other := columnByID(b.st.columns, id), columnByID(st.columns, k.ParentColumns[i])
		to, from := references.String()+"."+other.Name, b.table.String()+"."+own.Name
		switch {
		case own.Type.Name != other.Type.Name:
			return refuse(1778, to, from, k.Name)
		case own.Type != other.Type:
			return refuse(1753, to, from, k.Name)
		case own.Collation != other.Collation:
			return refuse(1757, to, from, k.Name)
		}
	}
	return nil
}

func columnByID(columns []query.Column, id int) query.Column {
	for _, c := range columns {
		if c.ID == id {
			return c
		}
	}
	return query.Column{}
}

// keyOf are the columns of the key that these make up, or of the primary key where there are none; nil without one.
func (st *tableStorage) keyOf(columns []int) []int {
	for _, c := range st.constraints {
		if c.Kind == tsql.PrimaryKey && len(columns) == 0 || indexed(c) && c.Kind != plainIndex && c.Filtered == nil && sameColumns(columns, c.Columns) {
			return c.Columns
		}
	}
	return nil
}

// sameColumns reports whether two lists hold the same ids.
func sameColumns(a, b []int) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// name is the name of a constraint, made up as the engine does where none is written: PK__table__1A2B3C4D.
func (b *tableBuilder) name(c tsql.Constraint, prefix string) string {
	if c.Name != "" {
		return c.Name
	}
	made := fmt.Sprintf("%s__%s__%08X", prefix, truncate(b.table.Name, 9), b.x.s.srv.number())
	b.st.made[made] = true
	return made
}

// number is one that was not given out before.
func (s *Server) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names++
	return s.names
}

// newRows is room for the rows of a new table.
func (s *Server) newRows() query.Table {
	return query.Table{Number: int64(s.number()), Counter: query.NewCounter(1, 1)}
}
