package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// tableRows are the rows of the views about what tables are made of, which the query layer keeps. Who sees a table sees
// it all ("Metadata Visibility Configuration").
var tableRows = map[string]func(x *run, database int) [][]any{
	"sys.indexes":             ofIndexes(indexRow),
	"sys.index_columns":       ofIndexes(indexColumnRows),
	"sys.partitions":          ofIndexes(partitionRow),
	"sys.foreign_key_columns": ofTables(foreignKeyColumnRows),
	"sys.identity_columns":    identityRows,
	"sys.key_constraints": withIndex("sys.key_constraints", "unique_index_id", func(o *security.Object) int { return o.Parent },
		func(k query.Constraint, i tableIndex) bool { return i.Name == k.Name }),
	"sys.foreign_keys": withIndex("sys.foreign_keys", "key_index_id", func(o *security.Object) int { return o.References },
		func(k query.Constraint, i tableIndex) bool {
			return i.Kind != plainIndex && i.Filtered == nil && len(i.Columns) == len(k.ParentColumns) && !slices.ContainsFunc(i.Columns, func(id int) bool { return !slices.Contains(k.ParentColumns, id) })
		}),
	"sys.check_constraints":                      withIndex("sys.check_constraints", "", func(*security.Object) int { return 0 }, nil),
	"INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE": ofTables(constraintColumnRows),
}

// shownTable is a table with what the query layer keeps of it.
type shownTable struct {
	*security.Object
	db      *security.Database
	storage *tableStorage
}

// tableIndex is an index of a table by its number: 0 is the heap, which has no constraint, 1 the clustered one.
type tableIndex struct {
	id int
	*query.Constraint
}

// indexes are the heap or the clustered index of a table, and its other indexes.
func (st *tableStorage) indexes() (list []tableIndex) {
	next := 2
	if st.clustered == "" {
		list = append(list, tableIndex{})
	}
	for i := range st.constraints {
		switch k := &st.constraints[i]; {
		case !indexed(*k):
		case k.Name == st.clustered:
			list = append(list, tableIndex{1, k})
		default:
			list = append(list, tableIndex{next, k})
			next++
		}
	}
	slices.SortFunc(list, func(a, b tableIndex) int { return cmp.Compare(a.id, b.id) })
	return list
}

// indexWhere is the number of the first index of a table that is as a function says, 0 where there is none.
func (st *tableStorage) indexWhere(is func(tableIndex) bool) int {
	for _, i := range st.indexes() {
		if i.id > 0 && is(i) {
			return i.id
		}
	}
	return 0
}

// shownTables are the tables of a database that the caller sees.
func (x *run) shownTables(database int) (list []shownTable) {
	for _, o := range x.checkIn(database).Seen(database, security.KindTable) {
		list = append(list, shownTable{o, x.state.Database(database), o.Storage.(*tableStorage)})
	}
	return list
}

func ofTables(rows func(x *run, t shownTable) [][]any) func(*run, int) [][]any {
	return func(x *run, database int) (list [][]any) {
		for _, t := range x.shownTables(database) {
			list = append(list, rows(x, t)...)
		}
		return list
	}
}

func ofIndexes(rows func(x *run, t shownTable, i tableIndex) [][]any) func(*run, int) [][]any {
	return ofTables(func(x *run, t shownTable) (list [][]any) {
		for _, i := range t.storage.indexes() {
			list = append(list, rows(x, t, i)...)
		}
		return list
	})
}

func indexRow(_ *run, t shownTable, i tableIndex) [][]any {
	if i.id == 0 {
		return [][]any{{t.ID, nil, 0, 0, "HEAP", false, false, false, false, nil}}
	}
	kind, word := 2, "NONCLUSTERED"
	if i.id == 1 {
		kind, word = 1, "CLUSTERED"
	}
	var filters []string
	for _, id := range i.Filtered {
		filters = append(filters, tsql.Quote(columnByID(t.storage.columns, id).Name)+" IS NOT NULL")
	}
	var filter any
	if filters != nil {
		filter = "(" + strings.Join(filters, " AND ") + ")"
	}
	return [][]any{{t.ID, i.Name, i.id, kind, word, i.Kind != plainIndex, i.Kind == tsql.PrimaryKey, i.Kind == tsql.Unique, filters != nil, filter}}
}

