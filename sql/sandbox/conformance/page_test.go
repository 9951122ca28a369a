package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// page is docs/sandbox.md as far as it can be checked.
type page struct {
	text     string
	sections map[string]string // by heading
}

func readPage(t *testing.T) page {
	t.Helper()
	text, err := os.ReadFile("../../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	p := page{text: string(text), sections: map[string]string{}}
	for _, part := range strings.Split("\n"+p.text, "\n## ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		p.sections[heading] = body
	}
	return p
}

// section returns a section of the page.
func (p page) section(t *testing.T, heading string) string {
	t.Helper()
	body, ok := p.sections[heading]
	if !ok {
		t.Fatalf("docs/sandbox.md has no section %q", heading)
	}
	return body
}

// code is what stands in code style.
var code = regexp.MustCompile("`([^`]+)`")

// names are the words in code style of a text.
func names(text string) []string {
	var out []string
	for _, m := range code.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// statementRow is a row of the table of statements: | `KIND` | yes | note | or | `KIND` | 40510 | note |.
var statementRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (yes|\\d+) \\|")

// use is how the cases use a kind of statement.
type use struct {
	runs    int      // steps that run it and are not refused as outside the subset
	refusal []notice // what the others expect
}

// uses counts the kinds of statements in all cases.
func uses(t *testing.T) map[string]*use {
	t.Helper()
	found := map[string]*use{}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			for _, s := range c.steps {
				s.count(found)
			}
		}
		for _, s := range f.setups {
			(&step{text: s.text}).count(found)
		}
	}
	return found
}

// braces are the names of a world that has not been made.
var braces = regexp.MustCompile(`\{(\w+)\}`)

// count adds the statements of a step.
func (s *step) count(found map[string]*use) {
	batches, err := tsql.SplitScript(braces.ReplaceAllString(s.text, "$1"))
	if err != nil {
		return
	}
	for _, b := range batches {
		batch, err := tsql.Parse(b.Text)
		if err != nil {
			continue // a case about syntax
		}
		for _, st := range flat(batch.Statements) {
			kind := kindOf(st)
			u := found[kind]
			if u == nil {
				u = &use{}
				found[kind] = u
			}
			if n := s.outside(kind); n != nil {
				u.refusal = append(u.refusal, *n)
			} else if _, never := st.(*tsql.Unsupported); !never {
				u.runs++
			}
		}
	}
}

// outside is the error that a step expects because the embedded server has no such statement.
func (s *step) outside(kind string) *notice {
	for _, e := range s.expected.errors {
		if e.number == 40510 && (kind == "label" || strings.Contains(e.text, "'"+kind+"'")) {
			return &e
		}
	}
	return nil
}

// flat are the statements with those inside others.
func flat(list []tsql.Statement) []tsql.Statement {
	var out []tsql.Statement
	for _, st := range list {
		out = append(append(out, st), flat(inner(st))...)
	}
	return out
}

// kindOf names the kind of a statement as the page does. Most are called as their type is.
func kindOf(st tsql.Statement) string {
	server := false
	switch st := st.(type) {
	case *tsql.Permission:
		return string(st.Action)
	case *tsql.Unsupported:
		return st.What
	case *tsql.DropObject:
		return "DROP " + st.Kind
	case *tsql.CursorStatement:
		return st.Verb
	case *tsql.CreateView:
		if st.Alter {
			return "ALTER VIEW"
		}
	case *tsql.CreateProcedure:
		if st.Alter {
			return "ALTER PROCEDURE"
		}
	case *tsql.CreateFunction:
		if st.Alter {
			return "ALTER FUNCTION"
		}
	case *tsql.CreateRole:
		server = st.Server
	case *tsql.AlterRole:
		server = st.Server
	case *tsql.DropRole:
		server = st.Server
	}
	name := reflect.TypeOf(st).Elem().Name()
	if called, ok := called[name]; ok {
		return called
	}
	words := strings.ToUpper(strings.TrimSpace(regexp.MustCompile("[A-Z]").ReplaceAllString(name, " $0")))
	if server {
		return strings.Replace(words, " ROLE", " SERVER ROLE", 1)
	}
	return words
}

