package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// tool is a migration tool and the program that has it tell the start of a permission story (directory tools): a database
// is made, three migrations run, once more with nothing to do, then a fourth that makes a role and fails. The program is
// called with
//
//	make          make the database
//	up N          run the first N migrations of the files in STORY, and say of each that ran: applied NAME
//	history       say what has run, as the tool knows it: done NAME
//
// and the environment of a driver; where the tool fails it says: failed TEXT.
type tool struct {
	name    string
	command []string
	env     []string
	said    string // what history says
	keeps   bool   // it has no transaction: what the failed migration did before it failed stays
	history string // a query over its own table that gives one value
	rows    string // that value
}

// title is the tool in the report.
func (t tool) title(tls bool) string {
	if tls {
		return t.name + "'s story, TLS"
	}
	return t.name + "'s story"
}

// threeDone is what most tools know at the end.
const threeDone = "done m1_tables\ndone m2_people\ndone m3_grants"

// tools are those of this machine, and the names of those that are missing.
func (l *lab) tools() (here []tool, missing []string) {
	add := func(t tool, found bool, command ...string) {
		if !found {
			missing = append(missing, t.name)
			return
		}
		t.command = command
		here = append(here, t)
	}
	npm, _ := filepath.Abs(l.npm) // some start in a directory of their own
	node := func(t tool) {
		_, err := os.Stat(filepath.Join(npm, t.name))
		t.env = []string{"NODE_PATH=" + npm, "NODE_NO_WARNINGS=1"}
		add(t, l.npm != "" && err == nil && l.has("node"), "node", filepath.Join(l.stories, t.name+".js"))
	}
	node(tool{name: "knex", said: threeDone, history: "SELECT COUNT(*) FROM dbo.knex_migrations", rows: "3"})
	node(tool{name: "umzug", said: threeDone, history: "SELECT COUNT(*) FROM dbo.SequelizeMeta", rows: "3"})
	node(tool{name: "typeorm", said: threeDone, history: "SELECT COUNT(*) FROM dbo.migrations", rows: "3"})
	node(tool{name: "kysely", said: threeDone, history: "SELECT COUNT(*) FROM dbo.kysely_migration", rows: "3"})
	node(tool{name: "postgrator", said: threeDone, keeps: true, history: "SELECT MAX(version) FROM dbo.schemaversion", rows: "3"})
	node(tool{name: "db-migrate", said: "left m4_half", keeps: true, history: "SELECT COUNT(*) FROM dbo.migrations", rows: "3"})
	add(tool{name: "flyway", said: threeDone, history: "SELECT COUNT(*) FROM dbo.flyway_schema_history WHERE success = 1", rows: "3"},
		l.flyway != "" && l.has("java"), "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", l.flyway+"/*:"+l.temp, "Migrations")
	add(tool{name: "golang-migrate", said: "version 4 dirty true", keeps: true, history: "SELECT version FROM dbo.schema_migrations", rows: "4"},
		l.migrate != "", l.migrate)
	return here, missing
}

// tell has a tool tell the story on a new, empty server, with or without TLS, and looks at what is there afterwards.
func (l *lab) tell(t tool, tls bool, out io.Writer) (sum score) {
	args := []string{"--empty"}
	if tls {
		args = append(args, "--tls")
	}
	s, err := startServer(l.grantree, l.password, args...)
	if err != nil {
		fmt.Fprintf(out, "  %v\n", err)
		return score{failed: 1}
	}
	defer s.stop()
	judge := func(what, wrong string) {
		if wrong == "" {
			sum.passed++
			return
		}
		sum.failed++
		fmt.Fprintf(out, "  %s: %s\n", what, wrong)
	}
	const database = "shop"
	target := Target{Host: s.host, Port: s.port, User: "sa", Password: l.password, Database: database, TLS: tls}
	says := func(want string, args ...string) {
		judge(strings.Join(args, " "), differs(want, l.say(t, target, args...)))
	}
	says("", "make")
	says("applied m1_tables\napplied m2_people\napplied m3_grants", "up", "3")
	says("", "up", "3")
	if sum.failed > 0 {
		return sum // what comes then has no ground
	}
	wrong := ""
	if got := l.say(t, target, "up", "4"); !strings.Contains(got, "failed ") || !strings.Contains(got, "Cannot find the object 'nothing'") {
		wrong = fmt.Sprintf("it says %q", got)
	}
	judge("up 4", wrong)
	says(t.said, "history")
	db, err := sql.Open("sqlserver", fmt.Sprintf("sqlserver://sa:%s@%s:%s?encrypt=disable&database=%s", l.password, s.host, s.port, database))
	if err != nil {
		judge("a look", err.Error())
		return sum
	}
	defer db.Close()
	for _, f := range t.facts() {
		judge(f.query, differs(f.want, ask(db, f.query)))
	}
	return sum
}

