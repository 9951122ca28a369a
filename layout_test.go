package grantree_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is this module's path.
const module = "grantree"

// rule says what a package may import beside the standard library, packages
// of this module without the module's name, and why.
type rule struct {
	imports []string
	// tests holds the package's tests to the same list, plus testTools.
	tests bool
	// pure packages do no I/O, read no clock and keep no globals.
	pure bool
	why  string
}

// rules is the layout of the module: every package, and the arrows between
// them. docs/architecture.md draws it.
func rules() map[string]rule {
	return map[string]rule{
		".": {why: "the root holds the tests of the layout and of the pages, no code"},
		"finding": {pure: true,
			why: "everything reports findings, so the package stands on nothing"},
		"tomldoc": {pure: true, imports: []string{"finding", "github.com/BurntSushi/toml"},
			why: "the one place that reads TOML: whoever needs positions asks it"},
		"namefold": {pure: true, imports: []string{"golang.org/x/text/cases", "golang.org/x/text/unicode/norm", "golang.org/x/text/width"},
			why: "how names are folded is a leaf: the catalog and the model of a database both compare names"},
		"catalog": {pure: true, imports: []string{"finding", "namefold", "schema", "tomldoc"},
			why: "the map of the application does not depend on who may go where"},
		"catalog/drafting": {pure: true, imports: []string{"catalog", "finding", "tomldoc"},
			why: "a guess at where views belong is made from names and keys that are handed in; the catalog must not depend on guesses"},
		"licensing": {pure: true, imports: []string{"finding"},
			why: "seats are counted from names alone, without policies or servers"},
		"grants": {pure: true, imports: []string{"catalog", "finding", "namefold", "golang.org/x/text/unicode/norm"},
			why: "what a database holds and how it is changed must not depend on any policy file"},
		"policy": {pure: true, imports: []string{"catalog", "finding", "grants", "schema", "tomldoc"},
			why: "what a policy means must not depend on how a server is reached"},
		"lint": {pure: true, imports: []string{"catalog", "finding", "grants", "policy"},
			why: "what is worth a look in a policy is seen from outside, by what it gives: it needs no part of the parser, and the rules must not depend on it"},
		"advice": {pure: true, imports: []string{"catalog", "finding", "grants", "policy"},
			why: "which edit changes an answer is found by making it and looking what comes of it: the language of policies needs to know nothing of that"},
		"roster": {pure: true, imports: []string{"finding", "grants", "namefold", "policy", "tomldoc", "xlsx"},
			why: "spreadsheets are strangers' files: the language of policies must not depend on them, nor they on any server"},
		"report/page": {pure: true, imports: []string{"finding"},
			why: "how a page of one file is put together, and that nothing but itself runs in it, does not depend on what it shows"},
		"report/changes": {pure: true, imports: []string{"report", "report/page"},
			why: "a plan is shown to reviewers by plain values, as a report shows who may do what: no page reads plans, policies or servers"},
		"report": {pure: true, imports: []string{"catalog", "finding", "grants", "policy", "report/page", "xlsx"},
			why: "who may do what is told to people who are no administrators: it reads the model and the policy, and neither depends on how it is shown"},
		"review": {pure: true, imports: []string{"catalog", "grants", "policy", "report", "roster", "xlsx"},
			why: "what reviewers are asked and answer is about a report and a policy: neither knows that it is reviewed"},
		"docs": {pure: true,
			why: "pages are texts"},
		"schema": {pure: true,
			why: "how a type is described does not depend on what it is a type of"},
		"xlsx": {pure: true,
			why: "a workbook is texts in cells, whoever's they are"},
		"adoption": {pure: true, imports: []string{"catalog", "finding", "grants", "policy", "tomldoc"},
			why: "an import reads sites and writes policies: both languages must not depend on it, nor it on how a server is reached"},
		"scripts": {pure: true, imports: []string{"catalog", "finding", "grants", "sql/tsql"},
			why: "what a script would make is read from its text alone, by the model of a database, without a server or a policy"},
		"audit": {pure: true,
			why: "what a server wrote down is judged by its words alone, whoever read it"},
		"hardening": {pure: true, imports: []string{"finding", "grants"},
			why: "how a server is set up is judged by what was read of it, whoever read it and whatever policy language there is"},
		"sql/units": {pure: true,
			why: "how T-SQL counts text is the same on the wire, in values and in names"},
		"sql/tds": {tests: true, imports: []string{"sql/units", "github.com/shopspring/decimal", "golang.org/x/text/encoding/charmap"},
			why: "the wire is a leaf: it carries text and values and knows what neither means"},
		"sql/tsql": {tests: true,
			why: "the language is a leaf: text in, trees out, on nothing but the standard library"},
		"sql/sandbox": {tests: true, imports: []string{"sql/sandbox/internal/query", "sql/sandbox/internal/refusal", "sql/sandbox/internal/security", "sql/sandbox/internal/sysproc", "sql/tds", "sql/tsql", "sql/units",
			"github.com/shopspring/decimal", "modernc.org/sqlite"},
			why: "the embedded server is a second opinion on what a statement does: it must not learn it from grants"},
		"sql/sandbox/internal/collate": {tests: true, pure: true, imports: []string{"sql/units", "golang.org/x/text/unicode/norm", "golang.org/x/text/width"},
			why: "texts compare alike, be they names or values: who compares asks it, and it asks nobody"},
		"sql/sandbox/internal/query": {tests: true, imports: []string{"sql/sandbox/internal/collate", "sql/sandbox/internal/refusal", "sql/tds", "sql/tsql", "sql/units", "github.com/shopspring/decimal", "golang.org/x/text/encoding/charmap",
			"modernc.org/sqlite", "modernc.org/sqlite/vtab"},
			why: "rows are SQLite's; permissions are decided elsewhere"},
		"sql/sandbox/internal/refusal": {tests: true, imports: []string{"sql/tds", "sql/tsql"},
			why: "a refusal is the wire's own, and its texts stand in one table: the parser's with the parser, all others here"},
		"sql/sandbox/internal/sysproc": {tests: true, imports: []string{"sql/tsql"},
			why: "system procedures are texts, each read once and kept: who runs them has no say in what they are"},
		"sql/sandbox/internal/security": {tests: true, imports: []string{"sql/sandbox/internal/collate", "sql/sandbox/internal/refusal", "sql/sandbox/internal/sysproc", "sql/tsql", "github.com/tidwall/btree"},
			why: "the access check is written from the engine's manual, on plain values; of the language it knows how a name is put together"},
		"sql/mssql": {imports: []string{"audit", "catalog", "grants", "hardening", "ledger", "sql/tsql", "github.com/microsoft/go-mssqldb", "github.com/microsoft/go-mssqldb/msdsn", "golang.org/x/text/unicode/norm"},
			why: "it puts questions to a server and sends plans; findings are for grants to make"},
		"ledger": {pure: true,
			why: "a site's record of its changes is proved by its bytes alone, whoever wrote it: it knows no server and no plan"},
		"sites/spill": {why: "it keeps bytes and knows nothing of what they mean"},
		"seal": {pure: true,
			why: "a sealed plan is a file that a stranger may have written: what holds of it is judged by its bytes alone, whoever made them and whatever they are compared with"},
		"journal": {pure: true, imports: []string{"catalog", "grants"},
			why: "what a run wrote down is judged by its bytes alone, and taken back from them alone: no policy, no server and no clock is asked"},
		"seal/sshsig": {pure: true, imports: []string{"golang.org/x/crypto/ssh"},
			why: "whose signature a text has is judged by keys that are handed in: it knows nothing of plans"},
		"sites": {imports: []string{"audit", "catalog", "catalog/drafting", "finding", "grants", "hardening", "journal", "ledger", "licensing", "policy", "seal", "sites/spill", "sql/mssql", "golang.org/x/sync/errgroup", "golang.org/x/sync/semaphore"},
			why: "the fleet does not know whether a server is embedded or real: the sandbox reaches it over TCP"},
		"cmd/grantree": {imports: []string{"adoption", "advice", "audit", "catalog", "catalog/drafting", "docs", "finding", "grants", "hardening", "journal", "ledger", "licensing", "lint", "policy", "report", "report/changes", "review", "roster", "schema", "scripts", "seal", "seal/sshsig", "sites", "sql/mssql", "sql/sandbox",
			"github.com/jedib0t/go-pretty/v6/progress", "github.com/jedib0t/go-pretty/v6/table", "github.com/jedib0t/go-pretty/v6/text", "github.com/rogpeppe/go-internal/diff", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/crypto/ssh", "golang.org/x/term",
			"tomldoc"},
			why: "the command wires; it reads TOML and speaks TDS through others"},
		"tools/mutate":     {tests: true, why: "it breaks the others as text and runs their tests: it needs none of them"},
		"grants/agreement": {why: "tests alone: holds grants' model, and what the fleet makes of it, to the sandbox"},
		"sql/sandbox/clients": {imports: []string{"github.com/microsoft/go-mssqldb"},
			why: "it starts the command and strangers' programs: what it knows of grantree is what they see"},
		"sql/sandbox/conformance": {tests: true, imports: []string{"sql/sandbox", "sql/tsql"}, why: "tests alone: holds a server to the manual, without anything that grantree believes"},
	}
}

