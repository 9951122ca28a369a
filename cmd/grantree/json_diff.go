package main

import (
	"grantree/catalog"
	"grantree/policy"
)

// The JSON of diff.
type (
	jsonPolicyDiff struct {
		Old     earlier           `json:"old"`
		New     earlier           `json:"new"`
		Differs bool              `json:"differs"`
		Sites   []jsonSiteChange  `json:"sites"`
		Groups  []jsonGroupChange `json:"groups"`
		Beside  []jsonAside       `json:"beside"`
	}
	jsonSiteChange struct {
		Site    string       `json:"site"`
		Is      string       `json:"is,omitempty"` // new or gone
		People  int          `json:"people"`
		Gain    int          `json:"gain"`
		Lose    int          `json:"lose"`
		Effects []jsonEffect `json:"effects"`
	}
	jsonGroupChange struct {
		Group  string     `json:"group"`
		Is     string     `json:"is,omitempty"` // new or gone
		Was    string     `json:"was,omitempty"`
		Gives  []jsonPart `json:"gives,omitempty"`
		Takes  []jsonPart `json:"gives_no_more,omitempty"`
		Denies []jsonPart `json:"denies,omitempty"`
		Spares []jsonPart `json:"denies_no_more,omitempty"`
		Joined []string   `json:"joined,omitempty"`
		Left   []string   `json:"left,omitempty"`
	}
	jsonAside struct {
		What   string `json:"what"`
		Name   string `json:"name"`
		Change string `json:"change"`
	}
)

// json is a difference for programs.
func (d *difference) json() jsonPolicyDiff {
	out := jsonPolicyDiff{Old: d.old, New: d.now, Differs: d.differs(), Sites: []jsonSiteChange{}, Groups: []jsonGroupChange{}, Beside: []jsonAside{}}
	t := newTeller(d.catalog, true)
	for _, s := range d.sites {
		j := jsonSiteChange{Site: s.Site, Is: newOrGone(s.New, s.Gone), People: s.People.Total, Gain: len(s.People.Gain), Lose: len(s.People.Lose), Effects: []jsonEffect{}}
		o := t.outline(s.Views)
		for _, e := range s.People.Effects {
			j.Effects = append(j.Effects, jsonEffect{People: e.People, Enters: e.Enters, Leaves: e.Leaves, Empty: e.Empty, Gains: partsJSON(o, e.Gain), Loses: partsJSON(o, e.Lose)})
		}
		out.Sites = append(out.Sites, j)
	}
	o := t.outline(d.views)
	for _, g := range d.groups {
		out.Groups = append(out.Groups, groupChangeJSON(g, o))
	}
	for _, x := range d.beside {
		out.Beside = append(out.Beside, jsonAside(x))
	}
	return out
}

func groupChangeJSON(g policy.GroupChange, o *catalog.Outline) jsonGroupChange {
	return jsonGroupChange{Group: g.Name, Is: newOrGone(g.New, g.Gone), Was: g.Was, Gives: partsJSON(o, g.Gain), Takes: partsJSON(o, g.Lose),
		Denies: partsJSON(o, g.Denies), Spares: partsJSON(o, g.Spares), Joined: g.Joined, Left: g.Left}
}

func newOrGone(isNew, gone bool) string {
	switch {
	case isNew:
		return "new"
	case gone:
		return "gone"
	}
	return ""
}
