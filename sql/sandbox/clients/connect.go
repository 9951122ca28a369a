package main

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	_ "github.com/microsoft/go-mssqldb" // for the line of Go
)

// paste does with a printed line what its reader would, and returns what came of it: where the line works, the name of
// the database that it reaches is in it.
type paste func(line string) (string, error)

// lineNames are databases whose lines are followed: the demo's, and one that needs quotes in each of them.
var lineNames = []string{"iMaint_North", `Bob's "big" shop; {x}=1 & 50% of $HOME`}

// lines follows what grantree sandbox prints on how to connect, for the clients at hand.
func (l *lab) lines(database string, tls bool, out io.Writer) score {
	file := filepath.Join(l.temp, "sandbox.toml")
	policy := "[server.main]\nurl = \"sqlserver://localhost\"\nintegrated = true\n" + sitePolicy(database)
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		fmt.Fprintf(out, "  %v\n", err)
		return score{failed: 1}
	}
	args := []string{"-f", file}
	if tls {
		args = append(args, "--tls")
	}
	s, err := startServer(l.grantree, l.password, args...)
	if err != nil {
		fmt.Fprintf(out, "  %v\n", err)
		return score{failed: 1}
	}
	defer s.stop()
	var sum score
	pastes := l.pastes(database)
	for i, line := range s.lines {
		name, rest, _ := strings.Cut(line, " ")
		try, ok := pastes[name]
		switch {
		case !ok:
			continue
		case name == "grantree":
			rest += "\n" + strings.Join(s.lines[i+1:], "\n")
		}
		delete(pastes, name)
		if try == nil {
			sum.skipped++
			continue
		}
		printed, err := try(strings.TrimSpace(rest))
		if err == nil && strings.Contains(printed, database) {
			sum.passed++
			continue
		}
		sum.failed++
		fmt.Fprintf(out, "  %s: %v\n    %s\n", line, err, strings.TrimSpace(printed))
	}
	for name := range pastes {
		sum.failed++
		fmt.Fprintf(out, "  no line for %s\n", name)
	}
	return sum
}

// pastes are the clients that have a line; nil is one that is not here.
func (l *lab) pastes(database string) map[string]paste {
	pastes := map[string]paste{"sqlcmd": nil, "mssql-cli": nil, "FreeTDS": nil, "tedious": nil, ".NET": nil, "ODBC": nil, "JDBC": nil, "Go": l.asURL,
		"grantree": func(lines string) (string, error) { return l.asPolicy(lines, database) }}
	if l.has("sqlcmd") {
		pastes["sqlcmd"] = l.asCommand
	}
	if l.has("mssql-cli") {
		pastes["mssql-cli"] = func(line string) (string, error) { return l.asCommand(line + ` -Q "SELECT DB_NAME() AS here"`) }
	}
	if l.has("tsql") {
		pastes["FreeTDS"] = l.asCommand
	}
	if l.has("node") && l.tedious != "" {
		pastes["tedious"] = l.asConfiguration
	}
	if l.dotnet != "" && l.dll != "" && l.openssl != "" {
		pastes[".NET"] = l.asConnectionString(l.sqlClient("False", false))
	}
	if l.odbc != "" {
		pastes["ODBC"] = l.asConnectionString(l.mssqlPython("msodbcsql18", false))
	}
	if l.has("java") && l.jdbc != "" {
		pastes["JDBC"] = l.asConnectionString(l.microsoft(false))
	}
	return pastes
}

// asConnectionString gives the line to a driver in place of what it would connect with by itself.
func (l *lab) asConnectionString(c Client) paste {
	return func(line string) (string, error) {
		line = strings.Replace(line, "PASSWORD", l.password, 1)
		session, answer, err := c.Open(Target{Line: strings.TrimPrefix(line, "Driver={ODBC Driver 18 for SQL Server};")}) // mssql-python has its own
		if err != nil || session == nil {
			return notices(answer.Errors), err
		}
		defer session.Close()
		answer, err = session.Do(Step{Verb: "sql", Text: "SELECT DB_NAME() AS here"})
		if err != nil || len(answer.Sets) != 1 || len(answer.Sets[0].Rows) != 1 {
			return notices(answer.Errors), err
		}
		return answer.Sets[0].Rows[0][0], nil
	}
}

// asCommand runs the line in a shell without a terminal, so that the password is asked for on standard input.
func (l *lab) asCommand(line string) (string, error) {
	c := exec.Command("sh", "-c", line)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.Env = append(os.Environ(), "SQLCMDPASSWORD="+l.password, "MSSQL_CLI_PASSWORD="+l.password)
	input := "SELECT DB_NAME() AS here\nGO\n"
	if strings.HasPrefix(line, "tsql ") {
		input = l.password + "\n" + input
	}
	c.Stdin = strings.NewReader(input)
	out, err := c.CombinedOutput()
	return string(out), err
}

// asConfiguration gives the line to a Connection of tedious.
func (l *lab) asConfiguration(line string) (string, error) {
	c := exec.Command("node", "-e", `const password = process.env.GRANTREE_SANDBOX_PASSWORD;
const { Connection, Request } = require("tedious");
const connection = new Connection(`+line+`);
connection.connect((error) => {
  if (error) { console.log(error.message); process.exit(1); }
  const r = new Request("SELECT DB_NAME() AS here", () => connection.close());
  r.on("row", (columns) => console.log(columns[0].value));
  connection.execSql(r);
});`)
	c.Env = append(os.Environ(), "NODE_PATH="+l.tedious, "GRANTREE_SANDBOX_PASSWORD="+l.password)
	out, err := c.CombinedOutput()
	return string(out), err
}

// asURL opens the line with database/sql.
func (l *lab) asURL(line string) (string, error) {
	db, err := sql.Open("sqlserver", strings.Replace(line, "PASSWORD", l.password, 1))
	if err != nil {
		return "", err
	}
	defer db.Close()
	var name string
	err = db.QueryRow("SELECT DB_NAME()").Scan(&name)
	return name, err
}

// asPolicy plans with a policy that has the lines and a site.
func (l *lab) asPolicy(lines, database string) (string, error) {
	file := filepath.Join(l.temp, "grantree.toml")
	if err := os.WriteFile(file, []byte(lines+"\n"+sitePolicy(database)), 0o600); err != nil {
		return "", err
	}
	c := exec.Command(l.grantree, "plan", "-f", file, "--format", "sql")
	c.Env = append(os.Environ(), "GRANTREE_SANDBOX_PASSWORD="+l.password)
	out, err := c.CombinedOutput()
	return string(out), err
}

// sitePolicy is the rest of a policy of one site.
func sitePolicy(database string) string {
	return fmt.Sprintf("[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = %q\n[policy]\nextends = \"imaint\"\n", database)
}
