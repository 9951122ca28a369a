package policy

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"grantree/finding"
	"grantree/tomldoc"
)

// Editor changes the files of a policy by the names of what stands in them.
// What no change is about stays byte for byte as it was, comments and order
// included. Nothing is written: Result returns the new texts.
//
// Every change is made to the files as they were read: what one change adds, a
// later one of the same Editor does not find. A change that cannot be made is
// an error that says why, and after it the Editor is of no use.
type Editor struct {
	src   Source
	read  func(path string) ([]byte, error)
	parse *parser
	pages []*page
	edits map[*page]*tomldoc.Edit
}

// NewEditor begins to edit a policy, which is read as Parse does. A policy may
// have errors, but it is an error where one of its files is no TOML.
func NewEditor(src Source, read func(path string) ([]byte, error)) (*Editor, error) {
	p, pages := parse(src, read, nil)
	e := &Editor{src: src, read: read, parse: p, pages: pages, edits: map[*page]*tomldoc.Edit{}}
	if finding.List(p.findings).HasErrors() {
		for _, pg := range pages {
			if _, err := e.edit(pg); err != nil {
				return nil, err
			}
		}
	}
	return e, nil
}

// Policy returns the policy as it was read.
func (e *Editor) Policy() *Policy { return e.parse.p }

// Edited is what changes make of a policy.
type Edited struct {
	Policy *Policy
	Files  []Change // the files that differ, in the order in which they were read
	// Kept are the other files of the policy, on which the edit was judged: before
	// and after are the same.
	Kept []Change
	// Brought is what is wrong with the policy now and was not before.
	Brought finding.List
}

// Written is all files of the policy, those that differ first.
func (e *Edited) Written() []Change { return slices.Concat(e.Files, e.Kept) }

// Change is a file before and after.
type Change struct {
	File          string
	Before, After []byte
}

// Result returns what the changes make of the policy. It is judged, before and
// after, as "grantree test" judges it at now, but for its [[test]] tables and
// for seats: these are for a plan to count, which knows who leaves.
func (e *Editor) Result(now time.Time) (*Edited, error) {
	out := &Edited{Policy: e.parse.p}
	texts := map[string][]byte{}
	for _, pg := range e.pages {
		text := pg.src.Data
		if edit := e.edits[pg]; edit != nil && edit.Changed() {
			var err error
			if text, err = edit.Text(); err != nil {
				return nil, err
			}
		}
		c := Change{File: pg.src.File, Before: pg.src.Data, After: text}
		if string(text) == string(pg.src.Data) {
			out.Kept = append(out.Kept, c)
			continue
		}
		texts[pg.src.File] = text
		out.Files = append(out.Files, c)
	}
	if len(out.Files) == 0 {
		return out, nil
	}
	src := e.src
	if text, ok := texts[src.File]; ok {
		src.Data = text
	}
	after, _ := parse(src, func(name string) ([]byte, error) {
		if text, ok := texts[name]; ok {
			return text, nil
		}
		return e.read(name)
	}, e.parse.p.Catalog)
	out.Policy = after.p
	before, then := finding.List(e.parse.findings), finding.List(after.findings)
	if !before.HasErrors() && !then.HasErrors() {
		before, then = append(before, e.parse.objections(now)...), append(then, after.objections(now)...)
	}
	out.Brought = brought(before.Sorted(), then.Sorted())
	return out, nil
}

// objections is what is wrong with what a policy wants, as far as can be said
// offline.
func (p *parser) objections(now time.Time) finding.List {
	var out finding.List
	at := p.p.At(now)
	all := at.SitesInUse()
	if len(all) == 0 {
		all = []Site{{Name: "any site"}}
	}
	var checks []SiteCheck
	compiler := NewCompiler(at)
	for _, s := range all {
		snapshot := at.Offline(s)
		wanted, found := compiler.Wanted(snapshot)
		out = append(out, found...)
		checks = append(checks, SiteCheck{Snapshot: snapshot, Wanted: wanted})
	}
	for _, g := range p.p.Groups {
		if !IsVendor(g.Pos) {
			out = append(out, p.p.StillReached(g)...)
		}
	}
	out = append(out, Rules(at, checks, now)...)
	return append(out, at.CheckNames(nil, false)...)
}

