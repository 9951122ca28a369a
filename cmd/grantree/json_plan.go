package main

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"
)

// The JSON contract of "plan", as docs/json.md states it.
type (
	jsonPlan struct {
		Sites    []jsonSite    `json:"sites"`
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
		Site        string       `json:"site"`
		Changes     []jsonChange `json:"changes"`
		People      jsonPeople   `json:"people"`
		Statements  int          `json:"statements"`
		Naive       int          `json:"naive_statements"`
		Fingerprint string       `json:"fingerprint"`
		State       string       `json:"state,omitempty"`
		Error       string       `json:"error,omitempty"`
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
		Gain      int          `json:"gain"`
		Lose      int          `json:"lose"`
		LockedOut int          `json:"locked_out"`
		Effects   []jsonEffect `json:"effects,omitempty"`
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

// planJSON translates a plan.
func planJSON(fp *sites.FleetPlan) jsonPlan {
	out := jsonPlan{Sites: []jsonSite{}, Findings: jsonFindings(fp.Findings), Seats: seatsJSON(fp.Seats)}
	for _, l := range fp.Logins {
		out.Logins = append(out.Logins, jsonLogin{Server: l.Server, Login: l.Login})
	}
	teller := newTeller(fp.Policy.Catalog, true)
	for _, r := range fp.Rows() {
		out.Sites = append(out.Sites, siteJSON(r, teller))
	}
	out.Servers = serversJSON(fp)
	return out
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
func siteJSON(r sites.Row, teller *teller) jsonSite {
	out := jsonSite{Site: r.Site.Name, Changes: []jsonChange{}, State: string(r.Outcome)}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	if r.Plan == nil {
		return out
	}
	p := r.Plan.Plan
	out.Statements, out.Naive, out.Fingerprint = p.Statements(), p.Naive, p.Fingerprint
	out.People = jsonPeople{Gain: len(p.People.Gain), Lose: len(p.People.Lose), LockedOut: len(p.People.LockedOut)}
	for _, e := range p.People.Effects {
		o := teller.outline(r.Plan.Wanted.Views)
		out.People.Effects = append(out.People.Effects, jsonEffect{People: e.People, Enters: e.Enters, Leaves: e.Leaves, Empty: e.Empty,
			Gains: partsJSON(o, e.Gain), Loses: partsJSON(o, e.Lose), GainsMore: e.More, LosesMore: e.Less})
	}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, changeJSON(c))
	}
	return out
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
