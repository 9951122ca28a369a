package security

import (
	"fmt"
	"runtime"
	"testing"
)

// crowd is a database with n more of everything: logins, users with a role,
// a row, a property and a schema of their own, tables with a key and a foreign
// key, and schema-bound views over them.
func crowd(t *testing.T, n int) *world {
	w := newWorld(t)
	sa := w.as("sa")
	for i := range n {
		name := fmt.Sprintf("extra%d", i)
		w.must(w.s.CreateLogin(sa, LoginSpec{Name: name, SID: []byte(name), Hash: []byte("x"), Password: "x", CheckPolicy: new(bool)}))
		w.person(name)
		o := w.table("dbo", name)
		w.constrained(o)
		_, err := w.s.CreateObject(sa, ObjectSpec{Schema: "dbo", Name: "v" + name, Kind: KindView, Columns: threeColumns(), SchemaBound: true, Depends: []Dependency{{Name: name, ID: o.ID}}})
		w.must(err)
	}
	return w
}

func (w *world) person(name string) {
	w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: name, Login: name}))
	w.do("sa", "ROLE role-"+name+" "+name, "MEMBER role-"+name+" "+name, "MEMBER db_datareader "+name, "GRANT SELECT ON dbo.v TO "+name)
	w.must(w.s.CreateSchema(w.as("sa"), "own-"+name, name))
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "p", "x", PropertyTarget{Level0Type: "USER", Level0Name: name}))
}

func (w *world) constrained(o *Object) {
	for _, spec := range []ObjectSpec{{Kind: KindPrimaryKey, Name: "pk" + o.Name, Parent: o.ID}, {Kind: KindForeignKey, Name: "fk" + o.Name, Parent: o.ID, References: w.object("dbo", "t").ID}} {
		_, err := w.s.CreateObject(w.as("sa"), spec)
		w.must(err)
	}
}

// TestWhatIsDroppedCostsItsOwn: what it takes to make and drop a person, a
// table and a schema does not grow with how many there are. What a scan lists
// is memory, which is counted.
func TestWhatIsDroppedCostsItsOwn(t *testing.T) {
	cost := func(n int) float64 {
		w := crowd(t, n)
		round := func(i int) {
			w.s = w.s.Begin()
			sa, name := w.as("sa"), fmt.Sprintf("guest%d", i)
			w.must(w.s.CreateLogin(sa, LoginSpec{Name: name, SID: []byte(name), Hash: []byte("x"), Password: "x", CheckPolicy: new(bool)}))
			w.person(name)
			o := w.table("own-"+name, name)
			w.constrained(o)
			w.s.DropConstraint(w.app().ID, o.ID, "pk"+name)
			w.do("sa", "OWNER OBJECT own-"+name+"."+name+" alice", "REVOKE SELECT ON dbo.v FROM "+name+" CASCADE")
			w.must(w.s.DropObject(sa, KindTable, "own-"+name, name, false))
			w.must(w.s.DropSchema(sa, "own-"+name, false))
			w.must(w.s.Roles(sa, false).Remove("role-"+name, name))
			w.must(w.s.Roles(sa, false).Drop("role-"+name, false))
			w.must(w.s.DropUser(sa, name, false))
			w.must(w.s.DropLogin(sa, name, false))
		}
		round(0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range 20 {
			round(i + 1)
		}
		runtime.ReadMemStats(&after)
		if got, want := indexes(w.s), indexes(rebuilt(w.s)); got != want {
			t.Errorf("indexes:\n%s\nmade anew:\n%s", got, want)
		}
		return float64(after.TotalAlloc-before.TotalAlloc) / 20
	}
	few, many := cost(100), cost(1600)
	t.Logf("%.0f bytes a round beside 100, %.0f beside 1600", few, many)
	if many > 1.35*few {
		t.Errorf("a round takes %.0f bytes beside 100 others, %.0f beside 1600", few, many)
	}
}

// TestDropRefusals: who owns or granted something, and what is used, stays.
func TestDropRefusals(t *testing.T) {
	w := newWorld(t)
	sa := w.as("sa")
	w.login("erin", 7)
	w.must(w.s.Roles(sa, true).Create("sr", "erin"))
	w.do("sa", "ROLE r1 alice", "ROLE r2", "GRANT SELECT ON dbo.t TO bob WITH GRANT OPTION")
	w.do("bob", "GRANT SELECT ON dbo.t TO carol")
	w.do("sa", "OWNER OBJECT dbo.v dave")
	w.must(w.s.CreateSchema(sa, "mine", "r2"))
	drop := func(name string) error { return w.s.DropUser(sa, name, false) }
	for _, c := range []struct {
		name string
		do   func() error
		want int32
	}{
		{"a role", func() error { return drop("alice") }, 15421},
		{"granted", func() error { return drop("bob") }, 15284},
		{"an object", func() error { return drop("dave") }, 15183},
		{"a schema", func() error { return w.s.Roles(sa, false).Drop("r2", false) }, 15138},
		{"a server role", func() error { return w.s.DropLogin(sa, "erin", false) }, 15141},
		{"a sid in use", func() error {
			return w.s.CreateLogin(sa, LoginSpec{Name: "x", SID: []byte{9, 9, 7}, Hash: []byte("x")})
		}, 15433},
	} {
		if got := numbers(c.do()); len(got) == 0 || got[0] != c.want {
			t.Errorf("%s: %v, want %d", c.name, got, c.want)
		}
	}
	w.do("sa", "OWNER ROLE r1 dbo", "OWNER OBJECT dbo.v dbo", "REVOKE SELECT ON dbo.t FROM bob CASCADE")
	w.must(w.s.AlterAuthorization(sa, "SCHEMA", []string{"mine"}, "carol", false))
	for _, name := range []string{"alice", "bob", "dave"} {
		w.must(drop(name))
	}
	w.must(w.s.Roles(sa, false).Drop("r2", false))
	w.must(w.s.Roles(sa, true).Drop("sr", false))
	w.must(w.s.DropLogin(sa, "erin", false))
}

// TestQuestionsAreRemembered: a name is resolved once, and the rows that
// decide are gathered once for all permissions on it.
func TestQuestionsAreRemembered(t *testing.T) {
	w := crowd(t, 20)
	w.do("sa", "MEMBER role-extra1 bob", "MEMBER role-extra2 bob", "MEMBER db_datareader bob", "GRANT UPDATE ON dbo.vextra1 TO role-extra1")
	c := w.s.Checker(w.as("bob"))
	names := make([]string, 20)
	for i := range names {
		names[i] = fmt.Sprintf("[dbo].[vextra%d]", i)
	}
	class := "object"
	ask := func() (held int) {
		for i := range names {
			for _, permission := range dml {
				held += *c.HasPermsByName(&names[i], &class, &permission, nil, nil)
			}
		}
		return held
	}
	if held := ask(); held != 21 {
		t.Errorf("bob holds %d, want 21", held)
	}
	if allocations := testing.AllocsPerRun(10, func() { ask() }); allocations > 2*80 { // the answer, and nothing to find it
		t.Errorf("%.0f allocations for 80 questions asked again", allocations)
	}
}
