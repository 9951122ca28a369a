// Package catalog describes an application to be secured: its navigation tree,
// the views that stand behind each node, and how much of a permission granted
// on a node each of those views gets.
//
// A Catalog is read from a TOML file by Parse; IMaint returns the built-in one.
// Start with Catalog and Node: a Catalog holds Nodes in document order, a Node
// holds Views, each at a Level. Resolve turns the name that an administrator
// writes into nodes, Under and Reaches turn nodes into views and permissions.
// Lint says what is assumed, misspelt or missing in the map.
//
// The package is pure: it does no I/O and keeps no state. A Catalog is not
// changed after Parse and may be read by several goroutines.
package catalog
