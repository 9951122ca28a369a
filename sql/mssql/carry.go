package mssql

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
)

// CarryError says that a script cannot hold a name, though Apply can send it:
// sqlcmd replaces $(…) wherever it stands, and takes some lines as orders to
// itself, whatever quotes they are in and whatever SET NOEXEC says.
type CarryError struct {
	Site, Object, Name string
}

func (e *CarryError) Error() string {
	use := "grantree apply"
	if e.Site != "" {
		use += fmt.Sprintf(" --site %q", e.Site)
		return fmt.Sprintf("site %q: a script cannot carry the name of the %s %+q: sqlcmd would change it or obey it; use %s instead, or rename it", e.Site, e.Object, e.Name, use)
	}
	return fmt.Sprintf("a script cannot carry the name of the %s %+q: sqlcmd would change it or obey it; use %s instead, or rename it", e.Object, e.Name, use)
}

// carries refuses names that sqlcmd would not pass on as they are, in what the
// script does and in what undoes it: the second half names roles and users of
// the site that no policy ever named.
func carries(server ServerScript, sites []ScriptPart) error {
	for _, c := range server.Changes {
		for _, name := range []string{c.Login, c.To} {
			if isOrder(name) {
				return &CarryError{Object: "login", Name: name}
			}
		}
	}
	for _, l := range server.Logins {
		if isOrder(l.Name) {
			return &CarryError{Object: "login", Name: l.Name}
		}
	}
	for _, s := range sites {
		if carry := (*CarryError)(nil); errors.As(s.Err, &carry) {
			return carry
		}
	}
	return nil
}

// carriesSite refuses names of one site.
func carriesSite(s SiteScript) error {
	if isOrder(s.Database) {
		return &CarryError{Site: s.Site, Object: "database", Name: s.Database}
	}
	for _, c := range s.Changes {
		for _, c := range append(c.Reverse(), c) {
			if err := carriesChange(s.Site, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// carriesChange refuses the names in one change.
func carriesChange(site string, c grants.Change) error {
	for _, named := range []struct {
		object string
		names  []string
	}{{"role or user", append([]string{c.Was}, c.Principals...)}, {"role", []string{c.Role}}, {"login", []string{c.Login}}, {"schema", []string{c.Schema}}, {"view", []string{c.View}},
		{"default schema", []string{c.DefaultSchema}}, {"role or user", []string{c.Owner}}, {"extended property, or its value,", propertyTexts(c)}} {
		if i := slices.IndexFunc(named.names, isOrder); i >= 0 {
			return &CarryError{Site: site, Object: named.object, Name: named.names[i]}
		}
	}
	return nil
}

// propertyTexts are what a change says of a property.
func propertyTexts(c grants.Change) []string {
	if c.Property == nil {
		return nil
	}
	return []string{c.Property.Name, c.Property.Value}
}

// isOrder reports whether sqlcmd would change a name, or obey a line of it.
func isOrder(name string) bool {
	if strings.Contains(name, "$(") {
		return true
	}
	return strings.ContainsFunc(name, isBreak) && slices.ContainsFunc(strings.FieldsFunc(name, isBreak), isCommand)
}

// isBreak reports the characters that some tool ends a line at.
func isBreak(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }

// bareCommands are what sqlcmd obeys without a colon before it: those that it
// took over from osql, and ON ERROR, which go-sqlcmd adds.
var bareCommands = []string{"go", "quit", "exit", "reset", "ed", "on error"}

// isCommand reports whether sqlcmd or SSMS takes a line as an order to itself:
// a batch separator in any case, with a count, a comment or a semicolon; an
// operating-system command; anything behind a colon; and the bare commands,
// where they are a word of their own.
func isCommand(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	if strings.HasPrefix(line, ":") || strings.HasPrefix(line, "!!") {
		return true
	}
	return slices.ContainsFunc(bareCommands, func(command string) bool {
		rest, ok := strings.CutPrefix(line, command)
		return ok && (rest == "" || !isWord(rest[0]))
	})
}

// isWord reports a character that goes on a word of T-SQL.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte("_@#$", c) >= 0
}

// holdsOrder returns a line of a finished batch that sqlcmd would change or
// obey, and whether there is one. It is the last look at what the names and
// the frame came to together.
func holdsOrder(batch string) (string, bool) {
	for line := range strings.SplitSeq(batch, "\n") {
		if !isASCII(line) || strings.Contains(line, "$(") || isCommand(line) {
			return line, true
		}
	}
	return "", false
}
