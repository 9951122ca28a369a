package main

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// outside is a request of migration tools that the server refuses.
type outside struct{ tools, request, number, reason string }

// parseOutside reads a list of them: TOOLS | REQUEST | NUMBER | REASON, a line each.
func parseOutside(text string) ([]outside, error) {
	var list []outside
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 4 || slices.Contains(parts, "") {
			return nil, fmt.Errorf("line %d: want tools, a request, a number and a reason, got %q", n+1, line)
		}
		list = append(list, outside{parts[0], parts[1], parts[2], parts[3]})
	}
	return list, nil
}

// refuses sends each request of the list and sees it refused with its number.
func (l *lab) refuses(out io.Writer) (sum score) {
	failed := func(err error) score {
		fmt.Fprintf(out, "  %v\n", err)
		return score{failed: 1}
	}
	text, err := os.ReadFile(filepath.Join(l.stories, "outside.txt"))
	if err != nil {
		return failed(err)
	}
	list, err := parseOutside(string(text))
	if err != nil {
		return failed(err)
	}
	s, err := startServer(l.grantree, l.password, "--empty")
	if err != nil {
		return failed(err)
	}
	defer s.stop()
	if err := s.makeDatabase(l.password, "shop"); err != nil {
		return failed(err)
	}
	db, err := sql.Open("sqlserver", fmt.Sprintf("sqlserver://sa:%s@%s:%s?encrypt=disable&database=shop", l.password, s.host, s.port))
	if err != nil {
		return failed(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, n nvarchar(20) NULL)"); err != nil {
		return failed(err)
	}
	for _, o := range list {
		if wrong := differs(o.number, ask(db, o.request)); wrong != "" {
			sum.failed++
			fmt.Fprintf(out, "  %s: %s\n", o.request, wrong)
			continue
		}
		sum.passed++
	}
	return sum
}
