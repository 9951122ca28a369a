package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
)

// builtinPolicy stands in where no policy file is named or found, for the
// commands that can answer from the vendor's groups alone.
const builtinPolicy = "[policy]\nextends = \"imaint\"\n"

// policy reads the policy file with all it includes. Warnings of the parse go
// to stderr, errors come back together.
func (a *app) policy(o policyOptions, orBuiltin bool) (*policy.Policy, error) {
	src, err := a.policySource(o, orBuiltin)
	if err != nil {
		return nil, err
	}
	p, findings := policy.Parse(src, a.readFile)
	a.findings(findings.Of(finding.Warning))
	return p.At(a.now()), findings.Err()
}

// policySource reads the policy's main file.
func (a *app) policySource(o policyOptions, orBuiltin bool) (policy.Source, error) {
	file := o.file
	if file == "" {
		file = policy.DefaultFile
	}
	data, err := a.readFile(file)
	if errors.Is(err, fs.ErrNotExist) && o.file == "" {
		if !orBuiltin {
			return policy.Source{}, usageError("there is no %s here: name one with -f FILE, or write one with \"grantree init\"", file)
		}
		file, data, err = "(built-in policy imaint)", []byte(builtinPolicy), nil
	}
	if err != nil {
		return policy.Source{}, usageError("%v", err)
	}
	return policy.Source{File: file, Data: data}, nil
}

// open reads the policy and opens the sites of a run. Call close in any case.
func (a *app) open(ctx context.Context, o fleetOptions) (f *sites.Fleet, close func(), err error) {
	p, err := a.policy(o.policyOptions, false)
	if err != nil {
		return nil, func() {}, err
	}
	return a.fleet(ctx, p, o)
}

// fleet opens the sites of a run: the policy's servers, or the sandbox. Call
// close in any case.
func (a *app) fleet(ctx context.Context, p *policy.Policy, o fleetOptions) (f *sites.Fleet, close func(), err error) {
	stop := func() {}
	options := sites.Options{Only: o.sites, Except: o.except, Shard: o.shard.Shard, Parallel: o.parallel, Warn: a.warnf, FromCatalog: o.sandbox, EveryUser: o.every, Whole: a.whole, Progress: a.step}
	options.Password = func(s policy.Server) (string, error) { return a.password(ctx, s) }
	if len(p.SitesInUse()) == 0 {
		return nil, stop, usageError("%s names no site that is in use: add a [[site]]", p.File)
	}
	if o.sandbox {
		s, err := a.startSandboxes(ctx, p, false)
		if err != nil {
			return nil, stop, fmt.Errorf("sandbox: %w", err)
		}
		p, stop, options.Password = s.policy, s.close, s.password
		if a.tells != "" {
			a.tells = sites.StageMaking // what follows is quick: a log has one line for each site
		}
	}
	f, err = sites.Open(p, options)
	if err != nil {
		return nil, stop, err
	}
	if len(f.Sites) == 0 {
		a.warnf("shard %s has none of the sites; there is nothing to do", o.shard.Shard)
	}
	return f, func() { f.Close(); stop() }, nil
}

// password finds a server's password where its table says. What the table
// holds is not repeated, unless it can only be the name of a variable: it may
// be the password, put into the wrong place.
func (a *app) password(ctx context.Context, s policy.Server) (string, error) {
	switch {
	case s.PasswordEnv != "":
		if p := a.env(s.PasswordEnv); p != "" {
			return p, nil
		}
		return "", fmt.Errorf("the environment variable%s that password_env names (%s), which holds the password of %q, is not set, or is empty", variableName(s.PasswordEnv), s.Pos, s.User)
	case s.PasswordFile != "":
		name := passwordFileOf(s)
		data, err := a.readFile(name)
		if err != nil {
			return "", fmt.Errorf("the file that password_file names (%s), which holds the password of %q: %w", s.Pos, s.User, withoutName(err))
		}
		a.findings(a.passwordFileOpen(s, name))
		return strings.TrimPrefix(strings.TrimRight(string(data), "\r\n"), "\ufeff"), nil
	case a.canAsk:
		return a.askHidden(ctx, fmt.Sprintf("Password of %s on server %s: ", finding.Printable(s.User), finding.Printable(s.Name)))
	}
	return "", fmt.Errorf("there is no password for %q: set password_env or password_file in [server.%s]", s.User, s.Name)
}

