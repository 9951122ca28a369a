package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/policy"
)

// most is how many names or parts a sentence lists.
const most = 3

// listed joins the first of some words; the rest is counted.
func listed(words []string) string {
	shown := words
	if len(words) > most+1 {
		shown = words[:most]
	}
	switch rest := len(words) - len(shown); {
	case rest > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), rest)
	case len(shown) > 1:
		return strings.Join(shown[:len(shown)-1], ", ") + " and " + shown[len(shown)-1]
	}
	return strings.Join(shown, "")
}

// quoted lists names in quotes, sorted, each once.
func quoted(names []string) string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	var out []string
	for _, n := range names {
		out = append(out, fmt.Sprintf("%q", n))
	}
	return listed(out)
}

// counted is a word for one or for several, before a list of names.
func counted(names []string, one, many string) string {
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) == 1 {
		return one + " " + quoted(names)
	}
	return many + " " + quoted(names)
}

// words says which permissions on which views, by node, in few words; "nothing"
// of none. views and may are beside one another.
func (s *survey) words(may []catalog.Permissions) string {
	got, names := map[string]catalog.Permissions{}, map[string]string{}
	for i, p := range may {
		view := catalog.ViewName(s.kinds[0].Views[i])
		if !p.IsEmpty() && !strings.HasSuffix(string(view), policy.AnyOther) {
			got[view.Key()], names[view.Key()] = p, string(view)
		}
	}
	var out []string
	for _, part := range s.outline().Of(got) {
		out = append(out, fmt.Sprintf("%s on %s", part.Permissions, s.p.Catalog.Place(part, names)))
	}
	switch {
	case len(out) == 0 && len(got) < len(may) && slices.ContainsFunc(may, func(p catalog.Permissions) bool { return !p.IsEmpty() }):
		return "views that the catalog does not have"
	case len(out) == 0:
		return "nothing"
	}
	return strings.Join(out[:min(len(out), most)], "; ") + andMore(len(out)-most)
}

func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("; and %d more", n)
}

// outline is that of a site with the catalog's views.
func (s *survey) outline() *catalog.Outline {
	if s.told == nil {
		var views []string
		for _, v := range s.p.Catalog.Views() {
			views = append(views, string(v))
		}
		s.told = s.p.Catalog.Outline(views)
	}
	return s.told
}

// sorted returns the keys of a set in order.
func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
