package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/report"
)

// brings is what a role gives and denies its members in some sites, in a few words, and the
// seal of all of it.
func (b *rowBuilder) brings(role string, sites []string) (gives, seal string) {
	var words []string
	for _, s := range sites {
		in := b.roles[fold(role)][fold(s)]
		w := b.some(in.May)
		seal += b.sealOf(in.May)
		if in.Denied > 0 { // first: who leaves the role has that back
			w = strings.TrimSuffix("DENIES "+b.some(in.Denied)+"; gives "+w, "; gives nothing")
			seal += " " + b.sealOf(in.Denied)
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, "; elsewhere "), seal
}

// sealOf is the hash of some cells, by the names of views.
func (b *rowBuilder) sealOf(cells int) string { return b.seal(b.row(cells)) }

func (b *rowBuilder) seal(r []catalog.Permissions) string {
	var held []string
	for v, p := range r {
		if !p.IsEmpty() {
			held = append(held, fmt.Sprintf("%q %d", catalog.ViewName(b.r.Views[v]).Key(), p))
		}
	}
	slices.Sort(held)
	sum := sha256.Sum256([]byte(strings.Join(held, "\n")))
	return hex.EncodeToString(sum[:8])
}

// some says some cells in a few words: on how many views what, most first.
func (b *rowBuilder) some(cells int) string { return b.words(b.row(cells)) }

// words say a row of permissions: on which view what, or on how many.
func (b *rowBuilder) words(r []catalog.Permissions) string {
	on := map[catalog.Permissions][]string{}
	for v, p := range r {
		if !p.IsEmpty() {
			on[p] = append(on[p], b.r.Views[v])
		}
	}
	var parts []string
	for p := catalog.All; p > 0; p-- {
		switch len(on[p]) {
		case 0:
		case 1:
			parts = append(parts, strings.Join(p.Words(), ", ")+" on "+on[p][0])
		default:
			parts = append(parts, fmt.Sprintf("%s on %d views", strings.Join(p.Words(), ", "), len(on[p])))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// row is some cells, view by view.
func (b *rowBuilder) row(cells int) []catalog.Permissions {
	out := make([]catalog.Permissions, len(b.r.Views))
	for v := range out {
		out[v] = b.r.Cells[cells].On(v)
	}
	return out
}

// accessOf is what a person of the policy has in a site.
func (b *rowBuilder) accessOf(person, site string) report.Access {
	i, known := b.who[fold(person)]
	if !known {
		return report.Access{}
	}
	return b.in[i][fold(site)]
}

// held says in how many of the sites somebody is in a role.
func (b *rowBuilder) held(person, role string, sites []string) string {
	in, unread := 0, 0
	for _, s := range sites {
		if !b.read[fold(s)] {
			unread++
		} else if slices.ContainsFunc(b.accessOf(person, s).Roles, func(r string) bool { return fold(r) == fold(role) }) {
			in++
		}
	}
	text := fmt.Sprintf("in %d of %d", in, len(sites))
	if unread > 0 {
		text += fmt.Sprintf(", %d not read", unread)
	}
	return text
}

// since says whether somebody came to a role since the earlier report.
func (b *rowBuilder) since(person, role string, sites []string) string {
	if b.r.Since == nil {
		return ""
	}
	for _, c := range b.changesOf(person, sites) {
		if slices.ContainsFunc(c.RolesAdded, func(r string) bool { return fold(r) == fold(role) }) {
			return "new since " + b.r.Since.Made
		}
	}
	return b.came(person, sites)
}

// came says whether somebody is new in one of some sites.
func (b *rowBuilder) came(person string, sites []string) string {
	for _, c := range b.changesOf(person, sites) {
		if c.Came {
			return "new since " + b.r.Since.Made
		}
	}
	return ""
}

func (b *rowBuilder) changesOf(person string, sites []string) []report.Change {
	var out []report.Change
	if b.r.Since == nil {
		return nil
	}
	for _, c := range b.r.Since.Changes {
		about := slices.ContainsFunc(c.People, func(p string) bool { return fold(p) == fold(person) })
		if about && slices.ContainsFunc(c.Sites, func(s string) bool {
			return slices.ContainsFunc(sites, func(x string) bool { return fold(x) == fold(s) })
		}) {
			out = append(out, c)
		}
	}
	return out
}
