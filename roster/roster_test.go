package roster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"grantree/policy"
)

// testPolicy has people of every kind.
const testPolicy = `
[policy]
extends = "imaint"

[server.main]
url = "sqlserver://sql01.example:1433"
integrated = true

[[site]]
name = "North"
server = "main"
database = "iMaint_North"

[[site]]
name = "South"
server = "main"
database = "iMaint_South"

[[group]]
name = "Night; Shift"
copies = "Mechanic"

[[user]]
name = "ann"
full_name = "Ann Arbor"
email = "ann@example.org"
groups = ["Mechanic", "planner"]
sites = ["North"]
until = 2099-06-30

[[user]]
name = "José"
login = 'EXAMPLE\jose'
groups = ["Night; Shift"]
sites = ["*"]
reason = """
two
lines"""

[[user]]
name = "carl"
new_login = true
inactive = true

[[user.at]]
sites = ["South"]
groups = ["Mechanic"]

[[user]]
name = "dora"
groups = ["Planner"]
sites = ["North"]
until = 2001-01-01

[[user.at]]
sites = ["South"]
groups = ["Mechanic"]

[[user.at.allow]]
view = "imvw_work_order"
permissions = ["delete"]
`

func parsePolicy(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "grantree.toml", Data: []byte(text)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// said is what a review has to say, a line each.
func said(r *Review) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Error())
	}
	for _, v := range r.Rows {
		for _, p := range v.Problems {
			out = append(out, p.Error())
		}
		for _, c := range v.Changes {
			out = append(out, fmt.Sprintf("%s %s: %s: %s -> %s", v.Result, v.Name, c.Column, c.From, c.To))
		}
		if v.Result == Unchanged {
			out = append(out, "unchanged "+v.Name)
		}
	}
	return out
}