// aPlace is a place in a message: an edit moves lines.
var aPlace = regexp.MustCompile(`[^\s()]+:\d+(:\d+)?`)

// brought returns the findings of after that before does not have. Where they
// stand does not count; what is less than an error and about built-in lines is
// left out, since no edit is about those.
func brought(before, after finding.List) finding.List {
	key := func(f finding.Finding) string {
		return f.Code + "\x00" + string(f.Severity) + "\x00" + aPlace.ReplaceAllString(f.Message, "")
	}
	had := map[string]int{}
	for _, f := range before {
		had[key(f)]++
	}
	var out finding.List
	for _, f := range after {
		if k := key(f); had[k] > 0 {
			had[k]--
			continue
		}
		if f.Severity == finding.Error || !IsVendor(f.Where) {
			out = append(out, f)
		}
	}
	return out.Sorted()
}

// edit returns what changes a page's text.
func (e *Editor) edit(pg *page) (*tomldoc.Edit, error) {
	if e.edits[pg] == nil {
		edit, err := tomldoc.NewEdit(pg.src.File, pg.src.Data)
		if err != nil {
			return nil, err
		}
		e.edits[pg] = edit
	}
	return e.edits[pg], nil
}

// set gives a key of a table, or one of its elements, a value; a nil value
// takes the key away.
func (e *Editor) set(w place, value any, key ...any) error {
	edit, err := e.edit(w.page)
	if err != nil {
		return err
	}
	path := w.in(key...).path
	switch value := value.(type) {
	case nil:
		return edit.Unset(path...)
	case []string:
		return edit.SetStrings(value, path...)
	}
	return edit.Set(value, path...)
}

// remove takes a table away.
func (e *Editor) remove(w place) error {
	edit, err := e.edit(w.page)
	if err != nil {
		return err
	}
	return edit.Remove(w.path...)
}

// add writes a table behind the last one of its array in a page.
func (e *Editor) add(w place, keys []tomldoc.Key) error {
	edit, err := e.edit(w.page)
	if err != nil {
		return err
	}
	return edit.Append(keys, w.path...)
}

// lastPage returns the page where the last table of a kind stands, else the
// main file's.
func (e *Editor) lastPage(has func(*filePolicy) int) *page {
	for _, pg := range slices.Backward(e.pages) {
		if has(&pg.in) > 0 {
			return pg
		}
	}
	return e.pages[0]
}

// settings is where [policy] stands, or where one would be written.
func (e *Editor) settings() place {
	if w := e.parse.settingsAt; w.page != nil {
		return w
	}
	return place{e.pages[0], []any{"policy"}}
}

// replace gives elements of a list of names another name, each in its place,
// where is says so.
func (e *Editor) replace(w place, names []string, to string, is func(string) bool) error {
	for i, name := range names {
		if name != to && is(name) {
			if err := e.set(w, to, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// user returns a user of the policy and where they stand.
func (e *Editor) user(name string) (*User, place, error) {
	u := e.parse.p.User(name)
	if u == nil {
		return nil, place{}, fmt.Errorf("there is no user %q%s", name, orNear(name, e.parse.userNames()))
	}
	return u, e.parse.userAt[u], nil
}

// group returns a group that stands in the policy's own files.
func (e *Editor) group(name, verb string) (*Group, place, error) {
	g := e.parse.p.Group(name)
	switch {
	case g == nil && e.parse.preset(name) != nil:
		return nil, place{}, fmt.Errorf("%q is built in and can only be copied", name)
	case g == nil:
		return nil, place{}, fmt.Errorf("there is no group %q%s", name, orNear(name, e.parse.groupNames()))
	case IsVendor(g.Pos):
		return nil, place{}, fmt.Errorf("group %q is the vendor's and stands in none of the policy's files, so it cannot be %s; copy it: grantree group copy", g.Name, verb)
	}
	return g, e.parse.groupAt[g], nil
}

// orNear ends a sentence about an unknown name with the nearest one.
func orNear(name string, known []string) string {
	if near := finding.Nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
