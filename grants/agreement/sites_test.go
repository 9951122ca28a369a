package agreement

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

// TestRandomSites makes random sites with strangers, chains of owners, server
// roles and permissions, and impersonation, each in a transaction that is rolled
// back. As a login, and as everybody whom it can become by EXECUTE AS, it tries to
// enter, to act as each of the others, and to select, insert or update; whether
// it gets there, by whatever way, is compared with what Decide and Who say.
func TestRandomSites(t *testing.T) {
	n := *states
	if testing.Short() {
		n = min(n, 200)
	}
	workers := max(runtime.GOMAXPROCS(0), 1)
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		n, workers = min(n, 500), 1
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the states are small and many
	var asked, unsure atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			p := newPlay(t, w)
			for i := w; i < n && !t.Failed(); i += workers {
				s := &state{conn: p.conn, base: p.base, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}
				if err := p.compare(s, &asked, &unsure); err != nil {
					t.Errorf("site %d of seed %d: %v\n%s", i, *seed, err, s.script)
				}
			}
		})
	}
	wg.Wait()
	if !t.Failed() && (asked.Load() == 0 || unsure.Load()*20 > asked.Load()) {
		t.Errorf("%d of %d answers are not verified: the model evades the questions", unsure.Load(), asked.Load())
	}
}

// The people of a play: logins with a user of the same number, one without, and
// a user without a login.
var (
	playLogins = []string{"l1", "l2", "l3"}
	playActed  = []string{"u1", "u2", "u3", "dbo", "guest"}
	playRoles  = []string{"r1", "r2"}
	playViews  = []string{"dbo.v1", "app.v2", "dbo.v3"}
	playTables = []string{"dbo.t1", "app.t2"}
	playTries  = [][2]string{{"SELECT", "SELECT @n = COUNT(a) + COUNT(b) FROM %s"}, {"INSERT", "INSERT INTO %s (a, b) VALUES (1, 1)"}, {"UPDATE", "UPDATE %s SET a = 1, b = 1"}}
)

// v2 is over a view, v3 over a table of another schema.
const playStage = `
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE TABLE dbo.t1 (a int NULL, b int NULL);
CREATE TABLE app.t2 (a int NULL, b int NULL);
GO
CREATE VIEW dbo.v1 AS SELECT a, b FROM dbo.t1;
GO
CREATE VIEW app.v2 AS SELECT a, b FROM dbo.v1;
GO
CREATE VIEW dbo.v3 AS SELECT a, b FROM app.t2;
GO
CREATE USER u1 FOR LOGIN @1; CREATE USER u2 FOR LOGIN @2; CREATE USER u3 WITHOUT LOGIN;
CREATE ROLE r1 AUTHORIZATION dbo; CREATE ROLE r2 AUTHORIZATION dbo;
GO
`

// play is the stage of one worker.
type play struct {
	conn     *sql.Conn
	base     *grants.Snapshot
	database string
	names    *strings.Replacer // @1 to the first login's real name, and @site
}

func newPlay(t *testing.T, worker int) *play {
	address, stop := server(t)
	t.Cleanup(stop)
	prefix := fmt.Sprintf("gt_play_%d_%d", os.Getpid(), worker)
	db, err := mssql.Open(address)
	check(t, err)
	conn, err := db.Conn(context.Background())
	check(t, err)
	p := &play{conn: conn, database: prefix}
	names := []string{"@site", tsql.Quote(prefix), "@db", prefix}
	setup, end := "", "USE master; DROP DATABASE "+tsql.Quote(prefix)+";"
	for i, l := range playLogins {
		real := prefix + l
		names = append(names, "@"+fmt.Sprint(i+1), real)
		setup += "CREATE LOGIN " + real + " WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF;\n"
		end += "DROP LOGIN " + real + ";"
	}
	names = append(names, "@role", prefix+"s")
	p.names = strings.NewReplacer(names...)
	setup += "CREATE SERVER ROLE " + prefix + "s;\n"
	end += "DROP SERVER ROLE " + prefix + "s;"
	batches, err := tsql.SplitScript(setup + "CREATE DATABASE " + tsql.Quote(prefix) + ";\nGO\nUSE " + tsql.Quote(prefix) + ";\nGO\n" + p.names.Replace(playStage))
	check(t, err)
	for _, b := range batches {
		_, err := conn.ExecContext(context.Background(), b.Text)
		check(t, err)
	}
	p.base, err = mssql.Snapshot(context.Background(), conn, "agreement", "test")
	check(t, err)
	t.Cleanup(func() {
		conn.ExecContext(context.Background(), end)
		conn.Close()
		db.Close()
	})
	return p
}

