package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"grantree/catalog"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
	"grantree/sql/tsql"

	driver "github.com/microsoft/go-mssqldb"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"grantree": recorded,
	})
}

// TestScript runs the short stories of testdata/script against the sandbox,
// or against the server that GRANTREE_TEST_URL names. No story knows which.
// Beside testscript's own verbs they use:
//
//	server                    a server, as $URL, $ADMIN and $PASSWORD, and $SA, who is its
//	                          administrator: $ADMIN, but where [least] is so
//	server NAME               one more, as $URL_NAME and so on, where [two-servers];
//	                          [directory] is where Windows and Entra have accounts, [no-trace]
//	                          where a server writes nothing down of changes
//	at [NAME]                 the words that follow speak to that one, or the first
//	site NAME [contained]     a database made from the catalog, as $NAME
//	restore DATABASE NAME     a copy of it, as a backup brings it, on another server
//	expand FILE...            replaces ${VAR} in files by the environment
//	exits CODE COMMAND...     runs a command and holds it to its exit code
//	hire DATABASE...          lets the login that runs grantree into a database that the
//	                          story made, where it is no administrator of the server
//	sql DATABASE TEXT         runs a script (or a file's) as administrator
//	as USER DATABASE TEXT     runs a statement as a user of a password file
//	                          passwords.txt (that of server NAME is
//	                          passwords_NAME.txt); prints rows, or "error N: text"
//	stays USER DATABASE TEXT  runs one, and stays connected until the story ends
//	answer PACK OUT REVIEWER PERSON/WHAT=DECISION[,NOTE]...
//	                          what a reviewer sends back of a pack, as CSV
//	canary TEXT               a password that the story holds in another way
//
// $P0 to $P30 are numbers of people in a site, the runner's account among them where it
// has one there. TestScriptAsRunner tells stories as a login that is no administrator:
// there [least] is so.
//
// At the end of each, no output of any command may hold a password of the story.
func TestScript(t *testing.T) { testscript.Run(t, stories("../../testdata/script")) }

// manySites are stories that are told again as of a fleet, whose sites do not stay
// whole: whatever is printed of a plan, and is done by it, is the same.
var manySites = []string{"plan_work_orders", "plan_sql", "plan_markdown", "plan_html", "screen", "seats", "sites_apart", "odd_names", "adoption_modes", "sealed", "ledger_script", "heal", "break_glass"}

// TestScriptOfManySites tells some stories as if their sites were a fleet's.
func TestScriptOfManySites(t *testing.T) {
	p := stories("")
	for _, name := range manySites {
		p.Files = append(p.Files, "../../testdata/script/"+name+".txtar")
	}
	setup := p.Setup
	p.Setup = func(e *testscript.Env) error {
		err := setup(e)
		e.Setenv(whole, "-1")
		return err
	}
	testscript.Run(t, p)
}

// stories runs those of a folder.
func stories(dir string) testscript.Params {
	debug.SetGCPercent(400) // the stories' servers are small and many; a command that they start has its own
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Condition: func(cond string) (bool, error) {
			if cond == "least" {
				return false, nil
			}
			if cond != "two-servers" && cond != "directory" && cond != "no-trace" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return os.Getenv("GRANTREE_TEST_URL") == "", nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv(whole, os.Getenv(whole))
			counted(e, 0)
			c, err := watch(e)
			e.Values["world"] = &world{canaries: c, servers: map[string]address{}}
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":  func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).server(ts, strings.Join(args, "")) },
			"at":      func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).at(strings.Join(args, "")) },
			"restore": func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).restore(ts, args) },
			"site":    func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).site(ts, args) },
			"expand":  func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).expand(ts, args) },
			"answer":  func(ts *testscript.TestScript, _ bool, args []string) { sendBack(ts, args) },
			"exits":   func(ts *testscript.TestScript, _ bool, args []string) { exits(ts, args) },
			"hire":    func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).hire(ts, args) },
			"sql":     func(ts *testscript.TestScript, neg bool, args []string) { worldOf(ts).sql(ts, neg, args) },
			"as":      func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).as(ts, args) },
			"stays":   func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).stays(ts, args) },
			"canary":  func(ts *testscript.TestScript, _ bool, args []string) { worldOf(ts).canaries.add(args[0]) },
		},
	}
}

