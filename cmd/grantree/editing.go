package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/policy"
	"grantree/sites"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
)

// editOptions are the flags of every command that edits the policy.
type editOptions struct {
	policyOptions
	dryRun     bool
	diff       bool
	plan       bool
	apply      bool
	yes        bool
	sandbox    bool
	expectLoss int
	passwords  string
	letterOptions
}

func (o *editOptions) addFlags(c *cobra.Command) {
	o.policyOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the edit and write nothing; with --plan, what it would change")
	c.Flags().BoolVar(&o.diff, "diff", false, "say who gains and loses what by it, from the policy alone")
	c.Flags().BoolVar(&o.plan, "plan", false, "go on to the plan")
	c.Flags().BoolVar(&o.apply, "apply", false, "go on to the plan, ask, and carry it out")
	c.Flags().BoolVar(&o.yes, "yes", false, "with --apply: do not ask")
	c.Flags().BoolVar(&o.sandbox, "sandbox", false, "with --plan: on an embedded server instead of the policy's")
	c.Flags().IntVar(&o.expectLoss, "expect-loss", -1, "of the plan: accept that exactly this many people lose something in all sites")
}

// addPasswordFlags adds what is said of new passwords by verbs that may make logins.
func (o *editOptions) addPasswordFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.passwords, "passwords-out", defaultPasswordsFile, "with --apply: the file that new passwords are added to")
	o.letterOptions.addFlags(c, "with --apply: ")
}

// edit opens the policy's files, lets change change them, shows what becomes of
// them, and writes them unless the edit brings an error; then it goes on to the
// plan or to apply, where that was asked for.
func (a *app) edit(ctx context.Context, o editOptions, change func(*policy.Editor) error) error {
	switch {
	case o.apply && (o.dryRun || o.plan || o.sandbox):
		return usageError("--apply shows the plan of the policy's servers and carries it out: leave out --dry-run, --plan and --sandbox")
	case o.yes && !o.apply:
		return usageError("--yes goes with --apply")
	case o.sandbox && !o.plan:
		return usageError("--sandbox goes with --plan")
	case !o.apply && o.letters+o.lettersOut != "":
		return usageError("--letters and --letters-out go with --apply, which makes logins")
	}
	if err := a.readLetters(&o.letterOptions); err != nil { // before anything is written
		return err
	}
	e, done, written, err := a.editOnce(o, change)
	for range overtakings { // nobody was asked yet, so that it is made again of what is there now
		if !errors.Is(err, errOvertaken) {
			break
		}
		e, done, written, err = a.editOnce(o, change)
	}
	if err != nil {
		return err
	}
	refused := done.Brought.HasErrors()
	goesOn := (o.plan || o.apply) && !refused
	switch {
	case o.format == "text":
		a.printEdit(done, o, written)
		if o.diff && len(done.Files) > 0 && !refused {
			a.printEdited(a.differenceOf(e, done))
		}
	case !goesOn:
		out := editJSON(done, written)
		if o.diff && !refused {
			d := a.differenceOf(e, done)
			out.Access = new(d.json())
		}
		if err := a.printJSON(out); err != nil {
			return err
		}
	}
	a.findings(done.Brought)
	a.remarks(slices.DeleteFunc(done.Brought.Of(finding.Note), func(f finding.Finding) bool { return f.Code != finding.WithoutReached }))
	a.overAlready(e.Policy(), done)
	a.tooMany(e.Policy(), done)
	if refused {
		return &exitError{code: exitUsage, message: "nothing was written: the edit would bring " + count(len(done.Brought.Of(finding.Error)), "error")}
	}
	if !goesOn {
		return nil
	}
	return a.goOn(ctx, o, done)
}

// overtakings is how often an edit is made again that another one overtook.
const overtakings = 100

// editOnce reads the policy, lets change change it, and writes what becomes of it.
func (a *app) editOnce(o editOptions, change func(*policy.Editor) error) (e *policy.Editor, done *policy.Edited, written bool, err error) {
	src, err := a.policySource(o.policyOptions, false)
	if err != nil {
		return nil, nil, false, err
	}
	e, err = policy.NewEditor(src, a.readFile)
	if err == nil && o.apply && o.passwords != "" {
		if err := a.keepsPasswords(o.passwords, journalFolder("", o.file), e.Policy()); err != nil {
			return nil, nil, false, err
		}
	}
	if err == nil {
		err = change(e)
	}
	if err == nil {
		done, err = e.Result(a.now())
	}
	if err != nil {
		return nil, nil, false, usageError("%v", err)
	}
	if len(done.Files) == 0 || done.Brought.HasErrors() || o.dryRun {
		return e, done, false, nil
	}
	return e, done, true, a.replace(done.Written())
}

