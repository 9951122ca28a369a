package adoption

import (
	"strings"

	"grantree/tomldoc"
)

// text is a string as the file has it, list a list of them: in one line, or
// where that is too long in several. Both end the line.
func text(key, value string) string { return key + " = " + tomldoc.Quote(value) + "\n" }

func list(key string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = tomldoc.Quote(v)
	}
	one := key + " = [" + strings.Join(quoted, ", ") + "]\n"
	if len(one) <= width+1 {
		return one
	}
	var b strings.Builder
	b.WriteString(key + " = [\n")
	row := " "
	for _, q := range quoted {
		if len(row)+len(q)+2 > width && row != " " {
			b.WriteString(row + "\n")
			row = " "
		}
		row += " " + q + ","
	}
	b.WriteString(row + "\n]\n")
	return b.String()
}
