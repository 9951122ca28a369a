package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"grantree/finding"
	"grantree/journal"
	"grantree/policy"
	"grantree/sites"
)

// defaultJournal is the folder of journals, beside the policy.
const defaultJournal = "grantree-journal"

// journalFolder is where a run of a policy file keeps its journal.
func journalFolder(said, file string) string {
	return cmp.Or(said, filepath.Join(filepath.Dir(cmp.Or(file, policy.DefaultFile)), defaultJournal))
}

// recorder writes one run down. Nothing is on the disk before the first record.
type recorder struct {
	a     *app
	dir   string
	begun journal.Begun
	// settled is what the run has found out about others, to be written when it begins.
	settled []journal.Settled
	open    []journal.Run // those, in the same order

	mu    sync.Mutex
	file  syncedFile // nil before the first record
	chain journal.Chain
	// unclear is how many acts on logins there are of which nobody knows what came of them.
	unclear int
	failed  error // the first one: a file that has half a line takes no more
}

// newRecorder is that of a run with an id of its own: when it is, and a random part, so
// that runs which begin at once have two.
func (a *app) newRecorder(dir string, b journal.Begun) *recorder {
	random := make([]byte, 3)
	rand.Read(random) // never fails: it ends the program
	b.Format, b.Version = journal.Format, journal.Version
	b.Run = a.now().UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random)
	return &recorder{a: a, dir: dir, begun: b}
}

// name is the journal's file.
func (r *recorder) name() string { return filepath.Join(r.dir, r.begun.Run+journalEnding) }

// begin makes the file, and writes which run it is.
func (r *recorder) begin(plan string) error {
	r.begun.Plan, r.begun.Program = plan, r.a.version
	r.begun.User, r.begun.Host = r.a.account()
	names, err := r.a.journals.list(r.dir)
	if err == nil && len(names) > 0 {
		r.begun.After = r.a.seenOf(r.dir, names[len(names)-1])
	}
	file, err := r.a.journals.create(r.dir, r.begun.Run+journalEnding)
	if err != nil {
		return r.unwritable(err)
	}
	r.file = file
	if err := r.Write(journal.Record{Kind: journal.KindBegun, Begun: &r.begun}); err != nil {
		return r.unwritable(err)
	}
	for i := range r.settled {
		if err := r.Write(journal.Record{Kind: journal.KindSettled, Settled: &r.settled[i]}); err != nil {
			return r.unwritable(err)
		}
	}
	r.settled = nil
	return nil
}

func (r *recorder) unwritable(err error) error {
	return &exitError{code: exitFailed, message: fmt.Sprintf("the journal %s cannot be written: %v; what is not written down is not done, and nothing was sent; name another folder with --journal DIR", r.name(), withoutName(err))}
}

// Write writes a record and syncs it. After one that failed none is taken any more.
func (r *recorder) Write(x journal.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		return r.failed
	}
	x.At = r.a.now()
	line, err := r.chain.Line(x)
	if err != nil {
		return err
	}
	if _, err = r.file.Write(line); err == nil {
		err = r.file.Sync()
	}
	if r.failed = err; err == nil && x.Kind == journal.KindLoginsDone {
		for _, act := range x.Logins.Acts {
			if act.Outcome == journal.Unclear {
				r.unclear++
			}
		}
	}
	return err
}

// tell says by what name the run is written down, where it is.
func (r *recorder) tell() {
	if r.file != nil {
		r.a.errorf("%s\n", hang("", finding.Printable(fmt.Sprintf("run %s is written down; to take it back: %s", r.begun.Run, r.undo())), r.a.errWidth))
	}
}

// undo is the command that takes the run back.
func (r *recorder) undo() string {
	command := "grantree undo " + r.begun.Run
	file := r.begun.Options.File
	if file != "" {
		command += " -f " + finding.Argument(file)
	}
	if r.dir != journalFolder("", file) {
		command += " --journal " + finding.Argument(r.dir)
	}
	return command
}

// end writes what became of the run, where anything was written of it or has to be.
func (r *recorder) end(results []sites.Result, err error) {
	if r.file == nil {
		if len(r.settled) == 0 {
			return
		}
		if err := r.begin(""); err != nil {
			r.a.warnf("%v", err)
			return
		}
	}
	ended := journal.Ended{Outcome: endWord(err), Sites: map[string]int{}, Unclear: r.unclear}
	for _, x := range results {
		ended.Sites[string(x.Outcome)]++
		ended.Statements += x.Statements
	}
	if err := errors.Join(r.Write(journal.Record{Kind: journal.KindEnded, Ended: &ended}), r.file.Close()); err != nil {
		r.a.warnf("the end of the run could not be written into the journal %s: %v", r.name(), withoutName(err))
	}
}

// endWord is what became of a run by its error.
func endWord(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, errStopped) || errors.Is(err, context.Canceled):
		return "stopped"
	}
	return "failed"
}

// seenOf is how far the journal of another run has come, or nothing where its last line
// does not say.
func (a *app) seenOf(dir, name string) *journal.Seen {
	last, _, err := a.journals.end(dir, name)
	if err != nil {
		return nil
	}
	r, ok := journal.Last(last)
	if !ok {
		return nil
	}
	return &journal.Seen{Run: strings.TrimSuffix(name, journalEnding), Lines: r.Line, Hash: r.Hash}
}

// readRun reads one run's journal. With an error of what it holds the lines before come
// back.
func (a *app) readRun(dir, name string) (journal.Run, error) {
	data, err := a.journals.read(dir, name)
	if err != nil {
		return journal.Run{File: filepath.Join(dir, name)}, err
	}
	j, err := journal.Decode(filepath.Join(dir, name), data)
	return journal.Of(filepath.Join(dir, name), j), err
}

