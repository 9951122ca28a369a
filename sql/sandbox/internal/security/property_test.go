package security

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

var (
	people     = []string{"alice", "bob", "carol", "dave"}
	roleNames  = []string{"r1", "r2", "r3"}
	fixedNames = []string{"db_owner", "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter", "db_securityadmin", "db_ddladmin"}
	targets    = []string{"dbo.t", "dbo.v", "s.t"}
	dml        = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
)

// randomStatement draws one statement of the tests' language.
func randomStatement(t *rapid.T) string {
	pick := func(label string, from []string) string { return rapid.SampledFrom(from).Draw(t, label) }
	switch pick("kind", []string{"member", "member", "fixed", "owner", "permission", "permission", "permission", "permission", "permission"}) {
	case "member":
		return "MEMBER " + pick("role", roleNames) + " " + pick("member", slices.Concat(people, roleNames))
	case "fixed":
		return "MEMBER " + pick("role", fixedNames) + " " + pick("member", slices.Concat(people, roleNames))
	case "owner":
		class := pick("class", []string{"OBJECT " + pick("object", targets), "SCHEMA s"})
		return "OWNER " + class + " " + pick("owner", append([]string{"dbo"}, slices.Concat(people, roleNames)...))
	}
	return randomPermission(t, pick)
}

func randomPermission(t *rapid.T, pick func(string, []string) string) string {
	on := pick("on", []string{"", " ON SCHEMA::dbo", " ON SCHEMA::s", " ON dbo.t", " ON dbo.v", " ON s.t", " ON dbo.t", " ON dbo.v", " ON s.t"})
	permission := pick("permission", append(slices.Clone(dml), "CONTROL", "ALTER", "VIEW DEFINITION"))
	if strings.Contains(on, ".") && (permission == "SELECT" || permission == "UPDATE") && rapid.Bool().Draw(t, "columns") {
		permission += pick("list", []string{"(a)", "(b)", "(a,c)"})
	}
	grantee := pick("grantee", append([]string{"public"}, slices.Concat(people, roleNames)...))
	switch pick("verb", []string{"GRANT", "GRANT", "DENY", "REVOKE", "OPTION"}) {
	case "GRANT":
		return "GRANT " + permission + on + " TO " + grantee + pick("option", []string{"", "", " WITH GRANT OPTION"})
	case "DENY":
		return "DENY " + permission + on + " TO " + grantee + pick("cascade", []string{"", " CASCADE"})
	case "REVOKE":
		return "REVOKE " + permission + on + " FROM " + grantee + pick("cascade", []string{"", " CASCADE"})
	}
	return "REVOKE GRANT OPTION FOR " + permission + on + " FROM " + grantee + " CASCADE"
}

// randomWorld runs statements as random people; refusals must change nothing.
func randomWorld(tb testing.TB, t *rapid.T) *world {
	w := newWorld(tb)
	w.do("sa", "ROLE r1", "ROLE r2", "ROLE r3")
	for i := range rapid.IntRange(0, 25).Draw(t, "statements") {
		text := randomStatement(t)
		login := rapid.SampledFrom([]string{"sa", "sa", "sa", "sa", "alice", "bob"}).Draw(t, "as")
		before := dump(w.s)
		ctx, err := w.s.Enter(w.s.Session(w.s.LoginNamed(login).ID, clock), "app")
		if err != nil {
			continue
		}
		if _, err := w.run(ctx, text); err != nil && dump(w.s) != before {
			t.Fatalf("statement %d, %s as %s: refused with %s, but it changed something", i, text, login, describe(err))
		}
	}
	if got, want := indexes(w.s), indexes(rebuilt(w.s)); got != want {
		t.Fatalf("indexes:\n%s\nmade anew:\n%s", got, want)
	}
	return w
}

// opinion is a second reading of C.1 and C.2, kept apart from the package's
// own: it walks every permission row once for each question.
type opinion struct {
	d     *Database
	token map[int]bool
}

