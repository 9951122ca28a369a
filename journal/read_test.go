package journal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
	"grantree/grants"
)

// sample are the records of a run: a login made and one not, a site committed, one
// that was rolled back and sent again.
func sample() []Record {
	changes := ChangesOf([]grants.Change{
		{Kind: grants.CreateUser, Principals: []string{"Björn <b>"}, Login: "bjorn"},
		{Kind: grants.GrantOn, Schema: "dbo", View: "imvw_part", Permissions: catalog.Select | catalog.Update, Principals: []string{"Mechanic"},
			Before: []grants.RowBefore{{Principal: "Mechanic", Permission: catalog.Update, State: grants.Denied}}},
		{Kind: grants.DropUser, Principals: []string{"eve"}, Drops: &grants.Dropped{Login: "eve", Roles: []string{"Mechanic"}, DefaultSchema: "own", Connect: grants.Granted,
			Rows: []grants.DroppedRow{{Schema: "dbo", View: "v", Permissions: catalog.Select, State: grants.Denied}}, Properties: []grants.Property{{Name: "owner", Type: "nvarchar", Value: "x\ny"}}}},
	})
	acts := []LoginAct{{Kind: CreateLogin, Login: "bjorn", SID: "AB"}, {Kind: CreateLogin, Login: "eve", SID: "CD"}}
	done := []LoginAct{{Kind: CreateLogin, Login: "bjorn", SID: "AB", Outcome: Done}, {Kind: CreateLogin, Login: "eve", SID: "CD", Outcome: NotDone, Why: "there is one"}}
	sending := func(site string) Record {
		return Record{Kind: KindSending, Site: &Site{Site: site, Server: "main", Database: "DB_" + site, Before: "b" + site, Changes: changes}}
	}
	of := func(k Kind, site string) Record { return Record{Kind: k, Site: &Site{Site: site}} }
	committing := of(KindCommitting, "North")
	committing.Site.After = "aNorth"
	south := of(KindCommitting, "South")
	south.Site.After = "aSouth"
	return []Record{
		{Kind: KindBegun, Begun: &Begun{Format: Format, Version: Version, Run: "r1", Command: "apply", User: "dba", Host: "h", Plan: "p", Options: Options{ExpectLoss: -1}}},
		{Kind: KindLogins, Logins: &Logins{Server: "main", Acts: acts}},
		{Kind: KindLoginsDone, Logins: &Logins{Server: "main", Acts: done}},
		sending("North"), sending("South"), committing, of(KindRolledBack, "South"), of(KindCommitted, "North"),
		sending("South"), south, of(KindUnknown, "South"),
		{Kind: KindEnded, Ended: &Ended{Outcome: "failed", Sites: map[string]int{"applied": 1, "unknown": 1}, Statements: 5}},
	}
}

// written is the text of records.
func written(t testing.TB, records ...Record) []byte {
	t.Helper()
	var c Chain
	var out []byte
	for i, r := range records {
		r.At = time.Date(2026, 11, 27, 23, 0, i, 123e6, time.UTC)
		line, err := c.Line(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line...)
	}
	return out
}

// TestRoundTrip: what was written is what is read, and its changes are those that were
// handed in.
func TestRoundTrip(t *testing.T) {
	text := written(t, sample()...)
	j, err := Decode("f", text)
	if err != nil || j.Torn || len(j.Records) != len(sample()) {
		t.Fatalf("%d records, torn %v: %v", len(j.Records), j.Torn, err)
	}
	if again := written(t, j.Records...); !bytes.Equal(again, text) {
		t.Error("written anew it is another text")
	}
	want := sample()[3].Site.Changes
	for i, c := range Of("f", j).Sites[0].Parts[0].Grants() {
		if diff := cmp.Diff(want[i], ChangesOf([]grants.Change{c})[0]); diff != "" {
			t.Errorf("change %d:\n%s", i, diff)
		}
	}
}

// TestEveryByte: whatever byte of a journal is another one, it is refused, at a line
// that is not before the edited one.
func TestEveryByte(t *testing.T) {
	text := written(t, sample()...)
	for i := range text {
		at := bytes.Count(text[:i], []byte("\n")) + 1
		for _, b := range []byte{text[i] ^ 1} {
			edited := bytes.Clone(text)
			edited[i] = b
			j, err := Decode("f", edited)
			var bad *DamageError
			if i == len(text)-1 { // the last line's end: it lacks one
				continue
			}
			if !errors.As(err, &bad) || bad.Line < at || bad.Line > at+1 || len(j.Records) != bad.Line-1 {
				t.Fatalf("byte %d of line %d as %q: %v, %d records", i, at, b, err, len(j.Records))
			}
		}
	}
}