// question is a statement on a view.
type question struct{ view, try int }

func (q question) text() string { return fmt.Sprintf(playTries[q.try][1], playViews[q.view]) }

// tries writes a batch whose answer is one text: a 1 or a 0 for each try.
type tries struct {
	strings.Builder
	n int
}

func newTries() *tries {
	t := &tries{}
	t.WriteString("SET XACT_ABORT OFF;\nSET NOCOUNT ON;\nDECLARE @n int, @met nvarchar(max) = N'';\n")
	return t
}

func (t *tries) try(text, then string) {
	t.n++
	fmt.Fprintf(t, "BEGIN TRY %s; SET @met += N'1'; %s END TRY BEGIN CATCH SET @met += N'0'; END CATCH;\n", text, then)
}

// does tries the questions, and to act as everybody.
func (t *tries) does(asked []question) {
	for _, q := range asked {
		t.try(q.text(), "")
	}
	for _, u := range playActed {
		t.try("EXECUTE AS USER = '"+u+"'", "REVERT;")
	}
}

// login asks as one: in the site, and whom it can become. 916 ends a batch, so
// whether it can enter is asked before.
func (t *tries) login(l string, asked []question) {
	fmt.Fprintf(t, "USE master;\nEXECUTE AS LOGIN = '@%[1]s';\nSET @n = HAS_DBACCESS('@db');\n", l[1:])
	for _, k := range append(slices.Clone(playLogins), "sa") {
		name := k
		if k != "sa" {
			name = "@" + k[1:]
		}
		t.try(fmt.Sprintf("EXECUTE AS LOGIN = '%s'", name), "REVERT;")
	}
	fmt.Fprintf(t, "REVERT;\nUSE @site;\nIF @n = 1\nBEGIN\nEXECUTE AS LOGIN = '@%s';\n", l[1:])
	t.does(asked)
	fmt.Fprintf(t, "REVERT;\nEND\nELSE SET @met += N'%s';\n", strings.Repeat("0", len(asked)+len(playActed)))
}

func (t *tries) user(u string, asked []question) {
	fmt.Fprintf(t, "EXECUTE AS USER = '%s';\n", u)
	t.does(asked)
	t.WriteString("REVERT;\n")
}

// opened is a site that was made for one login, which tried two things.
type opened struct {
	snapshot  *grants.Snapshot
	model     *grants.Access
	questions []question
	seen      played
	login     int // of playLogins
	name      string
}

// open makes a site in a transaction that close rolls back, and has one of the
// logins try it; nil where that login does not log in, which EXECUTE AS LOGIN does
// not see: TestEntering asks that.
func (p *play) open(ctx context.Context, s *state) (*opened, error) {
	s.script = p.names.Replace(writeSite(s))
	p.conn.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION;\n"+s.script)
	snapshot, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	x := &opened{snapshot: snapshot, model: grants.NewAccess(snapshot),
		questions: []question{{s.rand.IntN(len(playViews)), 0}, {s.rand.IntN(len(playViews)), 1 + s.rand.IntN(2)}}, login: s.rand.IntN(len(playLogins))}
	if x.seen, err = p.observe(ctx, playLogins[x.login], x.questions); err != nil {
		return nil, err
	}
	x.name = p.names.Replace(fmt.Sprintf("@%d", x.login+1))
	if _, why := x.model.CanEnter(x.name); len(why) > 0 && why[0].Kind == "login" {
		return nil, nil
	}
	return x, nil
}

