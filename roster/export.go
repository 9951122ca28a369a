package roster

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strings"

	"grantree/policy"
	"grantree/xlsx"
)

// What a person of the policy is, as a sheet says it.
const (
	StatusActive   = "active"
	StatusInactive = "inactive" // the policy says so
	StatusExpired  = "expired"  // their until is over
)

// Person is a person of the policy, as an export lists them.
type Person struct {
	Name       string      `json:"name"`
	Login      string      `json:"login"`
	Auth       string      `json:"auth"`
	NewLogin   bool        `json:"new_login"`
	FullName   string      `json:"full_name"`
	Email      string      `json:"email"`
	Groups     []string    `json:"groups"`
	Sites      []string    `json:"sites"`
	At         []At        `json:"at"`
	Status     string      `json:"status"`
	Until      string      `json:"until"`
	Reason     string      `json:"reason"`
	SiteGroups []SiteGroup `json:"site_groups"`
	Live       *Live       `json:"live,omitempty"`
}

// At is a part of a person's at.
type At struct {
	Sites  []string `json:"sites"`
	Groups []string `json:"groups"`
}

// SiteGroup is the groups that a person is in in one site, the baseline's too;
// nil where that is not known.
type SiteGroup struct {
	Site   string   `json:"site"`
	Groups []string `json:"groups"`
}

// Live is what the servers say of a person.
type Live struct {
	Login     string `json:"login"`      // enabled, disabled, missing or unknown; where servers differ, each by name
	LastLogin string `json:"last_login"` // "": not known
	Status    string `json:"status"`     // active, locked, unknown …: what the servers and sites say; where servers differ, each by name
}

// People lists the people of a policy in its order; where they are in which
// group is what the policy gives them.
func People(p *policy.Policy) []Person {
	groups, sites := newIndex[string](), newIndex[string]()
	for _, g := range p.Groups {
		groups.add(g.Name, g.Name)
	}
	for _, s := range p.Sites {
		sites.add(s.Name, s.Name)
	}
	out := []Person{}
	for _, u := range p.Users {
		one := Person{Name: u.Name, Login: u.Login, Auth: string(u.Auth), NewLogin: u.NewLogin, FullName: u.FullName, Email: u.Email,
			Groups: canonical(u.Groups, groups), Sites: canonical(u.Sites, sites), At: []At{}, Status: StatusActive, Until: u.Until.String(), Reason: u.Reason, SiteGroups: []SiteGroup{}}
		switch {
		case u.Past:
			one.Status = StatusExpired
		case u.Inactive:
			one.Status = StatusInactive
		}
		for _, a := range u.At {
			one.At = append(one.At, At{canonical(a.Sites, sites), canonical(a.Groups, groups)})
		}
		for _, s := range p.UserSites(u) {
			in := canonical(p.GroupsIn(u, s.Name), groups)
			if g := p.BaselineIn(s.Name); g != nil && !slices.Contains(in, g.Name) {
				in = append(in, g.Name)
			}
			one.SiteGroups = append(one.SiteGroups, SiteGroup{s.Name, in})
		}
		out = append(out, one)
	}
	return out
}

// header is the columns of a sheet; live says that servers were asked.
func header(live bool) []string {
	out := append(importable(), colSiteGroups)
	if live {
		out = append(out, colLoginState, colLastLogin, colLiveStatus)
	}
	return out
}

// cells is a person in a sheet: what a program would run is defused, and what a
// cell cannot carry is a space.
func (p Person) cells(live bool) []string {
	var at []elsewhere
	for _, a := range p.At {
		at = append(at, elsewhere{a.Sites, a.Groups})
	}
	var in []string
	for _, s := range p.SiteGroups {
		groups := joinBars(s.Groups)
		if s.Groups == nil {
			groups = Unknown
		}
		in = append(in, quoteElement(s.Site)+": "+groups)
	}
	out := []string{p.Name, p.Login, p.Auth, yesNo(p.NewLogin), p.FullName, p.Email, joinList(p.Groups), joinList(p.Sites), joinAt(at), p.Status, p.Until, p.Reason, strings.Join(in, "; ")}
	if live {
		l := Live{}
		if p.Live != nil {
			l = *p.Live
		}
		out = append(out, cmp.Or(l.Login, Unknown), cmp.Or(l.LastLogin, Unknown), cmp.Or(l.Status, Unknown))
	}
	for i, text := range out {
		out[i] = xlsx.Defuse(clean(text))
	}
	return out
}

// WriteCSV writes people as a spreadsheet program reads them without asking:
// UTF-8 with a byte order mark, and every cell in quotation marks.
func WriteCSV(w io.Writer, people []Person, live bool) error {
	b := bufio.NewWriter(w)
	b.WriteString("\ufeff")
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	line(header(live))
	for _, p := range people {
		line(p.cells(live))
	}
	return b.Flush()
}

// WriteXLSX writes people to a workbook with one sheet, all its cells texts.
func WriteXLSX(w io.Writer, people []Person, live bool) error {
	sheet := xlsx.Sheet{Name: "People", Rows: func(yield func([]string) bool) {
		for _, p := range people {
			if !yield(p.cells(live)) {
				return
			}
		}
	}}
	for _, heading := range header(live) {
		sheet.Columns = append(sheet.Columns, xlsx.Column{Heading: heading})
	}
	return xlsx.Write(w, sheet)
}
