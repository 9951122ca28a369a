package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/finding"
)

// WantedLedger is the table in which a site keeps the record of its changes.
type WantedLedger struct {
	Schema, Table string
	Engine        bool // as a ledger of the server's own, to which rows are only added
	Cause         Cause
}

// Name is the table with its schema, for a sentence.
func (l *WantedLedger) Name() string { return l.Schema + "." + l.Table }

// LedgerColumn is a column of a ledger's table, as the server says it.
type LedgerColumn struct {
	Name, Type string
	Bytes      int // at most; -1 is as many as there are
	Nullable   bool
	// Generated is what the server fills in by itself: 0 for nothing, 7 and 9 for who
	// began a row of its own ledger, 8 and 10 for who ended it
	// (sys.columns.generated_always_type).
	Generated int
}

// The columns that the server adds to a ledger of its own.
const (
	generatedStart = 7 // AS_TRANSACTION_ID_START
	generatedEnd   = 8 // AS_TRANSACTION_ID_END
)

// LedgerColumns are the columns of a ledger's table, in order.
func LedgerColumns() []LedgerColumn {
	name := func(column string) LedgerColumn { return LedgerColumn{Name: column, Type: "nvarchar", Bytes: 256} }
	return []LedgerColumn{
		{Name: "sequence", Type: "bigint", Bytes: 8}, {Name: "at", Type: "datetime2", Bytes: 8},
		name("database"), name("login"), name("host"), name("program"), name("run"),
		{Name: "plan", Type: "varbinary", Bytes: 32},
		{Name: "statements", Type: "varbinary", Bytes: -1}, {Name: "reverse", Type: "varbinary", Bytes: -1},
		{Name: "previous", Type: "varbinary", Bytes: 32}, {Name: "hash", Type: "varbinary", Bytes: 32},
	}
}

// OfLedger reports whether a change makes or guards the site's ledger.
func (c Change) OfLedger() bool {
	return c.Kind == CreateSchema || c.Kind == CreateLedger || c.Kind == GuardLedger
}

// ledgerDenied are what nobody may do with the rows of a ledger whom a DENY binds.
func ledgerDenied() []string { return []string{"DELETE", "UPDATE"} }

// foundLedger is what a site has under the name of its ledger.
type foundLedger struct {
	schema  Schema
	table   Object
	inPlace bool // the schema is there
	there   bool // the table is there
	other   string
}

// ledgerOf finds what a site has under the name of its ledger.
func (s *Snapshot) ledgerOf(l *WantedLedger) foundLedger {
	var out foundLedger
	i := slices.IndexFunc(s.Schemas, func(x Schema) bool { return s.Collation.Equal(x.Name, l.Schema) })
	if i < 0 {
		return out
	}
	out.schema, out.inPlace = s.Schemas[i], true
	if slices.ContainsFunc(s.Views, func(v SiteView) bool { return v.Schema == out.schema.ID && s.Collation.Equal(v.Name, l.Table) }) {
		out.other = "a view"
	}
	for _, o := range s.Objects {
		switch {
		case o.Schema != out.schema.ID || !s.Collation.Equal(o.Name, l.Table):
		case o.Type == Table:
			out.table, out.there = o, true
		case o.Type == Synonym:
			out.other = "a synonym"
		default:
			out.other = "a module"
		}
	}
	return out
}

// engineLedger reports whether servers of a version have ledgers of their own: SQL
// Server 2022, which is 16, and later (reference G).
func engineLedger(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 16
}

// ledgerChanges is what a plan changes so that the site has its ledger: its schema, its
// table, and the DENY that keeps rows as they are. What stands in its place and is
// none is an error that names it.
func (s *Snapshot) ledgerChanges(l *WantedLedger, o DiffOptions) ([]Change, finding.List) {
	if l == nil {
		return nil, nil
	}
	var out []Change
	causes := []Cause{l.Cause}
	if wrong := s.wrongLedger(l, o); len(wrong) > 0 {
		return nil, wrong
	}
	found := s.ledgerOf(l)
	if !found.inPlace {
		out = append(out, Change{Kind: CreateSchema, Principals: []string{"dbo"}, Schema: l.Schema, Causes: causes})
	}
	switch {
	case !found.there:
		out = append(out, Change{Kind: CreateLedger, Principals: []string{"public"}, Schema: l.Schema, View: l.Table, Engine: l.Engine, Causes: causes})
	case !s.guarded(found.table.ID):
		out = append(out, Change{Kind: GuardLedger, Principals: []string{"public"}, Schema: l.Schema, View: l.Table, Causes: causes})
	}
	return out, nil
}

// HasLedger reports whether the site has the table that its ledger is to be in.
func (s *Snapshot) HasLedger(l *WantedLedger) bool { return s.ledgerOf(l).there }

// WrongLedger is why a site can have no ledger where the policy asks for it, as a plan
// says it. Statements are written by write.
func (s *Snapshot) WrongLedger(l *WantedLedger, write func(Remedy) string) finding.List {
	return s.wrongLedger(l, DiffOptions{Statement: write})
}

// guarded reports whether public is denied what changes rows of a ledger, and has none
// of it on a column, which a DENY on the table that is given again takes away
// (reference B.5, C.2).
func (s *Snapshot) guarded(table int) bool {
	n := 0
	for _, row := range s.Permissions {
		if row.Class != ClassObject || row.Major != table || row.Grantee != PublicID || !slices.Contains(ledgerDenied(), row.Name) {
			continue
		}
		switch {
		case row.Minor == 0 && row.State == Denied:
			n++
		case row.Minor != 0 && row.State != Denied:
			return false
		}
	}
	return n == len(ledgerDenied())
}

