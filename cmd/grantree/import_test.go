package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// userOf finds the people of a policy.
var userOf = regexp.MustCompile(`\[\[user\]\]\nname = "(\w+)"`)

// TestImportedSites makes the sites of adoption's fixtures on a server, as hands
// would, and imports them: a plan has marks and nothing else, and verify finds what
// the report has said, or nothing.
func TestImportedSites(t *testing.T) {
	if testing.Short() || os.Getenv("GRANTREE_TEST_URL") != "" {
		t.Skip("it makes seven sites of the whole catalog, with logins of common names: -short leaves it out, and a server that has other work")
	}
	tests := []struct {
		name   string
		verify int // its exit code
	}{{"edited", 0}, {"persons", 0}, {"direct", 3}, {"nested", 3}, {"three", 3}}
	dir := t.TempDir()
	for _, tt := range tests {
		if err := os.WriteFile(filepath.Join(dir, tt.name+".txtar"), []byte(importStory(t, tt.name, tt.verify)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testscript.Run(t, stories(dir))
}

// importStory is the story of one fixture.
func importStory(t *testing.T, name string, verify int) string {
	read := func(file string) string {
		data, err := os.ReadFile(filepath.Join("..", "..", "adoption", "testdata", file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return string(data)
	}
	const login = "N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF"
	before := read(name + ".before.toml")
	script := strings.ReplaceAll(read(name+".sql"), "'x'", login)
	fleet := "[license]\nseats = 25\n[server.main]\nurl = \"$URL\"\nuser = \"$ADMIN\"\npassword_env = \"PASSWORD\"\n"
	story := []string{"server"}
	for _, site := range []string{"North", "South", "East"} {
		if site != "North" && name != "three" {
			break
		}
		variable := strings.ToUpper(site)
		story = append(story, "site "+variable)
		fleet += fmt.Sprintf("[[site]]\nname = %q\nserver = \"main\"\ndatabase = \"$%s\"\n", site, variable)
		script = strings.ReplaceAll(script, "iMaint_"+site, "[$"+variable+"]")
	}
	story = append(story, "expand fleet.toml made.sql")
	logins := ""
	for _, user := range userOf.FindAllStringSubmatch(before, -1) {
		logins += "CREATE LOGIN " + user[1] + " WITH PASSWORD = " + login + ";\n"
	}
	if before != "" {
		story = append(story, "sql master logins.sql", "exec grantree apply -f before.toml --yes")
	}
	story = append(story, "sql $NORTH made.sql", "exec grantree import -f fleet.toml --out grantree.toml --report report.txt",
		"exec grantree plan --format json", `stdout '"changes": \['`, `! stdout '"kind": "(create|drop|add|grant|deny|revoke|rename)'`, `! stdout '"severity": "error"'`)
	if verify == 0 {
		story = append(story, "exec grantree plan --check", "! grep 'What verify will find' report.txt", "exec grantree verify")
	} else {
		story = append(story, "exits 3 grantree plan --check", "grep 'What verify will find' report.txt", "exits 3 grantree verify", "stderr 'mismatch'")
	}
	return fmt.Sprintf("%s\n-- fleet.toml --\n%s-- before.toml --\ninclude = [\"fleet.toml\"]\n%s-- logins.sql --\n%s-- made.sql --\n%s", strings.Join(story, "\n"), fleet, before, logins, script)
}
