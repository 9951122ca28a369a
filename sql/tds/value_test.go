package tds

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

var equal = cmp.Options{
	cmp.Comparer(time.Time.Equal), cmp.Comparer(decimal.Decimal.Equal),
}

// anyText draws a text without surrogates, which UTF-16 cannot tell from damage.
func anyText(max int) *rapid.Generator[any] {
	return rapid.Map(rapid.StringN(0, max/2, -1), func(s string) any { return s })
}

func anyBytes(max int) *rapid.Generator[any] {
	return rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, max), func(b []byte) any { return append([]byte{}, b...) })
}

func anyInt(min, max int64) *rapid.Generator[any] {
	return rapid.Map(rapid.Int64Range(min, max), func(n int64) any { return n })
}

// anyTicks draws a time that is a whole number of ticks from 1900 on.
func anyTicks(tick time.Duration, last int) *rapid.Generator[any] {
	start := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	return rapid.Custom(func(t *rapid.T) any {
		at := start.AddDate(0, 0, rapid.IntRange(0, last).Draw(t, "day"))
		return at.Add(tick * time.Duration(rapid.Int64Range(0, int64(day/tick)-1).Draw(t, "tick")))
	})
}

func anyScaled(digits int64, scale int32) *rapid.Generator[any] {
	return rapid.Map(rapid.Int64Range(-digits, digits), func(n int64) any { return decimal.New(n, -scale) })
}

// valueKinds is every type that keeps its values unchanged, with such values.
func valueKinds() map[string]struct {
	t      TypeInfo
	values *rapid.Generator[any]
} {
	type kind = struct {
		t      TypeInfo
		values *rapid.Generator[any]
	}
	utf8 := DefaultCollation
	utf8[3] |= 0x04
	day10k := lastDay - daysTo1900
	return map[string]kind{
		"tinyint":  {Int(1), anyInt(0, 255)},
		"smallint": {Int(2), anyInt(-1<<15, 1<<15-1)},
		"int":      {Int(4), anyInt(-1<<31, 1<<31-1)},
		"bigint":   {Int(8), anyInt(-1<<63, 1<<63-1)},
		"bit":      {Bit(), rapid.Map(rapid.Bool(), func(b bool) any { return b })},
		"real":     {Float(4), rapid.Map(rapid.Float32(), func(x float32) any { return float64(x) })},
		"float":    {Float(8), rapid.Map(rapid.Float64(), func(x float64) any { return x })},
		"money":    {Money(8), anyScaled(1<<62, 4)}, "smallmoney": {Money(4), anyScaled(1<<31-1, 4)},
		"decimal(9,2)": {Decimal(9, 2), anyScaled(999999999, 2)}, "decimal(38,20)": {Decimal(38, 20), anyScaled(1<<62, 20)},
		"nvarchar(40)": {NVarChar(40), anyText(40)}, "nvarchar(max)": {NVarChar(Max), anyText(200)}, "ntext": {NText(), anyText(200)},
		"varchar, UTF-8": {VarChar(400).WithCollation(utf8), anyText(100)}, "text, UTF-8": {Text().WithCollation(utf8), anyText(100)},
		"varbinary(50)": {VarBinary(50), anyBytes(50)}, "varbinary(max)": {VarBinary(Max), anyBytes(200)}, "image": {Image(), anyBytes(200)},
		"uniqueidentifier": {GUID(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 16, 16), func(b []byte) any { return UUID(b) })},
		"date":             {Date(), anyTicks(day, day10k)}, "datetime2(3)": {DateTime2(3), anyTicks(time.Millisecond, day10k)},
		"datetime2(7)": {DateTime2(7), anyTicks(100, day10k)}, "datetimeoffset(0)": {DateTimeOffset(0), anyTicks(time.Second, day10k)},
		"datetime": {DateTime(), anyTicks(10*time.Millisecond, day10k)}, "smalldatetime": {SmallDateTime(), anyTicks(time.Minute, 0xFFFF)},
		"sql_variant": {Variant(), rapid.Map(anyText(40), func(v any) any { return VariantValue{NVarChar(40), v} })},
		"sql_variant of decimal": {Variant(), rapid.Map(anyScaled(1<<62, 4), func(v any) any {
			return VariantValue{Decimal(38, 4), v}
		})},
	}
}

func TestValuesComeBack(t *testing.T) {
	for name, k := range valueKinds() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				values := rapid.OneOf(rapid.Just[any](nil), k.values)
				p := Parameter{Name: "@p", Type: k.t, Value: values.Draw(t, "value")}
				comesBack(t, p)
			})
		})
	}
}

