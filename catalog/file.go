package catalog

// The types below are the shape of a catalog file; parse.go turns them into a
// Catalog.

type fileCatalog struct {
	Name   string `toml:"name"`
	Prefix string `toml:"prefix"`
	Schema string `toml:"schema"`

	Levels  map[string]fileLevel `toml:"levels"`
	Nodes   []fileNode           `toml:"node"`
	Areas   []fileArea           `toml:"area"`
	Aliases []fileAlias          `toml:"alias"`
	Outside []fileOutside        `toml:"outside"`
	Ignored []fileIgnored        `toml:"ignore"`
}

type fileLevel struct {
	Granted bool     `toml:"granted"`
	Always  []string `toml:"always"`
	Entry   bool     `toml:"entry"`
}

type fileNode struct {
	Path  string     `toml:"path"`
	Line  int        `toml:"line"`
	Note  string     `toml:"note"`
	Views []fileView `toml:"views"`
}

type fileView struct {
	Line    int       `toml:"line"`
	Name    string    `toml:"name"`
	Level   string    `toml:"level"`
	Assumed bool      `toml:"assumed"`
	Mark    string    `toml:"mark"`
	Cap     *fileCap  `toml:"cap"`
	Gives   *[]string `toml:"gives"`
	Note    string    `toml:"note"`
}

type fileCap struct {
	Permissions []string `toml:"permissions"`
	Reason      string   `toml:"reason"`
}

type fileArea struct {
	Name   string   `toml:"name"`
	Nodes  []string `toml:"nodes"`
	Except []string `toml:"except"`
	Views  []string `toml:"views"`
	Reason string   `toml:"reason"`
}

type fileAlias struct {
	Name   string `toml:"name"`
	Is     string `toml:"is"`
	Reason string `toml:"reason"`
}

type fileOutside struct {
	Name   string   `toml:"name"`
	Groups []string `toml:"groups"`
}

type fileIgnored struct {
	Name   string `toml:"name"`
	Reason string `toml:"reason"`
}
