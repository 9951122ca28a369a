package catalog

import (
	"fmt"
	"strings"

	"grantree/namefold"
)

// ViewName is the name of a view as it is written, without its schema.
type ViewName string

// Key returns the name folded for comparison within a catalog, which knows no
// site: case, width and kana do not count, accents do, as on most servers. Which
// view of a site a name means is for the site's collation to say.
func (v ViewName) Key() string { return namefold.Rule{}.Key(string(v)) }

// HasPrefix reports whether the name begins with prefix, as Key compares names.
func (v ViewName) HasPrefix(prefix string) bool {
	return strings.HasPrefix(v.Key(), ViewName(prefix).Key())
}

// Extends reports whether v is the name of parent with more words:
// imvw_part_component extends imvw_part.
func (v ViewName) Extends(parent ViewName) bool {
	return strings.HasPrefix(v.Key(), parent.Key()+"_")
}

// Path names a node: the names from the root of the tree down to it. Names are
// not empty and hold no bar.
type Path []string

// String joins the names with bars: "Modules | Work Orders | Time Cards".
func (p Path) String() string { return strings.Join(p, " | ") }

// Key returns the path folded for comparison.
func (p Path) Key() string { return namefold.Rule{}.Key(strings.Join(p, "|")) }

// Parent returns the path of the node above, nil for a root.
func (p Path) Parent() Path {
	if len(p) < 2 {
		return nil
	}
	return p[:len(p)-1]
}

// Name returns the last name of the path.
func (p Path) Name() string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1]
}

// EndsWith reports whether the last names of p are those of suffix. Case is
// ignored.
func (p Path) EndsWith(suffix Path) bool {
	return len(suffix) > 0 && len(suffix) <= len(p) && p[len(p)-len(suffix):].Key() == suffix.Key()
}

// maxLevels is how many names a path may have.
const maxLevels = 5000

// ParsePath reads names separated by bars. Space around a name does not count,
// nor does repeated space within it.
func ParsePath(s string) (Path, error) {
	var p Path
	if n := strings.Count(s, "|") + 1; n > maxLevels {
		return nil, fmt.Errorf("a path has %d names, and more than %d are not read", n, maxLevels)
	}
	for _, part := range strings.Split(s, "|") {
		name := strings.Join(strings.Fields(part), " ")
		if name == "" {
			return nil, fmt.Errorf("path %q has an empty name", s)
		}
		p = append(p, name)
	}
	return p, nil
}
