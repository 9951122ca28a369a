package tds

import "fmt"

// TypeInfo describes a column or parameter type on the wire. Use the constructors
// ([Int], [NVarChar] and so on); they leave nothing out.
type TypeInfo struct {
	ID TypeID
	// Size is the greatest size of a value in bytes, so nvarchar(10) has 20; -1
	// means MAX. It is 0 for types of one size (date) and for those that
	// Precision and Scale describe.
	Size int
	// Precision and Scale are those of decimal and numeric; Scale alone is that
	// of time, datetime2 and datetimeoffset.
	Precision, Scale byte
	// Collation is that of char, varchar, nchar, nvarchar, text and ntext.
	Collation Collation
}

// Max is the size of varchar(max), nvarchar(max) and varbinary(max).
const Max = -1

// Int is tinyint, smallint, int or bigint by its size in bytes: 1, 2, 4 or 8.
func Int(size int) TypeInfo { return TypeInfo{ID: TypeIntN, Size: size} }

// Bit is bit.
func Bit() TypeInfo { return TypeInfo{ID: TypeBitN, Size: 1} }

// Float is real (4) or float (8).
func Float(size int) TypeInfo { return TypeInfo{ID: TypeFloatN, Size: size} }

// Money is smallmoney (4) or money (8).
func Money(size int) TypeInfo { return TypeInfo{ID: TypeMoneyN, Size: size} }

// Decimal is decimal(precision, scale), 1 ≤ precision ≤ 38.
func Decimal(precision, scale byte) TypeInfo {
	return TypeInfo{ID: TypeDecimalN, Precision: precision, Scale: scale}
}

// NVarChar is nvarchar(chars), or nvarchar(max) for [Max] and more than 4000.
func NVarChar(chars int) TypeInfo { return character(TypeNVarChar, orMax(2*chars)) }

// NChar is nchar(chars).
func NChar(chars int) TypeInfo { return character(TypeNChar, 2*chars) }

// VarChar is varchar(n), or varchar(max) for [Max] and more than 8000.
func VarChar(n int) TypeInfo { return character(TypeVarChar, orMax(n)) }

// Char is char(n).
func Char(n int) TypeInfo { return character(TypeChar, n) }

// VarBinary is varbinary(n), or varbinary(max) for [Max] and more than 8000.
func VarBinary(n int) TypeInfo { return TypeInfo{ID: TypeVarBinary, Size: orMax(n)} }

// Binary is binary(n).
func Binary(n int) TypeInfo { return TypeInfo{ID: TypeBinary, Size: n} }

// GUID is uniqueidentifier.
func GUID() TypeInfo { return TypeInfo{ID: TypeGUID, Size: 16} }

// Date is date.
func Date() TypeInfo { return TypeInfo{ID: TypeDate} }

// Time is time(scale), scale 0 to 7.
func Time(scale byte) TypeInfo { return TypeInfo{ID: TypeTime, Scale: scale} }

// DateTime is datetime.
func DateTime() TypeInfo { return TypeInfo{ID: TypeDateTimeN, Size: 8} }

// SmallDateTime is smalldatetime.
func SmallDateTime() TypeInfo { return TypeInfo{ID: TypeDateTimeN, Size: 4} }

// DateTime2 is datetime2(scale), scale 0 to 7.
func DateTime2(scale byte) TypeInfo { return TypeInfo{ID: TypeDateTime2, Scale: scale} }

// DateTimeOffset is datetimeoffset(scale), scale 0 to 7.
func DateTimeOffset(scale byte) TypeInfo { return TypeInfo{ID: TypeDateTimeOffset, Scale: scale} }

// Variant is sql_variant.
func Variant() TypeInfo { return TypeInfo{ID: TypeVariant, Size: 8016} }

// Text is text.
func Text() TypeInfo { return character(TypeText, 1<<31-1) }

// NText is ntext.
func NText() TypeInfo { return character(TypeNText, 1<<31-2) }

// Image is image.
func Image() TypeInfo { return TypeInfo{ID: TypeImage, Size: 1<<31 - 1} }

// WithCollation returns t with another collation.
func (t TypeInfo) WithCollation(c Collation) TypeInfo {
	t.Collation = c
	return t
}

// String returns the type as T-SQL writes it: nvarchar(128), decimal(10,2).
func (t TypeInfo) String() string {
	switch t.ID {
	case TypeDecimalN, TypeNumericN:
		return fmt.Sprintf("%s(%d,%d)", t.ID, t.Precision, t.Scale)
	case TypeTime, TypeDateTime2, TypeDateTimeOffset:
		return fmt.Sprintf("%s(%d)", t.ID, t.Scale)
	case TypeNVarChar, TypeNChar, TypeVarChar, TypeChar, TypeVarBinary, TypeBinary:
		return t.ID.String() + t.length()
	}
	return t.fixedID().String() // which tells int from bigint
}

// length is the size in characters or bytes as T-SQL writes it.
func (t TypeInfo) length() string {
	switch {
	case t.Size == Max:
		return "(max)"
	case t.ID == TypeNVarChar || t.ID == TypeNChar:
		return fmt.Sprintf("(%d)", t.Size/2)
	}
	return fmt.Sprintf("(%d)", t.Size)
}

// character is a type with the default collation.
func character(id TypeID, size int) TypeInfo {
	return TypeInfo{ID: id, Size: size, Collation: DefaultCollation}
}

// orMax returns a size in bytes, or Max for one that only a MAX type has.
func orMax(size int) int {
	if size < 0 || size > maxShort {
		return Max
	}
	return size
}
