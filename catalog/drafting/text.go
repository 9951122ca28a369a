package drafting

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/tomldoc"
)

// shownSites is how many sites a line of a draft names.
const shownSites = 3

// Text is the draft as a catalog file: one that extends the catalog, or that
// stands alone where there is no catalog yet. It reads without errors.
func (d *Draft) Text() string {
	var b strings.Builder
	c := d.of
	if len(c.Nodes) == 0 {
		comment(&b, "", "A draft of the navigation tree of an application, from the names of its views and the foreign keys of its tables. Each line is a guess, and gives its reason: bring the nodes into the order and the names of the application's own tree, and see that each level is right.")
		fmt.Fprintf(&b, "\nname = %s\nprefix = %s\nschema = %s\n", tomldoc.Quote(c.Name), tomldoc.Quote(c.Prefix), tomldoc.Quote(c.Schema))
	} else {
		comment(&b, "", fmt.Sprintf("A draft of what the catalog %q does not have of the sites. Each line is a guess, and gives its reason: see that it is right, move what is below %q to where the application shows it, and put what no form shows into [[ignore]] with a reason.", c.Name, Root))
	}
	for _, l := range d.Left {
		comment(&b, "", fmt.Sprintf("Left out: %s: %s.", l.View, l.Why))
	}
	there := map[string]bool{}
	for _, n := range c.Nodes {
		there[n.Path.Key()] = true
	}
	for _, at := range byNode(d.Guesses) {
		node := at[0].Node
		for i := 1; i < len(node); i++ {
			if above := node[:i]; !there[above.Key()] {
				there[above.Key()] = true
				fmt.Fprintf(&b, "\n[[node]]\npath = %s\n", tomldoc.Quote(above.String()))
			}
		}
		there[node.Key()] = true
		fmt.Fprintf(&b, "\n[[node]]\npath = %s\nviews = [\n", tomldoc.Quote(node.String()))
		for _, g := range at {
			comment(&b, "  ", "guess: "+g.Why+where(g.Sites))
			fmt.Fprintf(&b, "  { name = %s, level = %s, assumed = true },\n", tomldoc.Quote(string(g.View)), tomldoc.Quote(string(g.Level)))
		}
		b.WriteString("]\n")
	}
	return b.String()
}

// byNode splits guesses, which are sorted, by their nodes.
func byNode(l []Guess) [][]Guess {
	var out [][]Guess
	for _, g := range l {
		if n := len(out); n == 0 || out[n-1][0].Node.Key() != g.Node.Key() {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], g)
	}
	return out
}

// where names the sites that have a view.
func where(sites []string) string {
	sites = slices.Clone(sites)
	if n := len(sites); n > shownSites {
		sites = append(sites[:shownSites], fmt.Sprintf("%d more", n-shownSites))
	}
	if len(sites) == 0 {
		return ""
	}
	return "; in " + strings.Join(sites, ", ")
}

// width is how wide the comments of a draft are.
const width = 100

// comment writes a comment, whatever characters the names in it have.
func comment(b *strings.Builder, indent, text string) {
	line := indent + "#"
	for _, word := range strings.Fields(finding.Printable(text)) {
		if len([]rune(line))+1+len([]rune(word)) > width && line != indent+"#" {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
