package main

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
)

// lab is where the clients are.
type lab struct {
	grantree string // the program
	password string // sa's, and that of every login of the steps
	drivers  string // the directory of the drivers' sources
	temp     string // for what may go away afterwards
	python   string // one that has pymssql; empty: none
	odbc     string // a python that has mssql-python; empty: none
	tedious  string // the node_modules that has tedious; empty: none
	jtds     string // the jar; empty: none
	jdbc     string // that of Microsoft's driver; empty: none
	dotnet   string // a python that has the .NET runtime; empty: none
	dll      string // System.Data.SqlClient.dll
	openssl  string // the directory of an OpenSSL 1.1 for it; empty: none
	stories  string // the directory of the migration tools' programs
	npm      string // the node_modules that has those of JavaScript; empty: none
	flyway   string // the directory of its jars; empty: none
	migrate  string // the program that has golang-migrate; empty: none
}

// everything is what each client reads well.
var everything = Reading{Counts: true, Infos: true, AllErrors: true}

// clients are those of this machine, each with and without TLS, and the names of those that are missing.
func (l *lab) clients() (here []Client, missing []string) {
	add := func(found bool, name string, list ...Client) {
		if !found {
			missing = append(missing, name)
			return
		}
		for _, c := range list {
			c.Name = name
			here = append(here, c)
		}
	}
	login := func(c Client) Client {
		c.Offered = true
		return c
	}
	strict := func(c Client) Client {
		c.Strict = true
		return c
	}
	text := Reading{Infos: true, AllErrors: true, Text: true}
	add(l.has("tsql") && l.has("stdbuf"), "tsql", Client{Reading: text, Open: openTsql(l.temp, "7.4")}, Client{TLS: true, Reading: text, Open: openTsql(l.temp, "7.4")},
		Client{Variant: "TDS 7.1", Reading: text, Open: openTsql(l.temp, "7.1")}, Client{Variant: "TDS 7.2", Offered: true, Reading: text, Open: openTsql(l.temp, "7.2")})
	add(l.has("bsqldb") && l.has("stdbuf"), "bsqldb", Client{Reading: text, Open: openBsqldb(l.temp, "7.4")}, Client{TLS: true, Reading: text, Open: openBsqldb(l.temp, "7.3")})
	add(l.python != "", "pymssql", l.pymssql(false), l.pymssql(true))
	add(l.has("node") && l.tedious != "", "tedious", l.node("7_4", false), l.node("7_4", true), login(l.node("7_4", false)), strict(l.node("7_4", false)), l.node("7_1", false))
	add(l.has("java") && l.jtds != "", "jtds", l.java("3", false), l.java("3", true), l.java("2", false))
	add(l.has("java") && l.jdbc != "", "mssql-jdbc", l.microsoft(false), l.microsoft(true), login(l.microsoft(false)), strict(l.microsoft(false)))
	add(l.odbc != "", "mssql-python", l.mssqlPython("msodbcsql18", false), l.mssqlPython("msodbcsql18", true), login(l.mssqlPython("msodbcsql18", false)),
		strict(l.mssqlPython("msodbcsql18", false)), l.mssqlPython("mssql-odbc", false), l.mssqlPython("mssql-odbc", true), strict(l.mssqlPython("mssql-odbc", false)))
	add(l.dotnet != "" && l.dll != "", "sqlclient", l.sqlClient("False", false), l.sqlClient("True", false))
	add(l.dotnet != "" && l.dll != "" && l.openssl != "", "sqlclient", l.sqlClient("False", true), login(l.sqlClient("False", false)))
	return here, missing
}

func (l *lab) pymssql(tls bool) Client {
	// pymssql reports one error of several, and of messages the text alone.
	return Client{TLS: tls, Reading: Reading{Counts: true, Infos: true, TextOnly: true}, Open: func(t Target) (Session, Answer, error) {
		env, err := freeTDS(l.temp, t, "7.3")
		if err != nil {
			return nil, Answer{}, err
		}
		return openDriver(t, env, l.python, filepath.Join(l.drivers, "pymssql_driver.py"))
	}}
}