// testTools is what the tests of a package with a rule for tests may import
// beside: tools, and the driver as a client that nobody here wrote.
var testTools = []string{"github.com/google/go-cmp/cmp", "github.com/google/go-cmp/cmp/cmpopts", "pgregory.net/rapid",
	"github.com/microsoft/go-mssqldb", "github.com/microsoft/go-mssqldb/msdsn", "github.com/golang-sql/sqlexp"}

// pureStandard is the part of the standard library that a pure package may
// use: nothing in it can reach a file, a network, a clock or a random source,
// but for the functions of impure.
var pureStandard = []string{"archive/zip", "bufio", "bytes", "cmp", "compress/flate", "compress/gzip", "crypto/sha256", "crypto/sha512", "embed", "encoding", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json", "encoding/xml", "errors", "fmt",
	"hash/fnv", "io", "iter", "maps", "math", "math/bits", "net/url", "path", "path/filepath", "reflect", "regexp", "slices", "sort", "strconv",
	"strings", "time", "unicode", "unicode/utf16", "unicode/utf8"}

// impure lists the functions of pureStandard that reach outside after all.
var impure = map[string][]string{
	"time":          {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocation"},
	"path/filepath": {"Abs", "EvalSymlinks", "Glob", "Walk", "WalkDir"},
	"fmt":           {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
}

// file is a parsed Go file of the module.
type file struct {
	dir, name string
	test      bool
	ast       *ast.File
}

// sources parses every Go file of the module, sorted by path.
func sources(t *testing.T) (files []file, fset *token.FileSet) {
	t.Helper()
	fset = token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base := d.Name(); base == "testdata" || name != "." && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); name != "." && err == nil {
				return filepath.SkipDir // a module of its own: what it imports is no part of grantree
			}
			return nil
		case path.Ext(name) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(name)
		files = append(files, file{dir: path.Dir(slash), name: slash, test: strings.HasSuffix(slash, "_test.go"), ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found %d Go files: the test looks in the wrong place", len(files))
	}
	return files, fset
}

// imports lists what a file imports.
func (f file) imports(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, spec := range f.ast.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		out = append(out, name)
	}
	return out
}

// isStandard tells a package of the standard library: its first element has no
// dot and is not this module.
func isStandard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != module
}

