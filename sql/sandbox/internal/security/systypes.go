package security

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// systemType is a row of sys.types.
type systemType struct {
	name      string
	system    int
	user      int
	length    int
	precision int
	scale     int
	collated  bool
}

// systemTypes are the types of SQL Server in the order of sys.types.
var systemTypes = sync.OnceValue(func() (list []systemType) {
	for line := range strings.Lines(typeText) {
		var t systemType
		if n, _ := fmt.Sscan(line, &t.name, &t.system, &t.user, &t.length, &t.precision, &t.scale, &t.collated); n == 7 {
			list = append(list, t)
		}
	}
	return list
})

//go:embed types.txt
var typeText string

// typeNamed returns a type by name, or the zero type.
func typeNamed(name string) systemType {
	for _, t := range systemTypes() {
		if foldKeyword(t.name) == foldKeyword(name) {
			return t
		}
	}
	return systemType{}
}

// TypeID is the user_type_id of a type by its name, nil for what is none.
func TypeID(name string) *int {
	if t := typeNamed(name); t.user != 0 {
		return &t.user
	}
	return nil
}

// Extent is how long the values of a column are, in characters, digits or bytes, and its scale, nil where its type has none
// ("COLUMNPROPERTY").
func Extent(c *Column) (length int, scale any) {
	if c.Precision == 0 {
		return characterLength(typeNamed(c.Type), c.MaxLength), nil
	}
	return c.Precision, c.Scale
}

// characterLength is a length in characters: half the bytes of a Unicode type.
func characterLength(t systemType, bytes int) int {
	if bytes > 0 && (t.system == 231 || t.system == 239) {
		return bytes / 2
	}
	return bytes
}
