package mssql

import (
	_ "embed" // the query files
	"fmt"
	"io"
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
	// Ledger is the row that the script writes to the site's ledger; nil for none.
	Ledger *LedgerJob
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

// ScriptPart is what a script does in one site, and what takes that back, as text:
// a script of many sites is put together from theirs.
type ScriptPart struct {
	Site, Database string
	Do, Undo       string
	Err            error // why there is none
}

// NewScriptPart renders the part of one site. Its Err is a *CarryError where a
// script cannot carry a name.
func NewScriptPart(s SiteScript) ScriptPart {
	p := ScriptPart{Site: s.Site, Database: s.Database}
	if p.Err = carriesSite(s); p.Err != nil {
		return p
	}
	for _, half := range []struct {
		text *string
		back bool
	}{{&p.Do, false}, {&p.Undo, true}} {
		var part script
		if p.Err = part.site(s, half.back); p.Err == nil {
			*half.text, p.Err = part.finished()
		}
		if p.Err != nil {
			break
		}
	}
	return p
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
	var b strings.Builder
	parts, text := rendering(sites)
	err := WriteScript(&b, header, server, parts, text)
	return b.String(), err
}

// RollbackScript is the second half of Script alone, ready to run.
func RollbackScript(server ServerScript, sites []SiteScript) (string, error) {
	var b strings.Builder
	parts, text := rendering(sites)
	err := WriteRollbackScript(&b, server, parts, text)
	return b.String(), err
}

// rendering renders the parts of sites that are all at hand.
func rendering(sites []SiteScript) ([]ScriptPart, func(int) (ScriptPart, error)) {
	parts := make([]ScriptPart, len(sites))
	for i, s := range sites {
		parts[i] = NewScriptPart(s)
	}
	return parts, func(i int) (ScriptPart, error) { return parts[i], nil }
}

// WriteScript writes what Script renders. Of the parts it takes what they are about
// and whether there are any; it asks for the text of one at a time. Nothing is
// written of a script that cannot be.
func WriteScript(w io.Writer, header []string, server ServerScript, sites []ScriptPart, text func(int) (ScriptPart, error)) error {
	if err := carries(server, sites); err != nil {
		return err
	}
	var s, late script
	for _, line := range header {
		s.comment(line)
	}
	s.comment(`Run all of it to apply. To undo, run the part below "ROLLBACK SECTION" alone, without its SET NOEXEC lines.`)
	if err := s.logins(server.Logins, false); err != nil {
		return err
	}
	s.changes(server.Changes, true, sites)
	if err := partsErr(sites); err != nil {
		return err
	}
	if err := late.logins(server.Logins, true); err != nil {
		return err
	}
	late.changes(server.Changes, false, sites)
	late.comment("ROLLBACK SECTION")
	late.batch("SET NOEXEC ON;\n")
	first, err := s.finished()
	if err != nil {
		return err
	}
	middle, err := late.finished()
	if err != nil {
		return err
	}
	before, after, err := rollback(server.Changes, sites)
	if err != nil {
		return err
	}
	p := printer{w: w}
	p.print(first)
	for i := range sites {
		p.part(text, i, func(x ScriptPart) string { return x.Do })
	}
	p.print(middle + before)
	for i := range slices.Backward(sites) {
		p.part(text, i, func(x ScriptPart) string { return x.Undo })
	}
	p.print(after + "SET NOEXEC OFF;\nGO\n")
	return p.err
}

// WriteRollbackScript writes what RollbackScript renders, as WriteScript does.
func WriteRollbackScript(w io.Writer, server ServerScript, sites []ScriptPart, text func(int) (ScriptPart, error)) error {
	if err := carries(ServerScript{Changes: server.Changes}, sites); err != nil {
		return err
	}
	if err := partsErr(sites); err != nil {
		return err
	}
	before, after, err := rollback(server.Changes, sites)
	if err != nil {
		return err
	}
	p := printer{w: w}
	p.print(before)
	for i := range slices.Backward(sites) {
		p.part(text, i, func(x ScriptPart) string { return x.Undo })
	}
	p.print(after)
	return p.err
}

// partsErr is why the first site that has no part has none.
func partsErr(sites []ScriptPart) error {
	for _, s := range sites {
		if s.Err != nil {
			return s.Err
		}
	}
	return nil
}

// printer writes texts until one fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) print(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
}

func (p *printer) part(text func(int) (ScriptPart, error), i int, of func(ScriptPart) string) {
	if p.err != nil {
		return
	}
	var part ScriptPart
	if part, p.err = text(i); p.err == nil {
		p.print(of(part))
	}
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

// rollback undoes the changes of logins, the last first: before what undoes the
// sites, and after it.
func rollback(logins []grants.LoginChange, sites []ScriptPart) (before, after string, err error) {
	var first, last script
	first.undoes(logins, false, sites)
	last.undoes(logins, true, sites)
	if before, err = first.finished(); err == nil {
		after, err = last.finished()
	}
	return before, after, err
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
	row, err := site.ledgerRow(back)
	if err != nil {
		return err
	}
	b.WriteString(row)
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
