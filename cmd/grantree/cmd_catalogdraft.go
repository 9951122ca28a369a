package main

import (
	"context"
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/catalog/drafting"
	"grantree/finding"
	"grantree/grants"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type catalogDraftOptions struct {
	fleetOptions
	out    string
	name   string
	prefix string
}

func newCatalogDraft(a *app) *cobra.Command {
	var o catalogDraftOptions
	c := &cobra.Command{
		Use:   "draft",
		Short: "Guess nodes for the views of the sites that the catalog does not know",
		Long: `Write a catalog file that extends the policy's catalog by the views that the sites
have beyond it, each at the node where it may belong: by its name, by foreign
keys between the tables behind views, and by what views read. Each line is a
guess and says what it goes by. What only a foreign key suggests is given SELECT
alone, and what nothing suggests a node of its own that no group reaches.

With --new NAME the sites are of another application: a whole catalog is drafted.
Read the draft, correct it, and see with "grantree catalog diff" whom it would give
what.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.catalogDraft(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.out, "out", "", "the file to write, which must not exist; standard output unless named")
	c.Flags().StringVar(&o.name, "new", "", "draft the whole catalog of another application, of this name")
	c.Flags().StringVar(&o.prefix, "prefix", "", "with --new: what the names of the application's views begin with")
	return c
}

func (a *app) catalogDraft(ctx context.Context, o catalogDraftOptions) error {
	if o.prefix != "" && o.name == "" {
		return usageError("--prefix goes with --new: the policy's catalog has a prefix")
	}
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	readings, unread := a.read(ctx, f)
	if readings == nil {
		return unread
	}
	var of *catalog.Catalog
	if o.name != "" {
		of = drafting.New(o.name, o.prefix, "")
	} else if err := foreignErr(f.Policy.Catalog, readings); err != nil {
		return err
	}
	if c := f.Policy.Catalog; of == nil && o.format == "text" && c.Extension == "" && c.Name != catalog.IMaint().Name {
		return usageError("the catalog %q stands alone, and no file extends it: --format json lists the guesses, to be written into it", c.Name)
	}
	in := f.Draft(ctx, readings, of)
	for _, text := range in.Unread {
		a.warnf("%s: no guess goes by it", text)
	}
	if in.Catalog.Prefix == "" {
		return usageError("the names of the sites' views begin with nothing that most have in common: name it with --prefix")
	}
	for _, schema := range sorted(in.Elsewhere) {
		a.warnf("%s in the schema %q left out: a catalog is about one schema, here %q", count(in.Elsewhere[schema], "view"), schema, in.Catalog.Schema)
	}
	return firstError(a.writeDraft(drafting.Of(in.Input), o), unread)
}

// foreignErr objects to sites that have almost none of the catalog's views.
func foreignErr(c *catalog.Catalog, readings []sites.Reading) error {
	var found finding.List
	for _, r := range readings {
		if r.Snapshot == nil {
			continue
		}
		for _, f := range catalog.Compare(c, r.Site.Name, r.Snapshot.Collation.Key, viewsIn(r.Snapshot), r.Site.Ignore) {
			if f.Code == finding.NotTheApplication {
				f.Fix = "correct the database's name, leave the site out with --except, or draft a catalog of its own: grantree catalog draft --new NAME"
				found = append(found, f)
			}
		}
	}
	return found.Err()
}

// viewsIn are the names of a site's views.
func viewsIn(s *grants.Snapshot) []string {
	return namesOf(s.Views, func(v grants.SiteView) string { return v.Name })
}

// writeDraft writes what was guessed, and says what to do with it.
func (a *app) writeDraft(d *drafting.Draft, o catalogDraftOptions) error {
	if o.format == "json" {
		if err := a.printJSON(draftJSON(d)); err != nil {
			return err
		}
	}
	for _, l := range d.Left {
		a.warnf("the view %q is left out: %s", l.View, l.Why)
	}
	if len(d.Guesses) == 0 {
		a.warnf("every view of the sites is in the catalog, or ignored: there is nothing to draft")
		return nil
	}
	switch {
	case o.out != "":
		if err := a.newFile(o.out, []byte(d.Text()), 0o644, "--out"); err != nil {
			return err
		}
	case o.format == "text":
		a.printf("%s", safe(d.Text()))
	}
	a.warnf("%s at %s: %s", count(d.Views(), "view"), count(len(d.Guesses), "place"), strings.Join(placedBy(d), ", "))
	if o.out != "" {
		next := "read it, then: grantree catalog diff imaint " + finding.Argument(o.out)
		if file := d.Extension(); file != "" {
			next = fmt.Sprintf("bring its nodes into %s, then: grantree catalog diff imaint %s", file, finding.Argument(file))
		}
		if o.name != "" {
			next = "read it, and name it in the policy's [catalog]"
		}
		a.warnf("%s written; %s", o.out, next)
	}
	return nil
}

// placedBy counts the places by what they are.
func placedBy(d *drafting.Draft) []string {
	n := map[catalog.Level]int{}
	nodes := map[string]bool{}
	for _, g := range d.Guesses {
		if n[g.Level]++; g.New && g.Level == catalog.Parent {
			nodes[g.Node.Key()] = true
		}
	}
	var out []string
	for _, l := range catalog.EveryLevel() {
		if n[l] > 0 {
			out = append(out, fmt.Sprintf("%d as %s", n[l], l))
		}
	}
	if len(nodes) > 0 {
		out = append(out, count(len(nodes), "new node"))
	}
	return out
}

// jsonGuess is a guess for programs.
type jsonGuess struct {
	View  string       `json:"view"`
	Node  catalog.Path `json:"node"`
	Level string       `json:"level"`
	New   bool         `json:"new"`
	Why   string       `json:"why"`
	Sites []string     `json:"sites"`
}

// jsonDraft is a draft for programs.
type jsonDraft struct {
	Catalog string      `json:"catalog"`
	Guesses []jsonGuess `json:"guesses"`
}

func draftJSON(d *drafting.Draft) jsonDraft {
	out := jsonDraft{Guesses: []jsonGuess{}}
	for _, g := range d.Guesses {
		out.Guesses = append(out.Guesses, jsonGuess{string(g.View), g.Node, string(g.Level), g.New, g.Why, g.Sites})
	}
	if len(d.Guesses) > 0 && d.Extends() {
		out.Catalog = d.Text()
	}
	return out
}
