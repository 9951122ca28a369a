package mssql

import (
	"testing"

	"grantree/grants"

	"github.com/google/go-cmp/cmp"
)

// TestRecord: what a column is not, is an error that says which column, and never
// a value.
func TestRecord(t *testing.T) {
	tests := []struct {
		name   string
		values []any
		read   func(*record) any
		want   any
		err    string
	}{
		{"numbers", []any{int64(3), int64(-4)}, func(r *record) any { return []int{r.number(), r.number()} }, []int{3, -4}, ""},
		{"a bit is a number", []any{true}, func(r *record) any { return r.number() }, 1, ""},
		{"a number that is none", []any{int64(1), nil}, func(r *record) any { return []int{r.number(), r.number()} }, []int{1, 0}, "column 2: unexpected NULL"},
		{"a number that is text", []any{"7"}, func(r *record) any { return r.number() }, 0, "column 1: unexpected string"},
		{"no number", []any{nil, int64(2)}, func(r *record) any { return []int{r.orZero(), r.orZero()} }, []int{0, 2}, ""},
		{"flags", []any{true, int64(1), int64(0)}, func(r *record) any { return []bool{r.flag(), r.flag(), r.flag()} }, []bool{true, true, false}, ""},
		{"a flag that is neither", []any{int64(2)}, func(r *record) any { return r.flag() }, false, "column 1: unexpected 2"},
		{"a flag that is none", []any{nil}, func(r *record) any { return r.flag() }, false, "column 1: unexpected NULL"},
		{"text", []any{"ann", "R"}, func(r *record) any { return []string{r.text(), r.word()} }, []string{"ann", "R"}, ""},
		{"no text", []any{nil}, func(r *record) any { return r.text() }, "", "column 1: unexpected NULL"},
		{"text that is bytes", []any{[]byte{1}}, func(r *record) any { return r.word() }, "", "column 1: unexpected []uint8"},
		{"SIDs", []any{[]byte{0x01, 0xaf}, nil, []byte{}}, func(r *record) any { return []string{r.sid(), r.sid(), r.sid()} }, []string{"01AF", "", ""}, ""},
		{"a SID that is text", []any{"01"}, func(r *record) any { return r.sid() }, "", "column 1: unexpected string"},
		{"too few columns", []any{int64(1)}, func(r *record) any { return []int{r.number(), r.orZero()} }, []int{1, 0}, "column 1: unexpected missing"},
		{"the first error", []any{nil, "x"}, func(r *record) any { return []int{r.number(), r.number()} }, []int{0, 0}, "column 1: unexpected NULL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &record{values: tt.values, words: map[string]string{}}
			got, text := tt.read(r), ""
			if r.err != nil {
				text = r.err.Error()
			}
			if d := cmp.Diff(tt.want, got); d != "" || text != tt.err {
				t.Errorf("error %q, want %q; %s", text, tt.err, d)
			}
		})
	}
}

// TestRecordsOf: a row that is not what it has to be ends the reading.
func TestRecordsOf(t *testing.T) {
	_, connect := liveSite(t)
	for query, want := range map[string]string{
		"SELECT 7, 8":                          "",
		"SELECT 7, CAST(NULL AS int)":          "members: column 2: unexpected NULL",
		"SELECT 7, N'x'":                       "members: column 2: unexpected string",
		"SELECT 7, 8 UNION ALL SELECT 7, NULL": "members: column 2: unexpected NULL",
	} {
		var s grants.Snapshot
		err := readSets(t.Context(), connect("sa"), query, []resultSet{recordsOf("members", &s, readMember)})
		if got := errText(err); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		} else if err == nil && !cmp.Equal(s.Members, []grants.Member{{Role: 7, Member: 8}}) {
			t.Errorf("%s: %v", query, s.Members)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
