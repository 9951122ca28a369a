package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// suite is the test suite of a driver, built, and how its tests may fail.
type suite struct {
	program string // the tests
	dir     string // its sources, where it finds its data
	known   map[string][]refusal
}

// refusal is how a test of the suite fails, for a reason. A text of leftOut says that the test is not run at all. Some
// fail in one mode alone: title is the end of its title.
type refusal struct{ text, reason, title string }

const leftOut = "-"

// parseRefusals reads a list of them: TEST | TEXT THAT ITS FAILURE HAS | REASON, a line each, and perhaps | MODE. A test may
// have several.
func parseRefusals(r io.Reader) (map[string][]refusal, error) {
	known := map[string][]refusal{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) == 3 {
			parts = append(parts, " ")
		}
		if len(parts) != 4 || slices.Contains(parts, "") {
			return nil, fmt.Errorf("line %d: want a test, a text and a reason, got %q", n, line)
		}
		known[parts[0]] = append(known[parts[0]], refusal{parts[1], parts[2], strings.TrimSpace(parts[3])})
	}
	return known, lines.Err()
}

// buildSuite copies go-mssqldb's sources, which the module cache keeps read-only, and builds their tests.
func (l *lab) buildSuite(list string) (*suite, error) {
	f, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &suite{dir: filepath.Join(l.temp, "go-mssqldb"), program: filepath.Join(l.temp, "go-mssqldb.test")}
	if s.known, err = parseRefusals(f); err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	from, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/microsoft/go-mssqldb").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	if err := os.CopyFS(s.dir, os.DirFS(strings.TrimSpace(string(from)))); err != nil {
		return nil, err
	}
	build := exec.Command("go", "test", "-c", "-o", s.program, ".")
	build.Dir = s.dir
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go test: %w: %s", err, out)
	}
	return s, nil
}

// mode is one way of the suite to connect: its title and more of its address.
type mode struct{ title, address string }

var modes = []mode{{"go-mssqldb's own tests", "encrypt=disable"},
	{"go-mssqldb's own tests, TLS", "encrypt=true&trustservercertificate=true"},
	{"go-mssqldb's own tests, TLS first", "encrypt=strict"}}

// run runs every test of the suite by itself, in a database of its own, so that one that ends early spoils no other.
func (s *suite) run(l *lab, m mode, out io.Writer) score {
	listed, err := exec.Command(s.program, "-test.list", "^(Test|Example)").Output()
	if err != nil {
		fmt.Fprintf(out, "  go-mssqldb: %v\n", err)
		return score{failed: 1}
	}
	tests := strings.Fields(string(listed))
	var sum score
	var both sync.WaitGroup
	var mu sync.Mutex
	for half := range 2 { // a server each, for a server has one writer at a time
		both.Go(func() {
			var mine []string
			for i, test := range tests {
				if i%2 == half {
					mine = append(mine, test)
				}
			}
			part, said := s.onServer(l, m, mine)
			mu.Lock()
			defer mu.Unlock()
			sum.passed, sum.failed, sum.skipped = sum.passed+part.passed, sum.failed+part.failed, sum.skipped+part.skipped
			io.WriteString(out, said)
		})
	}
	both.Wait()
	for test := range s.known {
		if !slices.Contains(tests, test) {
			sum.failed++
			fmt.Fprintf(out, "  %s: no such test\n", test)
		}
	}
	return sum
}

// onServer runs tests on a server of their own, whose certificate they trust, and returns what is to be said of those that fail.
func (s *suite) onServer(l *lab, m mode, tests []string) (sum score, said string) {
	server, err := startServer(l.grantree, l.password, "--empty", "--tls")
	if err != nil {
		return score{failed: len(tests)}, fmt.Sprintf("  %v\n", err)
	}
	defer server.stop()
	certificate, err := server.certificate(l.temp)
	if err != nil {
		return score{failed: len(tests)}, fmt.Sprintf("  %v\n", err)
	}
	address := fmt.Sprintf("sqlserver://sa:%s@%s:%s?%s", l.password, server.host, server.port, m.address)
	for i, test := range tests {
		name := fmt.Sprint("suite_", i)
		if err := server.makeDatabase(l.password, name); err != nil {
			return score{failed: len(tests)}, fmt.Sprintf("  %v\n", err)
		}
		wrong := s.one(m, []string{"SQLSERVER_DSN=" + address + "&database=" + name, "SSL_CERT_FILE=" + certificate}, test, &sum)
		if wrong != "" {
			sum.failed++
			said += fmt.Sprintf("  %s: %s\n", test, wrong)
		}
	}
	return sum, said
}

// one runs a test and returns what is wrong with it, or counts it.
func (s *suite) one(m mode, env []string, test string, sum *score) (wrong string) {
	known := slices.DeleteFunc(slices.Clone(s.known[test]), func(r refusal) bool { return !strings.HasSuffix(m.title, r.title) })
	if len(known) > 0 && known[0].text == leftOut {
		sum.skipped++
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, s.program, "-test.v", "-test.run", "^"+test+"$")
	c.Dir = s.dir
	c.Env = append(os.Environ(), env...)
	printed, err := c.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "it hangs"
	case err == nil && len(known) > 0:
		return "it passes, and is on the list of those that are refused"
	case err == nil && strings.Contains(string(printed), "--- SKIP: "+test+" "):
		sum.skipped++
	case err == nil:
		sum.passed++
	default:
		if wrong := unknown(string(printed), known); wrong != "" {
			return wrong
		}
		sum.skipped++
	}
	return ""
}

var (
	testLine = regexp.MustCompile(`^\s+\w+_test\.go:\d+: `)
	logLine  = regexp.MustCompile(`^\s+\w+_test\.go:\d+: \d{4}-\d\d-\d\d \S+ \S+ \S+ m=`)
)

// unknown returns what a failed test says that none of its refusals explains.
func unknown(printed string, known []refusal) string {
	var complaints []string
	open := false
	for line := range strings.Lines(printed) {
		switch {
		case testLine.MatchString(line):
			open = !logLine.MatchString(line)
			if open {
				complaints = append(complaints, line)
			}
		case strings.HasPrefix(strings.TrimSpace(line), "---"), strings.HasPrefix(line, "==="), strings.HasPrefix(line, "panic:"):
			open = false
		case open:
			complaints[len(complaints)-1] += line
		}
	}
	for _, complaint := range complaints {
		if !slices.ContainsFunc(known, func(r refusal) bool { return strings.Contains(complaint, r.text) }) {
			return strings.TrimSpace(complaint)
		}
	}
	if len(complaints) == 0 {
		return "it fails: " + strings.TrimSpace(printed[max(0, len(printed)-500):])
	}
	return ""
}