// TestArrows holds every import of the module to the rule of its package.
func TestArrows(t *testing.T) {
	all := rules()
	files, _ := sources(t)
	seen := map[string]bool{}
	for _, f := range files {
		seen[f.dir] = true
		r, ok := all[f.dir]
		if !ok {
			t.Errorf("%s: package %s has no rule: say in layout_test.go what it may import, and why", f.name, f.dir)
			continue
		}
		if f.test && !r.tests {
			continue
		}
		for _, name := range f.imports(t) {
			inside := strings.TrimPrefix(strings.TrimPrefix(name, module), "/")
			itself := f.test && (inside == f.dir || slices.Contains(testTools, name))
			if !isStandard(name) && !itself && !slices.Contains(r.imports, inside) {
				t.Errorf("%s imports %s, which %s may not: %s", f.name, name, f.dir, r.why)
			}
		}
	}
	for dir := range all {
		if !seen[dir] {
			t.Errorf("there is a rule for %s, which has no Go file", dir)
		}
	}
}

// TestNoUnusedArrows keeps the rules from allowing more than is used.
func TestNoUnusedArrows(t *testing.T) {
	used := map[string]map[string]bool{}
	files, _ := sources(t)
	all := rules()
	for _, f := range files {
		if f.test && !all[f.dir].tests {
			continue
		}
		if used[f.dir] == nil {
			used[f.dir] = map[string]bool{}
		}
		for _, name := range f.imports(t) {
			used[f.dir][strings.TrimPrefix(strings.TrimPrefix(name, module), "/")] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		for _, name := range all[dir].imports {
			if !used[dir][name] {
				t.Errorf("%s may import %s and does not: take it out of the rule", dir, name)
			}
		}
	}
}

// TestNoCircles follows the arrows from every package and never comes back.
func TestNoCircles(t *testing.T) {
	all := rules()
	var walk func(dir string, on []string)
	walk = func(dir string, on []string) {
		if slices.Contains(on, dir) {
			t.Errorf("a circle: %s", strings.Join(append(on, dir), " → "))
			return
		}
		for _, next := range all[dir].imports {
			if _, ok := all[next]; ok {
				walk(next, append(slices.Clone(on), dir))
			}
		}
	}
	for dir := range all {
		walk(dir, nil)
	}
}

// TestPure holds the pure packages to what the word means: no import that
// reaches outside, no call of a function that does, no variable that changes.
func TestPure(t *testing.T) {
	all := rules()
	files, fset := sources(t)
	globals := map[string][]string{}
	for _, f := range files {
		if all[f.dir].pure && !f.test {
			globals[f.dir] = append(globals[f.dir], f.globals()...)
		}
	}
	for _, f := range files {
		if !all[f.dir].pure || f.test {
			continue
		}
		for _, name := range f.imports(t) {
			if isStandard(name) && !slices.Contains(pureStandard, name) {
				t.Errorf("%s imports %s: %s is pure; bytes, times and look-ups are handed in", f.name, name, f.dir)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if what := impurity(n, globals[f.dir]); what != "" {
				t.Errorf("%s: %s, and %s is pure", fset.Position(n.Pos()), what, f.dir)
			}
			return true
		})
	}
}

// globals names the variables that a file declares at the top.
func (f file) globals() []string {
	var out []string
	for _, d := range f.ast.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			for _, name := range s.(*ast.ValueSpec).Names {
				out = append(out, name.Name)
			}
		}
	}
	return out
}

