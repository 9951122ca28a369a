package conformance

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// outsideReasons are the parts of the fence that leave an example of Microsoft's out.
var outsideReasons = map[string]string{
	"azure":       "Azure SQL, Synapse or Fabric: no SQL Server takes it",
	"types":       "types of one's own",
	"keys":        "certificates and keys",
	"credentials": "credentials",
	"approles":    "application roles",
	"endpoints":   "endpoints",
	"policies":    "security policies",
	"masking":     "dynamic data masking",
	"setuser":     "SETUSER, whose place EXECUTE AS has taken",
	"external":    "external tables and data sources",
	"noise":       "no T-SQL: a quoted or mistyped line of the page, or its syntax, which Microsoft's parser refuses too",
	"languages":   "languages but English",
}

// sharedExamples is where the text of the examples is, seen from this package: beside the project or beside its worktree.
var sharedExamples = []string{"../../../../shared/tsql-verdicts/batches.jsonl.gz", "../../../../../shared/tsql-verdicts/batches.jsonl.gz"}

// exampleTexts reads Microsoft's examples: by page, then by id within the page.
func exampleTexts(t *testing.T) map[string]map[string]string {
	t.Helper()
	var f *os.File
	err := errors.New("")
	for i := 0; err != nil && i < len(sharedExamples); i++ {
		f, err = os.Open(sharedExamples[i])
	}
	if err != nil {
		t.Skip("no ../shared/tsql-verdicts, which has Microsoft's examples, beside the project")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]map[string]string{}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var b struct{ ID, Text string }
		if !strings.Contains(sc.Text(), `"msdocs:`) {
			continue
		}
		if err := json.Unmarshal(sc.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		page, id, _ := strings.Cut(strings.TrimPrefix(b.ID, "msdocs:"), "#")
		if pages[page] == nil {
			pages[page] = map[string]string{}
		}
		pages[page][strings.TrimSuffix(id, "T")] = b.Text
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestExamples runs Microsoft's examples.
func TestExamples(t *testing.T) {
	texts := exampleTexts(t)
	for _, f := range exampleFiles(t) {
		for _, p := range f.pages {
			for _, c := range p.cases {
				for _, run := range c.runs() {
					t.Run(c.name+"/"+run, func(t *testing.T) { c.tell(t, p, run, texts[p.name]) })
				}
			}
		}
	}
}

// tell runs a case on a server of its own.
func (c *exampleCase) tell(t *testing.T, p *examplePage, run string, texts map[string]string) {
	ctx, stop := context.WithTimeout(t.Context(), caseTime)
	defer stop()
	w, err := exampleWorld(ctx, t, p.setup, c.setup)
	if err != nil {
		t.Fatalf("%s:%d: set up: %v", c.file.name, c.line, err)
	}
	fill, last := strings.NewReplacer(c.fill...), ""
	for _, s := range c.steps {
		text := s.text
		if s.kind == stepExample {
			var ok bool
			if text, ok = texts[c.id(run, s.text)]; !ok {
				t.Fatalf("%s:%d: %s has no batch %s", c.file.name, s.line, p.name, c.id(run, s.text))
			}
			text = strings.ReplaceAll(fill.Replace(text), "@last", last)
		}
		got, err := ask(ctx, w.sa, text)
		if err != nil || !s.expected.covers(got) {
			t.Errorf("%s:%d: %s\nwant\n%vgot\n%verror %v\n(%s)", c.file.name, s.line, text, s.expected, got, err, c.name)
			return
		}
		for _, set := range got.sets {
			if len(set) > 0 {
				last = set[len(set)-1]
			}
		}
	}
}

// exampleWorld makes a server, connects sa and runs the set-ups.
func exampleWorld(ctx context.Context, t *testing.T, setups ...string) (*world, error) {
	s, err := sandbox.New(sandbox.Options{SAPassword: saPassword, Log: t.Logf, Entra: true, Groups: []string{"mygroup", "mydbogroup", "AAD group"}})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlserver", s.URL("sa", saPassword, ""))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { db.Close() })
	w := &world{file: &file{}}
	if w.sa, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	for _, text := range setups {
		if err := w.script(ctx, text); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// covers is matches with … in rows, and where an error without a number is 40510 or 40517.
func (o outcome) covers(got outcome) bool {
	if len(o.sets) != len(got.sets) {
		return false
	}
	for i, set := range o.sets {
		if !setForm(set).MatchString(strings.Join(append(got.sets[i], ""), "\n")) {
			return false
		}
	}
	for i, e := range o.errors {
		if e.number < 0 && i < len(got.errors) && got.errors[i].number != 40510 && got.errors[i].number != 40517 {
			return false
		}
	}
	return noticesMatch(o.errors, got.errors) && noticesMatch(o.messages, got.messages)
}

// setForm is the form of a result set, with … for any text and, on a row of its own, for any rows.
func setForm(set []string) *regexp.Regexp {
	var form strings.Builder
	form.WriteString(`\A`)
	for _, row := range set {
		if row == "…" {
			form.WriteString(`(?:.*\n)*?`)
			continue
		}
		form.WriteString(strings.ReplaceAll(regexp.QuoteMeta(row), "…", ".*?") + `\n`)
	}
	return regexp.MustCompile(form.String() + `\z`)
}

// examplePages are the pages on whose examples the sandbox is held: what they are called begins so.
var examplePages = regexp.MustCompile(`^(?:(?:grant|deny|revoke|permissions|has-perms|has-dbaccess)-` +
	`|(?:alter|create|drop)-(?:application-role|authorization|login|role|schema|server-role|user|a-database-schema)-` +
	`|create-a-database-schema|contained-database-users|migrate-to-a-partially|determining-effective|getting-started-with-database` +
	`|current-user|database-principal-id|execute-as|revert|setuser|is-(?:|role|srvrole)member|loginproperty|original-login|pwdcompare` +
	`|schema-(?:id|name)|session-(?:user|context)|system-user|suser-|user-(?:id|name)|user-transact|row-level-security|dynamic-data-masking` +
	`|securing-sql-server|using-service-sids|tutorial-ownership|sys-(?:fn-builtin|securable|databases)` +
	`|sp-(?:addrolemember|droprolemember|dropsrvrolemember|dropapprole|setapprole|grantdbaccess|grantlogin)-)`)

// TestExamplesAreAll finds a case for every example of every page, and for every batch of it.
func TestExamplesAreAll(t *testing.T) {
	texts := exampleTexts(t)
	did := map[string]map[string]bool{}
	for _, f := range exampleFiles(t) {
		for _, p := range f.pages {
			if did[p.name] != nil {
				t.Errorf("%s: a second page %s", f.subject, p.name)
			}
			did[p.name] = p.batches()
		}
	}
	for page, batches := range texts {
		if !examplePages.MatchString(page) {
			continue
		}
		for id := range batches {
			if !did[page][id] {
				t.Errorf("no case runs %s#%s", page, id)
			}
		}
	}
}

// batches are the ids that the cases of a page run.
func (p *examplePage) batches() map[string]bool {
	ids := map[string]bool{}
	for _, c := range p.cases {
		for _, run := range c.runs() {
			for b := range c.did {
				ids[c.id(run, b)] = true
			}
		}
	}
	return ids
}

// leastExamples is how many of Microsoft's examples have to work.
const leastExamples = 297

// TestExamplesOfPage holds docs/sandbox.md to how many examples work and what leaves the others out, and both to what has
// been reached.
func TestExamplesOfPage(t *testing.T) {
	body, works, reasons := readPage(t).section(t, "Microsoft's examples"), 0, map[string]int{}
	var rows []string
	for _, f := range exampleFiles(t) {
		work, outside := f.count(reasons)
		works += work
		rows = append(rows, fmt.Sprintf("| %s | %d | %d | %d |", f.subject, len(f.pages), work, outside))
	}
	for key, reason := range outsideReasons {
		if reasons[key] == 0 {
			t.Errorf("nothing is outside for %q", key)
		}
		rows = append(rows, fmt.Sprintf("| %s | %d |", reason, reasons[key]))
	}
	for _, row := range rows {
		if !strings.Contains(body, row) {
			t.Errorf("docs/sandbox.md, Microsoft's examples: no row\n%s", row)
		}
	}
	if works < leastExamples {
		t.Errorf("%d examples work, %d have worked", works, leastExamples)
	}
	t.Logf("%d examples work", works)
}

// count counts the examples of a file: those that work and those that the fence leaves out, these also by their reasons.
func (f exampleFile) count(reasons map[string]int) (work, outside int) {
	for _, p := range f.pages {
		for _, c := range p.cases {
			work += len(c.numbers) - len(c.outside)
			outside += len(c.outside)
			for _, reason := range c.outside {
				reasons[reason]++
			}
		}
	}
	return work, outside
}