// passwordFileOpen warns of a password file that others than its owner may read,
// or that is a link, behind which anything may come to stand. The permissions
// of Windows are not looked at.
func (a *app) passwordFileOpen(s policy.Server, name string) finding.List {
	var out finding.List
	info, err := a.lstat(name)
	switch {
	case err != nil || info == nil:
	case !info.Mode().IsRegular():
		out.Warnf(finding.PasswordFileOpen, s.Pos, "name the file itself", "the file that password_file of server %q names is a link", s.Name)
	case info.Mode().Perm()&0o077 != 0:
		out.Warnf(finding.PasswordFileOpen, s.Pos, "chmod 600 it", "others than its owner may read or write the file that password_file of server %q names (mode %04o)", s.Name, info.Mode().Perm())
	}
	return out
}

// plainVariable is how variables are named by custom.
var plainVariable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// variableName is a variable's name for a sentence, or nothing.
func variableName(name string) string {
	if plainVariable.MatchString(name) {
		return " " + name
	}
	return ""
}

// withoutName is an error about a file without the file's name.
func withoutName(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return errors.New("it cannot be read")
}

// read takes every site's snapshot and prints which could not be read; it
// fails only where none could.
func (a *app) read(ctx context.Context, f *sites.Fleet) ([]sites.Reading, error) {
	end := a.begin(sites.StageReading, len(f.Sites))
	readings := f.Read(ctx)
	end()
	err := stoppedReading(ctx, readings)
	if ctx.Err() != nil && len(readings) > 1 || len(readings) > 0 && !slices.ContainsFunc(readings, sites.Reading.Read) { // but of a shard without sites
		return nil, err
	}
	return readings, err
}

// stoppedReading says what of a run's sites could not be read, and how far it came
// where somebody stopped it: then there are no readings to go on with.
func stoppedReading(ctx context.Context, readings []sites.Reading) error {
	err := sites.Failures(readings)
	if ctx.Err() == nil || len(readings) < 2 {
		return err
	}
	read := slices.DeleteFunc(slices.Clone(readings), func(r sites.Reading) bool { return !r.Read() })
	return stoppedLooking(len(read), len(readings), "read; nothing was changed", err)
}

// planned reads and plans every site of a run. The error speaks of sites that
// could not be read; the plan then covers the others and may be nil.
func (a *app) planned(ctx context.Context, f *sites.Fleet, o sites.PlanOptions) (*sites.FleetPlan, error) {
	return a.plannedOver(ctx, f, o, false)
}

// plannedOver does the same; with all it counts the seats whether the plan
// takes one or not.
func (a *app) plannedOver(ctx context.Context, f *sites.Fleet, o sites.PlanOptions, all bool) (*sites.FleetPlan, error) {
	if err := knownRoles(f.Policy, o.Adopt); err != nil {
		return nil, err
	}
	o.Today, o.FromCatalog = a.now(), f.FromCatalog
	end := a.begin(sites.StageReading, len(f.Sites))
	fp, readings := f.ReadAndPlan(ctx, o, all)
	end()
	err := stoppedReading(ctx, readings)
	if ctx.Err() != nil && len(readings) > 1 {
		return nil, err
	}
	return fp, err
}

// knownRoles refuses to adopt a role that the policy does not name: it would
// be left alone without a word.
func knownRoles(p *policy.Policy, adopt []string) error {
	var roles []string
	for _, g := range p.Groups {
		roles = append(roles, g.Role)
	}
	for _, name := range adopt {
		if name == "*" || slices.ContainsFunc(roles, func(r string) bool { return grants.Collation{}.Equal(r, name) }) {
			continue
		}
		if near := finding.Nearest(name, roles); near != "" {
			return usageError("--adopt: no group of the policy has the role %q; did you mean %q?", name, near)
		}
		return usageError("--adopt: no group of the policy has the role %q", name)
	}
	return nil
}
