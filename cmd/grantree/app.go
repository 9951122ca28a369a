package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"grantree/finding"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// app is the world a command sees: streams, environment, files and the date.
// Commands never touch package os, so that tests can hand them another world.
type app struct {
	stdin    io.Reader
	stdout   io.Writer
	stderr   io.Writer
	env      func(string) string
	readFile func(string) ([]byte, error)
	create   func(string) (io.WriteCloser, error) // a new file; fs.ErrExist where there is one
	now      func() time.Time
	terminal bool // stdout is a terminal
	canAsk   bool // stdin is a terminal
	hidden   func() (string, error)
}

// system is the real world. Reading a file ends when ctx does.
func system(ctx context.Context) *app {
	return &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv, now: time.Now,
		readFile: func(name string) ([]byte, error) { return readFile(ctx, name) },
		create: func(name string) (io.WriteCloser, error) {
			return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		},
		terminal: term.IsTerminal(int(os.Stdout.Fd())), canAsk: term.IsTerminal(int(os.Stdin.Fd())),
		hidden: func() (string, error) {
			b, err := term.ReadPassword(int(os.Stdin.Fd()))
			return string(b), err
		},
	}
}

// The exit codes, as every help lists them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitDifferences = 3
	exitRule        = 4
	exitStale       = 5
)

const exitHelp = `Exit codes: 0 done or nothing to do; 1 failed; 2 wrong usage or bad input file;
3 --check found differences, or verify found mismatches; 4 a rule was broken; 5 the plan is stale.`

// exitError carries an exit code through the usual return path, so that
// deferred work still runs. An empty message prints nothing.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

// usageError is a wrong flag or argument.
func usageError(format string, args ...any) error {
	return &exitError{code: exitUsage, message: fmt.Sprintf(format, args...)}
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, a *app) int {
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	code := exitCode(err)
	if err != nil && err.Error() != "" {
		for _, line := range lines(err) {
			a.warnf("%s", line)
		}
	}
	return code
}

// exitCode is the one place where errors become exit codes.
func exitCode(err error) int {
	var exit *exitError
	var input *finding.InputError
	var unknown *sites.UnknownSiteError
	var refused *sites.RefusedError
	var stale *mssql.StaleError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &input), errors.As(err, &unknown):
		return exitUsage
	case errors.As(err, &refused):
		return exitRule
	case errors.As(err, &stale):
		return exitStale
	}
	return exitFailed
}

// newRoot builds the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "grantree",
		Short: "Turn an application's navigation tree into SQL Server permissions",
		Long: `grantree turns an application's navigation tree into SQL Server permissions.
You write, in TOML, which groups may do what at which node of the application.
grantree works out the database roles, members and GRANT and DENY statements of
every site, shows the change, applies it safely, and proves that the access
people really have is the access that was asked for.

` + exitHelp,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError("%v; see %q", err, c.CommandPath()+" --help")
	})
	root.AddCommand(
		newDemo(a), newSandbox(a), newInit(a), newCatalog(a), newGroup(a), newPlan(a), newApply(a),
		newVerify(a), newPolicyTest(a), newExplain(a), newWho(a), newLicense(a),
	)
	for _, c := range root.Commands() {
		describe(c)
	}
	root.RunE = func(c *cobra.Command, args []string) error { return c.Help() }
	root.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		if near := finding.Nearest(args[0], names); near != "" {
			return usageError("there is no command %q; did you mean %q?", args[0], near)
		}
		return usageError("there is no command %q; see \"grantree help\"", args[0])
	}
	return root
}

// describe ends every help with the exit codes, and turns wrong arguments
// into usage errors.
func describe(c *cobra.Command) {
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long += "\n\n" + exitHelp
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError("%v; usage: %s", err, c.UseLine())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		describe(sub)
	}
}