// world is one story's servers, and the one that it speaks to.
type world struct {
	address
	suffix   string // of its variables and files
	servers  map[string]address
	canaries *canaries
	least    bool // what runs grantree is no administrator of the server
}

// address is how a server is reached as its administrator.
type address struct{ url, user, password string }

// at turns to another server.
func (w *world) at(name string) {
	w.address, w.suffix = w.servers[name], ""
	if name != "" {
		w.suffix = "_" + name
	}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

// databases numbers the databases of a test run, so that stories that run at
// the same time on a real server do not meet.
var databases atomic.Int64

// server starts a sandbox, or takes the server that the environment names.
func (w *world) server(ts *testscript.TestScript, name string) {
	w.at(name)
	if real := os.Getenv("GRANTREE_TEST_URL"); real != "" {
		u, err := url.Parse(real)
		ts.Check(err)
		w.user = u.User.Username()
		w.password, _ = u.User.Password()
		u.User = nil
		w.url = u.String()
		w.alone(ts)
	} else {
		password, err := mssql.GeneratePassword("")
		ts.Check(err)
		s, err := sandbox.New(sandbox.Options{SAPassword: password, Entra: true, Groups: []string{`CORP\Stores`}})
		ts.Check(err)
		ts.Defer(func() { s.Close() })
		ts.Check(s.Listen("127.0.0.1:0"))
		w.url, w.user, w.password = sandboxURL(s), "sa", password
	}
	w.canaries.add(w.password)
	w.servers[name] = w.address
	ts.Setenv("URL"+w.suffix, w.url)
	ts.Setenv("ADMIN"+w.suffix, w.user)
	ts.Setenv("PASSWORD"+w.suffix, w.password)
	ts.Setenv("SA"+w.suffix, w.user)
	w.hires(ts)
	w.at("")
}

// oneAtATime is held by the story that uses a real server: logins belong to
// the whole server, and stories use the same names for their people.
var oneAtATime sync.Mutex

// alone keeps other stories off a real server until this one has ended, and
// then drops the logins that it made.
func (w *world) alone(ts *testscript.TestScript) {
	oneAtATime.Lock()
	before, err := w.logins()
	if err != nil {
		oneAtATime.Unlock()
		ts.Fatalf("%v", err)
	}
	ts.Defer(func() {
		defer oneAtATime.Unlock()
		after, _ := w.logins()
		for _, l := range after {
			if !slices.Contains(before, l) {
				w.script("master", "DROP LOGIN "+tsql.Quote(l))
			}
		}
	})
}

// logins lists the server's SQL logins.
func (w *world) logins() ([]string, error) {
	db, err := w.open("master")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.Query("SELECT name FROM sys.sql_logins ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// site makes a database from the catalog and puts its name into $NAME.
func (w *world) site(ts *testscript.TestScript, args []string) {
	if len(args) != 1 && (len(args) != 2 || args[1] != "contained") {
		ts.Fatalf("usage: site NAME [contained]")
	}
	name := fmt.Sprintf("gt_%d_%d_%s", os.Getpid(), databases.Add(1), args[0])
	ts.Setenv(args[0], name)
	ts.Check(w.script(name, mssql.MakeSite(name, "dbo", catalog.IMaint().Views())))
	w.allows(ts, name)
	if len(args) == 2 {
		ts.Check(w.script(name, mssql.Contain(name)))
	}
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		ts.Defer(func() {
			w.script("master", fmt.Sprintf("ALTER DATABASE %[1]s SET SINGLE_USER WITH ROLLBACK IMMEDIATE;\nGO\nDROP DATABASE %[1]s;", tsql.Quote(name)))
		})
	}
}

// open connects as administrator.
func (w *world) open(database string) (*sql.DB, error) {
	return mssql.Open(mssql.Address{URL: w.url, User: w.user, Password: w.password, Database: database})
}

// script runs GO batches on one connection that starts in master.
func (w *world) script(database, text string) error {
	db, err := w.open("master")
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	batches, err := tsql.SplitScript(text)
	if err != nil {
		return err
	}
	for _, b := range batches {
		for range b.Count {
			if _, err := conn.ExecContext(context.Background(), b.Text); err != nil {
				return fmt.Errorf("line %d: %w", b.Line, err)
			}
		}
	}
	return nil
}

// textOrFile returns a file's content where the argument names one.
func textOrFile(ts *testscript.TestScript, arg string) string {
	if data, err := os.ReadFile(ts.MkAbs(arg)); err == nil {
		return string(data)
	}
	return arg
}

// sql runs a script in a database; negated, it must fail.
func (w *world) sql(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sql DATABASE TEXT|FILE")
	}
	text := textOrFile(ts, args[1])
	w.canaries.runs(ts.MkAbs(args[1]), text)
	err := w.script("master", "USE "+tsql.Quote(args[0])+";\nGO\n"+text)
	if neg == (err == nil) {
		ts.Fatalf("sql: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stderr(), err)
	}
}

// as runs one statement as somebody and prints what they see. Their password is
// the last one in passwords.txt, unless it is given; with a new one, that is
// chosen at the log-in, as programs do whose user has to.
func (w *world) as(ts *testscript.TestScript, args []string) {
	if len(args) < 3 || len(args) > 5 {
		ts.Fatalf("usage: as USER DATABASE TEXT [PASSWORD [NEW-PASSWORD]]")
	}
	var password string
	if len(args) > 3 && args[3] != "" {
		password = args[3]
	} else {
		password = w.passwordOf(ts, args[0])
	}
	for _, p := range args[min(len(args), 3):] {
		w.canaries.add(p)
	}
	address := mssql.Address{URL: w.url, User: args[0], Password: password, Database: args[1]}
	if len(args) == 5 {
		u, err := url.Parse(w.url)
		ts.Check(err)
		q := u.Query()
		q.Set("change password", args[4])
		u.RawQuery = q.Encode()
		address.URL = u.String()
	}
	db, err := mssql.Open(address)
	ts.Check(err)
	defer db.Close()
	fmt.Fprintln(ts.Stdout(), answer(db, args[2]))
}

// passwordOf is the last password of a user in the server's password file.
func (w *world) passwordOf(ts *testscript.TestScript, user string) (password string) {
	for line := range strings.SplitSeq(ts.ReadFile("passwords"+w.suffix+".txt"), "\n") {
		if f := strings.Split(line, "\t"); len(f) == 3 && f[1] == user {
			password = f[2]
		}
	}
	return password
}

// stays runs a statement as a user, the administrator among them, on a connection
// that stays open until the story ends.
func (w *world) stays(ts *testscript.TestScript, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: stays USER DATABASE TEXT")
	}
	address := mssql.Address{URL: w.url, User: args[0], Password: w.password, Database: args[1], App: "story"}
	if args[0] != w.user {
		address.Password = w.passwordOf(ts, args[0])
	}
	db, err := mssql.Open(address)
	ts.Check(err)
	ts.Defer(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	ts.Check(err)
	_, err = conn.ExecContext(context.Background(), args[2])
	ts.Check(err)
}

// answer is what a statement says, in one line.
func answer(db *sql.DB, statement string) string {
	n, err := rowsOf(context.Background(), db, statement)
	var se driver.Error
	switch {
	case errors.As(err, &se):
		return fmt.Sprintf("error %d: %s", se.Number, se.Message)
	case err != nil:
		return "error: " + err.Error()
	}
	return count(n, "row")
}

// expand replaces ${VAR} in files.
func (w *world) expand(ts *testscript.TestScript, files []string) {
	for _, f := range files {
		text := os.Expand(ts.ReadFile(f), ts.Getenv)
		w.canaries.wrote(ts.MkAbs(f), text)
		ts.Check(os.WriteFile(ts.MkAbs(f), []byte(text), 0o644))
	}
}

// exits runs a command and compares its exit code.
func exits(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
