package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

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

// small makes the package that is broken the working directory.
func small(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod": "module small\n\ngo 1.26\n",
		"a.go": `package small

var first = 5

func Seen() int { return 7 }

func Unseen() int { return [1]int{8}[0] }

func Later() (n int, err error) {
	never := func() bool { return !dead }
	if never() {
		return 9, nil
	}
	return
}

const dead = false
`,
		"a_test.go": `package small

import "testing"

func TestSeen(t *testing.T) {
	if Seen() != 7 {
		t.Fatal()
	}
}

func TestLater(t *testing.T) {
	if n, _ := Later(); n != 9 {
		t.Fatal()
	}
}
`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestVerdicts breaks a package of its own: a test notices one line, none the
// next, only the second stage the third, and the compiler notices by itself.
func TestVerdicts(t *testing.T) {
	small(t)
	b := bench{dir: t.TempDir(), parallel: 2}
	quick, wider := newStage(". -run TestSeen"), newStage(". -run .")
	quick.patience, wider.patience = time.Minute, time.Minute
	stages := []stage{quick, wider}
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

// TestSample breaks every place of a small package, several as one program.
func TestSample(t *testing.T) {
	small(t)
	tests := []struct {
		name    string
		options options
		want    tally
	}{
		{"the quick tests", options{run: "TestSeen"}, tally{killed: 3, survived: 14, notCompiled: 3}},
		{"one place alone", options{run: "TestSeen", only: `a.go:5: 7 is one more`}, tally{killed: 1}},
		{"the wider ones after them", options{run: "TestSeen", then: []string{". -run ."}}, tally{killed: 10, survived: 7, notCompiled: 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.options.pkg, tt.options.parallel = ".", 2
			var out strings.Builder
			if _, err := sample(context.Background(), &out, bench{dir: t.TempDir(), parallel: 2}, tt.options); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), fmt.Sprintf(" places: %s", tt.want)) {
				t.Error(out.String())
			}
		})
	}
}

// TestStageFlags are those of go test, and those of a test program itself.
func TestStageFlags(t *testing.T) {
	for text, want := range map[string]stage{
		"./a ./b":                         {pkgs: []string{"./a", "./b"}, flags: []string{"-test.run", "T"}},
		"./a -run X -skip Y":              {pkgs: []string{"./a"}, flags: []string{"-test.skip", "Y", "-test.run", "T"}},
		"./a -short -args -states 3 -r=3": {pkgs: []string{"./a"}, flags: []string{"-test.short", "-test.run", "T", "-states", "3", "-r=3"}},
	} {
		s := newStage(text)
		if d := cmp.Diff([][]string{want.pkgs, want.flags}, [][]string{s.pkgs, s.own("T")}); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}
