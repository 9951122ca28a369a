package roster

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"grantree/finding"
	"grantree/namefold"
	"grantree/xlsx"
)

// The columns of a roster, which have the names of the policy's keys.
const (
	colName     = "name"
	colLogin    = "login"
	colAuth     = "auth"
	colNewLogin = "new_login"
	colFullName = "full_name"
	colEmail    = "email"
	colGroups   = "groups"
	colSites    = "sites"
	colAt       = "at"
	colStatus   = "status"
	colUntil    = "until"
	colReason   = "reason"
)

// Columns that an export adds and an import passes over: what the policy or the
// servers make of the others.
const (
	colSiteGroups = "site_groups"
	colLoginState = "login_state"
	colLiveStatus = "live_status"
	colLastLogin  = "last_login"
)

// headers are what the columns may be called beside their names, without blanks,
// hyphens and the like. Documents say profile for group and branch for site.
func headers() map[string][]string {
	return map[string][]string{
		colName:       {"username", "user", "userid"},
		colLogin:      {"loginname", "loginid", "account"},
		colAuth:       {"authentication", "logintype"},
		colNewLogin:   nil,
		colFullName:   {"displayname", "realname"},
		colEmail:      {"mail", "emailaddress"},
		colGroups:     {"group", "profile", "profiles"},
		colSites:      {"site", "branch", "branches"},
		colAt:         nil,
		colStatus:     {"active", "state"},
		colUntil:      {"validuntil", "enddate", "expires"},
		colReason:     nil,
		colSiteGroups: nil,
		colLoginState: nil,
		colLiveStatus: nil,
		colLastLogin:  {"lastlogon", "lastaccess"},
	}
}

// column finds the column that a header or an administrator means, or "".
func column(text string) string {
	key := headerKey(text)
	for name, others := range headers() {
		if headerKey(name) == key || slices.Contains(others, key) {
			return name
		}
	}
	return ""
}

// headerKey is a header's letters and digits, so that "E-Mail", "e mail" and
// "Group(s)" are what they seem.
func headerKey(text string) string {
	return namefold.Rule{}.Key(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text))
}

// A Mapping says that the column with a header holds what another one is named
// for.
type Mapping struct{ header, column string }

// ParseMap reads mappings as a command line has them:
// "E-mail=name,Profile=group".
func ParseMap(text string) ([]Mapping, error) {
	var out []Mapping
	for part := range strings.SplitSeq(text, ",") {
		i := strings.LastIndex(part, "=")
		if strings.TrimSpace(part) == "" {
			continue
		}
		if i < 0 || headerKey(part[:i]) == "" {
			return nil, fmt.Errorf("%q is not of the form HEADER=COLUMN", part)
		}
		name := column(part[i+1:])
		if name == "" {
			known := importable()
			if near := finding.Nearest(part[i+1:], known); near != "" {
				return nil, fmt.Errorf("%q: there is no column %q; did you mean %q?", part, part[i+1:], near)
			}
			return nil, fmt.Errorf("%q: there is no column %q; there are %s", part, part[i+1:], strings.Join(known, ", "))
		}
		out = append(out, Mapping{strings.TrimSpace(part[:i]), name})
	}
	return out, nil
}

// importable lists the columns that an import takes in, in an export's order.
func importable() []string {
	return []string{colName, colLogin, colAuth, colNewLogin, colFullName, colEmail, colGroups, colSites, colAt, colStatus, colUntil, colReason}
}

// layout is where a sheet's columns stand, counted from 0.
type layout struct {
	at      map[string]int
	ignored []string
}

// has reports whether the sheet has a column.
func (l layout) has(name string) bool {
	_, ok := l.at[name]
	return ok
}

// columns finds out what the columns of a sheet are. A mapping goes before what
// a header says itself.
func (s *Sheet) columns(maps []Mapping) (layout, []Problem) {
	out := layout{at: map[string]int{}}
	var problems []Problem
	object := func(i int, format string, args ...any) {
		problems = append(problems, problemf(s.Header.Number, i, format, args...))
	}
	mapped := map[int]bool{}
	for _, m := range maps {
		i := slices.IndexFunc(s.Header.Cells, func(c Cell) bool { return headerKey(c.Text) == headerKey(m.header) })
		switch before, twice := out.at[m.column]; {
		case i < 0:
			object(-1, "there is no column %q, which --map makes %s; the columns are %s", m.header, m.column, s.headerNames())
		case twice:
			object(i, "--map makes both column %s and column %s %s", xlsx.ColumnName(before), xlsx.ColumnName(i), m.column)
		default:
			out.at[m.column], mapped[i] = i, true
		}
	}
	for i, c := range s.Header.Cells {
		name := column(c.Text)
		before, taken := out.at[name]
		switch {
		case c.Kind == Merged:
			object(i, "the header is merged with another cell: unmerge them, so that each column has its own name")
		case c.Kind == Formula:
			object(i, "the header is a formula: write the column's name")
		case mapped[i]:
		case name == "" && strings.TrimSpace(c.Text) == "":
			out.ignored = append(out.ignored, "column "+xlsx.ColumnName(i)+", which has no name")
		case name == "", taken && mapped[before]:
			out.ignored = append(out.ignored, c.Text)
		case taken:
			object(i, "column %s is %s already: rename one of them, or say with --map which it is", xlsx.ColumnName(before), name)
		default:
			out.at[name] = i
		}
	}
	if !out.has(colName) && len(problems) == 0 {
		object(-1, "no column is called %q, which says whom a row is about; the columns are %s; say which one it is with --map HEADER=name", colName, s.headerNames())
	}
	return out, problems
}

// notes is what somebody should know who reads a review: columns that an export
// adds and an import does not take back, and what a workbook does not show.
func (s *Sheet) notes(l layout) []Problem {
	var out []Problem
	note := func(column int, format string, args ...any) {
		p := problemf(s.Header.Number, column, format, args...)
		if column >= 0 && column < len(s.Header.Cells) {
			p.Field = clean(s.Header.Cells[column].Text)
		}
		out = append(out, p)
	}
	for _, name := range []string{colSiteGroups, colLoginState, colLiveStatus, colLastLogin} {
		if i, ok := l.at[name]; ok {
			note(i, "not taken in: what sites and servers have is not for a sheet to say")
		}
	}
	for _, i := range s.HiddenColumns {
		if i < len(s.Header.Cells) && !slices.Contains(l.ignored, s.Header.Cells[i].Text) {
			note(i, "the column is hidden in the workbook, and was read")
		}
	}
	for _, name := range s.HiddenSheets {
		out = append(out, Problem{Reason: fmt.Sprintf("the sheet %q is hidden in the workbook, and was not read", shorten(name))})
	}
	return out
}

// headerNames lists the headers in a sentence.
func (s *Sheet) headerNames() string {
	var out []string
	for i, c := range s.Header.Cells {
		if i == 20 {
			return strings.Join(out, ", ") + " and more"
		}
		if text := clean(c.Text); text != "" {
			out = append(out, fmt.Sprintf("%q", shorten(text)))
		}
	}
	return strings.Join(out, ", ")
}

// shorten cuts a text for a message.
func shorten(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}
