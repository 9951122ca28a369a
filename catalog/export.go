package catalog

// ExportDoc is the stable JSON form of a catalog: nodes in document order.
type ExportDoc struct {
	Nodes []ExportNode `json:"nodes"`
}

// ExportNode is one node of an ExportDoc.
type ExportNode struct {
	Path  Path         `json:"path"`
	Views []ExportView `json:"views"`
}

// ExportView is one view of an ExportNode. Cap is empty when there is none;
// Alias is the name in the site where it is not Name.
type ExportView struct {
	Name    ViewName `json:"name"`
	Level   Level    `json:"level"`
	Cap     []string `json:"cap,omitempty"`
	Assumed bool     `json:"assumed"`
	Alias   ViewName `json:"alias,omitempty"`
}

// Export returns the stable JSON form of the catalog's tree.
func (c *Catalog) Export() ExportDoc {
	doc := ExportDoc{Nodes: []ExportNode{}}
	for _, n := range c.Nodes {
		out := ExportNode{Path: n.Path, Views: []ExportView{}}
		for _, v := range n.Views {
			out.Views = append(out.Views, exportView(v))
		}
		doc.Nodes = append(doc.Nodes, out)
	}
	return doc
}

// exportView returns the JSON form of one view.
func exportView(v View) ExportView {
	out := ExportView{Name: v.Name, Level: v.Level, Assumed: v.Assumed}
	if v.Cap != nil {
		out.Cap = v.Cap.Permissions.Names()
	}
	if v.Site != v.Name {
		out.Alias = v.Site
	}
	return out
}
