package ledger

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// chained are rows with a place and a hash each.
func chained(rows ...Row) []Row {
	out := make([]Row, len(rows))
	var last Row
	for i, r := range rows {
		last = Next(last.Sequence, last.Hash, r)
		out[i] = last
	}
	return out
}

// some are so many rows of one chain.
func some(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		text := fmt.Sprintf("GRANT SELECT ON [dbo].[v%d] TO [Mechanic];", i)
		rows[i] = Row{At: fmt.Sprintf("2026-11-27 10:%02d:00.0000000", i), Database: "iMaint", Login: "ann", Host: "pc1", Program: "grantree", Run: fmt.Sprint("r", i),
			Plan: bytes.Repeat([]byte{byte(i)}, HashSize), Statements: Pack([]string{text}), Reverse: Pack([]string{"REVOKE " + text})}
	}
	return chained(rows...)
}

// check is the verdict of rows.
func check(rows []Row, known ...Last) Verdict {
	c := NewChecker(known)
	for _, r := range rows {
		c.Add(r)
	}
	return c.Done()
}

// again gives rows from one on their hashes anew, as whoever can write the table may.
func again(rows []Row, from int) {
	for i := from; i < len(rows); i++ {
		rows[i].Hash = rows[i].Digest()
		if i+1 < len(rows) {
			rows[i+1].Previous = rows[i].Hash
		}
	}
}

func TestCheck(t *testing.T) {
	whole := some(6)
	known := []Last{whole[1].Last(), whole[5].Last()}
	tests := []struct {
		name   string
		change func([]Row) []Row
		known  []Last
		want   string // "" is whole
	}{
		{"as it was written", func(r []Row) []Row { return r }, known, ""},
		{"no row yet", func([]Row) []Row { return nil }, nil, ""},
		{"rows after the last that is remembered", func(r []Row) []Row { return r }, known[:1], ""},
		{"the first row is gone", func(r []Row) []Row { return r[1:] }, nil, "row 1 is missing: the first that is there is row 2"},
		{"the first two are gone", func(r []Row) []Row { return r[2:] }, nil, "rows 1 to 2 are missing: the first that is there is row 3"},
		{"the first is no first", func(r []Row) []Row { r[0].Previous = r[3].Hash; again(r, 0); return r }, nil, "row 1 says that a row comes before it, and it is the first"},
		{"a row is edited", func(r []Row) []Row { r[2].Login = "eve"; return r }, nil, "row 3 was edited: it is not what its hash says"},
		{"statements are edited", func(r []Row) []Row { r[2].Statements = Pack([]string{"PRINT 1;"}); return r }, nil, "row 3 was edited: it is not what its hash says"},
		{"a row is edited, and its hash", func(r []Row) []Row { r[2].Login = "eve"; r[2].Hash = r[2].Digest(); return r }, nil,
			"row 4 says that another row comes before it than row 3 as it stands: one of the two was written again"},
		{"all is written again from a row on", func(r []Row) []Row { r[2].Login = "eve"; again(r, 2); return r }, known, "row 6 is not the one that is known from elsewhere: it was written again, or all from an earlier row on"},
		{"the same, without a journal", func(r []Row) []Row { r[2].Login = "eve"; again(r, 2); return r }, nil, ""},
		{"a remembered row is written again", func(r []Row) []Row { r[1].Login = "eve"; again(r, 1); return r }, known, "row 2 is not the one that is known from elsewhere: it was written again, or all from an earlier row on"},
		{"a row is missing", func(r []Row) []Row { return slices.Delete(r, 2, 3) }, nil, "row 3 is missing: row 4 follows row 2"},
		{"rows are missing", func(r []Row) []Row { return slices.Delete(r, 2, 4) }, known, "rows 3 to 4 are missing: row 5 follows row 2"},
		{"a row is missing and those after it counted anew", func(r []Row) []Row {
			r = slices.Delete(r, 2, 3)
			for i := 2; i < len(r); i++ {
				r[i].Sequence--
			}
			return r
		}, nil, "row 3 was edited: it is not what its hash says"},
		{"two rows change places", func(r []Row) []Row {
			r[2], r[3] = r[3], r[2]
			r[2].Sequence, r[3].Sequence = 3, 4
			return r
		}, nil, "row 3 was edited: it is not what its hash says"},
		{"a row is put in before the first", func(r []Row) []Row { return append([]Row{Next(-1, make([]byte, HashSize), r[0])}, r...) }, nil, "row 0 stands where row 1 should: it was put in"},
		{"a row is there twice", func(r []Row) []Row { return slices.Insert(r, 2, r[1]) }, nil, "row 2 stands where row 3 should: it was put in"},
		{"the end is cut", func(r []Row) []Row { return r[:4] }, known, "rows 5 to 6 are gone from the end: row 6 is known from elsewhere"},
		{"the same, without a journal", func(r []Row) []Row { return r[:4] }, nil, ""},
		{"all of it is gone", func([]Row) []Row { return nil }, known, "rows 1 to 6 are gone from the end: row 6 is known from elsewhere"},
		{"a row is added by hand", func(r []Row) []Row { return append(r, Row{Sequence: 7, Hash: []byte("x")}) }, known, "row 7 was edited: it is not what its hash says"},
		{"a row is added by hand, with a hash", func(r []Row) []Row { return append(r, Next(r[5].Sequence, r[5].Hash, Row{Login: "eve"})) }, known, ""},
		{"a row of which two are remembered", func(r []Row) []Row { return r }, []Last{whole[1].Last(), {Sequence: 2, Hash: "00"}}, "row 2 is not the one that is known from elsewhere: it was written again, or all from an earlier row on"},
		{"another ledger", func([]Row) []Row { r := some(6); r[0].Database = "South"; again(r, 0); return r }, known, "row 2 is not the one that is known from elsewhere: it was written again, or all from an earlier row on"},
		{"columns are NULL", func([]Row) []Row { return make([]Row, 1) }, nil, "row 0 stands where row 1 should: it was put in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := check(tt.change(slices.Clone(whole)), tt.known...)
			got := ""
			if v.Broken != nil {
				got = v.Broken.Error()
			}
			if got != tt.want {
				t.Errorf("broken: %q, want %q", got, tt.want)
			}
			if _, err := Entries(tt.change(slices.Clone(whole)), tt.known); (err == nil) != (tt.want == "") && tt.name != "a row is added by hand, with a hash" {
				t.Errorf("entries: %v", err)
			}
		})
	}
}

