package query

import "grantree/sql/tsql"

// kind groups the types that share a Go value and the rules of comparison. Those of numbers are in a row.
type kind int

const (
	kindUnknown kind = iota
	kindNull         // the literal NULL, before anything gives it a type
	kindBit          // bool
	kindInt          // int64
	kindDecimal      // decimal.Decimal
	kindMoney        // decimal.Decimal with scale 4
	kindFloat        // float64
	kindString       // string
	kindBinary       // []byte
	kindTime         // time.Time
	kindUUID         // UUID
	kindVariant      // Variant
	kindXML          // string, as FOR XML writes it
)

// typeInfo is what is fixed about a type name. Rank is the precedence of "Data type precedence (Transact-SQL)": of two
// types the one with the higher rank wins. Size is in bytes, and with precision and scale as sys.columns shows it; it is 0
// where it depends on more than the name.
type typeInfo struct {
	kind                         kind
	rank, size, precision, scale int
}

var typeInfos = map[string]typeInfo{
	"null":             {kindNull, 0, 4, 10, 0},
	"binary":           {kind: kindBinary, rank: 1},
	"varbinary":        {kind: kindBinary, rank: 2},
	"timestamp":        {kindBinary, 3, 8, 0, 0},
	"image":            {kindBinary, 4, 16, 0, 0},
	"char":             {kind: kindString, rank: 10},
	"varchar":          {kind: kindString, rank: 11},
	"nchar":            {kind: kindString, rank: 12},
	"nvarchar":         {kind: kindString, rank: 13},
	"text":             {kindString, 14, 16, 0, 0},
	"ntext":            {kindString, 15, 16, 0, 0},
	"uniqueidentifier": {kindUUID, 20, 16, 0, 0},
	"bit":              {kindBit, 30, 1, 1, 0},
	"tinyint":          {kindInt, 31, 1, 3, 0},
	"smallint":         {kindInt, 32, 2, 5, 0},
	"int":              {kindInt, 33, 4, 10, 0},
	"bigint":           {kindInt, 34, 8, 19, 0},
	"smallmoney":       {kindMoney, 35, 4, 10, 4},
	"money":            {kindMoney, 36, 8, 19, 4},
	"decimal":          {kind: kindDecimal, rank: 37},
	"numeric":          {kind: kindDecimal, rank: 37},
	"real":             {kindFloat, 38, 4, 24, 0},
	"float":            {kindFloat, 39, 8, 53, 0},
	"time":             {kind: kindTime, rank: 50},
	"date":             {kindTime, 51, 3, 10, 0},
	"smalldatetime":    {kindTime, 52, 4, 16, 0},
	"datetime":         {kindTime, 53, 8, 23, 3},
	"datetime2":        {kind: kindTime, rank: 54},
	"datetimeoffset":   {kind: kindTime, rank: 55},
	"sql_variant":      {kindVariant, 70, 8016, 0, 0},
	"xml":              {kind: kindXML, rank: 71},
}

func kindOf(t tsql.DataType) kind { return typeInfos[t.Name].kind }

func rankOf(t tsql.DataType) int { return typeInfos[t.Name].rank }

var (
	typeNull     = tsql.DataType{Name: "null"}
	typeBit      = tsql.DataType{Name: "bit"}
	typeTinyInt  = tsql.DataType{Name: "tinyint"}
	typeInt      = tsql.DataType{Name: "int"}
	typeBigInt   = tsql.DataType{Name: "bigint"}
	typeFloat    = tsql.DataType{Name: "float"}
	typeMoney    = tsql.DataType{Name: "money"}
	typeDateTime = tsql.DataType{Name: "datetime"}
	typeUUID     = tsql.DataType{Name: "uniqueidentifier"}
	typeVariant  = tsql.DataType{Name: "sql_variant"}
	typeXML      = tsql.DataType{Name: "xml"}
	typeSysname  = tsql.DataType{Name: "nvarchar", Length: 128}
)

func typeNVarChar(n int) tsql.DataType  { return tsql.DataType{Name: "nvarchar", Length: n} }
func typeVarChar(n int) tsql.DataType   { return tsql.DataType{Name: "varchar", Length: n} }
func typeVarBinary(n int) tsql.DataType { return tsql.DataType{Name: "varbinary", Length: n} }
func typeDateTime2(s int) tsql.DataType { return tsql.DataType{Name: "datetime2", Scale: s} }
func typeDecimal(p, s int) tsql.DataType {
	return tsql.DataType{Name: "decimal", Precision: p, Scale: s}
}

func isUnicode(t tsql.DataType) bool {
	return t.Name == "nvarchar" || t.Name == "nchar" || t.Name == "ntext"
}

func isFixed(t tsql.DataType) bool {
	return t.Name == "char" || t.Name == "nchar" || t.Name == "binary"
}

func isLegacyLOB(t tsql.DataType) bool {
	return t.Name == "text" || t.Name == "ntext" || t.Name == "image"
}

// isNumber reports whether t takes part in arithmetic as a number, bit included.
func isNumber(t tsql.DataType) bool {
	k := kindOf(t)
	return k >= kindBit && k <= kindFloat
}

// length is the declared length of a text or binary type, -1 for the max and legacy types.
func length(t tsql.DataType) int {
	if isLegacyLOB(t) {
		return -1
	}
	if isVersion(t) {
		return 8
	}
	if t.Length == 0 {
		return 1
	}
	return t.Length
}