// impurity says what a node does that a pure package must not, or "".
func impurity(n ast.Node, globals []string) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return ""
		}
		for pkg, names := range impure {
			if path.Base(pkg) == x.Name && slices.Contains(names, n.Sel.Name) {
				return "uses " + pkg + "." + n.Sel.Name
			}
		}
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			return ""
		}
		for _, left := range n.Lhs {
			if name := root(left); slices.Contains(globals, name) {
				return "changes the package's variable " + name
			}
		}
	case *ast.IncDecStmt:
		if name := root(n.X); slices.Contains(globals, name) {
			return "changes the package's variable " + name
		}
	}
	return ""
}

// root names the variable that an assignment's left side is part of.
func root(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.SelectorExpr:
		return root(e.X)
	case *ast.StarExpr:
		return root(e.X)
	}
	return ""
}

// systemFiles lists the files of cmd/grantree that touch the operating system,
// and why: main, system, and what system alone hands out.
func systemFiles() map[string]string {
	return map[string]string{
		"cmd/grantree/main.go":            "the exit code",
		"cmd/grantree/system.go":          "the real world, as a verb is handed it",
		"cmd/grantree/readfile.go":        "what kind of file a name is",
		"cmd/grantree/writefile.go":       "a file takes another's place",
		"cmd/grantree/journals.go":        "where journals are",
		"cmd/grantree/rungit.go":          "git is asked what a file was before",
		"cmd/grantree/lock_unix.go":       "whose turn it is to write a file, on Unix",
		"cmd/grantree/lock_other.go":      "whose turn it is to write a file, elsewhere",
		"cmd/grantree/passwords_open.go":  "whose file a name is",
		"cmd/grantree/passwords_unix.go":  "whose file a name is, on Unix",
		"cmd/grantree/passwords_other.go": "whose file a name is, elsewhere",
	}
}

