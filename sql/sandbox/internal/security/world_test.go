package security

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/sql/sandbox/internal/refusal"
)

// clock is the time of every statement in the tests.
var clock = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// world is a server under test: database app with the schemas dbo and s, the
// tables dbo.t and s.t (columns a, b, c), the view dbo.v over dbo.t, and the
// logins and users alice, bob, carol and dave.
type world struct {
	t testing.TB
	s *Server
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, s: NewServer(Options{Now: clock, SAHash: []byte("sa"), Lockout: 3, MaxPasswordAge: 42 * 24 * time.Hour,
		Verify: func(hash []byte, password string) bool { return string(hash) == password }})}
	sa := w.master("sa")
	w.must(w.s.CreateDatabase(sa, DatabaseSpec{Name: "app"}))
	w.must(w.s.CreateDatabase(sa, DatabaseSpec{Name: "other"}))
	for i, name := range []string{"alice", "bob", "carol", "dave"} {
		w.login(name, byte(i+1))
		w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: name}))
	}
	w.must(w.s.CreateSchema(w.as("sa"), "s", "dbo"))
	w.table("dbo", "t")
	w.table("s", "t")
	w.view("dbo", "v", "t")
	return w
}

func (w *world) login(name string, id byte) {
	w.t.Helper()
	off := false
	w.must(w.s.CreateLogin(w.master("sa"), LoginSpec{Name: name, SID: []byte{9, 9, id}, Hash: []byte("pw-" + name), Password: "pw-" + name, CheckPolicy: &off}))
}

// master is the context of a login in master.
func (w *world) master(login string) *Context {
	w.t.Helper()
	return w.in(login, "master")
}

// as is the context of a login in app.
func (w *world) as(login string) *Context {
	w.t.Helper()
	return w.in(login, "app")
}

func (w *world) in(login, database string) *Context {
	w.t.Helper()
	ctx, err := w.s.Enter(w.s.Session(w.s.LoginNamed(login).ID, clock), database)
	w.must(err)
	return ctx
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("unexpected refusal: %s", describe(err))
	}
}

func (w *world) app() *Database { return w.s.DatabaseNamed("app") }

func threeColumns() []Column {
	return []Column{{Name: "a", Type: "int", MaxLength: 4}, {Name: "b", Type: "int", MaxLength: 4}, {Name: "c", Type: "nvarchar", MaxLength: 20}}
}

func (w *world) table(schema, name string) *Object {
	w.t.Helper()
	o, err := w.s.CreateObject(w.as("sa"), ObjectSpec{Schema: schema, Name: name, Kind: KindTable, Columns: threeColumns()})
	w.must(err)
	return o
}

func (w *world) view(schema, name, base string) *Object {
	w.t.Helper()
	depends := []Dependency{{Schema: schema, Name: base, ID: w.object(schema, base).ID}}
	o, err := w.s.CreateObject(w.as("sa"), ObjectSpec{Schema: schema, Name: name, Kind: KindView, Columns: threeColumns(), Definition: "CREATE VIEW …", Depends: depends})
	w.must(err)
	return o
}

func (w *world) object(schema, name string) *Object {
	w.t.Helper()
	o := w.app().ObjectNamed(w.app().SchemaNamed(schema).ID, name)
	if o == nil {
		w.t.Fatalf("no object %s.%s", schema, name)
	}
	return o
}

func (w *world) ref(schema, name string) ObjectRef {
	w.t.Helper()
	return ObjectRef{w.app().ID, w.object(schema, name).ID}
}

// do runs statements as a login in app; each must succeed.
func (w *world) do(login string, statements ...string) {
	w.t.Helper()
	for _, text := range statements {
		if _, err := w.run(w.as(login), text); err != nil {
			w.t.Fatalf("%s: %s", text, describe(err))
		}
	}
}

