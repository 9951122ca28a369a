package tsql

import (
	"cmp"
	"strconv"
	"strings"
)

// builtinTypes maps every spelling of a built-in type of one word to its
// canonical name ("Data Types (Transact-SQL)", "Data type synonyms").
var builtinTypes = map[string]string{
	"BIGINT": "bigint", "BINARY": "binary", "BIT": "bit", "CHAR": "char", "CHARACTER": "char",
	"DATE": "date", "DATETIME": "datetime", "DATETIME2": "datetime2", "DATETIMEOFFSET": "datetimeoffset",
	"DEC": "decimal", "DECIMAL": "decimal", "FLOAT": "float", "GEOGRAPHY": "geography", "GEOMETRY": "geometry",
	"HIERARCHYID": "hierarchyid", "IMAGE": "image", "INT": "int", "INTEGER": "int", "MONEY": "money",
	"NCHAR": "nchar", "NTEXT": "ntext", "NUMERIC": "numeric", "NVARCHAR": "nvarchar", "REAL": "real",
	"ROWVERSION": "timestamp", "SMALLDATETIME": "smalldatetime", "SMALLINT": "smallint", "SMALLMONEY": "smallmoney",
	"SQL_VARIANT": "sql_variant", "SYSNAME": "sysname", "TEXT": "text", "TIME": "time", "TIMESTAMP": "timestamp",
	"TINYINT": "tinyint", "UNIQUEIDENTIFIER": "uniqueidentifier", "VARBINARY": "varbinary", "VARCHAR": "varchar", "XML": "xml",
}

// The lengths of character and binary types that have none written.
const (
	declaredLength = 1
	castLength     = 30
)

// dataType reads a type; length is what char and its kin get when none is
// written.
func (p *parser) dataType(length int) DataType {
	if t, ok := p.spelledType(); ok {
		return p.typeArgs(t, length)
	}
	if p.is("CURSOR") {
		p.unsupported("CURSOR")
	}
	name := p.objectName(2)
	canonical := builtinTypes[upperASCII(name.Name)]
	if p.is("(") && (canonical == "" || canonical == "xml") {
		p.unsupported("type " + name.Name + "(…)")
	}
	if canonical == "" || name.Schema != "" && upperASCII(name.Schema) != "SYS" {
		return DataType{Schema: name.Schema, Name: name.Name, UserDefined: true}
	}
	if p.is("VARYING") && (canonical == "char" || canonical == "binary") {
		p.at++
		canonical = "var" + canonical
	}
	return p.typeArgs(canonical, length)
}

// spelledType reads the types of several words that begin with a reserved one.
func (p *parser) spelledType() (string, bool) {
	switch {
	case p.accept("DOUBLE", "PRECISION"):
		return "float", true
	case p.accept("NATIONAL", "TEXT"):
		return "ntext", true
	case p.accept("NATIONAL", "CHAR"), p.accept("NATIONAL", "CHARACTER"):
		if p.accept("VARYING") {
			return "nvarchar", true
		}
		return "nchar", true
	}
	return "", false
}

// typeFor is dataType for a column or a parameter.
func (p *parser) typeFor(kind, name string, ordinal int) DataType {
	p.sized = [3]string{kind, name, strconv.Itoa(ordinal)}
	defer func() { p.sized = [3]string{} }()
	return p.dataType(declaredLength)
}

// typeArgs reads what stands in parentheses after a type and fills in what
// does not.
func (p *parser) typeArgs(name string, length int) DataType {
	t := DataType{Name: name}
	switch name {
	case "char", "nchar", "binary", "varchar", "nvarchar", "varbinary":
		t.Length = p.typeLength(name, length)
	case "decimal", "numeric":
		t.Precision = 18
		if p.accept("(") {
			t.Precision = p.precision(38)
			if p.accept(",") {
				t.Scale = p.scale(192, t.Precision)
			}
			p.expect(")")
		}
	case "time", "datetime2", "datetimeoffset":
		t.Scale = 7
		if p.accept("(") {
			t.Scale = p.scale(1002, 7)
			p.expect(")")
		}
	case "float":
		t = p.floatType()
	case "xml":
	default:
		if p.is("(") {
			p.failSaying(2716, p.tok(), cmp.Or(p.sized[2], "1"), name)
		}
	case "sysname":
		t = DataType{Name: "nvarchar", Length: MaxName}
	}
	return t
}

func (p *parser) typeLength(name string, length int) int {
	if !p.accept("(") {
		return length
	}
	n, limit := -1, 8000
	if name[0] == 'n' {
		limit = 4000
	}
	if !strings.Contains(name, "var") || !p.accept("MAX") {
		n = p.size(name, limit)
	}
	p.expect(")")
	return n
}

func (p *parser) floatType() DataType {
	if p.accept("(") {
		n := p.precision(53)
		p.expect(")")
		if n <= 24 {
			return DataType{Name: "real"}
		}
	}
	return DataType{Name: "float"}
}

// size reads the length of a type: from 1 (1001) to what any type can have (131) and this one can (2717).
func (p *parser) size(name string, limit int) int {
	t, n := p.tok(), p.number()
	sized := p.sized
	if sized[0] == "" {
		sized = [3]string{"type", name}
	}
	switch {
	case n < 1:
		p.failSaying(1001, t, strconv.Itoa(t.Line), t.text)
	case n > 8000:
		p.failSaying(131, t, t.text, sized[0], sized[1], "8000")
	case n > limit:
		p.failSaying(2717, t, t.text, sized[0], sized[1], strconv.Itoa(limit))
	}
	return n
}

// precision reads one from 1 (1001) to a limit (2750).
func (p *parser) precision(limit int) int {
	t, n := p.tok(), p.number()
	switch {
	case n < 1:
		p.failSaying(1001, t, strconv.Itoa(t.Line), t.text)
	case n > limit:
		p.failSaying(2750, t, cmp.Or(p.sized[2], "1"), t.text, strconv.Itoa(limit))
	}
	return n
}

// scale reads one from 0 to a limit, above which the number is said.
func (p *parser) scale(number int32, limit int) int {
	t, n := p.tok(), p.number()
	if n > limit {
		p.failSaying(number, t, strconv.Itoa(t.Line), t.text)
	}
	return n
}

// number reads an integer constant.
func (p *parser) number() int {
	n, err := strconv.Atoi(p.tok().text)
	if p.tok().kind != tokInt || err != nil {
		p.fail()
	}
	p.at++
	return n
}