// comesBack sends p as a parameter and as a row, and compares.
func comesBack(t *rapid.T, p Parameter) {
	b, err := AppendRPC(nil, []RPC{{Name: "p", Params: []Parameter{p, p}}}, Version74)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := DecodeRPC(b, Version74)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Parameter{p, p}, calls[0].Params, equal); diff != "" {
		t.Error(diff)
	}
	m := ColMetadata{[]Column{{Name: "c", Type: p.Type, Nullable: true}}}
	b, err = Row{[]any{p.Value}}.append(m.append(nil, level74), m.Columns)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := DecodeTokens(b, Version74)
	if diff := cmp.Diff([]Token{m, Row{[]any{p.Value}}}, tokens, equal); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestValueBytes compares with bytes written out by hand from MS-TDS 2.2.5.5.
func TestValueBytes(t *testing.T) {
	for name, c := range map[string]struct {
		t    TypeInfo
		v    any
		want []byte
	}{
		"null int":        {Int(4), nil, []byte{0}},
		"int":             {Int(4), int64(-2), []byte{4, 0xFE, 0xFF, 0xFF, 0xFF}},
		"null nvarchar":   {NVarChar(5), nil, []byte{0xFF, 0xFF}},
		"surrogates":      {NVarChar(5), "😀", []byte{4, 0, 0x3D, 0xD8, 0x00, 0xDE}},
		"nchar is padded": {NChar(2), "a", []byte{4, 0, 'a', 0, ' ', 0}},
		"varchar, 1252":   {VarChar(5), "€中", []byte{2, 0, 0x80, '?'}},
		"empty max":       {VarChar(Max), "", []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		"max":             {VarChar(Max), "ab", []byte{2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0}},
		"decimal":         {Decimal(5, 2), decimal.RequireFromString("-1.235"), []byte{5, 0, 124, 0, 0, 0}},
		"money":           {Money(8), decimal.RequireFromString("1"), []byte{8, 0, 0, 0, 0, 0x10, 0x27, 0, 0}},
		"guid":            {GUID(), UUID{0, 1, 2, 3, 4, 5, 6, 7, 8}, []byte{16, 3, 2, 1, 0, 5, 4, 7, 6, 8, 0, 0, 0, 0, 0, 0, 0}},
		"datetime":        {DateTime(), time.Date(1900, 1, 2, 0, 0, 1, 0, time.UTC), []byte{8, 1, 0, 0, 0, 0x2C, 1, 0, 0}},
		"datetime before": {DateTime(), time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC), []byte{8, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}},
		"date":            {Date(), time.Date(1, 1, 2, 9, 0, 0, 0, time.UTC), []byte{3, 1, 0, 0}},
		"carry into day":  {DateTime2(0), time.Date(1, 1, 1, 23, 59, 59, 6e8, time.UTC), []byte{6, 0, 0, 0, 1, 0, 0}},
		"offset": {DateTimeOffset(0), time.Date(1, 1, 2, 1, 0, 0, 0, time.FixedZone("", 3600)),
			[]byte{8, 0, 0, 0, 1, 0, 0, 60, 0}},
		"variant of int": {Variant(), VariantValue{Int(4), int64(3)}, []byte{6, 0, 0, 0, 0x38, 0, 3, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := appendValue(nil, c.t, c.v, inRow)
			if err != nil || !bytes.Equal(got, c.want) {
				t.Errorf("% X, %v, want % X", got, err, c.want)
			}
		})
	}
}

func TestValuesThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		t TypeInfo
		v any
	}{
		"tinyint below 0":       {Int(1), int64(-1)},
		"int too large":         {Int(4), int64(1 << 31)},
		"text as int":           {Int(4), "1"},
		"nvarchar too long":     {NVarChar(2), "abc"},
		"varbinary too long":    {VarBinary(1), []byte{1, 2}},
		"decimal too large":     {Decimal(3, 1), decimal.RequireFromString("99.96")},
		"decimal far too large": {Decimal(38, 0), decimal.New(1, 1<<30)},
		"smallmoney too large":  {Money(4), decimal.New(300000, 0)},
		"datetime before 1753":  {DateTime(), time.Date(1752, 12, 31, 0, 0, 0, 0, time.UTC)},
		"date after 9999":       {Date(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"max in a variant":      {Variant(), VariantValue{NVarChar(Max), "x"}},
		"struct in a variant":   {Variant(), struct{}{}},
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := appendValue(nil, c.t, c.v, inRow); err == nil {
				t.Errorf("was sent as % X", b)
			}
		})
	}
}

func TestTypeNames(t *testing.T) {
	for want, c := range map[string]TypeInfo{
		"tinyint": Int(1), "bigint": Int(8), "real": Float(4), "smallmoney": Money(4), "nvarchar(128)": NVarChar(128),
		"nvarchar(max)": NVarChar(4001), "varbinary(max)": VarBinary(Max), "char(3)": Char(3), "decimal(10,2)": Decimal(10, 2),
		"datetime2(3)": DateTime2(3), "smalldatetime": SmallDateTime(), "sql_variant": Variant(), "uniqueidentifier": GUID(),
	} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
