package sites

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/catalog/drafting"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Unplaced is what a draft of a catalog goes by, and what could not be read of it.
type Unplaced struct {
	drafting.Input
	// Elsewhere counts the views that stand in other schemas than the catalog's.
	Elsewhere map[string]int
	// Unread says of which site what was not read, so that no guess goes by it.
	Unread []string
}

// Draft reads the foreign keys of sites that were read, one round trip each, and
// gathers their views, in the schema of the policy's catalog, and the tables
// behind these. of names the catalog of another application, of which nothing is
// known but, where it says so, a prefix: its schema is the one that has most views.
func (f *Fleet) Draft(ctx context.Context, readings []Reading, of *catalog.Catalog) *Unplaced {
	found := make([]siteViews, len(readings))
	sites := make([]policy.Site, len(readings))
	for i, r := range readings {
		sites[i] = r.Site
	}
	f.eachOf(ctx, sites, func(ctx context.Context, i int, s policy.Site) {
		if readings[i].Snapshot == nil {
			return
		}
		found[i] = viewsOf(readings[i].Snapshot)
		var keys []mssql.ForeignKey
		err := f.retry(ctx, s, func() (err error) {
			keys, err = mssql.ForeignKeys(ctx, f.pools[s.Name])
			return err
		})
		if err != nil {
			found[i].unread = append(found[i].unread, err.Error())
		}
		found[i].refer(keys)
	})
	if of == nil {
		return unplaced(f.Policy.Catalog, readings, found)
	}
	schema := commonest(found)
	if of.Prefix == "" {
		var names []catalog.ViewName
		for _, x := range found {
			for _, v := range x.in(schema) {
				names = append(names, catalog.ViewName(v.Name))
			}
		}
		of.Prefix = drafting.Prefix(names)
	}
	of.Schema = schema
	return unplaced(of, readings, found)
}

// commonest is the schema that has most views.
func commonest(found []siteViews) string {
	n := map[string]int{}
	for _, x := range found {
		for _, v := range x.views {
			n[x.schemas[v.Schema]]++
		}
	}
	return slices.MaxFunc(append(slices.Sorted(maps.Keys(n)), ""), func(a, b string) int { return cmp.Compare(n[a], n[b]) })
}

// unplaced joins what the sites have.
func unplaced(c *catalog.Catalog, readings []Reading, found []siteViews) *Unplaced {
	out := &Unplaced{Input: drafting.Input{Catalog: c}, Elsewhere: map[string]int{}}
	at := map[string]int{}
	keys := map[drafting.Key]bool{}
	for i, x := range found {
		site := readings[i].Site
		for _, why := range x.unread {
			out.Unread = append(out.Unread, fmt.Sprintf("site %q: %s", site.Name, why))
		}
		for _, v := range x.views {
			if name := x.schemas[v.Schema]; !x.same(name, c.Schema) {
				out.Elsewhere[name]++
			}
		}
		for _, v := range x.in(c.Schema) {
			n, again := at[v.Name]
			if !again {
				n = len(out.Views)
				at[v.Name] = n
				out.Views = append(out.Views, drafting.View{Name: catalog.ViewName(v.Name), Ignored: true})
			}
			of := &out.Views[n]
			of.Sites = append(of.Sites, site.Name)
			of.Ignored = of.Ignored && slices.ContainsFunc(site.Ignore, func(name string) bool { return x.same(name, v.Name) })
			for _, t := range x.tables[v.ID] {
				if !slices.Contains(of.Tables, t) {
					of.Tables = append(of.Tables, t)
				}
			}
		}
		for _, k := range x.keys {
			keys[k] = true
		}
	}
	for i := range out.Views {
		slices.Sort(out.Views[i].Tables)
	}
	slices.SortFunc(out.Views, func(x, y drafting.View) int { return cmp.Compare(x.Name, y.Name) })
	out.Keys = slices.SortedFunc(maps.Keys(keys), func(x, y drafting.Key) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	return out
}

// siteViews are the views of one site with the tables that they read.
type siteViews struct {
	views   []grants.SiteView
	schemas map[int]string
	names   map[int]string   // of tables, with their schema
	tables  map[int][]string // by the view's id
	keys    []drafting.Key
	unread  []string
	same    func(a, b string) bool
}

// in returns the views of a schema.
func (x *siteViews) in(schema string) []grants.SiteView {
	var out []grants.SiteView
	for _, v := range x.views {
		if x.same(x.schemas[v.Schema], schema) {
			out = append(out, v)
		}
	}
	return out
}

// viewsOf follows what views refer to, through views and synonyms, to tables.
func viewsOf(s *grants.Snapshot) siteViews {
	out := siteViews{same: s.Collation.Equal, views: s.Views, schemas: map[int]string{}, names: map[int]string{}, tables: map[int][]string{}}
	for _, x := range s.Schemas {
		out.schemas[x.ID] = x.Name
	}
	for _, o := range s.Objects {
		if o.Type == grants.Table {
			out.names[o.ID] = out.schemas[o.Schema] + "." + o.Name
		}
	}
	to := map[int][]int{}
	for _, d := range s.Dependencies {
		to[d.From] = append(to[d.From], d.To)
	}
	for _, v := range s.Views {
		seen := map[int]bool{v.ID: true}
		for rest := []int{v.ID}; len(rest) > 0; rest = rest[1:] {
			for _, id := range to[rest[0]] {
				if seen[id] {
					continue
				}
				seen[id] = true
				rest = append(rest, id)
				if name := out.names[id]; name != "" {
					out.tables[v.ID] = append(out.tables[v.ID], name)
				}
			}
		}
	}
	for _, u := range s.Unread {
		if u.What == grants.WhatDependencies {
			out.unread = append(out.unread, u.What+" was not read")
		}
	}
	return out
}

// refer keeps the foreign keys between tables that have a name here.
func (x *siteViews) refer(keys []mssql.ForeignKey) {
	for _, k := range keys {
		if from, to := x.names[k.From], x.names[k.To]; from != "" && to != "" {
			x.keys = append(x.keys, drafting.Key{From: from, To: to})
		}
	}
}
