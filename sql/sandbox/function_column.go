package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// columnFunctions tell properties of columns and identities, and of what the sandbox has none: full-text search, assemblies.
var columnFunctions = map[string]function{
	"collationproperty": {2, 2, typeVariant, words(2), func(f *asked, args []any) (any, error) {
		name, asked := *argument(args, 0), *argument(args, 1)
		if _, ok := security.ParseCollation(name); !ok {
			return nil, nil
		}
		v, err := property(asked, collationOf(name, strings.ToLower(asked)))
		return variant(v), err
	}},
	"columnproperty": {3, 3, typeInt, []tsql.DataType{typeInt, typeText, typeText}, columnProperty},
	"ident_current":  identityFunction(func(c *query.Counter) int64 { n, _ := c.Current(); return n }),
	"ident_incr":     identityFunction(func(c *query.Counter) int64 { return c.Step }),
	"ident_seed":     identityFunction(func(c *query.Counter) int64 { return c.Seed }),
	// What functions of T-SQL are made of. Only they can call these.
	"%%collation": {2, 2, typeVariant, words(2), func(_ *asked, args []any) (any, error) {
		name := *argument(args, 1)
		v, err := property(name, collationProperty(*argument(args, 0), strings.ToLower(name)))
		return variant(v), err
	}},
	"%%unkept": {1, 1, typeInt, words(1), func(_ *asked, args []any) (any, error) { return property(*argument(args, 0), notKept) }},
}

// collationOf is COLLATIONPROPERTY: what the server tells of a collation, how old its rules are, and its five bytes on the wire.
func collationOf(name, word string) any {
	switch word {
	case "codepage":
		return map[bool]any{true: notKept, false: 1252}[collationProperty(name, "lcid") == any(notKept)]
	case "version":
		for version, part := range []string{"", "_90_", "_100_", "_140_", "_160_"} {
			if part != "" && strings.Contains(strings.ToUpper(name), part) {
				return version
			}
		}
		return 0
	case "tdscollation":
		c := wireCollation(name)
		return c[:]
	case "lcid", "comparisonstyle":
		return collationProperty(name, word)
	}
	return nil
}

// plain reports whether a view shows columns of tables and computes nothing: what its columns then are is known.
func (f *asked) plain(st *viewStorage, o *security.Object) bool {
	sel, ok := st.body.Body.(*tsql.Select)
	return ok && !slices.ContainsFunc(sel.Items, func(i tsql.SelectItem) bool {
		_, column := i.Expr.(*tsql.ColumnRef)
		_, star := i.Expr.(*tsql.Star)
		return !column && !star
	}) && !slices.ContainsFunc(o.Depends, func(d security.Dependency) bool {
		on := f.database.Object(d.ID)
		return on == nil || on.Kind != security.KindTable
	})
}

// columnProperty is COLUMNPROPERTY; NULL for what is no property, or not one of such a column.
func columnProperty(f *asked, args []any) (any, error) {
	o, _ := f.objectByID(args[:1])
	if o == nil {
		return nil, nil
	}
	c := o.Column(f.database.Names(), *argument(args, 1))
	if c == nil {
		return nil, nil
	}
	name := argument(args, 2)
	word := strings.ToLower(strings.TrimSpace(*name))
	if value, ok := fixed("COLUMNPROPERTY", "", word); ok {
		return value, nil
	}
	if st, ok := o.Storage.(*viewStorage); ok {
		value, ok := fixed("COLUMNPROPERTY", security.KindView, word)
		switch {
		case ok && !f.plain(st, o):
			return property(*name, notKept)
		case word == "isprecise":
			return bit(c.Type != "float" && c.Type != "real"), nil
		case ok:
			return property(*name, value)
		}
	}
	length, scale := security.Extent(c)
	switch word {
	case "allowsnull":
		return bit(c.Nullable), nil
	case "columnid", "ordinal":
		return map[string]any{"columnid": c.ID, "ordinal": slices.IndexFunc(o.Columns, func(d security.Column) bool { return d.ID == c.ID }) + 1}[word], nil
	case "iscomputed":
		return bit(c.Computed && o.Kind != security.KindView), nil
	case "isidentity":
		return bit(c.Identity), nil
	case "isindexable":
		return bit(c.MaxLength >= 0 && !slices.Contains([]string{"text", "ntext", "image"}, c.Type)), nil
	case "precision":
		return length, nil
	case "scale":
		return scale, nil
	case "usesansitrim":
		return map[bool]any{true: 1}[strings.Contains(c.Type, "char") || strings.Contains(c.Type, "binary")], nil
	}
	return nil, nil
}
