package query

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"time"

	"grantree/sql/tsql"
)

// xmlResult is what the one column of a statement with FOR XML is called.
const xmlResult = "XML_F52E2B61-18A1-11d1-B105-00805F49916B"

// xmlName is a name of an element that needs no escape.
var xmlName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// xmlPath writes rows as FOR XML PATH does ("Use PATH Mode with FOR XML"): element around each row, none where it is
// empty, and each column as an element of its name, or as text.
type xmlPath struct {
	element string
	typed   bool
	columns []xmlColumn

	out    string
	atomic bool // a data() has just been written
}

type xmlColumn struct {
	name   string
	typ    tsql.DataType
	atomic bool // data(): a space parts it from another one
}

// forXML makes the one value of FOR XML PATH of the rows of a query: NULL, or at the end of a statement no row, where
// there is none. Names that are paths and attributes, and values that XML has another form for, are refused.
func (b *binder) forXML(x *tsql.ForXML, q *subquery, where place) *subquery {
	shape := xmlPath{element: x.Element, typed: x.Type}
	if x.Element != "" && !xmlName.MatchString(x.Element) {
		panic(unsupported(x.Element))
	}
	for _, c := range q.columns {
		column := xmlColumn{name: c.Name, typ: c.Type, atomic: c.Name == "data()"}
		switch k := kindOf(c.Type); {
		case k == kindFloat || k == kindBinary || k == kindVariant:
			panic(unsupported("FOR XML " + c.Type.Name))
		case column.atomic, c.Name == "text()", c.Name == "node()", c.Name == "*":
			column.name = ""
		case c.Name != "" && !xmlName.MatchString(c.Name):
			panic(unsupported(c.Name))
		}
		shape.columns = append(shape.columns, column)
	}
	out := &subquery{columns: []ResultColumn{{Type: typeNVarChar(-1), Nullable: true}}, labels: []label{b.defaultLabel()}, maxOne: true}
	out.columns[0].Collation = out.labels[0].name
	if x.Type {
		out.columns[0], out.labels[0] = ResultColumn{Type: typeXML, Nullable: true}, label{}
	}
	out.sql = b.packed(q, func(_ *execution, rows [][]any) (any, error) {
		w := shape
		for _, row := range rows {
			if err := w.row(row); err != nil {
				return nil, err
			}
		}
		return w.out, nil
	})
	if where == inStatement {
		out.sql += " HAVING count(*) > 0"
		out.columns[0].Name = xmlResult
	}
	return out
}

// row writes one row. Columns of one name that follow each other share an element; a NULL is left out.
func (w *xmlPath) row(row []any) error {
	body, open := "", ""
	if w.element != "" {
		w.atomic = false
	}
	enter := func(name string) {
		if open != "" && open != name {
			body += "</" + open + ">"
		}
		if name != "" && open != name {
			body += "<" + name + ">"
		}
		open = name
	}
	for i, c := range w.columns {
		if row[i] == nil {
			if c.name != open {
				enter("")
			}
			continue
		}
		enter(c.name)
		if c.atomic && w.atomic {
			body += " "
		}
		w.atomic = c.atomic
		text, err := w.value(row[i], c)
		if err != nil {
			return err
		}
		body += text
	}
	enter("")
	switch {
	case w.element == "":
		w.out += body
	case body == "":
		w.out += "<" + w.element + "/>"
	default:
		w.out += "<" + w.element + ">" + body + "</" + w.element + ">"
	}
	return nil
}

// xmlEscapes are the characters that text in XML has another form for.
var xmlEscapes = regexp.MustCompile("[&<>\\x00-\\x08\\x0B-\\x1F]")

// value is a value in XML: one of that type as it is, dates in the form of ISO 8601, money with four digits.
func (w *xmlPath) value(v any, c xmlColumn) (string, error) {
	style := 2
	if _, ok := v.(time.Time); ok {
		style = 126
	}
	text, err := textValue(v, c.typ, typeNVarChar(-1), style)
	if err != nil || kindOf(c.typ) == kindXML {
		return text, err
	}
	text = xmlEscapes.ReplaceAllStringFunc(text, func(s string) string {
		if named, ok := map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;"}[s]; ok {
			return named
		}
		if w.typed && s != "\r" {
			err = refuse(6841, cmp.Or(c.name, "NoName"), fmt.Sprintf("%04X", s))
		}
		return fmt.Sprintf("&#x%02X;", s)
	})
	return text, err
}

// xmlPaths are the queries that value() answers: all the text, or the first text that stands in no element.
var xmlPaths = map[string]bool{
	".": true, "(.)[1]": true, ".[1]": true, "/": true, "(/)[1]": true,
	"text()[1]": false, "./text()[1]": false, "(text())[1]": false, "(./text())[1]": false, "/text()[1]": false, "(/text())[1]": false,
}

// method binds value(), the one method of type xml that there is.
func (b *binder) method(n node, name string, args []tsql.Expr) node {
	if name != "value" {
		panic(unsupported(name))
	}
	if kindOf(n.typ) != kindXML {
		panic(refuse(258, settle(n.typ).Name))
	}
	countArguments(name, 2, 2, len(args))
	var texts [2]string
	for i, a := range args {
		l, ok := a.(*tsql.Literal)
		if !ok || l.Kind != tsql.StringLiteral && l.Kind != tsql.NStringLiteral {
			panic(refuse(8172, i+1, name))
		}
		texts[i] = l.Text
	}
	whole, ok := xmlPaths[strings.ReplaceAll(texts[0], " ", "")]
	if !ok {
		panic(unsupported(texts[0]))
	}
	wanted, err := tsql.ParseParameters("@value " + texts[1])
	if err != nil || len(wanted) != 1 {
		panic(refuse(243, texts[1]))
	}
	check(knownType(wanted[0].Type))
	text := b.call("value "+texts[0], typeNVarChar(-1), true, []node{n}, func(args []any) (any, error) { return xmlText(args[0].(string), whole), nil })
	text.nullable = true
	return b.cast(text, wanted[0].Type, true, 0)
}

// columnMethod binds a call that reads as one of a function and is that of a column's method: t.c.value(…).
func (b *binder) columnMethod(f *frame, x *tsql.Call) (node, bool) {
	if x.Name.Parts < 2 || x.Name.Parts > 3 {
		return node{}, false
	}
	ref := &tsql.ColumnRef{Pos: x.Pos, Name: x.Name.Schema}
	if x.Name.Parts == 3 {
		ref.Table = tsql.ObjectName{Pos: x.Pos, Name: x.Name.Database, Parts: 1}
	}
	n, err := try(b, func() node { return b.column(f, ref) })
	switch {
	case err != nil:
		return node{}, false
	case kindOf(n.typ) != kindXML:
		panic(refuse(258, n.typ.Name))
	}
	return b.method(n, x.Name.Name, x.Args), true
}

// xmlText is all the text of what forXML wrote, or the first that stands in no element: nil where there is none.
func xmlText(text string, whole bool) any {
	d, depth, out := xml.NewDecoder(strings.NewReader(text)), 0, ""
	for {
		token, _ := d.Token()
		switch t := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if !whole && depth == 0 {
				return string(t)
			}
			out += string(t)
		case nil:
			if !whole {
				return nil
			}
			return out
		}
	}
}
