package main

import (
	"encoding/json"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/report/changes"
	"grantree/sites"
	"grantree/sql/mssql"
)

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