// run runs one statement of the small language of these tests: GRANT, DENY,
// REVOKE as in T-SQL, "ROLE r [owner]", "MEMBER role member".
func (w *world) run(ctx *Context, text string) ([]*Error, error) {
	words := strings.Fields(text)
	switch words[0] {
	case "ROLE":
		owner := "dbo"
		if len(words) > 2 {
			owner = words[2]
		}
		return nil, w.s.Roles(ctx, false).Create(words[1], owner)
	case "MEMBER":
		return nil, w.s.Roles(ctx, false).Add(words[1], words[2])
	case "OWNER": // OWNER class name… principal
		return nil, w.s.AlterAuthorization(ctx, words[1], strings.Split(words[2], "."), words[3], false)
	}
	return w.s.Apply(ctx, parseStatement(text))
}

// parseStatement reads a permission statement whose names hold no spaces.
func parseStatement(text string) Statement {
	st := Statement{Action: map[string]Action{"GRANT": Grant, "DENY": Deny, "REVOKE": Revoke}[strings.Fields(text)[0]]}
	_, text, _ = strings.Cut(text, " ")
	text, st.GrantOptionFor = cutWords(text, "GRANT OPTION FOR ", true)
	text, st.GrantOption = cutWords(text, " WITH GRANT OPTION", false)
	if before, as, ok := strings.Cut(text, " AS "); ok {
		text, st.As = before, as
	}
	text, st.Cascade = cutWords(text, " CASCADE", false)
	head, grantees, ok := strings.Cut(text, " TO ")
	if !ok {
		head, grantees, _ = strings.Cut(text, " FROM ")
	}
	for _, g := range strings.Split(grantees, ",") {
		st.Grantees = append(st.Grantees, strings.TrimSpace(g))
	}
	permissions, on, found := strings.Cut(head, " ON ")
	if found {
		on, st.Columns = cutColumns(on)
		if class, name, ok := strings.Cut(on, "::"); ok {
			st.Class, on = class, name
		}
		st.Securable = strings.Split(on, ".")
	}
	for _, p := range splitTop(permissions) {
		name, columns := cutColumns(strings.TrimSpace(p))
		if name == "ALL" {
			st.All = true
			continue
		}
		st.Permissions = append(st.Permissions, Permission{name, columns})
	}
	return st
}

func cutWords(text, words string, prefix bool) (string, bool) {
	if prefix && strings.HasPrefix(text, words) {
		return text[len(words):], true
	}
	if !prefix && strings.Contains(text, words) {
		return strings.Replace(text, words, "", 1), true
	}
	return text, false
}

func cutColumns(text string) (string, []string) {
	name, list, ok := strings.Cut(text, "(")
	if !ok {
		return text, nil
	}
	return strings.TrimSpace(name), strings.Split(strings.TrimSuffix(strings.TrimSpace(list), ")"), ",")
}