func newOpinion(d *Database, user int) opinion {
	o := opinion{d, map[int]bool{user: true, RolePublic: true}}
	for changed := true; changed; {
		changed = false
		for _, pair := range d.members.pairs() {
			if o.token[pair[1]] && !o.token[pair[0]] {
				o.token[pair[0]], changed = true, true
			}
		}
	}
	return o
}

// allows decides a DML permission on one column, or on the object when column
// is 0.
func (o opinion) allows(object *Object, code string, column int) bool {
	schema := o.d.Schema(object.Schema)
	owner := object.Owner
	if owner == 0 {
		owner = schema.Owner
	}
	if o.token[UserDBO] || o.token[owner] || o.token[schema.Owner] {
		return true
	}
	var above, table, own, taken = map[byte]bool{}, map[byte]map[int]bool{'D': {}, 'G': {}}, map[byte]bool{}, map[int]bool{}
	for _, r := range o.d.permissions.all() {
		if !o.token[r.Grantee] {
			continue
		}
		state := r.State
		if state == 'W' {
			state = 'G'
		}
		same := r.Type == code
		covers := same || r.Type == "CL"
		switch {
		case r.Class == ClassObject && r.Major == object.ID && same && r.Minor == 0:
			table[state][r.Grantee] = true
		case r.Class == ClassObject && r.Major == object.ID && same && r.Minor == column && state == 'R':
			taken[r.Grantee] = true
		case r.Class == ClassObject && r.Major == object.ID && same && r.Minor == column:
			own[state] = true
		case r.Class == ClassObject && r.Major == object.ID && r.Type == "CL", r.Class == ClassSchema && r.Major == schema.ID && covers, r.Class == ClassDatabase && covers:
			above[state] = true
		}
	}
	read, write := code == "SL", code != "SL"
	above['G'] = above['G'] || o.token[RoleOwner] || read && o.token[RoleDataReader] || write && o.token[RoleDataWriter]
	above['D'] = above['D'] || read && o.token[RoleDenyReader] || write && o.token[RoleDenyWriter]
	for grantee := range taken {
		delete(table['G'], grantee)
	}
	switch {
	case above['D'], own['D']:
		return false
	case own['G']:
		return true
	case len(table['D']) > 0:
		return false
	}
	return above['G'] || len(table['G']) > 0
}

// TestAnswersAgree: on random states SELECT, INSERT, UPDATE and DELETE,
// HAS_PERMS_BY_NAME, fn_my_permissions and a second reading of the rules give
// one answer.
func TestAnswersAgree(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := randomWorld(t, r)
		codes := map[string]string{"SELECT": "SL", "INSERT": "IN", "UPDATE": "UP", "DELETE": "DL"}
		for _, person := range people {
			ctx, err := w.s.Enter(w.s.Session(w.s.LoginNamed(person).ID, clock), "app")
			if err != nil {
				continue
			}
			second := newOpinion(w.app(), ctx.User)
			for _, target := range targets {
				schema, name, _ := strings.Cut(target, ".")
				for _, permission := range dml {
					w.agree(r, w.s.Checker(ctx), second, w.object(schema, name), target, person, permission, codes[permission])
				}
			}
		}
	})
}

func (w *world) agree(t *rapid.T, c *Checker, second opinion, o *Object, target, person, permission, code string) {
	ref := ObjectRef{w.app().ID, o.ID}
	held := map[string]bool{}
	for _, m := range c.MyPermissions(&target, ptr("OBJECT")) {
		held[fmt.Sprintf("%s/%s", m[1], m[2])] = true
	}
	where := fmt.Sprintf("%s, %s on %s\n%s", person, permission, target, strings.Join(w.rows(), "\n"))
	whole := second.allows(o, code, 0)
	if got := c.HasPermsByName(&target, ptr("OBJECT"), &permission, nil, nil); *got == 1 != whole || held["/"+permission] != whole {
		t.Fatalf("whole object: second opinion %v, HAS_PERMS_BY_NAME %d, fn_my_permissions %v: %s", whole, *got, held["/"+permission], where)
	}
	every := true
	for _, column := range o.Columns {
		want := whole
		if hasColumnRules(permission) {
			want = second.allows(o, code, column.ID)
			got := c.HasPermsByName(&target, ptr("OBJECT"), &permission, &column.Name, ptr("COLUMN"))
			if *got == 1 != want || held[column.Name+"/"+permission] != want {
				t.Fatalf("column %s: second opinion %v, HAS_PERMS_BY_NAME %d: %s", column.Name, want, *got, where)
			}
		}
		if err := c.Access(nil, ref, permission, []int{column.ID}); (err == nil) != want {
			t.Fatalf("column %s: second opinion %v, statement %q: %s", column.Name, want, describe(err), where)
		}
		every = every && want
	}
	if err := c.Access(nil, ref, permission, nil); (err == nil) != every {
		t.Fatalf("no column named: %v, statement %q: %s", every, describe(err), where)
	}
}

