package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// A template of letters is a text with the data of one person in it. The language
// of Go's templates can do more, run for ever and fill the memory among it; what a
// letter does not need is refused before anything is made of it.
const (
	maxTemplate = 64 << 10
	maxLetter   = 256 << 10
	maxNested   = 2 // lists within lists
)

// letterTemplate is a template that ends.
type letterTemplate struct {
	*template.Template
}

// newLetterTemplate reads a template.
func newLetterTemplate(name string, data []byte) (*letterTemplate, error) {
	if len(data) > maxTemplate {
		return nil, fmt.Errorf("%s is larger than %d KiB, and a letter is not", name, maxTemplate>>10)
	}
	t, err := template.New(filepath.Base(name)).Funcs(letterFuncs()).Parse(string(data))
	if err != nil {
		return nil, err
	}
	out := &letterTemplate{Template: t}
	for _, one := range t.Templates() {
		if one.Name() != t.Name() {
			return nil, fmt.Errorf("%s: a letter is one template, and {{define}} makes another: write out what it holds", name)
		}
	}
	if t.Tree == nil {
		return out, nil
	}
	check := templateCheck{tree: t.Tree}
	check.nodes(t.Root, 0)
	return out, check.err
}

// make makes a letter.
func (t *letterTemplate) make(l letter) ([]byte, error) {
	var text bounded
	if err := t.Execute(&text, l.shown()); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

var errLongLetter = fmt.Errorf("a letter of more than %d KiB", maxLetter>>10)

// bounded takes a letter, and no more.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxLetter {
		return 0, errLongLetter
	}
	return b.Buffer.Write(p)
}

// letterFuncs are the functions of templates that make texts of others, bounded,
// and join.
func letterFuncs() template.FuncMap {
	within := func(text string) (string, error) {
		if len(text) > maxLetter {
			return "", errLongLetter
		}
		return text, nil
	}
	return template.FuncMap{
		"join":    func(names []string, by string) (string, error) { return within(strings.Join(names, by)) },
		"print":   func(args ...any) (string, error) { return within(fmt.Sprint(args...)) },
		"println": func(args ...any) (string, error) { return within(fmt.Sprintln(args...)) },
		"printf": func(format string, args ...any) (string, error) {
			if wide.MatchString(format) {
				return "", errors.New("a width of printf is at most 999, and written out")
			}
			return within(fmt.Sprintf(format, args...))
		},
		"html":     func(args ...any) (string, error) { return within(template.HTMLEscaper(args...)) },
		"js":       func(args ...any) (string, error) { return within(template.JSEscaper(args...)) },
		"urlquery": func(args ...any) (string, error) { return within(template.URLQueryEscaper(args...)) },
	}
}

// wide finds widths of printf that make a long text of nothing.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*(\*|\d{4})`)

// templateCheck goes over a template.
type templateCheck struct {
	tree *parse.Tree
	err  error
}

func (c *templateCheck) object(n parse.Node, format string, args ...any) {
	if c.err == nil {
		where, _ := c.tree.ErrorContext(n)
		c.err = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	}
}

// nodes goes over a list within so many others.
func (c *templateCheck) nodes(l *parse.ListNode, nested int) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.IfNode:
			c.branch(&n.BranchNode, nested)
		case *parse.WithNode:
			c.branch(&n.BranchNode, nested)
		case *parse.RangeNode:
			if !isList(n.Pipe) {
				c.object(n, "a letter goes over lists: {{range .Sites}}, {{range .Databases}} or {{range .Groups}}")
			}
			if nested >= maxNested {
				c.object(n, "a letter goes over lists within %d others at most", maxNested-1)
			}
			c.branch(&n.BranchNode, nested+1)
		case *parse.TemplateNode:
			c.object(n, "a letter is one template, and {{template}} calls another: write out what it holds")
		}
	}
}

func (c *templateCheck) branch(b *parse.BranchNode, nested int) {
	c.nodes(b.List, nested)
	c.nodes(b.ElseList, nested)
}

// isList reports whether a pipeline is one of a letter's lists and nothing else.
func isList(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	lists := []string{"Sites", "Databases", "Groups"}
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		return len(n.Ident) == 1 && slices.Contains(lists, n.Ident[0])
	case *parse.VariableNode:
		return len(n.Ident) == 2 && n.Ident[0] == "$" && slices.Contains(lists, n.Ident[1])
	}
	return false
}
