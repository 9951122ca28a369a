package grants

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
)

// wantedLedger is what the tests ask for.
func wantedLedger() *Wanted {
	return &Wanted{Ledger: &WantedLedger{Schema: "grantree", Table: "ledger", Cause: Cause{Pos: finding.Pos{File: "p.toml", Line: 1}}}}
}

// ledgered is a site with a ledger as a plan makes it.
func ledgered() siteBuilder {
	b := newSite("v").user("ann", "bob")
	b.Version = "16.0.1"
	end, err := b.With(Diff(b.Snapshot, wantedLedger(), DiffOptions{}).Changes)
	if err != nil {
		panic(err)
	}
	end.LedgerColumns = LedgerColumns()
	b.Snapshot = end
	return b
}

func TestDiffLedger(t *testing.T) {
	schema := func(owner string) func(siteBuilder) siteBuilder {
		return func(b siteBuilder) siteBuilder {
			b.Schemas = append(b.Schemas, Schema{ID: 40, Name: "GRANTREE", Owner: b.id(owner)})
			return b
		}
	}
	columns := func(change func([]LedgerColumn) []LedgerColumn) siteBuilder {
		b := ledgered()
		b.LedgerColumns = change(LedgerColumns())
		return b
	}
	other := func(o Object) siteBuilder {
		b := schema("dbo")(newSite("v"))
		o.ID, o.Schema, o.Name, o.Owner = 5000, 40, "Ledger", DboID
		b.Objects = append(b.Objects, o)
		return b
	}
	tests := []struct {
		name string
		site siteBuilder
		want string // kinds, or what is wrong
	}{
		{"nothing there", newSite("v"), "create_schema create_ledger"},
		{"the schema there", schema("dbo")(newSite("v")), "create_ledger"},
		{"all there", ledgered(), ""},
		{"the schema is somebody's", schema("ann")(newSite("v").user("ann")), `the ledger's schema GRANTREE belongs to "ann", who could put another table in its place`},
		{"the table is somebody's", ledgered().with(func(s *Snapshot) { s.Objects[len(s.Objects)-1].Owner = ledgered().id("bob") }), `the ledger grantree.ledger belongs to "bob", who could rewrite it`},
		{"one DENY is gone", ledgered().with(func(s *Snapshot) {
			s.Permissions = slices.DeleteFunc(s.Permissions, func(r PermissionRow) bool { return r.Name == "UPDATE" })
		}), "guard_ledger"},
		{"a DENY is a GRANT", ledgered().with(func(s *Snapshot) {
			for i := range s.Permissions {
				if s.Permissions[i].Name == "DELETE" {
					s.Permissions[i].State = Granted
				}
			}
		}), "guard_ledger"},
		{"a synonym", other(Object{Type: Synonym}), "grantree.ledger is a synonym, and the policy wants a table for the ledger there"},
		{"a procedure", other(Object{Type: Procedure}), "grantree.ledger is a module, and the policy wants a table for the ledger there"},
		{"a view", schema("dbo")(newSite("v")).with(func(s *Snapshot) {
			s.Views = append(s.Views, SiteView{ID: 5000, Schema: 40, Name: "ledger", Owner: DboID})
		}), "grantree.ledger is a view, and the policy wants a table for the ledger there"},
		{"a column too many", columns(func(c []LedgerColumn) []LedgerColumn {
			return append(c, LedgerColumn{Name: "x", Type: "int", Bytes: 4})
		}), `the table grantree.ledger is there and is no ledger of grantree's: it has a column "x" too many`},
		{"a column too few", columns(func(c []LedgerColumn) []LedgerColumn { return c[:3] }), `the table grantree.ledger is there and is no ledger of grantree's: it has no column "login"`},
		{"a column that may be NULL", columns(func(c []LedgerColumn) []LedgerColumn { c[11].Nullable = true; return c }), `the table grantree.ledger is there and is no ledger of grantree's: its column 12 is "hash" varbinary of 32 bytes NULL, not "hash" varbinary of 32 bytes NOT NULL`},
		{"the server's own columns", columns(func(c []LedgerColumn) []LedgerColumn {
			return append(c, LedgerColumn{Name: "ledger_start_transaction_id", Type: "bigint", Bytes: 8, Generated: 7})
		}), ""},
		{"columns that were not read", columns(func([]LedgerColumn) []LedgerColumn { return nil }), ""},
	}
	for _, tt := range tests {
		for _, mode := range []Mode{All, Add, Narrow} {
			p := Diff(tt.site.Snapshot, wantedLedger(), DiffOptions{Mode: mode})
			var got []string
			for _, f := range p.Findings.Stopping() {
				got = append(got, strings.TrimPrefix(f.Message, "site \"North\": "))
			}
			for _, c := range p.Changes {
				got = append(got, string(c.Kind))
			}
			if text := strings.Join(got, " "); text != tt.want {
				t.Errorf("%s, %s: %q, want %q", tt.name, mode, text, tt.want)
			}
		}
	}
}

