// Command golang tells the story by golang-migrate, from files of one batch each; it has no transactions, and marks a
// version that failed. tools.go says how.
package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/golang-migrate/migrate/v4"
	_ "github.com/golang-migrate/migrate/v4/database/sqlserver"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Println("failed", strings.Join(strings.Fields(err.Error()), " "))
	}
}

func run(args []string) error {
	switch args[0] {
	case "make":
		db, err := sql.Open("sqlserver", address("master"))
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.Exec("CREATE DATABASE [" + os.Getenv("CLIENT_DATABASE") + "]")
		return err
	case "up":
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return up(n)
	}
	m, err := open(4)
	if err != nil {
		return err
	}
	defer m.Close()
	version, dirty, err := m.Version()
	fmt.Printf("version %d dirty %t\n", version, dirty)
	return err
}

// up runs the first n migrations, those that have not run.
func up(n int) error {
	m, err := open(n)
	if err != nil {
		return err
	}
	defer m.Close()
	before, _, err := m.Version()
	if err != nil && !errors.Is(err, migrate.ErrNilVersion) {
		return err
	}
	if err := m.Up(); err != nil && !errors.Is(err, migrate.ErrNoChange) {
		return err
	}
	names, _, err := files(n)
	for _, name := range names[min(before, uint(len(names))):] {
		fmt.Println("applied", name)
	}
	return err
}

// view is the statement of a view, which must not stand in a batch with others.
var view = regexp.MustCompile(`(?m)^CREATE VIEW .*$`)

// files are the first n migrations of the story, each of one batch, under the names that the tool wants.
func files(n int) (names []string, folder fstest.MapFS, err error) {
	folder = fstest.MapFS{}
	list, err := os.ReadDir(os.Getenv("STORY"))
	for _, file := range list[:min(n, len(list))] {
		text, err := os.ReadFile(filepath.Join(os.Getenv("STORY"), file.Name()))
		if err != nil {
			return nil, nil, err
		}
		batch := view.ReplaceAllStringFunc(string(text), func(s string) string { return "EXEC (N'" + strings.ReplaceAll(s, "'", "''") + "')" })
		name := strings.TrimSuffix(file.Name(), ".sql")
		folder[name+".up.sql"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(batch, "\nGO\n", "\n"))}
		names = append(names, name[strings.Index(name, "_")+1:])
	}
	return names, folder, err
}

func open(n int) (*migrate.Migrate, error) {
	_, folder, err := files(n)
	if err != nil {
		return nil, err
	}
	source, err := iofs.New(folder, ".")
	if err != nil {
		return nil, err
	}
	return migrate.NewWithSourceInstance("iofs", source, address(os.Getenv("CLIENT_DATABASE")))
}

func address(database string) string {
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword(os.Getenv("CLIENT_USER"), os.Getenv("CLIENT_PASSWORD")),
		Host: os.Getenv("CLIENT_HOST") + ":" + os.Getenv("CLIENT_PORT")}
	encrypt := "disable"
	if os.Getenv("CLIENT_TLS") == "true" {
		encrypt = "true"
	}
	u.RawQuery = url.Values{"database": {database}, "encrypt": {encrypt}, "trustservercertificate": {"true"}}.Encode()
	return u.String()
}
