package grantree_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/hardening"
	"grantree/policy"
)

// pages are what a reader of the project reads.
func pages(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob("docs/*.md")
	if err != nil || len(out) < 5 {
		t.Fatalf("docs: %d pages, %v", len(out), err)
	}
	return append(out, "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// block is a fenced block of a page.
type block struct {
	page string
	line int      // of the fence, from 1
	info []string // the words behind the fence
	text string
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// is reports whether the block's language is one of these.
func (b block) is(languages ...string) bool {
	return len(b.info) > 0 && slices.Contains(languages, b.info[0])
}

// blocks cuts a page into its fenced blocks.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	var out []block
	var open *block
	for i, line := range strings.Split(read(t, page), "\n") {
		switch {
		case strings.HasPrefix(line, "```") && open == nil:
			open = &block{page: page, line: i + 1, info: strings.Fields(strings.TrimPrefix(line, "```"))}
		case strings.HasPrefix(line, "```"):
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Fatalf("%s: the block is never closed", open)
	}
	return out
}

// base is the first policy of docs/policy.md, which the page adds its other
// examples to.
func base(t *testing.T) string {
	t.Helper()
	for _, b := range blocks(t, "docs/policy.md") {
		if b.is("toml") {
			return b.text
		}
	}
	t.Fatal("docs/policy.md has no example")
	return ""
}

// finds is the comment with which an example says what is wrong with it.
var finds = regexp.MustCompile(`(?m)^# finds: (.*)$`)

// TestExamples parses every policy and catalog of the pages. An example says
// in its first line which codes it leads to; none is a policy without fault.
// Words behind the fence: "complete" stands without the page's first example,
// "NAME.toml" is a file that others include, "extends" a catalog that extends
// the built-in one.
func TestExamples(t *testing.T) {
	n := 0
	for _, page := range pages(t) {
		files := map[string]string{"base.toml": base(t)}
		for _, b := range blocks(t, page) {
			if b.is("toml") && len(b.info) > 1 {
				files[b.info[1]] = b.text
			}
		}
		for _, b := range blocks(t, page) {
			if !b.is("toml") {
				continue
			}
			n++
			t.Run(b.String(), func(t *testing.T) { example(t, b, files) })
		}
	}
	if n < 20 {
		t.Errorf("only %d examples: the test looks in the wrong place", n)
	}
}

// example holds one block to what it says of itself.
func example(t *testing.T, b block, files map[string]string) {
	t.Helper()
	text, name := b.text, ""
	if len(b.info) > 1 {
		name = b.info[1]
	}
	switch {
	case strings.HasSuffix(name, ".catalog.toml"):
		_, found := catalog.Parse(name, []byte(text))
		if len(b.info) > 2 && b.info[2] == "extends" {
			_, found = catalog.Extend(catalog.IMaint(), name, []byte(text))
		}
		if len(found) > 0 {
			t.Errorf("%v", found)
		}
		return
	case name != "complete" && text != files["base.toml"]:
		text = "include = [\"base.toml\"]\n" + text
	}
	var want []string
	if m := finds.FindStringSubmatch(b.text); m != nil {
		want = strings.Fields(m[1])
	}
	if got, found := check(text, files); !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v; %v", got, want, found)
	}
}

// check runs a policy through everything that needs no server and returns the
// codes of what was found in it, sorted, without what the vendor's own groups
// lead to.
func check(text string, files map[string]string) ([]string, finding.List) {
	p, found := policy.Parse(policy.Source{File: "example.toml", Data: []byte(text)}, func(name string) ([]byte, error) {
		if f, ok := files[name]; ok {
			return []byte(f), nil
		}
		return nil, fmt.Errorf("there is no %s on this page", name)
	})
	if !found.HasErrors() {
		var sites []policy.SiteCheck
		for _, s := range p.Sites {
			snapshot := p.Offline(s)
			w, more := p.Wanted(snapshot)
			found = append(found, more...)
			sites = append(sites, policy.SiteCheck{Snapshot: snapshot, Wanted: w})
		}
		found = append(found, policy.Rules(p, sites, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))...)
		for _, r := range p.RunTests(sites) {
			if !r.Pass {
				found.Errorf("policy-test", r.Test.Pos, "", "%s", r.Detail)
			}
		}
	}
	codes := map[string]bool{}
	for _, f := range found {
		if f.Where.File != "vendor's groups" && f.Where.File != "presets" {
			codes[f.Code] = true
		}
	}
	return slices.Sorted(maps.Keys(codes)), found
}

// TestEveryKeyIsExplained: docs/policy.md has, in code font, every key that a
// policy or a catalog may have.
func TestEveryKeyIsExplained(t *testing.T) {
	page := read(t, "docs/policy.md")
	n := 0
	for _, name := range []string{"policy/parse_file.go", "catalog/file.go"} {
		for _, key := range tags(t, name, "toml") {
			n++
			if !strings.Contains(page, "`"+key+"`") && !strings.Contains(page, "["+key+"]") && !strings.Contains(page, "["+key+".") {
				t.Errorf("docs/policy.md does not explain the key %q of %s", key, name)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d keys: the test looks in the wrong place", n)
	}
}

// tags lists the struct tags of one kind in the Go files that match a pattern.
func tags(t *testing.T, pattern, kind string) []string {
	t.Helper()
	files, _ := sources(t)
	out := map[string]bool{}
	for _, f := range files {
		if ok, err := filepath.Match(pattern, f.name); err != nil || !ok || f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			field, ok := n.(*ast.Field)
			if !ok || field.Tag == nil {
				return true
			}
			tag, _ := strconv.Unquote(field.Tag.Value)
			if key, _, _ := strings.Cut(reflect.StructTag(tag).Get(kind), ","); key != "" {
				out[key] = true
			}
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("no %s tag in %s", kind, pattern)
	}
	return slices.Sorted(maps.Keys(out))
}

// aCode is the form of a finding's code.
var aCode = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// severities are the words of docs/rules.md for the functions that make
// findings, code first; those after the first three are of grants/judge*.go.
var severities = map[string]string{"Errorf": "error", "Warnf": "warning", "Notef": "note",
	"blame": "warning", "blameOpen": "warning", "wide": "warning", "key": "warning", "mismatch": "warning", "doubt": "warning", "remark": "note"}

// code is a finding's code as finding/codes.go declares it.
type code struct {
	text, severities, sentence string
}

// declaration is the form of the remark at a code: severities, sentence.
var declaration = regexp.MustCompile(`^// ([a-z]+(?:, [a-z]+)*): (.+)$`)

// declared reads finding/codes.go: the codes by the names of their constants.
func declared(t *testing.T) map[string]code {
	t.Helper()
	out := map[string]code{}
	files, _ := sources(t)
	for _, f := range files {
		if f.name != "finding/codes.go" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			name := spec.Names[0].Name
			value, literal := text(spec.Values[0])
			var m []string
			if spec.Comment != nil {
				m = declaration.FindStringSubmatch(spec.Comment.List[0].Text)
			}
			if m == nil || !literal {
				t.Errorf("finding/codes.go: %s has no code, or no remark of the form \"severity: sentence\"", name)
				return true
			}
			out[name] = code{value, m[1], m[2]}
			return true
		})
	}
	if len(out) < 150 {
		t.Fatalf("found %d codes: the test looks in the wrong place", len(out))
	}
	return out
}

// TestCodesAreDeclared: a finding's code is a constant of finding/codes.go, is
// used, and with the severities that are declared.
func TestCodesAreDeclared(t *testing.T) {
	all, uses, made := declared(t), map[string]int{}, map[string][]string{}
	codes := map[string]bool{}
	for _, c := range all {
		codes[c.text] = true
	}
	files, fset := sources(t)
	for _, f := range files {
		if f.test || f.name == "finding/codes.go" || strings.HasPrefix(f.name, "sql/sandbox") {
			continue
		}
		literal := func(e ast.Expr, hyphen bool) {
			if c, ok := text(e); ok && (!hyphen || codes[c] && strings.Contains(c, "-")) {
				t.Errorf("%s: the code %q is a literal: declare it in finding/codes.go and use the constant", fset.Position(e.Pos()), c)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				literal(n, true)
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
					literal(n.Value, false)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "finding" && all[n.Sel.Name].text != "" {
					uses[n.Sel.Name]++
				}
			case *ast.CallExpr:
				name, of := called(n)
				if of == "fmt" || severities[name] == "" || len(n.Args) < 2 {
					return true
				}
				if sel, ok := n.Args[0].(*ast.SelectorExpr); ok && all[sel.Sel.Name].text != "" {
					made[sel.Sel.Name] = append(made[sel.Sel.Name], severities[name])
				} else if strings.HasSuffix(name, "f") {
					literal(n.Args[0], false)
				}
			}
			return true
		})
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c, got := all[name], slices.Clone(made[name])
		slices.Sort(got)
		got = slices.Compact(got)
		want := strings.Split(c.severities, ", ")
		switch {
		case uses[name] == 0:
			t.Errorf("finding.%s: nothing reports %s", name, c.text)
		case slices.ContainsFunc(got, func(s string) bool { return !slices.Contains(want, s) }),
			uses[name] == len(made[name]) && len(got) != len(want):
			t.Errorf("finding.%s: %s is declared as %v, and is made as %v", name, c.text, want, got)
		}
	}
}

