package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"grantree/finding"
	"grantree/journal"
	"grantree/seal"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type applyOptions struct {
	fleetOptions
	changeOptions
	yes       bool
	full      bool
	passwords string
	noVerify  bool
	waves     sites.Waves
	// canaryWait is how long a shard waits for the canary of the first one.
	canaryWait time.Duration
	approvalOptions
	onlineOptions
	sealed string // the file of a sealed plan, or ""
	// journal is the folder of journals, "" for the one beside the policy.
	journal string
	letterOptions
}

// letterOptions are the flags of letters to people with a new password.
type letterOptions struct {
	letters    string
	lettersOut string

	template *letterTemplate
}

const defaultPasswordsFile = "grantree-passwords.txt"

// defaultCanaryWait is longer than the largest site takes.
const defaultCanaryWait = 15 * time.Minute

func newApply(a *app) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "apply [FILE]",
		Short: "Show the plan, ask, and carry it out in every site",
		Long: `Show the plan, ask, and carry it out in every site. Each site changes in one
transaction, under a lock, and is read back before the commit: all or nothing.
Afterwards the server is asked what people may really do, as "grantree verify"
does.

The first site with changes goes first, alone (--canary). Only where it is
applied, and verified to be as foreseen, the others follow, all at once or in
waves (--wave). The same command again goes on where a run ended: a site that is
done has no changes.

--shard 0/3, 1/3 and 2/3 share the sites among three runs, which a scheduler may
start at once on as many machines: the same site is always in the same shard.
Shard 0 has the canary, and the others wait for it (--canary-wait). Seats are
counted over all sites whatever the shard.

With FILE, which "grantree plan --out FILE" sealed, the plan is made again and
carried out where it is the sealed one; where a site has moved since, or the policy
is another, nothing is sent: exit 5, with what moved. Nothing that stands in FILE is
ever sent itself.

With --online a site changes in many small transactions, in the same order, of
which every part is safe: wherever the run ends, nobody has less than what they
keep or more than what they get. Each waits two seconds for who is in its way,
gives up, and is tried again. The same command again does the rest.

What is done is written down before, in a folder beside the policy (--journal):
"grantree log" shows it, "grantree undo" takes it back. After a crash the same
command says what became of each site, and goes on.

Passwords of new logins are written to a file that only you may read, and to
nothing else, unless --letters asks for a letter to each new person too.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.sealed = args[0]
				for _, name := range []string{"site", "except", "shard", "adopt", "expect-loss"} {
					if c.Flags().Changed(name) {
						return usageError("--%s is part of what was sealed: seal another plan with grantree plan --out FILE --%s …", name, name)
					}
				}
			}
			return a.finished("apply", o.fleetOptions, func(e *ending) error { return a.apply(c.Context(), o, e) })
		},
	}
	o.fleetOptions.addFlags(c, "text", "json")
	o.addScheduled(c)
	o.changeOptions.addFlags(c)
	o.addEveryUser(c)
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement of the plan")
	c.Flags().IntVar(&o.waves.Canary, "canary", 1, "how many sites with changes go first, alone; where one fails the run ends (0: none)")
	c.Flags().DurationVar(&o.canaryWait, "canary-wait", defaultCanaryWait, "how long a shard waits for the canary of shard 0")
	c.Flags().IntVar(&o.waves.Size, "wave", 0, "how many sites a later wave has (0: all that are left)")
	c.Flags().IntVar(&o.waves.MaxFailures, "max-failures", 0, "begin no wave after so many failed sites (0: no limit)")
	c.Flags().BoolVar(&o.noVerify, "no-verify", false, "do not ask the server afterwards")
	c.Flags().StringVar(&o.passwords, "passwords-out", defaultPasswordsFile, "the file that new passwords are added to")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	c.Flags().StringVar(&o.signers, "allowed-signers", "", "with FILE: who may approve plans, as ssh-keygen has it")
	c.Flags().StringVar(&o.asOf, "approval-as-of", "", "ask for the approvals of the policy as of this commit or day in git, too")
	o.onlineOptions.addFlags(c)
	o.letterOptions.addFlags(c, "")
	return c
}

func (o *letterOptions) addFlags(c *cobra.Command, when string) {
	c.Flags().StringVar(&o.letters, "letters", "", when+"write a letter to each new login, from this template file")
	c.Flags().StringVar(&o.lettersOut, "letters-out", "", when+"the folder for letters, made where it is not there (default that of the password file)")
}

// readLetters reads the template, where letters are asked for.
func (a *app) readLetters(o *letterOptions) (err error) {
	switch {
	case o.letters == "" && o.lettersOut != "":
		return usageError("--letters-out goes with --letters TEMPLATE")
	case o.letters != "" && o.template == nil:
		o.template, err = a.parseLetter(o.letters)
	}
	return err
}

func (a *app) apply(ctx context.Context, o applyOptions, e *ending) (failed error) {
	var results []sites.Result
	if min(o.waves.Canary, o.waves.Size, o.waves.MaxFailures) < 0 {
		return usageError("--canary, --wave and --max-failures are numbers of sites, 0 or more")
	}
	online, err := o.onlineOptions.apply(a)
	if err == nil {
		err = a.readLetters(&o.letterOptions)
	}
	if err != nil {
		return err
	}
	if o.metrics != "" && a.sameFile(o.metrics, o.passwords) {
		return usageError("--metrics and --passwords-out are one file: name another; nothing was changed")
	}
	a.tells = sites.StageApplying
	p, err := a.bound(o.policyOptions)
	if err != nil {
		return err
	}
	var sealed seal.Plan
	var text []byte
	if o.sealed != "" {
		if sealed, text, err = a.openSealed(o.sealed, p); err != nil {
			return err
		}
		o.sites, o.adopt, o.expectLoss = sealed.Names(), sealed.Options.Adopt, sealed.Options.ExpectLoss
		if o.sandbox != sealed.Options.Sandbox {
			return usageError("%s was sealed %s --sandbox: apply it so too", o.sealed, map[bool]string{true: "with", false: "without"}[sealed.Options.Sandbox])
		}
	}
	f, done, err := a.fleet(ctx, p.Policy, o.fleetOptions)
	defer done()
	if err == nil {
		err = a.keepsPasswords(o.passwords, journalFolder(o.journal, o.file), f.Policy)
	}
	if err != nil {
		return err
	}
	f.Waves, f.Online = o.waves, online
	f.Waves.Verify, f.Waves.Today = !o.noVerify, a.now()
	if err := a.afterCanary(ctx, f, o); err != nil {
		return err
	}
	run := a.newRecorder(journalFolder(o.journal, o.file), journal.Begun{Command: "apply", Policy: p.Bound.Policy, Catalog: p.Bound.Catalog, Options: o.written()})
	if !o.sandbox {
		if err := a.settle(ctx, f, run); err != nil {
			return err
		}
		defer func() { run.end(results, failed) }()
	}
	plan := o.changeOptions.plan()
	plan.Seal = o.sealed != "" || o.asOf != ""
	if o.format == "text" {
		plan.Sketch = newSketcher(f.Policy.Catalog, o.format, o.full).sketch
	}
	fp, unread := a.planned(ctx, f, plan)
	if fp == nil {
		return unread
	}
	e.planned(fp)
	run.loginsOf(fp)
	if o.sealed != "" {
		if err := a.unmoved(ctx, f, fp, o.sealed, sealed); err != nil {
			return errors.Join(err, unread)
		}
	}
	if o.format == "text" {
		if err := a.printPlan(fp, o.full); err != nil {
			return err
		}
	}
	a.findings(fp.Findings)
	if refusal := fp.Refusal(); refusal != nil {
		return errors.Join(refusal, unread)
	}
	if !o.sandbox {
		if err := a.approved(ctx, fp, o, text); err != nil {
			return errors.Join(err, unread)
		}
	}
	if fp.Sends() {
		if err := a.confirm(ctx, fp, o.yes); err != nil {
			return err
		}
	}
	if !o.sandbox && fp.Sends() {
		if err := run.begin(fp.Digest()); err != nil {
			return err
		}
		f.Run = sites.Run{ID: run.begun.Run, Plan: run.begun.Plan, Journal: run}
	}
	results, err = a.send(ctx, f, fp, o)
	if results == nil {
		return err
	}
	e.applied(fp, results)
	run.tell()
	a.leftOfSealed(o.sealed, results)
	if o.format == "json" {
		if err := a.printJSON(resultsJSON(fp, results, f.Run.ID)); err != nil {
			return err
		}
	}
	if o.noVerify || ctx.Err() != nil || !slices.ContainsFunc(results, func(r sites.Result) bool { return r.Outcome.Done() }) {
		return err
	}
	return errors.Join(err, a.proof(ctx, f, results, o, e))
}

// afterCanary has a shard wait for the canary of the first one, which is then its own
// too. On a sandbox each shard is alone.
func (a *app) afterCanary(ctx context.Context, f *sites.Fleet, o applyOptions) error {
	if o.sandbox {
		return nil
	}
	plan := o.changeOptions.plan()
	plan.Today, plan.FromCatalog = a.now(), f.FromCatalog
	awaited, err := f.AwaitCanary(ctx, plan, o.canaryWait)
	if ctx.Err() != nil {
		return errStopped
	}
	if awaited {
		f.Waves.Canary = 0
	}
	return err
}

// proof verifies the sites that are done. Where something is not as the policy
// says, what was committed stays, and that is said.
func (a *app) proof(ctx context.Context, f *sites.Fleet, results []sites.Result, o applyOptions, e *ending) error {
	err := a.verifyFleet(ctx, f, e, o.format == "text", false, results...)
	var applied []string
	for _, r := range results {
		if r.Outcome == sites.Applied {
			applied = append(applied, r.Site)
		}
	}
	if err != nil && len(applied) > 0 {
		a.warnf("what was applied stays applied: %s", list(applied, 8))
	}
	return err
}

// confirm names the sites that are left out, and asks.
func (a *app) confirm(ctx context.Context, fp *sites.FleetPlan, yes bool) error {
	if !yes && a.canAsk {
		a.errorf("\n")
		for _, r := range fp.Rows() {
			if r.Err != nil {
				a.errorf("%s is left out: %s\n", r.Site.Name, r.Outcome)
			}
		}
	}
	if err := a.agree(ctx, askedOf(fp), yes); err != nil {
		return err
	}
	return stillHolds(fp, a.now())
}

// stillHolds refuses a plan across an end that the policy states: somebody may have
// thought about it over night.
func stillHolds(fp *sites.FleetPlan, now time.Time) error {
	ended := fp.Ended(now)
	if len(ended) == 0 {
		return nil
	}
	var what []string
	for _, e := range ended {
		what = append(what, fmt.Sprintf("%s (%s) held until %s", e.What, e.Pos, e.When))
	}
	return &exitError{code: exitStale, message: "the plan is stale: " + list(what, 3) + "; nothing was changed; run this again"}
}

// askedOf is the question before a plan: what is sent, and where.
func askedOf(fp *sites.FleetPlan) string {
	statements, servers := 0, map[string]bool{}
	var names []string
	for _, s := range fp.Sites {
		if n := s.Statements(); n > 0 && !s.Stays() {
			statements += n
			names = append(names, s.Site.Name)
			servers[s.Site.Server] = true
		}
	}
	logins := len(fp.Logins)
	for _, l := range fp.Logins {
		servers[l.Server] = true
	}
	for _, s := range fp.Servers {
		logins += len(s.Changes)
		servers[s.Server] = true
	}
	audits := 0
	for _, p := range fp.Audits {
		audits += len(p.Statements()) - 1 // without USE
		servers[p.Server] = true
	}
	where := "site " + strings.Join(names, "")
	if len(names) != 1 {
		where = count(len(names), "site")
	}
	what := count(statements, "statement")
	if logins > 0 {
		what += " and " + count(logins, "change") + " of logins"
	}
	if audits > 0 {
		what += " and " + count(audits, "statement") + " about the audit of log-ins"
	}
	on := "server " + strings.Join(sorted(servers), ", ")
	if len(servers) > 1 {
		on = "servers " + list(sorted(servers), 4)
	}
	return fmt.Sprintf("Apply %s to %s on %s?", what, where, on)
}

// send applies the plan and reports each site as it is done.
func (a *app) send(ctx context.Context, f *sites.Fleet, fp *sites.FleetPlan, o applyOptions) ([]sites.Result, error) {
	var ev sites.Events
	if accounts := fp.NewAccounts(); len(accounts) > 0 {
		var post *letters
		if o.template != nil {
			var err error
			if post, err = a.newLetters(o.template, o.lettersOut, filepath.Dir(o.passwords), fp); err != nil {
				return nil, err
			}
		}
		opened, err := a.secrets(o.passwords)
		if err != nil {
			return nil, err
		}
		file := &passwordFile{syncedFile: opened}
		defer file.Close()
		ev = post.handOver(file)
		defer func() {
			if file.added > 0 {
				a.warnf("%s of new %s written to %s", count(file.added, "password"), accountWord(accounts), o.passwords)
			}
			if post != nil && post.written > 0 {
				a.warnf("%s written to %s", count(post.written, "letter"), post.dir)
			}
		}()
	}
	var mu sync.Mutex
	told := &soFar{}
	ev = told.watch(ev.OneAtATime())
	ev.Site = func(r sites.Result) {
		mu.Lock()
		defer mu.Unlock()
		if r.Outcome != sites.Stopped && !onlyStopped(r.Err) { // told of together
			a.result(r)
		}
	}
	ev.Wave = func(n, of int, names []string) {
		if n > 1 || len(names) > 1 {
			a.errorf("%s\n", a.faint(fmt.Sprintf("wave %d of %d: %s", n, of, list(names, 4))))
		}
	}
	ev.Server = func(r sites.ServerResult) {
		if told.logins = append(told.logins, r.Done...); len(r.Done) > 0 {
			label := safe(fmt.Sprintf("%s  logins of server %s: ", a.green(fmt.Sprintf("%-9s", sites.Applied)), finding.Printable(r.Server)))
			a.errorf("%s\n", hang(label, finding.Printable(loginWords(r.Done, len(r.Done))), a.errWidth))
		}
	}
	ev.Audit = func(p sites.AuditPlan) {
		a.errorf("%s  audit of log-ins on server %s\n", a.green(fmt.Sprintf("%-9s", sites.Applied)), p.Server)
	}
	end := a.begin(sites.StageApplying, len(f.Sites))
	results, err := f.Apply(ctx, fp, ev)
	end()
	if results != nil && ctx.Err() != nil {
		err = told.stopped(results, err)
	}
	return results, err
}

// accountWord is what accounts are that get a password.
func accountWord(accounts []sites.NewLogin) string {
	users := len(slices.DeleteFunc(slices.Clone(accounts), func(l sites.NewLogin) bool { return l.Database == "" }))
	switch users {
	case 0:
		return "logins"
	case len(accounts):
		return "users"
	}
	return "logins and users"
}

// result prints what became of a site.
func (a *app) result(r sites.Result) {
	word := fmt.Sprintf("%-9s", r.Outcome)
	switch r.Outcome {
	case sites.Applied:
		a.errorf("%s  %s: %s, verified before the commit\n", a.green(word), r.Site, count(r.Statements, "statement"))
		if n := len(r.Unforeseen); n > 0 {
			a.errorf("%s  %s: %s that the plan did not foresee, below as \"not foreseen\"\n", a.red(fmt.Sprintf("%-9s", "mismatch")), r.Site, count(n, "thing"))
		}
	case sites.Partly:
		a.errorf("%s  %s: %s, more are to come\n", a.red(word), r.Site, count(r.Statements, "statement"))
	case sites.NoChange:
		a.errorf("%s  %s\n", a.faint(word), r.Site)
	default:
		a.errorf("%s  %s\n", a.red(word), r.Site)
	}
}

// jsonResult is one site's outcome for programs.
type jsonResult struct {
	Site       string `json:"site"`
	Result     string `json:"result"`
	Statements int    `json:"statements"`
	Ledger     string `json:"ledger,omitempty"` // the row that stands for it, and its hash
	Error      string `json:"error,omitempty"`
}

// jsonApplied is what became of a plan.
type jsonApplied struct {
	Sites []jsonResult `json:"sites"`
	Seats jsonSeats    `json:"seats"`
	Run   string       `json:"run,omitempty"` // where it is written down
}

func resultsJSON(fp *sites.FleetPlan, results []sites.Result, run string) jsonApplied {
	out := jsonApplied{[]jsonResult{}, seatsJSON(fp.Seats), run}
	for _, r := range results {
		one := jsonResult{Site: r.Site, Result: string(r.Outcome), Statements: r.Statements}
		if r.Ledger.Sequence > 0 {
			one.Ledger = r.Ledger.String()
		}
		if r.Err != nil {
			one.Error = r.Err.Error()
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}
