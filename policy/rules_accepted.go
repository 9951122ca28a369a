package policy

import (
	"slices"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// accepted is somebody who may reach confidential views because the policy accepts
// it of them, and not by a group of the view's.
type accepted struct {
	who string // "outsider \"svc\"", "user \"ann\""
	by  string // how the policy says so
	fix string
	may catalog.Permissions
	pos finding.Pos
}

// reached are the confidential views that somebody reaches, and the sites.
type reached struct{ views, sites map[string]bool }

// accepted finds whom the policy lets reach a confidential view beside its groups:
// people by what they may also be, where that opens every view, and outsiders,
// whose may is of every view.
func (m *intended) accepted(found map[accepted]reached, today time.Time) {
	for _, c := range m.p.Confidential {
		view := string(m.p.Catalog.SiteName(c.View))
		if _, there := m.Place(view); !there {
			continue
		}
		add := func(a accepted) {
			if _, known := found[a]; !known {
				found[a] = reached{map[string]bool{}, map[string]bool{}}
			}
			found[a].views[view], found[a].sites[m.w.Site] = true, true
		}
		for _, o := range m.p.OutsidersIn(m.w.Site, today) {
			if !o.May.IsEmpty() {
				add(accepted{who: "outsider " + quote(o.Name), by: "[[outsider]], whose may is of every view", may: o.May, pos: o.Pos,
					fix: "see that it holds nothing there, or remove the [[outsider]]"})
			}
		}
		for _, u := range m.p.Users {
			also := m.p.AlsoIn(u, m.w.Site)
			if len(also.Words) == 0 || !m.p.enters(u, m.w.Site) || slices.ContainsFunc(m.Tokens(u.Name), func(t string) bool { return m.p.among(m.group[t], c.Groups) }) {
				continue
			}
			may, words, first := catalog.None, []string(nil), finding.Pos{}
			for i, word := range also.Words {
				if opens := grants.Opens(word); !opens.IsEmpty() {
					if len(words) == 0 {
						first = also.At[i]
					}
					may, words = may.Union(opens), append(words, word)
				}
			}
			if len(words) > 0 {
				add(accepted{who: "user " + quote(u.Name), by: "also = [" + quoted(words, 5) + "]", may: may, pos: first,
					fix: "take it out of also, or put them into a group that the view is for"})
			}
		}
	}
}

// acceptedFindings makes one finding of the views and sites of each. It is a
// warning: the policy says so itself, with a reason, and of a sysadmin it cannot
// be otherwise.
func acceptedFindings(found map[accepted]reached) finding.List {
	var out finding.List
	for a, r := range found {
		is := "which is"
		if len(r.views) > 1 {
			is = "which are"
		}
		var sites []string
		for s := range r.sites {
			sites = append(sites, s)
		}
		views := strings.ReplaceAll(quotedSet(r.views, 3), `"`, "")
		out.Warnf(finding.ConfidentialAccepted, a.pos, a.fix, "%s may %s on %s, %s confidential, by %s%s", a.who, a.may, views, is, a.by, inSites(sites))
	}
	return out
}
