package tds

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// TestFixedForms: a column without NULL is sent in its fixed form, the value alone, and with NULL as the type that has a
// length (MS-TDS 2.2.5.4.1). SqlClient, whose rule is dotnet/SqlClient, TdsParser.TryProcessTypeInfo, takes the form that
// the flag says.
func TestFixedForms(t *testing.T) {
	at := time.Date(1900, 1, 2, 0, 1, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		typ         TypeInfo
		value       any
		fixed, null TypeID
		size        int
	}{
		"tinyint":       {Int(1), int64(200), 0x30, 0x26, 1},
		"bit":           {Bit(), true, 0x32, 0x68, 1},
		"smallint":      {Int(2), int64(-2), 0x34, 0x26, 2},
		"int":           {Int(4), int64(1), 0x38, 0x26, 4},
		"bigint":        {Int(8), int64(1 << 40), 0x7F, 0x26, 8},
		"real":          {Float(4), 1.5, 0x3B, 0x6D, 4},
		"float":         {Float(8), 1.5, 0x3E, 0x6D, 8},
		"smallmoney":    {Money(4), decimal.New(15000, -4), 0x7A, 0x6E, 4},
		"money":         {Money(8), decimal.New(15000, -4), 0x3C, 0x6E, 8},
		"smalldatetime": {SmallDateTime(), at, 0x3A, 0x6F, 4},
		"datetime":      {DateTime(), at, 0x3D, 0x6F, 8},
	} {
		t.Run(name, func(t *testing.T) {
			meta, row := sent(t, Column{Type: c.typ}, c.value)
			if got := TypeID(meta[9]); got != c.fixed || len(meta) != 11 || len(row) != 1+c.size {
				t.Errorf("NOT NULL: type 0x%02X of metadata % X, row % X", got, meta, row)
			}
			meta, row = sent(t, Column{Type: c.typ, Nullable: true}, c.value)
			if got := TypeID(meta[9]); got != c.null || int(meta[10]) != c.size || len(row) != 2+c.size || int(row[1]) != c.size {
				t.Errorf("NULL: type 0x%02X of metadata % X, row % X", got, meta, row)
			}
			if _, err := (Row{[]any{nil}}).append(nil, []Column{{Name: "a", Type: c.typ}}); err == nil {
				t.Error("NULL was sent in a column that is NOT NULL")
			}
		})
	}
}

// sent is a result set of one column and row on the wire, which this package reads back.
func sent(t *testing.T, c Column, v any) (meta, row []byte) {
	t.Helper()
	meta = ColMetadata{[]Column{c}}.append(nil, level74)
	row, err := Row{[]any{v}}.append(nil, []Column{c})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := DecodeTokens(bytes.Join([][]byte{meta, row}, nil), Version74)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []Token{ColMetadata{[]Column{c}}, Row{[]any{v}}}, tokens)
	return meta, row
}

// TestColumnFlags: MS-TDS 2.2.7.4, Flags. The literal is that of MS-TDS 4.6, whose flags are 0x20.
func TestColumnFlags(t *testing.T) {
	for name, c := range map[string]struct {
		column Column
		want   uint16
	}{
		"a column of a table":   {Column{Nullable: true}, 0x09},
		"that is NOT NULL":      {Column{}, 0x08},
		"identity":              {Column{Identity: true}, 0x10},
		"a literal":             {Column{Computed: true}, 0x20},
		"an expression":         {Column{Nullable: true, Computed: true}, 0x21},
		"with case that counts": {Column{CaseSensitive: true}, 0x0A},
	} {
		c.column.Type = Int(4)
		meta := ColMetadata{[]Column{c.column}}.append(nil, level74)
		if diff := cmp.Diff(c.want, binary.LittleEndian.Uint16(meta[7:])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
