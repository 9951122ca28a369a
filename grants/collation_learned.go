package grants

import (
	"maps"
	"slices"
	"strings"
)

// Learned returns the collation with what the server said about names: the
// pairs are all those among them that it calls the same, and every other two
// are different. A name that was not among them is folded; where it folds as one
// of these does, it is the first such.
func (c Collation) Learned(names []string, same [][2]string) Collation {
	one := oneOf{}
	for _, name := range names {
		one.find(strings.TrimRight(name, " "))
	}
	for _, pair := range same {
		one.join(strings.TrimRight(pair[0], " "), strings.TrimRight(pair[1], " "))
	}
	learned, taken, folds := map[string]string{}, map[string]bool{}, map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(one)) {
		first := one.find(name)
		if name == first {
			learned[name] = c.Rule.Key(name)
			if taken[learned[name]] {
				learned[name] += "\x00" + name
			}
			taken[learned[name]] = true
		}
		learned[name] = learned[first]
		folds[c.Rule.Key(name)] = append(folds[c.Rule.Key(name)], learned[name])
	}
	for fold, keys := range folds {
		if _, ok := learned[fold]; !ok {
			learned[fold] = slices.Min(keys)
		}
	}
	c.Same = learned
	return c
}

// Recall takes over what the server said about names when the site was read
// before, if the collations are the same ones.
func (s *Snapshot) Recall(before *Snapshot) {
	if s.Collation.Name == before.Collation.Name {
		s.Collation.Same = before.Collation.Same
	}
	if s.ServerCollation.Name == before.ServerCollation.Name {
		s.ServerCollation.Same = before.ServerCollation.Same
	}
}

// oneOf puts names together; each leads to the smallest of those that it is
// one with.
type oneOf map[string]string

func (o oneOf) find(name string) string {
	up, ok := o[name]
	if !ok {
		o[name] = name
		return name
	}
	if up != name {
		up = o.find(up)
		o[name] = up
	}
	return up
}

func (o oneOf) join(a, b string) {
	a, b = o.find(a), o.find(b)
	o[max(a, b)] = min(a, b)
}