// wrongLedger is why a site can have no ledger where the policy asks for it.
func (s *Snapshot) wrongLedger(l *WantedLedger, o DiffOptions) finding.List {
	var out finding.List
	say := func(do advice, format string, args ...any) {
		do.advise(out.Errorf(finding.LedgerDiffers, l.Cause.Pos, "", format, args...), o.Statement, s.Database)
	}
	elsewhere := advice{words: "name another table in [ledger]"}
	if l.Engine && !engineLedger(s.Version) {
		out.Errorf(finding.LedgerEngine, l.Cause.Pos, "write engine = false, which has a hash in every row on every version", "the server is of version %s, and ledgers of the server's own take SQL Server 2022 (16)", s.Version)
		return out
	}
	found := s.ledgerOf(l)
	switch {
	case found.other != "":
		say(elsewhere, "%s is %s, and the policy wants a table for the ledger there", l.Name(), found.other)
	case found.inPlace && found.schema.Owner != DboID:
		say(mend(toDbo(Securable{Class: "SCHEMA", Name: found.schema.Name})), "the ledger's schema %s belongs to %q, who could put another table in its place", found.schema.Name, s.principalName(found.schema.Owner))
	case found.there && found.table.Owner != DboID:
		say(mend(toDbo(Securable{Class: "OBJECT", Schema: found.schema.Name, Name: found.table.Name})), "the ledger %s belongs to %q, who could rewrite it", l.Name(), s.principalName(found.table.Owner))
	case found.there && len(s.LedgerColumns) > 0:
		if wrong := wrongColumns(s.LedgerColumns, l.Engine); wrong != "" {
			say(elsewhere, "the table %s is there and is no ledger of grantree's: %s", l.Name(), wrong)
		}
	}
	return out
}

// principalName names a principal of the site by its id.
func (s *Snapshot) principalName(id int) string {
	i := slices.IndexFunc(s.Principals, func(p Principal) bool { return p.ID == id })
	if i < 0 {
		return fmt.Sprint("#", id)
	}
	return s.Principals[i].Name
}

// wrongColumns is the first thing by which a table differs from a ledger's, or "".
func wrongColumns(columns []LedgerColumn, engine bool) string {
	var own []LedgerColumn
	starts, ends := false, false
	for _, c := range columns {
		starts, ends = starts || c.Generated == generatedStart, ends || c.Generated == generatedEnd
		if c.Generated == 0 {
			own = append(own, c)
		}
	}
	want := LedgerColumns()
	for i := range max(len(own), len(want)) {
		switch {
		case i >= len(own):
			return fmt.Sprintf("it has no column %q", want[i].Name)
		case i >= len(want):
			return fmt.Sprintf("it has a column %q too many", own[i].Name)
		case own[i] != want[i]:
			return fmt.Sprintf("its column %d is %s, not %s", i+1, own[i].words(), want[i].words())
		}
	}
	if engine && !(starts && !ends) {
		return "it is no append-only ledger of the server's own (engine = true), and an existing table cannot be made one"
	}
	return ""
}

// words are a column for a sentence.
func (c LedgerColumn) words() string {
	null := " NOT NULL"
	if c.Nullable {
		null = " NULL"
	}
	return fmt.Sprintf("%q %s of %d bytes%s", c.Name, c.Type, c.Bytes, null)
}

// makeLedger puts the ledger's schema, table and DENY into a snapshot under change.
func (e *editor) makeLedger(c Change) error {
	l := &WantedLedger{Schema: c.Schema, Table: c.View}
	now := *e.from
	now.Schemas, now.Objects = slices.Concat(e.from.Schemas, e.schemas), slices.Concat(e.from.Objects, e.objects)
	found := now.ledgerOf(l)
	switch {
	case c.Kind == CreateSchema && found.inPlace, c.Kind == CreateLedger && (found.there || found.other != ""):
		return fmt.Errorf("%s is there already", cmp.Or(strings.Trim(l.Name(), "."), c.Schema))
	case c.Kind == CreateLedger && !found.inPlace, c.Kind == GuardLedger && !found.there:
		return fmt.Errorf("%s is not there", l.Name())
	case c.Kind == CreateSchema:
		id := FirstUserID
		for _, x := range now.Schemas {
			id = max(id, nextID(x.ID))
		}
		e.schemas = append(e.schemas, Schema{ID: id, Name: c.Schema, Owner: DboID})
		return nil
	case c.Kind == CreateLedger:
		id := 1
		for _, o := range now.Objects {
			id = max(id, o.ID+1)
		}
		for _, v := range now.Views {
			id = max(id, v.ID+1)
		}
		found.table = Object{ID: id, Schema: found.schema.ID, Name: c.View, Type: Table, Owner: DboID}
		e.objects = append(e.objects, found.table)
	}
	k := rowKey{ClassObject, found.table.ID, PublicID}
	rows := slices.DeleteFunc(slices.Clone(e.rows[k]), func(r PermissionRow) bool { return slices.Contains(ledgerDenied(), r.Name) }) // with those on columns
	for _, name := range ledgerDenied() {
		rows = append(rows, PermissionRow{Class: ClassObject, Major: found.table.ID, Grantee: PublicID, Grantor: DboID, Name: name, State: Denied})
	}
	e.setRows(k, rows)
	return nil
}
