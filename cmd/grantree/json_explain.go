package main

import "grantree/grants"

// jsonDecision is the JSON contract of explain.
type jsonDecision struct {
	User       string       `json:"user"`
	Login      string       `json:"login,omitempty"`
	Site       string       `json:"site"`
	View       string       `json:"view"`
	Permission string       `json:"permission"`
	Allowed    *bool        `json:"allowed"` // null where it is not verified
	Because    []jsonReason `json:"because"`
}

type jsonReason struct {
	Text    string   `json:"text"`
	Kind    string   `json:"kind"`
	Via     []string `json:"via,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Group   string   `json:"group,omitempty"`
	Node    []string `json:"node,omitempty"`
	Level   string   `json:"level,omitempty"`
	Where   string   `json:"where,omitempty"`
}

// decisionsJSON is one object for one answer, a list for several.
func decisionsJSON(decisions []grants.Decision) any {
	out := []jsonDecision{}
	for _, d := range decisions {
		j := jsonDecision{User: d.User, Login: d.Login, Site: d.Site, View: d.View, Permission: d.Permission.String(), Allowed: d.Allowed.Bool(), Because: []jsonReason{}}
		for _, r := range d.Because {
			j.Because = append(j.Because, jsonReason{
				Text: r.Text, Kind: r.Kind, Via: r.Via, Columns: r.Columns, Group: r.Group, Node: r.Node, Level: string(r.Level), Where: r.Where.String(),
			})
		}
		out = append(out, j)
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}