// splitTop splits at commas outside parentheses.
func splitTop(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// rows writes the permission rows of app as "grantee state TYPE class major
// [column] by grantor", leaving out those that are there from the start.
func (w *world) rows() []string {
	d := w.app()
	var list []string
	for _, r := range d.permissions.all() {
		if r.Class == ClassDatabase && (r.Type == "CO" && r.State == StateGrant || r.Grantee == RolePublic && strings.HasPrefix(r.Type, "VWC")) || r.Class == ClassObject && r.Major < 0 {
			continue
		}
		column := ""
		if r.Minor != 0 {
			column = "(" + d.Object(r.Major).columnName(r.Minor) + ")"
		}
		list = append(list, fmt.Sprintf("%s %c %s%s on %s by %s", d.Principal(r.Grantee).Name, r.State, r.Type, column, d.thing(r), d.Principal(r.Grantor).Name))
	}
	return list
}

func (d *Database) thing(r Row) string {
	switch r.Class {
	case ClassObject:
		o := d.Object(r.Major)
		return d.Schema(o.Schema).Name + "." + o.Name
	case ClassSchema:
		return "schema " + d.Schema(r.Major).Name
	case ClassPrincipal:
		return "principal " + d.Principal(r.Major).Name
	}
	return "database"
}

// describe writes a refusal as "number class state text", several joined.
func describe(err error) string {
	if err == nil {
		return ""
	}
	var parts []string
	for _, e := range refusal.List(err) {
		parts = append(parts, fmt.Sprintf("%d %d %d %s", e.Number, e.Class, e.State, e.Message))
	}
	if parts == nil {
		return err.Error()
	}
	return strings.Join(parts, " / ")
}

// numbers are the numbers of a refusal.
func numbers(err error) []int32 {
	var list []int32
	for _, e := range refusal.List(err) {
		list = append(list, e.Number)
	}
	return list
}

// dump writes everything a version holds, to see whether it changed.
func dump(s *Server) string {
	var b strings.Builder
	for _, p := range s.Logins() {
		fmt.Fprintf(&b, "login %+v\n", *p)
	}
	fmt.Fprintln(&b, s.members.pairs(), s.permissions.all(), s.nextPrincipal, s.nextDatabase)
	for _, d := range s.Databases() {
		fmt.Fprintln(&b, "database", d.ID, d.Name, d.Settings, d.OwnerSID, d.collation.Name(), d.members.pairs(), d.permissions.all())
		for _, p := range d.Principals() {
			fmt.Fprintf(&b, "  %+v\n", *p)
		}
		for _, schema := range d.Schemas() {
			fmt.Fprintf(&b, "  %+v\n", *schema)
		}
		for _, o := range d.Objects() {
			fmt.Fprintf(&b, "  %+v\n", *o)
		}
		for _, p := range d.Properties() {
			fmt.Fprintf(&b, "  %+v\n", *p)
		}
		fmt.Fprintln(&b, d.principals.keys.Keys(), d.schemas.keys.Keys(), d.objects.keys.Keys(), d.sids.Keys())
	}
	return b.String() + indexes(s)
}

// indexes writes what a version keeps to find things by.
func indexes(s *Server) string {
	var b strings.Builder
	permissions := func(p permissions) {
		var about []Row
		p.where.Scan(func(r Row) bool {
			about = append(about, Row{Class: r.Class, Major: r.Major, Grantee: r.Grantee})
			return true
		})
		fmt.Fprintln(&b, about, p.given.Keys(), p.given.Values())
	}
	permissions(s.permissions)
	fmt.Fprintf(&b, "%x %v %v\n", s.sids.Keys(), s.owned.Keys(), s.owned.Values())
	for _, d := range s.Databases() {
		permissions(d.permissions)
		fmt.Fprintln(&b, d.users.Keys(), d.owned.Keys(), d.owned.Values())
	}
	return b.String()
}

// rebuilt is a server with the contents of another, its indexes made anew.
func rebuilt(s *Server) *Server {
	anew := func(old permissions) permissions {
		p := newPermissions()
		for _, r := range old.all() {
			p.put(r)
		}
		return p
	}
	next := s.Begin()
	next.principals, next.sids, next.owned = newRegister[*Principal](), newMap[string, int](), newCounts()
	next.permissions = anew(s.permissions)
	for _, p := range s.Logins() {
		next.putLogin(p)
	}
	for _, old := range s.Databases() {
		d := newDatabase(old.ID, old.Name, old.collation)
		d.permissions = anew(old.permissions)
		for _, p := range old.Principals() {
			d.putPrincipal(p)
		}
		for _, one := range old.Schemas() {
			d.putSchema(one)
		}
		for _, o := range old.Objects() {
			d.putObject(o)
		}
		next.databases.ids.Set(d.ID, d)
	}
	return next
}

func TestErrorsAreFoundOneByOne(t *testing.T) {
	err := error(Errors{refuse(15247), refuse(2759)})
	var one *Error
	if !errors.As(err, &one) || one.Number != 15247 {
		t.Errorf("errors.As found %v", one)
	}
	if got := numbers(err); !slices.Equal(got, []int32{15247, 2759}) {
		t.Errorf("numbers = %v", got)
	}
}