// TestDiffLedgerOfTheServer: of a server's own ledger the version is asked, and a
// table that is there has to be one.
func TestDiffLedgerOfTheServer(t *testing.T) {
	w := wantedLedger()
	w.Ledger.Engine = true
	start := LedgerColumn{Name: "a", Type: "bigint", Bytes: 8, Generated: 7}
	end := LedgerColumn{Name: "b", Type: "bigint", Bytes: 8, Generated: 8}
	for _, tt := range []struct {
		version string
		more    []LedgerColumn
		want    string
	}{
		{"15.0.4375.4", nil, finding.LedgerEngine}, {"", nil, finding.LedgerEngine}, {"16.0.1", nil, finding.LedgerDiffers}, {"17.0.1", []LedgerColumn{start}, ""}, {"16.0.1", []LedgerColumn{start, end}, finding.LedgerDiffers},
	} {
		site := ledgered()
		site.Version, site.LedgerColumns = tt.version, slices.Concat(LedgerColumns(), tt.more)
		got := ""
		for _, f := range Diff(site.Snapshot, w, DiffOptions{}).Findings.Stopping() {
			got += f.Code
		}
		if got != tt.want {
			t.Errorf("%s with %v: %q, want %q", tt.version, tt.more, got, tt.want)
		}
	}
	site := newSite("v")
	site.Version = "16.0.1"
	p := Diff(site.Snapshot, w, DiffOptions{})
	if !p.Changes[1].Engine || len(p.Findings.Stopping()) > 0 {
		t.Errorf("%+v", p)
	}
}

// TestLedgerIsMadeOnce: what a plan makes is there afterwards, denied to public, and
// nothing is to be done about it any more; taken back it stays.
func TestLedgerIsMadeOnce(t *testing.T) {
	site := ledgered()
	if p := Diff(site.Snapshot, wantedLedger(), DiffOptions{}); !p.Empty() {
		t.Errorf("%+v is still to do", p.Changes)
	}
	for _, c := range Diff(newSite("v").Snapshot, wantedLedger(), DiffOptions{}).Changes {
		if !c.OfLedger() || c.Reverse() != nil {
			t.Errorf("%s is taken back by %+v", c.Kind, c.Reverse())
		}
	}
	for _, changes := range [][]Change{
		{{Kind: CreateSchema, Schema: "grantree", Principals: []string{"dbo"}}},
		{{Kind: CreateLedger, Schema: "grantree", View: "ledger", Principals: []string{"public"}}},
		{{Kind: GuardLedger, Schema: "grantree", View: "other", Principals: []string{"public"}}},
		{{Kind: CreateLedger, Schema: "elsewhere", View: "ledger", Principals: []string{"public"}}},
	} {
		if _, err := site.With(changes); err == nil {
			t.Errorf("%+v is taken", changes)
		}
	}
}

