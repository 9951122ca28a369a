package adoption

import (
	"fmt"
	"strings"

	"grantree/finding"
)

// headings are what the parts of a report are called.
var headings = map[string]string{
	finding.ImportMismatch: "What verify will find",
	finding.ImportScript:   "What of the scripts was not read: the policy does not know of it",
	finding.ImportOutside:  "Who has access and is no group or person of the policy: accepted as outsiders",
	finding.ImportNotSaid:  "Permissions that no line of a policy says: left as they are",
	finding.ImportMember:   "Memberships that no group gives: left as they are",
	finding.ImportOwner:    "What belongs to somebody else than dbo: left as it is",
	finding.ImportRule:     "Rules that are broken, and let be",
	finding.ImportDiffers:  "Where the sites do not agree",
	finding.ImportGuess:    "Guesses",
	finding.ImportLeft:     "Not in the policy, and left alone",
	finding.ImportSystem:   "What every database has",
}

// Text is the report for a reader: by what there is to do, the statements below
// what they mend. No name in it acts on a terminal.
func (r Report) Text(width int) string {
	var b strings.Builder
	before := ""
	for _, i := range r.Items {
		if i.Code != before {
			n := 0
			for _, o := range r.Items {
				if o.Code == i.Code {
					n++
				}
			}
			fmt.Fprintf(&b, "\n%s (%d)\n", headings[i.Code], n)
			before = i.Code
		}
		b.WriteString("\n" + i.text(width))
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// text is one item, in indented rows.
func (i Item) text(width int) string {
	var b strings.Builder
	message := i.Message
	if len(i.Sites) > 0 {
		message = fmt.Sprintf("%s: %s", words(i.Sites, "site", "sites"), message)
	}
	if i.Code == finding.ImportScript {
		message = fmt.Sprintf("%s: %s", i.Where, message)
	}
	if i.Fix != "" && len(i.Statements) == 0 {
		message += "; " + i.Fix
	}
	for n, row := range wrapped(finding.Printable(message), width-4) {
		b.WriteString(map[bool]string{true: "  - ", false: "    "}[n == 0] + row + "\n")
	}
	for _, s := range i.Statements {
		for row := range strings.SplitSeq(s, "\n") {
			b.WriteString("      " + finding.Printable(row) + "\n")
		}
	}
	if i.Fix != "" && len(i.Statements) > 0 {
		for _, row := range wrapped(finding.Printable(i.Fix), width-4) {
			b.WriteString("    " + row + "\n")
		}
	}
	return b.String()
}
