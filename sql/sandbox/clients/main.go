package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	var l lab
	var directory, only string
	flag.StringVar(&l.grantree, "grantree", "grantree", "the `program` to hold to the clients")
	flag.StringVar(&directory, "dir", "sql/sandbox/clients", "the `directory` of steps.txt and drivers")
	flag.StringVar(&l.temp, "temp", os.TempDir(), "a `directory` for files that may go away")
	flag.StringVar(&l.python, "python", "", "a python `program` that has pymssql")
	flag.StringVar(&l.odbc, "mssql-python", "", "a python `program` that has mssql-python")
	flag.StringVar(&l.tedious, "tedious", "", "the node_modules `directory` that has tedious")
	flag.StringVar(&l.jtds, "jtds", "", "the `jar` of jTDS")
	flag.StringVar(&l.jdbc, "jdbc", "", "the `jar` of Microsoft's JDBC driver")
	flag.StringVar(&l.dotnet, "dotnet", "", "a python `program` that has the .NET runtime (dotnetcore2, pythonnet)")
	flag.StringVar(&l.dll, "sqlclient", "", "System.Data.SqlClient.`dll`")
	flag.StringVar(&l.openssl, "openssl", "", "a `directory` with libssl.so.1.1, for SqlClient's TLS")
	flag.StringVar(&l.npm, "npm", "", "the node_modules `directory` that has the migration tools of JavaScript")
	flag.StringVar(&l.flyway, "flyway", "", "the `directory` of Flyway's jars and Microsoft's JDBC driver")
	flag.StringVar(&l.migrate, "golang-migrate", "", "the `program` of tools/golang")
	flag.StringVar(&only, "only", "", "run the clients whose `name` has this in it")
	flag.Parse()
	l.drivers, l.stories = filepath.Join(directory, "drivers"), filepath.Join(directory, "tools")
	l.password = os.Getenv("GRANTREE_SANDBOX_PASSWORD")
	sum, err := runAll(&l, filepath.Join(directory, "steps.txt"), only, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", sum.passed, sum.failed, sum.skipped)
	if sum.failed > 0 || sum.passed == 0 {
		os.Exit(1)
	}
}

// runAll holds the server to every client that is here. The steps of a client that is not are skipped.
func runAll(l *lab, steps, only string, out io.Writer) (score, error) {
	if l.password == "" {
		return score{}, fmt.Errorf("GRANTREE_SANDBOX_PASSWORD is not set")
	}
	f, err := os.Open(steps)
	if err != nil {
		return score{}, err
	}
	defer f.Close()
	script, err := ParseScript(f)
	if err != nil {
		return score{}, fmt.Errorf("%s: %w", steps, err)
	}
	if err := l.compile(); err != nil {
		return score{}, err
	}
	here, missing := l.clients()
	var sum score
	for _, c := range here {
		if strings.Contains(c.title(), only) {
			sum.add(c.title(), l.run(script, c, out), out)
		}
	}
	for _, name := range missing {
		if strings.Contains(name, only) {
			sum.add(name+" (not installed)", score{skipped: len(script.Steps)}, out)
		}
	}
	tellers, away := l.tools()
	for _, t := range tellers {
		for _, tls := range []bool{false, true} {
			if title := t.title(tls); strings.Contains(title, only) {
				sum.add(title, l.tell(t, tls, out), out)
			}
		}
	}
	if strings.Contains("the tools' requests outside", only) {
		sum.add("the tools' requests outside", l.refuses(out), out)
	}
	for _, name := range away {
		if strings.Contains(name, only) {
			sum.add(name+" (not installed)", score{skipped: len(tool{}.facts())}, out)
		}
	}
	if slices.ContainsFunc(modes, func(m mode) bool { return strings.Contains(m.title, only) }) {
		tests, err := l.buildSuite(filepath.Join(filepath.Dir(steps), "suite.txt"))
		if err != nil {
			return sum, err
		}
		for _, m := range modes {
			if strings.Contains(m.title, only) {
				sum.add(m.title, tests.run(l, m, out), out)
			}
		}
	}
	if only == "" || strings.Contains("lines", only) {
		for _, name := range lineNames {
			sum.add("the printed lines", l.lines(name, false, out), out)
			sum.add("the printed lines, TLS", l.lines(name, true, out), out)
		}
	}
	return sum, nil
}

// add reports the score of a client and adds it.
func (s *score) add(title string, more score, out io.Writer) {
	fmt.Fprintf(out, "%-34s %3d passed, %d failed, %d skipped\n", title, more.passed, more.failed, more.skipped)
	s.passed += more.passed
	s.failed += more.failed
	s.skipped += more.skipped
}
