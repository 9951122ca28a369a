package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"

	"grantree/policy"
)

// earlier is the policy's file as it was: in git, at a commit.
type earlier struct {
	File   string `json:"file"`
	Commit string `json:"commit,omitempty"`
	When   string `json:"committed,omitempty"` // as git has it

	at time.Time // as of which its ends are judged; zero: now
}

// String is how it is called on the screen.
func (e earlier) String() string {
	if e.Commit == "" {
		return e.File
	}
	day, _, _ := strings.Cut(e.When, "T")
	return fmt.Sprintf("%s at %.12s (%s)", e.File, e.Commit, day)
}

// aDay is a date as it is written here.
var aDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// policyAsOf reads the policy as git has it: as of a commit, by any name that git
// knows it by, or of the end of a day. The files that it includes, and its catalog,
// are read as they were then.
func (a *app) policyAsOf(ctx context.Context, o policyOptions, when string) (*policy.Policy, earlier, error) {
	then := earlier{File: o.file}
	if then.File == "" {
		then.File = policy.DefaultFile
	}
	if err := a.isNoPlan(when); err != nil {
		return nil, then, err
	}
	at, err := endOfDay(when, a.now().Location())
	if err != nil {
		return nil, then, err
	}
	h, err := a.historyOf(ctx, then.File)
	if err == nil {
		then.at = at
		err = h.find(&then, when)
	}
	if err != nil {
		return nil, then, err
	}
	data, err := h.read(then.File)
	if err != nil {
		return nil, then, usageError("%v", err)
	}
	p, found := policy.Parse(policy.Source{File: then.File, Data: data}, h.read)
	if err := found.Err(); err != nil {
		return nil, then, fmt.Errorf("as of %s:\n%w", when, err)
	}
	if at.IsZero() {
		at = a.now()
	}
	return p.At(at), then, nil
}

// endOfDay is the end of a day, or zero for what is no day.
func endOfDay(when string, in *time.Location) (time.Time, error) {
	if !aDay.MatchString(when) {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, when, in)
	if err != nil {
		return time.Time{}, usageError("--as-of %q: there is no such day", when)
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), nil
}

// isNoPlan refuses a file: that of a plan does not hold the policy that it was made
// of.
func (a *app) isNoPlan(when string) error {
	data, err := a.readFile(when)
	if err != nil {
		return nil
	}
	var plan struct {
		Sites *json.RawMessage `json:"sites"`
	}
	if json.Unmarshal(data, &plan) == nil && plan.Sites != nil {
		return usageError("--as-of %q: that is a plan, which holds what would have changed in the sites when it was made, and not the policy; name the commit or the day that it was made of", when)
	}
	return usageError("--as-of %q: that is a file; to compare two policies, name both: grantree diff OLD NEW", when)
}

// history is the repository that a policy stands in.
type history struct {
	a      *app
	ctx    context.Context
	dir    string // of the policy
	root   string
	commit string
}

// historyOf finds the repository of a file.
func (a *app) historyOf(ctx context.Context, file string) (*history, error) {
	name, err := absolute(file)
	if err != nil {
		return nil, usageError("%v", err)
	}
	h := &history{a: a, ctx: ctx, dir: filepath.Dir(name)}
	out, err := a.git(ctx, h.dir, "rev-parse", "--show-toplevel")
	if h.root = strings.TrimRight(string(out), "\r\n"); err != nil || h.root == "" {
		return nil, usageError("git does not know what %s was before: %s", file, complaint(err))
	}
	return h, nil
}

// complaint is an error as the end of a sentence.
func complaint(err error) string {
	if err == nil {
		return "it names no folder"
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// find finds the commit that is meant. What begins with a dash is never handed to
// git: it would be an option. No name of a commit has a colon; what has one is of the
// index or a file.
func (h *history) find(then *earlier, when string) error {
	args := []string{"rev-list", "-1", "--first-parent", "--format=%H %cI"}
	if then.at.IsZero() {
		if when == "" || strings.HasPrefix(when, "-") || strings.Contains(when, ":") || strings.ContainsFunc(when, unicode.IsControl) {
			return usageError("--as-of %q: that is neither a commit nor a day", when)
		}
		out, err := h.a.git(h.ctx, h.dir, "rev-parse", "--verify", "--quiet", when+"^{commit}")
		if err != nil {
			return usageError("--as-of %q: git knows no such commit, and it is no day, as 2026-09-30", when)
		}
		args = append(args, strings.TrimSpace(string(out)))
	} else {
		args = append(args, "--before="+then.at.Format(time.RFC3339), "HEAD")
	}
	out, err := h.a.git(h.ctx, h.dir, append(args, "--")...)
	if err != nil {
		return usageError("--as-of %q: git: %s", when, complaint(err))
	}
	_, line, _ := strings.Cut(strings.TrimSpace(string(out)), "\n") // "commit HASH" comes first
	hash, date, ok := strings.Cut(line, " ")
	if !ok {
		return usageError("--as-of %q: git has no commit of that day or before", when)
	}
	then.Commit, then.When, h.commit = hash, date, hash
	return nil
}

// read returns a file as it was.
func (h *history) read(name string) ([]byte, error) {
	whole, err := absolute(name)
	if err != nil {
		return nil, err
	}
	in, err := filepath.Rel(h.root, whole)
	if err != nil || !filepath.IsLocal(in) {
		return nil, fmt.Errorf("%q is not in the repository %q, so that what it was is not known", name, h.root)
	}
	data, err := h.a.git(h.ctx, h.dir, "cat-file", "blob", h.commit+":"+filepath.ToSlash(in))
	if err != nil {
		return nil, errors.New(name + " at commit " + fmt.Sprintf("%.12s", h.commit) + ": " + complaint(err))
	}
	return data, nil
}
