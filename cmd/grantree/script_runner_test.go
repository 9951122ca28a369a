package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"

	"github.com/rogpeppe/go-internal/testscript"
)

var everyStory = flag.Bool("every-story", false, "tell every story as the login that doctor's script makes")

// leastStories are told as such a login by default, the others with -every-story:
// what is made, changed, taken away and proved, of sites, logins and seats.
var leastStories = []string{"leavers", "sealed", "seats", "audit"}

// sysadminStories are told by an administrator of the server alone, each for its
// reason.
var sysadminStories = map[string]string{
	"doctor": "it makes a login for each task, and to these the one that runs stories is a stranger who may everything",
}

// runnerLogin runs grantree in stories that are told as it.
const runnerLogin = "grantree_runner"

// TestScriptAsRunner tells stories once more, run by a login that has what "grantree
// doctor --script apply" gives and nothing else: neither sysadmin nor db_owner.
func TestScriptAsRunner(t *testing.T) {
	p := stories("")
	files, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txtar")
		if sysadminStories[name] == "" && (*everyStory || slices.Contains(leastStories, name)) {
			p.Files = append(p.Files, f)
		}
	}
	setup, condition := p.Setup, p.Condition
	p.Setup = func(e *testscript.Env) error {
		err := setup(e)
		e.Values["world"].(*world).least = true
		counted(e, 1)
		return err
	}
	p.Condition = func(cond string) (bool, error) {
		if cond == "least" {
			return true, nil
		}
		return condition(cond)
	}
	testscript.Run(t, p)
}

// counted gives a story the numbers of people in a site: $P3 are three whom it speaks
// of, and whoever else is there because they run grantree.
func counted(e *testscript.Env, runners int) {
	for n := range 31 {
		e.Setenv(fmt.Sprintf("P%d", n), fmt.Sprint(n+runners))
	}
}

// hire gives the login that runs grantree its role in databases that a story made
// itself, or that every server has.
func (w *world) hire(ts *testscript.TestScript, databases []string) {
	if len(databases) == 0 {
		ts.Fatalf("usage: hire DATABASE...")
	}
	w.allows(ts, databases...)
}

// hires makes the login that runs grantree on a server, in whose sites it gets its
// role as they are made.
func (w *world) hires(ts *testscript.TestScript) {
	if !w.least {
		return
	}
	password, err := mssql.GeneratePassword("")
	ts.Check(err)
	w.canaries.add(password)
	make := fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = %s, CHECK_POLICY = OFF;", tsql.Quote(runnerLogin), tsql.QuoteString(password))
	ts.Check(w.script("master", make))
	w.allows(ts)
	ts.Setenv("ADMIN"+w.suffix, runnerLogin)
	ts.Setenv("PASSWORD"+w.suffix, password)
}

// allows gives the login what it needs of its server and of a site of it.
func (w *world) allows(ts *testscript.TestScript, databases ...string) {
	if !w.least {
		return
	}
	s := mssql.RunnerServer{Server: "main", Logins: true, Audits: true}
	for _, d := range slices.Sorted(slices.Values(databases)) {
		s.Sites = append(s.Sites, mssql.RunnerSite{Site: d, Database: d})
	}
	text, err := mssql.RunnerScript(grants.Apply, runnerLogin, s)
	ts.Check(err)
	ts.Check(w.script("master", text))
}
