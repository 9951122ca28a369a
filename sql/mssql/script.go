package mssql

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"grantree/grants"
	"grantree/sql/tsql"
)

// SiteScript is one site's part of a script.
type SiteScript struct {
	Site, Database string
	Changes        []grants.Change
}

// Script renders plans for one server as a script that runs unchanged in
// sqlcmd and SSMS. Each site is one batch in one transaction: it happens
// whole or not at all, and refuses to run in any other database. The second
// half undoes the first; it is sent under NOEXEC, so that running the whole
// script does not run it. newLogins are made first.
//
// The error names what a script cannot carry, though Apply can.
func Script(header string, newLogins []string, sites []SiteScript) (string, error) {
	if err := carries(newLogins, sites); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s\n-- Run all of it to apply. To undo, run the part below \"ROLLBACK SECTION\" alone, without its SET NOEXEC lines.\n", comment(header))
	if len(newLogins) > 0 {
		b.WriteString("\n-- New logins get a password that nobody knows: set one with ALTER LOGIN, or let grantree apply make them.\n")
		for _, l := range newLogins {
			fmt.Fprintf(&b, "%s\nGO\n", loginScript(l))
		}
	}
	for _, s := range sites {
		var statements []string
		for _, c := range s.Changes {
			statements = append(statements, Render(c))
		}
		siteBatch(&b, s, statements)
	}
	undo, err := RollbackScript(sites)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "\n-- ROLLBACK SECTION\nSET NOEXEC ON;\nGO\n%s\nSET NOEXEC OFF;\nGO\n", undo)
	return b.String(), nil
}

// RollbackScript is the second half of Script alone, ready to run.
func RollbackScript(sites []SiteScript) (string, error) {
	if err := carries(nil, sites); err != nil {
		return "", err
	}
	var b strings.Builder
	for i := len(sites) - 1; i >= 0; i-- {
		siteBatch(&b, sites[i], Reversed(sites[i].Changes))
	}
	return b.String(), nil
}

// carries refuses names that sqlcmd would not pass on as they are, whatever
// their quotes: it replaces $(…) everywhere, and reads a line that begins with
// GO, a colon or a command of its own as an order to itself.
func carries(logins []string, sites []SiteScript) error {
	names := slices.Clone(logins)
	for _, s := range sites {
		names = append(names, s.Database)
		for _, c := range s.Changes {
			names = append(names, c.Role, c.Login, c.Schema, c.View)
			names = append(names, c.Principals...)
		}
	}
	for _, name := range names {
		if strings.Contains(name, "$(") || strings.ContainsFunc(name, isBreak) && slices.ContainsFunc(strings.FieldsFunc(name, isBreak), isOrder) {
			return fmt.Errorf("a script cannot carry the name %q: sqlcmd would change it or obey it; use \"grantree apply\"", name)
		}
	}
	return nil
}

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// isOrder reports whether sqlcmd takes a line as an order to itself.
func isOrder(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return slices.ContainsFunc([]string{":", "!!", "go", "quit", "exit", "reset", "ed"}, func(o string) bool { return strings.HasPrefix(line, o) })
}

// siteBatch writes one site's statements in the frame of reference D.10.
func siteBatch(b *strings.Builder, s SiteScript, statements []string) {
	fmt.Fprintf(b, "\n-- site %s: %d statements\n", comment(s.Site), len(statements))
	if len(statements) == 0 {
		return
	}
	wrong := fmt.Sprintf("run this in database %s", s.Database)
	fmt.Fprintf(b, "USE %s;\nGO\nSET XACT_ABORT, NOCOUNT ON;\nSET LOCK_TIMEOUT 15000;\nIF DB_NAME() <> %s\nBEGIN\n    THROW 50000, %s, 1;\nEND;\nBEGIN TRY\nBEGIN TRANSACTION;\n",
		tsql.Quote(s.Database), tsql.QuoteString(s.Database), tsql.QuoteString(wrong))
	for _, st := range statements {
		b.WriteString(st)
		b.WriteString("\n")
	}
	b.WriteString("COMMIT TRANSACTION;\nEND TRY\nBEGIN CATCH\nIF XACT_STATE() <> 0 ROLLBACK TRANSACTION;\nTHROW;\nEND CATCH;\nGO\n")
}

// comment makes text safe behind "--": nothing in it can end the line.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
