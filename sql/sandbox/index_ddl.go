package sandbox

import (
	"slices"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

// createIndex is CREATE INDEX. An index is kept as a constraint; one that is not unique changes nothing that a client
// can see.
func (x *run) createIndex(st *tsql.CreateIndex) error {
	a, err := x.alteration(st.Table, createIndexState)
	if err != nil {
		return err
	}
	if a.index(st.Name.Value) {
		return refuse(1913, st.Name.Value, st.Table)
	}
	if st.Clustered == "CLUSTERED" {
		if a.storage.clustered != "" {
			return refuse(1902, st.Table, a.storage.clustered)
		}
		a.storage.clustered = st.Name.Value
	}
	b := tableBuilder{x: x, table: st.Table, st: a.storage, collation: a.db.Names()}
	c := query.Constraint{Name: st.Name.Value, Kind: plainIndex}
	if st.Unique {
		c.Kind = query.UniqueIndex
	}
	if err := b.keyColumns(&c, st.Columns); err != nil {
		return err
	}
	if c.Filtered, err = b.notNull(st.Where); err != nil {
		return err
	}
	if slices.ContainsFunc(c.Filtered, func(id int) bool { return !slices.Contains(c.Columns, id) }) {
		return unsupportedOption("WHERE")
	}
	for _, included := range st.Include {
		found := b.find(included.Value)
		if found == nil {
			return refuse(1911, included.Value)
		}
		if slices.Contains(c.Columns, found.ID) || slices.Contains(c.Included, found.ID) {
			return refuse(1909, found.Name)
		}
		c.Included = append(c.Included, found.ID)
	}
	if err := b.keySize(&c, st.Clustered == "CLUSTERED"); err != nil {
		return err
	}
	a.storage.constraints = append(a.storage.constraints, c)
	if err := a.storeConstraint(len(a.storage.constraints)-1, false); err != nil {
		return err
	}
	return a.keep()
}

// notNull returns the columns of a filter that leaves out their NULLs, which the store does of itself. A filter of another
// kind is refused.
func (b *tableBuilder) notNull(filter tsql.Expr) ([]int, error) {
	switch e := filter.(type) {
	case nil:
		return nil, nil
	case *tsql.IsNull:
		if column, ok := e.X.(*tsql.ColumnRef); ok && e.Not && column.Table.Parts == 0 {
			if found := b.find(column.Name); found != nil {
				return []int{found.ID}, nil
			}
			return nil, refuse(207, column.Name)
		}
	case *tsql.Binary:
		left, err := b.notNull(e.Left)
		if e.Op != "AND" || err != nil {
			return nil, unsupportedOption("WHERE")
		}
		right, err := b.notNull(e.Right)
		return append(left, right...), err
	}
	return nil, unsupportedOption("WHERE")
}

// index reports whether the table has an index or a key of a name.
func (a *alteration) index(name string) bool {
	return slices.ContainsFunc(a.storage.constraints, func(c query.Constraint) bool { return indexed(c) && a.db.Names().Equal(c.Name, name) })
}

// dropIndexes is DROP INDEX.
func (x *run) dropIndexes(st *tsql.DropIndex) error {
	for _, i := range st.Indexes {
		a, err := x.alteration(i.Table, dropIndexState)
		if one := refusal.List(err); len(one) == 1 && one[0].Number == 1088 {
			if st.IfExists {
				continue
			}
			err = refuseAs(3701, 11, 6, "drop", "index", i.Table.String()+"."+i.Name.Value)
		}
		if err != nil {
			return err
		}
		if err := a.dropIndexNamed(i, st.IfExists); err != nil {
			return err
		}
		if err := a.keep(); err != nil {
			return err
		}
	}
	return nil
}

func (a *alteration) dropIndexNamed(index tsql.DroppedIndex, ifExists bool) error {
	same := func(name string) bool { return a.db.Names().Equal(name, index.Name.Value) }
	for i, c := range a.storage.constraints {
		switch {
		case !indexed(c) || !same(c.Name):
		case !isIndex(c):
			return refuse(3723, index.Table, index.Name.Value, c.Kind)
		case c.Kind == query.UniqueIndex && a.referredBy(c) != nil:
			return refuse(3723, index.Table, index.Name.Value, tsql.ForeignKey)
		default:
			return a.dropIndex(i)
		}
	}
	if ifExists {
		return nil
	}
	return refuseAs(3701, 11, 7, "drop", "index", index.Table.String()+"."+index.Name.Value)
}
