package policy

import (
	"fmt"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/tomldoc"
)

// TestIncludesAreCountedTogether holds that many small files are not more than
// one large one may be, in keys as in bytes.
func TestIncludesAreCountedTogether(t *testing.T) {
	src := Source{File: "p.toml", Data: []byte("include = [\"a.toml\"]\n")}
	read := func(string) ([]byte, error) { return []byte("x"), nil }
	for _, l := range []loader{{values: tomldoc.MaxValues}, {bytes: MaxFile - len(src.Data)}} {
		l.read, l.seen = read, map[string]bool{}
		l.load(src)
		if len(l.pages) != 1 || len(l.findings) != 1 || l.findings[0].Code != "too-large" {
			t.Errorf("%d pages, found %v", len(l.pages), l.findings)
		}
	}
	for _, l := range []loader{{values: tomldoc.MaxValues - 2}, {bytes: MaxFile - len(src.Data) - 1}} {
		l.read, l.seen = read, map[string]bool{}
		if l.load(src); len(l.pages) != 2 {
			t.Errorf("within the limits %d pages are read, found %v", len(l.pages), l.findings)
		}
	}
}

// TestNamesFindAsFindDoes holds the look-up by name to the search that it
// stands in for.
func TestNamesFindAsFindDoes(t *testing.T) {
	var users []*User
	for _, name := range []string{"ann", "Ann", "BEN", "José", "ben", "cid"} {
		users = append(users, &User{Name: name})
	}
	n := newNames(users, userName)
	more := append(users[:len(users):len(users)], &User{Name: "dora"})
	for _, name := range []string{"ann", "Ann", "ANN", "BEN", "ben", "Ben", "josÉ", "CID", "dora", "DORA", "eve", ""} {
		for _, items := range [][]*User{users, more, users[:2], nil} {
			want, _ := find(items, name, userName)
			if got := named(items, n, name, userName); got != want && (want == nil || got == nil || !sameName(got.Name, want.Name)) {
				t.Errorf("%q among %d is %v, want %v", name, len(items), got, want)
			}
		}
		want, _ := find(users, name, userName)
		if got := named(users, n, name, userName); got != want {
			t.Errorf("%q is %v, want %v", name, got, want)
		}
	}
}

// TestCopiesHaveALimit: groups that copy one another in a long chain have lines
// in number of its square.
func TestCopiesHaveALimit(t *testing.T) {
	var chain strings.Builder
	for i := range 600 {
		fmt.Fprintf(&chain, "[[group]]\nname = \"G%d\"\n", i)
		if i > 0 {
			fmt.Fprintf(&chain, "copies = \"G%d\"\n", i-1)
		}
		chain.WriteString("[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n")
	}
	p, found := Parse(Source{File: "p.toml", Data: []byte(chain.String())}, nil)
	lines := 0
	for _, g := range p.Groups {
		lines += len(g.Allow)
	}
	if len(found) != 1 || found[0].Code != "too-large" || lines > maxCopied+len(p.Groups) {
		t.Errorf("%d lines in %d groups, found %v", lines, len(p.Groups), found)
	}
}

// TestReachesBeyondTheLimit holds that lines whose reach is not kept reach the
// same.
func TestReachesBeyondTheLimit(t *testing.T) {
	var text strings.Builder
	text.WriteString("[[group]]\nname = \"G\"\n")
	for range 6000 {
		text.WriteString("[[group.allow]]\non = \"Time Cards\"\npermissions = [\"select\"]\n")
	}
	p, found := Parse(Source{File: "p.toml", Data: []byte(text.String())}, nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	first, last := p.Groups[0].Allow[0], p.Groups[0].Allow[5999]
	if len(first.reach) == 0 || last.reach != nil {
		t.Errorf("%d reaches of the first line are kept, %d of the last", len(first.reach), len(last.reach))
	}
	if n := len(p.reaches(last, false)); n != len(first.reach) {
		t.Errorf("%d reaches are kept, %d are worked out later", len(first.reach), n)
	}
}

// TestRowsHaveALimit: what lines reach is the product of two numbers that each
// are small, and more of it is an error than fits into memory.
func TestRowsHaveALimit(t *testing.T) {
	c := catalog.IMaint()
	on, ok := c.Resolve("Modules")
	if ok != nil {
		t.Fatal(ok)
	}
	nodes := 0
	for _, n := range c.Under(on.Roots(), nil) {
		nodes += len(n.Views)
	}
	for _, tt := range []struct {
		name, line string
		each       int // rows of a line
	}{
		{"every view", "views = \"*\"\npermissions = [\"select\", \"update\"]\n", 3 * len(c.Views())},
		{"a node", "on = \"Modules\"\npermissions = [\"select\"]\n", 2 * nodes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			most := maxRows / tt.each
			for _, n := range []int{most, most + 1, most + 50} {
				text := "[[group]]\nname = \"G\"\n" + strings.Repeat("[[group.allow]]\n"+tt.line, n)
				_, found := Parse(Source{File: "p.toml", Data: []byte(text)}, nil)
				want := ""
				if n > most {
					want = fmt.Sprintf("p.toml:%d:1: the lines of the policy up to here reach views with more than 1000000 permissions (too-large)", 3+3*most)
				}
				if got := strings.TrimSuffix(fmt.Sprintln(found), "\n"); got != "["+want+"]" {
					t.Errorf("%d lines: %s, want %q", n, got, want)
				}
			}
		})
	}
}

// TestNearNamesEnd holds that a parse does not compare names for ever.
func TestNearNamesEnd(t *testing.T) {
	p := parser{}
	if p.didYouMean("Crw", []string{"Crew"}, "") == "" {
		t.Error("no near name")
	}
	p.compared = maxCompared
	if fix := p.didYouMean("Crw", []string{"Crew"}, "else"); fix != "else" {
		t.Errorf("beyond the limit: %q", fix)
	}
}

// TestProblemsEnd holds that what a parse itself objects to is bounded as what
// the decoder does, and that nothing left out lets a policy pass.
func TestProblemsEnd(t *testing.T) {
	names := strings.Repeat("\"Nobody\", ", 20_000)
	user := "[[group]]\nname = \"A\"\n[[user]]\nname = \"ann\"\nsites = [\"*\"]\ngroups = ["
	except := "[[group]]\nname = \"A\"\n[[group.allow]]\non = \"Time Cards\"\npermissions = [\"select\"]\nexcept = ["
	for _, tt := range []struct {
		name, text string
		errors     bool
	}{
		{"tables without a name", strings.Repeat("[[user]]\n", 5000), true},
		{"groups that are none", user + names + "]\n", true},
		{"warnings alone", except + strings.Repeat("\"Projects\", ", 2000) + "]\n", false},
		{"an error behind warnings", except + strings.Repeat("\"Projects\", ", 2000) + "\"Prts\"]\n", true},
		{"what the decoder finds and more", strings.Repeat("[[user]]\nnam = 1\n", 5000), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, found := Parse(Source{File: "p.toml", Data: []byte(tt.text)}, nil)
			if n := len(found) - tomldoc.MaxFindings; n != 0 && n != 1 || found[0].Code != "too-many-findings" || found[0].Where.String() != "p.toml" || found.HasErrors() != tt.errors {
				t.Errorf("%d findings, errors %v, first %v", len(found), found.HasErrors(), found[0])
			}
		})
	}
}
