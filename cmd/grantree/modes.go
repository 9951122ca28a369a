package main

import (
	"slices"
	"strings"

	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
)

// modeWords say what a mode does, for a reader who has not chosen it.
var modeWords = map[grants.Mode]string{
	grants.Add:    "only gives",
	grants.Narrow: "drops nothing, and leaves alone who is nobody of the policy",
}

// modeSites are the sites of a run into which the policy reaches so far.
type modeSites struct {
	mode  grants.Mode
	sites []string
}

// modesIn are the modes of a run's sites but all, what reaches least first.
func modesIn(fp *sites.FleetPlan) []modeSites {
	var out []modeSites
	for _, m := range grants.Modes {
		var names []string
		for _, r := range fp.Rows() {
			if partOf(fp.Policy, r.Site) == m {
				names = append(names, r.Site.Name)
			}
		}
		if len(names) > 0 {
			out = append(out, modeSites{m, names})
		}
	}
	return out
}

// partOf is how far the policy reaches into a site, or "" where that is all the way.
func partOf(p *policy.Policy, s policy.Site) grants.Mode {
	if m, _ := p.Mode(s); m != grants.All {
		return m
	}
	return ""
}

// words say it in a sentence, naming at most so many sites.
func (m modeSites) words(most int) string {
	return string(m.mode) + " in " + list(m.sites, most) + ": " + modeWords[m.mode] + "."
}

// printModes says of which sites not everything is done that the policy asks for.
func (a *app) printModes(fp *sites.FleetPlan) {
	for _, m := range modesIn(fp) {
		a.sentence("  Mode ", m.words(4))
	}
}

// jsonUndone is what the mode of a site leaves undone.
type jsonUndone struct {
	Keep        []string `json:"keep,omitempty"`
	Lack        []string `json:"lack,omitempty"`
	Users       []string `json:"users,omitempty"`
	Roles       []string `json:"roles,omitempty"`
	Members     int      `json:"members"`
	Rows        int      `json:"rows"`
	Denies      int      `json:"denies"`
	Statements  int      `json:"statements"`
	Stops       []string `json:"stops,omitempty"`
	Withheld    []string `json:"withheld,omitempty"`
	WithheldFor []string `json:"withheld_for,omitempty"`
}

func undoneJSON(l *grants.Left) *jsonUndone {
	if l == nil {
		return nil
	}
	return &jsonUndone{Keep: l.Keep, Lack: l.Lack, Users: l.Users, Roles: l.Roles, Members: l.Members, Rows: l.Rows, Denies: l.Denies,
		Statements: l.Statements, Stops: l.Stops, Withheld: l.Waiting, WithheldFor: l.For}
}

// markdownModes are the same words in a comment.
func markdownModes(fp *sites.FleetPlan) string {
	var b strings.Builder
	for _, m := range modesIn(fp) {
		names := codes(slices.Clone(m.sites), 3)
		b.WriteString("\nMode `" + string(m.mode) + "` in " + names + ": " + modeWords[m.mode] + ".\n")
	}
	return b.String()
}
