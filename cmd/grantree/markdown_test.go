package main

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"
	"grantree/sites"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	unsafe "github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"
)

// hostile are names that act on a comment, were they written as they are.
var hostile = []string{"", " ", " a", "a ", "`", "``", "a`b", "`a`", "a|b", `a\|b`, `a\`, `\`, "<script>alert(1)</script>", "</code>", "</details>", "<!--", "@everyone", "@grantree/admins", "#123", "GH-1", "a/b#1",
	"[x](https://evil.example)", "![x](https://evil.example/x.png)", "https://evil.example", "www.evil.example", "ann@evil.example", "**a**", "_a_", "~~a~~", "a\nb", "a\r\n\r\n# b", "a\n|---|\n", "\u202eb", "\x1b[8m",
	"&lt;b&gt;", "&#64;all", ":smile:", "$x$", "$`x`$", "\xff", "|---|", "- a", "1. a", "    a", "```", "~~~", "> a", "[^1]", "[ ]", "深い|`"}

// rendered is a comment as a renderer of GitHub's Markdown shows it, with HTML let
// through, as GitHub does.
func rendered(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(unsafe.WithUnsafe())).Convert([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzInCode: whatever a name is, in a sentence and in a cell it is a code span and
// nothing else, and it can be read as what it is.
func FuzzInCode(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		span := inCode(name)
		inside := strings.TrimSuffix(strings.TrimPrefix(span, "`"), "`")
		shown := "<code>" + html.EscapeString(inside) + "</code>"
		shown = strings.NewReplacer("&#34;", "&quot;", "&#39;", "'").Replace(shown)
		if got, want := rendered(t, "- a "+span+": "+span+".\n- "+span+"\n"), fmt.Sprintf("<ul>\n<li>a %s: %s.</li>\n<li>%s</li>\n</ul>\n", shown, shown, shown); got != want {
			t.Errorf("in a list %q is\n%s\nwant\n%s", name, got, want)
		}
		table := rendered(t, "| A | B |\n|---|---|\n| "+span+" | "+span+", "+span+" |\n")
		if want := fmt.Sprintf("<td>%s</td>\n<td>%s, %s</td>\n</tr>\n</tbody>", shown, shown, shown); !strings.Contains(table, want) {
			t.Errorf("in a table %q is\n%s\nwant\n%s", name, table, want)
		}
		back := strings.NewReplacer(`\u0060`, "`", `\u007c`, "|", `\u0020`, " ").Replace(inside)
		same := strings.NewReplacer(`\u0060`, "`", `\u007c`, "|", `\u0020`, " ").Replace(finding.Printable(name))
		if name != "" && back != same {
			t.Errorf("%q is read as %q", name, back)
		}
	})
}

// FuzzFence: nothing in a text ends the block of code that it is in.
func FuzzFence(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Add("a\n````\n</details>\n@all")
	f.Fuzz(func(t *testing.T, text string) {
		var lines []string
		for line := range strings.SplitSeq(text, "\n") {
			lines = append(lines, finding.Printable(line))
		}
		text = strings.Join(lines, "\n") + "\n"
		mark := fence(text)
		got := rendered(t, mark+"sql\n"+text+mark+"\n\nafter\n")
		if strings.Count(got, "<") != 6 || !strings.HasSuffix(got, "</code></pre>\n<p>after</p>\n") {
			t.Errorf("%q is\n%s", text, got)
		}
	})
}

