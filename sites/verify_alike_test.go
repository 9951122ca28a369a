package sites

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestVerifyByWhoIsAlike says of a site, in which some of 30 people of one group
// have something by hand, what asking about everybody says, and names everybody
// whom it is about.
func TestVerifyByWhoIsAlike(t *testing.T) {
	l := newLive(t)
	var text strings.Builder
	text.WriteString("[[group]]\nname = \"Reader\"\n[[group.allow]]\nviews = \"*\"\npermissions = [\"select\", \"update\"]\n")
	for i := range 30 {
		l.admin(fmt.Sprintf("CREATE LOGIN p%02d WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;", i))
		fmt.Fprintf(&text, "[[user]]\nname = \"p%02d\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n", i)
	}
	f := l.policyFleet(runner(), text.String())
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	more := 0
	if *least {
		more = 1 // who runs it
	}
	verify := func() (Verified, Verified) {
		t.Helper()
		f.options.EveryUser = false
		alike := f.Verify(context.Background(), time.Now())[0]
		f.options.EveryUser = true
		every := f.Verify(context.Background(), time.Now())[0]
		if d := cmp.Diff(every, alike, cmpopts.IgnoreFields(Verified{}, "Asked", "Answers"), cmpopts.IgnoreUnexported(Verified{})); d != "" || alike.Err != nil {
			t.Errorf("%v: %s", alike.Err, d)
		}
		if every.Users != 30+more || every.Asked != 30+more || every.Answers != (30+more)*3*4 || alike.Answers != alike.Asked*3*4 {
			t.Errorf("%d people, %d asked, %d answers; %d asked, %d answers", every.Users, every.Asked, every.Answers, alike.Asked, alike.Answers)
		}
		return alike, every
	}
	if v, _ := verify(); !v.OK() || v.Asked != 1+more {
		t.Errorf("asked %d, mismatches %v", v.Asked, v.Mismatches)
	}
	l.admin(`GRANT DELETE ON dbo.imvw_site TO p03; DENY SELECT ON dbo.imvw_site TO p05; ALTER ROLE db_datareader ADD MEMBER p07; DENY SELECT (id) ON dbo.imvw_part TO p09;
ALTER AUTHORIZATION ON OBJECT::dbo.imvw_asset TO p11;`)
	if err := l.server.Exec(context.Background(), "master", "DENY SELECT ALL USER SECURABLES TO p13; CREATE SERVER ROLE kept_out; ALTER SERVER ROLE kept_out ADD MEMBER p15; DENY CONTROL SERVER TO kept_out;"); err != nil {
		t.Fatal(err)
	}
	v, _ := verify()
	if v.Asked != 8+more {
		t.Errorf("asked %d, want those seven and one for the others", v.Asked)
	}
	said := fmt.Sprint(v.Mismatches)
	for _, who := range []string{"p03", "p05", "p07", "p09", "p11", "p13", "p15"} {
		if !strings.Contains(said, who) {
			t.Errorf("nothing is said of %s: %s", who, said)
		}
	}
	l.admin("DENY UPDATE ON dbo.imvw_site TO Reader;")
	v, _ = verify()
	said = fmt.Sprint(v.Mismatches)
	for i := range 30 {
		if who := fmt.Sprintf(`"p%02d"`, i); i != 11 && !strings.Contains(said, who) { // an owner is denied nothing
			t.Errorf("nothing is said of %s: %s", who, said)
		}
	}
}

