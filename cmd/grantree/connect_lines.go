package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"grantree/finding"
)

// listening is a running sandbox as its clients are told of it: sa's password is theirs to fill in.
type listening struct {
	host, port, database string
	tls                  bool
}

// clientLine is what one client is given to connect: a command, a configuration or a connection string.
type clientLine struct{ client, line string }

// lines are those of the clients that are known to work. A database whose name cannot be shown as it is stands in none of
// them: they connect to master.
func (a listening) lines() []clientLine {
	database := a.database
	if finding.Printable(database) != database {
		database = "master"
	}
	choose := func(encrypted, plain string) string {
		if a.tls {
			return encrypted
		}
		return plain
	}
	trust := choose("True;TrustServerCertificate=True", "False")
	yes := choose("yes;TrustServerCertificate=yes", "no")
	return []clientLine{
		{"sqlcmd", fmt.Sprintf("sqlcmd -S %s,%s -U sa -d %s %s", a.host, a.port, shellWord(database), choose("-C", "-No"))},
		{"mssql-cli", fmt.Sprintf("mssql-cli -S %s,%s -U sa -d %s%s", a.host, a.port, shellWord(database), choose(" -N -C", ""))},
		{"FreeTDS", fmt.Sprintf("tsql -H %s -p %s -U sa -D %s", a.host, a.port, shellWord(database))},
		{"tedious", fmt.Sprintf(`{server: %s, authentication: {type: "default", options: {userName: "sa", password}}, options: {port: %s, database: %s, encrypt: %t, trustServerCertificate: true}}`,
			jsString(a.host), a.port, jsString(database), a.tls)},
		{".NET", fmt.Sprintf("Server=%s,%s;Database=%s;User ID=sa;Password=PASSWORD;Encrypt=%s", a.host, a.port, dotnetValue(database), trust)},
		{"ODBC", fmt.Sprintf("Driver={ODBC Driver 18 for SQL Server};Server=%s,%s;Database=%s;UID=sa;PWD=PASSWORD;Encrypt=%s", a.host, a.port, bracedValue(database), yes)},
		{"JDBC", fmt.Sprintf("jdbc:sqlserver://%s:%s;databaseName=%s;user=sa;password=PASSWORD;encrypt=%s", a.host, a.port, bracedValue(database),
			choose("true;trustServerCertificate=true", "false"))},
		{"Go", fmt.Sprintf("sqlserver://sa:PASSWORD@%s:%s?database=%s&encrypt=%s", a.host, a.port, url.QueryEscape(database), choose("true&TrustServerCertificate=true", "disable"))},
	}
}

var (
	shellPlain  = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=][A-Za-z0-9_./:@%+=-]*$`)
	dotnetPlain = regexp.MustCompile(`^[^"'=;\s\p{Z}\p{Cc}]*$`)
	bracedPlain = regexp.MustCompile(`^[A-Za-z0-9_.-]*$`)
)

// shellWord is a text as one word of a POSIX shell.
func shellWord(text string) string {
	if shellPlain.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// jsString is a text as a literal of JavaScript.
func jsString(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) // a string has no error
	return strings.TrimSpace(b.String())
}

// dotnetValue is a value of a .NET connection string, by the rules of DbConnectionStringBuilder.AppendKeyValuePair: as it is
// where it has no quote, equals sign, semicolon, space or control character; in single quotes where it has double ones and
// no single ones; else in double quotes, with its own doubled.
func dotnetValue(text string) string {
	switch {
	case dotnetPlain.MatchString(text):
		return text
	case strings.Contains(text, `"`) && !strings.Contains(text, "'"):
		return "'" + text + "'"
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// bracedValue is a value of ODBC's and JDBC's connection strings: in braces, with a closing one doubled, unless it is plain.
func bracedValue(text string) string {
	if bracedPlain.MatchString(text) {
		return text
	}
	return "{" + strings.ReplaceAll(text, "}", "}}") + "}"
}