// TestVerdict is what is said of a chain beside whether it holds.
func TestVerdict(t *testing.T) {
	rows := some(4)
	rows[2].At, rows[3].Database = "2026-11-27 09:00:00.0000000", "North"
	again(rows, 2)
	v := check(rows, rows[1].Last(), Last{})
	if !v.Whole() || v.Rows != 4 || v.Last != rows[3].Last() || v.Remembered != 1 || v.Through != 2 || fmt.Sprint(v.Back) != "[3]" || fmt.Sprint(v.Databases) != "[iMaint North]" {
		t.Errorf("%+v", v)
	}
}

// TestEveryChangeIsFound: whatever is done to a ledger by somebody who leaves the rest
// alone is found, at the row or the one after it; with the last row remembered also
// what they do to the rest.
func TestEveryChangeIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := chained(rapid.SliceOfN(rapid.Custom(drawRow), 1, 8).Draw(t, "rows")...)
		if v := check(whole, whole[len(whole)-1].Last()); !v.Whole() {
			t.Fatalf("what was written is %v", v.Broken)
		}
		rows := slices.Clone(whole)
		at := rapid.IntRange(0, len(rows)-1).Draw(t, "at")
		lowest, highest := at+1, at+1
		anew := false
		switch what := rapid.SampledFrom([]string{"edit", "edit and hash", "rewrite", "cut", "drop", "swap", "insert"}).Draw(t, "what"); what {
		case "edit", "edit and hash", "rewrite":
			before := rows[at]
			editRow(t, &rows[at])
			if rows[at].Equal(before) {
				t.Skip("the drawn edit wrote what stood there, and a row that is as it was has to pass")
			}
			switch what {
			case "edit and hash":
				rows[at].Hash = rows[at].Digest()
				highest++
			case "rewrite":
				again(rows, at)
				highest, anew = len(rows), true
			}
			if at == len(rows)-1 && what != "edit" {
				anew = true
			}
		case "cut":
			rows, highest, anew = rows[:at], len(rows), true
		case "drop":
			anew = at == len(rows)-1
			rows = slices.Delete(rows, at, at+1)
		case "swap":
			to := rapid.IntRange(0, len(rows)-1).Draw(t, "to")
			if to == at {
				t.Skip("nothing was swapped")
			}
			rows[at], rows[to] = rows[to], rows[at]
			rows[at].Sequence, rows[to].Sequence = rows[to].Sequence, rows[at].Sequence
			lowest, highest = min(at, to)+1, min(at, to)+1
		case "insert":
			fresh := drawRow(t)
			fresh.Sequence = rows[at].Sequence
			fresh.Previous, fresh.Hash = rows[at].Previous, bytes.Repeat([]byte{1}, HashSize)
			rows = slices.Insert(rows, at, fresh)
		}
		v := check(rows, whole[len(whole)-1].Last())
		if v.Broken == nil || v.Broken.Sequence < int64(lowest) || v.Broken.Sequence > int64(highest) {
			t.Fatalf("broken: %v, want rows %d to %d", v.Broken, lowest, highest)
		}
		if alone := check(rows); !anew && alone.Whole() {
			t.Fatal("without a journal nothing is found")
		}
	})
}

