package main

import (
	"encoding/json"

	"grantree/grants"
	"grantree/report/changes"
	"grantree/sites"
)

// modes are the modes of sites, and what each leaves undone; sites in which that is the
// same are one.
func (p *planPage) modes() {
	left, hide := map[string]*grants.Left{}, runnerHidden(p.fp)
	for _, s := range p.fp.Sites {
		left[s.Site.Name] = s.Left()
	}
	for _, m := range modesIn(p.fp) {
		out := changes.Mode{Mode: string(m.mode), Words: modeWords[m.mode], Sites: p.at(m.sites), Left: []changes.Left{}}
		at := map[string]int{}
		for _, name := range m.sites {
			lines := undoneTold(left[name], hide)
			if len(lines) == 0 {
				continue
			}
			text, _ := json.Marshal(lines) // of plain values
			i, known := at[string(text)]
			if !known {
				i = len(out.Left)
				at[string(text)] = i
				out.Left = append(out.Left, changes.Left{Lines: lines})
			}
			out.Left[i].Sites = append(out.Left[i].Sites, p.siteAt[name])
		}
		p.out.Modes = append(p.out.Modes, out)
	}
}

// runnerHidden writes names, and texts with names, without as whom grantree logs in.
func runnerHidden(fp *sites.FleetPlan) func(string) string {
	texts, runners := connections(fp), map[string]bool{}
	for _, s := range fp.Policy.Servers {
		runners[grants.Collation{}.Key(s.User)] = s.User != ""
	}
	return func(text string) string {
		if runners[grants.Collation{}.Key(text)] {
			return "grantree's own"
		}
		return texts.Replace(text)
	}
}

// undoneTold says what a mode leaves undone.
func undoneTold(l *grants.Left, hide func(string) string) []changes.Line {
	if l == nil {
		return nil
	}
	var out []changes.Line
	say := func(text string, names ...string) {
		if len(names) > 0 {
			said := make([]string, len(names))
			for i, name := range names {
				said[i] = hide(name)
			}
			out = append(out, tell(text, said).line())
		}
	}
	number := func(n int, what, rest string) {
		if n > 0 {
			out = append(out, tell(count(n, what)+rest).line())
		}
	}
	say("Can still do more than the policy says: %s.", l.Keep...)
	say("Can still do less than the policy says: %s.", l.Lack...)
	say("Accounts that nothing asks for, and that stay: %s.", l.Users...)
	say("Roles that nothing asks for, and that stay: %s.", l.Roles...)
	number(l.Members, "membership", " that nothing asks for")
	number(l.Rows, "permission", " on views that nothing asks for")
	number(l.Denies, "DENY statement", " not sent")
	number(l.Statements, "statement", " in all that mode all would send")
	say("Errors that would stop mode all: %s.", l.Stops...)
	say("Withheld, because it would give or take what the policy does not: %s.", l.Waiting...)
	say("Whom that is about: %s.", l.For...)
	return out
}