// called are the kinds that are not called as their type is.
var called = map[string]string{
	"SelectStatement": "SELECT", "PrintStatement": "PRINT", "RaisError": "RAISERROR", "Truncate": "TRUNCATE TABLE",
	"Block": "BEGIN…END", "TryCatch": "TRY…CATCH", "WaitFor": "WAITFOR", "Label": "label",
	"Commit": "COMMIT TRANSACTION", "Rollback": "ROLLBACK TRANSACTION", "SetVariable": "SET @variable",
	"SetOnOff": "SET option", "SetOption": "SET option", "SetIsolation": "SET TRANSACTION ISOLATION LEVEL",
	"SetIdentityInsert": "SET IDENTITY_INSERT", "CheckIdent": "DBCC CHECKIDENT", "ExecuteText": "EXECUTE (text)",
}

// inner are the statements inside a statement.
func inner(st tsql.Statement) []tsql.Statement {
	switch st := st.(type) {
	case *tsql.Block:
		return st.Statements
	case *tsql.If:
		if st.Else != nil {
			return []tsql.Statement{st.Then, st.Else}
		}
		return []tsql.Statement{st.Then}
	case *tsql.While:
		return []tsql.Statement{st.Body}
	case *tsql.TryCatch:
		return slices.Concat(st.Try, st.Catch)
	case *tsql.CreateSchema:
		return st.Elements
	case *tsql.CreateProcedure:
		return st.Body
	case *tsql.CreateFunction:
		return st.Body
	}
	return nil
}

// TestPageOfStatements holds the page to the cases; tsql holds it to the parser.
func TestPageOfStatements(t *testing.T) {
	found, listed := uses(t), []string{}
	for _, m := range statementRow.FindAllStringSubmatch(readPage(t).section(t, "Statements"), -1) {
		kind, support := m[1], m[2]
		listed = append(listed, kind)
		u := found[kind]
		switch {
		case u == nil:
			t.Errorf("no case uses %s", kind)
		case support == "yes" && u.runs == 0:
			t.Errorf("the page says that %s is supported, and no case runs it", kind)
		case support != "yes" && !u.refusedWith(support):
			t.Errorf("the page says that %s is refused with %s, and no case shows it", kind, support)
		}
	}
	for kind, u := range found {
		if u.runs > 0 && !slices.Contains(listed, kind) {
			t.Errorf("a case runs %s, and the page does not list it", kind)
		}
	}
}

// TestPageOfRefusals holds the page's list of what is outside to the cases.
func TestPageOfRefusals(t *testing.T) {
	found := uses(t)
	body := readPage(t).section(t, "Statements that it knows by name and refuses")
	_, list, _ := strings.Cut(body, "40510:")
	listed := names(list)
	for _, kind := range listed {
		if u := found[kind]; u == nil || !u.refusedWith("40510") {
			t.Errorf("no case shows that %s is refused with 40510", kind)
		}
	}
}

// TestPageOfNumbers holds the table of refusals to the cases.
func TestPageOfNumbers(t *testing.T) {
	shown := map[string]bool{}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			for _, s := range c.steps {
				for _, e := range s.expected.errors {
					shown[fmt.Sprint(e.number)] = true
				}
			}
		}
	}
	body := readPage(t).section(t, "How it refuses")
	numbers := regexp.MustCompile(`(?m)^\| ([\d, ]+) \|`).FindAllStringSubmatch(body, -1)
	if len(numbers) == 0 {
		t.Fatal("the page lists no number")
	}
	for _, m := range numbers {
		for _, number := range strings.Split(m[1], ", ") {
			if !shown[number] {
				t.Errorf("the page speaks of %s, which no case expects", number)
			}
		}
	}
}

func (u *use) refusedWith(number string) bool {
	return slices.ContainsFunc(u.refusal, func(n notice) bool { return fmt.Sprint(n.number) == number })
}

// probes ask the embedded server for one thing of a section, and say which error means that it is not there.
var probes = []struct {
	heading, batch string
	missing        []int
}{
	{"Catalog views", "SELECT TOP (0) * FROM %s", []int{208}},
	{"Table functions", "SELECT * FROM %s()", []int{208}},
	{"Functions", "SELECT %s()", []int{195}},
	{"Global variables", "SELECT %s", []int{137}},
	{"Types", "DECLARE @x %s", []int{2715, 243}},
	{"Procedures", "EXEC %s", []int{2812}},
}

