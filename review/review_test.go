package review

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/report"

	"github.com/xuri/excelize/v2"
)

var day = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const base = `
[server.main]
url = "sqlserver://sql01.example"
[[site]]
name = "North"
server = "main"
database = "N"
[[site]]
name = "South"
server = "main"
database = "S"
[[group]]
name = "Crew"
[[group.allow]]
on = "Projects"
permissions = ["select", "update"]
[[group]]
name = "=Plan"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[review]]
reviewer = "carol"
[[review]]
reviewer = "Dora"
groups = ["=Plan"]
[[user]]
name = "ann"
groups = ["Crew", "=Plan"]
sites = ["*"]
[[user.allow]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "+1 asked"
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["North"]
[[user.at]]
sites = ["South"]
groups = ["=Plan"]
[[user]]
name = "carol"
groups = ["Crew"]
sites = ["North"]
`

// reported is the report of a policy, as if its sites held what it says.
func reported(t *testing.T, text string) (*policy.Policy, *report.Report) {
	t.Helper()
	return changed(t, text, nil)
}

// changed is the same after somebody changed the sites by hand.
func changed(t *testing.T, text string, change func(*grants.Snapshot)) (*policy.Policy, *report.Report) {
	t.Helper()
	p, checks := carriedOut(t, text)
	return p, reportOf(p, checks, change)
}

// carriedOut is a policy and its sites as they are once it is carried out.
func carriedOut(t *testing.T, text string) (*policy.Policy, []policy.SiteCheck) {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	checks, _ := p.OfflineChecks(p.SitesInUse())
	for i, c := range checks {
		for _, u := range c.Wanted.Users {
			c.Snapshot.Logins = append(c.Snapshot.Logins, grants.Login{Name: u.Login, Type: grants.SQLUser})
		}
		after, err := c.Snapshot.With(grants.Diff(c.Snapshot, c.Wanted, grants.DiffOptions{}).Changes)
		if err != nil {
			t.Fatal(err)
		}
		checks[i].Snapshot = after
	}
	return p, checks
}

// reportOf is the report of such sites after somebody changed them by hand.
func reportOf(p *policy.Policy, checks []policy.SiteCheck, change func(*grants.Snapshot)) *report.Report {
	src := report.Source{Made: day, Basis: report.Policy, Policy: p}
	for _, c := range checks {
		s := *c.Snapshot // what is appended is the copy's
		s.Principals, s.Members, s.Permissions, s.Objects, s.Dependencies = slices.Clip(s.Principals), slices.Clip(s.Members), slices.Clip(s.Permissions), slices.Clip(s.Objects), slices.Clip(s.Dependencies)
		if change != nil {
			change(&s)
		}
		src.Sites = append(src.Sites, report.SiteSource{Name: s.Site, Snapshot: &s, Inquiry: grants.Inquire(&s, c.Wanted, p.Accepts(s.Site, day))})
	}
	return report.New(src)
}

