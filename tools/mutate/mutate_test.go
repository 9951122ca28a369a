package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPoints(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"nothing to break", "x := f()\n_ = x", nil},
		{"a comparison, its contrary and its neighbour", "_ = a < b", []string{"_ = a >= b", "_ = a <= b"}},
		{"and, or", "_ = a && b || c", []string{"_ = a && b && c", "_ = a || b || c"}},
		{"not", "_ = !a", []string{"_ = a"}},
		{"true", "_ = true", []string{"_ = false"}},
		{"a number", "_ = 7", []string{"_ = (7+1)", "_ = (7-1)"}},
		{"how much room to begin with is no matter", "x := make([]int, 0, 7)\n_ = x", nil},
		{"a statement", "f()", []string{""}},
		{"an assignment", "a, b = f()", []string{"_, _ = f()"}},
		{"an append", "a = append(a, b)", []string{"_ = append(a, b)"}},
		{"a count", "a++", []string{"_ = a"}},
		{"a condition", "if a {\n_ = b\n}", []string{"if (a) && false {\n_ = b\n}", "if (a) || true {\n_ = b\n}"}},
		{"a case", "switch {\ncase a:\nb := c\n_ = b\n}", []string{"switch {\ncase a:\nif false {b := c\n_ = b}\n}"}},
		{"continue", "for {\ncontinue\n}", []string{"for {\nbreak\n}"}},
		{"what is returned", "return f(), nil", []string{"if true { return *new(int), *new(error) }\nreturn f(), nil"}},
		{"what returns nothing anyhow", "return false, nil", []string{"return true, nil"}},
		{"what a function inside returns", "_ = func() string { return a }", []string{"_ = func() string { if true { return *new(string) }\nreturn a }"}},
		{"a zero value of a struct", "_ = func() T { return T{} }", nil},
		{"an empty slice is not nil", "_ = func() []T { return []T{} }", []string{"_ = func() []T { if true { return *new([]T) }\nreturn []T{} }"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const head, foot = "package p\n\nimport \"x\"\n\nfunc g() (n int, err error) {\n", "\n}\n"
			src := head + tt.body + foot
			ms, err := points("p.go", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range ms {
				broken := src[:m.from] + m.with + src[m.to:]
				got = append(got, strings.TrimSuffix(strings.TrimPrefix(broken, head), foot))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestGuaranteesAreThere keeps the list from speaking of lines that are gone,
// or of tests that are.
func TestGuaranteesAreThere(t *testing.T) {
	list, err := readGuarantees("guarantees.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Errorf("%d guarantees: the list is not read whole", len(list))
	}
	root := filepath.Join("..", "..")
	for _, g := range list {
		if _, err := g.mutant(root); err != nil {
			t.Error(err)
		}
		names, err := filepath.Glob(filepath.Join(root, g.tests, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		test, _, _ := strings.Cut(g.run, "/")
		run, found := regexp.MustCompile(test), false
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
				found = found || run.Match(m[1])
			}
		}
		if !found {
			t.Errorf("guarantee %q: %s has no test %s", g.name, g.tests, g.run)
		}
	}
}

// TestVerdicts breaks a package of its own: a test notices one line, none the
// next, only the second stage the third, and the compiler notices by itself.
func TestVerdicts(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod":    "module small\n\ngo 1.26\n",
		"a.go":      "package small\n\nfunc Seen() int { return 7 }\n\nfunc Unseen() int { return 8 }\n\nfunc Later() int { return 9 }\n",
		"a_test.go": "package small\n\nimport \"testing\"\n\nfunc TestSeen(t *testing.T) {\n\tif Seen() != 7 {\n\t\tt.Fatal()\n\t}\n}\n\nfunc TestLater(t *testing.T) {\n\tif Later() != 9 {\n\t\tt.Fatal()\n\t}\n}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := bench{dir: t.TempDir(), parallel: 2}
	quick, wider := stage{args: []string{"-run", "TestSeen", "."}}, stage{args: []string{".", "-run", "."}}
	stages := []stage{quick, wider}
	if err := b.prove(context.Background(), stages); err != nil {
		t.Fatal(err)
	}
	var ms []mutant
	for _, tt := range []struct {
		find, with string
		stages     []stage
	}{
		{"7", "6", stages[:1]}, {"8", "6", stages}, {"9", "6", stages[:1]}, {"9", "6", stages}, {"8", "no", stages},
	} {
		m, err := guarantee{name: tt.find, file: "a.go", find: tt.find, with: tt.with}.mutant(".")
		if err != nil {
			t.Fatal(err)
		}
		m.stages = tt.stages
		ms = append(ms, m)
	}
	if d := cmp.Diff([]verdict{killed, survived, survived, killed, notCompiled}, b.all(context.Background(), ms)); d != "" {
		t.Error(d)
	}
}
