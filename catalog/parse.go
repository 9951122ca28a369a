package catalog

import "grantree/finding"

// Parse reads a catalog file.
func Parse(file string, data []byte) (*Catalog, finding.List) {
	return &Catalog{Levels: defaultLevels()}, nil
}

// IMaint returns the built-in catalog of iMaint.
func IMaint() *Catalog {
	c, _ := Parse("imaint.toml", nil)
	return c
}
