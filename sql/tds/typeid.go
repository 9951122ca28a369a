package tds

import "fmt"

// TypeID is the first byte of a TYPE_INFO (MS-TDS 2.2.5.4). A decoded
// [TypeInfo] never holds one of the fixed forms (TypeInt4 and so on): they
// are read as the nullable form of the same size.
type TypeID byte

// The types of MS-TDS 2.2.5.4 that this package knows. TypeXML, TypeUDT and
// TypeTable are known so that they can be refused by name.
const (
	TypeNull           TypeID = 0x1F
	TypeImage          TypeID = 0x22
	TypeText           TypeID = 0x23
	TypeGUID           TypeID = 0x24
	TypeIntN           TypeID = 0x26
	TypeDate           TypeID = 0x28
	TypeTime           TypeID = 0x29
	TypeDateTime2      TypeID = 0x2A
	TypeDateTimeOffset TypeID = 0x2B
	TypeInt1           TypeID = 0x30
	TypeBit            TypeID = 0x32
	TypeInt2           TypeID = 0x34
	TypeInt4           TypeID = 0x38
	TypeDateTim4       TypeID = 0x3A
	TypeFloat4         TypeID = 0x3B
	TypeMoney          TypeID = 0x3C
	TypeDateTime       TypeID = 0x3D
	TypeFloat8         TypeID = 0x3E
	TypeVariant        TypeID = 0x62
	TypeNText          TypeID = 0x63
	TypeBitN           TypeID = 0x68
	TypeDecimalN       TypeID = 0x6A
	TypeNumericN       TypeID = 0x6C
	TypeFloatN         TypeID = 0x6D
	TypeMoneyN         TypeID = 0x6E
	TypeDateTimeN      TypeID = 0x6F
	TypeMoney4         TypeID = 0x7A
	TypeInt8           TypeID = 0x7F
	TypeVarBinary      TypeID = 0xA5
	TypeVarChar        TypeID = 0xA7
	TypeBinary         TypeID = 0xAD
	TypeChar           TypeID = 0xAF
	TypeNVarChar       TypeID = 0xE7
	TypeNChar          TypeID = 0xEF
	TypeUDT            TypeID = 0xF0
	TypeXML            TypeID = 0xF1
	TypeTable          TypeID = 0xF3
)

// typeNames are the T-SQL names, without size.
var typeNames = map[TypeID]string{
	TypeNull: "null", TypeImage: "image", TypeText: "text", TypeGUID: "uniqueidentifier",
	TypeIntN: "int", TypeDate: "date", TypeTime: "time", TypeDateTime2: "datetime2",
	TypeDateTimeOffset: "datetimeoffset", TypeInt1: "tinyint", TypeBit: "bit", TypeInt2: "smallint",
	TypeInt4: "int", TypeDateTim4: "smalldatetime", TypeFloat4: "real", TypeMoney: "money",
	TypeDateTime: "datetime", TypeFloat8: "float", TypeVariant: "sql_variant", TypeNText: "ntext",
	TypeBitN: "bit", TypeDecimalN: "decimal", TypeNumericN: "numeric", TypeFloatN: "float",
	TypeMoneyN: "money", TypeDateTimeN: "datetime", TypeMoney4: "smallmoney", TypeInt8: "bigint",
	TypeVarBinary: "varbinary", TypeVarChar: "varchar", TypeBinary: "binary", TypeChar: "char",
	TypeNVarChar: "nvarchar", TypeNChar: "nchar", TypeUDT: "udt", TypeXML: "xml", TypeTable: "table",
}

// String returns the T-SQL name of the type, or its number in hexadecimal.
func (id TypeID) String() string {
	if name, ok := typeNames[id]; ok {
		return name
	}
	return fmt.Sprintf("type 0x%02X", byte(id))
}