// TestFitted: whatever there is to say, it fits; each row is shown or counted, and
// none before one of its section that comes first, unless that is too long for any comment.
func TestFitted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []*section
		for n := range rapid.IntRange(1, 6).Draw(t, "sections") {
			s := &section{head: fmt.Sprintf("\n### %d\n", n), tail: "\n</details>\n", noun: "row", share: rapid.IntRange(0, 12<<10).Draw(t, "share")}
			width := rapid.IntRange(1, 20<<10).Draw(t, "width")
			for range rapid.IntRange(0, 60).Draw(t, "rows") {
				s.rows = append(s.rows, strings.Repeat("x", rapid.IntRange(1, width).Draw(t, "row"))+"\n")
			}
			all = append(all, s)
		}
		const reserve = 5 << 10
		text, room := fitted(all, commentSize, reserve)
		if len(text)+room > commentSize || room < reserve {
			t.Fatalf("%d bytes, and room for %d", len(text), room)
		}
		for _, s := range all {
			left, stopped := 0, false
			for i, row := range s.rows {
				switch {
				case !s.shown[i]:
					left++
					stopped = stopped || len(row) <= commentSize/4
				case stopped:
					t.Fatalf("row %d of %d is shown, and one before it is not", i, len(s.rows))
				}
			}
			if said := s.leftOut(left); len(s.rows) > 0 && !strings.Contains(text, s.head) || !strings.Contains(text, said) {
				t.Fatalf("nobody says %q", said)
			}
		}
	})
}

// TestMarkdownFits: the plan of a demo, and one of many people with long hostile names in sites
// that differ, fit a comment, are the same each time, close what they open, and count
// what they leave out.
func TestMarkdownFits(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "grantree")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil { // see TestMain
		t.Fatal(err)
	}
	var crowd strings.Builder
	crowd.WriteString(aServer + "[policy]\nextends = \"imaint\"\n")
	for i := range 5 {
		fmt.Fprintf(&crowd, "[[site]]\nname = \"S%d `|<b>\"\nserver = \"main\"\ndatabase = \"S%d\"\n", i, i)
	}
	groups := []string{"Mechanic", "Planner", "Admin", "Purchasing Buyer", "Inventory Clerk"}
	for i := range 120 {
		fmt.Fprintf(&crowd, "[[user]]\nname = %q\ngroups = [%q]\nsites = [%q]\nnew_login = true\n", fmt.Sprintf("%d</details>@all`|%s", i, strings.Repeat("`", 40)), groups[i%5], fmt.Sprintf("S%d `|<b>", i%4))
	}
	for name, text := range map[string]string{"demo.toml": string(demoPolicy), "crowd.toml": crowd.String()} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var before []byte
		for range 2 {
			c := exec.Command(program, "plan", "-f", file, "--sandbox", "--format", "markdown")
			c.Stderr = new(bytes.Buffer)
			got, err := c.Output()
			if err != nil {
				t.Fatalf("%s: %v: %.300s", name, err, c.Stderr)
			}
			if before != nil && !bytes.Equal(got, before) {
				t.Errorf("%s: another plan each time", name)
			}
			before = got
		}
		if len(before) > commentSize || len(before) < commentSize/2 {
			t.Errorf("%s: %d bytes", name, len(before))
		}
		if !strings.Contains(string(before), " left out: a comment holds ") {
			t.Errorf("%s: nobody says what was left out", name)
		}
		page := rendered(t, string(before))
		if opened, closed := strings.Count(page, "<details>"), strings.Count(page, "</details>"); opened != 4 || closed != 4 {
			t.Errorf("%s: %d details are opened and %d closed", name, opened, closed)
		}
		if strings.Contains(page, "<a ") || strings.Contains(page, "<b>") {
			t.Errorf("%s: a name acts on the page", name)
		}
	}
}

// TestNoConnectionInFindings: a finding loses the address of a server and the login
// of the run, and nothing else.
func TestNoConnectionInFindings(t *testing.T) {
	fp := &sites.FleetPlan{Policy: &policy.Policy{Servers: []policy.Server{{Name: "main", URL: "sqlserver://sql01.example:1433?encrypt=true", User: "deploy"}}}}
	fp.Findings.Errorf("a-code", finding.Pos{File: "p.toml", Line: 3}, "GRANT CONTROL TO [deploy]", `"deploy" may not at sql01.example:1433 (sqlserver://sql01.example:1433?encrypt=true, sql01.example), nor [deploy]; "deployer" may, on Modules | Assets`)
	want := "- **error** `a-code` in `p.toml:3`: `grantree's own may not at (the server's address) ((the server's address), (the server's address)), nor grantree's own; \"deployer\" may, on Modules › Assets`\n"
	if got := markdownFindings(fp).rows; len(got) != 1 || got[0] != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
