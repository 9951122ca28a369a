package drafting

import (
	"fmt"
	"strings"
	"unicode"

	"grantree/catalog"
)

// Root is the node below which a draft puts what nothing says where it belongs:
// no line reaches it but one for every view.
const Root = "Drafted"

// titles makes nodes of the names of views.
type titles struct {
	c     *catalog.Catalog
	root  string         // "" where there is no catalog yet
	first map[string]int // how many views begin with a word; 0 where one is the word
	taken map[string]bool
}

func newTitles(in Input) *titles {
	t := &titles{c: in.Catalog, first: map[string]int{}, taken: map[string]bool{}}
	for _, v := range in.Views {
		if words := t.words(v.Name); len(words) > 0 {
			t.first[fold(words[0])]++
		}
	}
	for _, v := range in.Views {
		if words := t.words(v.Name); len(words) == 1 {
			t.first[fold(words[0])] = 0
		}
	}
	for _, n := range in.Catalog.Nodes {
		t.taken[fold(n.Path.Name())] = true
	}
	for _, a := range in.Catalog.Areas {
		t.taken[fold(a.Name)] = true
	}
	if len(in.Catalog.Nodes) > 0 {
		t.root = t.free(Root)
	}
	return t
}

// fold is a name as the catalog compares names.
func fold(name string) string { return catalog.Path{name}.Key() }

// free takes a name that no other node and no area has, so that what a policy calls
// by a name stays what it means.
func (t *titles) free(title string) string {
	name := title
	for i := 2; t.taken[fold(name)]; i++ {
		name = fmt.Sprintf("%s (%d)", title, i)
	}
	t.taken[fold(name)] = true
	return name
}

// of is a new node for a view: below the draft's root or, where there is no
// catalog yet, with others that begin with its first word.
func (t *titles) of(v catalog.ViewName) catalog.Path {
	words := t.words(v)
	if len(words) == 0 {
		words = []string{"View"}
	}
	name := strings.Join(words, " ")
	switch {
	case t.root != "":
		return catalog.Path{t.root, t.free(name)}
	case len(words) > 1 && t.first[fold(words[0])] > 1:
		return catalog.Path{words[0], t.free(name)}
	}
	return catalog.Path{t.free(name)}
}

// words are those of a view's name behind the prefix, as a tree shows them.
func (t *titles) words(v catalog.ViewName) []string {
	name := string(v)
	if r, n := []rune(name), len([]rune(t.c.Prefix)); len(r) > n && v.HasPrefix(t.c.Prefix) {
		name = string(r[n:])
	}
	name = strings.Map(func(r rune) rune {
		if r == '_' || r == '|' || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, name)
	words := strings.Fields(name)
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToTitle(r[0])
		words[i] = string(r)
	}
	return words
}