// TestEveryCut: cut anywhere, a journal is what a crash leaves: the whole lines are read.
func TestEveryCut(t *testing.T) {
	text := written(t, sample()...)
	for i := range text {
		for _, tail := range []string{"", "\x00\x00\x00"} {
			j, err := Decode("f", append(bytes.Clone(text[:i]), tail...))
			whole := bytes.Count(text[:i], []byte("\n"))
			if bytes.HasPrefix(text[i:], []byte("\n")) && tail == "" {
				whole++ // but for its end the line is there
			}
			if err != nil || len(j.Records) != whole || len(j.Records) > 0 && j.Records[len(j.Records)-1].Kind == KindEnded && j.Torn != (tail != "") {
				t.Fatalf("cut after %d bytes: %d records, torn %v: %v", i, len(j.Records), j.Torn, err)
			}
		}
	}
}

// TestForgeries: lines that are left out, put in, moved or made are refused, each by its
// number and a reason.
func TestForgeries(t *testing.T) {
	lines := strings.SplitAfter(string(written(t, sample()...)), "\n")
	lines = lines[:len(lines)-1]
	other := sample()
	other[0].Begun.Run = "r2"
	others := strings.SplitAfter(string(written(t, other...)), "\n")
	join := func(parts ...[]string) string {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(strings.Join(p, ""))
		}
		return b.String()
	}
	// forged is a journal whose hashes were worked out anew.
	forged := func(edit func([]Record) []Record) string { return string(written(t, edit(sample())...)) }
	for _, tt := range []struct {
		name, text string
		line       int
		why        string
	}{
		{"a line left out", join(lines[:4], lines[5:]), 5, "is line 6 of a journal: 1 before it are missing"},
		{"the first one left out", join(lines[1:]), 1, "is line 2 of a journal: 1 before it are missing"},
		{"a line twice", join(lines[:4], lines[3:]), 5, "is line 4 of a journal: it stands here a second time"},
		{"two lines in each other's place", join(lines[:4], lines[5:6], lines[4:5], lines[6:]), 5, "is line 6 of a journal"},
		{"a line of another run", join(lines[:4], others[4:5], lines[5:]), 5, "does not follow the line before"},
		{"two runs in one file", join(lines, lines), 13, "is line 1 of a journal"},
		{"something behind the end", join(lines, []string{"{"}), 13, "stands after the end"},
		{"a foreign line", join(lines[:2], []string{"{\"n\":3}\n"}, lines[2:]), 3, "is no record of a journal, or was cut"},
		{"an empty line", join(lines[:2], []string{"\n"}, lines[2:]), 3, "is no record"},
		{"another layout", join([]string{strings.Replace(lines[0], `{"n":1,`, `{"n": 1,`, 1)}, lines[1:]), 1, "was edited"},
		{"cut in the middle", join(lines[:4], []string{lines[4][:40]}, lines[5:]), 5, "was edited"},
		{"garbage at the end", join(lines[:4], []string{"hello"}), 5, "is no record"},
		{"made: it does not begin", forged(func(r []Record) []Record { return r[1:] }), 1, "is not how a journal begins"},
		{"made: it begins twice", forged(func(r []Record) []Record { return append(r[:1:1], r...) }), 2, "begins another run"},
		{"made: a commit without its asking", forged(func(r []Record) []Record { return append(r[:5:5], r[7:]...) }), 6, `says "committed" of site "North"`},
		{"made: a site after it is unknown", forged(func(r []Record) []Record { return append(r[:11:11], r[4]) }), 12, `says "sending" of site "South"`},
		{"made: logins of which nothing was asked", forged(func(r []Record) []Record { return append(r[:1:1], r[2:]...) }), 2, `says what became of logins of server "main", of which nothing`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode("f", []byte(tt.text))
			var bad *DamageError
			if !errors.As(err, &bad) || bad.Line != tt.line || !strings.HasPrefix(bad.Why, tt.why) {
				t.Errorf("it says %v, want line %d: %s…", err, tt.line, tt.why)
			}
		})
	}
}

// TestForms: a line has one form, whoever works out its hash.
func TestForms(t *testing.T) {
	line := written(t, sample()[0])
	body := line[:bytes.LastIndex(line, []byte(tail))+len(tail)]
	for _, edit := range [][2]string{{`{"n":1,`, `{ "n":1,`}, {`"user":"dba"`, `"user":"\u0064ba"`}, {`"n":1,`, `"n":1,"n":1,`}, {`.123Z`, `.1230Z`}, {`"run":"r1"`, `"Run":"r1"`}} {
		other := bytes.Replace(body, []byte(edit[0]), []byte(edit[1]), 1)
		text := fmt.Appendf(nil, "%s%s\"}\n", other, sum(other))
		if j, err := Decode("f", text); err == nil || !strings.Contains(err.Error(), "is not laid out as a run writes it") {
			t.Errorf("%s: %d records, %v", edit[1], len(j.Records), err)
		}
	}
	if j, err := Decode("f", fmt.Appendf(nil, "%s%s\"}\n", body, sum(body))); err != nil || len(j.Records) != 1 {
		t.Errorf("as it was: %v", err)
	}
}

