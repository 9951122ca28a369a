package catalog

import "grantree/finding"

// Lint says what is assumed, misspelt, capped or missing in a catalog.
func Lint(c *Catalog) finding.List { return nil }
