package mssql

import (
	_ "embed" // the query files
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

var (
	//go:embed queries/script_begin.sql
	scriptBegin string
	//go:embed queries/script_tables.sql
	scriptTables string
	//go:embed queries/script_check.sql
	scriptCheck string
	//go:embed queries/script_end.sql
	scriptEnd string
)

// SiteScript is one site's part of a script.
type SiteScript struct {
	Site, Database string
	// From is the site that the changes were worked out from. The script
	// refuses to run where what it touches is not so any more.
	From    *grants.Snapshot
	Changes []grants.Change
}

// ServerScript is a server's part of a script: the logins that it makes, and
// what becomes of others.
type ServerScript struct {
	Logins  []ScriptLogin
	Changes []grants.LoginChange
}

// ScriptLogin is a login that a script makes. SID is upper-case hexadecimal;
// without one the server makes one up that begins as grantree's do. An account
// of Windows or Entra, by its Type, has a SID already.
type ScriptLogin struct {
	Name, SID string
	Type      grants.PrincipalType
	Rules     PasswordRules
	// Late is a login that is made after the sites: users wait for it.
	Late bool
}

// Script renders plans for one server as a script that runs unchanged in
// sqlcmd and SSMS: printable ASCII, and no line that either obeys but its own
// GO. Each site is one batch in one transaction. It refuses to run inside
// another transaction, in any other database, and where what it touches is not
// as the plan found it, and rolls back where the end is not what was promised.
// The second half undoes the first; it is sent under NOEXEC, so that running
// the whole script does not run it. header is lines for its head. Logins are
// made first, and changed before and after the sites.
//
// The error is a *CarryError where a script cannot carry a name, though Apply
// can.
func Script(header []string, server ServerScript, sites []SiteScript) (string, error) {
	if err := carries(server, sites); err != nil {
		return "", err
	}
	var s script
	for _, line := range header {
		s.comment(line)
	}
	s.comment(`Run all of it to apply. To undo, run the part below "ROLLBACK SECTION" alone, without its SET NOEXEC lines.`)
	if err := s.logins(server.Logins, false); err != nil {
		return "", err
	}
	s.changes(server.Changes, true, sites)
	for _, site := range sites {
		if err := s.site(site, false); err != nil {
			return "", err
		}
	}
	if err := s.logins(server.Logins, true); err != nil {
		return "", err
	}
	s.changes(server.Changes, false, sites)
	s.comment("ROLLBACK SECTION")
	s.batch("SET NOEXEC ON;\n")
	if err := s.rollback(server.Changes, sites); err != nil {
		return "", err
	}
	s.batch("SET NOEXEC OFF;\n")
	return s.finished()
}

// RollbackScript is the second half of Script alone, ready to run.
func RollbackScript(server ServerScript, sites []SiteScript) (string, error) {
	if err := carries(ServerScript{Changes: server.Changes}, sites); err != nil {
		return "", err
	}
	var s script
	if err := s.rollback(server.Changes, sites); err != nil {
		return "", err
	}
	return s.finished()
}

// script is the batches so far, without their separators.
type script struct {
	batches []string
	open    string // comments that the next batch begins with
}

func (s *script) comment(line string) { s.open += "-- " + asciiComment(line) + "\n" }

func (s *script) batch(text string) {
	s.batches = append(s.batches, s.open+text)
	s.open = ""
}

// finished joins the batches, if no line of them is one that a tool would
// change or obey.
func (s *script) finished() (string, error) {
	var b strings.Builder
	for _, batch := range append(s.batches, s.open) {
		if line, bad := holdsOrder(strings.TrimSuffix(batch, "\n")); bad {
			return "", fmt.Errorf("a script cannot carry the line %+q: sqlcmd would change it or obey it; use grantree apply instead", line)
		}
	}
	for _, batch := range s.batches {
		b.WriteString(batch + "GO\n")
	}
	return b.String() + s.open, nil
}

// logins makes the new logins.
func (s *script) logins(logins []ScriptLogin, late bool) error {
	logins = slices.DeleteFunc(slices.Clone(logins), func(l ScriptLogin) bool { return l.Late != late })
	if len(logins) > 0 {
		s.comment("New logins get a password that nobody knows: set one with ALTER LOGIN, or let grantree apply make them.")
	}
	for _, l := range logins {
		text, err := loginScript(l)
		if err != nil {
			return err
		}
		s.batch(text)
	}
	return nil
}

// rollback undoes everything, the last first.
func (s *script) rollback(logins []grants.LoginChange, sites []SiteScript) error {
	s.undoes(logins, false, sites)
	for _, site := range slices.Backward(sites) {
		if err := s.site(site, true); err != nil {
			return err
		}
	}
	s.undoes(logins, true, sites)
	return nil
}

// site writes what changes one site, or what takes that back.
func (s *script) site(site SiteScript, back bool) error {
	for _, c := range site.Changes {
		if c.Own == grants.SQLUser {
			return fmt.Errorf("site %q: user %q has a password of the database's own, and a script cannot hold one, to make the user or to take that back: use grantree apply", site.Site, c.Principals[0])
		}
	}
	statements := rendered(site.Changes)
	if back {
		statements = Reversed(site.Changes)
	}
	s.open += "\n"
	s.comment(fmt.Sprintf("site %s: %d statements", site.Site, len(statements)))
	if len(statements) == 0 {
		return nil
	}
	guard, err := newGuard(site, back)
	if err != nil {
		return fmt.Errorf("site %q: %w", site.Site, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "DECLARE @grantree_site nvarchar(300) = %s, @grantree_database nvarchar(128) = %s;\n", asciiString(site.Site), asciiString(site.Database))
	b.WriteString(scriptBegin)
	b.WriteString(scriptTables)
	guard.write(&b)
	b.WriteString("SET @grantree_after = 0;\n" + scriptCheck)
	for _, st := range statements {
		b.WriteString(asciiStatement(st))
	}
	b.WriteString("SET @grantree_after = 1;\n" + scriptCheck + scriptEnd)
	s.in(site.Database, b.String())
	return nil
}

// in sends a batch in a database. USE lasts for its own scope, so a batch in a
// database whose name is not ASCII is one text that the server puts together.
func (s *script) in(database, batch string) {
	use := fmt.Sprintf("USE %s;\n", tsql.Quote(database))
	if isASCII(database) {
		s.batch(use)
		s.batch(batch)
		return
	}
	s.batch(fmt.Sprintf("DECLARE @grantree_batch nvarchar(max) = %s + %s;\nEXEC (@grantree_batch);\n",
		asciiString(strings.TrimSuffix(use, "\n")+" "), tsql.QuoteString(batch)))
}
