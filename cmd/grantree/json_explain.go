package main

import (
	"slices"

	"grantree/grants"
)

// jsonDecision is the JSON contract of explain.
type jsonDecision struct {
	User       string        `json:"user"`
	OfGroup    string        `json:"of_group,omitempty"`
	Login      string        `json:"login,omitempty"`
	Site       string        `json:"site"`
	View       string        `json:"view"`
	Permission string        `json:"permission"`
	Allowed    *bool         `json:"allowed"` // null where it is not verified
	Because    []jsonReason  `json:"because"`
	Edit       *jsonEditThat `json:"edit,omitempty"`
}

type jsonReason struct {
	Text    string     `json:"text"`
	Kind    string     `json:"kind"`
	Via     []string   `json:"via,omitempty"`
	Steps   []jsonStep `json:"steps,omitempty"`
	Beaten  bool       `json:"beaten,omitempty"`
	Columns []string   `json:"columns,omitempty"`
	Group   string     `json:"group,omitempty"`
	Node    []string   `json:"node,omitempty"`
	Level   string     `json:"level,omitempty"`
	Where   string     `json:"where,omitempty"`
}

// jsonEditThat is the smallest edit of the policy that would change an answer, or why
// there is none.
type jsonEditThat struct {
	Commands []string         `json:"commands"`
	Files    []jsonEditedFile `json:"files"`
	Lost     int              `json:"lost"`
	Others   []string         `json:"others"`
	WhyNone  string           `json:"why_none,omitempty"`
	Refused  []jsonRefused    `json:"refused,omitempty"`
}

type jsonRefused struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// jsonStep is a membership on the way to a role.
type jsonStep struct {
	Member string `json:"member"`
	Role   string `json:"role"`
	Asked  bool   `json:"by_policy"`
	Where  string `json:"where,omitempty"`
	// Accepted says how the policy accepts it that does not ask for it.
	Accepted string `json:"accepted,omitempty"`
}

// decisionsJSON is one object for one answer, a list for several.
func decisionsJSON(decisions []grants.Decision, alike []together, edits []*edit) any {
	out := []jsonDecision{}
	for _, d := range decisions {
		var that *jsonEditThat
		for i, t := range alike {
			if edits != nil && slices.Contains(t.sites, d.Site) {
				that = edits[i].json()
			}
		}
		j := jsonDecision{User: d.User, OfGroup: d.Group, Login: d.Login, Site: d.Site, View: d.View, Permission: d.Permission.String(), Allowed: d.Allowed.Bool(), Because: []jsonReason{}, Edit: that}
		for _, r := range d.Because {
			var steps []jsonStep
			for _, s := range r.Steps {
				steps = append(steps, jsonStep{s.Member, s.Role, s.Asked, s.Where.String(), s.Accepted})
			}
			j.Because = append(j.Because, jsonReason{
				Text: r.Text, Kind: r.Kind, Via: r.Via, Steps: steps, Beaten: r.Beaten, Columns: r.Columns, Group: r.Group, Node: r.Node, Level: string(r.Level), Where: r.Where.String(),
			})
		}
		out = append(out, j)
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}
