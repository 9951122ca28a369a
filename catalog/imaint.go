package catalog

import _ "embed"

//go:embed imaint.toml
var imaintTOML []byte

// IMaintFile is the name that positions in the built-in catalog carry.
const IMaintFile = "imaint catalog"

// IMaint returns the built-in catalog of iMaint. The caller owns it. A test
// holds that its file has no errors.
func IMaint() *Catalog {
	c, _ := Parse(IMaintFile, imaintTOML)
	return c
}