func utf16Text(text string, big bool) []byte {
	out := []byte{0xff, 0xfe}
	if big {
		out = []byte{0xfe, 0xff}
	}
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestCompareCSV: what a sheet of text says of a policy.
func TestCompareCSV(t *testing.T) {
	for _, tt := range []struct {
		name, text, maps string
		want             []string
	}{
		{name: "new, changed and unchanged", text: "Name,Group(s),Sites,E-Mail\r\nann,Planner; Mechanic,north,ann@example.com\r\nbea,Mechanic|Planner,North;South,\r\nJosé,\"\"\"Night; Shift\"\"\",*,\r\n",
			want: []string{
				"changed ann: email: ann@example.org -> ann@example.com",
				"new bea: name:  -> bea", "new bea: groups:  -> Mechanic; Planner", "new bea: sites:  -> North; South",
				"unchanged José"}},
		{name: "mapped", maps: "E-mail=name, E-mail=email,Profile=group,Branch=site,Name=full name", text: "Name;E-mail;Profile;Branch;Shoe size\nBea Best;bea@example.org;Mechanic;South;38\n",
			want: []string{"new bea@example.org: name:  -> bea@example.org", "new bea@example.org: full_name:  -> Bea Best", "new bea@example.org: email:  -> bea@example.org",
				"new bea@example.org: groups:  -> Mechanic", "new bea@example.org: sites:  -> South"}},
		{name: "no name", text: "Person\tGroup\nann\tMechanic\n",
			want: []string{`row 1: no column is called "name", which says whom a row is about; the columns are "Person", "Group"; say which one it is with --map HEADER=name`}},
		{name: "no groups", text: "name,sites\nann,North\nbea,North\n",
			want: []string{`row 1: no column is called "groups", which new people need, and of the rows 1 would be new; name one, or say with --map which one it is`, "unchanged ann", "new bea: name:  -> bea", "new bea: sites:  -> North"}},
		{name: "mapped to nothing", maps: "Mail=name", text: "name\nann\n", want: []string{`row 1: there is no column "Mail", which --map makes name; the columns are "name"`}},
		{name: "two columns", text: "name,user name\nann,ann\n", want: []string{`row 1, column B: column A is name already: rename one of them, or say with --map which it is`}},
		{name: "nobody", text: "name,groups\n\n\n", want: []string{"row 2: there is no person below the header"}},
		{name: "twice", text: "name\nann\n\nANN\n", want: []string{"unchanged ann", `row 4, column A (name): "ANN" is in row 2 already: a person has one row`}},
		{name: "new twice but for accents", text: "name,groups,sites\nzoé,Planner,North\nZoe,Planner,North\n", want: []string{
			"new zoé: name:  -> zoé", "new zoé: groups:  -> Planner", "new zoé: sites:  -> North",
			`row 3, column A (name): "Zoe" is in row 2 already, but for capitals and accents at most: a person has one row`}},
		{name: "new twice, as it is written", text: "name,groups,sites\nzoe,Planner,North\nzoe,Planner,South\n", want: []string{
			"new zoe: name:  -> zoe", "new zoe: groups:  -> Planner", "new zoe: sites:  -> North",
			`row 3, column A (name): "zoe" is in row 2 already: a person has one row`}},
		{name: "another but for accents", text: "name,groups,sites\njose,Planner,North\n", want: []string{
			`row 2, column A (name): "jose" is "José" of the policy but for accents, and one person in a site where accents do not count: write the name as the policy does`}},
		{name: "unknown names, all at once", text: "name,groups,sites\nbea,Mecanic;Cooks,Nort\n", want: []string{
			`row 2, column B (groups): there is no group "Mecanic"; did you mean "Mechanic"?`, `row 2, column B (groups): there is no group "Cooks"`,
			`row 2, column C (sites): there is no site "Nort"; did you mean "North"?`}},
		{name: "names that hold a separator", text: "name,groups,sites\nbea,Night; Shift,North\nben,Shift|Planner,North\n", want: []string{
			`row 2, column B (groups): there is no group "Night"; if "Night; Shift" is meant, write it in quotation marks: ; and | part the names of a cell`,
			`row 2, column B (groups): there is no group "Shift"; if "Night; Shift" is meant, write it in quotation marks: ; and | part the names of a cell`,
			`row 3, column B (groups): there is no group "Shift"`}},
		{name: "formulas", text: "name,groups,full_name,email\n=1+1,Planner,+1,-2\n@x,Planner,\"\tx\",\"\rx\"\n", want: []string{
			`row 2, column A (name): the cell begins with "=", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			`row 2, column C (full_name): the cell begins with "+", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			`row 2, column D (email): the cell begins with "-", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			`row 3, column A (name): the cell begins with "@", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			`row 3, column C (full_name): the cell begins with a tab, so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			`row 3, column D (email): the cell begins with a line break, so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`}},
		{name: "dates as names", text: "name,groups,sites\n2024-03-01,Planner,North\n1-Mar,Planner,North\n03/01/2024,Planner,North\n", want: []string{
			`row 2, column A (name): "2024-03-01" is a date where a name belongs: a spreadsheet program may have made it of one; format the column as text and write the name anew`,
			`row 3, column A (name): "1-Mar" is a date where a name belongs: a spreadsheet program may have made it of one; format the column as text and write the name anew`,
			`row 4, column A (name): "03/01/2024" is a date where a name belongs: a spreadsheet program may have made it of one; format the column as text and write the name anew`}},
		{name: "names that cannot be", text: "name,login,groups,sites\n" + strings.Repeat("x", 129) + ",,Planner,North\ndbo,,Planner,North\n\"a\u0001b\",,Planner,North\nbea,EXAMPLE\\ann\u200b,Planner,North\n,,Planner,North\nbert,ann,Planner,North\n", want: []string{
			`row 2, column A (name): the user name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" is 129 characters long; SQL Server takes 128; choose a shorter name`,
			`row 3, column A (name): the user name "dbo" belongs to SQL Server itself; choose another name`,
			`row 4, column A (name): the cell holds a character that cannot be seen: "\u0001"`,
			`row 5, column B (login): the cell holds a character that cannot be seen: "\u200b"`,
			`row 6, column A (name): there is no name`,
			"row 7, column B (login): the login \"ann\" is that of \"ann\" on server \"main\": a person who got another name keeps what they have by `was` in the policy"}},
		{name: "words that are none", text: "name,status,until,new_login,auth,at\nann,gone,31.12.2027,maybe,ldap,South\ncarl,active,2027-12-31,no,,\"\"\"South\"\"->Planner\"\n", want: []string{
			`row 2, column E (auth): "ldap" is no kind of login: there are sql, windows, entra`, `row 2, column D (new_login): "maybe" is neither yes nor no`,
			`row 2, column F (at): "South" is not of the form "SITE | SITE -> GROUP | GROUP; …"`,
			`row 2, column B (status): "gone" is no status: write active or inactive`, `row 2, column C (until): "31.12.2027" is no date: write one such as 2027-06-30, or 2027-06-30T18:00:00Z`,
			"changed carl: new_login: yes -> no", "changed carl: until:  -> 2027-12-31", "changed carl: status: inactive -> active", "changed carl: at: South -> Mechanic -> South -> Planner"}},
		{name: "a server's word", text: "name,status\ncarl,disabled\n", want: []string{`row 2, column B (status): "disabled" is what a server says of a login: write inactive for a person who is to be out, or active`}},
		{name: "lines of their own", text: "name,at\ndora,South -> Planner\n", want: []string{`row 2, column B (at): in South the person has lines of their own, which a sheet cannot carry: change it at grantree.toml:55:1`}},
		{name: "a cell too many", text: "name,full_name\nann,Arbor, Ann\n", want: []string{`row 2, column C: the header names no such column; a cell that holds a separator has to stand in quotation marks`}},
		{name: "a new person in nothing", text: "name,groups,sites\nbea,,\n", want: []string{`row 2, column B (groups): a new person has no groups: name a group`, `row 2, column C (sites): a new person has no sites: name a site, or * for every one`}},
		{name: "left in nothing", text: "name,groups,sites,at\nann,,North,\nJosé,\"\"\"Night; Shift\"\"\",,\ncarl,,,\ndora,,North,South -> Mechanic\n", want: []string{
			"row 2, column B (groups): the person would be in no group: name a group",
			"row 3, column C (sites): the person would enter no site: name a site, or * for every one",
			"row 4, column B (groups): the person would be in no group: name a group", "row 4, column C (sites): the person would enter no site: name a site, or * for every one",
			"row 5, column B (groups): the person would be in no group: name a group"}},
		{name: "emptied", text: "name,full_name,until,email\nann,,,\n", want: []string{"changed ann: full_name: Ann Arbor -> ", "changed ann: email: ann@example.org -> ", "changed ann: until: 2099-06-30 -> "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			maps, err := ParseMap(tt.maps)
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range [][]byte{[]byte(tt.text), []byte("\ufeff" + tt.text), utf16Text(tt.text, false), utf16Text(tt.text, true)} {
				s, err := Read(form)
				if err != nil {
					t.Fatal(err)
				}
				if got := said(Compare(parsePolicy(t, testPolicy), s, Options{Map: maps})); !slices.Equal(got, tt.want) {
					t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
			}
		})
	}
}

// TestLogins: two people may have logins of one name on servers that they do not
// share, and nowhere else.
func TestLogins(t *testing.T) {
	text := testPolicy + "\n[server.other]\nurl = \"sqlserver://sql02.example\"\nintegrated = true\n[[site]]\nname = \"West\"\nserver = \"other\"\ndatabase = \"W\"\n"
	for _, tt := range []struct{ name, sheet, want string }{
		{"on another server", "name,login,groups,sites\nbea,ann,Planner,West\n", ""},
		{"on both", "name,login,groups,sites\nbea,ann,Planner,West;South\n", `the login "ann" is that of "ann" on server "main"`},
		{"everywhere", "name,login,groups,sites\nbea,ann,Planner,*\n", `the login "ann" is that of "ann" on server "main"`},
		{"elsewhere", "name,login,groups,sites,at\nbea,ann,Planner,West,South -> Planner\n", `the login "ann" is that of "ann" on server "main"`},
		{"two new ones", "name,login,groups,sites\nbea,x,Planner,West\nben,X,Planner,South\nbob,x,Planner,West\n", `the login "x" is that of "bea" on server "other"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Read([]byte(tt.sheet))
			if err != nil {
				t.Fatal(err)
			}
			all := Compare(parsePolicy(t, text), s, Options{}).Refusals()
			if len(all) > 1 || (len(all) == 1) != (tt.want != "") || tt.want != "" && !strings.Contains(all[0].Error(), tt.want) {
				t.Errorf("%v, want %q", all, tt.want)
			}
		})
	}
}

// TestLooks: names that may be taken for others, and words of two alphabets, are
// said; names that only differ are not.
func TestLooks(t *testing.T) {
	for _, tt := range []struct {
		name, sheet string
		want        []string
	}{
		{"nothing odd", "name,full_name,groups,sites\nbea,Bea Müller-Дунаев,Planner,North\n", nil},
		{"of another alphabet, whole", "name,groups,sites\ncаrl,Planner,North\nсосо,Planner,North\ncoco,Planner,North\n", []string{
			`row 2, column A (name): "cаrl" mixes Latin and Cyrillic letters in one word: see whose name it is`,
			`row 2, column A (name): "cаrl" looks like "carl", who is another person: see that it is not the same one`,
			`row 4, column A (name): "coco" looks like "сосо", who is another person: see that it is not the same one`}},
		{"digits", "name,groups,sites\nd0ra,Planner,North\ncar1,Planner,North\ncarI,Planner,North\n", []string{
			`row 2, column A (name): "d0ra" looks like "dora", who is another person: see that it is not the same one`,
			`row 3, column A (name): "car1" looks like "carl", who is another person: see that it is not the same one`,
			`row 4, column A (name): "carI" looks like "carl", who is another person: see that it is not the same one`}},
		{"of the same person", "name,full_name,email\nann,Ann Αrbor,ann@exаmple.org\nCARL,,\n", []string{
			`row 2, column B (full_name): "Αrbor" mixes Latin and Greek letters in one word: see whose name it is`,
			`row 2, column C (email): "exаmple" mixes Latin and Cyrillic letters in one word: see whose name it is`,
			`row 2, column B (full_name): "ann" is "Ann Arbor" in the policy and "Ann Αrbor" here: see that it is not another person`}},
		{"wide letters", "name,full_name\nｃarl,Carl C.\n", []string{
			`row 2, column A (name): "ｃarl" is taken for "carl" of the policy, who is written in other forms of the same letters: see that it is the same person`}},
		{"a status that is none of the policy's", "name,groups,sites,status\ncarl,,,Locked\nbea,Planner,North,no login\n", []string{
			`row 2, column D (status): "locked" is what time or a server makes of somebody, and was not taken in: the policy has active and inactive`,
			`row 3, column D (status): "no login" is what time or a server makes of somebody, and was not taken in: the person is active`}},
		{"an end that is over", "name,groups,sites,until\nbea,Planner,North,2020-01-31\nben,Planner,North,2099-01-31\n", []string{
			`row 2, column D (until): 2020-01-31 is over: the person is out`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Read([]byte(tt.sheet))
			if err != nil {
				t.Fatal(err)
			}
			r := Compare(parsePolicy(t, testPolicy), s, Options{Now: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)})
			var got []string
			for _, n := range r.Looks() {
				got = append(got, n.Error())
			}
			if all := r.Refusals(); len(all) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("refused %v, got\n%s\nwant\n%s", all, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestReadErrors: files that are no sheet, or none that is read to the end.
func TestReadErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "row 1: the sheet is empty: its first row names the columns, and a row for each person follows"},
		{"a million empty rows", []byte("name\n" + strings.Repeat(";;;\n", 1_000_000)), "row 100001, column A: the sheet goes on behind row 100000, and more is not read: delete the rows below the last person, empty ones too"},
		{"a million empty lines", []byte(strings.Repeat("\r\n", 1_000_000) + "name\nann\n"), "row 1000001, column A: the sheet goes on behind row 100000, and more is not read: delete the rows below the last person, empty ones too"},
		{"a quotation mark", []byte("name\n\n\"a\nb\"\nx\"y\n"), "row 4: line 5, byte 2: a quotation mark stands where none may; a cell that holds one stands in quotation marks, and its own are doubled"},
		{"Latin-1", []byte("name,full_name\nann,Jos\xe9\n"), `row 2, column B: this is not UTF-8: save the sheet as "CSV UTF-8", or as .xlsx`},
		{"UTF-16 without a mark", utf16Text("name\nann\n", false)[2:], `this is no text in UTF-8, and no UTF-16 that begins with a byte order mark: save the sheet as "CSV UTF-8", or as .xlsx`},
		{"old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), "this is an old .xls workbook, or one with a password: save it as .xlsx without one"},
		{"wide", []byte("name" + strings.Repeat(",", 200) + "x\n"), "row 1, column CW: the sheet goes on behind column CV, and more is not read: delete the columns that have no person's data"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(tt.data)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
