package refusal

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

var verb = regexp.MustCompile(`%[a-z]`)

// TestCallsFitTheTable: who refuses names a number of the table and gives as many parts as its text has, and each
// message is used.
func TestCallsFitTheTable(t *testing.T) {
	used := map[int]bool{}
	fset := token.NewFileSet()
	for _, dir := range []string{"../..", "../query", "../security"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if pair, ok := n.(*ast.KeyValueExpr); ok { // of a table of numbers
					if number, ok := pair.Value.(*ast.BasicLit); ok && number.Kind == token.INT {
						n, _ := strconv.Atoi(number.Value)
						used[n] = true
					}
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				for _, a := range call.Args { // a number that is handed on stands as a literal where it comes from
					if number, ok := a.(*ast.BasicLit); ok && number.Kind == token.INT {
						n, _ := strconv.Atoi(number.Value)
						used[n] = true
					}
				}
				f, _ := call.Fun.(*ast.Ident)
				if f == nil {
					return true
				}
				before := map[string]int{"refuse": 1, "refuseAs": 3, "errCall": 3}[f.Name]
				number, ok := literal(call, before)
				if !ok {
					return true
				}
				text := messages()[int32(number)].text
				if text == "" {
					text = tsql.Message(int32(number))
				}
				if want := len(verb.FindAllString(text, -1)); text == "" || !call.Ellipsis.IsValid() && len(call.Args)-before != want {
					t.Errorf("%s: %d takes %d parts and gets %d: %q", fset.Position(call.Pos()), number, want, len(call.Args)-before, text)
				}
				return true
			})
		}
	}
	for number := range messages() {
		if !used[int(number)] {
			t.Errorf("%d is used by nobody", number)
		}
	}
}

// literal is the number that a call refuses with, where it is written there.
func literal(call *ast.CallExpr, before int) (int, bool) {
	if before == 0 || len(call.Args) < before {
		return 0, false
	}
	number, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(number.Value)
	return n, err == nil
}

// TestTable: no text stands here and with the parser, and none is empty or has a class that ends a connection unless it
// does. Every line is one message, and has a number of its own.
func TestTable(t *testing.T) {
	if lines := strings.Count(messageText, "\n") - 1; len(messages()) != lines {
		t.Errorf("%d messages in %d lines", len(messages()), lines)
	}
	for number, m := range messages() {
		if m.text == "" || m.class > 21 || m.class < 10 && m.class != 0 {
			t.Errorf("%d is %+v", number, m)
		}
		if m.text == tsql.Message(number) && m.class == 15 && m.state == 1 {
			t.Errorf("%d stands with the parser", number)
		}
	}
	if e := New(102, "x"); fmt.Sprint(e.Number, e.Class, e.State, " ", e.Message) != "102 15 1 Incorrect syntax near 'x'." {
		t.Errorf("102 is %v", e)
	}
	if e := As(3701, 14, 20, "drop", "table", "t"); e.Class != 14 || e.State != 20 || !strings.Contains(e.Message, "drop the table 't'") {
		t.Errorf("3701 is %v", e)
	}
	defer func() {
		if recover() == nil {
			t.Error("a number of no message was taken")
		}
	}()
	New(-1)
}
