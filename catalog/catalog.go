package catalog

import "grantree/finding"

// Catalog is an application as grantree sees it. Parse makes it; it is not
// changed afterwards.
type Catalog struct {
	// Name is what a policy's `extends` and --catalog say.
	Name string
	// Prefix starts the name of every view of the application: "imvw_".
	Prefix string
	// Schema is the schema of every view: "dbo".
	Schema string
	// Extension is the file that extends another catalog, as positions show it;
	// "" where the catalog stands alone.
	Extension string

	Levels map[Level]LevelRule
	// Nodes are in document order; a node stands after the one above it.
	Nodes []*Node
	Areas []Area

	// Aliases are names of the source that stand for another name in the site.
	Aliases []Alias
	// Outside are views that no node lists and that only groups name.
	Outside []OutsideView
	// Ignored are views of the site that are in no node on purpose.
	Ignored []IgnoredView

	byPath  map[string]*Node
	byName  map[string][]*Node // by the folded last name, in document order
	places  map[string][]Place
	areas   map[string]*Area
	aliases map[string]ViewName
	outside map[string]bool // by the name in the site
}

// Area is a named set of nodes and views, as the application's manual speaks
// of them. An area may reach nothing; its reason says why.
type Area struct {
	Name string
	// Nodes are the roots, each covering all below it less Except.
	Nodes  []Path
	Except []Path
	// Views belong to the area although no node of it lists them. They get the
	// permissions granted, like a parent.
	Views []ViewName
	// Reason says how the area was decided where the source leaves it open.
	Reason string
	Pos    finding.Pos
}

// Alias says that a name in the source is another name in the site.
type Alias struct {
	Name   ViewName
	Is     ViewName
	Reason string
	Pos    finding.Pos
}

func (a Alias) name() ViewName { return a.Name }
func (a Alias) is() ViewName   { return a.Is }

// OutsideView is a view that is in no node and that only groups name.
type OutsideView struct {
	Name ViewName
	// Groups are the vendor groups whose description names it.
	Groups []string
	Pos    finding.Pos
}

// IgnoredView is a view of the site that the catalog leaves out on purpose.
type IgnoredView struct {
	Name   ViewName
	Reason string
	Pos    finding.Pos
}

// Place is one entry of a view at a node.
type Place struct {
	Node *Node
	View *View
}
