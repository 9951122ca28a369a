package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"grantree/finding"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

// app is the world a command sees: streams, environment, files and the date.
// Only main and system touch package os, so that tests can hand commands another
// world.
type app struct {
	stdin    io.Reader
	stdout   io.Writer
	stderr   io.Writer
	env      func(string) string
	readFile func(string) ([]byte, error)
	// list names the files in a folder and below, sorted, and what is passed by
	list  func(dir string) ([]string, []passedBy, error)
	lstat func(string) (fs.FileInfo, error) // what a file is; nil where permissions are not bits
	// create makes a new file, whole or not at all; fs.ErrExist where there is one
	create   func(name string, text []byte, mode fs.FileMode) error
	publish  func(name string, text []byte) error // a file that others read, written anew, whole
	folder   func(string) error                   // makes a folder that only its owner may enter
	replace  func([]policy.Change) error          // files that were read, written anew
	secrets  func(string) (syncedFile, error)     // the file that new passwords are added to
	remove   func(string) error                   // takes a file away
	journals journalStore                         // what runs wrote down
	account  func() (user, host string)           // of the operating system
	git      gitFunc                              // what a file was before
	sameFile func(a, b string) bool               // two names are one file
	reads    *readNames                           // the files that this run has read
	now      func() time.Time
	wait     func(context.Context, time.Duration) bool // until so much time is over: true; or somebody stops it
	terminal bool                                      // stdout and stderr are: there is colour
	outWidth int                                       // columns of stdout, and of stderr; 0 where nobody looks at it and lines stay whole
	errWidth int
	watched  bool                   // stderr is a terminal that can be written over
	canAsk   bool                   // stdin is a terminal
	hidden   func() (string, error) // a line of stdin that is not shown
	show     func()                 // ends a hidden that was left behind
	cut      *atomic.Bool           // reading a file was stopped
	version  string                 // of this program
	answered bool                   // JSON was printed
	tells    sites.Stage            // of which stage a log has a line for each site; nothing: nobody is told how far a run is
	stage    *stage                 // under way
	whole    int                    // see sites.Options.Whole
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, world *app) int {
	a := world.stoppable(ctx)
	if err := readable(args); err != nil {
		a.warnf("%v", err)
		return exitCode(err)
	}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	c, err := root.ExecuteContextC(ctx)
	err = a.ended(err)
	code := exitCode(err)
	a.inputErrors(c, err)
	if err != nil && err.Error() != "" {
		for _, line := range lines(err) {
			a.warnf("%s", line)
		}
	}
	return code
}

// ended is why a command ended: where a file was not read because somebody stopped the
// run, that is it.
func (a *app) ended(err error) error {
	if err != nil && a.cut != nil && a.cut.Load() || errors.Is(err, errStopped) {
		return errStopped
	}
	return err
}

// readable refuses a command line that is not text: what is no UTF-8 in a name
// would be written into the policy as another one.
func readable(args []string) error {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return usageError("the argument %q is not UTF-8, as which arguments are read: see the encoding of the terminal or of the file that it comes from; nothing was changed", arg)
		}
	}
	return nil
}

// inputErrors prints what is wrong with an input file as JSON too, where a
// command was asked for JSON and has printed none.
func (a *app) inputErrors(c *cobra.Command, err error) {
	var input *finding.InputError
	if c == nil || a.answered || !errors.As(err, &input) {
		return
	}
	if format := c.Flags().Lookup("format"); format == nil || format.Value.String() != "json" {
		return
	}
	_ = a.printJSON(jsonFound{jsonFindings(input.Findings)})
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
		Version:       a.version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError("%v; see %q", err, c.CommandPath()+" --help")
	})
	root.AddCommand(
		newDemo(a), newSandbox(a), newInit(a), newCatalog(a), newGroup(a), newUser(a), newSite(a), newPlan(a), newApply(a),
		newVerify(a), newHeal(a), newGrantUntil(a), newBreakGlass(a), newDoctor(a), newAudit(a), newImport(a), newPolicyTest(a), newLint(a), newExplain(a), newWho(a), newDiff(a), newReport(a), newReview(a), newLog(a), newUndo(a), newLicense(a), newMan(a), newSchema(a),
	)
	complete(a, root)
	root.InitDefaultCompletionCmd()
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

// wantedArguments finds how many arguments cobra says there should be.
var wantedArguments = regexp.MustCompile(`^(accepts|requires at least) (\d+) arg`)

// argumentWords says what is wrong with how many arguments there are.
func argumentWords(err error, args []string) string {
	m := wantedArguments.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	n, _ := strconv.Atoi(m[2])
	least := ""
	if m[1] != "accepts" {
		least = " at least"
	}
	given := "none was given"
	if len(args) > 0 {
		quoted := make([]string, len(args))
		for i, arg := range args {
			quoted[i] = strconv.Quote(arg)
		}
		given = fmt.Sprintf("%d given: %s", len(args), list(quoted, 8))
	}
	return fmt.Sprintf("%s needed%s, %s", count(n, "argument"), least, given)
}

// describe ends every help with the exit codes, and turns wrong arguments
// into usage errors.
func describe(c *cobra.Command) {
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long += "\n\n" + exitHelp
	c.Example = examplesOf(c.CommandPath())
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError("%s; usage: %s", argumentWords(err, args), c.UseLine())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		describe(sub)
	}
}
