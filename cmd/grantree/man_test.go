package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestManPages: every command's page has its name, what it does, every flag with
// its words and every example, and nothing in it is taken for an order to roff.
func TestManPages(t *testing.T) {
	order := regexp.MustCompile(`^\.(TH|SH|PP|TP|nf|fi)( |$)`)
	pages := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		pages++
		page := string(manPage(c))
		for line := range strings.SplitSeq(page, "\n") {
			if (strings.HasPrefix(line, ".") && !order.MatchString(line)) || strings.HasPrefix(line, "'") || strings.ContainsFunc(line, func(r rune) bool { return r > 126 || r < 32 && r != 9 }) {
				t.Errorf("%s: %q", c.CommandPath(), line)
			}
		}
		plain := strings.NewReplacer(`\fB`, "", `\fI`, "", `\fR`, "", `\-`, "-", `\e`, `\`, `\[u2026]`, "…", `\[u00D7]`, "×", `\&`, "").Replace(page)
		want := []string{c.CommandPath(), c.Short, c.UseLine(), c.Example, strings.ReplaceAll(c.CommandPath(), " ", "-") + " - "}
		flags := func(f *pflag.Flag) {
			_, words := pflag.UnquoteUsage(f)
			want = append(want, "--"+f.Name+" ", words)
		}
		c.NonInheritedFlags().VisitAll(flags)
		c.InheritedFlags().VisitAll(flags)
		for _, w := range want {
			if !strings.Contains(plain, w) && w != c.CommandPath() {
				t.Errorf("the page of %s lacks %q", c.CommandPath(), w)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&app{}))
	if pages < 40 {
		t.Errorf("%d pages", pages)
	}
}

func TestRoff(t *testing.T) {
	for text, want := range map[string]string{".a\n'b\n c.": "\\&.a\n\\&'b\n c.", `a\b --c …`: `a\eb \-\-c \[u2026]`, "": ""} {
		if got := roff(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