// called names a call's function, and what it is called on where that is a
// name.
func called(c *ast.CallExpr) (name, of string) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if x, ok := s.X.(*ast.Ident); ok {
		of = x.Name
	}
	return s.Sel.Name, of
}

// text is the value of a string literal that may be a code.
func text(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil && aCode.MatchString(s)
}

// aRow is a row of a table of codes: code, severities, what it means.
var aRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([a-z, ]+) \\| (.*?) \\| .* \\|$")

// TestEveryCodeIsExplained: docs/rules.md lists each declared code once in a
// table, with its severities and its sentence, and no other.
func TestEveryCodeIsExplained(t *testing.T) {
	codes := map[string]code{}
	for name, c := range declared(t) {
		if codes[c.text] != (code{}) {
			t.Errorf("finding.%s: %s is declared twice", name, c.text)
		}
		codes[c.text] = c
	}
	listed := map[string]bool{}
	for _, m := range aRow.FindAllStringSubmatch(read(t, "docs/rules.md"), -1) {
		got := code{m[1], m[2], m[3]}
		if listed[got.text] {
			t.Errorf("docs/rules.md lists %s twice", got.text)
		}
		listed[got.text] = true
		if want, ok := codes[got.text]; !ok {
			t.Errorf("docs/rules.md lists %s, which finding/codes.go does not declare", got.text)
		} else if got != want {
			t.Errorf("docs/rules.md says of %s\n%s: %s\nfinding/codes.go says\n%s: %s", got.text, got.severities, got.sentence, want.severities, want.sentence)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(codes)) {
		if !listed[c] {
			t.Errorf("docs/rules.md does not list %s", c)
		}
	}
}

// anID is a row of a table of docs/audit.md: id, severities, sources, meaning.
var anID = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([a-z, ]+) \\| (.*?) \\| (.*?) \\| .* \\|$")

// TestEveryAuditIDIsExplained: docs/audit.md lists the rules of an audit once, in
// their order, with their sources and their sentences, and severities that
// their codes may have; what gets round the policy is an error there.
func TestEveryAuditIDIsExplained(t *testing.T) {
	severity := map[string]string{}
	for _, c := range declared(t) {
		severity[c.text] = c.severities
	}
	var got, want []string
	for _, m := range anID.FindAllStringSubmatch(read(t, "docs/audit.md"), -1) {
		got = append(got, strings.Join([]string{m[1], m[3], m[4]}, " | "))
		for s := range strings.SplitSeq(m[2], ", ") {
			if s != "error" && !strings.Contains(severity[m[1]], s) && m[1] != finding.Module {
				t.Errorf("docs/audit.md: %s is never a %s", m[1], s)
			}
		}
	}
	for _, r := range hardening.Rules() {
		sources := "-"
		if len(r.Sources) > 0 {
			sources = strings.Join(r.Sources, ", ")
		}
		want = append(want, strings.Join([]string{r.Code, sources, r.Means}, " | "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/audit.md lists\n%s\nthe rules are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// aFlag finds flags in code font, aFence the blocks, where flags of other
// programs stand too.
var (
	aFlag  = regexp.MustCompile("`(?:grantree [^`]*)?--([a-z][a-z-]*)")
	aFence = regexp.MustCompile("(?ms)^```.*?^```$")
)

// aCommand finds the command lines of grantree in a block of shell.
var aCommand = regexp.MustCompile(`(?m)(?:^|[ $;&|(])(?:grantree|go run \./cmd/grantree) ([^\n|;&>)]*)`)

// aPrompt is a line that is typed.
var aPrompt = regexp.MustCompile(`(?m)^\$ .*$`)

// commands gathers, from the source, the names of commands and of flags.
func commands(t *testing.T) (names, flags map[string]bool) {
	t.Helper()
	// These are the library's own.
	names, flags = map[string]bool{"help": true, "completion": true}, map[string]bool{"help": true, "version": true}
	files, _ := sources(t)
	for _, f := range files {
		if f.dir != "cmd/grantree" || f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Use" {
					if l, ok := n.Value.(*ast.BasicLit); ok {
						use, _ := strconv.Unquote(l.Value)
						names[strings.Fields(use)[0]] = true
					}
				}
			case *ast.CallExpr:
				if name, _ := called(n); strings.Contains(name, "Var") && len(n.Args) > 2 {
					if flag, ok := text(n.Args[1]); ok {
						flags[flag] = true
					}
				}
			}
			return true
		})
	}
	return names, flags
}

// TestCommandsExist: what the pages tell people to type exists.
func TestCommandsExist(t *testing.T) {
	names, flags := commands(t)
	n := 0
	for _, page := range pages(t) {
		for _, m := range aFlag.FindAllStringSubmatch(aFence.ReplaceAllString(read(t, page), ""), -1) {
			if !flags[m[1]] {
				t.Errorf("%s: there is no flag --%s", page, m[1])
			}
		}
		for _, b := range blocks(t, page) {
			if !b.is("console", "sh", "bash", "yaml") {
				continue
			}
			text := b.text
			if page == "docs/questions.md" { // which has what is printed too
				text = strings.Join(aPrompt.FindAllString(text, -1), "\n")
			}
			for _, m := range aCommand.FindAllStringSubmatch(text, -1) {
				n++
				commandExists(t, b, strings.Fields(m[1]), names, flags)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d commands: the test looks in the wrong place", n)
	}
}

// commandExists checks the first word and every long flag of a command line.
func commandExists(t *testing.T, b block, words []string, names, flags map[string]bool) {
	t.Helper()
	if len(words) == 0 || !names[words[0]] {
		t.Errorf("%s: there is no command %q", b, words)
	}
	for _, w := range words {
		flag, isFlag := strings.CutPrefix(w, "--")
		flag, _, _ = strings.Cut(flag, "=")
		if isFlag && flag != "" && !flags[flag] {
			t.Errorf("%s: there is no flag --%s", b, flag)
		}
	}
}

// A test, and the stories that a cell of a table names.
var (
	aTest    = regexp.MustCompile("`(Test[A-Za-z]+)`")
	stories  = regexp.MustCompile("stor(?:y|ies) ((?:`[a-z_]+`(?:, )?)+)")
	oneStory = regexp.MustCompile("`([a-z_]+)`")
)

// TestSourceTable: the tests and stories that the page on people names are there,
// and what has none says why: no, or not yet, or what is used in its place.
func TestSourceTable(t *testing.T) {
	tests := map[string]bool{}
	files, _ := sources(t)
	for _, f := range files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test {
				tests[fn.Name.Name] = true
			}
		}
	}
	_, table, _ := strings.Cut(read(t, "docs/people.md"), "| document | asks | command | test |")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 3 || strings.HasPrefix(line, "|---") {
			continue
		}
		rows++
		last := strings.TrimSuffix(strings.TrimSpace(cells[len(cells)-1]), "|")
		for _, m := range aTest.FindAllStringSubmatch(last, -1) {
			if !tests[m[1]] {
				t.Errorf("docs/people.md: there is no test %s: %s", m[1], line)
			}
		}
		for _, m := range stories.FindAllStringSubmatch(last, -1) {
			for _, one := range oneStory.FindAllStringSubmatch(m[1], -1) {
				if _, err := os.Stat("testdata/script/" + one[1] + ".txtar"); err != nil {
					t.Errorf("docs/people.md: %v: %s", err, line)
				}
			}
		}
		if !strings.Contains(last, "`") && !sayWhyNot.MatchString(line) {
			t.Errorf("docs/people.md: no test, and not why: %s", line)
		}
	}
	if rows < 80 {
		t.Errorf("only %d rows", rows)
	}
}