// answered is a reviewer's workbook with answers, as another program saves it: by what
// a row is about, and "" for all others.
func answered(t *testing.T, pack *Pack, n int, answers map[string]Decision) []byte {
	t.Helper()
	x := pack.Reviewers[n]
	var b bytes.Buffer
	if err := x.WriteXLSX(&b, pack.ID, nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, r := range x.Rows {
		d, ok := answers[r.Person+" "+r.What]
		if !ok {
			d = answers[""]
		}
		if err := f.SetCellValue("Decide", fmt.Sprintf("L%d", i+2), string(d)); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Decide", fmt.Sprintf("M%d", i+2), "'=note"); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// back reads what came back.
func back(t *testing.T, data []byte) Returned {
	t.Helper()
	who, answers, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return Returned{who, answers}
}

// said are verdicts, one a line.
func said(list []Verdict) string {
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%s %s %s: %s\n", v.Reviewer, v.Row.Person, v.Row.What, v.Outcome)
	}
	return b.String()
}

// edited is the text of a policy after a review.
func edited(t *testing.T, text string, verdicts []Verdict) string {
	t.Helper()
	done, err := Edit(func() (*policy.Editor, error) {
		return policy.NewEditor(policy.Source{File: "p.toml", Data: []byte(text)}, nil)
	}, verdicts, "carol", day)
	if err != nil || done.Brought.HasErrors() {
		t.Fatal(err, done.Brought)
	}
	if len(done.Files) == 0 {
		return text
	}
	return string(done.Files[0].After)
}

// TestMake: each reviewer has the rows of their people, nobody their own, and whom no
// one reviews is said.
func TestMake(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	var got []string
	for _, x := range pack.Reviewers {
		for _, row := range x.Rows {
			got = append(got, fmt.Sprintf("%s: %s %s %s %v %s", x.Reviewer, row.Person, row.Kind, row.What, row.Sites, row.Holds))
		}
	}
	want := []string{
		"carol: ann group =Plan [North South] in 2 of 2", "carol: ann group Crew [North South] in 2 of 2", "carol: ann own line imvw_pay_type [North South] ",
		"carol: bob group =Plan [South] in 1 of 1", "carol: bob group Crew [North] in 1 of 1",
		"Dora: ann group =Plan [North South] in 2 of 2", "Dora: ann group Crew [North South] in 2 of 2", "Dora: ann own line imvw_pay_type [North South] ", "Dora: bob group =Plan [South] in 1 of 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if len(pack.Nobody) != 1 || pack.Nobody[0].Person != "carol" {
		t.Error(pack.Nobody)
	}
	if pack.Sites[0].Fingerprint == "" || pack.Reviewers[0].File == pack.Reviewers[1].File {
		t.Errorf("%+v", pack)
	}
}

// TestRoundTrip: what is revoked goes, what is kept stays byte for byte, and cells that
// were defused come back as they were.
func TestRoundTrip(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	file := back(t, answered(t, pack, 0, map[string]Decision{"": Keep, "ann =Plan": Revoke, "ann imvw_pay_type": Revoke, "bob =Plan": Revoke}))
	if file.Answers[0].Note != "=note" {
		t.Errorf("the note comes back as %q", file.Answers[0].Note)
	}
	verdicts, err := pack.Judge(Rows(p, r), []Returned{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := edited(t, base, verdicts)
	if want := "carol ann =Plan: revoked\ncarol ann Crew: kept\ncarol ann imvw_pay_type: revoked\ncarol bob =Plan: by hand\ncarol bob Crew: kept\n"; said(verdicts) != want {
		t.Errorf("%s", said(verdicts))
	}
	if strings.Contains(text, "imvw_pay_type") || !strings.Contains(text, "name = \"ann\"\ngroups = [\"Crew\"]") {
		t.Error(text)
	}
}

// TestEverything: who loses every group is made inactive, because nobody is in none.
func TestEverything(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	verdicts, err := pack.Judge(Rows(p, r), []Returned{back(t, answered(t, pack, 0, map[string]Decision{"": Keep, "bob =Plan": Revoke, "bob Crew": Revoke}))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := edited(t, base, verdicts); !strings.Contains(text, "inactive = true") || !strings.Contains(text, "revoked in the review by carol") {
		t.Error(text)
	}
}

// TestMoved: a row that is no longer what was asked about is refused, whatever was
// answered, and no other is.
func TestMoved(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	for name, text := range map[string]string{
		"the group gives more": strings.Replace(base, `permissions = ["select", "update"]`, `permissions = ["select", "update", "delete"]`, 1),
		"it holds elsewhere":   strings.Replace(base, "groups = [\"Crew\"]\nsites = [\"North\"]\n[[user.at]]", "groups = [\"Crew\"]\nsites = [\"North\", \"South\"]\n[[user.at]]", 1),
		"it is gone":           strings.Replace(base, `groups = ["Crew", "=Plan"]`, `groups = ["=Plan"]`, 1),
	} {
		p2, r2 := reported(t, text)
		verdicts, err := pack.Judge(Rows(p2, r2), []Returned{back(t, answered(t, pack, 0, map[string]Decision{"": Revoke}))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, v := range verdicts {
			if v.Outcome == Refused {
				refused++
			}
		}
		want := map[string]int{"the group gives more": 2, "it holds elsewhere": 0, "it is gone": 1}[name]
		if refused != want {
			t.Errorf("%s: %d refused\n%s", name, refused, said(verdicts))
		}
	}
}

// TestTwoReviewers: of a row that two answer differently neither counts, and a row
// without an answer is not decided.
func TestTwoReviewers(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	verdicts, err := pack.Judge(Rows(p, r), []Returned{
		back(t, answered(t, pack, 0, map[string]Decision{"ann Crew": Keep, "ann =Plan": Revoke})),
		back(t, answered(t, pack, 1, map[string]Decision{"ann Crew": Revoke, "ann =Plan": Revoke})),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "carol ann =Plan: revoked\ncarol ann Crew: refused\ncarol ann imvw_pay_type: unanswered\ncarol bob =Plan: unanswered\ncarol bob Crew: unanswered\n" +
		"Dora ann =Plan: revoked\nDora ann Crew: refused\nDora ann imvw_pay_type: unanswered\nDora bob =Plan: unanswered\n"
	if said(verdicts) != want {
		t.Error(said(verdicts))
	}
	edited(t, base, verdicts)
}

// TestStrangeFiles: what is no answer is refused with its row, and nothing of it counts.
func TestStrangeFiles(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	whole := answered(t, pack, 0, map[string]Decision{"": Keep})
	for _, cut := range []int{0, 1, 10, len(whole) / 2, len(whole) - 1} {
		if _, _, err := Read(whole[:cut]); err == nil {
			t.Errorf("a workbook of %d bytes, cut off after %d, is read", len(whole), cut)
		}
	}
	head := "row,reviewer,decision,note,person,what,kind,sites,pack\n"
	for text, want := range map[string]string{
		"row,reviewer,decision\nr1,carol,keep\n":              `no column is called "person"`,
		head:                                                  "",
		head + "r1,carol,perhaps,\n":                          `the decision is "perhaps"`,
		head + "r1,carol,keep,\nr1,carol,keep,\n":             `is in row 2 already`,
		head + "r1,carol,keep,\nr2,dora,keep,\n":              `the answers of one`,
		head + ",carol,keep,\n":                               `the column row is empty`,
		head + "r1,,keep,\n":                                  `the column reviewer is empty`,
		"row,reviewer,decision,note,ROW\nr1,carol,keep,,r2\n": `two columns are called`,
	} {
		if _, _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{head + "r0123,carol,revoke,\n": "is no row that carol was handed", head + "r0123,mallory,revoke,\n": `"mallory" has no part`} {
		if _, err := pack.Judge(Rows(p, r), []Returned{back(t, []byte(text))}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestHostileCells: a decision that a program works out, or a name that one would run, is
// no answer.
func TestHostileCells(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	for name, spoil := range map[string]func(f *excelize.File) error{
		"a formula":        func(f *excelize.File) error { return f.SetCellFormula("Decide", "L2", `IF(1,"revoke","keep")`) },
		"merged":           func(f *excelize.File) error { return f.MergeCell("Decide", "L2", "L3") },
		"a text that runs": func(f *excelize.File) error { return f.SetCellValue("Decide", "M2", "=cmd") },
	} {
		f, err := excelize.OpenReader(bytes.NewReader(answered(t, pack, 0, map[string]Decision{"": Keep})))
		if err == nil {
			err = spoil(f)
		}
		var b bytes.Buffer
		if err == nil {
			err = f.Write(&b)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(b.Bytes()); err == nil || !strings.Contains(err.Error(), "row ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecord: a line that is changed, moved or taken out is noticed.
func TestRecord(t *testing.T) {
	record, err := Append(nil, Entry{Event: Made, By: "x"}, Entry{Event: Applied, By: "carol"}, Entry{Event: Signed, By: "y"})
	if err != nil {
		t.Fatal(err)
	}
	lines, last, err := ReadRecord(record)
	if err != nil || len(lines) != 3 || last == "" {
		t.Fatal(lines, last, err)
	}
	parts := bytes.SplitAfter(record, []byte("\n"))
	for name, bad := range map[string][]byte{
		"changed":   bytes.Replace(record, []byte("carol"), []byte("dora"), 1),
		"taken out": slices.Concat(parts[0], parts[2]),
		"moved":     slices.Concat(parts[1], parts[0], parts[2]),
		"cut":       record[:len(record)-5],
		"no JSON":   append(slices.Clone(record), "x\n"...),
	} {
		if _, _, err := ReadRecord(bad); err == nil {
			t.Errorf("a record of which a line is %s is read", name)
		}
	}
}

// TestLastLine: what the record alone does not show, a changed or removed last line, a hash
// that was kept does.
func TestLastLine(t *testing.T) {
	record, err := Append(nil, Entry{Event: Made, By: "x"}, Entry{Event: Applied, By: "carol"})
	if err != nil {
		t.Fatal(err)
	}
	_, kept, _ := ReadRecord(record)
	longer, err := Append(record, Entry{Event: Signed, By: "y"})
	if err != nil {
		t.Fatal(err)
	}
	parts := bytes.SplitAfter(record, []byte("\n"))
	for name, tt := range map[string]struct {
		record []byte
		behind int
		ok     bool
	}{
		"as it was":        {record, 0, true},
		"gone on":          {longer, 1, true},
		"last line gone":   {parts[0], 0, false},
		"last line forged": {bytes.Replace(record, []byte("carol"), []byte("dora"), 1), 0, false},
	} {
		lines, last, err := ReadRecord(tt.record)
		if err != nil {
			t.Fatal(name, err)
		}
		if n, ok := Behind(lines, last, kept); n != tt.behind || ok != tt.ok {
			t.Errorf("%s: %d lines behind, %t", name, n, ok)
		}
	}
	lines, last, _ := ReadRecord(longer)
	if s := StatusOf(&Pack{}, lines, last); s.SignedOver != kept {
		t.Errorf("signed over %q, want %q", s.SignedOver, kept)
	}
}
