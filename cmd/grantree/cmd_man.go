package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "man [COMMAND …]",
		Short: "Print the manual page of a command, or write all of them",
		Long: `Prints the manual page of a command for man(1): grantree man apply | man -l -
With --out it writes the pages of all commands to a new folder, to be installed
with the program: install -m644 DIR/*.1 /usr/local/share/man/man1`,
		RunE: func(c *cobra.Command, args []string) error {
			if out != "" {
				if len(args) > 0 {
					return usageError("--out writes the pages of all commands: leave out %q", strings.Join(args, " "))
				}
				return a.manPages(c.Root(), out)
			}
			of, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usageError("there is no command %q; see \"grantree help\"", strings.Join(args, " "))
			}
			a.printf("%s", manPage(of))
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "the folder to write the pages of all commands to; it must not exist")
	return c
}

// manPages writes the page of each command to a folder, which it makes.
func (a *app) manPages(root *cobra.Command, dir string) error {
	if _, err := a.lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return usageError("--out: %s exists already and was left alone: name another", dir)
	}
	if err := a.folder(dir); err != nil {
		return usageError("--out: %v", err)
	}
	pages := 0
	var walk func(c *cobra.Command) error
	walk = func(c *cobra.Command) error {
		if c.Hidden || c.IsAdditionalHelpTopicCommand() {
			return nil
		}
		if err := a.create(filepath.Join(dir, manName(c)+".1"), manPage(c), 0o644); err != nil {
			return err
		}
		pages++
		for _, sub := range c.Commands() {
			if err := walk(sub); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(root); err != nil {
		return err
	}
	a.printf("Wrote %s to %s.\n", count(pages, "manual page"), dir)
	return nil
}

// manName is what a command's page is called.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page of a command in roff (groff_man(7)), with what its help says.
// The maker of pages that comes with cobra goes by Markdown, which takes asterisks
// and underlines of a flag's words for its own.
func manPage(c *cobra.Command) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`.TH "%s" "1" "" "grantree" "grantree"`, roff(manName(c)))
	line(".SH NAME\n%s \\- %s", roff(manName(c)), roff(c.Short))
	line(".SH SYNOPSIS\n\\fB%s\\fR", roff(c.UseLine()))
	line(".SH DESCRIPTION")
	for paragraph := range strings.SplitSeq(cmp.Or(c.Long, c.Short), "\n\n") {
		if strings.HasPrefix(paragraph, " ") || strings.Contains(paragraph, "\n ") || strings.Contains(paragraph, "\t") { // a list, or lines to paste
			line(".PP\n.nf\n%s\n.fi", roff(paragraph))
		} else {
			line(".PP\n%s", roff(paragraph))
		}
	}
	for _, part := range []struct {
		heading string
		flags   *pflag.FlagSet
	}{{"OPTIONS", c.NonInheritedFlags()}, {"COMMON OPTIONS", c.InheritedFlags()}} {
		if !part.flags.HasAvailableFlags() {
			continue
		}
		line(".SH %s", part.heading)
		part.flags.VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			value, words := pflag.UnquoteUsage(f)
			short := ""
			if f.Shorthand != "" {
				short = `\fB` + roff("-"+f.Shorthand) + `\fR, `
			}
			line(".TP\n%s\\fB%s\\fR \\fI%s\\fR\n%s", short, roff("--"+f.Name), roff(value), roff(words))
		})
	}
	if c.Example != "" {
		line(".SH EXAMPLES\n.nf\n%s\n.fi", roff(c.Example))
	}
	var also []string
	if c.HasParent() {
		also = append(also, roff(manName(c.Parent()))+"(1)")
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			also = append(also, roff(manName(sub))+"(1)")
		}
	}
	line(".SH SEE ALSO\n%s", strings.Join(also, ", "))
	return []byte(b.String())
}

// roff is a text that stands for itself: a backslash, a hyphen to be copied, a
// point or apostrophe at the beginning of a line and what is not ASCII are roff's
// own.
func roff(text string) string {
	var b strings.Builder
	begin := true
	for _, r := range text {
		switch {
		case begin && (r == '.' || r == '\''):
			b.WriteString(`\&` + string(r))
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r > unicode.MaxASCII:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
		begin = r == '\n'
	}
	return b.String()
}
