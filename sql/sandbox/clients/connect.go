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

// lines follows what grantree sandbox prints on how to connect, for the clients at hand.
func (l *lab) lines(tls bool, out io.Writer) score {
	var args []string
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
	pastes := l.pastes()
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
		if err == nil && strings.Contains(printed, "iMaint_North") {
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
func (l *lab) pastes() map[string]paste {
	pastes := map[string]paste{"sqlcmd": nil, "FreeTDS": nil, "tedious": nil, "Go": l.asURL, "grantree": l.asPolicy}
	if l.has("sqlcmd") {
		pastes["sqlcmd"] = l.asCommand
	}
	if l.has("tsql") {
		pastes["FreeTDS"] = l.asCommand
	}
	if l.has("node") && l.tedious != "" {
		pastes["tedious"] = l.asConfiguration
	}
	return pastes
}

// asCommand runs the line in a shell without a terminal, so that the password is asked for on standard input.
func (l *lab) asCommand(line string) (string, error) {
	c := exec.Command("sh", "-c", line)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.Env = append(os.Environ(), "SQLCMDPASSWORD="+l.password)
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
func (l *lab) asPolicy(lines string) (string, error) {
	file := filepath.Join(l.temp, "grantree.toml")
	policy := lines + "\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"iMaint_North\"\n[policy]\nextends = \"imaint\"\n"
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		return "", err
	}
	c := exec.Command(l.grantree, "plan", "-f", file, "--format", "sql")
	c.Env = append(os.Environ(), "GRANTREE_SANDBOX_PASSWORD="+l.password)
	out, err := c.CombinedOutput()
	return string(out), err
}