// TestVerbsAreHandedTheWorld: a command sees files, streams, environment and the
// date through app alone, so that tests can hand it another world.
func TestVerbsAreHandedTheWorld(t *testing.T) {
	why, found := systemFiles(), map[string]bool{}
	files, fset := sources(t)
	for _, f := range files {
		if f.dir != "cmd/grantree" || f.test {
			continue
		}
		reach := func(pos token.Pos, what string) {
			found[f.name] = true
			if why[f.name] == "" {
				t.Errorf("%s: %s: a verb is handed the world in app; system makes it", fset.Position(pos), what)
			}
		}
		for _, spec := range f.ast.Imports {
			switch name, _ := strconv.Unquote(spec.Path.Value); name {
			case "os", "os/exec", "os/signal", "os/user", "io/ioutil", "syscall", "golang.org/x/term":
				reach(spec.Pos(), "imports "+name)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if what := impurity(n, nil); what != "" && !strings.HasPrefix(what, "uses fmt.") {
				reach(n.Pos(), what)
			}
			return true
		})
	}
	for name := range why {
		if !found[name] {
			t.Errorf("%s touches no system: take it off the list", name)
		}
	}
}

// sandboxBudget is the number of lines of Go without tests that the embedded server may have (DESIGN.md, "The fence"): it
// is a security subsystem, not a database, and what comes in pays with what goes out. It may grow where permissions need
// it, and nowhere else.
const sandboxBudget = 35_979

// idioms are the files of what every permission script is made of: the cursor loop, APPLY and lists by FOR XML PATH; and the
// primitive of sp_rename. They come on top of the budget, up to idiomBudget lines.
var idioms = map[string]bool{
	"sql/sandbox/cursor.go": true, "sql/sandbox/internal/query/apply.go": true, "sql/sandbox/internal/query/xml.go": true,
	"sql/sandbox/rename.go": true, "sql/tsql/ast_cursor.go": true, "sql/tsql/ast_xml.go": true, "sql/tsql/parse_cursor.go": true, "sql/tsql/parse_xml.go": true,
}

const idiomBudget = 1005

// modules are the files of procedures and functions, which permissions need: a person who may EXECUTE one reaches what is
// behind it. They come on top of the budget, up to moduleBudget lines.
var modules = map[string]bool{
	"sql/sandbox/aside.go": true, "sql/sandbox/module.go": true, "sql/sandbox/module_call.go": true, "sql/sandbox/module_function.go": true,
	"sql/sandbox/internal/query/module.go": true, "sql/sandbox/internal/security/module.go": true, "sql/sandbox/internal/security/views_routine.go": true,
	"sql/tsql/ast_module.go": true, "sql/tsql/parse_module.go": true, "sql/tsql/walk.go": true,
}

const moduleBudget = 1_500

// TestSandboxBudget counts the lines as wc -l does.
func TestSandboxBudget(t *testing.T) {
	lines, idiomatic, modular := 0, 0, 0
	files, _ := sources(t)
	for _, f := range files {
		own := f.dir == "sql/sandbox" || strings.HasPrefix(f.dir, "sql/sandbox/") && f.dir != "sql/sandbox/conformance" && f.dir != "sql/sandbox/clients"
		if f.test || !own && f.dir != "sql/tds" && f.dir != "sql/tsql" && f.dir != "sql/units" {
			continue
		}
		text, err := os.ReadFile(filepath.FromSlash(f.name))
		if err != nil {
			t.Fatal(err)
		}
		switch n := bytes.Count(text, []byte("\n")); {
		case idioms[f.name]:
			idiomatic += n
		case modules[f.name]:
			modular += n
		default:
			lines += n
		}
	}
	switch {
	case idiomatic > idiomBudget || idiomatic < idiomBudget/2:
		t.Errorf("cursors, APPLY, FOR XML PATH and renaming have %d lines, of %d that they may have", idiomatic, idiomBudget)
	case modular > moduleBudget || modular < moduleBudget/2:
		t.Errorf("procedures and functions have %d lines, of %d that they may have", modular, moduleBudget)
	case lines > sandboxBudget:
		t.Errorf("the embedded server has %d lines, %d more than its budget of %d: take out what is said twice, dead or only tested", lines, lines-sandboxBudget, sandboxBudget)
	case lines < sandboxBudget/2:
		t.Errorf("found %d lines of the embedded server: the test looks in the wrong place", lines)
	}
}

