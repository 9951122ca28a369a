package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"grantree/adoption"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/scripts"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/spf13/cobra"
)

type importOptions struct {
	fleetOptions
	out     string
	report  string
	scripts string
	group   string
}

func newImport(a *app) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import",
		Short: "Write the policy that says what living sites hold",
		Long: `Read sites as they are, and write the policy that says the same: roles as
groups, in the fewest lines over nodes and areas, their people, denies and
overrides. A plan of it changes nothing but grantree's own marks; where no policy
does that, none is written, and what is in the way is named (exit 4).

The file that -f names has the servers and the sites alone; the policy includes
it. Several sites become one policy. With --scripts no server is asked: the
sites hold what the T-SQL scripts of that folder would make, in the order of
their names. What no policy can say, and what of the scripts was not read, is
reported on stderr, or in the file that --report names, one by one, with what to
do about it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.importSites(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.out, "out", "", "the policy to write; it must not exist (default: standard output)")
	c.Flags().StringVar(&o.scripts, "scripts", "", "read the .sql files of this folder instead of the servers")
	c.Flags().StringVar(&o.group, "group", "", "put people who hold something and are in no role into this group, which a plan makes")
	c.Flags().StringVar(&o.report, "report", "", "the file to write the report to; it must not exist")
	return c
}

func (a *app) importSites(ctx context.Context, o importOptions) error {
	if err := a.freeNames(o); err != nil { // before any site is asked
		return err
	}
	src, err := a.policySource(o.policyOptions, false)
	if err != nil {
		return err
	}
	in := adoption.Input{Base: src, Read: a.readFile, File: "(policy)", Include: src.File, Date: a.now(), Group: o.group, Statement: mssql.Statement, Made: mssql.MadeLogin}
	if o.scripts != "" {
		if in.Snapshots, in.Unread, err = a.readScripts(o); err != nil {
			return err
		}
		return a.writeImport(in, o)
	}
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	a.findings(sites.WeakEncryption(f.Policy, f.Sites))
	readings, err := a.read(ctx, f)
	if err != nil {
		return fmt.Errorf("%w\nan import reads all of its sites; --except leaves one out", err)
	}
	for _, r := range readings {
		in.Snapshots = append(in.Snapshots, r.Snapshot)
	}
	return a.writeImport(in, o)
}

// readScripts makes sites of the scripts of a folder, and says what it did not read.
func (a *app) readScripts(o importOptions) ([]*grants.Snapshot, finding.List, error) {
	if o.sandbox {
		return nil, nil, usageError("--scripts asks no server: leave --sandbox out")
	}
	p, err := a.policy(o.policyOptions, false)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := sites.Choose(p, o.sites, o.except)
	if err != nil {
		return nil, nil, err
	}
	files, passed, err := a.scriptFiles(o.scripts)
	if err != nil {
		return nil, nil, err
	}
	var empty []*grants.Snapshot
	for _, site := range chosen {
		empty = append(empty, p.Offline(site))
	}
	out, found := scripts.Read(files, empty, p.Catalog.Prefix)
	if err := found.Err(); err != nil {
		a.findings(append(passed, found.Of(finding.Warning)...))
		return nil, nil, err
	}
	return out, append(passed, found...), nil
}

// scriptFiles reads the .sql files of a folder, and says what it passes by that may
// be one or have some.
func (a *app) scriptFiles(dir string) (files []scripts.File, passed finding.List, err error) {
	names, others, err := a.list(dir)
	if err != nil {
		return nil, nil, usageError("%v", err)
	}
	script := func(name string) bool { return (grants.Collation{}).Equal(filepath.Ext(name), ".sql") }
	for _, name := range names {
		if script(name) {
			data, err := a.readFile(name)
			if err != nil {
				return nil, nil, usageError("%v", err)
			}
			files = append(files, scripts.File{Name: name, Data: data})
		}
	}
	for _, o := range others {
		if script(o.name) || !o.file {
			passed.Warnf(finding.ImportScript, finding.Pos{File: o.name}, "put the scripts themselves into the folder", "not read: %s", o.why)
		}
	}
	if len(files) == 0 {
		text := dir + " has no .sql file"
		for _, p := range passed {
			text += "; " + p.Where.File + " is " + p.Message
		}
		return nil, nil, usageError("%s", text)
	}
	return files, passed, nil
}

// writeImport makes the policy and writes it, and what it does not say.
func (a *app) writeImport(in adoption.Input, o importOptions) error {
	if o.out != "" {
		in.File = o.out
		include, err := filepath.Rel(filepath.Dir(o.out), in.Base.File)
		if err != nil {
			include = in.Base.File
		}
		in.Include = filepath.ToSlash(include)
	}
	in.Seats = func(p *policy.Policy) int { return sites.SeatsFor(p, in.Snapshots, in.Date) }
	got, err := adoption.Import(in)
	var refused *adoption.RefusedError
	switch {
	case errors.As(err, &refused):
		a.findings(refused.Findings)
		return err
	case err != nil:
		return inputOf(err)
	}
	text := got.Report.Text(reportWidth)
	if err := a.importFiles(o, got.Text, []byte(text)); err != nil {
		return err
	}
	switch {
	case o.format == "json":
		if err := a.printJSON(importJSON(got, o)); err != nil {
			return err
		}
	case o.out == "":
		a.printf("%s", safe(got.Text))
	}
	if o.report == "" && o.format == "text" {
		a.errorf("%s\n", safe(text))
	}
	a.imported(got, o)
	return nil
}

// freeNames refuses names that are taken, or that are one.
func (a *app) freeNames(o importOptions) error {
	if o.out != "" && o.report != "" && filepath.Clean(o.out) == filepath.Clean(o.report) {
		return usageError("--out and --report name one file: name another with --report")
	}
	for _, f := range [][2]string{{"--out", o.out}, {"--report", o.report}} {
		if f[1] == "" {
			continue
		}
		if info, _ := a.lstat(f[1]); info != nil {
			return taken(f[1], f[0])
		}
	}
	return nil
}

// importFiles writes the policy and the report, or neither.
func (a *app) importFiles(o importOptions, policy, report []byte) error {
	if err := a.freeNames(o); err != nil { // nobody took one meanwhile
		return err
	}
	if o.report != "" {
		if err := a.newFile(o.report, report, 0o600, "--report"); err != nil {
			return err
		}
	}
	if o.out == "" {
		return nil
	}
	err := a.newFile(o.out, policy, 0o644, "--out")
	if err != nil && o.report != "" {
		err = errors.Join(err, a.remove(o.report))
	}
	return err
}

// reportWidth is how wide a report is written.
const reportWidth = 80

// newFile writes a file that must not exist; flag says how another is named.
func (a *app) newFile(name string, text []byte, mode fs.FileMode, flag string) error {
	err := a.create(name, text, mode)
	if errors.Is(err, fs.ErrExist) {
		return taken(name, flag)
	}
	return err
}

// taken is that a file to be written is there.
func taken(name, flag string) error {
	return usageError("%s exists already and was left alone: name another with %s", name, flag)
}

// inputOf makes what is wrong with the base a wrong input, which exits with 2.
func inputOf(err error) error {
	var input *finding.InputError
	if errors.As(err, &input) {
		return err
	}
	return usageError("%v", err)
}

// imported says what was made, and what to do next.
func (a *app) imported(got *adoption.Result, o importOptions) {
	p, found := got.Policy, got.Report.Findings()
	todo := len(found.Of(finding.Warning))
	a.warnf("%s, %s and %s; %s to look at, of %d in the report", count(len(p.Groups), "group"), count(len(p.Users), "person"), count(len(p.Outsiders), "outsider"), count(todo, "thing"), len(found))
	if o.out != "" {
		a.warnf("%s written; next: read the report, then grantree plan -f %s", o.out, o.out)
	}
}

// The JSON contract of import.
type (
	jsonImport struct {
		File      string           `json:"file"`
		Policy    string           `json:"policy"`
		Groups    int              `json:"groups"`
		Users     int              `json:"users"`
		Outsiders int              `json:"outsiders"`
		Report    []jsonImportItem `json:"report"`
	}
	jsonImportItem struct {
		jsonFinding
		Sites   []string `json:"sites"`
		Rows    int      `json:"rows"`
		Members int      `json:"members"`
	}
)

// importJSON is an import for programs.
func importJSON(got *adoption.Result, o importOptions) jsonImport {
	out := jsonImport{o.out, string(got.Text), len(got.Policy.Groups), len(got.Policy.Users), len(got.Policy.Outsiders), []jsonImportItem{}}
	for _, i := range got.Report.Items {
		x := jsonImportItem{jsonFinding: jsonFindings(finding.List{i.Finding})[0], Sites: i.Sites}
		if x.Sites == nil {
			x.Sites = []string{}
		}
		for _, site := range i.Sites {
			x.Rows, x.Members = x.Rows+len(i.Rows[site]), x.Members+len(i.Members[site])
		}
		out.Report = append(out.Report, x)
	}
	return out
}