func drawRow(t *rapid.T) Row {
	text := rapid.StringMatching(`[a-z\n'é\x{1F600}]{0,6}`)
	return Row{At: "2026-11-27 10:00:00.1234567", Database: text.Draw(t, "database"), Login: text.Draw(t, "login"), Host: text.Draw(t, "host"), Program: text.Draw(t, "program"),
		Run: text.Draw(t, "run"), Plan: rapid.SliceOfN(rapid.Byte(), HashSize, HashSize).Draw(t, "plan"),
		Statements: rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "statements"), Reverse: rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "reverse")}
}

// editRow changes one part of a row, or moves the end of one into the next.
func editRow(t *rapid.T, r *Row) {
	fresh := drawRow(t)
	switch rapid.IntRange(0, 9).Draw(t, "part") {
	case 0:
		r.At = "2026-11-27 10:00:00.1234568"
	case 1:
		r.Database = fresh.Database
	case 2:
		r.Login = fresh.Login
	case 3:
		r.Host = fresh.Host
	case 4:
		r.Program, r.Run = r.Program+r.Run, ""
	case 5:
		r.Run = fresh.Run
	case 6:
		r.Plan = fresh.Plan
	case 7:
		r.Statements = fresh.Statements
	case 8:
		r.Reverse = fresh.Reverse
	case 9:
		r.Statements, r.Reverse = slices.Concat(r.Statements, r.Reverse[:1]), r.Reverse[1:]
	}
}

func TestLast(t *testing.T) {
	row := some(2)[1].Last()
	if got, err := ParseLast(row.String()); err != nil || got != row || !strings.HasPrefix(row.String(), "2:") {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "2", "2:", "x:" + row.Hash, "0:" + row.Hash, "02:" + row.Hash, "2:" + strings.ToUpper(row.Hash), "2:" + row.Hash + "00", "2:zz", row.String() + " "} {
		if got, err := ParseLast(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestPack(t *testing.T) {
	for _, texts := range [][]string{{}, {""}, {"GRANT SELECT ON [dbo].[v] TO [a'b];", "DENY x\nGO\nDROP", "é 😀 <&>"}, {strings.Repeat("x", 100_000)}} {
		got, err := Unpack(Pack(texts))
		if err != nil || !slices.Equal(got, texts) {
			t.Errorf("%.40q: %.40q, %v", texts, got, err)
		}
	}
	for _, packed := range [][]byte{nil, []byte("x"), Pack(nil)[:10], append(Pack([]string{"a"}), 0)} {
		if got, err := Unpack(packed); err == nil {
			t.Errorf("%x is read as %q", packed, got)
		}
	}
}

func TestEntry(t *testing.T) {
	row := some(1)[0]
	e, err := row.Entry()
	if err != nil || e.Statements[0] != "GRANT SELECT ON [dbo].[v0] TO [Mechanic];" || e.Reverse[0] != "REVOKE "+e.Statements[0] || e.At.Minute() != 0 || e.Hash != row.Last().Hash || e.Login != "ann" {
		t.Errorf("%+v, %v", e, err)
	}
	for _, change := range []func(*Row){func(r *Row) { r.At = "soon" }, func(r *Row) { r.Statements = nil }, func(r *Row) { r.Reverse = []byte("x") }} {
		bad := row
		if change(&bad); func() bool { _, err := bad.Entry(); return err == nil }() {
			t.Errorf("%+v is read", bad)
		}
		if _, err := Entries(chained(bad), nil); err == nil {
			t.Errorf("%+v is an entry", bad)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack([]string{"GRANT"}))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, b []byte) {
		texts, err := Unpack(b)
		if err != nil {
			return
		}
		again, err := Unpack(Pack(texts))
		if err != nil || !slices.Equal(texts, again) {
			t.Errorf("%q, %q, %v", texts, again, err)
		}
	})
}

// FuzzCheck: no row that differs in any bit is taken for the one that was written.
func FuzzCheck(f *testing.F) {
	f.Add("2026-11-27 10:00:00.0000000", "db", "ann", "pc", "p", "r", []byte{1}, []byte{2}, []byte{3})
	f.Fuzz(func(t *testing.T, at, database, login, host, program, run string, plan, statements, reverse []byte) {
		written := chained(Row{At: at, Database: database, Login: login, Host: host, Program: program, Run: run, Plan: plan, Statements: statements, Reverse: reverse})
		if v := check(written, written[0].Last()); !v.Whole() {
			t.Fatal(v.Broken)
		}
		parts := []string{string(utf16Bytes(at)), string(utf16Bytes(database)), string(utf16Bytes(login)), string(utf16Bytes(host)), string(utf16Bytes(program)), string(utf16Bytes(run))}
		moved := written[0]
		moved.Run, moved.Program = moved.Program, moved.Run
		if parts[4] != parts[5] && check([]Row{moved}).Whole() {
			t.Fatal("two parts changed places")
		}
	})
}