// TestVerifyAsksATenth: a site of 2,000 people in 60 sets of groups, by Zipf's
// law, of whom one in twenty has a set or a row of their own, is verified with a
// tenth of the questions of asking about each, in a few round trips.
func TestVerifyAsksATenth(t *testing.T) {
	l := newLive(t)
	users := crowded(l, 2000)
	conn, s := l.look(t)
	counted := &countedQueries{Querier: conn}
	answers, _, err := probeAlike(context.Background(), counted, s, users, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	asked, model := 0, grants.NewAccess(s)
	for i, a := range answers {
		if a.Like == "" {
			asked++
		}
		for _, v := range s.Views {
			may, _ := model.Of(users[i], "dbo."+v.Name)
			if a.User != users[i] || a.May["dbo."+v.Name] != may {
				t.Fatalf("%s (like %q) may %s on %s, the model says %s", a.User, a.Like, a.May["dbo."+v.Name], v.Name, may)
			}
		}
	}
	if asked > len(users)/10 || counted.n > 1+(asked+99)/100 {
		t.Errorf("%d of %d people asked about, in %d round trips", asked, len(users), counted.n)
	}
	t.Logf("%d of %d people asked about, in %d round trips", asked, len(users), counted.n)
}

// crowded puts people into the site: 40 roles, 60 sets of them by Zipf's law,
// one person in twenty with a set or a row of their own.
func crowded(l live, people int) []string {
	l.Helper()
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 1))
	for g := range 40 {
		fmt.Fprintf(&b, "CREATE ROLE g%02d AUTHORIZATION dbo;\nGRANT %s ON dbo.%s TO g%02d;\n", g, []string{"SELECT", "INSERT", "UPDATE", "DELETE"}[g%4], []string{"imvw_site", "imvw_asset", "imvw_part"}[g%3], g)
	}
	var sets [60][]int
	for i := range sets {
		sets[i] = r.Perm(40)[:1+r.IntN(4)]
	}
	zipf := rand.NewZipf(r, 1.2, 1, 59)
	members, users := make([][]string, 40), make([]string, people)
	for i := range users {
		users[i] = fmt.Sprintf("u%04d", i)
		fmt.Fprintf(&b, "CREATE USER %s WITHOUT LOGIN;\n", users[i])
		set := sets[zipf.Uint64()]
		switch {
		case i%40 == 0:
			set = r.Perm(40)[:5]
		case i%40 == 20:
			fmt.Fprintf(&b, "%s ON dbo.imvw_site TO %s;\n", []string{"GRANT SELECT", "DENY SELECT", "GRANT UPDATE"}[r.IntN(3)], users[i])
		}
		for _, g := range set {
			members[g] = append(members[g], users[i])
		}
	}
	for g, list := range members {
		for _, u := range list {
			fmt.Fprintf(&b, "ALTER ROLE g%02d ADD MEMBER %s;\n", g, u)
		}
	}
	l.admin("BEGIN TRANSACTION;\n" + b.String() + "COMMIT;")
	return users
}

// countedQueries counts the round trips of a connection.
type countedQueries struct {
	mssql.Querier
	n int
}

func (c *countedQueries) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.Querier.QueryContext(ctx, query, args...)
}

// TestWhoChangedSinceIsAskedAgain: where the one who was asked for others is not
// there any more, these are asked themselves.
func TestWhoChangedSinceIsAskedAgain(t *testing.T) {
	l := newLive(t)
	l.admin("CREATE USER a WITHOUT LOGIN; CREATE USER b WITHOUT LOGIN; CREATE USER c WITHOUT LOGIN; GRANT SELECT ON dbo.imvw_site TO public;")
	conn, s := l.look(t)
	q := &between{Querier: conn, then: func() { l.admin("DROP USER a;") }}
	got, _, err := probeAlike(context.Background(), q, s, []string{"a", "b", "c"}, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	may := map[string]catalog.Permissions{"dbo.imvw_site": catalog.Select}
	want := []grants.Reply{{User: "a", May: map[string]catalog.Permissions{}}, {User: "b", May: may}, {User: "c", May: may}}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(grants.Reply{}, "Refused")); d != "" || got[0].Refused == "" {
		t.Errorf("%+v: %s", got, d)
	}
}

// between does something after the first question.
type between struct {
	mssql.Querier
	then func()
	n    int
}

func (b *between) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if b.n++; b.n == 2 {
		b.then()
	}
	return b.Querier.QueryContext(ctx, query, args...)
}

// look connects to the site and reads it.
func (l live) look(t *testing.T) (*sql.Conn, *grants.Snapshot) {
	t.Helper()
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s, err := mssql.Snapshot(context.Background(), conn, "Site", "main")
	if err != nil {
		t.Fatal(err)
	}
	return conn, s
}
