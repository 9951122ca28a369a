package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"
)

// The JSON contract of "plan", as docs/json.md states it.
type (
	jsonPlan struct {
		// "sites", of jsonSite, come first, one after another: see printPlanJSON.
		Logins   []jsonLogin   `json:"logins,omitempty"`
		Findings []jsonFinding `json:"findings"`
		Seats    jsonSeats     `json:"seats"`
		Servers  []jsonServer  `json:"servers,omitempty"`
		Drift    []jsonDrift   `json:"drift,omitempty"` // of a check
	}
	jsonServer struct {
		Server  string       `json:"server"`
		Changes []jsonChange `json:"changes"`
	}
	jsonSite struct {
		Site        string          `json:"site"`
		Changes     json.RawMessage `json:"changes"` // of jsonChange
		People      jsonPeople      `json:"people"`
		Statements  int             `json:"statements"`
		Naive       int             `json:"naive_statements"`
		Fingerprint string          `json:"fingerprint"`
		Mode        grants.Mode     `json:"mode,omitempty"` // but all
		Left        *jsonUndone     `json:"left,omitempty"`
		Ledger      string          `json:"ledger,omitempty"` // the statement that writes its row
		State       string          `json:"state,omitempty"`
		Error       string          `json:"error,omitempty"`
	}
	jsonChange struct {
		Kind        grants.Kind `json:"kind"`
		Principals  []string    `json:"principals"`
		Role        string      `json:"role,omitempty"`
		Was         string      `json:"was,omitempty"`
		Object      string      `json:"object,omitempty"`
		Schema      string      `json:"schema,omitempty"`
		Name        string      `json:"name,omitempty"`
		Permissions []string    `json:"permissions,omitempty"`
		Temporary   bool        `json:"temporary,omitempty"`
		Statement   string      `json:"statement"`
		Reverse     string      `json:"reverse"`
		Causes      []jsonCause `json:"causes"`
	}
	jsonCause struct {
		File  string   `json:"file"`
		Line  int      `json:"line"`
		Node  []string `json:"node,omitempty"`
		Level string   `json:"level,omitempty"`
		Group string   `json:"group,omitempty"`
		User  string   `json:"user,omitempty"`
		Note  string   `json:"note,omitempty"`
	}
	jsonPeople struct {
		Gain      int             `json:"gain"`
		Lose      int             `json:"lose"`
		LockedOut int             `json:"locked_out"`
		Effects   json.RawMessage `json:"effects,omitempty"` // of jsonEffect
	}
	jsonEffect struct {
		People    []string   `json:"people"`
		Enters    bool       `json:"enters,omitempty"`
		Leaves    bool       `json:"leaves,omitempty"`
		Empty     bool       `json:"keeps_nothing,omitempty"`
		Gains     []jsonPart `json:"gains,omitempty"`
		Loses     []jsonPart `json:"loses,omitempty"`
		GainsMore bool       `json:"gains_more,omitempty"`
		LosesMore bool       `json:"loses_more,omitempty"`
	}
	jsonPart struct {
		Node        []string `json:"node,omitempty"`
		Whole       bool     `json:"whole,omitempty"`
		Permissions []string `json:"permissions"`
		Views       []string `json:"views"`
	}
	jsonLogin struct {
		Server string `json:"server"`
		Login  string `json:"login"`
	}
)

// printPlanJSON prints a plan, a site after another.
func (a *app) printPlanJSON(fp *sites.FleetPlan, drift []sites.Drift) error {
	a.answered = true
	out := bufio.NewWriter(a.stdout)
	out.WriteString("{\n  \"sites\": [") // its error comes back from Flush
	for i, r := range fp.Rows() {
		site, err := siteJSON(fp, r)
		if err != nil {
			return err
		}
		text, err := indented(site, "    ")
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    " + finding.PlainJSON(text))
	}
	if len(fp.Rows()) > 0 {
		out.WriteString("\n  ")
	}
	rest := jsonPlan{Findings: jsonFindings(fp.Findings), Seats: seatsJSON(fp.Seats), Servers: serversJSON(fp), Drift: driftJSON(drift)}
	for _, l := range fp.Logins {
		rest.Logins = append(rest.Logins, jsonLogin{Server: l.Server, Login: l.Login})
	}
	text, err := indented(rest, "")
	if err != nil {
		return err
	}
	out.WriteString("]," + finding.PlainJSON(strings.TrimPrefix(text, "{")) + "\n")
	return out.Flush()
}