func indexColumnRows(_ *run, t shownTable, i tableIndex) (rows [][]any) {
	if i.id == 0 {
		return nil
	}
	for n, column := range slices.Concat(i.Columns, i.Included) {
		key, included := n+1, n >= len(i.Columns)
		if included {
			key = 0
		}
		rows = append(rows, []any{t.ID, i.id, n + 1, column, key, slices.Contains(i.Descending, column), included})
	}
	return rows
}

// partitionRow counts the rows that are committed: sys.partitions tells about how many there are.
func partitionRow(x *run, t shownTable, i tableIndex) [][]any {
	count := int64(0)
	if t.storage.stored {
		// A shape that a transaction has made is not there yet for others, and has no rows.
		_ = x.s.srv.store.db.QueryRow(t.storage.rows.CountSQL()).Scan(&count)
	}
	id := int64(t.ID)<<16 + int64(i.id)
	return [][]any{{id, t.ID, i.id, id, count}}
}

func foreignKeyColumnRows(_ *run, t shownTable) (rows [][]any) {
	for _, k := range t.db.UsersOf(t.ID) {
		if k.Kind != security.KindForeignKey || k.Parent != t.ID {
			continue
		}
		c := t.storage.named(k.Name)
		for i, column := range c.Columns {
			rows = append(rows, []any{k.ID, i + 1, t.ID, column, k.References, c.ParentColumns[i]})
		}
	}
	return rows
}

// constraintColumnRows are the columns that keys, foreign keys and checks of a table name.
func constraintColumnRows(_ *run, t shownTable) (rows [][]any) {
	schema := t.db.SchemaName(t.Schema)
	for _, k := range t.storage.constraints {
		if isIndex(k) {
			continue
		}
		for _, id := range k.Columns {
			rows = append(rows, []any{t.db.Name, schema, t.Name, columnByID(t.storage.columns, id).Name, t.db.Name, schema, k.Name})
		}
	}
	return rows
}

// identityRows are the rows of sys.columns of identity columns, with seed, increment and the last value as their type has them.
func identityRows(x *run, database int) (rows [][]any) {
	counters := map[int]*query.Counter{}
	for _, t := range x.shownTables(database) {
		counters[t.ID] = t.storage.rows.Counter
	}
	columns := systemViewNamed("sys.columns")
	kind := columnAt(columns, "system_type_id")
	for _, row := range columns.Rows(x.checkIn(database), database) {
		c := counters[row[0].(int)]
		if c == nil || row[columnAt(columns, "is_identity")] != true {
			continue
		}
		value := func(v any) any {
			if v == nil {
				return nil
			}
			return query.Variant{Type: parseType(*security.TypeName(row[kind].(int))), Value: v}
		}
		rows = append(rows, append(row, value(c.Seed), value(c.Step), value(c.Last()), false))
	}
	return rows
}

// columnAt is the place of a column of a view.
func columnAt(view *systemView, name string) int {
	return slices.IndexFunc(view.columns, func(c query.Column) bool { return c.Name == name })
}

// withIndex are the rows of a view about constraints, which the security state makes, with what their table keeps: whether
// rows are held to one, and the number of the index that it is kept by or rests on, for which a function is asked with the
// table that has it.
func withIndex(view, column string, table func(*security.Object) int, is func(k query.Constraint, i tableIndex) bool) func(*run, int) [][]any {
	return func(x *run, database int) [][]any {
		v, c, objects := systemViewNamed(view), x.checkIn(database), map[int]*security.Object{}
		for _, o := range c.Seen(database) {
			objects[o.ID] = o
		}
		rows := v.Rows(c, database)
		for _, row := range rows {
			o := objects[row[columnAt(v, "object_id")].(int)]
			k := objects[o.Parent].Storage.(*tableStorage).named(o.Name)
			if other := objects[table(o)]; other != nil {
				row[columnAt(v, column)] = other.Storage.(*tableStorage).indexWhere(func(i tableIndex) bool { return is(k, i) })
			}
			if k.Untrusted {
				row[columnAt(v, "is_disabled")], row[columnAt(v, "is_not_trusted")] = k.Disabled, true
			}
		}
		return rows
	}
}