// sayWhyNot is how a row says that something is not done by a command.
var sayWhyNot = regexp.MustCompile(`\b(no|not yet|not shown)[:,]|: no\.`)

// TestGoSamples: Go on the pages is complete and formatted.
func TestGoSamples(t *testing.T) {
	n := 0
	for _, page := range pages(t) {
		for _, b := range blocks(t, page) {
			if !b.is("go") {
				continue
			}
			n++
			switch formatted, err := format.Source([]byte(b.text)); {
			case err != nil:
				t.Errorf("%s: %v", b, err)
			case string(formatted) != b.text:
				t.Errorf("%s is not formatted", b)
			}
		}
	}
	if n == 0 {
		t.Error("no sample: the test looks in the wrong place")
	}
}

// TestJSONSamples: the samples of docs/json.md are JSON, use no key that the
// programs do not print, and leave none out.
func TestJSONSamples(t *testing.T) {
	known := map[string]bool{"access": true, "findings": true, "groups": true, "group": true, "role": true, "views": true, "people": true}
	for _, pattern := range []string{"cmd/grantree/*.go", "catalog/export.go", "roster/export.go", "report/*.go", "review/*.go", "seal/*.go"} {
		for _, key := range tags(t, pattern, "json") {
			known[key] = true
		}
	}
	used := map[string]bool{}
	for _, b := range blocks(t, "docs/json.md") {
		if !b.is("json") {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(b.text), &v); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		keys(v, used)
	}
	for key := range used {
		if !known[key] {
			t.Errorf("docs/json.md uses the key %q, which nothing prints", key)
		}
	}
	page := read(t, "docs/json.md")
	for key := range known {
		if !used[key] && !strings.Contains(page, "`"+key+"`") {
			t.Errorf("docs/json.md does not speak of the key %q", key)
		}
	}
}