// TestPageOfThings asks the embedded server for everything that the page says it has.
func TestPageOfThings(t *testing.T) {
	p := readPage(t)
	tg := newTarget(t)
	db, err := tg.open("", "", "master")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, probe := range probes {
		things := names(p.section(t, probe.heading))
		if len(things) == 0 {
			t.Errorf("section %q lists nothing", probe.heading)
		}
		for _, thing := range things {
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			o, err := ask(t.Context(), conn, fmt.Sprintf(probe.batch, thing))
			conn.Close()
			if err != nil {
				t.Errorf("%s %s: %v", probe.heading, thing, err)
			}
			for _, e := range o.errors {
				if slices.Contains(probe.missing, e.number) {
					t.Errorf("the page lists %s under %q: %v", thing, probe.heading, e)
				}
			}
		}
	}
}

// TestPageOfViews holds the page's lists of catalog views to the server's own: all are listed, and those that are said to be
// empty are.
func TestPageOfViews(t *testing.T) {
	p := readPage(t)
	full, empty := names(p.section(t, "Catalog views")), names(p.section(t, "Catalog views of what it cannot hold"))
	db, err := newTarget(t).open("", "", "master")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	listed := map[string]bool{}
	for _, name := range append(full, empty...) {
		if listed[name] {
			t.Errorf("the page lists %s twice", name)
		}
		listed[name] = true
	}
	rows, err := db.QueryContext(t.Context(), "SELECT SCHEMA_NAME(schema_id) + '.' + name FROM sys.system_views")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !listed[name] {
			t.Errorf("the page does not list %s", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range empty {
		n := -1
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+name).Scan(&n); err != nil || n != 0 {
			t.Errorf("the page says that %s is empty: %d rows, %v", name, n, err)
		}
	}
}

// TestShownViewsHaveACase holds every catalog view that shows something to a case that asks it; one of old is asked without
// its schema, too.
func TestShownViewsHaveACase(t *testing.T) {
	files, err := filepath.Glob("testdata/*.case")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(bytes.ToLower(text))
	}
	shown := names(readPage(t).section(t, "Catalog views"))
	if len(shown) < 100 {
		t.Errorf("the page lists %d views that show something", len(shown))
	}
	for _, name := range shown {
		asked := strings.TrimPrefix(strings.ToLower(name), "sys.sys")
		if asked != strings.ToLower(name) {
			asked = "sys" + asked
		}
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(asked) + `\b`).MatchString(all.String()) {
			t.Errorf("no case asks %s", name)
		}
	}
}

// TestPageOfSimplifications holds each simplification to the case that shows it.
func TestPageOfSimplifications(t *testing.T) {
	all := map[string]bool{}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			all[c.name] = true
		}
	}
	body := readPage(t).section(t, "What it simplifies")
	for _, item := range strings.Split(body, "\n- ")[1:] {
		shown := regexp.MustCompile(`\*([^*]+)\*`).FindAllStringSubmatch(strings.ReplaceAll(item, "\n  ", " "), -1)
		if len(shown) == 0 {
			t.Errorf("no case is named by: %s", item)
		}
		for _, m := range shown {
			if !all[m[1]] {
				t.Errorf("the page names case %q, which there is not", m[1])
			}
		}
	}
}

// TestPageOfProcedures: the page lists every system procedure that everybody may call.
func TestPageOfProcedures(t *testing.T) {
	listed := names(readPage(t).section(t, "Procedures"))
	db, err := embedded(t).open("", "", "master")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `CREATE USER reader WITHOUT LOGIN; EXECUTE AS USER = 'reader';
SELECT name FROM sys.system_objects WHERE type IN ('P', 'X') AND HAS_PERMS_BY_NAME('sys.' + name, 'OBJECT', 'EXECUTE') = 1; REVERT`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	count := 0
	for ; rows.Next(); count++ {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(listed, name) {
			t.Errorf("docs/sandbox.md does not list %s", name)
		}
	}
	if err := rows.Err(); err != nil || count < 30 {
		t.Errorf("%d procedures: %v", count, err)
	}
}
