package query

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"grantree/sql/tsql"
)

// TestExpressions gives each expression's type and value, computed by SQLite; where it needs no rows, Value without a
// connection must agree.
func TestExpressions(t *testing.T) {
	s := newScope()
	s.set("@i", int64(7), typeInt)
	s.set("@s", "abc", typeNVarChar(10))
	s.set("@n", nil, typeInt)
	s.set("@d", decimal.RequireFromString("1.25"), typeDecimal(5, 2))
	s.set("@v", Variant{Type: typeNVarChar(3), Value: "xyz"}, typeVariant)
	s.functions["user_name"] = &Function{Name: "USER_NAME", MaxArgs: 1, Type: typeSysname, Params: []tsql.DataType{typeInt},
		Call: func(args []any) (any, error) {
			if len(args) == 1 && args[0] != int64(1) {
				return nil, nil
			}
			return "dbo", nil
		}}
	s.functions["serverproperty"] = &Function{Name: "SERVERPROPERTY", MinArgs: 1, MaxArgs: 1, Type: typeVariant,
		Call: func(args []any) (any, error) { return Variant{Type: typeInt, Value: int64(3)}, nil }}
	conn := openConn(t)
	tests := []struct{ sql, typ, want string }{
		// arithmetic
		{"7 / 2", "int", "3"},
		{"-7 / 2", "int", "-3"},
		{"-7 % 3", "int", "-1"},
		{"7 / 2.0", "decimal(8,6)", "3.500000"},
		{"2.0 / 3", "decimal(7,6)", "0.666666"},
		{"1.5 + 2", "decimal(3,1)", "3.5"},
		{"1.5 * 1.5", "decimal(5,2)", "2.25"},
		{"@d + 1", "decimal(6,2)", "2.25"},
		{"1e0 / 4", "float", "0.25"},
		{"$1.50 * 2", "money", "3.0000"},
		{"2147483648", "numeric(10,0)", "2147483648"},
		{"CAST(1 AS bigint) + 1", "bigint", "2"},
		{"CAST(5 AS tinyint) + CAST(6 AS smallint)", "smallint", "11"},
		{"6 & 3 | 8 ^ 1", "int", "11"},
		{"~5", "int", "-6"},
		{"-@i", "int", "-7"},
		{"@n + 1", "int", "NULL"},
		{"'5' + 1", "int", "6"},
		{"CAST('2020-01-31' AS datetime) + 1", "datetime", "2020-02-01 00:00:00.0000000"},
		// text
		{"'a' + 'bc'", "varchar(3)", "abc"},
		{"N'a' + 'b'", "nvarchar(2)", "ab"},
		{"'a' + NULL", "varchar(2)", "NULL"},
		{"@s + N'!'", "nvarchar(11)", "abc!"},
		{"0x01 + 0x02", "varbinary(2)", "0x0102"},
		{"'it''s'", "varchar(4)", "it's"},
		{"LEN('ab  ')", "int", "2"},
		{"DATALENGTH(N'ab ')", "int", "6"},
		{"DATALENGTH(1)", "int", "4"},
		{"LEN(N'😀')", "int", "2"},
		{"SUBSTRING('abcdef', 2, 3)", "varchar(6)", "bcd"},
		{"SUBSTRING('abc', 0, 2)", "varchar(3)", "a"},
		{"SUBSTRING(0x010203, 2, 1)", "varbinary(3)", "0x02"},
		{"CHARINDEX('C', 'abcabc')", "int", "3"},
		{"CHARINDEX('c', 'abcabc', 4)", "int", "6"},
		{"PATINDEX('%[0-9]%', 'ab3')", "int", "3"},
		{"REPLACE('aXbxc', 'x', '--')", "varchar(8000)", "a--b--c"},
		{"UPPER('aé')", "varchar(2)", "AÉ"},
		{"LTRIM(RTRIM('  a ')) + TRIM(N' b ')", "nvarchar(7)", "ab"},
		{"LEFT('abc', 2) + RIGHT('abc', 1)", "varchar(6)", "abc"},
		{"REPLICATE('ab', 3)", "varchar(8000)", "ababab"},
		{"'a' + SPACE(2) + 'b'", "varchar(8000)", "a  b"},
		{"STUFF('abcdef', 2, 3, 'X')", "varchar(8000)", "aXef"},
		{"CONCAT('a', NULL, 1, N'b')", "nvarchar(4000)", "a1b"},
		{"QUOTENAME('a]b')", "nvarchar(258)", "[a]]b]"},
		{"QUOTENAME('a''b', '''')", "nvarchar(258)", "'a''b'"},
		{"QUOTENAME(REPLICATE('a', 129))", "nvarchar(258)", "NULL"},
		{"PARSENAME('srv.[d.b].dbo.t', 3)", "nvarchar(128)", "d.b"},
		{"REVERSE('abc')", "varchar(3)", "cba"},
		{"ASCII('A') + UNICODE(N'é')", "int", "298"},
		{"CHAR(65) + NCHAR(233)", "nvarchar(2)", "Aé"},
		{"HASHBYTES('SHA2_256', 'abc')", "varbinary(8000)", "0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"},
		{"HASHBYTES('MD5', N'abc')", "varbinary(8000)", "0xCE1473CF80C6B3FDA8E3DFC006ADC315"},
		// null handling and choice
		{"ISNULL(@n, 5)", "int", "5"},
		{"ISNULL(CAST(NULL AS varchar(2)), 'abc')", "varchar(2)", "ab"},
		{"COALESCE(NULL, @n, 2.5)", "decimal(11,1)", "2.5"},
		{"NULLIF(@i, 7)", "int", "NULL"},
		{"IIF(@i > 5, 'big', N'small')", "nvarchar(5)", "big"},
		{"CHOOSE(2, 'a', 'b', 'c')", "varchar(1)", "b"},
		{"CASE WHEN 1 = 0 THEN 1 / 0 ELSE 2 END", "int", "2"},
		// conversions
		{"CAST(3.7 AS int)", "int", "3"},
		{"CAST(-3.7 AS int)", "int", "-3"},
		{"CAST($3.70 AS int)", "int", "4"},
		{"CAST(3.75 AS decimal(3,1))", "decimal(3,1)", "3.8"},
		{"CAST('12' AS int)", "int", "12"},
		{"CAST('' AS int)", "int", "0"},
		{"CAST(12345 AS varchar(3))", "varchar(3)", "*"},
		{"CAST('abc' AS char(5)) + '|'", "varchar(6)", "abc  |"},
		{"CAST(N'日本' AS varchar(5))", "varchar(5)", "??"},
		{"CAST(1 AS bit)", "bit", "1"},
		{"CAST('true' AS bit)", "bit", "1"},
		{"CAST(CAST('2020-01-31' AS datetime) AS bit)", "bit", "1"},
		{"CAST(CAST(0.001 AS decimal(5, 3)) AS bit)", "bit", "1"},
		{"CAST(0x0000 AS bit)", "bit", "0"},
		{"CAST(1.5 AS datetime)", "datetime", "1900-01-02 12:00:00.0000000"},
		{"CAST(-214748.3648 AS smallmoney)", "smallmoney", "-214748.3648"},
		{"CAST(0x41 AS varchar(5))", "varchar(5)", "A"},
		{"CONVERT(varchar(10), 0x1AF0, 1)", "varchar(10)", "0x1AF0"},
		{"CONVERT(varchar(10), 0x1AF0, 2)", "varchar(10)", "1AF0"},
		{"CONVERT(varbinary(4), '0x1AF0', 1)", "varbinary(4)", "0x1AF0"},
		{"CAST(1 AS varbinary(4))", "varbinary(4)", "0x00000001"},
		{"CAST(258 AS binary(2))", "binary(2)", "0x0102"},
		{"CAST(0x0102 AS int)", "int", "258"},
		{"CAST(1e7 AS varchar(20))", "varchar(20)", "1e+007"},
		{"CAST(0.1E0 AS varchar(20))", "varchar(20)", "0.1"},
		{"CAST($1234.5 AS varchar(20))", "varchar(20)", "1234.50"},
		{"CONVERT(varchar(20), $1234.5, 1)", "varchar(20)", "1,234.50"},
		{"CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier)", "uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
		{"CAST(CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier) AS binary(16))", "binary(16)", "0xFF19966F868B11D0B42D00C04FC964FF"},
		{"TRY_CAST('x' AS int)", "int", "NULL"},
		{"TRY_CONVERT(date, '2020-02-30')", "date", "NULL"},
		{"CAST(@v AS nvarchar(10))", "nvarchar(10)", "xyz"},
		{"CAST(SERVERPROPERTY('EngineEdition') AS int)", "int", "3"},
		{"CASE WHEN SERVERPROPERTY('x') = 3 THEN 'yes' ELSE 'no' END", "varchar(3)", "yes"},
		{"SQL_VARIANT_PROPERTY(@v, 'BaseType')", "sql_variant", "nvarchar:nvarchar"},
		// dates
		{"CAST('20200131' AS date)", "date", "2020-01-31"},
		{"CAST('2020-01-31T10:20:30.127' AS datetime)", "datetime", "2020-01-31 10:20:30.1270000"},
		{"CAST('2020-01-31 10:20:30.9999999' AS datetime2(0))", "datetime2", "2020-01-31 10:20:31.0000000"},
		{"CAST('2020-01-31 10:20:31' AS smalldatetime)", "smalldatetime", "2020-01-31 10:21:00.0000000"},
		{"CAST('10:20' AS time)", "time", "10:20:00.0000000"},
		{"CAST('2020-01-01 01:00 +02:00' AS datetimeoffset)", "datetimeoffset", "2019-12-31 23:00:00.0000000+02:00"},
		{"CONVERT(varchar(30), CAST('2020-01-02 03:04:05.678' AS datetime), 120)", "varchar(30)", "2020-01-02 03:04:05"},
		{"CONVERT(varchar(30), CAST('2020-01-02 03:04:05.677' AS datetime), 121)", "varchar(30)", "2020-01-02 03:04:05.677"},
		{"CONVERT(varchar(30), CAST('2020-01-02 03:04:05.677' AS datetime), 126)", "varchar(30)", "2020-01-02T03:04:05.677"},
		{"CONVERT(varchar(30), CAST('2020-01-02 13:04' AS datetime))", "varchar(30)", "Jan  2 2020  1:04PM"},
		{"CONVERT(varchar(30), CAST('2020-01-02' AS date), 103)", "varchar(30)", "02/01/2020"},
		{"CONVERT(date, '31/12/2020', 103)", "date", "2020-12-31"},
		{"DATEADD(month, 1, CAST('2020-01-31' AS date))", "date", "2020-02-29"},
		{"DATEADD(hour, -1, '2020-01-01')", "datetime", "2019-12-31 23:00:00.0000000"},
		{"DATEDIFF(day, '2020-01-31', '2020-03-01')", "int", "30"},
		{"DATEDIFF(year, '2019-12-31', '2020-01-01')", "int", "1"},
		{"DATEDIFF(week, '2020-01-04', '2020-01-05') + DATEDIFF(quarter, '2019-12-31', '2020-07-01')", "int", "4"},
		{"DATEDIFF(minute, '2020-01-01 00:59:59', '2020-01-01 01:00') + DATEDIFF(ms, '2020-01-01', '2020-01-01 00:00:00.250')", "int", "251"},
		{"DATEPART(weekday, '2020-01-05')", "int", "1"},
		{"DATENAME(month, '2020-01-05')", "nvarchar(30)", "January"},
		{"YEAR(0) * 10000 + MONTH(0) * 100 + DAY(0)", "int", "19000101"},
		{"YEAR('2020-01-05') * 100 + MONTH('2020-01-05')", "int", "202001"},
		{"GETDATE()", "datetime", "2026-03-04 05:06:07.1230000"},
		{"SYSDATETIME()", "datetime2", "2026-03-04 05:06:07.1234568"},
		// numbers
		{"ABS(-5) + SIGN(-2.5)", "decimal(12,1)", "4.0"},
		{"ROUND(2.567, 1)", "numeric(4,3)", "2.600"},
		{"ROUND(125, -1)", "int", "130"},
		{"FLOOR(-1.5) + CEILING(1.2)", "decimal(3,0)", "0"},
		{"POWER(2, 10)", "int", "1024"},
		// engine functions
		{"USER_NAME()", "nvarchar(128)", "dbo"},
		{"USER_NAME(2)", "nvarchar(128)", "NULL"},
	}
	for _, tt := range tests {
		t.Run(tt.sql, func(t *testing.T) {
			bound, rows, err := run(t, s, conn, "SELECT "+tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			if got := typeText(bound.Columns[0].Type); got != tt.typ {
				t.Errorf("type %s, want %s", got, tt.typ)
			}
			if len(rows) != 1 || rows[0] != tt.want {
				t.Errorf("got %q, want %q", rows, tt.want)
			}
			checkKnown(t, s, tt.sql, tt.want)
		})
	}
}

// checkKnown compares with the value that is computed without SQLite.
func checkKnown(t *testing.T, s Scope, text, want string) {
	t.Helper()
	e := parseOne(t, "SELECT "+text).(*tsql.SelectStatement).Query.Body.(*tsql.Select).Items[0].Expr
	bound, err := BindExpr(e, s)
	if err != nil {
		t.Fatal(err)
	}
	v, err := bound.Value(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := show(v, bound.Type); got != want {
		t.Errorf("without rows: got %q, want %q", got, want)
	}
}

func TestConditions(t *testing.T) {
	s := newScope()
	s.set("@n", nil, typeInt)
	conn := openConn(t)
	tests := []struct {
		sql  string
		want any
	}{
		{"1 = 1", true},
		{"1 = 2 OR NOT 1 = 2", true},
		{"@n = 1", nil},
		{"@n = 1 AND 1 = 0", false},
		{"@n = 1 OR 1 = 1", true},
		{"NOT @n = 1", nil},
		{"@n IS NULL", true},
		{"'a' = 'A '", true},
		{"'a' LIKE '[^b-z]'", true},
		{"'a' IN ('x', 'A')", true},
		{"1 IN (2, NULL)", nil},
		{"1 NOT IN (2, 3)", true},
		{"5 BETWEEN 1 AND 5", true},
		{"N'_x' < N'0'", true},
		{"'a' < 'B'", true},
		{"0x01 < 0x02", true},
		{"CAST('2020-01-01' AS date) < '2020-01-02'", true},
		{"CAST('2020-01-01 01:00 +01:00' AS datetimeoffset) = CAST('2020-01-01 00:00 +00:00' AS datetimeoffset)", true},
		{"1.50 = 1.5", true},
		{"10.5 > 9", true},
		{"'10' > 9", true},
		{"CAST(1 AS bit) = 1", true},
		{"CAST('a' AS sql_variant) = N'A'", true},
		{"CAST(2 AS sql_variant) > CAST('1' AS sql_variant)", true},
	}
	for _, tt := range tests {
		t.Run(tt.sql, func(t *testing.T) {
			e := parseOne(t, "SELECT 1 WHERE "+tt.sql).(*tsql.SelectStatement).Query.Body.(*tsql.Select).Where
			c, err := BindCondition(e, s)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Value(context.Background(), nil)
			if err != nil || got != tt.want {
				t.Errorf("without rows: %v, %v, want %v", got, err, tt.want)
			}
			c.node.known = nil
			got, err = c.Value(context.Background(), conn)
			if err != nil || got != tt.want {
				t.Errorf("by SQLite: %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

// TestConvertErrors lists what CONVERT refuses.
func TestConvertErrors(t *testing.T) {
	tests := []struct {
		name     string
		value    any
		from, to tsql.DataType
		want     int32
	}{
		{"text to int", "x", typeVarChar(1), typeInt, 245},
		{"text beyond int", "99999999999", typeVarChar(20), typeInt, 248},
		{"text beyond tinyint", "256", typeVarChar(20), typeTinyInt, 244},
		{"text to bigint", "x", typeVarChar(20), typeBigInt, 8114},
		{"int beyond tinyint", int64(256), typeInt, typeTinyInt, 220},
		{"bigint beyond int", int64(1) << 40, typeBigInt, typeInt, 8115},
		{"text to decimal", "1x", typeVarChar(2), typeDecimal(5, 2), 8114},
		{"too many digits", int64(1000), typeInt, typeDecimal(4, 2), 8115},
		{"text to money", "x", typeVarChar(2), typeMoney, 235},
		{"beyond smallmoney", "214748.3648", typeVarChar(20), tsql.DataType{Name: "smallmoney"}, 8115},
		{"braces that do not end", "{6F9619FF-8B86-D011-B42D-00C04FC964FF", typeVarChar(40), typeUUID, 8169},
		{"text to float", "x", typeVarChar(2), typeFloat, 8114},
		{"text to date", "x", typeVarChar(2), tsql.DataType{Name: "date"}, 241},
		{"no such day", "2020-02-30", typeVarChar(10), tsql.DataType{Name: "date"}, 241},
		{"before datetime", time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC), tsql.DataType{Name: "date"}, typeDateTime, 242},
		{"text to uniqueidentifier", "x", typeVarChar(2), typeUUID, 8169},
		{"int to date", int64(1), typeInt, tsql.DataType{Name: "date"}, 529},
		{"date to int", time.Time{}, tsql.DataType{Name: "date"}, typeInt, 529},
		{"bigint to short nvarchar", int64(123), typeInt, typeNVarChar(2), 8115},
		{"unknown type", int64(1), typeInt, tsql.DataType{Name: "nosuch"}, 243},
		{"a type without values", int64(1), typeInt, tsql.DataType{Name: "geometry"}, 40517},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Convert(tt.value, tt.from, tt.to, true)
			if e, ok := err.(*Error); !ok || e.Number != tt.want {
				t.Errorf("got %v, want %d", err, tt.want)
			}
		})
	}
}