// keys collects the keys of all objects in a value.
func keys(v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			into[k] = true
			keys(x, into)
		}
	case []any:
		for _, x := range v {
			keys(x, into)
		}
	}
}

var (
	aLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	aNote    = regexp.MustCompile(`\w\]\[([\w-]+)\]`)
	aHeading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks: a link to another page of the repository leads there, and one
// that is written [text][key] has its address on the page.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range aNote.FindAllStringSubmatch(read(t, page), -1) {
			if !strings.Contains(read(t, page), "\n["+m[1]+"]: https://") {
				t.Errorf("%s links to [%s], which has no address", page, m[1])
			}
		}
		for _, m := range aLink.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			name, anchor, _ := strings.Cut(m[1], "#")
			to := page
			if name != "" {
				to = filepath.Join(filepath.Dir(page), name)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(t, to), anchor) {
				t.Errorf("%s links to %s: the page has no such heading", page, m[1])
			}
		}
	}
}

// anchors lists the anchors of a page's headings, as they are shown on the web.
func anchors(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for _, m := range aHeading.FindAllStringSubmatch(read(t, page), -1) {
		slug := strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		for n := 1; slices.Contains(out, slug); n++ {
			slug = fmt.Sprintf("%s-%d", strings.TrimSuffix(slug, fmt.Sprintf("-%d", n-1)), n)
		}
		out = append(out, slug)
	}
	return out
}

