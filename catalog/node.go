package catalog

import (
	"grantree/finding"
)

// Node is one entry of the navigation tree. Granting on a node grants on the
// nodes below it too (Catalog.Under).
type Node struct {
	Path Path
	// Views are in document order. A view may stand at a node twice, at
	// different levels; each entry counts.
	Views []View
	// Note is what the source says at this node besides names.
	Note string
	// Line is the line of the source document, 0 when not known.
	Line int
	Pos  finding.Pos

	index int     // in Catalog.Nodes
	above *Node   // nil for a root
	below []*Node // the nodes right below it
}

// String returns the node's path.
func (n *Node) String() string { return n.Path.String() }

// At returns the views of the node at one level, in document order.
func (n *Node) At(level Level) []*View {
	var out []*View
	for i := range n.Views {
		if n.Views[i].Level == level {
			out = append(out, &n.Views[i])
		}
	}
	return out
}

// View is one view at one node.
type View struct {
	// Name is the name as the source writes it. Site is the name in the site's
	// database: the same, unless the catalog has an alias for it. Grants go to
	// Site.
	Name ViewName
	Site ViewName

	Level Level
	// Assumed says that the source has no level header above the view.
	Assumed bool

	// Cap, when not nil, is the most that this node can pass on to the view.
	Cap *Cap
	// Gives, when not nil, is what a view at level special gets; SELECT when nil.
	Gives *Permissions

	// Mark is a mark that the source sets at the name: "**" or ":".
	Mark string
	// Note is what else the source says about the view here.
	Note string
	// Line is the line of the source document, 0 when not known.
	Line int
	Pos  finding.Pos
}

// Cap limits what a node can pass on to a view.
type Cap struct {
	Permissions Permissions
	// Reason is never empty.
	Reason string
}
