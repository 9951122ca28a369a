package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// indexFunctions tell properties of the indexes of tables.
var indexFunctions = map[string]function{
	"indexproperty": {3, 3, typeInt, []tsql.DataType{typeInt, typeText, typeText}, func(f *asked, args []any) (any, error) {
		name, word := *argument(args, 1), strings.ToLower(*argument(args, 2))
		i := f.index(args[0], func(i tableIndex) bool { return i.id > 0 && f.database.Names().Equal(i.Name, name) })
		if i == nil {
			return nil, nil
		}
		if is, ok := map[string]int64{"indexid": int64(i.id), "isclustered": bit(i.id == 1), "isunique": bit(i.Kind != plainIndex)}[word]; ok {
			return is, nil
		}
		value, _ := fixed("INDEXPROPERTY", "", word)
		return property(*argument(args, 2), value)
	}},
	"indexkey_property": {4, 4, typeInt, []tsql.DataType{typeInt, typeInt, typeInt, typeText}, func(f *asked, args []any) (any, error) {
		id, key, word := *integer(args, 1), *integer(args, 2), strings.ToLower(*argument(args, 3))
		i := f.index(args[0], func(i tableIndex) bool { return i.id > 0 && i.id == id })
		if i == nil || key < 1 || key > len(i.Columns) {
			return nil, nil
		}
		is, ok := map[string]int64{"columnid": int64(i.Columns[key-1]), "isdescending": bit(slices.Contains(i.Descending, i.Columns[key-1]))}[word]
		return map[bool]any{true: is}[ok], nil
	}},
	"index_col": {3, 3, typeSysname, []tsql.DataType{typeText, typeInt, typeInt}, func(f *asked, args []any) (any, error) {
		id, key := *integer(args, 1), *integer(args, 2)
		i := f.index(f.objectID(*argument(args, 0), nil), func(i tableIndex) bool { return i.id > 0 && i.id == id })
		if i == nil || key < 1 || key > len(i.Columns) {
			return nil, nil
		}
		return columnByID(i.columns, i.Columns[key-1]).Name, nil
	}},
	"stats_date": {2, 2, typeDateTime, []tsql.DataType{typeInt, typeInt}, func(*asked, []any) (any, error) { return nil, nil }},
	"filegroup_id": {1, 1, typeInt, words(1), func(_ *asked, args []any) (any, error) {
		return map[bool]any{true: 1}[strings.EqualFold(*argument(args, 0), "PRIMARY")], nil
	}},
	"filegroup_name": {1, 1, typeSysname, []tsql.DataType{typeInt}, func(_ *asked, args []any) (any, error) {
		return map[bool]any{true: "PRIMARY"}[*integer(args, 0) == 1], nil
	}},
}

// foundIndex is an index of a table, with the table's columns.
type foundIndex struct {
	tableIndex
	*tableStorage
}

// index is the first index of the table with an id that is as a function says; nil where there is none, or the caller does
// not see the table.
func (f *asked) index(object any, is func(tableIndex) bool) *foundIndex {
	if object == nil {
		return nil
	}
	o, _ := f.objectByID([]any{object})
	if o == nil {
		return nil
	}
	st, ok := o.Storage.(*tableStorage)
	if !ok {
		return nil
	}
	list := st.indexes()
	if n := slices.IndexFunc(list, is); n >= 0 {
		return &foundIndex{list[n], st}
	}
	return nil
}
