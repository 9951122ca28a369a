package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is a change of one stretch of one file, and the tests that should
// notice it, one run after another.
type mutant struct {
	file     string // from the module's root
	line     int
	from, to int    // the bytes that go
	with     string // what comes in their place
	what     string // for a reader
	around   around
	stages   []stage
}

// String is where a mutant is and what it does.
func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s", filepath.ToSlash(m.file), m.line, m.what)
}

// packagePoints lists every place of a package's own files that can be broken,
// in the order of the source.
func packagePoints(dir string, match *regexp.Regexp) ([]mutant, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []mutant
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || !match.MatchString(filepath.Base(name)) {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		ms, err := points(name, src)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no place to break", dir)
	}
	return out, nil
}

// finder collects the places of one file.
type finder struct {
	name    string
	src     []byte
	file    *token.File
	results []*ast.FieldList // of the functions around
	around  around           // the declared one
	out     []mutant
}

// points lists the places of one file.
func points(name string, src []byte) ([]mutant, error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{name: name, src: src, file: fset.File(parsed.Pos())}
	for _, d := range parsed.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			f.walk(d)
		}
	}
	return f.out, nil
}

// walk visits a node with what its functions return at hand.
func (f *finder) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				f.around = around{from: f.file.Offset(n.Body.Lbrace), to: f.file.Offset(n.Body.Rbrace) + 1}
				if n.Type.Results != nil {
					f.around.results = f.text(n.Type.Results)
				}
				f.inside(n.Type, n.Body)
				f.around = around{}
			}
			return false
		case *ast.FuncLit:
			f.inside(n.Type, n.Body)
			return false
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "make" {
				return false // how much room to begin with
			}
		}
		f.visit(n)
		return true
	})
}

func (f *finder) inside(t *ast.FuncType, body *ast.BlockStmt) {
	f.results = append(f.results, t.Results)
	f.walk(body)
	f.results = f.results[:len(f.results)-1]
}

// compared is what a comparison becomes: its contrary, and its neighbour.
var compared = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LAND: {"||"}, token.LOR: {"&&"},
	token.LSS: {">=", "<="}, token.LEQ: {">", "<"}, token.GTR: {"<=", ">="}, token.GEQ: {"<", ">"},
}

// visit adds what can be broken at a node itself.
func (f *finder) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		for _, op := range compared[n.Op] {
			f.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), op, n.Op.String()+" is "+op)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add(n.OpPos, n.OpPos+1, "", "without !")
		}
	case *ast.Ident:
		if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
			f.add(n.Pos(), n.End(), other, n.Name+" is "+other)
		}
	case *ast.BasicLit:
		if n.Kind == token.INT {
			f.add(n.Pos(), n.End(), "("+n.Value+"+1)", n.Value+" is one more")
			f.add(n.Pos(), n.End(), "("+n.Value+"-1)", n.Value+" is one less")
		}
	case *ast.IfStmt:
		f.add(n.Cond.Pos(), n.Cond.End(), "("+f.text(n.Cond)+") && false", "if never")
		f.add(n.Cond.Pos(), n.Cond.End(), "("+f.text(n.Cond)+") || true", "if always")
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			body := f.src[f.file.Offset(n.Body[0].Pos()):f.file.Offset(n.End())]
			f.add(n.Body[0].Pos(), n.End(), "if false {"+string(body)+"}", "case does nothing")
		}
	default:
		f.statement(n)
	}
}

// statement adds what can be broken of a statement.
func (f *finder) statement(n ast.Node) {
	switch n := n.(type) {
	case *ast.ExprStmt:
		f.add(n.Pos(), n.End(), "", "without "+f.text(n))
	case *ast.IncDecStmt:
		f.add(n.Pos(), n.End(), "_ = "+f.text(n.X), "without "+f.text(n))
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE || f.text(n.Lhs[0]) == "_" {
			return
		}
		blank := strings.TrimSuffix(strings.Repeat("_, ", len(n.Lhs)), ", ")
		right := f.src[f.file.Offset(n.Rhs[0].Pos()):f.file.Offset(n.End())]
		f.add(n.Pos(), n.End(), blank+" = "+string(right), "without "+f.text(n))
	case *ast.BranchStmt:
		if other := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]; other != "" && n.Label == nil {
			f.add(n.Pos(), n.End(), other, n.Tok.String()+" is "+other)
		}
	case *ast.ReturnStmt:
		if zero := f.zero(n); zero != "" {
			f.add(n.Pos(), n.End(), "if true { return "+zero+" }\n"+f.text(n), "zero for "+f.text(n))
		}
	}
}

// zero is the zero values of what the function around returns, or "" where the
// statement returns just these.
func (f *finder) zero(n *ast.ReturnStmt) string {
	plain := true
	for _, r := range n.Results {
		lit, isLit := r.(*ast.CompositeLit)
		switch text := f.text(r); {
		case text == "nil", text == "false", text == "0", text == `""`:
		case isLit && len(lit.Elts) == 0 && !strings.Contains(text, "["): // as T{}
		default:
			plain = false
		}
	}
	if plain {
		return ""
	}
	var out []string
	for _, field := range f.results[len(f.results)-1].List {
		for range max(1, len(field.Names)) {
			out = append(out, "*new("+f.text(field.Type)+")")
		}
	}
	return strings.Join(out, ", ")
}

func (f *finder) text(n ast.Node) string {
	return string(f.src[f.file.Offset(n.Pos()):f.file.Offset(n.End())])
}

func (f *finder) add(from, to token.Pos, with, what string) {
	first, _, more := strings.Cut(what, "\n")
	if more {
		first += " …"
	}
	f.out = append(f.out, mutant{file: f.name, line: f.file.Line(from), from: f.file.Offset(from), to: f.file.Offset(to), with: with, what: first, around: f.around})
}