// say runs the tool's program and returns what it printed.
func (l *lab) say(t tool, target Target, args ...string) string {
	c := exec.Command(t.command[0], append(t.command[1:], args...)...)
	c.Env = append(append(os.Environ(), t.env...), target.env()...)
	c.Env = append(c.Env, "STORY="+filepath.Join(l.stories, "story"), "TMPDIR="+l.temp)
	var printed strings.Builder
	c.Stdout = &printed
	if err := c.Start(); err != nil {
		return err.Error()
	}
	timer := time.AfterFunc(2*time.Minute, func() { c.Process.Kill() })
	defer timer.Stop()
	if err := c.Wait(); err != nil {
		return err.Error() + ": " + printed.String()
	}
	return strings.TrimSpace(printed.String())
}

// fact is a question to the server and its answer: a value, or the number of an error.
type fact struct{ query, want string }

// facts are what is true after the story, whatever the tool.
func (t tool) facts() []fact {
	half := "0"
	if t.keeps {
		half = "1"
	}
	return []fact{
		{t.history, t.rows},
		{"SELECT COUNT(*) FROM sys.database_principals WHERE name = N'half'", half},
		{"SELECT STUFF((SELECT ',' + USER_NAME(role_principal_id) + ':' + USER_NAME(member_principal_id) FROM sys.database_role_members ORDER BY 1 FOR XML PATH('')), 1, 1, '')",
			"clerk:bob,db_owner:dbo,planner:ann"},
		{"SELECT STUFF((SELECT ',' + state_desc + ' ' + permission_name + ' ' + USER_NAME(grantee_principal_id) FROM sys.database_permissions " +
			"WHERE class = 1 AND major_id = OBJECT_ID(N'dbo.open_job') ORDER BY 1 FOR XML PATH('')), 1, 1, '')",
			"DENY UPDATE bob,GRANT INSERT clerk,GRANT SELECT clerk,GRANT SELECT planner,GRANT UPDATE clerk"},
		{"EXECUTE AS USER = 'ann'; SELECT COUNT(*) FROM dbo.open_job", "2"},
		{"EXECUTE AS USER = 'ann'; SELECT COUNT(*) FROM dbo.job", "229"},
		{"EXECUTE AS USER = 'ann'; UPDATE dbo.open_job SET cost = 1", "229"},
		{"EXECUTE AS USER = 'bob'; UPDATE dbo.open_job SET title = N'x'", "230"},
		{"EXECUTE AS USER = 'bob'; UPDATE dbo.open_job SET cost = 9; SELECT @@ROWCOUNT", "2"},
	}
}

// ask returns the value of a query, or the number of its error.
func ask(db *sql.DB, query string) string {
	var value sql.NullString
	err := db.QueryRow(query + "\nREVERT").Scan(&value)
	var refused mssql.Error
	switch {
	case errors.As(err, &refused):
		return fmt.Sprint(refused.Number)
	case err != nil:
		return err.Error()
	}
	return value.String
}

// differs says how what came differs from what was wanted, or nothing.
func differs(want, got string) string {
	if want == got {
		return ""
	}
	return fmt.Sprintf("it says %q, want %q", got, want)
}