// runs reads all of a folder, the oldest first, and what is wrong with any of them.
func (a *app) runs(dir string) ([]journal.Run, error) {
	names, err := a.journals.list(dir)
	if err != nil {
		return nil, err
	}
	var all []journal.Run
	var bad []error
	for _, name := range names {
		r, err := a.readRun(dir, name)
		all, bad = append(all, r), append(bad, err)
	}
	all, cut := journal.Together(all)
	return all, errors.Join(append(bad, cut...)...)
}

// unended reads the runs of a folder that did not end and that nobody is at work on. Of
// those that did no more is read than their last line.
func (a *app) unended(dir string) ([]journal.Run, error) {
	names, err := a.journals.list(dir)
	if err != nil {
		return nil, err
	}
	open := false
	for _, name := range names {
		last, held, err := a.journals.end(dir, name)
		if err != nil {
			return nil, err
		}
		r, ok := journal.Last(last)
		open = open || !held && !(ok && r.Kind == journal.KindEnded && r.Ended.Sites[string(sites.Unknown)]+r.Ended.Unclear == 0)
	}
	if !open {
		return nil, nil
	}
	if err := a.ownJournals(dir, names); err != nil {
		return nil, err
	}
	all, err := a.runs(dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r journal.Run) bool {
		_, held, err := a.journals.end(dir, filepath.Base(r.File))
		return !r.Open() || held || err != nil
	}), nil
}

// ownJournals objects to journals that others may have written: what one says of another
// run counts as much as what that says itself.
func (a *app) ownJournals(dir string, names []string) error {
	for _, name := range names {
		if err := a.journals.safe(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// settle says of every run of the folder that was cut off what became of each of its
// sites, and has that written down with the run that r is of.
func (a *app) settle(ctx context.Context, f *sites.Fleet, r *recorder) error {
	open, err := a.unended(r.dir)
	if err != nil {
		return journalError(err)
	}
	for _, run := range open {
		truths := f.Settle(ctx, run.Doubts())
		if ctx.Err() != nil {
			return errStopped
		}
		word := "did not end"
		if run.Ended != nil {
			word = "ended without knowing all"
		}
		a.warnf("run %s of %s %s: what became of it is", run.Begun.Run, run.At.Format("2006-01-02 15:04"), word)
		for _, s := range run.Sites {
			a.errorf("%s\n", hang("  ", finding.Printable(s.Site+": "+siteTruth(s, truths)), a.errWidth))
		}
		r.settled = append(r.settled, journal.Settled{Run: run.Begun.Run, Sites: truths})
		r.open = append(r.open, run)
	}
	return nil
}

// journalError refuses to go on beside journals that are not what runs wrote.
func journalError(err error) error {
	return &exitError{code: exitFailed, message: fmt.Sprintf("%s; what earlier runs did cannot be told, and nothing was sent: put the folder's files right, or name another with --journal DIR", strings.ReplaceAll(err.Error(), "\n", "; "))}
}

// siteTruth says what a site is after a run that was cut off.
func siteTruth(s journal.SiteRun, truths []journal.SiteTruth) string {
	for _, t := range truths {
		if t.Site != s.Site {
			continue
		}
		switch t.As {
		case journal.Before:
			return "before: its commit was asked for and did not arrive" + since(t.Why)
		case journal.After:
			return "after: its commit was asked for, and carried out" + since(t.Why)
		case journal.Neither:
			return "unknown, and looked at: its commit was asked for, and " + t.Why
		}
		return "unknown: its commit was asked for, and it could not be looked at: " + t.Why
	}
	switch s.Fate() {
	case journal.FateCommitted:
		return "after: it was committed"
	case journal.FateMoved:
		return "unknown, and looked at before"
	}
	return "before: no commit of it was asked for"
}

// since is what else is to be said of a site of which the outcome is known.
func since(why string) string {
	if why == "" {
		return ""
	}
	return "; " + why
}

// loginsOf says what became of logins that cut-off runs were making, now that the servers
// were read, and notes it.
func (r *recorder) loginsOf(fp *sites.FleetPlan) {
	for i, run := range r.open {
		for _, l := range run.Undecided() {
			t := journal.LoginTruth{Server: l.Server, Login: l.Login, Kind: l.Kind, As: fp.LoginStands(l.Server, l.LoginAct)}
			r.settled[i].Logins = append(r.settled[i].Logins, t)
			r.a.errorf("%s\n", hang("  ", finding.Printable(loginTruth(run, l, t.As)), r.a.errWidth))
		}
	}
}

// loginTruth says it of one.
func loginTruth(run journal.Run, l journal.LoginRun, as journal.As) string {
	who := fmt.Sprintf("login %q on server %q", l.Login, l.Server)
	kept := ""
	if l.Kind == journal.CreateLogin && run.Begun.Options.Passwords != "" && l.Type != "U" && l.Type != "G" && l.Type != "E" && l.Type != "X" {
		kept = run.Begun.Options.Passwords
	}
	switch {
	case as == journal.After && kept != "":
		return who + ": it was made, and its password is in " + kept
	case as == journal.After:
		return who + ": " + string(l.Kind) + " was done"
	case as == journal.Before && kept != "":
		return who + ": it was not made, and its password in " + kept + " is nobody's"
	case as == journal.Before:
		return who + ": " + string(l.Kind) + " was not done"
	}
	return who + ": " + string(l.Kind) + " was asked for, and what came of it could not be seen"
}

// written is what a journal says of a run's command line.
func (o applyOptions) written() journal.Options {
	return journal.Options{File: o.file, Sealed: o.sealed, Sites: o.sites, Except: o.except, Shard: o.shard.String(), Adopt: o.adopt, ExpectLoss: o.expectLoss, Passwords: o.passwords, Online: o.online}
}
