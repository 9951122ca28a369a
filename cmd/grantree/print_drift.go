package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/audit"
	"grantree/sites"
)

// jsonDrift is how one site differs from the policy, and who made it so.
type jsonDrift struct {
	Site        string           `json:"site"`
	State       string           `json:"state,omitempty"`
	Differences []jsonDifference `json:"differences"`
	Unverified  []jsonFinding    `json:"unverified,omitempty"`
	Unknown     []string         `json:"unknown,omitempty"`
}

// jsonDifference is one thing; who did it is left out where nobody knows.
type jsonDifference struct {
	What    string `json:"what"`
	By      string `json:"by,omitempty"`
	As      string `json:"as,omitempty"`
	At      string `json:"at,omitempty"`
	From    string `json:"from,omitempty"`
	Program string `json:"program,omitempty"`
	Source  string `json:"source,omitempty"`
}

func driftJSON(list []sites.Drift) []jsonDrift {
	out := []jsonDrift{}
	for _, d := range list {
		line := jsonDrift{Site: d.Site, State: string(d.Outcome), Differences: []jsonDifference{}, Unverified: jsonFindings(d.Unverified), Unknown: d.Unknown}
		for _, x := range d.Differences {
			one := jsonDifference{What: x.What}
			if x.Act != nil {
				one = jsonDifference{What: x.What, By: x.Act.By, As: x.Act.As, At: actTime(*x.Act), From: x.Act.From, Program: x.Act.Program, Source: string(x.Act.Source)}
			}
			line.Differences = append(line.Differences, one)
		}
		out = append(out, line)
	}
	return out
}

// actTime is when something was done, by the server's clock or in UTC.
func actTime(a audit.Act) string {
	text := moment(a.At)
	if a.Source == audit.Audit {
		text += " UTC"
	}
	return text
}

// printDrift prints a line for each site, and with full each difference.
func (a *app) printDrift(list []sites.Drift, full bool) {
	if len(list) == 0 {
		return
	}
	a.printf("\n")
	rows := [][]string{{"SITE", "DIFFERENCES", "WHO MADE THEM"}}
	for _, d := range list {
		n, who := fmt.Sprint(len(d.Differences)), ""
		switch {
		case !d.Read:
			n, who = "-", string(d.Outcome)
		case d.AsPolicy():
			who = "as the policy says"
		default:
			who = stands(d)
		}
		rows = append(rows, []string{d.Site, n, who})
	}
	a.folded(rows, 2)
	for _, why := range unknownWhy(list) {
		a.sentence("  ", "unknown: "+why)
	}
	for _, d := range list {
		if !full || len(d.Differences) == 0 {
			continue
		}
		a.printf("\n  %s\n", a.bold(d.Site))
		for _, x := range d.Differences {
			by := "unknown"
			if x.Act != nil {
				by = actBy(*x.Act) + ", by the " + string(x.Act.Source)
			}
			a.sentence("    ", x.What+": "+by)
		}
	}
}

// actBy says who did something, when and from where.
func actBy(x audit.Act) string {
	by := x.By
	if x.As != "" {
		by += " as " + x.As
	}
	by += ", " + actTime(x)
	if x.From != "" {
		by += ", from " + x.From
	}
	if x.Program != "" {
		by += " (" + x.Program + ")"
	}
	return by
}

// stands is who made the differences of a site that was read, and what else keeps
// it from being as the policy says.
func stands(d sites.Drift) string {
	var parts []string
	if who := whoMade(d); who != "" {
		parts = append(parts, who)
	}
	if d.Outcome != "" {
		parts = append(parts, string(d.Outcome))
	}
	if len(d.Unverified) > 0 {
		parts = append(parts, "not verified: "+byCode(d.Unverified))
	}
	return strings.Join(parts, "; ")
}

// whoMade counts the differences of a site by who made them, the last of each
// with its time and place.
func whoMade(d sites.Drift) string {
	type maker struct {
		n    int
		last audit.Act
	}
	makers, order := map[string]*maker{}, []string{}
	for _, x := range d.Differences {
		if x.Act == nil {
			continue
		}
		m := makers[x.Act.By]
		if m == nil {
			m = &maker{}
			makers[x.Act.By], order = m, append(order, x.Act.By)
		}
		m.n++
		if m.last.At.IsZero() || x.Act.At.After(m.last.At) {
			m.last = *x.Act
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return makers[b].n - makers[a].n })
	var parts []string
	for _, by := range order {
		text := fmt.Sprintf("%d by %s, %s", makers[by].n, by, actTime(makers[by].last))
		if makers[by].last.From != "" {
			text += ", from " + makers[by].last.From
		}
		parts = append(parts, text)
	}
	if unknown := len(d.Differences) - d.Known(); unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", unknown))
	}
	return strings.Join(parts, "; ")
}

// unknownWhy says, once for the sites of each server, why nobody knows.
func unknownWhy(list []sites.Drift) []string {
	var out []string
	for _, d := range list {
		if len(d.Unknown) == 0 {
			continue
		}
		text := "server " + d.Server + ": " + strings.Join(d.Unknown, "; ")
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
