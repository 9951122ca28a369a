package main

import (
	"time"

	"grantree/journal"
)

// jsonLog is what runs wrote down.
type jsonLog struct {
	Runs []jsonRun `json:"runs"`
}

// jsonRun is one run.
type jsonRun struct {
	Run       string         `json:"run"`
	Command   string         `json:"command"`
	Undoes    string         `json:"undoes,omitempty"`
	User      string         `json:"user"`
	Host      string         `json:"host"`
	Program   string         `json:"program"`
	Began     string         `json:"began"`
	Last      string         `json:"last"`    // when its last line was written
	Outcome   string         `json:"outcome"` // done, failed, stopped or not ended
	SettledBy string         `json:"settled_by,omitempty"`
	Plan      string         `json:"plan,omitempty"`
	Policy    string         `json:"policy,omitempty"`
	Catalog   string         `json:"catalog,omitempty"`
	Logins    []jsonRunLogin `json:"logins"`
	Sites     []jsonRunSite  `json:"sites"`
}

// jsonRunLogin is what was done to a login.
type jsonRunLogin struct {
	Server  string `json:"server"`
	Kind    string `json:"kind"`
	Login   string `json:"login"`
	To      string `json:"to,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Why     string `json:"why,omitempty"`
}

// jsonRunSite is what was done to a site.
type jsonRunSite struct {
	Site       string        `json:"site"`
	Server     string        `json:"server"`
	Database   string        `json:"database"`
	Outcome    string        `json:"outcome"`
	Statements int           `json:"statements"` // that were committed
	Parts      []jsonRunPart `json:"parts"`
}

// jsonRunPart is one transaction; statements and what takes them back are of a run that
// was asked for.
type jsonRunPart struct {
	At         string   `json:"at"`
	Outcome    string   `json:"outcome"`
	Why        string   `json:"why,omitempty"`
	SettledBy  string   `json:"settled_by,omitempty"`
	Before     string   `json:"before"`
	After      string   `json:"after,omitempty"`
	Ledger     string   `json:"ledger,omitempty"`
	Statements []string `json:"statements"`
	Reverse    []string `json:"reverse"`
}

func logJSON(all []journal.Run, whole bool) jsonLog {
	out := jsonLog{[]jsonRun{}}
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
	for _, r := range all {
		b := r.Begun
		one := jsonRun{Run: b.Run, Command: b.Command, Undoes: b.Undoes, User: b.User, Host: b.Host, Program: b.Program, Began: stamp(r.At), Last: stamp(r.End),
			Outcome: "not ended", SettledBy: r.Closed, Plan: b.Plan, Policy: b.Policy, Catalog: b.Catalog, Logins: []jsonRunLogin{}, Sites: []jsonRunSite{}}
		if r.Ended != nil {
			one.Outcome = r.Ended.Outcome
		}
		for _, l := range r.Logins {
			one.Logins = append(one.Logins, jsonRunLogin{l.Server, string(l.Kind), l.Login, l.To, string(l.Outcome), l.Why})
		}
		for _, s := range r.Sites {
			site := jsonRunSite{s.Site, s.Server, s.Database, string(s.Fate()), s.Statements(), []jsonRunPart{}}
			for _, p := range s.Parts {
				part := jsonRunPart{At: stamp(p.At), Outcome: string(p.Fate), Why: p.Why, SettledBy: p.By, Before: p.Before, After: p.After, Ledger: p.Ledger, Statements: []string{}, Reverse: []string{}}
				if whole {
					part.Statements, part.Reverse = statementsOfPart(p)
				}
				site.Parts = append(site.Parts, part)
			}
			one.Sites = append(one.Sites, site)
		}
		out.Runs = append(out.Runs, one)
	}
	return out
}
