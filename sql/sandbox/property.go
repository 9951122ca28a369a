package sandbox

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/sandbox/internal/sysproc"
	"grantree/sql/tsql"
)

// notKept is the value of a property that SQL Server has and that the sandbox does not keep: asking for it is 40517.
var notKept = new(struct{})

// property is the value of a property as a function returns it.
func property(name string, value any) (any, error) {
	if value == any(notKept) {
		return nil, unsupportedOption(name)
	}
	return value, nil
}

// propertyText has the properties that say the same of everything that a function is asked about.
//
//go:embed properties.txt
var propertyText string

// fixedProperty is the value of such a property, for objects of some kinds or for all.
type fixedProperty struct {
	kinds []string
	value any
}

// fixedProperties are those of propertyText by the function and the name, with a blank between.
var fixedProperties = readProperties(propertyText)

func readProperties(text string) map[string][]fixedProperty {
	out := map[string][]fixedProperty{}
	for _, line := range strings.Split(strings.ReplaceAll(text, "\n    ", " "), "\n") {
		head, names, ok := strings.Cut(line, ": ")
		if !ok || line[0] == '#' {
			continue
		}
		of, value, _ := strings.Cut(head, " = ")
		words := strings.Fields(of)
		p := fixedProperty{words[1:], notKept}
		if n, err := strconv.Atoi(value); err == nil {
			p.value = n
		}
		for _, name := range strings.Fields(names) {
			key := words[0] + " " + name
			out[key] = append(out[key], p)
		}
	}
	return out
}

// fixed is the value of such a property of an object of a kind; ok is false where it is none.
func fixed(function, kind, word string) (value any, ok bool) {
	for _, p := range fixedProperties[function+" "+word] {
		if len(p.kinds) == 0 || slices.Contains(p.kinds, kind) {
			return p.value, true
		}
	}
	return nil, false
}

// collationProperty tells of a collation what the server, a database and a column are asked of it.
func collationProperty(name, asked string) any {
	upper := strings.ToUpper(name)
	latin := strings.HasPrefix(upper, "LATIN1_GENERAL_") || strings.HasPrefix(upper, "SQL_LATIN1_GENERAL_CP1_")
	switch asked {
	case "comparisonstyle":
		return comparisonStyle(name)
	case "collationid":
		if upper == strings.ToUpper(security.DefaultCollation) {
			return 872468488
		}
	case "lcid":
		if latin {
			return 1033
		}
	case "sqlsortorder":
		n, known := map[string]int{"SQL_LATIN1_GENERAL_CP1_CI_AS": 52, "SQL_LATIN1_GENERAL_CP1_CS_AS": 51, "SQL_LATIN1_GENERAL_CP1_CI_AI": 54}[upper]
		if known || !strings.HasPrefix(upper, "SQL_") {
			return query.Variant{Type: typeTinyInt, Value: int64(n)}
		}
	case "sqlsortordername":
		if upper == strings.ToUpper(security.DefaultCollation) {
			return "nocase_iso"
		}
	default:
		return nil
	}
	return notKept
}

// objectProperty is OBJECTPROPERTY; NULL for what is no property, or not one of such an object.
func objectProperty(f *asked, args []any) (any, error) {
	o, _ := f.objectByID(args[:1])
	name := argument(args, 1)
	if o == nil || name == nil {
		return nil, nil
	}
	word := strings.ToLower(strings.TrimSpace(*name))
	if len(fixedProperties["KIND "+word]) > 0 {
		_, is := fixed("KIND", o.Kind, word)
		return bit(is), nil
	}
	value, ok := fixed("OBJECTPROPERTY", o.Kind, word)
	if !ok {
		return f.keptProperty(o, word, *name)
	}
	return property(*name, value)
}

// objectPropertyEx is OBJECTPROPERTYEX, which knows the type of an object as well.
func objectPropertyEx(f *asked, args []any) (any, error) {
	o, _ := f.objectByID(args[:1])
	if name := argument(args, 1); o != nil && name != nil && strings.EqualFold(*name, "BaseType") {
		if o.Kind == security.KindSynonym {
			return property(*name, notKept)
		}
		return query.Variant{Type: tsql.DataType{Name: "char", Length: 2}, Value: (o.Kind + " ")[:2]}, nil
	}
	v, err := objectProperty(f, args)
	return variant(v), err
}

// keptProperty is a property that the object itself tells, or the catalog of it; nil for what it is none of.
func (f *asked) keptProperty(o *security.Object, word, name string) (any, error) {
	d := f.x.state.Database(f.context.Database)
	switch {
	case word == "ownerid":
		if parent := d.Object(o.Parent); parent != nil {
			o = parent
		}
		return int64(d.OwnerOf(o)), nil
	case word == "schemaid":
		return int64(o.Schema), nil
	case o.Module != nil:
		return moduleProperty(o, word), nil
	case o.Kind == security.KindView && word == "isschemabound":
		return bit(o.SchemaBound), nil
	case o.Kind == security.KindView && word == "isindexable":
		return property(name, map[bool]any{true: notKept, false: 0}[o.SchemaBound])
	case o.Kind == security.KindTable || o.Parent != 0:
		return textFunction(sysproc.Find("%%objectproperty")).call(f, []any{int64(o.ID), word})
	}
	return nil, nil
}
