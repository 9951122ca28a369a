package policy

import (
	"strings"
	"unicode/utf16"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// Ledger is the [ledger] table: the record that each site keeps of its own changes.
type Ledger struct {
	// Schema and Table are the table of that record in each site; "" for none.
	Schema, Table string
	// Engine has the server keep the table as a ledger of its own, which takes SQL
	// Server 2022.
	Engine bool
	Pos    finding.Pos
}

// Asked reports whether the policy asks for a ledger.
func (l Ledger) Asked() bool { return l.Table != "" }

// Name is the table with its schema, for a sentence.
func (l Ledger) Name() string { return l.Schema + "." + l.Table }

// longestLedger is how long the table's name may be, in UTF-16 units: a ledger of
// the server's own has a view beside it whose name is longer by "_Ledger".
const longestLedger = maxName - len("_Ledger")

// ledger reads [ledger].
func (p *parser) ledger(in *fileLedger, w place) {
	out := Ledger{Engine: in.Engine, Pos: w.at()}
	if in.Table == nil {
		p.missing(w, "table", "[ledger]", `add table = "grantree.ledger", or remove the table`)
		return
	}
	var ok bool
	if out.Schema, out.Table, ok = strings.Cut(*in.Table, "."); !ok || out.Schema == "" || out.Table == "" || strings.Contains(out.Table, ".") {
		p.findings.Errorf(finding.BadValue, w.at("table"), `write table = "grantree.ledger"`, "table must be a schema and a table with a dot between them, not %q", *in.Table)
		return
	}
	if !p.validName(out.Schema, "ledger's schema", w.at("table")) || !p.validName(out.Table, "ledger's table", w.at("table")) {
		return
	}
	for _, r := range reserved() {
		if sameName(out.Schema, r) && r != "dbo" {
			p.findings.Errorf(finding.NameReserved, w.at("table"), "name another schema", "the schema %q belongs to SQL Server itself", out.Schema)
		}
	}
	if len(utf16.Encode([]rune(out.Table))) > longestLedger {
		p.findings.Errorf(finding.NameTooLong, w.at("table"), "choose a shorter name", "the ledger's table name %q is longer than %d characters, and the view of a server's ledger has that name and _Ledger", out.Table, longestLedger)
	}
	p.p.Ledger = out
}

// checkLedger objects to a ledger that would be taken for the application's: a server's
// own has a view beside it that begins with its name.
func (p *parser) checkLedger() {
	l, c := p.p.Ledger, p.p.Catalog
	if l.Asked() && c.Prefix != "" && sameName(l.Schema, c.Schema) && catalog.ViewName(l.Table).HasPrefix(c.Prefix) {
		p.findings.Errorf(finding.BadValue, l.Pos, `write table = "grantree.ledger"`, "the ledger's table %q begins as the application's views do", l.Name())
	}
}

// WantedLedger is the table in which each site keeps the record of its changes, or nil
// where the policy asks for none.
func (p *Policy) WantedLedger() *grants.WantedLedger {
	l := p.Ledger
	if !l.Asked() {
		return nil
	}
	return &grants.WantedLedger{Schema: l.Schema, Table: l.Table, Engine: l.Engine, Cause: grants.Cause{Pos: l.Pos, Note: "the site's record of its changes"}}
}
