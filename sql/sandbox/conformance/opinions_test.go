package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// families are the kinds of statements that belong together, by a part of their name. The first that fits is meant.
var families = []struct{ name, kinds string }{
	{"GRANT, DENY and REVOKE", `^(GRANT|DENY|REVOKE)$|AUTHORIZATION`},
	{"roles", `ROLE`},
	{"logins", `LOGIN`},
	{"users", `USER`},
	{"EXECUTE AS", `^(EXECUTE AS|REVERT)`},
	{"schemas", `SCHEMA`},
	{"databases", `DATABASE|^USE$`},
	{"views", `VIEW`},
	{"tables and indexes", `TABLE|INDEX|SYNONYM`},
	{"INSERT, UPDATE and DELETE", `^(INSERT|UPDATE|DELETE)$`},
	{"SELECT", `^SELECT$`},
	{"transactions", `TRANSACTION`},
	{"cursors", `CURSOR|^(OPEN|CLOSE|FETCH|DEALLOCATE)$`},
	{"EXECUTE", `^EXECUTE`},
	{"control of flow", `^(IF|WHILE|BEGIN…END|TRY…CATCH|THROW|RAISERROR|PRINT|RETURN|GOTO|label|WAITFOR|BREAK|CONTINUE|DECLARE|SET @variable)$`},
	{"settings", `^SET `},
}

// familiesOf are the families of the statements of a text, each once.
func familiesOf(text string) map[string]bool {
	found := map[string]bool{}
	batches, err := tsql.SplitScript(braces.ReplaceAllString(text, "$1"))
	if err != nil {
		return nil
	}
	for _, b := range batches {
		batch, err := tsql.Parse(b.Text)
		if err != nil {
			continue
		}
		for _, st := range flat(batch.Statements) {
			for _, f := range families {
				if regexp.MustCompile(f.kinds).MatchString(kindOf(st)) {
					found[f.name] = true
					break
				}
			}
		}
	}
	return found
}

// opinion counts, for one family, who else than this server says what is right.
type opinion struct {
	manual, measured int // cases that rest on a page or the reference, and on a real server's answer
	parser           int // batches that Microsoft's parser reads
	clients          int // steps that programs of others run
}

// opinions counts them by family.
func opinions(t *testing.T) map[string]*opinion {
	t.Helper()
	out := map[string]*opinion{}
	for _, f := range families {
		out[f.name] = &opinion{}
	}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			var text strings.Builder
			for _, s := range c.steps {
				text.WriteString(s.text + "\nGO\n")
			}
			for family := range familiesOf(text.String()) {
				if c.measured != 0 {
					out[family].measured++
				} else {
					out[family].manual++
				}
			}
		}
	}
	for text := range parserReads(t) {
		for family := range familiesOf(text) {
			out[family].parser++
		}
	}
	steps, err := os.ReadFile("../clients/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range strings.Split(string(steps), "\nstep ")[1:] {
		if _, sql, ok := strings.Cut(s, "\nsql "); ok {
			sql, _, _ = strings.Cut(sql, "\ncolumns ")
			sql, _, _ = strings.Cut(sql, "\nerror ")
			for family := range familiesOf(sql) {
				out[family].clients++
			}
		}
	}
	return out
}

// parserReads are the batches of our own suites that Microsoft's parser takes for every version.
func parserReads(t *testing.T) map[string]bool {
	t.Helper()
	file, err := os.Open("../../tsql/testdata/verdicts.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v struct {
			Text   string         `json:"text"`
			Errors map[string]any `json:"errors"`
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if len(v.Errors) == 0 {
			out[v.Text] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPageOfOpinions holds the page to how many opinions there are of each family. A number of the page may be up to a
// tenth less than there are, so that a case more does not change it.
func TestPageOfOpinions(t *testing.T) {
	section, counted := readPage(t).section(t, "Who else says so"), opinions(t)
	for _, f := range families {
		o := counted[f.name]
		row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(f.name) + ` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$`).FindStringSubmatch(section)
		is := []int{o.manual, o.measured, o.parser, o.clients}
		line := fmt.Sprintf("| %s | %d | %d | %d | %d |", f.name, is[0], is[1], is[2], is[3])
		if row == nil {
			t.Errorf("no row\n%s", line)
			continue
		}
		for i, n := range is {
			var says int
			fmt.Sscan(row[i+1], &says)
			if says > n || says < n*9/10 {
				t.Errorf("the page says\n%s\nthere are\n%s", row[0], line)
				break
			}
		}
	}
}
