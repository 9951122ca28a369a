package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// every has the crashes at every record and in each of its three moments.
var every = flag.Bool("crashes", false, "kill a run at every record of its journal, before, within and after its writing")

// dies names the record at which a command of a story is killed, and the moment:
// "7 before", "7 within" or "7 after".
const dies = "GRANTREE_TEST_DIES"

// mortal has a command killed as dies says.
func mortal(a *app) {
	n, moment, ok := strings.Cut(os.Getenv(dies), " ")
	if !ok {
		return
	}
	at, _ := strconv.Atoi(n)
	a.journals = &dyingJournals{journalStore: a.journals, at: at, moment: moment}
}

type dyingJournals struct {
	journalStore
	at     int
	moment string
}

func (d *dyingJournals) create(dir, name string) (syncedFile, error) {
	f, err := d.journalStore.create(dir, name)
	return &dyingFile{syncedFile: f, dyingJournals: d}, err
}

type dyingFile struct {
	syncedFile
	*dyingJournals
}

func (f *dyingFile) Write(line []byte) (int, error) {
	if f.at--; f.at == 0 {
		switch f.moment {
		case "within":
			f.syncedFile.Write(line[:len(line)/2])
		case "after":
			f.syncedFile.Write(line)
			f.syncedFile.Sync()
		}
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return f.syncedFile.Write(line)
}

// crashRecords is how many records the run of the story has.
const crashRecords = 14

// TestCrashes kills an apply with kill -9 at each record of its journal. Afterwards the
// journal is as a crash leaves one, and the same command says of each site what it is,
// finishes the work and loses no password; or taken back in its place, what was committed
// is what it was before, and the plan the same byte by byte.
func TestCrashes(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes two sites of the whole catalog and some 100 runs, which -short is there to leave out")
	}
	head := []string{"server", "site ONE", "site TWO", "expand first.toml later.toml", "cp first.toml grantree.toml", "exec grantree apply --yes --no-verify --passwords-out passwords.txt",
		"cp later.toml grantree.toml", "exec grantree plan --format json", "cp stdout before.json"}
	n := 0
	for at := 1; at <= crashRecords; at++ {
		for i, moment := range []string{"before", "within", "after"} {
			if !*every && (at%2 == 0 || at%3 != i) {
				continue
			}
			n++
			head = append(head, fmt.Sprintf("env %s=%d' '%s", dies, at, moment),
				"! exec grantree apply --yes --no-verify --passwords-out passwords.txt",
				"env "+dies+"=",
				"exec grantree log",
				"exec grantree apply --yes --no-verify --passwords-out passwords.txt")
			if begun, ended := at > 1 || moment == "after", at == crashRecords && moment == "after"; begun && !ended {
				head = append(head, "stderr 'run .* did not end'", "exec grantree log", "stdout 'settled'")
			}
			head = append(head, "exec grantree plan --check",
				"as cyd $ONE 'SELECT * FROM dbo.imvw_work_order'", "stdout '2 rows'",
				"cp first.toml grantree.toml", "exec grantree apply --yes --no-verify --passwords-out passwords.txt",
				"cp later.toml grantree.toml")
		}
	}
	for at := 6; at <= 12; at++ { // between the first site's commit and the last one's, and beside it
		if !*every && at != 8 && at != 11 {
			continue
		}
		n++
		head = append(head, "exec grantree plan --format json", "cp stdout before.json",
			fmt.Sprintf("env %s=%d' '%s", dies, at, "after"),
			"! exec grantree apply --yes --no-verify --passwords-out passwords.txt",
			"env "+dies+"=",
			"exec grantree undo --yes --passwords-out passwords.txt",
			"exec grantree plan --format json", "cmp stdout before.json")
	}
	files, err := os.ReadFile("testdata/crashes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crashes.txtar"), fmt.Appendf(nil, "%s\n%s", strings.Join(head, "\n"), files), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, stories(dir))
	t.Logf("%d crashes", n)
}
