package main

import (
	"encoding/json"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/report/changes"
	"grantree/sites"
	"grantree/sql/mssql"
)

// grantedRow is what a grantee is given and loses on views, by their names. Lift is what
// is not denied any more.
type grantedRow struct{ Grant, Revoke, Deny, Lift map[string]catalog.Permissions }

// statementsForPage are a site's statements as a page holds them, and what they give to
// and take from each grantee, in one text.
func statementsForPage(s sites.SitePlan) []byte {
	var out changes.Statements
	rows := map[string]*grantedRow{}
	for _, c := range s.Plan.Changes {
		var causes []changes.Cause
		for _, x := range c.Causes {
			causes = append(causes, causeForPage(x))
		}
		var back []string
		for _, r := range c.Reverse() {
			back = append(back, mssql.Render(onScreen(r)))
		}
		out.Add(changes.Change{Kind: string(c.Kind), Statement: printableLines(mssql.Render(onScreen(c))), Reverse: printableLines(strings.Join(back, "\n")), Temporary: c.Temporary}, causes)
		if !c.Temporary {
			countRows(rows, c)
		}
	}
	text, _ := json.Marshal([2]any{out, rows}) // of plain values
	return text
}

// readWritten reads that text.
func readWritten(text []byte) (statements json.RawMessage, rows map[string]*grantedRow, err error) {
	var halves [2]json.RawMessage
	if err := json.Unmarshal(text, &halves); err != nil {
		return nil, nil, err
	}
	return halves[0], rows, json.Unmarshal(halves[1], &rows)
}

// countRows counts what a change of permissions gives and takes.
func countRows(rows map[string]*grantedRow, c grants.Change) {
	add := func(name, view string, what func(*grantedRow) *map[string]catalog.Permissions, p catalog.Permissions) {
		if rows[name] == nil {
			rows[name] = &grantedRow{}
		}
		m := what(rows[name])
		if *m == nil {
			*m = map[string]catalog.Permissions{}
		}
		(*m)[view] |= p
	}
	grant := func(r *grantedRow) *map[string]catalog.Permissions { return &r.Grant }
	deny := func(r *grantedRow) *map[string]catalog.Permissions { return &r.Deny }
	taken := func(s grants.State) func(*grantedRow) *map[string]catalog.Permissions {
		if s == grants.Denied {
			return func(r *grantedRow) *map[string]catalog.Permissions { return &r.Lift }
		}
		return func(r *grantedRow) *map[string]catalog.Permissions { return &r.Revoke }
	}
	switch c.Kind {
	case grants.GrantOn, grants.DenyOn:
		what := grant
		if c.Kind == grants.DenyOn {
			what = deny
		}
		for _, name := range c.Principals {
			add(name, c.View, what, c.Permissions)
		}
	}
	switch {
	case c.Kind == grants.GrantOn || c.Kind == grants.DenyOn || c.Kind == grants.RevokeOn:
		for _, b := range c.Before {
			add(b.Principal, c.View, taken(b.State), b.Permission)
		}
	case c.Drops != nil:
		for _, r := range c.Drops.Rows {
			for _, name := range c.Principals {
				add(name, r.View, taken(r.State), r.Permissions)
			}
		}
	}
}

// causeForPage is a cause in the words of a page.
func causeForPage(x grants.Cause) changes.Cause {
	out := changes.Cause{Where: finding.Pos{File: x.Pos.File, Line: x.Pos.Line}.String(), Level: string(x.Level), Note: x.Note}
	if len(x.Node) > 0 {
		out.Node = x.Node.String()
	}
	switch {
	case x.Group != "":
		out.Of = "group " + x.Group
	case x.User != "":
		out.Of = "user " + x.User
	}
	return out
}

// printableLines writes a text out line by line.
func printableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = finding.Printable(line)
	}
	return strings.Join(lines, "\n")
}

// servers puts what happens to the logins of each server before the statements of sites.
func (p *planPage) servers() {
	hide := connections(p.fp)
	for _, s := range serversJSON(p.fp) {
		var out changes.Statements
		for _, c := range s.Changes {
			var causes []changes.Cause
			for _, x := range c.Causes {
				causes = append(causes, causeForPage(grants.Cause{Pos: finding.Pos{File: x.File, Line: x.Line}, Group: x.Group, User: x.User, Note: x.Note}))
			}
			out.Add(changes.Change{Kind: string(c.Kind), Statement: printableLines(hide.Replace(c.Statement)), Reverse: printableLines(hide.Replace(c.Reverse))}, causes)
		}
		text, _ := json.Marshal(out) // of plain values
		p.batches = append(p.batches, text)
		p.out.Batches = append(p.out.Batches, changes.Batch{Server: s.Server, Changes: len(s.Changes), Statements: len(s.Changes)})
	}
}

// modes are the modes of sites, and what each leaves undone; sites in which that is the
// same are one.
func (p *planPage) modes() {
	left, hide := map[string]*grants.Left{}, runnerHidden(p.fp)
	for _, s := range p.fp.Sites {
		left[s.Site.Name] = s.Left()
	}
	for _, m := range modesIn(p.fp) {
		out := changes.Mode{Mode: string(m.mode), Words: modeWords[m.mode], Sites: p.at(m.sites), Left: []changes.Left{}}
		at := map[string]int{}
		for _, name := range m.sites {
			lines := undoneTold(left[name], hide)
			if len(lines) == 0 {
				continue
			}
			text, _ := json.Marshal(lines) // of plain values
			i, known := at[string(text)]
			if !known {
				i = len(out.Left)
				at[string(text)] = i
				out.Left = append(out.Left, changes.Left{Lines: lines})
			}
			out.Left[i].Sites = append(out.Left[i].Sites, p.siteAt[name])
		}
		p.out.Modes = append(p.out.Modes, out)
	}
}

// runnerHidden writes names, and texts with names, without as whom grantree logs in.
func runnerHidden(fp *sites.FleetPlan) func(string) string {
	texts, runners := connections(fp), map[string]bool{}
	for _, s := range fp.Policy.Servers {
		runners[grants.Collation{}.Key(s.User)] = s.User != ""
	}
	return func(text string) string {
		if runners[grants.Collation{}.Key(text)] {
			return "grantree's own"
		}
		return texts.Replace(text)
	}
}

// undoneTold says what a mode leaves undone.
func undoneTold(l *grants.Left, hide func(string) string) []changes.Line {
	if l == nil {
		return nil
	}
	var out []changes.Line
	say := func(text string, names ...string) {
		if len(names) > 0 {
			said := make([]string, len(names))
			for i, name := range names {
				said[i] = hide(name)
			}
			out = append(out, tell(text, said).line())
		}
	}
	number := func(n int, what, rest string) {
		if n > 0 {
			out = append(out, tell(count(n, what)+rest).line())
		}
	}
	say("Can still do more than the policy says: %s.", l.Keep...)
	say("Can still do less than the policy says: %s.", l.Lack...)
	say("Accounts that nothing asks for, and that stay: %s.", l.Users...)
	say("Roles that nothing asks for, and that stay: %s.", l.Roles...)
	number(l.Members, "membership", " that nothing asks for")
	number(l.Rows, "permission", " on views that nothing asks for")
	number(l.Denies, "DENY statement", " not sent")
	number(l.Statements, "statement", " in all that mode all would send")
	say("Errors that would stop mode all: %s.", l.Stops...)
	say("Withheld, because it would give or take what the policy does not: %s.", l.Waiting...)
	say("Whom that is about: %s.", l.For...)
	return out
}