// What cites docs/reference.md: a section (B.5), perhaps with steps (C.1, steps
// 4 to 7; C.1-6), a whole letter (section K), an error's row (I.1/4611).
var (
	aCitation = regexp.MustCompile(`\b([A-L]\.\d+)\b(?:(?:,? steps? |-)(\d+)(?: (?:to|and) (\d+))?)?`)
	aLetter   = regexp.MustCompile(`\b(?:[Ss]ection|[Rr]eference)[\s/#*-]+([A-L])\b`)
	anError   = regexp.MustCompile(`\bI\.1/(\d+)`)
	aSection  = regexp.MustCompile(`(?m)^#+ ([A-L](?:\.\d+)?)\.? .*$`)
)

// TestReferenceSections: what the code, the cases and the pages cite as a
// section, step or error of the reference is in docs/reference.md, each
// section once.
func TestReferenceSections(t *testing.T) {
	page := read(t, "docs/reference.md")
	sections := map[string]string{}
	starts := aSection.FindAllStringSubmatchIndex(page, -1)
	for i, m := range starts {
		name, end := page[m[2]:m[3]], len(page)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if _, twice := sections[name]; twice {
			t.Errorf("docs/reference.md has section %s twice", name)
		}
		sections[name] = page[m[1]:end]
	}
	n := 0
	files := citing(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, c := range cited(files[name]) {
			n++
			if body, ok := sections[c.section]; !ok || !strings.Contains(body, c.has) {
				t.Errorf("%s:%d cites %s, which docs/reference.md does not have", name, c.line, c)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d citations: the test looks in the wrong place", n)
	}
}

// citation is one reference to docs/reference.md: the section, and what has to
// stand in it.
type citation struct {
	section, has string
	line         int
}

func (c citation) String() string {
	return strings.TrimSpace(c.section + " " + strings.TrimSpace(c.has))
}

// cited lists the citations of a text.
func cited(text string) []citation {
	var out []citation
	find := func(form *regexp.Regexp, cite func(line int, m []string)) {
		for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
			m := make([]string, 4)
			for i := 0; 2*i < len(at); i++ {
				if at[2*i] >= 0 {
					m[i] = text[at[2*i]:at[2*i+1]]
				}
			}
			cite(1+strings.Count(text[:at[0]], "\n"), m)
		}
	}
	find(aCitation, func(line int, m []string) {
		out = append(out, citation{section: m[1], line: line})
		for _, step := range m[2:] {
			if step != "" {
				out = append(out, citation{section: m[1], has: "\n" + step + ". ", line: line})
			}
		}
	})
	find(aLetter, func(line int, m []string) { out = append(out, citation{section: m[1], line: line}) })
	find(anError, func(line int, m []string) { out = append(out, citation{section: "I.1", has: m[1], line: line}) })
	return out
}

// citing reads every file that may cite the reference.
func citing(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(".", func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case slices.Contains([]string{".go", ".sql", ".case", ".md", ".toml", ".txt", ".txtar"}, filepath.Ext(name)):
			out[name] = read(t, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCapsAreListed compares the list of caps in docs/rules.md with the data of
// the built-in catalog, row by row.
func TestCapsAreListed(t *testing.T) {
	var want []string
	nodes := map[string]bool{}
	for _, n := range catalog.IMaint().Nodes {
		for _, v := range n.Views {
			if v.Cap == nil {
				continue
			}
			nodes[n.Path.String()] = true
			bar := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
			want = append(want, fmt.Sprintf("| %s | `%s` | %s | %s |", bar(n.Path.String()), v.Name, v.Cap.Permissions, bar(v.Cap.Reason)))
		}
	}
	_, section, found := strings.Cut(read(t, "docs/rules.md"), "### Caps that the document does not have")
	section, _, more := strings.Cut(section, "\n## ")
	if !found || !more {
		t.Fatal("docs/rules.md has no section about caps")
	}
	var got []string
	for _, line := range strings.Split(section, "\n") {
		if strings.HasPrefix(line, "|") && strings.Contains(line, "imvw_") {
			got = append(got, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/rules.md lists\n%s\nthe catalog has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if number := fmt.Sprintf("At %s nodes", []string{"no", "one", "two", "three", "four", "five", "six"}[len(nodes)]); !strings.Contains(section, number) {
		t.Errorf("the section does not say %q", number)
	}
}

// TestPowersAreListed compares the words of `also` on the page of the policy
// with those that grants knows.
func TestPowersAreListed(t *testing.T) {
	_, section, found := strings.Cut(read(t, "docs/policy.md"), "### What somebody may also be\n")
	if !found {
		t.Fatal("docs/policy.md has no such section")
	}
	section, _, _ = strings.Cut(section, "\nAnother word")
	var listed []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(section, -1) {
		if m[1] != "also" {
			listed = append(listed, m[1])
		}
	}
	slices.Sort(listed)
	if powers := grants.Powers(); !slices.Equal(listed, powers) {
		t.Errorf("docs/policy.md lists %q\ngrants knows       %q", listed, powers)
	}
}
