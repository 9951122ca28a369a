package finding

import (
	"regexp"
	"strings"
)

// plain is an argument that no shell changes.
var plain = regexp.MustCompile(`^[\pL\pN_.,:/@%+-]+$`)

// Argument is an argument of a command line that a reader can paste: what a shell
// would obey in a name is quoted.
func Argument(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(s) + `"`
}
