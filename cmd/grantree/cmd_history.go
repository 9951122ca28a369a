package main

import (
	"context"
	"errors"

	"grantree/audit"
	"grantree/policy"
	"grantree/sites"
)

// jsonHistory is what one server wrote down of somebody.
type jsonHistory struct {
	Server   string       `json:"server"`
	Login    string       `json:"login"`
	LastSeen *string      `json:"last_login"` // null: unknown
	By       string       `json:"last_login_source,omitempty"`
	Sources  []jsonSource `json:"sources"`
	Events   []jsonEvent  `json:"events"`
}

type jsonSource struct {
	Source string `json:"source"`
	State  string `json:"state"`
	Why    string `json:"why,omitempty"`
	Since  string `json:"since,omitempty"`
}

type jsonEvent struct {
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Login  string `json:"login"`
	By     string `json:"by,omitempty"`
	From   string `json:"from,omitempty"`
	Detail string `json:"detail,omitempty"`
	Source string `json:"source"`
}

func (a *app) userHistory(ctx context.Context, o fleetOptions, name string) error {
	f, done, err := a.open(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	u, err := findUser(f.Policy, name)
	if err != nil {
		return err
	}
	people, readings, _ := f.Persons(ctx, []*policy.User{u}, false)
	unread := sites.SilentServers(readings)
	var all []jsonHistory
	for _, h := range f.History(ctx, people) {
		unread = errors.Join(unread, h.Err)
		if h.Err == nil {
			all = append(all, historyJSON(h))
		}
	}
	if o.format == "json" {
		return errors.Join(unread, a.printJSON(jsonHistories{u.Name, append([]jsonHistory{}, all...)}))
	}
	for _, h := range all {
		a.printHistory(h)
	}
	return unread
}

// jsonHistories is what the servers wrote down of one person.
type jsonHistories struct {
	User    string        `json:"user"`
	Servers []jsonHistory `json:"servers"`
}

// historyJSON translates what a server wrote down.
func historyJSON(h sites.ServerHistory) jsonHistory {
	out := jsonHistory{Server: h.Server, Login: h.Login, Sources: []jsonSource{}, Events: []jsonEvent{}}
	if at, by, ok := audit.LastSeen(h.Readings, h.Login, h.Same); ok {
		text := moment(at)
		out.LastSeen, out.By = &text, string(by)
	}
	for _, r := range h.Readings {
		out.Sources = append(out.Sources, jsonSource{string(r.Source), string(r.State), r.Why, moment(r.Since)})
	}
	for _, e := range audit.Gather(h.Readings, h.Login, h.Same) {
		out.Events = append(out.Events, jsonEvent{moment(e.At), string(e.Kind), e.Login, e.By, e.From, e.Detail, string(e.Source)})
	}
	return out
}

// shownEvents is how many events are shown of one server.
const shownEvents = 40

// printHistory prints what one server says, the newest first.
func (a *app) printHistory(h jsonHistory) {
	seen := "unknown: no source that was read tells of a log-in"
	if h.LastSeen != nil {
		seen = *h.LastSeen + ", by the " + h.By
	}
	a.printf("%s  login %s\n  last log-in: %s\n", a.bold("Server "+h.Server), h.Login, seen)
	for _, s := range h.Sources {
		text := s.State
		if s.Since != "" {
			text += ", since " + s.Since
		}
		if s.Why != "" {
			text += ": " + s.Why
		}
		a.sentence("  ", pad(s.Source, 15)+text)
	}
	a.printf("\n")
	if len(h.Events) == 0 {
		return
	}
	rows := [][]string{{"WHEN", "WHAT", "BY", "FROM", "DETAIL"}}
	for i, e := range h.Events {
		if i == shownEvents {
			break
		}
		rows = append(rows, []string{e.At, e.Kind, e.By, e.From, e.Detail})
	}
	a.folded(rows)
	if n := len(h.Events) - shownEvents; n > 0 {
		a.printf("  … %d more: --format json has them\n", n)
	}
	a.printf("\n")
}
