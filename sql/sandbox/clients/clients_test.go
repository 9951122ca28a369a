package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseScript(t *testing.T) {
	got, err := ParseScript(strings.NewReader(`# words
step look
sql SELECT @a AS a,
      'x' AS b
param @a nvarchar 'it is'
prepared
not tsql it has none
columns a | b
row it is | ' x '
count 1
step call
call sp_x
param @r int NULL
return 0
out @r 4
error 229 The SELECT permission
info 0 hello
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Script{Steps: []Step{
		{Name: "look", Line: 2, Verb: "sql", Text: "SELECT @a AS a,\n  'x' AS b", Prepared: true, Params: []Param{{"@a", "nvarchar", "it is"}},
			Not: []string{"tsql"}, Want: Answer{Sets: []Set{{Columns: []string{"a", "b"}, Rows: [][]string{{"it is", " x "}}}}, Counts: []int{1}}},
		{Name: "call", Line: 11, Verb: "call", Text: "sp_x", Params: []Param{{"@r", "int", "NULL"}},
			Want: Answer{Return: "0", Outs: map[string]string{"@r": "4"}, Errors: []Notice{{229, "The SELECT permission"}}, Infos: []Notice{{0, "hello"}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseScriptRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no step":        {"sql SELECT 1", `line 1: "sql" before the first step`},
		"no name":        {"step", "line 1: a step without a name"},
		"nothing to do":  {"step a", `line 1: step "a" does nothing`},
		"two things":     {"step a\nbegin\ncommit", `line 3: step "a" does two things: begin and commit`},
		"no text":        {"step a\nsql", `line 2: "sql" with text ""`},
		"text too many":  {"step a\nbegin now", `line 2: "begin" with text "now"`},
		"open where":     {"step a\nopen sa sa", `line 2: open wants a session, a user and a database, got "sa sa"`},
		"unknown word":   {"step a\nsee 1", `line 2: unknown word "see"`},
		"a row too long": {"step a\nsql x\ncolumns a\nrow 1 | 2", `line 4: row "1 | 2" does not fit its columns`},
		"no reason":      {"step a\nnot tsql", `line 2: not "tsql" without a reason`},
		"no number":      {"step a\nerror x", `line 2: strconv.Atoi: parsing "x": invalid syntax`},
		"a name twice":   {"step a\nbegin\nstep a\ncommit", `line 3: second step "a"`},
		"half a param":   {"step a\nparam @a int", `line 2: param wants a name, a type and a value, got "@a int"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseScript(strings.NewReader(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestSteps holds the list to what the page and the issue promise of it.
func TestSteps(t *testing.T) {
	f, err := os.Open("steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	script, err := ParseScript(f)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"tsql": true, "bsqldb": true, "pymssql": true, "tedious": true, "jtds": true, "mssql-jdbc": true, "sqlclient": true, "mssql-python": true}
	statements := map[string]int{}
	for _, s := range script.Steps {
		for _, client := range s.Not {
			if !known[client] {
				t.Errorf("line %d: no client is called %q", s.Line, client)
			}
		}
		for client := range known {
			if s.Verb != "open" && s.Verb != "on" && s.Verb != "close" && !s.skips(client) {
				statements[client]++
			}
		}
	}
	for client := range known {
		if statements[client] < 60 {
			t.Errorf("%s runs %d statements, fewer than 60", client, statements[client])
		}
	}
}

func TestCheck(t *testing.T) {
	set := func(values ...string) Answer {
		return Answer{Sets: []Set{{Columns: []string{"a"}, Rows: [][]string{values}}}}
	}
	failed := func(numbers ...int) (a Answer) {
		for _, n := range numbers {
			a.Errors = append(a.Errors, Notice{Number: n, Text: "some text"})
		}
		return a
	}
	text := Reading{Infos: true, AllErrors: true, Text: true}
	for name, c := range map[string]struct {
		want, got Answer
		reading   Reading
		ok        bool
	}{
		"nothing":                  {reading: everything, ok: true},
		"the same":                 {set("1"), set("1"), everything, true},
		"another value":            {set("1"), set("2"), everything, false},
		"a set too many":           {Answer{}, set("1"), everything, false},
		"an error":                 {failed(229), failed(229), everything, true},
		"another error":            {failed(229), failed(230), everything, false},
		"no error":                 {failed(229), Answer{}, everything, false},
		"one error of two":         {failed(4060, 18456), failed(18456), Reading{}, true},
		"one error, all are shown": {failed(4060, 18456), failed(18456), everything, false},
		"bytes as text":            {set("0x0AB0"), set("0ab0"), text, true},
		"a date as text":           {set("2024-02-29 12:34:56.12"), set("Feb 29 2024 12:34PM"), text, true},
		"a date with seconds":      {set("2024-02-29 12:34:56.12"), set("Feb 29 2024 12:34:56:120PM"), text, true},
		"another date as text":     {set("2024-02-28 12:34:56.12"), set("Feb 29 2024 12:34PM"), text, false},
		"a day as text":            {set("2024-02-29"), set("Feb 29 2024 12:00AM"), text, true},
		"a number as text":         {set("0.1"), set("0.10000000000000001"), text, true},
		"another number as text":   {set("0.1"), set("0.2"), text, false},
		"blanks as text":           {set("ab  "), set("ab"), text, true},
		"blanks as values":         {set("ab  "), set("ab"), everything, false},
		"a count":                  {Answer{Counts: []int{2}}, Answer{Counts: []int{1, 2}}, everything, true},
		"another count":            {Answer{Counts: []int{2}}, Answer{Counts: []int{1}}, everything, false},
		"a message":                {Answer{Infos: []Notice{{0, "x"}}}, Answer{}, everything, false},
		"the database's message":   {Answer{}, Answer{Infos: []Notice{{5701, "Changed database context to 'x'."}}}, everything, true},
		"a return value":           {Answer{Return: "0"}, Answer{Return: "-1"}, everything, false},
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := check(c.want, c.got, c.reading); (len(wrong) == 0) != c.ok {
				t.Errorf("wrong: %q", wrong)
			}
		})
	}
}

func TestSameMinute(t *testing.T) {
	if !sameMinute("12:34:56.5", time.Date(1900, 1, 1, 12, 34, 0, 0, time.UTC)) {
		t.Error("a time of day is not what it is")
	}
}

func TestConsoles(t *testing.T) {
	want := []Set{{Columns: []string{"a", "b"}, Rows: [][]string{{"1", "x"}, {"2", "NULL"}}}, {Columns: []string{"c"}}, {Columns: []string{"mark"}, Rows: [][]string{{"mark 1"}}}}
	tsql, err := tsqlSets([]string{`locale is "C"`, "1> 2> a\tb", "1\tx", "2\tNULL", "(2 rows affected)", "c", "(return status = 0)", "1> mark", "mark 1"}, []string{"a\tb", "c", "mark"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tsql); diff != "" {
		t.Error(diff)
	}
	bsqldb, err := bsqldbSets([]string{"a\tb", "---\t---", "1\tx", "2\tNULL", "c", "-----", "mark", "--", "mark 1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, bsqldb); diff != "" {
		t.Error(diff)
	}
	var a Answer
	a.readNotices([]string{"", "Msg 208 (severity 16, state 1) from SANDBOX Line 3:", "\t\"Invalid object name 'x'.\"", "hello", "3 rows affected",
		"Msg 229, Level 14, State 5", "Server 'SANDBOX', Line 3", "\tThe SELECT permission was denied", "mark 1"})
	if diff := cmp.Diff(Answer{Counts: []int{3}, Infos: []Notice{{0, "hello"}},
		Errors: []Notice{{208, "Invalid object name 'x'."}, {229, "The SELECT permission was denied"}}}, a); diff != "" {
		t.Error(diff)
	}
}

func TestAsText(t *testing.T) {
	call := Step{Verb: "call", Text: "sp_x", Params: []Param{{"@a", "nvarchar", "it's"}, {"@b", "int", "NULL"}}, Want: Answer{Outs: map[string]string{"@b": "1"}}}
	want := "DECLARE @a nvarchar(200) = N'it''s'\nDECLARE @b int = NULL\nDECLARE @return_ int\nEXEC @return_ = sp_x @a = @a, @b = @b OUTPUT\nSELECT @return_ AS [return], @b AS [b]"
	if got := asText(call); got != want {
		t.Errorf("got %s", got)
	}
	if got := asText(Step{Verb: "begin"}); got != "BEGIN TRANSACTION" {
		t.Errorf("got %s", got)
	}
}

// TestRefusals holds the list of what a driver's own tests are refused to its form and to what it is for.
func TestRefusals(t *testing.T) {
	f, err := os.Open("suite.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	known, err := parseRefusals(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(known) == 0 || len(known) > 60 {
		t.Errorf("%d tests are on the list", len(known))
	}
	if _, err := parseRefusals(strings.NewReader("TestX | text\n")); err == nil {
		t.Error("a refusal without a reason is taken")
	}
}

func TestUnknownComplaints(t *testing.T) {
	const printed = `=== RUN   TestX
    tds_test.go:423: 2026-11-28 06:00:32.98 +0000 UTC m=+0.1 [session.go:99]: got ERROR 208
    x_test.go:1: mssql: 'xml' is not supported (40517)
    x_test.go:2: 
        	Error:      	Not equal
        	Messages:   	Invalid object name (208)
--- FAIL: TestX (0.01s)
FAIL
`
	refusals := []refusal{{text: "(40517)"}, {text: "(208)"}}
	if wrong := unknown(printed, refusals); wrong != "" {
		t.Errorf("not explained: %s", wrong)
	}
	if wrong := unknown(printed, refusals[:1]); !strings.HasPrefix(wrong, "x_test.go:2:") {
		t.Errorf("the second complaint is %q", wrong)
	}
	if unknown("--- FAIL: TestX\n", refusals) == "" {
		t.Error("a failure without a word is explained")
	}
}

// TestPageListsClients holds docs/sandbox.md to the clients and tools that are run, and to the lines that are printed.
func TestPageListsClients(t *testing.T) {
	text, err := os.ReadFile("../../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	section := func(heading string) string {
		_, rest, ok := strings.Cut(string(text), "\n### "+heading+"\n")
		if !ok {
			t.Fatalf("docs/sandbox.md has no section %q", heading)
		}
		rest, _, _ = strings.Cut(rest, "\n### ")
		return rest
	}
	l := &lab{}
	clients := map[string]bool{"go-mssqldb": true, "mssql-cli": true, "sqlcmd": true}
	here, missing := l.clients()
	for _, c := range here {
		clients[c.Name] = true
	}
	for _, name := range missing {
		clients[name] = true
	}
	tellers, away := l.tools()
	tools := map[string]bool{}
	for _, t := range tellers {
		tools[t.name] = true
	}
	for _, name := range away {
		tools[name] = true
	}
	for heading, names := range map[string]map[string]bool{"Clients that run": clients, "Migration tools that run": tools} {
		listed := map[string]bool{}
		for line := range strings.Lines(section(heading)) {
			if rest, ok := strings.CutPrefix(line, "| `"); ok {
				name, _, _ := strings.Cut(rest, "`")
				listed[name] = true
			}
		}
		if diff := cmp.Diff(names, listed); diff != "" {
			t.Errorf("%s: - run, + listed\n%s", heading, diff)
		}
	}
}

// TestOutside: what tools ask for and is refused are ten requests at most, and the page names each.
func TestOutside(t *testing.T) {
	text, err := os.ReadFile("tools/outside.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := parseOutside(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 || len(list) > 10 {
		t.Errorf("%d requests are outside", len(list))
	}
	page, err := os.ReadFile("../../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if row := "| " + o.reason + " | " + o.number + " | " + o.tools + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/sandbox.md has no row\n%s", row)
		}
	}
	if _, err := parseOutside("knex | SELECT 1 | 40510"); err == nil {
		t.Error("a request without a reason is taken")
	}
}