// goOn plans or applies the edited policy; after a dry run, as if it had been
// written.
func (a *app) goOn(ctx context.Context, o editOptions, done *policy.Edited) error {
	f := fleetOptions{policyOptions: o.policyOptions, sandbox: o.sandbox, parallel: defaultParallel}
	c := changeOptions{expectLoss: o.expectLoss}
	if o.apply {
		ao := applyOptions{fleetOptions: f, changeOptions: c, yes: o.yes, passwords: cmp.Or(o.passwords, defaultPasswordsFile), letterOptions: o.letterOptions}
		return a.finished("apply", f, func(e *ending) error { return a.apply(ctx, ao, e) })
	}
	as := *a
	as.readFile = func(name string) ([]byte, error) {
		for _, c := range done.Files {
			if c.File == name {
				return c.After, nil
			}
		}
		return a.readFile(name)
	}
	return as.finished("plan", f, func(e *ending) error { return as.plan(ctx, planOptions{fleetOptions: f, changeOptions: c}, e) })
}

// tooMany says so where an edit makes more people active than the licence has
// seats, or more than were too many already. The plan refuses that, once it knows
// who leaves.
func (a *app) tooMany(before *policy.Policy, e *policy.Edited) {
	if len(e.Files) == 0 {
		return
	}
	had, _ := sites.PolicySeats(before.At(a.now()))
	has, over := sites.PolicySeats(e.Policy.At(a.now()))
	if !has.Limited || !over.HasErrors() || has.Used <= had.Used {
		return
	}
	a.say(a.yellow("warning"), fmt.Sprintf("the policy has %s who use a seat now, and the licence %s: the plan refuses that; make %s inactive (grantree user disable) or remove them first (%s)",
		count(has.Used, "person"), count(has.Limit, "seat"), count(has.Used-has.Limit, "person"), finding.NoSeatLeft))
}

// overAlready warns where an edit writes an end that is past: what it is about
// does not hold.
func (a *app) overAlready(before *policy.Policy, e *policy.Edited) {
	had := map[string]int{}
	for _, f := range before.At(a.now()).Ended {
		had[f.Message]++
	}
	var over finding.List
	for _, f := range e.Policy.At(a.now()).Ended {
		if had[f.Message]--; had[f.Message] < 0 {
			f.Severity = finding.Warning
			over = append(over, f)
		}
	}
	a.alike(over)
}

// printEdit shows what an edit changes, and what to do next.
func (a *app) printEdit(e *policy.Edited, o editOptions, written bool) {
	if len(e.Files) == 0 {
		a.printf("Nothing to change: the policy says so already.\n")
		return
	}
	var names []string
	for _, c := range e.Files {
		a.printDiff(c)
		names = append(names, c.File)
	}
	switch {
	case e.Brought.HasErrors():
	case !written:
		a.printf("\nNothing was written (--dry-run).\n")
	case o.plan || o.apply:
		a.printf("\nWrote %s.\n\n", strings.Join(names, ", "))
	default:
		a.printf("\nWrote %s. Next: grantree plan\n", strings.Join(names, ", "))
	}
}

// printDiff prints a file's changed lines with those around them.
func (a *app) printDiff(c policy.Change) {
	for i, line := range diffLines(c) {
		switch {
		case i < 2:
			a.printf("%s\n", a.bold(line))
		case strings.HasPrefix(line, "@@"):
			a.printf("%s\n", a.faint(line))
		case strings.HasPrefix(line, "+"):
			a.printf("%s\n", a.green(line))
		case strings.HasPrefix(line, "-"):
			a.printf("%s\n", a.red(line))
		default:
			a.printf("%s\n", line)
		}
	}
}

// diffLines is the unified diff of a file, without the line ends.
func diffLines(c policy.Change) []string {
	text := strings.TrimSuffix(string(diff.Diff(c.File, c.Before, c.File, c.After)), "\n")
	_, text, _ = strings.Cut(text, "\n") // "diff A B"
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// differenceOf is who gains and loses what by an edit.
func (a *app) differenceOf(e *policy.Editor, done *policy.Edited) difference {
	file := earlier{File: e.Policy().File}
	d := difference{old: file, now: file}
	d.between(e.Policy().At(a.now()), done.Policy.At(a.now()))
	return d
}

// The JSON of an edit.
type (
	jsonEdit struct {
		Files    []jsonEditedFile `json:"files"`
		Written  bool             `json:"written"`
		Findings []jsonFinding    `json:"findings"`
		Access   *jsonPolicyDiff  `json:"access,omitempty"`
	}
	jsonEditedFile struct {
		File string `json:"file"`
		Diff string `json:"diff"`
	}
)

// editJSON is an edit for programs.
func editJSON(e *policy.Edited, written bool) jsonEdit {
	out := jsonEdit{[]jsonEditedFile{}, written, jsonFindings(e.Brought), nil}
	for _, c := range e.Files {
		out.Files = append(out.Files, jsonEditedFile{c.File, strings.Join(diffLines(c), "\n") + "\n"})
	}
	return out
}

// given is the value of a flag that was set, else nil.
func given[T any](c *cobra.Command, flag string, value *T) *T {
	if !c.Flags().Changed(flag) {
		return nil
	}
	return value
}
