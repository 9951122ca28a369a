package query

import (
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

	out    strings.Builder
	atomic bool // a data() has just been written
}

type xmlColumn struct {
	name   string
	typ    tsql.DataType
	atomic bool // data(): a space parts it from another one
}

// forXML makes the one value of FOR XML PATH of the rows of a query: NULL, or at the end of a statement no row, where
// there is none. Names that are paths and attributes, and values that XML has another form for, are refused.
func (b *binder) forXML(x *tsql.ForXML, q *subquery, where place) (*subquery, error) {
	shape := xmlPath{element: x.Element, typed: x.Type}
	if x.Element != "" && !xmlName.MatchString(x.Element) {
		return nil, unsupported(x.Element)
	}
	for _, c := range q.columns {
		column := xmlColumn{name: c.Name, typ: c.Type, atomic: c.Name == "data()"}
		switch k := kindOf(c.Type); {
		case k == kindFloat || k == kindBinary || k == kindVariant:
			return nil, unsupported("FOR XML " + c.Type.Name)
		case column.atomic, c.Name == "text()", c.Name == "node()", c.Name == "*":
			column.name = ""
		case c.Name != "" && !xmlName.MatchString(c.Name):
			return nil, unsupported(c.Name)
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
		return w.out.String(), nil
	})
	if where == inStatement {
		out.sql += " HAVING count(*) > 0"
		out.columns[0].Name = xmlResult
	}
	return out, nil
}

// row writes one row. Columns of one name that follow each other share an element; a NULL is left out.
func (w *xmlPath) row(row []any) error {
	start := w.out.Len()
	if w.element != "" {
		w.out.WriteString("<" + w.element + ">")
		w.atomic = false
	}
	inner, open := w.out.Len(), ""
	for i, c := range w.columns {
		if open != "" && open != c.name {
			w.out.WriteString("</" + open + ">")
			open = ""
		}
		if row[i] == nil {
			continue
		}
		if c.name != open {
			w.out.WriteString("<" + c.name + ">")
			open = c.name
		}
		if c.atomic && w.atomic {
			w.out.WriteByte(' ')
		}
		w.atomic = c.atomic
		if err := w.value(row[i], c); err != nil {
			return err
		}
	}
	if open != "" {
		w.out.WriteString("</" + open + ">")
	}
	if w.element == "" {
		return nil
	}
	if w.out.Len() == inner {
		before := w.out.String()[:start]
		w.out.Reset()
		w.out.WriteString(before + "<" + w.element + "/>")
		return nil
	}
	w.out.WriteString("</" + w.element + ">")
	return nil
}

// value writes a value: one of type xml as it is, dates in the form of ISO 8601, money with four digits.
func (w *xmlPath) value(v any, c xmlColumn) error {
	style := 2
	if _, ok := v.(time.Time); ok {
		style = 126
	}
	text, err := textValue(v, c.typ, typeNVarChar(-1), style)
	if err != nil {
		return err
	}
	if kindOf(c.typ) == kindXML {
		w.out.WriteString(text)
		return nil
	}
	for _, r := range text {
		switch {
		case r == '&':
			w.out.WriteString("&amp;")
		case r == '<':
			w.out.WriteString("&lt;")
		case r == '>':
			w.out.WriteString("&gt;")
		case r >= ' ' || r == '\t' || r == '\n':
			w.out.WriteRune(r)
		case w.typed && r != '\r':
			name := c.name
			if name == "" {
				name = "NoName"
			}
			return refuse(6841, name, fmt.Sprintf("%04X", r))
		default:
			fmt.Fprintf(&w.out, "&#x%02X;", r)
		}
	}
	return nil
}

// xmlPaths are the queries that value() answers: all the text, or the first text that stands in no element.
var xmlPaths = map[string]bool{
	".": true, "(.)[1]": true, ".[1]": true, "/": true, "(/)[1]": true,
	"text()[1]": false, "./text()[1]": false, "(text())[1]": false, "(./text())[1]": false, "/text()[1]": false, "(/text())[1]": false,
}

// method binds value(), the one method of type xml that there is.
func (b *binder) method(n node, name string, args []tsql.Expr) (node, error) {
	if name != "value" {
		return n, unsupported(name)
	}
	if kindOf(n.typ) != kindXML {
		return n, refuse(258, settle(n.typ).Name)
	}
	if err := countArguments(name, 2, 2, len(args)); err != nil {
		return n, err
	}
	var texts [2]string
	for i, a := range args {
		l, ok := a.(*tsql.Literal)
		if !ok || l.Kind != tsql.StringLiteral && l.Kind != tsql.NStringLiteral {
			return n, refuse(8172, i+1, name)
		}
		texts[i] = l.Text
	}
	whole, ok := xmlPaths[strings.ReplaceAll(texts[0], " ", "")]
	if !ok {
		return n, unsupported(texts[0])
	}
	wanted, err := tsql.ParseParameters("@value " + texts[1])
	if err != nil || len(wanted) != 1 {
		return n, refuse(243, texts[1])
	}
	if err := knownType(wanted[0].Type); err != nil {
		return n, err
	}
	text := b.call("value "+texts[0], typeNVarChar(-1), true, []node{n}, func(args []any) (any, error) { return xmlText(args[0].(string), whole), nil })
	text.nullable = true
	return b.cast(text, wanted[0].Type, true, 0)
}

// columnMethod binds a call that reads as one of a function and is that of a column's method: t.c.value(…).
func (b *binder) columnMethod(f *frame, x *tsql.Call) (node, bool, error) {
	if x.Name.Parts < 2 || x.Name.Parts > 3 || x.Name.Name != "value" {
		return node{}, false, nil
	}
	ref := &tsql.ColumnRef{Pos: x.Pos, Name: x.Name.Schema}
	if x.Name.Parts == 3 {
		ref.Table = tsql.ObjectName{Pos: x.Pos, Name: x.Name.Database, Parts: 1}
	}
	n, err := b.column(f, ref)
	if err != nil || kindOf(n.typ) != kindXML {
		return node{}, false, nil
	}
	n, err = b.method(n, x.Name.Name, x.Args)
	return n, true, err
}

// xmlUnescape is what XML's escapes stand for.
var xmlUnescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#x0D;", "\r")

// xmlText is all the text of what forXML wrote, or the first that stands in no element: nil where there is none.
func xmlText(xml string, whole bool) any {
	var out strings.Builder
	depth := 0
	for xml != "" {
		if xml[0] == '<' {
			end := strings.IndexByte(xml, '>')
			switch {
			case xml[1] == '/':
				depth--
			case xml[end-1] != '/':
				depth++
			}
			xml = xml[end+1:]
			continue
		}
		end := strings.IndexByte(xml+"<", '<')
		if text := xmlUnescape.Replace(xml[:end]); whole {
			out.WriteString(text)
		} else if depth == 0 {
			return text
		}
		xml = xml[end:]
	}
	if whole {
		return out.String()
	}
	return nil
}
