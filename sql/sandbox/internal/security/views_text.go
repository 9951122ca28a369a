package security

import (
	_ "embed"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// viewsText is the columns of the catalog views; the file tells its form.
//
//go:embed views.txt
var viewsText string

// ViewColumn is a column of a catalog view: its type as T-SQL writes it, such
// as "sysname" or "int".
type ViewColumn struct {
	Name     string
	Type     string
	Nullable bool
	Constant bool // in every row alike
	value    any  // of a constant
	text     string
}

// Literal is the value of a constant in T-SQL.
func (c ViewColumn) Literal() string {
	if text, is := c.value.(string); is {
		return "N'" + text + "'"
	}
	return c.text
}

// viewShape is what a view's text says, read when the view is asked for first.
type viewShape struct {
	columns []ViewColumn
	row     []any   // with the constants at their places
	own     []int   // the places of the others
	rows    [][]any // that stand in the text, without the constants
}

// viewCatalog is the catalog views, which never change: in order, and by "SCHEMA.NAME" in upper case.
type viewCatalog struct {
	list  []*CatalogView
	names map[string]*CatalogView
}

// shippedViews makes them when a server asks first: commands that have none do not pay for them, and a view that nobody
// reads is no more than its name.
var shippedViews func() *viewCatalog

func init() { shippedViews = sync.OnceValue(makeViews) } // they name what asks for them

// allRows are what makes the rows of all views that have any here.
func allRows() rowsByView {
	all := rowsByView{}
	for _, some := range []rowsByView{principalViews(), permissionViews(), objectViews(), moduleViews(), serverViews(), tokenViews()} {
		maps.Copy(all, some)
	}
	return all
}

func makeViews() *viewCatalog {
	rows := allRows()
	c := &viewCatalog{names: map[string]*CatalogView{}}
	for i, part := range strings.Split(viewsText, "\nview ")[1:] {
		header, text, _ := strings.Cut(part, "\n")
		name, scope, _ := strings.Cut(header, " ")
		v := &CatalogView{id: -(100 + i), scope: scope, text: text, rows: rows[name]}
		v.Schema, v.Name, _ = strings.Cut(name, ".")
		v.shape = sync.OnceValue(func() *viewShape { return c.shape(v) })
		c.list = append(c.list, v)
		c.names[foldKeyword(name)] = v
	}
	return c
}

// named finds a view by "schema.name" in any letters; nil where there is none.
func (c *viewCatalog) named(name string) *CatalogView { return c.names[foldKeyword(name)] }

// byID finds a view by its object id, or nil.
func (c *viewCatalog) byID(id int) *CatalogView {
	if at := -id - 100; at >= 0 && at < len(c.list) {
		return c.list[at]
	}
	return nil
}

// shape reads the text of a view.
func (c *viewCatalog) shape(v *CatalogView) *viewShape {
	s := &viewShape{}
	var rows []string
	for line := range strings.Lines(v.text) {
		switch word, rest, _ := strings.Cut(strings.Trim(line, " \n"), " "); word {
		case "", "#":
		case "like":
			s.columns = append(s.columns, c.named(rest).Columns()...)
		case "row":
			rows = append(rows, rest)
		default:
			s.columns = append(s.columns, readColumn(word, rest))
		}
	}
	s.row = make([]any, len(s.columns))
	for i, column := range s.columns {
		if s.row[i] = column.value; !column.Constant {
			s.own = append(s.own, i)
		}
	}
	for _, row := range rows {
		var values []any
		for i, word := range strings.Split(row, " | ") {
			values = append(values, readValue(s.columns[s.own[i]].Type, word))
		}
		s.rows = append(s.rows, values)
	}
	return s
}

// readColumn reads a column's type, its question mark and its constant.
func readColumn(name, rest string) ViewColumn {
	kind, value, constant := strings.Cut(rest, " = ")
	bare := strings.TrimSuffix(kind, "?")
	column := ViewColumn{Name: name, Type: bare, Nullable: bare != kind, Constant: constant, text: value}
	if constant {
		column.value = readValue(bare, value)
	}
	return column
}

// readValue is a value of a type as the text of the views writes it.
func readValue(kind, text string) any {
	n, notNumber := strconv.Atoi(text)
	switch {
	case text == "NULL":
		return nil
	case text == "''":
		return ""
	case kind == "bit":
		return text == "1"
	case notNumber == nil && (strings.HasSuffix(kind, "int") || kind == "sql_variant"):
		return n
	case notNumber == nil && (kind == "real" || kind == "float"):
		return float64(n)
	case strings.Contains(kind, "binary"):
		value, _ := hex.DecodeString(strings.TrimPrefix(text, "0x"))
		return value
	}
	return text
}

// Filled puts the constants of a view between the values of its rows. Rows that are whole stay.
func (v *CatalogView) Filled(rows [][]any) [][]any {
	s := v.shape()
	if len(rows) == 0 || len(rows[0]) == len(s.row) {
		return rows
	}
	for i, row := range rows {
		whole := slices.Clone(s.row)
		for j, at := range s.own {
			whole[at] = row[j]
		}
		rows[i] = whole
	}
	return rows
}

// column is a column of a catalog view as one of an object.
func (c ViewColumn) column(id int) Column {
	kind, size, _ := strings.Cut(strings.TrimSuffix(c.Type, ")"), "(")
	t := typeNamed(kind)
	out := Column{ID: id, Name: c.Name, Type: kind, MaxLength: t.length, Precision: t.precision, Scale: t.scale, Nullable: c.Nullable}
	if n, err := strconv.Atoi(size); err == nil {
		if out.MaxLength = n; kind[0] == 'n' {
			out.MaxLength = 2 * n
		}
	} else if size == "max" {
		out.MaxLength = -1
	}
	return out
}
