package roster

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/policy"
)

// Judge refuses the rows by which the policy would get an error that it has not
// now, and returns how many it refused: then what was written is of no use, and is
// to be written anew without them. Errors that no row is behind are left.
//
// A row's error is found by where it stands, in the table of a person; where it
// stands elsewhere, by whom it names.
func (r *Review) Judge(e *policy.Edited) int {
	j := judge{r: r, rows: map[string]*Verdict{}, people: map[place]string{}, texts: map[string][][]byte{}}
	for i := range r.Rows {
		if v := &r.Rows[i]; v.Result == New || v.Result == Changed {
			j.rows[foldKey(v.wanted())] = v
		}
	}
	for _, u := range e.Policy.Users {
		j.people[place{u.Pos.File, u.Pos.Line}] = u.Name
	}
	for _, c := range e.Written() {
		j.texts[c.File] = bytes.Split(c.After, []byte("\n"))
	}
	refused := map[*Verdict][]Problem{}
	for _, f := range e.Brought.Of(finding.Error) {
		v, column := j.behind(f)
		if v == nil {
			continue
		}
		reason := f.Message
		if fix := fixOf(f); fix != "" {
			reason += "; " + fix
		}
		p := v.at(r.sheet, r.layout, column, "%s", reason)
		if !slices.Contains(refused[v], p) {
			refused[v] = append(refused[v], p)
		}
	}
	for v, why := range refused {
		v.refuse(why...)
	}
	return len(refused)
}

// wanted is what a row's person is called in the policy.
func (v *Verdict) wanted() string {
	if v.user != nil {
		return v.user.Name
	}
	return v.Name
}

// judge finds the row that is behind an error.
type judge struct {
	r      *Review
	rows   map[string]*Verdict // those that are written, by the person's name
	people map[place]string    // who stands where
	texts  map[string][][]byte // the files' lines
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// tableHeader finds the headers of tables, and lineKey the key of a line.
var (
	tableHeader = regexp.MustCompile(`^\s*\[{1,2}\s*([A-Za-z_]+)\s*[].]`)
	lineKey     = regexp.MustCompile(`^\s*([a-z_]+)\s*=`)
)

// behind returns the row behind an error, or nil, and the column that it is about.
func (j *judge) behind(f finding.Finding) (*Verdict, string) {
	if v, column := j.at(f); v != nil {
		return v, column
	}
	for i := range j.r.Rows {
		v := &j.r.Rows[i]
		if j.rows[foldKey(v.wanted())] == v && strings.Contains(f.Message, `"`+v.wanted()+`"`) {
			return v, columnOf(f.Code)
		}
	}
	return nil, ""
}

// at looks at the place of an error.
func (j *judge) at(f finding.Finding) (*Verdict, string) {
	lines := j.texts[f.Where.File]
	if f.Where.Line < 1 || f.Where.Line > len(lines) {
		return nil, ""
	}
	column := ""
	if m := lineKey.FindSubmatch(lines[f.Where.Line-1]); m != nil {
		column = string(m[1])
	}
	within := "" // the tables within the person's
	for n := f.Where.Line; n > 0; n-- {
		line := lines[n-1]
		m := tableHeader.FindSubmatch(line)
		switch {
		case m == nil:
			continue
		case string(m[1]) != "user":
			return nil, ""
		case bytes.Contains(line, []byte("user.")):
			within = colAt
			continue
		}
		switch {
		case within != "":
			column = within
		case !slices.Contains(importable(), column):
			column = columnOf(f.Code)
		}
		return j.rows[foldKey(j.people[place{f.Where.File, n}])], column
	}
	return nil, ""
}

// fixOf is what to do about an error, in the words of a sheet where the finding has
// those of the policy's file.
func fixOf(f finding.Finding) string {
	switch f.Code {
	case finding.UserWithoutGroup:
		return "name a group"
	case finding.NoSites:
		return "name a site, or * for every one"
	}
	return f.Advice()
}

// columnOf is the column that an error is about which stands in no key's line.
func columnOf(code string) string {
	switch code {
	case finding.UserWithoutGroup, finding.UnknownGroup:
		return colGroups
	case finding.NoSites, finding.UnknownSite:
		return colSites
	case finding.SiteTwice:
		return colAt
	case finding.DuplicateLogin:
		return colLogin
	}
	return colName
}
