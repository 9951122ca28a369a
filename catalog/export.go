package catalog

import "grantree/finding"

// ExportDoc is the stable JSON form of a catalog: nodes in document order.
type ExportDoc struct {
	Nodes []ExportNode `json:"nodes"`
}

// ExportNode is one node of an ExportDoc. Added is the place where an extension
// adds it, of a node or view that one does.
type ExportNode struct {
	Path  Path         `json:"path"`
	Views []ExportView `json:"views"`
	Added string       `json:"added,omitempty"`
}

// ExportView is one view of an ExportNode. Cap is empty when there is none;
// Alias is the name in the site where it is not Name.
type ExportView struct {
	Name    ViewName `json:"name"`
	Level   Level    `json:"level"`
	Cap     []string `json:"cap,omitempty"`
	Assumed bool     `json:"assumed"`
	Alias   ViewName `json:"alias,omitempty"`
	Added   string   `json:"added,omitempty"`
}

// Export returns the stable JSON form of the catalog's tree.
func (c *Catalog) Export() ExportDoc {
	doc := ExportDoc{Nodes: []ExportNode{}}
	for _, n := range c.Nodes {
		out := ExportNode{Path: n.Path, Views: []ExportView{}, Added: c.added(n.Pos)}
		for _, v := range n.Views {
			out.Views = append(out.Views, c.exportView(v))
		}
		doc.Nodes = append(doc.Nodes, out)
	}
	return doc
}

// exportView returns the JSON form of one view.
func (c *Catalog) exportView(v View) ExportView {
	out := ExportView{Name: v.Name, Level: v.Level, Assumed: v.Assumed, Added: c.added(v.Pos)}
	if v.Cap != nil {
		out.Cap = v.Cap.Permissions.Names()
	}
	if v.Site != v.Name {
		out.Alias = v.Site
	}
	return out
}

// added is a place where an extension adds something, or "".
func (c *Catalog) added(at finding.Pos) string {
	if !c.Adds(at) {
		return ""
	}
	return at.String()
}