// TestWhatNoLineHolds: a record that a file cannot hold is refused before it is written.
func TestWhatNoLineHolds(t *testing.T) {
	site := func(c Change) Record {
		return Record{Kind: KindSending, Site: &Site{Site: "N", Before: "b", Changes: []Change{c}}}
	}
	ok := Change{Kind: "grant", Principals: []string{"a"}, View: "v", Permissions: []string{"SELECT"}}
	edit := func(do func(*Change)) Record {
		c := ok
		do(&c)
		return site(c)
	}
	for _, tt := range []struct {
		name string
		r    Record
		why  string
	}{
		{"no part", Record{Kind: KindSending}, "does not hold what such a line holds"},
		{"a part of another kind", Record{Kind: KindEnded, Ended: &Ended{}, Site: &Site{Site: "N"}}, "does not hold what such a line holds"},
		{"a kind of nobody", Record{Kind: "x", Ended: &Ended{}}, "does not know"},
		{"another format", Record{Kind: KindBegun, Begun: &Begun{Format: "x", Version: 1, Run: "r"}}, "not the first of a grantree journal"},
		{"another version", Record{Kind: KindBegun, Begun: &Begun{Format: Format, Version: 9, Run: "r"}}, "of version 9"},
		{"a name that is no text", edit(func(c *Change) { c.Principals = []string{"a\xff"} }), "is no text"},
		{"a change of nobody", edit(func(c *Change) { c.Principals = nil }), "names nobody"},
		{"a change of no kind", edit(func(c *Change) { c.Kind = "exec" }), `its kind is "exec"`},
		{"a permission of nobody", edit(func(c *Change) { c.Permissions = []string{"CONTROL"} }), `the permission "CONTROL"`},
		{"a permission in other letters", edit(func(c *Change) { c.Permissions = []string{"select"} }), `the permission "select"`},
		{"no view", edit(func(c *Change) { c.View = "" }), "names no view"},
		{"a state of nobody", edit(func(c *Change) { c.Before = []Row{{"a", "SELECT", "W"}} }), `in the state "W"`},
		{"no state before", Record{Kind: KindSending, Site: &Site{Site: "N", Changes: []Change{ok}}}, "for which state"},
		{"nothing read back", Record{Kind: KindCommitting, Site: &Site{Site: "N"}}, "what was read back"},
		{"whose login", Record{Kind: KindLogins, Logins: &Logins{Server: "m", Acts: []LoginAct{{Kind: grants.DropLogin, Login: "x"}}}}, "whose login"},
		{"an act of nobody", Record{Kind: KindLogins, Logins: &Logins{Server: "m", Acts: []LoginAct{{Kind: "alter", Login: "x"}}}}, "nothing that is done to logins"},
		{"an outcome before it was asked", Record{Kind: KindLogins, Logins: &Logins{Server: "m", Acts: []LoginAct{{Kind: CreateLogin, Login: "x", Outcome: Done}}}}, "before it was asked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.At = time.Unix(1, 0)
			var c Chain
			if _, err := c.Line(tt.r); err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("it says %v, want … %s …", err, tt.why)
			}
			if c.lines != 0 {
				t.Error("and counts as written")
			}
		})
	}
}

// FuzzDecode: whatever a file holds, it is read as it was written or refused by a line
// of it.
func FuzzDecode(f *testing.F) {
	text := written(f, sample()...)
	f.Add(text)
	f.Add(text[:len(text)-30])
	f.Add([]byte("{\"n\":1,\"at\":\""))
	f.Add([]byte{0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := Decode("f", data)
		if bad := (*DamageError)(nil); err != nil && (!errors.As(err, &bad) || bad.Line != len(j.Records)+1) {
			t.Fatalf("%v after %d records", err, len(j.Records))
		}
		var c Chain
		var again []byte
		for _, r := range j.Records {
			line, err := c.Line(r)
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, line...)
		}
		if !bytes.HasPrefix(append(bytes.Clone(data), '\n'), again) {
			t.Fatalf("%d records are read that do not stand there", len(j.Records))
		}
		_ = fmt.Sprint(Of("f", j).Doubts())
	})
}