// foldings lists, by file, why code outside the language and the server folds
// letters all the same: nothing of it decides whether two names are one.
func foldings() map[string]string {
	return map[string]string{
		"catalog/drafting/title.go":      "words of a name of a view, as a tree shows them",
		"catalog/lint_names.go":          "words of a node's name, for a guess at a slip of spelling",
		"catalog/permissions.go":         "the words select, insert, update and delete",
		"cmd/grantree/cmd_policytest.go": "permissions in print",
		"cmd/grantree/sandboxes.go":      "what an embedded server calls itself",
		"finding/finding.go":             "how far two words are apart, for a suggestion",
		"grants/collation.go":            "the name of a collation itself",
		"namefold/namefold.go":           "here names are folded",
		"policy/parse_url.go":            "the keys of a url",
		"grants/diff_obstacles.go":       "the word for a kind of securable, in print",
		"grants/rights.go":               "the word for a kind of securable, in print",
		"sql/mssql/carry.go":             "the words of sqlcmd",
		"sql/mssql/connect.go":           "the keys of a url",
		"sql/mssql/encryption.go":        "the words of a url",
		"sql/mssql/password.go":          "a password that holds a login's name in any letters",
		"sql/mssql/logins.go":            "a password that holds a login's name in any letters",
		"sql/mssql/names.go":             "the name of a collation itself",
		"sql/mssql/snapshot.go":          "a database's state in print, and hexadecimal",
		"sql/mssql/weak.go":              "what a guess at a password is made of",
		"tomldoc/read.go":                "an error's first letter",
	}
}

// TestNamesAreFoldedInOnePlace: whether two names are the same is for
// grants.Collation to say, and for namefold where there is no site.
func TestNamesAreFoldedInOnePlace(t *testing.T) {
	why, found := foldings(), map[string]bool{}
	files, fset := sources(t)
	for _, f := range files {
		if f.test || strings.HasPrefix(f.dir, "sql/tsql") || strings.HasPrefix(f.dir, "sql/tds") || strings.HasPrefix(f.dir, "sql/sandbox") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if !isFolding(n) {
				return true
			}
			found[f.name] = true
			if why[f.name] == "" {
				t.Errorf("%s: folds letters itself: names are compared by grants.Collation, or by namefold.Rule where there is no site", fset.Position(n.Pos()))
			}
			return true
		})
	}
	for name := range why {
		if !found[name] {
			t.Errorf("%s folds nothing: take it off the list", name)
		}
	}
}

// isFolding reports whether a node names a function that folds letters.
func isFolding(n ast.Node) bool {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && slices.Contains([]string{"strings", "bytes", "unicode", "cases"}, x.Name) &&
		slices.Contains([]string{"EqualFold", "ToLower", "ToUpper", "ToTitle", "SimpleFold", "Fold", "Lower", "Upper"}, sel.Sel.Name)
}

// TestNoMethodsByName: a package that looks a method up by its name, as templates
// do, has the linker keep every exported method of the program, which was an eighth
// of the binary. (The linker's own list of what does so: go tool link -dumpdep,
// "ReflectMethod".)
func TestNoMethodsByName(t *testing.T) {
	files, _ := sources(t)
	for _, f := range files {
		if f.test || strings.HasPrefix(f.dir, "tools/") {
			continue
		}
		for _, i := range f.ast.Imports {
			if p := strings.Trim(i.Path.Value, `"`); slices.Contains([]string{"text/template", "html/template", "github.com/xuri/excelize/v2"}, p) {
				t.Errorf("%s imports %s, which calls methods by their names", f.name, p)
			}
		}
	}
}

// TestNothingIsCalledSQL: a Go package in sql/ itself would be called sql, as
// the standard library's is.
func TestNothingIsCalledSQL(t *testing.T) {
	files, _ := sources(t)
	for _, f := range files {
		if f.dir == "sql" {
			t.Errorf("%s: sql/ holds no Go file, so that sql is always database/sql", f.name)
		}
	}
}

// TestPackageComments: every package says once what it is.
func TestPackageComments(t *testing.T) {
	files, _ := sources(t)
	where := map[string][]string{}
	dirs := map[string]bool{}
	for _, f := range files {
		dirs[f.dir] = true
		if f.ast.Doc != nil && !strings.HasPrefix(f.ast.Doc.List[0].Text, "//go:") {
			where[f.dir] = append(where[f.dir], f.name)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if n := len(where[dir]); n != 1 {
			t.Errorf("package %s has %d package comments, want one: %v", dir, n, where[dir])
		}
	}
}
