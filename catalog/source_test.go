package catalog

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// treeFirst and treeLast are the lines of the source document that hold the
// navigation tree.
const treeFirst, treeLast = 54, 560

// sourceLines returns the lines of the source document; line n is at n-1.
func sourceLines(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/imaint-source.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

var viewPattern = regexp.MustCompile(`i[mn]vw_[a-z_]+`)

// TestSourceViews is a second opinion on the transcription: every view name in
// the source's tree is in the data file, as often and in the same order.
func TestSourceViews(t *testing.T) {
	tree := strings.Join(sourceLines(t)[treeFirst-1:treeLast], "\n")
	want := viewPattern.FindAllString(tree, -1)

	_, nodes, found := strings.Cut(string(imaintTOML), "# The tree")
	nodes, _, more := strings.Cut(nodes, "[[outside]]")
	if !found || !more {
		t.Fatal("imaint.toml has no tree, or no outside views after it")
	}
	var got []string
	for _, line := range strings.Split(nodes, "\n") {
		if strings.HasPrefix(line, "  {") {
			got = append(got, viewPattern.FindString(line))
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("view names (-source +imaint.toml):\n%s", d)
	}
}

// TestSourceLines holds every line number of the data file to the source: the
// node's or the view's name stands there, with its mark, and after the last.
func TestSourceLines(t *testing.T) {
	lines := sourceLines(t)
	last := 0
	check := func(line int, want string) {
		t.Helper()
		if line <= last || line > treeLast {
			t.Errorf("%q: line %d is out of order after %d", want, line, last)
			return
		}
		last = line
		if got := strings.TrimSpace(lines[line-1]); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
	for _, n := range IMaint().Nodes {
		check(n.Line, n.Path.Name())
		for _, v := range n.Views {
			switch v.Mark {
			case ":":
				check(v.Line, string(v.Name)+v.Mark)
			default:
				check(v.Line, v.Mark+string(v.Name))
			}
		}
	}
}

// TestSourceLevels reads the level labels of the source again, by the nearest
// heading above each view, and holds the data file to them.
func TestSourceLevels(t *testing.T) {
	lines := sourceLines(t)
	words := map[string]Level{
		"Level 1": Parent, "Level 2": Child, "Level 3": Search, "Level 4": ForeignKey,
		"SPECIAL": Special, "FK SPEC": Special, "Unique ": Special, "Purchas": Special,
	}
	for _, n := range IMaint().Nodes {
		for i, v := range n.Views {
			want, labelled := Level(""), false
			for line := v.Line - 1; line > n.Line && !labelled; line-- {
				text := lines[line-1]
				if !viewPattern.MatchString(text) && len(text) >= 7 {
					want, labelled = words[text[:7]]
				}
			}
			if !labelled {
				want = assumedLevel(n.Views[:i], v.Name)
			}
			if v.Level != want || v.Assumed == labelled {
				t.Errorf("line %d, %s: level %s, assumed %t; want %s, %t", v.Line, v.Name, v.Level, v.Assumed, want, !labelled)
			}
		}
	}
}

// assumedLevel is the rule for a view without label after those listed.
func assumedLevel(before []View, name ViewName) Level {
	for _, p := range before {
		if p.Level == Parent && strings.HasPrefix(string(name), string(p.Name)+"_") {
			return Child
		}
	}
	return Parent
}

// TestSourceOutside holds the views outside the tree, and who names them, to
// the group descriptions of the source.
func TestSourceOutside(t *testing.T) {
	c := IMaint()
	lines := sourceLines(t)
	want := map[string][]string{}
	for i := treeLast; i+3 < len(lines); i++ {
		if lines[i] != "Description |" {
			continue
		}
		group := strings.TrimSuffix(lines[i+2], " |")
		for _, name := range viewPattern.FindAllString(lines[i+3], -1) {
			if len(c.Places(ViewName(name))) == 0 {
				want[name] = append(want[name], group)
			}
		}
	}
	got := map[string][]string{}
	for _, o := range c.Outside {
		got[string(o.Name)] = o.Groups
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outside views (-source +imaint.toml):\n%s", d)
	}
}

// TestSourceAreas holds that every name that a group description uses is an
// area, and that every area is such a name.
func TestSourceAreas(t *testing.T) {
	c := IMaint()
	named := map[string]bool{"status": true} // "(not Including Status)"
	phrase := regexp.MustCompile(`permissions to (.+?)( \(not| (Select|Insert)\b| \|$|$)`)
	for n, line := range sourceLines(t)[treeLast:] {
		for _, m := range phrase.FindAllStringSubmatch(line, -1) {
			if strings.HasPrefix(m[1], "imvw_") || strings.HasPrefix(m[1], "the ") {
				continue
			}
			path, err := ParsePath(m[1])
			if err != nil {
				t.Fatalf("line %d: %v", treeLast+n+1, err)
			}
			named[path.Key()] = true
			if c.areas[path.Key()] == nil {
				t.Errorf("line %d: %q is no area", treeLast+n+1, m[1])
			}
		}
	}
	for _, a := range c.Areas {
		if p, _ := ParsePath(a.Name); !named[p.Key()] {
			t.Errorf("area %q is in no group description", a.Name)
		}
	}
	if got := fmt.Sprint(len(named), len(c.Areas)); got != "25 25" {
		t.Errorf("names and areas: %s, want 25 25", got)
	}
}