// indented is a value as JSON whose lines but the first begin with a prefix.
func indented(v any, prefix string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent(prefix, "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// serversJSON translates what happens to the logins of each server: those that
// are made, and the others.
func serversJSON(fp *sites.FleetPlan) []jsonServer {
	var out []jsonServer
	for _, server := range fp.Policy.Servers {
		s := jsonServer{Server: server.Name}
		for _, l := range fp.Logins {
			if l.Server == server.Name {
				r := grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: l.Login, SID: l.SID, Type: l.Type}
				s.Changes = append(s.Changes, jsonChange{Kind: "create_login", Principals: []string{l.Login}, Statement: mssql.Statement(r),
					Reverse: mssql.RenderLogin(grants.LoginChange{Kind: grants.DropLogin, Login: l.Login}), Causes: []jsonCause{causeJSON(l.Cause)}})
			}
		}
		for _, plan := range fp.Servers {
			for _, c := range plan.Changes {
				if plan.Server == server.Name {
					s.Changes = append(s.Changes, loginChangeJSON(c))
				}
			}
		}
		for _, p := range fp.Audits {
			for _, c := range p.Changes {
				if p.Server == server.Name {
					s.Changes = append(s.Changes, jsonChange{Kind: grants.Kind(c.Kind), Principals: []string{}, Statement: strings.Join(c.Statements, "\n"), Reverse: strings.Join(c.Reverse, "\n"),
						Causes: []jsonCause{causeJSON(grants.Cause{Pos: p.Pos})}})
				}
			}
		}
		if len(s.Changes) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// loginChangeJSON translates one change of a login.
func loginChangeJSON(c grants.LoginChange) jsonChange {
	out := jsonChange{Kind: grants.Kind(c.Kind), Principals: []string{c.Login}, Statement: mssql.RenderLogin(c), Reverse: mssql.RenderLoginReverse(c), Causes: []jsonCause{}}
	if c.To != "" {
		out.Principals, out.Was = []string{c.To}, c.Login
	}
	if !c.Cause.Pos.IsZero() {
		out.Causes = append(out.Causes, causeJSON(c.Cause))
	}
	return out
}

// siteJSON translates one site: its plan, what stands in the way of it, or both.
func siteJSON(fp *sites.FleetPlan, r sites.Row) (jsonSite, error) {
	out := jsonSite{Site: r.Site.Name, Changes: json.RawMessage("[]"), State: string(r.Outcome), Mode: partOf(fp.Policy, r.Site)}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	if r.Plan == nil {
		return out, nil
	}
	p := r.Plan.People()
	out.Statements, out.Naive, out.Fingerprint, out.Left = r.Plan.Statements(), r.Plan.Naive(), r.Plan.Fingerprint(), undoneJSON(r.Plan.Left())
	if !r.Plan.Empty() {
		out.Ledger = fp.LedgerInsert()
	}
	out.People = jsonPeople{Gain: len(p.Gain), Lose: len(p.Lose), LockedOut: len(p.LockedOut)}
	text, err := fp.Text(*r.Plan)
	if err != nil {
		return out, err
	}
	var long jsonLong
	err = json.Unmarshal(text, &long)
	out.Changes, out.People.Effects = long.Changes, long.Effects
	return out, err
}

// jsonLong is what is long of a site's JSON.
type jsonLong struct {
	Changes json.RawMessage `json:"changes"`
	Effects json.RawMessage `json:"effects,omitempty"`
}

// jsonParts translates what is long of a site's whole plan. Its text is never an
// error, for it is made of plain values.
func jsonParts(s sites.SitePlan, teller *teller) []byte {
	changes, effects := []jsonChange{}, []jsonEffect(nil)
	for _, e := range s.Plan.People.Effects {
		o := teller.outline(s.Views())
		effects = append(effects, jsonEffect{People: e.People, Enters: e.Enters, Leaves: e.Leaves, Empty: e.Empty,
			Gains: partsJSON(o, e.Gain), Loses: partsJSON(o, e.Lose), GainsMore: e.More, LosesMore: e.Less})
	}
	for _, c := range s.Plan.Changes {
		changes = append(changes, changeJSON(c))
	}
	text, _ := indented(struct {
		Changes []jsonChange `json:"changes"`
		Effects []jsonEffect `json:"effects,omitempty"`
	}{changes, effects}, "")
	return []byte(text)
}

// partsJSON translates what is gained or lost, by node.
func partsJSON(o *catalog.Outline, views map[string]catalog.Permissions) []jsonPart {
	got, names := byKey(views)
	var out []jsonPart
	for _, p := range o.Of(got) {
		part := jsonPart{Whole: p.Whole, Permissions: p.Permissions.Names()}
		if p.Node != nil {
			part.Node = p.Node.Path
		}
		for _, key := range p.Views {
			part.Views = append(part.Views, names[key])
		}
		out = append(out, part)
	}
	return out
}

// changeJSON translates one change.
func changeJSON(c grants.Change) jsonChange {
	out := jsonChange{
		Kind: c.Kind, Principals: c.Principals, Role: c.Role, Was: c.Was, Temporary: c.Temporary,
		Statement: mssql.Render(c), Reverse: mssql.RenderReverse(c), Causes: []jsonCause{},
	}
	if c.View != "" {
		out.Object, out.Schema, out.Name, out.Permissions = c.Schema+"."+c.View, c.Schema, c.View, c.Permissions.Names()
	}
	if c.Kind == grants.CreateSchema {
		out.Schema = c.Schema
	}
	for _, x := range c.Causes {
		out.Causes = append(out.Causes, causeJSON(x))
	}
	return out
}

// causeJSON translates one cause.
func causeJSON(x grants.Cause) jsonCause {
	return jsonCause{File: x.Pos.File, Line: x.Pos.Line, Node: x.Node, Level: string(x.Level), Group: x.Group, User: x.User, Note: x.Note}
}

// equal reports whether two causes say the same.
func (c jsonCause) equal(d jsonCause) bool {
	return c.File == d.File && c.Line == d.Line && c.Level == d.Level && slices.Equal(c.Node, d.Node)
}