// maxLength is the longest length that a text or binary type can have without being a max type.
func maxLength(t tsql.DataType) int {
	if isUnicode(t) {
		return 4000
	}
	return 8000
}

// settle gives a NULL literal the type it has in a result.
func settle(t tsql.DataType) tsql.DataType {
	if t.Name == "null" || t.IsZero() {
		return typeInt
	}
	return t
}

// intBits is the width of an integer type or of bit: 8 (unsigned), 16, 32 or 64.
func intBits(t tsql.DataType) int { return 8 * typeInfos[t.Name].size }

// asDecimal is the decimal type that holds every value of a number type.
func asDecimal(t tsql.DataType) tsql.DataType {
	if kindOf(t) == kindDecimal {
		return t
	}
	return typeDecimal(typeInfos[t.Name].precision, typeInfos[t.Name].scale)
}

// common is the type that two values are brought to when they meet: in a comparison, a CASE, a UNION. It follows "Data
// type precedence" and, for lengths, precision and scale, "Precision, scale, and length".
func common(a, b tsql.DataType) (tsql.DataType, error) {
	if rankOf(a) < rankOf(b) {
		a, b = b, a
	}
	switch {
	case b.Name == "null" || b.IsZero():
		return a, nil
	case kindOf(a) == kindString && kindOf(b) == kindString:
		return commonText(a, b), nil
	case kindOf(b) == kindBinary && (kindOf(a) == kindBinary || kindOf(a) == kindString):
		a.Length = widest(length(a), length(b))
		return a, nil
	case kindOf(a) == kindDecimal && isNumber(b):
		return commonDecimal(a, asDecimal(b)), nil
	}
	if err := convertible(b, a, false); err != nil {
		return a, refuse(206, b.Name, a.Name)
	}
	if a.Name == b.Name && a.Scale < b.Scale {
		a.Scale = b.Scale
	}
	return a, nil
}

// commonText is common for two text types; a has the higher rank.
func commonText(a, b tsql.DataType) tsql.DataType {
	n := widest(length(a), length(b))
	if isFixed(a) && !isFixed(b) {
		a.Name = a.Name[:len(a.Name)-4] + "varchar" // a fixed type and a varying one make a varying one
	}
	if !isLegacyLOB(a) {
		a.Length = min(n, maxLength(a))
	}
	return a
}

func widest(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return max(a, b)
}

func commonDecimal(a, b tsql.DataType) tsql.DataType {
	s := max(a.Scale, b.Scale)
	p := max(a.Precision-a.Scale, b.Precision-b.Scale) + s
	return fitDecimal(p, s)
}

// fitDecimal is the type of an operation whose exact result would need precision p and scale s: beyond 38 digits the
// scale gives way, down to 6.
func fitDecimal(p, s int) tsql.DataType {
	if p > 38 {
		p, s = 38, max(min(s, 6), 38-(p-s))
	}
	return typeDecimal(p, s)
}

// convertible says whether values of from can become to at all: explicitly by CAST and CONVERT, or by themselves. The
// errors are 529 for an explicit conversion, 206 or 257 for an implicit one ("CAST and CONVERT", the conversion chart).
func convertible(from, to tsql.DataType, explicit bool) error {
	f, t := kindOf(from), kindOf(to)
	if f == kindUnknown || t == kindUnknown {
		return knownType(to)
	}
	if f == kindNull || from.Name == to.Name {
		return nil
	}
	if t == kindXML {
		return unsupported("xml")
	}
	clash, ask := conversionRule(from, to)
	switch {
	case clash && explicit:
		return refuse(529, from.Name, to.Name)
	case clash:
		return refuse(206, from.Name, to.Name)
	case ask && !explicit:
		return refuse(257, from.Name, to.Name)
	}
	return nil
}

// conversionRule is the conversion chart: clash where no conversion exists, ask where only an explicit one does.
func conversionRule(from, to tsql.DataType) (clash, ask bool) {
	f, t := kindOf(from), kindOf(to)
	switch {
	case f == kindXML:
		return t != kindString && t != kindBinary || isLegacyLOB(to), true
	case f == kindVariant:
		return isLegacyLOB(to), true
	case t == kindVariant:
		return isLegacyLOB(from), false
	case f == kindTime && t == kindTime:
		return from.Name == "date" && to.Name == "time" || from.Name == "time" && to.Name == "date", false
	case f == kindTime && (isNumber(to) || t == kindBinary):
		return !isOldTime(from) && isNumber(to), true
	case t == kindTime && (isNumber(from) || f == kindBinary):
		return !isOldTime(to) && isNumber(from), false
	case f == kindUUID || t == kindUUID:
		other := t
		if t == kindUUID {
			other = f
		}
		return other != kindString && other != kindBinary, false
	case f == kindString && t == kindBinary:
		return to.Name == "image" && isUnicode(from), true
	case f == kindMoney && t == kindString:
		return isLegacyLOB(to), true
	case f == kindBinary && t == kindFloat || f == kindFloat && t == kindBinary:
		return f == kindBinary, true
	case isLegacyLOB(from) && t != kindString && t != kindBinary:
		return true, false
	case isLegacyLOB(to) && f != kindString && f != kindBinary:
		return true, false
	}
	return false, false
}

func isOldTime(t tsql.DataType) bool { return t.Name == "datetime" || t.Name == "smalldatetime" }

// isVersion reports whether a type is rowversion, which is timestamp by its old name.
func isVersion(t tsql.DataType) bool { return t.Name == "timestamp" }