// node is tedious in a version of the protocol.
func (l *lab) node(version string, tls bool) Client {
	variant := ""
	if version != "7_4" {
		variant = "TDS " + version
	}
	return Client{Variant: variant, TLS: tls, Reading: everything, Open: func(t Target) (Session, Answer, error) {
		return openDriver(t, []string{"NODE_PATH=" + l.tedious, "NODE_NO_WARNINGS=1", "TEDIOUS_VERSION=" + version}, "node", filepath.Join(l.drivers, "tedious.js"))
	}}
}

// java is jTDS in one of its ways to prepare statements: 3 is sp_prepare, 2 is sp_executesql.
func (l *lab) java(prepare string, tls bool) Client {
	variant := ""
	if prepare != "3" {
		variant = "prepareSQL " + prepare
	}
	return Client{Variant: variant, TLS: tls, Reading: everything, Open: func(t Target) (Session, Answer, error) {
		return openDriver(t, []string{"JTDS_PREPARE=" + prepare}, "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", l.jtds+":"+l.temp, "Jdbc")
	}}
}

// microsoft is Microsoft's JDBC driver.
func (l *lab) microsoft(tls bool) Client {
	return Client{TLS: tls, Reading: everything, Open: func(t Target) (Session, Answer, error) {
		return openDriver(t, []string{"CLIENT_JDBC=mssql"}, "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", l.jdbc+":"+l.temp, "Jdbc")
	}}
}

// mssqlPython is one of Microsoft's ODBC drivers, by mssql-python.
func (l *lab) mssqlPython(provider string, tls bool) Client {
	variant := ""
	if provider != "msodbcsql18" {
		variant = provider
	}
	reading := everything
	reading.OneAtLogin = true
	return Client{Variant: variant, TLS: tls, Reading: reading, Open: func(t Target) (Session, Answer, error) {
		return openDriver(t, []string{"MSSQL_PYTHON_NATIVE_PROVIDER=" + provider}, l.odbc, filepath.Join(l.drivers, "mssql_python_driver.py"))
	}}
}

// sqlClient is Microsoft's SqlClient, which needs OpenSSL 1.1 for TLS. mars asks for several results at a time, which the
// server declines.
func (l *lab) sqlClient(mars string, tls bool) Client {
	variant := ""
	if mars == "True" {
		variant = "MARS asked for"
	}
	return Client{Variant: variant, TLS: tls, Reading: everything, Open: func(t Target) (Session, Answer, error) {
		env := []string{"LD_LIBRARY_PATH=" + l.openssl, "SQLCLIENT_DLL=" + l.dll, "SQLCLIENT_MARS=" + mars, "SQLCLIENT_CONFIG=" + filepath.Join(l.temp, "sqlclient.runtimeconfig.json")}
		return openDriver(t, env, l.dotnet, filepath.Join(l.drivers, "sqlclient_driver.py"))
	}}
}

// has reports whether a program is installed.
func (l *lab) has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// compile makes the programs in Java.
func (l *lab) compile() error {
	var err error
	if l.jtds != "" || l.jdbc != "" {
		err = l.javac(filepath.Join(l.drivers, "Jdbc.java"))
	}
	if l.flyway != "" && err == nil {
		err = l.javac("-cp", l.flyway+"/*", filepath.Join(l.stories, "Migrations.java"))
	}
	return err
}

func (l *lab) javac(args ...string) error {
	if out, err := exec.Command("javac", append([]string{"-d", l.temp}, args...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("javac: %w: %s", err, out)
	}
	return nil
}

// run follows the script with a client on a server of its own.
func (l *lab) run(script *Script, c Client, out io.Writer) score {
	args := []string{"--empty"}
	if c.TLS || c.Offered || c.Strict {
		args = append(args, "--tls")
	}
	s, err := startServer(l.grantree, l.password, args...)
	if err != nil {
		fmt.Fprintf(out, "  %v\n", err)
		return score{failed: len(script.Steps)}
	}
	defer s.stop()
	t := Target{Host: s.host, Port: s.port, Password: l.password, TLS: c.TLS, Offered: c.TLS || c.Offered}
	if c.Strict {
		if t.Certificate, err = s.certificate(l.temp); err != nil {
			fmt.Fprintf(out, "  %v\n", err)
			return score{failed: len(script.Steps)}
		}
	}
	return follow(script, c, t, out)
}