// close takes back what open made.
func (p *play) close(ctx context.Context) {
	p.conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; USE "+tsql.Quote(p.database))
}

// compare plays one site and returns the first disagreements.
func (p *play) compare(s *state, asked, unsure *atomic.Int64) error {
	ctx := context.Background()
	defer p.close(ctx)
	x, err := p.open(ctx, s)
	if x == nil || err != nil {
		return err
	}
	snapshot, questions, seen, model, name, l := x.snapshot, x.questions, x.seen, x.model, x.name, x.login
	var out []error
	inquiry := grants.Inquire(snapshot, &grants.Wanted{}, grants.Acceptance{})
	for k, q := range questions {
		view, try := playViews[q.view], playTries[q.try][0]
		one, _ := catalog.ParsePermission(try)
		d := model.Decide(name, view, one)
		asked.Add(1)
		if d.Allowed == grants.NotVerified {
			unsure.Add(1)
		} else if really := seen.reaches(playLogins[l], k); really != (d.Allowed == grants.Yes) {
			out = append(out, fmt.Errorf("%s %s %s: the server says %v, the model that they %s: %v", name, try, view, really, d.Allowed, d.Because))
		}
		listed := slices.ContainsFunc(inquiry.Who(view, one), func(x grants.Decision) bool {
			return x.Allowed == d.Allowed && (x.User == d.User || x.User == "guest")
		})
		if d.Allowed != grants.No && !listed {
			out = append(out, fmt.Errorf("%s %s %s: who does not list them, and explain says that they %s", name, try, view, d.Allowed))
		}
	}
	return errors.Join(out...)
}

// played is what everybody met: by login or user, what they could do and whom
// they could act as.
type played struct {
	does map[string][]bool
	acts map[string][]string
}

// observe asks as a login, and as everybody whom it can become.
func (p *play) observe(ctx context.Context, login string, asked []question) (played, error) {
	seen := played{does: map[string][]bool{}, acts: map[string][]string{}}
	for todo := []string{login}; len(todo) > 0; todo = seen.unasked() {
		t := newTries()
		for _, who := range todo {
			if who[0] == 'l' {
				t.login(who, asked)
			} else {
				t.user(who, asked)
			}
		}
		t.WriteString("SELECT @met;\n")
		var met string
		if err := p.conn.QueryRowContext(ctx, p.names.Replace(t.String())).Scan(&met); err != nil {
			return seen, err
		}
		if len(met) != t.n {
			return seen, errors.New("some tries ended the batch: " + met)
		}
		for _, who := range todo {
			met = seen.read(who, met, len(asked))
		}
	}
	return seen, nil
}

// read takes what one of them met off the front, and returns the rest.
func (p played) read(who, met string, asked int) string {
	p.does[who] = []bool{}
	next := func() bool {
		one := met[0] == '1'
		met = met[1:]
		return one
	}
	if who[0] == 'l' {
		for _, k := range append(slices.Clone(playLogins), "sa") {
			if next() {
				p.acts[who] = append(p.acts[who], k)
			}
		}
	}
	for range asked {
		p.does[who] = append(p.does[who], next())
	}
	for _, u := range playActed {
		if next() {
			p.acts[who] = append(p.acts[who], u)
		}
	}
	return met
}