// TestRevokeRestores: a GRANT or DENY of something that had no row, taken back
// by REVOKE, leaves the rows as they were.
func TestRevokeRestores(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := randomWorld(t, r)
		pick := func(label string, from []string) string { return rapid.SampledFrom(from).Draw(r, label) }
		on, permission, grantee := pick("on", targets), pick("permission", dml), pick("grantee", append(people, roleNames...))
		before := w.rows()
		code := builtins.byName[permissionOf{"OBJECT", permission}].Type
		if slices.ContainsFunc(before, func(row string) bool {
			return strings.HasPrefix(row, grantee+" ") && strings.Contains(row, " "+code) && strings.Contains(row, " on "+on+" ")
		}) {
			return
		}
		w.do("sa", pick("verb", []string{"GRANT ", "DENY "})+permission+" ON "+on+" TO "+grantee, "REVOKE "+permission+" ON "+on+" FROM "+grantee)
		if after := w.rows(); !slices.Equal(before, after) {
			t.Fatalf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	})
}

// TestVersionsAreApart: what is done in a version never shows in the one it
// came from, nor the other way round.
func TestVersionsAreApart(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := randomWorld(t, r)
		parent := w.s
		first := dump(parent)
		child := parent.Begin()
		w.s = child
		for range rapid.IntRange(1, 8).Draw(r, "in the child") {
			_, _ = w.run(w.as("sa"), randomStatement(r))
		}
		w.must(child.CreateUser(w.as("sa"), UserSpec{Name: "new", WithoutLogin: true}))
		w.must(child.DropObject(w.as("sa"), KindView, "dbo", "v", false))
		if dump(parent) != first {
			t.Fatal("the parent changed with its child")
		}
		second := dump(child)
		w.s = parent
		for range rapid.IntRange(1, 8).Draw(r, "in the parent") {
			_, _ = w.run(w.as("sa"), randomStatement(r))
		}
		w.must(parent.Roles(w.as("sa"), false).Create("late", ""))
		if dump(child) != second {
			t.Fatal("the child changed with its parent")
		}
	})
}

// TestSharedVersions: many goroutines branch and read one published version
// while others publish new ones; run it with -race.
func TestSharedVersions(t *testing.T) {
	w := newWorld(t)
	var published atomic.Pointer[Server]
	published.Store(w.s)
	var writing sync.Mutex
	var all sync.WaitGroup
	for n := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 20 {
				mine := world{t, published.Load().Begin()}
				_ = mine.s.Checker(mine.as("bob")).Can(OnObject(mine.app().ID, mine.object("dbo", "v").ID), "SELECT")
				_ = mine.names("sa", "database_permissions")
				writing.Lock()
				next := world{t, published.Load().Begin()}
				if err := next.s.Roles(next.as("sa"), false).Create(fmt.Sprintf("role %d %d", n, i), ""); err != nil {
					t.Errorf("create: %s", describe(err))
				}
				published.Store(next.s)
				writing.Unlock()
			}
		}()
	}
	all.Wait()
	got := 0
	for _, p := range published.Load().DatabaseNamed("app").Principals() {
		got += bit(strings.HasPrefix(p.Name, "role "))
	}
	if got != 160 {
		t.Errorf("%d roles were published, want 160", got)
	}
}
