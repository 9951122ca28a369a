package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// Types that functions and system columns have.
var (
	typeInt       = tsql.DataType{Name: "int"}
	typeBigInt    = tsql.DataType{Name: "bigint"}
	typeSmallInt  = tsql.DataType{Name: "smallint"}
	typeTinyInt   = tsql.DataType{Name: "tinyint"}
	typeCursor    = tsql.DataType{Name: "cursor"}
	typeBit       = tsql.DataType{Name: "bit"}
	typeSysname   = tsql.DataType{Name: "nvarchar", Length: 128}
	typeText      = tsql.DataType{Name: "nvarchar", Length: 4000}
	typeLongText  = tsql.DataType{Name: "nvarchar", Length: -1}
	typeVariant   = tsql.DataType{Name: "sql_variant"}
	typeDateTime  = tsql.DataType{Name: "datetime"}
	typeVarBinary = tsql.DataType{Name: "varbinary", Length: 85}
)

// wireTypes are the types that have no length.
var wireTypes = map[string]tds.TypeInfo{
	"tinyint": tds.Int(1), "smallint": tds.Int(2), "int": tds.Int(4), "bigint": tds.Int(8), "bit": tds.Bit(),
	"real": tds.Float(4), "float": tds.Float(8), "smallmoney": tds.Money(4), "money": tds.Money(8),
	"date": tds.Date(), "datetime": tds.DateTime(), "smalldatetime": tds.SmallDateTime(), "uniqueidentifier": tds.GUID(),
	"sql_variant": tds.Variant(), "text": tds.Text(), "ntext": tds.NText(), "image": tds.Image(), "timestamp": tds.Binary(8),
	"null": tds.Int(4),
}

// wireType is a type as it goes on the wire.
func wireType(t tsql.DataType, collation string) tds.TypeInfo {
	w, ok := wireTypes[t.Name]
	if !ok {
		w = sizedWireType(t)
	}
	if w.Collation != (tds.Collation{}) && collation != "" {
		return w.WithCollation(wireCollation(collation))
	}
	return w
}

// sizedWireTypes are those that have one.
var sizedWireTypes = map[string]func(int) tds.TypeInfo{
	"nvarchar": tds.NVarChar, "varchar": tds.VarChar, "nchar": tds.NChar, "char": tds.Char, "varbinary": tds.VarBinary, "binary": tds.Binary,
}

func sizedWireType(t tsql.DataType) tds.TypeInfo {
	if of, ok := sizedWireTypes[t.Name]; ok {
		return of(t.Length)
	}
	switch t.Name {
	case "decimal", "numeric":
		return tds.Decimal(byte(t.Precision), byte(t.Scale))
	case "time":
		return tds.Time(byte(t.Scale))
	case "datetime2":
		return tds.DateTime2(byte(t.Scale))
	case "datetimeoffset":
		return tds.DateTimeOffset(byte(t.Scale))
	}
	return tds.NVarChar(4000)
}

// dataType is the T-SQL type of a wire type.
func dataType(t tds.TypeInfo) tsql.DataType {
	name, _, _ := strings.Cut(t.String(), "(")
	d := tsql.DataType{Name: name, Precision: int(t.Precision), Scale: int(t.Scale)}
	if t.ID == tds.TypeNumericN {
		d.Name = "decimal"
	}
	switch t.ID {
	case tds.TypeNVarChar, tds.TypeNChar:
		d.Length = t.Size / 2
		if t.Size < 0 {
			d.Length = -1
		}
	case tds.TypeVarChar, tds.TypeChar, tds.TypeVarBinary, tds.TypeBinary:
		d.Length = t.Size
	}
	return d
}

// wireValue is a value as it goes on the wire.
func wireValue(v any) any {
	if v, ok := v.(query.Variant); ok {
		return tds.VariantValue{Type: wireType(v.Type, ""), Value: v.Value}
	}
	return v
}

// plainValue is a value from the wire.
func plainValue(v any) any {
	if v, ok := v.(tds.VariantValue); ok {
		return query.Variant{Type: dataType(v.Type), Value: v.Value}
	}
	return v
}

// wireCollation is a collation by name in the five bytes of the wire: the locale of US English, the flags of the name's
// parts, and the sort id of the one SQL collation that everybody uses.
func wireCollation(name string) tds.Collation {
	upper := strings.ToUpper(name)
	if upper == strings.ToUpper(security.DefaultCollation) {
		return tds.DefaultCollation
	}
	style := comparisonStyle(name)
	c := tds.Collation{0x09, 0x04, byte(style&3<<4 | style>>16<<6), 0, 0}
	for part, flag := range map[string]byte{"_BIN_": 1, "_BIN2_": 2, "_UTF8_": 4} {
		if strings.Contains(upper+"_", part) {
			c[3] |= flag
		}
	}
	if upper == "SQL_LATIN1_GENERAL_CP1_CS_AS" {
		c[4] = 0x33
	}
	return c
}

// comparisonStyle is what a collation does not tell apart: case 1, accents 2, kinds of kana 65536, width 131072.
func comparisonStyle(name string) (style int) {
	parts := strings.ToUpper(name) + "_"
	for part, bit := range map[string]int{"_CI_": 1, "_AI_": 2} {
		if strings.Contains(parts, part) {
			style |= bit
		}
	}
	for part, bit := range map[string]int{"_KS_": 65536, "_WS_": 131072} {
		if !strings.Contains(parts, part) && !strings.Contains(parts, "_BIN") {
			style |= bit
		}
	}
	return style
}

// columnType fills the type of a security column from a T-SQL type: MaxLength counts bytes.
func columnType(c *security.Column, t tsql.DataType) {
	c.Type, c.Precision, c.Scale = t.Name, t.Precision, t.Scale
	switch t.Name {
	case "nvarchar", "nchar":
		c.MaxLength = t.Length
		if t.Length > 0 {
			c.MaxLength = 2 * t.Length
		}
	case "varchar", "char", "varbinary", "binary":
		c.MaxLength = t.Length
	default:
		c.MaxLength, c.Precision, c.Scale = query.Size(t)
	}
}