func TestJudgeLedger(t *testing.T) {
	table := func(b siteBuilder) int { return b.Objects[len(b.Objects)-1].ID }
	schema := func(b siteBuilder) int { return b.Schemas[len(b.Schemas)-1].ID }
	row := func(class Class, of func(siteBuilder) int, state State, permission, grantee string) func(siteBuilder) siteBuilder {
		return func(b siteBuilder) siteBuilder {
			major := 0
			if of != nil {
				major = of(b)
			}
			b.Permissions = append(b.Permissions, PermissionRow{Class: class, Major: major, Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
			return b
		}
	}
	member := func(role int, name string) func(siteBuilder) siteBuilder {
		return func(b siteBuilder) siteBuilder {
			b.Members = append(b.Members, Member{Role: role, Member: b.id(name)})
			return b
		}
	}
	tests := []struct {
		name   string
		change []func(siteBuilder) siteBuilder
		want   []string
	}{
		{"nobody", nil, nil},
		{"SELECT alone", []func(siteBuilder) siteBuilder{row(ClassObject, table, Granted, "SELECT", "bob")}, nil},
		{"INSERT on the table", []func(siteBuilder) siteBuilder{row(ClassObject, table, Granted, "INSERT", "bob")}, []string{`ledger-open "bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (granted INSERT)`}},
		{"UPDATE on the table, which public is denied", []func(siteBuilder) siteBuilder{row(ClassObject, table, Granted, "UPDATE", "bob")}, nil},
		{"INSERT on its schema", []func(siteBuilder) siteBuilder{row(ClassSchema, schema, Granted, "INSERT", "bob")}, []string{"ledger-open INSERT"}},
		{"ALTER on its schema", []func(siteBuilder) siteBuilder{row(ClassSchema, schema, Granted, "ALTER", "bob")}, []string{"ledger-open ALTER, ALTER on its schema"}},
		{"INSERT on the database", []func(siteBuilder) siteBuilder{row(ClassDatabase, nil, Granted, "INSERT", "bob")}, []string{"ledger-open INSERT"}},
		{"INSERT to public", []func(siteBuilder) siteBuilder{row(ClassObject, table, Granted, "INSERT", "public")}, []string{`ledger-open "ann", "bob"`}},
		{"a writer of all data", []func(siteBuilder) siteBuilder{member(DBDataWriterID, "bob")}, []string{"ledger-open INSERT (a member of db_datawriter)"}},
		{"who may change the structure", []func(siteBuilder) siteBuilder{member(DBDDLAdminID, "bob")}, []string{"ledger-open ALTER"}},
		{"db_owner", []func(siteBuilder) siteBuilder{member(DBOwnerID, "bob")}, []string{`ledger-power "bob" could write the ledger grantree.ledger anew`}},
		{"CONTROL", []func(siteBuilder) siteBuilder{row(ClassDatabase, nil, Granted, "CONTROL", "bob")}, []string{`ledger-power "bob" could write the ledger grantree.ledger anew`}},
		{"a DENY", []func(siteBuilder) siteBuilder{row(ClassObject, table, Granted, "INSERT", "bob"), row(ClassObject, table, Denied, "INSERT", "public")}, nil},
		{"a trigger on it", []func(siteBuilder) siteBuilder{func(b siteBuilder) siteBuilder {
			b.Objects = append(b.Objects, Object{ID: 9000, Schema: schema(b), Name: "watch", Type: Trigger, Owner: DboID, Parent: table(b)})
			return b
		}}, []string{"ledger-way grantree.watch refers to the ledger grantree.ledger, or is a trigger on it"}},
		{"a view over it", []func(siteBuilder) siteBuilder{func(b siteBuilder) siteBuilder {
			id := table(b)
			b.Views = append(b.Views, SiteView{ID: 9000, Schema: DboID, Name: "log", Owner: DboID})
			b.Dependencies = append(b.Dependencies, Dependency{From: 9000, To: id})
			return b
		}}, []string{"ledger-way dbo.log refers to the ledger"}},
		{"the server's own view over it", []func(siteBuilder) siteBuilder{func(b siteBuilder) siteBuilder {
			id := table(b)
			b.Views = append(b.Views, SiteView{ID: 9000, Schema: schema(b), Name: "ledger_Ledger", Owner: DboID})
			b.Dependencies = append(b.Dependencies, Dependency{From: 9000, To: id})
			b.LedgerColumns = append(LedgerColumns(), LedgerColumn{Name: "s", Generated: 7})
			return b
		}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := ledgered()
			for _, change := range tt.change {
				b = change(b)
			}
			j := Judge(b.Snapshot, wantedLedger(), Acceptance{}, nil)
			var got []string
			for _, f := range slices.Concat(j.Mismatches, j.Notes) {
				if strings.HasPrefix(f.Code, "ledger-") {
					got = append(got, f.Code+" "+f.Message)
				}
			}
			ok := len(got) == len(tt.want)
			for i := 0; ok && i < len(got); i++ {
				code, words, _ := strings.Cut(tt.want[i], " ")
				ok = strings.HasPrefix(got[i], code+" ") && strings.Contains(got[i], words)
			}
			if !ok {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestJudgeLedgerOfOutsiders: who is accepted with everything, as another login of
// grantree's is, is named and no mismatch; who may only read is one.
func TestJudgeLedgerOfOutsiders(t *testing.T) {
	for may, want := range map[catalog.Permissions]string{catalog.All: finding.LedgerPower, catalog.Select: finding.LedgerOpen} {
		b := ledgered()
		b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: b.Objects[len(b.Objects)-1].ID, Grantee: b.id("bob"), Grantor: DboID, Name: "INSERT", State: Granted})
		j := Judge(b.Snapshot, wantedLedger(), Acceptance{Outsiders: []Outsider{{Name: "bob", May: may}}}, nil)
		got := ""
		for _, f := range slices.Concat(j.Mismatches, j.Notes) {
			if strings.HasPrefix(f.Code, "ledger-") && strings.Contains(f.Message, `"bob"`) {
				got += f.Code
			}
		}
		if got != want {
			t.Errorf("who may %s: %q, want %q", may, got, want)
		}
	}
}

// TestNeedsOfLedger: the first time it takes what making it takes, later what writing
// a row does.
func TestNeedsOfLedger(t *testing.T) {
	names := func(list []Need) string {
		var out []string
		for _, n := range list {
			out = append(out, n.Permission+" on "+n.On.Words())
		}
		return strings.Join(out, "; ")
	}
	site := newSite("v")
	changes := Diff(site.Snapshot, wantedLedger(), DiffOptions{}).Changes
	if got := names(NeedsToSend(site.Snapshot, changes)); got != "CONTROL on the database" {
		t.Errorf("to make both: %s", got)
	}
	if got := names(NeedsToSend(site.Snapshot, changes[1:])); got != `CREATE TABLE on the database; CONTROL on schema "grantree"` {
		t.Errorf("to make the table: %s", got)
	}
	engine := changes[1]
	engine.Engine = true
	if got := names(NeedsToSend(site.Snapshot, []Change{engine})); !strings.HasSuffix(got, "; ENABLE LEDGER on the database") {
		t.Errorf("to make the server's own: %s", got)
	}
	lacking := func(grants ...string) string {
		b := ledgered()
		b.Runner = Runner{Login: "ann", User: "ann", UserID: b.id("ann")}
		for _, name := range grants {
			b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: b.Objects[len(b.Objects)-1].ID, Grantee: b.id("ann"), Grantor: DboID, Name: name, State: Granted})
		}
		return names(Lacking(b.Snapshot, NeedsOfLedger(wantedLedger().Ledger)))
	}
	if got := fmt.Sprint(lacking(), "|", lacking("INSERT"), "|", lacking("INSERT", "SELECT")); got != "INSERT on grantree.ledger; SELECT on grantree.ledger|SELECT on grantree.ledger|" {
		t.Errorf("lacking %s", got)
	}
}