// unasked lists those whom somebody can act as and who were not asked yet.
func (p played) unasked() []string {
	var out []string
	for _, list := range p.acts {
		for _, u := range list {
			if _, known := p.does[u]; !known && u != "dbo" && u != "sa" && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	slices.Sort(out)
	return out
}

// reaches reports whether somebody can do something, themselves or as anybody
// whom they can become. As dbo or sa everything can be done.
func (p played) reaches(who string, try int) bool {
	todo := []string{who}
	for i := 0; i < len(todo); i++ {
		if todo[i] == "dbo" || todo[i] == "sa" || len(p.does[todo[i]]) > try && p.does[todo[i]][try] {
			return true
		}
		for _, next := range p.acts[todo[i]] {
			if !slices.Contains(todo, next) {
				todo = append(todo, next)
			}
		}
	}
	return false
}

// writeSite makes up 3 to 10 statements; some are about the server, from
// master.
func writeSite(s *state) string {
	var b strings.Builder
	for range 3 + s.rand.IntN(8) {
		if s.rand.IntN(4) == 0 {
			fmt.Fprintf(&b, "USE master; %s; USE @site;\n", serverStatement(s))
		} else {
			fmt.Fprintf(&b, "%s;\n", siteStatement(s))
		}
	}
	return b.String()
}

func serverStatement(s *state) string {
	verb := pick(s, []string{"GRANT", "GRANT", "GRANT", "DENY"})
	to := pick(s, []string{"@1", "@2", "@3", "@3", "@role"})
	switch s.rand.IntN(6) {
	case 0:
		return fmt.Sprintf("ALTER SERVER ROLE %s ADD MEMBER %s", pick(s, []string{"sysadmin", "securityadmin", "##MS_DatabaseConnector##", "@role", "@role"}), to)
	case 1:
		return fmt.Sprintf("%s %s ON LOGIN::%s TO %s", verb, pick(s, []string{"IMPERSONATE", "CONTROL", "ALTER"}), pick(s, []string{"@1", "@2", "@3"}), to)
	case 2:
		return "ALTER AUTHORIZATION ON DATABASE::@site TO @3"
	}
	return fmt.Sprintf("%s %s TO %s", verb, pick(s, []string{"CONTROL SERVER", "SELECT ALL USER SECURABLES", "CONNECT ANY DATABASE", "IMPERSONATE ANY LOGIN", "ALTER ANY LOGIN"}), to)
}

func siteStatement(s *state) string {
	to := func() string { return pick(s, []string{"u1", "u1", "u2", "u2", "u3", "r1", "r2", "public", "guest"}) }
	who := func() string { return pick(s, []string{"u1", "u2", "u3", "r1", "r2"}) }
	verb := pick(s, []string{"GRANT", "GRANT", "GRANT", "DENY", "REVOKE"})
	switch s.rand.IntN(16) {
	case 0, 1:
		return fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, playRoles), who())
	case 2:
		return fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, []string{"db_owner", "db_datareader", "db_datawriter", "db_denydatareader", "db_accessadmin"}), who())
	case 3, 4:
		return "ALTER AUTHORIZATION ON " + pick(s, []string{"OBJECT::dbo.t1", "OBJECT::app.t2", "OBJECT::dbo.v1", "OBJECT::app.v2", "OBJECT::dbo.v3", "SCHEMA::app", "ROLE::r1"}) + " TO " + who()
	case 5, 6:
		return fmt.Sprintf("%s %s ON USER::%s TO %s", verb, pick(s, []string{"IMPERSONATE", "IMPERSONATE", "CONTROL"}), pick(s, []string{"u1", "u2", "u3", "dbo", "guest"}), to())
	case 7:
		return fmt.Sprintf("%s CONNECT TO %s", pick(s, []string{"GRANT", "DENY", "REVOKE"}), to())
	case 8:
		return fmt.Sprintf("%s %s TO %s", verb, pick(s, []string{"CONTROL", "SELECT", "UPDATE", "CONNECT"}), to())
	case 9:
		return fmt.Sprintf("%s %s ON SCHEMA::%s TO %s", verb, pick(s, []string{"SELECT", "CONTROL", "INSERT"}), pick(s, []string{"dbo", "app"}), to())
	case 10, 11:
		return fmt.Sprintf("%s %s ON %s TO %s", verb, pick(s, []string{"SELECT", "INSERT", "UPDATE", "CONTROL"}), pick(s, playTables), to())
	}
	return fmt.Sprintf("%s %s ON %s TO %s", verb, pick(s, []string{"SELECT", "INSERT", "UPDATE", "SELECT, INSERT, UPDATE", "CONTROL"}), pick(s, playViews), to())
}
